//! Pull requests, as people handle them.

use crate::simulator::Simulator;
use crate::simulator::acts::NewPull;
use crate::simulator::state::git::Sha;

/// A pull request to open: [`Simulator::pull_request`] begins one.
#[derive(Debug)]
#[must_use = "nothing is opened before `open`"]
pub struct PullRequestBuilder<'s> {
    simulator: &'s Simulator,
    repository: String,
    head_repository: String,
    head_branch: String,
    base: Option<String>,
    author: Option<String>,
    title: String,
    body: String,
    draft: bool,
}

impl PullRequestBuilder<'_> {
    /// Into another branch than the default one.
    pub fn base(mut self, branch: &str) -> Self {
        self.base = Some(branch.to_owned());
        self
    }

    /// From a fork.
    pub fn from_fork(mut self, fork: &str) -> Self {
        fork.clone_into(&mut self.head_repository);
        self
    }

    /// By someone else than the owner of the head repository.
    pub fn author(mut self, login: &str) -> Self {
        self.author = Some(login.to_owned());
        self
    }

    /// With this title.
    pub fn title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    /// With this description.
    pub fn body(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    /// As a draft.
    pub fn draft(mut self) -> Self {
        self.draft = true;
        self
    }

    /// Opens it and gives its number.
    pub fn open(self) -> u64 {
        let mut world = self.simulator.world();
        let id = world.id_of(&self.repository);
        let head_repository = world.id_of(&self.head_repository);
        let owner = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
        let default = world.repository(id).map(|r| r.default_branch.clone()).unwrap_or_default();
        let new = NewPull {
            author: &self.author.unwrap_or_else(|| owner(&self.head_repository)),
            title: &self.title,
            body: &self.body,
            draft: self.draft,
            base: &self.base.unwrap_or(default),
            head_repository,
            head_branch: &self.head_branch,
        };
        world.open(id, &new).unwrap_or_else(|| {
            panic!(
                "{} has no branch {}, or no base {}",
                self.head_repository, new.head_branch, new.base
            )
        })
    }
}

impl Simulator {
    /// Begins a pull request from a branch of the repository itself into its default branch.
    pub fn pull_request(&self, repository: &str, branch: &str) -> PullRequestBuilder<'_> {
        PullRequestBuilder {
            simulator: self,
            repository: repository.to_owned(),
            head_repository: repository.to_owned(),
            head_branch: branch.to_owned(),
            base: None,
            author: None,
            title: format!("Merge {branch}"),
            body: String::new(),
            draft: false,
        }
    }

    /// Opens a pull request from a branch of the repository itself; gives its number.
    pub fn open_pull_request(&self, repository: &str, branch: &str) -> u64 {
        self.pull_request(repository, branch).open()
    }

    fn owner_acts(
        &self,
        repository: &str,
        act: impl FnOnce(&mut crate::simulator::state::World, u64, &str),
    ) {
        let owner = repository.split('/').next().unwrap_or_default().to_owned();
        self.in_repository(repository, |world, id| act(world, id, &owner));
    }

    /// Closes a pull request without merging it.
    pub fn close_pull_request(&self, repository: &str, number: u64) {
        self.owner_acts(repository, |world, id, owner| world.close(id, number, owner));
    }

    /// Opens a closed pull request again.
    pub fn reopen_pull_request(&self, repository: &str, number: u64) {
        self.owner_acts(repository, |world, id, owner| world.reopen(id, number, owner));
    }

    /// Merges a pull request by a merge commit. Required checks are not looked at.
    pub fn merge_pull_request(&self, repository: &str, number: u64) -> Option<Sha> {
        let owner = repository.split('/').next().unwrap_or_default().to_owned();
        self.in_repository(repository, |world, id| world.merge(id, number, &owner))
    }

    /// Points a pull request at another base branch.
    pub fn retarget(&self, repository: &str, number: u64, base: &str) {
        self.owner_acts(repository, |world, id, owner| world.retarget(id, number, base, owner));
    }

    /// Gives a pull request another title.
    pub fn retitle(&self, repository: &str, number: u64, title: &str) {
        self.owner_acts(repository, |world, id, owner| world.retitle(id, number, title, owner));
    }

    /// Turns a pull request into a draft.
    pub fn mark_draft(&self, repository: &str, number: u64) {
        self.owner_acts(repository, |world, id, owner| world.set_draft(id, number, true, owner));
    }

    /// Ends that.
    pub fn mark_ready(&self, repository: &str, number: u64) {
        self.owner_acts(repository, |world, id, owner| world.set_draft(id, number, false, owner));
    }

    /// Puts pull requests into the merge queue as one group; gives the group's head.
    /// None when one is not open, or they have different bases.
    pub fn enqueue(&self, repository: &str, numbers: &[u64]) -> Option<Sha> {
        let owner = repository.split('/').next().unwrap_or_default().to_owned();
        self.in_repository(repository, |world, id| world.enqueue(id, numbers, &owner))
    }

    /// Ends a group of the merge queue: `merged`, `invalidated` or `dequeued`. False when there is none.
    pub fn end_merge_group(&self, repository: &str, head: Sha, reason: &str) -> bool {
        self.in_repository(repository, |world, id| world.end_group(id, head, reason).is_some())
    }

    /// Head commit of a pull request.
    pub fn head(&self, repository: &str, number: u64) -> Option<Sha> {
        self.in_repository(repository, |world, id| world.pull(id, number).map(|p| p.head))
    }
}

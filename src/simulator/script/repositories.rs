//! Repositories, commits, branches, forks.

use serde_json::json;

use crate::simulator::Simulator;
use crate::simulator::state::account::{Kind, Role};
use crate::simulator::state::git::{Change, Objects, Sha};
use crate::simulator::state::repository::{Demand, Repository, RequiredCheck};

/// The branch that a new repository starts with.
const DEFAULT_BRANCH: &str = "main";

impl Simulator {
    /// Makes a repository with one commit on `main`: a README. Its owner is an organisation unless it is known.
    pub fn create_repository(&self, full_name: &str) -> u64 {
        let mut world = self.world();
        let (owner, name) = full_name
            .split_once('/')
            .unwrap_or_else(|| panic!("{full_name} is not of the form owner/name"));
        world.ensure_user(owner, Kind::Organization);
        let (id, now, network) = (world.new_repository_id(), world.now(), world.networks.len());
        world.networks.push(Objects::default());
        let repository = Repository::new(id, (owner, name), network, DEFAULT_BRANCH, now);
        world.repositories.insert(id, repository);
        let readme = format!("# {name}\n");
        let changes: [Change<'_>; 1] = [("README.md", Some(readme.as_bytes()))];
        world.commit_on(id, DEFAULT_BRANCH, &changes, "Initial commit", owner);
        world.emit_repositories_added(id);
        id
    }

    /// Number of a repository.
    pub fn repository_id(&self, full_name: &str) -> u64 {
        self.in_repository(full_name, |_, id| id)
    }

    /// Commits on a branch as `author` and pushes it; a new branch starts at the default branch.
    /// `None` removes a file.
    pub fn commit_as(
        &self,
        author: &str,
        repository: &str,
        branch: &str,
        changes: &[Change<'_>],
        message: &str,
    ) -> Sha {
        self.in_repository(repository, |world, id| {
            world
                .commit_on(id, branch, changes, message, author)
                .unwrap_or_else(|| panic!("cannot commit to {repository}"))
        })
    }

    /// The same, as the repository's owner.
    pub fn commit(
        &self,
        repository: &str,
        branch: &str,
        changes: &[Change<'_>],
        message: &str,
    ) -> Sha {
        let owner = repository.split_once('/').map_or(repository, |(owner, _)| owner);
        self.commit_as(owner, repository, branch, changes, message)
    }

    /// Commits the renaming of a file; its text stays.
    pub fn rename(&self, repository: &str, branch: &str, from: &str, to: &str) -> Sha {
        let text = self
            .file(repository, branch, from)
            .unwrap_or_else(|| panic!("{repository} has no {from} on {branch}"));
        let changes: [Change<'_>; 2] = [(from, None), (to, Some(&text))];
        self.commit(repository, branch, &changes, &format!("Rename {from} to {to}"))
    }

    /// Makes a branch at a commit, or moves it there as a forced push does.
    pub fn push(&self, repository: &str, branch: &str, commit: Sha) {
        let owner = repository.split_once('/').map_or(repository, |(owner, _)| owner).to_owned();
        self.in_repository(repository, |world, id| world.set_branch(id, branch, commit, &owner));
    }

    /// Deletes a branch; pull requests keep their head.
    pub fn delete_branch(&self, repository: &str, branch: &str) {
        self.in_repository(repository, |world, id| {
            if let Some(r) = world.repositories.get_mut(&id) {
                r.branches.remove(branch);
            }
        });
    }

    /// Forks a repository to the account of `owner`, under the same name; gives the fork's full name.
    pub fn fork(&self, repository: &str, owner: &str) -> String {
        self.in_repository(repository, |world, parent| {
            world.ensure_user(owner, Kind::User);
            let (id, now) = (world.new_repository_id(), world.now());
            let Some(r) = world.repository(parent) else { return String::new() };
            let mut fork = Repository::new(id, (owner, &r.name), r.network, &r.default_branch, now);
            fork.branches.clone_from(&r.branches);
            fork.fork_of = Some(parent);
            let name = fork.full_name();
            world.repositories.insert(id, fork);
            name
        })
    }

    /// Deletes a repository; pull requests from it stay, without a head repository.
    pub fn delete_repository(&self, repository: &str) {
        self.in_repository(repository, |world, id| world.repositories.remove(&id));
    }

    /// Makes a repository read-only, as far as its looks go.
    pub fn archive(&self, repository: &str) {
        self.in_repository(repository, |world, id| {
            if let Some(r) = world.repositories.get_mut(&id) {
                r.archived = true;
            }
            world.emit_repository(id, "archived", json!({}));
        });
    }

    /// Gives a repository another name below its owner.
    pub fn rename_repository(&self, repository: &str, name: &str) {
        self.in_repository(repository, |world, id| {
            let Some(r) = world.repositories.get_mut(&id) else { return };
            let before = std::mem::replace(&mut r.name, name.to_owned());
            let changes = json!({ "changes": { "repository": { "name": { "from": before } } } });
            world.emit_repository(id, "renamed", changes);
        });
    }

    /// Makes a repository private.
    pub fn make_private(&self, repository: &str) {
        self.in_repository(repository, |world, id| {
            if let Some(r) = world.repositories.get_mut(&id) {
                r.private = true;
            }
        });
    }

    /// Gives someone a role in a repository.
    pub fn set_role(&self, repository: &str, login: &str, role: Role) {
        self.in_repository(repository, |world, id| {
            world.ensure_user(login, Kind::User);
            if let Some(r) = world.repositories.get_mut(&id) {
                r.roles.insert(login.to_lowercase(), role);
            }
        });
    }

    /// Requires a check on a branch, of one App or of any.
    pub fn require_check(&self, repository: &str, branch: &str, context: &str, app: Option<u64>) {
        self.demand(repository, branch, context, app, Demand::Both);
    }

    /// The same by a ruleset alone.
    pub fn require_check_by_ruleset(
        &self,
        repository: &str,
        branch: &str,
        context: &str,
        app: Option<u64>,
    ) {
        self.demand(repository, branch, context, app, Demand::Ruleset);
    }

    /// The same by a branch protection rule alone.
    pub fn require_check_by_protection(
        &self,
        repository: &str,
        branch: &str,
        context: &str,
        app: Option<u64>,
    ) {
        self.demand(repository, branch, context, app, Demand::BranchProtection);
    }

    fn demand(&self, repository: &str, branch: &str, context: &str, app: Option<u64>, by: Demand) {
        self.in_repository(repository, |world, id| {
            if let Some(r) = world.repositories.get_mut(&id) {
                let check = RequiredCheck { context: context.to_owned(), app_id: app, by };
                r.required_checks.entry(branch.to_owned()).or_default().push(check);
            }
        });
    }

    /// A file's bytes on a branch or at a commit.
    pub fn file(&self, repository: &str, reference: &str, path: &str) -> Option<Vec<u8>> {
        self.in_repository(repository, |world, id| {
            let r = world.repository(id)?;
            let objects = world.objects(r);
            let commit = objects.commit(world.resolve(r, reference)?)?;
            objects.blob(*commit.files.get(path)?).map(|bytes| bytes.to_vec())
        })
    }

    /// Where a branch stands.
    pub fn tip(&self, repository: &str, branch: &str) -> Option<Sha> {
        self.in_repository(repository, |world, id| {
            world.repository(id)?.branches.get(branch).copied()
        })
    }
}

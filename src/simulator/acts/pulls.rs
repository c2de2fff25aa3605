//! Pull requests: opened, changed, closed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::simulator::json::with;
use crate::simulator::state::World;
use crate::simulator::state::account::Kind;
use crate::simulator::state::git::Sha;
use crate::simulator::state::pull::Pull;
use crate::simulator::webhooks::Event;

/// A pull request to open.
#[derive(Debug, Clone)]
pub(crate) struct NewPull<'a> {
    pub(crate) author: &'a str,
    pub(crate) title: &'a str,
    pub(crate) body: &'a str,
    pub(crate) draft: bool,
    pub(crate) base: &'a str,
    pub(crate) head_repository: u64,
    pub(crate) head_branch: &'a str,
}

impl World {
    pub(crate) fn pull_mut(&mut self, repository: u64, number: u64) -> Option<&mut Pull> {
        self.repositories.get_mut(&repository)?.pulls.get_mut(&number)
    }

    /// Opens a pull request and gives its number; none when one of the branches is not there.
    pub(crate) fn open(&mut self, repository: u64, new: &NewPull<'_>) -> Option<u64> {
        self.ensure_user(new.author, Kind::User);
        let (id, now) = (self.new_id(), self.now());
        let head_repository = self.repository(new.head_repository)?;
        let head = *head_repository.branches.get(new.head_branch)?;
        let head_owner = head_repository.owner.clone();
        let r = self.repositories.get_mut(&repository)?;
        let base_sha = *r.branches.get(new.base)?;
        let number = r.new_number();
        let pull = Pull {
            id,
            number,
            title: new.title.to_owned(),
            body: new.body.to_owned(),
            author: new.author.to_owned(),
            draft: new.draft,
            open: true,
            base: new.base.to_owned(),
            base_sha,
            head_repository: new.head_repository,
            head_owner,
            head_branch: new.head_branch.to_owned(),
            head,
            created_at: now,
            updated_at: now,
            closed_at: None,
            merged: None,
            reviews: BTreeMap::new(),
            review_comments: BTreeMap::new(),
            resolved: BTreeMap::new(),
        };
        r.pulls.insert(number, pull);
        self.emit_pull(repository, number, new.author, "opened", json!({}));
        Some(number)
    }

    pub(crate) fn emit_pull(
        &mut self,
        repository: u64,
        number: u64,
        sender: &str,
        action: &str,
        more: Value,
    ) {
        self.ensure_user(sender, Kind::User);
        let Some(r) = self.repository(repository) else { return };
        let Some(pull) = r.pulls.get(&number) else { return };
        let body = with(json!({ "number": number, "pull_request": self.pull_json(r, pull) }), more);
        self.emit(Event { name: "pull_request", action, repository, sender, body });
    }

    pub(crate) fn close(&mut self, repository: u64, number: u64, who: &str) {
        let now = self.now();
        let Some(pull) = self.pull_mut(repository, number).filter(|p| p.open) else { return };
        pull.open = false;
        pull.closed_at = Some(now);
        pull.updated_at = now;
        self.emit_pull(repository, number, who, "closed", json!({}));
    }

    pub(crate) fn reopen(&mut self, repository: u64, number: u64, who: &str) {
        let now = self.now();
        let base_now = self.base_tip(repository, number);
        let Some(pull) =
            self.pull_mut(repository, number).filter(|p| !p.open && p.merged.is_none())
        else {
            return;
        };
        pull.open = true;
        pull.closed_at = None;
        pull.updated_at = now;
        pull.base_sha = base_now.unwrap_or(pull.base_sha);
        self.emit_pull(repository, number, who, "reopened", json!({}));
    }

    /// Merges by a merge commit; gives its name. None when it is not open.
    pub(crate) fn merge(&mut self, repository: u64, number: u64, who: &str) -> Option<Sha> {
        let now = self.now();
        let r = self.repository(repository)?;
        let pull = r.pulls.get(&number).filter(|p| p.open)?.clone();
        let tip = *r.branches.get(&pull.base)?;
        let network = r.network;
        let merged = self.merged_tree(repository, tip, pull.head, &pull.title, who, network)?;
        let pull = self.pull_mut(repository, number)?;
        pull.open = false;
        pull.closed_at = Some(now);
        pull.updated_at = now;
        pull.merged = Some((who.to_owned(), now, merged));
        let base = pull.base.clone();
        self.set_branch(repository, &base, merged, who);
        self.emit_pull(repository, number, who, "closed", json!({}));
        Some(merged)
    }

    /// A merge commit of `tip` and `head`: what head changed since the merge base, upon tip.
    pub(crate) fn merged_tree(
        &mut self,
        repository: u64,
        tip: Sha,
        head: Sha,
        title: &str,
        who: &str,
        network: usize,
    ) -> Option<Sha> {
        let r = self.repository(repository)?;
        let objects = self.objects(r);
        let base = objects.merge_base(tip, head)?;
        let files = |sha| objects.commit(sha).map(|c| c.files.clone());
        let (old, new, mut merged) = (files(base)?, files(head)?, (*files(tip)?).clone());
        for path in old.keys().chain(new.keys()) {
            match (old.get(path), new.get(path)) {
                (a, Some(b)) if a != Some(b) => {
                    merged.insert(path.clone(), *b);
                }
                (Some(_), None) => {
                    merged.remove(path);
                }
                _ => {}
            }
        }
        let objects = self.networks.get_mut(network)?;
        Some(objects.add_commit_of(&[tip, head], merged, title, who))
    }

    /// Where a pull request's base branch stands now.
    pub(crate) fn base_tip(&self, repository: u64, number: u64) -> Option<Sha> {
        let r = self.repository(repository)?;
        r.branches.get(&r.pulls.get(&number)?.base).copied()
    }

    /// Points a pull request at another base branch.
    pub(crate) fn retarget(&mut self, repository: u64, number: u64, base: &str, who: &str) {
        let now = self.now();
        let Some(tip) = self.repository(repository).and_then(|r| r.branches.get(base)).copied()
        else {
            return;
        };
        let Some(pull) = self.pull_mut(repository, number) else { return };
        let before = std::mem::replace(&mut pull.base, base.to_owned());
        let sha_before = std::mem::replace(&mut pull.base_sha, tip);
        pull.updated_at = now;
        let changes = json!({ "changes": { "base": {
            "ref": { "from": before }, "sha": { "from": sha_before.to_string() },
        } } });
        self.emit_pull(repository, number, who, "edited", changes);
    }

    /// Gives a pull request another title.
    pub(crate) fn retitle(&mut self, repository: u64, number: u64, title: &str, who: &str) {
        let now = self.now();
        let Some(pull) = self.pull_mut(repository, number) else { return };
        let before = std::mem::replace(&mut pull.title, title.to_owned());
        pull.updated_at = now;
        let changes = json!({ "changes": { "title": { "from": before } } });
        self.emit_pull(repository, number, who, "edited", changes);
    }

    /// Makes a pull request a draft, or ready for review.
    pub(crate) fn set_draft(&mut self, repository: u64, number: u64, draft: bool, who: &str) {
        let now = self.now();
        let Some(pull) = self.pull_mut(repository, number).filter(|p| p.draft != draft) else {
            return;
        };
        pull.draft = draft;
        pull.updated_at = now;
        let action = if draft { "converted_to_draft" } else { "ready_for_review" };
        self.emit_pull(repository, number, who, action, json!({}));
    }
}

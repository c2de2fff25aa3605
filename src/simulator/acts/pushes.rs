//! Commits and branches, and what a push sets off.

use serde_json::json;

use crate::simulator::json::with;
use crate::simulator::state::World;
use crate::simulator::state::account::Kind;
use crate::simulator::state::git::{Change, Files, Sha};
use crate::simulator::webhooks::Event;

impl World {
    /// Adds a commit on a branch; the branch is made from the default branch when there is none yet.
    /// None when there is no such repository.
    pub(crate) fn commit_on(
        &mut self,
        repository: u64,
        branch: &str,
        changes: &[Change<'_>],
        message: &str,
        author: &str,
    ) -> Option<Sha> {
        self.ensure_user(author, Kind::User);
        let r = self.repository(repository)?;
        let parent = r.branches.get(branch).or_else(|| r.branches.get(&r.default_branch)).copied();
        let network = r.network;
        let objects = self.networks.get_mut(network)?;
        let sha = objects.add_commit(parent.as_slice(), changes, message, author);
        self.set_branch(repository, branch, sha, author);
        Some(sha)
    }

    /// Moves a branch, as a push or a forced push does: `push`, the suite of checks, and the pull requests that it is the head of.
    pub(crate) fn set_branch(&mut self, repository: u64, branch: &str, sha: Sha, who: &str) {
        let now = self.now();
        let Some(r) = self.repositories.get_mut(&repository) else { return };
        let before = r.branches.insert(branch.to_owned(), sha);
        r.pushed_at = now;
        self.emit_push(repository, branch, before, sha, who);
        self.emit_suite(repository, sha, "requested");
        self.synchronize(repository, branch, before, sha, who);
    }

    fn emit_push(
        &mut self,
        repository: u64,
        branch: &str,
        before: Option<Sha>,
        after: Sha,
        who: &str,
    ) {
        let Some(r) = self.repository(repository) else { return };
        let objects = self.objects(r);
        let commit = objects.commit(after).map(|commit| {
            let none = Files::new();
            let parent = commit.parents.first().and_then(|parent| objects.commit(*parent));
            let parent = parent.map_or(&none, |parent| &*parent.files);
            let only_in = |a: &Files, b: &Files| -> Vec<String> {
                a.keys().filter(|path| !b.contains_key(*path)).cloned().collect()
            };
            let modified: Vec<&String> = commit
                .files
                .iter()
                .filter(|(path, blob)| parent.get(*path).is_some_and(|before| before != *blob))
                .map(|(path, _)| path)
                .collect();
            let lists = json!({
                "added": only_in(&commit.files, parent),
                "removed": only_in(parent, &commit.files),
                "modified": modified,
                "distinct": true,
            });
            with(Self::simple_commit_json(commit), lists)
        });
        let body = json!({
            "ref": format!("refs/heads/{branch}"),
            "before": before.unwrap_or(Sha::ZERO).to_string(),
            "after": after.to_string(),
            "created": before.is_none(),
            "deleted": false,
            "forced": false,
            "base_ref": null,
            "compare": format!("{}/{}/compare/{after}", crate::simulator::json::HTML, r.full_name()),
            "commits": [commit],
            "head_commit": commit,
            "pusher": { "name": who, "email": format!("{who}@users.example") },
        });
        self.emit(Event { name: "push", action: "", repository, sender: who, body });
    }

    /// A suite of our App for a commit: GitHub makes one on each push and tells the App.
    pub(crate) fn emit_suite(&mut self, repository: u64, head: Sha, action: &str) {
        let id = self.ensure_suite(repository, self.app.id, head);
        let Some(r) = self.repository(repository) else { return };
        let Some(suite) = r.check_suites.get(&id) else { return };
        let sender = r.owner.clone();
        let body = json!({ "check_suite": self.check_suite_json(r, suite) });
        self.emit(Event { name: "check_suite", action, repository, sender: &sender, body });
    }

    pub(crate) fn emit_check_run(&mut self, repository: u64, id: u64, action: &str) {
        let Some(r) = self.repository(repository) else { return };
        let Some(run) = r.check_runs.get(&id) else { return };
        let mut json = self.check_run_json(r, run);
        if let (Some(suite), Some(json)) = (r.check_suites.get(&run.suite), json.as_object_mut()) {
            json.insert("check_suite".to_owned(), self.check_suite_json(r, suite));
        }
        let sender = match action {
            "created" | "completed" => self.app_login(),
            _ => r.owner.clone(),
        };
        let body = json!({ "check_run": json });
        self.emit(Event { name: "check_run", action, repository, sender: &sender, body });
    }

    /// Moves the open pull requests whose head this branch is.
    fn synchronize(
        &mut self,
        head_repository: u64,
        branch: &str,
        before: Option<Sha>,
        after: Sha,
        who: &str,
    ) {
        let now = self.now();
        let Some(before) = before.filter(|before| *before != after) else { return };
        let moved: Vec<(u64, u64, Option<Sha>)> = self
            .repositories
            .values()
            .flat_map(|r| r.pulls.values().map(move |p| (r, p)))
            .filter(|(_, p)| {
                p.open && p.head_repository == head_repository && p.head_branch == branch
            })
            .map(|(r, p)| (r.id, p.number, r.branches.get(&p.base).copied()))
            .collect();
        for (repository, number, base) in moved {
            let Some(pull) = self.pull_mut(repository, number) else { continue };
            pull.head = after;
            pull.base_sha = base.unwrap_or(pull.base_sha);
            pull.updated_at = now;
            let more = json!({ "before": before.to_string(), "after": after.to_string() });
            self.emit_pull(repository, number, who, "synchronize", more);
        }
    }
}

//! Pull requests.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::World;
use super::conversation::{Review, ReviewComment};
use super::diff::{self, FileDiff};
use super::git::Sha;
use super::repository::Repository;

#[derive(Debug, Clone)]
pub(crate) struct Pull {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) author: String,
    pub(crate) draft: bool,
    pub(crate) open: bool,
    /// Name of the base branch.
    pub(crate) base: String,
    /// The base branch's tip when the pull request was opened, pushed to or retargeted.
    pub(crate) base_sha: Sha,
    /// The repository of the head branch; it may be deleted.
    pub(crate) head_repository: u64,
    /// Who owns, or owned, that repository.
    pub(crate) head_owner: String,
    pub(crate) head_branch: String,
    pub(crate) head: Sha,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
    /// Who merged it, when, and the commit that it became.
    pub(crate) merged: Option<(String, Timestamp, Sha)>,
    pub(crate) reviews: BTreeMap<u64, Review>,
    pub(crate) review_comments: BTreeMap<u64, ReviewComment>,
    /// Resolved threads: first comment → who resolved it.
    pub(crate) resolved: BTreeMap<u64, String>,
}

impl World {
    /// The commit that a pull request started from.
    pub(crate) fn merge_base(&self, repository: &Repository, pull: &Pull) -> Sha {
        self.objects(repository).merge_base(pull.base_sha, pull.head).unwrap_or(pull.base_sha)
    }

    /// What a pull request changes: from the merge base to the head.
    pub(crate) fn pull_files(&self, repository: &Repository, pull: &Pull) -> Vec<FileDiff> {
        self.diff(repository, self.merge_base(repository, pull), pull.head)
    }

    /// What changed from one commit to another.
    pub(crate) fn diff(&self, repository: &Repository, old: Sha, new: Sha) -> Vec<FileDiff> {
        let objects = self.objects(repository);
        match (objects.commit(old), objects.commit(new)) {
            (Some(old), Some(new)) => diff::between(objects, &old.files, &new.files),
            _ => Vec::new(),
        }
    }
}

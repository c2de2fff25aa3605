//! A repository: branches over shared objects, and what hangs on it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::account::Role;
use super::check::{CheckRun, CheckSuite};
use super::conversation::{Comment, Issue};
use super::git::Sha;
use super::pull::Pull;

#[derive(Debug, Clone)]
pub(crate) struct Repository {
    pub(crate) id: u64,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) private: bool,
    pub(crate) archived: bool,
    pub(crate) default_branch: String,
    /// Index of the objects that it shares with its forks.
    pub(crate) network: usize,
    pub(crate) fork_of: Option<u64>,
    pub(crate) branches: BTreeMap<String, Sha>,
    pub(crate) pulls: BTreeMap<u64, Pull>,
    pub(crate) issues: BTreeMap<u64, Issue>,
    /// Comments on issues and pull requests, by id: ids grow with time.
    pub(crate) comments: BTreeMap<u64, Comment>,
    pub(crate) check_runs: BTreeMap<u64, CheckRun>,
    pub(crate) check_suites: BTreeMap<u64, CheckSuite>,
    /// Lower-case login → role, for those who have more than the public.
    pub(crate) roles: BTreeMap<String, Role>,
    /// Branch → required checks.
    pub(crate) required_checks: BTreeMap<String, Vec<RequiredCheck>>,
    /// The merge queue, in order.
    pub(crate) queue: Vec<Queued>,
    pub(crate) created_at: Timestamp,
    pub(crate) pushed_at: Timestamp,
    last_number: u64,
}

/// A pull request in the merge queue.
#[derive(Debug, Clone)]
pub(crate) struct Queued {
    pub(crate) number: u64,
    pub(crate) base: String,
    /// What would land with it.
    pub(crate) head: Sha,
    /// Head of the group that it belongs to.
    pub(crate) group: Sha,
}

/// Who demands a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    Both,
    Ruleset,
    BranchProtection,
}

/// A check without whose success nothing is merged into a branch.
#[derive(Debug, Clone)]
pub(crate) struct RequiredCheck {
    pub(crate) context: String,
    /// The App that must have posted it; none for any.
    pub(crate) app_id: Option<u64>,
    pub(crate) by: Demand,
}

impl Repository {
    pub(crate) fn new(
        id: u64,
        full_name: (&str, &str),
        network: usize,
        default_branch: &str,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            owner: full_name.0.to_owned(),
            name: full_name.1.to_owned(),
            private: false,
            archived: false,
            default_branch: default_branch.to_owned(),
            network,
            fork_of: None,
            branches: BTreeMap::new(),
            pulls: BTreeMap::new(),
            issues: BTreeMap::new(),
            comments: BTreeMap::new(),
            check_runs: BTreeMap::new(),
            check_suites: BTreeMap::new(),
            roles: BTreeMap::new(),
            required_checks: BTreeMap::new(),
            queue: Vec::new(),
            created_at: now,
            pushed_at: now,
            last_number: 0,
        }
    }

    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The next number of an issue or pull request: they share one series.
    pub(crate) fn new_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Whether there is an issue or pull request with this number.
    pub(crate) fn has_number(&self, number: u64) -> bool {
        self.pulls.contains_key(&number) || self.issues.contains_key(&number)
    }
}

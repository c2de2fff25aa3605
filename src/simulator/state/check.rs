//! Check runs, their annotations and suites.

use jiff::Timestamp;
use serde_json::Value;

use super::World;
use super::git::Sha;

#[derive(Debug, Clone)]
pub(crate) struct CheckRun {
    pub(crate) id: u64,
    pub(crate) suite: u64,
    pub(crate) app_id: u64,
    pub(crate) name: String,
    pub(crate) head: Sha,
    pub(crate) status: String,
    pub(crate) conclusion: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) details_url: Option<String>,
    pub(crate) started_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) annotations: Vec<Annotation>,
    /// As they were sent: GitHub does not give them back.
    pub(crate) actions: Vec<Value>,
}

/// A message at lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Path at head.
    pub path: String,
    /// First line, from 1.
    pub start_line: u64,
    /// Last line.
    pub end_line: u64,
    /// First column, when it is on one line.
    pub start_column: Option<u64>,
    /// Last column, when it is on one line.
    pub end_column: Option<u64>,
    /// `notice`, `warning` or `failure`.
    pub level: String,
    /// One line.
    pub title: Option<String>,
    /// The message.
    pub message: String,
    /// More, folded away.
    pub raw_details: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct CheckSuite {
    pub(crate) id: u64,
    pub(crate) app_id: u64,
    pub(crate) head: Sha,
    pub(crate) branch: Option<String>,
    pub(crate) created_at: Timestamp,
}

impl World {
    /// The suite that an App's runs for a commit are in; it is made when there is none yet.
    pub(crate) fn ensure_suite(&mut self, repository: u64, app_id: u64, head: Sha) -> u64 {
        let (new, now) = (self.new_id(), self.now());
        let Some(repository) = self.repositories.get_mut(&repository) else { return new };
        if let Some(suite) =
            repository.check_suites.values().find(|s| s.app_id == app_id && s.head == head)
        {
            return suite.id;
        }
        let branch =
            repository.branches.iter().find(|(_, tip)| **tip == head).map(|(name, _)| name.clone());
        repository
            .check_suites
            .insert(new, CheckSuite { id: new, app_id, head, branch, created_at: now });
        new
    }
}

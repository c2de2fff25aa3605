//! What a review comes to.

use serde::Serialize;

use super::finding::{Finding, Severity};
use super::level::Kind;

/// Whether an EP may be merged as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing blocks.
    Pass,
    /// At least one finding is an error.
    Fail,
}

/// How much of something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Count {
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub total: usize,
}

impl Count {
    /// Counts one more, done or not.
    pub(super) fn tally(&mut self, done: bool) {
        self.total += 1;
        self.done += usize::from(done);
    }
}

/// How far an EP has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Progress {
    /// Required sections that are filled.
    pub sections: Count,
    /// Questions of the production readiness review that are answered.
    pub questions: Count,
    /// Checklist items that are ticked, or not applicable with a reason.
    pub checklist: Count,
}

/// The status that comes next, and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStatus {
    /// Its name, as `staged`.
    pub status: String,
    /// Findings that would be errors there; in the order of the report.
    pub blockers: Vec<Finding>,
}

/// What the review of one EP found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The path as it was given.
    pub path: String,
    /// The EP's number, by its title, else by its path.
    pub number: Option<u64>,
    /// The number as the policy writes it: `EP-0042`.
    pub name: Option<String>,
    /// The title without `EP-NNNN: `.
    pub title: Option<String>,
    /// The status that the EP states, when it is one of the ladder's.
    pub status: Option<String>,
    /// Where that status stands on the ladder.
    pub kind: Option<Kind>,
    /// The status at the merge base.
    pub base_status: Option<String>,
    /// Done of total.
    pub progress: Progress,
    /// Approvals of the present answers, of those that it takes; `None` where nobody looked, and where the policy asks
    /// for none at any status.
    pub approvals: Option<Count>,
    /// The next status of the ladder and what blocks it; `None` at the end of the ladder or off it.
    pub next: Option<NextStatus>,
    /// All findings, sorted by line, then rule.
    pub findings: Vec<Finding>,
}

impl Review {
    /// The review of a file that is no EP and has no status.
    pub(super) fn of_file(path: &str, title: Option<String>, findings: Vec<Finding>) -> Self {
        Self {
            path: path.to_owned(),
            number: None,
            name: None,
            title,
            status: None,
            kind: None,
            base_status: None,
            progress: Progress::default(),
            approvals: None,
            next: None,
            findings,
        }
    }

    /// Pass, unless a finding is an error.
    pub fn verdict(&self) -> Verdict {
        if self.count(Severity::Error) == 0 { Verdict::Pass } else { Verdict::Fail }
    }

    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|f| f.severity == severity).count()
    }
}

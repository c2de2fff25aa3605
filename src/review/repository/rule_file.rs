//! A file that EPs are held against, and what is wrong with it.

use crate::review::finding::{Finding, Severity};

use super::Origin;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// The policy.
    Policy,
    /// The template.
    Template,
}

impl RuleKind {
    /// The word in sentences.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Template => "template",
        }
    }
}

/// What part a file has in a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It judges.
    Judges(Origin),
    /// The change that is reviewed brings it: it will judge once that is merged.
    Proposed,
    /// The change that is reviewed removes it.
    Removed,
}

/// A policy or a template, with what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// What kind of file.
    pub kind: RuleKind,
    /// Its path in its repository.
    pub path: String,
    /// What part it has.
    pub standing: Standing,
    /// Whether the change that is reviewed shows its lines, so that they can be marked there.
    pub in_change: bool,
    /// What is wrong with it, in the order of its lines; may be nothing.
    pub findings: Vec<RuleFinding>,
}

/// A finding in such a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFinding {
    /// The finding.
    pub finding: Finding,
    /// The column, from 1, where it is known.
    pub column: Option<usize>,
}

impl From<Finding> for RuleFinding {
    fn from(finding: Finding) -> Self {
        Self { finding, column: None }
    }
}

impl RuleFile {
    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|f| f.finding.severity == severity).count()
    }

    /// Whether anything in it blocks.
    pub fn blocks(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// The same file, of which nothing blocks, because of what `note` says.
    #[must_use]
    pub fn excused(mut self, note: &str) -> Self {
        for RuleFinding { finding, .. } in &mut self.findings {
            if finding.severity == Severity::Error {
                finding.severity = Severity::Warning;
                finding.message = format!("{} {note}", finding.message);
            }
        }
        self
    }
}

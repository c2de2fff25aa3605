//! A finding: which rule, how severe, where, what is missing and what to write.

use serde::Serialize;

use crate::proposal::Lines;

use super::rule::Rule;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Said, weighs nothing (a waived finding, for example).
    Note,
    /// Shown, does not block.
    Warning,
    /// Blocks the merge.
    Error,
}

impl Severity {
    /// The word in reports: `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One edit of whole lines.
///
/// An insertion replaces the line beside it by that line and the new ones: a range that holds no line could not be
/// written as a suggestion on GitHub, nor in most other formats. A byte order mark belongs to its line, and a last line without line
/// ending keeps having none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// First line that is replaced, from 1.
    pub start_line: usize,
    /// Last line that is replaced.
    pub end_line: usize,
    /// What stands there instead, with its line endings; empty deletes the lines.
    pub text: String,
}

/// A mechanical way to mend a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What the fix does, as an imperative ("tick the box with `[x]`").
    pub description: String,
    /// The edits, sorted by line, not overlapping.
    pub edits: Vec<Edit>,
}

/// Something that an EP lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// Where it stands.
    pub lines: Lines,
    /// Path of the section it belongs to; empty for the document itself.
    pub section: Vec<String>,
    /// What is missing, where, and why at this status. One sentence or two, no trailing line break.
    pub message: String,
    /// What to write. May be empty when the message says it all.
    pub help: String,
    /// A mechanical fix, where there is one.
    pub fix: Option<Fix>,
}

impl Finding {
    /// The order of every report: by line, then rule, then message.
    pub fn sort_key(&self) -> (usize, &'static str, &str) {
        (self.lines.start, self.rule.name, self.message.as_str())
    }
}

//! Reviews as JSON. The shape is a public interface: keys and their order stay.

use serde::Serialize;

use crate::review::{Finding, Fix, Progress, Review, Severity, Verdict};

use super::UnreadableFile;

/// The version of the shape. It changes only when a reader of the old shape would break.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Proposal<'a> {
    path: &'a str,
    number: Option<u64>,
    title: Option<&'a str>,
    status: Option<&'a str>,
    base_status: Option<&'a str>,
    verdict: Verdict,
    progress: Progress,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'static str,
    severity: Severity,
    line: usize,
    end_line: usize,
    section: &'a [String],
    message: &'a str,
    help: &'a str,
    fix: Option<&'a Fix>,
}

impl<'a> From<&'a Review> for Proposal<'a> {
    fn from(review: &'a Review) -> Self {
        Self {
            path: &review.path,
            number: review.number,
            title: review.title.as_deref(),
            status: review.status.as_deref(),
            base_status: review.base_status.as_deref(),
            verdict: review.verdict(),
            progress: review.progress,
            findings: review.findings.iter().map(Entry::from).collect(),
        }
    }
}

impl<'a> From<&'a Finding> for Entry<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            rule: finding.rule.name,
            severity: finding.severity,
            line: finding.lines.start,
            end_line: finding.lines.end,
            section: &finding.section,
            message: &finding.message,
            help: &finding.help,
            fix: finding.fix.as_ref(),
        }
    }
}

/// The object up to its first proposal. Texts stand in it as they are: a program reads them, and JSON escapes every
/// control character.
pub(super) fn open() -> String {
    format!("{{\n  \"version\": {VERSION},\n  \"proposals\": [")
}

/// One proposal of the list, as its first or a later one.
pub(super) fn proposal(review: &Review, nth: usize) -> String {
    let comma = if nth == 0 { "" } else { "," };
    format!("{comma}\n    {}", indented(&Proposal::from(review), "    "))
}

/// The rest of the object, behind so many proposals.
pub(super) fn close(proposals: usize, unreadable: &[UnreadableFile]) -> String {
    let end = if proposals == 0 { "]" } else { "\n  ]" };
    format!("{end},\n  \"unreadable\": {}\n}}\n", indented(unreadable, "  "))
}

/// JSON on several lines, the further ones indented. No string has a raw line break in JSON.
fn indented<T: Serialize + ?Sized>(value: &T, indent: &str) -> String {
    serde_json::to_string_pretty(value)
        .expect("plain structs with string keys always serialize")
        .replace('\n', &format!("\n{indent}"))
}

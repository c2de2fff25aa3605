//! Reviews as JSON. The shape is a public interface: keys and their order stay.

use serde::Serialize;

use crate::review::{Finding, Fix, Progress, Review, Severity, Verdict};

use super::UnreadableFile;

/// The version of the shape. It changes only when a reader of the old shape would break.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    proposals: Vec<Proposal<'a>>,
    unreadable: &'a [UnreadableFile],
}

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

/// One JSON object, indented, with a line feed at its end. Texts stand in it as they are: a program
/// reads them, and JSON escapes every control character.
pub fn json(reviews: &[&Review], unreadable: &[UnreadableFile]) -> String {
    let document = Document {
        version: VERSION,
        proposals: reviews.iter().map(|review| Proposal::from(*review)).collect(),
        unreadable,
    };
    let mut text = serde_json::to_string_pretty(&document)
        .expect("plain structs with string keys always serialize");
    text.push('\n');
    text
}

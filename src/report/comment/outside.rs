//! What blocks an EP at lines that a pull request does not show: one comment on the file as a whole.

use std::fmt::Write as _;

use crate::report::check_run::ep_name;
use crate::report::inline::MAX_COMMENT;
use crate::report::markdown::{code, sentences};
use crate::report::words;
use crate::review::{Finding, Review};

use super::Marker;

/// The most of one message or help, in characters before escaping.
const MAX_SENTENCE: usize = 300;

/// The comment, of about [`MAX_COMMENT`] characters at most. `diff`: GitHub shows a diff of the file. `check`: the
/// check in which everything stands.
pub fn outside(
    review: &Review,
    findings: &[&Finding],
    diff: bool,
    check: &str,
    marker: &Marker,
) -> String {
    let name = ep_name(review);
    let (things, block) = match findings.len() {
        1 => ("One thing".to_owned(), "blocks"),
        n => (format!("{n} things"), "block"),
    };
    let why = if diff {
        "at lines that this pull request does not change"
    } else {
        "in this file, of which GitHub shows no diff"
    };
    let mut body = format!("{things} {block} {name} {why}:\n\n");
    let closing = format!("\n{marker}");
    // Room for the line that counts the rest.
    let room = MAX_COMMENT - 200;
    let mut used = body.chars().count() + closing.chars().count();
    for (shown, finding) in findings.iter().enumerate() {
        let entry = entry(finding);
        used += entry.chars().count();
        if used > room && shown > 0 {
            let _ = writeln!(
                body,
                "- …and {} more: see the check {}.",
                findings.len() - shown,
                code(check, 100)
            );
            break;
        }
        body.push_str(&entry);
    }
    body + &closing
}

fn entry(finding: &Finding) -> String {
    let mut entry = format!(
        "- Line {}, {}: {}\n",
        finding.lines.start,
        code(finding.rule.name, 60),
        sentences(&finding.message, MAX_SENTENCE, 2)
    );
    let advice = words::advice(finding);
    if !advice.is_empty() {
        let _ = write!(entry, "\n  → {}\n", sentences(advice, MAX_SENTENCE, 2));
    }
    entry
}

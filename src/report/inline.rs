//! A finding as a review comment at its lines.

mod fingerprint;

use std::fmt::Write as _;

use crate::review::{Edit, Finding};

use super::comment::Marker;
use super::markdown::{code, fence, sentences};
use super::{plain, words};

pub use fingerprint::fingerprint;
pub(super) use fingerprint::of_path;

/// The longest comment, in characters. GitHub takes 65,536; nobody reads so much beside a line.
pub const MAX_COMMENT: usize = 4_000;

/// How much of message and of help is shown, in characters before escaping: the first that fits.
const MAX_TEXTS: [usize; 3] = [1_200, 500, 150];

/// The edit that can be offered at a finding: the only one of its fix, in characters that a reader sees.
pub fn suggestion(finding: &Finding) -> Option<&Edit> {
    let [edit] = finding.fix.as_ref()?.edits.as_slice() else { return None };
    let text = suggested(edit);
    let seen = plain::visible(&text) == text.replace('\t', "    ");
    (seen && block(edit).chars().count() <= MAX_COMMENT / 2).then_some(edit)
}

/// The comment: rule and message, what to do, perhaps a suggestion, and the mark by which it is found again. At most
/// [`MAX_COMMENT`] characters. A suggestion replaces exactly the lines that the comment stands at.
pub fn comment(finding: &Finding, fingerprint: &str, suggestion: Option<&Edit>) -> String {
    let mark = Marker::Finding(fingerprint.to_owned()).to_string();
    let block = suggestion.map_or_else(String::new, block);
    let mut body = String::new();
    for max in MAX_TEXTS {
        body =
            format!("{}: {}\n\n", code(finding.rule.name, 60), sentences(&finding.message, max, 0));
        let advice = words::advice(finding);
        if !advice.is_empty() {
            let _ = write!(body, "→ {}\n\n", sentences(advice, max, 0));
        }
        let _ = write!(body, "{block}{mark}");
        if body.chars().count() <= MAX_COMMENT {
            break;
        }
    }
    body
}

/// The block that GitHub offers to commit, with an empty line behind it.
pub fn block(edit: &Edit) -> String {
    let text = suggested(edit);
    let fence = fence(&text);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}suggestion\n{text}{end}{fence}\n\n")
}

/// GitHub keeps a file's line endings; a comment has its own.
fn suggested(edit: &Edit) -> String {
    edit.text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests;

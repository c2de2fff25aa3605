//! What was mended, in words and as a diff.

use std::fmt::Write as _;

use similar::TextDiff;

use crate::review::fix::Mended;

use super::{plain, words};

/// What is done to an EP, one thing a line, and what is left for a person.
pub fn mended(mended: &Mended) -> String {
    let path = plain::name(&mended.review.path);
    // One fix may mend the findings of several rules.
    let mut fixes: Vec<(&str, Vec<&str>)> = Vec::new();
    for mend in &mended.done {
        match fixes.iter_mut().find(|(what, _)| *what == mend.description) {
            Some((_, rules)) => rules.push(mend.rule.name),
            None => fixes.push((&mend.description, vec![mend.rule.name])),
        }
    }
    let mut out = match fixes.len() {
        0 => format!("{path}: nothing to mend\n"),
        1 => format!("{path}: 1 fix\n"),
        n => format!("{path}: {n} fixes\n"),
    };
    for (what, rules) in fixes {
        let _ = writeln!(out, "  {} ({})", plain::one_line(what), rules.join(", "));
    }
    if let Some(left) = words::tally(&mended.review) {
        let _ = writeln!(out, "  left for you: {left}; see `ep-bot check {path}`");
    }
    out
}

/// What changed in a file, as a unified diff; empty where nothing did.
pub fn diff(path: &str, before: &str, after: &str) -> String {
    let path = plain::one_line(path);
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .header(&path, &path)
        .to_string()
}

/// Text for a terminal: without anything that it would obey or a reader could not see.
pub fn visible(text: &str) -> String {
    plain::visible(text)
}

//! What was decided on the pull request itself: waivers and questions, each once with its name.

use std::fmt::Write as _;

use super::CheckInput;
use crate::report::markdown::{code, sentence};
use crate::report::plain;
use crate::review::{AskedQuestion, CommentWaiver, Review};

/// So many waivers, and so many questions, are listed; the others are counted.
const MAX_LISTED: usize = 20;

/// The most of a reason or a question that stands in the list, in characters. Findings and annotations have all.
const MAX_SAID: usize = 400;

/// The lists, with their line feeds; empty where nothing was said.
pub(super) fn lists(input: &CheckInput<'_>) -> String {
    let waivers = input.waivers.iter().map(|one| waiver(one, input.reviews));
    let asked = input.asked.iter().map(question);
    list("Waived on this pull request", waivers) + &list("Asked on this pull request", asked)
}

fn list(title: &str, entries: impl ExactSizeIterator<Item = String>) -> String {
    let count = entries.len();
    if count == 0 {
        return String::new();
    }
    let mut out = format!("**{title}**\n\n");
    entries.take(MAX_LISTED).for_each(|entry| out.push_str(&entry));
    if let Some(more @ 1..) = count.checked_sub(MAX_LISTED) {
        let _ = writeln!(out, "- …and {more} more.");
    }
    out.push('\n');
    out
}

/// "- `placeholder` in `Proposal > Architecture`, by `alice`: the reason."
fn waiver(waiver: &CommentWaiver, reviews: &[Review]) -> String {
    let CommentWaiver { rule, because, by, .. } = waiver;
    let section = waiver
        .section_in(reviews)
        .map_or_else(String::new, |path| format!(" in {}", code(&path, plain::MAX_NAME)));
    format!(
        "- {}{section}, by {}: {}.\n",
        code(rule.name, usize::MAX),
        code(by, plain::MAX_NAME),
        sentence(because.trim().trim_end_matches('.'), MAX_SAID),
    )
}

/// "- Question 1, by `alice`, for `Dependencies`: `Who is called at night?`"
fn question(question: &AskedQuestion) -> String {
    let AskedQuestion { number, part, text, by } = question;
    let part = part
        .as_deref()
        .map_or_else(String::new, |part| format!(", for {}", code(part, plain::MAX_NAME)));
    let (by, text) = (code(by, plain::MAX_NAME), code(text, MAX_SAID));
    format!("- Question {number}, by {by}{part}: {text}\n")
}

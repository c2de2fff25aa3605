//! The verdict in words: the check's title and the first line of its summary.

use crate::review::repository::{RuleFile, Standing};
use crate::review::{Kind, Review, Severity, Verdict};

use super::{CheckInput, name, rules, status};
use crate::report::{plain, words};

/// The longest check title; GitHub names no limit, and shows about this much in one line.
const MAX_TITLE: usize = 200;

/// The check's title: plain text of at most [`MAX_TITLE`] characters.
pub(super) fn title(input: &CheckInput<'_>) -> String {
    plain::cap(&whole_title(input), MAX_TITLE)
}

fn whole_title(input: &CheckInput<'_>) -> String {
    let quiet = input.reviews.is_empty() && input.removed.is_empty();
    match rules::title(input) {
        Some(rules) if quiet || rules::broken(input).is_some() => rules,
        Some(rules) => format!("{rules}; {}", ep_title(input)),
        None => match rules::kinds(input, |file| file.standing == Standing::Proposed) {
            Some(kind) if quiet => match input.preview.map_or(0, |preview| preview.red.len()) {
                0 => format!("No EP changed; the new {kind} can be read"),
                n => {
                    format!(
                        "No EP changed; the new {kind} would turn {} red",
                        words::counted(n, "EP")
                    )
                }
            },
            _ => ep_title(input),
        },
    }
}

fn ep_title(input: &CheckInput<'_>) -> String {
    let failing = failing(input);
    match input.reviews {
        [] if input.removed.is_empty() => "No EP changed".to_owned(),
        [] => format!("No EP to review, {} removed", input.removed.len()),
        [review] => {
            let name = words::ep_name(review);
            if failing == 0 {
                let warnings = match review.count(Severity::Warning) {
                    0 => String::new(),
                    n => format!(", with {}", words::counted(n, "warning")),
                };
                return format!("{name} {}{warnings}", ready_for(review, quoted));
            }
            let target = review.status.as_deref().map_or("the merge".to_owned(), quoted);
            format!("{name}: {} {target}", things_block(review.count(Severity::Error)))
        }
        reviews => {
            let all = reviews.len();
            let verdict = if failing == 0 {
                format!("{all} EPs are ready")
            } else {
                format!("{failing} of {all} EPs are not ready")
            };
            match words::Totals::of(reviews).tally() {
                Some(tally) => format!("{verdict}: {tally}"),
                None => verdict,
            }
        }
    }
}

/// The summary's first line: the verdict in plain words.
pub(super) fn verdict(input: &CheckInput<'_>) -> String {
    match rules::verdict(input) {
        Some(rules) if rules::broken(input).is_some() => rules,
        Some(rules) if input.rule_files.iter().any(RuleFile::blocks) => {
            format!("{rules}\n\n{}", ep_verdict(input))
        }
        Some(rules) => format!("{}\n\n{rules}", ep_verdict(input)),
        None => ep_verdict(input),
    }
}

fn ep_verdict(input: &CheckInput<'_>) -> String {
    let failing = failing(input);
    let errors: usize = input.reviews.iter().map(|r| r.count(Severity::Error)).sum();
    let warnings: usize = input.reviews.iter().map(|r| r.count(Severity::Warning)).sum();
    let each = if errors == 1 { "It" } else { "Each" };
    let marked = format!("{each} is marked at its line under *Files changed*.");
    let look = match warnings {
        0 => String::new(),
        1 => " One warning is worth a look before you merge.".to_owned(),
        n => format!(" {n} warnings are worth a look before you merge."),
    };
    match input.reviews {
        [] if input.removed.is_empty() => {
            let so =
                if input.rule_files.is_empty() { ", so there is nothing to review" } else { "" };
            format!("**No EP changed** in this pull request{so}.")
        }
        [] => "**No EP is left to review**: this pull request only removes.".to_owned(),
        [review] if failing == 0 => {
            format!("**{} {}.** Nothing blocks it.{look}", name(review), ready_for(review, status))
        }
        [review] => {
            let target = match &review.status {
                Some(target) => format!(" for {}", status(target)),
                None => String::new(),
            };
            let things = things_block(errors);
            format!("**{} is not ready{target} yet:** {things} it. {marked}", name(review))
        }
        reviews if failing == 0 => {
            format!("**All {} EPs are ready.** Nothing blocks them.{look}", reviews.len())
        }
        reviews => {
            let all = reviews.len();
            let (are, them) = if failing == 1 { ("is", "it") } else { ("are", "them") };
            let things = things_block(errors);
            format!("**{failing} of {all} EPs {are} not ready yet:** {things} {them}. {marked}")
        }
    }
}

fn failing(input: &CheckInput<'_>) -> usize {
    input.reviews.iter().filter(|r| r.verdict() == Verdict::Fail).count()
}

fn things_block(count: usize) -> String {
    if count == 1 { "1 thing blocks".to_owned() } else { format!("{count} things block") }
}

/// "is ready for `staged`". A status off the ladder is nothing that one gets ready for.
fn ready_for(review: &Review, show: fn(&str) -> String) -> String {
    match review.status.as_deref() {
        None => "is ready".to_owned(),
        Some(status) if matches!(review.kind, Some(Kind::Parked | Kind::Terminal)) => {
            format!("is complete as {}", show(status))
        }
        Some(status) => format!("is ready for {}", show(status)),
    }
}

/// A status in plain text.
fn quoted(status: &str) -> String {
    format!("`{}`", plain::name(status).replace('`', "'"))
}

//! The verdict in words: the check's title and the first line of its summary.

use crate::review::{Review, Severity, Verdict};

use super::{CheckInput, name, rules, status};
use crate::report::{plain, words};

/// The longest check title; GitHub names no limit, and shows about this much in one line.
const MAX_TITLE: usize = 200;

/// The check's title: plain text of at most [`MAX_TITLE`] characters.
pub(super) fn title(input: &CheckInput<'_>) -> String {
    let title = match (rules::blocking(input), input.reviews) {
        (Some(blocking), []) => blocking,
        (Some(blocking), _) => format!("{blocking}; {}", whole_title(input)),
        (None, _) => whole_title(input),
    };
    plain::cap(&title, MAX_TITLE)
}

fn whole_title(input: &CheckInput<'_>) -> String {
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
    let blocking = rules::blocking(input);
    match input.reviews {
        [] if blocking.is_some() => {
            "**The check does not pass:** what EPs are held against cannot be used, as follows."
                .to_owned()
        }
        [] if input.removed.is_empty() => {
            "**No EP changed** in this pull request, so there is nothing to review.".to_owned()
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
        Some(status @ ("deferred" | "rejected" | "withdrawn" | "replaced")) => {
            format!("is complete as {}", show(status))
        }
        Some(status) => format!("is ready for {}", show(status)),
    }
}

/// A status in plain text.
fn quoted(status: &str) -> String {
    format!("`{}`", plain::name(status).replace('`', "'"))
}

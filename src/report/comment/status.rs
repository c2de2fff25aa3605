//! The answer to `/ep-status`: where EPs stand, what blocks them, and where that is known from.

mod input;

use std::fmt::Write as _;

use crate::report::check_run::{block, verdict_line};
use crate::report::markdown::{code, sentence, text};
use crate::report::page::{self, Block};
use crate::report::{plain, words};
use crate::review::{Review, Verdict};

use super::{Kind, MAX_BODY, MORE, marker};

pub use input::{Answered, Delivery, Found, Known, Origin, Question, Retry, StatusInput, Waived};

/// The longest reason, question or error that is shown, in characters.
const MAX_TEXT: usize = 600;

/// The most that the list of waivers takes up, and that of questions, in bytes.
const MAX_LIST: usize = 12_000;

/// The answer, in at most 65,536 characters.
pub fn status(input: &StatusInput<'_>) -> String {
    let mut closing = String::new();
    if matches!(input.found, Found::This { .. }) {
        closing.push_str(&waivers(input.waivers));
        closing.push_str(&questions(input.questions));
    }
    closing.push_str(&origin(input));
    closing.push_str(&marker(Kind::Status, input.comment));
    let mut opening = stale(input);
    let room = |opening: &str| MAX_BODY.saturating_sub(opening.len() + closing.len());
    let page = match input.found {
        Found::This { reviews, open } => {
            if !open {
                opening.push_str("This pull request is closed, and is not reviewed any more. It stood like this:\n\n");
            }
            // Where nothing was reviewed, no EP being found means nothing.
            let looked = input.origin.reviewed.is_some() && input.origin.retry.is_none();
            if !reviews.is_empty() || looked {
                let _ = write!(opening, "{}\n\n", verdict_line(reviews));
            }
            if reviews.is_empty() {
                opening.push_str("`/ep-status all` shows the EPs of the repository.\n\n");
            }
            let (failing, passing): (Vec<&Review>, Vec<&Review>) =
                reviews.iter().partition(|review| review.verdict() == Verdict::Fail);
            let blocks: Vec<Block> = failing.into_iter().chain(passing).map(block).collect();
            page::fill(&blocks, room(&opening), &MORE).0
        }
        Found::One { review, branch } => {
            let _ = write!(opening, "As it stands in {}:\n\n", code(branch, plain::MAX_NAME));
            page::fill(&[block(review)], room(&opening), &MORE).0
        }
        Found::Unjudged => "**The policy cannot be read**, and without it no EP is judged. The check of a pull request that \
                            changes an EP says what is wrong with the policy, and at which line.\n\n"
            .to_owned(),
        Found::Unknown { number, name, branch, known } => unknown(number, name, branch, known),
        Found::All { reviews, unreadable, branch } => {
            let _ = write!(
                opening,
                "**{} in {}**{}.\n\n",
                if reviews.is_empty() {
                    "No EP".to_owned()
                } else {
                    words::counted(reviews.len(), "EP")
                },
                code(branch, plain::MAX_NAME),
                match unreadable {
                    0 => String::new(),
                    n => format!("; {} could not be read", words::counted(n, "more file")),
                }
            );
            if reviews.is_empty() { String::new() } else { rows(reviews, room(&opening)) }
        }
    };
    format!("{opening}{page}{closing}")
}

/// Said first, since all below is about an older commit, or about none.
fn stale(input: &StatusInput<'_>) -> String {
    let Found::This { open: true, .. } = input.found else { return String::new() };
    let retry = input.origin.retry.map_or_else(
        || {
            "The review of the newest commit is under way; its check shows when it is done."
                .to_owned()
        },
        |retry| {
            let reason = code(retry.reason, MAX_TEXT);
            format!(
                "The last try failed ({reason}); the next one is at {}.",
                code(retry.at, plain::MAX_NAME)
            )
        },
    );
    match (input.origin.reviewed, input.origin.head) {
        (Some(reviewed), Some(head)) if reviewed != head => {
            format!(
                "> This is about {}, and the head is {} by now. {retry}\n\n",
                short(reviewed),
                short(head)
            )
        }
        (None, _) => format!("> No commit of this pull request is reviewed yet. {retry}\n\n"),
        (Some(_), _) if input.origin.retry.is_some() => format!("> {retry}\n\n"),
        _ => String::new(),
    }
}

/// A commit's first seven digits.
fn short(sha: &str) -> String {
    code(sha.get(..7).unwrap_or(sha), 7)
}

/// A table of EPs within `room` bytes, with an empty line behind it.
pub(super) fn rows(reviews: &[&Review], room: usize) -> String {
    let Some(first) = reviews.first() else { return String::new() };
    let measures: Vec<&str> = words::progress(first).into_iter().map(|(name, ..)| name).collect();
    let mut out = format!("| EP | Title | Status | {} | In its way |\n", measures.join(" | "));
    let _ = writeln!(out, "|{}", " --- |".repeat(measures.len() + 4));
    for (shown, review) in reviews.iter().enumerate() {
        let row = row(review);
        if out.len() + row.len() + 60 > room {
            let _ = write!(out, "\n…and {} more.\n", words::counted(reviews.len() - shown, "EP"));
            break;
        }
        out.push_str(&row);
    }
    out.push('\n');
    out
}

fn row(review: &Review) -> String {
    let cell = |name: &str| text(&plain::name(name));
    let name = cell(&words::ep_name(review));
    let title = review.title.as_deref().map_or_else(|| "(no title)".to_owned(), cell);
    let status = match (review.base_status.as_deref(), review.status.as_deref()) {
        (Some(base), Some(head)) if base != head => format!("{} → {}", cell(base), cell(head)),
        (_, Some(head)) => cell(head),
        (_, None) => "(none)".to_owned(),
    };
    let progress: Vec<String> = words::progress(review)
        .into_iter()
        .map(|(_, done, total)| format!("{done} of {total}"))
        .collect();
    let way = match (review.verdict(), &review.next) {
        (Verdict::Fail, _) => {
            let errors = review.count(crate::review::Severity::Error);
            format!(
                "**{} now**",
                if errors == 1 { "1 thing".to_owned() } else { format!("{errors} things") }
            )
        }
        (Verdict::Pass, Some(next)) if next.blockers.is_empty() => {
            format!("nothing: ready for {}", cell(&next.status))
        }
        (Verdict::Pass, Some(next)) => {
            format!("{} for {}", words::counted(next.blockers.len(), "thing"), cell(&next.status))
        }
        (Verdict::Pass, None) => "–".to_owned(),
    };
    format!("| {name} | {title} | {status} | {} | {way} |\n", progress.join(" | "))
}

fn unknown(number: u64, name: &str, branch: &str, known: &[Known<'_>]) -> String {
    let mut out = format!(
        "**There is no {}** in {}.",
        code(name, plain::MAX_NAME),
        code(branch, plain::MAX_NAME)
    );
    let mut near: Vec<&Known<'_>> = known.iter().collect();
    let digits = format!("{number:04}");
    // A slip of one digit first, then the neighbours.
    near.sort_by_key(|ep| {
        (
            strsim::damerau_levenshtein(&digits, &format!("{:04}", ep.number)),
            ep.number.abs_diff(number),
        )
    });
    if !near.is_empty() {
        out.push_str(" The nearest:\n");
        for ep in near.into_iter().take(3) {
            let title = ep
                .title
                .map_or_else(String::new, |title| format!(": {}", code(title, plain::MAX_NAME)));
            let _ = write!(out, "\n- {}{title}", code(ep.name, plain::MAX_NAME));
        }
    }
    out.push_str(if known.is_empty() {
        " It has no EP at all.\n\n"
    } else {
        "\n\n`/ep-status all` lists all of them.\n\n"
    });
    out
}

fn waivers(waivers: &[Waived<'_>]) -> String {
    let entry = |waived: &Waived<'_>| {
        let section = waived
            .section
            .map_or_else(String::new, |section| format!(" in {}", code(section, plain::MAX_NAME)));
        format!(
            "- {}{section}, waived by {}: {}\n",
            code(waived.rule, plain::MAX_NAME),
            code(waived.by, plain::MAX_NAME),
            sentence(waived.because, MAX_TEXT)
        )
    };
    listed("Waived on this pull request", waivers.iter().map(entry))
}

fn questions(questions: &[Question<'_>]) -> String {
    let entry = |question: &Question<'_>| {
        let part = question
            .part
            .map_or_else(String::new, |part| format!(" in {}", code(part, plain::MAX_NAME)));
        let answer = match question.answer {
            Answered::Missing => ": **not in the EP yet**",
            Answered::Open => ": **not answered yet**",
            Answered::Done => ": answered",
            Answered::Unknown => "",
        };
        format!(
            "- Question {}{part}, asked by {}{answer}\n\n  {}\n",
            question.number,
            code(question.by, plain::MAX_NAME),
            sentence(question.text, MAX_TEXT)
        )
    };
    listed("Asked on this pull request", questions.iter().map(entry))
}

/// A list of at most [`MAX_LIST`] bytes, and a line that counts the rest; nothing where there is no entry.
fn listed(heading: &str, entries: impl ExactSizeIterator<Item = String>) -> String {
    let all = entries.len();
    if all == 0 {
        return String::new();
    }
    let mut out = format!("**{heading}**\n\n");
    for (shown, entry) in entries.enumerate() {
        if out.len() + entry.len() > MAX_LIST {
            let _ = writeln!(out, "- …and {} more.", all - shown);
            break;
        }
        out.push_str(&entry);
    }
    out.push('\n');
    out
}

/// Where all this is known from: for whoever wonders why it is not as they think.
fn origin(input: &StatusInput<'_>) -> String {
    let origin = &input.origin;
    let mut lines = Vec::new();
    if matches!(input.found, Found::This { .. }) {
        lines.push(match (origin.reviewed, origin.head) {
            (Some(reviewed), Some(head)) if reviewed == head => {
                format!("Reviewed: {}, which is the head.", short(reviewed))
            }
            (Some(reviewed), Some(head)) => {
                format!("Reviewed: {}; the head is {}.", short(reviewed), short(head))
            }
            (Some(reviewed), None) => format!("Reviewed: {}.", short(reviewed)),
            (None, _) => "Reviewed: nothing yet.".to_owned(),
        });
        lines.push(origin.delivery.map_or_else(
            || {
                "Last heard from GitHub: nothing about this pull request that is still known."
                    .to_owned()
            },
            |delivery| {
                let action =
                    delivery.action.map_or_else(String::new, |action| format!(".{action}"));
                format!(
                    "Last heard from GitHub: {} at {}, delivery {}.",
                    code(&format!("{}{action}", delivery.event), plain::MAX_NAME),
                    code(delivery.at, plain::MAX_NAME),
                    code(delivery.guid, plain::MAX_NAME)
                )
            },
        ));
        lines.push(origin.retry.map_or_else(
            || "Next try: none is due.".to_owned(),
            |retry| {
                format!(
                    "Next try: {}, since the last one failed: {}.",
                    code(retry.at, plain::MAX_NAME),
                    code(retry.reason, MAX_TEXT)
                )
            },
        ));
    }
    for (what, source) in [("Policy", origin.policy), ("Template", origin.template)] {
        if !source.is_empty() {
            lines.push(format!("{what}: {}.", sentence(source.trim_end_matches('.'), MAX_TEXT)));
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    format!(
        "<details>\n<summary>Where this comes from</summary>\n\n- {}\n\n</details>\n\n",
        lines.join("\n- ")
    )
}

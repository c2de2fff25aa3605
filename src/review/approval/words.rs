//! What is said of a production readiness review that is not approved.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::proposal::text::listed;
use crate::review::input::{Opinion, Voice};
use crate::review::outcome::Count;
use crate::review::policy::Approver;

use super::Standing;

/// So many changed answers are named; the others are counted.
const MAX_ANSWERS: usize = 3;

/// So many people are named, and so many opinions are told.
const MAX_PEOPLE: usize = 10;

/// How much of a commit's name is its short form.
const SHORT_SHA: usize = 7;

type Said<'o> = [(Opinion<'o>, Standing)];

/// What is missing, and what became of each review.
pub(super) fn message(said: &Said<'_>, count: Count, approvers: &[Approver]) -> String {
    let lead = match count.total {
        1 => "The production readiness review is not approved".to_owned(),
        total => {
            format!("The production readiness review has {} of {total} approvals", count.done)
        }
    };
    let told: Vec<String> =
        said.iter().map(|(opinion, standing)| tell(opinion, standing, approvers)).collect();
    match told.as_slice() {
        [] => format!("{lead}: nobody has approved it yet."),
        [one] => format!("{lead}. {one}"),
        several => {
            let mut message = format!("{lead}:");
            for one in several.iter().take(MAX_PEOPLE) {
                message.push_str("\n- ");
                message.push_str(one);
            }
            if let Some(more @ 1..) = several.len().checked_sub(MAX_PEOPLE) {
                let _ = write!(message, "\n- {more} more reviews are not listed.");
            }
            message
        }
    }
}

/// What became of one review, as a sentence.
fn tell(opinion: &Opinion<'_>, standing: &Standing, approvers: &[Approver]) -> String {
    let by = code(opinion.by);
    let at = opinion.commit.map_or_else(String::new, |commit| {
        format!(" at {}", code(commit.get(..SHORT_SHA).unwrap_or(commit)))
    });
    match standing {
        Standing::Holds => format!("{by} approves the present answers."),
        Standing::Void(changed) => {
            let changed = listed(changed, MAX_ANSWERS);
            format!("{by} approved{at}, and since then the answers changed: {changed}.")
        }
        Standing::Gone => format!("{by} approved a commit that GitHub no longer knows."),
        Standing::Unread => format!("{by} approved{at}, where this EP cannot be read."),
        Standing::Uncounted => {
            let why = match opinion.voice {
                Voice::Author => "nobody approves a pull request of their own".to_owned(),
                _ if approvers.is_empty() => {
                    "only those approve who can push to this repository".to_owned()
                }
                _ => "`prr.approvers` of the policy does not name this person".to_owned(),
            };
            format!("The approval of {by} does not count: {why}.")
        }
        Standing::Objects => format!("{by} asks for changes."),
        Standing::Dismissed => format!("The review of {by} was dismissed."),
    }
}

/// Whom to ask for what.
pub(super) fn help(said: &Said<'_>, count: Count, approvers: &[Approver]) -> String {
    let of = |fits: fn(&Standing) -> bool| -> Vec<&str> {
        said.iter().filter(|(_, standing)| fits(standing)).map(|(opinion, _)| opinion.by).collect()
    };
    let mut again: Vec<&str> =
        of(|standing| matches!(standing, Standing::Void(_) | Standing::Gone | Standing::Unread));
    let mut seen = BTreeSet::new();
    again.retain(|by| seen.insert(by.to_ascii_lowercase()));
    let missing = count.total.saturating_sub(count.done);
    let mut sentences = Vec::new();
    if !again.is_empty() {
        let names: Vec<String> = again.iter().map(|by| code(by)).collect();
        sentences.push(format!(
            "Ask {} to read the answers as they are now, and to approve this pull request again on GitHub.",
            listed(&names, MAX_PEOPLE)
        ));
    }
    if let more @ 1.. = missing.saturating_sub(again.len()) {
        let mut asked = of(|standing| *standing == Standing::Holds);
        asked.extend(&again);
        let own = said.iter().filter(|(opinion, _)| opinion.voice == Voice::Author);
        asked.extend(own.map(|(opinion, _)| opinion.by));
        sentences.push(format!(
            "Ask {} to review this pull request and to approve it on GitHub.",
            whom(more, approvers, &asked)
        ));
    }
    sentences.join(" ")
}

/// Who may approve, without those who did or cannot.
fn whom(count: usize, approvers: &[Approver], not: &[&str]) -> String {
    if approvers.is_empty() {
        let people = match count {
            1 => "anyone".to_owned(),
            count => format!("{count} people"),
        };
        return format!("{people} who can push to this repository, other than the author,");
    }
    let is_left = |approver: &&Approver| match approver {
        Approver::User(login) => !not.iter().any(|by| by.eq_ignore_ascii_case(login)),
        Approver::Team { .. } => true,
    };
    let mut left: Vec<&Approver> = approvers.iter().filter(is_left).collect();
    if left.is_empty() {
        left = approvers.iter().collect();
    }
    let names: Vec<String> = left
        .iter()
        .map(|approver| match approver {
            Approver::User(login) => code(login),
            Approver::Team { org, team } => {
                format!("the members of {}", code(&format!("{org}/{team}")))
            }
        })
        .collect();
    match (left.as_slice(), names.as_slice()) {
        ([Approver::User(_)], [one]) => one.clone(),
        _ if count == 1 => format!("one of {}", listed(&names, MAX_PEOPLE)),
        _ => format!("{count} of {}", listed(&names, MAX_PEOPLE)),
    }
}

fn code(name: &str) -> String {
    format!("`{}`", name.replace('`', ""))
}

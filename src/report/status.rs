//! Where EPs stand, as JSON. The shape is a public interface: keys and their order stay.

use serde::Serialize;

use crate::review::{Finding, Progress, Review, Verdict};

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
    verdict: Verdict,
    progress: Progress,
    next: Option<Next<'a>>,
}

#[derive(Serialize)]
struct Next<'a> {
    status: &'a str,
    blockers: Vec<Tally>,
}

/// How many findings one rule has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Tally {
    pub(super) rule: &'static str,
    pub(super) count: usize,
}

/// How many findings each rule has: those with most come first, then by name.
pub(super) fn tally<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = Vec::new();
    for finding in findings {
        let rule = finding.rule.name;
        match tallies.iter_mut().find(|tally| tally.rule == rule) {
            Some(tally) => tally.count += 1,
            None => tallies.push(Tally { rule, count: 1 }),
        }
    }
    tallies.sort_by(|a, b| b.count.cmp(&a.count).then(a.rule.cmp(b.rule)));
    tallies
}

impl<'a> From<&'a Review> for Proposal<'a> {
    fn from(review: &'a Review) -> Self {
        Self {
            path: &review.path,
            number: review.number,
            title: review.title.as_deref(),
            status: review.status.as_deref(),
            verdict: review.verdict(),
            progress: review.progress,
            next: review
                .next
                .as_ref()
                .map(|next| Next { status: &next.status, blockers: tally(&next.blockers) }),
        }
    }
}

/// One JSON object, indented, with a line feed at its end; EPs in the order given. `next` is `null` at the end of
/// the ladder and off it. Texts stand in it as they are: a program reads them.
pub fn status_json(reviews: &[&Review], unreadable: &[UnreadableFile]) -> String {
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

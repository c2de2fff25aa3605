//! From what blocks and what is there to what to do.

use std::collections::{HashMap, HashSet};

use crate::proposal::Lines;
use crate::report::comment::{Marker, outside, parse_marker, same_text};
use crate::report::inline;
use crate::report::patch::Patch;
use crate::review::rule::{PRR_APPROVAL, PRR_QUESTION_ASKED};
use crate::review::{Edit, Finding, Review, Severity};

use super::words::{self, End};
use super::{Act, MAX_NEW, MAX_OPEN, New, Situation, Thread};

/// So many lines a comment stands at, where its lines do not matter to a suggestion.
const MAX_SPAN: usize = 20;

/// What to do so that the threads say what blocks now. Acts on different threads are independent; those on one thread
/// follow each other.
pub fn plan(situation: &Situation<'_>) -> Vec<Act> {
    let threads = Threads::new(situation.threads);
    let mut acts = Vec::new();
    let mut new: Vec<New> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut kept: HashSet<Marker> = HashSet::new();
    let mut quiet: HashSet<Marker> = HashSet::new();
    for review in situation.reviews {
        let patch = situation.patches.get(review.path.as_str());
        let mut outside = Vec::new();
        for finding in &review.findings {
            let name = inline::fingerprint(review, finding);
            let marker = Marker::Finding(name.clone());
            if finding.severity != Severity::Error {
                quiet.insert(marker);
                continue;
            }
            if let Some(thread) = threads.of(&marker) {
                if seen.insert(name.clone()) {
                    acts.extend(keep(thread, &rendered(thread, finding, &name), situation.head));
                }
                kept.insert(marker);
                continue;
            }
            match patch.copied().flatten().and_then(|patch| place(patch, finding)) {
                Some((lines, edit)) => {
                    if seen.insert(name.clone()) {
                        new.push(comment(review, lines, inline::comment(finding, &name, edit)));
                    }
                }
                None => outside.push(finding),
            }
        }
        // At a file that the pull request does not change, GitHub takes no comment.
        if !outside.is_empty() && patch.is_some() {
            let marker = Marker::outside(review, shares_number(situation.reviews, review));
            let diff = patch.copied().flatten().is_some();
            let body = outside::outside(review, &outside, diff, situation.check, &marker);
            match threads.of(&marker) {
                Some(thread) => acts.extend(keep(thread, &body, situation.head)),
                None => acts.push(Act::PostOnFile { path: review.path.clone(), body }),
            }
            kept.insert(marker);
        }
    }
    let mut open = 0;
    for (thread, marker) in &threads.all {
        if thread.resolved {
            continue;
        }
        if kept.contains(marker) {
            open += 1;
            continue;
        }
        let end = if quiet.contains(marker) {
            End::Weighs
        } else if situation.reviews.iter().any(|review| stands_at(thread, review)) {
            if is_peoples(thread) { End::Settled } else { End::Answered }
        } else {
            End::Gone
        };
        // A try before this one may have come as far as the reply.
        let said = thread.last_is_ours && thread.replies > 0 && words::is_end(&thread.last_body);
        let reply = (!said).then(|| words::end(end, situation.head));
        acts.push(Act::Resolve { thread: thread.id.clone(), reply });
    }
    acts.extend(post(new, open, situation.check));
    acts
}

/// The review with the new comments, as many as there is room for.
fn post(mut new: Vec<New>, open: usize, check: &str) -> Option<Act> {
    let room = MAX_NEW.min(MAX_OPEN.saturating_sub(open));
    let more = new.len().saturating_sub(room);
    new.truncate(room);
    let body = words::review(new.len(), more, check);
    (!new.is_empty()).then_some(Act::Post { body, comments: new })
}

/// Our threads by their marks.
struct Threads<'a> {
    all: Vec<(&'a Thread, Marker)>,
    first: HashMap<Marker, usize>,
}

impl<'a> Threads<'a> {
    fn new(threads: &'a [Thread]) -> Self {
        let of_ours = |thread: &'a Thread| {
            let marker = parse_marker(&thread.body)?;
            matches!(marker, Marker::Finding(_) | Marker::Outside(_)).then_some((thread, marker))
        };
        let all: Vec<(&Thread, Marker)> = threads.iter().filter_map(of_ours).collect();
        let mut first: HashMap<Marker, usize> = HashMap::new();
        for (at, (thread, marker)) in all.iter().enumerate() {
            let known = first.entry(marker.clone()).or_insert(at);
            // Of two about one thing, the open one is where people talk.
            if all[*known].0.resolved && !thread.resolved {
                *known = at;
            }
        }
        Self { all, first }
    }

    fn of(&self, marker: &Marker) -> Option<&'a Thread> {
        self.first.get(marker).map(|&at| self.all[at].0)
    }
}

/// What to do about a thread whose finding is still there.
fn keep(thread: &Thread, body: &str, head: &str) -> Vec<Act> {
    if thread.resolved && !thread.resolved_by_us {
        return Vec::new();
    }
    let mut acts = Vec::new();
    if thread.resolved {
        let reply = Some(words::back(head));
        acts.push(Act::Reopen { thread: thread.id.clone(), reply });
    }
    if !same_text(&thread.body, body) {
        acts.push(Act::Edit { comment: thread.first_comment, body: body.to_owned() });
    }
    acts
}

/// The text that a thread's first comment should have. Its lines were chosen when it was posted: a suggestion stays
/// while it is the same, and none comes in, for it would replace other lines than those that it was made for.
fn rendered(thread: &Thread, finding: &Finding, name: &str) -> String {
    let body = thread.body.replace("\r\n", "\n");
    let edit = inline::suggestion(finding).filter(|edit| body.contains(&inline::block(edit)));
    inline::comment(finding, name, edit)
}

/// The lines at which a comment on a finding stands, with the suggestion that replaces exactly these.
fn place<'f>(patch: &Patch, finding: &'f Finding) -> Option<(Lines, Option<&'f Edit>)> {
    if let Some(edit) = inline::suggestion(finding) {
        let lines = Lines::new(edit.start_line, edit.end_line);
        if patch.holds(lines) {
            return Some((lines, Some(edit)));
        }
    }
    let lines = patch.clip(finding.lines)?;
    Some((Lines { start: lines.start, end: lines.end.min(lines.start + MAX_SPAN - 1) }, None))
}

fn comment(review: &Review, lines: Lines, body: String) -> New {
    let start_line = (lines.start < lines.end).then_some(lines.start);
    New { path: review.path.clone(), start_line, line: lines.end, body }
}

/// Whether people may end the finding of a thread without a word in the EP: by an approval, or by dropping a question.
fn is_peoples(thread: &Thread) -> bool {
    let rules = [&PRR_APPROVAL, &PRR_QUESTION_ASKED];
    rules.iter().any(|rule| {
        let behind = thread.body.strip_prefix('`').and_then(|body| body.strip_prefix(rule.name));
        behind.is_some_and(|behind| behind.starts_with('`'))
    })
}

/// Whether a thread stands at a review's EP, perhaps under a name that the EP had before: threads keep the old one.
fn stands_at(thread: &Thread, review: &Review) -> bool {
    let mut numbers = thread.path.split(|c: char| !c.is_ascii_digit());
    review.path == thread.path
        || review.number.is_some_and(|number| numbers.any(|found| found.parse() == Ok(number)))
}

fn shares_number(reviews: &[&Review], review: &Review) -> bool {
    let same = |other: &&&Review| other.number.is_some() && other.number == review.number;
    reviews.iter().filter(same).count() > 1
}

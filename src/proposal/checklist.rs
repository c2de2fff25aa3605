//! The proposal checklist: which of the template's items an EP carries, and in which state.

use super::bullet;
use super::outline::{Item, Outline, SectionId};
use super::template::{Template, box_text};
use super::text;

/// State of one box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// `[x]`.
    Ticked,
    /// `[ ]`.
    Open,
    /// Open, with `N/A` and a reason.
    NotApplicable,
    /// Open, with `N/A` and no reason.
    NotApplicableBare,
    /// A marker that GitHub renders as no box: `[✅]`, `[n/a]`, `[]`, or none at all.
    Marker(String),
}

/// One item found in the EP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Index of the template's item; `None` for a box that the author added.
    pub item: Option<usize>,
    /// Its line.
    pub line: usize,
    /// Its state.
    pub state: State,
    /// Its text, for messages.
    pub text: String,
    /// Whether the author wrote anything behind or below it.
    pub answered: bool,
}

/// Reads the items that stand in the given sections.
pub fn read(
    outline: &Outline<'_>,
    sections: std::ops::Range<SectionId>,
    template: &Template,
) -> Vec<Found> {
    // Where the box around the present item is open: that one says it all.
    let mut open_until = 0;
    sections
        .flat_map(|id| outline.items_in(id))
        .filter_map(|item| {
            let within_open = item.whole.start < open_until;
            if item.task == Some(false) && !within_open {
                open_until = item.whole.end;
            }
            let raw = &outline.source.text()[item.own.clone()];
            let (marker, body) = marker(raw);
            let found = matching(body, template);
            if found.is_none() && (item.task.is_none() || within_open) {
                return None;
            }
            let answer = match found {
                Some(at) => after(body, &template.checklist[at].text),
                None => body,
            };
            let state = state(item, marker, answer, outline);
            let shown = found.map_or_else(
                || text::fold_space(text::strip_markup(body)),
                |at| template.checklist[at].text.clone(),
            );
            let below = &outline.source.text()[item.own.end..item.whole.end.max(item.own.end)];
            let answered = [answer, below].into_iter().any(|text| {
                text.lines().any(|line| text::has_content(line) && !text::is_stop_word(line))
            });
            Some(Found { item: found, line: item.line, state, text: shown, answered })
        })
        .collect()
}

/// Splits an item's text into its bracketed marker, where it has one, and what follows.
fn marker(raw: &str) -> (Option<&str>, &str) {
    let body = bullet::behind(raw);
    let marker = body.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    match marker {
        Some((marker, rest)) if marker.chars().count() <= 6 && !rest.starts_with(['(', '[']) => {
            (Some(marker), rest)
        }
        _ => (None, box_text(raw)),
    }
}

/// The template's item that a text starts with, case and punctuation folded, small edits allowed.
fn matching(body: &str, template: &Template) -> Option<usize> {
    // An item's own words are its first: an answer of any length may follow.
    let longest = template.checklist.iter().map(|item| item.text.len()).max().unwrap_or(0) * 2 + 40;
    let head = body.char_indices().nth(longest).map_or(body, |(end, _)| &body[..end]);
    let folded = text::fold(head);
    if folded.is_empty() {
        return None;
    }
    let exact = template.checklist.iter().position(|item| folded.starts_with(&item.key));
    exact.or_else(|| {
        template.checklist.iter().position(|item| {
            let wanted = item.key.chars().count();
            // A typo changes the length a little: compare with prefixes that end near the template's end.
            let words: Vec<usize> = folded
                .char_indices()
                .filter(|(_, c)| *c == ' ')
                .map(|(at, _)| at)
                .chain([folded.len()])
                .collect();
            words
                .into_iter()
                .filter(|&end| folded[..end].chars().count().abs_diff(wanted) <= wanted / 8 + 1)
                .any(|end| text::alike(&folded[..end], &item.key))
        })
    })
}

/// What follows an item's text: the author's answer.
fn after<'t>(body: &'t str, item: &str) -> &'t str {
    let mut wanted = text::fold(item).chars().filter(|c| *c != ' ').count();
    for (at, c) in body.char_indices() {
        if wanted == 0 {
            return &body[at..];
        }
        if c.is_alphanumeric() {
            wanted -= 1;
        }
    }
    ""
}

fn state(item: &Item, marker: Option<&str>, answer: &str, outline: &Outline<'_>) -> State {
    match item.task {
        Some(true) => State::Ticked,
        Some(false) => not_applicable(answer)
            .or_else(|| {
                not_applicable(
                    &outline.source.text()[item.own.end..item.whole.end.max(item.own.end)],
                )
            })
            .unwrap_or(State::Open),
        None => match not_applicable(answer) {
            Some(State::NotApplicable) if marker.is_none_or(|m| m.trim().is_empty()) => {
                State::NotApplicable
            }
            _ => State::Marker(marker.unwrap_or_default().to_owned()),
        },
    }
}

/// How a sentence may begin that says `N/A`.
const LEADS: &[&str] = &["this is ", "it is ", "is ", "these are ", "are "];

/// What gives no reason.
const NO_REASONS: &[&str] =
    &["yet", "later", "for now", "now", "at the moment", "n a", "na", "not applicable"];

/// Whether an answer, or a line of it, begins with `N/A`, with or without a reason.
fn not_applicable(answer: &str) -> Option<State> {
    let seen = text::without_comments(answer);
    let mut lines = seen.lines();
    let rest = loop {
        if let Some(rest) = behind_na(&text::fold(lines.next()?)) {
            break rest;
        }
    };
    let more = lines.map(|line| format!(" {}", text::fold(line)));
    let reason = std::iter::once(rest).chain(more).collect::<String>();
    let reason = reason.trim().trim_start_matches("because").trim();
    let none = reason.is_empty() || text::is_stop_word(reason) || NO_REASONS.contains(&reason);
    Some(if none { State::NotApplicableBare } else { State::NotApplicable })
}

/// What follows `N/A` in a folded line that begins so.
fn behind_na(line: &str) -> Option<String> {
    let line = LEADS.iter().find_map(|lead| line.strip_prefix(lead)).unwrap_or(line);
    let rest = ["n a", "na", "not applicable"].iter().find_map(|mark| line.strip_prefix(mark))?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.to_owned())
}

//! What a change does to an EP: from which status to which, and which sections it touches.

use std::collections::{HashMap, HashSet};

use crate::proposal::{Lines, Outline, SectionId, date, text};

use super::approval::Answers;
use super::context::{Context, Gap};
use super::level::{Kind, Level, Levels};
use super::rule::{
    CHECKLIST_ITEM_OPEN, HISTORY_ENTRY, PLACEHOLDER, PRR_APPROVAL, PRR_OPTIONS, PRR_QUESTION_ASKED,
    PRR_UNANSWERED, Rule, SECTION_EMPTY, STATUS_TRANSITION,
};

/// An EP before the change, read as it is read now.
pub(super) struct Earlier<'a, 'c> {
    pub(super) cx: &'a Context<'c>,
    pub(super) gaps: &'a [Gap],
}

/// What is to say of the move on the ladder from `before` (`None`: the EP is new) to `after`, whose status stands at
/// `line`.
pub(super) fn transition(
    cx: &Context<'_>,
    earlier: Option<(&Context<'_>, Option<usize>)>,
    after: usize,
    line: Lines,
    gaps: &mut Vec<Gap>,
) {
    let ladder = &cx.policy.ladder;
    let name = |status: usize| format!("`{}`", ladder.name(status));
    let gap = |level: Level, message: String, help: String| Gap {
        rule: &STATUS_TRANSITION,
        levels: cx.policy.set(&STATUS_TRANSITION, Levels::all(level)),
        lines: line,
        section: cx.outline.path(cx.outline.section_at(line.start)),
        message,
        help,
        fix: None,
    };
    let Some((before_cx, before)) = earlier else {
        let first: Vec<usize> = ladder.steps().take(2).collect();
        if first.contains(&after) {
            return;
        }
        let starts: Vec<String> = first.into_iter().map(name).collect();
        gaps.push(gap(
            Level::Warning,
            format!(
                "A new EP starts as {}; this one starts as {} and is held to all that it asks for.",
                starts.join(" or "),
                name(after)
            ),
            "Start lower and climb with the work, or leave it if the work is truly that far."
                .into(),
        ));
        return;
    };
    let Some(before) = before.filter(|before| *before != after) else { return };
    if ladder.kind(before) == Some(Kind::Terminal) {
        gaps.push(gap(
            Level::Error,
            format!("{} is final: nothing leads from it to {}.", name(before), name(after)),
            format!(
                "Put the status back to {}, and start a new EP that links this one.",
                name(before)
            ),
        ));
        return;
    }
    let back = ladder.kind(after) == Some(Kind::Parked)
        || (ladder.kind(after) == Some(Kind::Step) && after < before);
    let Some(id) = cx.section(&cx.policy.roles.history).filter(|_| back) else { return };
    if tells_why(cx, before_cx) {
        return;
    }
    // One cause, one finding: a warning that the history lacks this very entry says less.
    gaps.retain(|gap| !gap.rule.is(&HISTORY_ENTRY) || gap.levels.at(after) == Level::Error);
    if gaps.iter().any(|gap| gap.rule.is(&HISTORY_ENTRY)) {
        return;
    }
    gaps.push(Gap {
        rule: &HISTORY_ENTRY,
        levels: cx.policy.set(&HISTORY_ENTRY, Levels::all(Level::Warning)),
        lines: cx.heading(id),
        section: cx.outline.path(id),
        ..gap(
            Level::Warning,
            format!(
                "The status goes back from {} to {}, and no new entry of the history says why.",
                name(before),
                name(after)
            ),
            format!(
                "Add a dated entry, such as `- 2026-03-14: {}, with the reason`.",
                ladder.name(after)
            ),
        )
    });
}

/// Whether the history has a dated entry that it had not before, with a word beside date and status.
fn tells_why(cx: &Context<'_>, before: &Context<'_>) -> bool {
    let old: HashSet<String> = history(before).collect();
    let statuses: HashSet<String> = cx.policy.ladder.names().flat_map(words).collect();
    let says_more = |entry: &str| {
        words(entry).any(|word| {
            word.chars().all(char::is_alphabetic)
                && !statuses.contains(&word)
                && !MOVES.contains(&word.as_str())
                && !date::is_date_word(&word)
        })
    };
    history(cx).any(|entry| date::has_date(&entry) && !old.contains(&entry) && says_more(&entry))
}

/// Words that tell of a move and not of its reason.
const MOVES: &[&str] =
    &["a", "as", "back", "ep", "is", "moved", "now", "set", "status", "the", "to", "was"];

fn words(text: &str) -> impl Iterator<Item = String> {
    text::fold(text).split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn history<'c>(cx: &'c Context<'_>) -> impl Iterator<Item = String> + 'c {
    let below = cx.section(&cx.policy.roles.history).map_or(0..0, |id| cx.outline.subtree(id));
    below.flat_map(|id| {
        let section = &cx.outline.sections[id];
        let lines = cx.outline.visible_lines(section.body.clone());
        std::iter::once(section.title.clone()).chain(lines.map(|(_, line)| text::fold_space(&line)))
    })
}

/// Whether the EP was past a gate before: it stays where it was, or goes back.
pub(super) fn was_past(cx: &Context<'_>, before: usize, after: usize) -> bool {
    let step = |status| cx.policy.ladder.kind(status) == Some(Kind::Step);
    before == after || (step(before) && step(after) && after < before)
}

/// Which findings were there before, in sections that the change does not touch.
pub(super) struct Inherited<'a, 'c> {
    cx: &'a Context<'c>,
    earlier: &'a Earlier<'a, 'c>,
    /// Rule and section of what was wrong before; for the document itself, the message as well.
    known: HashSet<(&'static str, &'a [String], &'a str)>,
    /// Sections of before by their path, in order: a hostile file has a hundred thousand of them.
    by_path: HashMap<Vec<String>, Vec<SectionId>>,
    /// Of sections of now that have one path, which one of them each is.
    nth: HashMap<SectionId, usize>,
    /// Sections that were compared, with the outcome: a section may hold a hundred thousand findings.
    untouched: HashMap<SectionId, bool>,
    /// Whether the answers of the production readiness review are the same.
    same_answers: Option<bool>,
}

/// Rules that look at nothing but a section's own text: where that is the same, so is the finding.
const SELF_CONTAINED: &[&Rule] =
    &[&CHECKLIST_ITEM_OPEN, &PLACEHOLDER, &PRR_OPTIONS, &PRR_UNANSWERED, &SECTION_EMPTY];

impl<'a, 'c> Inherited<'a, 'c> {
    pub(super) fn new(cx: &'a Context<'c>, earlier: &'a Earlier<'a, 'c>) -> Self {
        let known = earlier.gaps.iter().map(identity).collect();
        let before = paths(earlier.cx.outline);
        let nth = paths(cx.outline)
            .into_values()
            .filter(|ids| ids.len() > 1)
            .flat_map(|ids| ids.into_iter().enumerate().map(|(nth, id)| (id, nth)))
            .collect();
        Self {
            cx,
            earlier,
            known,
            by_path: before,
            nth,
            untouched: HashMap::new(),
            same_answers: None,
        }
    }

    /// Whether a gap was there before, and the change does not touch its section.
    pub(super) fn has(&mut self, gap: &Gap) -> bool {
        if gap.rule.is(&PRR_APPROVAL) {
            // Nobody knows who approved the base, and nobody has to approve the same answers twice.
            return *self
                .same_answers
                .get_or_insert_with(|| Answers::of(self.cx).same(&Answers::of(self.earlier.cx)));
        }
        if gap.rule.is(&PRR_QUESTION_ASKED) {
            // It is asked of this change.
            return false;
        }
        let known = self.known.contains(&identity(gap));
        if gap.section.is_empty() {
            return known;
        }
        let id = self.cx.outline.section_at(gap.lines.start);
        // A finding about something missing stands at another section's line.
        if self.cx.outline.path(id) != gap.section {
            return known;
        }
        let alone = self.cx.outline.subtree(id).len() == 1
            && SELF_CONTAINED.iter().any(|rule| rule.is(gap.rule));
        if !known && !alone {
            return false;
        }
        if let Some(known) = self.untouched.get(&id) {
            return *known;
        }
        let old = self.counterpart(id);
        let (head, base) = (self.cx.outline, self.earlier.cx.outline);
        let untouched = old.is_some_and(|old| same_text(head, id, base, old));
        self.untouched.insert(id, untouched);
        untouched
    }

    /// The same section before the change.
    fn counterpart(&self, id: SectionId) -> Option<SectionId> {
        let before = self.earlier.cx;
        if let Some(template) = self.cx.meant[id] {
            return before.found[template];
        }
        let nth = self.nth.get(&id).copied().unwrap_or(0);
        self.by_path.get(&self.cx.outline.path(id))?.get(nth).copied()
    }
}

fn paths(outline: &Outline<'_>) -> HashMap<Vec<String>, Vec<SectionId>> {
    let mut paths: HashMap<Vec<String>, Vec<SectionId>> = HashMap::new();
    for id in 0..outline.sections.len() {
        paths.entry(outline.path(id)).or_default().push(id);
    }
    paths
}

fn identity(gap: &Gap) -> (&'static str, &[String], &str) {
    let message = if gap.section.is_empty() { gap.message.as_str() } else { "" };
    (gap.rule.name, &gap.section, message)
}

/// Whether two sections have the same words in their heading and own text.
fn same_text(head: &Outline<'_>, id: SectionId, base: &Outline<'_>, old: SectionId) -> bool {
    let (head, base) = (head.whole_text(id), base.whole_text(old));
    head == base || head.split_whitespace().eq(base.split_whitespace())
}

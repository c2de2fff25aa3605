//! Who approved the production readiness review, and whether on the present answers.
//!
//! An approval holds as long as the answers are those that were approved: a rebase or a typo elsewhere keeps it, a
//! changed answer voids it.

mod answers;
mod words;

use std::collections::{HashMap, HashSet};

use crate::proposal::{Asked, Outline, SectionId, Source};

use super::context::{Context, Gap};
use super::input::{Opinion, Rulebook, Voice, Word};
use super::outcome::Count;
use super::rule::{PRR_APPROVAL, SECTION_MISSING};

pub(super) use answers::Answers;

/// What a reviewer's last word comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    /// It approves the present answers.
    Holds,
    /// These answers changed since, as they are named in messages.
    Void(Vec<String>),
    /// It approved a commit that is gone.
    Gone,
    /// It approved a commit at which the EP could not be read.
    Unread,
    /// An approval that does not count.
    Uncounted,
    /// It asks for changes.
    Objects,
    /// It was dismissed.
    Dismissed,
}

/// Counts the approvals of the present answers, and says what is missing. `None` where the policy asks for none at any
/// status.
pub(super) fn check(
    cx: &Context<'_>,
    opinions: &[Opinion<'_>],
    gaps: &mut Vec<Gap>,
) -> Option<Count> {
    let levels = cx.policy.rule(&PRR_APPROVAL);
    if levels.is_off() {
        return None;
    }
    let wanted = cx.policy.prr.approvals;
    let judged = Judged::of(cx, opinions);
    let count = Count { done: judged.holding.min(wanted), total: wanted };
    if count.done < wanted && !super::rules::is_empty(cx) && !is_said(cx, gaps) {
        let section = cx.template.prr_section;
        let found = section.and_then(|at| cx.found[at]);
        let lines = match (found, section) {
            (Some(id), _) => cx.heading(id),
            (None, Some(at)) => cx.anchor(at),
            (None, None) => cx.top(),
        };
        gaps.push(Gap {
            rule: &PRR_APPROVAL,
            levels,
            lines,
            section: match (found, section) {
                (Some(id), _) => cx.outline.path(id),
                (None, Some(at)) => cx.template.sections[at].path.clone(),
                (None, None) => Vec::new(),
            },
            message: words::message(&judged.said, count, &cx.policy.prr.approvers),
            help: words::help(&judged.said, count, &cx.policy.prr.approvers),
            fix: None,
        });
    }
    Some(count)
}

/// Whether the questionnaire is gone and a finding says so, which weighs at least as much: one cause, one finding.
fn is_said(cx: &Context<'_>, gaps: &[Gap]) -> bool {
    let Some(at) = cx.template.prr_section.filter(|&at| cx.found[at].is_none()) else {
        return false;
    };
    let wanted = cx.policy.rule(&PRR_APPROVAL);
    let missing =
        |gap: &&Gap| gap.rule.is(&SECTION_MISSING) && gap.section == cx.template.sections[at].path;
    cx.is_hidden(at)
        || cx.gained(at)
        || gaps.iter().find(missing).is_some_and(|gap| gap.levels.max(wanted) == gap.levels)
}

/// The section that is approved: the questionnaire; where the template has none, the whole EP.
fn approved_section(cx: &Context<'_>) -> Option<SectionId> {
    match cx.template.prr_section {
        Some(at) => cx.found[at],
        None => Some(0),
    }
}

struct Judged<'o> {
    /// How many people approve the present answers.
    holding: usize,
    /// What there is to say of whom.
    said: Vec<(Opinion<'o>, Standing)>,
}

impl<'o> Judged<'o> {
    fn of(cx: &Context<'_>, opinions: &[Opinion<'o>]) -> Self {
        let mut present = None;
        // Most reviews are of the same few commits.
        let mut known: HashMap<&[u8], Standing> = HashMap::new();
        let mut people = HashSet::new();
        let mut said = Vec::with_capacity(opinions.len());
        for opinion in opinions {
            let standing = match (opinion.word, opinion.voice) {
                (Word::Approves, Voice::Approver) => match (opinion.commit, opinion.text) {
                    (None, _) => Standing::Gone,
                    (_, None) => Standing::Unread,
                    (Some(_), Some(text)) => known
                        .entry(text)
                        .or_insert_with(|| {
                            let now = present.get_or_insert_with(|| Answers::of(cx));
                            compared(cx, now, text)
                        })
                        .clone(),
                },
                (Word::Approves, Voice::Author | Voice::Outsider) => Standing::Uncounted,
                (Word::Objects, Voice::Approver) => Standing::Objects,
                (Word::Dismissed, Voice::Approver) => Standing::Dismissed,
                // Whoever cannot approve cannot object to an approval either.
                (Word::Objects | Word::Dismissed, Voice::Author | Voice::Outsider) => continue,
            };
            if standing == Standing::Holds {
                people.insert(opinion.by.to_ascii_lowercase());
            }
            said.push((*opinion, standing));
        }
        Self { holding: people.len(), said }
    }
}

/// What an approval of that text is worth now.
fn compared(cx: &Context<'_>, now: &Answers, text: &[u8]) -> Standing {
    if text == cx.outline.source.text().as_bytes() {
        return Standing::Holds;
    }
    let Ok(text) = Source::decode(text) else { return Standing::Unread };
    let outline = Outline::parse_asked(text, Asked::of(cx.template));
    let rulebook = Rulebook::new(cx.template, cx.policy);
    let then = Answers::of(&Context::new(cx.path, &outline, None, &rulebook));
    let changed = now.changes_since(&then);
    if changed.is_empty() { Standing::Holds } else { Standing::Void(changed) }
}

//! The rules as data: help, documentation and schema are generated from this one table.
//!
//! A new rule is one more `static` in its group's file, and its name in [`RULES`]; then `ep-bot explain --out docs/rules`
//! writes its page. Most examples are a piece of the sample EP and what fails in its place. Where more than the text
//! matters, `Example::told` makes a `Stage` of each piece: with other claims, an EP before the change, or whatever
//! else a review is given. `tests/rules.rs` holds every example against the review, and every page against the table.

mod checklist;
mod document;
mod example;
mod links;
mod policy;
mod prr;
mod sections;
mod stage;
mod status;

pub use checklist::{
    CHECKLIST_ITEM_DUPLICATE, CHECKLIST_ITEM_MISSING, CHECKLIST_ITEM_OPEN, CHECKLIST_MARKER,
    CHECKLIST_MISSING,
};
pub use document::{
    COMMENT_UNCLOSED, FILE_UNREADABLE, NUMBER_MISMATCH, NUMBER_TAKEN, SECTION_DUPLICATE,
    TITLE_FORMAT,
};
pub use example::{Example, Language};
pub use links::{LINK_BROKEN, TOC_ENTRY, TOC_HEADING};
pub use policy::{POLICY_INVALID, TEMPLATE_INVALID};
pub use prr::{
    PRR_APPROVAL, PRR_OPTIONS, PRR_QUESTION_ASKED, PRR_QUESTION_MISSING, PRR_UNANSWERED,
};
pub use sections::{DIAGRAM_MISSING, GUIDANCE_LEFT, PLACEHOLDER, SECTION_EMPTY, SECTION_MISSING};
pub use stage::{SAMPLE, SAMPLE_PATH};
pub use status::{
    HISTORY_ENTRY, JIRA_MISSING, REPLACED_BY, STATUS_MISSING, STATUS_TRANSITION, STATUS_UNKNOWN,
};

use super::level::{Level, Levels};

/// Every rule, in the order of the documentation.
pub static RULES: &[&Rule] = &[
    &TITLE_FORMAT,
    &NUMBER_MISMATCH,
    &NUMBER_TAKEN,
    &SECTION_DUPLICATE,
    &COMMENT_UNCLOSED,
    &FILE_UNREADABLE,
    &STATUS_MISSING,
    &STATUS_UNKNOWN,
    &STATUS_TRANSITION,
    &JIRA_MISSING,
    &REPLACED_BY,
    &HISTORY_ENTRY,
    &SECTION_MISSING,
    &SECTION_EMPTY,
    &PLACEHOLDER,
    &GUIDANCE_LEFT,
    &DIAGRAM_MISSING,
    &PRR_QUESTION_MISSING,
    &PRR_UNANSWERED,
    &PRR_OPTIONS,
    &PRR_QUESTION_ASKED,
    &PRR_APPROVAL,
    &CHECKLIST_MISSING,
    &CHECKLIST_ITEM_MISSING,
    &CHECKLIST_ITEM_OPEN,
    &CHECKLIST_ITEM_DUPLICATE,
    &CHECKLIST_MARKER,
    &TOC_ENTRY,
    &TOC_HEADING,
    &LINK_BROKEN,
    &POLICY_INVALID,
    &TEMPLATE_INVALID,
];

/// One rule of the production readiness review. Names are stable: reports and policies use them.
///
/// Its texts are Markdown of one paragraph, in which nothing but code between backticks is marked up.
#[derive(Debug)]
pub struct Rule {
    /// Its name, as `prr-unanswered`.
    pub name: &'static str,
    /// The group in which the documentation lists it.
    pub group: &'static str,
    /// What it finds, in one line without a period at its end.
    pub short: &'static str,
    /// What it asks for.
    pub what: &'static str,
    /// Why anybody should care.
    pub why: &'static str,
    /// What to do about a finding.
    pub how: &'static str,
    /// What `ep-bot fix` does about it; `None` where it takes a person. Starts with a verb: "writes …".
    pub fix: Option<&'static str>,
    /// What it finds fault with, and what to write instead. The first one is the most common.
    pub examples: &'static [Example],
    /// Its levels by status in the default policy's ladder.
    pub levels: Levels,
    /// What else decides its level.
    pub weight: Weight,
    /// What people can do when a finding should not block.
    pub relief: Relief,
}

/// What decides the level of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The rule's levels.
    Rule,
    /// The level of the section that it is about. The rule has none of its own.
    Section,
    /// The level of the part of the questionnaire in which the question stands. The rule's levels hold for questions
    /// beyond the template's.
    Part,
}

/// What people can do when a finding should not block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relief {
    /// Set another level in the policy, or waive it for one EP.
    LevelOrWaiver,
    /// Set another level in the policy.
    Level,
    /// Nothing but mending it.
    None,
}

const ALWAYS: Levels = Levels::all(Level::Error);

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.is(other)
    }
}

impl Eq for Rule {}

impl Rule {
    /// Whether it is that one.
    pub fn is(&self, other: &Self) -> bool {
        self.name == other.name
    }

    /// Whether it is about what people say on a pull request, so that it is not run elsewhere.
    pub fn is_on_github_alone(&self) -> bool {
        [&PRR_QUESTION_ASKED, &PRR_APPROVAL].iter().any(|rule| rule.is(self))
    }

    /// Whether a policy can set its level. What cannot be read can be judged at no other.
    pub fn has_level(&self) -> bool {
        self.relief != Relief::None
    }

    /// The rule of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.name == name)
    }

    /// The rule's name that is nearest to a word, for a hint.
    pub fn nearest(word: &str) -> Option<&'static Self> {
        RULES
            .iter()
            .copied()
            .map(|rule| (strsim::normalized_damerau_levenshtein(word, rule.name), rule))
            .filter(|(similarity, _)| *similarity >= 0.5)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, rule)| rule)
            // `diagram` is less than half of `diagram-missing`, and means it.
            .or_else(|| {
                let begins = |rule: &&Self| word.len() > 3 && rule.name.starts_with(word);
                RULES.iter().copied().find(begins)
            })
    }
}

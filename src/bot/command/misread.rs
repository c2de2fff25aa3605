//! What is wrong with a line that was meant as a command, in words.

use crate::review::Rule;
use crate::review::rule::Relief;

use super::MAX_COMMANDS;

/// The longest word of a comment that is shown again, in characters.
const MAX_SHOWN: usize = 60;

/// Why a line is no command. What stands in it as text is hostile, and as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misread {
    /// No command of this name.
    Unknown {
        /// The word, or two.
        words: String,
        /// The nearest command.
        meant: Option<String>,
    },
    /// It stands behind a quotation without an empty line, so that it is shown as part of it.
    Quoted,
    /// `/ep-status` of something that is neither an EP's number nor `all`.
    NoNumber(String),
    /// `/ep-waive` names no rule.
    NoRule,
    /// `/ep-waive` names a rule that there is not.
    UnknownRule {
        /// The word in the rule's place.
        rule: String,
        /// The nearest rule.
        meant: Option<&'static Rule>,
    },
    /// A rule that nobody can waive.
    NotWaivable(&'static Rule),
    /// `/ep-waive` without `because`, or with nothing behind it.
    NoReason(&'static Rule),
    /// `/ep-question` without a question.
    NoQuestion,
    /// `/ep-question drop` without a number.
    NoQuestionNumber,
    /// A reason or a question that is too long to be shown in every report.
    TooLong {
        /// "reason" or "question".
        what: &'static str,
        /// The most that it may have, in characters.
        max: usize,
    },
    /// More commands than are carried out of one comment; this is the first of those that are not.
    TooMany,
}

impl Misread {
    /// What is wrong and what to write instead, by the convention for a finding's message: code between backticks, all
    /// else plain text. Words of the comment stand between backticks.
    pub fn sentence(&self) -> String {
        match self {
            Self::Unknown { words, meant: Some(meant) } => {
                format!("`{}` is no command. Did you mean `{meant}`?", shown(words))
            }
            Self::Unknown { words, meant: None } => {
                format!("`{}` is no command. `/ep-help` lists them.", shown(words))
            }
            Self::Quoted => "It stands right below a quotation, so it is shown as part of it. Leave an empty line above \
                             the command."
                .to_owned(),
            Self::NoNumber(word) => format!(
                "`{}` is no EP's number. Write `/ep-status` for the EPs of this pull request, `/ep-status EP-0012` for \
                 another one, or `/ep-status all`.",
                shown(word)
            ),
            Self::NoRule => "It does not say which rule. Write `/ep-waive diagram-missing because one box says it all`, \
                             with the name that the finding shows."
                .to_owned(),
            Self::UnknownRule { rule, meant: Some(meant) } => {
                format!("There is no rule `{}`. Did you mean `{}`?", shown(rule), meant.name)
            }
            Self::UnknownRule { rule, meant: None } => format!(
                "There is no rule `{}`. The name of the rule stands in front of each finding, as `prr-unanswered`.",
                shown(rule)
            ),
            Self::NotWaivable(rule) if rule.relief == Relief::Level => format!(
                "`{}` cannot be waived in a comment: the policy sets how much it weighs.",
                rule.name
            ),
            Self::NotWaivable(rule) => format!(
                "`{}` cannot be waived: what cannot be read cannot be judged. It has to be mended.",
                rule.name
            ),
            Self::NoReason(rule) => format!(
                "It gives no reason, and every report shows the reason. Write `/ep-waive {} because …`, on one line.",
                rule.name
            ),
            Self::NoQuestion => "It asks nothing. Write the part of the questionnaire, a colon and the question, on one \
                                 line: `/ep-question Scalability: How many ships can it serve at once?`"
                .to_owned(),
            Self::NoQuestionNumber => "It does not say which question. Write its number, as `/ep-question drop 2`; \
                                       `/ep-status` lists them."
                .to_owned(),
            Self::TooLong { what, max } => {
                format!("The {what} has more than {max} characters. Every report shows it: make it shorter, and link to the rest.")
            }
            Self::TooMany => format!(
                "One comment carries at most {MAX_COMMANDS} commands. This one and those below it were not read: write \
                 them in another comment."
            ),
        }
    }
}

/// A word of a comment for the inside of backticks.
fn shown(word: &str) -> String {
    let word: String = word.chars().map(|c| if c == '`' { '\'' } else { c }).collect();
    match word.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word,
    }
}

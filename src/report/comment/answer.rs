//! Short answers to commands: what was done, why something was not, and what was not understood.

use std::fmt::Write as _;

use crate::proposal::text::listed;
use crate::report::markdown::{code, sentence};
use crate::report::plain::MAX_NAME;

use super::{Kind, MAX_BODY, marker};

/// So many approvers are named.
const MAX_LISTED: usize = 20;

/// The longest reason or question that is repeated, in characters.
const MAX_TEXT: usize = 600;

/// What became of one command. All texts are plain and hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    /// A line that is no command.
    Misread {
        /// Its line in the comment, from 1.
        line: usize,
        /// What stands there.
        words: &'a str,
        /// What is wrong, by the convention of a finding's message.
        sentence: &'a str,
    },
    /// Only PRR approvers may do this.
    NotApprover {
        /// The command, as `/ep-waive`.
        command: &'a str,
        /// Who may.
        approvers: Approvers<'a>,
    },
    /// Nobody waives a finding of their own pull request.
    OwnPullRequest {
        /// Who else may.
        approvers: Approvers<'a>,
    },
    /// Someone else edited the comment.
    EditedByOther {
        /// The command, as `/ep-waive`.
        command: &'a str,
        /// Whose comment it is.
        author: &'a str,
    },
    /// A finding is accepted.
    Waived {
        /// The rule.
        rule: &'a str,
        /// The section, where one was named.
        section: Option<&'a str>,
        /// The reason.
        because: &'a str,
        /// Who waived it.
        by: &'a str,
        /// Whether there is such a finding now.
        found: bool,
    },
    /// A question is asked.
    Asked {
        /// Its number on this pull request.
        number: usize,
        /// The part in which it shall stand.
        part: Option<&'a str>,
        /// The question.
        text: &'a str,
    },
    /// A question is taken back.
    Dropped {
        /// Its number.
        number: usize,
        /// The question.
        text: &'a str,
    },
    /// There is no question of this number.
    NoSuchQuestion {
        /// What was written.
        number: usize,
        /// The numbers that there are.
        open: &'a [usize],
    },
    /// Only whoever asked a question, or a PRR approver, may drop it.
    NotTheirs {
        /// Its number.
        number: usize,
        /// Who asked it.
        by: &'a str,
        /// Who else may drop it.
        approvers: Approvers<'a>,
    },
    /// The pull request is closed: nothing is decided on it any more.
    Closed {
        /// The command, as `/ep-check`.
        command: &'a str,
    },
    /// The comment stands at an issue.
    NoPullRequest {
        /// The command, as `/ep-check`.
        command: &'a str,
    },
}

/// Who may approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approvers<'a> {
    /// The policy names none: whoever can push to the repository.
    WhoCanPush,
    /// These users (`login`) and teams (`org/team`).
    Named(&'a [&'a str]),
}

impl Said<'_> {
    /// Whether something was asked for that is not done.
    pub const fn is_refusal(&self) -> bool {
        !matches!(self, Self::Waived { .. } | Self::Asked { .. } | Self::Dropped { .. })
    }
}

/// One answer to all commands of the comment of this number; in the order in which they stand there.
pub fn answer(comment: u64, said: &[Said<'_>]) -> String {
    let kind = if said.iter().any(Said::is_refusal) { Kind::Refusal } else { Kind::Done };
    let mut out = String::new();
    let texts: Vec<String> = said.iter().map(text).collect();
    let list = texts.len() > 1;
    for (shown, text) in texts.iter().enumerate() {
        if out.len() + text.len() > MAX_BODY {
            let _ = writeln!(out, "- …and {} more answers.", texts.len() - shown);
            break;
        }
        let _ = writeln!(out, "{}{text}", if list { "- " } else { "" });
    }
    let misread = said.iter().any(|said| matches!(said, Said::Misread { .. }));
    let named = texts.iter().any(|text| text.contains("/ep-help"));
    if misread && !named {
        out.push_str("\n`/ep-help` lists the commands.\n");
    }
    format!("{out}\n{}", marker(kind, comment))
}

fn text(said: &Said<'_>) -> String {
    match *said {
        Said::Misread { line, words, sentence: wrong } => {
            format!("Line {line}, {}: {}", code(words, MAX_NAME), sentence(wrong, MAX_TEXT))
        }
        Said::NotApprover { command, approvers } => format!(
            "{} is for PRR approvers: {}. Nothing was changed.",
            code(command, MAX_NAME),
            named(approvers)
        ),
        Said::OwnPullRequest { approvers } => format!(
            "Nobody waives what blocks their own pull request. Another PRR approver can: {}.",
            named(approvers)
        ),
        Said::EditedByOther { command, author } => format!(
            "{} was not written by {} alone, since someone else edited the comment. It does not count: write it in a \
             comment of your own.",
            code(command, MAX_NAME),
            code(author, MAX_NAME)
        ),
        Said::Waived { rule, section, because, by, found } => {
            let section = section
                .map_or_else(String::new, |section| format!(" in {}", code(section, MAX_NAME)));
            let reason = sentence(because.trim_end_matches('.'), MAX_TEXT);
            let yet = if found {
                "Every report names it with this reason."
            } else {
                "There is no such finding now; should one come up on this pull request, it will not block."
            };
            format!(
                "{} is waived{section} on this pull request by {}, because {reason}. {yet} To take it back, delete the \
                 comment.",
                code(rule, MAX_NAME),
                code(by, MAX_NAME)
            )
        }
        Said::Asked { number, part, text, .. } => {
            let place = part.map_or_else(
                || "to the questionnaire".to_owned(),
                |part| format!("to the part {} of the questionnaire", code(part, MAX_NAME)),
            );
            format!(
                "This is question {number}. The EP has to carry and answer it: add it {place} as a heading of its own, {}, \
                 with the answer below. `/ep-question drop {number}` takes it back.",
                code(text, MAX_TEXT)
            )
        }
        Said::Dropped { number, text } => {
            format!(
                "Question {number} is dropped: {}. The EP need not answer it.",
                code(text, MAX_TEXT)
            )
        }
        Said::NoSuchQuestion { number, open: [] } => {
            format!("There is no question {number}: no question is asked on this pull request.")
        }
        Said::NoSuchQuestion { number, open } => {
            let numbers: Vec<String> = open.iter().map(usize::to_string).collect();
            let numbers = listed(&numbers, MAX_LISTED);
            let (asked, they) = match open.len() {
                1 => ("The only one is question", "it says"),
                _ => ("There are questions", "they say"),
            };
            format!(
                "There is no question {number}. {asked} {numbers}; `/ep-status` shows what {they}."
            )
        }
        Said::NotTheirs { number, by, approvers } => format!(
            "Question {number} was asked by {}, who can drop it, as can PRR approvers: {}. It stays.",
            code(by, MAX_NAME),
            named(approvers)
        ),
        Said::Closed { command } => format!(
            "{} was not carried out: this pull request is closed. Reopen it first.",
            code(command, MAX_NAME)
        ),
        Said::NoPullRequest { command } => format!(
            "{} works on pull requests; this is an issue. Write it on the pull request that changes the EP.",
            code(command, MAX_NAME)
        ),
    }
}

/// Who may approve, as code: names in an answer ping nobody.
fn named(approvers: Approvers<'_>) -> String {
    match approvers {
        Approvers::WhoCanPush => "everyone who can push to this repository".to_owned(),
        Approvers::Named([]) => "nobody, while the policy cannot be read".to_owned(),
        Approvers::Named(names) => {
            let names: Vec<String> = names.iter().map(|name| code(name, MAX_NAME)).collect();
            listed(&names, MAX_LISTED)
        }
    }
}

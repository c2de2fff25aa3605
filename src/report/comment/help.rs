//! The answer to `/ep-help`: what can be asked for, and by whom.

use std::fmt::Write as _;

use super::{Kind, marker};

/// Command, example, what it does, who may use it.
const COMMANDS: &[(&str, &str, &str)] = &[
    (
        "/ep-status",
        "where the EPs of this pull request stand, what blocks them, and what the next status asks for",
        "everyone",
    ),
    (
        "/ep-status EP-0012",
        "the same for one EP, of this pull request or else of the base branch",
        "everyone",
    ),
    ("/ep-status all", "all EPs of the repository in one table", "everyone"),
    ("/ep-check", "reviews this pull request again", "everyone"),
    (
        "/ep-waive diagram-missing because one box says it all",
        "accepts what a rule finds, on this pull request",
        "PRR approvers, but not on their own pull request",
    ),
    (
        "/ep-waive section-empty Proposal > Architecture because it is in EP-0007",
        "accepts it in one section only",
        "PRR approvers, but not on their own pull request",
    ),
    (
        "/ep-question Scalability: How many ships can it serve at once?",
        "asks a question that the EP must carry in that part of its questionnaire, and answer",
        "PRR approvers",
    ),
    ("/ep-question drop 2", "takes a question back", "whoever asked it, and PRR approvers"),
    ("/ep-help", "this list", "everyone"),
];

/// The answer to the comment of this number.
pub fn help(comment: u64) -> String {
    let mut out = "Write a command first on a line of a comment; one comment may hold several.\n\n\
                   | Command | What it does | Who may use it |\n| --- | --- | --- |\n"
        .to_owned();
    for (command, what, who) in COMMANDS {
        let _ = writeln!(out, "| `{command}` | {what} | {who} |");
    }
    let _ = write!(
        out,
        "\nThe name of a rule stands in front of each finding; `ep-bot explain RULE` says what it asks for. Questions and \
         waivers are read from the comments themselves: a comment that someone else edited does not count, and one that \
         is deleted counts no more.\n\n{}",
        marker(Kind::Help, comment)
    );
    out
}

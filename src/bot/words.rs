//! What the bot itself says, as opposed to what a review says.

use std::fmt::Write as _;

use super::publish::Other;
use super::trouble::Trouble;
use crate::github::{CheckAction, CommitSha, Permission, PullRequestNumber, Retry};
use crate::report::markdown;
use crate::store::Claimed;

/// The title of a check on a pull request whose file list GitHub cuts off.
pub(super) const CUT_OFF_TITLE: &str = "Too many files changed to see every EP";

/// The title of a check that explains why there is no review.
pub(super) const NO_REVIEW_TITLE: &str = "The EPs could not be reviewed";

/// The button with which a pull request is reviewed again.
pub(super) const RECHECK: &str = "recheck";

/// The button with which what blocks is explained in a comment.
pub(super) const EXPLAIN: &str = "explain";

/// The buttons of every check.
pub(super) const ACTIONS: &[CheckAction] = &[
    CheckAction {
        label: "Recheck",
        description: "Review this pull request again now",
        identifier: RECHECK,
    },
    CheckAction {
        label: "Explain",
        description: "Comment what each blocking rule asks",
        identifier: EXPLAIN,
    },
];

/// Said where more pull requests are open than are listed.
pub(super) const MANY_OPEN: &str = "More than 1,000 pull requests are open into this branch: for EP numbers that \
    others claim, only the oldest of them were looked at.";

/// Said where GitHub's list of a folder ends before the folder does.
pub(super) const LONG_LISTING: &str = "The folder of the EPs has more files than GitHub lists, so a number may be \
    taken without it showing here.";

/// Said of a broken policy that the pull request mends.
pub(super) const MENDED: &str = "This pull request mends it.";

/// The longest error text that is shown, in characters.
const LONGEST_ERROR: usize = 500;

/// The longest title of another pull request's verdict that is repeated, in characters.
const LONGEST_TITLE: usize = 160;

/// The opening of the summary where other pull requests have the same head; `blocks`: it is them who block.
pub(super) fn shared(others: &[Other], blocks: bool) -> String {
    let mut out = if blocks {
        "**Another pull request with this same commit is not ready, so this check does not pass.** "
    } else {
        "**Other pull requests have this same commit, and share its check.** "
    }
    .to_owned();
    out.push_str("A check hangs on a commit, and says the worst of the verdicts on it:\n\n");
    for other in others {
        let verdict = if other.success { "is ready" } else { "is not ready" };
        let title = markdown::code(&other.title, LONGEST_TITLE);
        let _ = writeln!(out, "- #{} {verdict}: {title}", other.number.0);
    }
    out.push_str("\nA commit of its own gives each a check of its own. What follows is about this pull request.\n\n");
    out
}

/// The title where another pull request with the same head blocks.
pub(super) fn shared_title(worst: &Other) -> String {
    let title: String = worst.title.chars().take(LONGEST_TITLE).collect();
    format!("#{} with this same commit: {title}", worst.number.0)
}

/// Title and summary of a check that is set in progress.
pub(super) const STARTED: (&str, &str) = (
    "Being reviewed again",
    "What stood here held for another base branch, or for another pull request with this commit. The verdict on this one \
     follows in a moment.",
);

/// Title of a check that is in progress because its review failed so far.
pub(super) const LATE_TITLE: &str = "The review is late";

/// Its summary.
pub(super) fn late(trouble: &Trouble) -> String {
    format!(
        "The Enhancement Proposals could not be reviewed yet: {trouble}. It is tried again by itself, at growing intervals, \
         for about half an hour; then this check says what to do. `/ep-status` in a comment tells where it stands.\n"
    )
}

/// Title and summary of a check that was set in progress on a commit which then ceased to be reviewed.
pub(super) const LEFT: (&str, &str) = (
    "No longer reviewed",
    "The pull request moved on from this commit, or was closed, before the verdict on it was known. This check does not \
     pass; the newest commit of an open pull request has one of its own.",
);

/// Said of a merge group.
pub(super) fn group(pull_requests: &[PullRequestNumber]) -> String {
    let numbers: Vec<String> =
        pull_requests.iter().map(|number| format!("#{}", number.0)).collect();
    match numbers.as_slice() {
        [] => "This is a merge group. GitHub does not say which pull requests it holds, so what was waived on them does \
               not count here."
            .to_owned(),
        numbers => format!(
            "This is a merge group, reviewed as it would land, of {}. What was waived on them counts here; approvals were \
             asked for before.",
            numbers.join(", ")
        ),
    }
}

/// The opening of the summary on a pull request whose file list GitHub cuts off.
pub(super) fn cut_off() -> String {
    "**This pull request changes more files than GitHub lists (3,000), so an EP among the rest would \
     go unseen.**\n\n\
     Move the EPs into a pull request of their own, or split this one. What was seen so far follows.\n\n"
        .to_owned()
}

/// Said where the account's owner has not accepted every permission that is used, and no wonder is to be made of what
/// does not work.
pub(super) fn lacking(lacking: &[Permission], owner: &str) -> Option<String> {
    let names: Vec<String> = lacking
        .iter()
        .map(|(name, level)| markdown::code(&format!("{name}: {level}"), 60))
        .collect();
    let members = if lacking.iter().any(|(name, _)| *name == "members") {
        " Who belongs to a team cannot be read, so that approvals of a team's members do not count, and a question counts of \
         anyone who can push."
    } else {
        ""
    };
    let owner = markdown::code(owner, 60);
    (!names.is_empty()).then(|| {
        format!(
            "GitHub has not granted ep-bot {names}, which it asks for.{members} An owner of {owner} accepts that in the \
             account's settings, *GitHub Apps*, *Review request* beside this App.",
            names = names.join(", "),
        )
    })
}

/// The summary of a check that explains why there is no review of `head`.
pub(super) fn no_review(claimed: &Claimed, trouble: &Trouble, head: &CommitSha) -> String {
    let (reason, remedy) = match trouble.retry() {
        Retry::Never { reason } => (format!(" ({reason})"), ""),
        Retry::After(_) | Retry::Backoff => (String::new(), " It often goes away by itself."),
    };
    let tries = match claimed.attempts {
        0 | 1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    };
    format!(
        "**This is no verdict on the EPs: the review of commit {head} could not be done.** Nothing is \
         merged on an unread EP, so the check does not pass.\n\n\
         - What happened: {error}{reason}\n\
         - Tried: {tries}.\n\n\
         What to do: push to the pull request, or close and reopen it, to have it reviewed again.{remedy} \
         If that does not help, tell whoever runs ep-bot; the line above is what they need.\n",
        head = markdown::code(head.short(), 40),
        error = markdown::code(&trouble.to_string(), LONGEST_ERROR),
    )
}

//! What is said in threads, beside the findings themselves.

use std::fmt::Write as _;

use crate::report::markdown::code;

/// How a thread ends, in its last comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The finding is gone.
    Answered,
    /// What people lacked, and not the EP, is there.
    Settled,
    /// The finding is there, and does not block: it is waived, or not required at this status.
    Weighs,
    /// The file is no EP of this pull request any more.
    Gone,
}

impl End {
    const ALL: [Self; 4] = [Self::Answered, Self::Settled, Self::Weighs, Self::Gone];

    /// What stands before the commit, and behind it.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Answered => ("Answered in ", "."),
            Self::Settled => ("Settled as of ", "."),
            Self::Weighs => ("It does not block any more, as of ", "; the check says why."),
            Self::Gone => ("This pull request does not change this EP any more, as of ", "."),
        }
    }
}

/// The reply before a thread is resolved.
pub(super) fn end(end: End, head: &str) -> String {
    let (before, behind) = end.words();
    format!("{before}{}{behind}", commit(head))
}

/// Whether a comment of ours ended a thread, in whichever commit.
pub(super) fn is_end(body: &str) -> bool {
    End::ALL.into_iter().any(|end| body.starts_with(end.words().0))
}

/// The reply when a thread is opened again.
pub(super) fn back(head: &str) -> String {
    format!("It is back in {}.", commit(head))
}

/// The text of a review: one line over its comments.
pub(super) fn review(comments: usize, more: usize, check: &str) -> String {
    let mut text = match comments {
        1 => "One thing blocks the merge: it is marked at its line below.".to_owned(),
        n => format!("{n} things block the merge: each is marked at its line below."),
    };
    if more > 0 {
        let stands = if more == 1 { "1 more stands" } else { &format!("{more} more stand") };
        let _ = write!(text, " {stands} in the check {}.", code(check, 100));
    }
    text
}

/// A commit as GitHub shows it: its first seven digits.
fn commit(head: &str) -> String {
    code(head.get(..7).unwrap_or(head), 7)
}

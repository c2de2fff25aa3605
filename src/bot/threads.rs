//! What to say at the lines of a pull request, and what to take back: from what blocks now and from the threads that
//! are there, to a list of acts. Pure: whoever reads and writes the threads is somewhere else.
//!
//! Nothing is ever deleted. A thread that a person resolved stays resolved: the check still says what it says.

mod plan;
#[cfg(test)]
mod tests;
mod words;

use std::collections::HashMap;

use crate::report::comment::same_text;
use crate::report::patch::Patch;
use crate::review::Review;

pub use plan::plan;

/// So many new comments a review brings; the rest stands in the check. A wall of comments is not read.
pub const MAX_NEW: usize = 10;

/// So many of our threads are open at once on a pull request, before new ones wait for some to be answered. No more than
/// one review brings: else a push that answers nothing would bring the next.
pub const MAX_OPEN: usize = MAX_NEW;

/// A thread that we opened: the author of its first comment is the bot, and its last line one of our marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The thread, by its GraphQL id.
    pub id: String,
    /// Number of the first comment.
    pub first_comment: u64,
    /// Text of the first comment.
    pub body: String,
    /// The file at which it stands.
    pub path: String,
    /// Whether it is resolved.
    pub resolved: bool,
    /// Whether it was the bot who resolved it.
    pub resolved_by_us: bool,
    /// How many comments follow the first.
    pub replies: usize,
    /// Whether the last comment is the bot's.
    pub last_is_ours: bool,
    /// Text of the last comment.
    pub last_body: String,
}

/// One thing to do on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Post one review of kind `COMMENT`.
    Post {
        /// Its own text.
        body: String,
        /// One to ten comments, all within the diff.
        comments: Vec<New>,
    },
    /// Post a comment on a file as a whole (`subject_type: file`).
    PostOnFile {
        /// The file, which is one of the pull request's.
        path: String,
        /// The text.
        body: String,
    },
    /// Say why, then resolve.
    Resolve {
        /// The thread.
        thread: String,
        /// What to reply; nothing where it was said in a try that came to no end.
        reply: Option<String>,
    },
    /// Unresolve, then say why.
    Reopen {
        /// The thread.
        thread: String,
        /// What to reply.
        reply: Option<String>,
    },
    /// Put another text in a comment's place.
    Edit {
        /// Number of the comment.
        comment: u64,
        /// The text.
        body: String,
    },
}

/// A new comment at lines of a file, on the right side of the diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// The file.
    pub path: String,
    /// The first line; `None` where there is but one.
    pub start_line: Option<usize>,
    /// The last line, in the same hunk.
    pub line: usize,
    /// The text.
    pub body: String,
}

/// What the acts follow from.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The EPs of the pull request, as they are at head.
    pub reviews: &'a [&'a Review],
    /// The files of the pull request with their diffs. `None`: GitHub shows no diff of the file, since it is too large.
    /// No comment can stand at a file that is not among them.
    pub patches: &'a HashMap<&'a str, Option<&'a Patch>>,
    /// Our threads.
    pub threads: &'a [Thread],
    /// The commit that was reviewed.
    pub head: &'a str,
    /// The name of the check in which everything stands.
    pub check: &'a str,
}

/// What to do about the one comment that tells the verdict, where the policy says `comments: summary`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Post it.
    Post(String),
    /// Put another text in its place.
    Edit {
        /// Number of the comment.
        comment: u64,
        /// The text.
        body: String,
    },
}

/// Whether a comment of ours is one that goes before we resolve its thread.
pub fn is_end(body: &str) -> bool {
    words::is_end(body)
}

/// `existing`: number and text of the summary that is there. `None`: it says all that there is to say.
pub fn told(existing: Option<(u64, &str)>, body: String) -> Option<Told> {
    match existing {
        None => Some(Told::Post(body)),
        Some((_, said)) if same_text(said, &body) => None,
        Some((comment, _)) => Some(Told::Edit { comment, body }),
    }
}

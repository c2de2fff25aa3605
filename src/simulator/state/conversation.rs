//! What people write: issues, comments, reviews, reactions.

use jiff::Timestamp;

use super::git::Sha;

#[derive(Debug, Clone)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) author: String,
    pub(crate) created_at: Timestamp,
}

/// A comment in the conversation of an issue or pull request.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    /// Number of the issue or pull request.
    pub(crate) number: u64,
    /// None when the account was deleted.
    pub(crate) author: Option<String>,
    pub(crate) body: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// Who changed it last, and when.
    pub(crate) edited: Option<(String, Timestamp)>,
    pub(crate) by_app: bool,
    pub(crate) reactions: Vec<Reaction>,
    /// Why it is hidden, when it is.
    pub(crate) minimized: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Reaction {
    pub(crate) id: u64,
    pub(crate) user: String,
    /// As REST writes it: `+1`, `eyes`, ….
    pub(crate) content: String,
    pub(crate) created_at: Timestamp,
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// The change may go in.
    Approved,
    /// It may not.
    ChangesRequested,
    /// No opinion.
    Commented,
    /// Was an opinion, taken back.
    Dismissed,
    /// Not yet submitted.
    Pending,
}

impl ReviewState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::ChangesRequested => "CHANGES_REQUESTED",
            Self::Commented => "COMMENTED",
            Self::Dismissed => "DISMISSED",
            Self::Pending => "PENDING",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub(crate) id: u64,
    pub(crate) author: Option<String>,
    pub(crate) state: ReviewState,
    pub(crate) body: String,
    pub(crate) commit: Sha,
    pub(crate) submitted_at: Timestamp,
}

/// Which side of the diff a line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The base.
    Left,
    /// The head.
    Right,
}

impl Side {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Left => "LEFT",
            Self::Right => "RIGHT",
        }
    }
}

/// A comment at a place in the diff.
#[derive(Debug, Clone)]
pub(crate) struct ReviewComment {
    pub(crate) id: u64,
    pub(crate) review: u64,
    /// The first comment of the thread, for an answer.
    pub(crate) reply_to: Option<u64>,
    pub(crate) author: Option<String>,
    pub(crate) body: String,
    pub(crate) path: String,
    /// None when it is on the file as a whole.
    pub(crate) line: Option<u64>,
    pub(crate) start_line: Option<u64>,
    pub(crate) side: Side,
    pub(crate) diff_hunk: String,
    pub(crate) commit: Sha,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) minimized: Option<String>,
}

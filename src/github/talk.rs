//! What people say on a pull request or an issue: reviews, comments, threads.

mod data;
mod read;

pub(super) use data::TalkData;

use super::types::{CommitSha, FoundFile};

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The login.
    pub login: String,
    /// Whether it is nobody with a word here: an App or another bot, or a mannequin, under whose name what was imported
    /// from elsewhere stands. That name may be anybody's.
    pub is_bot: bool,
}

/// What people say on a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Talk {
    /// Who opened it; `None`: the account was deleted.
    pub author: Option<Person>,
    /// Everybody's last word.
    pub reviews: Vec<GivenReview>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// Threads at lines and files.
    pub threads: Vec<ReviewThread>,
    /// Where the lists go on that were not read to their end.
    pub(super) rest: Rest,
}

/// Where lists go on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rest {
    reviews: Option<String>,
    comments: Option<String>,
    threads: Option<String>,
}

/// A review that approves, asks for changes, or was dismissed; the reviewer's last of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenReview {
    /// The reviewer; `None`: the account was deleted.
    pub author: Option<Person>,
    /// Whether the reviewer may push to the repository.
    pub can_push: bool,
    /// What it says.
    pub opinion: Opinion,
    /// The commit that was reviewed; `None`: it is gone.
    pub commit: Option<CommitSha>,
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opinion {
    /// `APPROVED`.
    Approves,
    /// `CHANGES_REQUESTED`.
    Objects,
    /// `DISMISSED`.
    Dismissed,
}

/// A comment on an issue or a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its number, which REST uses.
    pub id: u64,
    /// Its global id, which GraphQL uses.
    pub node: String,
    /// Who wrote it; `None`: the account was deleted.
    pub author: Option<Person>,
    /// Its Markdown.
    pub body: String,
    /// Whether and by whom it was edited.
    pub edited: Edited,
    /// Whether it is hidden.
    pub minimized: bool,
    /// Whether this App wrote it.
    pub ours: bool,
    /// This App's reactions.
    pub reactions: Vec<Reaction>,
}

/// Who edited a comment last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// Nobody.
    No,
    /// Its author.
    ByAuthor,
    /// Somebody else, by login; `None`: nobody knows.
    ByOther(Option<String>),
}

/// A reaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reaction {
    /// 👀
    Eyes,
    /// 👍
    Done,
    /// 😕
    Confused,
}

impl Reaction {
    /// As REST names it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Eyes => "eyes",
            Self::Done => "+1",
            Self::Confused => "confused",
        }
    }
}

/// A thread at a line or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewThread {
    /// Its global id.
    pub node: String,
    /// The file.
    pub path: String,
    /// Whether it is resolved.
    pub resolved: bool,
    /// Its first comment's number.
    pub comment: u64,
    /// Its first comment's Markdown.
    pub body: String,
    /// Whether this App began it.
    pub ours: bool,
    /// How many comments follow the first.
    pub replies: usize,
    /// The last comment's Markdown.
    pub last_body: String,
    /// Whether this App wrote the last comment.
    pub last_is_ours: bool,
}

/// An issue, or a pull request that is looked at as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Whether it is a pull request.
    pub is_pull_request: bool,
    /// Its comments, oldest first.
    pub comments: Vec<Comment>,
    /// Name of the repository's default branch; empty: it has none.
    pub branch: String,
    /// The tip of that branch; `None`: it has no commit.
    pub tip: Option<CommitSha>,
    /// The file that was asked for, at `tip`.
    pub file: Option<FoundFile>,
    /// The same file in the owner's [`OWNER_REPOSITORY`].
    pub owner_file: Option<FoundFile>,
}

//! Rows as the rest of the program sees them.

use jiff::Timestamp;

use super::Error;

/// A webhook delivery: that it came, and what it pointed at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// GitHub's number for it (`X-GitHub-Delivery`). A redelivery keeps it.
    pub guid: String,
    /// The event, as `pull_request`.
    pub event: String,
    /// The event's action, as `synchronize`.
    pub action: Option<String>,
    /// The comment that it speaks of.
    pub comment_id: Option<u64>,
    /// When it came.
    pub received_at: Timestamp,
}

/// What kind of thing a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A pull request.
    PullRequest,
}

impl Kind {
    /// As the database and logs name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PullRequest => "pull_request",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "pull_request" => Ok(Self::PullRequest),
            other => Err(Error::Corrupt(format!("`{other}` is no kind of subject"))),
        }
    }
}

/// What goes first when several subjects are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Somebody waits for it.
    Interactive,
    /// Nobody waits: sweeps and recovery.
    Background,
}

impl Priority {
    pub(super) const fn rank(self) -> i64 {
        match self {
            Self::Interactive => 0,
            Self::Background => 1,
        }
    }
}

/// Something that is looked at again and again, one worker at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What it is.
    pub kind: Kind,
    /// The installation through which it is reached.
    pub installation: u64,
    /// The repository's number, which outlives renames and transfers.
    pub repository_id: u64,
    /// The repository's owner.
    pub owner: String,
    /// The repository's name below the owner.
    pub name: String,
    /// Its number in the repository.
    pub number: u64,
    /// How urgent it is.
    pub priority: Priority,
    /// The head commit, as far as it is known. A hint: what counts is read from GitHub.
    pub head: Option<String>,
}

impl Subject {
    /// What makes it the same subject: kind, repository number and number.
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.kind.as_str(), self.repository_id, self.number)
    }
}

/// A subject in one worker's hands until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// What is to be looked at.
    pub subject: Subject,
    /// Tries since it was last asked for or answered; this one is counted, so it is at least 1.
    pub attempts: u32,
    /// How many tries in a row ended with the process or with the lease, so that nothing is known of them.
    /// A subject that takes the process down with it is told by this.
    pub losses: u32,
    /// Since when an answer is owed.
    pub pending_since: Timestamp,
    /// What the try before failed with.
    pub last_error: Option<String>,
    /// When the lease ends.
    pub lease_until: Timestamp,
    /// What had been asked for when it was claimed.
    pub(super) wanted: i64,
    /// The claim's own number.
    pub(super) claim: i64,
}

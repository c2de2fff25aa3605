//! Rows as the rest of the program sees them.

use jiff::Timestamp;

use super::{Ended, Error};

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
    /// A pull request is reviewed.
    PullRequest,
    /// The comments of an issue that are to be answered; those of a pull request are answered with its review.
    Conversation,
    /// Somebody pressed a button on a pull request's check: it is said where it stands.
    Explain,
    /// Which pull requests have this head commit is found out, so that they can be looked at. Its `head` is
    /// the commit and a part of its key; its number is 0.
    Commit,
    /// A whole repository is searched for what was missed. Its number is 0.
    Sweep,
    /// All open pull requests into a branch are reviewed anew, since its rules or EPs changed. Its `base` is the branch
    /// and a part of its key, none for all branches; its number is 0.
    Branch,
    /// The repositories of an installation are listed, so that each is swept. Its number is the installation's, and its
    /// repository 0.
    Installation,
    /// The same, and every open pull request is reviewed anew: what holds for all repositories of the account changed.
    Account,
    /// All installations are listed, so that the repositories of each are swept. All its numbers are 0.
    Installations,
    /// GitHub's list of deliveries is read for those that did not arrive. All its numbers are 0.
    Deliveries,
    /// A merge queue's group. Its `head` is the commit and a part of its key; its number is 0.
    MergeGroup,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::PullRequest,
        Self::Conversation,
        Self::Explain,
        Self::Commit,
        Self::Sweep,
        Self::Branch,
        Self::Installation,
        Self::Account,
        Self::Installations,
        Self::Deliveries,
        Self::MergeGroup,
    ];

    /// As the database and logs name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PullRequest => "pull_request",
            Self::Conversation => "conversation",
            Self::Explain => "explain",
            Self::Commit => "commit",
            Self::Sweep => "sweep",
            Self::Branch => "branch",
            Self::Installation => "installation",
            Self::Account => "account",
            Self::Installations => "installations",
            Self::Deliveries => "deliveries",
            Self::MergeGroup => "merge_group",
        }
    }

    /// Whether the commit is what is looked at, so that another commit is another subject.
    pub const fn is_one_commit(self) -> bool {
        matches!(self, Self::Commit | Self::MergeGroup)
    }

    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Error::Corrupt(format!("`{text}` is no kind of subject")))
    }
}

/// What goes first when several subjects are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// A push, or whatever else a required check hangs on: a merge waits for it.
    Interactive,
    /// A comment or a button: a person waits for words.
    Command,
    /// Nobody waits: sweeps and recovery. It does not end the wait after a failed try.
    Background,
}

impl Priority {
    /// As the database orders it, with room between.
    pub(super) const fn rank(self) -> i64 {
        match self {
            Self::Interactive => 0,
            Self::Command => 10,
            Self::Background => 20,
        }
    }

    /// A rank of another version becomes the next less urgent that is known here.
    pub(super) const fn of_rank(rank: i64) -> Self {
        match rank {
            ..=0 => Self::Interactive,
            1..=10 => Self::Command,
            _ => Self::Background,
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
    /// Its number in the repository; 0 for what has none.
    pub number: u64,
    /// How urgent it is.
    pub priority: Priority,
    /// The head commit, as far as it is known. A hint, except where it is what is looked at
    /// ([`Kind::is_one_commit`]): what counts is read from GitHub.
    pub head: Option<String>,
    /// Name of the base branch: of a merge group, and where it is what is looked at ([`Kind::Branch`]). None for all
    /// else.
    pub base: Option<String>,
}

impl Subject {
    /// All that the App reaches, in the background.
    pub fn everything(kind: Kind) -> Self {
        Self {
            kind,
            installation: 0,
            repository_id: 0,
            owner: String::new(),
            name: String::new(),
            number: 0,
            priority: Priority::Background,
            head: None,
            base: None,
        }
    }

    /// An installation as a whole, with the account it is on, in the background.
    pub fn installation(kind: Kind, installation: u64, account: String) -> Self {
        Self { installation, owner: account, number: installation, ..Self::everything(kind) }
    }

    /// A repository as a whole, by its number and its name, in the background.
    pub fn repository(kind: Kind, installation: u64, id: u64, owner: String, name: String) -> Self {
        Self { installation, repository_id: id, owner, name, ..Self::everything(kind) }
    }

    /// What makes it the same subject: kind, repository number, and number, commit or branch, as `pull_request/22/1`,
    /// `commit/22/c0ffee` or `branch/22/main`.
    pub fn key(&self) -> String {
        let (kind, repository) = (self.kind.as_str(), self.repository_id);
        if self.kind.is_one_commit() {
            format!("{kind}/{repository}/{}", self.head.as_deref().unwrap_or_default())
        } else if self.kind == Kind::Branch {
            format!("{kind}/{repository}/{}", self.base.as_deref().unwrap_or_default())
        } else {
            format!("{kind}/{repository}/{}", self.number)
        }
    }
}

/// What a delivery asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// What is to be looked at.
    pub subjects: Vec<Subject>,
    /// A repository's number and a commit: what was posted there is forgotten, so that it is posted again
    /// even when it is equal. For "Re-run".
    pub forget: Option<(u64, String)>,
    /// Keys of subjects that are not to be looked at any more, except by whoever has them in hand.
    pub drop: Vec<String>,
    /// What ended as a whole: none of its subjects is to be looked at any more, except those of this work.
    pub end: Vec<Ended>,
    /// A repository that has another name or owner.
    pub rename: Option<Renamed>,
}

/// A repository's new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// Its number, which stays.
    pub repository_id: u64,
    /// Its owner now.
    pub owner: String,
    /// Its name now, below the owner.
    pub name: String,
}

impl From<Subject> for Work {
    fn from(subject: Subject) -> Self {
        Self { subjects: vec![subject], ..Self::default() }
    }
}

/// A delivery that says that a comment was edited, and that has not been answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The delivery.
    pub guid: String,
    /// The comment.
    pub comment_id: u64,
}

/// Where a subject stands, for people who ask why nothing comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// How often it was asked for.
    pub wanted: u64,
    /// Up to which of these it was answered, or given up. Equal: nothing is owed.
    pub done: u64,
    /// When it is tried next; the lease's end while it is in a worker's hands; none when nothing is owed.
    pub due_at: Option<Timestamp>,
    /// Whether it is in a worker's hands (or was, when its process ended).
    pub leased: bool,
    /// Tries since it was last asked for or answered.
    pub attempts: u32,
    /// What the last try failed with, or why it was given up.
    pub last_error: Option<String>,
    /// Since when an answer is owed.
    pub pending_since: Option<Timestamp>,
    /// The head commit that a delivery or a review saw last.
    pub head: Option<String>,
    /// When something of this changed last: where nothing is owed, when it was answered.
    pub changed_at: Timestamp,
    /// The delivery that asked last. None: no delivery did, or it was more than 7 days ago.
    pub last_delivery: Option<LastDelivery>,
}

/// The delivery that asked last for a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastDelivery {
    /// GitHub's number for it.
    pub guid: String,
    /// The event, as `pull_request`.
    pub event: String,
    /// The event's action, as `synchronize`.
    pub action: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
}

/// A subject in one worker's hands until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// What is to be looked at.
    pub subject: Subject,
    /// Tries since it was last asked for or answered; this one is counted, so it is at least 1.
    pub attempts: u32,
    /// How many tries in a row ended with the process or with the lease, so that nothing is known of them.
    /// A subject that takes the process down with it is told by this. New work starts the count anew, at 1 where the
    /// last try was lost: what it was about to post may stand.
    pub losses: u32,
    /// Since when an answer is owed.
    pub pending_since: Timestamp,
    /// What the try before failed with.
    pub last_error: Option<String>,
    /// GitHub's number of the delivery that asked last; none where no delivery did.
    pub last_delivery: Option<String>,
    /// Its key as the row has it.
    pub(super) key: String,
    /// What had been asked for when it was claimed.
    pub(super) wanted: i64,
    /// The claim's own number.
    pub(super) claim: i64,
}

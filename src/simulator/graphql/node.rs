//! What fields resolve to.

use serde_json::{Map, Value};

use super::error::FieldError;
use crate::simulator::state::World;
use crate::simulator::state::account::Kind;
use crate::simulator::state::conversation::Reaction;
use crate::simulator::state::diff::Status;
use crate::simulator::state::git::Sha;

/// An object, by what it takes to find it again.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Query,
    Repository(u64),
    Pull(u64, u64),
    Issue(u64, u64),
    /// By login.
    Account(String),
    /// By organisation and slug.
    Team(String, String),
    Ref(u64, String),
    Commit(u64, Sha),
    Tree(u64, Sha),
    Blob(u64, Sha),
    TreeEntry {
        repository: u64,
        path: String,
        sha: Sha,
        is_tree: bool,
    },
    ChangedFile {
        path: String,
        status: Status,
        additions: usize,
        deletions: usize,
    },
    PullCommit(u64, u64, Sha),
    Comment(u64, u64),
    Review {
        repository: u64,
        number: u64,
        id: u64,
    },
    /// By its first comment.
    Thread {
        repository: u64,
        number: u64,
        id: u64,
    },
    ReviewComment {
        repository: u64,
        number: u64,
        id: u64,
    },
    Reaction(Reaction),
    App(u64),
    Suite(u64, u64),
    CheckRun(u64, u64),
    /// Values that are at hand already: pages, edges, what mutations give.
    Record(String, Vec<(&'static str, Out)>),
}

/// The value of a field.
#[derive(Debug, Clone)]
pub(super) enum Out {
    Leaf(Value),
    Node(Node),
    List(Vec<Out>),
}

/// What resolving a field comes to.
pub(super) type Resolved = Result<Out, FieldError>;

impl Out {
    pub(super) const NULL: Self = Self::Leaf(Value::Null);

    pub(super) fn leaf(value: impl Into<Value>) -> Self {
        Self::Leaf(value.into())
    }

    /// The node, or null.
    pub(super) fn maybe(node: Option<Node>) -> Self {
        node.map_or(Self::NULL, Self::Node)
    }
}

impl Node {
    /// Name of its type.
    pub(super) fn type_name(&self, world: &World) -> String {
        match self {
            Self::Query => "Query",
            Self::Repository(_) => "Repository",
            Self::Pull(..) => "PullRequest",
            Self::Issue(..) => "Issue",
            Self::Account(login) => match world.user(login).map(|u| u.kind) {
                Some(Kind::Organization) => "Organization",
                Some(Kind::Bot) => "Bot",
                Some(Kind::User) | None => "User",
            },
            Self::Team(..) => "Team",
            Self::Ref(..) => "Ref",
            Self::Commit(..) => "Commit",
            Self::Tree(..) => "Tree",
            Self::Blob(..) => "Blob",
            Self::TreeEntry { .. } => "TreeEntry",
            Self::ChangedFile { .. } => "PullRequestChangedFile",
            Self::PullCommit(..) => "PullRequestCommit",
            Self::Comment(..) => "IssueComment",
            Self::Review { .. } => "PullRequestReview",
            Self::Thread { .. } => "PullRequestReviewThread",
            Self::ReviewComment { .. } => "PullRequestReviewComment",
            Self::Reaction(_) => "Reaction",
            Self::App(_) => "App",
            Self::Suite(..) => "CheckSuite",
            Self::CheckRun(..) => "CheckRun",
            Self::Record(name, _) => name,
        }
        .to_owned()
    }
}

/// The arguments of a field, with defaults filled in.
#[derive(Debug, Default)]
pub(super) struct Args(pub(super) Map<String, Value>);

impl Args {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A list of texts; none when it was not given.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        match self.0.get(name)? {
            Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect()),
            Value::String(one) => Some(vec![one]),
            _ => None,
        }
    }
}

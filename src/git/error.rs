//! What can go wrong with a repository, and what to do about it.

use std::fmt;
use std::path::PathBuf;

/// The repository gave no answer of use. Each text is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It has no work tree.
    #[error("{} is a bare repository, without files to check: clone it, and run in the clone", path.display())]
    Bare {
        /// The repository's folder.
        path: PathBuf,
    },
    /// A `.git` file, as linked worktrees and submodules have, leads nowhere.
    #[error(
        "{} points to a repository that is not there: was it moved, or is it outside of this container? (`git worktree repair` mends a moved one)",
        file.display()
    )]
    Dangling {
        /// The `.git` file.
        file: PathBuf,
    },
    /// It is kept in a format that is not read here. GitHub has neither of the two.
    #[error("the repository around {} cannot be read: {what}", path.display())]
    Format {
        /// The repository's folder, or one in it.
        path: PathBuf,
        /// What is not known, as a sentence's part.
        what: &'static str,
    },
    /// A revision without a character, as an unset variable leaves it.
    #[error("the revision is empty (an unset variable?): give one, as `origin/main`")]
    Empty,
    /// A revision that names nothing.
    #[error("`{rev}` is no branch, tag or commit of this repository{advice}")]
    Unknown {
        /// As it was given.
        rev: String,
        /// What may be meant, or missing.
        advice: Advice,
    },
    /// A short name that several commits have.
    #[error("`{rev}` is short for several commits ({}): write more digits", candidates.join(", "))]
    Ambiguous {
        /// As it was given.
        rev: String,
        /// The shortest names that tell them apart, at most five.
        candidates: Vec<String>,
    },
    /// A range, or a set of commits.
    #[error("`{rev}` names a range of commits: name one, as `main` or `HEAD~1`")]
    Several {
        /// As it was given.
        rev: String,
    },
    /// A file, a folder, or a tag of one.
    #[error("`{rev}` names a {kind}, not a commit")]
    NotACommit {
        /// As it was given.
        rev: String,
        /// What it is: `file` or `folder`.
        kind: &'static str,
    },
    /// The clone ends before the histories meet.
    #[error(
        "this clone is shallow and ends before {a} and {b} meet: run `git fetch --unshallow` (in GitHub Actions, give actions/checkout `fetch-depth: 0`)"
    )]
    Shallow {
        /// The one commit.
        a: String,
        /// The other.
        b: String,
    },
    /// An object that is referred to is not in this clone.
    #[error("object {id} is not in the clone at {}: if it is a partial clone, run `git fetch --refetch --no-filter`", root.display())]
    Absent {
        /// The object's name.
        id: String,
        /// The work tree.
        root: PathBuf,
    },
    /// Something is damaged or may not be read.
    #[error("git could not {doing}: {cause}")]
    Failed {
        /// What was asked for, as `read an object`.
        doing: &'static str,
        /// What the library said, from the outside in, on one line.
        cause: String,
    },
}

/// How many commits an [`Error::Ambiguous`] names: enough to recognise one's own.
pub(super) const MOST_CANDIDATES: usize = 5;

/// What may help where a revision names nothing. Displayed behind the sentence, empty or with its punctuation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// Something is named nearly so.
    Near(String),
    /// What stands before `~`, `^`, `@{` or `:` is there: a step from it leads nowhere.
    OnlyBase(String),
    /// The clone is shallow: it may lack just this.
    Shallow,
    /// There is no commit at all.
    NoCommit,
    /// The remote may have it.
    Fetch,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Near(name) => write!(f, "; did you mean `{name}`?"),
            Self::OnlyBase(name) => write!(f, "; `{name}` is there, but what follows leads nowhere"),
            Self::Shallow => f.write_str(
                "; this clone is shallow and may lack it: fetch it, or run `git fetch --unshallow` (in GitHub Actions, give actions/checkout `fetch-depth: 0`)",
            ),
            Self::NoCommit => f.write_str(", which has no commit yet"),
            Self::Fetch => f.write_str("; if a remote has it, run `git fetch` first"),
        }
    }
}

impl Error {
    /// For `map_err`: names what was being done.
    pub(super) fn doing(doing: &'static str) -> impl Fn(gix::Error) -> Self {
        move |error| Self::Failed { doing, cause: chain(&error) }
    }
}

/// A library error with its causes, on one line.
fn chain(error: &gix::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.iter_errors() {
        let text = cause.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        if parts.last() != Some(&text) {
            parts.push(text);
        }
    }
    parts.join(": ")
}

//! GitHub's words as types: plain data, no client.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::talk::Talk;

/// Number of an installation of the App on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InstallationId(pub u64);

/// Number of a pull request in its repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PullRequestNumber(pub u64);

/// Full hash of a commit, 40 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommitSha(pub String);

impl CommitSha {
    /// The first seven digits, as GitHub shows a commit.
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl fmt::Display for CommitSha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A repository's full name, `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RepositoryName {
    /// User or organisation.
    pub owner: String,
    /// Name below the owner.
    pub name: String,
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// What happened to a file between base and head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileChange {
    /// New at head.
    Added,
    /// Text changed, name kept.
    Modified,
    /// Gone at head.
    Removed,
    /// New name at head; the text may have changed too.
    Renamed,
}

/// One file of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Path at head (at base for a removed file).
    pub path: String,
    /// Path at base, for a renamed file.
    pub previous_path: Option<String>,
    /// What happened to it.
    pub change: FileChange,
    /// The unified diff, where GitHub gives one (not for binary or very large files).
    pub patch: Option<String>,
}

/// A pull request as it is now. One GraphQL query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: PullRequestNumber,
    /// Open, or closed / merged.
    pub open: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// Head commit.
    pub head: CommitSha,
    /// Tip of the base branch; where the branch is gone, the commit that the pull request remembers.
    pub base: CommitSha,
    /// Name of the base branch.
    pub base_branch: String,
    /// Paths at head, with what happened to them; at most 100.
    pub paths: Vec<(String, FileChange)>,
    /// Whether there are more changed files than `paths` holds.
    pub more_paths: bool,
    /// The file that was asked for, at `base`.
    pub base_file: Option<FoundFile>,
    /// The same file in the owner's [`OWNER_REPOSITORY`], on its default branch.
    pub owner_file: Option<FoundFile>,
    /// Other open pull requests with the same head commit: they share its check.
    pub siblings: Vec<PullRequestNumber>,
    /// What people say on it; of each list the first 100.
    pub talk: Talk,
}

/// The repository in which an account keeps what holds for all its repositories.
/// <https://docs.github.com/en/communities/setting-up-your-project-for-healthy-contributions/creating-a-default-community-health-file>
pub const OWNER_REPOSITORY: &str = ".github";

/// A file that was found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// The commit whose tree holds it.
    pub commit: CommitSha,
    /// Its blob.
    pub blob: BlobId,
    /// What it says.
    pub content: Content,
}

/// Name of a blob: its content never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId(pub String);

/// What changed between the merge base and head. One REST call (more where a pull request has over 300 files).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The merge base.
    pub merge_base: CommitSha,
    /// The changed files.
    pub files: Vec<ChangedFile>,
    /// True when GitHub's lists end before the changes do (more than 3,000 files): nothing may be concluded from a file's absence.
    pub truncated: bool,
}

/// One file at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileAt {
    /// The commit.
    pub commit: CommitSha,
    /// Path in its tree.
    pub path: String,
}

/// One folder at one commit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FolderAt {
    /// The commit.
    pub commit: CommitSha,
    /// Path in its tree; the root is empty.
    pub path: String,
    /// How many levels are listed, at least 1; at most [`MAX_DEPTH`] are.
    pub levels: usize,
}

/// The deepest listing in one query. Each level is one more round of lookups on GitHub's side, and three hold
/// `enhancements/AREA/NNNN-name/README.md`.
pub const MAX_DEPTH: usize = 3;

/// What lies in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Name of the folder's tree.
    pub tree: String,
    /// Everything that is listed in it and below it.
    pub entries: Vec<Entry>,
    /// Whether GitHub's list ended before the folder did.
    pub truncated: bool,
}

/// A file or folder in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path from the repository's root.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder with everything in it listed too.
    Folder,
    /// A folder of which nothing more is known.
    ClosedFolder,
    /// A symbolic link.
    Link,
    /// Another repository's commit.
    Submodule,
}

/// An open pull request and what it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPullRequest {
    /// Its number.
    pub number: PullRequestNumber,
    /// Paths at head, with what happened to them; at most 100.
    pub paths: Vec<(String, FileChange)>,
}

/// The open pull requests into a branch, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenPullRequests {
    /// Those that were listed.
    pub listed: Vec<OpenPullRequest>,
    /// Whether there are more than are listed.
    pub more: bool,
}

/// The content of a file at a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// There is no such file at that commit.
    Missing,
    /// Its bytes. Binary files too: whoever reads them decides.
    Bytes(Vec<u8>),
    /// Too large to be read here; its size in bytes.
    TooLarge(usize),
}

/// How a check run concludes. Only these three: `neutral` and `skipped` pass a required check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Nothing blocks.
    Success,
    /// Something blocks.
    Failure,
    /// Someone has to act before the check can be made.
    ActionRequired,
}

impl Conclusion {
    /// As GitHub names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::ActionRequired => "action_required",
        }
    }
}

/// Weight of an annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnotationLevel {
    /// Blue.
    Notice,
    /// Yellow.
    Warning,
    /// Red.
    Failure,
}

/// A message at lines of a file, as the checks API takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    /// Path at head.
    pub path: String,
    /// First line, from 1.
    pub start_line: usize,
    /// Last line.
    pub end_line: usize,
    /// Weight.
    pub annotation_level: AnnotationLevel,
    /// At most 255 characters.
    pub title: String,
    /// At most 64 KB. Plain text: GitHub renders no Markdown here.
    pub message: String,
}

/// A concluded check run, ready to be sent. Within GitHub's limits except the number of annotations,
/// which are sent in batches of 50.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    /// The commit that it speaks of.
    pub head: CommitSha,
    /// Our mark on it, by which it is found again.
    pub external_id: String,
    /// The conclusion.
    pub conclusion: Conclusion,
    /// One line.
    pub title: String,
    /// Markdown, at most 65,535 characters.
    pub summary: String,
    /// Markdown, at most 65,535 characters; empty is left out.
    pub text: String,
    /// All annotations, in order.
    pub annotations: Vec<Annotation>,
    /// Page with the details, where there is one.
    pub details_url: Option<String>,
    /// Buttons, at most three.
    pub actions: &'static [CheckAction],
}

/// A button on a check run. Whoever presses it is told of by a `check_run.requested_action` delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckAction {
    /// At most 20 characters.
    pub label: &'static str,
    /// At most 40 characters.
    pub description: &'static str,
    /// At most 20 characters.
    pub identifier: &'static str,
}

/// Number of a check run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckRunId(pub u64);

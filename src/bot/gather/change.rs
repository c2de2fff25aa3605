//! What was read of a pull request: everything that its verdict rests on, and nothing else.

use std::collections::HashSet;

use crate::bot::books::{Law, Ruling};
use crate::bot::decisions::Decisions;
use crate::bot::people::Said;
use crate::github::{BlobId, ChangedFile, CommitSha, Content, FileChange, PullRequestNumber, Talk};
use crate::review::repository::{Chosen, Listing};

/// A pull request at one moment.
#[derive(Debug)]
pub(in crate::bot) struct Change {
    /// Its number; `None`: it is a merge group.
    pub(in crate::bot) number: Option<PullRequestNumber>,
    /// Other open pull requests with the same head.
    pub(in crate::bot) siblings: Vec<PullRequestNumber>,
    /// The head commit, which everything was read at.
    pub(in crate::bot) head: CommitSha,
    /// The merge base, where it was looked up; else the tip of the base branch.
    pub(in crate::bot) base: CommitSha,
    /// The tip of the base branch.
    pub(in crate::bot) tip: CommitSha,
    /// Name of the base branch.
    pub(in crate::bot) base_branch: String,
    /// Whether it is a draft.
    pub(in crate::bot) draft: bool,
    /// What judges, as it stands at the tip of the base branch.
    pub(in crate::bot) ruling: Ruling,
    /// The template at the tip of the base branch.
    pub(in crate::bot) template: Chosen<TemplateFile>,
    /// What judged at the merge base, where the base branch has moved on since.
    pub(in crate::bot) earlier: Option<Earlier>,
    /// Every file that the pull request changes, whatever it is.
    pub(in crate::bot) changed: Vec<ChangedFile>,
    /// EPs, or what may be some, that are there at head.
    pub(in crate::bot) files: Vec<Text>,
    /// Files that are gone, or are no candidates any more under their new name.
    pub(in crate::bot) removed: Vec<Gone>,
    /// Whether it touches what may be an EP, or belongs to one.
    pub(in crate::bot) touches_eps: bool,
    /// Whether GitHub's list ended before the changes did: then nothing may be concluded from a file's
    /// absence.
    pub(in crate::bot) cut_off: bool,
    /// What lies around the EPs.
    pub(in crate::bot) around: Surroundings,
    /// The policy and the template that the pull request brings, where it touches them.
    pub(in crate::bot) proposed: Option<Proposed>,
    /// What could not be looked at, as sentences.
    pub(in crate::bot) notes: Vec<String>,
    /// What people say on it, and what that comes to.
    pub(in crate::bot) conversation: Conversation,
}

/// What people say on a pull request.
#[derive(Debug, Default)]
pub(in crate::bot) struct Conversation {
    /// As GitHub has it.
    pub(in crate::bot) talk: Talk,
    /// What the reviews are worth.
    pub(in crate::bot) said: Vec<Said>,
    /// What was decided in comments.
    pub(in crate::bot) decisions: Decisions,
    /// Of a merge group: what of it was decided where.
    pub(in crate::bot) shares: Vec<Share>,
}

/// What was decided on one pull request of a merge group. It holds for what that one changes, and for nothing else in the
/// group.
#[derive(Debug)]
pub(in crate::bot) struct Share {
    /// What it changes; `None`: more than is listed.
    pub(in crate::bot) paths: Option<HashSet<String>>,
    pub(in crate::bot) decisions: Decisions,
}

impl Conversation {
    /// What was decided of the EP at one of these paths. `None`: all of it.
    pub(in crate::bot) fn of(&self, paths: &[&str]) -> Option<Decisions> {
        if self.shares.is_empty() {
            return None;
        }
        let mut own = Decisions::default();
        for share in &self.shares {
            let changes = |changed: &HashSet<String>| paths.iter().any(|p| changed.contains(*p));
            if share.paths.as_ref().is_none_or(changes) {
                own.waivers.extend_from_slice(&share.decisions.waivers);
                own.asked.extend_from_slice(&share.decisions.asked);
            }
        }
        Some(own)
    }
}

/// A template and its blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bot) struct TemplateFile {
    pub(in crate::bot) blob: BlobId,
    pub(in crate::bot) content: Content,
}

/// What judged at the merge base.
#[derive(Debug)]
pub(in crate::bot) struct Earlier {
    /// The template, found by the present policy.
    pub(in crate::bot) template: Chosen<TemplateFile>,
    /// The repository's own policy, where it could be read: it asked its own questions.
    pub(in crate::bot) law: Option<Law>,
}

/// A file at head and at the merge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bot) struct Text {
    /// Path at head.
    pub(in crate::bot) path: String,
    /// Never [`Content::Missing`].
    pub(in crate::bot) head: Content,
    /// The file beside it that holds its status, where the policy asks for one and it is there.
    pub(in crate::bot) sidecar: Option<Content>,
    /// The same at the merge base; `None` for a new file.
    pub(in crate::bot) base: Option<BaseText>,
    /// What of it changed.
    pub(in crate::bot) touched: Touched,
    /// The same at commits that were approved, where it was there.
    pub(in crate::bot) approved: Vec<(CommitSha, Content)>,
}

/// A file at the merge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bot) struct BaseText {
    pub(in crate::bot) path: String,
    pub(in crate::bot) content: Content,
    pub(in crate::bot) sidecar: Option<Content>,
}

/// What of a file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bot) enum Touched {
    /// The file itself.
    Itself,
    /// Only the file beside it.
    Sidecar,
}

/// A file that was there at the merge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bot) struct Gone {
    /// Path at the merge base.
    pub(in crate::bot) path: String,
    /// Its content there.
    pub(in crate::bot) base: Content,
}

/// What lies around the EPs.
#[derive(Debug, Default)]
pub(in crate::bot) struct Surroundings {
    /// The files at head, as far as they are known.
    pub(in crate::bot) tree: Listing,
    /// The files in the folders of EPs at the tip of the base branch.
    pub(in crate::bot) in_base: Vec<String>,
    /// What other open pull requests add.
    pub(in crate::bot) brought: Vec<(PullRequestNumber, String)>,
}

/// The policy and the template that a pull request brings.
#[derive(Debug)]
pub(in crate::bot) struct Proposed {
    /// Which files of them it touches.
    pub(in crate::bot) touched: HashSet<String>,
    /// What would judge.
    pub(in crate::bot) ruling: Ruling,
    /// The template that would go with it.
    pub(in crate::bot) template: Chosen<TemplateFile>,
    /// What may be EPs at head, for the preview, and what lies beside them: path and content.
    pub(in crate::bot) files: Vec<(String, Content)>,
    /// How many more there are.
    pub(in crate::bot) unread: usize,
}

impl Change {
    /// Every path that the pull request adds, alters, removes or renames, under its old and its new name.
    pub(in crate::bot) fn paths(&self) -> impl Iterator<Item = &str> {
        paths(&self.changed)
    }

    /// Whether a path is shown among the changed files, with its lines at head.
    pub(in crate::bot) fn shows(&self, path: &str) -> bool {
        self.changed.iter().any(|file| file.path == path && file.change != FileChange::Removed)
    }
}

/// Every path that files had before a change or have after it.
pub(in crate::bot) fn paths(files: &[ChangedFile]) -> impl Iterator<Item = &str> {
    files.iter().flat_map(|file| {
        [Some(file.path.as_str()), file.previous_path.as_deref()].into_iter().flatten()
    })
}

//! What a review needs to know of a pull request, read from GitHub by commit: three requests when EPs
//! changed, one when none did.

use std::collections::{HashMap, HashSet};

use super::trouble::Trouble;
use crate::github::{
    ChangedFile, CommitSha, Comparison, Content, FileAt, FileChange, PullRequest,
    PullRequestNumber, Repository,
};
use crate::review::POLICY_PATH;

/// How often a pull request that moves while it is read is read anew in one try.
const ROUNDS: usize = 3;

/// A pull request, or why there is nothing to review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gathered {
    /// It is closed: nothing is written.
    Closed,
    /// Head or base moved each time while it was read.
    Moved,
    /// What changed, true of one moment.
    Change(Change),
}

/// What a pull request changes among the files that may be EPs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// The head commit, which everything was read at.
    pub(super) head: CommitSha,
    /// The merge base, where it was looked up; else the tip of the base branch.
    pub(super) base: CommitSha,
    /// Files that are there at head.
    pub(super) files: Vec<Text>,
    /// Files that are gone, or are no candidates any more under their new name.
    pub(super) removed: Vec<Gone>,
    /// Whether GitHub's list ended before the changes did: then nothing may be concluded from a file's
    /// absence.
    pub(super) cut_off: bool,
}

/// A file at head and at the merge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// Path at head.
    pub(super) path: String,
    /// Never [`Content::Missing`].
    pub(super) head: Content,
    /// Path and content at the merge base; `None` for a new file.
    pub(super) base: Option<(String, Content)>,
}

/// A file that was there at the merge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gone {
    /// Path at the merge base.
    pub(super) path: String,
    /// Its content there.
    pub(super) base: Content,
}

/// Reads a pull request. `concerns` says whether a path may be that of an EP.
pub(super) async fn gather(
    repository: &Repository,
    number: PullRequestNumber,
    concerns: impl Fn(&str) -> bool + Send + Sync,
) -> Result<Gathered, Trouble> {
    for _ in 0..ROUNDS {
        let pull_request = repository.pull_request(number, POLICY_PATH).await?;
        if !pull_request.open {
            return Ok(Gathered::Closed);
        }
        if !may_concern(&pull_request, &concerns) {
            return Ok(Gathered::Change(Change {
                head: pull_request.head,
                base: pull_request.base,
                files: Vec::new(),
                removed: Vec::new(),
                cut_off: false,
            }));
        }
        let PullRequest { head, base, .. } = pull_request;
        let comparison = repository.compare(&base, &head, number).await?;
        let plan = Plan::new(comparison, &head, &concerns);
        // Also with an empty list: it reads head and base once more, just before the verdict.
        let texts = repository.texts(number, &plan.wanted()).await?;
        if !texts.open {
            return Ok(Gathered::Closed);
        }
        if (&texts.head, &texts.base) == (&head, &base) {
            return plan.fill(head, texts.contents).map(Gathered::Change);
        }
        tracing::info!(was = %head, now = %texts.head, "the pull request moved while it was read");
    }
    Ok(Gathered::Moved)
}

/// Whether an EP may have changed, as far as the first 100 paths tell. A renamed file may have been one
/// under its old name, which this list does not have.
fn may_concern(pull_request: &PullRequest, concerns: &impl Fn(&str) -> bool) -> bool {
    pull_request.more_paths
        || pull_request
            .paths
            .iter()
            .any(|(path, change)| *change == FileChange::Renamed || concerns(path))
}

/// Which files are read, and where.
struct Plan {
    head: CommitSha,
    merge_base: CommitSha,
    /// Path at head, path at the merge base.
    files: Vec<(String, Option<String>)>,
    removed: Vec<String>,
    cut_off: bool,
}

impl Plan {
    fn new(comparison: Comparison, head: &CommitSha, concerns: &impl Fn(&str) -> bool) -> Self {
        let Comparison { merge_base, files, truncated } = comparison;
        let mut plan = Self {
            head: head.clone(),
            merge_base,
            files: Vec::new(),
            removed: Vec::new(),
            cut_off: truncated,
        };
        for ChangedFile { path, previous_path, change, .. } in files {
            match change {
                FileChange::Removed if concerns(&path) => plan.removed.push(path),
                FileChange::Removed => {}
                FileChange::Renamed if !concerns(&path) => {
                    plan.removed.extend(previous_path.filter(|path| concerns(path)));
                }
                _ if !concerns(&path) => {}
                FileChange::Added => plan.files.push((path, None)),
                // Moved here from where no EP lies: it is new, but what it said before counts.
                FileChange::Renamed | FileChange::Modified => {
                    let before = previous_path.unwrap_or_else(|| path.clone());
                    plan.files.push((path, Some(before)));
                }
            }
        }
        plan
    }

    fn wanted(&self) -> Vec<FileAt> {
        let at = |commit: &CommitSha, path: &String| FileAt {
            commit: commit.clone(),
            path: path.clone(),
        };
        let heads = self.files.iter().map(|(path, _)| at(&self.head, path));
        let bases =
            self.files.iter().filter_map(|(_, base)| Some(at(&self.merge_base, base.as_ref()?)));
        let removed = self.removed.iter().map(|path| at(&self.merge_base, path));
        heads.chain(bases).chain(removed).collect()
    }

    /// A file that GitHub lists and does not have is no empty file: the verdict would not be true.
    fn fill(
        self,
        head: CommitSha,
        mut contents: HashMap<FileAt, Content>,
    ) -> Result<Change, Trouble> {
        let wanted: HashSet<FileAt> = self.wanted().into_iter().collect();
        if let Some(file) = wanted
            .into_iter()
            .find(|file| matches!(contents.get(file), None | Some(Content::Missing)))
        {
            return Err(Trouble::MissingFile { path: file.path, commit: file.commit.0 });
        }
        // Two files may stem from one, so what is at the merge base is copied.
        let merge_base = self.merge_base;
        let base = |path: &String, contents: &HashMap<FileAt, Content>| {
            let file = FileAt { commit: merge_base.clone(), path: path.clone() };
            contents.get(&file).cloned().unwrap_or(Content::Missing)
        };
        let removed = self
            .removed
            .into_iter()
            .map(|path| Gone { base: base(&path, &contents), path })
            .collect();
        let files = self
            .files
            .into_iter()
            .map(|(path, before)| {
                let base = before.map(|path| (path.clone(), base(&path, &contents)));
                let file = FileAt { commit: head.clone(), path };
                let content = contents.remove(&file).unwrap_or(Content::Missing);
                Text { path: file.path, head: content, base }
            })
            .collect();
        Ok(Change { head, base: merge_base, files, removed, cut_off: self.cut_off })
    }
}

#[cfg(test)]
mod tests;

//! What changed between the merge base and head.

use serde::Deserialize;

use super::client::{Repository, encoded};
use super::error::Error;
use super::transport::{Call, Verb};
use super::types::{ChangedFile, CommitSha, Comparison, FileChange, PullRequestNumber};

/// A comparison lists so many files and says nothing of the rest.
/// <https://docs.github.com/en/rest/commits/commits#compare-two-commits>
const COMPARED: usize = 300;

/// The pull request's own list ends here.
/// <https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files>
const LISTED: usize = 3_000;

/// The largest page.
const PAGE: usize = 100;

#[derive(Deserialize)]
struct Compared {
    merge_base_commit: Commit,
    files: Option<Vec<File>>,
}

#[derive(Deserialize)]
struct Commit {
    sha: String,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    status: String,
    previous_filename: Option<String>,
    patch: Option<String>,
}

impl Repository {
    /// What changed between the merge base of `base` and `head`, and `head`. One REST call; where that
    /// ends at 300 files, the file list of pull request `number` in pages of 100, to 3,000. Without a pull request, there is
    /// no further list.
    pub async fn compare(
        &self,
        base: &CommitSha,
        head: &CommitSha,
        number: Option<PullRequestNumber>,
    ) -> Result<Comparison, Error> {
        // All files stand on the first page whatever its size, which counts commits; none of those is read.
        let path =
            format!("/compare/{}...{}?per_page=1&page=1", encoded(&base.0), encoded(&head.0));
        let call =
            Call { operation: "compare head with base", path: self.path(&path), verb: Verb::Get };
        let compared: Compared = self.json(&call).await?;
        let merge_base = CommitSha(compared.merge_base_commit.sha);
        match (compared.files, number) {
            (Some(files), _) if files.len() < COMPARED => {
                let files = files.into_iter().map(ChangedFile::from).collect();
                Ok(Comparison { merge_base, files, truncated: false })
            }
            (files, None) => {
                let files = files.into_iter().flatten().map(ChangedFile::from).collect();
                Ok(Comparison { merge_base, files, truncated: true })
            }
            (_, Some(number)) => {
                let files = self.files(number).await?;
                let truncated = files.len() >= LISTED;
                Ok(Comparison { merge_base, files, truncated })
            }
        }
    }

    /// The pull request's files, page by page. Pages are counted instead of following `Link`: octocrab would
    /// ask an absolute address without its token.
    async fn files(&self, number: PullRequestNumber) -> Result<Vec<ChangedFile>, Error> {
        let mut all = Vec::new();
        for page in 1..=LISTED / PAGE {
            let path = format!("/pulls/{}/files?per_page={PAGE}&page={page}", number.0);
            let call = Call {
                operation: "list the pull request's files",
                path: self.path(&path),
                verb: Verb::Get,
            };
            let files: Vec<File> = self.json(&call).await?;
            let last = files.len() < PAGE;
            all.extend(files.into_iter().map(ChangedFile::from));
            if last {
                break;
            }
        }
        Ok(all)
    }
}

impl From<File> for ChangedFile {
    fn from(file: File) -> Self {
        let change = match file.status.as_str() {
            "added" | "copied" => FileChange::Added,
            "removed" => FileChange::Removed,
            "renamed" => FileChange::Renamed,
            // `changed` is a changed type or mode.
            _ => FileChange::Modified,
        };
        let previous_path =
            file.previous_filename.filter(|_| matches!(change, FileChange::Renamed));
        Self { path: file.filename, previous_path, change, patch: file.patch }
    }
}

//! The pull request as it is now: one GraphQL query.

use serde::Deserialize;
use serde_json::{Map, json};

use super::client::Repository;
use super::documents;
use super::error::Error;
use super::types::{CommitSha, FileChange, PullRequest, PullRequestNumber};

#[derive(Deserialize)]
struct Data {
    repository: Option<RepositoryData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryData {
    pull_request: Option<PullRequestData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PullRequestData {
    is_draft: bool,
    base_ref_name: String,
    #[serde(flatten)]
    ends: Ends,
    files: Option<Files>,
}

/// The two commits of a pull request and its state, which two queries read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ends {
    state: String,
    base_ref_oid: String,
    base_ref: Option<Ref>,
    head_ref_oid: String,
}

#[derive(Deserialize)]
struct Ref {
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    oid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Files {
    nodes: Option<Vec<Option<File>>>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    path: String,
    change_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
}

impl Ends {
    pub(super) fn open(&self) -> bool {
        self.state == "OPEN"
    }

    pub(super) fn head(&self) -> CommitSha {
        CommitSha(self.head_ref_oid.clone())
    }

    /// The base branch's tip; where the branch is gone, the base that the pull request remembers.
    pub(super) fn base(&self) -> CommitSha {
        let tip = self.base_ref.as_ref().and_then(|r| r.target.as_ref());
        CommitSha(tip.map_or(&self.base_ref_oid, |t| &t.oid).clone())
    }
}

impl Repository {
    /// The pull request as it is now. One GraphQL query.
    pub async fn pull_request(&self, number: PullRequestNumber) -> Result<PullRequest, Error> {
        let values = Map::from_iter([("number".into(), json!(number.0))]);
        let reply =
            self.query::<Data>("read the pull request", documents::PULL_REQUEST, values).await?;
        let found = reply.data().and_then(|d| d.repository.as_ref()?.pull_request.as_ref());
        let found = found.ok_or_else(|| reply.missing())?;
        // Null where GitHub cannot list the files, or cannot show one: then there are more than are listed.
        let nodes = found.files.as_ref().and_then(|f| f.nodes.as_ref());
        let listed = nodes.into_iter().flatten();
        let paths: Vec<_> = listed
            .clone()
            .flatten()
            .map(|file| (file.path.clone(), change_type(&file.change_type)))
            .collect();
        let more_paths = nodes.is_none()
            || paths.len() < listed.count()
            || found.files.as_ref().is_some_and(|f| f.page_info.has_next_page);
        Ok(PullRequest {
            number,
            open: found.ends.open(),
            draft: found.is_draft,
            head: found.ends.head(),
            base: found.ends.base(),
            base_branch: found.base_ref_name.clone(),
            paths,
            more_paths,
        })
    }
}

/// GraphQL's `PatchStatus`. A copy is a new file; a changed type (a file that became a link) and whatever
/// GitHub may add later is a modification, which is looked at.
fn change_type(word: &str) -> FileChange {
    match word {
        "ADDED" | "COPIED" => FileChange::Added,
        "DELETED" => FileChange::Removed,
        "RENAMED" => FileChange::Renamed,
        _ => FileChange::Modified,
    }
}

//! A merge queue's group.

use serde::Deserialize;
use serde_json::{Map, json};

use super::client::Repository;
use super::documents;
use super::error::Error;
use super::facts::{Ref, Target};
use super::types::{CommitSha, FoundFile, OWNER_REPOSITORY, PullRequestNumber};

/// A group of pull requests as they would land.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The tip of the branch into which it would land.
    pub base: CommitSha,
    /// The pull requests that would land with it, those of the groups before it too; empty: GitHub does not say.
    pub pull_requests: Vec<PullRequestNumber>,
    /// The file that was asked for, at `base`.
    pub base_file: Option<FoundFile>,
    /// The same file in the owner's [`OWNER_REPOSITORY`].
    pub owner_file: Option<FoundFile>,
}

#[derive(Deserialize)]
struct Data {
    repository: Option<RepositoryData>,
    defaults: Option<Defaults>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryData {
    r#ref: Option<Ref>,
    merge_queue: Option<Queue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Defaults {
    default_branch_ref: Option<Ref>,
}

#[derive(Deserialize)]
struct Queue {
    entries: Option<Entries>,
}

#[derive(Deserialize)]
struct Entries {
    nodes: Option<Vec<Option<Entry>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    position: u64,
    head_commit: Option<Commit>,
    pull_request: Option<Numbered>,
}

#[derive(Deserialize)]
struct Commit {
    oid: String,
}

#[derive(Deserialize)]
struct Numbered {
    number: u64,
}

impl Repository {
    /// The group with this head, which would land on `branch`, and the file `path` there. One GraphQL query.
    pub async fn merge_group(
        &self,
        head: &CommitSha,
        branch: &str,
        path: &str,
    ) -> Result<Group, Error> {
        const BASE: &[&str] = &["repository", "ref", "target", "file", "object"];
        const OWNER: &[&str] = &["defaults", "defaultBranchRef", "target", "file", "object"];
        let values = Map::from_iter([
            ("ref".into(), json!(format!("refs/heads/{branch}"))),
            ("branch".into(), json!(branch)),
            ("file".into(), json!(path)),
            ("defaults".into(), json!(OWNER_REPOSITORY)),
        ]);
        let mut reply =
            self.query::<Data>("read the merge group", &documents::group(), values).await?;
        let Some(Data { repository, defaults }) = reply.take() else {
            return Err(reply.missing(&BASE[..2]));
        };
        let repository = repository.ok_or_else(|| reply.missing(&BASE[..1]))?;
        let target = repository.r#ref.and_then(|branch| branch.target);
        let mut target = target.ok_or_else(|| reply.missing(&BASE[..2]))?;
        let base = CommitSha(target.oid.clone());
        let base_file = target.take().ok_or_else(|| reply.trouble_at(BASE));
        let mut owner = defaults.and_then(|d| d.default_branch_ref).and_then(|b| b.target);
        let owner_file = owner.as_mut().and_then(Target::take);
        let owner_file = owner_file.ok_or_else(|| reply.trouble_at_foreign(OWNER));
        let entries = repository.merge_queue.and_then(|queue| queue.entries?.nodes);
        let entries: Vec<Entry> = entries.into_iter().flatten().flatten().collect();
        Ok(Group {
            base,
            pull_requests: up_to(&entries, head),
            base_file: self.found(base_file).await?,
            owner_file: self.found(owner_file).await?,
        })
    }
}

/// The pull requests of the queue up to the entry with that head.
fn up_to(entries: &[Entry], head: &CommitSha) -> Vec<PullRequestNumber> {
    let at = |entry: &&Entry| entry.head_commit.as_ref().is_some_and(|c| c.oid == head.0);
    let Some(last) = entries.iter().filter(at).map(|entry| entry.position).max() else {
        return Vec::new();
    };
    let before = entries.iter().filter(|entry| entry.position <= last);
    before
        .filter_map(|entry| Some(PullRequestNumber(entry.pull_request.as_ref()?.number)))
        .collect()
}

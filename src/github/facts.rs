//! The pull request as it is now, with one file that decides how it is looked at: one GraphQL query.

use serde::Deserialize;
use serde_json::{Map, json};

use super::client::Repository;
use super::documents;
use super::error::Error;
use super::talk::TalkData;
use super::texts::Object;
use super::types::{
    CommitSha, FileAt, FileChange, FoundFile, OWNER_REPOSITORY, PullRequest, PullRequestNumber,
};

#[derive(Deserialize)]
struct Data {
    repository: Option<RepositoryData>,
    defaults: Option<DefaultsData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DefaultsData {
    default_branch_ref: Option<Ref>,
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
    files: Option<Changed>,
    #[serde(default)]
    commits: Option<Commits>,
    #[serde(flatten)]
    talk: TalkData,
}

/// The newest commit, with the pull requests that have it.
#[derive(Deserialize)]
struct Commits {
    nodes: Option<Vec<Option<CommitNode>>>,
}

#[derive(Deserialize)]
struct CommitNode {
    commit: Associated,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Associated {
    associated_pull_requests: Option<Siblings>,
}

#[derive(Deserialize)]
struct Siblings {
    nodes: Option<Vec<Option<Sibling>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sibling {
    number: u64,
    state: String,
    head_ref_oid: String,
}

impl PullRequestData {
    /// Whether the other pull requests with this head are not told of.
    fn hides_siblings(&self) -> bool {
        let nodes = self.commits.as_ref().and_then(|commits| commits.nodes.as_ref());
        let told = |node: &Option<CommitNode>| {
            let found = node.as_ref().and_then(|n| n.commit.associated_pull_requests.as_ref());
            found
                .and_then(|found| found.nodes.as_ref())
                .is_some_and(|n| n.iter().all(Option::is_some))
        };
        nodes.is_none_or(|nodes| !nodes.iter().all(told))
    }

    /// The other open pull requests with this head.
    fn siblings(&self, number: PullRequestNumber) -> Vec<PullRequestNumber> {
        let commits = self.commits.iter().flat_map(|commits| &commits.nodes).flatten().flatten();
        let known = commits
            .filter_map(|node| node.commit.associated_pull_requests.as_ref()?.nodes.as_ref())
            .flatten()
            .flatten();
        let same = |sibling: &&Sibling| {
            sibling.state == "OPEN"
                && sibling.head_ref_oid == self.ends.head_ref_oid
                && sibling.number != number.0
        };
        known.filter(same).map(|sibling| PullRequestNumber(sibling.number)).collect()
    }
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
pub(super) struct Ref {
    #[serde(default)]
    pub(super) name: Option<String>,
    pub(super) target: Option<Target>,
}

#[derive(Deserialize)]
pub(super) struct Target {
    pub(super) oid: String,
    #[serde(default)]
    file: Option<File>,
}

#[derive(Deserialize)]
struct File {
    object: Option<Object>,
}

/// The files that a pull request changes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changed {
    nodes: Option<Vec<Option<ChangedPath>>>,
    page_info: Option<PageInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangedPath {
    path: String,
    change_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
}

impl Target {
    /// The file's object, moved out, with its commit.
    pub(super) fn take(&mut self) -> Option<(CommitSha, Object)> {
        Some((CommitSha(self.oid.clone()), self.file.take()?.object?))
    }
}

impl Changed {
    /// The paths with what happened to them, and whether there are more: null stands where GitHub cannot list
    /// the files, or cannot show one.
    pub(super) fn paths(&self) -> (Vec<(String, FileChange)>, bool) {
        let listed = self.nodes.iter().flatten();
        let count = listed.clone().count();
        let paths: Vec<_> = listed
            .flatten()
            .map(|file| (file.path.clone(), change_type(&file.change_type)))
            .collect();
        let more = self.nodes.is_none()
            || paths.len() < count
            || self.page_info.as_ref().is_some_and(|page| page.has_next_page);
        (paths, more)
    }
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
    /// The pull request as it is now, and the file `path` as it is at the tip of its base branch and in the owner's
    /// [`OWNER_REPOSITORY`]. One GraphQL query; a REST call more where a text cannot hold that file, and a query more
    /// where the base branch is gone.
    pub async fn pull_request(
        &self,
        number: PullRequestNumber,
        path: &str,
    ) -> Result<PullRequest, Error> {
        const BASE: &[&str] = &["repository", "pullRequest", "baseRef", "target", "file", "object"];
        const OWNER: &[&str] = &["defaults", "defaultBranchRef", "target", "file", "object"];
        const TALK: &[&str] = &["repository", "pullRequest"];
        const COMMITS: &[&str] = &["repository", "pullRequest", "commits"];
        let values = Map::from_iter([
            ("number".into(), json!(number.0)),
            ("file".into(), json!(path)),
            ("defaults".into(), json!(OWNER_REPOSITORY)),
        ]);
        let document = documents::pull_request();
        let mut reply = self.query::<Data>("read the pull request", &document, values).await?;
        let Some(Data { repository, defaults }) = reply.take() else {
            return Err(reply.missing(&BASE[..2]));
        };
        let found = repository.and_then(|r| r.pull_request);
        let mut found = found.ok_or_else(|| reply.missing(&BASE[..2]))?;
        // A comment that was not read may hold a question that the EP has to answer.
        if let (true, Some(error)) = (found.talk.has_nulls(), reply.trouble_at(TALK)) {
            return Err(error);
        }
        // One that goes unseen could be merged by this one's success.
        if let (true, Some(error)) = (found.hides_siblings(), reply.trouble_at(COMMITS)) {
            return Err(error);
        }
        let (paths, more_paths) = found.files.as_ref().map_or((Vec::new(), true), Changed::paths);
        let base = found.ends.base_ref.as_mut().and_then(|r| r.target.as_mut());
        let base_file = base.and_then(Target::take).ok_or_else(|| reply.trouble_at(BASE));
        let mut base_file = self.found(base_file).await?;
        let mut owner =
            defaults.and_then(|d| d.default_branch_ref).and_then(|branch| branch.target);
        let owner_file = owner.as_mut().and_then(Target::take);
        let owner_file =
            self.found(owner_file.ok_or_else(|| reply.trouble_at_foreign(OWNER))).await?;
        if found.ends.base_ref.is_none() {
            let at = FileAt { commit: found.ends.base(), path: path.to_owned() };
            let mut texts = self.texts(number, std::slice::from_ref(&at)).await?;
            let found = texts.blobs.remove(&at).zip(texts.contents.remove(&at));
            base_file = found.map(|(blob, content)| FoundFile { commit: at.commit, blob, content });
        }
        let siblings = found.siblings(number);
        Ok(PullRequest {
            number,
            open: found.ends.open(),
            draft: found.is_draft,
            head: found.ends.head(),
            base: found.ends.base(),
            base_branch: found.base_ref_name.clone(),
            siblings,
            paths,
            more_paths,
            base_file,
            owner_file,
            talk: found.talk.talk().ok_or_else(|| reply.missing(TALK))?,
        })
    }

    /// The file that was found; without one, the trouble that hides it.
    pub(super) async fn found(
        &self,
        file: Result<(CommitSha, Object), Option<Error>>,
    ) -> Result<Option<FoundFile>, Error> {
        match file {
            Ok((commit, object)) => {
                let blob = self.blob_of(object).await?;
                Ok(blob.map(|(blob, content)| FoundFile { commit, blob, content }))
            }
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
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

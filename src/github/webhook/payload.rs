//! The fields of GitHub's payloads that are read.

use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Deserialize)]
pub(super) struct Common {
    pub(super) action: Option<String>,
    pub(super) installation: Option<Numbered>,
    pub(super) repository: Option<RepositoryPayload>,
    pub(super) sender: Option<User>,
}

/// With what every payload has, in one pass: these are the most frequent, and of the largest.
#[derive(Deserialize)]
pub(super) struct PullRequestPayload {
    action: Option<String>,
    installation: Option<Numbered>,
    repository: Option<RepositoryPayload>,
    sender: Option<User>,
    pub(super) pull_request: Option<PullRequest>,
    pub(super) changes: Option<Changes>,
}

impl PullRequestPayload {
    pub(super) fn common(&mut self) -> Common {
        Common {
            action: self.action.take(),
            installation: self.installation.take(),
            repository: self.repository.take(),
            sender: self.sender.take(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct CommentPayload {
    pub(super) issue: Option<Issue>,
    pub(super) comment: Option<Comment>,
    pub(super) changes: Option<Changes>,
}

#[derive(Deserialize)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) body: Option<String>,
    pub(super) user: Option<User>,
}

#[derive(Deserialize)]
pub(super) struct ReviewPayload {
    pub(super) review: Option<Review>,
}

#[derive(Deserialize)]
pub(super) struct Review {
    pub(super) state: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct CheckPayload {
    pub(super) check_run: Option<Check>,
    pub(super) check_suite: Option<Check>,
    pub(super) requested_action: Option<RequestedAction>,
}

#[derive(Deserialize)]
pub(super) struct RequestedAction {
    pub(super) identifier: String,
}

#[derive(Deserialize)]
pub(super) struct MergeGroupPayload {
    pub(super) merge_group: Option<MergeGroup>,
}

#[derive(Deserialize)]
pub(super) struct Numbered {
    pub(super) id: u64,
}

#[derive(Deserialize)]
pub(super) struct RepositoryPayload {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) owner: Option<User>,
}

#[derive(Deserialize)]
pub(super) struct User {
    pub(super) login: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

impl User {
    pub(super) fn is_bot(&self) -> bool {
        self.kind.as_deref() == Some("Bot")
    }
}

#[derive(Deserialize)]
pub(super) struct Changes {
    pub(super) base: Option<IgnoredAny>,
    pub(super) body: Option<Before>,
}

#[derive(Deserialize)]
pub(super) struct Before {
    pub(super) from: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PullRequest {
    pub(super) number: u64,
    pub(super) state: String,
    pub(super) head: Head,
    pub(super) base: Base,
}

#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) sha: String,
}

#[derive(Deserialize)]
pub(super) struct Base {
    #[serde(rename = "ref")]
    pub(super) branch: String,
}

#[derive(Deserialize)]
pub(super) struct Issue {
    pub(super) number: u64,
    pub(super) pull_request: Option<IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct Check {
    pub(super) id: u64,
    pub(super) head_sha: String,
    pub(super) external_id: Option<String>,
    pub(super) app: Option<Numbered>,
    /// Of a suite.
    pub(super) head_branch: Option<String>,
    /// Of a run.
    #[serde(rename = "check_suite")]
    pub(super) suite: Option<Suite>,
}

#[derive(Deserialize)]
pub(super) struct Suite {
    pub(super) head_branch: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct MergeGroup {
    pub(super) head_sha: String,
    pub(super) head_ref: String,
    pub(super) base_ref: String,
}

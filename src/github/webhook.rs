//! Webhook deliveries: the few fields that say what to look at again.
//!
//! A delivery carries no fact that a verdict rests on; those are read from GitHub. So this reads as little as
//! it can, and unknown actions, deleted users and deleted forks are no errors.
//!
//! **Invariant:** pure. No call, no clock.

use serde::Deserialize;
use serde::de::IgnoredAny;

pub use super::signature::{SignatureError, verify};
use super::types::{CommitSha, InstallationId, PullRequestNumber, RepositoryName};

/// A delivery, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The `X-GitHub-Event` header, as `pull_request`.
    pub name: String,
    /// What happened, as `synchronize`; absent for a push and the like.
    pub action: Option<String>,
    /// The installation; absent where the hook is a repository's own and not the App's.
    pub installation: Option<InstallationId>,
    /// The repository; absent where an event is about an account.
    pub repository: Option<EventRepository>,
    /// Who did it; absent for a deleted account.
    pub sender: Option<Sender>,
    /// What it is about.
    pub subject: Subject,
}

/// The repository of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRepository {
    /// Its number, which stays when it is renamed.
    pub id: u64,
    /// Its name at that moment.
    pub name: RepositoryName,
}

/// Who caused a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The login.
    pub login: String,
    /// Whether it is a bot: bots are not answered.
    pub is_bot: bool,
}

/// What a delivery is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// `pull_request`.
    PullRequest(EventPullRequest),
    /// `pull_request_review`, and a review's comments and threads.
    Review(EventPullRequest),
    /// `issue_comment` on a pull request.
    Comment {
        /// The pull request.
        number: PullRequestNumber,
        /// The comment, to be read back.
        comment: u64,
    },
    /// `check_run`: of any app, so compare `app_id`.
    CheckRun(EventCheck),
    /// `check_suite`, where “re-run all” arrives: of any app, so compare `app_id`.
    CheckSuite(EventCheck),
    /// `merge_group`.
    MergeGroup {
        /// The commit that would land.
        head: CommitSha,
        /// `refs/heads/gh-readonly-queue/…`.
        head_ref: String,
    },
    /// Nothing that is looked at here.
    Other,
}

/// The pull request of a delivery, as it was when GitHub wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPullRequest {
    /// Its number.
    pub number: PullRequestNumber,
    /// Head commit at that moment.
    pub head: CommitSha,
    /// Name of the base branch.
    pub base_branch: String,
    /// Whether it was open.
    pub open: bool,
    /// Whether this delivery says that the base branch was changed to another (`changes.base`).
    pub base_changed: bool,
}

/// The check run or suite of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventCheck {
    /// Its number.
    pub id: u64,
    /// The app that made it.
    pub app_id: Option<u64>,
    /// The mark that its app gave it; suites have none.
    pub external_id: Option<String>,
    /// The commit.
    pub head: CommitSha,
}

/// Why a delivery cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not JSON, or a field has a type that GitHub does not give it.
    #[error("the `{event}` payload cannot be read: {source}")]
    Json {
        /// The event's name.
        event: String,
        /// Where it stops making sense.
        source: serde_json::Error,
    },
    /// The object that the event is about is not there.
    #[error("the `{event}` payload has no `{field}`")]
    Missing {
        /// The event's name.
        event: String,
        /// The field.
        field: &'static str,
    },
}

/// Reads a delivery. `event_name` is the `X-GitHub-Event` header.
///
/// # Errors
/// When the body is not JSON, or lacks what its event is about. An event of no interest is no error:
/// its subject is [`Subject::Other`].
pub fn parse(event_name: &str, body: &[u8]) -> Result<Event, EventError> {
    let common: Common = read(event_name, body)?;
    Ok(Event {
        name: event_name.to_owned(),
        action: common.action,
        installation: common.installation.map(|i| InstallationId(i.id)),
        repository: common.repository.and_then(|r| {
            let name = RepositoryName { owner: r.owner?.login?, name: r.name };
            Some(EventRepository { id: r.id, name })
        }),
        sender: common.sender.and_then(|s| {
            Some(Sender { login: s.login?, is_bot: s.kind.as_deref() == Some("Bot") })
        }),
        subject: subject(event_name, body)?,
    })
}

/// What the event is about. Only events of interest are read further, so that no other can fail.
fn subject(event: &str, body: &[u8]) -> Result<Subject, EventError> {
    let missing = |field| EventError::Missing { event: event.to_owned(), field };
    Ok(match event {
        "pull_request" => Subject::PullRequest(pull_request(event, body)?),
        "pull_request_review" | "pull_request_review_comment" | "pull_request_review_thread" => {
            Subject::Review(pull_request(event, body)?)
        }
        "issue_comment" => {
            let CommentPayload { issue, comment } = read(event, body)?;
            let issue = issue.ok_or_else(|| missing("issue"))?;
            let comment = comment.ok_or_else(|| missing("comment"))?.id;
            match issue.pull_request {
                Some(_) => Subject::Comment { number: PullRequestNumber(issue.number), comment },
                None => Subject::Other,
            }
        }
        "check_run" => {
            let CheckPayload { check_run, .. } = read(event, body)?;
            Subject::CheckRun(check_run.ok_or_else(|| missing("check_run"))?.into())
        }
        "check_suite" => {
            let CheckPayload { check_suite, .. } = read(event, body)?;
            Subject::CheckSuite(check_suite.ok_or_else(|| missing("check_suite"))?.into())
        }
        "merge_group" => {
            let MergeGroupPayload { merge_group } = read(event, body)?;
            let group = merge_group.ok_or_else(|| missing("merge_group"))?;
            Subject::MergeGroup { head: CommitSha(group.head_sha), head_ref: group.head_ref }
        }
        _ => Subject::Other,
    })
}

fn pull_request(event: &str, body: &[u8]) -> Result<EventPullRequest, EventError> {
    let PullRequestPayload { pull_request, changes } = read(event, body)?;
    let Some(found) = pull_request else {
        return Err(EventError::Missing { event: event.to_owned(), field: "pull_request" });
    };
    Ok(EventPullRequest {
        number: PullRequestNumber(found.number),
        head: CommitSha(found.head.sha),
        base_branch: found.base.branch,
        open: found.state == "open",
        base_changed: changes.is_some_and(|c| c.base.is_some()),
    })
}

fn read<'a, T: Deserialize<'a>>(event: &str, body: &'a [u8]) -> Result<T, EventError> {
    serde_json::from_slice(body)
        .map_err(|source| EventError::Json { event: event.to_owned(), source })
}

#[derive(Deserialize)]
struct Common {
    action: Option<String>,
    installation: Option<Numbered>,
    repository: Option<RepositoryPayload>,
    sender: Option<User>,
}

#[derive(Deserialize)]
struct PullRequestPayload {
    pull_request: Option<PullRequest>,
    changes: Option<Changes>,
}

#[derive(Deserialize)]
struct CommentPayload {
    issue: Option<Issue>,
    comment: Option<Numbered>,
}

#[derive(Deserialize)]
struct CheckPayload {
    check_run: Option<Check>,
    check_suite: Option<Check>,
}

#[derive(Deserialize)]
struct MergeGroupPayload {
    merge_group: Option<MergeGroup>,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

#[derive(Deserialize)]
struct RepositoryPayload {
    id: u64,
    name: String,
    owner: Option<User>,
}

#[derive(Deserialize)]
struct User {
    login: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Changes {
    base: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct PullRequest {
    number: u64,
    state: String,
    head: Head,
    base: Base,
}

#[derive(Deserialize)]
struct Head {
    sha: String,
}

#[derive(Deserialize)]
struct Base {
    #[serde(rename = "ref")]
    branch: String,
}

#[derive(Deserialize)]
struct Issue {
    number: u64,
    pull_request: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Check {
    id: u64,
    head_sha: String,
    external_id: Option<String>,
    app: Option<Numbered>,
}

#[derive(Deserialize)]
struct MergeGroup {
    head_sha: String,
    head_ref: String,
}

impl From<Check> for EventCheck {
    fn from(check: Check) -> Self {
        Self {
            id: check.id,
            app_id: check.app.map(|app| app.id),
            external_id: check.external_id.filter(|id| !id.is_empty()),
            head: CommitSha(check.head_sha),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(event: &str, body: &str) -> Event {
        parse(event, body.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn a_pull_request_from_a_deleted_fork_by_a_deleted_user_is_read() {
        let event = parsed(
            "pull_request",
            r#"{"action":"a new word","number":5,"sender":null,"installation":{"id":9,"node_id":"x"},
                "repository":{"id":3,"name":"eps","full_name":"fleet/eps","owner":{"login":"fleet"}},
                "changes":{"base":{"ref":{"from":"old"},"sha":{"from":"00"}}},
                "pull_request":{"number":5,"state":"open","user":null,
                  "head":{"sha":"aa","ref":"x","repo":null,"user":null},"base":{"ref":"main","sha":"bb"}}}"#,
        );
        assert_eq!(event.action.as_deref(), Some("a new word"));
        assert_eq!(event.installation, Some(InstallationId(9)));
        assert_eq!(event.sender, None);
        let name = RepositoryName { owner: "fleet".into(), name: "eps".into() };
        assert_eq!(event.repository, Some(EventRepository { id: 3, name }));
        let expected = EventPullRequest {
            number: PullRequestNumber(5),
            head: CommitSha("aa".into()),
            base_branch: "main".into(),
            open: true,
            base_changed: true,
        };
        assert_eq!(event.subject, Subject::PullRequest(expected));
    }

    #[test]
    fn a_changed_title_is_no_changed_base() {
        let event = parsed(
            "pull_request",
            r#"{"changes":{"title":{"from":"old"}},"pull_request":{"number":5,"state":"closed",
                "head":{"sha":"aa"},"base":{"ref":"main"}}}"#,
        );
        let Subject::PullRequest(pull_request) = event.subject else { panic!("{event:?}") };
        assert!(!pull_request.base_changed && !pull_request.open);
    }

    #[test]
    fn a_comment_counts_on_a_pull_request_only() {
        let body = r#"{"sender":{"login":"b[bot]","type":"Bot"},"comment":{"id":8,"user":null},
            "issue":{"number":5 LINK}}"#;
        let on_issue = parsed("issue_comment", &body.replace("LINK", ""));
        assert_eq!(on_issue.subject, Subject::Other);
        assert!(on_issue.sender.is_some_and(|s| s.is_bot));
        let link = r#","pull_request":{"url":"https://…"}"#;
        let on_pull_request = parsed("issue_comment", &body.replace("LINK", link));
        let expected = Subject::Comment { number: PullRequestNumber(5), comment: 8 };
        assert_eq!(on_pull_request.subject, expected);
    }

    #[test]
    fn a_check_names_its_app() {
        let body = r#"{"id":1,"head_sha":"aa","external_id":"","app":{"id":4},"pull_requests":[]}"#;
        let check =
            EventCheck { id: 1, app_id: Some(4), external_id: None, head: CommitSha("aa".into()) };
        let run = parsed("check_run", &format!(r#"{{"check_run":{body}}}"#));
        assert_eq!(run.subject, Subject::CheckRun(check.clone()));
        let suite = parsed("check_suite", &format!(r#"{{"check_suite":{body}}}"#));
        assert_eq!(suite.subject, Subject::CheckSuite(check));
    }

    #[test]
    fn a_merge_group_names_its_commit() {
        let body = r#"{"merge_group":{"head_sha":"aa","head_ref":"refs/heads/q","base_sha":"bb"}}"#;
        let event = parsed("merge_group", body);
        let expected =
            Subject::MergeGroup { head: CommitSha("aa".into()), head_ref: "refs/heads/q".into() };
        assert_eq!(event.subject, expected);
    }

    #[test]
    fn an_event_that_is_not_ours_says_so() {
        for (name, body) in [
            ("ping", r#"{"zen":"…"}"#),
            ("star", r#"{"pull_request":7,"comment":[],"check_run":"?"}"#),
            ("something new", "{}"),
        ] {
            assert_eq!(parsed(name, body).subject, Subject::Other);
        }
    }

    #[test]
    fn a_body_without_sense_is_an_error() {
        for (name, body) in [
            ("pull_request", "{}"),
            ("pull_request", "["),
            ("ping", ""),
            ("check_run", r#"{"check_run":null}"#),
            ("issue_comment", r#"{"issue":{"number":1}}"#),
        ] {
            assert!(parse(name, body.as_bytes()).is_err(), "{name} {body}");
        }
    }
}

//! Webhook deliveries: the few fields that say what to look at again.
//!
//! A delivery carries no fact that a verdict rests on; those are read from GitHub. So this reads as little as
//! it can, and unknown actions, deleted users and deleted forks are no errors.
//!
//! **Invariant:** pure. No call, no clock.

mod payload;
mod places;

use serde::Deserialize;

use payload::{
    Check, CheckPayload, CommentPayload, Common, MergeGroupPayload, PullRequestPayload,
    ReviewPayload,
};

pub use places::{EventInstallation, EventPush, Touched};

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
    /// `pull_request_review`.
    Review {
        /// The pull request.
        pull_request: EventPullRequest,
        /// Whether it approves, asks for changes, or did before it was dismissed. What only comments decides nothing.
        is_opinion: bool,
    },
    /// `issue_comment`, on an issue or a pull request.
    Comment {
        /// The issue's or pull request's number.
        number: u64,
        /// Whether that is a pull request.
        on_pull_request: bool,
        /// The comment, to be read back.
        comment: u64,
        /// Whether a bot wrote it, whoever edits or deletes it now.
        by_bot: bool,
        /// Whether its text, or the one before an edit, may hold a command.
        may_command: bool,
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
        /// Name of the branch into which it would land.
        base_branch: String,
    },
    /// `installation` and `installation_repositories`.
    Installation(EventInstallation),
    /// `push`.
    Push(EventPush),
    /// `repository`; [`Event::repository`] has its name as it is now.
    Repository,
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
    /// The identifier of the button that was pressed on it.
    pub button: Option<String>,
    /// The commit.
    pub head: CommitSha,
    /// Name of the branch into which a merge queue would land it, where it is a group's.
    pub queued_for: Option<String>,
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
    let (common, pull_request) = if event_name == "pull_request" {
        let mut payload: PullRequestPayload = read(event_name, body)?;
        let common = payload.common();
        (common, Some(pull_request(event_name, payload)?))
    } else {
        (read::<Common>(event_name, body)?, None)
    };
    let sender = common.sender.and_then(|sender| {
        let is_bot = sender.is_bot();
        Some(Sender { login: sender.login?, is_bot })
    });
    let created = common.action.as_deref() == Some("created");
    let by_bot = created && sender.as_ref().is_some_and(|sender| sender.is_bot);
    Ok(Event {
        name: event_name.to_owned(),
        action: common.action,
        installation: common.installation.map(|i| InstallationId(i.id)),
        repository: common.repository.and_then(|r| {
            let name = RepositoryName { owner: r.owner?.login?, name: r.name };
            Some(EventRepository { id: r.id, name })
        }),
        sender,
        subject: match pull_request {
            Some(pull_request) => Subject::PullRequest(pull_request),
            None => subject(event_name, body, by_bot)?,
        },
    })
}

/// What the event is about. Only events of interest are read further, so that no other can fail. `by_bot`: a bot has just
/// made it.
fn subject(event: &str, body: &[u8], by_bot: bool) -> Result<Subject, EventError> {
    let missing = |field| EventError::Missing { event: event.to_owned(), field };
    Ok(match event {
        "pull_request_review" => {
            let ReviewPayload { review } = read(event, body)?;
            let review = review.ok_or_else(|| missing("review"))?;
            let is_opinion = !review.state.is_some_and(|s| s.eq_ignore_ascii_case("commented"));
            Subject::Review { pull_request: pull_request(event, read(event, body)?)?, is_opinion }
        }
        "issue_comment" => {
            let CommentPayload { issue, comment, changes } = read(event, body)?;
            let issue = issue.ok_or_else(|| missing("issue"))?;
            let comment = comment.ok_or_else(|| missing("comment"))?;
            let before = changes.and_then(|changes| changes.body).and_then(|body| body.from);
            let texts = [comment.body.as_deref(), before.as_deref()];
            Subject::Comment {
                number: issue.number,
                on_pull_request: issue.pull_request.is_some(),
                comment: comment.id,
                by_bot: by_bot || comment.user.is_some_and(|user| user.is_bot()),
                may_command: texts.iter().flatten().any(|text| may_command(text)),
            }
        }
        "check_run" => {
            let CheckPayload { check_run, requested_action, .. } = read(event, body)?;
            let check = check_run.ok_or_else(|| missing("check_run"))?;
            let button = requested_action.map(|action| action.identifier);
            Subject::CheckRun(EventCheck { button, ..check.into() })
        }
        "check_suite" => {
            let CheckPayload { check_suite, .. } = read(event, body)?;
            Subject::CheckSuite(check_suite.ok_or_else(|| missing("check_suite"))?.into())
        }
        "merge_group" => {
            let MergeGroupPayload { merge_group } = read(event, body)?;
            let group = merge_group.ok_or_else(|| missing("merge_group"))?;
            let base = group.base_ref.strip_prefix("refs/heads/").unwrap_or(&group.base_ref);
            Subject::MergeGroup {
                head: CommitSha(group.head_sha),
                head_ref: group.head_ref,
                base_branch: base.to_owned(),
            }
        }
        "installation" | "installation_repositories" => {
            Subject::Installation(places::installation(event, body)?)
        }
        "push" => Subject::Push(places::push(event, body)?),
        "repository" => Subject::Repository,
        _ => Subject::Other,
    })
}

/// Whether a text may hold a command: every one begins with a slash and these letters.
fn may_command(text: &str) -> bool {
    text.as_bytes().windows(3).any(|three| three.eq_ignore_ascii_case(b"/ep"))
}

fn pull_request(event: &str, payload: PullRequestPayload) -> Result<EventPullRequest, EventError> {
    let PullRequestPayload { pull_request, changes, .. } = payload;
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

impl From<Check> for EventCheck {
    fn from(check: Check) -> Self {
        Self {
            id: check.id,
            app_id: check.app.map(|app| app.id),
            external_id: check.external_id.filter(|id| !id.is_empty()),
            button: None,
            queued_for: check
                .head_branch
                .or(check.suite.and_then(|suite| suite.head_branch))
                .and_then(|branch| queued_for(&branch).map(str::to_owned)),
            head: CommitSha(check.head_sha),
        }
    }
}

/// `main` of `gh-readonly-queue/main/pr-5-…`.
fn queued_for(branch: &str) -> Option<&str> {
    branch.strip_prefix("gh-readonly-queue/")?.rsplit_once("/pr-").map(|(base, _)| base)
}

#[cfg(test)]
mod tests;

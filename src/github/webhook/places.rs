//! Deliveries about more than one pull request: an installation, a branch.

use serde::Deserialize;

use super::{EventError, EventRepository, read};
use crate::github::types::RepositoryName;

/// Commits in one payload at most.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
const MOST_COMMITS: usize = 2_048;

/// Files of one commit that GitHub lists at most, as everywhere. From here on the list may be cut off.
const MOST_FILES: usize = 3_000;

/// What an `installation` or `installation_repositories` delivery names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventInstallation {
    /// The account; empty where none is named.
    pub account: String,
    /// Repositories that came under it with this delivery.
    pub added: Vec<EventRepository>,
    /// Numbers of those that left it.
    pub removed: Vec<u64>,
}

/// A push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPush {
    /// The branch; `None` for a tag.
    pub branch: Option<String>,
    /// Whether the branch is new.
    pub created: bool,
    /// Whether the branch is gone.
    pub deleted: bool,
    /// Whether it is the repository's default branch.
    pub on_default: bool,
    /// Which files it touches.
    pub touched: Touched,
}

/// Files that a push touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// These, and no others.
    Paths(Vec<String>),
    /// The payload does not say all: history was rewritten, or its lists may be cut off.
    Unknown,
}

#[derive(Deserialize)]
struct InstallationPayload {
    installation: Option<InstallationObject>,
    repositories_added: Option<Vec<Named>>,
    repositories_removed: Option<Vec<Named>>,
}

#[derive(Deserialize)]
struct InstallationObject {
    account: Option<Account>,
}

#[derive(Deserialize)]
struct Account {
    login: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    id: u64,
    full_name: Option<String>,
}

#[derive(Deserialize)]
struct PushPayload {
    #[serde(rename = "ref")]
    reference: Option<String>,
    #[serde(default)]
    created: bool,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    forced: bool,
    commits: Option<Vec<Option<Pushed>>>,
    repository: Option<PushedTo>,
}

#[derive(Deserialize)]
struct PushedTo {
    default_branch: Option<String>,
}

#[derive(Deserialize)]
struct Pushed {
    added: Option<Vec<String>>,
    modified: Option<Vec<String>>,
    removed: Option<Vec<String>>,
}

pub(super) fn installation(event: &str, body: &[u8]) -> Result<EventInstallation, EventError> {
    let InstallationPayload { installation, repositories_added, repositories_removed } =
        read(event, body)?;
    let account = installation.and_then(|i| i.account?.login).unwrap_or_default();
    Ok(EventInstallation {
        account,
        added: repositories_added.into_iter().flatten().filter_map(|one| named(&one)).collect(),
        removed: repositories_removed.into_iter().flatten().map(|named| named.id).collect(),
    })
}

fn named(named: &Named) -> Option<EventRepository> {
    let (owner, name) = named.full_name.as_deref()?.split_once('/')?;
    let name = RepositoryName { owner: owner.to_owned(), name: name.to_owned() };
    Some(EventRepository { id: named.id, name })
}

pub(super) fn push(event: &str, body: &[u8]) -> Result<EventPush, EventError> {
    let PushPayload { reference, created, deleted, forced, commits, repository } =
        read(event, body)?;
    let branch = reference.as_deref().and_then(|name| name.strip_prefix("refs/heads/"));
    let default = repository.and_then(|repository| repository.default_branch);
    Ok(EventPush {
        on_default: branch.is_some() && branch == default.as_deref(),
        branch: branch.map(str::to_owned),
        created,
        deleted,
        touched: if forced { Touched::Unknown } else { touched(commits, created) },
    })
}

/// The files of all commits, each once.
fn touched(commits: Option<Vec<Option<Pushed>>>, created: bool) -> Touched {
    let Some(commits) = commits else { return Touched::Unknown };
    // A branch that moves without a commit was set to some other place of the history.
    if commits.len() >= MOST_COMMITS || (commits.is_empty() && !created) {
        return Touched::Unknown;
    }
    let mut paths = Vec::new();
    for commit in commits {
        let lists = commit.and_then(|commit| {
            let Pushed { added, modified, removed } = commit;
            Some([added?, modified?, removed?])
        });
        let Some(lists) = lists else { return Touched::Unknown };
        if lists.iter().map(Vec::len).sum::<usize>() >= MOST_FILES {
            return Touched::Unknown;
        }
        paths.extend(lists.into_iter().flatten());
    }
    paths.sort_unstable();
    paths.dedup();
    Touched::Paths(paths)
}

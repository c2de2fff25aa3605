//! Deliveries about more than one pull request: an account takes the App or lets it go, a repository is renamed or
//! archived, a branch gets other rules or EPs.

use crate::github::OWNER_REPOSITORY;
use crate::github::webhook::{Event, EventInstallation, EventPush, EventRepository, Touched};
use crate::review::POLICY_PATH;
use crate::store::{Ended, Kind, Renamed, Subject, Work};

/// Repositories that are swept one by one from one delivery at most. With more of them the installation is listed, so
/// that the delivery's row is written soon.
const MOST_ADDED: usize = 100;

/// Endings of what may be a policy, a template, an EP or the file with an EP's status.
const ENDINGS: &[&str] = &["md", "markdown", "yaml", "yml"];

pub(super) fn installation(event: &Event, named: &EventInstallation) -> Result<Work, &'static str> {
    let id = event.installation.ok_or("it names no installation")?.0;
    let whole = |kind| Subject::installation(kind, id, named.account.clone());
    let action = event.action.as_deref().unwrap_or_default();
    match (event.name.as_str(), action) {
        ("installation", "created" | "unsuspend") => Ok(whole(Kind::Installation).into()),
        // What a missing permission kept from being read may change a verdict.
        ("installation", "new_permissions_accepted") => Ok(whole(Kind::Account).into()),
        ("installation", "deleted" | "suspend") => {
            Ok(Work { end: vec![Ended::Installation(id)], ..Work::default() })
        }
        ("installation_repositories", "added" | "removed") => {
            let subjects = match (action, named.added.len()) {
                (_, 1..=MOST_ADDED) => named.added.iter().map(|added| sweep(id, added)).collect(),
                ("removed", 0) => Vec::new(),
                _ => vec![whole(Kind::Installation)],
            };
            let end = named.removed.iter().map(|id| Ended::Repository(*id)).collect();
            Ok(Work { subjects, end, ..Work::default() })
        }
        _ => Err("this action changes nothing that is reviewed"),
    }
}

pub(super) fn push(event: &Event, push: &EventPush) -> Result<Work, &'static str> {
    let branch = push.branch.clone().ok_or("a tag is nobody's base branch")?;
    if push.deleted {
        return Err("the branch is gone");
    }
    let repository = event.repository.as_ref().ok_or("it names no repository")?;
    let installation = event.installation.ok_or("it comes from a hook of the repository")?.0;
    let touches = |of: fn(&str) -> bool| match &push.touched {
        Touched::Unknown => true,
        Touched::Paths(paths) => paths.iter().any(|path| of(path)),
    };
    if !touches(may_matter) {
        return Err("the push touches no policy, template or EP");
    }
    let mut subjects =
        vec![Subject { kind: Kind::Branch, base: Some(branch), ..sweep(installation, repository) }];
    // The policy of all the account's repositories.
    if repository.name.name == OWNER_REPOSITORY
        && push.on_default
        && touches(|path| path == POLICY_PATH)
    {
        subjects.push(Subject::installation(
            Kind::Account,
            installation,
            repository.name.owner.clone(),
        ));
    }
    Ok(Work { subjects, ..Work::default() })
}

pub(super) fn repository(event: &Event) -> Result<Work, &'static str> {
    let repository = event.repository.as_ref().ok_or("it names no repository")?;
    let installation = event.installation.ok_or("it comes from a hook of the repository")?.0;
    let renamed = Renamed {
        repository_id: repository.id,
        owner: repository.name.owner.clone(),
        name: repository.name.name.clone(),
    };
    match event.action.as_deref().unwrap_or_default() {
        "renamed" => Ok(Work { rename: Some(renamed), ..Work::default() }),
        // It may be another installation's now: what is owed there is found again.
        "transferred" => Ok(Work {
            subjects: vec![sweep(installation, repository)],
            rename: Some(renamed),
            ..Work::default()
        }),
        "archived" | "deleted" => {
            Ok(Work { end: vec![Ended::Repository(repository.id)], ..Work::default() })
        }
        "unarchived" => Ok(sweep(installation, repository).into()),
        _ => Err("this action changes nothing that is reviewed"),
    }
}

/// Whether a file may be a policy, a template or a part of an EP. The policy that would know is not read here.
fn may_matter(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.iter().any(|one| ending.eq_ignore_ascii_case(one)))
}

fn sweep(installation: u64, repository: &EventRepository) -> Subject {
    let EventRepository { id, name, .. } = repository;
    Subject::repository(Kind::Sweep, installation, *id, name.owner.clone(), name.name.clone())
}

#[cfg(test)]
mod tests;

//! Pull requests.

use serde_json::Value;

use super::{Answer, Call, Outcome};
use crate::simulator::state::World;
use crate::simulator::state::git::Sha;
use crate::simulator::state::pull::Pull;
use crate::simulator::state::repository::Repository;

/// Files that a pull request lists, at most; further pages are empty.
const FILE_LIMIT: usize = 3000;
/// Commits that a pull request lists, at most.
const COMMIT_LIMIT: usize = 250;

/// The pull request that the path names.
pub(super) fn named<'w>(
    world: &'w World,
    call: &Call,
) -> Result<(&'w Repository, &'w Pull), Answer> {
    let repository = call.repository(world)?;
    let number = call.number("pull_number")?;
    let pull = repository.pulls.get(&number).ok_or_else(Answer::not_found)?;
    Ok((repository, pull))
}

pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let (repository, pull) = named(world, call)?;
    Ok(Answer::ok(world.pull_json(repository, pull)))
}

pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let state = call.query("state").unwrap_or("open");
    let mut pulls: Vec<&Pull> = repository
        .pulls
        .values()
        .filter(|p| state == "all" || p.open == (state == "open"))
        .filter(|p| call.query("base").is_none_or(|base| p.base == base))
        .filter(|p| {
            // GitHub ignores a head that does not name its owner.
            call.query("head")
                .and_then(|h| h.split_once(':'))
                .is_none_or(|(owner, branch)| p.head_owner == owner && p.head_branch == branch)
        })
        .collect();
    let sort = call.query("sort").unwrap_or("created");
    if sort == "updated" {
        pulls.sort_by_key(|p| (p.updated_at, p.number));
    }
    let ascending = match call.query("direction") {
        Some(direction) => direction == "asc",
        None => sort != "created",
    };
    if !ascending {
        pulls.reverse();
    }
    Ok(call.list(pulls.into_iter().map(|p| world.pull_simple_json(repository, p)).collect()))
}

pub(super) fn files(world: &mut World, call: &Call) -> Outcome {
    let (repository, pull) = named(world, call)?;
    let files = world.pull_files(repository, pull);
    Ok(call.list(
        files
            .iter()
            .take(FILE_LIMIT)
            .map(|file| world.file_json(repository, file, pull.head))
            .collect(),
    ))
}

pub(super) fn commits(world: &mut World, call: &Call) -> Outcome {
    let (repository, pull) = named(world, call)?;
    let objects = world.objects(repository);
    Ok(call.list(
        objects
            .commits_between(pull.base_sha, pull.head)
            .into_iter()
            .take(COMMIT_LIMIT)
            .filter_map(|sha| objects.commit(sha))
            .map(|commit| world.commit_json(repository, commit))
            .collect(),
    ))
}

/// Asks people and teams for their review. Nothing keeps who was asked. One who cannot be asked refuses all.
pub(super) fn request_reviewers(world: &mut World, call: &Call) -> Outcome {
    call.known_keys(world, "", &call.body, &["reviewers", "team_reviewers"]);
    let (repository, pull) = named(world, call)?;
    let asked = |key: &str| call.body.get(key).and_then(Value::as_array).cloned();
    for login in asked("reviewers").unwrap_or_default().iter().filter_map(Value::as_str) {
        if login.eq_ignore_ascii_case(&pull.author) {
            let why = "Review cannot be requested from pull request author.";
            return Err(Answer::error(422, why));
        }
        if !repository.roles.contains_key(&login.to_lowercase()) {
            let why = "Reviews may only be requested from collaborators. One or more of the users or teams you specified \
                       is not a collaborator of the repository.";
            return Err(Answer::error(422, why));
        }
    }
    let owner = repository.owner.to_lowercase();
    for slug in asked("team_reviewers").unwrap_or_default().iter().filter_map(Value::as_str) {
        if !world.teams.contains_key(&(owner.clone(), slug.to_lowercase())) {
            return Err(Answer::error(422, "Could not resolve to a node with the global id"));
        }
    }
    Ok(Answer::created(world.pull_simple_json(repository, pull)))
}

/// Pull requests that have a commit. GitHub shows those of forks only once they are merged.
pub(super) fn of_commit(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let name = call.param("commit_sha");
    let objects = world.objects(repository);
    let sha = Sha::parse(name)
        .filter(|sha| objects.commit(*sha).is_some())
        .ok_or_else(|| super::checks::no_commit(name))?;
    let has = |pull: &&Pull| {
        let own = pull.head_repository == repository.id || pull.merged.is_some();
        own && (pull.head == sha
            || objects.commits_between(pull.base_sha, pull.head).contains(&sha))
    };
    let found: Vec<Value> = repository
        .pulls
        .values()
        .filter(has)
        .map(|p| world.pull_simple_json(repository, p))
        .collect();
    Ok(call.list(found))
}

//! `compare/{base}...{head}`: the merge base and what changed since.

use serde_json::{Value, json};

use super::{Answer, Call, Outcome};
use crate::simulator::json::HTML;
use crate::simulator::state::World;
use crate::simulator::state::git::Sha;
use crate::simulator::state::repository::Repository;

/// Files that a comparison lists, at most.
const FILE_LIMIT: usize = 300;
/// Commits that a comparison lists when no page is asked for.
const COMMIT_LIMIT: usize = 250;

pub(super) fn compare(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let basehead = call.param("basehead");
    let (base_name, head_name) = basehead
        .split_once("...")
        .filter(|(b, h)| !b.is_empty() && !h.is_empty())
        .ok_or_else(Answer::not_found)?;
    let base = side(world, repository, base_name)?;
    let head = side(world, repository, head_name)?;
    let objects = world.objects(repository);
    let merge_base = objects.merge_base(base, head).ok_or_else(|| {
        Answer::error(404, format!("No common ancestor between {base_name} and {head_name}."))
    })?;
    let ahead = objects.commits_between(base, head);
    let behind = objects.commits_between(head, base);
    let commit = |sha: Sha| {
        objects.commit(sha).map_or(Value::Null, |commit| world.commit_json(repository, commit))
    };
    let paged = call.query("page").is_some() || call.query("per_page").is_some();
    let (page, size) = call.paging();
    let total = ahead.len();
    let (commits, link) = if paged { call.page(ahead) } else { (last(ahead, COMMIT_LIMIT), None) };
    // The files are always those of the whole comparison, and only on the first page.
    let files: Vec<Value> = if page == 1 && size > 0 {
        world
            .diff(repository, merge_base, head)
            .iter()
            .take(FILE_LIMIT)
            .map(|file| world.file_json(repository, file, head))
            .collect()
    } else {
        Vec::new()
    };
    let html = format!("{HTML}/{}/compare/{basehead}", repository.full_name());
    let answer = Answer::ok(json!({
        "url": format!("{}/compare/{basehead}", world.repository_url(repository)),
        "html_url": html,
        "permalink_url": format!("{HTML}/{}/compare/{base}...{head}", repository.full_name()),
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "base_commit": commit(base),
        "merge_base_commit": commit(merge_base),
        "status": match (total, behind.len()) {
            (0, 0) => "identical",
            (0, _) => "behind",
            (_, 0) => "ahead",
            (_, _) => "diverged",
        },
        "ahead_by": total,
        "behind_by": behind.len(),
        "total_commits": total,
        "commits": commits.into_iter().map(commit).collect::<Vec<_>>(),
        "files": files,
    }));
    Ok(match link {
        Some(link) => answer.header("link", link),
        None => answer,
    })
}

/// The commit of one side: a ref or hash here, or `owner:branch`, `owner:repository:branch` in a fork.
fn side(world: &World, repository: &Repository, name: &str) -> Result<Sha, Answer> {
    let parts: Vec<&str> = name.split(':').collect();
    let found = match parts.as_slice() {
        [name] => world.resolve(repository, name),
        [owner, branch] => world
            .repositories
            .values()
            .find(|r| r.network == repository.network && r.owner.eq_ignore_ascii_case(owner))
            .and_then(|fork| world.resolve(fork, branch)),
        [owner, fork, branch] => world
            .repository_named(owner, fork)
            .filter(|fork| fork.network == repository.network)
            .and_then(|fork| world.resolve(fork, branch)),
        _ => None,
    };
    found.ok_or_else(Answer::not_found)
}

fn last<T>(mut items: Vec<T>, count: usize) -> Vec<T> {
    items.split_off(items.len().saturating_sub(count))
}

//! Files and folders by path.

use serde_json::{Value, json};

use super::{Answer, Call, Outcome};
use crate::simulator::json::{HTML, commit::encode_path, with};
use crate::simulator::state::World;
use crate::simulator::state::git::Sha;
use crate::simulator::state::repository::Repository;

/// Above this size a file's content is left out and its encoding is `none`.
const CONTENT_LIMIT_BYTES: usize = 1024 * 1024;
/// Entries of a folder, at most.
const FOLDER_LIMIT: usize = 1000;

pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let path = call.param("path").trim_matches('/');
    let reference = call.query("ref").unwrap_or("HEAD");
    let no_ref = || Answer::error(404, format!("No commit found for the ref {reference}"));
    let objects = world.objects(repository);
    let commit = world
        .resolve(repository, reference)
        .and_then(|sha| objects.commit(sha))
        .ok_or_else(no_ref)?;
    let reference = call.query("ref").unwrap_or(&repository.default_branch);
    if let Some(sha) = commit.files.get(path) {
        let bytes = objects.blob(*sha).ok_or_else(Answer::not_found)?;
        let small = bytes.len() <= CONTENT_LIMIT_BYTES;
        return Ok(Answer::ok(with(
            entry(world, repository, reference, path, *sha, Some(bytes.len())),
            json!({
                "content": if small { super::git::encode(bytes) } else { String::new() },
                "encoding": if small { "base64" } else { "none" },
            }),
        )));
    }
    let tree = objects.tree_at(commit.tree, path).ok_or_else(Answer::not_found)?;
    let entries = objects
        .tree(tree)
        .unwrap_or_default()
        .iter()
        .take(FOLDER_LIMIT)
        .map(|e| {
            let path = if path.is_empty() { e.name.clone() } else { format!("{path}/{}", e.name) };
            let size = objects.blob(e.sha).map(bytes::Bytes::len).filter(|_| !e.is_tree);
            entry(world, repository, reference, &path, e.sha, size)
        })
        .collect::<Vec<_>>();
    Ok(Answer::ok(entries.into()))
}

/// A file, when `size` is given, or a folder.
fn entry(
    world: &World,
    repository: &Repository,
    reference: &str,
    path: &str,
    sha: Sha,
    size: Option<usize>,
) -> Value {
    let api = world.repository_url(repository);
    let html = format!("{HTML}/{}", repository.full_name());
    let encoded = encode_path(path);
    let url = format!("{api}/contents/{encoded}?ref={}", encode_path(reference));
    let (git, page) = if size.is_some() { ("blobs", "blob") } else { ("trees", "tree") };
    let git_url = format!("{api}/git/{git}/{sha}");
    let html_url = format!("{html}/{page}/{reference}/{encoded}");
    json!({
        "name": path.rsplit('/').next().unwrap_or(path),
        "path": path,
        "sha": sha.to_string(),
        "size": size.unwrap_or_default(),
        "url": url,
        "html_url": html_url,
        "git_url": git_url,
        "download_url": size.map(|_| format!("{html}/raw/{reference}/{encoded}")),
        "type": if size.is_some() { "file" } else { "dir" },
        "_links": { "self": url, "git": git_url, "html": html_url },
    })
}

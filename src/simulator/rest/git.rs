//! Git's own objects: blobs, trees, refs, commits.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Answer, Call, Outcome};
use crate::simulator::json::with;
use crate::simulator::state::World;
use crate::simulator::state::git::{Objects, Sha, TreeEntry};

/// GitHub gives blobs up to this many bytes.
const BLOB_LIMIT_BYTES: usize = 100 * 1024 * 1024;
/// Entries that a recursive tree has, at most; it is cut off there and says so.
const TREE_LIMIT: usize = 100_000;

/// Bytes in Base64, with GitHub's line breaks.
pub(super) fn encode(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut out = String::with_capacity(text.len() + text.len() / 60 + 1);
    for (index, letter) in text.chars().enumerate() {
        if index > 0 && index % 60 == 0 {
            out.push('\n');
        }
        out.push(letter);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

pub(super) fn blob(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let name = call.param("file_sha");
    let sha = Sha::parse(name).ok_or_else(|| {
        Answer::error(
            422,
            "The sha parameter must be exactly 40 characters and contain only [0-9a-f].",
        )
    })?;
    let bytes = world.objects(repository).blob(sha).ok_or_else(Answer::not_found)?;
    if bytes.len() > BLOB_LIMIT_BYTES {
        return Err(Answer::error(403, "This API returns blobs up to 100 MB in size."));
    }
    Ok(Answer::ok(json!({
        "sha": name,
        "node_id": STANDARD.encode(format!("04:Blob{}:{name}", repository.id)),
        "size": bytes.len(),
        "url": format!("{}/git/blobs/{name}", world.repository_url(repository)),
        "content": encode(bytes),
        "encoding": "base64",
    })))
}

pub(super) fn tree(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let objects = world.objects(repository);
    let name = call.param("tree_sha");
    let sha = Sha::parse(name)
        .filter(|sha| objects.tree(*sha).is_some())
        .or_else(|| objects.commit(world.resolve(repository, name)?).map(|c| c.tree))
        .ok_or_else(Answer::not_found)?;
    let recursive = call.query("recursive").is_some();
    let mut entries = Vec::new();
    let api = world.repository_url(repository);
    walk(objects, sha, "", recursive, &mut |path, entry| {
        let kind = if entry.is_tree { "tree" } else { "blob" };
        let mut line = json!({
            "path": path,
            "mode": if entry.is_tree { "040000" } else { "100644" },
            "type": kind,
            "sha": entry.sha.to_string(),
            "url": format!("{api}/git/{kind}s/{}", entry.sha),
        });
        if let (Some(bytes), Some(line)) = (objects.blob(entry.sha), line.as_object_mut()) {
            line.insert("size".to_owned(), bytes.len().into());
        }
        entries.push(line);
    });
    let truncated = entries.len() > TREE_LIMIT;
    entries.truncate(TREE_LIMIT);
    Ok(Answer::ok(json!({
        "sha": sha.to_string(),
        "url": format!("{api}/git/trees/{sha}"),
        "tree": entries,
        "truncated": truncated,
    })))
}

fn walk(
    objects: &Objects,
    tree: Sha,
    above: &str,
    recursive: bool,
    see: &mut impl FnMut(String, &TreeEntry),
) {
    for entry in objects.tree(tree).unwrap_or_default() {
        let path = format!("{above}{}", entry.name);
        see(path.clone(), entry);
        if recursive && entry.is_tree {
            walk(objects, entry.sha, &format!("{path}/"), recursive, see);
        }
    }
}

pub(super) fn reference(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let name = call.param("ref");
    let sha = match name.split_once('/') {
        Some(("heads", branch)) => repository.branches.get(branch).copied(),
        Some(("pull", _)) => world.resolve(repository, name),
        _ => None,
    };
    let sha = sha.ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(world.ref_json(repository, &format!("refs/{name}"), sha)))
}

pub(super) fn commit(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let name = call.param("ref");
    let objects = world.objects(repository);
    let commit = world
        .resolve(repository, name)
        .and_then(|sha| objects.commit(sha))
        .ok_or_else(|| super::checks::no_commit(name))?;
    let files = match commit.parents.first() {
        Some(parent) => world.diff(repository, *parent, commit.sha),
        None => crate::simulator::state::diff::between(
            objects,
            &std::collections::BTreeMap::new(),
            &commit.files,
        ),
    };
    let additions: usize = files.iter().map(|f| f.additions).sum();
    let deletions: usize = files.iter().map(|f| f.deletions).sum();
    let (page, link) = call.page(
        files.iter().map(|f| world.file_json(repository, f, commit.sha)).collect::<Vec<Value>>(),
    );
    let answer = Answer::ok(with(
        world.commit_json(repository, commit),
        json!({
            "stats": {
                "additions": additions, "deletions": deletions, "total": additions + deletions,
            },
            "files": page,
        }),
    ));
    Ok(match link {
        Some(link) => answer.header("link", link),
        None => answer,
    })
}

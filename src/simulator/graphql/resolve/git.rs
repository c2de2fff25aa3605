//! Commits, trees, blobs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{gone, missing, readable, repository_of, time};
use crate::simulator::graphql::connection::connection;
use crate::simulator::graphql::execute::Run;
use crate::simulator::graphql::node::{Args, Node, Out, Resolved};
use crate::simulator::json::HTML;
use crate::simulator::state::World;
use crate::simulator::state::git::{Commit, Sha};
use crate::simulator::state::pull::Pull;
use crate::simulator::state::repository::Repository;

/// GitHub cuts a blob's text off here; `isTruncated` says so.
const TEXT_LIMIT_BYTES: usize = 512_000;

/// The fields that every git object has.
fn object(r: &Repository, kind: &str, sha: Sha, name: &str) -> Option<Out> {
    let text = sha.to_string();
    let short: String = text.chars().take(7).collect();
    let url = format!("{HTML}/{}/commit/{text}", r.full_name());
    Some(match name {
        "id" => Out::leaf(STANDARD.encode(format!("0{}:{kind}{}:{text}", kind.len(), r.id))),
        "oid" => Out::leaf(text),
        "abbreviatedOid" => Out::leaf(short),
        "commitUrl" | "url" => Out::leaf(url),
        "repository" => Out::Node(Node::Repository(r.id)),
        _ => return None,
    })
}

pub(super) fn commit(run: &Run<'_>, id: u64, sha: Sha, name: &str, args: &Args) -> Resolved {
    let world = run.world;
    let r = repository_of(world, id)?;
    if let Some(out) = object(r, "Commit", sha, name) {
        return Ok(out);
    }
    let objects = world.objects(r);
    let commit = gone(objects.commit(sha))?;
    Ok(match name {
        "message" => Out::leaf(commit.message.as_str()),
        "messageHeadline" => Out::leaf(commit.message.lines().next().unwrap_or_default()),
        "authoredDate" | "committedDate" => time(commit.date),
        "tree" => Out::Node(Node::Tree(id, commit.tree)),
        "file" => {
            let path = args.text("path").unwrap_or_default().trim_matches('/');
            let blob = commit.files.get(path).copied();
            let found = blob.or_else(|| objects.tree_at(commit.tree, path));
            Out::maybe(found.map(|sha| Node::TreeEntry {
                repository: id,
                path: path.to_owned(),
                sha,
                is_tree: blob.is_none(),
            }))
        }
        "parents" => {
            let parents = commit.parents.iter().map(|sha| Node::Commit(id, *sha)).collect();
            connection("Commit", parents, args)
        }
        "history" => connection("CommitHistory", history(world, r, commit, args), args),
        "associatedPullRequests" => {
            readable(run, id, "pull_requests")?;
            let has = |p: &&Pull| {
                p.head == sha || objects.commits_between(p.base_sha, p.head).contains(&sha)
            };
            super::repository::pulls(r, r.pulls.values().filter(has).collect(), args)
        }
        "checkSuites" => {
            readable(run, id, "checks")?;
            super::checks::suites(r, sha, args)
        }
        _ => return missing(&Node::Commit(id, sha), world, name),
    })
}

/// The commit and those before it, newest first; with a path only those that changed it.
fn history(world: &World, r: &Repository, commit: &Commit, args: &Args) -> Vec<Node> {
    let objects = world.objects(r);
    let mut all = objects.commits_between(Sha::ZERO, commit.sha);
    all.reverse();
    let changed = |sha: &Sha| {
        let Some(path) = args.text("path") else { return true };
        let at = |sha: Sha| objects.commit(sha).and_then(|c| c.files.get(path).copied());
        let before = objects.commit(*sha).and_then(|c| c.parents.first().copied()).and_then(at);
        before != at(*sha)
    };
    all.into_iter().filter(changed).map(|sha| Node::Commit(r.id, sha)).collect()
}

pub(super) fn tree(world: &World, id: u64, sha: Sha, name: &str) -> Resolved {
    let r = repository_of(world, id)?;
    if let Some(out) = object(r, "Tree", sha, name) {
        return Ok(out);
    }
    let entries = gone(world.objects(r).tree(sha))?;
    Ok(match name {
        "entries" => Out::List(
            entries
                .iter()
                .map(|e| {
                    Out::Node(Node::TreeEntry {
                        repository: id,
                        path: e.name.clone(),
                        sha: e.sha,
                        is_tree: e.is_tree,
                    })
                })
                .collect(),
        ),
        _ => return missing(&Node::Tree(id, sha), world, name),
    })
}

pub(super) fn entry(
    world: &World,
    id: u64,
    (path, sha, is_tree): (&str, Sha, bool),
    name: &str,
) -> Resolved {
    let r = repository_of(world, id)?;
    let file = path.rsplit('/').next().unwrap_or(path);
    Ok(match name {
        "name" => Out::leaf(file),
        "path" => Out::leaf(path),
        "type" => Out::leaf(if is_tree { "tree" } else { "blob" }),
        "mode" => Out::leaf(if is_tree { 0o040_000 } else { 0o100_644 }),
        "oid" => Out::leaf(sha.to_string()),
        "extension" => {
            Out::leaf(file.rfind('.').and_then(|dot| file.get(dot..)).unwrap_or_default())
        }
        "size" => Out::leaf(world.objects(r).blob(sha).map_or(0, bytes::Bytes::len)),
        "isGenerated" => Out::leaf(false),
        "object" => Out::Node(if is_tree { Node::Tree(id, sha) } else { Node::Blob(id, sha) }),
        _ => {
            let node = Node::TreeEntry { repository: id, path: path.to_owned(), sha, is_tree };
            return missing(&node, world, name);
        }
    })
}

pub(super) fn blob(world: &World, id: u64, sha: Sha, name: &str) -> Resolved {
    let r = repository_of(world, id)?;
    if let Some(out) = object(r, "Blob", sha, name) {
        return Ok(out);
    }
    let bytes = gone(world.objects(r).blob(sha))?;
    let binary = bytes.iter().take(8000).any(|b| *b == 0);
    Ok(match name {
        "byteSize" => Out::leaf(bytes.len()),
        "isBinary" => Out::leaf(binary),
        "isTruncated" => Out::leaf(!binary && bytes.len() > TEXT_LIMIT_BYTES),
        "text" if binary => Out::NULL,
        "text" => {
            let text = String::from_utf8_lossy(bytes);
            let mut end = text.len().min(TEXT_LIMIT_BYTES);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            Out::leaf(text.get(..end).unwrap_or_default())
        }
        _ => return missing(&Node::Blob(id, sha), world, name),
    })
}

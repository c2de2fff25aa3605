//! Commits, changed files, comparisons.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{HTML, node_id};
use crate::simulator::clock::text;
use crate::simulator::state::World;
use crate::simulator::state::diff::FileDiff;
use crate::simulator::state::git::{Commit, Sha};
use crate::simulator::state::repository::Repository;

/// What stays as it is in a path in an address.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Encodes a file's path for an address.
pub(crate) fn encode_path(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

impl World {
    /// `commit`, without its files.
    pub(crate) fn commit_json(&self, repository: &Repository, commit: &Commit) -> Value {
        let api = self.repository_url(repository);
        let html = format!("{HTML}/{}", repository.full_name());
        let sha = commit.sha.to_string();
        let person = json!({
            "name": commit.author,
            "email": format!("{}@users.example", commit.author),
            "date": text(commit.date),
        });
        let user = match self.user_json(&commit.author) {
            // Git's author need not have an account; GitHub gives an empty object or null then.
            Value::Null => json!({}),
            user => user,
        };
        json!({
            "sha": sha,
            "node_id": STANDARD.encode(format!("06:Commit{}:{sha}", repository.id)),
            "commit": {
                "author": person,
                "committer": person,
                "message": commit.message,
                "tree": {
                    "sha": commit.tree.to_string(),
                    "url": format!("{api}/git/trees/{}", commit.tree),
                },
                "url": format!("{api}/git/commits/{sha}"),
                "comment_count": 0,
                "verification": {
                    "verified": false, "reason": "unsigned",
                    "signature": null, "payload": null, "verified_at": null,
                },
            },
            "url": format!("{api}/commits/{sha}"),
            "html_url": format!("{html}/commit/{sha}"),
            "comments_url": format!("{api}/commits/{sha}/comments"),
            "author": user,
            "committer": user,
            "parents": commit.parents.iter().map(|parent| json!({
                "sha": parent.to_string(),
                "url": format!("{api}/commits/{parent}"),
                "html_url": format!("{html}/commit/{parent}"),
            })).collect::<Vec<_>>(),
        })
    }

    /// `diff-entry` of a file as it is at `head`.
    pub(crate) fn file_json(&self, repository: &Repository, file: &FileDiff, head: Sha) -> Value {
        let api = self.repository_url(repository);
        let html = format!("{HTML}/{}", repository.full_name());
        let path = encode_path(&file.path);
        let mut object = json!({
            "sha": file.blob.to_string(),
            "filename": file.path,
            "status": file.status.rest(),
            "additions": file.additions,
            "deletions": file.deletions,
            "changes": file.additions + file.deletions,
            "blob_url": format!("{html}/blob/{head}/{path}"),
            "raw_url": format!("{html}/raw/{head}/{path}"),
            "contents_url": format!("{api}/contents/{path}?ref={head}"),
        });
        if let Some(object) = object.as_object_mut() {
            if let Some(patch) = &file.patch {
                object.insert("patch".to_owned(), patch.clone().into());
            }
            if let Some(previous) = &file.previous_path {
                object.insert("previous_filename".to_owned(), previous.clone().into());
            }
        }
        object
    }

    /// `git-ref` of a branch.
    pub(crate) fn ref_json(&self, repository: &Repository, name: &str, sha: Sha) -> Value {
        json!({
            "ref": name,
            "node_id": node_id("Ref", repository.id),
            "url": format!("{}/git/{name}", self.repository_url(repository)),
            "object": {
                "type": "commit",
                "sha": sha.to_string(),
                "url": format!("{}/git/commits/{sha}", self.repository_url(repository)),
            },
        })
    }

    /// The short form that `check_suite` and `push` carry.
    pub(crate) fn simple_commit_json(commit: &Commit) -> Value {
        let person =
            json!({ "name": commit.author, "email": format!("{}@users.example", commit.author) });
        json!({
            "id": commit.sha.to_string(),
            "tree_id": commit.tree.to_string(),
            "message": commit.message,
            "timestamp": text(commit.date),
            "author": person,
            "committer": person,
        })
    }
}

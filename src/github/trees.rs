//! What lies in folders: a few levels by GraphQL, all of them by REST.

use serde::Deserialize;

use super::client::{Repository, encoded};
use super::error::Error;
use super::texts::{Batch, Found};
use super::transport::{Call, Verb};
use super::types::{Entry, EntryKind, Folder, FolderAt, PullRequestNumber};

/// What git's modes say of an entry, in octal: `120000` and `160000`.
const LINK: u32 = 0o120_000;
const SUBMODULE: u32 = 0o160_000;
const FOLDER: u32 = 0o040_000;

/// A tree as GraphQL gives it.
#[derive(Deserialize)]
pub(super) struct TreeData {
    /// Null where the object is none.
    oid: Option<String>,
    #[serde(default)]
    entries: Option<Vec<EntryData>>,
}

#[derive(Deserialize)]
struct EntryData {
    name: String,
    mode: u32,
    #[serde(default)]
    object: Option<InnerData>,
}

#[derive(Deserialize)]
struct InnerData {
    #[serde(default)]
    entries: Option<Vec<EntryData>>,
}

impl TreeData {
    /// The folder at `path`; `None` where something else stands there.
    pub(super) fn folder(self, path: &str) -> Option<Folder> {
        let tree = self.oid?;
        let mut entries = Vec::new();
        // Without a list, the folder is known and what lies in it is not.
        let truncated = self.entries.is_none();
        add(path, self.entries.unwrap_or_default(), &mut entries);
        Some(Folder { tree, entries, truncated })
    }
}

fn add(folder: &str, data: Vec<EntryData>, entries: &mut Vec<Entry>) {
    for EntryData { name, mode, object } in data {
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let inner = object.and_then(|object| object.entries);
        let kind = kind(mode, inner.is_some());
        entries.push(Entry { path: path.clone(), kind });
        add(&path, inner.unwrap_or_default(), entries);
    }
}

fn kind(mode: u32, listed: bool) -> EntryKind {
    match mode & 0o170_000 {
        FOLDER if listed => EntryKind::Folder,
        FOLDER => EntryKind::ClosedFolder,
        LINK => EntryKind::Link,
        SUBMODULE => EntryKind::Submodule,
        _ => EntryKind::File,
    }
}

#[derive(Deserialize)]
struct Listed {
    tree: Vec<Line>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Deserialize)]
struct Line {
    path: String,
    mode: String,
}

impl Repository {
    /// Everything below a folder, however deep, by the name of its tree. One REST call; GitHub's list ends at
    /// 100,000 entries or 7 MB. <https://docs.github.com/en/rest/git/trees#get-a-tree>
    pub async fn whole_folder(&self, path: &str, tree: &str) -> Result<Folder, Error> {
        let operation = "list a folder";
        let url = self.path(&format!("/git/trees/{}?recursive=1", encoded(tree)));
        let listed: Listed = self.json(&Call { operation, path: url, verb: Verb::Get }).await?;
        let entry = |line: Line| Entry {
            path: if path.is_empty() { line.path } else { format!("{path}/{}", line.path) },
            kind: kind(u32::from_str_radix(&line.mode, 8).unwrap_or_default(), !listed.truncated),
        };
        let entries = listed.tree.into_iter().map(entry).collect();
        Ok(Folder { tree: tree.to_owned(), entries, truncated: listed.truncated })
    }

    /// The folders of a query that was too much: their trees' names by one query, then each by REST.
    pub(super) async fn folders_apart(
        &self,
        number: Option<PullRequestNumber>,
        folders: &[FolderAt],
        found: &mut Found,
    ) -> Result<(), Error> {
        if folders.is_empty() {
            return Ok(());
        }
        let names: Vec<FolderAt> =
            folders.iter().map(|folder| FolderAt { levels: 0, ..folder.clone() }).collect();
        self.batch(number, Batch { folders: &names, ..Batch::default() }, found).await?;
        for (folder, name) in folders.iter().zip(&names) {
            let Some(Folder { tree, .. }) = found.folders.remove(name) else { continue };
            let whole = self.whole_folder(&folder.path, &tree).await?;
            found.folders.insert(folder.clone(), whole);
        }
        Ok(())
    }
}

//! What lies around the EPs: which paths exist, and who carries which number.

use std::collections::BTreeSet;

use super::change::{Surroundings, Text};
use super::plan::{Plan, root_levels};
use super::{Halt, Reader};
use crate::bot::books::Ruling;
use crate::bot::trouble::Trouble;
use crate::bot::words;
use crate::github::{
    Ask, ChangedFile, Content, EntryKind, FileChange, Folder, FolderAt, MAX_DEPTH,
    OpenPullRequests, Texts,
};
use crate::review::policy::Policy;
use crate::review::repository::{Item, Listing, may_hold_eps};
use crate::review::rule::{LINK_BROKEN, NUMBER_TAKEN};
use crate::review::{Tree, link_targets};

/// So many link targets outside the listings are looked up, in one query. What is not known is not judged.
const MOST_LINKS: usize = 200;

/// What the first query says of it.
pub(super) fn from(
    plan: &Plan,
    ruling: &Ruling,
    texts: &Texts,
    notes: &mut Vec<String>,
) -> Surroundings {
    let mut around = Surroundings::default();
    for (folder, content) in &texts.folders {
        if folder.commit == plan.head {
            add(&mut around.tree, &folder.path, content);
        }
    }
    // A folder that is not there has nothing in it; the root's list says that it is missing.
    if let Ruling::Law(law) = ruling {
        let OpenPullRequests { listed, more } = &texts.open_pull_requests;
        for other in listed.iter().filter(|other| Some(other.number) != plan.number) {
            let added = other.paths.iter().filter(|(path, change)| {
                matches!(change, FileChange::Added | FileChange::Renamed)
                    && law.policy.matches(path)
            });
            around.brought.extend(added.map(|(path, _)| (other.number, path.clone())));
        }
        if *more {
            notes.push(words::MANY_OPEN.to_owned());
        }
    }
    around
}

/// Adds a folder's listing.
pub(super) fn add(tree: &mut Listing, path: &str, folder: &Folder) {
    if !folder.truncated {
        tree.complete(path);
    }
    for entry in &folder.entries {
        let item = match entry.kind {
            EntryKind::File => Item::File,
            EntryKind::Folder | EntryKind::ClosedFolder => Item::Folder,
            EntryKind::Link | EntryKind::Submodule => Item::Elsewhere,
        };
        tree.add(&entry.path, item);
        if entry.kind == EntryKind::Folder {
            tree.complete(&entry.path);
        }
    }
}

/// The files in the folders of EPs at the tip of the base branch. Where EPs may lie deeper than the first query
/// lists, one REST call for each such folder.
pub(super) async fn deepen(
    reader: &mut Reader<'_>,
    plan: &Plan,
    policy: &Policy,
    texts: &Texts,
    around: &mut Surroundings,
    notes: &mut Vec<String>,
) -> Result<(), Halt> {
    if !plan.reviews() || policy.rule(&NUMBER_TAKEN).is_off() {
        return Ok(());
    }
    let commit = if plan.is_behind() { &plan.tip } else { &plan.head };
    let mut files = BTreeSet::new();
    for path in policy.globs().roots() {
        let levels = root_levels(&path);
        let at = FolderAt { commit: commit.clone(), path: path.clone(), levels };
        let Some(folder) = texts.folders.get(&at) else { continue };
        let whole = whole(reader, policy, &path, folder).await?;
        let folder = whole.as_ref().unwrap_or(folder);
        if folder.truncated {
            notes.push(words::LONG_LISTING.to_owned());
        }
        let listed = folder.entries.iter().filter(|entry| entry.kind == EntryKind::File);
        files.extend(listed.map(|entry| entry.path.clone()));
    }
    if !plan.is_behind() {
        take_back(&mut files, &plan.changed);
    }
    around.in_base = files.into_iter().collect();
    Ok(())
}

/// Turns the files at head into those at the merge base.
fn take_back(files: &mut BTreeSet<String>, changed: &[ChangedFile]) {
    for file in changed {
        match file.change {
            FileChange::Added | FileChange::Renamed => files.remove(&file.path),
            FileChange::Removed => files.insert(file.path.clone()),
            FileChange::Modified => continue,
        };
    }
    files.extend(changed.iter().filter_map(|file| file.previous_path.clone()));
}

/// Everything in a folder, where EPs may lie deeper than was listed.
pub(super) async fn whole(
    reader: &Reader<'_>,
    policy: &Policy,
    path: &str,
    folder: &Folder,
) -> Result<Option<Folder>, Halt> {
    let closed = folder.entries.iter().filter(|entry| entry.kind == EntryKind::ClosedFolder);
    let mut deep = closed.filter(|entry| may_hold_eps(policy, &entry.path));
    if deep.next().is_none() {
        return Ok(None);
    }
    Ok(Some(reader.repository.whole_folder(path, &folder.tree).await?))
}

/// Looks up where links lead that the listings do not tell of: one query, or none.
pub(super) async fn look_up_links(
    reader: &mut Reader<'_>,
    policy: &Policy,
    files: &[Text],
    tree: &mut Listing,
) -> Result<(), Halt> {
    if files.is_empty() || policy.rule(&LINK_BROKEN).is_off() {
        return Ok(());
    }
    let texts: Vec<(String, Vec<u8>)> = files
        .iter()
        .filter_map(|file| match &file.head {
            Content::Bytes(bytes) => Some((file.path.clone(), bytes.clone())),
            Content::TooLarge(_) | Content::Missing => None,
        })
        .collect();
    // Long EPs take milliseconds.
    let targets = tokio::task::spawn_blocking(move || {
        texts.iter().flat_map(|(path, bytes)| link_targets(path, bytes)).collect::<BTreeSet<_>>()
    });
    let targets = targets.await.map_err(|_| Trouble::Panicked)?;
    let unknown: Vec<String> =
        targets.into_iter().filter(|path| tree.has(path).is_none()).take(MOST_LINKS).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let ask = Ask { paths: Some((reader.head.clone(), unknown)), ..Ask::default() };
    for (path, there) in reader.read(&ask).await?.paths {
        tree.look_up(&path, there);
    }
    Ok(())
}

/// The folders of EPs of a policy, at a commit.
pub(in crate::bot) fn folders(policy: &Policy, commit: &crate::github::CommitSha) -> Vec<FolderAt> {
    let roots = policy.globs().roots().into_iter();
    roots
        .map(|path| FolderAt {
            commit: commit.clone(),
            levels: root_levels(&path).min(MAX_DEPTH),
            path,
        })
        .collect()
}

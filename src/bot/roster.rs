//! The EPs of a repository as they stand on a branch, for whoever asks in a comment.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::books::{Books, Law};
use super::evaluate::{bytes, template, template_name};
use super::gather::{TemplateFile, folders};
use super::trouble::Trouble;
use crate::github::{Ask, CommitSha, Content, EntryKind, FileAt, Objects, Repository};
use crate::review::Review;
use crate::review::repository::{
    MAX_PREVIEWED, PreviewFile, Rules, as_it_stands, choose_template, may_hold_eps,
};

/// EPs of a branch.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// By path.
    pub(super) reviews: Vec<Review>,
    /// How many files were not read, because there are too many.
    pub(super) unread: usize,
    /// Where the template comes from.
    pub(super) template: String,
}

/// Reads the EPs at a commit: one GraphQL query for their folders, one for each 50 EPs, and one REST call for each folder
/// that goes deeper than the first lists. Of more than [`MAX_PREVIEWED`] EPs, the first by path.
pub(super) async fn roster(
    repository: &Repository,
    books: &Books,
    law: &Law,
    tip: &CommitSha,
    today: Date,
) -> Result<Roster, Trouble> {
    let policy = &law.policy;
    let at = |path: &str| FileAt { commit: tip.clone(), path: path.to_owned() };
    let candidates = policy.template_paths().iter().map(|path| at(path)).collect();
    let ask = Ask { candidates, folders: folders(policy, tip), ..Ask::default() };
    let listed = repository.read_at(&ask).await?;
    let chosen = choose_template(policy, |path| {
        let content = listed.contents.get(&at(path)).filter(|c| **c != Content::Missing)?;
        Some(TemplateFile { blob: listed.blobs.get(&at(path))?.clone(), content: content.clone() })
    });
    let mut paths = BTreeSet::new();
    for (place, folder) in &listed.folders {
        let mut closed = folder.entries.iter().filter(|e| e.kind == EntryKind::ClosedFolder);
        let deeper = if closed.any(|entry| may_hold_eps(policy, &entry.path)) {
            Some(repository.whole_folder(&place.path, &folder.tree).await?)
        } else {
            None
        };
        let entries = deeper.as_ref().unwrap_or(folder).entries.iter();
        paths.extend(entries.filter(|e| e.kind == EntryKind::File).map(|e| e.path.clone()));
    }
    paths.retain(|path| policy.matches(path) && !policy.is_template(path));
    let unread = paths.len().saturating_sub(MAX_PREVIEWED);
    let eps: Vec<String> = paths.into_iter().take(MAX_PREVIEWED).collect();
    let beside = eps.iter().filter_map(|path| policy.sidecar(path));
    let files: Vec<FileAt> = eps.iter().cloned().chain(beside).map(|path| at(&path)).collect();
    let read = if files.is_empty() {
        Objects::default()
    } else {
        repository.read_at(&Ask { files, ..Ask::default() }).await?
    };
    let name = template_name(&chosen, tip);
    let (books, law) = (books.clone(), law.clone());
    // Hundreds of EPs take a tenth of a second.
    let judged = tokio::task::spawn_blocking(move || {
        let template = template(&books, &law, &chosen, None);
        let contents: HashMap<&str, &Content> =
            read.contents.iter().map(|(at, content)| (at.path.as_str(), content)).collect();
        let rules = Rules { policy: &law.policy, template: &template };
        let sidecar = |path: &str| match contents.get(path) {
            Some(Content::Bytes(bytes)) => Some(bytes.as_slice()),
            _ => None,
        };
        let review = |path: &String| {
            let content = match contents.get(path.as_str())? {
                Content::TooLarge(size) => Err(*size),
                Content::Missing => return None,
                content @ Content::Bytes(_) => Ok(bytes(content)),
            };
            as_it_stands(&PreviewFile { path, content }, rules, &sidecar, Some(today))
        };
        eps.iter().filter_map(review).collect()
    });
    let reviews = judged.await.map_err(|_| Trouble::Panicked)?;
    Ok(Roster { reviews, unread, template: name })
}

impl Roster {
    /// The EP of a number.
    pub(super) fn find(&self, number: u64) -> Option<&Review> {
        self.reviews.iter().find(|review| review.number == Some(number))
    }
}

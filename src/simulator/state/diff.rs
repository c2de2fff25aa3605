//! What changed between two trees, as GitHub lists it: status, previous name, patch.

use std::collections::{BTreeSet, HashMap};

use similar::{ChangeTag, TextDiff};

use super::git::{Files, Objects, Sha};

/// Above this many bytes GitHub gives a file of a comparison no patch.
const PATCH_LIMIT_BYTES: usize = 1_000_000;
/// Above this many lines GitHub gives a file of a comparison no patch.
const PATCH_LIMIT_LINES: usize = 20_000;
/// Inexact renames are looked for only below this many candidates on a side. Git's own `diff.renameLimit` is
/// 1,000; so many would only be slow here.
const RENAME_LIMIT: usize = 200;
/// Git takes a removed and an added file for one when at least half of the bytes are the same.
const RENAME_SIMILARITY_PERCENT: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Added,
    Modified,
    Removed,
    Renamed,
}

impl Status {
    pub(crate) fn rest(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
        }
    }

    /// GraphQL's `PatchStatus`.
    pub(crate) fn graphql(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Modified => "MODIFIED",
            Self::Removed => "DELETED",
            Self::Renamed => "RENAMED",
        }
    }
}

/// One changed file.
#[derive(Debug, Clone)]
pub(crate) struct FileDiff {
    pub(crate) path: String,
    pub(crate) previous_path: Option<String>,
    pub(crate) status: Status,
    /// The blob at head; at base for a removed file.
    pub(crate) blob: Sha,
    pub(crate) additions: usize,
    pub(crate) deletions: usize,
    /// None for a binary or very large file, and for a rename without change.
    pub(crate) patch: Option<String>,
}

/// Changed paths without their patches: cheap enough for counting.
#[derive(Debug, Clone)]
struct Pair {
    path: String,
    previous_path: Option<String>,
    old: Option<Sha>,
    new: Option<Sha>,
}

/// The changed files from `old` to `new`, sorted by path.
pub(crate) fn between(objects: &Objects, old: &Files, new: &Files) -> Vec<FileDiff> {
    let mut pairs = Vec::new();
    let mut removed = Vec::new();
    let mut added = Vec::new();
    for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        match (old.get(path), new.get(path)) {
            (Some(a), Some(b)) if a != b => pairs.push(Pair {
                path: path.clone(),
                previous_path: None,
                old: Some(*a),
                new: Some(*b),
            }),
            (Some(a), None) => removed.push((path.clone(), *a)),
            (None, Some(b)) => added.push((path.clone(), *b)),
            _ => {}
        }
    }
    match_renames(objects, &mut removed, &mut added, &mut pairs);
    pairs.extend(removed.into_iter().map(|(path, sha)| Pair {
        path,
        previous_path: None,
        old: Some(sha),
        new: None,
    }));
    pairs.extend(added.into_iter().map(|(path, sha)| Pair {
        path,
        previous_path: None,
        old: None,
        new: Some(sha),
    }));
    pairs.sort_by(|a, b| a.path.cmp(&b.path));
    pairs.into_iter().filter_map(|pair| describe(objects, pair)).collect()
}

/// Takes from both lists the files that only changed their name: first the equal ones, then the most similar.
fn match_renames(
    objects: &Objects,
    removed: &mut Vec<(String, Sha)>,
    added: &mut Vec<(String, Sha)>,
    pairs: &mut Vec<Pair>,
) {
    let mut candidates = Vec::new();
    let inexact = removed.len() <= RENAME_LIMIT && added.len() <= RENAME_LIMIT;
    for (r, (_, old)) in removed.iter().enumerate() {
        for (a, (_, new)) in added.iter().enumerate() {
            let percent = if old == new {
                100
            } else if inexact {
                similarity_percent(objects, *old, *new).min(99)
            } else {
                0
            };
            if percent >= RENAME_SIMILARITY_PERCENT {
                candidates.push((percent, r, a));
            }
        }
    }
    candidates.sort_by_key(|(percent, r, a)| (std::cmp::Reverse(*percent), *r, *a));
    let (mut gone, mut came) = (BTreeSet::new(), BTreeSet::new());
    for (_, r, a) in candidates {
        if gone.contains(&r) || came.contains(&a) {
            continue;
        }
        gone.insert(r);
        came.insert(a);
        if let (Some((from, old)), Some((to, new))) = (removed.get(r), added.get(a)) {
            pairs.push(Pair {
                path: to.clone(),
                previous_path: Some(from.clone()),
                old: Some(*old),
                new: Some(*new),
            });
        }
    }
    let mut index = 0;
    removed.retain(|_| {
        index += 1;
        !gone.contains(&(index - 1))
    });
    let mut index = 0;
    added.retain(|_| {
        index += 1;
        !came.contains(&(index - 1))
    });
}

/// Bytes in lines that both have, of the larger one's bytes.
fn similarity_percent(objects: &Objects, old: Sha, new: Sha) -> usize {
    let (Some(old), Some(new)) = (objects.blob(old), objects.blob(new)) else { return 0 };
    let (small, large) = (old.len().min(new.len()), old.len().max(new.len()));
    if small * 100 < large * RENAME_SIMILARITY_PERCENT || large == 0 {
        return 0;
    }
    let mut lines: HashMap<&[u8], usize> = HashMap::new();
    for line in old.split_inclusive(|b| *b == b'\n') {
        *lines.entry(line).or_default() += 1;
    }
    let mut same = 0;
    for line in new.split_inclusive(|b| *b == b'\n') {
        if let Some(left) = lines.get_mut(line)
            && *left > 0
        {
            *left -= 1;
            same += line.len();
        }
    }
    same * 100 / large
}

fn describe(objects: &Objects, pair: Pair) -> Option<FileDiff> {
    let old = pair.old.and_then(|sha| objects.blob(sha)).map_or(&[][..], |b| b);
    let new = pair.new.and_then(|sha| objects.blob(sha)).map_or(&[][..], |b| b);
    let status = match (&pair.previous_path, pair.old, pair.new) {
        (Some(_), ..) => Status::Renamed,
        (None, None, _) => Status::Added,
        (None, _, None) => Status::Removed,
        (None, Some(_), Some(_)) => Status::Modified,
    };
    let (additions, deletions, patch) = patch(old, new);
    Some(FileDiff {
        path: pair.path,
        previous_path: pair.previous_path,
        status,
        blob: pair.new.or(pair.old)?,
        additions,
        deletions,
        patch,
    })
}

/// Added lines, removed lines and the unified diff with three lines of context.
fn patch(old: &[u8], new: &[u8]) -> (usize, usize, Option<String>) {
    // Git calls a file binary when there is a NUL in its first 8,000 bytes.
    let binary = [old, new].iter().any(|side| side.iter().take(8000).any(|b| *b == 0));
    if binary || old == new {
        return (0, 0, None);
    }
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
    let (mut additions, mut deletions) = (0, 0);
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Insert => additions += 1,
            ChangeTag::Delete => deletions += 1,
            ChangeTag::Equal => {}
        }
    }
    let mut text = diff.unified_diff().context_radius(3).to_string();
    if text.ends_with('\n') {
        text.pop();
    }
    let too_large = text.len() > PATCH_LIMIT_BYTES || additions + deletions > PATCH_LIMIT_LINES;
    (additions, deletions, (!too_large).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::state::git::Change;

    fn diff(old: &[Change<'_>], new: &[Change<'_>]) -> Vec<FileDiff> {
        let mut objects = Objects::default();
        let base = objects.add_commit(&[], old, "base", "ann");
        let head = objects.add_commit(&[base], new, "head", "ann");
        let files = |sha| objects.commit(sha).expect("just added").files.clone();
        between(&objects, &files(base), &files(head))
    }

    #[test]
    fn a_change_has_a_unified_patch_without_a_file_header() {
        let files =
            diff(&[("a.md", Some(b"one\ntwo\nthree\n"))], &[("a.md", Some(b"one\n2\nthree"))]);
        assert_eq!(files.len(), 1);
        assert_eq!((files[0].additions, files[0].deletions), (2, 2));
        assert_eq!(
            files[0].patch.as_deref(),
            Some("@@ -1,3 +1,3 @@\n one\n-two\n-three\n+2\n+three\n\\ No newline at end of file")
        );
    }

    #[test]
    fn an_added_file_starts_from_line_zero() {
        let files = diff(&[], &[("a.md", Some(b"one\n"))]);
        assert_eq!(files[0].status, Status::Added);
        assert_eq!(files[0].patch.as_deref(), Some("@@ -0,0 +1 @@\n+one"));
    }

    #[test]
    fn a_similar_file_under_a_new_name_is_a_rename() {
        let files = diff(
            &[("old.md", Some(b"one\ntwo\nthree\nfour\n")), ("other.md", Some(b"x\n"))],
            &[
                ("old.md", None),
                ("other.md", None),
                ("new.md", Some(b"one\ntwo\nthree\n4\n")),
                ("fresh.md", Some(b"nothing alike\n")),
            ],
        );
        let seen: Vec<_> =
            files.iter().map(|f| (f.path.as_str(), f.status, f.previous_path.as_deref())).collect();
        assert_eq!(
            seen,
            [
                ("fresh.md", Status::Added, None),
                ("new.md", Status::Renamed, Some("old.md")),
                ("other.md", Status::Removed, None),
            ]
        );
    }

    #[test]
    fn a_pure_rename_and_a_binary_file_have_no_patch() {
        let files = diff(
            &[("a.md", Some(b"same\n")), ("b.bin", Some(b"\0\x01"))],
            &[("a.md", None), ("z.md", Some(b"same\n")), ("b.bin", Some(b"\0\x02"))],
        );
        assert!(files.iter().all(|f| f.patch.is_none() && f.additions == 0));
    }
}

//! Git objects: blobs, trees and commits, named by git's own hashes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

/// Name of a git object: a SHA-1 as 40 hexadecimal digits when shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha([u8; 20]);

impl Sha {
    /// The name that is shown as forty zeros: "no object", as pushes that create a branch say.
    pub const ZERO: Self = Self([0; 20]);

    /// Reads 40 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 20];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    fn of(kind: &str, content: &[u8]) -> Self {
        let mut hasher = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
        hasher.update(format!("{kind} {}\0", content.len()).as_bytes());
        hasher.update(content);
        let mut bytes = [0; 20];
        for (to, from) in bytes.iter_mut().zip(hasher.finish().as_ref()) {
            *to = *from;
        }
        Self(bytes)
    }
}

impl fmt::Display for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Sha> for String {
    fn from(sha: Sha) -> Self {
        sha.to_string()
    }
}

impl PartialEq<str> for Sha {
    fn eq(&self, other: &str) -> bool {
        Self::parse(other) == Some(*self)
    }
}

/// Every file of a commit: path → blob.
pub(crate) type Files = BTreeMap<String, Sha>;

/// What a path of a new commit becomes: bytes, or nothing when the file goes.
pub type Change<'a> = (&'a str, Option<&'a [u8]>);

/// One line of a tree.
#[derive(Debug, Clone)]
pub(crate) struct TreeEntry {
    pub(crate) name: String,
    pub(crate) sha: Sha,
    pub(crate) is_tree: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) sha: Sha,
    pub(crate) tree: Sha,
    pub(crate) parents: Vec<Sha>,
    pub(crate) files: Arc<Files>,
    pub(crate) message: String,
    pub(crate) author: String,
    pub(crate) date: Timestamp,
    /// One more than the greatest of the parents': an ancestor always has a smaller one.
    generation: u64,
}

/// The objects of a repository and all its forks.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    blobs: HashMap<Sha, Bytes>,
    trees: HashMap<Sha, Vec<TreeEntry>>,
    commits: HashMap<Sha, Commit>,
}

impl Objects {
    pub(crate) fn blob(&self, sha: Sha) -> Option<&Bytes> {
        self.blobs.get(&sha)
    }

    pub(crate) fn tree(&self, sha: Sha) -> Option<&[TreeEntry]> {
        self.trees.get(&sha).map(Vec::as_slice)
    }

    pub(crate) fn commit(&self, sha: Sha) -> Option<&Commit> {
        self.commits.get(&sha)
    }

    /// The one commit whose name starts with `prefix`: at least four digits, and no other may start so.
    pub(crate) fn commit_by_prefix(&self, prefix: &str) -> Option<Sha> {
        if prefix.len() < 4 || !prefix.chars().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        let prefix = prefix.to_ascii_lowercase();
        let mut found = self.commits.keys().filter(|sha| sha.to_string().starts_with(&prefix));
        let first = found.next().copied();
        if found.next().is_some() { None } else { first }
    }

    /// Adds a commit whose files are those of the first parent with `changes` applied.
    ///
    /// The date is the parents' plus a minute, so that the same history has the same names in every run.
    pub(crate) fn add_commit(
        &mut self,
        parents: &[Sha],
        changes: &[Change<'_>],
        message: &str,
        author: &str,
    ) -> Sha {
        let mut files = parents
            .first()
            .and_then(|sha| self.commits.get(sha))
            .map_or_else(Files::new, |parent| (*parent.files).clone());
        for (path, content) in changes {
            if let Some(content) = content {
                let sha = Sha::of("blob", content);
                self.blobs.entry(sha).or_insert_with(|| Bytes::copy_from_slice(content));
                files.insert((*path).to_owned(), sha);
            } else {
                files.remove(*path);
            }
        }
        self.add_commit_of(parents, files, message, author)
    }

    /// Adds a commit with exactly these files, whose blobs are already here.
    pub(crate) fn add_commit_of(
        &mut self,
        parents: &[Sha],
        files: Files,
        message: &str,
        author: &str,
    ) -> Sha {
        let tree = self.add_tree(&files.iter().map(|(p, s)| (p.as_str(), *s)).collect::<Vec<_>>());
        let parents_known: Vec<&Commit> =
            parents.iter().filter_map(|p| self.commits.get(p)).collect();
        let generation = parents_known.iter().map(|p| p.generation + 1).max().unwrap_or_default();
        let date = parents_known.iter().map(|p| p.date).max().map_or_else(
            || Timestamp::constant(1_735_689_600, 0),
            |latest| latest.saturating_add(SignedDuration::from_mins(1)).unwrap_or(latest),
        );
        let mut lines = vec![format!("tree {tree}")];
        lines.extend(parents.iter().map(|parent| format!("parent {parent}")));
        let person = format!("{author} <{author}@users.example> {} +0000", date.as_second());
        lines.push(format!("author {person}\ncommitter {person}\n\n{message}\n"));
        let sha = Sha::of("commit", lines.join("\n").as_bytes());
        self.commits.insert(
            sha,
            Commit {
                sha,
                tree,
                parents: parents.to_vec(),
                files: Arc::new(files),
                message: message.to_owned(),
                author: author.to_owned(),
                date,
                generation,
            },
        );
        sha
    }

    /// Builds the tree of `files`, which are sorted by path, and the trees below it.
    fn add_tree(&mut self, files: &[(&str, Sha)]) -> Sha {
        let mut below: BTreeMap<&str, Vec<(&str, Sha)>> = BTreeMap::new();
        let mut entries = Vec::new();
        for (path, sha) in files {
            match path.split_once('/') {
                Some((folder, rest)) => below.entry(folder).or_default().push((rest, *sha)),
                None => {
                    entries.push(TreeEntry { name: (*path).to_owned(), sha: *sha, is_tree: false });
                }
            }
        }
        for (folder, files) in below {
            let sha = self.add_tree(&files);
            entries.push(TreeEntry { name: folder.to_owned(), sha, is_tree: true });
        }
        // Git sorts a tree's name as if it ended with a slash.
        entries.sort_by_cached_key(|e| {
            let mut key = e.name.clone();
            if e.is_tree {
                key.push('/');
            }
            key
        });
        let mut content = Vec::new();
        for entry in &entries {
            let mode = if entry.is_tree { "40000" } else { "100644" };
            content.extend_from_slice(format!("{mode} {}\0", entry.name).as_bytes());
            content.extend_from_slice(&entry.sha.0);
        }
        let sha = Sha::of("tree", &content);
        self.trees.insert(sha, entries);
        sha
    }

    /// The commit itself and everything before it.
    pub(crate) fn ancestors(&self, sha: Sha) -> HashSet<Sha> {
        let mut seen = HashSet::new();
        let mut waiting = vec![sha];
        while let Some(sha) = waiting.pop() {
            if let Some(commit) = self.commits.get(&sha)
                && seen.insert(sha)
            {
                waiting.extend(&commit.parents);
            }
        }
        seen
    }

    /// The newest commit that both descend from; none when the histories never met.
    pub(crate) fn merge_base(&self, a: Sha, b: Sha) -> Option<Sha> {
        let of_a = self.ancestors(a);
        self.ancestors(b)
            .into_iter()
            .filter(|sha| of_a.contains(sha))
            .max_by_key(|sha| (self.commits.get(sha).map(|c| c.generation), *sha))
    }

    /// The commits that `head` has and `base` has not, oldest first.
    pub(crate) fn commits_between(&self, base: Sha, head: Sha) -> Vec<Sha> {
        let known = self.ancestors(base);
        let mut new: Vec<Sha> =
            self.ancestors(head).into_iter().filter(|sha| !known.contains(sha)).collect();
        new.sort_by_key(|sha| (self.commits.get(sha).map(|c| c.generation), *sha));
        new
    }

    /// The tree of a folder of a commit; the whole commit's for an empty path.
    pub(crate) fn tree_at(&self, root: Sha, path: &str) -> Option<Sha> {
        let mut tree = root;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            tree = self.trees.get(&tree)?.iter().find(|e| e.is_tree && e.name == name)?.sha;
        }
        Some(tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_git_gives() {
        let mut objects = Objects::default();
        let sha = objects.add_commit(&[], &[("a.txt", Some(b"hello\n"))], "first", "ann");
        let commit = objects.commit(sha).expect("just added");
        assert_eq!(commit.files["a.txt"].to_string(), "ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(commit.tree.to_string(), "2e81171448eb9f2ee3821e3d447aa6b2fe3ddba1");
    }

    #[test]
    fn the_merge_base_is_the_newest_commit_of_both_histories() {
        let mut objects = Objects::default();
        let root = objects.add_commit(&[], &[("a", Some(b"1"))], "root", "ann");
        let fork = objects.add_commit(&[root], &[("a", Some(b"2"))], "fork point", "ann");
        let left = objects.add_commit(&[fork], &[("b", Some(b"3"))], "left", "ann");
        let right = objects.add_commit(&[fork], &[("c", Some(b"4"))], "right", "ann");
        assert_eq!(objects.merge_base(left, right), Some(fork));
        let merged = objects.add_commit(&[right, left], &[("b", Some(b"3"))], "merge", "ann");
        let later = objects.add_commit(&[left], &[("b", Some(b"5"))], "later", "ann");
        assert_eq!(objects.merge_base(merged, later), Some(left));
        let stranger = objects.add_commit(&[], &[("z", Some(b"z"))], "other root", "ann");
        assert_eq!(objects.merge_base(stranger, left), None);
        assert_eq!(objects.commits_between(right, later), [left, later]);
    }

    #[test]
    fn a_folder_has_a_tree_of_its_own() {
        let mut objects = Objects::default();
        let sha = objects.add_commit(
            &[],
            &[("eps/one/a.md", Some(b"1")), ("eps/b.md", Some(b"2")), ("README", Some(b"3"))],
            "files",
            "ann",
        );
        let root = objects.commit(sha).expect("just added").tree;
        let tree = objects.tree_at(root, "eps").and_then(|t| objects.tree(t)).expect("a folder");
        let names: Vec<&str> = tree.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["b.md", "one"]);
        assert_eq!(objects.tree_at(root, "eps/nowhere"), None);
    }
}

//! Files at a commit.

use gix::objs::tree::EntryKind;

use super::{CommitId, Error, Repository};

/// Larger files are not read, in bytes. An EP has at most 1 MiB; nothing near this is one.
pub const LARGEST: u64 = 8 << 20;

/// The content of a file at a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// There is no such file at that commit: nothing, a folder, a symlink or a submodule.
    Missing,
    /// Its bytes as committed: no line ending is converted, nothing is filtered.
    Bytes(Vec<u8>),
    /// More than [`LARGEST`]; its size in bytes.
    TooLarge(u64),
}

impl Repository {
    /// The file at `path`, as [`Repository::relative`] writes it, at a commit. Upper and lower case differ.
    pub fn file(&self, commit: &CommitId, path: &str) -> Result<Content, Error> {
        let mut tree = self.tree(commit)?;
        let mut names = path.split('/').peekable();
        while let Some(name) = names.next() {
            let Some(entry) = tree.find_entry(name.as_bytes()) else { break };
            let (kind, id) = (entry.mode().kind(), entry.object_id());
            match (kind, names.peek()) {
                (EntryKind::Tree, Some(_)) => tree = self.folder(id)?,
                (EntryKind::Blob | EntryKind::BlobExecutable, None) => return self.blob(id),
                _ => break,
            }
        }
        Ok(Content::Missing)
    }

    /// The path of every file and symlink at a commit, sorted by bytes. What is not UTF-8 is replaced.
    pub fn paths(&self, commit: &CommitId) -> Result<Vec<String>, Error> {
        let mut paths = Vec::new();
        let mut folders = vec![(Vec::new(), self.tree(commit)?)];
        while let Some((above, tree)) = folders.pop() {
            for entry in tree.iter() {
                let entry = entry.map_err(Error::doing("read a folder"))?;
                let mut path: Vec<u8> = above.clone();
                path.extend_from_slice(entry.filename());
                match entry.mode().kind() {
                    EntryKind::Tree => {
                        path.push(b'/');
                        folders.push((path, self.folder(entry.object_id())?));
                    }
                    EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Link => {
                        paths.push(path);
                    }
                    EntryKind::Commit => {}
                }
            }
        }
        paths.sort_unstable();
        Ok(paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect())
    }

    fn tree(&self, commit: &CommitId) -> Result<gix::Tree<'_>, Error> {
        let commit = self.object(commit.0)?.try_into_commit();
        let id = commit.and_then(|commit| Ok(commit.tree_id()?.detach()));
        self.folder(id.map_err(Error::doing("read a commit"))?)
    }

    fn folder(&self, id: gix::ObjectId) -> Result<gix::Tree<'_>, Error> {
        let tree = self.object(id)?.try_into_tree();
        tree.map_err(Error::doing("read a folder"))
    }

    fn blob(&self, id: gix::ObjectId) -> Result<Content, Error> {
        // The size stands before the content: a large file costs no memory.
        let header = self.inner.try_find_header(id);
        let size = header.map_err(Error::doing("read a file"))?.map(|h| h.size());
        match size {
            Some(size) if size > LARGEST => Ok(Content::TooLarge(size)),
            _ => Ok(Content::Bytes(self.object(id)?.detach().data)),
        }
    }
}

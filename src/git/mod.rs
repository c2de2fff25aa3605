//! A local git repository, read only: what a revision names, where two histories part, and files at a commit.
//!
//! [`Repository::around`] finds it; every answer comes from the repository itself, through a library. No `git`
//! program is run, nothing is written, no network is used.
//!
//! **Invariant:** which repository is read follows from the path alone. Environment (`GIT_DIR` and its kin) and
//! the user's git configuration are not looked at: in a hook they name the repository that runs it.

mod error;
mod history;
mod open;
mod place;
mod revision;
mod tree;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;

pub use error::{Advice, Error};
pub use tree::{Content, LARGEST};

/// A repository with a work tree. Cheap to open: no object is read before it is asked for. It stays on its thread.
#[derive(Debug)]
pub struct Repository {
    inner: gix::Repository,
    /// Without symlinks, so that it can be compared.
    root: PathBuf,
}

/// A commit's name. It comes out of a repository, so it is never misspelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(gix::ObjectId);

impl fmt::Display for CommitId {
    /// All 40 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.to_hex().fmt(f)
    }
}

impl Repository {
    /// An object that the repository refers to, and so should hold.
    fn object(&self, id: gix::ObjectId) -> Result<gix::Object<'_>, Error> {
        let object = self.inner.try_find_object(id).map_err(Error::doing("read an object"))?;
        object.ok_or_else(|| self.absent(id))
    }

    fn absent(&self, id: gix::ObjectId) -> Error {
        Error::Absent { id: id.to_string(), root: self.root.clone() }
    }
}

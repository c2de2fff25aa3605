//! Finding and opening a repository.

use std::path::Path;

use gix::discover::upwards;
use gix::sec::trust::Mapping;
use gix::{ThreadSafeRepository, open};

use super::{Error, Repository, place};

/// Bytes of decoded objects that are kept: the upper folders of a commit are read again for each of its files.
const OBJECT_CACHE: usize = 4 << 20;

impl Repository {
    /// The repository around `path`, a file or folder that need not exist; `None` where there is none. Like git,
    /// it looks upwards, not beyond the file system. A repository of another owner is read too: nothing of it is
    /// run.
    pub fn around(path: &Path) -> Result<Option<Self>, Error> {
        let start = place::nearest_folder(path).map_err(|error| Error::Failed {
            doing: "find the present folder",
            cause: error.to_string(),
        })?;
        let trust = Mapping { full: open::Options::isolated(), reduced: open::Options::isolated() };
        let opened =
            match ThreadSafeRepository::discover_opts(&start, upwards::Options::default(), trust) {
                Ok(opened) => Some(opened.to_thread_local()),
                Err(error) if is_nowhere(&error) => None,
                // Of what the library may not know, only this is asked for at opening.
                Err(error) if error.is_unsupported() => {
                    let what =
                        "its objects are not named by SHA-1 (`git init --object-format=sha256`)";
                    return Err(Error::Format { path: start, what });
                }
                Err(error) => return Err(Error::doing("open the repository")(error)),
            };
        let Some(mut inner) = opened else {
            return dangling(&start, Path::new("/")).map_or(Ok(None), Err);
        };
        let folder = inner.git_dir().to_owned();
        let Some(root) = inner.workdir() else { return Err(Error::Bare { path: folder }) };
        let root = root.canonicalize().map_err(|error| Error::Failed {
            doing: "open the work tree",
            cause: error.to_string(),
        })?;
        if let Some(error) = dangling(&start, &root) {
            return Err(error);
        }
        // The library would take such a repository for one without a commit.
        let references = inner.config_snapshot().string("extensions.refStorage");
        if references.is_some_and(|format| format != "files") {
            let what = "its references are not kept as files (`git refs migrate --ref-format=files` changes that)";
            return Err(Error::Format { path: folder, what });
        }
        inner.object_cache_size_if_unset(OBJECT_CACHE);
        Ok(Some(Self { inner, root }))
    }

    /// The work tree's folder, absolute and without symlinks.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `path` as git writes it: from the root, with `/`, without `.`, `..` and symlinked folders. Empty for the
    /// root itself, `None` outside of it. The file need not exist; what is not UTF-8 is replaced.
    pub fn relative(&self, path: &Path) -> Option<String> {
        let place = place::real(path).ok()?;
        let below = place.strip_prefix(&self.root).ok()?;
        let names: Vec<_> = below.iter().map(std::ffi::OsStr::to_string_lossy).collect();
        Some(names.join("/"))
    }
}

fn is_nowhere(error: &gix::Error) -> bool {
    matches!(
        error.downcast_any_ref::<upwards::Error>(),
        Some(
            upwards::Error::NoGitRepository { .. }
                | upwards::Error::NoGitRepositoryWithinFs { .. }
                | upwards::Error::NoGitRepositoryWithinCeiling { .. }
        )
    )
}

/// A `.git` *file* below `root` and around `start`: the library walks past one that leads nowhere, and would
/// find another repository further out, or none.
fn dangling(start: &Path, root: &Path) -> Option<Error> {
    start
        .ancestors()
        .take_while(|folder| *folder != root)
        .map(|folder| folder.join(".git"))
        .find(|file| file.is_file())
        .map(|file| Error::Dangling { file })
}

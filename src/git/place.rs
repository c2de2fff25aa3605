//! Where a path really is, symlinks followed.

use std::io;
use std::path::{Component, Path, PathBuf};

/// The absolute path of what `path` names, without `.`, `..` and symlinked folders. A symlink to a file stays:
/// git keeps the link, not what it leads to. What does not exist is taken by the letter.
pub(super) fn real(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::env::current_dir()?.join(path);
    if absolute.is_dir() {
        return absolute.canonicalize();
    }
    let mut parents = absolute.ancestors().skip(1);
    let found = parents.find_map(|parent| Some((parent.canonicalize().ok()?, parent)));
    let Some((mut place, parent)) = found else { return Ok(absolute) };
    for component in absolute.strip_prefix(parent).unwrap_or(Path::new("")).components() {
        match component {
            Component::Normal(name) => place.push(name),
            Component::ParentDir => drop(place.pop()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    Ok(place)
}

/// The folder that `path` names or would lie in.
pub(super) fn nearest_folder(path: &Path) -> io::Result<PathBuf> {
    let place = real(path)?;
    Ok(place.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/")).to_owned())
}

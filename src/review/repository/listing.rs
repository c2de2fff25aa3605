//! A repository's paths at one commit, as far as they were listed.

use std::collections::{BTreeMap, HashSet};

use crate::review::input::Tree;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link or a submodule: what lies behind it is not looked at, and taken to be there.
    Elsewhere,
}

/// Paths that were listed, and folders of which all of the content was.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    items: BTreeMap<String, Item>,
    /// Whether the content of these folders is among the items; the root is empty.
    listed: HashSet<String>,
    /// Single paths that were looked up.
    looked_up: BTreeMap<String, bool>,
}

impl Listing {
    /// Adds what stands at a path.
    pub fn add(&mut self, path: &str, item: Item) {
        self.items.insert(path.to_owned(), item);
    }

    /// Notes that everything in a folder has been added, or is being.
    pub fn complete(&mut self, folder: &str) {
        self.listed.insert(folder.to_owned());
    }

    /// Notes whether something stands at a path that was looked up by itself.
    pub fn look_up(&mut self, path: &str, there: bool) {
        self.looked_up.insert(path.to_owned(), there);
    }

    /// The files, in order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter(|(_, item)| **item == Item::File).map(|(path, _)| path.as_str())
    }

    /// The files directly in a folder.
    pub fn files_in<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.files()
            .filter(move |path| path.rsplit_once('/').map_or("", |(parent, _)| parent) == folder)
    }

    /// Folders whose content is not known.
    pub fn closed(&self) -> impl Iterator<Item = &str> {
        let folders = self.items.iter().filter(|(_, item)| **item == Item::Folder);
        folders.map(|(path, _)| path.as_str()).filter(|path| !self.listed.contains(*path))
    }
}

impl Tree for Listing {
    fn has(&self, path: &str) -> Option<bool> {
        if let Some(there) = self.looked_up.get(path) {
            return Some(*there);
        }
        if self.items.contains_key(path) {
            return Some(true);
        }
        let mut inner = path;
        while !inner.is_empty() {
            let folder = inner.rsplit_once('/').map_or("", |(folder, _)| folder);
            match self.items.get(folder) {
                Some(Item::File) => return Some(false),
                Some(Item::Elsewhere) => return Some(true),
                // All of it is known, and the next part of the path is not in it.
                _ if self.listed.contains(folder) => return Some(false),
                Some(Item::Folder) => return None,
                None => inner = folder,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The root and `eps` are listed; `docs` and `eps/one/images` are not.
    fn listing() -> Listing {
        let mut listing = Listing::default();
        listing.complete("");
        for (path, item) in [
            ("README.md", Item::File),
            ("docs", Item::Folder),
            ("eps", Item::Folder),
            ("lib", Item::Elsewhere),
            ("eps/one", Item::Folder),
            ("eps/one/README.md", Item::File),
            ("eps/one/images", Item::Folder),
        ] {
            listing.add(path, item);
        }
        listing.complete("eps");
        listing.complete("eps/one");
        listing
    }

    #[test]
    fn what_is_listed_is_known_and_the_rest_is_not_guessed() {
        let listing = listing();
        for path in ["README.md", "docs", "eps/one/README.md", "lib", "lib/anything.md"] {
            assert_eq!(listing.has(path), Some(true), "{path}");
        }
        for path in ["gone.md", "gone/deep.md", "eps/two/x.md", "eps/one/README.md/x", "eps/one/b"]
        {
            assert_eq!(listing.has(path), Some(false), "{path}");
        }
        for path in ["docs/x.md", "docs/a/b.md", "eps/one/images/a.png"] {
            assert_eq!(listing.has(path), None, "{path}");
        }
        assert_eq!(Listing::default().has("x.md"), None);
        assert_eq!(listing.closed().collect::<Vec<_>>(), ["docs", "eps/one/images"]);
        assert_eq!(listing.files_in("eps/one").collect::<Vec<_>>(), ["eps/one/README.md"]);
    }

    #[test]
    fn a_path_that_was_looked_up_is_known() {
        let mut listing = listing();
        listing.look_up("docs/x.md", true);
        listing.look_up("docs/y.md", false);
        assert_eq!(listing.has("docs/x.md"), Some(true));
        assert_eq!(listing.has("docs/y.md"), Some(false));
        assert_eq!(listing.has("docs/z.md"), None);
    }
}

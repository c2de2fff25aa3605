//! Which files are EPs, and where their template lies.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Where EPs are looked for, relative to the repository's root.
pub const DEFAULT_PATHS: &[&str] = &["eps/**/*.md", "enhancements/**/*.md", "docs/eps/**/*.md"];

/// Globs of paths relative to the repository's root: `*` stops at a `/`, `**` does not, case is folded.
#[derive(Debug, Clone)]
pub struct Globs {
    written: Vec<String>,
    set: GlobSet,
}

impl Default for Globs {
    fn default() -> Self {
        let written = DEFAULT_PATHS.iter().map(|path| (*path).to_owned());
        Self::new(written.collect()).unwrap_or(Self { written: Vec::new(), set: GlobSet::empty() })
    }
}

impl Globs {
    /// Compiles globs.
    ///
    /// # Errors
    /// The index of the first one that is no glob, and why.
    pub fn new(written: Vec<String>) -> Result<Self, (usize, globset::Error)> {
        let mut set = GlobSetBuilder::new();
        for (at, glob) in written.iter().enumerate() {
            let mut built = GlobBuilder::new(glob);
            built.literal_separator(true).case_insensitive(true);
            set.add(built.build().map_err(|error| (at, error))?);
        }
        let set = set.build().map_err(|error| (0, error))?;
        Ok(Self { written, set })
    }

    /// The globs as they are written.
    pub fn written(&self) -> &[String] {
        &self.written
    }

    /// Whether a path matches any of them.
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// The folders that hold everything that can match, without their globs: `docs/eps`. The root is empty.
    /// A folder that lies in another one is left out.
    pub fn roots(&self) -> Vec<String> {
        let mut roots: Vec<String> = self.written.iter().map(|glob| root(glob)).collect();
        roots.dedup();
        let inside = |inner: &str, outer: &str| {
            outer.is_empty() || inner == outer || inner.starts_with(&format!("{outer}/"))
        };
        let mut kept: Vec<String> = Vec::new();
        for (at, folder) in roots.iter().enumerate() {
            let covered = roots
                .iter()
                .enumerate()
                .any(|(o, other)| o != at && inside(folder, other) && (folder != other || o < at));
            if !covered {
                kept.push(folder.clone());
            }
        }
        kept
    }
}

/// The folder of a glob up to its first part with a wildcard, or up to the file.
fn root(glob: &str) -> String {
    let parts: Vec<&str> = glob.trim_start_matches("./").split('/').collect();
    let plain = |part: &&&str| !part.contains(['*', '?', '[', '{']);
    let folders = &parts[..parts.len() - 1];
    folders.iter().take_while(plain).copied().collect::<Vec<_>>().join("/")
}

/// Where a template is looked for, by convention: in each folder of EPs, under the names that repositories use.
pub(super) fn template_paths(globs: &Globs, word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let names = [
        format!("{word}-0000-template.md"),
        format!("{lower}-0000-template.md"),
        "0000-template.md".to_owned(),
        format!("{word}-template.md"),
        format!("{lower}-template.md"),
        "template.md".to_owned(),
        "TEMPLATE.md".to_owned(),
        "0000-template/README.md".to_owned(),
        format!("NNNN-{lower}-template/README.md"),
    ];
    let mut paths = Vec::new();
    for root in globs.roots() {
        for name in &names {
            let path = if root.is_empty() { name.clone() } else { format!("{root}/{name}") };
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(written: &[&str]) -> Globs {
        Globs::new(written.iter().map(|glob| (*glob).to_owned()).collect()).expect("globs")
    }

    #[test]
    fn the_folders_of_globs_are_their_parts_before_the_first_wildcard() {
        assert_eq!(Globs::default().roots(), ["eps", "enhancements", "docs/eps"]);
        assert_eq!(globs(&["designs/**/README.md", "designs/a-*/x.md"]).roots(), ["designs"]);
        assert_eq!(globs(&["**/EP-*.md", "docs/a.md"]).roots(), [""]);
        assert_eq!(globs(&["docs/eps/*.md", "docs/*.md"]).roots(), ["docs"]);
    }

    #[test]
    fn a_template_is_looked_for_under_the_names_that_repositories_use() {
        let paths = template_paths(&Globs::default(), "EP");
        for known in ["eps/EP-0000-template.md", "docs/eps/template.md", "eps/0000-template.md"] {
            assert!(paths.iter().any(|path| path == known), "{known}");
        }
        assert_eq!(template_paths(&globs(&["*.md"]), "EP")[0], "EP-0000-template.md");
    }
}

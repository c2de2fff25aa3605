//! Which files a command line names: single files, everything below a folder, standard input.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use ignore::WalkBuilder;

use crate::proposal::{MAX_BYTES, Source, Unreadable};
use crate::report::UnreadableFile;
use crate::review::{Policy, is_proposal};

/// Which EPs a command looks at.
#[derive(Debug, Args)]
pub(super) struct Subject {
    /// EP files, folders (all EPs below), or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// Leave named files alone that are no EPs (index pages, the template), as in folders
    #[arg(long)]
    only_eps: bool,
}

/// One file to check.
#[derive(Debug)]
pub(super) struct Input {
    /// Its name for reports: as it was given, or below the folder that was given.
    pub(super) path: String,
    /// Where it lies; `None` for standard input.
    pub(super) file: Option<PathBuf>,
    /// What it holds.
    pub(super) bytes: Vec<u8>,
}

impl Input {
    /// Its text; empty where it is too large to be looked at, which is a finding. Not UTF-8: it cannot be read.
    pub(super) fn text(&self) -> Result<&str, UnreadableFile> {
        match Source::decode(&self.bytes) {
            Ok(text) => Ok(text),
            Err(Unreadable::TooLarge { .. }) => Ok(""),
            Err(error @ Unreadable::NotUtf8 { .. }) => {
                Err(unread(self.path.clone(), &error.to_string()))
            }
        }
    }
}

/// What the paths of a command line come to, before any file is read.
#[derive(Debug, Default)]
pub(super) struct Named {
    groups: Vec<Group>,
    unreadable: Vec<UnreadableFile>,
}

/// What one path of the command line names.
#[derive(Debug)]
struct Group {
    path: PathBuf,
    /// Files below a folder, which may be EPs or not; `None`: the path itself is the EP.
    below: Option<Vec<PathBuf>>,
    /// Whether finding no EP is worth a word.
    is_folder: bool,
}

impl Named {
    /// Looks below every path. What cannot be read is listed; the rest is still read.
    pub(super) fn of(paths: &[PathBuf], policy: &Policy) -> Self {
        let mut named = Self::default();
        for path in paths {
            let is_folder = path.is_dir();
            let below = is_folder.then(|| named.below(path, policy));
            named.groups.push(Group { path: path.clone(), below, is_folder });
        }
        named
    }

    /// As [`Named::of`], as far as the command line asks for EPs alone.
    pub(super) fn new(subject: &Subject, policy: &Policy) -> Self {
        let mut named = Self::of(&subject.paths, policy);
        for group in named.groups.iter_mut().filter(|group| subject.only_eps && !group.is_folder) {
            group.below = group.path.is_file().then(|| vec![group.path.clone()]);
        }
        named
    }

    /// Every file that may be an EP.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.groups.iter().flat_map(|group| match &group.below {
            Some(files) => files.iter().map(PathBuf::as_path).collect::<Vec<_>>(),
            None if group.path.as_os_str() == "-" => Vec::new(),
            None => vec![group.path.as_path()],
        })
    }

    /// Reads file by file, and keeps none. Gives what could not be read.
    pub(super) fn read(
        self,
        policy: &Policy,
        mut see: impl FnMut(Input) -> anyhow::Result<Result<(), UnreadableFile>>,
    ) -> anyhow::Result<Vec<UnreadableFile>> {
        let mut unreadable = self.unreadable;
        for Group { path, below, is_folder } in self.groups {
            let before = unreadable.len();
            let alone = below.is_none();
            let mut found = 0;
            for file in below.unwrap_or_else(|| vec![path.clone()]) {
                let name = file.to_string_lossy().into_owned();
                let input = match read(&file) {
                    Ok(bytes) if alone || is_proposal(policy, &name, &bytes) => {
                        Input { file: (name != "-").then_some(file), path: name, bytes }
                    }
                    Ok(_) => continue,
                    Err(error) => {
                        unreadable.push(unread(name, &describe(&error)));
                        continue;
                    }
                };
                found += 1;
                unreadable.extend(see(input)?.err());
            }
            if found == 0 && unreadable.len() == before && is_folder {
                let message = format!(
                    "no EP below this folder: a Markdown file with a number in its path, or with a title `{}`",
                    policy.title
                );
                unreadable.push(unread(path.to_string_lossy().into_owned(), &message));
            }
        }
        unreadable.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(unreadable)
    }

    /// Markdown files below a folder: those that the policy's globs name, or all where they name none.
    fn below(&mut self, folder: &Path, policy: &Policy) -> Vec<PathBuf> {
        let mut walk = WalkBuilder::new(folder);
        // An EP in a folder with a dot is one for the globs, and so it is here.
        walk.hidden(false).filter_entry(|entry| entry.file_name() != ".git");
        walk.require_git(false).sort_by_file_path(Ord::cmp);
        let mut files = Vec::new();
        for entry in walk.build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {}
                Ok(entry) if !is_markdown(entry.path()) => {}
                Ok(entry) => files.push(entry.into_path()),
                Err(error) => {
                    let folder = folder.to_string_lossy().into_owned();
                    self.unreadable.push(unread(folder, &error.to_string()));
                }
            }
        }
        let named: Vec<PathBuf> =
            files.iter().filter(|file| is_named(policy, file)).cloned().collect();
        if named.is_empty() { files } else { named }
    }
}

/// Whether a file is Markdown, by its name.
fn is_markdown(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["md", "markdown"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Whether the policy's globs name a file, wherever the repository's root may be above it.
fn is_named(policy: &Policy, file: &Path) -> bool {
    let path = file.to_string_lossy().replace('\\', "/");
    let path = path.trim_start_matches("./");
    let starts = path.match_indices('/').map(|(at, _)| at + 1);
    std::iter::once(0).chain(starts).any(|start| policy.matches(&path[start..]))
}

fn unread(path: String, message: &str) -> UnreadableFile {
    UnreadableFile { path, message: message.to_owned() }
}

/// Reads a file, but no more than is needed to see that it is too large for an EP. `-` is standard input.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    let file = std::fs::File::open(path)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(size.min(MAX_BYTES) + 1);
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

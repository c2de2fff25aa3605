//! Which files a command line names: single files, everything below a folder, standard input.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use ignore::WalkBuilder;
use ignore::types::TypesBuilder;

use crate::proposal::MAX_BYTES;
use crate::report::UnreadableFile;
use crate::review::{Policy, is_proposal};

/// Which EPs a command looks at, and what it holds them against.
#[derive(Debug, Args)]
pub(super) struct Subject {
    /// EP files, folders (all EPs below), or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Leave named files alone that are no EPs (index pages, the template), as in folders
    #[arg(long)]
    only_eps: bool,
    /// Hold the EPs against this template instead of the built-in one
    #[arg(long, value_name = "FILE")]
    pub(super) template: Option<PathBuf>,
}

/// One file to check: its name for reports, and its bytes.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

/// What the paths of a command line come to.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub(super) found: Vec<Input>,
    pub(super) unreadable: Vec<UnreadableFile>,
}

impl Inputs {
    /// Reads every path. What cannot be read is listed; the rest is still read.
    pub(super) fn read(subject: &Subject, policy: &Policy) -> Self {
        let mut inputs = Self::default();
        for path in &subject.paths {
            if subject.only_eps && path.is_file() {
                inputs.add_below(path, policy);
            } else {
                inputs.add(path, policy);
            }
        }
        inputs
    }

    fn add(&mut self, path: &Path, policy: &Policy) {
        let name = path.to_string_lossy().into_owned();
        if name == "-" {
            let mut bytes = Vec::new();
            match std::io::stdin().lock().read_to_end(&mut bytes) {
                Ok(_) => self.found.push(Input { path: name, bytes }),
                Err(error) => self.unread(name, &error.to_string()),
            }
            return;
        }
        if path.is_dir() {
            self.add_folder(path, policy);
            return;
        }
        match read_file(path) {
            Ok(bytes) => self.found.push(Input { path: name, bytes }),
            Err(error) => self.unread(name, &describe(&error)),
        }
    }

    fn add_folder(&mut self, folder: &Path, policy: &Policy) {
        let before = (self.found.len(), self.unreadable.len());
        let mut markdown = TypesBuilder::new();
        markdown.add_defaults().select("markdown");
        let mut walk = WalkBuilder::new(folder);
        if let Ok(types) = markdown.build() {
            walk.types(types);
        }
        walk.require_git(false).sort_by_file_path(Ord::cmp);
        for entry in walk.build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {}
                Ok(entry) => self.add_below(entry.path(), policy),
                Err(error) => {
                    self.unread(folder.to_string_lossy().into_owned(), &error.to_string());
                }
            }
        }
        if before == (self.found.len(), self.unreadable.len()) {
            let message = format!(
                "no EP below this folder: a Markdown file with a number in its path, or with a title `{}`",
                policy.title
            );
            self.unread(folder.to_string_lossy().into_owned(), &message);
        }
    }

    fn add_below(&mut self, path: &Path, policy: &Policy) {
        let name = path.to_string_lossy().into_owned();
        match read_file(path) {
            Ok(bytes) if is_proposal(policy, &name, &bytes) => {
                self.found.push(Input { path: name, bytes });
            }
            Ok(_) => {}
            Err(error) => self.unread(name, &describe(&error)),
        }
    }

    fn unread(&mut self, path: String, message: &str) {
        self.unreadable.push(UnreadableFile { path, message: message.to_owned() });
    }
}

/// Reads a file, but no more than is needed to see that it is too large for an EP.
fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
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

//! `ep-bot new`: a new EP from the template, under the next free number.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::proposal::{Template, text, title};
use crate::review::Policy;

use super::{PASS, print};

/// Start a new EP from the template, under the next free number.
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The EP's title
    title: String,
    /// The folder for EPs; by default the first of `eps`, `enhancements` and `docs/eps` that exists, else `eps`
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Start from this template instead of the folder's own or the built-in one
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
}

pub(super) fn run(args: &NewArgs) -> anyhow::Result<u8> {
    let policy = Policy::default();
    let heading = text::fold_space(&args.title);
    if text::fold(&heading).is_empty() {
        bail!("the title is empty; give a few words, as in `ep-bot new \"Offline login\"`");
    }
    let folder = args.dir.clone().unwrap_or_else(default_folder);
    fs::create_dir_all(&folder).with_context(|| format!("folder {}", folder.display()))?;
    let own = match &args.template {
        Some(path) => Some(super::check::read_template(path)?),
        None => folder_template(&folder, &policy)?,
    };
    let template = own.as_ref().unwrap_or_else(|| Template::built_in());
    let mut number = next_number(&folder, &policy)?;
    // Another `new` may take the number meanwhile: `create_new` tells, and the next one is tried.
    for _ in 0..100 {
        let name = format!("{}-{}.md", policy.title.name(number), slug(&heading));
        let path = folder.join(name);
        match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                let body = fill(template, &policy, number, &heading);
                file.write_all(body.as_bytes()).with_context(|| path.display().to_string())?;
                print(&format!(
                    "{}\nNext: write it, then look what is missing with `ep-bot check {}`.\n",
                    path.display(),
                    path.display()
                ))?;
                return Ok(PASS);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
    }
    bail!("no free number found in {}", folder.display())
}

fn default_folder() -> PathBuf {
    let known = ["eps", "enhancements", "docs/eps"].map(PathBuf::from);
    known.iter().find(|folder| folder.is_dir()).unwrap_or(&known[0]).clone()
}

/// The folder's own template, where it has one.
fn folder_template(folder: &Path, policy: &Policy) -> anyhow::Result<Option<Template>> {
    let mut names: Vec<PathBuf> = entries(folder)?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("md")))
        .filter(|path| policy.is_template(&path.to_string_lossy()))
        .collect();
    names.sort();
    names.first().map(|path| super::check::read_template(path)).transpose()
}

fn next_number(folder: &Path, policy: &Policy) -> anyhow::Result<u64> {
    let highest = entries(folder)?
        .iter()
        .filter_map(|path| title::path_number(&path.file_name()?.to_string_lossy(), policy.word()))
        .max();
    Ok(highest.unwrap_or(0) + 1)
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read = || {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<Vec<PathBuf>>>()
    };
    read().with_context(|| format!("folder {}", folder.display()))
}

/// The title as a part of a file name: at most 60 characters of its slug.
fn slug(heading: &str) -> String {
    let words: Vec<String> = text::fold(heading).split(' ').map(str::to_owned).collect();
    let mut slug = String::new();
    for word in words {
        if slug.len() + word.len() > 60 && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word);
    }
    slug
}

/// The template with number, title and first status written in.
pub(super) fn fill(template: &Template, policy: &Policy, number: u64, heading: &str) -> String {
    let title = format!("# {}", policy.title.title(number, heading));
    let mut lines: Vec<&str> = template.text.lines().collect();
    let old_title = lines.iter().position(|line| line.starts_with("# "));
    match old_title {
        Some(at) => lines[at] = &title,
        None => lines.insert(0, &title),
    }
    let placeholder = lines.iter().position(|line| text::fold(line) == "status here");
    if let Some(at) = placeholder {
        lines[at] = policy.ladder.name(0);
    }
    lines.join("\n") + "\n"
}

//! `ep-bot new`: a new EP from the template, under the next free number.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::proposal::{Outline, Template, text, title};
use crate::review::Policy;
use crate::review::policy::StatusFrom;

use super::workspace::{RuleArgs, Workspace};
use super::{PASS, print};

/// Start a new EP from the template, under the next free number.
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The EP's title
    title: String,
    /// The folder for EPs; by default the first one of the policy's paths that exists (`eps`, `enhancements`, `docs/eps`)
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    rules: RuleArgs,
}

pub(super) fn run(args: &NewArgs) -> anyhow::Result<u8> {
    let heading = text::fold_space(&args.title);
    if text::fold(&heading).is_empty() {
        bail!("the title is empty; give a few words, as in `ep-bot new \"Offline login\"`");
    }
    let around: Vec<PathBuf> = args.dir.iter().cloned().collect();
    let place = Workspace::around(&around, &args.rules, None)?;
    let policy = &place.policy;
    let folder = args.dir.clone().unwrap_or_else(|| default_folder(policy));
    fs::create_dir_all(&folder).with_context(|| format!("folder {}", folder.display()))?;
    let mut number = next_number(&folder, policy)?.max(place.next_number());
    // Another `new` may take the number meanwhile: `create_new` tells, and the next one is tried.
    for _ in 0..100 {
        let name = format!("{}-{}.md", policy.title.name(number), slug(&heading));
        let path = folder.join(name);
        match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                let body = fill(&place.template, policy, number, &heading);
                file.write_all(body.as_bytes()).with_context(|| path.display().to_string())?;
                let beside = match &policy.status_from {
                    StatusFrom::Sidecar { file, keys } => format!(
                        "State its status in `{file}` beside it: `{}: {}`.\n",
                        keys.status,
                        policy.ladder.name(0)
                    ),
                    StatusFrom::Section(_) | StatusFrom::FrontMatter(_) => String::new(),
                };
                print(&format!(
                    "{}\n{beside}Next: write it, then look what is missing with `ep-bot check {}`.\n",
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

fn default_folder(policy: &Policy) -> PathBuf {
    let known: Vec<PathBuf> = policy.globs().roots().into_iter().map(PathBuf::from).collect();
    let there = known.iter().find(|folder| folder.is_dir());
    there.or(known.first()).cloned().unwrap_or_default()
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
    let mut lines: Vec<String> = template.text.lines().map(str::to_owned).collect();
    if let Some(at) = status_line(template, policy) {
        lines[at] = match &policy.status_from {
            StatusFrom::FrontMatter(keys) => format!("{}: {}", keys.status, policy.ladder.name(0)),
            StatusFrom::Section(_) | StatusFrom::Sidecar { .. } => policy.ladder.name(0).to_owned(),
        };
    }
    let old_title = lines.iter().position(|line| line.starts_with("# "));
    match old_title {
        Some(at) => lines[at] = title,
        None => lines.insert(0, title),
    }
    lines.join("\n") + "\n"
}

/// The line of the template that holds the place of the status.
fn status_line(template: &Template, policy: &Policy) -> Option<usize> {
    let outline = Outline::parse(&template.text);
    match &policy.status_from {
        StatusFrom::Section(wanted) => {
            let id = outline
                .sections
                .iter()
                .position(|section| text::fold_heading(&section.title) == *wanted)?;
            let (line, _) = outline.own_lines(id).find(|(_, line)| text::has_content(line))?;
            Some(line - 1)
        }
        StatusFrom::FrontMatter(keys) => {
            let range = outline.front_matter.clone()?;
            let lines = outline.source.lines_of(&range);
            let key = format!("{}:", keys.status);
            (lines.start..=lines.end)
                .find(|line| outline.source.line(*line).starts_with(&key))
                .map(|line| line - 1)
        }
        StatusFrom::Sidecar { .. } => None,
    }
}

//! `ep-bot fix`: mends what can be mended by rule, and leaves the rest to a person.

use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::proposal::Source;
use crate::report::{self, UnreadableFile};
use crate::review::fix::{Mended, apply_all};
use crate::review::is_proposal;

use super::check::tell;
use super::files::{Input, Named};
use super::workspace::{RuleArgs, Workspace};
use super::{BLOCKED, PASS, WRONG_USE, print, print_bytes};

/// Mend EPs as far as a machine can: missing headings, questions and items, the table of contents, boxes, typos.
///
/// Headings come back with the template's guidance, for you to write. Nothing is made up, and every line that no fix
/// names stays as it is, byte for byte. A second run changes nothing.
///
/// Exit code: 0 done, also when there was nothing to mend; with --dry-run, 1 when there is something to mend;
/// 2 wrong use, or a file that cannot be read or written. What is left for a person changes nothing here: that is
/// for `ep-bot check`.
#[derive(Debug, Args)]
pub(super) struct FixArgs {
    /// EP files, folders (all EPs below), or `-` to mend standard input to standard output
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Change no file; write what would change as a diff
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    rules: RuleArgs,
}

pub(super) fn run(args: &FixArgs) -> anyhow::Result<u8> {
    let mut place = Workspace::around(&args.paths, &args.rules, None)?;
    let named = Named::of(&args.paths, &place.policy);
    place.claim(named.files());
    let mut mendable = false;
    let unreadable =
        named.read(&place.policy, |input| match mend(&input, &place, args.dry_run) {
            Ok(Outcome::Clean) => Ok(Ok(())),
            Ok(Outcome::Mended) => {
                mendable = true;
                Ok(Ok(()))
            }
            Err(error) => {
                Ok(Err(UnreadableFile { path: input.path, message: format!("{error:#}") }))
            }
        })?;
    tell(&unreadable);
    Ok(match (unreadable.is_empty(), mendable && args.dry_run) {
        (false, _) => WRONG_USE,
        (true, true) => BLOCKED,
        (true, false) => PASS,
    })
}

/// Whether there was something to mend.
enum Outcome {
    Clean,
    Mended,
}

fn mend(input: &Input, place: &Workspace, dry_run: bool) -> anyhow::Result<Outcome> {
    let text = Source::decode(&input.bytes)?;
    // A page that is no EP would be filled with all that an EP has.
    let is_ep = |file: &PathBuf| is_proposal(&place.policy, &place.relative(file), &input.bytes);
    if !input.file.as_ref().is_none_or(is_ep) {
        anstream::eprintln!("{}: no EP, left alone", input.path);
        return Ok(Outcome::Clean);
    }
    let mut mended = place.hold(input, None, apply_all)?;
    mended.review.path.clone_from(&input.path);
    let outcome = if mended.text == text { Outcome::Clean } else { Outcome::Mended };
    let words = report::mended(&mended);
    match (dry_run, &input.file) {
        (true, _) => {
            print_diff(&input.path, text, &mended)?;
            anstream::eprint!("{words}");
        }
        (false, None) => {
            print_bytes(mended.text.as_bytes())?;
            anstream::eprint!("{words}");
        }
        (false, Some(file)) => {
            if matches!(outcome, Outcome::Mended) {
                replace(file, &mended.text)?;
            }
            print(&words)?;
        }
    }
    Ok(outcome)
}

/// For a program as a patch, byte for byte; for a reader, without what a terminal would obey.
fn print_diff(path: &str, before: &str, mended: &Mended) -> anyhow::Result<()> {
    let diff = report::diff(path, before, &mended.text);
    if std::io::stdout().is_terminal() {
        print(&report::visible(&diff))
    } else {
        print_bytes(diff.as_bytes())
    }
}

/// Writes a file at once or not at all: whoever reads it meanwhile sees the old text or the new one. A link stays
/// a link, and permissions and owner stay as they are.
fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let target = fs::canonicalize(path)?;
    let before = fs::metadata(&target)?;
    if before.permissions().readonly() {
        bail!("the file is read-only");
    }
    let folder = target.parent().context("the file has no folder")?;
    let mut file = tempfile::Builder::new()
        .prefix(".ep-bot-")
        .tempfile_in(folder)
        .context("cannot write into its folder")?;
    file.write_all(text.as_bytes())?;
    keep_owner(file.as_file(), &before).context("cannot keep its owner")?;
    file.as_file().set_permissions(before.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&target)?;
    Ok(())
}

#[cfg(unix)]
fn keep_owner(file: &fs::File, before: &fs::Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let now = file.metadata()?;
    if (now.uid(), now.gid()) == (before.uid(), before.gid()) {
        return Ok(());
    }
    fchown(file, Some(before.uid()), Some(before.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &fs::File, _: &fs::Metadata) -> std::io::Result<()> {
    Ok(())
}

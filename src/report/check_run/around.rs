//! What stands around the EPs: what else was looked at, and how to run the same check at home.

use std::cmp::Reverse;
use std::fmt::Write as _;

use crate::review::Review;

use super::CheckInput;
use crate::report::markdown::{code, sentence};
use crate::report::{plain, words};

/// So many removed files are named; the others are counted.
const MAX_REMOVED: usize = 20;

/// So many paths stand in the command to run; for more EPs it names their folder.
const MAX_COMMAND_PATHS: usize = 3;

/// How much of a commit's name is its short form.
const SHORT_SHA: usize = 7;

/// What else was looked at: removed EPs and files that are none.
pub(super) fn aside(input: &CheckInput<'_>) -> String {
    let mut out = String::new();
    if !input.removed.is_empty() {
        let named: Vec<String> =
            input.removed.iter().take(MAX_REMOVED).map(|p| code(p, plain::MAX_NAME)).collect();
        let _ = write!(out, "Removed: {}", named.join(", "));
        match input.removed.len().saturating_sub(MAX_REMOVED) {
            0 => out.push_str(".\n\n"),
            n => {
                let _ = write!(out, " …and {n} more.\n\n");
            }
        }
    }
    if input.not_proposals > 0 {
        let (lies, is) = if input.not_proposals == 1 { ("lies", "is") } else { ("lie", "are") };
        let files = words::counted(input.not_proposals, "changed file");
        let _ = write!(
            out,
            "{files} {lies} beside the EPs but {is} none (no number in the path, no `EP-NNNN` in the \
             title), and {} left alone.\n\n",
            if input.not_proposals == 1 { "was" } else { "were" },
        );
    }
    out
}

/// What was read, and how to do the same at home.
pub(super) fn footer(input: &CheckInput<'_>, order: &[&Review]) -> String {
    let mut out = String::from("---\n\n");
    let _ = writeln!(
        out,
        "Reviewed commit {} against merge base {}. Policy: {}.",
        commit(input.head),
        commit(input.base),
        sentence(input.policy_source.trim_end_matches('.'), plain::MAX_NAME * 2),
    );
    if !input.template_source.is_empty() {
        let template = sentence(input.template_source.trim_end_matches('.'), plain::MAX_NAME * 2);
        out.truncate(out.trim_end().len());
        let _ = writeln!(out, " Template: {template}.");
    }
    if order.is_empty() {
        return out;
    }
    // The answer depends on what the EPs were before.
    let base = match input.base {
        "" => String::new(),
        sha => format!("--base {} ", shell_word(sha.get(..SHORT_SHA).unwrap_or(sha))),
    };
    let command = format!("ep-bot check {base}{}", what_to_check(order));
    let _ = write!(out, "\nTo run this check on your laptop: {}.", code(&command, usize::MAX));
    let rule = order
        .iter()
        .flat_map(|review| &review.findings)
        .min_by_key(|f| Reverse(f.severity))
        .map_or("RULE", |f| f.rule.name);
    let explain = format!("ep-bot explain {rule}");
    let _ = writeln!(out, " To read what a rule asks for and why: {}.", code(&explain, usize::MAX));
    out
}

/// A commit's short and full name.
fn commit(sha: &str) -> String {
    let sha = plain::name(sha);
    let short = sha.get(..SHORT_SHA).unwrap_or(&sha);
    format!("{} ({})", code(short, usize::MAX), code(&sha, usize::MAX))
}

/// The arguments of `ep-bot check`: the paths, or the folder that holds them all.
fn what_to_check(order: &[&Review]) -> String {
    if order.len() <= MAX_COMMAND_PATHS {
        let paths: Vec<String> = order.iter().map(|r| shell_word(&r.path)).collect();
        return paths.join(" ");
    }
    let mut folder: Vec<&str> = order[0].path.split('/').collect();
    folder.pop();
    for review in &order[1..] {
        let same = folder.iter().zip(review.path.split('/')).take_while(|(a, b)| **a == *b).count();
        folder.truncate(same);
    }
    if folder.is_empty() { ".".to_owned() } else { shell_word(&folder.join("/")) }
}

/// A path as one word for a POSIX shell: people copy the command, and a path is anyone's text.
fn shell_word(path: &str) -> String {
    let path = if path.starts_with('-') { format!("./{path}") } else { path.to_owned() };
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    if !path.is_empty() && path.chars().all(bare) {
        path
    } else {
        format!("'{}'", plain::one_line(&path).replace('\'', r"'\''"))
    }
}

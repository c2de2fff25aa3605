//! The policy's and the template's part of the summary: what is wrong with them, and what they would turn.

use std::fmt::Write as _;

use super::CheckInput;
use crate::report::markdown::{code, sentence, sentences};
use crate::report::{plain, words};
use crate::review::Severity;
use crate::review::repository::{Preview, RuleFile, RuleFinding, Standing, Turned};

/// So many findings of one file stand in the summary; the rest is counted.
const MAX_FINDINGS: usize = 20;

/// So many EPs of a preview are named; the rest is counted.
const MAX_NAMED: usize = 50;

/// The longest message and help, in characters.
const MAX_SENTENCE: usize = 600;

/// Everything about policy and template; empty where there is nothing to say.
pub(super) fn section(input: &CheckInput<'_>) -> String {
    let mut out = String::new();
    for note in input.notes {
        let _ = write!(out, "{}\n\n", sentence(note, MAX_SENTENCE));
    }
    for file in input.rule_files {
        write_file(&mut out, file);
    }
    if let Some(preview) = input.preview {
        write_preview(&mut out, preview);
    }
    out
}

fn write_file(out: &mut String, file: &RuleFile) {
    let kind = file.kind.as_str();
    let what = match &file.standing {
        Standing::Judges(_) => format!("The {kind} that judges here"),
        Standing::Proposed => format!("The {kind} that this pull request brings"),
    };
    let origin = match &file.standing {
        Standing::Judges(origin) => format!(" {}", sentence(&origin.to_string(), MAX_SENTENCE)),
        Standing::Proposed => String::new(),
    };
    let verdict = if file.blocks() { "cannot be used" } else { "is worth a look" };
    let _ = write!(out, "**{what}, {}{origin}, {verdict}**\n\n", code(&file.path, plain::MAX_NAME));
    for RuleFinding { finding, column } in file.findings.iter().take(MAX_FINDINGS) {
        let column = column.map_or_else(String::new, |column| format!(":{column}"));
        let place = format!("{}:{}{column}", plain::name(&file.path), finding.lines.start);
        let _ = writeln!(
            out,
            "- {} {}: {}",
            code(&place, usize::MAX),
            code(finding.rule.name, usize::MAX),
            sentences(&finding.message, MAX_SENTENCE, 2)
        );
        if !finding.help.is_empty() {
            let _ = writeln!(out, "\n  → {}", sentences(&finding.help, MAX_SENTENCE, 2));
        }
    }
    if let Some(more) = file.findings.len().checked_sub(MAX_FINDINGS).filter(|more| *more > 0) {
        let _ = writeln!(out, "- …and {more} more.");
    }
    out.push('\n');
}

fn write_preview(out: &mut String, preview: &Preview) {
    let Preview { read, unread, red, green, left_alone } = preview;
    let eps = words::counted(*read, "EP");
    let _ = write!(out, "**What this change of the rules would turn**, tried on {eps}");
    if *unread > 0 {
        let _ = write!(out, " ({unread} more files were not tried)");
    }
    out.push_str(", as if each were new to the rules:\n\n");
    if red.is_empty() && green.is_empty() && left_alone.is_empty() {
        out.push_str("No EP would have another verdict.\n\n");
        return;
    }
    turned(out, "would turn red", red);
    turned(out, "would turn green", green);
    let alone: Vec<String> = left_alone.iter().map(|path| code(path, plain::MAX_NAME)).collect();
    list(out, "would be left alone", &alone);
    out.push('\n');
}

fn turned(out: &mut String, what: &str, turned: &[Turned]) {
    let named: Vec<String> = turned
        .iter()
        .map(|ep| {
            let rules: Vec<String> = ep.rules.iter().map(|rule| code(rule, usize::MAX)).collect();
            format!("{} ({})", code(&ep.path, plain::MAX_NAME), rules.join(", "))
        })
        .collect();
    list(out, what, &named);
}

fn list(out: &mut String, what: &str, named: &[String]) {
    if named.is_empty() {
        return;
    }
    let _ = writeln!(out, "- {} {what}:", words::counted(named.len(), "EP"));
    for name in named.iter().take(MAX_NAMED) {
        let _ = writeln!(out, "  - {name}");
    }
    if let Some(more) = named.len().checked_sub(MAX_NAMED).filter(|more| *more > 0) {
        let _ = writeln!(out, "  - …and {more} more");
    }
}

/// What blocks in policy or template, as a title; `None` where nothing does.
pub(super) fn blocking(input: &CheckInput<'_>) -> Option<String> {
    let file = input.rule_files.iter().find(|file| file.blocks())?;
    let problems = words::counted(file.count(Severity::Error), "error");
    Some(format!(
        "The {} {} cannot be used: {problems}",
        file.kind.as_str(),
        plain::name(&file.path)
    ))
}

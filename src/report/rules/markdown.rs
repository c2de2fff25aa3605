//! A rule's page in the documentation.

use std::fmt::Write as _;

use crate::review::{Finding, Policy};

use super::terminal::letter;
use super::{Block, Page};
use crate::report::markdown::fenced;

pub(super) fn write(page: &Page<'_>, policy: &Policy) -> String {
    let mut out = super::index::generated();
    let _ = write!(
        out,
        "# `{}`\n\n{}\n\n[All rules](README.md)\n",
        page.rule.name,
        sentence(page.rule.short)
    );
    for part in &page.parts {
        let _ = write!(out, "\n## {}\n", part.heading);
        for block in &part.blocks {
            out.push('\n');
            out.push_str(&write_block(block, policy));
        }
    }
    out
}

fn write_block(block: &Block, policy: &Policy) -> String {
    match block {
        Block::Text(text) => format!("{text}\n"),
        Block::Code { language, text } => fenced(language, text),
        Block::Levels(levels) => {
            let names: Vec<&str> = policy.ladder.names().collect();
            let cells: Vec<&str> =
                (0..names.len()).map(|status| levels.at(status).as_str()).collect();
            format!("{}{}", head(&names), row(&cells))
        }
        Block::Matrix { what, rows } => {
            let mut names = vec![*what];
            names.extend(policy.ladder.names());
            let mut out = head(&names);
            for (name, levels) in rows {
                let mut cells = vec![name.as_str()];
                cells.extend((0..names.len() - 1).map(|status| letter(levels.at(status))));
                out.push_str(&row(&cells));
            }
            out.push_str("\nE blocks the merge, W is shown, – is not run.\n");
            out
        }
        Block::Said(finding) => said(finding),
    }
}

pub(super) fn head(cells: &[&str]) -> String {
    format!("{}|{}\n", row(cells), " --- |".repeat(cells.len()))
}

pub(super) fn row(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// A rule's short text as a sentence of its own.
fn sentence(short: &str) -> String {
    let mut chars = short.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// The very words, as a quotation, which GitHub wraps and in which lists are lists.
fn said(finding: &Finding) -> String {
    let severity = finding.severity.as_str();
    let mut text = format!("**{severity}[{}]**: ", finding.rule.name);
    let mut in_list = false;
    for (at, line) in finding.message.lines().enumerate() {
        let entry = line.starts_with("- ");
        if at > 0 {
            text.push_str(if in_list && !entry { "\n\n" } else { "\n" });
        }
        in_list = entry;
        text.push_str(line);
    }
    if !finding.help.is_empty() {
        let _ = write!(text, "\n\n**help**: {}", finding.help);
    }
    text.lines().map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect()
}

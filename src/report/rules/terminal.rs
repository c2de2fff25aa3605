//! A rule's page at a shell.

use std::fmt::Write as _;

use annotate_snippets::renderer::{AnsiColor, Style as Paint};

use crate::review::{Finding, Level, Levels, Policy, Severity};

use super::{Block, Page, Style};

/// Width of a page in columns: what every terminal has.
const WIDTH: usize = 80;

/// How far text is indented, in columns.
const INDENT: &str = "  ";

/// How far code is indented.
const CODE: &str = "    ";

pub(super) fn write(page: &Page<'_>, policy: &Policy, style: Style) -> String {
    let bold = |text: &str| style.paint(Paint::new().bold(), text);
    let mut out = String::new();
    let title = wrapped(&format!("{}: {}", page.rule.name, page.rule.short), "", "");
    let name = page.rule.name;
    out.push_str(&title.replacen(name, &bold(name), 1));
    for part in &page.parts {
        let _ = write!(out, "\n{}\n", bold(part.heading));
        for (at, block) in part.blocks.iter().enumerate() {
            if at > 0 {
                out.push('\n');
            }
            match block {
                Block::Text(text) => out.push_str(&wrapped(text, INDENT, INDENT)),
                Block::Code { text, .. } => {
                    let line = |line: &str| format!("{}\n", format!("{CODE}{line}").trim_end());
                    out.extend(text.lines().map(line));
                }
                Block::Levels(levels) => out.push_str(&rows(*levels, policy)),
                Block::Matrix { rows, .. } => out.push_str(&matrix(rows, policy)),
                Block::Said(finding) => out.push_str(&said(finding, style)),
            }
        }
    }
    out
}

/// The statuses at each level, a line for each.
fn rows(levels: Levels, policy: &Policy) -> String {
    let count = policy.ladder.statuses.len();
    let mut out = String::new();
    for (level, word) in [
        (Level::Error, "error    "),
        (Level::Warning, "warning  "),
        (Level::Note, "note     "),
        (Level::Off, "not run  "),
    ] {
        let at: Vec<&str> = (0..count)
            .filter(|&status| levels.at(status) == level)
            .map(|status| policy.ladder.name(status))
            .collect();
        if !at.is_empty() {
            let hang = " ".repeat(INDENT.len() + word.len());
            out.push_str(&wrapped(&at.join(", "), &format!("{INDENT}{word}"), &hang));
        }
    }
    out
}

fn matrix(rows: &[(String, Levels)], policy: &Policy) -> String {
    let names: Vec<&str> = policy.ladder.names().collect();
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, levels) in rows {
        let cells: Vec<&str> = (0..names.len()).map(|status| letter(levels.at(status))).collect();
        let _ = writeln!(out, "{CODE}{name:width$}  {}", cells.join(" "));
    }
    let legend = format!(
        "The columns are {}. E blocks the merge, W is shown, – is not run.",
        names.join(", ")
    );
    format!("{out}\n{}", wrapped(&legend, INDENT, INDENT))
}

/// A level in a table: `E`, `W`, `N` or `–`.
pub(super) const fn letter(level: Level) -> &'static str {
    match level {
        Level::Error => "E",
        Level::Warning => "W",
        Level::Note => "N",
        Level::Off => "–",
    }
}

fn said(finding: &Finding, style: Style) -> String {
    let colour = match finding.severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Green,
    };
    let severity = finding.severity.as_str();
    let mut lines = finding.message.lines();
    let first = format!("{severity}[{}]: {}", finding.rule.name, lines.next().unwrap_or_default());
    let mut out = wrapped(&first, INDENT, CODE).replacen(
        severity,
        &style.paint(colour.on_default().bold(), severity),
        1,
    );
    for line in lines {
        let hang = if line.starts_with("- ") { "      " } else { CODE };
        out.push_str(&wrapped(line, CODE, hang));
    }
    if !finding.help.is_empty() {
        out.push_str(&wrapped(&format!("help: {}", finding.help), INDENT, CODE));
    }
    out
}

/// `text` in lines of at most [`WIDTH`] columns. Code between backticks is not divided where it fits into a line.
pub(super) fn wrapped(text: &str, first: &str, hang: &str) -> String {
    let mut out = first.to_owned();
    let mut column = first.chars().count();
    let mut at_start = true;
    for word in words(text, WIDTH / 2) {
        let width = word.chars().count();
        if !at_start && column + 1 + width > WIDTH {
            out.push('\n');
            out.push_str(hang);
            column = hang.chars().count();
            at_start = true;
        }
        if !at_start {
            out.push(' ');
            column += 1;
        }
        out.push_str(&word);
        column += width;
        at_start = false;
    }
    out.push('\n');
    out
}

/// The words of a text; code of at most `longest` characters is one word, with what it touches.
fn words(text: &str, longest: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(last) if open && last.chars().count() + word.chars().count() < longest => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        open ^= word.matches('`').count() % 2 == 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_between_words_and_code_stays_together() {
        let text = format!("{} `ep-bot explain RULE` says more.", "word ".repeat(13));
        let lines = wrapped(&text, "  ", "  ");
        let lines: Vec<&str> = lines.lines().collect();
        assert_eq!(lines[0].trim(), "word ".repeat(13).trim());
        assert_eq!(lines[1], "  `ep-bot explain RULE` says more.");
    }

    #[test]
    fn code_that_fits_into_no_line_is_divided() {
        let text = format!("`{}`", "word ".repeat(40).trim());
        assert!(wrapped(&text, "  ", "  ").lines().all(|line| line.chars().count() <= WIDTH));
    }
}

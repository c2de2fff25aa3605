//! What the doctor found: one line each, and what to do where it is not well.

use std::fmt::Write as _;

use crate::report::visible;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Ok,
    Warning,
    Problem,
}

/// One finding.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) state: State,
    /// What was looked at, in a word or two.
    what: &'static str,
    said: String,
    /// The exact next step.
    next: Option<String>,
}

/// The longest text that is shown, in characters. GitHub's own may have any length.
const LONGEST: usize = 600;

/// Widths of the first two columns.
const STATE: usize = 8;
const WHAT: usize = 14;

pub(super) fn ok(what: &'static str, said: impl Into<String>) -> Line {
    Line { state: State::Ok, what, said: said.into(), next: None }
}

pub(super) fn warning(
    what: &'static str,
    said: impl Into<String>,
    next: impl Into<String>,
) -> Line {
    Line { state: State::Warning, what, said: said.into(), next: Some(next.into()) }
}

pub(super) fn problem(
    what: &'static str,
    said: impl Into<String>,
    next: impl Into<String>,
) -> Line {
    Line { state: State::Problem, what, said: said.into(), next: Some(next.into()) }
}

/// All lines, and how it is in all. Whatever came from GitHub is made plain here, at the one way out.
pub(super) fn write(lines: &[Line]) -> String {
    let mut out = String::new();
    for Line { state, what, said, next } in lines {
        let state = match state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Problem => "problem",
        };
        let _ = writeln!(out, "{state:<STATE$} {what:<WHAT$} {}", plain(said));
        if let Some(next) = next {
            let _ = writeln!(out, "{:<STATE$} {:<WHAT$} → {}", "", "", plain(next));
        }
    }
    let count = |state| lines.iter().filter(|line| line.state == state).count();
    let counted = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let last = match (count(State::Problem), count(State::Warning)) {
        (0, 0) => "All is well.".to_owned(),
        (0, warnings) => format!("No problem, {}.", counted(warnings, "warning")),
        (problems, 0) => format!("{}.", counted(problems, "problem")),
        (problems, warnings) => {
            format!("{}, {}.", counted(problems, "problem"), counted(warnings, "warning"))
        }
    };
    let _ = writeln!(out, "\n{last}");
    out
}

/// On one line, without anything that a terminal obeys, and not without end.
fn plain(text: &str) -> String {
    let line = visible(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_out() {
        let said = write(&[problem("app", "a\u{1b}[2Jb\nc\u{202e}", "x\r\u{9b}31my")]);
        assert!(!said.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\r']), "{said}");
        assert_eq!(said.lines().count(), 4, "{said}");
        assert!(said.ends_with("\n1 problem.\n"), "{said}");
    }

    #[test]
    fn a_long_text_ends() {
        assert!(write(&[ok("app", "é".repeat(10_000))]).chars().count() < 700);
    }
}

//! Reviews for an author at a shell, in the manner of a compiler.

use std::fmt::Write as _;

use annotate_snippets::renderer::{AnsiColor, Style as Paint};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::proposal::Source;
use crate::review::{Finding, Review, Severity, Verdict};

use super::{FileReport, UnreadableFile, plain, words};

/// Whether the output may carry colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// ANSI escape sequences, for a terminal.
    Color,
    /// Text alone, for a file or a pipe.
    Plain,
}

/// A range of at most this many lines is shown whole; of a longer one, its first line: of a section,
/// that is its heading.
const MAX_SHOWN: usize = 4;

/// The longest line that is shown, in characters; a paragraph on one line is cut here.
const MAX_LINE: usize = 110;

impl Style {
    fn renderer(self) -> Renderer {
        match self {
            Self::Color => Renderer::styled(),
            Self::Plain => Renderer::plain(),
        }
    }

    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        match self {
            Self::Color => format!("{paint}{text}{paint:#}"),
            Self::Plain => text.to_owned(),
        }
    }

    fn verdict(self, verdict: Verdict, word: &str) -> String {
        let colour = match verdict {
            Verdict::Pass => AnsiColor::Green,
            Verdict::Fail => AnsiColor::BrightRed,
        };
        self.paint(colour.on_default().bold(), word)
    }
}

const fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// All findings of one file with the lines that they are about, and a summary line. A file without findings is one
/// line.
pub(super) fn file(file: &FileReport<'_>, style: Style) -> String {
    let renderer = style.renderer();
    let source = Source::new(file.text);
    let mut out = String::new();
    for entry in &file.review.findings {
        out.push_str(&finding(&renderer, file.review, &source, entry));
        out.push_str("\n\n");
    }
    let line = words::summary_line(file.review, |verdict, word| style.verdict(verdict, word));
    let _ = writeln!(out, "{line}");
    out
}

/// A file that could not be read, in one line.
pub(super) fn unreadable(file: &UnreadableFile, style: Style) -> String {
    let error = style.paint(AnsiColor::BrightRed.on_default().bold(), "error");
    let (path, message) = (plain::name(&file.path), plain::one_line(&file.message));
    format!("{error}: {path}: {message}\n")
}

fn finding(renderer: &Renderer, review: &Review, source: &Source<'_>, finding: &Finding) -> String {
    let shown = Shown::new(source, finding);
    let title = level(finding.severity)
        .primary_title(plain::visible(&finding.message))
        .id(finding.rule.name);
    let path = plain::one_line(&review.path);
    let mut group = Group::with_title(title);
    group = match &shown {
        Some(shown) => {
            let label = shown.cut.then(|| format!("up to line {}", shown.last));
            group.element(
                Snippet::source(shown.text.as_str())
                    .path(path)
                    .line_start(finding.lines.start)
                    .annotation(AnnotationKind::Primary.span(shown.span.clone()).label(label)),
            )
        }
        None => group.element(Origin::path(path).line(finding.lines.start)),
    };
    let advice = words::advice(finding);
    if !advice.is_empty() {
        group = group.element(Level::HELP.message(plain::visible(advice)));
    }
    renderer.render(&[group])
}

/// The lines of a finding as they are shown.
struct Shown {
    /// Safe to print, lines divided by `\n`.
    text: String,
    /// The bytes of `text` that are underlined.
    span: std::ops::Range<usize>,
    /// Whether only the first line of a longer range is shown.
    cut: bool,
    /// The last line of the range.
    last: usize,
}

impl Shown {
    /// `None` when there is no such line, or nothing on it.
    fn new(source: &Source<'_>, finding: &Finding) -> Option<Self> {
        let lines = finding.lines;
        let last = lines.end.min(source.line_count());
        let count = (last + 1).saturating_sub(lines.start);
        let cut = count > MAX_SHOWN;
        let end = if cut { lines.start } else { last };
        let mut text = String::new();
        for line in lines.start..=end {
            if line > lines.start {
                text.push('\n');
            }
            text.push_str(&plain::cap(plain::visible(source.line(line)).trim_end(), MAX_LINE));
        }
        text.truncate(text.trim_end().len());
        let start = text.len() - text.trim_start().len();
        if start == text.len() {
            return None;
        }
        Some(Self { span: start..text.len(), text, cut, last })
    }
}

//! Reviews as workflow commands, for a job in GitHub Actions.
//!
//! The runner reads each line of the log: `::error file=…,line=…::message` becomes an annotation. The
//! syntax and its escapes are those of GitHub's "Workflow commands" page and of the runner's
//! `ActionCommand`.

use std::fmt::Write as _;

use crate::review::{Finding, Review, Severity};

use super::{UnreadableFile, plain, words};

/// The word of the command for a severity.
const fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// Escapes the text behind `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log that the runner takes for text: neither `::command::` at its start, nor the
/// older `##[command]` anywhere in it.
fn log_line(text: &str) -> String {
    let text = text.replace("##[", "## [");
    match text.trim_start().strip_prefix("::") {
        Some(rest) => format!(": :{rest}"),
        None => text,
    }
}

fn finding(out: &mut String, path: &str, finding: &Finding) {
    let mut message = plain::visible(&finding.message);
    let advice = words::advice(finding);
    if !advice.is_empty() {
        let _ = write!(message, "\nHelp: {}", plain::visible(advice));
    }
    let _ = writeln!(
        out,
        "::{} file={},line={},endLine={},title={}::{}",
        command(finding.severity),
        property(path),
        finding.lines.start,
        finding.lines.end,
        property(&words::annotation_title(finding)),
        data(&message),
    );
}

/// One workflow command for each finding of a file.
pub(super) fn file(review: &Review) -> String {
    let mut out = String::new();
    for entry in &review.findings {
        finding(&mut out, &review.path, entry);
    }
    out
}

/// The workflow command for a file that could not be read.
pub(super) fn unreadable(file: &UnreadableFile) -> String {
    format!(
        "::error file={},title={}::{}\n",
        property(&file.path),
        property("could not be read"),
        data(&plain::visible(&file.message)),
    )
}

/// A file's summary as a line of the log.
pub(super) fn summary(review: &Review) -> String {
    log_line(&words::summary_line(review, |_, word| word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_escape_what_ends_them() {
        assert_eq!(property("a,b:c%\r\n"), "a%2Cb%3Ac%25%0D%0A");
        assert_eq!(data("100%: a,b\n"), "100%25: a,b%0A");
    }

    #[test]
    fn a_summary_line_is_never_a_command() {
        assert_eq!(log_line("  ::stop-commands::x"), ": :stop-commands::x");
        assert_eq!(log_line("a ##[add-mask]b"), "a ## [add-mask]b");
        assert_eq!(log_line("eps/a.md: EP-0001"), "eps/a.md: EP-0001");
    }
}

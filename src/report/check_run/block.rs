//! One EP's part of the summary: how far it is, what blocks it now, what the next status asks for.

use std::fmt::Write as _;

use crate::review::{Finding, Review, Severity};

use super::{name, status};
use crate::report::markdown::{code, html_code, sentences};
use crate::report::page::{Block, List, Urgency};
use crate::report::{plain, words};

/// The most of one message or help that stands in the summary, in characters. Annotations have more.
const MAX_SENTENCE: usize = 2_000;

/// So many things that block the next status are shown open; more are folded.
const MAX_OPEN: usize = 4;

/// One EP's part of the summary.
pub(in crate::report) fn block(review: &Review) -> Block {
    let title = match &review.title {
        Some(title) => code(title, plain::MAX_NAME),
        None => "(no title)".to_owned(),
    };
    let heading = match (review.number, &review.title) {
        (Some(_), _) => format!("### {} {title}", words::ep_name(review)),
        (None, Some(_)) => format!("### {title}"),
        (None, None) => format!("### {}", name(review)),
    };
    let mut head =
        format!("{heading}\n\n{} · {}", code(&review.path, plain::MAX_NAME), step(review));
    match words::tally(review) {
        Some(tally) => {
            let _ = write!(head, " · {tally}\n\n");
        }
        None => head.push_str(" · nothing found\n\n"),
    }
    head.push_str(&progress_table(review));

    let mut lists = Vec::new();
    lists.extend(errors(review));
    let entries = |severity| entries(review, of(review, severity));
    let warnings = entries(Severity::Warning);
    lists.extend(folded(warnings, Severity::Warning, Urgency::Soon, "not blocking"));
    lists.extend(next(review));
    let notes = entries(Severity::Note);
    lists.extend(folded(notes, Severity::Note, Urgency::Aside, "for your information"));
    Block { head, head_again: format!("{heading}, continued\n\n"), lists }
}

/// "`provisional` → `implementable`".
fn step(review: &Review) -> String {
    match (&review.base_status, &review.status) {
        (Some(base), Some(head)) if base != head => format!("{} → {}", status(base), status(head)),
        (_, Some(head)) => status(head),
        (Some(base), None) => format!("{} → no valid status", status(base)),
        (None, None) => "no valid status".to_owned(),
    }
}

fn progress_table(review: &Review) -> String {
    let columns = words::progress(review);
    let mut rows = [String::from("|"), String::from("|"), String::from("|")];
    for (name, done, total) in columns {
        let _ = write!(rows[0], " {name} |");
        rows[1].push_str(" --- |");
        let _ = write!(rows[2], " {done} of {total} |");
    }
    format!("{}\n{}\n{}\n\n", rows[0], rows[1], rows[2])
}

fn errors(review: &Review) -> Option<List> {
    let target = review.status.as_deref().map_or("the merge".to_owned(), status);
    let entries = entries(review, of(review, Severity::Error));
    (!entries.is_empty()).then(|| List {
        urgency: Urgency::Now,
        open: format!("**What blocks {target} now**\n\n"),
        entries,
        close: "\n".to_owned(),
    })
}

/// A list behind a line that opens it.
pub(super) fn folded(
    entries: Vec<String>,
    severity: Severity,
    urgency: Urgency,
    why: &str,
) -> Option<List> {
    let count = words::counted(entries.len(), severity.as_str());
    (!entries.is_empty()).then(|| List {
        urgency,
        open: format!("<details>\n<summary>{count}, {why}</summary>\n\n"),
        entries,
        close: "\n</details>\n\n".to_owned(),
    })
}

/// What the next status asks for, beside what blocks already.
fn next(review: &Review) -> Option<List> {
    let next = review.next.as_ref()?;
    let blocks_now = |f: &&Finding| of(review, Severity::Error).any(|e| same_gap(e, f));
    let (known, new): (Vec<&Finding>, Vec<&Finding>) = next.blockers.iter().partition(blocks_now);
    let said = |f: &Finding| of(review, Severity::Warning).any(|w| same_gap(w, f));
    let entries: Vec<String> = new
        .iter()
        // What a warning above says already is named again, not explained again.
        .map(|f| entry(&place(review, f), f, if said(f) { "" } else { words::advice(f) }))
        .collect();
    let (open, close) = match (known.len(), entries.len()) {
        (0, 0) => (
            format!(
                "**Next: {}.** Nothing stands in its way; when the work is that far, change the \
                 status.\n\n",
                status(&next.status)
            ),
            "",
        ),
        (_, 0) => (
            format!(
                "**Next: {}.** It asks for nothing beyond what blocks now.\n\n",
                status(&next.status)
            ),
            "",
        ),
        (_, n) if n <= MAX_OPEN => {
            let also = if known.is_empty() {
                "It asks for"
            } else {
                "Beyond what blocks now, it asks for"
            };
            (format!("**Next: {}.** {also}:\n\n", status(&next.status)), "\n")
        }
        (known, n) => {
            let also = if known == 0 { "" } else { " beyond what blocks now" };
            (
                format!(
                    "<details>\n<summary>Next: {}, which asks for {}{also}</summary>\n\n",
                    html_code(&next.status, plain::MAX_NAME),
                    words::counted(n, "thing"),
                ),
                "\n</details>\n\n",
            )
        }
    };
    Some(List { urgency: Urgency::Later, open, entries, close: close.to_owned() })
}

fn of(review: &Review, severity: Severity) -> impl Iterator<Item = &Finding> {
    review.findings.iter().filter(move |f| f.severity == severity)
}

/// Whether two findings are one gap, seen from two statuses: severity and words may differ.
fn same_gap(a: &Finding, b: &Finding) -> bool {
    a.rule.name == b.rule.name && a.lines == b.lines && a.section == b.section
}

fn entries<'a>(review: &Review, findings: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    findings.map(|f| entry(&place(review, f), f, words::advice(f))).collect()
}

fn place(review: &Review, finding: &Finding) -> String {
    format!("{}:{}", plain::name(&review.path), finding.lines.start)
}

/// A list item: place, rule and message, and what to do as a paragraph of its own.
pub(super) fn entry(place: &str, finding: &Finding, advice: &str) -> String {
    let mut item = format!(
        "- {} {}: {}\n",
        code(place, usize::MAX),
        code(finding.rule.name, usize::MAX),
        sentences(&finding.message, MAX_SENTENCE, 2),
    );
    if !advice.is_empty() {
        let _ = write!(item, "\n  → {}\n", sentences(advice, MAX_SENTENCE, 2));
    }
    item
}

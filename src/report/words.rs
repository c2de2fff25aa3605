//! The words that every format shares: what an EP is called, how findings are counted.

use std::fmt::Write as _;

use crate::review::{Finding, Review, Severity, Verdict};

use super::plain;

/// `1 error`, `3 errors`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// What several reviews come to, without keeping them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    reviews: usize,
    failing: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Totals {
    pub(super) fn of<'r>(reviews: impl IntoIterator<Item = &'r Review>) -> Self {
        let mut totals = Self::default();
        reviews.into_iter().for_each(|review| totals.add(review));
        totals
    }

    pub(super) fn add(&mut self, review: &Review) {
        self.reviews += 1;
        self.failing += usize::from(review.verdict() == Verdict::Fail);
        self.errors += review.count(Severity::Error);
        self.warnings += review.count(Severity::Warning);
        self.notes += review.count(Severity::Note);
    }

    /// Whether there was nothing to review.
    pub(super) const fn is_empty(&self) -> bool {
        self.reviews == 0
    }

    /// `3 errors, 2 warnings`: what there is, and nothing that there is not. `None` when there is nothing.
    pub(super) fn tally(&self) -> Option<String> {
        let parts: Vec<String> =
            [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")]
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, noun)| counted(count, noun))
                .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// All EPs and unreadable files in one line; `None` when there is only one thing to speak of.
    pub(super) fn last_line(&self, unreadable: usize) -> Option<String> {
        if self.reviews + unreadable < 2 {
            return None;
        }
        let mut line = match (self.reviews, self.failing) {
            (0, _) => String::new(),
            (1, 0) => "1 EP: passes".to_owned(),
            (1, _) => "1 EP: fails".to_owned(),
            (all, 0) => format!("{all} EPs: all pass"),
            (all, failing) if all == failing => format!("{all} EPs: all fail"),
            (all, failing) => format!("{all} EPs: {} pass, {failing} fail", all - failing),
        };
        if let Some(tally) = self.tally() {
            let _ = write!(line, " · {tally}");
        }
        if unreadable > 0 {
            if !line.is_empty() {
                line.push_str(" · ");
            }
            let _ = write!(line, "{} could not be read", counted(unreadable, "file"));
        }
        Some(line)
    }
}

/// `3 errors, 2 warnings` of one review.
pub(super) fn tally(review: &Review) -> Option<String> {
    Totals::of([review]).tally()
}

/// `EP-0042`; without a number, the path. Plain text.
pub(super) fn ep_name(review: &Review) -> String {
    plain::name(review.name.as_ref().unwrap_or(&review.path))
}

/// What to do about a finding: its help, else what its fix does. May be empty.
pub(super) fn advice(finding: &Finding) -> &str {
    if !finding.help.is_empty() {
        return &finding.help;
    }
    finding.fix.as_ref().map_or("", |fix| &fix.description)
}

/// The title of an annotation: the rule's name, and what it finds. Not capped.
pub(super) fn annotation_title(finding: &Finding) -> String {
    plain::one_line(&format!("{}: {}", finding.rule.name, finding.rule.short))
}

/// How far an EP has come, as `(name, done, total)`. Approvals are counted where somebody looked. A new measure is one
/// more row here.
pub(super) fn progress(review: &Review) -> Vec<(&'static str, usize, usize)> {
    let progress = review.progress;
    [
        ("Sections", Some(progress.sections)),
        ("PRR", Some(progress.questions)),
        ("Checklist", Some(progress.checklist)),
        ("Approvals", review.approvals),
    ]
    .into_iter()
    .filter_map(|(name, count)| Some((name, count?)))
    .map(|(name, count)| (name, count.done, count.total))
    .collect()
}

/// One EP in one line, for a terminal or a log:
/// `eps/EP-0042-x.md: EP-0042 "Title" · implementable · fail: 3 errors · sections 12/16 · …`.
/// `paint` dresses the verdict.
pub(super) fn summary_line(review: &Review, paint: impl Fn(Verdict, &str) -> String) -> String {
    let mut line = format!("{}:", plain::name(&review.path));
    if let Some(name) = &review.name {
        let _ = write!(line, " {}", plain::name(name));
    }
    match &review.title {
        // The quotes are ours: a title cannot end them and go on with a verdict of its own.
        Some(title) => {
            let _ = write!(line, " \"{}\"", plain::name(title).replace('"', "'"));
        }
        None => line.push_str(" (no title)"),
    }
    let status = review.status.as_deref().map_or_else(|| "no valid status".to_owned(), plain::name);
    let verdict = review.verdict();
    let word = match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
    };
    let verdict = match tally(review) {
        Some(tally) => format!("{}: {tally}", paint(verdict, word)),
        None => paint(verdict, word),
    };
    let _ = write!(line, " · {status} · {verdict}");
    for (name, done, total) in progress(review) {
        let name = if name == "PRR" { name.to_owned() } else { name.to_lowercase() };
        let _ = write!(line, " · {name} {done}/{total}");
    }
    line
}

//! Fixes: what can be mended by rule, and how a set of fixes is applied to a text.
//!
//! Fixes never invent what an author has to say: they write headings and items back, with the template's guidance,
//! and set right what is plainly meant. Each file below makes the fixes of one kind; [`apply`] and [`apply_all`]
//! put them to use.

pub(super) mod guidance;
pub(super) mod heading;
mod insert;
pub(super) mod item;
pub(super) mod status;
pub(super) mod title;
pub(super) mod toc;

use crate::proposal::{MAX_BYTES, Source};

use super::finding::{Edit, Finding, Severity};
use super::input::{Candidate, Rulebook};
use super::outcome::Review;
use super::rule::{GUIDANCE_LEFT, Rule};

/// What became of a text and its fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied<'f> {
    /// The text with the fixes in it; every byte outside their edits as it was.
    pub text: String,
    /// The findings whose fix is in it.
    pub applied: Vec<&'f Finding>,
    /// The findings whose fix would change a line that another one changes, or none of this text: for the next
    /// review, which may offer it anew.
    pub left: Vec<&'f Finding>,
}

/// Applies the fixes of findings to the text that was reviewed, in the order of the findings: of two that change
/// the same line, the first wins. Equal fixes are applied once.
pub fn apply<'f>(text: &str, findings: impl IntoIterator<Item = &'f Finding>) -> Applied<'f> {
    let source = Source::new(text);
    let mut taken: Vec<&Edit> = Vec::new();
    let mut applied = Vec::new();
    let mut left = Vec::new();
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        let same = fix.edits.iter().all(|edit| taken.contains(&edit));
        if !same && (!fits(&source, &fix.edits) || fix.edits.iter().any(|e| overlaps(e, &taken))) {
            left.push(finding);
            continue;
        }
        applied.push(finding);
        if !same {
            taken.extend(&fix.edits);
        }
    }
    taken.sort_by_key(|edit| edit.start_line);
    let mut out = String::with_capacity(text.len());
    let mut next = 1;
    for edit in taken {
        out.push_str(&text[source.line_start(next)..source.line_start(edit.start_line)]);
        out.push_str(&edit.text);
        next = edit.end_line + 1;
    }
    out.push_str(&text[source.line_start(next)..]);
    Applied { text: out, applied, left }
}

/// Whether edits are in order and name lines of the text.
fn fits(source: &Source<'_>, edits: &[Edit]) -> bool {
    let mut last = 0;
    edits.iter().all(|edit| {
        let behind = edit.start_line > last && edit.start_line <= edit.end_line;
        last = edit.end_line;
        behind && edit.end_line <= source.line_count()
    })
}

fn overlaps(edit: &Edit, taken: &[&Edit]) -> bool {
    taken.iter().any(|t| edit.start_line <= t.end_line && t.start_line <= edit.end_line)
}

/// A fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// The rule whose finding it mended.
    pub rule: &'static Rule,
    /// What it did, as an imperative.
    pub description: String,
}

/// An EP with all its fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// Its text.
    pub text: String,
    /// What was done, each thing once, in order.
    pub done: Vec<Mend>,
    /// What is left for a person.
    pub review: Review,
}

/// Reviews an EP and applies its fixes, again and again until none is left: a heading that is put back belongs into
/// the table of contents as well. Notes stay as they are: a waiver says that a finding is accepted.
pub fn apply_all(candidate: &Candidate<'_>, rulebook: &Rulebook<'_>) -> Mended {
    let mut review = super::review(candidate, rulebook);
    let mut done: Vec<Mend> = Vec::new();
    let Ok(text) = Source::decode(candidate.head) else {
        return Mended { text: String::new(), done, review };
    };
    let mut text = text.to_owned();
    // A round mends at least one thing, and of each heading and item there is one to put back.
    let most = rulebook.template.sections.len() + rulebook.template.checklist.len() + 10;
    for _ in 0..most {
        let offered = |f: &&Finding| f.fix.is_some() && f.severity != Severity::Note;
        let (guidance, others): (Vec<&Finding>, Vec<&Finding>) =
            review.findings.iter().filter(offered).partition(|f| f.rule.is(&GUIDANCE_LEFT));
        // Which sections are written shows once all headings are at their place.
        let wanted = if others.is_empty() { guidance } else { others };
        let Applied { text: mended, applied, .. } = apply(&text, wanted);
        // What would be too large to be read is worse than what is missing.
        if mended == text || mended.len() > MAX_BYTES {
            break;
        }
        for finding in applied {
            let description = finding.fix.as_ref().map_or("", |fix| &fix.description);
            let mend = Mend { rule: finding.rule, description: description.to_owned() };
            if !done.contains(&mend) {
                done.push(mend);
            }
        }
        text = mended;
        review = super::review(&Candidate { head: text.as_bytes(), ..*candidate }, rulebook);
    }
    Mended { text, done, review }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proposal::Lines;
    use crate::review::finding::Fix;
    use crate::review::rule::{SECTION_MISSING, TOC_ENTRY};

    fn finding(rule: &'static Rule, edits: &[(usize, usize, &str)]) -> Finding {
        let edit = |&(start_line, end_line, text): &(usize, usize, &str)| Edit {
            start_line,
            end_line,
            text: text.to_owned(),
        };
        Finding {
            rule,
            severity: Severity::Error,
            lines: Lines::at(1),
            section: Vec::new(),
            message: "m".into(),
            help: String::new(),
            fix: Some(Fix { description: "d".into(), edits: edits.iter().map(edit).collect() }),
        }
    }

    #[test]
    fn edits_of_several_findings_are_applied_at_once_and_all_else_stays() {
        let text = "\u{feff}one\r\n\ttwo\nthree\r\nfour";
        let findings = [
            finding(&TOC_ENTRY, &[(4, 4, "4"), (1, 1, "x\n")]),
            finding(&TOC_ENTRY, &[(2, 2, ""), (4, 4, "4")]),
            finding(&TOC_ENTRY, &[(3, 3, "three\r\nnew\r\n")]),
        ];
        let done = apply(text, &findings);
        assert_eq!(done.text, "\u{feff}one\r\nthree\r\nnew\r\n4");
        assert_eq!(done.applied, [&findings[1], &findings[2]]);
        assert_eq!(done.left, [&findings[0]], "its edits are not in order");
        assert_eq!(apply(text, &[]).text, text);
    }

    #[test]
    fn of_two_fixes_for_one_line_the_first_wins_and_equal_ones_are_applied_once() {
        let text = "one\ntwo\n";
        let findings = [
            finding(&TOC_ENTRY, &[(1, 2, "new\n")]),
            finding(&SECTION_MISSING, &[(2, 2, "two\nthree\n")]),
            finding(&SECTION_MISSING, &[(1, 2, "new\n")]),
        ];
        let done = apply(text, &findings);
        assert_eq!(done.text, "new\n");
        assert_eq!(done.applied, [&findings[0], &findings[2]]);
        assert_eq!(done.left, [&findings[1]]);
    }

    #[test]
    fn an_edit_of_lines_that_the_text_does_not_have_is_left() {
        for edits in [[(0, 1, "x")], [(2, 1, "x")], [(2, 3, "x")], [(3, 3, "x")]] {
            let findings = [finding(&TOC_ENTRY, &edits)];
            let done = apply("one\ntwo\n", &findings);
            assert_eq!((done.text.as_str(), done.left.len()), ("one\ntwo\n", 1), "{edits:?}");
        }
    }
}

//! Fixes on documents at random: realistic EPs with pieces deleted, broken and put in, and any bytes at all.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use ep_bot::proposal::{MAX_BYTES, Source, Template};
use ep_bot::review::fix::{apply, apply_all};
use ep_bot::review::{Candidate, Finding, Policy, Review, Rulebook, Severity, review};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::support::PATH;

const EXAMPLES: [&str; 3] = [
    include_str!("../../src/cli/examples/EP-0007-ship-edge-gateway.md"),
    include_str!("../../src/cli/examples/EP-0012-guest-identity-offline-login.md"),
    include_str!("../../src/cli/examples/EP-0021-telemetry-over-satellite.md"),
];

/// What happens to an EP, each at one of the lines that it fits.
#[derive(Debug, Clone)]
enum Harm {
    /// A heading of level 2 to 4 is deleted.
    Heading(Index),
    /// A heading is deleted with its text.
    Section(Index),
    /// A top-level list item of the checklist or the table of contents is deleted.
    Item(Index),
    /// A box gets another marker.
    Marker(Index, &'static str),
    /// A word of the status, or the number of the title, is written in another way.
    Typo(&'static str, &'static str),
    /// An anchor of the table of contents is broken.
    Anchor(Index),
    /// The template's guidance stands somewhere.
    Guidance(Index, Index),
    /// Any line is deleted.
    Line(Index),
    /// Any line is put in.
    Trap(Index, &'static str),
}

impl Harm {
    fn on(&self, lines: &mut Vec<String>) {
        let places = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..lines.len()).filter(|&n| fits(&lines[n])).collect()
        };
        let headings = places(&|line| line.starts_with("## ") || line.starts_with("###"));
        let is_item = |line: &str| line.trim_start().starts_with("- [");
        let pick = |at: &Index, of: &[usize]| (!of.is_empty()).then(|| of[at.index(of.len())]);
        match self {
            Self::Heading(at) => drop(pick(at, &headings).map(|n| lines.remove(n))),
            Self::Section(at) => {
                let Some(n) = pick(at, &headings) else { return };
                let end = headings.iter().copied().find(|&h| h > n).unwrap_or(lines.len());
                lines.drain(n..end);
            }
            Self::Item(at) => {
                drop(pick(at, &places(&is_item)).map(|n| lines.remove(n)));
            }
            Self::Marker(at, marker) => {
                if let Some(n) = pick(at, &places(&|line| line.starts_with("- [x] "))) {
                    lines[n] = lines[n].replacen("- [x] ", marker, 1);
                }
            }
            Self::Typo(old, new) => {
                if let Some(&n) = places(&|line| line.contains(old)).first() {
                    lines[n] = lines[n].replacen(old, new, 1);
                }
            }
            Self::Anchor(at) => {
                if let Some(n) = pick(at, &places(&|line| is_item(line) && line.contains("](#"))) {
                    lines[n] = lines[n].replacen("](#", "](#no-", 1);
                }
            }
            Self::Guidance(at, which) => {
                let template = Template::built_in();
                let section = &template.sections[which.index(template.sections.len())];
                let at = at.index(lines.len() + 1);
                let form = section.form.lines().take_while(|line| !line.starts_with("- ["));
                let block: Vec<String> = form.map(str::to_owned).chain([String::new()]).collect();
                lines.splice(at..at, block);
            }
            Self::Line(at) => {
                if !lines.is_empty() {
                    lines.remove(at.index(lines.len()));
                }
            }
            Self::Trap(at, line) => lines.insert(at.index(lines.len() + 1), (*line).to_owned()),
        }
    }
}

/// Harm that fixes undo without a rest.
fn mendable() -> impl Strategy<Value = Harm> {
    prop_oneof![
        any::<Index>().prop_map(Harm::Heading),
        any::<Index>().prop_map(Harm::Section),
        any::<Index>().prop_map(Harm::Item),
        (any::<Index>(), select(vec!["- [✅] ", "- [ x ] ", "- [x]", "- [] ", "- "]))
            .prop_map(|(at, marker)| Harm::Marker(at, marker)),
        select(vec![
            ("`staged`", "`stagd` since June"),
            ("**completed**", "`Complete`"),
            ("Implemented", "Status: implmented"),
            ("# EP-00", "# EP-"),
            ("# EP-0012:", "# EP 0012 -"),
        ])
        .prop_map(|(old, new)| Harm::Typo(old, new)),
        any::<Index>().prop_map(Harm::Anchor),
    ]
}

fn any_harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        3 => mendable(),
        2 => any::<Index>().prop_map(Harm::Line),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(at, which)| Harm::Guidance(at, which)),
        2 => (any::<Index>(), select(vec![
            "<!--", "-->", "```", "~~~", "<pre>", "<div>", "</div>", "> quoted", "- item", "  - [ ] nested", "---", "===",
            "<!-- toc -->", "<!-- /toc -->", "## Summary", "# EP-0042: Another", "\ttab", "    code", "| a | b |", "| - | - |",
            "[^1]: note", "1. one", "<details><!-- a", "text <!-- b --> c", "#", "- [Goals](#goals)", "* **What specific metrics should inform a rollback?**",
        ])).prop_map(|(at, line)| Harm::Trap(at, line)),
    ]
}

fn document(harm: impl Strategy<Value = Harm>) -> impl Strategy<Value = String> {
    let fresh = Template::built_in()
        .text
        .replace("**status here**", "implementable")
        .replace("# EP-0000: Enhancement Process", "# EP-0042: Ship menu");
    let bases: Vec<String> = EXAMPLES.iter().map(|&t| t.to_owned()).chain([fresh]).collect();
    let manner = (any::<bool>(), any::<bool>(), any::<bool>());
    (select(bases), proptest::collection::vec(harm, 0..8), manner).prop_map(
        |(base, harms, (windows, mark, open_end))| {
            let mut lines: Vec<String> = base.lines().map(str::to_owned).collect();
            for harm in &harms {
                harm.on(&mut lines);
            }
            let mut text = lines.join("\n");
            if !open_end {
                text.push('\n');
            }
            if windows {
                text = text.replace('\n', "\r\n");
            }
            if mark { format!("\u{feff}{text}") } else { text }
        },
    )
}

fn with<R>(
    text: &[u8],
    judge_as: Option<&str>,
    look: impl Fn(&Candidate<'_>, &Rulebook<'_>) -> R,
) -> R {
    let policy = Policy::default();
    let rulebook = Rulebook { judge_as, ..Rulebook::new(Template::built_in(), &policy) };
    look(&Candidate::new(PATH, text), &rulebook)
}

fn errors(review: &Review) -> HashSet<(&'static str, Vec<String>)> {
    let errors = review.findings.iter().filter(|f| f.severity == Severity::Error);
    errors.map(|f| (f.rule.name, f.section.clone())).collect()
}

/// Lines that no edit names stand in the result, in order and byte for byte; lines that only get company as well.
fn survives(before: &str, after: &str, applied: &[&Finding]) -> Result<(), TestCaseError> {
    let source = Source::new(before);
    let edits: Vec<_> =
        applied.iter().flat_map(|f| f.fix.iter().flat_map(|fix| &fix.edits)).collect();
    let mut rest = after;
    for line in 1..=source.line_count() {
        let raw = source.line_with_ending(line);
        if edits.iter().any(|e| e.start_line <= line && line <= e.end_line) {
            continue;
        }
        let Some(at) = rest.find(raw) else {
            return Err(TestCaseError::fail(format!("line {line} is gone: {raw:?}")));
        };
        rest = &rest[at + raw.len()..];
    }
    for finding in applied.iter().filter(|f| f.rule.name.ends_with("-missing")) {
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            prop_assert_eq!(edit.start_line, edit.end_line);
            let old = source.line(edit.start_line).trim_start_matches('\u{feff}');
            prop_assert!(edit.text.contains(old), "{:?} has lost {:?}", edit.text, old);
        }
    }
    Ok(())
}

/// The words of a text that are no comment, for what fixes must never lose.
fn own_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 6)
        .map(str::to_owned)
        .collect();
    words.sort();
    words
}

/// What fixes may show that was not shown before: what is put back is still to be written, and a part that is
/// put back no longer speaks for what is below it.
const UNCOVERED: &[&str] = &[
    "section-empty",
    "prr-unanswered",
    "checklist-item-open",
    "history-entry",
    "section-missing",
    "prr-question-missing",
];

fn check(text: &str, judge_as: Option<&str>) -> Result<Review, TestCaseError> {
    let before = with(text.as_bytes(), judge_as, review);
    let once = apply(text, &before.findings);
    survives(text, &once.text, &once.applied)?;
    let mended = with(text.as_bytes(), judge_as, apply_all);
    let again = with(mended.text.as_bytes(), judge_as, apply_all);
    prop_assert_eq!(&again.text, &mended.text, "a second run");
    prop_assert!(again.done.is_empty(), "{:?}", again.done);
    let offered: Vec<_> = mended.review.findings.iter().filter(|f| f.fix.is_some()).collect();
    prop_assert!(offered.is_empty(), "still offered: {offered:#?}");
    // Held against what the mended EP is held against: a status that is put right may ask for more.
    let status = judge_as.or(mended.review.status.as_deref());
    let known = errors(&with(text.as_bytes(), status, review));
    let gone: Vec<&[String]> = before
        .findings
        .iter()
        .filter(|f| f.rule.name == "section-missing")
        .map(|f| f.section.as_slice())
        .collect();
    for (rule, section) in errors(&mended.review) {
        let was_hidden = gone.iter().any(|gone| section.starts_with(gone));
        let allowed = UNCOVERED.contains(&rule) || was_hidden;
        prop_assert!(
            known.contains(&(rule, section.clone())) || allowed,
            "{rule} at {section:?} was not there before\n{:#?}",
            mended.done
        );
    }
    // The longer words of the author are all there, guidance and the table of contents aside.
    let (old, new) = (own_words(text), own_words(&mended.text));
    if mended
        .done
        .iter()
        .all(|m| m.rule.name.ends_with("-missing") || m.rule.name.starts_with("checklist"))
    {
        let mut left = new.iter();
        prop_assert!(old.iter().all(|word| left.any(|w| w == word)), "words are gone");
    }
    Ok(mended.review)
}

/// How many documents each property is tried on; more by hand, with `PROPTEST_CASES`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(64)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn what_is_broken_in_a_known_way_is_mended_at_once(text in document(mendable())) {
        let left = check(&text, None)?;
        let fixable = ["title-format", "toc-entry", "toc-heading", "section-missing", "prr-question-missing",
            "checklist-item-missing", "checklist-marker"];
        // A slip of the pen may be no slip any more after two.
        let open: Vec<_> = left.findings.iter().filter(|f| fixable.contains(&f.rule.name)).collect();
        prop_assert!(open.is_empty(), "{open:#?}");
    }

    #[test]
    fn whatever_was_done_to_an_ep_fixes_touch_their_own_lines_only_and_come_to_an_end(
        text in document(any_harm()), judge_as in select(vec![None, Some("implementable"), Some("staged")]),
    ) {
        check(&text, judge_as)?;
    }

    #[test]
    fn any_bytes_are_mended_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        with(&bytes, None, apply_all);
    }

    #[test]
    fn any_pieces_are_mended_without_a_panic_and_a_second_run_changes_nothing(
        pieces in proptest::collection::vec(any_harm(), 1..40), first in any::<Index>(),
    ) {
        let mut lines: Vec<String> = Vec::new();
        lines.push(["# EP-0042: x", "", "Title\n==="][first.index(3)].to_owned());
        for piece in &pieces {
            piece.on(&mut lines);
        }
        check(&lines.join("\n"), Some("staged"))?;
    }
}

/// A long file made of one piece over and over.
fn long(head: &str, piece: impl Fn(usize) -> String) -> String {
    let mut text = format!("# EP-0042: x\n\n## Status\n\nstaged\n\n{head}");
    let mut n = 0;
    while text.len() < 200_000 {
        text.push_str(&piece(n));
        n += 1;
    }
    text
}

#[test]
fn a_file_that_would_become_too_large_is_left_as_it_is() {
    let mut text = long("", |n| format!("### Heading {n}\n"));
    text.push_str(&"x".repeat(MAX_BYTES - text.len()));
    let mended = with(text.as_bytes(), None, apply_all);
    assert!(mended.text == text && mended.done.is_empty());
    assert!(mended.review.findings.iter().all(|f| f.rule.name != "file-unreadable"));
}

#[test]
fn every_golden_ep_is_mended_to_a_text_that_a_second_run_leaves_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut seen = 0;
    for case in fs::read_dir(folder).expect("golden cases") {
        let path = case.expect("a case").path().join("input.md");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        seen += 1;
        for status in [None, Some("staged")] {
            check(&text, status).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
    assert!(seen > 300, "{seen} cases");
}

#[test]
fn a_hostile_file_is_mended_too_and_a_second_run_changes_nothing() {
    let guidance = Template::built_in().sections.iter().find(|s| !s.form.is_empty()).expect("one");
    for (name, text) in [
        ("headings", long("", |n| format!("### Heading {n}\n"))),
        ("guidance", long("", |n| format!("### Heading {n}\n\ntext\n\n{}\n", guidance.form))),
        (
            "boxes",
            long("## Proposal Checklist\n\n", |_| {
                "- [✅] What is the timeline for release?\n".into()
            }),
        ),
        (
            "a table of contents",
            long("<!-- toc -->\n", |n| match n {
                3_000 => "<!-- /toc -->\n".into(),
                n => format!("- [a{n}](#a{n})\n"),
            }),
        ),
        ("one long section", long("", |_| "word\n".into())),
        ("comments in one line", long("", |_| "<!-- a --> b ".into())),
        ("marks", long("", |_| "<!-- toc -->\n".into())),
    ] {
        let mended = with(text.as_bytes(), None, apply_all);
        assert!(mended.done.len() > 5, "{name}: {:?}", mended.done);
        let again = with(mended.text.as_bytes(), None, apply_all);
        assert_eq!(again.done, vec![], "{name}");
    }
}

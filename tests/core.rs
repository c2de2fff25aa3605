//! The pure core on documents at large: the template's two editions, realistic EPs, any bytes at all.

use std::fs;
use std::path::Path;

use ep_bot::proposal::{Outline, Shape, Template};
use ep_bot::review::{
    Around, Base, Before, Candidate, Policy, Review, Rulebook, Severity, Tree, Verdict, review,
};
use proptest::prelude::*;

fn fixture(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
        .expect(name)
}

fn example(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/examples").join(name))
        .expect(name)
}

fn check(path: &str, bytes: &[u8]) -> Review {
    check_as(path, bytes, None)
}

fn check_as(path: &str, bytes: &[u8], judge_as: Option<&str>) -> Review {
    let policy = Policy::default();
    let rulebook = Rulebook { judge_as, ..Rulebook::new(Template::built_in(), &policy) };
    review(&Candidate::new(path, bytes), &rulebook)
}

#[test]
fn the_built_in_template_has_the_headings_questions_and_items_of_the_given_one_word_for_word() {
    let given = Template::parse(&fixture("EP-0000-template.md"), &Shape::default());
    let ours = Template::built_in();
    let headings = |t: &Template| -> Vec<(u8, String, bool, bool, bool, bool)> {
        t.sections
            .iter()
            .map(|s| {
                (s.level, s.name(), s.optional, s.question, s.asks && !s.question, s.has_options)
            })
            .collect()
    };
    let parts = |t: &Template| -> Vec<(String, bool)> {
        let prr = t.prr_section.expect("questionnaire");
        t.children(prr).map(|s| (t.sections[s].name(), t.sections[s].asks)).collect()
    };
    let without_asks = |t: &Template| -> Vec<(u8, String, bool, bool, bool)> {
        headings(t).into_iter().map(|(l, n, o, q, _, h)| (l, n, o, q, h)).collect()
    };
    assert_eq!(without_asks(ours), without_asks(&given));
    assert_eq!(parts(ours), parts(&given), "the same parts ask for a text of their own");
    assert_eq!(ours.checklist, given.checklist);
    assert_eq!(ours.checklist.len(), 11);
    assert_eq!(ours.sections.iter().filter(|s| s.question).count(), 10);
    assert_eq!(ours.title, given.title);
}

#[test]
fn the_built_in_template_has_no_dead_toc_link_and_no_stop_word_as_guidance() {
    let outline = Outline::parse(&Template::built_in().text);
    let toc = ep_bot::proposal::toc::read(&outline).expect("a table of contents");
    let faults =
        ep_bot::proposal::toc::faults(&outline, &ep_bot::proposal::toc::anchors(&outline), &toc);
    assert!(faults.dead.is_empty() && faults.unlisted.is_empty(), "{faults:?}");
    for comment in &outline.comments {
        assert!(!outline.source.text()[comment.clone()].contains("TBD"));
    }
}

#[test]
fn an_untouched_copy_of_the_template_fails_at_every_status_of_the_ladder() {
    for template in [fixture("EP-0000-template.md"), Template::built_in().text.clone()] {
        for status in ["provisional", "implementable", "implemented", "staged", "completed"] {
            let found = check_as("eps/EP-0042-x.md", template.as_bytes(), Some(status));
            assert_eq!(found.verdict(), Verdict::Fail, "{status}");
            assert_eq!(found.progress.sections.done, 0);
            assert_eq!(found.progress.questions.done, 0);
            assert_eq!(found.progress.checklist.done, 0);
        }
    }
}

#[test]
fn the_template_at_its_own_path_is_no_ep() {
    assert_eq!(
        check("eps/EP-0000-template.md", Template::built_in().text.as_bytes()).findings,
        vec![]
    );
}

#[test]
fn realistic_eps_pass_at_their_own_status_without_an_error() {
    for (name, status, warnings) in [
        ("EP-0007-ship-edge-gateway.md", "completed", 0),
        ("EP-0012-guest-identity-offline-login.md", "staged", 0),
        ("EP-0021-telemetry-over-satellite.md", "implemented", 1),
    ] {
        let found = check(&format!("eps/{name}"), example(name).as_bytes());
        assert_eq!(found.status.as_deref(), Some(status));
        assert_eq!(found.count(Severity::Error), 0, "{name}: {:#?}", found.findings);
        assert_eq!(found.count(Severity::Warning), warnings, "{name}: {:#?}", found.findings);
    }
}

#[test]
fn a_windows_file_with_a_byte_order_mark_has_the_findings_of_the_plain_one_at_the_same_lines() {
    let plain = Template::built_in().text.clone();
    let windows = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    let lines = |text: &str| -> Vec<(usize, &'static str)> {
        check("eps/EP-0042-x.md", text.as_bytes())
            .findings
            .iter()
            .map(|f| (f.lines.start, f.rule.name))
            .collect()
    };
    assert_eq!(lines(&windows), lines(&plain));
}

#[test]
fn a_file_over_one_mebibyte_and_one_that_is_not_utf8_are_findings() {
    for bytes in [vec![b'a'; (1 << 20) + 1], b"# EP-0042: x\n\xff\n".to_vec()] {
        let found = check("eps/EP-0042-x.md", &bytes);
        assert_eq!(found.findings.len(), 1);
        assert_eq!(found.findings[0].rule.name, "file-unreadable");
        assert_eq!(found.verdict(), Verdict::Fail);
    }
    assert_eq!(check("eps/EP-0042-x.md", b"").verdict(), Verdict::Fail, "an empty file");
}

/// A file of one mebibyte made of one piece over and over.
fn mebibyte(piece: impl Fn(usize) -> String) -> String {
    let mut text = "# EP-0042: x\n\n## Status\n\nstaged\n\n".to_owned();
    let mut n = 0;
    while text.len() < (1 << 20) - 200 {
        text.push_str(&piece(n));
        n += 1;
    }
    text
}

#[test]
fn a_hostile_file_of_one_mebibyte_takes_time_in_proportion_to_its_size_and_gives_a_bounded_report()
{
    let sli = "What are the SLIs (Service Level Indicators) an operator can use to determine the health of the service?";
    let options = format!(
        "## Production Readiness Review Questionnaire\n\n### Monitoring Requirements\n\n#### {sli}\n\n"
    );
    let pieces: Vec<(&str, String)> = vec![
        ("open boxes", mebibyte(|_| "- [ ] x\n".into())),
        (
            "open boxes of the options",
            mebibyte(|n| if n == 0 { options.clone() } else { "- [ ] y\n  - z:\n".into() }),
        ),
        (
            "boxes of the checklist",
            mebibyte(|n| {
                if n == 0 {
                    "## Proposal Checklist\n\n".into()
                } else {
                    "- [ ] What is the timeline for release?\n".into()
                }
            }),
        ),
        ("headings", mebibyte(|n| format!("## Heading {n:06}\n"))),
        ("equal headings", mebibyte(|_| "## Summary\n".into())),
        ("placeholders", mebibyte(|_| "x TBD\n".into())),
        ("tags in one line", mebibyte(|_| "<my-tag>".into())),
        (
            "opening brackets in HTML",
            mebibyte(|n| if n == 0 { "<div>\n".into() } else { "<".into() }),
        ),
        ("brackets", mebibyte(|_| "[".into())),
        ("links", mebibyte(|n| format!("[a](b{n}.md) "))),
        (
            "bold items",
            mebibyte(|n| if n == 0 { options.clone() } else { "- **What metrics?**\n".into() }),
        ),
        ("comments in one line", mebibyte(|_| "<!-- a --> b ".into())),
        ("unclosed comments", mebibyte(|_| "<!-- a\n".into())),
        ("quotes", mebibyte(|_| "> ".into())),
        (
            "one item",
            mebibyte(|n| {
                if n == 0 { "## Proposal Checklist\n\n- [ ] ".into() } else { "word ".into() }
            }),
        ),
        (
            "table of contents",
            mebibyte(|n| match n {
                0 => "<!-- toc -->\n".into(),
                9000 => "<!-- /toc -->\n".into(),
                n => format!("- [a{n}](#a{n})\n"),
            }),
        ),
    ];
    let policy = Policy::default();
    let rulebook = Rulebook {
        around: Around { tree: Some(&Nothing), ..Around::default() },
        ..Rulebook::new(Template::built_in(), &policy)
    };
    for (name, text) in pieces {
        let path = "eps/EP-0042-x.md";
        let alone = Candidate::new(path, text.as_bytes());
        let found = review(&alone, &rulebook);
        assert_eq!(found.verdict(), Verdict::Fail, "{name}");
        assert!(found.findings.len() < 500, "{name}: {} findings", found.findings.len());
        // Those with many findings are held against what they were as well.
        if ["equal headings", "placeholders", "links"].contains(&name) {
            let before = Before::At(Base { path, bytes: text.as_bytes(), sidecar: None });
            let found = review(&Candidate { before, ..alone }, &rulebook);
            assert!(found.findings.len() < 500, "{name}: {} findings", found.findings.len());
        }
    }
}

/// A repository without a file.
#[derive(Debug)]
struct Nothing;

impl Tree for Nothing {
    fn has(&self, _: &str) -> Option<bool> {
        Some(false)
    }
}

/// Pieces that EPs and traps are made of, so that random documents reach deep into the rules.
fn document() -> impl Strategy<Value = String> {
    let headings: Vec<String> = Template::built_in()
        .sections
        .iter()
        .map(|s| format!("{} {}", "#".repeat(s.level.into()), s.title()))
        .collect();
    let piece = prop_oneof![
        3 => proptest::sample::select(headings),
        1 => Just("# EP-0042: Offline login".to_owned()),
        2 => proptest::sample::select(vec![
            "<!--", "-->", "<!-- a -->", "```", "~~~mermaid", "- [ ] Metrics", "- [x] Metrics", "  - Metric name: x",
            "- [ ] What is the timeline for release?", "- [✅] What team will own the solution? N/A: no", "TBD", "No.",
            "implementable", "**staged**", "---", "===", "> # quoted", "1. one", "\tcode", "<name>", "[a](#b)",
            "<!-- toc -->", "<!-- /toc -->", "2026-03-14: staged", "", "\r", "\u{feff}", "é—✅", "|a|b|", "<details>",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,40}",
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.join("\n"))
}

/// Each finding without its place: rule, severity, section, message without its numbers.
fn shape(found: &Review, without: &[Vec<String>]) -> Vec<(String, String, Vec<String>, String)> {
    let mut shapes: Vec<_> = found
        .findings
        .iter()
        .filter(|f| !without.contains(&f.section))
        .map(|f| {
            let message = f.message.replace(|c: char| c.is_ascii_digit(), "");
            (f.rule.name.to_owned(), f.severity.as_str().to_owned(), f.section.clone(), message)
        })
        .collect();
    shapes.sort();
    shapes
}

/// A text with a paragraph more at the end of a section, and the paths of the section and those around it.
fn with_prose(text: &str, pick: usize) -> (String, Vec<Vec<String>>) {
    let outline = Outline::parse(text);
    // The title's own text holds the table of contents, and speaks for the document.
    let ids: Vec<usize> =
        (1..outline.sections.len()).filter(|&id| outline.sections[id].level > 1).collect();
    let id = ids[pick % ids.len()];
    let at = outline.source.line_start(outline.sections[id].body.end);
    let mut path = outline.path(id);
    let mut around = Vec::new();
    while !path.is_empty() {
        around.push(path.clone());
        path.pop();
    }
    let more = "\nThe bridge is told by the night watch.\n\n";
    (format!("{}{more}{}", &text[..at], &text[at..]), around)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// A parent counts as filled when one below it is, so the sections around are looked past as well.
    #[test]
    fn prose_in_one_section_changes_the_findings_of_that_section_alone(pick in 0_usize..1000, which in 0_usize..4, status in 0_usize..5) {
        let text = match which {
            0 => Template::built_in().text.clone(),
            1 => example("EP-0007-ship-edge-gateway.md"),
            2 => example("EP-0012-guest-identity-offline-login.md"),
            _ => fixture("EP-0000-template.md"),
        };
        let status = ["provisional", "implementable", "implemented", "staged", "completed"][status];
        let (more, around) = with_prose(&text, pick);
        let before = check_as("eps/EP-0042-x.md", text.as_bytes(), Some(status));
        let after = check_as("eps/EP-0042-x.md", more.as_bytes(), Some(status));
        prop_assert_eq!(shape(&before, &around), shape(&after, &around), "{:?}", around[0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_bytes_give_findings_within_the_file_and_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let lines = bytes.split(|b| *b == b'\n').count();
        for finding in check("eps/EP-0042-x.md", &bytes).findings {
            prop_assert!(finding.lines.start >= 1 && finding.lines.start <= finding.lines.end);
            prop_assert!(finding.lines.end <= lines);
        }
    }

    #[test]
    fn any_document_gives_sorted_findings_within_the_file(text in document()) {
        let lines = text.split('\n').count();
        for status in ["provisional", "staged", "replaced"] {
            let found = check_as("eps/EP-0042-x.md", text.as_bytes(), Some(status)).findings;
            prop_assert!(found.iter().all(|f| f.lines.start >= 1 && f.lines.end <= lines && !f.message.is_empty()));
            prop_assert!(found.is_sorted_by_key(|f| (f.lines.start, f.rule.name)));
        }
    }
}

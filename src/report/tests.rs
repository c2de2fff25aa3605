//! What people read, as snapshots; and what must hold for all of it.

use std::fmt::Write as _;

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::sample::{UNREADY_TEXT, clean, hostile, nameless, overflowing, ready, review, unready};
use super::*;
use crate::review::{AskedQuestion, CommentWaiver, Count, Kind};

const HEAD: &str = "5f1c2d9e8b7a60514233425160718293a4b5c6d7";
const BASE: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";

fn input<'a>(reviews: &'a [Review], removed: &'a [String]) -> CheckInput<'a> {
    CheckInput {
        reviews,
        removed,
        not_proposals: 0,
        head: HEAD,
        base: BASE,
        policy_source: "built in",
        ..CheckInput::default()
    }
}

/// A check run as one text, with its zero-width spaces visible.
fn shown(output: &CheckOutput) -> String {
    let mut out = format!("success: {}\ntitle: {}\n", output.success, output.title);
    out.push_str("=== summary\n");
    out.push_str(&output.summary);
    out.push_str("=== text\n");
    out.push_str(&output.text);
    out.push_str("=== annotations\n");
    for a in &output.annotations {
        let (severity, lines) = (a.severity.as_str(), (a.start_line, a.end_line));
        let _ = writeln!(out, "{severity} {}:{lines:?} {}\n{}\n--", a.path, a.title, a.message);
    }
    out.replace('\u{200b}', "⟨zwsp⟩")
}

fn plain(reviews: &[Review], text: &str, unreadable: &[UnreadableFile]) -> String {
    let files: Vec<FileReport<'_>> =
        reviews.iter().map(|review| FileReport { review, text }).collect();
    whole(Format::Text(Style::Plain), &files, unreadable)
}

fn gone() -> Vec<UnreadableFile> {
    vec![UnreadableFile {
        path: "eps/EP-0099-gone.md".to_owned(),
        message: "no such file".to_owned(),
    }]
}

#[test]
fn the_check_of_three_eps_two_of_them_unready() {
    let reviews = [ready(), unready(), nameless()];
    insta::assert_snapshot!(shown(&check_run(&input(&reviews, &[]))));
}

#[test]
fn the_check_of_one_unready_ep() {
    insta::assert_snapshot!(shown(&check_run(&input(&[unready()], &[]))));
}

#[test]
fn the_check_of_a_passing_ep() {
    insta::assert_snapshot!(shown(&check_run(&input(&[clean()], &[]))));
}

#[test]
fn the_check_of_a_pull_request_without_eps() {
    insta::assert_snapshot!(shown(&check_run(&input(&[], &[]))));
}

#[test]
fn the_check_of_a_pull_request_that_only_removes() {
    let removed = ["eps/EP-0003-old.md".to_owned(), "eps/`@org`.md".to_owned()];
    let input = CheckInput { not_proposals: 1, ..input(&[], &removed) };
    insta::assert_snapshot!(shown(&check_run(&input)));
}

#[test]
fn the_check_of_a_hostile_ep() {
    insta::assert_snapshot!(shown(&check_run(&input(&[hostile()], &[]))));
}

#[test]
fn the_terminal_shows_an_unready_ep() {
    insta::assert_snapshot!(plain(&[unready()], UNREADY_TEXT, &[]));
}

#[test]
fn the_terminal_shows_several_eps_and_an_unreadable_file() {
    insta::assert_snapshot!(plain(&[ready(), clean(), nameless()], "", &gone()));
}

#[test]
fn the_terminal_shows_a_hostile_ep() {
    let text = "# a\n\n## \u{1b}[2J\u{9b}31m\u{202e}@org `x`\n";
    insta::assert_snapshot!(plain(&[hostile()], text, &[]));
}

#[test]
fn a_passing_ep_is_one_line() {
    assert_eq!(
        plain(&[clean()], "x", &[]),
        "eps/EP-0011-galley.md: EP-0011 \"Galley stock counts\" · staged · pass · sections 16/16 · \
         PRR 10/10 · checklist 11/11\n"
    );
}

#[test]
fn colour_adds_nothing_but_colour() {
    let review = unready();
    let files = [FileReport { review: &review, text: UNREADY_TEXT }];
    let coloured = whole(Format::Text(Style::Color), &files, &gone());
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    stripped.push_str(rest);
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(stripped, whole(Format::Text(Style::Plain), &files, &gone()));
}

#[test]
fn json_has_the_fixed_shape() {
    let (unready, nameless) = (unready(), nameless());
    let files = [without_text(&unready), without_text(&nameless)];
    insta::assert_snapshot!(whole(Format::Json, &files, &gone()));
    assert_eq!(
        whole(Format::Json, &[], &[]),
        "{\n  \"version\": 1,\n  \"proposals\": [],\n  \"unreadable\": []\n}\n"
    );
}

#[test]
fn workflow_commands_name_file_line_and_rule() {
    let (unready, hostile) = (unready(), hostile());
    let files = [without_text(&unready), without_text(&hostile)];
    insta::assert_snapshot!(whole(Format::Github, &files, &gone()));
}

#[test]
fn four_hundred_findings_are_all_annotated_and_all_accounted_for() {
    let output = check_run(&input(&overflowing(), &[]));
    assert!(output.summary.len() <= MAX_PAGE && output.text.len() <= MAX_PAGE);
    assert_eq!(output.annotations.len(), 401);
    assert!(output.summary.contains("eps/z-last.md:1"), "the short EP keeps its place");

    let listed = |page: &str| page.matches("- `eps/EP-0100-long.md:").count();
    let more = |page: &str| -> usize {
        let counts = page.split("…and ").skip(1).filter_map(|rest| rest.split(' ').next());
        counts.filter_map(|n| n.parse::<usize>().ok()).sum()
    };
    let (in_summary, in_text) = (listed(&output.summary), listed(&output.text));
    assert_eq!(in_summary + more(&output.summary), 400);
    assert_eq!(in_text + more(&output.text), more(&output.summary));
    assert!(in_summary > 100, "{in_summary}");
    insta::assert_snapshot!(format!(
        "title: {}\n{}\n[…]\n{}\n=== text\n{}",
        output.title,
        output.summary.lines().take(24).map(|l| plain::cap(l, 100)).collect::<Vec<_>>().join("\n"),
        output
            .summary
            .lines()
            .rev()
            .take(24)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .map(|l| plain::cap(l, 100))
            .collect::<Vec<_>>()
            .join("\n"),
        output.text.lines().take(8).map(|l| plain::cap(l, 100)).collect::<Vec<_>>().join("\n"),
    ));
}

#[test]
fn a_thousand_eps_fit() {
    let reviews: Vec<Review> =
        (0..1_000).map(|n| Review { path: format!("eps/EP-{n:04}.md"), ..unready() }).collect();
    let output = check_run(&input(&reviews, &[]));
    assert!(output.summary.len() <= MAX_PAGE && output.text.len() <= MAX_PAGE);
    assert!(output.summary.contains("EPs more: see") || output.summary.contains(" more: see"));
    assert_eq!(output.annotations.len(), 6_000);
}

#[test]
fn annotations_keep_githubs_limits_and_their_order() {
    let mut long = unready();
    long.findings[0].message = "é".repeat(70_000);
    long.findings[1].lines = crate::proposal::Lines { start: 0, end: 0 };
    let reviews = [long, ready()];
    let output = check_run(&input(&reviews, &[]));
    for a in &output.annotations {
        assert!(a.message.len() <= MAX_ANNOTATION_MESSAGE);
        assert!(a.title.chars().count() <= MAX_ANNOTATION_TITLE);
        assert!(1 <= a.start_line && a.start_line <= a.end_line);
    }
    assert_eq!(output.annotations[0].path, "eps/EP-0007-chart.md");
    assert!(output.summary.len() <= MAX_PAGE);
}

#[test]
fn titles_count_in_words() {
    let title = |reviews: &[Review]| check_run(&input(reviews, &[])).title;
    assert_eq!(title(&[unready()]), "EP-0042: 3 things block `implementable`");
    assert_eq!(title(&[nameless()]), "eps/draft.md: 1 thing blocks the merge");
    assert_eq!(title(&[clean()]), "EP-0011 is ready for `staged`");
    assert_eq!(title(&[ready()]), "EP-0007 is ready for `implementable`, with 1 warning");
    assert_eq!(title(&[clean(), ready()]), "2 EPs are ready: 1 warning");
    assert_eq!(
        title(&[clean(), unready(), nameless()]),
        "2 of 3 EPs are not ready: 4 errors, 2 warnings, 1 note"
    );
    assert_eq!(title(&[]), "No EP changed");
    let off = review("a.md", 1, "A", "withdrawn");
    assert_eq!(title(&[off]), "EP-0001 is complete as `withdrawn`");
}

#[test]
fn more_than_three_eps_are_checked_by_their_folder() {
    let named = |path: &str| review(path, 1, "A", "staged");
    let reviews =
        [named("a/eps/1.md"), named("a/eps/2.md"), named("a/eps/x/3.md"), named("a/e/4.md")];
    let output = check_run(&input(&reviews, &[]));
    assert!(output.summary.contains("`ep-bot check --base 0a1b2c3 a`"), "{}", output.summary);
}

/// A template of the repository with a hostile name and a hostile heading, and a preview of hostile paths.
#[test]
fn the_check_of_hostile_rules() {
    use crate::review::repository::{Origin, Preview, RuleFile, RuleKind, Standing, Turned};
    let finding = super::sample::finding(
        "template-invalid",
        crate::review::Severity::Error,
        (3, 3),
        "`</details> @org` stands twice under the same heading.",
    );
    let file = |path: &str, standing| RuleFile {
        kind: RuleKind::Template,
        path: path.to_owned(),
        in_change: standing == Standing::Proposed,
        standing,
        findings: vec![finding.clone().into()],
    };
    let origin = Origin::Owner { repository: "org/.github".into(), commit: "@org".into() };
    let files = [
        file("eps/`@org`/template.md", Standing::Judges(origin)),
        file("eps/new template.md", Standing::Proposed),
    ];
    let turned = |n: usize| Turned {
        path: format!("eps/`#{n}` @org.md"),
        rules: vec!["prr-unanswered", "section-empty", "diagram-missing", "toc-entry"],
    };
    let preview = Preview {
        read: 60,
        unread: 3,
        red: (0..53).map(turned).collect(),
        green: vec![turned(1)],
        left_alone: vec!["<b>.md".into()],
    };
    let input = CheckInput {
        rule_files: &files,
        preview: Some(&preview),
        notes: &["Not all of it was looked at.".to_owned()],
        template_source: "`eps/`@org`/template.md` at 0123456",
        ..input(&[], &[])
    };
    let output = check_run(&input);
    assert!(!output.success);
    let shown = shown(&output);
    let lines: Vec<&str> =
        shown.lines().filter(|line| !(2..51).any(|n| line.contains(&format!("#{n}` @")))).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// The whole summary, read as GitHub reads it: only our own headings, and no link, image or mention.
#[test]
fn a_hostile_ep_forges_nothing() {
    let reviews = [hostile(), unready()];
    let output = check_run(&input(&reviews, &["@org/team #1".to_owned()]));
    let (mut headings, mut heading) = (Vec::new(), None);
    let mut tags = Vec::new();
    for event in Parser::new_ext(&output.summary, Options::all()) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(pulldown_cmark::TagEnd::Heading(_)) => headings.extend(heading.take()),
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("{event:?}"),
            Event::Html(html) => tags.push(html.trim().to_owned()),
            Event::InlineHtml(html) => panic!("{html}"),
            Event::Text(text) => {
                let bare = text
                    .match_indices(['@', '#'])
                    .any(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric()));
                assert!(!bare, "{text}");
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Code(_) => {
                if let Some(heading) = &mut heading {
                    heading.push('~');
                }
            }
            _ => {}
        }
    }
    assert_eq!(headings, ["EP-0009 ~", "EP-0042 ~"]);
    let expected =
        |tag: &str| tag == "<details>" || tag == "</details>" || tag.starts_with("<summary>");
    assert!(tags.iter().all(|tag| expected(tag)), "{tags:?}");
    assert!(!output.title.contains('\n'));
}

proptest! {
    #[test]
    fn any_text_and_any_range_can_be_shown_in_a_terminal(
        text in prop_oneof![any::<String>(), "[a\t \r\n\u{e9}\u{754c}#`-]{0,60}"],
        message in any::<String>(),
        (start, end) in (0_usize..20, 0_usize..20),
    ) {
        let mut review = clean();
        review.title = Some(message.clone());
        review.path.clone_from(&message);
        review.findings = vec![super::sample::finding(
            "section-empty",
            crate::review::Severity::Error,
            (start, end),
            message,
        )];
        let out = plain(&[review], &text, &[]);
        prop_assert!(out.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", out);
    }
}

#[test]
fn what_is_off_the_ladder_is_complete_whatever_an_organisation_calls_it() {
    let title = |kind: Kind| {
        let parked = Review { kind: Some(kind), ..review("eps/EP-0042-x.md", 42, "x", "on ice") };
        check_run(&input(&[parked], &[])).title
    };
    assert_eq!(title(Kind::Parked), "EP-0042 is complete as `on ice`");
    assert_eq!(title(Kind::Terminal), "EP-0042 is complete as `on ice`");
    assert_eq!(title(Kind::Step), "EP-0042 is ready for `on ice`");
}

#[test]
fn approvals_are_a_column_where_somebody_looked() {
    let counted = Review { approvals: Some(Count { done: 1, total: 2 }), ..clean() };
    let table = |review: Review| check_run(&input(&[review], &[])).summary;
    assert!(table(counted.clone()).contains("| Checklist | Approvals |\n"));
    assert!(table(counted.clone()).contains("| 11 of 11 | 1 of 2 |\n"));
    assert!(!table(clean()).contains("Approvals"));
    let json = |review: &Review| whole(Format::Json, &[without_text(review)], &[]);
    assert_eq!(json(&counted), json(&clean()), "the shape is fixed");
}

#[test]
fn long_lists_of_what_was_said_are_cut_and_name_nobody() {
    let waiver = CommentWaiver {
        rule: crate::review::RULES[0],
        section: Some(vec!["a`b".to_owned()]),
        because: format!("@org/all <b> #1\n\n## {}", "x".repeat(100_000)),
        by: "alice".to_owned(),
    };
    let asked = AskedQuestion {
        number: 1,
        part: Some("[x](y)".to_owned()),
        text: format!("@org/all `<!-- \n# {}", "x".repeat(100_000)),
        by: "alice".to_owned(),
    };
    let (waivers, asked) = (vec![waiver; 200], vec![asked; 200]);
    let reviews = [unready()];
    let said = CheckInput { waivers: &waivers, asked: &asked, ..input(&reviews, &[]) };
    let summary = check_run(&said).summary;
    assert!(summary.len() <= MAX_PAGE);
    assert_eq!(summary.matches("- …and 180 more.\n").count(), 2);
    let headings = summary.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(headings, check_run(&input(&reviews, &[])).summary.matches("\n### ").count());
}

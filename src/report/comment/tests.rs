//! What people read in comments, as snapshots; and that nothing in it is more than text.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::answer::{Approvers, Said, answer};
use super::explain::explain;
use super::outside::outside;
use super::status::{
    Answered, Delivery, Found, Known, Origin, Question, Retry, StatusInput, Waived, status,
};
use super::*;
use crate::report::inline;
use crate::report::sample::{clean, hostile, nameless, overflowing, ready, unready};
use crate::review::{Finding, Review, Severity};

const HEAD: &str = "5f1c2d9e8b7a60514233425160718293a4b5c6d7";
const OLD: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567";
const CHECK: &str = "EP / production readiness";

fn shown(body: &str) -> String {
    body.replace('\u{200b}', "⟨zwsp⟩")
}

fn origin<'a>() -> Origin<'a> {
    Origin {
        reviewed: Some(HEAD),
        head: Some(HEAD),
        delivery: Some(Delivery {
            event: "pull_request",
            action: Some("synchronize"),
            at: "2025-03-31 14:05 UTC",
            guid: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        }),
        policy: "`.github/ep-bot.yml` in the base branch at 0a1b2c3",
        template: "the built-in template",
        retry: None,
    }
}

fn input(found: Found<'_>) -> StatusInput<'_> {
    StatusInput { comment: 99, found, waivers: &[], questions: &[], origin: origin() }
}

const WAIVED: Waived<'_> = Waived {
    rule: "diagram-missing",
    section: Some("Proposal > Architecture"),
    because: "one box says it all",
    by: "alice",
};

const QUESTION: Question<'_> = Question {
    number: 1,
    part: Some("Scalability"),
    text: "How many ships can it serve at once?",
    by: "bob",
    answer: Answered::Missing,
};

#[test]
fn the_status_of_a_pull_request() {
    let reviews = [unready(), clean()];
    let questions = [
        QUESTION,
        Question {
            number: 2,
            part: None,
            answer: Answered::Done,
            text: "Who is on call?",
            ..QUESTION
        },
    ];
    let found = Found::This { reviews: &reviews, open: true };
    let input = StatusInput { waivers: &[WAIVED], questions: &questions, ..input(found) };
    insta::assert_snapshot!(shown(&status(&input)));
}

#[test]
fn the_status_while_a_review_is_behind() {
    let reviews = [ready()];
    let found = Found::This { reviews: &reviews, open: true };
    let retry = Retry { at: "14:10 UTC", reason: "GitHub answered 502" };
    let behind = |origin| shown(&status(&StatusInput { origin, ..input(found) }));
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    insta::assert_snapshot!(
        [
            first(behind(Origin { reviewed: Some(OLD), ..origin() })),
            first(behind(Origin { reviewed: Some(OLD), retry: Some(retry), ..origin() })),
            first(behind(Origin { reviewed: None, ..origin() })),
            first(behind(Origin { retry: Some(retry), ..origin() })),
            behind(Origin {
                retry: Some(retry),
                reviewed: None,
                delivery: None,
                ..Origin::default()
            }),
        ]
        .join("\n\n=====\n\n")
    );
}

#[test]
fn the_status_of_a_pull_request_without_eps_or_closed() {
    let reviews = [clean()];
    let none = status(&input(Found::This { reviews: &[], open: true }));
    let closed = status(&input(Found::This { reviews: &reviews, open: false }));
    insta::assert_snapshot!(shown(&format!("{none}\n\n=====\n\n{closed}")));
}

#[test]
fn the_status_of_one_ep_of_an_unknown_one_and_of_all() {
    let known = [
        (7, "EP-0007", Some("Chart plotter sync")),
        (90, "EP-0090", None),
        (42, "EP-0042", Some("Wi-Fi")),
        (100, "EP-0100", Some("x")),
    ]
    .map(|(number, name, title)| Known { number, name, title });
    let (ready, unready, clean, nameless) = (ready(), unready(), clean(), nameless());
    let all = [&ready, &clean, &unready, &nameless];
    insta::assert_snapshot!(shown(
        &[
            status(&input(Found::One { review: &ready, branch: "main" })),
            status(&input(Found::Unknown {
                number: 99,
                name: "EP-0099",
                branch: "main",
                known: &known
            })),
            status(&input(Found::Unknown {
                number: 99,
                name: "EP-0099",
                branch: "main",
                known: &[]
            })),
            status(&input(Found::All { reviews: &all, unreadable: 1, branch: "main" })),
            status(&input(Found::All { reviews: &[], unreadable: 0, branch: "main" })),
        ]
        .join("\n\n=====\n\n")
    ));
}

#[test]
fn the_help() {
    insta::assert_snapshot!(help(99));
}

#[test]
fn the_summary_comment() {
    let some = summary(&[unready(), clean()], CHECK);
    let none = summary(&[], CHECK);
    insta::assert_snapshot!(shown(&format!("{some}\n\n=====\n\n{none}")));
}

#[test]
fn the_button_explain() {
    let some = explain(7, &[unready(), nameless()], true);
    let none = explain(7, &[clean()], false);
    insta::assert_snapshot!(shown(&format!("{some}\n\n=====\n\n{none}")));
}

const SAID: &[Said<'_>] = &[
    Said::Misread {
        line: 3,
        words: "/ep-staus",
        sentence: "`/ep-staus` is no command. Did you mean `/ep-status`?",
    },
    Said::NotApprover {
        command: "/ep-waive",
        approvers: Approvers::Named(&["alice", "fleet/prr", "bob"]),
    },
    Said::NotApprover { command: "/ep-question", approvers: Approvers::WhoCanPush },
    Said::OwnPullRequest { approvers: Approvers::Named(&["alice"]) },
    Said::EditedByOther { command: "/ep-waive", author: "alice" },
    Said::Waived {
        rule: "diagram-missing",
        section: Some("Proposal > Architecture"),
        because: "one box.",
        by: "alice",
        found: true,
    },
    Said::Waived {
        rule: "jira-missing",
        section: None,
        because: "it is a trial",
        by: "alice",
        found: false,
    },
    Said::Asked {
        number: 2,
        part: Some("Scalability"),
        text: "How many ships can it serve at once?",
    },
    Said::Asked { number: 3, part: None, text: "Who is on call?" },
    Said::Dropped { number: 2, text: "How many ships can it serve at once?" },
    Said::NoSuchQuestion { number: 9, open: &[1, 2] },
    Said::NoSuchQuestion { number: 9, open: &[] },
    Said::NotTheirs { number: 2, by: "bob", approvers: Approvers::Named(&["alice", "carol"]) },
    Said::Closed { command: "/ep-check" },
    Said::NoPullRequest { command: "/ep-check" },
];

#[test]
fn every_answer() {
    insta::assert_snapshot!(shown(&answer(99, SAID)));
}

#[test]
fn one_answer_is_a_paragraph_and_its_mark_tells_whether_it_was_done() {
    let done = answer(99, &SAID[5..6]);
    assert!(done.starts_with("`diagram-missing` is waived"), "{done}");
    assert_eq!(parse_marker(&done), Some(Marker::Answer { kind: Kind::Done, comment: 99 }));
    let refused = answer(99, &SAID[4..6]);
    assert_eq!(parse_marker(&refused), Some(Marker::Answer { kind: Kind::Refusal, comment: 99 }));
}

#[test]
fn what_is_too_long_is_counted_and_stays_within_githubs_limit() {
    let many = overflowing();
    let eps: Vec<Review> = (0..900).map(|_| hostile()).collect();
    let all: Vec<&Review> = eps.iter().collect();
    let long = "@x ".repeat(9_000);
    let waivers = [Waived { because: &long, by: &long, section: Some(&long), rule: &long }; 99];
    let questions = [Question { text: &long, part: Some(&long), by: &long, ..QUESTION }; 99];
    let found = Found::This { reviews: &many, open: true };
    let bodies = [
        status(&StatusInput { waivers: &waivers, questions: &questions, ..input(found) }),
        status(&input(Found::All { reviews: &all, unreadable: 0, branch: "main" })),
        summary(&eps, CHECK),
        explain(1, &many, true),
        answer(1, &vec![Said::Asked { number: 1, part: Some(&long), text: &long }; 400]),
    ];
    for body in bodies {
        assert!(body.chars().count() <= 65_536, "{}", body.len());
        assert!(parse_marker(&body).is_some());
    }
}

/// All texts with one hostile text wherever an EP or a person has a word in it, each with the mark it must have.
fn texts(hostile: &str) -> Vec<(String, Marker)> {
    let mut review = unready();
    review.path = format!("eps/{hostile}.md");
    review.title = Some(hostile.to_owned());
    review.base_status = Some(hostile.to_owned());
    for finding in &mut review.findings {
        finding.message = format!("{hostile} is empty, `{hostile}`.\n- {hostile}");
        finding.help = hostile.to_owned();
        finding.section = vec![hostile.to_owned()];
        for edit in finding.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
            edit.text = hostile.to_owned();
        }
    }
    let waivers =
        [Waived { rule: "jira-missing", section: Some(hostile), because: hostile, by: hostile }];
    let questions = [Question { part: Some(hostile), text: hostile, by: hostile, ..QUESTION }];
    let known = [Known { number: 1, name: hostile, title: Some(hostile) }];
    let retry = Some(Retry { at: "now", reason: hostile });
    let origin = Origin { policy: hostile, template: hostile, retry, ..origin() };
    let reviews = std::slice::from_ref(&review);
    let said = [
        Said::Misread { line: 1, words: hostile, sentence: hostile },
        Said::NotApprover { command: "/ep-waive", approvers: Approvers::Named(&[hostile]) },
        Said::EditedByOther { command: "/ep-waive", author: hostile },
        Said::Waived {
            rule: "jira-missing",
            section: Some(hostile),
            because: hostile,
            by: hostile,
            found: true,
        },
        Said::Asked { number: 1, part: Some(hostile), text: hostile },
        Said::Dropped { number: 1, text: hostile },
        Said::NotTheirs { number: 1, by: hostile, approvers: Approvers::WhoCanPush },
    ];
    let of_status = Marker::Answer { kind: Kind::Status, comment: 99 };
    let found = |found| {
        status(&StatusInput { waivers: &waivers, questions: &questions, origin, ..input(found) })
    };
    let mut texts = vec![
        (found(Found::This { reviews, open: true }), of_status.clone()),
        (found(Found::One { review: &review, branch: hostile }), of_status.clone()),
        (
            found(Found::Unknown { number: 2, name: hostile, branch: hostile, known: &known }),
            of_status.clone(),
        ),
        (found(Found::All { reviews: &[&review], unreadable: 0, branch: hostile }), of_status),
        (summary(reviews, CHECK), Marker::Summary),
        (explain(99, reviews, true), Marker::Answer { kind: Kind::Explain, comment: 99 }),
        (answer(99, &said), Marker::Answer { kind: Kind::Refusal, comment: 99 }),
    ];
    let errors: Vec<&Finding> =
        review.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    let mark = Marker::outside(&review, false);
    texts.push((outside(&review, &errors, true, CHECK, &mark), mark));
    for finding in errors {
        let name = inline::fingerprint(&review, finding);
        texts.push((
            inline::comment(finding, &name, inline::suggestion(finding)),
            Marker::Finding(name),
        ));
    }
    texts
}

/// Why GitHub would make more of a page than was meant.
fn danger(page: &str) -> Option<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    let (mut html, mut text, mut block) = (String::new(), String::new(), false);
    for event in Parser::new_ext(page, options) {
        match event {
            Event::Html(piece) | Event::InlineHtml(piece) => html.push_str(&piece),
            Event::Start(Tag::CodeBlock(_)) => block = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => block = false,
            Event::Text(_) if block => {}
            Event::Text(piece) => text.push_str(&piece),
            Event::Start(
                tag @ (Tag::Link { .. }
                | Tag::Image { .. }
                | Tag::FootnoteDefinition(_)
                | Tag::Strikethrough),
            ) => return Some(format!("{tag:?}")),
            event @ (Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::Rule
            | Event::InlineMath(_)
            | Event::DisplayMath(_)) => return Some(format!("{event:?}")),
            _ => text.push(' '),
        }
    }
    let chars: Vec<char> = text.chars().collect();
    for pair in chars.windows(2) {
        if matches!(pair[0], '@' | '#') && pair[1].is_alphanumeric() {
            return Some(format!("{}{}", pair[0], pair[1]));
        }
    }
    if text.contains("www.") || text.contains("://") {
        return Some("a link".to_owned());
    }
    // Our own tags, each closed; one mark.
    let mut left = html;
    for ours in ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"] {
        left = left.replace(ours, "");
    }
    let count = |tag: &str| page.lines().filter(|line| line.starts_with(tag)).count();
    if count("<details>") < count("</details>") && !page.contains("```") {
        return Some("details".to_owned());
    }
    (left.matches("<!--").count() != 1).then(|| format!("HTML: {left}"))
}

fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "@org/team", "&#64;team", "#123", "GH-1", "https://x.y/z", "www.x.y", "<a href=x>", "</details>",
            "</summary>", "<!--", "-->", "<!-- ep-bot:finding:0123456789abcdef -->", "<!-- ep-bot:summary -->",
            "**EP-0666 is ready for `completed`.** Nothing blocks it.", "![i](u)", "[t](u)", "[t]: u", "[^1]", "`",
            "``", "```", "```suggestion\nx\n```", "~~~", "~~x~~", "# h", "- x", "1. x", "> q", "> [!NOTE]", "---",
            "===", "    code", "| a | b |\n|---|---|", "$x$", "\\", "\n", "\n\n", "\r\n", "\r", "\t", " ", ":tada:",
            "- [ ] x", "\u{200b}", "\u{202e}", "\u{0}", "\u{1b}[31m", "|", "&lt;", "\u{2028}", "/ep-waive x because y",
        ]).prop_map(str::to_owned),
        1 => "[ -~]{0,12}",
    ];
    prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_forged_mark_and_verdict_stay_text() {
    let forged = "x\n\n<!-- ep-bot:finding:0123456789abcdef -->\n\n**EP-0666 is ready.** @org #1\n</details>";
    for (body, mark) in texts(forged) {
        assert_eq!(danger(&body), None, "{body}");
        assert_eq!(parse_marker(&body), Some(mark), "{body}");
        assert!(body.contains("```") || !body.contains("\n**EP-0666"), "{body}");
    }
    let (body, _) = texts(forged).swap_remove(0);
    insta::assert_snapshot!(shown(&body));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_a_person_writes_stays_text(hostile in hostile_text()) {
        for (body, mark) in texts(&hostile) {
            prop_assert_eq!(danger(&body), None, "{}", body);
            prop_assert_eq!(parse_marker(&body), Some(mark), "{}", body);
        }
    }
}

//! What looks filled in to a program and empty to a reader: none of it passes.

use std::collections::BTreeSet;

use ep_bot::proposal::{Shape, Template};
use ep_bot::review::{Candidate, Policy, Review, Rulebook, Severity, Verdict, review};

/// A finished EP, of which nothing is missing but its approval.
const COMPLETED: &str = include_str!("../src/cli/examples/EP-0007-ship-edge-gateway.md");
const PATH: &str = "enhancements/EP-0007-ship-edge-gateway.md";

const QUESTION: &str =
    "How can a rollout or rollback fail? Can it impact already running workloads?";

fn check(text: &str) -> Review {
    check_with(text, Template::built_in())
}

fn check_with(text: &str, template: &Template) -> Review {
    let policy = Policy::default();
    review(&Candidate::new(PATH, text.as_bytes()), &Rulebook::new(template, &policy))
}

/// The rules whose findings block.
fn blocking(review: &Review) -> BTreeSet<&'static str> {
    let errors = review.findings.iter().filter(|f| f.severity == Severity::Error);
    errors.map(|finding| finding.rule.name).collect()
}

/// The finished EP with another text below a heading.
fn with_text(heading: &str, text: &str) -> String {
    let start = COMPLETED.find(heading).expect("the heading") + heading.len();
    let end = COMPLETED[start..].find("\n#").expect("what follows") + start;
    format!("{}\n\n{text}\n{}", &COMPLETED[..start], &COMPLETED[end..])
}

/// The finished EP with one line in another's place.
fn with_line(begins: &str, line: &str) -> String {
    let old = COMPLETED.lines().find(|line| line.starts_with(begins)).expect("the line");
    COMPLETED.replacen(old, line, 1)
}

#[test]
fn the_finished_ep_passes() {
    assert_eq!(blocking(&check(COMPLETED)), BTreeSet::new());
}

#[test]
fn what_a_reader_takes_for_nothing_answers_no_question() {
    let template = Template::built_in();
    let section = template.sections.iter().find(|s| s.title() == QUESTION).expect("the question");
    let guidance = section.form.replace("<!--", "").replace("-->", "");
    let guidance = guidance.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(guidance.len() > 60, "{guidance}");
    for nothing in [
        "\u{3164}",
        "\u{2800}\u{2800}",
        "\u{ad}",
        "&#8203;",
        "T\u{200b}BD",
        "\u{ff34}\u{ff22}\u{ff24}",
        "&#84;BD",
        "T.B.D.",
        "TBD/TODO",
        "[TODO](https://example.com)",
        "1.\n2.",
        "- [x]",
        "> [!NOTE]\n>",
        "**Answer:**",
        "| risk | answer |\n| --- | --- |",
        "| risk | answer |\n| --- | --- |\n|  |  |",
        "<?answer yes ?>",
        QUESTION,
        "> **How can a rollout or rollback fail? Can it impact already running workloads?**",
        &guidance,
    ] {
        let review = check(&with_text(QUESTION, nothing));
        assert_eq!(blocking(&review), BTreeSet::from(["prr-unanswered"]), "{nothing:?}");
    }
    for answer in ["No", "1. No", "- [x] yes, on two ships", "| risk |\n| --- |\n| none |", "> N/A"]
    {
        let review = check(&with_text(QUESTION, answer));
        assert_eq!(blocking(&review), BTreeSet::new(), "{answer:?}");
    }
}

#[test]
fn a_field_whose_value_is_hidden_is_not_filled_in() {
    let text = with_text(
        "determine the health of the service?",
        "- [x] Metrics\n  - Metric name: <!-- later -->\n  - Components exposing the metric:",
    );
    assert_eq!(blocking(&check(&text)), BTreeSet::from(["prr-options"]));
}

#[test]
fn an_item_is_not_applicable_where_it_says_so_first_and_says_why() {
    let item = "What is the timeline for release?";
    for (answer, closed) in [
        ("N/A: it is a library", true),
        ("(N/A because nothing is released)", true),
        ("This is not applicable, since nothing is released", true),
        ("see https://example.com/n/a/b", false),
        ("Not N/A, must be done", false),
        ("N/A: <!-- none -->", false),
        ("N/A yet", false),
        ("N/A: later", false),
        ("N/A: N/A", false),
        ("the folder usr/bin/n/a", false),
    ] {
        let text = with_line(&format!("- [x] {item}"), &format!("- [ ] {item} {answer}"));
        let expected =
            if closed { BTreeSet::new() } else { BTreeSet::from(["checklist-item-open"]) };
        assert_eq!(blocking(&check(&text)), expected, "{answer}");
    }
}

#[test]
fn unfinished_text_is_seen_wherever_it_stands() {
    for left in [
        "A service TODO.",
        "- TODO write this up",
        "The size is tbd.",
        "Ask the crew (XXX)",
        "**status here**",
    ] {
        let text = with_text("### Notes/Constraints/Caveats (Optional)", left);
        assert_eq!(blocking(&check(&text)), BTreeSet::from(["placeholder"]), "{left}");
    }
}

#[test]
fn a_standard_is_no_ticket_and_an_empty_picture_no_diagram() {
    for none in ["UTF-8 and SHA-256", "SHIP-0", "```\nSHIP-17\n```"] {
        let review = check(&with_text("### Jira", none));
        assert_eq!(blocking(&review), BTreeSet::from(["jira-missing"]), "{none}");
    }
    for none in ["```mermaid\n```", "![]()", "[the diagram]()", "`https://example.com/a.png`"] {
        let review = check(&with_text("### Architecture", &format!("Words.\n\n{none}")));
        assert_eq!(blocking(&review), BTreeSet::from(["diagram-missing"]), "{none}");
    }
}

#[test]
fn a_list_of_statuses_states_several() {
    let text = with_text("## Status", "- [ ] provisional\n- [x] completed");
    assert_eq!(blocking(&check(&text)), BTreeSet::from(["status-unknown"]));
}

#[test]
fn an_ep_that_is_replaced_names_another() {
    let replaced = COMPLETED.replacen("**completed**", "**replaced**", 1);
    for none in ["[this](EP-0007-ship-edge-gateway.md)", "[see](#summary)", "[TBD](TBD)", "[x]()"] {
        let text =
            replaced.replacen("**replaced**", &format!("**replaced**\n\nReplaced by {none}"), 1);
        assert_eq!(blocking(&check(&text)), BTreeSet::from(["replaced-by"]), "{none}");
    }
}

#[test]
fn a_template_that_asks_nothing_lets_nothing_pass() {
    let without = Template::built_in()
        .text
        .replace("## Production Readiness Review Questionnaire", "## Ready for Production");
    let template = Template::parse(&without, &Shape::default());
    let review = check_with(COMPLETED, &template);
    assert!(blocking(&review).contains("template-invalid"), "{:?}", blocking(&review));
    assert_eq!(review.verdict(), Verdict::Fail);
}

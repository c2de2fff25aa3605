//! What readers of SARIF rely on.

use serde_json::{Value, json};

use crate::report::sample::{UNREADY_TEXT, clean, hostile, nameless, overflowing, unready};
use crate::report::{FileReport, UnreadableFile};
use crate::review::{RULES, Review, Severity};

use super::{MAX_RESULTS, Text, sarif};

fn document(reviews: &[Review], text: &str, unreadable: &[UnreadableFile]) -> Value {
    let files: Vec<FileReport<'_>> =
        reviews.iter().map(|review| FileReport { review, text }).collect();
    serde_json::from_str(&sarif(&files, unreadable)).expect("JSON")
}

fn run(reviews: &[Review], text: &str) -> Value {
    document(reviews, text, &[])["runs"][0].take()
}

fn fingerprints(review: &Review) -> Vec<String> {
    let run = run(std::slice::from_ref(review), "");
    let results = run["results"].as_array().expect("results");
    let of = |result: &Value| {
        result["partialFingerprints"]["epBotFinding/v1"].as_str().map(str::to_owned)
    };
    results.iter().map(|result| of(result).expect("a fingerprint")).collect()
}

#[test]
fn one_unready_ep_and_a_file_that_is_not_there() {
    let gone = UnreadableFile {
        path: "eps/EP-0099 gone.md".to_owned(),
        message: "no such file or folder".to_owned(),
    };
    let mut document = document(&[unready()], UNREADY_TEXT, &[gone]);
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("rules");
    // The whole table stands in every file; one of it is enough to read here.
    rules.retain(|rule| rule["id"] == "checklist-marker");
    let shown = serde_json::to_string_pretty(&document).expect("JSON");
    insta::assert_snapshot!(shown.replace(env!("CARGO_PKG_VERSION"), "[version]"));
}

#[test]
fn every_rule_is_described_within_githubs_limits() {
    let run = run(&[], "");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), RULES.len());
    for (described, rule) in rules.iter().zip(RULES) {
        assert_eq!(described["id"], rule.name);
        for text in ["shortDescription", "fullDescription"] {
            let length = described[text]["text"].as_str().expect("a text").chars().count();
            assert!((1..=1024).contains(&length), "{} {text}", rule.name);
        }
        assert!(described["help"]["markdown"].as_str().is_some_and(|page| page.contains("```")));
    }
    let level = |name: &str| {
        let rule = rules.iter().find(|rule| rule["id"] == name).expect("known");
        rule["defaultConfiguration"]["level"].as_str().expect("a level").to_owned()
    };
    assert_eq!(level("prr-unanswered"), "error");
    assert_eq!(level("toc-entry"), "warning");
    assert_eq!(level("section-empty"), "error", "it takes the levels of the sections");
}

#[test]
fn a_result_names_its_rule_by_name_and_index() {
    let run = run(&[unready(), nameless()], "");
    for result in run["results"].as_array().expect("results") {
        let index =
            usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
}

#[test]
fn an_unreadable_file_is_a_failed_execution_and_no_result() {
    let gone = UnreadableFile { path: "a.md".to_owned(), message: "permission denied".to_owned() };
    let document = document(&[clean()], "", &[gone]);
    let invocation = &document["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0]["level"], "error");
    assert_eq!(document["runs"][0]["results"], json!([]));
    let failing = run(&[unready()], "");
    let invocation = &failing["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true, "to find something is no failure");
}

#[test]
fn a_fingerprint_stays_when_lines_move_and_items_come_and_go() {
    let review = unready();
    let before = fingerprints(&review);
    let mut moved = review.clone();
    for finding in &mut moved.findings {
        finding.lines.start += 7;
        finding.lines.end += 9;
        let message = finding.message.replace("2 of 11 checklist items", "1 of 11 checklist items");
        finding.message = message.replace("\n- Is there a test plan?", "");
        finding.severity = Severity::Warning;
    }
    assert_ne!(moved.findings[3].message, review.findings[3].message);
    assert_eq!(fingerprints(&moved), before);
}

#[test]
fn fingerprints_tell_findings_apart() {
    let mut twice = unready();
    twice.findings.push(twice.findings[0].clone());
    let mut all = fingerprints(&twice);
    assert!(all.last().is_some_and(|last| last.ends_with(":2")), "{all:?}");
    all.extend(fingerprints(&Review { path: "eps/other.md".to_owned(), ..unready() }));
    let mut section = unready();
    section.findings[0].section.push("Status".to_owned());
    all.push(fingerprints(&section).swap_remove(0));
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn no_message_carries_a_link_a_placeholder_or_an_escape() {
    let shown = |text: &str| Text::new(text).text;
    assert_eq!(
        shown("[here](https://x.y) {0} {{12}} {a} {"),
        "[here] (https://x.y) { 0} {{ 12}} {a} {"
    );
    assert_eq!(shown("a\u{1b}[2J\u{202e}b\u{200b}"), "a\u{fffd}[2J\u{fffd}b");
    let text = run(&[hostile()], "")["results"].to_string();
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200b}']));
    assert!(!text.contains("]("));
}

#[test]
fn lines_beyond_the_text_end_at_its_last_line() {
    let region = |text: &str| {
        let mut review = nameless();
        review.findings[0].lines = crate::proposal::Lines { start: 0, end: 9 };
        run(&[review], text)["results"][0]["locations"][0]["physicalLocation"]["region"].take()
    };
    assert_eq!(
        region("one\ntwo é𝄞\n"),
        json!({"startLine": 1, "startColumn": 1, "endLine": 2, "endColumn": 8})
    );
    assert_eq!(region(""), json!({"startLine": 1, "endLine": 9}), "an unknown text has no columns");
}

#[test]
fn above_githubs_limit_the_least_severe_findings_are_left_out_and_counted() {
    let mut reviews = Vec::new();
    // 301 errors and 100 warnings each.
    for _ in 0..80 {
        reviews.extend(overflowing());
    }
    let errors: usize = reviews.iter().map(|review| review.count(Severity::Error)).sum();
    let document = document(&reviews, "", &[]);
    let run = &document["runs"][0];
    let results = run["results"].as_array().expect("results");
    let of = |level: &str| results.iter().filter(|result| result["level"] == level).count();
    assert_eq!(results.len(), MAX_RESULTS);
    assert_eq!((of("error"), of("warning")), (errors, MAX_RESULTS - errors));
    let told = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(told["level"], "warning");
    let left_out = reviews.len() / 2 * 401 - MAX_RESULTS;
    let text = told["message"]["text"].as_str().expect("a text");
    assert!(text.starts_with(&format!("{left_out} findings are left out")), "{text}");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

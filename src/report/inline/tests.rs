use super::*;
use crate::report::comment::parse_marker;
use crate::report::sample::{hostile, nameless, unready};
use crate::review::{Fix, Review, Severity};

fn shown(review: &Review, finding: &Finding) -> String {
    let body = comment(finding, &fingerprint(review, finding), suggestion(finding));
    assert!(body.chars().count() <= MAX_COMMENT);
    let marker = parse_marker(&body);
    assert_eq!(marker, Some(Marker::Finding(fingerprint(review, finding))), "{body}");
    body.replace('\u{200b}', "⟨zwsp⟩")
}

fn with_edit(text: &str) -> Finding {
    let mut finding = unready().findings.remove(0);
    let edits = vec![Edit { start_line: 5, end_line: 5, text: text.to_owned() }];
    finding.fix = Some(Fix { description: "write it".to_owned(), edits });
    finding
}

#[test]
fn what_an_author_reads_beside_the_lines() {
    let review = unready();
    let mut all: Vec<String> = review.findings.iter().map(|f| shown(&review, f)).collect();
    let hostile = hostile();
    all.push(shown(&hostile, &hostile.findings[0]));
    insta::assert_snapshot!(all.join("\n\n=====\n\n"));
}

#[test]
fn a_suggestion_outlasts_the_fences_inside_and_keeps_tabs() {
    let finding = with_edit("````\r\n\tx\r\n````\r\n");
    let edit = suggestion(&finding).expect("a suggestion");
    assert_eq!(block(edit), "`````suggestion\n````\n\tx\n````\n`````\n\n");
}

#[test]
fn deleted_lines_are_an_empty_suggestion() {
    let finding = with_edit("");
    assert_eq!(block(suggestion(&finding).expect("a suggestion")), "```suggestion\n```\n\n");
}

#[test]
fn what_a_reader_cannot_see_is_not_suggested() {
    for hidden in ["a\u{202e}b\n", "a\u{200b}b\n", "\u{feff}# a\n", "a\u{1b}[0m\n"] {
        assert_eq!(suggestion(&with_edit(hidden)), None, "{hidden:?}");
    }
}

#[test]
fn a_suggestion_that_is_too_long_is_dropped_whole() {
    assert_eq!(suggestion(&with_edit(&"long line\n".repeat(900))), None);
}

#[test]
fn a_fix_of_several_edits_is_no_suggestion() {
    let mut finding = with_edit("a\n");
    let fix = finding.fix.as_mut().expect("a fix");
    fix.edits.push(Edit { start_line: 9, end_line: 9, text: "b\n".to_owned() });
    assert_eq!(suggestion(&finding), None);
}

#[test]
fn a_message_of_any_length_makes_a_comment_that_ends_in_its_mark() {
    for piece in ["@a ", "`a` ", "#1 *_* ", "x\n- ", "\u{202e}"] {
        let mut finding = unready().findings.remove(0);
        finding.message = piece.repeat(2_000);
        finding.help = piece.repeat(2_000);
        shown(&unready(), &finding);
    }
}

#[test]
fn a_fingerprint_outlives_moves_and_counts() {
    let review = unready();
    let finding = &review.findings[3];
    let same = fingerprint(&review, finding);
    let mut moved = finding.clone();
    moved.lines = crate::proposal::Lines::at(99);
    moved.severity = Severity::Error;
    moved.message =
        "1  of 7 Checklist items are open. Required from `staged`.\n- another".to_owned();
    let mut stays = moved.clone();
    stays.message = "12 of 11 checklist items are open.".to_owned();
    assert_eq!(fingerprint(&review, &moved), fingerprint(&review, &stays));
    assert_eq!(same.len(), 16);
    let renamed = Review { path: "eps/EP-0042-other.md".to_owned(), ..review.clone() };
    assert_eq!(fingerprint(&renamed, finding), same);
    let other = Review { number: Some(43), ..review.clone() };
    assert_ne!(fingerprint(&other, finding), same);
    assert_ne!(fingerprint(&nameless(), finding), same);
    let mut elsewhere = finding.clone();
    elsewhere.section = vec!["Summary".to_owned()];
    assert_ne!(fingerprint(&review, &elsewhere), same);
}

#[test]
fn a_fingerprint_is_the_same_in_every_build() {
    let review = unready();
    assert_eq!(fingerprint(&review, &review.findings[1]), "86248a4f68230fe2");
}

#[test]
fn a_sentence_ends_outside_of_code_and_quotations() {
    let with = |message: &str| {
        let mut finding = unready().findings.remove(0);
        finding.message = message.to_owned();
        fingerprint(&unready(), &finding)
    };
    assert_eq!(with("\"Why? How.\" is open. A."), with("\"Why? How.\" is open. B."));
    assert_ne!(with("\"Why? How.\" is open."), with("\"Why? What.\" is open."));
    assert_eq!(with("`a. b` is gone. A"), with("`a. b` is gone"));
}

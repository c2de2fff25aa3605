//! What approvers say on a pull request: findings that they waive, and questions that they ask.

use ep_bot::report::{CheckInput, check_run};
use ep_bot::review::fix::apply_all;
use ep_bot::review::policy::{load, section_key};
use ep_bot::review::{
    Around, AskedQuestion, Base, Before, Candidate, CommentWaiver, Finding, Review, Rule, Rulebook,
    Severity, Verdict, prepare_template, review,
};

const READY: &str = include_str!("../src/cli/examples/EP-0012-guest-identity-offline-login.md");
const PATH: &str = "eps/EP-0012-guest-identity-offline-login.md";
const NIGHT: &str = "Who is called at night?";

fn under(yaml: &str, before: Before<'_>, head: &str, around: Around<'_>) -> Review {
    let policy = load(yaml).expect(yaml);
    let template = prepare_template(None, &policy);
    let candidate = Candidate { before, ..Candidate::new(PATH, head.as_bytes()) };
    let today = "2026-06-01".parse().ok();
    review(&candidate, &Rulebook { around, today, ..Rulebook::new(&template, &policy) })
}

fn asked(head: &str, questions: &[AskedQuestion]) -> Review {
    let around = Around { asked: Some(questions), ..Around::default() };
    under("", Before::Unknown, head, around)
}

fn waived(yaml: &str, head: &str, waivers: &[CommentWaiver]) -> Review {
    under(yaml, Before::Unknown, head, Around { waivers, ..Around::default() })
}

fn waiver(rule: &str, section: Option<&str>, because: &str) -> CommentWaiver {
    CommentWaiver {
        rule: Rule::find(rule).expect(rule),
        section: section.map(section_key),
        because: because.to_owned(),
        by: "alice".to_owned(),
    }
}

fn question(number: usize, part: Option<&str>, text: &str) -> AskedQuestion {
    AskedQuestion {
        number,
        part: part.map(str::to_owned),
        text: text.to_owned(),
        by: "alice".to_owned(),
    }
}

fn only(review: &Review) -> &Finding {
    match review.findings.as_slice() {
        [finding] => finding,
        findings => panic!("{findings:#?}"),
    }
}

/// READY with another text in front of one of its lines.
fn with(before: &str, new: &str) -> String {
    assert_eq!(READY.matches(before).count(), 1, "{before}");
    READY.replace(before, &format!("{new}{before}"))
}

#[test]
fn a_missing_question_of_a_reviewer_stands_where_it_belongs_and_names_who_asked() {
    let found = asked(READY, &[question(2, Some("Monitoring Requirements"), NIGHT)]);
    let finding = only(&found);
    assert_eq!((finding.rule.name, finding.severity), ("prr-question-asked", Severity::Error));
    assert_eq!(
        finding.message,
        "`alice` asked on this pull request: `Who is called at night?` (question 2), and the EP does not carry it. \
         Required from `staged`."
    );
    let section: Vec<&str> = finding.section.iter().map(String::as_str).skip(1).collect();
    assert_eq!(section, ["Monitoring Requirements", NIGHT]);
    let line = READY.lines().nth(finding.lines.start - 1).expect("a line");
    assert!(line.starts_with("#### Are there any missing metrics"), "{line}");
    assert_eq!(found.progress.questions.total - found.progress.questions.done, 1);
    let earlier = READY.replace("\n`staged`\n", "\n`implemented`\n");
    assert_eq!(only(&asked(&earlier, &[question(1, None, NIGHT)])).severity, Severity::Warning);
}

#[test]
fn the_fix_puts_the_question_in_and_then_it_wants_an_answer() {
    let questions = [question(1, Some("Dependencies"), NIGHT)];
    let policy = load("").expect("the default");
    let template = prepare_template(None, &policy);
    let around = Around { asked: Some(&questions), ..Around::default() };
    let rulebook = Rulebook { around, ..Rulebook::new(&template, &policy) };
    let mended = apply_all(&Candidate::new(PATH, READY.as_bytes()), &rulebook);
    let heading = format!("#### {NIGHT}\n");
    let (before, after) = mended.text.split_once(&heading).expect("it is there");
    assert!(before.rfind("### Dependencies") > before.rfind("### Monitoring"));
    assert!(after.trim_start().starts_with("### Scalability"));
    let finding = only(&mended.review);
    assert_eq!((finding.rule.name, finding.severity), ("prr-unanswered", Severity::Error));
    let answered = mended.text.replace(&heading, &format!("{heading}\nThe duty engineer.\n"));
    assert!(asked(&answered, &questions).findings.is_empty());
}

#[test]
fn an_asked_question_weighs_as_added_ones_do_in_whatever_part() {
    // Answers of this part are asked for from `implementable` on as warnings, from `implemented` on as errors.
    let part = Some("Rollout, Upgrade and Rollback Planning");
    let head = with("### Monitoring Requirements\n", &format!("#### {NIGHT}\n\nTBD\n\n"));
    let head = head.replace("\n`staged`\n", "\n`implemented`\n");
    let found = asked(&head, &[question(1, part, NIGHT)]);
    let finding = only(&found);
    assert_eq!((finding.rule.name, finding.severity), ("prr-unanswered", Severity::Warning));
}

#[test]
fn a_question_without_a_known_part_stands_at_the_end_of_the_questionnaire() {
    for part in [None, Some("Nowhere")] {
        let found = asked(READY, &[question(1, part, NIGHT)]);
        let section: Vec<&str> = only(&found).section.iter().map(String::as_str).collect();
        assert_eq!(section, ["Production Readiness Review Questionnaire", NIGHT]);
        let text = &only(&found).fix.as_ref().expect("a fix").edits[0].text;
        assert!(text.contains(NIGHT));
    }
}

#[test]
fn a_question_that_is_asked_already_is_asked_once() {
    let metrics = "What specific metrics should inform a rollback";
    assert!(asked(READY, &[question(1, None, metrics)]).findings.is_empty());
    let twice = [question(1, None, NIGHT), question(2, None, "who is called at *night*")];
    assert_eq!(asked(READY, &twice[..1]).findings.len(), 1);
    let yaml = format!("prr: {{questions: [{NIGHT:?}]}}");
    let around = Around { asked: Some(&twice[..1]), ..Around::default() };
    let found = under(&yaml, Before::Unknown, READY, around);
    assert_eq!(only(&found).rule.name, "prr-question-missing", "the policy's own speaks");
    let again =
        [question(1, None, NIGHT), question(2, Some("Scalability"), "Who is called at night")];
    assert_eq!(asked(READY, &again).findings.len(), 1);
}

#[test]
fn a_question_of_this_pull_request_is_no_old_gap() {
    let before = Before::At(Base { path: PATH, bytes: READY.as_bytes(), sidecar: None });
    let head = with("## Drawbacks\n", "");
    let questions = [question(1, None, NIGHT)];
    let around = Around { asked: Some(&questions), ..Around::default() };
    assert_eq!(only(&under("", before, &head, around)).severity, Severity::Error);
    // A template of the time before does not know it either.
    let policy = load("").expect("the default");
    let template = prepare_template(None, &policy);
    let earlier = prepare_template(None, &policy);
    let rulebook =
        Rulebook { around, earlier: Some(&earlier), ..Rulebook::new(&template, &policy) };
    let found = review(&Candidate::new(PATH, READY.as_bytes()), &rulebook);
    assert_eq!(only(&found).severity, Severity::Error);
}

#[test]
fn a_question_is_text_whatever_stands_in_it() {
    let hostile = "Is `x` <b>@org/all</b>\n## closed? ";
    let found = asked(READY, &[question(1, None, hostile), question(2, None, " `` ")]);
    let finding = only(&found);
    assert!(finding.message.contains("`Is x <b>@org/all</b> ## closed?`"), "{}", finding.message);
    let edit = &finding.fix.as_ref().expect("a fix").edits[0];
    assert_eq!(edit.text.lines().filter(|line| line.starts_with('#')).count(), 1, "{}", edit.text);
}

/// An unanswered question and a placeholder elsewhere.
fn with_gaps() -> String {
    let text = with("### Dependencies\n", &format!("#### {NIGHT}\n\n"));
    text.replace("## Drawbacks\n", "## Drawbacks\n\nTBD of the bar.\n")
}

#[test]
fn a_comment_waives_what_it_names_and_says_who_and_why() {
    let head = with_gaps();
    let plain = waived("", &head, &[]);
    assert_eq!(
        (plain.findings.len(), plain.verdict()),
        (2, Verdict::Fail),
        "{:#?}",
        plain.findings
    );
    let found = waived("", &head, &[waiver("prr-unanswered", None, "the pager is ordered.")]);
    let of = |rule: &str| found.findings.iter().find(|f| f.rule.name == rule).expect("a finding");
    assert_eq!(of("prr-unanswered").severity, Severity::Note);
    let said = "Waived by `alice` on this pull request, because the pager is ordered.";
    assert!(of("prr-unanswered").message.ends_with(said), "{}", of("prr-unanswered").message);
    assert_eq!(of("placeholder").severity, Severity::Error, "it names another rule");
}

#[test]
fn a_waiver_may_be_about_one_section() {
    let head = with_gaps();
    let severity = |section: &str| {
        let found = waived("", &head, &[waiver("prr-unanswered", Some(section), "so")]);
        found.findings.iter().find(|f| f.rule.name == "prr-unanswered").map(|f| f.severity)
    };
    assert_eq!(severity(NIGHT), Some(Severity::Note));
    let path = format!("Monitoring Requirements > {NIGHT}");
    assert_eq!(severity(&path), Some(Severity::Note));
    assert_eq!(severity("Dependencies"), Some(Severity::Error));
}

#[test]
fn a_comment_holds_where_the_policy_s_waiver_has_ended_and_not_beside_one_that_holds() {
    let head = with_gaps();
    let here = [waiver("prr-unanswered", None, "a `reason with an open mark")];
    let message = |until: &str| {
        let yaml =
            format!("waivers: [{{rule: prr-unanswered, because: it was so, until: {until}}}]");
        let found = waived(&yaml, &head, &here);
        let finding = found.findings.iter().find(|f| f.rule.name == "prr-unanswered");
        let finding = finding.expect("a finding").clone();
        assert_eq!(finding.severity, Severity::Note);
        finding.message
    };
    let ended = message("2026-05-31");
    assert!(ended.ends_with("because a 'reason with an open mark."), "{ended}");
    assert!(!ended.contains("ended"), "{ended}");
    let holds = message("2026-06-30");
    assert!(
        holds.ends_with("Waived in the policy until 2026-06-30, because it was so."),
        "{holds}"
    );
}

#[test]
fn what_cannot_be_read_cannot_be_waived() {
    let policy = load("").expect("the default");
    let template = prepare_template(None, &policy);
    let waivers = [waiver("file-unreadable", None, "so")];
    let around = Around { waivers: &waivers, ..Around::default() };
    let rulebook = Rulebook { around, ..Rulebook::new(&template, &policy) };
    let found = review(&Candidate::new(PATH, b"\xff"), &rulebook);
    assert_eq!(found.verdict(), Verdict::Fail);
}

#[test]
fn a_waived_approval_is_no_blocker_of_the_next_status() {
    let head = READY.replace("\n`staged`\n", "\n`implemented`\n");
    let policy = load("").expect("the default");
    let template = prepare_template(None, &policy);
    let waivers = [waiver("prr-approval", None, "both approvers are at sea")];
    let around = Around { waivers: &waivers, ..Around::default() };
    let candidate = Candidate { opinions: Some(&[]), ..Candidate::new(PATH, head.as_bytes()) };
    let found = review(&candidate, &Rulebook { around, ..Rulebook::new(&template, &policy) });
    assert!(found.next.expect("staged").blockers.is_empty());
}

#[test]
fn the_check_lists_waivers_and_questions_once() {
    let policy = load("prr: {approvers: [alice, octo-org/prr], approvals: 2}").expect("a policy");
    let template = prepare_template(None, &policy);
    let waivers = [
        waiver("placeholder", Some("Drawbacks"), "the bar is not built yet, says @octo-org/bars."),
        waiver("link-broken", None, "the wiki moves"),
    ];
    let questions = [
        question(1, Some("Monitoring Requirements"), NIGHT),
        question(3, None, "Does it float? <!-- @octo-org/all"),
    ];
    let around = Around { waivers: &waivers, asked: Some(&questions), ..Around::default() };
    let rulebook = Rulebook { around, ..Rulebook::new(&template, &policy) };
    let head = with_gaps();
    let candidate = Candidate { opinions: Some(&[]), ..Candidate::new(PATH, head.as_bytes()) };
    let reviews = [review(&candidate, &rulebook)];
    let output = check_run(&CheckInput {
        reviews: &reviews,
        head: "5f1c2d9e8b7a60514233425160718293a4b5c6d7",
        base: "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        policy_source: "`.github/ep-bot.yml`",
        waivers: &waivers,
        asked: &questions,
        ..CheckInput::default()
    });
    insta::assert_snapshot!(output.summary.replace('\u{200b}', "⟨zwsp⟩"));
}

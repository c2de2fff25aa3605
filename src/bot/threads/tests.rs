use super::*;
use crate::proposal::Lines;
use crate::report::comment::{Marker, parse_marker};
use crate::report::inline::{comment, fingerprint, suggestion};
use crate::review::{Edit, Finding, Fix, Progress, RULES, Severity};

const HEAD: &str = "abc1234def";
const EP: &str = "eps/EP-0042-menu.md";

fn finding(line: usize, message: &str) -> Finding {
    Finding {
        rule: RULES.iter().find(|rule| rule.name == "section-empty").expect("a rule"),
        severity: Severity::Error,
        lines: Lines::at(line),
        section: Vec::new(),
        message: message.to_owned(),
        help: String::new(),
        fix: None,
    }
}

fn review(findings: Vec<Finding>) -> Review {
    Review {
        path: EP.to_owned(),
        number: Some(42),
        name: Some("EP-0042".to_owned()),
        title: Some("Menu cache".to_owned()),
        status: Some("implementable".to_owned()),
        base_status: None,
        progress: Progress::default(),
        next: None,
        approvals: None,
        kind: None,
        findings,
    }
}

/// Lines 1 to 20 are in the diff.
fn patch() -> Patch {
    Patch::parse(&format!("@@ -1,20 +1,20 @@\n{}", " x\n".repeat(20)))
}

fn acts(reviews: &[&Review], patch: Option<&Patch>, threads: &[Thread]) -> Vec<Act> {
    let patches = HashMap::from([(EP, patch)]);
    plan(&Situation {
        reviews,
        patches: &patches,
        threads,
        head: HEAD,
        check: "EP / production readiness",
    })
}

fn planned(review: &Review, threads: &[Thread]) -> Vec<Act> {
    acts(&[review], Some(&patch()), threads)
}

fn thread(body: String) -> Thread {
    Thread {
        id: "T1".to_owned(),
        first_comment: 7,
        last_body: body.clone(),
        body,
        path: EP.to_owned(),
        resolved: false,
        resolved_by_us: false,
        replies: 0,
        last_is_ours: true,
    }
}

fn about(review: &Review, at: usize) -> Thread {
    let finding = &review.findings[at];
    thread(comment(finding, &fingerprint(review, finding), suggestion(finding)))
}

fn resolve(reply: Option<&str>) -> Vec<Act> {
    vec![Act::Resolve { thread: "T1".to_owned(), reply: reply.map(str::to_owned) }]
}

#[test]
fn what_blocks_in_the_diff_gets_a_comment_at_its_lines() {
    let mut warning = finding(4, "Goals is empty.");
    warning.severity = Severity::Warning;
    let review = review(vec![finding(3, "Summary is empty."), warning]);
    let acts = planned(&review, &[]);
    let [Act::Post { body, comments }] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!(body, "One thing blocks the merge: it is marked at its line below.");
    assert_eq!((comments.len(), comments[0].line, comments[0].start_line), (1, 3, None));
    assert!(comments[0].body.starts_with("`section-empty`: Summary is empty."));
}

#[test]
fn a_suggestion_stands_exactly_at_the_lines_that_it_replaces() {
    let mut fixed = finding(3, "Summary is empty.");
    let edit = |start_line, end_line| Edit { start_line, end_line, text: "x\n".to_owned() };
    let fix = |edit| Some(Fix { description: "write it".to_owned(), edits: vec![edit] });
    fixed.fix = fix(edit(5, 6));
    let mut cut = finding(19, "Goals is empty.");
    cut.lines = Lines::new(19, 30);
    cut.fix = fix(edit(20, 21));
    let acts = planned(&review(vec![fixed, cut]), &[]);
    let [Act::Post { comments, .. }] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!((comments[0].start_line, comments[0].line), (Some(5), 6));
    assert!(comments[0].body.contains("```suggestion\nx\n```"));
    assert_eq!((comments[1].start_line, comments[1].line), (Some(19), 20));
    assert!(!comments[1].body.contains("suggestion"));
}

#[test]
fn what_blocks_outside_of_the_diff_is_one_comment_on_the_file() {
    let review = review(vec![finding(30, "Summary is empty."), finding(40, "Goals is empty.")]);
    let acts = planned(&review, &[]);
    let [Act::PostOnFile { path, body }] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!(path, EP);
    assert_eq!(parse_marker(body), Some(Marker::Outside("42".to_owned())));
    insta::assert_snapshot!(body);
    // Said already: nothing more to do.
    assert_eq!(planned(&review, &[thread(body.replace('\n', "\r\n"))]), []);
    let fewer = self::review(vec![finding(30, "Summary is empty.")]);
    let acts = planned(&fewer, &[thread(body.clone())]);
    assert!(matches!(acts.as_slice(), [Act::Edit { comment: 7, .. }]), "{acts:?}");
    assert_eq!(
        planned(&self::review(vec![]), &[thread(body.clone())]),
        resolve(Some("Answered in `abc1234`."))
    );
}

#[test]
fn a_file_without_a_diff_gets_a_comment_and_one_that_is_not_changed_gets_none() {
    let review = review(vec![finding(3, "Summary is empty.")]);
    let acts = acts(&[&review], None, &[]);
    let [Act::PostOnFile { body, .. }] = acts.as_slice() else { panic!("{acts:?}") };
    assert!(
        body.starts_with("One thing blocks EP-0042 in this file, of which GitHub shows no diff:")
    );
    let patches = HashMap::new();
    let elsewhere =
        Situation { reviews: &[&review], patches: &patches, threads: &[], head: HEAD, check: "c" };
    assert_eq!(plan(&elsewhere), []);
}

#[test]
fn ten_new_comments_are_enough_and_the_rest_is_counted() {
    let review = review(
        (0..13).map(|n| finding(n + 1, &format!("Part {} is empty.", "x".repeat(n + 1)))).collect(),
    );
    let acts = planned(&review, &[]);
    let [Act::Post { body, comments }] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!(comments.len(), MAX_NEW);
    assert_eq!(
        body,
        "10 things block the merge: each is marked at its line below. 3 more stand in the check \
         `EP / production readiness`."
    );
}

#[test]
fn many_open_threads_leave_no_room_for_new_ones() {
    let findings =
        (0..25).map(|n| finding(1, &format!("Part {} is empty.", "x".repeat(n + 1)))).collect();
    let review = review(findings);
    let open: Vec<Thread> = (0..8).map(|n| about(&review, n)).collect();
    let acts = planned(&review, &open);
    let [Act::Post { comments, .. }] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!(comments.len(), MAX_OPEN - 8);
}

#[test]
fn two_findings_that_say_the_same_get_one_comment() {
    let review = review(vec![finding(3, "Summary is empty."), finding(9, "Summary is empty.")]);
    let acts = planned(&review, &[]);
    let [Act::Post { comments, .. }] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!(comments.len(), 1);
}

#[test]
fn a_known_finding_is_not_said_again_wherever_it_moved() {
    let before = review(vec![finding(3, "Summary is empty.")]);
    let thread = about(&before, 0);
    for line in [3, 12, 99] {
        assert_eq!(
            planned(
                &review(vec![finding(line, "Summary is empty.")]),
                std::slice::from_ref(&thread)
            ),
            []
        );
    }
    let other = review(vec![finding(3, "Summary is empty. Required from `staged`.")]);
    let acts = planned(&other, std::slice::from_ref(&thread));
    let [Act::Edit { comment: 7, body }] = acts.as_slice() else { panic!("{acts:?}") };
    assert!(body.contains("Required from"));
}

#[test]
fn an_edited_comment_keeps_its_suggestion_and_gains_none() {
    let fixed = |message: &str, text: &str| {
        let mut finding = finding(3, message);
        let edits = vec![Edit { start_line: 3, end_line: 3, text: text.to_owned() }];
        finding.fix = Some(Fix { description: "write it".to_owned(), edits });
        review(vec![finding])
    };
    let threads = [about(&fixed("Summary is empty.", "x\n"), 0)];
    assert_eq!(planned(&fixed("Summary is empty.", "x\n"), &threads), []);
    let edited = |review: &Review| match planned(review, &threads).as_slice() {
        [Act::Edit { body, .. }] => body.contains("```suggestion"),
        acts => panic!("{acts:?}"),
    };
    assert!(edited(&fixed("Summary is empty. It is long.", "x\n")));
    assert!(!edited(&fixed("Summary is empty.", "y\n")));
}

#[test]
fn a_thread_whose_finding_is_gone_is_answered_and_resolved() {
    let before = review(vec![finding(3, "Summary is empty.")]);
    let thread = about(&before, 0);
    let now = review(vec![]);
    assert_eq!(
        planned(&now, std::slice::from_ref(&thread)),
        resolve(Some("Answered in `abc1234`."))
    );
    let cut_short =
        Thread { replies: 1, last_body: "Answered in `0000000`.".to_owned(), ..thread.clone() };
    assert_eq!(planned(&now, &[cut_short]), resolve(None));
    let done = Thread { resolved: true, resolved_by_us: true, ..thread };
    assert_eq!(planned(&now, &[done]), []);
}

#[test]
fn a_finding_that_was_waived_is_not_called_answered() {
    let before = review(vec![finding(3, "Summary is empty.")]);
    let mut waived = finding(3, "Summary is empty. Waived by `alice`, because one box.");
    waived.severity = Severity::Note;
    let said = "It does not block any more, as of `abc1234`; the check says why.";
    assert_eq!(planned(&review(vec![waived]), &[about(&before, 0)]), resolve(Some(said)));
}

#[test]
fn an_ep_that_left_the_pull_request_takes_its_threads_along() {
    let before = review(vec![finding(3, "Summary is empty.")]);
    let said = "This pull request does not change this EP any more, as of `abc1234`.";
    assert_eq!(acts(&[], None, &[about(&before, 0)]), resolve(Some(said)));
}

#[test]
fn what_we_resolved_is_opened_again_when_it_returns_and_what_a_person_resolved_is_not() {
    let review = review(vec![finding(3, "Summary is empty.")]);
    let ours = Thread { resolved: true, resolved_by_us: true, ..about(&review, 0) };
    let reply = Some("It is back in `abc1234`.".to_owned());
    assert_eq!(
        planned(&review, std::slice::from_ref(&ours)),
        [Act::Reopen { thread: "T1".to_owned(), reply }]
    );
    let theirs = Thread { resolved_by_us: false, ..ours };
    assert_eq!(planned(&review, &[theirs]), []);
}

#[test]
fn a_thread_without_a_mark_of_ours_is_left_alone() {
    let stranger = thread("<!-- ep-bot:finding:0 -->\nnot the last line".to_owned());
    let answer = thread("x\n<!-- ep-bot:answer:status:1 -->".to_owned());
    assert_eq!(planned(&review(vec![]), &[stranger, answer]), []);
}

#[test]
fn two_eps_of_one_number_have_each_its_own_comment_on_its_file() {
    let one = review(vec![finding(30, "Summary is empty.")]);
    let two = Review { path: "eps/EP-0042-other.md".to_owned(), ..one.clone() };
    let patch = patch();
    let patches = HashMap::from([(EP, Some(&patch)), (two.path.as_str(), Some(&patch))]);
    let reviews = [&one, &two];
    let acts = plan(&Situation {
        reviews: &reviews,
        patches: &patches,
        threads: &[],
        head: HEAD,
        check: "c",
    });
    let marks: Vec<_> = acts
        .iter()
        .map(|act| match act {
            Act::PostOnFile { body, .. } => parse_marker(body),
            _ => None,
        })
        .collect();
    assert!(marks.len() == 2 && marks[0] != marks[1] && !marks.contains(&None), "{marks:?}");
}

#[test]
fn a_second_look_at_the_same_commit_changes_nothing() {
    let review =
        review((1..40).map(|n| finding(n, &format!("Part {} is empty.", "x".repeat(n)))).collect());
    let mut threads = Vec::new();
    for _ in 0..3 {
        for act in planned(&review, &threads) {
            let bodies = match act {
                Act::Post { comments, .. } => comments.into_iter().map(|new| new.body).collect(),
                Act::PostOnFile { body, .. } => vec![body],
                other => panic!("{other:?}"),
            };
            threads.extend(bodies.into_iter().map(thread));
        }
    }
    assert_eq!(planned(&review, &threads), []);
}

#[test]
fn a_summary_is_posted_once_and_edited_when_it_says_something_else() {
    assert_eq!(told(None, "a".to_owned()), Some(Told::Post("a".to_owned())));
    assert_eq!(told(Some((1, "a\r\nb\r\n")), "a\nb".to_owned()), None);
    assert_eq!(
        told(Some((1, "a")), "b".to_owned()),
        Some(Told::Edit { comment: 1, body: "b".to_owned() })
    );
}

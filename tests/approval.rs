//! Who approved the production readiness review, and what voids an approval.

use ep_bot::proposal::Template;
use ep_bot::review::policy::load;
use ep_bot::review::{
    Base, Before, Candidate, Count, Finding, Opinion, Policy, Review, Rulebook, Severity, Verdict,
    Voice, Word, prepare_template, review,
};

const READY: &str = include_str!("../src/cli/examples/EP-0012-guest-identity-offline-login.md");
const PATH: &str = "eps/EP-0012-guest-identity-offline-login.md";
const COMMIT: &str = "2f1c9e07b4a35d6811aa";

/// The answer to a question of READY, and another one.
const ANSWER: &str = "#### What specific metrics should inform a rollback?\n";
const OTHER: &str =
    "#### What specific metrics should inform a rollback?\n\nThe number of calls at night.\n";

fn says<'a>(by: &'a str, word: Word, text: &'a str) -> Opinion<'a> {
    let (commit, text) = (Some(COMMIT), Some(text.as_bytes()));
    Opinion { by, word, voice: Voice::Approver, commit, text }
}

fn approves<'a>(by: &'a str, text: &'a str) -> Opinion<'a> {
    says(by, Word::Approves, text)
}

fn under(yaml: &str, head: &str, opinions: &[Opinion<'_>]) -> Review {
    held(yaml, None, head, opinions)
}

fn held(yaml: &str, base: Option<&str>, head: &str, opinions: &[Opinion<'_>]) -> Review {
    let policy = load(yaml).expect(yaml);
    let template = prepare_template(None, &policy);
    let before = base.map_or(Before::Unknown, |base| {
        Before::At(Base { path: PATH, bytes: base.as_bytes(), sidecar: None })
    });
    let opinions = Some(opinions);
    let candidate = Candidate { before, opinions, ..Candidate::new(PATH, head.as_bytes()) };
    review(&candidate, &Rulebook::new(&template, &policy))
}

fn judged(head: &str, opinions: &[Opinion<'_>]) -> Review {
    under("", head, opinions)
}

/// The finding about the approval; no other rule may speak.
fn gap(review: &Review) -> &Finding {
    match review.findings.as_slice() {
        [finding] if finding.rule.name == "prr-approval" => finding,
        findings => panic!("{findings:#?}"),
    }
}

fn is_approved(review: &Review) {
    assert_eq!((review.findings.as_slice(), review.verdict()), ([].as_slice(), Verdict::Pass));
}

fn changed(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old}");
    text.replace(old, new)
}

#[test]
fn an_approval_of_the_very_text_holds() {
    let found = judged(READY, &[approves("alice", READY)]);
    is_approved(&found);
    assert_eq!(found.approvals, Some(Count { done: 1, total: 1 }));
}

#[test]
fn without_an_approval_a_staged_ep_is_blocked_at_the_questionnaire() {
    let found = judged(READY, &[]);
    let gap = gap(&found);
    assert_eq!(gap.severity, Severity::Error);
    assert_eq!(
        gap.message,
        "The production readiness review is not approved: nobody has approved it yet. Required from `staged`."
    );
    assert_eq!(gap.section, ["Production Readiness Review Questionnaire"]);
    let line = READY.lines().position(|l| l.starts_with("## Production Readiness"));
    assert_eq!(Some(gap.lines.start), line.map(|at| at + 1));
    assert_eq!(found.approvals, Some(Count { done: 0, total: 1 }));
}

#[test]
fn where_nobody_looked_nothing_is_said() {
    let policy = Policy::default();
    let rulebook = Rulebook::new(Template::built_in(), &policy);
    let found = review(&Candidate::new(PATH, READY.as_bytes()), &rulebook);
    is_approved(&found);
    assert_eq!(found.approvals, None);
}

#[test]
fn what_is_no_answer_may_change() {
    let typo = changed(READY, "## Summary\n", "## Summary\n\nA few words more.\n");
    let crlf = READY.replace('\n', "\r\n");
    let comment = changed(READY, ANSWER, &format!("{ANSWER}\n<!-- ask the bar -->\n"));
    let wrapped = changed(READY, ANSWER, &format!("{ANSWER}\n\n\n"));
    let title = READY.replacen("# EP-0012: ", "# EP-0012: The ", 1);
    for (what, head) in [
        ("a typo elsewhere", typo),
        ("line endings", crlf),
        ("a comment", comment),
        ("blank lines", wrapped),
        ("the title", title),
    ] {
        let found = judged(&head, &[approves("alice", READY)]);
        assert_eq!(found.approvals, Some(Count { done: 1, total: 1 }), "{what}");
        let other = judged(READY, &[approves("alice", &head)]);
        assert_eq!(other.approvals, Some(Count { done: 1, total: 1 }), "{what}, the other way");
    }
}

#[test]
fn a_changed_answer_voids_the_approval_and_is_named() {
    let head = changed(READY, ANSWER, OTHER);
    let found = judged(&head, &[approves("alice", READY)]);
    let gap = gap(&found);
    assert_eq!(
        gap.message,
        "The production readiness review is not approved. `alice` approved at `2f1c9e0`, and since then the \
         answers changed: `What specific metrics should inform a rollback?`. Required from `staged`."
    );
    assert_eq!(
        gap.help,
        "Ask `alice` to read the answers as they are now, and to approve this pull request again on GitHub."
    );
}

#[test]
fn an_added_a_removed_and_a_renamed_question_void_it_too() {
    let more = format!("#### Who is called at night?\n\nThe duty engineer.\n\n{ANSWER}");
    let added = changed(READY, ANSWER, &more);
    let said =
        |head: &str, then: &str| gap(&judged(head, &[approves("alice", then)])).message.clone();
    assert!(said(&added, READY).contains("changed: `Who is called at night?` (new)."));
    assert!(said(READY, &added).contains("changed: `Who is called at night?` (removed)."));
    let renamed = changed(&added, "Who is called at night?", "Whom does one call at night?");
    let message = said(&renamed, &added);
    let both = "`Whom does one call at night?` (new) and `Who is called at night?` (removed).";
    assert!(message.contains(both), "{message}");
}

#[test]
fn of_many_changed_answers_three_are_named() {
    let head: String = READY
        .lines()
        .flat_map(|line| {
            let more = if line.starts_with("#### ") { "\n\nOne word more.\n" } else { "\n" };
            [line, more]
        })
        .collect();
    let found = judged(&head, &[approves("alice", READY)]);
    let message = &gap(&found).message;
    let names = message.split("changed: ").nth(1).expect("names");
    assert_eq!(names.matches('`').count(), 2 * 4, "three questions and the status: {names}");
    assert!(names.contains(" and 8 more."), "{names}");
}

#[test]
fn of_two_approvals_each_stands_for_itself() {
    let two = "prr: {approvers: [alice, bob, octo-org/prr], approvals: 2}";
    let head = changed(READY, ANSWER, OTHER);
    let found = under(two, &head, &[approves("alice", READY), approves("bob", &head)]);
    assert_eq!(found.approvals, Some(Count { done: 1, total: 2 }));
    let message = &gap(&found).message;
    assert!(message.starts_with(
        "The production readiness review has 1 of 2 approvals:\n- `alice` approved at"
    ));
    assert!(message.contains("\n- `bob` approves the present answers."), "{message}");
    is_approved(&under(two, &head, &[approves("alice", &head), approves("bob", &head)]));
    let none = under(two, &head, &[]);
    assert_eq!(
        gap(&none).help,
        "Ask 2 of `alice`, `bob` and the members of `octo-org/prr` to review this pull request and to approve it on \
         GitHub."
    );
}

#[test]
fn one_person_counts_once_however_the_name_is_written() {
    let two = "prr: {approvals: 2}";
    let found = under(two, READY, &[approves("alice", READY), approves("Alice", READY)]);
    assert_eq!(found.approvals, Some(Count { done: 1, total: 2 }));
    gap(&found);
    let three = [approves("a", READY), approves("b", READY), approves("c", READY)];
    assert_eq!(under(two, READY, &three).approvals, Some(Count { done: 2, total: 2 }));
}

#[test]
fn whoever_objects_or_was_dismissed_does_not_count_and_is_named() {
    let opinions = [says("alice", Word::Objects, READY), says("bob", Word::Dismissed, READY)];
    let found = judged(READY, &opinions);
    let message = &gap(&found).message;
    assert!(
        message.contains("\n- `alice` asks for changes.\n- The review of `bob` was dismissed.")
    );
    let both = [says("alice", Word::Objects, READY), approves("bob", READY)];
    is_approved(&judged(READY, &both));
}

#[test]
fn an_approval_of_the_author_or_an_outsider_does_not_count() {
    let own = Opinion { voice: Voice::Author, ..approves("bob", READY) };
    let other = Opinion { voice: Voice::Outsider, ..approves("carol", READY) };
    let found = under("prr: {approvers: [alice, bob]}", READY, &[own, other]);
    assert_eq!(found.approvals, Some(Count { done: 0, total: 1 }));
    let finding = gap(&found);
    let lines: Vec<&str> = finding.message.lines().collect();
    assert_eq!(
        lines,
        [
            "The production readiness review is not approved:",
            "- The approval of `bob` does not count: nobody approves a pull request of their own.",
            "- The approval of `carol` does not count: `prr.approvers` of the policy does not name this person.",
            "Required from `staged`.",
        ]
    );
    let help = "Ask `alice` to review this pull request and to approve it on GitHub.";
    assert_eq!(finding.help, help, "bob is the author");
    let found = judged(READY, &[other]);
    assert!(gap(&found).message.contains("only those approve who can push to this repository"));
    let noise = Opinion { word: Word::Objects, ..other };
    assert!(!gap(&judged(READY, &[noise])).message.contains("carol"), "nothing to take back");
}

#[test]
fn a_commit_that_is_gone_or_has_no_such_ep_is_said() {
    let gone = Opinion { commit: None, ..approves("alice", READY) };
    let found = judged(READY, &[gone]);
    let message = &gap(&found).message;
    assert!(
        message.contains("`alice` approved a commit that GitHub no longer knows."),
        "{message}"
    );
    let unread = Opinion { text: None, ..approves("alice", READY) };
    let binary = Opinion { text: Some(b"\xff\xfe"), ..unread };
    for opinion in [unread, binary] {
        let found = judged(READY, &[opinion]);
        let message = &gap(&found).message;
        assert!(message.contains("`alice` approved at `2f1c9e0`, where this EP cannot be read."));
        assert!(gap(&found).help.starts_with("Ask `alice` to read the answers as they are now"));
    }
}

#[test]
fn without_a_questionnaire_that_alone_is_the_finding() {
    let start = READY.find("## Production Readiness").expect("it");
    let end = READY.find("## Implementation History\n").expect("it");
    let head = format!("{}{}", &READY[..start], &READY[end..]);
    let found = judged(&head, &[]);
    let rules: Vec<&str> = found.findings.iter().map(|f| f.rule.name).collect();
    assert!(rules.contains(&"section-missing") && !rules.contains(&"prr-approval"), "{rules:?}");
    // Where the policy asks for no section, the approval is asked for still.
    let found = under("rules: {section-missing: off}", &head, &[]);
    assert!(found.findings.iter().any(|f| f.rule.name == "prr-approval"));
    assert!(judged("", &[]).findings.iter().all(|f| f.rule.name == "title-format"));
}

#[test]
fn what_the_base_has_at_the_same_status_does_not_block() {
    let head = changed(READY, "## Summary\n", "## Summary\n\nA few words more.\n");
    let found = held("", Some(READY), &head, &[]);
    assert_eq!(gap(&found).severity, Severity::Warning);
    assert!(gap(&found).message.contains("It was so before, and this change does not touch it"));
    let other = changed(READY, ANSWER, OTHER);
    assert_eq!(gap(&held("", Some(READY), &other, &[])).severity, Severity::Error);
    let before = changed(READY, "\n`staged`\n", "\n`implemented`\n");
    assert_eq!(gap(&held("", Some(&before), READY, &[])).severity, Severity::Error, "it moves");
}

#[test]
fn the_next_status_names_the_missing_approval() {
    let head = changed(READY, "\n`staged`\n", "\n`implemented`\n");
    let blockers = |opinions: &[Opinion<'_>]| -> Vec<&'static str> {
        let next = judged(&head, opinions).next.expect("staged comes next");
        next.blockers.iter().map(|f| f.rule.name).collect()
    };
    assert!(judged(&head, &[]).findings.is_empty());
    assert_eq!(blockers(&[]), ["prr-approval"]);
    assert!(blockers(&[approves("alice", &head)]).is_empty());
}

#[test]
fn judged_as_a_later_status_the_approval_is_asked_for() {
    let head = changed(READY, "\n`staged`\n", "\n`implemented`\n");
    let policy = Policy::default();
    let rulebook =
        Rulebook { judge_as: Some("staged"), ..Rulebook::new(Template::built_in(), &policy) };
    let candidate = Candidate { opinions: Some(&[]), ..Candidate::new(PATH, head.as_bytes()) };
    let found = review(&candidate, &rulebook);
    assert!(found.findings.iter().any(|f| f.rule.name == "prr-approval"));
}

#[test]
fn the_policy_says_from_when_on_and_whether_at_all() {
    let head = changed(READY, "\n`staged`\n", "\n`implemented`\n");
    let earlier = under("prr: {required_from: implemented}", &head, &[]);
    assert_eq!(gap(&earlier).severity, Severity::Error);
    let later = under("prr: {required_from: completed}", READY, &[]);
    assert_eq!(gap(&later).severity, Severity::Warning);
    let off = under("rules: {prr-approval: off}", READY, &[]);
    is_approved(&off);
    assert_eq!(off.approvals, None, "nothing to count");
}

#[test]
fn a_questionnaire_of_another_name_and_level_is_compared_as_well() {
    let yaml = "prr: {section: Readiness, question_level: 3}\nrules: {section-missing: off, section-empty: off}";
    let policy = load(yaml).expect(yaml);
    let own =
        "# EP-0000: Title\n\n## Status\n\n**status here**\n\n## Readiness\n\n### Who is called?\n";
    let template = prepare_template(Some(own), &policy);
    let text = |answer: &str| {
        format!(
            "# EP-0012: Own\n\n## Status\n\nstaged\n\n## Readiness\n\n### Who is called?\n\n{answer}\n"
        )
    };
    let (then, now) = (text("Nobody."), text("The crew."));
    let held = |opinion: Opinion<'_>| {
        let opinions = [opinion];
        let candidate =
            Candidate { opinions: Some(&opinions), ..Candidate::new(PATH, now.as_bytes()) };
        review(&candidate, &Rulebook::new(&template, &policy)).approvals
    };
    assert_eq!(held(approves("alice", &now)), Some(Count { done: 1, total: 1 }));
    assert_eq!(held(approves("alice", &then)), Some(Count { done: 0, total: 1 }));
}

#[test]
fn a_hostile_text_at_the_reviewed_commit_only_voids_the_approval() {
    let many: Vec<String> = (0..20_000).map(|n| format!("#### q{n}")).collect();
    let many = format!("## Production Readiness Review Questionnaire\n{}", many.join("\n"));
    for text in ["", "<!--", "\u{feff}# \0\n######\n```", &many] {
        let found = judged(READY, &[approves("alice", text)]);
        let message = &gap(&found).message;
        assert!(message.contains("the answers changed: "), "{message}");
        assert!(message.len() < 1_000, "{message}");
    }
}

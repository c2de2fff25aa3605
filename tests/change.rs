//! What a change may inherit, and which moves on the ladder it may make.

use ep_bot::proposal::Template;
use ep_bot::review::{
    Base, Before, Candidate, Finding, Policy, Review, Rulebook, Severity, Verdict,
    prepare_template, review,
};

const READY: &str = include_str!("../src/cli/examples/EP-0012-guest-identity-offline-login.md");
const PATH: &str = "eps/EP-0012-guest-identity-offline-login.md";

fn against(base: Option<&str>, head: &str, rulebook: &Rulebook<'_>) -> Review {
    let before = match base {
        Some(text) => Before::At(Base { path: PATH, bytes: text.as_bytes(), sidecar: None }),
        None => Before::New,
    };
    review(&Candidate { before, ..Candidate::new(PATH, head.as_bytes()) }, rulebook)
}

fn changed(base: &str, head: &str) -> Review {
    let policy = Policy::default();
    against(Some(base), head, &Rulebook::new(Template::built_in(), &policy))
}

fn new(head: &str) -> Review {
    let policy = Policy::default();
    against(None, head, &Rulebook::new(Template::built_in(), &policy))
}

/// READY with another status.
fn at(status: &str) -> String {
    let stated = "\n`staged`\n";
    assert_eq!(READY.matches(stated).count(), 1, "the example states its status on one line");
    READY.replace(stated, &format!("\n`{status}`\n"))
}

/// The text without the answer of a question: all lines from behind its heading to the next one.
fn without_answer(text: &str, question: &str) -> String {
    let heading = format!("#### {question}\n");
    let start = text.find(&heading).expect(question) + heading.len();
    let end = start + text[start..].find("\n#").expect("a heading behind it");
    format!("{}{}", &text[..start], &text[end..])
}

fn of<'r>(review: &'r Review, rule: &str) -> Vec<&'r Finding> {
    review.findings.iter().filter(|finding| finding.rule.name == rule).collect()
}

const METRICS: &str = "What specific metrics should inform a rollback?";

#[test]
fn a_gap_in_a_section_that_nobody_touched_is_a_warning_that_says_so() {
    let base = without_answer(READY, METRICS);
    let head = base.replace("## Summary\n", "## Summary\n\nGuests log in at sea.\n");
    let found = changed(&base, &head);
    assert_eq!(found.verdict(), Verdict::Pass, "{:#?}", found.findings);
    let gaps = of(&found, "prr-unanswered");
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].severity, Severity::Warning);
    assert!(gaps[0].message.contains("It was so before"), "{}", gaps[0].message);
}

#[test]
fn the_same_gap_blocks_where_the_change_touches_the_section_or_made_it() {
    let base = without_answer(READY, METRICS);
    let heading = format!("#### {METRICS}\n");
    let touched = base.replace(&heading, &format!("{heading}\nTBD\n"));
    for (base, head, why) in [
        (base.as_str(), touched.as_str(), "the section is touched"),
        (READY, base.as_str(), "the answer was taken out"),
    ] {
        let found = changed(base, head);
        assert_eq!(found.verdict(), Verdict::Fail, "{why}");
        assert_eq!(of(&found, "prr-unanswered")[0].severity, Severity::Error, "{why}");
    }
}

#[test]
fn a_section_that_was_missing_before_does_not_block_and_one_that_is_deleted_does() {
    let without = |text: &str| {
        let start = text.find("### Goals").expect("goals");
        let end = start + text[start..].find("\n### ").expect("the next heading") + 1;
        format!("{}{}", &text[..start], &text[end..])
    };
    let base = without(READY);
    let head = base.replace("## Summary\n", "## Summary\n\nGuests log in at sea.\n");
    let found = changed(&base, &head);
    assert_eq!(of(&found, "section-missing")[0].severity, Severity::Warning);
    assert_eq!(of(&changed(READY, &base), "section-missing")[0].severity, Severity::Error);
}

#[test]
fn a_step_forward_has_to_meet_every_gate_also_where_nothing_was_touched() {
    let base = without_answer(
        &at("implemented"),
        "Does this feature depend on any specific services running in the cluster?",
    );
    let head = base.replace("\n`implemented`\n", "\n`staged`\n");
    let found = changed(&base, &head);
    assert_eq!(found.base_status.as_deref(), Some("implemented"));
    assert_eq!(found.verdict(), Verdict::Fail);
    let jump = at("provisional").replace("- [x]", "- [ ]");
    let found = changed(&jump, &jump.replace("\n`provisional`\n", "\n`completed`\n"));
    assert_eq!(of(&found, "checklist-item-open")[0].severity, Severity::Error);
    assert_eq!(of(&found, "status-transition"), Vec::<&Finding>::new(), "a jump is allowed");
}

#[test]
fn nothing_leads_out_of_a_final_status() {
    for (from, to) in
        [("rejected", "provisional"), ("withdrawn", "rejected"), ("replaced", "deferred")]
    {
        let found = changed(&at(from), &at(to));
        let moves = of(&found, "status-transition");
        assert_eq!((moves.len(), moves[0].severity), (1, Severity::Error), "{from} to {to}");
    }
    assert_eq!(of(&changed(&at("staged"), &at("rejected")), "status-transition").len(), 0);
}

#[test]
fn a_step_back_wants_a_new_entry_of_the_history() {
    let entry = |text: &str, status: &str| {
        text.replace(
            "## Implementation History\n",
            &format!("## Implementation History\n\n- 2026-11-02: {status}, the pilot ship was withdrawn.\n"),
        )
    };
    for status in ["implementable", "deferred"] {
        let silent = changed(READY, &at(status));
        let moves = of(&silent, "history-entry");
        assert_eq!((moves.len(), moves[0].severity), (1, Severity::Warning), "{status}");
        assert!(moves[0].help.contains(status));
        let told = changed(READY, &entry(&at(status), status));
        assert_eq!(of(&told, "history-entry").len(), 0, "{status}");
    }
}

#[test]
fn a_new_ep_starts_at_one_of_the_first_two_steps() {
    for (status, warned) in
        [("provisional", 0), ("implementable", 0), ("staged", 1), ("deferred", 1)]
    {
        let found = new(&at(status));
        let moves = of(&found, "status-transition");
        assert_eq!(moves.len(), warned, "{status}");
        assert!(moves.iter().all(|finding| finding.severity == Severity::Warning));
    }
}

#[test]
fn a_question_that_the_template_gained_meanwhile_does_not_block_an_open_change() {
    let policy = Policy::default();
    let earlier = prepare_template(None, &policy);
    let mut gained = earlier.clone();
    gained.ask(Some("Scalability"), "How many ships does it serve at once?", 4);
    let rulebook = Rulebook { earlier: Some(&earlier), ..Rulebook::new(&gained, &policy) };
    let found = against(None, READY, &rulebook);
    let missing = of(&found, "prr-question-missing");
    assert_eq!((missing.len(), missing[0].severity), (1, Severity::Warning));
    assert!(missing[0].message.contains("The template gained it"), "{}", missing[0].message);
    assert_eq!(found.verdict(), Verdict::Pass);
    let rulebook = Rulebook { earlier: None, ..rulebook };
    assert_eq!(against(None, READY, &rulebook).verdict(), Verdict::Fail, "it was there all along");
    let old = against(
        Some(READY),
        &READY.replace("## Drawbacks\n", "## Drawbacks\n\nNone.\n"),
        &rulebook,
    );
    assert_eq!(old.verdict(), Verdict::Pass, "an old EP does not turn red over it");
}

//! Repositories of another shape, by policy alone: status in a file beside the proposal or in front matter,
//! stages, questions as bold list items or at another level.

use ep_bot::proposal::{Shape, Template, TitlePattern};
use ep_bot::review::policy::{self, Keys, StatusFrom};
use ep_bot::review::{Candidate, Kind, Ladder, Policy, Review, Rulebook, Status, review};

const TEMPLATE: &str = include_str!("fixtures/staged/template.md");
const HEADINGS: &str = include_str!("fixtures/staged/0031-fog-lamps.md");
const BULLETS: &str = include_str!("fixtures/staged/0017-harbour-relay.md");

fn policy() -> Policy {
    let step = |name: &str, like| Status { name: name.into(), kind: Kind::Step, like };
    let ladder = Ladder {
        statuses: vec![
            step("provisional", 0),
            step("alpha", 1),
            step("beta", 3),
            step("stable", 4),
            step("implemented", 4),
        ],
    };
    let mut policy = Policy::on(ladder);
    policy.title = TitlePattern::parse("PROP-N: Title").expect("a pattern");
    policy.shape = Shape {
        prr_section: "production readiness review questionnaire".into(),
        question_level: 6,
    };
    policy.status_from = StatusFrom::Sidecar {
        file: "meta.yaml".into(),
        keys: Keys { status: "status".into(), stage: Some("stage".into()) },
    };
    policy
}

fn check(text: &str, sidecar: Option<&str>) -> Review {
    let policy = policy();
    let template = Template::parse(TEMPLATE, &policy.shape);
    let path = "proposals/harbour/17-relay/README.md";
    let candidate =
        Candidate { sidecar: sidecar.map(str::as_bytes), ..Candidate::new(path, text.as_bytes()) };
    review(&candidate, &Rulebook::new(&template, &policy))
}

fn rules(review: &Review) -> Vec<(&'static str, usize, &'static str)> {
    let findings = review.findings.iter();
    findings.map(|f| (f.rule.name, f.lines.start, f.severity.as_str())).collect()
}

#[test]
fn a_stage_is_a_step_of_the_ladder() {
    for (yaml, status) in [
        ("status: provisional\nstage: alpha\n", Some("provisional")),
        ("status: implementable # since spring\nstage: \"beta\"\n", Some("beta")),
        ("stage: alpha\nstatus: implementable\n", Some("alpha")),
        ("status: implemented\nstage: stable\n", Some("implemented")),
        ("status: finished\n", None),
        ("status: [\n", None),
        ("", None),
    ] {
        assert_eq!(check(BULLETS, Some(yaml)).status.as_deref(), status, "{yaml}");
    }
    let found = check(BULLETS, None);
    let missing = found.findings.iter().find(|f| f.rule.name == "status-missing").expect("one");
    assert_eq!(missing.lines.start, 1);
    assert!(missing.message.contains("There is no `meta.yaml`"), "{}", missing.message);
}

#[test]
fn questions_are_answered_as_headings_of_any_level_and_as_bold_list_items() {
    for (text, name) in [(HEADINGS, "headings"), (BULLETS, "bullets")] {
        let found = check(text, Some("status: implementable\nstage: beta\n"));
        assert_eq!(found.progress.questions.done, 3, "{name}: {:#?}", found.findings);
        assert_eq!(found.progress.questions.total, 4, "{name}");
        let open: Vec<&str> = found
            .findings
            .iter()
            .filter(|f| f.rule.name == "prr-unanswered")
            .filter_map(|f| f.section.last().map(String::as_str))
            .collect();
        assert_eq!(open, ["Which other services does it need?"], "{name}");
        assert!(!rules(&found).iter().any(|(rule, ..)| *rule == "prr-question-missing"), "{name}");
    }
}

#[test]
fn a_bold_item_that_is_no_question_of_the_template_is_part_of_the_answer() {
    let text = HEADINGS.replace(
        "###### How is it rolled back?\n",
        "###### How is it rolled back?\n\n- **By the pilot?** No, by the bridge.\n",
    );
    let found = check(&text, Some("status: implementable\nstage: beta\n"));
    assert_eq!(found.progress.questions.total, 4);
}

#[test]
fn front_matter_can_state_the_status() {
    let mut policy = Policy::on(Ladder::default());
    policy.status_from = StatusFrom::FrontMatter(Keys::default());
    let state = |text: &str| {
        let rulebook = Rulebook::new(Template::built_in(), &policy);
        review(&Candidate::new("eps/EP-0042-x.md", text.as_bytes()), &rulebook)
    };
    let found = state("---\ntitle: x\nstatus: Staged\n---\n# EP-0042: Offline login\n");
    assert_eq!(found.status.as_deref(), Some("staged"));
    let found = state("---\ntitle: x\nstatus: stagd\n---\n# EP-0042: Offline login\n");
    let unknown = found.findings.iter().find(|f| f.rule.name == "status-unknown").expect("one");
    assert_eq!(unknown.lines.start, 3, "at its own line");
    assert!(unknown.help.contains("Did you mean `staged`?"), "{}", unknown.help);
    let found = state("# EP-0042: Offline login\n");
    assert!(rules(&found).iter().any(|(rule, ..)| *rule == "status-missing"));
}

/// The status that an EP states below `## Status`, under a policy file.
fn stated(policy: &str, status: &str) -> (Option<String>, String) {
    let policy = policy::load(policy).expect("a policy");
    let text = format!("# EP-0042: Offline login\n\n## Status\n\n{status}\n");
    let rulebook = Rulebook::new(Template::built_in(), &policy);
    let found = review(&Candidate::new("eps/EP-0042-x.md", text.as_bytes()), &rulebook);
    let help = found.findings.iter().find(|f| f.rule.name == "status-unknown");
    (found.status, help.map_or(String::new(), |f| f.help.clone()))
}

#[test]
fn a_status_of_the_policys_own_ladder_may_have_capitals_and_several_words() {
    let ladder = "statuses: [Draft, in-review, In Review by PRR, Accepted, rejected]\n";
    for (written, status) in [
        ("draft", Some("Draft")),
        ("**DRAFT**", Some("Draft")),
        ("Status: in review.", Some("in-review")),
        ("in-review, since spring", Some("in-review")),
        ("In review by PRR", Some("In Review by PRR")),
        ("reviewed", None),
        ("indraft", None),
        ("Draft or Accepted", None),
    ] {
        assert_eq!(stated(ladder, written).0.as_deref(), status, "{written}");
    }
    let (status, help) = stated(ladder, "in revew");
    assert_eq!(status, None);
    assert!(help.contains("Did you mean `in-review`?"), "{help}");
}

//! The policy file as its writer meets it: the documentation, the schema and the program say the same.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use ep_bot::review::Policy;
use ep_bot::review::policy::{SETTINGS, Setting, load, schema};
use serde_json::Value;

fn ep_bot(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ep-bot"))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("ep-bot runs")
}

fn said(args: &[&str]) -> String {
    let out = ep_bot(args);
    assert_eq!(out.status.code(), Some(0), "{args:?}");
    String::from_utf8(out.stdout).expect("UTF-8")
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policy.md")).expect("page")
}

/// The YAML blocks of a page.
fn examples(page: &str) -> Vec<&str> {
    page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

fn json(yaml: &str) -> Value {
    serde_saphyr::from_str(yaml).expect(yaml)
}

/// What the schema finds wrong with a policy.
fn refused(yaml: &str) -> Vec<String> {
    let schema = jsonschema::validator_for(&schema()).expect("a schema");
    schema.iter_errors(&json(yaml)).map(|error| error.to_string()).collect()
}

fn taken(yaml: &str) -> Policy {
    let policy = load(yaml).unwrap_or_else(|problems| panic!("{yaml}\n{problems:#?}"));
    assert_eq!(refused(yaml), [""; 0], "{yaml}");
    policy
}

/// A value of a setting where it belongs; `None` for a key in a list's entries.
fn in_place(setting: &Setting, value: &str) -> Option<String> {
    let keys = setting.key.split('.');
    (!setting.key.contains("[]"))
        .then(|| keys.rev().fold(value.to_owned(), |inner, key| format!("{{{key}: {inner}}}")))
}

#[test]
fn the_page_holds_every_setting_as_the_program_knows_it() {
    let reference = said(&["schema", "--markdown"]);
    for setting in SETTINGS {
        assert!(reference.contains(&format!("`{}`", setting.key)), "{}", setting.key);
    }
    assert!(
        page().contains(&format!("<!-- settings -->\n\n{reference}\n<!-- /settings -->")),
        "docs/policy.md: put the output of `ep-bot schema --markdown` between the settings marks"
    );
    assert!(
        !reference.lines().any(|line| line.starts_with('|') && line.matches(" | ").count() != 4),
        "five columns"
    );
}

#[test]
fn every_example_of_the_page_is_a_policy_that_does_something() {
    let page = page();
    let examples = examples(&page);
    assert_eq!(examples.len(), 2);
    for example in examples {
        let policy = taken(example);
        assert_ne!(format!("{policy:?}"), format!("{:?}", Policy::default()), "{example}");
    }
}

#[test]
fn every_setting_takes_its_own_example_and_does_something_with_it() {
    // What must stand beside it.
    let needed = [
        ("{parked:", "{steps: [draft], parked:"),
        ("{terminal:", "{steps: [draft], terminal:"),
        ("{sidecar: {status:", "{sidecar: {file: ep.yaml, status:"),
        ("{sidecar: {stage:", "{sidecar: {file: ep.yaml, stage:"),
    ];
    for setting in SETTINGS {
        let Some(text) = in_place(setting, setting.example) else { continue };
        let text = needed.iter().fold(text, |text, (alone, with)| text.replace(alone, with));
        let policy = taken(&text);
        assert_ne!(format!("{policy:?}"), format!("{:?}", Policy::default()), "{text}");
    }
}

#[test]
fn every_default_of_the_documentation_is_the_default() {
    let mut told = 0;
    for setting in SETTINGS.iter().filter(|setting| !setting.default.is_empty()) {
        // Where the status is stated in another place, that place alone is no default.
        if setting.key.starts_with("status_from.front_matter") || setting.key.contains("sidecar") {
            continue;
        }
        let Some(text) = in_place(setting, setting.default) else { continue };
        assert_eq!(format!("{:?}", taken(&text)), format!("{:?}", Policy::default()), "{text}");
        told += 1;
    }
    assert!(told >= 15, "{told}");
}

#[test]
fn the_schema_is_one_and_is_what_the_program_prints() {
    let printed: Value = serde_json::from_str(&said(&["schema"])).expect("JSON");
    assert_eq!(printed, schema());
    assert!(jsonschema::meta::is_valid(&printed));
    assert_eq!(refused("{}"), [""; 0]);
    for setting in SETTINGS {
        let property = property(&printed, setting.key);
        for word in ["title", "description", "examples"] {
            assert!(!property[word].is_null(), "{}: {word}", setting.key);
        }
        assert_eq!(property["default"].is_null(), setting.default.is_empty(), "{}", setting.key);
    }
}

/// The schema of one setting, wherever alternatives put it.
fn property<'s>(schema: &'s Value, key: &str) -> &'s Value {
    key.split('.').fold(schema, |schema, key| {
        let name = key.trim_end_matches("[]");
        let found = find(schema, name);
        let found = found.unwrap_or_else(|| panic!("{key}"));
        if key.ends_with("[]") { find_items(found).unwrap_or(found) } else { found }
    })
}

fn find<'s>(schema: &'s Value, name: &str) -> Option<&'s Value> {
    schema["properties"]
        .get(name)
        .or_else(|| schema["anyOf"].as_array()?.iter().find_map(|one| find(one, name)))
}

fn find_items(schema: &Value) -> Option<&Value> {
    schema.get("items").or_else(|| schema["anyOf"].as_array()?.iter().find_map(find_items))
}

#[test]
fn an_unknown_key_is_refused_by_the_program_and_by_the_schema() {
    for place in [
        "{KEY}",
        "statuses: [draft, {name: beta, KEY}]",
        "statuses: {steps: [draft], KEY}",
        "statuses: {steps: [{name: draft, KEY}]}",
        "status_from: {KEY}",
        "status_from: {front_matter: {status: state, KEY}}",
        "status_from: {front matter: {status: state, KEY}}",
        "status_from: {sidecar: {file: ep.yaml, KEY}}",
        "rules: {link-broken: error, KEY}",
        "prr: {approvals: 1, KEY}",
        "prr: {questions: [{question: Who is called at night?, KEY}]}",
        "checklist: {evidence: true, KEY}",
        "roles: {tickets: Jira, KEY}",
        "waivers: [{rule: link-broken, because: moving, KEY}]",
    ] {
        for unknown in ["xyzzy: error", "pathes: eps/*.md"] {
            let text = place.replace("KEY", unknown);
            let problems = load(&text).expect_err(&text);
            let column = text.find(unknown).expect("it is there") + 1;
            assert!(
                problems.iter().any(|p| (p.line, p.column) == (1, column)),
                "{text}\n{problems:#?}"
            );
            assert_ne!(refused(&text), [""; 0], "{text}");
        }
        let known = place.replace(", KEY", "").replace("KEY", "");
        if !known.contains("status_from: {}") {
            taken(&known);
        }
    }
}

#[test]
fn a_wrong_value_is_refused_by_the_program_and_by_the_schema() {
    for text in [
        "paths: []",
        "template: [a]",
        "statuses: []",
        "statuses: [{kind: step}]",
        "statuses: [{name: a, kind: stage}]",
        "statuses: [{name: a, like: nothing}]",
        "status_from: sidecar",
        "status_from: {sidecar: {stage: stage}}",
        "status_from: {section: Status, sidecar: ep.yaml}",
        "sections: {Drawbacks: high}",
        "sections: {Drawbacks: {staged: high}}",
        "sections: {Drawbacks: {}}",
        "sections: {Drawbacks: true}",
        "rules: {link-broken: 3}",
        "prr: {question_level: 7}",
        "prr: {approvers: []}",
        "prr: {approvals: 0}",
        "prr: {request_reviews: maybe}",
        "prr: {questions: [{part: Scalability}]}",
        "waivers: [{rule: link-broken}]",
        "waivers: [{rule: link-brokn, because: moving}]",
        "waivers: [{rule: link-broken, because: moving, until: soon}]",
        "comments: loud",
        "incomplete: neutral",
    ] {
        assert!(load(text).is_err(), "{text}");
        assert_ne!(refused(text), [""; 0], "{text}");
    }
}

//! The rules' examples do what their pages say, and the pages are what the program writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ep_bot::report::{Style, rule_list, rule_markdown, rule_page};
use ep_bot::review::policy::{Policy, load};
use ep_bot::review::rule::{RULES, Relief, Rule, SAMPLE, SAMPLE_PATH, Weight};
use ep_bot::review::{
    Candidate, Level, Levels, Review, Rulebook, Severity, Verdict, may_be_waived,
    policy::section_key, prepare_template, review,
};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules")
}

/// What a policy makes of a rule's first failing example.
fn first(rule: &Rule, policy: &Policy) -> Review {
    rule.examples[0].try_bad(policy)
}

fn severities(review: &Review) -> Vec<Severity> {
    review.findings.iter().map(|finding| finding.severity).collect()
}

fn policy(yaml: &str) -> Policy {
    load(yaml).unwrap_or_else(|problems| panic!("{yaml}\n{problems:#?}"))
}

#[test]
fn nothing_can_be_held_against_the_sample() {
    let policy = Policy::default();
    let template = prepare_template(None, &policy);
    let candidate = Candidate::new(SAMPLE_PATH, SAMPLE.as_bytes());
    let found = review(&candidate, &Rulebook::new(&template, &policy));
    assert_eq!((found.verdict(), found.findings.as_slice()), (Verdict::Pass, [].as_slice()));
}

#[test]
fn the_pages_are_what_the_program_writes_and_there_is_one_for_each_rule() {
    let written = tempfile::tempdir().expect("a folder");
    let done = Command::new(env!("CARGO_BIN_EXE_ep-bot"))
        .args(["explain", "--out"])
        .arg(written.path())
        .status()
        .expect("ep-bot runs");
    assert!(done.success());
    let pages = |folder: &Path| -> BTreeSet<String> {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let names = pages(written.path());
    assert_eq!(pages(&docs()), names);
    assert_eq!(names.len(), RULES.len() + 1, "and the index");
    for name in names {
        let read = |folder: &Path| fs::read_to_string(folder.join(&name)).expect("a page");
        assert!(
            read(&docs()) == read(written.path()),
            "docs/rules/{name} is out of date: run `ep-bot explain --out docs/rules`"
        );
    }
}

#[test]
fn every_failing_example_gives_its_rule_alone_and_no_passing_one_gives_anything() {
    let policy = Policy::default();
    for rule in RULES {
        assert!(!rule.examples.is_empty(), "{}: no example", rule.name);
        for example in rule.examples {
            let said = example.try_bad(&policy).findings;
            let rules: Vec<&str> = said.iter().map(|finding| finding.rule.name).collect();
            assert_eq!(rules, [rule.name], "{}\n{said:#?}", example.bad);
            let said = example.try_good(&policy).findings;
            assert!(said.is_empty(), "{}: {said:#?}\n{}", rule.name, example.good);
        }
    }
}

/// The level that a page shows for a review's only finding.
fn shown(rule: &Rule, review: &Review) -> Level {
    let policy = Policy::default();
    let section = &review.findings[0].section;
    let row = |parts: usize| policy.section(&section_key(&section[..parts].join(" > ")));
    let levels: Levels = match rule.weight {
        Weight::Rule => policy.rule(rule),
        Weight::Section | Weight::Part => {
            (1..=section.len()).rev().find_map(row).expect("a row of the matrix")
        }
    };
    let status = review.status.as_deref().and_then(|status| policy.ladder.index(status));
    levels.at(status.unwrap_or(0))
}

#[test]
fn the_first_example_weighs_what_the_page_shows_and_no_other_weighs_more() {
    for rule in RULES {
        for (at, example) in rule.examples.iter().enumerate() {
            let review = example.try_bad(&Policy::default());
            let shown = shown(rule, &review).severity();
            let found = Some(review.findings[0].severity);
            let fits = if at == 0 { found == shown } else { found <= shown };
            assert!(fits, "{}: {found:?}, and the page shows {shown:?}", rule.name);
        }
    }
}

/// The fenced YAML that a page shows below a heading.
fn yaml_below(page: &str, heading: &str) -> Vec<String> {
    let part = page.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_default();
    let part = part.split("\n## ").next().unwrap_or_default();
    part.split("```yaml\n")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("```")?.0.into()))
        .collect()
}

#[test]
fn the_level_and_the_waiver_that_a_page_shows_do_what_it_says() {
    let default = Policy::default();
    for rule in RULES {
        let yaml = yaml_below(&rule_markdown(rule, &default), "To change or waive it");
        let before = severities(&first(rule, &default));
        let shown = match rule.relief {
            Relief::LevelOrWaiver => 2,
            Relief::Level => 1,
            Relief::None => 0,
        };
        assert_eq!(yaml.len(), shown, "{}", rule.name);
        if let Some(level) = yaml.first() {
            let other = match before[..] {
                [Severity::Error] => Severity::Warning,
                _ => Severity::Error,
            };
            assert_eq!(severities(&first(rule, &policy(level))), [other], "{level}");
        }
        if let Some(waiver) = yaml.get(1) {
            // A page speaks of EP 42; some examples carry another number.
            let number = first(rule, &default).number.expect("a number");
            let waiver = waiver.replace("ep: 42", &format!("ep: {number}"));
            assert_eq!(severities(&first(rule, &policy(&waiver))), [Severity::Note], "{waiver}");
        }
    }
}

#[test]
fn a_policy_that_would_change_or_waive_what_it_cannot_is_refused() {
    let refused = |yaml: &str| {
        let problems = load(yaml).expect_err(yaml);
        assert_eq!(problems.len(), 1, "{yaml}\n{problems:#?}");
        (problems[0].line, problems[0].column, problems[0].message.clone())
    };
    for rule in RULES.iter().filter(|rule| rule.relief != Relief::LevelOrWaiver) {
        assert!(!may_be_waived(rule), "{}", rule.name);
        let waiver = format!("waivers: [{{rule: {}, because: it can wait}}]", rule.name);
        let message = format!("Findings of `{}` cannot be waived.", rule.name);
        assert_eq!(refused(&waiver), (1, 18, message));
        if rule.relief == Relief::None {
            let off = format!("rules:\n  {}: off", rule.name);
            let message = format!("`{}` has no level to set: it always blocks.", rule.name);
            assert_eq!(refused(&off), (2, 3, message));
        }
    }
}

#[test]
fn a_page_promises_a_fix_where_there_is_one_and_nowhere_else() {
    let policy = Policy::default();
    for rule in RULES {
        let offered = rule.examples.iter().any(|example| {
            example.try_bad(&policy).findings.iter().any(|finding| finding.fix.is_some())
        });
        assert_eq!(offered, rule.fix.is_some(), "{}", rule.name);
    }
}

#[test]
fn every_page_fits_into_a_terminal_of_80_columns() {
    let policy = Policy::default();
    let pages = RULES.iter().map(|rule| rule_page(rule, &policy, Style::Plain));
    for page in pages.chain([rule_list()]) {
        for line in page.lines() {
            assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
        }
    }
}

#[test]
fn a_page_at_a_shell() {
    let rule = Rule::find("prr-unanswered").expect("a rule");
    insta::assert_snapshot!(rule_page(rule, &Policy::default(), Style::Plain));
}

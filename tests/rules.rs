//! The rules' examples do what their pages say, and the pages are what the program writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ep_bot::review::rule::{SAMPLE, SAMPLE_PATH};
use ep_bot::review::{Candidate, Policy, RULES, Rulebook, Verdict, prepare_template, review};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules")
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
            assert!(!said.is_empty(), "{}: nothing is said of\n{}", rule.name, example.bad);
            for finding in &said {
                assert_eq!(finding.rule.name, rule.name, "{}\n{finding:#?}", example.bad);
            }
            let said = example.try_good(&policy).findings;
            assert!(said.is_empty(), "{}: {said:#?}\n{}", rule.name, example.good);
        }
    }
}

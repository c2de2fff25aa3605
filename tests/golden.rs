//! Golden EPs: a folder for each case with `input.md` and the findings that the rule book asks for.
//!
//! The expected findings were written from the rule book, not from what the program prints.

use std::fs;
use std::path::{Path, PathBuf};

use ep_bot::proposal::Template;
use ep_bot::review::{Candidate, Policy, Rulebook, review};
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    /// The path under which the case is reviewed.
    path: String,
    /// Judge as if the EP had this status.
    #[serde(rename = "as")]
    judge_as: Option<String>,
    /// What the case shows.
    why: String,
    findings: Vec<Entry>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Entry {
    line: usize,
    rule: String,
    severity: String,
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .expect("tests/golden")
        .map(|entry| entry.expect("entry").path())
        .collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    cases
}

fn run(case: &Path) -> Result<(), String> {
    let bytes = fs::read(case.join("input.md")).map_err(|error| error.to_string())?;
    let expected =
        fs::read_to_string(case.join("expected.json")).map_err(|error| error.to_string())?;
    let mut expected: Expected =
        serde_json::from_str(&expected).map_err(|error| error.to_string())?;
    let policy = Policy::default();
    let rulebook = Rulebook {
        judge_as: expected.judge_as.as_deref(),
        ..Rulebook::new(Template::built_in(), &policy)
    };
    let found = review(&Candidate::new(&expected.path, &bytes), &rulebook);
    let mut entries: Vec<Entry> = found
        .findings
        .iter()
        .map(|f| Entry {
            line: f.lines.start,
            rule: f.rule.name.into(),
            severity: f.severity.as_str().into(),
        })
        .collect();
    entries.sort();
    expected.findings.sort();
    if entries == expected.findings {
        return Ok(());
    }
    let show = |entries: &[Entry], others: &[Entry]| -> String {
        entries
            .iter()
            .filter(|e| !others.contains(e))
            .map(|e| format!("      {}:{} {}", e.line, e.rule, e.severity))
            .collect::<Vec<_>>()
            .join("\n")
    };
    Err(format!(
        "{}\n    only expected:\n{}\n    only found:\n{}",
        expected.why,
        show(&expected.findings, &entries),
        show(&entries, &expected.findings)
    ))
}

#[test]
fn every_golden_ep_has_exactly_the_findings_of_the_rule_book() {
    let cases = cases();
    assert!(cases.len() >= 40, "only {} golden cases", cases.len());
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            run(case)
                .err()
                .map(|why| format!("{}: {why}", case.file_name().unwrap_or_default().display()))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

//! `--format sarif` against the JSON schema of SARIF 2.1.0, from the pinned package `@microsoft/jest-sarif`, which
//! `tests/run` installs. Its text is the standard's, in an older draft of JSON Schema.

use std::path::{Path, PathBuf};

use ep_bot::proposal::{Source, Template};
use ep_bot::report::{FileReport, UnreadableFile, sarif};
use ep_bot::review::{Candidate, Policy, Review, Rulebook, review};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

const SCHEMA: &str = "tests/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn validator() -> Validator {
    let text = std::fs::read_to_string(root().join(SCHEMA)).unwrap_or_else(|error| {
        panic!("the schema of SARIF is not installed ({error}): run tests/run")
    });
    let mut schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    // The published standard declares draft 7. Only with it are relative URIs looked at.
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema.as_object_mut().and_then(|schema| schema.remove("id")).expect("it has an id");
    jsonschema::options()
        .with_draft(Draft::Draft7)
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is a schema")
}

/// What breaks the standard in a document.
fn complaints(document: &Value) -> Vec<String> {
    validator()
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn reviewed(path: &str, bytes: &[u8]) -> Review {
    let policy = Policy::default();
    // There most rules are run.
    let judge_as = Some("staged");
    let rulebook = Rulebook { judge_as, ..Rulebook::new(Template::built_in(), &policy) };
    review(&Candidate::new(path, bytes), &rulebook)
}

fn document(files: &[(&str, &[u8])], unreadable: &[UnreadableFile]) -> Value {
    let reviews: Vec<Review> = files.iter().map(|(path, bytes)| reviewed(path, bytes)).collect();
    let reports: Vec<FileReport<'_>> = reviews
        .iter()
        .zip(files)
        .map(|(review, (_, bytes))| FileReport {
            review,
            text: Source::decode(bytes).unwrap_or_default(),
        })
        .collect();
    serde_json::from_str(&sarif(&reports, unreadable)).expect("the report is JSON")
}

/// A proposal that tries everything, with three mechanical fixes: status, marker, guidance.
fn hostile() -> String {
    let template = Template::built_in().text.as_str();
    let text = template
        .replacen(
            "EP-0000: ",
            "EP-0007: \u{1b}]0;gone\u{7}\u{202e}[x](https://x.y) {0} \u{2066}",
            1,
        )
        .replacen("**status here**", "**implementible**", 1)
        .replacen("- [ ]", "- [✅]", 1)
        .replacen("## Motivation", "## \u{9b}31mMotivation \u{200b}{{1}}", 1);
    format!("\u{feff}{}", text.replace('\n', "\r\n"))
}

#[test]
fn a_document_that_breaks_the_standard_is_refused() {
    let good = document(&[("eps/EP-0007-a.md", b"# EP-0008: a\n")], &[]);
    assert_eq!(complaints(&good), [""; 0]);
    let results = "/runs/0/results/0";
    let breaks = [
        ("/version", json!("2.0.0")),
        ("/runs/0/tool/driver/name", json!(7)),
        (&*format!("{results}/level"), json!("notice")),
        (&*format!("{results}/message"), json!({})),
        (&*format!("{results}/locations/0/physicalLocation/region/startLine"), json!(0)),
        (&*format!("{results}/locations/0/physicalLocation/artifactLocation/uri"), json!("a b")),
        ("/runs/0/invocations/0", json!({"exitCode": 0})),
    ];
    for (pointer, value) in breaks {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is there")) = value;
        assert_ne!(complaints(&bad), [""; 0], "{pointer}");
    }
}

#[test]
fn a_hostile_proposal_makes_a_valid_document_with_fixes_and_without_escapes() {
    let hostile = hostile();
    let gone = UnreadableFile {
        path: "eps/\u{1b}[2J a.md".to_owned(),
        message: "no such\u{202e} file".to_owned(),
    };
    let files: &[(&str, &[u8])] = &[
        ("./eps/EP-0007 {x}#\u{202e}\u{7}%.md", hostile.as_bytes()),
        ("/srv/eps/EP-0008-b.md", b""),
        ("../EP-0009-c.md", "\u{feff}# EP-0009: c".as_bytes()),
    ];
    let document = document(files, &[gone]);
    assert_eq!(complaints(&document), [""; 0]);
    let results = document["runs"][0]["results"].as_array().expect("results");
    let fixed: Vec<&str> = results
        .iter()
        .filter(|result| result["fixes"].is_array())
        .filter_map(|result| result["ruleId"].as_str())
        .collect();
    for rule in
        ["guidance-left", "status-unknown", "checklist-marker", "section-missing", "toc-entry"]
    {
        assert!(fixed.contains(&rule), "{rule}: {fixed:?}");
    }
    for result in results {
        let mut shown = result.clone();
        // A fix carries the author's own line back, to the letter.
        shown.as_object_mut().and_then(|result| result.remove("fixes"));
        // Parsed, not as it is written: there JSON has escaped them.
        for text in texts(&shown) {
            let bad =
                |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{200b}".contains(c);
            assert!(!text.contains(bad), "{text:?}");
            assert!(!text.contains("](") && !text.contains("{0}"), "{text:?}");
        }
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(map) => map.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// All golden proposals, whatever is wrong with them, and none at all.
#[test]
fn every_golden_proposal_makes_a_valid_document() {
    let golden = inputs(&root().join("tests/golden"));
    assert!(golden.len() > 300, "{}", golden.len());
    let files: Vec<(&str, &[u8])> =
        golden.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let document = document(&files, &[]);
    assert_eq!(complaints(&document), [""; 0]);
    let results = document["runs"][0]["results"].as_array().expect("results");
    assert!(results.len() > files.len(), "{} results", results.len());
    assert_eq!(complaints(&self::document(&[], &[])), [""; 0]);
}

/// Every Markdown file below a folder, by its path from there.
fn inputs(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("a folder");
            open.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let bytes = std::fs::read(&path).expect("a file");
            let name = path.strip_prefix(folder).expect("below").to_string_lossy().into_owned();
            found.push((name, bytes));
        }
    }
    found
}

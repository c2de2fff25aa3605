//! GitHub's GraphQL schema: holds the text of a query or mutation against it.
//!
//! The reference implementation (npm `graphql`) judges, with the schema of the pinned package
//! `@octokit/graphql-schema`; `tests/run` installs both.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Holds one text against GitHub's schema. An error says what is wrong, and at which line.
pub(crate) fn validate(text: &str) -> Result<(), String> {
    let errors = validate_all(&[text]).remove(0);
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
}

/// The errors of each text, in the order given. One run for all: reading the schema takes longest.
pub(crate) fn validate_all(texts: &[&str]) -> Vec<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    assert!(
        folder.join("node_modules/@octokit/graphql-schema/schema.graphql").exists(),
        "GitHub's GraphQL schema is not installed: run tests/run"
    );
    let mut node = Command::new("node")
        .arg(folder.join("support/graphql.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("node does not start ({error}): run tests/run"));
    let input = serde_json::to_vec(texts).expect("texts are JSON strings");
    node.stdin
        .take()
        .expect("stdin is piped")
        .write_all(&input)
        .expect("node reads its input to the end");
    let output = node.wait_with_output().expect("node ends");
    assert!(output.status.success(), "node failed: {}; its error stands above", output.status);
    let errors: Vec<Vec<String>> =
        serde_json::from_slice(&output.stdout).expect("the script answers with JSON");
    assert_eq!(errors.len(), texts.len(), "one answer for each text");
    errors
}

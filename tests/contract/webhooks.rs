//! GitHub's own webhook examples against the bot.

use ep_bot::github::webhook::parse;

use crate::support::webhooks::examples;

/// How many examples the pinned package has; fewer means that it was not read whole.
const EXAMPLES: usize = 329;

#[test]
fn all_examples_are_there() {
    let examples = examples();
    assert!(examples.len() >= EXAMPLES, "only {} examples", examples.len());
    let events = ["pull_request", "check_run", "check_suite", "merge_group", "issue_comment"];
    for event in events {
        assert!(examples.iter().any(|example| example.event == event), "no {event}");
    }
}

#[test]
fn every_example_can_be_read() {
    let failures: Vec<String> = examples()
        .iter()
        .filter_map(|example| {
            let error = parse(&example.event, example.body.as_bytes()).err()?;
            Some(format!("{}: {error}", example.name))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

//! GitHub's own webhook examples against the bot.

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

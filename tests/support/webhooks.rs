//! GitHub's webhook examples: real payloads of every event, from the pinned package
//! `@octokit/webhooks-examples`, which `tests/run` installs.

use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

/// One payload, as GitHub would send it.
pub(crate) struct Example {
    /// What GitHub says in `X-GitHub-Event`.
    pub(crate) event: String,
    /// The event and the number of the example, for messages.
    pub(crate) name: String,
    /// The bytes of the body.
    pub(crate) body: String,
}

#[derive(Deserialize)]
struct Event {
    name: String,
    examples: Vec<Box<RawValue>>,
}

/// All examples of github.com.
pub(crate) fn examples() -> Vec<Example> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/node_modules/@octokit/webhooks-examples/api.github.com/index.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("GitHub's webhook examples are not installed ({error}): run tests/run")
    });
    let events: Vec<Event> = serde_json::from_str(&text).expect("the package holds JSON");
    events
        .into_iter()
        .flat_map(|event| {
            let Event { name, examples } = event;
            examples.into_iter().enumerate().map(move |(index, body)| Example {
                event: name.clone(),
                name: format!("{name} #{index}"),
                body: body.get().to_owned(),
            })
        })
        .collect()
}

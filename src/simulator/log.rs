//! What was asked of the simulated GitHub, and what it answered.

use serde_json::Value;

/// One call, as tests look at it.
#[derive(Debug, Clone, Default)]
pub struct RecordedRequest {
    /// `GET`, `POST`, ….
    pub method: String,
    /// Path as it was sent, without the query: still percent-encoded, without `/api/v3`.
    pub path: String,
    /// Decoded query, in order.
    pub query: Vec<(String, String)>,
    /// Path of the operation as GitHub's description writes it; none for an unknown one. `/graphql` for GraphQL.
    pub template: Option<&'static str>,
    /// Text of the GraphQL document.
    pub graphql: Option<String>,
    /// Name of the GraphQL operation.
    pub operation: Option<String>,
    /// Variables of the GraphQL document.
    pub variables: Value,
    /// The body, when it is JSON; null else.
    pub body: Value,
    /// Status of the answer; none when none was given.
    pub status: Option<u16>,
    /// Body of the answer; null when there was none.
    pub answer: Value,
    /// Whose token it was.
    pub installation: Option<u64>,
    /// The fault that was played, when one was.
    pub fault: Option<String>,
}

impl RecordedRequest {
    /// Method and template in one string: `POST /repos/{owner}/{repo}/check-runs`, or `POST /graphql`.
    pub fn operation_key(&self) -> String {
        format!("{} {}", self.method, self.template.unwrap_or(&self.path))
    }
}

/// The calls since the start, or since the list was cleared.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) requests: Vec<RecordedRequest>,
    /// How many were cleared: the number of `requests`' first.
    cleared: usize,
    /// What was asked that GitHub would ignore or not understand.
    pub(crate) violations: Vec<String>,
}

impl Log {
    /// Adds a call and gives its number.
    pub(crate) fn add(&mut self, request: RecordedRequest) -> usize {
        self.requests.push(request);
        self.cleared + self.requests.len() - 1
    }

    pub(crate) fn get_mut(&mut self, number: usize) -> Option<&mut RecordedRequest> {
        self.requests.get_mut(number.checked_sub(self.cleared)?)
    }

    pub(crate) fn clear(&mut self) {
        self.cleared += self.requests.len();
        self.requests.clear();
    }

    pub(crate) fn violation(&mut self, what: String) {
        tracing::error!(what, "a call that GitHub would not understand");
        self.violations.push(what);
    }
}

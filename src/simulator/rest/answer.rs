//! Answers, and GitHub's words for what it refuses.

use serde_json::{Value, json};

use crate::simulator::json::with;

/// An answer of the API.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// None for an answer without a body.
    pub(crate) body: Option<Value>,
}

/// What an operation comes to: refused, or done.
pub(crate) type Outcome = Result<Answer, Answer>;

impl Answer {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Some(body) }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(200, body)
    }

    pub(crate) fn created(body: Value) -> Self {
        Self::new(201, body)
    }

    pub(crate) fn no_content() -> Self {
        Self { status: 204, headers: Vec::new(), body: None }
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// A refusal in GitHub's usual shape.
    pub(crate) fn error(status: u16, message: impl Into<String>) -> Self {
        Self::new(
            status,
            json!({
                "message": message.into(),
                "documentation_url": "https://docs.github.com/rest",
                "status": status.to_string(),
            }),
        )
    }

    pub(crate) fn not_found() -> Self {
        Self::error(404, "Not Found")
    }

    /// 422: the body does not fit the operation's schema. GitHub gives a sentence and no list.
    pub(crate) fn unfit(what: impl std::fmt::Display) -> Self {
        Self::error(422, format!("Invalid request.\n\n{what}"))
    }

    /// 422: the body fits, but says something that cannot be.
    pub(crate) fn invalid(resource: &str, field: &str, code: &str, message: &str) -> Self {
        let refused = Self::error(422, "Validation Failed");
        let errors = json!({ "errors": [
            { "resource": resource, "field": field, "code": code, "message": message },
        ] });
        Self { body: refused.body.map(|body| with(body, errors)), ..refused }
    }
}

//! Errors of GraphQL answers, in GitHub's words.

use async_graphql_parser::Pos;
use serde_json::{Map, Value, json};

/// Why a field has no value.
#[derive(Debug, Clone)]
pub(super) struct FieldError {
    /// GitHub's word, like `NOT_FOUND`.
    pub(super) kind: &'static str,
    pub(super) message: String,
}

impl FieldError {
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self { kind: "NOT_FOUND", message: message.into() }
    }

    pub(super) fn forbidden() -> Self {
        Self { kind: "FORBIDDEN", message: "Resource not accessible by integration".to_owned() }
    }

    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self { kind: "UNPROCESSABLE", message: message.into() }
    }

    pub(super) fn json(&self, path: &[Value], at: Pos) -> Value {
        json!({
            "type": self.kind,
            "path": path,
            "locations": [location(at)],
            "message": self.message,
        })
    }
}

/// A place in the document.
pub(super) fn location(at: Pos) -> Value {
    json!({ "line": at.line, "column": at.column })
}

/// An error of the document itself: nothing is executed then.
pub(super) fn invalid(
    code: &str,
    path: &[String],
    at: Pos,
    message: impl Into<String>,
    more: &[(&str, &str)],
) -> Value {
    let mut extensions = Map::new();
    extensions.insert("code".to_owned(), code.into());
    for (key, value) in more {
        extensions.insert((*key).to_owned(), (*value).into());
    }
    json!({
        "path": path,
        "extensions": extensions,
        "locations": [location(at)],
        "message": message.into(),
    })
}

/// The same for GitHub's own checks, which have a type instead of a code.
pub(super) fn refused(kind: &str, path: &[String], at: Pos, message: impl Into<String>) -> Value {
    json!({
        "type": kind,
        "path": path,
        "locations": [location(at)],
        "message": message.into(),
    })
}

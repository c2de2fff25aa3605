//! GitHub's REST contract: holds an exchange (request and answer) against GitHub's own description.
//!
//! The bot and the simulator are written by the same people: without a third voice they could agree
//! on a misspelt key, which GitHub would silently ignore. So unknown keys are refused on both sides.

mod keys;
mod operation;
mod schema;

use serde_json::Value;

use operation::{Operation, Problems};

/// Holds one exchange against GitHub's description; every difference is one sentence of the error.
///
/// `path` is as sent, percent-encoded, with or without GHES's `/api/v3` before it; `query` is decoded.
/// A body of `null` is no body, a status of `None` no answer. An answer that is a JSON string stands
/// for a raw file (`Accept: application/vnd.github.raw`) and is let through where the answer would be
/// a file or a blob.
///
/// 401, 403, 404, 422, 429 and 5xx are let through where GitHub does not declare them: tests inject
/// such faults anywhere, and GitHub gives them anywhere.
pub(crate) fn validate(
    method: &str,
    path: &str,
    query: &[(String, String)],
    request: &Value,
    status: Option<u16>,
    response: &Value,
) -> Result<(), Vec<String>> {
    let mut problems = Problems::of(format!("{method} {path}"));
    match Operation::find(method, path) {
        None => problems.add("GitHub has no such operation (or the subset lacks it)"),
        Some(operation) => {
            operation.check_path(&mut problems);
            operation.check_query(query, &mut problems);
            operation.check_request(present(request), &mut problems);
            if let Some(status) = status {
                operation.check_response(status, present(response), &mut problems);
            }
        }
    }
    problems.into_result()
}

fn present(body: &Value) -> Option<&Value> {
    (!body.is_null()).then_some(body)
}

//! GitHub's objects as JSON, in full: what REST answers and webhooks carry.

pub(crate) mod account;
pub(crate) mod check;
pub(crate) mod commit;
pub(crate) mod conversation;
pub(crate) mod pull;
pub(crate) mod repository;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;

/// Where people would look: a name that is reserved for examples.
pub(crate) const HTML: &str = "https://github.example";

/// An opaque id for GraphQL, made as the older ones on GitHub are.
pub(crate) fn node_id(kind: &str, id: u64) -> String {
    STANDARD.encode(format!("0{}:{kind}{id}", kind.len()))
}

/// Reads [`node_id`] back.
pub(crate) fn from_node_id(text: &str) -> Option<(String, u64)> {
    let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (_, rest) = text.split_once(':')?;
    let digits = rest.find(|c: char| c.is_ascii_digit())?;
    let (kind, id) = rest.split_at(digits);
    Some((kind.to_owned(), id.parse().ok()?))
}

/// A moment, or null.
pub(crate) fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| super::clock::text(at).into())
}

/// Adds the keys of `more` to an object.
pub(crate) fn with(mut object: Value, more: Value) -> Value {
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}

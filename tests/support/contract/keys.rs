//! Keys that GitHub's description does not know. JSON Schema lets them pass; GitHub ignores them
//! in silence, which is worse.

use serde_json::Value;

use super::schema::resolve;

/// The paths of all keys of `value` that no part of `schema` names.
pub(super) fn unknown(schema: &'static Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(&[schema], value, "", &mut found);
    found
}

fn walk(schemas: &[&'static Value], value: &Value, place: &str, found: &mut Vec<String>) {
    let mut parts = Vec::new();
    for schema in schemas {
        flatten(schema, &mut parts);
    }
    match value {
        Value::Object(map) if !is_free(&parts) => {
            for (key, inner) in map {
                let place = format!("{place}/{key}");
                let known: Vec<_> = parts.iter().filter_map(|part| property(part, key)).collect();
                if known.is_empty() {
                    found.push(format!("{place}: GitHub knows no such key"));
                } else {
                    walk(&known, inner, &place, found);
                }
            }
        }
        Value::Array(items) => {
            let schemas: Vec<_> = parts.iter().filter_map(|part| part.get("items")).collect();
            if schemas.is_empty() {
                return;
            }
            for (index, item) in items.iter().enumerate() {
                walk(&schemas, item, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// A schema and all that it is combined of. Which alternative holds is the validator's business;
/// a key is known when any of them names it.
fn flatten(schema: &'static Value, parts: &mut Vec<&'static Value>) {
    let schema = resolve(schema);
    parts.push(schema);
    for combination in ["allOf", "anyOf", "oneOf"] {
        for branch in schema.get(combination).and_then(Value::as_array).into_iter().flatten() {
            flatten(branch, parts);
        }
    }
}

/// What a part says of a key: by name, or by `additionalProperties` with a schema.
fn property(part: &'static Value, key: &str) -> Option<&'static Value> {
    part.get("properties")
        .and_then(|properties| properties.get(key))
        .or_else(|| part.get("additionalProperties").filter(|extra| extra.is_object()))
}

/// Whether any key may stand there: nothing names a key, or a part that names none allows all.
/// (A branch that only narrows a named key and says `additionalProperties: true` opens nothing.)
fn is_free(parts: &[&'static Value]) -> bool {
    let names = |part: &&'static Value| part.get("properties").is_some();
    let closed = |part: &&'static Value| {
        part.get("additionalProperties").is_some_and(|extra| extra != &Value::Bool(true))
    };
    let open = |part: &'static Value| {
        part.get("additionalProperties") == Some(&Value::Bool(true)) && !names(&part)
    };
    parts.iter().copied().any(open) || !parts.iter().any(|part| names(part) || closed(part))
}

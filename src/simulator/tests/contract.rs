//! Judges answers by GitHub's own description of its API.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

/// The description, with `nullable` written as JSON Schema has it.
static CONTRACT: LazyLock<Value> = LazyLock::new(|| {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/contract/github-openapi-subset.json");
    let text = std::fs::read_to_string(path).expect("the contract is a fixture of the tests");
    let mut contract: Value = serde_json::from_str(&text).expect("the contract is JSON");
    rewrite(&mut contract);
    // GitHub's description does not know of deleted forks; GitHub gives null for them.
    for name in ["pull-request", "pull-request-simple"] {
        let repository = contract
            .pointer_mut(&format!("/components/schemas/{name}/properties/head/properties/repo"))
            .expect("a pull request has a head");
        *repository = json!({ "anyOf": [{ "type": "null" }, repository.take()] });
    }
    contract
});

fn rewrite(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(rewrite),
        Value::Object(object) => {
            object.values_mut().for_each(rewrite);
            either_not_both(object);
            if object.remove("nullable") != Some(Value::Bool(true)) {
                return;
            }
            if let Some(values) = object.get_mut("enum").and_then(Value::as_array_mut)
                && !values.contains(&Value::Null)
            {
                values.push(Value::Null);
            }
            if let Some(of) = object.get("type").cloned() {
                object.insert("type".to_owned(), json!([of, "null"]));
            } else {
                let inner = Value::Object(std::mem::take(object));
                object.insert("anyOf".to_owned(), json!([{ "type": "null" }, inner]));
            }
        }
        _ => {}
    }
}

/// The description wants the account of a listed installation to be a user and an enterprise at once;
/// where it describes one installation it wants either.
fn either_not_both(object: &mut serde_json::Map<String, Value>) {
    let titles: Vec<Value> = match object.get("allOf") {
        Some(Value::Array(all)) => all.iter().map(|s| s["title"].clone()).collect(),
        _ => return,
    };
    if titles == ["Simple User", "Enterprise"]
        && let Some(all) = object.remove("allOf")
    {
        object.insert("anyOf".to_owned(), all);
    }
}

fn validate(schema: &Value, instance: &Value) -> Vec<String> {
    static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> =
        LazyLock::new(Mutex::default);
    let key = schema.to_string();
    let known = COMPILED.lock().expect("no test panics while it compiles").get(&key).cloned();
    let validator = known.unwrap_or_else(|| {
        let whole = json!({ "components": CONTRACT["components"], "allOf": [schema] });
        let new = jsonschema::draft7::new(&whole).expect("a schema of the contract");
        let new = Arc::new(new);
        COMPILED.lock().expect("no test panics while it compiles").insert(key, Arc::clone(&new));
        new
    });
    validator
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// Every operation that the contract describes: method and path.
pub(in crate::simulator) fn operations() -> Vec<String> {
    let paths = CONTRACT["paths"].as_object().expect("the contract has paths");
    paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flat_map(serde_json::Map::keys);
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect()
}

/// Complaints about an answer; none for one that the contract does not describe.
pub(super) fn complaints(
    method: &str,
    template: &str,
    status: u16,
    body: Option<&Value>,
) -> Vec<String> {
    let operation = &CONTRACT["paths"][template][method.to_lowercase()];
    if operation.is_null() {
        return vec![format!("{method} {template} is not in the contract")];
    }
    let mut response = &operation["responses"][status.to_string()];
    if let Some(reference) = response["$ref"].as_str() {
        response =
            CONTRACT.pointer(reference.trim_start_matches('#')).expect("references lead somewhere");
    }
    let schema = &response["content"]["application/json"]["schema"];
    match body {
        Some(body) if !schema.is_null() => validate(schema, body),
        _ => Vec::new(),
    }
}

//! The description as JSON Schema: loaded once, `nullable` rewritten, validators by JSON pointer.

use std::sync::{LazyLock, Mutex};
use std::{collections::HashMap, sync::Arc};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

/// The document's own address, by which schemas refer to it.
const URI: &str = "urn:github";

/// GitHub's description with `nullable` in JSON Schema's words.
pub(super) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document: Value =
        serde_json::from_str(include_str!("../../fixtures/contract/github-openapi-subset.json"))
            .expect("the fixture is JSON");
    rewrite(&mut document);
    // The package carries an older copy of an installation in this one list, whose account would have to be a user and
    // an enterprise at once.
    let list =
        "/paths/~1app~1installations/get/responses/200/content/application~1json/schema/items";
    *document.pointer_mut(list).expect("the list of installations") =
        json!({ "$ref": "#/components/schemas/installation" });
    document
});

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    Registry::new()
        .draft(Draft::Draft7)
        .add(URI, &*DOCUMENT)
        .and_then(jsonschema::RegistryBuilder::prepare)
        .expect("every reference of the fixture stays in the fixture")
});

/// `OpenAPI` 3.0 says `nullable: true` where JSON Schema lists `null` among the types.
fn rewrite(node: &mut Value) {
    match node {
        Value::Array(items) => items.iter_mut().for_each(rewrite),
        Value::Object(map) => {
            map.values_mut().for_each(rewrite);
            if map.get("nullable") != Some(&Value::Bool(true)) {
                return;
            }
            map.remove("nullable");
            if let Some(Value::Array(values)) = map.get_mut("enum") {
                values.push(Value::Null);
            }
            match map.get("type").cloned() {
                Some(kind) => {
                    map.insert("type".into(), json!([kind, "null"]));
                }
                None => *node = json!({"anyOf": [{"type": "null"}, node.take()]}),
            }
        }
        _ => {}
    }
}

/// Follows `$ref`s until a node says something itself.
pub(super) fn resolve(mut node: &'static Value) -> &'static Value {
    // More hops than the document has would be a circle.
    for _ in 0..32 {
        let Some(target) = node.get("$ref").and_then(Value::as_str) else { return node };
        let pointer = target.strip_prefix('#').expect("references stay in the document");
        node = DOCUMENT.pointer(pointer).expect("references lead somewhere");
    }
    panic!("a circle of references: {node}");
}

/// A step of a JSON pointer.
pub(super) fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// Holds `value` against the schema at a JSON pointer of the document.
pub(super) fn errors(pointer: &str, value: &Value) -> Vec<String> {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> =
        LazyLock::new(Mutex::default);
    // A panic in another test does not make a map of finished validators wrong.
    let mut validators = VALIDATORS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let validator = Arc::clone(validators.entry(pointer.to_owned()).or_insert_with(|| {
        let validator = jsonschema::options()
            .with_draft(Draft::Draft7)
            .with_registry(&REGISTRY)
            .should_validate_formats(true)
            .build(&json!({"$ref": format!("{URI}#{}", pointer.replace('{', "%7B").replace('}', "%7D"))}))
            .unwrap_or_else(|error| panic!("the schema at {pointer} is not usable: {error}"));
        Arc::new(validator)
    }));
    drop(validators);
    validator
        .iter_errors(value)
        .map(|error| {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { "the body".to_owned() } else { place };
            let text: String = error.to_string().chars().take(300).collect();
            format!("{place}: {text}")
        })
        .collect()
}

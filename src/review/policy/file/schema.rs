//! The JSON schema of the policy file, for editors: built from the table of settings.

use serde_json::{Map, Value, json};

use crate::review::may_be_waived;
use crate::review::rule::RULES;

use super::reference::Setting;

/// What a setting takes, for a schema.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A text.
    Text,
    /// A text or a list of texts, not empty.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Whole(u64, u64),
    /// One of these words.
    Words(&'static [&'static str]),
    /// A day.
    Date,
    /// An EP's number.
    Number,
    /// A rule's name.
    Rule,
    /// A level or a level per status.
    Level,
    /// A map from paths to levels.
    Levels,
    /// A map from rules to levels.
    Rules,
    /// A map with keys of its own.
    Group,
    /// The ladder.
    Statuses,
    /// Statuses of one kind.
    StatusNames,
    /// Where the status is stated.
    StatusFrom,
    /// A file name, or a map with it.
    Sidecar,
    /// Questions.
    Questions,
    /// Waivers.
    Waivers,
}

/// The JSON schema (draft 2020-12) of the policy file. It knows no ladder: names of statuses are checked when the
/// file is read.
pub fn schema() -> Value {
    let mut root = object("", &[]);
    let own = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy of ep-bot",
        "description": "What is asked of Enhancement Proposals: `.github/ep-bot.yml`. Every setting may be left out.",
        "$defs": {
            "level": {
                "title": "Level",
                "description": "`error` blocks the merge, `warning` and `note` are shown, `off` is not run.",
                "enum": ["error", "warning", "note", "off", "E", "W", "-", false],
            },
            "levels": {
                "title": "Level, or level per status",
                "description": "A level alone holds at every step of the ladder, and at parked and final statuses where something is asked anyway; `off` holds everywhere. A map sets the statuses that it names.",
                "anyOf": [
                    { "$ref": "#/$defs/level" },
                    {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": { "$ref": "#/$defs/level" },
                    },
                ],
            },
        },
    });
    if let Value::Object(own) = own {
        let rest = std::mem::replace(&mut root, own);
        root.extend(rest);
    }
    Value::Object(root)
}

/// An object with the settings below a key, and no others.
fn object(prefix: &str, required: &[&str]) -> Map<String, Value> {
    let properties: Map<String, Value> = Setting::below(prefix)
        .map(|setting| (setting.name().to_owned(), Value::Object(property(setting))))
        .collect();
    let mut object = Map::new();
    object.insert("type".into(), "object".into());
    if !required.is_empty() {
        object.insert("required".into(), json!(required));
    }
    object.insert("properties".into(), properties.into());
    object.insert("additionalProperties".into(), false.into());
    object
}

fn property(setting: &Setting) -> Map<String, Value> {
    let mut property = Map::new();
    property.insert("title".into(), setting.title.into());
    let description = format!("{} It takes {}.", setting.meaning, setting.takes);
    property.insert("description".into(), description.into());
    if let Some(default) = as_json(setting.default) {
        property.insert("default".into(), default);
    }
    if let Some(example) = as_json(setting.example) {
        property.insert("examples".into(), json!([example]));
    }
    property.extend(shape(setting));
    property
}

fn as_json(yaml: &str) -> Option<Value> {
    if yaml.is_empty() { None } else { serde_saphyr::from_str(yaml).ok() }
}

fn shape(setting: &Setting) -> Map<String, Value> {
    let text = || json!({ "type": "string", "minLength": 1 });
    let entry = |required: &[&str]| {
        let prefix = format!("{}[]", setting.key);
        Value::Object(object(&prefix, required))
    };
    let shape = match setting.shape {
        Shape::Text => text(),
        Shape::Texts => json!({
            "anyOf": [text(), { "type": "array", "items": text(), "minItems": 1 }],
        }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Whole(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        // YAML readers of an older edition take a bare `off` for false.
        Shape::Words(words) if words.contains(&"off") => {
            let words = words.iter().map(|word| json!(word));
            json!({ "enum": words.chain([json!(false)]).collect::<Vec<_>>() })
        }
        Shape::Words(words) => json!({ "enum": words }),
        Shape::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Shape::Number => json!({ "type": ["integer", "string"], "minimum": 1, "minLength": 1 }),
        Shape::Rule => {
            let waived = RULES.iter().filter(|rule| may_be_waived(rule));
            json!({ "enum": waived.map(|rule| rule.name).collect::<Vec<_>>() })
        }
        Shape::Level => levels(),
        Shape::Levels => json!({ "type": ["object", "null"], "additionalProperties": levels() }),
        Shape::Rules => {
            let rules: Map<String, Value> = RULES
                .iter()
                .filter(|rule| rule.has_level())
                .map(|rule| {
                    let mut level = json!({ "title": rule.name, "description": rule.short });
                    level["$ref"] = "#/$defs/levels".into();
                    (rule.name.to_owned(), level)
                })
                .collect();
            json!({ "type": ["object", "null"], "properties": rules, "additionalProperties": false })
        }
        Shape::Group => {
            let mut group = object(setting.key, &[]);
            group.insert("type".into(), json!(["object", "null"]));
            Value::Object(group)
        }
        Shape::Statuses => {
            let statuses = json!({
                "type": "array", "items": { "anyOf": [text(), entry(&["name"])] },
                "minItems": 1, "maxItems": crate::review::level::MAX_STATUSES,
            });
            json!({ "anyOf": [statuses, object(setting.key, &["steps"])] })
        }
        Shape::StatusNames => {
            let status = Value::Object(object("statuses[]", &["name"]));
            json!({ "type": "array", "items": { "anyOf": [text(), status] } })
        }
        Shape::StatusFrom => {
            let mut place = object(setting.key, &[]);
            let front_matter = place["properties"]["front_matter"].clone();
            place.insert("patternProperties".into(), json!({ "^front[ -]matter$": front_matter }));
            place.insert("minProperties".into(), 1.into());
            place.insert("maxProperties".into(), 1.into());
            let words =
                json!({ "enum": ["section", "front matter", "front_matter", "front-matter"] });
            let file = json!({ "type": "string", "pattern": "^[^/]+\\.[yY][aA]?[mM][lL]$" });
            json!({ "anyOf": [words, file, place] })
        }
        Shape::Sidecar => {
            json!({ "anyOf": [text(), object(setting.key, &["file"])] })
        }
        Shape::Questions => json!({
            "type": ["array", "null"], "items": { "anyOf": [text(), entry(&["question"])] },
        }),
        Shape::Waivers => json!({
            "type": ["array", "null"], "items": entry(&["rule", "because"]),
        }),
    };
    match shape {
        Value::Object(shape) => shape,
        _ => Map::new(),
    }
}

fn levels() -> Value {
    json!({ "$ref": "#/$defs/levels" })
}

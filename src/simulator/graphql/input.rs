//! Values that come in: literals, variables, defaults, and whether they fit their types.

use async_graphql_parser::types::{BaseType, OperationDefinition, Type, TypeKind};
use async_graphql_value::{ConstValue, Value as Given};
use serde_json::{Map, Value, json};

use super::error::location;
use super::schema::{named, schema};

/// A value with its variables filled in; none for a variable that was not given.
pub(super) fn json(value: &Given, variables: &Map<String, Value>) -> Option<Value> {
    if let Given::Variable(name) = value {
        return variables.get(name.as_str()).cloned();
    }
    let filled: Result<ConstValue, std::convert::Infallible> =
        value.clone().into_const_with(|name| {
            let value = variables.get(name.as_str()).cloned().unwrap_or(Value::Null);
            Ok(ConstValue::from_json(value).unwrap_or(ConstValue::Null))
        });
    let Ok(filled) = filled;
    filled.into_json().ok()
}

/// Whether a variable of one type may stand where the other is expected, null aside.
pub(super) fn base_fits(declared: &Type, expected: &Type) -> bool {
    match (&declared.base, &expected.base) {
        (BaseType::Named(a), BaseType::Named(b)) => a == b,
        (BaseType::List(a), BaseType::List(b)) => base_fits(a, b) && (b.nullable || !a.nullable),
        // One value stands for a list of one.
        (BaseType::Named(_), BaseType::List(b)) => base_fits(declared, b),
        (BaseType::List(_), BaseType::Named(_)) => false,
    }
}

/// Whether a literal fits; variables inside it are taken as they are.
pub(super) fn fits(value: &Given, expected: &Type) -> Result<(), String> {
    match value {
        Given::Variable(_) => return Ok(()),
        Given::Null if expected.nullable => return Ok(()),
        Given::Null => return Err("Expected value to not be null".to_owned()),
        _ => {}
    }
    match (&expected.base, value) {
        (BaseType::List(inner), Given::List(items)) => {
            items.iter().try_for_each(|item| fits(item, inner))
        }
        (BaseType::List(inner), one) => fits(one, inner),
        (BaseType::Named(name), value) => named_fits(value, name.as_str()),
    }
}

fn named_fits(value: &Given, name: &str) -> Result<(), String> {
    let schema = schema();
    let wrong = || Err(format!("Could not coerce value {value} to {name}"));
    match (name, schema.kind(name), value) {
        ("Int", _, Given::Number(n)) if n.is_i64() || n.is_u64() => Ok(()),
        ("Float" | "ID", _, Given::Number(_))
        | ("Boolean", _, Given::Boolean(_))
        | ("String" | "ID", _, Given::String(_))
        | (_, Some(TypeKind::Scalar), Given::String(_)) => Ok(()),
        (_, Some(TypeKind::Enum(known)), Given::Enum(given)) => {
            if known.values.iter().any(|v| v.node.value.node == *given) { Ok(()) } else { wrong() }
        }
        (_, Some(TypeKind::InputObject(input)), Given::Object(given)) => {
            for key in given.keys() {
                if !input.fields.iter().any(|f| f.node.name.node == *key) {
                    return Err(format!("Field is not defined on {name}: {key}"));
                }
            }
            for field in input.fields.iter().map(|f| &f.node) {
                match given.get(field.name.node.as_str()) {
                    Some(value) => fits(value, &field.ty.node)?,
                    None if field.ty.node.nullable || field.default_value.is_some() => {}
                    None => {
                        return Err(format!("Expected value to not be null: {}", field.name.node));
                    }
                }
            }
            Ok(())
        }
        _ => wrong(),
    }
}

/// The same for a value that came as JSON.
fn json_fits(value: &Value, expected: &Type) -> Result<(), String> {
    match (&expected.base, value) {
        (_, Value::Null) if expected.nullable => Ok(()),
        (_, Value::Null) => Err("Expected value to not be null".to_owned()),
        (BaseType::List(inner), Value::Array(items)) => {
            items.iter().try_for_each(|item| json_fits(item, inner))
        }
        (BaseType::List(inner), one) => json_fits(one, inner),
        (BaseType::Named(name), value) => {
            let schema = schema();
            // In JSON an enum's value is a string.
            let literal = match (schema.kind(name), value) {
                (Some(TypeKind::Enum(_)), Value::String(text)) => {
                    Given::Enum(async_graphql_value::Name::new(text))
                }
                (Some(TypeKind::InputObject(_)), Value::Object(given)) => {
                    return input_object_fits(given, name);
                }
                _ => Given::from_json(value.clone()).unwrap_or(Given::Null),
            };
            named_fits(&literal, name)
        }
    }
}

fn input_object_fits(given: &Map<String, Value>, name: &str) -> Result<(), String> {
    let fields = schema().input_fields(name).unwrap_or_default();
    for key in given.keys() {
        if !fields.iter().any(|f| f.name.node == *key) {
            return Err(format!("Field is not defined on {name}: {key}"));
        }
    }
    for field in fields {
        match given.get(field.name.node.as_str()) {
            Some(value) => json_fits(value, &field.ty.node)?,
            None if field.ty.node.nullable || field.default_value.is_some() => {}
            None => return Err(format!("Expected value to not be null: {}", field.name.node)),
        }
    }
    Ok(())
}

/// The values of an operation's variables: as given, or their defaults. Unknown ones are left out.
pub(super) fn variables(
    operation: &OperationDefinition,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<Value>> {
    let mut values = Map::new();
    let mut errors = Vec::new();
    for definition in &operation.variable_definitions {
        let name = definition.node.name.node.as_str();
        let of = &definition.node.var_type.node;
        let default = definition.node.default_value.as_ref();
        let value = match (given.get(name), default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => default.node.clone().into_json().unwrap_or(Value::Null),
            (None, None) if of.nullable => continue,
            (None, None) => Value::Null,
        };
        let known = ["Int", "Float", "String", "Boolean", "ID"].contains(&named(of))
            || schema().kind(named(of)).is_some();
        let checked = if known {
            json_fits(&value, of)
        } else {
            Err(format!("{} isn't a defined input type", named(of)))
        };
        match checked {
            Ok(()) => {
                values.insert(name.to_owned(), value);
            }
            Err(why) => errors.push(json!({
                "extensions": { "value": value, "problems": [{ "path": [], "explanation": why }] },
                "locations": [location(definition.pos)],
                "message": format!("Variable ${name} of type {of} was provided invalid value"),
            })),
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

//! The GraphQL API: documents are parsed and checked against the schema, then resolved over the state.

mod connection;
mod cost;
mod error;
mod execute;
mod input;
mod mutate;
mod node;
mod resolve;
mod schema;
mod validate;

#[cfg(test)]
mod tests;

use async_graphql_parser::Positioned;
use async_graphql_parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use serde_json::{Map, Value, json};

use super::clock::text;
use super::rest::{Actor, Answer};
use super::state::World;
use cost::Cost;
use execute::Run;
use node::{Node, Out};

/// The name of a document's operation, when it has one operation with a name.
pub(crate) fn operation_name(query: &str) -> Option<&str> {
    // The text is searched rather than parsed: faults are matched before a document is known to be one.
    let rest = query.trim_start();
    let rest = rest.strip_prefix("query").or_else(|| rest.strip_prefix("mutation"))?;
    let rest = rest.strip_prefix(char::is_whitespace)?.trim_start();
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    rest.get(..end).filter(|name| !name.is_empty())
}

/// Answers a GraphQL call.
pub(crate) fn answer(world: &mut World, actor: &Actor, body: &Value) -> Answer {
    match actor {
        Actor::Installation { .. } | Actor::User(_) => {}
        Actor::App => return Answer::error(401, "Bad credentials"),
        Actor::Nobody => {
            return Answer::error(401, "This endpoint requires you to be authenticated.");
        }
    }
    let Some(query) = body.get("query").and_then(Value::as_str) else {
        return Answer::error(400, "A query attribute must be specified and must be a string.");
    };
    let no_variables = Map::new();
    let variables = match body.get("variables") {
        None | Some(Value::Null) => &no_variables,
        Some(Value::Object(variables)) => variables,
        Some(_) => return Answer::error(400, "Variables must be an object."),
    };
    match run(world, actor, query, body.get("operationName").and_then(Value::as_str), variables) {
        Ok((data, errors)) if errors.is_empty() => Answer::ok(json!({ "data": data })),
        Ok((data, errors)) => Answer::ok(json!({ "data": data, "errors": errors })),
        Err(errors) => Answer::ok(json!({ "errors": errors })),
    }
}

fn run(
    world: &mut World,
    actor: &Actor,
    query: &str,
    operation_name: Option<&str>,
    given: &Map<String, Value>,
) -> Result<(Value, Vec<Value>), Vec<Value>> {
    let document = async_graphql_parser::parse_query(query).map_err(|error| {
        let locations: Vec<Value> = error.positions().map(error::location).collect();
        vec![json!({ "message": format!("Parse error: {error}"), "locations": locations })]
    })?;
    let (name, operation) =
        chosen(&document, operation_name).map_err(|message| vec![json!({ "message": message })])?;
    let operation = &operation.node;
    // What does not fit is said before the variables' values are looked at, as GitHub does.
    let defaults = input::variables(operation, given);
    let filled = defaults.as_ref().unwrap_or(given);
    let cost = validate::check(&document, operation, name, filled)?;
    let variables = defaults?;
    let who = match actor {
        Actor::Installation { id, .. } => *id,
        Actor::App | Actor::User(_) | Actor::Nobody => 0,
    };
    if !world.spend(who, "graphql", cost.points()) {
        let message = format!("API rate limit exceeded for installation ID {who}.");
        return Err(vec![json!({ "type": "RATE_LIMITED", "message": message })]);
    }
    let rate_limit = rate_limit(world, who, cost);
    let set = &operation.selection_set.node;
    match operation.ty {
        OperationType::Query => {
            Ok(Run::new(world, actor, rate_limit, &document, &variables).query(set))
        }
        OperationType::Mutation => {
            let (mut data, mut errors) = (Map::new(), Vec::new());
            for selection in &set.items {
                let Selection::Field(field) = &selection.node else { continue };
                let input = field.node.get_argument("input");
                let input = input.and_then(|v| input::json(&v.node, &variables));
                let outcome =
                    mutate::run(world, actor, &field.node.name.node, &input.unwrap_or(Value::Null));
                let run = Run::new(world, actor, rate_limit.clone(), &document, &variables);
                let (value, more) = run.mutation_field(field, outcome);
                data.insert(field.node.response_key().node.to_string(), value);
                errors.extend(more);
            }
            Ok((data.into(), errors))
        }
        OperationType::Subscription => {
            Err(vec![json!({ "message": "Schema is not configured for subscriptions" })])
        }
    }
}

/// The operation that is to run, and its name; empty when it has none.
fn chosen<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<(&'d str, &'d Positioned<OperationDefinition>), String> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Ok(("", operation)),
        (DocumentOperations::Multiple(operations), Some(name)) => operations
            .iter()
            .find(|(n, _)| n.as_str() == name)
            .map(|(n, operation)| (n.as_str(), operation))
            .ok_or_else(|| format!("No operation named \"{name}\"")),
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.iter();
            match (all.next(), all.next()) {
                (Some((name, operation)), None) => Ok((name.as_str(), operation)),
                _ => Err("An operation name is required".to_owned()),
            }
        }
    }
}

fn rate_limit(world: &mut World, who: u64, cost: Cost) -> Node {
    let budget = world.budget(who, "graphql");
    let limit = world.requests_per_hour;
    Node::Record(
        "RateLimit".to_owned(),
        vec![
            ("cost", Out::leaf(cost.points())),
            ("limit", Out::leaf(limit)),
            ("nodeCount", Out::leaf(cost.nodes)),
            ("remaining", Out::leaf(limit.saturating_sub(budget.used))),
            ("resetAt", Out::leaf(text(budget.reset))),
            ("used", Out::leaf(budget.used)),
        ],
    )
}

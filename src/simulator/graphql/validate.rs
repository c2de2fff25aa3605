//! Is a document one that GitHub would execute? Fields, arguments, variables, fragments.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql_parser::types::{
    ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType, Selection,
    SelectionSet, Type,
};
use async_graphql_parser::{Pos, Positioned};
use async_graphql_value::Value as Given;
use serde_json::{Map, Value};

use super::cost::{self, Cost};
use super::error::invalid;
use super::input;
use super::schema::{Schema, named, schema};

/// Fragments nest at most this deep: more is a circle.
const DEPTH_LIMIT: usize = 25;

struct Checker<'d> {
    schema: &'static Schema,
    document: &'d ExecutableDocument,
    operation: &'d OperationDefinition,
    variables: &'d Map<String, Value>,
    used_variables: BTreeSet<String>,
    used_fragments: BTreeSet<String>,
    errors: Vec<Value>,
    cost: Cost,
}

/// Checks a document with the values of its variables. Gives what it costs, or GitHub's complaints.
pub(super) fn check(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    operation_name: &str,
    variables: &Map<String, Value>,
) -> Result<Cost, Vec<Value>> {
    let (root, word) = match operation.ty {
        OperationType::Query => ("Query", "query"),
        OperationType::Mutation => ("Mutation", "mutation"),
        OperationType::Subscription => ("Subscription", "subscription"),
    };
    let mut checker = Checker {
        schema: schema(),
        document,
        operation,
        variables,
        used_variables: BTreeSet::new(),
        used_fragments: BTreeSet::new(),
        errors: Vec::new(),
        cost: Cost::default(),
    };
    let title = if operation_name.is_empty() {
        word.to_owned()
    } else {
        format!("{word} {operation_name}")
    };
    checker.selections(&operation.selection_set.node, root, &mut vec![title], 1, 0);
    checker.leftovers(operation_name);
    checker.errors.extend(checker.cost.complaint(operation.selection_set.pos));
    if checker.errors.is_empty() { Ok(checker.cost) } else { Err(checker.errors) }
}

impl<'d> Checker<'d> {
    fn complain(
        &mut self,
        code: &str,
        path: &[String],
        at: Pos,
        message: String,
        more: &[(&str, &str)],
    ) {
        self.errors.push(invalid(code, path, at, message, more));
    }

    /// `times` is how often this set is asked for, at most: the product of the pages around it.
    fn selections(
        &mut self,
        set: &'d SelectionSet,
        on: &str,
        path: &mut Vec<String>,
        times: u64,
        depth: usize,
    ) {
        let mut keys: BTreeMap<&str, &Field> = BTreeMap::new();
        for selection in &set.items {
            for directive in selection.node.directives() {
                let name = directive.node.name.node.as_str();
                if !["include", "skip"].contains(&name) {
                    let message = format!("Directive @{name} is not defined");
                    self.complain("undefinedDirective", path, directive.pos, message, &[]);
                }
                for (_, value) in &directive.node.arguments {
                    self.note_variables(&value.node);
                }
            }
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    if let Some(other) = keys.insert(key, &field.node)
                        && (other.name.node != field.node.name.node
                            || !same_arguments(other, &field.node))
                    {
                        let message = format!(
                            "Field '{key}' has a field conflict: {} or {}?",
                            other.name.node, field.node.name.node
                        );
                        self.complain("fieldConflict", path, field.pos, message, &[]);
                    }
                    path.push(key.to_owned());
                    self.field(field, on, path, times, depth);
                    path.pop();
                }
                Selection::InlineFragment(fragment) => {
                    let condition =
                        fragment.node.type_condition.as_ref().map(|c| c.node.on.node.as_str());
                    let condition = condition.unwrap_or(on).to_owned();
                    path.push(format!("... on {condition}"));
                    self.fragment(
                        &fragment.node.selection_set.node,
                        (on, &condition),
                        fragment.pos,
                        path,
                        times,
                        depth,
                    );
                    path.pop();
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    self.used_fragments.insert(name.to_string());
                    let Some(fragment) = self.fragment_named(name.as_str()) else {
                        let message = format!("Fragment {name} was used, but not defined");
                        self.complain("useAndDefineFragment", path, spread.pos, message, &[]);
                        continue;
                    };
                    let condition = fragment.node.type_condition.node.on.node.to_string();
                    path.push(format!("... {name}"));
                    let set = &fragment.node.selection_set.node;
                    self.fragment(set, (on, &condition), spread.pos, path, times, depth);
                    path.pop();
                }
            }
        }
    }

    fn fragment_named(&self, name: &str) -> Option<&'d Positioned<FragmentDefinition>> {
        self.document.fragments.iter().find(|(n, _)| n.as_str() == name).map(|(_, f)| f)
    }

    fn fragment(
        &mut self,
        set: &'d SelectionSet,
        (on, condition): (&str, &str),
        at: Pos,
        path: &mut Vec<String>,
        times: u64,
        depth: usize,
    ) {
        if depth >= DEPTH_LIMIT {
            let message = "Fragments contain an infinite loop".to_owned();
            self.complain("infiniteLoop", path, at, message, &[]);
            return;
        }
        if !self.schema.is_composite(condition) {
            let message = format!("No such type {condition}, so it can't be a fragment condition");
            self.complain("undefinedType", path, at, message, &[("typeName", condition)]);
            return;
        }
        if !self.schema.overlap(on, condition) {
            let message = format!("Fragment on {condition} can't be spread inside {on}");
            self.complain("cannotSpreadFragment", path, at, message, &[]);
            return;
        }
        self.selections(set, condition, path, times, depth + 1);
    }

    fn field(
        &mut self,
        field: &'d Positioned<Field>,
        on: &str,
        path: &mut Vec<String>,
        times: u64,
        depth: usize,
    ) {
        let name = field.node.name.node.as_str();
        for (_, value) in &field.node.arguments {
            self.note_variables(&value.node);
        }
        if name == "__typename" {
            return;
        }
        let Some(definition) = self.schema.field(on, name) else {
            let message = format!("Field '{name}' doesn't exist on type '{on}'");
            let more = [("typeName", on), ("fieldName", name)];
            self.complain("undefinedField", path, field.pos, message, &more);
            return;
        };
        self.arguments(field, definition, path);
        let returns = named(&definition.ty.node);
        let set = &field.node.selection_set.node;
        if !self.schema.is_composite(returns) {
            if !set.items.is_empty() {
                let message = format!(
                    "Selections can't be made on scalars (field '{name}' returns {returns} but has selections)"
                );
                self.complain("selectionMismatch", path, field.pos, message, &[]);
            }
            return;
        }
        if set.items.is_empty() {
            let message = format!(
                "Field must have selections (field '{name}' returns {returns} but has no selections. Did you mean '{name} {{ ... }}'?)"
            );
            self.complain("selectionMismatch", path, field.pos, message, &[]);
            return;
        }
        let mut times = times;
        if returns.ends_with("Connection") {
            let page = cost::page(field, self.variables, path).unwrap_or_else(|complaint| {
                self.errors.push(complaint);
                0
            });
            times = self.cost.add(times, page);
        }
        if depth < DEPTH_LIMIT {
            self.selections(set, returns, path, times, depth);
        }
    }

    fn arguments(
        &mut self,
        field: &Positioned<Field>,
        definition: &async_graphql_parser::types::FieldDefinition,
        path: &[String],
    ) {
        let name = &field.node.name.node;
        for (argument, value) in &field.node.arguments {
            let known = definition.arguments.iter().find(|a| a.node.name.node == argument.node);
            let Some(known) = known else {
                let message = format!("Field '{name}' doesn't accept argument '{}'", argument.node);
                self.complain("argumentNotAccepted", path, argument.pos, message, &[]);
                continue;
            };
            let expected = &known.node.ty.node;
            if let Given::Variable(variable) = &value.node {
                self.variable_fits(variable, expected, &argument.node, path, value.pos);
            } else if let Err(why) = input::fits(&value.node, expected) {
                let message = format!(
                    "Argument '{}' on Field '{name}' has an invalid value ({}). Expected type '{expected}'. {why}",
                    argument.node, value.node
                );
                self.complain("argumentLiteralsIncompatible", path, value.pos, message, &[]);
            }
        }
        let missing: Vec<&str> = definition
            .arguments
            .iter()
            .map(|a| &a.node)
            .filter(|a| !a.ty.node.nullable && a.default_value.is_none())
            .map(|a| a.name.node.as_str())
            .filter(|a| field.node.get_argument(a).is_none())
            .collect();
        if !missing.is_empty() {
            let message =
                format!("Field '{name}' is missing required arguments: {}", missing.join(", "));
            self.complain("missingRequiredArguments", path, field.pos, message, &[]);
        }
    }

    fn variable_fits(
        &mut self,
        variable: &str,
        expected: &Type,
        argument: &str,
        path: &[String],
        at: Pos,
    ) {
        let declared = self
            .operation
            .variable_definitions
            .iter()
            .find(|d| d.node.name.node == variable)
            .map(|d| (d.node.var_type.node.clone(), d.node.default_value.is_some()));
        let Some((declared, has_default)) = declared else { return };
        let nullable = declared.nullable && !has_default;
        if input::base_fits(&declared, expected) && (expected.nullable || !nullable) {
            return;
        }
        let message = format!(
            "Type mismatch on variable ${variable} and argument {argument} ({declared} / {expected})"
        );
        self.complain("variableMismatch", path, at, message, &[]);
    }

    fn note_variables(&mut self, value: &Given) {
        match value {
            Given::Variable(name) => {
                self.used_variables.insert(name.to_string());
            }
            Given::List(items) => items.iter().for_each(|item| self.note_variables(item)),
            Given::Object(fields) => fields.values().for_each(|item| self.note_variables(item)),
            _ => {}
        }
    }

    /// What is declared and not used, or used and not declared.
    fn leftovers(&mut self, operation_name: &str) {
        let title = if operation_name.is_empty() {
            "anonymous query".to_owned()
        } else {
            operation_name.to_owned()
        };
        let declared: BTreeMap<String, Pos> = self
            .operation
            .variable_definitions
            .iter()
            .map(|d| (d.node.name.node.to_string(), d.pos))
            .collect();
        let unknown: Vec<String> =
            self.used_variables.iter().filter(|v| !declared.contains_key(*v)).cloned().collect();
        for name in unknown {
            let message = format!("Variable ${name} is used by {title} but not declared");
            let at = self.operation.selection_set.pos;
            let more = [("variableName", name.as_str())];
            self.complain("variableNotDefined", &[], at, message, &more);
        }
        for (name, at) in &declared {
            if !self.used_variables.contains(name) {
                let message = format!("Variable ${name} is declared by {title} but not used");
                let more = [("variableName", name.as_str())];
                self.complain("variableNotUsed", &[], *at, message, &more);
            }
        }
        let unused: Vec<(String, Pos)> = self
            .document
            .fragments
            .iter()
            .filter(|(name, _)| !self.used_fragments.contains(name.as_str()))
            .map(|(name, fragment)| (name.to_string(), fragment.pos))
            .collect();
        for (name, at) in unused {
            let message = format!("Fragment {name} was defined, but not used");
            let more = [("fragmentName", name.as_str())];
            self.complain("useAndDefineFragment", &[], at, message, &more);
        }
    }
}

fn same_arguments(a: &Field, b: &Field) -> bool {
    a.arguments.len() == b.arguments.len()
        && a.arguments
            .iter()
            .all(|(name, value)| b.get_argument(&name.node).is_some_and(|v| v.node == value.node))
}

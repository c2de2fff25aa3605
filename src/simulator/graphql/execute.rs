//! Executes a checked document.

use async_graphql_parser::types::{
    BaseType, ExecutableDocument, Field, Selection, SelectionSet, Type,
};
use async_graphql_parser::{Pos, Positioned};
use serde_json::{Map, Value};

use super::error::FieldError;
use super::input;
use super::node::{Args, Node, Out};
use super::resolve;
use super::schema::schema;
use crate::simulator::rest::Actor;
use crate::simulator::state::World;

/// A null where the schema allows none: it takes the object around it with it.
struct Nothing;

/// One run over one document.
pub(super) struct Run<'r> {
    pub(super) world: &'r World,
    pub(super) actor: &'r Actor,
    pub(super) rate_limit: Node,
    document: &'r ExecutableDocument,
    variables: &'r Map<String, Value>,
    errors: Vec<Value>,
}

impl<'r> Run<'r> {
    pub(super) fn new(
        world: &'r World,
        actor: &'r Actor,
        rate_limit: Node,
        document: &'r ExecutableDocument,
        variables: &'r Map<String, Value>,
    ) -> Self {
        Self { world, actor, rate_limit, document, variables, errors: Vec::new() }
    }

    /// Executes a query; gives its data and its errors.
    pub(super) fn query(mut self, set: &'r SelectionSet) -> (Value, Vec<Value>) {
        let data = self.object(&Node::Query, &[set], &mut Vec::new());
        (data.unwrap_or(Value::Null), self.errors)
    }

    /// Fills in what a mutation's field gives.
    pub(super) fn mutation_field(
        mut self,
        field: &'r Positioned<Field>,
        outcome: Result<Out, FieldError>,
    ) -> (Value, Vec<Value>) {
        let name = field.node.name.node.as_str();
        let mut path = vec![field.node.response_key().node.as_str().into()];
        let value = schema().field("Mutation", name).and_then(|definition| {
            let fields = [field];
            self.complete(&definition.ty.node, outcome, &fields, field.pos, &mut path).ok()
        });
        (value.unwrap_or(Value::Null), self.errors)
    }

    /// The fields that are asked of an object, by key, in order: fragments and directives are worked out.
    fn collect(
        &self,
        type_name: &str,
        set: &'r SelectionSet,
        into: &mut Vec<(&'r str, Vec<&'r Positioned<Field>>)>,
    ) {
        for selection in &set.items {
            if !self.included(&selection.node) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    match into.iter_mut().find(|(k, _)| *k == key) {
                        Some((_, fields)) => fields.push(field),
                        None => into.push((key, vec![field])),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    if condition.is_none_or(|c| schema().is_a(type_name, &c.node.on.node)) {
                        self.collect(type_name, &fragment.node.selection_set.node, into);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) =
                        self.document.fragments.get(&spread.node.fragment_name.node)
                        && schema().is_a(type_name, &fragment.node.type_condition.node.on.node)
                    {
                        self.collect(type_name, &fragment.node.selection_set.node, into);
                    }
                }
            }
        }
    }

    /// What `@include` and `@skip` say.
    fn included(&self, selection: &Selection) -> bool {
        selection.directives().iter().all(|directive| {
            let condition = directive
                .node
                .get_argument("if")
                .and_then(|value| input::json(&value.node, self.variables))
                .and_then(|value| value.as_bool());
            match (directive.node.name.node.as_str(), condition) {
                ("include", Some(condition)) => condition,
                ("skip", Some(condition)) => !condition,
                _ => true,
            }
        })
    }

    fn object(
        &mut self,
        node: &Node,
        sets: &[&'r SelectionSet],
        path: &mut Vec<Value>,
    ) -> Result<Value, Nothing> {
        let type_name = node.type_name(self.world);
        let mut fields = Vec::new();
        for set in sets {
            self.collect(&type_name, set, &mut fields);
        }
        let mut object = Map::new();
        for (key, fields) in fields {
            let Some(first) = fields.first() else { continue };
            let name = first.node.name.node.as_str();
            if name == "__typename" {
                object.insert(key.to_owned(), type_name.clone().into());
                continue;
            }
            let Some(definition) = schema().field(&type_name, name) else { continue };
            let mut args = Map::new();
            for argument in definition.arguments.iter().map(|a| &a.node) {
                let name = argument.name.node.as_str();
                let given = first.node.get_argument(name);
                let value = given
                    .and_then(|v| input::json(&v.node, self.variables))
                    .or_else(|| argument.default_value.as_ref()?.node.clone().into_json().ok());
                if let Some(value) = value {
                    args.insert(name.to_owned(), value);
                }
            }
            path.push(key.into());
            let outcome = resolve::field(self, node, name, &Args(args));
            let value = self.complete(&definition.ty.node, outcome, &fields, first.pos, path);
            path.pop();
            object.insert(key.to_owned(), value?);
        }
        Ok(object.into())
    }

    fn complete(
        &mut self,
        of: &Type,
        outcome: Result<Out, FieldError>,
        fields: &[&'r Positioned<Field>],
        at: Pos,
        path: &mut Vec<Value>,
    ) -> Result<Value, Nothing> {
        let value = match outcome {
            Ok(out) => self.value(of, out, fields, at, path),
            Err(error) => {
                self.errors.push(error.json(path, at));
                Ok(Value::Null)
            }
        };
        match value {
            Ok(Value::Null) | Err(Nothing) if !of.nullable => Err(Nothing),
            Ok(value) => Ok(value),
            Err(Nothing) => Ok(Value::Null),
        }
    }

    fn value(
        &mut self,
        of: &Type,
        out: Out,
        fields: &[&'r Positioned<Field>],
        at: Pos,
        path: &mut Vec<Value>,
    ) -> Result<Value, Nothing> {
        match out {
            Out::Leaf(value) => Ok(value),
            Out::Node(node) => {
                let sets: Vec<&'r SelectionSet> =
                    fields.iter().map(|f| &f.node.selection_set.node).collect();
                self.object(&node, &sets, path)
            }
            Out::List(items) => {
                let inner = match &of.base {
                    BaseType::List(inner) => inner,
                    BaseType::Named(_) => return Ok(Value::Null),
                };
                let mut list = Vec::with_capacity(items.len());
                for (index, item) in items.into_iter().enumerate() {
                    path.push(index.into());
                    let value = self.complete(inner, Ok(item), fields, at, path);
                    path.pop();
                    list.push(value?);
                }
                Ok(list.into())
            }
        }
    }
}

//! The schema, as data.

use std::collections::HashMap;
use std::sync::LazyLock;

use async_graphql_parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};

/// The types that the simulator knows, by name.
pub(super) struct Schema {
    types: HashMap<String, TypeDefinition>,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let document = async_graphql_parser::parse_schema(include_str!("schema.graphql"))
        .expect("the schema beside this file is valid, as its test shows");
    let types = document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(t) => Some((t.node.name.node.to_string(), t.node)),
            TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
        })
        .collect();
    Schema { types }
});

/// The schema.
pub(super) fn schema() -> &'static Schema {
    &SCHEMA
}

impl Schema {
    pub(super) fn kind(&self, name: &str) -> Option<&TypeKind> {
        self.types.get(name).map(|t| &t.kind)
    }

    /// A field of an object or interface.
    pub(super) fn field(&self, type_name: &str, field: &str) -> Option<&FieldDefinition> {
        let fields = match self.kind(type_name)? {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            _ => return None,
        };
        fields.iter().map(|f| &f.node).find(|f| f.name.node == field)
    }

    /// The fields of an input object.
    pub(super) fn input_fields(&self, type_name: &str) -> Option<Vec<&InputValueDefinition>> {
        match self.kind(type_name)? {
            TypeKind::InputObject(input) => Some(input.fields.iter().map(|f| &f.node).collect()),
            _ => None,
        }
    }

    /// Whether values of this type have fields of their own.
    pub(super) fn is_composite(&self, name: &str) -> bool {
        matches!(
            self.kind(name),
            Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_))
        )
    }

    /// Whether an object type is what a fragment is on.
    pub(super) fn is_a(&self, object: &str, condition: &str) -> bool {
        if object == condition {
            return true;
        }
        let implements = matches!(self.kind(object), Some(TypeKind::Object(o))
            if o.implements.iter().any(|i| i.node == condition));
        let member = matches!(self.kind(condition), Some(TypeKind::Union(u))
            if u.members.iter().any(|m| m.node == object));
        implements || member
    }

    /// Whether some object could be both.
    pub(super) fn overlap(&self, a: &str, b: &str) -> bool {
        self.types
            .iter()
            .filter(|(_, t)| matches!(t.kind, TypeKind::Object(_)))
            .any(|(name, _)| self.is_a(name, a) && self.is_a(name, b))
    }
}

#[cfg(test)]
impl Schema {
    /// Names of all object types.
    pub(super) fn objects(&self) -> impl Iterator<Item = &str> {
        self.types
            .iter()
            .filter(|(_, t)| matches!(t.kind, TypeKind::Object(_)))
            .map(|(name, _)| name.as_str())
    }
}

/// The name of a type, without list and non-null.
pub(super) fn named(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_named_is_there() {
        let schema = schema();
        let builtin = ["String", "Int", "Boolean", "ID", "Float"];
        for definition in schema.types.values() {
            let fields = match &definition.kind {
                TypeKind::Object(object) => &object.fields,
                TypeKind::Interface(interface) => &interface.fields,
                _ => continue,
            };
            for field in fields {
                let arguments = field.node.arguments.iter().map(|a| &a.node.ty.node);
                for of in std::iter::once(&field.node.ty.node).chain(arguments) {
                    let name = named(of);
                    assert!(
                        builtin.contains(&name) || schema.kind(name).is_some(),
                        "{}.{}: {name} is missing",
                        definition.name.node,
                        field.node.name.node
                    );
                }
            }
        }
    }
}

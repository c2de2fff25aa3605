//! Pages, and what a query costs.

use async_graphql_parser::types::Field;
use async_graphql_parser::{Pos, Positioned};
use serde_json::{Map, Value};

use super::error::refused;
use super::input;

/// Records of one connection, at most.
const PAGE_LIMIT: u64 = 100;
/// Records of a whole query, at most.
const NODE_LIMIT: u64 = 500_000;

/// What a query asks of GitHub.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    /// Records that it may give, at most.
    pub(super) nodes: u64,
    /// Requests that it stands for: what it costs is a hundredth.
    requests: u64,
}

impl Cost {
    /// Points, at least one.
    pub(super) fn points(self) -> u64 {
        ((self.requests + 50) / 100).max(1)
    }

    /// Adds a connection that is asked for `times` times; gives how often what is in it is asked for.
    pub(super) fn add(&mut self, times: u64, page: u64) -> u64 {
        self.requests = self.requests.saturating_add(times);
        let inside = times.saturating_mul(page);
        self.nodes = self.nodes.saturating_add(inside);
        inside
    }

    /// GitHub's complaint when it is too much.
    pub(super) fn complaint(self, at: Pos) -> Option<Value> {
        let message = format!(
            "This query requests up to {} possible nodes which exceeds the maximum limit of {NODE_LIMIT}.",
            self.nodes
        );
        (self.nodes > NODE_LIMIT).then(|| refused("MAX_NODE_LIMIT_EXCEEDED", &[], at, message))
    }
}

/// The page that a connection asks for; GitHub wants one, of at most a hundred.
pub(super) fn page(
    field: &Positioned<Field>,
    variables: &Map<String, Value>,
    path: &[String],
) -> Result<u64, Value> {
    let name = &field.node.name.node;
    for bound in ["first", "last"] {
        let given = field.node.get_argument(bound).map(|v| &v.node);
        let number = given.and_then(|v| input::json(v, variables)).and_then(|v| v.as_i64());
        let Some(number) = number else { continue };
        let (kind, message) = match u64::try_from(number) {
            Ok(number) if number <= PAGE_LIMIT => return Ok(number),
            Ok(number) => (
                "EXCESSIVE_PAGINATION",
                format!(
                    "Requesting {number} records on the `{name}` connection exceeds the `{bound}` limit of {PAGE_LIMIT} records."
                ),
            ),
            Err(_) => (
                "INVALID_PAGINATION",
                format!("`{bound}` on the `{name}` connection cannot be less than zero."),
            ),
        };
        return Err(refused(kind, path, field.pos, message));
    }
    let message = format!(
        "You must provide a `first` or `last` value to properly paginate the `{name}` connection."
    );
    Err(refused("MISSING_PAGINATION_BOUNDARIES", path, field.pos, message))
}

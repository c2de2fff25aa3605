//! Mutations: hiding comments, resolving threads.

use serde_json::Value;

use super::error::FieldError;
use super::node::{Node, Out, Resolved};
use super::resolve::{by_id, home};
use crate::simulator::rest::Actor;
use crate::simulator::state::World;
use crate::simulator::state::account::Access;

/// Carries out a field of `Mutation` with its input, whose shape has been checked.
pub(super) fn run(world: &mut World, actor: &Actor, name: &str, input: &Value) -> Resolved {
    let text = |key: &str| input.get(key).and_then(Value::as_str).unwrap_or_default();
    let (id, out) = match name {
        "minimizeComment" => (text("subjectId"), "minimizedComment"),
        "unminimizeComment" => (text("subjectId"), "unminimizedComment"),
        _ => (text("threadId"), "thread"),
    };
    let found = by_id(world, id)
        .filter(|node| home(node).is_some_and(|repository| actor.reaches(world, repository)));
    let node = found.ok_or_else(|| {
        FieldError::not_found(format!("Could not resolve to a node with the global id of '{id}'"))
    })?;
    let repository = home(&node);
    let may = ["pull_requests", "issues"]
        .iter()
        .any(|permission| actor.may(world, repository, permission, Access::Write));
    if !may {
        return Err(FieldError::forbidden());
    }
    let who = match actor {
        Actor::User(login) => login.clone(),
        _ => world.app_login(),
    };
    match name {
        "minimizeComment" => {
            // The reason is shown in lower case, with a dash: `off-topic`.
            let reason = text("classifier").to_lowercase().replace('_', "-");
            set_minimized(world, &node, Some(reason))?;
        }
        "unminimizeComment" => set_minimized(world, &node, None)?,
        "resolveReviewThread" | "unresolveReviewThread" => {
            let Node::Thread { repository, number, id } = node else {
                return Err(FieldError::not_found(
                    "Could not resolve to a PullRequestReviewThread.",
                ));
            };
            let pull = world.pull_mut(repository, number);
            let pull = pull.ok_or_else(|| FieldError::not_found("Could not resolve to a node."))?;
            if name == "resolveReviewThread" {
                pull.resolved.insert(id, who);
            } else {
                pull.resolved.remove(&id);
            }
        }
        _ => return Err(FieldError::unprocessable(format!("The simulator has no {name}."))),
    }
    let mut payload = name.to_owned();
    if let Some(first) = payload.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    payload.push_str("Payload");
    let mutation_id = input.get("clientMutationId").cloned().unwrap_or(Value::Null);
    Ok(Out::Node(Node::Record(
        payload,
        vec![("clientMutationId", Out::Leaf(mutation_id)), (out, Out::Node(node))],
    )))
}

fn set_minimized(world: &mut World, node: &Node, reason: Option<String>) -> Result<(), FieldError> {
    let place = match node {
        Node::Comment(repository, id) => world
            .repositories
            .get_mut(repository)
            .and_then(|r| r.comments.get_mut(id))
            .map(|c| &mut c.minimized),
        Node::ReviewComment { repository, number, id } => world
            .pull_mut(*repository, *number)
            .and_then(|p| p.review_comments.get_mut(id))
            .map(|c| &mut c.minimized),
        _ => None,
    };
    *place.ok_or_else(|| FieldError::unprocessable("This subject cannot be minimized."))? = reason;
    Ok(())
}

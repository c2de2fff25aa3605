//! What each field of each type gives.

mod accounts;
mod checks;
mod git;
mod pull;
mod repository;
mod talk;

use jiff::Timestamp;
use serde_json::Value;

use super::error::FieldError;
use super::execute::Run;
use super::node::{Args, Node, Out, Resolved};
use crate::simulator::clock;
use crate::simulator::json::from_node_id;
use crate::simulator::state::World;
use crate::simulator::state::account::Access;
use crate::simulator::state::repository::Repository;

/// Resolves a field that the schema has.
pub(super) fn field(run: &Run<'_>, node: &Node, name: &str, args: &Args) -> Resolved {
    let world = run.world;
    match node {
        Node::Query => accounts::query(run, name, args),
        Node::Account(login) => accounts::account(world, login, name, args),
        Node::Team(org, slug) => accounts::team(world, org, slug, name, args),
        Node::App(id) => accounts::app(world, *id, name),
        Node::Repository(id) => repository::field(run, *id, name, args),
        Node::Ref(id, branch) => repository::reference(world, *id, branch, name, args),
        Node::Issue(id, number) => repository::issue(world, *id, *number, name, args),
        Node::Commit(id, sha) => git::commit(run, *id, *sha, name, args),
        Node::Tree(id, sha) => git::tree(world, *id, *sha, name),
        Node::Blob(id, sha) => git::blob(world, *id, *sha, name),
        Node::TreeEntry { repository, path, sha, is_tree } => {
            git::entry(world, *repository, (path, *sha, *is_tree), name)
        }
        Node::Pull(id, number) => pull::field(world, *id, *number, name, args),
        Node::ChangedFile { path, status, additions, deletions } => Ok(match name {
            "path" => Out::leaf(path.as_str()),
            "changeType" => Out::leaf(status.graphql()),
            "additions" => Out::leaf(*additions),
            "deletions" => Out::leaf(*deletions),
            _ => return missing(node, world, name),
        }),
        Node::PullCommit(id, number, sha) => pull::commit(world, *id, *number, *sha, name),
        Node::Comment(id, comment) => talk::comment(world, *id, *comment, name, args),
        Node::Review { repository, number, id } => {
            talk::review(world, (*repository, *number, *id), name, args)
        }
        Node::Thread { repository, number, id } => {
            talk::thread(world, (*repository, *number, *id), name, args)
        }
        Node::ReviewComment { repository, number, id } => {
            talk::review_comment(world, (*repository, *number, *id), name)
        }
        Node::Reaction(reaction) => Ok(talk::reaction(reaction, name)),
        Node::Suite(id, suite) => checks::suite(world, *id, *suite, name, args),
        Node::CheckRun(id, check) => checks::run(world, *id, *check, name),
        Node::Record(_, fields) => Ok(fields
            .iter()
            .find(|(key, _)| *key == name)
            .map_or(Out::NULL, |(_, value)| value.clone())),
    }
}

/// A field that the schema has and no resolver: a hole in the simulator.
fn missing(node: &Node, world: &World, name: &str) -> Resolved {
    Err(FieldError::unprocessable(format!(
        "The simulator does not resolve {}.{name}.",
        node.type_name(world)
    )))
}

/// What was there when the node was made and is gone now.
fn gone<T>(found: Option<T>) -> Result<T, FieldError> {
    found.ok_or_else(|| FieldError::not_found("Could not resolve to a node."))
}

fn repository_of(world: &World, id: u64) -> Result<&Repository, FieldError> {
    gone(world.repository(id))
}

/// Refuses what the caller may not read.
fn readable(run: &Run<'_>, repository: u64, permission: &str) -> Result<(), FieldError> {
    if run.actor.may(run.world, Some(repository), permission, Access::Read) {
        Ok(())
    } else {
        Err(FieldError::forbidden())
    }
}

fn account(login: Option<&str>) -> Out {
    Out::maybe(login.map(|login| Node::Account(login.to_owned())))
}

fn time(at: Timestamp) -> Out {
    Out::leaf(clock::text(at))
}

fn maybe_time(at: Option<Timestamp>) -> Out {
    at.map_or(Out::NULL, time)
}

/// An id as a 32-bit `Int`. GitHub's newer ids do not fit: `fullDatabaseId` is for those.
fn int(id: u64) -> Out {
    i32::try_from(id).map_or(Out::NULL, Out::leaf)
}

/// The object that an id of GraphQL names.
pub(super) fn by_id(world: &World, id: &str) -> Option<Node> {
    let (kind, id) = from_node_id(id)?;
    let pulls =
        || world.repositories.values().flat_map(|r| r.pulls.values().map(move |p| (r.id, p)));
    match kind.as_str() {
        "Repository" => world.repository(id).map(|r| Node::Repository(r.id)),
        "PullRequest" => pulls().find(|(_, p)| p.id == id).map(|(r, p)| Node::Pull(r, p.number)),
        "IssueComment" => world
            .repositories
            .values()
            .find(|r| r.comments.contains_key(&id))
            .map(|r| Node::Comment(r.id, id)),
        "PullRequestReview" => pulls()
            .find(|(_, p)| p.reviews.contains_key(&id))
            .map(|(repository, p)| Node::Review { repository, number: p.number, id }),
        "PullRequestReviewComment" => pulls()
            .find(|(_, p)| p.review_comments.contains_key(&id))
            .map(|(repository, p)| Node::ReviewComment { repository, number: p.number, id }),
        "PullRequestReviewThread" => pulls()
            .find(|(_, p)| p.review_comments.get(&id).is_some_and(|c| c.reply_to.is_none()))
            .map(|(repository, p)| Node::Thread { repository, number: p.number, id }),
        "CheckRun" => world
            .repositories
            .values()
            .find(|r| r.check_runs.contains_key(&id))
            .map(|r| Node::CheckRun(r.id, id)),
        "User" | "Bot" | "Organization" => {
            world.users.values().find(|u| u.id == id).map(|u| Node::Account(u.login.clone()))
        }
        _ => None,
    }
}

/// The repository that an object belongs to, for what may be seen of it.
pub(super) fn home(node: &Node) -> Option<u64> {
    match node {
        Node::Repository(id)
        | Node::Pull(id, _)
        | Node::Comment(id, _)
        | Node::CheckRun(id, _)
        | Node::Review { repository: id, .. }
        | Node::Thread { repository: id, .. }
        | Node::ReviewComment { repository: id, .. } => Some(*id),
        _ => None,
    }
}

/// A text, or null.
fn maybe_text(text: Option<&str>) -> Out {
    text.map_or(Out::Leaf(Value::Null), Out::leaf)
}

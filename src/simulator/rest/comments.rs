//! Issues, and the conversation below issues and pull requests.

use jiff::Timestamp;

use super::{Answer, Call, Outcome};
use crate::simulator::json::conversation::REACTIONS;
use crate::simulator::state::World;
use crate::simulator::state::conversation::{Comment, Reaction};
use crate::simulator::state::repository::Repository;

/// Characters of a comment.
pub(super) const BODY_LIMIT: usize = 65_536;

/// A comment's text, within GitHub's limits.
pub(super) fn body(world: &mut World, call: &Call, resource: &str) -> Result<String, Answer> {
    call.known_keys(world, "", &call.body, &["body"]);
    let body = call.required_text("body")?;
    checked_body(body, resource)
}

pub(super) fn checked_body(body: &str, resource: &str) -> Result<String, Answer> {
    if body.trim().is_empty() {
        return Err(Answer::invalid(resource, "body", "missing_field", "body cannot be blank"));
    }
    if body.chars().count() > BODY_LIMIT {
        let message = "body is too long (maximum is 65536 characters)";
        return Err(Answer::invalid(resource, "data", "unprocessable", message));
    }
    Ok(body.to_owned())
}

pub(super) fn issue(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let number = call.number("issue_number")?;
    if !repository.has_number(number) {
        return Err(Answer::not_found());
    }
    Ok(Answer::ok(world.numbered_json(repository, number)))
}

pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let number = call.number("issue_number")?;
    if !repository.has_number(number) {
        return Err(Answer::not_found());
    }
    let since: Option<Timestamp> = call.query("since").and_then(|since| since.parse().ok());
    Ok(call.list(
        repository
            .comments
            .values()
            .filter(|c| c.number == number && since.is_none_or(|since| c.updated_at >= since))
            .map(|c| world.comment_json(repository, c))
            .collect(),
    ))
}

pub(super) fn create(world: &mut World, call: &Call) -> Outcome {
    let number = call.number("issue_number")?;
    let body = body(world, call, "IssueComment")?;
    let repository = call.repository(world)?;
    if !repository.has_number(number) {
        return Err(Answer::not_found());
    }
    let (id, author) = (repository.id, call.login(world));
    let comment = world.add_comment(id, number, &author, &body);
    answer(world, call, comment).map(Answer::created)
}

fn answer(world: &World, call: &Call, id: u64) -> Result<serde_json::Value, Answer> {
    let repository = call.repository(world)?;
    Ok(world.comment_json(repository, found(repository, id)?))
}

fn found(repository: &Repository, id: u64) -> Result<&Comment, Answer> {
    repository.comments.get(&id).ok_or_else(Answer::not_found)
}

pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    answer(world, call, call.number("comment_id")?).map(Answer::ok)
}

pub(super) fn update(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("comment_id")?;
    let body = body(world, call, "IssueComment")?;
    let repository = call.repository(world)?;
    found(repository, id)?;
    let (repository, editor) = (repository.id, call.login(world));
    world.change_comment(repository, id, &editor, &body);
    answer(world, call, id).map(Answer::ok)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("comment_id")?;
    let repository = call.repository(world)?;
    found(repository, id)?;
    let (repository, who) = (repository.id, call.login(world));
    world.remove_comment(repository, id, &who);
    Ok(Answer::no_content())
}

/// The reaction that a call asks for, and whether it is new: the same twice is one.
pub(super) fn reaction(
    world: &mut World,
    call: &Call,
    there: &[Reaction],
) -> Result<(Reaction, bool), Answer> {
    call.known_keys(world, "", &call.body, &["content"]);
    let content = call.required_text("content")?;
    if !REACTIONS.contains(&content) {
        return Err(Answer::unfit(format_args!("{content:?} is not a member of {REACTIONS:?}.")));
    }
    let user = call.login(world);
    if let Some(same) = there.iter().find(|r| r.user == user && r.content == content) {
        return Ok((same.clone(), false));
    }
    let (id, created_at) = (world.new_id(), world.now());
    Ok((Reaction { id, user, content: content.to_owned(), created_at }, true))
}

pub(super) fn react(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("comment_id")?;
    let there = found(call.repository(world)?, id)?.reactions.clone();
    let (reaction, new) = reaction(world, call, &there)?;
    let json = world.reaction_json(&reaction);
    if !new {
        return Ok(Answer::ok(json));
    }
    if let Some(comment) = call.repository_mut(world)?.comments.get_mut(&id) {
        comment.reactions.push(reaction);
    }
    Ok(Answer::created(json))
}

//! Reviews and their comments in the diff.

use serde_json::Value;

use super::comments::{BODY_LIMIT, checked_body, reaction};
use super::place::Place;
use super::pulls::named;
use super::{Answer, Call, Outcome};
use crate::simulator::state::World;
use crate::simulator::state::conversation::{ReviewComment, ReviewState};
use crate::simulator::state::git::Sha;
use crate::simulator::state::pull::Pull;
use crate::simulator::state::repository::Repository;

const COMMENT_KEYS: [&str; 7] =
    ["path", "position", "body", "line", "side", "start_line", "start_side"];

pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let (repository, pull) = named(world, call)?;
    Ok(call.list(pull.reviews.values().map(|r| world.review_json(repository, pull, r)).collect()))
}

/// A commit of the pull request: the head unless the call names another.
fn commit_of(pull: &Pull, call: &Call) -> Result<Sha, Answer> {
    let Some(name) = call.text("commit_id") else { return Ok(pull.head) };
    Sha::parse(name).filter(|sha| *sha == pull.head).ok_or_else(|| {
        Answer::error(422, "Unprocessable Entity: commit_id is not part of the pull request")
    })
}

pub(super) fn create(world: &mut World, call: &Call) -> Outcome {
    call.known_keys(world, "", &call.body, &["commit_id", "body", "event", "comments"]);
    let comments: Vec<Value> =
        call.body.get("comments").and_then(Value::as_array).cloned().unwrap_or_default();
    for comment in &comments {
        call.known_keys(world, "comments.", comment, &COMMENT_KEYS);
    }
    let state = match call.text("event") {
        None => ReviewState::Pending,
        Some("APPROVE") => ReviewState::Approved,
        Some("REQUEST_CHANGES") => ReviewState::ChangesRequested,
        Some("COMMENT") => ReviewState::Commented,
        Some(other) => {
            return Err(Answer::unfit(format_args!("{other:?} is not a member of the events.")));
        }
    };
    let body = call.text("body").unwrap_or_default();
    let needs_words = matches!(state, ReviewState::ChangesRequested | ReviewState::Commented);
    if needs_words && body.is_empty() && comments.is_empty() {
        return Err(Answer::error(422, "Unprocessable Entity: a review needs a body"));
    }
    if body.chars().count() > BODY_LIMIT {
        return Err(Answer::error(422, "Unprocessable Entity: body is too long"));
    }
    let author = call.login(world);
    let (repository, pull) = named(world, call)?;
    if state == ReviewState::Approved && pull.author == author {
        return Err(Answer::error(422, "Can not approve your own pull request"));
    }
    let commit = commit_of(pull, call)?;
    let files = world.pull_files(repository, pull);
    // All or none: one comment off the diff refuses the whole review.
    let placed = comments
        .iter()
        .map(|comment| {
            let text = comment.get("body").and_then(Value::as_str).unwrap_or_default();
            Ok((Place::read(comment, &files)?, checked_body(text, "PullRequestReviewComment")?))
        })
        .collect::<Result<Vec<_>, Answer>>()?;
    let (repository, number) = (repository.id, pull.number);
    let review = world.add_review(repository, number, &author, state, body, commit);
    for (place, text) in placed {
        let comment = at(world, place, review, &author, commit, text);
        world.add_review_comment(repository, number, comment);
    }
    world.emit_review(repository, number, review, "submitted");
    let (repository, pull) = named(world, call)?;
    let review = pull.reviews.get(&review).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(world.review_json(repository, pull, review)))
}

/// A comment at a place.
fn at(
    world: &mut World,
    place: Place,
    review: u64,
    author: &str,
    commit: Sha,
    body: String,
) -> ReviewComment {
    let now = world.now();
    ReviewComment {
        id: world.new_id(),
        review,
        reply_to: None,
        author: Some(author.to_owned()),
        body,
        path: place.path,
        line: place.line,
        start_line: place.start_line,
        side: place.side,
        diff_hunk: place.diff_hunk,
        commit,
        created_at: now,
        updated_at: now,
        reactions: Vec::new(),
        minimized: None,
    }
}

pub(super) fn dismiss(world: &mut World, call: &Call) -> Outcome {
    call.known_keys(world, "", &call.body, &["message", "event"]);
    call.required_text("message")?;
    let id = call.number("review_id")?;
    let (repository, pull) = named(world, call)?;
    let review = pull.reviews.get(&id).ok_or_else(Answer::not_found)?;
    if !matches!(review.state, ReviewState::Approved | ReviewState::ChangesRequested) {
        return Err(Answer::error(422, "Can not dismiss a commented pull request review"));
    }
    let (repository, number) = (repository.id, pull.number);
    world.dismiss_review(repository, number, id);
    let (repository, pull) = named(world, call)?;
    let review = pull.reviews.get(&id).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(world.review_json(repository, pull, review)))
}

pub(super) fn comments(world: &mut World, call: &Call) -> Outcome {
    let (repository, pull) = named(world, call)?;
    Ok(call.list(
        pull.review_comments
            .values()
            .map(|c| world.review_comment_json(repository, pull, c))
            .collect(),
    ))
}

pub(super) fn create_comment(world: &mut World, call: &Call) -> Outcome {
    let known = [
        "body",
        "commit_id",
        "path",
        "position",
        "side",
        "line",
        "start_line",
        "start_side",
        "in_reply_to",
        "subject_type",
    ];
    call.known_keys(world, "", &call.body, &known);
    let text = checked_body(call.required_text("body")?, "PullRequestReviewComment")?;
    let author = call.login(world);
    let (repository, pull) = named(world, call)?;
    if let Some(first) = call.body.get("in_reply_to").and_then(Value::as_u64) {
        return answer_to(world, call, first, text);
    }
    call.required_text("commit_id")?;
    call.required_text("path")?;
    let commit = commit_of(pull, call)?;
    let place = Place::read(&call.body, &world.pull_files(repository, pull))?;
    let (repository, number) = (repository.id, pull.number);
    let review = world.add_review(repository, number, &author, ReviewState::Commented, "", commit);
    let comment = at(world, place, review, &author, commit, text);
    let id = world.add_review_comment(repository, number, comment);
    comment_answer(world, call, id).map(Answer::created)
}

pub(super) fn reply(world: &mut World, call: &Call) -> Outcome {
    call.known_keys(world, "", &call.body, &["body"]);
    let text = checked_body(call.required_text("body")?, "PullRequestReviewComment")?;
    answer_to(world, call, call.number("comment_id")?, text)
}

/// Adds an answer to a thread, which its first comment names.
fn answer_to(world: &mut World, call: &Call, first: u64, body: String) -> Outcome {
    let author = call.login(world);
    let (repository, pull) = named(world, call)?;
    let first = pull.review_comments.get(&first).ok_or_else(Answer::not_found)?.clone();
    if first.reply_to.is_some() {
        return Err(Answer::error(422, "Replies to replies are not supported"));
    }
    let (repository, number, now) = (repository.id, pull.number, world.now());
    let commit = first.commit;
    let state = ReviewState::Commented;
    let comment = ReviewComment {
        id: world.new_id(),
        review: world.add_review(repository, number, &author, state, "", commit),
        reply_to: Some(first.id),
        author: Some(author),
        body,
        created_at: now,
        updated_at: now,
        reactions: Vec::new(),
        minimized: None,
        ..first
    };
    let id = world.add_review_comment(repository, number, comment);
    comment_answer(world, call, id).map(Answer::created)
}

/// The pull request that has a review comment.
fn pull_of<'w>(
    world: &'w World,
    call: &Call,
    id: u64,
) -> Result<(&'w Repository, &'w Pull), Answer> {
    let repository = call.repository(world)?;
    let pull = repository.pulls.values().find(|p| p.review_comments.contains_key(&id));
    Ok((repository, pull.ok_or_else(Answer::not_found)?))
}

fn comment_answer(world: &World, call: &Call, id: u64) -> Result<Value, Answer> {
    let (repository, pull) = pull_of(world, call, id)?;
    let comment = pull.review_comments.get(&id).ok_or_else(Answer::not_found)?;
    Ok(world.review_comment_json(repository, pull, comment))
}

fn comment_mut<'w>(
    world: &'w mut World,
    call: &Call,
    id: u64,
) -> Result<&'w mut ReviewComment, Answer> {
    call.repository_mut(world)?
        .pulls
        .values_mut()
        .find_map(|p| p.review_comments.get_mut(&id))
        .ok_or_else(Answer::not_found)
}

pub(super) fn update_comment(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("comment_id")?;
    let text = super::comments::body(world, call, "PullRequestReviewComment")?;
    let now = world.now();
    let comment = comment_mut(world, call, id)?;
    comment.body = text;
    comment.updated_at = now;
    comment_answer(world, call, id).map(Answer::ok)
}

pub(super) fn delete_comment(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("comment_id")?;
    comment_mut(world, call, id)?;
    for pull in call.repository_mut(world)?.pulls.values_mut() {
        pull.review_comments.remove(&id);
    }
    Ok(Answer::no_content())
}

pub(super) fn react(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("comment_id")?;
    let there = comment_mut(world, call, id)?.reactions.clone();
    let (reaction, new) = reaction(world, call, &there)?;
    let json = world.reaction_json(&reaction);
    if !new {
        return Ok(Answer::ok(json));
    }
    comment_mut(world, call, id)?.reactions.push(reaction);
    Ok(Answer::created(json))
}

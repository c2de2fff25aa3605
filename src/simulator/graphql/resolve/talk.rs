//! Comments, reviews, threads, reactions.

use std::collections::BTreeMap;

use super::{account, gone, int, maybe_text, maybe_time, missing, repository_of, time};
use crate::simulator::graphql::connection::connection;
use crate::simulator::graphql::error::FieldError;
use crate::simulator::graphql::node::{Args, Node, Out, Resolved};
use crate::simulator::json::{HTML, node_id};
use crate::simulator::state::World;
use crate::simulator::state::account::Role;
use crate::simulator::state::conversation::{Reaction, Review, ReviewComment, ReviewState};
use crate::simulator::state::pull::Pull;
use crate::simulator::state::repository::Repository;

/// Repository, number of the pull request, id of the object in it.
type Place = (u64, u64, u64);

fn place(world: &World, at: Place) -> Result<(&Repository, &Pull), FieldError> {
    let r = repository_of(world, at.0)?;
    Ok((r, gone(r.pulls.get(&at.1))?))
}

/// Fields that all that someone wrote has.
fn written(
    world: &World,
    r: &Repository,
    author: Option<&str>,
    minimized: Option<&str>,
    name: &str,
) -> Option<Out> {
    Some(match name {
        "author" => account(author),
        "authorAssociation" => Out::leaf(world.association(r, author)),
        "viewerDidAuthor" => Out::leaf(author == Some(&world.app_login())),
        "isMinimized" => Out::leaf(minimized.is_some()),
        "minimizedReason" => maybe_text(minimized),
        _ => return None,
    })
}

pub(super) fn comment(world: &World, id: u64, comment: u64, name: &str, args: &Args) -> Resolved {
    let r = repository_of(world, id)?;
    let c = gone(r.comments.get(&comment))?;
    if let Some(out) = written(world, r, c.author.as_deref(), c.minimized.as_deref(), name) {
        return Ok(out);
    }
    let edited = c.edited.as_ref();
    Ok(match name {
        "id" => Out::leaf(node_id("IssueComment", c.id)),
        "databaseId" => int(c.id),
        "fullDatabaseId" => Out::leaf(c.id.to_string()),
        "body" => Out::leaf(c.body.as_str()),
        "createdAt" => time(c.created_at),
        "updatedAt" => time(c.updated_at),
        "lastEditedAt" => maybe_time(edited.map(|e| e.1)),
        "editor" => account(edited.map(|e| e.0.as_str())),
        "url" => {
            Out::leaf(format!("{HTML}/{}/pull/{}#issuecomment-{}", r.full_name(), c.number, c.id))
        }
        "reactionGroups" => Out::List(reaction_groups(world, &c.reactions)),
        "reactions" => {
            let nodes = c.reactions.iter().cloned().map(Node::Reaction).collect();
            connection("Reaction", nodes, args)
        }
        _ => return missing(&Node::Comment(id, comment), world, name),
    })
}

/// Every kind of reaction, also those that nobody gave.
fn reaction_groups(world: &World, reactions: &[Reaction]) -> Vec<Out> {
    let kinds =
        ["THUMBS_UP", "THUMBS_DOWN", "LAUGH", "HOORAY", "CONFUSED", "HEART", "ROCKET", "EYES"];
    let app = world.app_login();
    let group = |kind: &str| {
        let ours = reactions.iter().any(|r| reaction_content(&r.content) == kind && r.user == app);
        Out::Node(Node::Record(
            "ReactionGroup".to_owned(),
            vec![("content", Out::leaf(kind)), ("viewerHasReacted", Out::leaf(ours))],
        ))
    };
    kinds.into_iter().map(group).collect()
}

/// A reaction as GraphQL names it.
fn reaction_content(content: &str) -> String {
    match content {
        "+1" => "THUMBS_UP".to_owned(),
        "-1" => "THUMBS_DOWN".to_owned(),
        other => other.to_uppercase(),
    }
}

pub(super) fn reaction(reaction: &Reaction, name: &str) -> Out {
    match name {
        "id" => Out::leaf(node_id("Reaction", reaction.id)),
        "content" => Out::leaf(reaction_content(&reaction.content)),
        "createdAt" => time(reaction.created_at),
        // A bot that reacts is no user.
        _ if reaction.user.ends_with("[bot]") => Out::NULL,
        _ => account(Some(&reaction.user)),
    }
}

/// A page of a pull request's reviews.
pub(super) fn reviews(repository: u64, pull: &Pull, mut list: Vec<&Review>, args: &Args) -> Out {
    let states = args.texts("states");
    list.retain(|review| {
        states.as_ref().is_none_or(|s| s.contains(&review.state.name()))
            && args.text("author").is_none_or(|a| review.author.as_deref() == Some(a))
    });
    let number = pull.number;
    let nodes = list.into_iter().map(|r| Node::Review { repository, number, id: r.id }).collect();
    connection("PullRequestReview", nodes, args)
}

/// Everyone's last review; `opinionated`: the last one that approves, refuses or was dismissed.
pub(super) fn opinions<'p>(
    world: &World,
    repository: u64,
    pull: &'p Pull,
    opinionated: bool,
    args: &Args,
) -> Vec<&'p Review> {
    let mut last: BTreeMap<Option<&str>, &Review> = BTreeMap::new();
    for review in pull.reviews.values() {
        let counts = match review.state {
            ReviewState::Approved | ReviewState::ChangesRequested | ReviewState::Dismissed => true,
            ReviewState::Commented => !opinionated,
            ReviewState::Pending => false,
        };
        if counts {
            last.insert(review.author.as_deref(), review);
        }
    }
    let mut opinions: Vec<&Review> = last.into_values().collect();
    if args.flag("writersOnly") {
        opinions.retain(|review| {
            let author = review.author.as_deref();
            author.is_some_and(|login| world.role(repository, login) >= Role::Write)
        });
    }
    opinions.sort_by_key(|review| review.id);
    opinions
}

pub(super) fn review(world: &World, at: Place, name: &str, args: &Args) -> Resolved {
    let (r, pull) = place(world, at)?;
    let review = gone(pull.reviews.get(&at.2))?;
    let author = review.author.as_deref();
    if let Some(out) = written(world, r, author, None, name) {
        return Ok(out);
    }
    Ok(match name {
        "id" => Out::leaf(node_id("PullRequestReview", review.id)),
        "databaseId" => int(review.id),
        "fullDatabaseId" => Out::leaf(review.id.to_string()),
        "authorCanPushToRepository" => {
            Out::leaf(author.is_some_and(|login| world.role(r.id, login) >= Role::Write))
        }
        "body" => Out::leaf(review.body.as_str()),
        "commit" => Out::Node(Node::Commit(r.id, review.commit)),
        "createdAt" | "submittedAt" | "updatedAt" => time(review.submitted_at),
        "lastEditedAt" | "editor" => Out::NULL,
        "state" => Out::leaf(review.state.name()),
        "url" => Out::leaf(format!(
            "{HTML}/{}/pull/{}#pullrequestreview-{}",
            r.full_name(),
            pull.number,
            review.id
        )),
        "comments" => {
            let own = pull.review_comments.values().filter(|c| c.review == review.id);
            comments(at, own, args)
        }
        _ => {
            let node = Node::Review { repository: at.0, number: at.1, id: at.2 };
            return missing(&node, world, name);
        }
    })
}

fn comments<'c>(
    (repository, number, _): Place,
    list: impl Iterator<Item = &'c ReviewComment>,
    args: &Args,
) -> Out {
    let nodes = list.map(|c| Node::ReviewComment { repository, number, id: c.id }).collect();
    connection("PullRequestReviewComment", nodes, args)
}

pub(super) fn thread(world: &World, at: Place, name: &str, args: &Args) -> Resolved {
    let (_, pull) = place(world, at)?;
    let first = gone(pull.review_comments.get(&at.2))?;
    let resolved_by = pull.resolved.get(&first.id);
    let outdated = first.commit != pull.head;
    let line = |line: Option<u64>| line.map_or(Out::NULL, Out::leaf);
    Ok(match name {
        "id" => Out::leaf(node_id("PullRequestReviewThread", first.id)),
        "isCollapsed" => Out::leaf(resolved_by.is_some() || outdated),
        "isOutdated" => Out::leaf(outdated),
        "isResolved" | "viewerCanUnresolve" => Out::leaf(resolved_by.is_some()),
        "line" | "startLine" if outdated => Out::NULL,
        "line" | "originalLine" => line(first.line),
        "startLine" | "originalStartLine" => line(first.start_line),
        "diffSide" => Out::leaf(first.side.name()),
        "path" => Out::leaf(first.path.as_str()),
        "pullRequest" => Out::Node(Node::Pull(at.0, at.1)),
        "repository" => Out::Node(Node::Repository(at.0)),
        "resolvedBy" => account(resolved_by.map(String::as_str)),
        "subjectType" => Out::leaf(if first.line.is_some() { "LINE" } else { "FILE" }),
        "viewerCanReply" => Out::leaf(true),
        "viewerCanResolve" => Out::leaf(resolved_by.is_none()),
        "comments" => {
            let own = pull
                .review_comments
                .values()
                .filter(|c| c.id == first.id || c.reply_to == Some(first.id));
            comments(at, own, args)
        }
        _ => {
            let node = Node::Thread { repository: at.0, number: at.1, id: at.2 };
            return missing(&node, world, name);
        }
    })
}

pub(super) fn review_comment(world: &World, at: Place, name: &str) -> Resolved {
    let (r, pull) = place(world, at)?;
    let c = gone(pull.review_comments.get(&at.2))?;
    if let Some(out) = written(world, r, c.author.as_deref(), c.minimized.as_deref(), name) {
        return Ok(out);
    }
    let (repository, number, _) = at;
    Ok(match name {
        "id" => Out::leaf(node_id("PullRequestReviewComment", c.id)),
        "databaseId" => int(c.id),
        "fullDatabaseId" => Out::leaf(c.id.to_string()),
        "body" => Out::leaf(c.body.as_str()),
        "createdAt" => time(c.created_at),
        "updatedAt" => time(c.updated_at),
        "line" if c.commit != pull.head => Out::NULL,
        "line" | "originalLine" => c.line.map_or(Out::NULL, Out::leaf),
        "path" => Out::leaf(c.path.as_str()),
        "url" => Out::leaf(format!("{HTML}/{}/pull/{number}#discussion_r{}", r.full_name(), c.id)),
        "commit" => Out::Node(Node::Commit(repository, c.commit)),
        "replyTo" => {
            Out::maybe(c.reply_to.map(|id| Node::ReviewComment { repository, number, id }))
        }
        "pullRequestReview" => Out::Node(Node::Review { repository, number, id: c.review }),
        _ => {
            let node = Node::ReviewComment { repository, number, id: c.id };
            return missing(&node, world, name);
        }
    })
}

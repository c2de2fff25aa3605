//! Repositories, refs, issues.

use super::{account, gone, int, missing, readable, repository_of, time};
use crate::simulator::graphql::connection::connection;
use crate::simulator::graphql::error::FieldError;
use crate::simulator::graphql::execute::Run;
use crate::simulator::graphql::node::{Args, Node, Out, Resolved};
use crate::simulator::json::{HTML, node_id};
use crate::simulator::state::World;
use crate::simulator::state::git::Sha;
use crate::simulator::state::pull::Pull;
use crate::simulator::state::repository::Repository;

pub(super) fn field(run: &Run<'_>, id: u64, name: &str, args: &Args) -> Resolved {
    let world = run.world;
    let r = repository_of(world, id)?;
    Ok(match name {
        "id" => Out::leaf(node_id("Repository", id)),
        "databaseId" => int(id),
        "name" => Out::leaf(r.name.as_str()),
        "nameWithOwner" => Out::leaf(r.full_name()),
        "owner" => account(Some(&r.owner)),
        "url" => Out::leaf(format!("{HTML}/{}", r.full_name())),
        "description" => Out::NULL,
        "isArchived" => Out::leaf(r.archived),
        "isDisabled" => Out::leaf(false),
        "isEmpty" => Out::leaf(r.branches.is_empty()),
        "isFork" => Out::leaf(r.fork_of.is_some()),
        "isPrivate" => Out::leaf(r.private),
        "visibility" => Out::leaf(if r.private { "PRIVATE" } else { "PUBLIC" }),
        "createdAt" => time(r.created_at),
        "pushedAt" => time(r.pushed_at),
        "parent" => {
            Out::maybe(r.fork_of.filter(|p| world.repository(*p).is_some()).map(Node::Repository))
        }
        "defaultBranchRef" => branch(r, &r.default_branch),
        "object" => {
            readable(run, id, "contents")?;
            Out::maybe(object(world, r, args))
        }
        "ref" => {
            readable(run, id, "contents")?;
            let name = args.text("qualifiedName").unwrap_or_default();
            branch(r, name.strip_prefix("refs/heads/").unwrap_or(name))
        }
        "refs" => {
            readable(run, id, "contents")?;
            let heads = args.text("refPrefix") == Some("refs/heads/");
            let query = args.text("query").unwrap_or_default();
            let refs = r
                .branches
                .keys()
                .filter(|b| heads && b.contains(query))
                .map(|b| Node::Ref(id, b.clone()))
                .collect();
            connection("Ref", refs, args)
        }
        "pullRequest" => {
            readable(run, id, "pull_requests")?;
            let number = args.number("number").unwrap_or_default();
            if !r.pulls.contains_key(&number) {
                return Err(FieldError::not_found(format!(
                    "Could not resolve to a PullRequest with the number of {number}."
                )));
            }
            Out::Node(Node::Pull(id, number))
        }
        "issueOrPullRequest" => {
            let number = args.number("number").unwrap_or_default();
            if r.pulls.contains_key(&number) {
                Out::Node(Node::Pull(id, number))
            } else if r.issues.contains_key(&number) {
                Out::Node(Node::Issue(id, number))
            } else {
                return Err(FieldError::not_found(format!(
                    "Could not resolve to an issue or pull request with the number of {number}."
                )));
            }
        }
        "mergeQueue" => {
            readable(run, id, "merge_queues")?;
            let base = args.text("branch").unwrap_or(&r.default_branch);
            queue(r, base)
        }
        "pullRequests" => {
            readable(run, id, "pull_requests")?;
            pulls(r, r.pulls.values().collect(), args)
        }
        _ => return missing(&Node::Repository(id), world, name),
    })
}

/// The queue of a branch; none where nothing waits.
fn queue(r: &Repository, base: &str) -> Out {
    let of_base = r.queue.iter().filter(|queued| queued.base == base);
    let entries: Vec<Node> = of_base
        .enumerate()
        .map(|(at, queued)| {
            let fields = vec![
                ("position", Out::leaf(at as u64 + 1)),
                ("headCommit", Out::Node(Node::Commit(r.id, queued.head))),
                ("pullRequest", Out::Node(Node::Pull(r.id, queued.number))),
            ];
            Node::Record("MergeQueueEntry".to_owned(), fields)
        })
        .collect();
    if entries.is_empty() {
        return Out::NULL;
    }
    let all = connection("MergeQueueEntry", entries, &Args::default());
    Out::Node(Node::Record(
        "MergeQueue".to_owned(),
        vec![("id", Out::leaf(node_id("MergeQueue", r.id))), ("entries", all)],
    ))
}

fn branch(r: &Repository, name: &str) -> Out {
    Out::maybe(r.branches.contains_key(name).then(|| Node::Ref(r.id, name.to_owned())))
}

/// What `oid` or `expression` names: a commit, or with a path behind a colon what is there.
fn object(world: &World, r: &Repository, args: &Args) -> Option<Node> {
    let objects = world.objects(r);
    if let Some(oid) = args.text("oid") {
        let sha = Sha::parse(oid)?;
        return objects
            .commit(sha)
            .map(|_| Node::Commit(r.id, sha))
            .or_else(|| objects.tree(sha).map(|_| Node::Tree(r.id, sha)))
            .or_else(|| objects.blob(sha).map(|_| Node::Blob(r.id, sha)));
    }
    let expression = args.text("expression")?;
    let Some((commit, path)) = expression.split_once(':') else {
        if let Some(sha) = world.resolve(r, expression) {
            return Some(Node::Commit(r.id, sha));
        }
        let sha = Sha::parse(expression)?;
        return objects
            .tree(sha)
            .map(|_| Node::Tree(r.id, sha))
            .or_else(|| objects.blob(sha).map(|_| Node::Blob(r.id, sha)));
    };
    let commit = objects.commit(world.resolve(r, commit)?)?;
    let path = path.trim_matches('/');
    match commit.files.get(path) {
        Some(blob) => Some(Node::Blob(r.id, *blob)),
        None => objects.tree_at(commit.tree, path).map(|tree| Node::Tree(r.id, tree)),
    }
}

/// A page of pull requests, filtered and ordered as the arguments say.
pub(super) fn pulls(r: &Repository, mut list: Vec<&Pull>, args: &Args) -> Out {
    let states = args.texts("states");
    list.retain(|p| {
        let state = super::pull::state(p);
        states.as_ref().is_none_or(|states| states.contains(&state))
            && args.text("baseRefName").is_none_or(|base| p.base == base)
            && args.text("headRefName").is_none_or(|head| p.head_branch == head)
    });
    let order = args.0.get("orderBy");
    let part = |key: &str| order.and_then(|o| o.get(key)?.as_str());
    if part("field") == Some("UPDATED_AT") {
        list.sort_by_key(|p| (p.updated_at, p.number));
    }
    if part("direction") == Some("DESC") {
        list.reverse();
    }
    connection("PullRequest", list.into_iter().map(|p| Node::Pull(r.id, p.number)).collect(), args)
}

pub(super) fn reference(world: &World, id: u64, branch: &str, name: &str, args: &Args) -> Resolved {
    let r = repository_of(world, id)?;
    let tip = *gone(r.branches.get(branch))?;
    Ok(match name {
        "id" => Out::leaf(node_id("Ref", id)),
        "name" => Out::leaf(branch),
        "prefix" => Out::leaf("refs/heads/"),
        "repository" => Out::Node(Node::Repository(id)),
        "target" => Out::Node(Node::Commit(id, tip)),
        "associatedPullRequests" => {
            let own = |p: &&Pull| p.head_repository == id && p.head_branch == branch;
            pulls(r, r.pulls.values().filter(own).collect(), args)
        }
        _ => return missing(&Node::Ref(id, branch.to_owned()), world, name),
    })
}

pub(super) fn issue(world: &World, id: u64, number: u64, name: &str, args: &Args) -> Resolved {
    let r = repository_of(world, id)?;
    let issue = gone(r.issues.get(&number))?;
    Ok(match name {
        "comments" => {
            let own = r.comments.values().filter(|c| c.number == number);
            connection("IssueComment", own.map(|c| Node::Comment(id, c.id)).collect(), args)
        }
        "id" => Out::leaf(node_id("Issue", issue.id)),
        "databaseId" => int(issue.id),
        "number" => Out::leaf(issue.number),
        "title" => Out::leaf(issue.title.as_str()),
        "body" => Out::leaf(issue.body.as_str()),
        "author" => account(Some(&issue.author)),
        _ => return missing(&Node::Issue(id, number), world, name),
    })
}

//! Pull requests.

use super::talk::{opinions, reviews};
use super::{account, gone, int, maybe_time, missing, repository_of, time};
use crate::simulator::graphql::connection::connection;
use crate::simulator::graphql::node::{Args, Node, Out, Resolved};
use crate::simulator::json::{HTML, node_id};
use crate::simulator::state::World;
use crate::simulator::state::git::Sha;
use crate::simulator::state::pull::Pull;

/// Files that GraphQL lists, at most.
const FILE_LIMIT: usize = 3000;

pub(super) fn state(pull: &Pull) -> &'static str {
    match (pull.open, &pull.merged) {
        (true, _) => "OPEN",
        (false, Some(_)) => "MERGED",
        (false, None) => "CLOSED",
    }
}

pub(super) fn field(world: &World, id: u64, number: u64, name: &str, args: &Args) -> Resolved {
    let r = repository_of(world, id)?;
    let p = gone(r.pulls.get(&number))?;
    let head_repository = world.repository(p.head_repository);
    Ok(match name {
        "id" => Out::leaf(node_id("PullRequest", p.id)),
        "databaseId" => int(p.id),
        "fullDatabaseId" => Out::leaf(p.id.to_string()),
        "number" => Out::leaf(number),
        "title" => Out::leaf(p.title.as_str()),
        "body" => Out::leaf(p.body.as_str()),
        "url" => Out::leaf(format!("{HTML}/{}/pull/{number}", r.full_name())),
        "state" => Out::leaf(state(p)),
        "closed" => Out::leaf(!p.open),
        "closedAt" => maybe_time(p.closed_at),
        "createdAt" => time(p.created_at),
        "updatedAt" => time(p.updated_at),
        "isDraft" => Out::leaf(p.draft),
        "isCrossRepository" => Out::leaf(p.head_repository != id),
        "locked" => Out::leaf(false),
        "merged" => Out::leaf(p.merged.is_some()),
        "mergedAt" => maybe_time(p.merged.as_ref().map(|m| m.1)),
        "mergeable" => Out::leaf(if p.open { "MERGEABLE" } else { "UNKNOWN" }),
        "author" => account(world.user(&p.author).map(|u| u.login.as_str())),
        "authorAssociation" => Out::leaf(world.association(r, Some(&p.author))),
        "baseRef" => {
            Out::maybe(r.branches.contains_key(&p.base).then(|| Node::Ref(id, p.base.clone())))
        }
        "baseRefName" => Out::leaf(p.base.as_str()),
        "baseRefOid" => Out::leaf(p.base_sha.to_string()),
        "baseRepository" | "repository" => Out::Node(Node::Repository(id)),
        "headRef" => Out::maybe(
            head_repository
                .filter(|h| h.branches.contains_key(&p.head_branch))
                .map(|h| Node::Ref(h.id, p.head_branch.clone())),
        ),
        "headRefName" => Out::leaf(p.head_branch.as_str()),
        "headRefOid" => Out::leaf(p.head.to_string()),
        "headRepository" => Out::maybe(head_repository.map(|h| Node::Repository(h.id))),
        "headRepositoryOwner" => account(world.user(&p.head_owner).map(|u| u.login.as_str())),
        "additions" => Out::leaf(world.pull_files(r, p).iter().map(|f| f.additions).sum::<usize>()),
        "deletions" => Out::leaf(world.pull_files(r, p).iter().map(|f| f.deletions).sum::<usize>()),
        "changedFiles" => Out::leaf(world.pull_files(r, p).len()),
        "files" => {
            let files = world.pull_files(r, p).into_iter().take(FILE_LIMIT);
            let nodes = files.map(|f| Node::ChangedFile {
                path: f.path,
                status: f.status,
                additions: f.additions,
                deletions: f.deletions,
            });
            connection("PullRequestChangedFile", nodes.collect(), args)
        }
        "commits" => {
            let commits = world.objects(r).commits_between(p.base_sha, p.head);
            let nodes = commits.into_iter().map(|sha| Node::PullCommit(id, number, sha)).collect();
            connection("PullRequestCommit", nodes, args)
        }
        "comments" => {
            let own = r.comments.values().filter(|c| c.number == number);
            connection("IssueComment", own.map(|c| Node::Comment(id, c.id)).collect(), args)
        }
        "reviews" => reviews(id, p, p.reviews.values().collect(), args),
        "latestOpinionatedReviews" => reviews(id, p, opinions(world, id, p, true, args), args),
        "latestReviews" => reviews(id, p, opinions(world, id, p, false, args), args),
        "reviewThreads" => {
            let first = p.review_comments.values().filter(|c| c.reply_to.is_none());
            let nodes = first.map(|c| Node::Thread { repository: id, number, id: c.id }).collect();
            connection("PullRequestReviewThread", nodes, args)
        }
        _ => return missing(&Node::Pull(id, number), world, name),
    })
}

pub(super) fn commit(world: &World, id: u64, number: u64, sha: Sha, name: &str) -> Resolved {
    let r = repository_of(world, id)?;
    Ok(match name {
        "id" => Out::leaf(node_id("PullRequestCommit", number)),
        "commit" => Out::Node(Node::Commit(id, sha)),
        "pullRequest" => Out::Node(Node::Pull(id, number)),
        "url" => Out::leaf(format!("{HTML}/{}/pull/{number}/commits/{sha}", r.full_name())),
        _ => return missing(&Node::PullCommit(id, number, sha), world, name),
    })
}

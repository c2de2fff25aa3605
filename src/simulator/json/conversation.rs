//! Comments, reviews, reactions.

use serde_json::{Value, json};

use super::{HTML, node_id};
use crate::simulator::clock::text;
use crate::simulator::state::World;
use crate::simulator::state::conversation::{Comment, Reaction, Review, ReviewComment};
use crate::simulator::state::pull::Pull;
use crate::simulator::state::repository::Repository;

/// Every reaction, as REST writes it.
pub(crate) const REACTIONS: [&str; 8] =
    ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"];

fn rollup(url: &str, reactions: &[Reaction]) -> Value {
    let mut object = json!({ "url": url, "total_count": reactions.len() });
    if let Some(object) = object.as_object_mut() {
        for name in REACTIONS {
            let count = reactions.iter().filter(|r| r.content == name).count();
            object.insert(name.to_owned(), count.into());
        }
    }
    object
}

impl World {
    /// `issue-comment`.
    pub(crate) fn comment_json(&self, repository: &Repository, comment: &Comment) -> Value {
        let api = self.repository_url(repository);
        let url = format!("{api}/issues/comments/{}", comment.id);
        let kind = if repository.pulls.contains_key(&comment.number) { "pull" } else { "issues" };
        json!({
            "url": url,
            "html_url": format!("{HTML}/{}/{kind}/{}#issuecomment-{}",
                repository.full_name(), comment.number, comment.id),
            "issue_url": format!("{api}/issues/{}", comment.number),
            "id": comment.id,
            "node_id": node_id("IssueComment", comment.id),
            "user": self.author_json(comment.author.as_deref()),
            "created_at": text(comment.created_at),
            "updated_at": text(comment.updated_at),
            "author_association": self.association(repository, comment.author.as_deref()),
            "body": comment.body,
            "reactions": rollup(&format!("{url}/reactions"), &comment.reactions),
            "performed_via_github_app": if comment.by_app { self.app_json() } else { Value::Null },
        })
    }

    /// `reaction`.
    pub(crate) fn reaction_json(&self, reaction: &Reaction) -> Value {
        json!({
            "id": reaction.id,
            "node_id": node_id("Reaction", reaction.id),
            "user": self.user_json(&reaction.user),
            "content": reaction.content,
            "created_at": text(reaction.created_at),
        })
    }

    /// `pull-request-review`.
    pub(crate) fn review_json(
        &self,
        repository: &Repository,
        pull: &Pull,
        review: &Review,
    ) -> Value {
        let html = format!(
            "{HTML}/{}/pull/{}#pullrequestreview-{}",
            repository.full_name(),
            pull.number,
            review.id
        );
        let url = format!("{}/pulls/{}", self.repository_url(repository), pull.number);
        json!({
            "id": review.id,
            "node_id": node_id("PullRequestReview", review.id),
            "user": self.author_json(review.author.as_deref()),
            "body": review.body,
            "state": review.state.name(),
            "html_url": html,
            "pull_request_url": url,
            "author_association": self.association(repository, review.author.as_deref()),
            "_links": { "html": { "href": html }, "pull_request": { "href": url } },
            "submitted_at": text(review.submitted_at),
            "commit_id": review.commit.to_string(),
        })
    }

    /// `pull-request-review-comment`.
    pub(crate) fn review_comment_json(
        &self,
        repository: &Repository,
        pull: &Pull,
        comment: &ReviewComment,
    ) -> Value {
        let api = self.repository_url(repository);
        let url = format!("{api}/pulls/comments/{}", comment.id);
        let pull_url = format!("{api}/pulls/{}", pull.number);
        let html = format!(
            "{HTML}/{}/pull/{}#discussion_r{}",
            repository.full_name(),
            pull.number,
            comment.id
        );
        // A comment on a file has neither line nor position; one on a line that moved on keeps only the original.
        let on_head = comment.commit == pull.head;
        let mut object = json!({
            "url": url,
            "pull_request_review_id": comment.review,
            "id": comment.id,
            "node_id": node_id("PullRequestReviewComment", comment.id),
            "diff_hunk": comment.diff_hunk,
            "path": comment.path,
            "commit_id": if on_head { pull.head } else { comment.commit }.to_string(),
            "original_commit_id": comment.commit.to_string(),
            "user": self.author_json(comment.author.as_deref()),
            "body": comment.body,
            "created_at": text(comment.created_at),
            "updated_at": text(comment.updated_at),
            "html_url": html,
            "pull_request_url": pull_url,
            "author_association": self.association(repository, comment.author.as_deref()),
            "_links": {
                "self": { "href": url },
                "html": { "href": html },
                "pull_request": { "href": pull_url },
            },
            "start_line": comment.start_line,
            "original_start_line": comment.start_line,
            "start_side": comment.start_line.map(|_| comment.side.name()),
            "side": comment.side.name(),
            "subject_type": if comment.line.is_some() { "line" } else { "file" },
            "reactions": rollup(&format!("{url}/reactions"), &comment.reactions),
        });
        if let Some(object) = object.as_object_mut() {
            if let Some(line) = comment.line {
                object.insert("line".to_owned(), line.into());
                object.insert("original_line".to_owned(), line.into());
                object.insert("position".to_owned(), 1.into());
                object.insert("original_position".to_owned(), 1.into());
            }
            if let Some(first) = comment.reply_to {
                object.insert("in_reply_to_id".to_owned(), first.into());
            }
        }
        object
    }
}

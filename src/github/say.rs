//! What the bot says on a pull request: comments, reactions, reviews, threads.
//!
//! Nothing here is repeated. Whoever calls has read what stands there, and reads it again before another try.

use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Repository, encoded};
use super::documents;
use super::error::Error;
use super::talk::Reaction;
use super::transport::{Call, Verb};
use super::types::{CommitSha, PullRequestNumber};

/// A comment at lines of the pull request's diff, on the side of the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineComment {
    /// The file, at head.
    pub path: String,
    /// Its first line where it spans several; in the same hunk as `line`.
    pub start_line: Option<usize>,
    /// Its line, or its last one.
    pub line: usize,
    /// Markdown, at most 65,536 characters.
    pub body: String,
}

/// Who is asked for a review.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reviewers {
    /// Logins.
    pub users: Vec<String>,
    /// Slugs of teams of the repository's owner.
    pub teams: Vec<String>,
}

#[derive(Deserialize)]
struct Created {
    id: u64,
}

impl Repository {
    /// Comments on an issue or a pull request; gives the comment's number.
    pub async fn comment(&self, number: u64, body: &str) -> Result<u64, Error> {
        let path = format!("/issues/{number}/comments");
        let verb = Verb::Post(json!({ "body": body }));
        Ok(self.write::<Created>("comment", &path, verb).await?.id)
    }

    /// Gives a comment another text.
    pub async fn edit_comment(&self, comment: u64, body: &str) -> Result<(), Error> {
        let path = format!("/issues/comments/{comment}");
        let verb = Verb::Patch(json!({ "body": body }));
        self.write::<Created>("edit a comment", &path, verb).await.map(drop)
    }

    /// Reacts to a comment. Where the reaction stands already, nothing changes.
    pub async fn react(&self, comment: u64, reaction: Reaction) -> Result<(), Error> {
        let path = format!("/issues/comments/{comment}/reactions");
        let verb = Verb::Post(json!({ "content": reaction.as_str() }));
        self.write::<Created>("react to a comment", &path, verb).await.map(drop)
    }

    /// Posts a review that neither approves nor blocks, with comments at lines. GitHub refuses it whole when one of
    /// them is off the diff.
    pub async fn review(
        &self,
        number: PullRequestNumber,
        head: &CommitSha,
        body: &str,
        comments: &[LineComment],
    ) -> Result<(), Error> {
        let path = format!("/pulls/{}/reviews", number.0);
        let comments: Vec<Value> = comments.iter().map(line_comment).collect();
        let mut review = json!({ "commit_id": head, "event": "COMMENT", "comments": comments });
        if !body.is_empty() {
            review["body"] = json!(body);
        }
        self.write::<Created>("post the review comments", &path, Verb::Post(review)).await.map(drop)
    }

    /// Comments on a file as a whole.
    pub async fn comment_on_file(
        &self,
        number: PullRequestNumber,
        head: &CommitSha,
        path: &str,
        body: &str,
    ) -> Result<(), Error> {
        let at = format!("/pulls/{}/comments", number.0);
        let comment =
            json!({ "commit_id": head, "path": path, "body": body, "subject_type": "file" });
        self.write::<Created>("comment on a file", &at, Verb::Post(comment)).await.map(drop)
    }

    /// Answers in a thread, which its first comment names.
    pub async fn reply(
        &self,
        number: PullRequestNumber,
        comment: u64,
        body: &str,
    ) -> Result<(), Error> {
        let path = format!("/pulls/{}/comments/{comment}/replies", number.0);
        let verb = Verb::Post(json!({ "body": body }));
        self.write::<Created>("answer in a thread", &path, verb).await.map(drop)
    }

    /// Gives a comment of a thread another text.
    pub async fn edit_review_comment(&self, comment: u64, body: &str) -> Result<(), Error> {
        let path = format!("/pulls/comments/{comment}");
        let verb = Verb::Patch(json!({ "body": body }));
        self.write::<Created>("edit a review comment", &path, verb).await.map(drop)
    }

    /// Resolves a thread, or opens it again.
    pub async fn resolve(&self, thread: &str, resolved: bool) -> Result<(), Error> {
        let (operation, document) = if resolved {
            ("resolve a thread", documents::RESOLVE)
        } else {
            ("reopen a thread", documents::UNRESOLVE)
        };
        self.mutate(operation, document, "thread", thread).await
    }

    /// Hides a comment as outdated.
    pub async fn minimize(&self, comment_node: &str) -> Result<(), Error> {
        self.mutate("hide a comment", documents::MINIMIZE, "comment", comment_node).await
    }

    /// Asks for reviews. Whoever is asked already stays asked.
    pub async fn request_reviews(
        &self,
        number: PullRequestNumber,
        reviewers: &Reviewers,
    ) -> Result<(), Error> {
        #[derive(Deserialize)]
        struct Requested {}
        let path = format!("/pulls/{}/requested_reviewers", number.0);
        let Reviewers { users, teams } = reviewers;
        let verb = Verb::Post(json!({ "reviewers": users, "team_reviewers": teams }));
        self.write::<Requested>("request reviews", &path, verb).await.map(drop)
    }

    /// Whether someone may push to the repository, as GitHub says at this moment.
    pub async fn may_push(&self, login: &str) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct Permission {
            permission: String,
        }
        let path = self.path(&format!("/collaborators/{}/permission", encoded(login)));
        let call = Call { operation: "look up a person's permission", path, verb: Verb::Get };
        match self.json::<Permission>(&call).await {
            // `maintain` counts as `write` here, and roles of an organisation's own as what they are made of.
            Ok(found) => Ok(matches!(found.permission.as_str(), "admin" | "maintain" | "write")),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether someone is an active member of a team.
    pub async fn is_member(&self, org: &str, team: &str, login: &str) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct Membership {
            state: String,
        }
        let path = format!(
            "/orgs/{}/teams/{}/memberships/{}",
            encoded(org),
            encoded(team),
            encoded(login)
        );
        let call = Call { operation: "look up a team's member", path, verb: Verb::Get };
        match self.json::<Membership>(&call).await {
            Ok(found) => Ok(found.state == "active"),
            Err(Error::NotFound { .. }) => Ok(false),
            // The owner has not accepted that members are read. The check says so.
            Err(Error::Forbidden { .. })
                if self.lacking().iter().any(|(name, _)| *name == "members") =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// One call that changes something: one at a time for each installation, and not too many, as GitHub asks.
    async fn write<T: serde::de::DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        verb: Verb,
    ) -> Result<T, Error> {
        let writing = self.writing();
        let _one_at_a_time = writing.lock().await;
        self.paced(operation)?;
        self.json(&Call { operation, path: self.path(path), verb }).await
    }

    async fn mutate(
        &self,
        operation: &'static str,
        document: &str,
        name: &str,
        id: &str,
    ) -> Result<(), Error> {
        let writing = self.writing();
        let _one_at_a_time = writing.lock().await;
        self.paced(operation)?;
        let values = serde_json::Map::from_iter([(name.to_owned(), json!(id))]);
        let reply = self.mutation::<serde_json::Map<String, Value>>(operation, document, values);
        let mut reply = reply.await?;
        match reply.take() {
            Some(data) if data.values().all(|value| !value.is_null()) => Ok(()),
            _ => Err(reply.missing(&[])),
        }
    }
}

fn line_comment(comment: &LineComment) -> Value {
    let LineComment { path, start_line, line, body } = comment;
    let mut json = json!({ "path": path, "line": line, "side": "RIGHT", "body": body });
    if let Some(start) = start_line.filter(|start| start < line) {
        json["start_line"] = json!(start);
        json["start_side"] = json!("RIGHT");
    }
    json
}

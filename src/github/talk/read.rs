//! Reading on where lists end, and issues.

use serde::Deserialize;
use serde_json::{Map, json};

use super::data::{CommentData, Page, TalkData};
use super::{Comment, Issue, Rest, Talk};
use crate::github::client::Repository;
use crate::github::documents;
use crate::github::error::{Error, Status};
use crate::github::facts::{Ref, Target};
use crate::github::graphql::Reply;
use crate::github::types::{CommitSha, OWNER_REPOSITORY, PullRequestNumber};

/// Pages of 100 of one list. A conversation of more than this cannot be read whole, and a question that goes unread
/// would let an EP pass.
const MAX_PAGES: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MoreData {
    repository: Option<MoreRepository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MoreRepository {
    pull_request: Option<TalkData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IssueData {
    repository: Option<IssueRepository>,
    defaults: Option<DefaultsData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IssueRepository {
    default_branch_ref: Option<Ref>,
    issue_or_pull_request: Option<IssueNode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DefaultsData {
    default_branch_ref: Option<Ref>,
}

#[derive(Deserialize)]
struct IssueNode {
    #[serde(rename = "__typename")]
    kind: String,
    comments: Option<Page<CommentData>>,
}

impl Repository {
    /// Reads on where the lists of a pull request's talk were not read to their end: one GraphQL query for each further
    /// 100 of the longest.
    ///
    /// # Errors
    /// [`Error::TooMuch`](Error) where one list has more than 5,000 entries.
    pub async fn read_on(&self, number: PullRequestNumber, talk: &mut Talk) -> Result<(), Error> {
        const AT: &[&str] = &["repository", "pullRequest"];
        let operation = "read the comments";
        for _ in 0..MAX_PAGES {
            if !talk.is_partial() {
                return Ok(());
            }
            let Rest { reviews, comments, threads } = std::mem::take(&mut talk.rest);
            let values = Map::from_iter([
                ("number".into(), json!(number.0)),
                ("reviews".into(), json!(reviews)),
                ("comments".into(), json!(comments)),
                ("threads".into(), json!(threads)),
                ("moreReviews".into(), json!(reviews.is_some())),
                ("moreComments".into(), json!(comments.is_some())),
                ("moreThreads".into(), json!(threads.is_some())),
            ]);
            let document = documents::more_talk();
            let mut reply = self.query::<MoreData>(operation, &document, values).await?;
            let found = reply.take().and_then(|data| data.repository?.pull_request);
            let found = found.ok_or_else(|| reply.missing(AT))?;
            // What was not asked for is not there.
            let TalkData { latest_opinionated_reviews, comments: said, review_threads, .. } = found;
            let whole = latest_opinionated_reviews.as_ref().is_none_or(Page::is_whole)
                && said.as_ref().is_none_or(Page::is_whole)
                && review_threads.as_ref().is_none_or(Page::is_whole)
                && reviews.is_some() == latest_opinionated_reviews.is_some()
                && comments.is_some() == said.is_some()
                && threads.is_some() == review_threads.is_some();
            if let (false, Some(error)) = (whole, reply.trouble_at(AT)) {
                return Err(error);
            }
            if let Some(page) = latest_opinionated_reviews {
                talk.add_reviews(page);
            }
            if let Some(page) = said {
                talk.add_comments(page);
            }
            if let Some(page) = review_threads {
                talk.add_threads(page);
            }
        }
        if talk.is_partial() {
            let status = Status {
                code: 200,
                message: "the conversation has more than 5,000 entries".into(),
                request_id: None,
            };
            return Err(Error::TooMuch { operation, status });
        }
        Ok(())
    }

    /// An issue's comments, and the file `path` on the default branch and in the owner's [`OWNER_REPOSITORY`]. One
    /// GraphQL query for each 100 comments. `None`: there is no such issue.
    pub async fn issue(&self, number: u64, path: &str) -> Result<Option<Issue>, Error> {
        const NODE: &[&str] = &["repository", "issueOrPullRequest"];
        const FILE: &[&str] = &["repository", "defaultBranchRef", "target", "file", "object"];
        const OWNER: &[&str] = &["defaults", "defaultBranchRef", "target", "file", "object"];
        let (mut after, mut issue) = (None::<String>, None::<Issue>);
        for _ in 0..MAX_PAGES {
            let values = Map::from_iter([
                ("number".into(), json!(number)),
                ("file".into(), json!(path)),
                ("defaults".into(), json!(OWNER_REPOSITORY)),
                ("after".into(), json!(after)),
            ]);
            let document = documents::issue();
            let mut reply: Reply<IssueData> =
                self.query("read the issue", &document, values).await?;
            let Some(IssueData { repository, defaults }) = reply.take() else {
                return Err(reply.missing(NODE));
            };
            let mut repository = repository.ok_or_else(|| reply.missing(&NODE[..1]))?;
            let Some(node) = repository.issue_or_pull_request.take() else {
                return match reply.trouble_at(NODE) {
                    Some(error) => Err(error),
                    None => Ok(None),
                };
            };
            let page = node.comments.ok_or_else(|| reply.missing(NODE))?;
            after = page.next();
            let comments = page.nodes.into_iter().flatten().flatten().map(Comment::from);
            if let Some(issue) = &mut issue {
                issue.comments.extend(comments);
            } else {
                let comments = comments.collect();
                let branch = repository.default_branch_ref.as_ref();
                let branch = branch.and_then(|branch| branch.name.clone()).unwrap_or_default();
                let mut target = repository.default_branch_ref.and_then(|branch| branch.target);
                let mut owner = defaults.and_then(|d| d.default_branch_ref).and_then(|b| b.target);
                let tip = target.as_ref().map(|target| CommitSha(target.oid.clone()));
                let file = target.as_mut().and_then(Target::take);
                let file = self.found(file.ok_or_else(|| reply.trouble_at(FILE))).await?;
                let owner = owner.as_mut().and_then(Target::take);
                let owner = owner.ok_or_else(|| reply.trouble_at_foreign(OWNER));
                issue = Some(Issue {
                    is_pull_request: node.kind == "PullRequest",
                    comments,
                    branch,
                    tip,
                    file,
                    owner_file: self.found(owner).await?,
                });
            }
            if after.is_none() {
                break;
            }
        }
        Ok(issue)
    }
}

//! What people say on a pull request or an issue: reviews, comments, threads.

use serde::Deserialize;
use serde_json::{Map, json};

use super::client::Repository;
use super::documents;
use super::error::Error;
use super::graphql::Reply;
use super::types::{CommitSha, FoundFile, OWNER_REPOSITORY, PullRequestNumber};

/// Pages of 100 of one list. A conversation of more than this cannot be read whole, and a question that goes unread
/// would let an EP pass.
const MAX_PAGES: usize = 50;

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The login.
    pub login: String,
    /// Whether it is nobody with a word here: an App or another bot, or a mannequin, under whose name what was imported
    /// from elsewhere stands. That name may be anybody's.
    pub is_bot: bool,
}

/// What people say on a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Talk {
    /// Who opened it; `None`: the account was deleted.
    pub author: Option<Person>,
    /// Everybody's last word.
    pub reviews: Vec<GivenReview>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// Threads at lines and files.
    pub threads: Vec<ReviewThread>,
    /// Where the lists go on that were not read to their end.
    pub(super) rest: Rest,
}

/// Where lists go on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rest {
    reviews: Option<String>,
    comments: Option<String>,
    threads: Option<String>,
}

/// A review that approves, asks for changes, or was dismissed; the reviewer's last of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenReview {
    /// The reviewer; `None`: the account was deleted.
    pub author: Option<Person>,
    /// Whether the reviewer may push to the repository.
    pub can_push: bool,
    /// What it says.
    pub opinion: Opinion,
    /// The commit that was reviewed; `None`: it is gone.
    pub commit: Option<CommitSha>,
}

/// What a review says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opinion {
    /// `APPROVED`.
    Approves,
    /// `CHANGES_REQUESTED`.
    Objects,
    /// `DISMISSED`.
    Dismissed,
}

/// A comment on an issue or a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its number, which REST uses.
    pub id: u64,
    /// Its global id, which GraphQL uses.
    pub node: String,
    /// Who wrote it; `None`: the account was deleted.
    pub author: Option<Person>,
    /// Its Markdown.
    pub body: String,
    /// Whether and by whom it was edited.
    pub edited: Edited,
    /// Whether it is hidden.
    pub minimized: bool,
    /// Whether this App wrote it.
    pub ours: bool,
    /// This App's reactions.
    pub reactions: Vec<Reaction>,
}

/// Who edited a comment last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// Nobody.
    No,
    /// Its author.
    ByAuthor,
    /// Somebody else, by login; `None`: nobody knows.
    ByOther(Option<String>),
}

/// A reaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reaction {
    /// 👀
    Eyes,
    /// 👍
    Done,
    /// 😕
    Confused,
}

impl Reaction {
    /// As REST names it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Eyes => "eyes",
            Self::Done => "+1",
            Self::Confused => "confused",
        }
    }
}

/// A thread at a line or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewThread {
    /// Its global id.
    pub node: String,
    /// The file.
    pub path: String,
    /// Whether it is resolved.
    pub resolved: bool,
    /// Its first comment's number.
    pub comment: u64,
    /// Its first comment's Markdown.
    pub body: String,
    /// Whether this App began it.
    pub ours: bool,
    /// How many comments follow the first.
    pub replies: usize,
    /// The last comment's Markdown.
    pub last_body: String,
    /// Whether this App wrote the last comment.
    pub last_is_ours: bool,
}

/// An issue, or a pull request that is looked at as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Whether it is a pull request.
    pub is_pull_request: bool,
    /// Its comments, oldest first.
    pub comments: Vec<Comment>,
    /// Name of the repository's default branch; empty: it has none.
    pub branch: String,
    /// The tip of that branch; `None`: it has no commit.
    pub tip: Option<CommitSha>,
    /// The file that was asked for, at `tip`.
    pub file: Option<FoundFile>,
    /// The same file in the owner's [`OWNER_REPOSITORY`].
    pub owner_file: Option<FoundFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActorData {
    #[serde(rename = "__typename")]
    kind: String,
    login: String,
}

#[derive(Deserialize)]
struct Login {
    login: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    nodes: Option<Vec<Option<T>>>,
    page_info: PageInfo,
}

impl<T> Page<T> {
    fn is_whole(&self) -> bool {
        self.nodes.as_ref().is_some_and(|nodes| nodes.iter().all(Option::is_some))
    }

    fn next(&self) -> Option<String> {
        self.page_info.end_cursor.clone().filter(|_| self.page_info.has_next_page)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReviewData {
    author: Option<ActorData>,
    author_can_push_to_repository: bool,
    state: String,
    commit: Option<Oid>,
}

#[derive(Deserialize)]
struct Oid {
    oid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommentData {
    id: String,
    #[serde(deserialize_with = "number")]
    full_database_id: u64,
    author: Option<ActorData>,
    body: String,
    last_edited_at: Option<String>,
    editor: Option<Login>,
    is_minimized: bool,
    viewer_did_author: bool,
    reaction_groups: Option<Vec<ReactionGroup>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReactionGroup {
    content: String,
    viewer_has_reacted: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadData {
    id: String,
    path: String,
    is_resolved: bool,
    comments: ThreadComments,
    last: ThreadComments,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadComments {
    nodes: Option<Vec<Option<ThreadComment>>>,
    #[serde(default)]
    total_count: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadComment {
    #[serde(default)]
    full_database_id: Option<String>,
    body: String,
    viewer_did_author: bool,
}

/// A `BigInt`, which GraphQL writes as a text.
fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// What people say, as a part of the pull request's answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TalkData {
    #[serde(default)]
    author: Option<ActorData>,
    latest_opinionated_reviews: Option<Page<ReviewData>>,
    comments: Option<Page<CommentData>>,
    review_threads: Option<Page<ThreadData>>,
}

impl TalkData {
    /// Whether an entry is null. A comment may be; where an error stands beside it, it was not read.
    pub(super) fn has_nulls(&self) -> bool {
        fn whole<T>(page: Option<&Page<T>>) -> bool {
            page.is_some_and(Page::is_whole)
        }
        !(whole(self.latest_opinionated_reviews.as_ref())
            && whole(self.comments.as_ref())
            && whole(self.review_threads.as_ref()))
    }

    /// What was said; `None` where GitHub left out a list.
    pub(super) fn talk(self) -> Option<Talk> {
        let mut talk = Talk { author: self.author.map(Person::from), ..Talk::default() };
        talk.add_reviews(self.latest_opinionated_reviews?);
        talk.add_comments(self.comments?);
        talk.add_threads(self.review_threads?);
        Some(talk)
    }
}

impl From<ActorData> for Person {
    fn from(actor: ActorData) -> Self {
        Self { is_bot: matches!(actor.kind.as_str(), "Bot" | "Mannequin"), login: actor.login }
    }
}

impl From<CommentData> for Comment {
    fn from(data: CommentData) -> Self {
        let author = data.author.map(Person::from);
        let editor = data.editor.map(|editor| editor.login);
        let edited = match (&data.last_edited_at, &author, editor) {
            (None, _, _) => Edited::No,
            (Some(_), Some(author), Some(editor)) if author.login == editor => Edited::ByAuthor,
            (Some(_), _, editor) => Edited::ByOther(editor),
        };
        let ours = |group: &&ReactionGroup| group.viewer_has_reacted;
        let reactions = data.reaction_groups.iter().flatten().filter(ours);
        Self {
            id: data.full_database_id,
            node: data.id,
            author,
            body: data.body,
            edited,
            minimized: data.is_minimized,
            ours: data.viewer_did_author,
            reactions: reactions
                .filter_map(|group| match group.content.as_str() {
                    "EYES" => Some(Reaction::Eyes),
                    "THUMBS_UP" => Some(Reaction::Done),
                    "CONFUSED" => Some(Reaction::Confused),
                    _ => None,
                })
                .collect(),
        }
    }
}

impl Talk {
    /// Whether a list was not read to its end.
    pub fn is_partial(&self) -> bool {
        self.rest != Rest::default()
    }

    fn add_reviews(&mut self, page: Page<ReviewData>) {
        self.rest.reviews = page.next();
        let reviews = page.nodes.into_iter().flatten().flatten().filter_map(|review| {
            let opinion = match review.state.as_str() {
                "APPROVED" => Opinion::Approves,
                "CHANGES_REQUESTED" => Opinion::Objects,
                "DISMISSED" => Opinion::Dismissed,
                _ => return None,
            };
            Some(GivenReview {
                author: review.author.map(Person::from),
                can_push: review.author_can_push_to_repository,
                opinion,
                commit: review.commit.map(|commit| CommitSha(commit.oid)),
            })
        });
        self.reviews.extend(reviews);
    }

    fn add_comments(&mut self, page: Page<CommentData>) {
        self.rest.comments = page.next();
        self.comments.extend(page.nodes.into_iter().flatten().flatten().map(Comment::from));
    }

    fn add_threads(&mut self, page: Page<ThreadData>) {
        self.rest.threads = page.next();
        let threads = page.nodes.into_iter().flatten().flatten().filter_map(|thread| {
            let first = thread.comments.nodes?.into_iter().flatten().next()?;
            let last = thread.last.nodes.into_iter().flatten().flatten().next();
            Some(ReviewThread {
                node: thread.id,
                path: thread.path,
                resolved: thread.is_resolved,
                comment: first.full_database_id?.parse().ok()?,
                body: first.body,
                ours: first.viewer_did_author,
                replies: thread.comments.total_count.saturating_sub(1),
                last_is_ours: last.as_ref().is_some_and(|last| last.viewer_did_author),
                last_body: last.map(|last| last.body).unwrap_or_default(),
            })
        });
        self.threads.extend(threads);
    }
}

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
    default_branch_ref: Option<super::facts::Ref>,
    issue_or_pull_request: Option<IssueNode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DefaultsData {
    default_branch_ref: Option<super::facts::Ref>,
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
    /// [`Error::TooMuch`](super::Error) where one list has more than 5,000 entries.
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
            let status = super::error::Status {
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
                let file = target.as_mut().and_then(super::facts::Target::take);
                let file = self.found(file.ok_or_else(|| reply.trouble_at(FILE))).await?;
                let owner = owner.as_mut().and_then(super::facts::Target::take);
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

//! Reviews, comments and threads as GraphQL writes them.

use serde::Deserialize;

use super::{Comment, Edited, GivenReview, Opinion, Person, Reaction, Rest, ReviewThread, Talk};
use crate::github::types::CommitSha;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActorData {
    #[serde(rename = "__typename")]
    pub(super) kind: String,
    pub(super) login: String,
}

#[derive(Deserialize)]
pub(super) struct Login {
    pub(super) login: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    pub(super) nodes: Option<Vec<Option<T>>>,
    pub(super) page_info: PageInfo,
}

impl<T> Page<T> {
    pub(super) fn is_whole(&self) -> bool {
        self.nodes.as_ref().is_some_and(|nodes| nodes.iter().all(Option::is_some))
    }

    pub(super) fn next(&self) -> Option<String> {
        self.page_info.end_cursor.clone().filter(|_| self.page_info.has_next_page)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReviewData {
    pub(super) author: Option<ActorData>,
    author_can_push_to_repository: bool,
    pub(super) state: String,
    pub(super) commit: Option<Oid>,
}

#[derive(Deserialize)]
pub(super) struct Oid {
    pub(super) oid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommentData {
    pub(super) id: String,
    #[serde(deserialize_with = "number")]
    full_database_id: u64,
    pub(super) author: Option<ActorData>,
    pub(super) body: String,
    pub(super) last_edited_at: Option<String>,
    pub(super) editor: Option<Login>,
    is_minimized: bool,
    viewer_did_author: bool,
    pub(super) reaction_groups: Option<Vec<ReactionGroup>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReactionGroup {
    pub(super) content: String,
    viewer_has_reacted: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThreadData {
    pub(super) id: String,
    pub(super) path: String,
    is_resolved: bool,
    pub(super) comments: ThreadComments,
    pub(super) last: ThreadComments,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThreadComments {
    pub(super) nodes: Option<Vec<Option<ThreadComment>>>,
    #[serde(default)]
    total_count: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThreadComment {
    #[serde(default)]
    pub(super) full_database_id: Option<String>,
    pub(super) body: String,
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
pub(in crate::github) struct TalkData {
    #[serde(default)]
    pub(super) author: Option<ActorData>,
    pub(super) latest_opinionated_reviews: Option<Page<ReviewData>>,
    pub(super) comments: Option<Page<CommentData>>,
    pub(super) review_threads: Option<Page<ThreadData>>,
}

impl TalkData {
    /// Whether an entry is null. A comment may be; where an error stands beside it, it was not read.
    pub(in crate::github) fn has_nulls(&self) -> bool {
        fn whole<T>(page: Option<&Page<T>>) -> bool {
            page.is_some_and(Page::is_whole)
        }
        !(whole(self.latest_opinionated_reviews.as_ref())
            && whole(self.comments.as_ref())
            && whole(self.review_threads.as_ref()))
    }

    /// What was said; `None` where GitHub left out a list.
    pub(in crate::github) fn talk(self) -> Option<Talk> {
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

    pub(super) fn add_reviews(&mut self, page: Page<ReviewData>) {
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

    pub(super) fn add_comments(&mut self, page: Page<CommentData>) {
        self.rest.comments = page.next();
        self.comments.extend(page.nodes.into_iter().flatten().flatten().map(Comment::from));
    }

    pub(super) fn add_threads(&mut self, page: Page<ThreadData>) {
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

//! Comments and reviews.

use serde_json::json;

use crate::simulator::clock::text;
use crate::simulator::state::World;
use crate::simulator::state::account::Kind;
use crate::simulator::state::conversation::{Comment, Issue, Review, ReviewComment, ReviewState};
use crate::simulator::state::git::Sha;
use crate::simulator::webhooks::Event;

impl World {
    pub(crate) fn add_issue(&mut self, repository: u64, author: &str, title: &str) -> u64 {
        self.ensure_user(author, Kind::User);
        let (id, now) = (self.new_id(), self.now());
        let Some(r) = self.repositories.get_mut(&repository) else { return 0 };
        let number = r.new_number();
        let issue = Issue {
            id,
            number,
            title: title.to_owned(),
            body: String::new(),
            author: author.to_owned(),
            created_at: now,
        };
        r.issues.insert(number, issue);
        number
    }

    /// Adds a comment to an issue or pull request and gives its id.
    pub(crate) fn add_comment(
        &mut self,
        repository: u64,
        number: u64,
        author: &str,
        body: &str,
    ) -> u64 {
        self.ensure_user(author, Kind::User);
        let (id, now, by_app) = (self.new_id(), self.now(), author == self.app_login());
        if let Some(r) = self.repositories.get_mut(&repository) {
            let comment = Comment {
                id,
                number,
                author: Some(author.to_owned()),
                body: body.to_owned(),
                created_at: now,
                updated_at: now,
                edited: None,
                by_app,
                reactions: Vec::new(),
                minimized: None,
            };
            r.comments.insert(id, comment);
        }
        self.emit_comment(repository, id, author, "created", json!({}));
        id
    }

    pub(crate) fn change_comment(&mut self, repository: u64, id: u64, editor: &str, body: &str) {
        self.ensure_user(editor, Kind::User);
        let now = self.now();
        let Some(comment) =
            self.repositories.get_mut(&repository).and_then(|r| r.comments.get_mut(&id))
        else {
            return;
        };
        let before = std::mem::replace(&mut comment.body, body.to_owned());
        comment.updated_at = now;
        comment.edited = Some((editor.to_owned(), now));
        let changes = json!({ "changes": { "body": { "from": before } } });
        self.emit_comment(repository, id, editor, "edited", changes);
    }

    pub(crate) fn remove_comment(&mut self, repository: u64, id: u64, who: &str) {
        self.emit_comment(repository, id, who, "deleted", json!({}));
        if let Some(r) = self.repositories.get_mut(&repository) {
            r.comments.remove(&id);
        }
    }

    fn emit_comment(
        &mut self,
        repository: u64,
        id: u64,
        sender: &str,
        action: &str,
        more: serde_json::Value,
    ) {
        let Some(r) = self.repository(repository) else { return };
        let Some(comment) = r.comments.get(&id) else { return };
        let body = crate::simulator::json::with(
            json!({
                "issue": self.numbered_json(r, comment.number),
                "comment": self.comment_json(r, comment),
            }),
            more,
        );
        self.emit(Event { name: "issue_comment", action, repository, sender, body });
    }

    /// Adds a review and gives its id. Its webhook is [`World::emit_review`], after its comments are there.
    pub(crate) fn add_review(
        &mut self,
        repository: u64,
        number: u64,
        author: &str,
        state: ReviewState,
        body: &str,
        commit: Sha,
    ) -> u64 {
        self.ensure_user(author, Kind::User);
        let (id, now) = (self.new_id(), self.now());
        if let Some(pull) = self.pull_mut(repository, number) {
            let review = Review {
                id,
                author: Some(author.to_owned()),
                state,
                body: body.to_owned(),
                commit,
                submitted_at: now,
            };
            pull.reviews.insert(id, review);
            pull.updated_at = now;
        }
        id
    }

    pub(crate) fn emit_review(&mut self, repository: u64, number: u64, id: u64, action: &str) {
        let Some(r) = self.repository(repository) else { return };
        let Some(pull) = r.pulls.get(&number) else { return };
        let Some(review) = pull.reviews.get(&id) else { return };
        if review.state == ReviewState::Pending {
            return;
        }
        let sender = review.author.clone().unwrap_or_default();
        let mut json = self.review_json(r, pull, review);
        // Unlike REST, webhooks write the state in lower case.
        if let Some(json) = json.as_object_mut() {
            json.insert("state".to_owned(), review.state.name().to_lowercase().into());
            json.insert("submitted_at".to_owned(), text(review.submitted_at).into());
        }
        let body = json!({ "review": json, "pull_request": self.pull_simple_json(r, pull) });
        let event =
            Event { name: "pull_request_review", action, repository, sender: &sender, body };
        self.emit(event);
    }

    pub(crate) fn dismiss_review(&mut self, repository: u64, number: u64, id: u64) {
        if let Some(review) = self.pull_mut(repository, number).and_then(|p| p.reviews.get_mut(&id))
        {
            review.state = ReviewState::Dismissed;
        }
        self.emit_review(repository, number, id, "dismissed");
    }

    pub(crate) fn add_review_comment(
        &mut self,
        repository: u64,
        number: u64,
        comment: ReviewComment,
    ) -> u64 {
        let id = comment.id;
        let sender = comment.author.clone().unwrap_or_default();
        if let Some(pull) = self.pull_mut(repository, number) {
            pull.review_comments.insert(id, comment);
        }
        let Some(r) = self.repository(repository) else { return id };
        let Some(pull) = r.pulls.get(&number) else { return id };
        let Some(comment) = pull.review_comments.get(&id) else { return id };
        let body = json!({
            "comment": self.review_comment_json(r, pull, comment),
            "pull_request": self.pull_simple_json(r, pull),
        });
        let name = "pull_request_review_comment";
        let event = Event { name, action: "created", repository, sender: &sender, body };
        self.emit(event);
        id
    }
}

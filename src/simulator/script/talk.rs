//! Comments, reviews, and the buttons of checks.

use serde_json::json;

use crate::simulator::Simulator;
use crate::simulator::state::World;
use crate::simulator::state::account::Kind;
use crate::simulator::state::check::CheckRun;
use crate::simulator::state::conversation::{ReviewComment, ReviewState, Side};
use crate::simulator::state::git::Sha;
use crate::simulator::webhooks::Event;

impl Simulator {
    /// Opens an issue; gives its number.
    pub fn open_issue(&self, repository: &str, author: &str, title: &str) -> u64 {
        self.in_repository(repository, |world, id| world.add_issue(id, author, title))
    }

    /// Writes a comment on an issue or pull request; gives its id.
    pub fn comment(&self, repository: &str, number: u64, author: &str, body: &str) -> u64 {
        self.in_repository(repository, |world, id| world.add_comment(id, number, author, body))
    }

    /// Changes a comment's text; whoever may write in the repository may do that to another's.
    pub fn edit_comment(&self, repository: &str, comment: u64, editor: &str, body: &str) {
        self.in_repository(repository, |world, id| {
            world.change_comment(id, comment, editor, body);
        });
    }

    /// Deletes a comment.
    pub fn delete_comment(&self, repository: &str, comment: u64, who: &str) {
        self.in_repository(repository, |world, id| world.remove_comment(id, comment, who));
    }

    /// Reviews a pull request at its head; gives the review's id.
    pub fn review(
        &self,
        repository: &str,
        number: u64,
        author: &str,
        state: ReviewState,
        body: &str,
    ) -> u64 {
        self.in_repository(repository, |world, id| {
            let head = world.pull(id, number).map_or(Sha::ZERO, |p| p.head);
            let review = world.add_review(id, number, author, state, body, head);
            world.emit_review(id, number, review, "submitted");
            review
        })
    }

    /// Takes a review back.
    pub fn dismiss_review(&self, repository: &str, number: u64, review: u64) {
        self.in_repository(repository, |world, id| world.dismiss_review(id, number, review));
    }

    /// Answers in a thread of a pull request's diff, which its first comment names; gives the answer's id.
    pub fn reply(
        &self,
        repository: &str,
        number: u64,
        first: u64,
        author: &str,
        body: &str,
    ) -> u64 {
        self.in_repository(repository, |world, id| {
            let found = world.pull(id, number).and_then(|p| p.review_comments.get(&first)).cloned();
            let first = found.unwrap_or_else(|| panic!("#{number} has no review comment {first}"));
            let reply_to = Some(first.id);
            world.speak(id, number, author, body, ReviewComment { reply_to, ..first })
        })
    }

    /// Comments on a file of a pull request as a whole; gives the comment's id.
    pub fn comment_on_file(
        &self,
        repository: &str,
        number: u64,
        path: &str,
        author: &str,
        body: &str,
    ) -> u64 {
        self.in_repository(repository, |world, id| {
            let commit = world.pull(id, number).map_or(Sha::ZERO, |p| p.head);
            let now = world.now();
            let comment = ReviewComment {
                id: 0,
                review: 0,
                reply_to: None,
                author: None,
                body: String::new(),
                path: path.to_owned(),
                line: None,
                start_line: None,
                side: Side::Right,
                diff_hunk: String::new(),
                commit,
                created_at: now,
                updated_at: now,
                reactions: Vec::new(),
                minimized: None,
            };
            world.speak(id, number, author, body, comment)
        })
    }

    /// Resolves a thread, which its first comment names, or opens it again.
    pub fn resolve(&self, repository: &str, number: u64, first: u64, who: &str, resolved: bool) {
        self.in_repository(repository, |world, id| {
            let Some(pull) = world.pull_mut(id, number) else { return };
            if resolved {
                pull.resolved.insert(first, who.to_owned());
            } else {
                pull.resolved.remove(&first);
            }
        });
    }

    /// Deletes an account: what it wrote stays, without an author.
    pub fn delete_user(&self, login: &str) {
        let mut world = self.world();
        world.users.remove(&login.to_lowercase());
        for repository in world.repositories.values_mut() {
            for comment in repository.comments.values_mut() {
                comment.author.take_if(|a| a.eq_ignore_ascii_case(login));
            }
            for pull in repository.pulls.values_mut() {
                for review in pull.reviews.values_mut() {
                    review.author.take_if(|a| a.eq_ignore_ascii_case(login));
                }
                for comment in pull.review_comments.values_mut() {
                    comment.author.take_if(|a| a.eq_ignore_ascii_case(login));
                }
            }
        }
    }

    /// Presses "Re-run" of one check.
    pub fn rerequest_check(&self, repository: &str, check_run: u64) {
        self.in_repository(repository, |world, id| {
            world.emit_check_run(id, check_run, "rerequested");
        });
    }

    /// Presses "Re-run all checks".
    pub fn rerequest_all_checks(&self, repository: &str, head: Sha) {
        self.in_repository(repository, |world, id| world.emit_suite(id, head, "rerequested"));
    }

    /// Presses a button of a check.
    pub fn request_action(&self, repository: &str, check_run: u64, identifier: &str, who: &str) {
        self.in_repository(repository, |world, id| {
            world.ensure_user(who, Kind::User);
            let Some(r) = world.repository(id) else { return };
            let Some(run) = r.check_runs.get(&check_run) else { return };
            let body = json!({
                "check_run": world.check_run_json(r, run),
                "requested_action": { "identifier": identifier },
            });
            let (name, action) = ("check_run", "requested_action");
            world.emit(Event { name, action, repository: id, sender: who, body });
        });
    }

    /// A completed check that another App made.
    pub fn foreign_check(
        &self,
        repository: &str,
        head: Sha,
        app: u64,
        name: &str,
        conclusion: &str,
    ) -> u64 {
        self.in_repository(repository, |world, repository| {
            let suite = world.ensure_suite(repository, app, head);
            let (id, now) = (world.new_id(), world.now());
            let run = CheckRun {
                id,
                suite,
                app_id: app,
                name: name.to_owned(),
                head,
                status: "completed".to_owned(),
                conclusion: Some(conclusion.to_owned()),
                external_id: None,
                details_url: None,
                started_at: now,
                completed_at: Some(now),
                title: None,
                summary: None,
                text: None,
                annotations: Vec::new(),
                actions: Vec::new(),
            };
            if let Some(r) = world.repositories.get_mut(&repository) {
                r.check_runs.insert(id, run);
            }
            world.emit_check_run(repository, id, "completed");
            id
        })
    }
}

impl World {
    /// Adds a comment at the place of another, as a review of its own.
    fn speak(
        &mut self,
        repository: u64,
        number: u64,
        author: &str,
        body: &str,
        at: ReviewComment,
    ) -> u64 {
        let (state, commit, now) = (ReviewState::Commented, at.commit, self.now());
        let comment = ReviewComment {
            review: self.add_review(repository, number, author, state, "", commit),
            id: self.new_id(),
            author: Some(author.to_owned()),
            body: body.to_owned(),
            created_at: now,
            updated_at: now,
            ..at
        };
        self.add_review_comment(repository, number, comment)
    }
}

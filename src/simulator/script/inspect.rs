//! What tests look at.

use crate::simulator::Simulator;
use crate::simulator::log::RecordedRequest;
use crate::simulator::state::check::{Annotation, CheckRun};
use crate::simulator::state::conversation::{Review, ReviewComment};
use crate::simulator::state::git::Sha;

/// A check run as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRunView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The commit that it speaks of.
    pub head: Sha,
    /// `queued`, `in_progress`, `completed`.
    pub status: String,
    /// `success`, `failure`, ….
    pub conclusion: Option<String>,
    /// One line.
    pub title: Option<String>,
    /// Markdown.
    pub summary: Option<String>,
    /// Markdown.
    pub text: Option<String>,
    /// In the order in which they came.
    pub annotations: Vec<Annotation>,
    /// The mark of who made it.
    pub external_id: Option<String>,
    /// Page with the details.
    pub details_url: Option<String>,
    /// The App that made it.
    pub app_id: u64,
    /// Identifiers of its buttons.
    pub actions: Vec<String>,
}

impl CheckRunView {
    fn of(run: &CheckRun) -> Self {
        Self {
            id: run.id,
            name: run.name.clone(),
            head: run.head,
            status: run.status.clone(),
            conclusion: run.conclusion.clone(),
            title: run.title.clone(),
            summary: run.summary.clone(),
            text: run.text.clone(),
            annotations: run.annotations.clone(),
            external_id: run.external_id.clone(),
            details_url: run.details_url.clone(),
            app_id: run.app_id,
            actions: run
                .actions
                .iter()
                .filter_map(|a| a.get("identifier")?.as_str().map(str::to_owned))
                .collect(),
        }
    }
}

/// A comment as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentView {
    /// Its id.
    pub id: u64,
    /// None when the account was deleted.
    pub author: Option<String>,
    /// Markdown.
    pub body: String,
    /// For a comment in the diff: the file.
    pub path: Option<String>,
    /// For a comment on a line: the line.
    pub line: Option<u64>,
    /// For a comment on several lines: the first.
    pub start_line: Option<u64>,
    /// For a comment in the diff: whether its thread is resolved.
    pub resolved: bool,
    /// Who reacted, and how: `(login, eyes)`.
    pub reactions: Vec<(String, String)>,
    /// Why it is hidden, when it is.
    pub minimized: Option<String>,
}

impl Simulator {
    /// All check runs of a commit, oldest first.
    pub fn check_runs(&self, repository: &str, head: Sha) -> Vec<CheckRunView> {
        let mut runs = self.all_check_runs(repository);
        runs.retain(|run| run.head == head);
        runs
    }

    /// All check runs of a repository, oldest first.
    pub fn all_check_runs(&self, repository: &str) -> Vec<CheckRunView> {
        self.in_repository(repository, |world, id| {
            world
                .repository(id)
                .map(|r| r.check_runs.values().map(CheckRunView::of).collect())
                .unwrap_or_default()
        })
    }

    /// Annotations of a check run, in the order in which they came.
    pub fn annotations(&self, repository: &str, check_run: u64) -> Vec<Annotation> {
        self.all_check_runs(repository)
            .into_iter()
            .find(|run| run.id == check_run)
            .map(|run| run.annotations)
            .unwrap_or_default()
    }

    /// Comments in the conversation of an issue or pull request, oldest first.
    pub fn comments(&self, repository: &str, number: u64) -> Vec<CommentView> {
        self.in_repository(repository, |world, id| {
            let Some(r) = world.repository(id) else { return Vec::new() };
            r.comments
                .values()
                .filter(|c| c.number == number)
                .map(|c| CommentView {
                    id: c.id,
                    author: c.author.clone(),
                    body: c.body.clone(),
                    path: None,
                    line: None,
                    start_line: None,
                    resolved: false,
                    reactions: c
                        .reactions
                        .iter()
                        .map(|r| (r.user.clone(), r.content.clone()))
                        .collect(),
                    minimized: c.minimized.clone(),
                })
                .collect()
        })
    }

    /// Comments in the diff of a pull request, oldest first.
    pub fn review_comments(&self, repository: &str, number: u64) -> Vec<CommentView> {
        self.in_repository(repository, |world, id| {
            let Some(pull) = world.pull(id, number) else { return Vec::new() };
            let resolved =
                |c: &ReviewComment| pull.resolved.contains_key(&c.reply_to.unwrap_or(c.id));
            pull.review_comments
                .values()
                .map(|c| CommentView {
                    id: c.id,
                    author: c.author.clone(),
                    body: c.body.clone(),
                    path: Some(c.path.clone()),
                    line: c.line,
                    start_line: c.start_line,
                    resolved: resolved(c),
                    reactions: c
                        .reactions
                        .iter()
                        .map(|r| (r.user.clone(), r.content.clone()))
                        .collect(),
                    minimized: c.minimized.clone(),
                })
                .collect()
        })
    }

    /// Reviews of a pull request, oldest first: author, state in upper case, text.
    pub fn reviews(&self, repository: &str, number: u64) -> Vec<(Option<String>, String, String)> {
        self.in_repository(repository, |world, id| {
            let view = |r: &Review| (r.author.clone(), r.state.name().to_owned(), r.body.clone());
            world
                .pull(id, number)
                .map(|p| p.reviews.values().map(view).collect())
                .unwrap_or_default()
        })
    }

    /// The calls since the start, or since [`Simulator::clear_requests`].
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.world().log.requests.clone()
    }

    /// Forgets the calls so far.
    pub fn clear_requests(&self) {
        self.world().log.clear();
    }

    /// What was asked that GitHub would ignore or not understand: empty for a good client.
    pub fn violations(&self) -> Vec<String> {
        self.world().log.violations.clone()
    }
}

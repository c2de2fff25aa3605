//! One story: the real server beside a simulated GitHub, with signed webhooks between them.

use std::net::SocketAddr;
use std::time::Duration;

use ep_bot::bot::{Clock, Dice, Pace, Recovery, Tries};
use ep_bot::github::AppConfig;
use ep_bot::simulator::{Change, CheckRunView, RecordedRequest, Sha, Simulator};
use ep_bot::store::Store;
use ep_bot::web::{Server, Settings, WEBHOOK_PATH};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::contract;

/// The repository that every story plays in.
pub(crate) const REPO: &str = "example-org/enhancements";

/// The check's name, which branch rules require: written out, so that nobody changes it in passing.
const CHECK: &str = "EP / production readiness";

/// What the App is told of, but for pushes: what a base branch gets has all pull requests into it reviewed anew, which
/// only the stories of recovery count on.
const EVENTS: &[&str] = &[
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "repository",
];

/// A story ends in this time, or has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A file of a commit: its path and its text, `None` when it is removed.
pub(crate) type File<'a> = (&'a str, Option<&'a str>);

pub(crate) struct Story {
    pub(crate) github: Simulator,
    server: Option<Server>,
    /// How the next server looks for what was missed; no story but those of recovery needs it.
    pub(crate) recovery: Option<Recovery>,
    /// The next server's database, where it is not a file of the story's own.
    pub(crate) database: Option<String>,
    /// How the next server's workers work.
    pub(crate) pace: Pace,
    /// What time the next server takes it to be.
    pub(crate) clock: Clock,
    /// The repository's number.
    pub(crate) repository: u64,
    /// Holds the database.
    folder: tempfile::TempDir,
}

/// Plays a story to its end. Then every exchange is held against GitHub's own description.
pub(crate) async fn tell(script: impl AsyncFnOnce(&mut Story)) {
    tell_within(PATIENCE, script).await;
}

/// The same for a story of many chapters.
pub(crate) async fn tell_within(patience: Duration, script: impl AsyncFnOnce(&mut Story)) {
    let whole = async {
        let mut story = Story::start().await;
        script(&mut story).await;
        story.settle().await;
        story.audit();
        story.stop().await;
        story.github.shutdown().await;
    };
    assert!(tokio::time::timeout(patience, whole).await.is_ok(), "the story does not end");
}

impl Story {
    async fn start() -> Self {
        let github = Simulator::start().await.expect("a free port");
        github.set_events(EVENTS);
        github.install("example-org");
        let repository = github.create_repository(REPO);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pace = Pace {
            tries: Tries {
                first: Duration::from_millis(20),
                longest: Duration::from_millis(60),
                ..Tries::default()
            },
            dice: Dice::seeded(7),
            ..Pace::default()
        };
        let (server, recovery, database, clock) = (None, None, None, Clock::default());
        let mut story =
            Self { github, server, recovery, database, pace, clock, repository, folder };
        story.serve().await;
        story
    }

    fn settings(&self) -> Settings {
        Settings {
            app: AppConfig {
                app_id: self.github.app_id(),
                private_key: self.github.private_key_pem().into(),
                api_url: self.github.api_url().to_owned(),
                graphql_url: None,
            },
            webhook_secrets: vec![self.github.webhook_secret().into()],
            database_url: self.url().into(),
            pace: self.pace.clone(),
            clock: self.clock.clone(),
            recovery: self.recovery.clone(),
        }
    }

    /// Starts a server on the story's database and sends the webhooks there.
    pub(crate) async fn serve(&mut self) {
        let server = self.replica().await;
        self.github.send_webhooks_to(&format!("http://{}{WEBHOOK_PATH}", server.addr()));
        self.server = Some(server);
    }

    /// Starts a server on the story's database to which no webhook is sent.
    pub(crate) async fn replica(&self) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Server::start(self.settings(), listener).await.expect("a server")
    }

    fn url(&self) -> String {
        let file = || format!("sqlite:{}", self.folder.path().join("ep-bot.db").display());
        self.database.clone().unwrap_or_else(file)
    }

    /// The server's database, to look into.
    pub(crate) async fn store(&self) -> Store {
        Store::open(&self.url()).await.expect("the server's database")
    }

    /// Ends the server at once, whatever it has in hand.
    pub(crate) fn kill(&mut self) {
        self.server = None;
    }

    /// Ends the server as a service manager does.
    pub(crate) async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.shutdown().await;
        }
    }

    /// Ends the server, deletes its database, and starts another with a new one.
    pub(crate) async fn forget(&mut self) {
        self.stop().await;
        self.folder = tempfile::tempdir().expect("a temporary folder");
        self.serve().await;
    }

    /// How much the server missed and found again.
    pub(crate) fn meter(&self) -> ep_bot::meter::Meter {
        self.server.as_ref().expect("a server runs").meter().clone()
    }

    /// The server's database, as another replica sees it.
    pub(crate) async fn database(&self) -> Store {
        let url = format!("sqlite:{}", self.folder.path().join("ep-bot.db").display());
        Store::open(&url).await.expect("the server's database")
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.as_ref().expect("a server runs").addr()
    }

    /// Waits until every webhook is delivered and what they ask for is answered.
    pub(crate) async fn settle(&self) {
        assert!(self.github.webhooks_sent(PATIENCE).await, "webhooks are not taken");
        if let Some(server) = &self.server {
            server.idle().await;
        }
        // What the bot writes has webhooks of its own, which change nothing.
        assert!(self.github.webhooks_sent(PATIENCE).await, "webhooks are not taken");
    }

    /// Waits until every webhook is delivered, while the server may go on with other things.
    pub(crate) async fn settle_webhooks(&self) {
        assert!(self.github.webhooks_sent(PATIENCE).await, "webhooks are not taken");
    }

    /// Waits until a commit has a check run, while other work may go on.
    pub(crate) async fn posted(&self, head: Sha) {
        // `tell` bounds it.
        while self.github.check_runs(REPO, head).is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Commits texts on a branch, which is made when there is none.
    pub(crate) fn commit(&self, branch: &str, files: &[File<'_>]) -> Sha {
        let changes: Vec<Change<'_>> =
            files.iter().map(|(path, text)| (*path, text.map(str::as_bytes))).collect();
        self.github.commit(REPO, branch, &changes, "Work on it")
    }

    /// Commits texts on a new branch and opens a pull request of it; waits for the answer.
    pub(crate) async fn propose(&self, files: &[File<'_>]) -> (u64, Sha) {
        let head = self.commit("idea", files);
        let number = self.github.open_pull_request(REPO, "idea");
        self.settle().await;
        (number, head)
    }

    /// The one check of a commit: it is ours and concluded.
    pub(crate) fn check(&self, head: Sha) -> CheckRunView {
        let mut runs = self.github.check_runs(REPO, head);
        let names: Vec<&str> = runs.iter().map(|run| run.name.as_str()).collect();
        assert_eq!(names, [CHECK], "one check on {head}");
        let run = runs.remove(0);
        assert_eq!((run.status.as_str(), run.app_id), ("completed", self.github.app_id()));
        run
    }

    /// How the one check of a commit concludes.
    pub(crate) fn conclusion(&self, head: Sha) -> String {
        self.check(head).conclusion.unwrap_or_default()
    }

    /// What was asked of GitHub, in order: the method and the last words of the path, or the query's name.
    pub(crate) fn asked(&self) -> Vec<String> {
        let name = |request: &RecordedRequest| {
            if let Some(operation) = &request.operation {
                return format!("query {operation}");
            }
            let template = request.template.unwrap_or(&request.path);
            let own = template.strip_prefix("/repos/{owner}/{repo}").unwrap_or(template);
            format!("{} {own}", request.method)
        };
        self.github.requests().iter().map(name).collect()
    }

    /// The same without the calls for tokens.
    pub(crate) fn asked_but_tokens(&self) -> Vec<String> {
        self.asked().into_iter().filter(|call| !call.ends_with("/access_tokens")).collect()
    }

    /// The same without the review comments: what a verdict alone costs.
    pub(crate) fn asked_for_the_check(&self) -> Vec<String> {
        let remark = |call: &String| call == "POST /pulls/{pull_number}/reviews";
        self.asked_but_tokens().into_iter().filter(|call| !remark(call)).collect()
    }

    /// Holds every exchange so far against GitHub's description. GraphQL is held against GitHub's schema by
    /// the simulator, whose refusals stand among its violations.
    fn audit(&self) {
        let mut problems = self.github.violations();
        for request in self.github.requests() {
            if request.template == Some("/graphql") {
                let refused = request.fault.is_none() && is_refused(&request.answer);
                problems.extend(refused.then(|| format!("GraphQL: {}", request.answer)));
                continue;
            }
            let exchange = contract::validate(
                &request.method,
                &request.path,
                &request.query,
                &request.body,
                request.status,
                &request.answer,
            );
            problems.extend(exchange.err().into_iter().flatten());
        }
        assert!(problems.is_empty(), "GitHub would not take this:\n{}", problems.join("\n"));
    }
}

/// Whether GraphQL complains of more than that the owner has no repository of defaults.
fn is_refused(answer: &Value) -> bool {
    let expected =
        |error: &Value| error["type"] == "NOT_FOUND" && error["path"] == json!(["defaults"]);
    answer["errors"].as_array().is_some_and(|errors| !errors.iter().all(expected))
}

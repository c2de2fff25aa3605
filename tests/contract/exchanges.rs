//! The bot and the simulator talk, and GitHub's contract listens: every request and every answer.

use std::time::Duration;

use ep_bot::bot::{Clock, Pace};
use ep_bot::github::AppConfig;
use ep_bot::simulator::{RecordedRequest, Simulator};
use ep_bot::web::{Server, Settings, WEBHOOK_PATH};
use tokio::net::TcpListener;

use crate::support::{contract, graphql};

const REPOSITORY: &str = "example-org/enhancements";

/// The whole exchange may take this long before it counts as hung. It takes about a second.
const PATIENCE: Duration = Duration::from_secs(60);

async fn start(github: &Simulator, folder: &tempfile::TempDir) -> Server {
    let settings = Settings {
        app: AppConfig {
            app_id: github.app_id(),
            private_key: github.private_key_pem().into(),
            api_url: github.api_url().to_owned(),
            graphql_url: None,
        },
        webhook_secrets: vec![github.webhook_secret().into()],
        database_url: format!("sqlite:{}", folder.path().join("ep-bot.db").display()).into(),
        pace: Pace::default(),
        clock: Clock::default(),
        recovery: None,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback is there");
    Server::start(settings, listener).await.expect("the server starts")
}

/// What breaks the contract, in REST and in GraphQL.
fn complaints(requests: &[RecordedRequest]) -> Vec<String> {
    let (graph, rest): (Vec<_>, Vec<_>) =
        requests.iter().partition(|request| request.graphql.is_some());
    let texts: Vec<&str> = graph.iter().filter_map(|request| request.graphql.as_deref()).collect();
    let rest = rest.into_iter().filter_map(|r| {
        contract::validate(&r.method, &r.path, &r.query, &r.body, r.status, &r.answer).err()
    });
    graphql::validate_all(&texts).into_iter().chain(rest).flatten().collect()
}

/// A proposal with so many gaps that its annotations need more than one request.
fn proposal() -> String {
    let gaps = "- [ ] an item TBD\n\n## A part\n\nTODO\n\n".repeat(120);
    format!("# EP-0001: Gaps\n\n## Status\n\nimplementable\n\n{gaps}")
}

#[tokio::test]
async fn every_exchange_of_a_review_keeps_githubs_contract() {
    let github = Simulator::start().await.expect("the simulator starts");
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let server = start(&github, &folder).await;
    github.install("example-org");
    github.create_repository(REPOSITORY);
    github.send_webhooks_to(&format!("http://{}{WEBHOOK_PATH}", server.addr()));

    let files = [
        ("gaps", "enhancements/EP-0001-gaps.md", proposal()),
        ("notes", "docs/a note #1.txt", "no proposal\n".to_owned()),
    ];
    let mut heads = Vec::new();
    for (branch, path, text) in &files {
        heads.push(github.commit(
            REPOSITORY,
            branch,
            &[(path, Some(text.as_bytes()))],
            "Propose it",
        ));
        github.open_pull_request(REPOSITORY, branch);
    }
    assert!(github.webhooks_sent(PATIENCE).await, "the webhooks are not taken");
    tokio::time::timeout(PATIENCE, server.idle()).await.expect("the bot comes to rest");
    tokio::time::timeout(PATIENCE, server.shutdown()).await.expect("the server stops in time");

    for head in heads {
        let runs = github.check_runs(REPOSITORY, head);
        assert_eq!(runs.len(), 1, "one check for each head: {runs:?}");
        assert!(runs[0].conclusion.is_some(), "concluded: {runs:?}");
    }
    let requests = github.requests();
    let patched = requests.iter().any(|request| request.method == "PATCH");
    assert!(patched, "the annotations were meant to need several requests");
    let complaints = complaints(&requests);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert_eq!(github.violations(), Vec::<String>::new());
    github.shutdown().await;
}

//! The bot and the simulator talk, and GitHub's contract listens: every request and every answer.

use std::time::Duration;

use ep_bot::bot::{Clock, Pace};
use ep_bot::github::AppConfig;
use ep_bot::simulator::{Change, RecordedRequest, ReviewState, Role, Simulator};
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

/// Waits until everything is answered.
async fn rest(github: &Simulator, server: &Server) {
    assert!(github.webhooks_sent(PATIENCE).await, "the webhooks are not taken");
    tokio::time::timeout(PATIENCE, server.idle()).await.expect("the bot comes to rest");
    assert!(github.webhooks_sent(PATIENCE).await, "the webhooks are not taken");
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
    rest(&github, &server).await;
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

/// Every call of a conversation: comments at lines and on a file, answers in threads, resolved and opened again, an
/// edited summary, commands, reactions, hidden answers, approvals of a team and of who can push, requested reviews.
#[tokio::test]
async fn every_exchange_of_a_conversation_keeps_githubs_contract() {
    const EP: &str = "enhancements/EP-0001-gaps.md";
    const POLICY: &str = ".github/ep-bot.yml";
    let github = Simulator::start().await.expect("the simulator starts");
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let server = start(&github, &folder).await;
    github.install("example-org");
    github.create_repository(REPOSITORY);
    github.send_webhooks_to(&format!("http://{}{WEBHOOK_PATH}", server.addr()));
    github.set_team("example-org", "prr", &["carol"]);
    github.set_role(REPOSITORY, "alice", Role::Write);
    let commit = |branch: &str, files: &[(&str, &str)]| {
        let changes: Vec<Change<'_>> =
            files.iter().map(|(path, text)| (*path, Some(text.as_bytes()))).collect();
        github.commit(REPOSITORY, branch, &changes, "Work on it")
    };
    let say = async |number: u64, who: &str, body: &str| {
        let comment = github.comment(REPOSITORY, number, who, body);
        rest(&github, &server).await;
        comment
    };

    let policy = "prr: {approvers: [example-org/prr, alice], request_reviews: true}\n";
    commit("main", &[(POLICY, policy)]);
    let questionnaire = "\n## Production Readiness Review Questionnaire\n\nIt is small.\n";
    let staged = proposal().replace("implementable", "staged") + questionnaire;
    commit("gaps", &[(EP, &staged)]);
    let number = github.pull_request(REPOSITORY, "gaps").author("dora").open();
    rest(&github, &server).await;
    let comments =
        ["/ep-status", "/ep-status all", "/ep-help", "/ep-check", "/ep-statsu", "/ep-status"];
    for command in comments {
        say(number, "bob", command).await;
    }
    say(number, "carol", "/ep-waive jira-missing because it is a test").await;
    let asked = say(number, "alice", "/ep-question Who is called at night?").await;
    github.edit_comment(REPOSITORY, asked, "alice", "/ep-question drop 1");
    let review = github.review(REPOSITORY, number, "carol", ReviewState::Approved, "");
    rest(&github, &server).await;
    github.dismiss_review(REPOSITORY, number, review);
    commit("gaps", &[(EP, &staged.replace("staged", "stagd"))]);
    rest(&github, &server).await;
    commit("gaps", &[(EP, &staged)]);
    rest(&github, &server).await;
    for run in github.all_check_runs(REPOSITORY).iter().take(1) {
        github.request_action(REPOSITORY, run.id, "explain", "bob");
        github.request_action(REPOSITORY, run.id, "recheck", "bob");
        github.rerequest_check(REPOSITORY, run.id);
        github.rerequest_all_checks(REPOSITORY, run.head);
        rest(&github, &server).await;
    }
    let issue = github.open_issue(REPOSITORY, "bob", "Where do we stand?");
    say(issue, "bob", "/ep-status 1\n/ep-check").await;

    commit("main", &[(EP, &proposal()), (POLICY, "comments: inline\n")]);
    commit("late", &[(EP, &staged)]);
    let late = github.pull_request(REPOSITORY, "late").author("dora").open();
    rest(&github, &server).await;
    say(late, "alice", "/ep-waive section-empty because it is a test").await;
    commit("main", &[(POLICY, "comments: summary\n")]);
    commit("late", &[(EP, &staged.replace("staged", "completed"))]);
    rest(&github, &server).await;
    commit("late", &[(EP, "# EP-0001: Gaps\n")]);
    rest(&github, &server).await;
    tokio::time::timeout(PATIENCE, server.shutdown()).await.expect("the server stops in time");

    let requests = github.requests();
    let made = |call: &str| {
        requests.iter().any(|request| {
            let name = request.operation.as_deref().or(request.template).unwrap_or_default();
            format!("{} {name}", request.method).ends_with(call)
        })
    };
    for call in [
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments",
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
        "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
        "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
        "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
        "GET /orgs/{org}/teams/{team_slug}/memberships/{username}",
        "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
        "POST Resolve",
        "POST Unresolve",
        "POST Minimize",
        "POST Issue",
    ] {
        assert!(made(call), "no call was {call}");
    }
    let complaints = complaints(&requests);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert_eq!(github.violations(), Vec::<String>::new());
    github.shutdown().await;
}

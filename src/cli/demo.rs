//! `ep-bot demo`: the whole way of a pull request, without GitHub, settings or network.
//!
//! A simulated GitHub and the real bot run in this process. What is printed is what a person would read on the
//! pull request.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use secrecy::SecretString;
use tokio::net::TcpListener;

use crate::bot::{Clock, Pace};
use crate::github::AppConfig;
use crate::proposal::Template;
use crate::review::Policy;
use crate::simulator::{CheckRunView, ReviewState, Role, Sha, Simulator};
use crate::web::{Server, Settings, WEBHOOK_PATH};

use super::{PASS, print};

/// Play the way of a pull request from a failing to a passing check, without GitHub, settings or network
#[derive(Debug, Args)]
pub(super) struct DemoArgs {}

const REPOSITORY: &str = "example-line/platform";
const BRANCH: &str = "offline-login";
const PATH: &str = "eps/EP-0012-guest-identity-offline-login.md";
const TITLE: &str = "Guest Identity with Offline Login";
const NUMBER: u64 = 12;

/// The same EP with its answers.
const ANSWERED: &str = include_str!("examples/EP-0012-guest-identity-offline-login.md");

/// How long the demo waits for the bot: far more than it needs.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn run(_args: &DemoArgs) -> anyhow::Result<u8> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(play())?;
    Ok(PASS)
}

async fn play() -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("a temporary folder")?;
    let github = Simulator::start().await?;
    github.install("example-line");
    github.create_repository(REPOSITORY);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let settings = Settings {
        app: AppConfig {
            app_id: github.app_id(),
            private_key: SecretString::from(github.private_key_pem()),
            api_url: github.api_url().to_owned(),
            graphql_url: None,
        },
        webhook_secrets: vec![SecretString::from(github.webhook_secret())],
        database_url: SecretString::from(format!(
            "sqlite:{}",
            folder.path().join("demo.db").display()
        )),
        pace: Pace::default(),
        clock: Clock::default(),
        recovery: None,
    };
    let server = Server::start(settings, listener).await?;
    github.send_webhooks_to(&format!("http://{}{WEBHOOK_PATH}", server.addr()));

    print(&format!(
        "A simulated GitHub runs at {}, ep-bot at http://{}.\n\
         Both are in this process; no network, no settings.\n",
        github.api_url(),
        server.addr()
    ))?;

    heading("1. A pull request adds an EP that is fresh from the template")?;
    let fresh = super::new::fill(Template::built_in(), &Policy::default(), NUMBER, TITLE);
    let head = github.commit(
        REPOSITORY,
        BRANCH,
        &[(PATH, Some(fresh.as_bytes()))],
        "Propose the offline login",
    );
    let number = github.open_pull_request(REPOSITORY, BRANCH);
    print(&format!("#{number} {TITLE}: {PATH} at {}\n", short(head)))?;
    let check = concluded(&github, &server, head).await?;
    show(&check)?;
    if check.conclusion.as_deref() != Some("failure") {
        bail!("the fresh EP was expected to fail; this is a defect of ep-bot");
    }

    heading("2. The author commits the answers")?;
    let head = github.commit(
        REPOSITORY,
        BRANCH,
        &[(PATH, Some(ANSWERED.as_bytes()))],
        "Answer the review",
    );
    print(&format!("#{number} {TITLE}: {PATH} at {}\n", short(head)))?;
    let check = concluded(&github, &server, head).await?;
    show(&check)?;
    if check.conclusion.as_deref() != Some("failure") {
        bail!("the EP was expected to wait for its approval; this is a defect of ep-bot");
    }

    heading("3. Somebody asks in a comment, and an approver approves")?;
    github.set_role(REPOSITORY, "alice", Role::Write);
    github.comment(REPOSITORY, number, "alice", "/ep-status");
    settled(&github, &server).await?;
    print(&format!("alice wrote `/ep-status`, and {} answered:\n\n", github.app_login()))?;
    let comments = github.comments(REPOSITORY, number);
    for line in readable(comments.last().map_or("", |comment| &comment.body)) {
        print(&format!("  │ {line}\n"))?;
    }
    github.review(REPOSITORY, number, "alice", ReviewState::Approved, "Read it all.");
    let check = concluded(&github, &server, head).await?;
    print("\nalice approved the pull request.\n\n")?;
    show(&check)?;
    if check.conclusion.as_deref() != Some("success") {
        bail!("the approved EP was expected to pass; this is a defect of ep-bot");
    }

    let requests = github.requests().len();
    server.shutdown().await;
    github.shutdown().await;
    print(&format!(
        "\nThe bot made {requests} requests to GitHub for the two commits, the comment and the approval.\n\n\
         Next:\n  \
         ep-bot new \"Your idea\"       start an EP of your own\n  \
         ep-bot check eps/            see what it lacks, before anybody else does\n  \
         README.md, Install the App   let every pull request be checked\n"
    ))
}

fn heading(text: &str) -> anyhow::Result<()> {
    let bold = anstyle_bold();
    print(&format!("\n{bold}{text}{bold:#}\n\n"))
}

const fn anstyle_bold() -> clap::builder::styling::Style {
    clap::builder::styling::Style::new().bold()
}

fn short(sha: Sha) -> String {
    sha.to_string().chars().take(7).collect()
}

/// Waits until everything is answered.
async fn settled(github: &Simulator, server: &Server) -> anyhow::Result<()> {
    let answered = async {
        github.webhooks_sent(PATIENCE).await;
        server.idle().await;
    };
    tokio::time::timeout(PATIENCE, answered).await.context("the bot gave no answer in time")
}

/// Waits for the commit's concluded check.
async fn concluded(github: &Simulator, server: &Server, head: Sha) -> anyhow::Result<CheckRunView> {
    settled(github, server).await?;
    // The newest one counts.
    github
        .check_runs(REPOSITORY, head)
        .into_iter()
        .rev()
        .find(|run| run.status == "completed")
        .context("the bot posted no check")
}

/// A check as a person reads it on the pull request: verdict, summary, annotations.
fn show(check: &CheckRunView) -> anyhow::Result<()> {
    let failed = check.conclusion.as_deref() != Some("success");
    let (mark, color) = if failed {
        ("✗", clap::builder::styling::AnsiColor::Red)
    } else {
        ("✓", clap::builder::styling::AnsiColor::Green)
    };
    let style = color.on_default().bold();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{style}{mark} {}{style:#}  {}\n",
        check.name,
        check.title.as_deref().unwrap_or_default()
    );
    for line in readable(check.summary.as_deref().unwrap_or_default()) {
        let _ = writeln!(out, "  │ {line}");
    }
    if !check.annotations.is_empty() {
        let _ = writeln!(out, "\n  Annotations, in the diff at their lines:\n");
    }
    for annotation in &check.annotations {
        let first = annotation.message.lines().next().unwrap_or_default();
        let _ = writeln!(
            out,
            "  {:7} {}:{}  {}\n          {first}",
            annotation.level,
            annotation.path,
            annotation.start_line,
            annotation.title.as_deref().unwrap_or_default(),
        );
    }
    print(&out)
}

/// Markdown with its folds as GitHub shows them closed: the line that opens one, not what lies in it.
fn readable(markdown: &str) -> Vec<String> {
    let mut folded = 0_usize;
    let mut lines: Vec<String> = Vec::new();
    for line in markdown.lines().filter(|line| !line.starts_with("<!--")) {
        if line.contains("<details>") {
            folded += 1;
        }
        if let Some((_, title)) = line.split_once("<summary>")
            && folded == 1
        {
            let title = title.split("</summary>").next().unwrap_or_default();
            lines.push(format!("▸ {}", plain(title)));
        } else if folded == 0 && !(line.is_empty() && lines.last().is_none_or(String::is_empty)) {
            lines.push(plain(line));
        }
        if line.contains("</details>") {
            folded = folded.saturating_sub(1);
        }
    }
    lines
}

/// A line without the marks that only a renderer needs.
fn plain(line: &str) -> String {
    let line = line.replace("**", "").replace("<code>", "`").replace("</code>", "`");
    line.replace("<strong>", "")
        .replace("</strong>", "")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

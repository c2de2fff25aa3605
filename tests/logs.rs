//! What `ep-bot serve` logs, as a process of its own, with everything switched on: enough to find one's way, and no
//! secret and no word of an EP, a policy or a comment.

#![cfg(unix)]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ep_bot::simulator::{Fault, Match, Simulator, signature};
use ep_bot::web::WEBHOOK_PATH;
use serde_json::Value;
use tempfile::TempDir;

const REPO: &str = "example-org/enhancements";
const CHECK_RUNS: &str = "/repos/{owner}/{repo}/check-runs";
const PATIENCE: Duration = Duration::from_secs(20);

/// A word that stands in everything that must not be logged.
const CANARY: &str = "zzyzxcanary";

struct Running {
    child: Child,
    url: String,
    log: std::path::PathBuf,
}

impl Running {
    fn start(github: &Simulator, folder: &Path, levels: &str) -> Self {
        let log = folder.join("log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_ep-bot"))
            .arg("serve")
            .current_dir(folder)
            .env_clear()
            .env("GITHUB_APP_ID", github.app_id().to_string())
            .env("GITHUB_APP_PRIVATE_KEY", github.private_key_pem())
            .env("GITHUB_WEBHOOK_SECRET", github.webhook_secret())
            .env("GITHUB_API_URL", github.api_url())
            .env("EP_BOT_LISTEN", "127.0.0.1:0")
            .env("RUST_LOG", levels)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a file"))
            .spawn()
            .expect("ep-bot starts");
        let mut first = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut first).expect("a line");
        let url = first.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("no address: {first}")).to_owned();
        Self { child, url, log }
    }

    /// Ends it as a service manager does; gives what it logged.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(told.success());
        let end = Instant::now() + PATIENCE;
        while self.child.try_wait().expect("a state").is_none() {
            assert!(Instant::now() < end, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        std::fs::read_to_string(&self.log).expect("the log")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone, most of the time.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn until(what: &str, happened: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !happened() {
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Pushes, comments, breaks the policy, fails at GitHub, and knocks as a stranger; each with the word in it.
async fn story(github: &Simulator, url: &str) {
    let ep = format!("# EP-0007: {CANARY} gateway\n\n## Summary\n\n{CANARY} @{CANARY}\n");
    let path = format!("enhancements/EP-0007-{CANARY}.md");
    let head = github.commit(REPO, "idea", &[(&path, Some(ep.as_bytes()))], CANARY);
    github.fault(Match::rest("POST", CHECK_RUNS), Fault::bad_gateway(), 1);
    let number = github.open_pull_request(REPO, "idea");
    until("the check is posted", || !github.check_runs(REPO, head).is_empty()).await;
    github.comment(
        REPO,
        number,
        "alice",
        &format!("/ep-status\n/ep-waive {CANARY} because {CANARY}"),
    );
    until("the comment is answered", || github.comments(REPO, number).len() > 1).await;
    let policy = format!("{CANARY}: [\n");
    github.commit(REPO, "main", &[(".github/ep-bot.yml", Some(policy.as_bytes()))], "Break it");
    let next =
        github.commit(REPO, "idea", &[(&path, Some(format!("{ep}more\n").as_bytes()))], "More");
    until("the next check is posted", || !github.check_runs(REPO, next).is_empty()).await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let body = format!("{{\"action\":\"{CANARY}\",\"x\":\"{CANARY}\"}}");
    for secret in ["a stranger's".to_owned(), github.webhook_secret()] {
        for event in [CANARY, "pull_request"] {
            let sent = client
                .post(format!("{url}{WEBHOOK_PATH}"))
                .header("x-github-event", event)
                .header("x-github-delivery", "knock")
                .header("x-hub-signature-256", signature(&secret, body.as_bytes()))
                .body(body.clone());
            sent.send().await.expect("an answer");
        }
    }
    for path in ["/metrics", "/readyz", "/nowhere"] {
        client.get(format!("{url}{path}")).send().await.expect("an answer");
    }
    assert!(github.webhooks_sent(PATIENCE).await, "webhooks are sent");
}

async fn logged(levels: &str) -> (String, Vec<String>) {
    let github = Simulator::start().await.expect("a free port");
    github.install("example-org");
    github.create_repository(REPO);
    let folder: TempDir = tempfile::tempdir().expect("a folder");
    let running = Running::start(&github, folder.path(), levels);
    github.send_webhooks_to(&format!("{}{WEBHOOK_PATH}", running.url));
    story(&github, &running.url).await;
    let log = tokio::task::spawn_blocking(|| running.stop()).await.expect("it ends");
    let pem = github.private_key_pem();
    let mut secrets: Vec<String> = pem
        .lines()
        .filter(|line| line.len() > 40 && !line.contains("-----"))
        .map(str::to_owned)
        .collect();
    secrets.push(github.webhook_secret());
    (log, secrets)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_logged_no_secret_and_no_word_of_an_ep_is() {
    for levels in
        ["debug", "trace,octocrab=trace,hyper=trace,h2=trace,sqlx=trace,rustls=trace,tower=trace"]
    {
        let (log, secrets) = logged(levels).await;
        assert!(log.lines().count() > 10, "{log}");
        for line in log.lines() {
            let found = line.contains(CANARY);
            assert!(!found, "{levels}: a word of an EP: {line}");
            for hidden in
                secrets.iter().map(String::as_str).chain(["ghs_", "Bearer ", "PRIVATE KEY"])
            {
                assert!(!line.contains(hidden), "{levels}: a secret: {line}");
            }
            // The App's own tokens.
            assert!(!line.contains("eyJ"), "{levels}: a token: {line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_is_one_json_object_that_says_what_it_is_about() {
    let (log, _) = logged("info").await;
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    let with = |message: &str| -> Vec<&Value> {
        lines.iter().filter(|line| line["message"] == message).collect()
    };
    let taken = with("took a delivery");
    assert!(!taken.is_empty(), "{log}");
    for line in taken {
        assert!(line["delivery"].as_str().is_some_and(|guid| guid.len() == 36), "{line}");
        assert_eq!(line["repository"], REPO, "{line}");
        assert!(line["installation"].is_u64() && line["number"].is_u64(), "{line}");
        assert!(line["event"].is_string() && line["commit"].is_string(), "{line}");
    }
    for message in ["the check is concluded", "a try failed"] {
        let found = with(message);
        assert!(!found.is_empty(), "{message}: {log}");
        for line in found {
            let span = &line["span"];
            assert_eq!(span["repository"], REPO, "{line}");
            assert!(span["installation"].is_u64() && span["pull_request"].is_u64(), "{line}");
            assert!(span["delivery"].as_str().is_some_and(|guid| guid.len() == 36), "{line}");
        }
    }
    let concluded = with("the check is concluded");
    assert!(concluded.iter().all(|l| l["commit"].as_str().is_some_and(|c| c.len() == 40)), "{log}");
    // One failed answer of GitHub's is one line.
    let failed = |line: &&Value| line["error"].as_str().is_some_and(|error| error.contains("502"));
    assert_eq!(lines.iter().filter(failed).count(), 1, "{log}");
    let refused = with("a delivery was refused");
    assert_eq!(refused.len(), 3, "{log}");
    assert!(refused.iter().all(|line| line["delivery"] == "knock"), "{log}");
}

//! What the server costs: memory of an idle `ep-bot serve`, and the time from a pull request's webhook to
//! its check, beside a simulated GitHub on the same machine.
//!
//! `cargo bench --bench server` prints both; the aims are 15 MB and a median of 25 ms.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ep_bot::proposal::Template;
use ep_bot::simulator::Simulator;
use ep_bot::web::WEBHOOK_PATH;

const REPO: &str = "example-org/enhancements";
const READY: &str = include_str!("../../src/cli/examples/EP-0007-ship-edge-gateway.md");

/// How many pull requests are timed.
const PULL_REQUESTS: usize = 100;

/// Before them, so that the token is there and the connections stand.
const WARM_UP: usize = 10;

/// Nothing takes longer, or is broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// `ep-bot serve`; killed when it is dropped.
struct Served {
    process: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    /// Starts the built program and waits until it listens.
    fn start(github: &Simulator, folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_ep-bot"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("GITHUB_APP_ID", github.app_id().to_string())
            .env("GITHUB_APP_PRIVATE_KEY", github.private_key_pem())
            .env("GITHUB_WEBHOOK_SECRET", github.webhook_secret())
            .env("GITHUB_API_URL", github.api_url())
            .env("DATABASE_URL", format!("sqlite:{}", folder.join("ep-bot.db").display()))
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("ep-bot starts");
        let mut first = String::new();
        let stdout = process.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut first).expect("ep-bot says where it listens");
        let address = first.split_whitespace().find(|word| word.starts_with("http://"));
        let address = address.expect("ep-bot listens").to_owned();
        Self { process, address }
    }

    /// A size of the process in megabytes; none where there is no `/proc`.
    fn size(&self, what: &str) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(what))?;
        let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kib * 1024.0 / 1e6)
    }

    /// The rest of what is resident is pages of the program's own file, which the system takes back when it needs them.
    fn print_resident(&self, when: &str) {
        match (self.size("VmRSS:"), self.size("RssAnon:")) {
            (Some(all), Some(own)) => {
                println!("resident memory, {when}: {all:6.1} MB, of it data {own:6.1} MB");
            }
            _ => println!("resident memory, {when}: this system has no /proc"),
        }
    }
}

#[tokio::main]
async fn main() {
    let github = Simulator::start().await.expect("a free port");
    github.install("example-org");
    github.create_repository(REPO);
    // The bench asks for more in a minute than a repository gives in an hour.
    github.set_rate_limit(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let served = Served::start(&github, folder.path());
    github.send_webhooks_to(&format!("{}{WEBHOOK_PATH}", served.address));

    tokio::time::sleep(Duration::from_secs(1)).await;
    served.print_resident("idle (aim: below 15 MB)");

    let (_, rest) = Template::built_in().text.split_once('\n').expect("a first line");
    let unready = format!("# EP-0007: Ship to shore\n{rest}");
    let mut times = Vec::new();
    for round in 0..WARM_UP + PULL_REQUESTS {
        // Half of them have gaps.
        let text = if round % 2 == 0 { READY } else { unready.as_str() };
        let time = answered(&github, round, text).await;
        if round >= WARM_UP {
            times.push(time);
        }
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    println!("pull requests, one after another: {}", times.len());
    println!("webhook to check, median:  {:6.1} ms  (aim: below 25)", at(50));
    println!("webhook to check, 95 %:    {:6.1} ms", at(95));
    println!("webhook to check, longest: {:6.1} ms", at(100));
    served.print_resident("after them");
    let violations = github.violations();
    assert!(violations.is_empty(), "times of wrong calls say nothing: {violations:?}");
}

/// Opens a pull request with an EP of this text; the time until its check stands.
async fn answered(github: &Simulator, round: usize, text: &str) -> Duration {
    let branch = format!("idea-{round}");
    let files = [("enhancements/EP-0007-ship-edge-gateway.md", Some(text.as_bytes()))];
    github.commit(REPO, &branch, &files, "Propose");
    assert!(github.webhooks_sent(PATIENCE).await, "the push is not taken");
    // The list of calls stays short: to look at it costs the simulator next to nothing.
    github.clear_requests();
    let start = Instant::now();
    github.open_pull_request(REPO, &branch);
    loop {
        // What is said beside the check comes after it.
        let posted = github.requests().iter().any(|call| {
            call.template.is_some_and(|path| path.ends_with("/check-runs"))
                && call.status == Some(201)
        });
        if posted {
            return start.elapsed();
        }
        assert!(start.elapsed() < PATIENCE, "the check does not come");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

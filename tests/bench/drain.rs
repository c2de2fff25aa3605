//! A backlog: how fast 10,000 subjects are answered by one, two and three replicas that share a `PostgreSQL` database, and by
//! the one process on `SQLite`; and the memory of a real `ep-bot serve` with a backlog of 100,000, beside one with none.
//!
//! The job is a wait of 20 ms, as for GitHub: what is measured is how the worklist is shared. `cargo bench --bench drain`
//! prints ratios of one run.

#[path = "../support/postgres.rs"]
#[expect(dead_code, reason = "tests stop and restart the server, a bench does not")]
mod postgres;

use std::fs;
use std::num::NonZeroUsize;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ep_bot::bot::{Answer, Clock, Inbox, Job, Pace, Trouble, Workers};
use ep_bot::store::{Claimed, Kind, Priority, Store, Subject};
use jiff::Timestamp;

const BACKLOG: u64 = 10_000;
const LARGE: u64 = 100_000;
const REPOSITORIES: u64 = 50;
const WORKERS: usize = 16;

struct Wait(Arc<AtomicUsize>);

impl Job for Wait {
    async fn answer(&self, claimed: Claimed) -> Result<Answer, Trouble> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Answer::Settled { head: claimed.subject.head })
    }

    async fn explain(&self, _: Claimed, _: &Trouble) -> Result<(), Trouble> {
        Ok(())
    }
}

#[tokio::main]
async fn main() {
    println!(
        "{BACKLOG} subjects of {REPOSITORIES} repositories, {WORKERS} workers a replica, 20 ms each"
    );
    let server = postgres::Server::shared();
    let mut one = None;
    for replicas in 1..=3 {
        let url = server.database().await;
        let time = drain(&url, replicas).await;
        let alone = *one.get_or_insert(time);
        println!(
            "PostgreSQL, {replicas} replica(s): {:7.0} subjects/s, {:.2} times one replica",
            per_second(time),
            alone.as_secs_f64() / time.as_secs_f64()
        );
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let time = drain(&format!("sqlite:{}", folder.path().join("a.db").display()), 1).await;
    println!("SQLite, the one process:  {:7.0} subjects/s", per_second(time));
    memory().await;
}

fn per_second(time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let count = BACKLOG as f64;
    count / time.as_secs_f64()
}

async fn fill(store: &Store, count: u64) {
    let subjects: Vec<Subject> = (1..=count)
        .map(|number| Subject {
            kind: Kind::PullRequest,
            installation: 11,
            repository_id: number % REPOSITORIES,
            owner: "example-org".into(),
            name: format!("enhancements-{}", number % REPOSITORIES),
            number,
            priority: Priority::Interactive,
            head: Some(format!("{number:040x}")),
            base: None,
        })
        .collect();
    for chunk in subjects.chunks(1_000) {
        store.enqueue(chunk, Timestamp::now()).await.expect("enqueued");
    }
}

async fn drain(url: &str, replicas: usize) -> Duration {
    let store = Store::open(url).await.expect("a database");
    fill(&store, BACKLOG).await;
    let pace = Pace {
        workers: NonZeroUsize::new(WORKERS).unwrap_or(NonZeroUsize::MIN),
        ..Pace::default()
    };
    let done = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let mut running = Vec::new();
    for _ in 0..replicas {
        let store = Store::open(url).await.expect("the same database");
        let inbox = Inbox::new(store, Clock::default(), 7);
        running.push(Workers::start(inbox, Wait(Arc::clone(&done)), pace.clone()));
    }
    while done.load(Ordering::Relaxed) < usize::try_from(BACKLOG).unwrap_or(usize::MAX) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let time = start.elapsed();
    for workers in running {
        workers.stop(Duration::from_secs(5)).await;
    }
    assert_eq!(store.owed().await.ok(), Some(0), "each exactly once");
    time
}

/// `ep-bot serve`; killed when it is dropped.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The memory of a server with so much to do, a few seconds after its start. Nobody answers where it asks for GitHub.
async fn resident(backlog: u64) -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("ep-bot.db").display());
    let store = Store::open(&url).await.expect("a database");
    fill(&store, backlog).await;
    store.close().await;
    let github = ep_bot::simulator::Simulator::start().await.expect("a free port");
    let child = Command::new(env!("CARGO_BIN_EXE_ep-bot"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("GITHUB_APP_ID", github.app_id().to_string())
        .env("GITHUB_APP_PRIVATE_KEY", github.private_key_pem())
        .env("GITHUB_WEBHOOK_SECRET", github.webhook_secret())
        .env("GITHUB_API_URL", github.api_url())
        .env("DATABASE_URL", &url)
        .env("RUST_LOG", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("ep-bot starts");
    let served = Served(child);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let status = fs::read_to_string(format!("/proc/{}/status", served.0.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kib: f64 = line.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or(0.0);
    kib * 1024.0 / 1e6
}

async fn memory() {
    let (few, many) = (resident(REPOSITORIES).await, resident(LARGE).await);
    println!(
        "highest memory, backlog of {REPOSITORIES}: {few:.1} MB; of {LARGE}: {many:.1} MB; ratio {:.2} (aim: flat)",
        many / few
    );
}

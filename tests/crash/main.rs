//! The process ends at any moment, the database goes and comes back, replicas join and leave: no delivery is lost, no
//! check is stuck, nothing is said twice.
//!
//! The bot is the built program, its GitHub the simulator in this process. Chance decides what happens and when;
//! `EP_BOT_SEED=…` lets it fall the same way again, as far as the machine's own timing allows.

mod audit;
mod bustle;
mod replicas;
mod served;

#[path = "../support/postgres.rs"]
#[allow(dead_code, reason = "the store's tests need more of it")]
mod postgres;

use std::path::Path;
use std::time::{Duration, Instant};

use ep_bot::simulator::Simulator;
use ep_bot::store::Store;

use bustle::{Bustle, Pull};
use served::Served;

/// The repository in which everything happens.
const REPO: &str = "example-org/enhancements";

/// How often the only process is killed.
const KILLS: usize = 60;

/// A GitHub with one repository, and the repository's number.
async fn github() -> (Simulator, u64) {
    let github = Simulator::start().await.expect("a free port");
    github.install("example-org");
    let repository = github.create_repository(REPO);
    // More is asked in a minute than an installation may in an hour.
    github.set_rate_limit(10_000_000);
    (github, repository)
}

/// Where chance starts: told by the environment, else another each time.
fn seed() -> u64 {
    let told = std::env::var("EP_BOT_SEED").ok().and_then(|seed| seed.parse().ok());
    told.unwrap_or_else(|| fastrand::u64(..1_000_000_000))
}

/// Waits for the end of all work, and holds what stands on GitHub and in the database against what people did.
async fn settle(
    (github, repository): (&Simulator, u64),
    store: &Store,
    pulls: &[Pull],
    log: &Path,
    seed: u64,
) {
    let mut wrong: Vec<String> =
        audit::quiet(github, (store, repository), pulls).await.err().into_iter().collect();
    wrong.extend(audit::wrong(github, (store, repository), pulls).await);
    if !wrong.is_empty() {
        let kept = std::env::temp_dir().join(format!("ep-bot-crash-{seed}.log"));
        let copied = std::fs::copy(log, &kept).map(|_| kept);
        panic!("with EP_BOT_SEED={seed} (log: {copied:?}):\n{}", wrong.join("\n"));
    }
    let sent = github.deliveries();
    let taken = sent.iter().filter(|delivery| delivery.status_code == 202).count();
    println!("{} attempts to deliver, {taken} taken; {} pull requests", sent.len(), pulls.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_at_any_moment_loses_nothing_and_repeats_nothing() {
    let (seed, begun) = (seed(), Instant::now());
    println!("EP_BOT_SEED={seed}");
    let (github, repository) = github().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = format!("sqlite:{}", folder.path().join("ep-bot.db").display());
    let log = folder.path().join("log");
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut bustle = Bustle::new(&github, chance.fork());
    let mut served = Served::start(&github, &database, &log).await;
    github.send_webhooks_to(&served.hook());
    let killing = async {
        for _ in 0..KILLS {
            tokio::time::sleep(Duration::from_millis(chance.u64(20..900))).await;
            served.kill();
            served = Served::start(&github, &database, &log).await;
            github.send_webhooks_to(&served.hook());
            github.redeliver_failed();
            github.clear_requests();
        }
        served
    };
    let _served = tokio::select! {
        () = bustle.go_on() => unreachable!("people never stop by themselves"),
        served = killing => served,
    };
    println!("{KILLS} kills in {:.0} s", begun.elapsed().as_secs_f32());
    let store = Store::open(&database).await.expect("the same file");
    settle((&github, repository), &store, &bustle.pulls, &log, seed).await;
    println!("quiet after {:.0} s", begun.elapsed().as_secs_f32());
}

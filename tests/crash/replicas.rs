//! Several replicas on one `PostgreSQL`: they are killed, leave, join, are stopped past their lease; the database goes.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use ep_bot::simulator::{Fault, Gate, Match, Simulator};
use ep_bot::store::Store;
use sqlx::{Connection, Executor, PgConnection};

use super::bustle::Bustle;
use super::postgres::Server;
use super::served::Served;
use super::{REPO, audit, github, seed, settle};

/// How often one of the replicas is killed.
const KILLS: usize = 40;

/// How many there are most of the time.
const REPLICAS: usize = 3;

/// After so many kills all are dead at once.
const ALL_DEAD: usize = 14;

/// What every wait here is bounded by.
const PATIENCE: Duration = Duration::from_secs(30);

/// Replicas, and what they share.
struct Fleet<'g> {
    github: &'g Simulator,
    database: String,
    /// Where all of them log to.
    log: PathBuf,
    running: Vec<Served>,
}

impl Fleet<'_> {
    async fn join(&mut self) {
        let served = Served::start(self.github, &self.database, &self.log).await;
        self.running.push(served);
    }

    /// Sends webhooks to the next of those that run, as a load balancer does.
    fn balance(&self, turn: usize) {
        if let Some(served) = self.running.get(turn % self.running.len().max(1)) {
            self.github.send_webhooks_to(&served.hook());
        }
    }

    /// Kills all. What they held is taken up when their leases end.
    fn die(&mut self) {
        self.running.drain(..).for_each(Served::kill);
    }
}

async fn execute(database: &str, statement: &'static str) {
    let mut connection = PgConnection::connect(database).await.expect("the server answers");
    connection.execute(statement).await.expect("it is carried out");
    connection.close().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_are_killed_join_and_leave_lose_nothing_and_repeat_nothing() {
    let (seed, begun) = (seed(), Instant::now());
    println!("EP_BOT_SEED={seed}");
    let (github, repository) = github().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut bustle = Bustle::new(&github, chance.fork());
    let mut fleet = Fleet {
        github: &github,
        database: Server::shared().database().await,
        log: folder.path().join("log"),
        running: Vec::new(),
    };
    for _ in 0..REPLICAS {
        fleet.join().await;
    }
    fleet.balance(0);
    let killing = async {
        for kill in 1..=KILLS {
            for turn in 0..chance.usize(1..12) {
                fleet.balance(turn + kill);
                tokio::time::sleep(Duration::from_millis(chance.u64(10..90))).await;
            }
            let one = chance.usize(0..fleet.running.len());
            fleet.running.swap_remove(one).kill();
            if kill % ALL_DEAD == 0 {
                fleet.die();
            } else if chance.u8(0..5) == 0 && fleet.running.len() > 1 {
                fleet.running.swap_remove(0).leave().await;
            }
            let present = chance.usize(REPLICAS - 1..=REPLICAS + 1);
            while fleet.running.len() < present {
                fleet.join().await;
            }
            fleet.balance(kill);
            github.redeliver_failed();
            github.clear_requests();
        }
    };
    tokio::select! {
        () = bustle.go_on() => unreachable!("people never stop by themselves"),
        () = killing => {}
    }
    println!("{KILLS} kills in {:.0} s", begun.elapsed().as_secs_f32());
    fleet.die();
    for _ in 0..REPLICAS {
        fleet.join().await;
    }
    fleet.balance(0);
    let store = Store::open(&fleet.database).await.expect("the same database");
    settle((&github, repository), &store, &bustle.pulls, &fleet.log, seed).await;
    println!("quiet after {:.0} s", begun.elapsed().as_secs_f32());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_stopped_past_its_lease_says_nothing_twice_and_nothing_old() {
    let slow = Fault::Slow { pieces: 2, pause: Duration::from_secs(3) };
    let gate = Gate::new();
    for (at, fault) in [
        // Before the check is posted.
        (Match::graphql_operation("Texts"), Fault::Hold(gate.clone())),
        // When it stands, and the comments at lines do not.
        (Match::rest("POST", "/repos/{owner}/{repo}/check-runs"), slow),
    ] {
        let (github, repository) = github().await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut fleet = Fleet {
            github: &github,
            database: Server::shared().database().await,
            log: folder.path().join("log"),
            running: Vec::new(),
        };
        fleet.join().await;
        fleet.balance(0);
        github.fault(at.clone(), fault, 1);
        let mut bustle = Bustle::new(&github, fastrand::Rng::with_seed(7));
        bustle.open_unready();
        let begun = Instant::now();
        while !github.requests().iter().any(|asked| asked.fault.is_some()) {
            assert!(begun.elapsed() < PATIENCE, "the review comes so far");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fleet.running[0].stop();

        // Time passes, and the lease ends with it.
        let ended = "UPDATE subjects SET lease_until = 1, due_at = 1 WHERE lease_until IS NOT NULL";
        execute(&fleet.database, ended).await;
        fleet.join().await;
        fleet.balance(1);
        bustle.ask(0);
        let store = Store::open(&fleet.database).await.expect("the same database");
        audit::quiet(&github, (&store, repository), &bustle.pulls)
            .await
            .expect("the other takes over");
        let before = github.comments(REPO, 1).len() + github.review_comments(REPO, 1).len();

        // The first wakes up, and finds the answer that it was waiting for.
        gate.open();
        fleet.running[0].go_on();
        let told = || std::fs::read_to_string(&fleet.log).unwrap_or_default();
        let begun = Instant::now();
        while !told().contains("the lease had gone to another") {
            assert!(begun.elapsed() < PATIENCE, "it settles its claim: {}", told());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        audit::quiet(&github, (&store, repository), &bustle.pulls).await.expect("nothing is owed");
        let wrong = audit::wrong(&github, (&store, repository), &bustle.pulls).await;
        assert_eq!(wrong, [""; 0], "stopped at {at:?}");
        let after = github.comments(REPO, 1).len() + github.review_comments(REPO, 1).len();
        assert_eq!(before, after, "stopped at {at:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_restarts_is_missed_and_found_again() {
    let (github, repository) = github().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Server::start();
    let mut fleet = Fleet {
        github: &github,
        database: server.database().await,
        log: folder.path().join("log"),
        running: Vec::new(),
    };
    for _ in 0..2 {
        fleet.join().await;
    }
    fleet.balance(0);
    let mut bustle = Bustle::new(&github, fastrand::Rng::with_seed(11));
    tokio::select! {
        () = bustle.go_on() => unreachable!("people never stop by themselves"),
        () = tokio::time::sleep(Duration::from_secs(2)) => {}
    }
    tokio::task::block_in_place(|| server.stop());
    assert!(github.webhooks_sent(PATIENCE).await);
    let before = github.deliveries().len();
    bustle.open_unready();
    bustle.ask(0);
    assert_eq!(ready(&fleet.running[0]).await, 503);
    assert!(github.webhooks_sent(PATIENCE).await);
    let asked = github.deliveries().split_off(before).into_iter();
    // What asks for nothing is let be without the database.
    let asked = asked.filter(|d| matches!(&*d.event, "pull_request" | "issue_comment"));
    let statuses: Vec<u16> = asked.map(|delivery| delivery.status_code).collect();
    assert_eq!(
        statuses,
        [503, 503],
        "GitHub shows what was not taken, and sends it again when it is told to"
    );

    tokio::task::block_in_place(|| server.restart());
    let begun = Instant::now();
    for served in &fleet.running {
        while ready(served).await != 200 {
            assert!(begun.elapsed() < PATIENCE, "it heals by itself");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let store = Store::open(&fleet.database).await.expect("the same database");
    settle((&github, repository), &store, &bustle.pulls, &fleet.log, 11).await;
    println!("healed and quiet {:.1} s after the restart", begun.elapsed().as_secs_f32());
}

/// What `/readyz` says.
async fn ready(served: &Served) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let asked = client.get(format!("{}/readyz", served.address())).send().await;
    asked.expect("the process answers").status().as_u16()
}

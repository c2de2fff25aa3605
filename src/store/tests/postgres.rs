//! What only a server promises: replicas, outages, and what is told of a wrong URL.

use std::time::Instant;

use tokio::task::JoinSet;

use super::server::{PASSWORD, Server, USER};
use super::*;

/// Longer than anything may take that is told within seconds.
const SOON: Duration = Duration::from_secs(9);

#[tokio::test]
async fn replicas_that_start_at_once_bring_the_tables_up_to_date_once() {
    let url = Server::shared().database().await;
    let mut starts = JoinSet::new();
    for _ in 0..6 {
        let url = url.clone();
        starts.spawn(async move { Store::open(&url).await });
    }
    for started in starts.join_all().await {
        started.expect("each starts").ping().await.expect("and works");
    }
}

#[tokio::test]
async fn replicas_share_the_work_and_a_delivery_is_taken_by_one() {
    let f = Fixture::postgres().await;
    let others = [Store::open(&f.url).await, Store::open(&f.url).await].map(|s| s.expect("opens"));
    let mut takers = JoinSet::new();
    for store in &others {
        for n in 0..60 {
            let store = store.clone();
            let subjects = vec![pull_request(n % 7), pull_request(60 - n), pull_request(n)];
            takers.spawn(async move {
                let work =
                    Work { subjects, forget: Some((22, "c0ffee".into())), ..Work::default() };
                store.accept(&delivery(&format!("guid-{n}"), at(0)), &work).await
            });
        }
    }
    let told = takers.join_all().await;
    let new = told.iter().filter(|told| matches!(told, Ok(Accepted::New))).count();
    assert!(told.iter().all(Result::is_ok), "no replica stands in another's way: {told:?}");
    assert_eq!(new, 60);

    let mut claimers = JoinSet::new();
    for store in others.iter().chain([&f.store]).cycle().take(9) {
        let store = store.clone();
        claimers.spawn(async move {
            let mut mine = Vec::new();
            while let Ok(Some(claimed)) = store.claim(at(1), LEASE).await {
                mine.push(claimed.subject.number);
                store.finish(&claimed, None, at(1)).await.expect("settled");
            }
            mine
        });
    }
    let mut all: Vec<u64> = claimers.join_all().await.into_iter().flatten().collect();
    all.sort_unstable();
    assert_eq!(all, (0..=60).collect::<Vec<_>>(), "each once");
}

#[tokio::test]
async fn another_replica_is_woken() {
    let f = Fixture::postgres().await;
    let other = Store::open(&f.url).await.expect("opens");
    let bell = other.wakeups();
    // Rung once by itself when it begins to listen.
    tokio::time::timeout(SOON, bell.notified()).await.expect("it listens");
    f.push("a", 1, at(0)).await;
    tokio::time::timeout(SOON, bell.notified()).await.expect("a delivery rings");
    f.store.enqueue(&[pull_request(2)], at(0)).await.expect("enqueued");
    tokio::time::timeout(SOON, bell.notified()).await.expect("the worklist rings");
}

#[tokio::test]
async fn a_start_leaves_the_leases_of_living_replicas_alone() {
    let mut f = Fixture::postgres().await;
    f.push("a", 1, at(0)).await;
    let held = f.must_claim(at(0)).await;
    f.reopen().await;
    assert_eq!(f.store.rearm_all(at(1)).await.ok(), Some(0));
    assert_eq!(f.claim(at(1)).await, None);
    assert_eq!(f.finish(&held, at(2)).await, Settled::Done);
}

#[tokio::test]
async fn a_server_that_is_gone_is_told_within_seconds_and_everything_heals_when_it_is_back() {
    let server = Server::start();
    let url = server.database().await;
    let store = Store::open(&url).await.expect("opens");
    let f = Fixture { store, url, _folder: None };
    f.push("before", 1, at(0)).await;
    let bell = f.store.wakeups();
    server.stop();

    let started = Instant::now();
    let (taken, claimed, ping, owed) = tokio::join!(
        async { f.store.accept(&delivery("during", at(1)), &pull_request(2).into()).await },
        f.claim_result(at(1)),
        f.store.ping(),
        f.store.owed(),
    );
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    assert!(taken.is_err() && claimed.is_err() && ping.is_err() && owed.is_err());
    let refused = Store::open(&f.url).await.err().map(|error| error.to_string());
    let refused = refused.unwrap_or_default();
    assert!(refused.contains("cannot be reached"), "{refused}");

    server.restart();
    let started = Instant::now();
    while f.store.ping().await.is_err() {
        assert!(started.elapsed() < SOON, "it does not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(f.push("before", 1, at(2)).await, Accepted::Repeated, "what was promised is there");
    assert_eq!(f.push("during", 2, at(2)).await, Accepted::New);
    let other = Store::open(&f.url).await.expect("opens");
    // It listens again: its own ring, of `during`, may come first.
    let ringing = async {
        loop {
            other.enqueue(&[pull_request(3)], at(3)).await.expect("enqueued");
            if tokio::time::timeout(Duration::from_millis(300), bell.notified()).await.is_ok() {
                break;
            }
        }
    };
    bell.notify_one();
    bell.notified().await;
    tokio::time::timeout(SOON * 2, ringing).await.expect("the listener is back");
    assert!(f.claim(at(4)).await.is_some());
}

/// A wire to a server, which can be cut as a network fails: nothing is refused, and nothing arrives any more.
/// What was connected when it was cut stays dead.
struct Wire {
    port: u16,
    cut: tokio::sync::watch::Sender<bool>,
}

impl Wire {
    async fn to(port: u16) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("its address").port();
        let (cut, is_cut) = tokio::sync::watch::channel(false);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut is_cut = is_cut.clone();
                tokio::spawn(async move {
                    let server = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
                    let mut server = server.expect("the server answers");
                    let swallowed = async { is_cut.wait_for(|cut| *cut).await.map(drop) };
                    tokio::select! {
                        biased;
                        _ = swallowed => {}
                        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => return,
                    }
                    // Neither end is told.
                    std::future::pending::<()>().await;
                });
            }
        });
        Self { port: own, cut }
    }
}

#[tokio::test]
async fn a_network_that_swallows_everything_is_told_within_seconds_and_heals_too() {
    let server = Server::shared();
    let wire = Wire::to(server.port()).await;
    let url = server.database().await;
    let url = url.replace(&format!(":{}/", server.port()), &format!(":{}/", wire.port));
    let store = Store::open(&url).await.expect("opens");
    let f = Fixture { store, url, _folder: None };
    f.push("before", 1, at(0)).await;
    // Some are in the middle of something; one connection listens.
    let Database::Postgres(pool) = &f.store.database else { panic!("a server") };
    let mut held = Vec::new();
    for _ in 0..pool.writer().options().get_max_connections() - 1 {
        held.push(pool.begin().await.expect("begun"));
    }
    wire.cut.send_replace(true);
    drop(held);
    let started = Instant::now();
    let mut calls = JoinSet::new();
    for n in 0..12 {
        let store = f.store.clone();
        calls.spawn(async move {
            let delivery = delivery(&format!("during-{n}"), at(1));
            let taken = store.accept(&delivery, &pull_request(2).into()).await;
            (taken.is_err(), store.claim(at(1), LEASE).await.is_err())
        });
    }
    let refused = told(&f.url).await;
    assert!(refused.contains("no answer within 4 s"), "{refused}");
    assert!(calls.join_all().await.into_iter().all(|(taken, claimed)| taken && claimed));
    assert!(started.elapsed() < SOON * 2, "two calls each: {:?}", started.elapsed());

    wire.cut.send_replace(false);
    let started = Instant::now();
    while f.store.ping().await.is_err() {
        assert!(started.elapsed() < SOON, "it does not come back");
    }
    assert_eq!(f.push("before", 1, at(2)).await, Accepted::Repeated);
    assert!(f.claim(at(100)).await.is_some());
}

/// What is told when a database at this URL is opened.
async fn told(url: &str) -> String {
    let started = Instant::now();
    let error = Store::open(url).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(started.elapsed() < SOON, "{error}");
    assert!(!error.contains(PASSWORD) && !error.contains("hunter2"), "{error}");
    error
}

#[tokio::test]
async fn what_is_wrong_with_the_url_is_told_with_what_to_do() {
    let server = Server::shared();
    let port = server.port();
    let wrong_password =
        told(&format!("postgres://{USER}:hunter2@127.0.0.1:{port}/postgres")).await;
    let no_database = told(&server.url("nowhere")).await;
    let no_tls = told(&format!("{}?sslmode=require", server.url("postgres"))).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let free = closed.local_addr().expect("its address").port();
    drop(closed);
    let nobody = told(&format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{free}/postgres")).await;
    let no_host = told("postgres://bot:hunter2@no-such-host.invalid/eps").await;
    let no_socket = told("postgres://bot:hunter2@%2Fnowhere/eps").await;
    let all = [wrong_password, no_database, no_tls, nobody, no_host, no_socket].join("\n\n");
    let all = all.replace(&port.to_string(), "PORT").replace(&free.to_string(), "FREE");
    insta::assert_snapshot!("what_is_told", all);
}

#[tokio::test]
async fn a_user_who_may_not_create_tables_is_told_how_to_be_allowed() {
    let server = Server::shared();
    let url = server.database().await;
    server.administer("CREATE USER guest PASSWORD 'hunter2'").await;
    let guest = url.replace(&format!("{USER}:{PASSWORD}"), "guest:hunter2");
    let error = told(&guest).await;
    assert!(error.contains("GRANT CREATE ON SCHEMA public TO guest"), "{error}");
}

#[tokio::test]
async fn a_copy_that_can_only_be_read_is_not_ready() {
    let f = Fixture::postgres().await;
    let name = f.url.rsplit('/').next().expect("a name").to_owned();
    f.store.ping().await.expect("it is ready");
    let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    let server = Server::shared();
    server.administer(&read_only).await;
    // As after a change of servers: every connection is a new one.
    let cut =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    server.administer(&cut).await;
    let ping = f.store.ping().await;
    assert!(matches!(ping, Err(Error::ReadOnly)), "{ping:?}");
    let error = told(&f.url).await;
    assert!(error.contains("the server that takes writes"), "{error}");
}

#[tokio::test]
async fn the_claim_reads_its_index_in_order() {
    let f = Fixture::postgres().await;
    let Database::Postgres(pool) = &f.store.database else { panic!("a server") };
    let all: Vec<Subject> =
        (0..5_000).map(|n| Subject { repository_id: n % 50, ..pull_request(n) }).collect();
    f.store.enqueue(&all, at(0)).await.expect("enqueued");
    for _ in 0..3 {
        f.must_claim(at(1)).await;
    }
    let plan = async |statement: &'static str| {
        sqlx::query("ANALYZE subjects").execute(pool.writer()).await.expect("analysed");
        let lines: Vec<String> =
            sqlx::query_scalar(statement).fetch_all(pool.reader()).await.expect("a plan");
        lines.join("\n")
    };
    let claim = plan(
        "EXPLAIN (COSTS off) SELECT key FROM subjects
         WHERE turn IS NOT NULL AND priority >= 0 AND due_at <= 1900000000000
         ORDER BY priority, turn, due_at LIMIT 1 FOR UPDATE SKIP LOCKED",
    )
    .await;
    assert!(claim.contains("Index Scan using subjects_line"), "{claim}");
    assert!(!claim.contains("Sort"), "{claim}");
    let waiting = plan(
        "EXPLAIN (COSTS off) SELECT key FROM subjects
         WHERE turn IS NULL AND due_at <= 1700000000000 ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED",
    )
    .await;
    assert!(waiting.contains("using subjects_waiting"), "{waiting}");
}

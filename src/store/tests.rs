//! The store's promises, on real databases: each case runs on `SQLite` and on `PostgreSQL`.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::database::either;
use super::*;

mod conversation;
mod deliveries;
mod group;
mod inspect;
mod line;
#[path = "tests/postgres.rs"]
mod on_postgres;
mod scans;
#[path = "../../tests/support/postgres.rs"]
mod server;
mod sqlite;
mod worklist;

/// Makes two tests of each case.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                super::$case(super::Fixture::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $case() {
                super::$case(super::Fixture::postgres().await).await;
            })*
        }
    };
}
use on_both;

const LEASE: Duration = Duration::from_secs(60);

/// A store on a fresh database.
struct Fixture {
    store: Store,
    url: String,
    /// The file's folder goes with it.
    _folder: Option<tempfile::TempDir>,
}

impl Fixture {
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("ep-bot.db").display());
        let store = Store::open(&url).await.expect("a fresh database");
        Self { store, url, _folder: Some(folder) }
    }

    async fn postgres() -> Self {
        let url = server::Server::shared().database().await;
        let store = Store::open(&url).await.expect("a fresh database");
        Self { store, url, _folder: None }
    }

    /// The same database, opened again.
    async fn reopen(&mut self) {
        self.store.close().await;
        assert!(self.store.ping().await.is_err(), "a closed store does not answer");
        self.store = Store::open(&self.url).await.expect("the same database");
    }

    async fn count(&self, statement: &'static str) -> i64 {
        let counted = either!(&self.store.database, pools => {
            sqlx::query_scalar(statement).fetch_one(pools.writer()).await
        });
        counted.expect("a number")
    }

    /// Takes a delivery for pull request `number`.
    async fn push(&self, guid: &str, number: u64, now: Timestamp) -> Accepted {
        self.deliver(guid, &pull_request(number), now).await
    }

    async fn deliver(&self, guid: &str, subject: &Subject, now: Timestamp) -> Accepted {
        self.store.accept(&delivery(guid, now), &Work::from(subject.clone())).await.expect("taken")
    }

    async fn claim_result(&self, now: Timestamp) -> Result<Option<Claimed>, Error> {
        self.store.claim(now, LEASE).await
    }

    async fn claim(&self, now: Timestamp) -> Option<Claimed> {
        self.claim_result(now).await.expect("the database answers")
    }

    async fn must_claim(&self, now: Timestamp) -> Claimed {
        self.claim(now).await.expect("something is due")
    }

    async fn finish(&self, claimed: &Claimed, now: Timestamp) -> Settled {
        self.store.finish(claimed, Some("c0ffee"), now).await.expect("settled")
    }

    async fn retry(&self, claimed: &Claimed, again: Again, now: Timestamp) -> Settled {
        self.store.retry(claimed, again, "GitHub was away", now).await.expect("settled")
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a time of this century")
}

fn delivery(guid: &str, received_at: Timestamp) -> Delivery {
    Delivery {
        guid: guid.into(),
        event: "pull_request".into(),
        action: Some("synchronize".into()),
        comment_id: None,
        received_at,
    }
}

fn pull_request(number: u64) -> Subject {
    Subject {
        kind: Kind::PullRequest,
        installation: 11,
        repository_id: 22,
        owner: "fleet".into(),
        name: "enhancements".into(),
        number,
        priority: Priority::Interactive,
        head: None,
        base: None,
    }
}

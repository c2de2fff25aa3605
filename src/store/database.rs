//! The two databases under one roof. What both understand is written once, by [`either`]; `$1` works on both.

use std::future::Future;
use std::time::Duration;

use super::url::Target;
use super::{Error, postgres, sqlite};

pub(super) static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations");

/// How long a call may take in all. GitHub gives up on a webhook after 10 s; our answer must be there before.
pub(super) const PATIENCE: Duration = Duration::from_secs(8);

/// An open database. Clones share it.
#[derive(Debug, Clone)]
pub(super) enum Database {
    /// A file, and this process the only one that uses it.
    Sqlite(sqlite::Pools),
    /// A server, which other replicas of the bot use too.
    Postgres(postgres::Pool),
}

/// The same code on whichever database it is: `either!(database, pools => …)`. Both have `reader`, `writer`,
/// `begin` and `text`.
macro_rules! either {
    ($database:expr, $pools:ident => $body:expr) => {
        match $database {
            $crate::store::database::Database::Sqlite($pools) => $body,
            $crate::store::database::Database::Postgres($pools) => $body,
        }
    };
}
pub(super) use either;

/// A statement in two dialects.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sql {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

/// A statement with a SELECT between the two texts that picks rows: on `PostgreSQL` it locks them and passes
/// over those that another replica has just locked, so that it waits for nobody.
macro_rules! picking {
    ($before:expr, $after:expr) => {
        $crate::store::database::Sql {
            sqlite: concat!($before, $after),
            postgres: concat!($before, " FOR UPDATE SKIP LOCKED ", $after),
        }
    };
}
pub(super) use picking;

impl Database {
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        match Target::parse(url)? {
            Target::Sqlite(path) => sqlite::Pools::open(path).await.map(Self::Sqlite),
            Target::Postgres(options) => postgres::Pool::open(*options).await.map(Self::Postgres),
        }
    }

    pub(super) async fn ping(&self) -> Result<(), Error> {
        within("be reached", async {
            match self {
                Self::Sqlite(pools) => pools.ping().await.map(|()| true),
                Self::Postgres(pool) => pool.takes_writes().await,
            }
        })
        .await?
        .then_some(())
        .ok_or(Error::ReadOnly)
    }

    pub(super) async fn close(&self) {
        either!(self, pools => pools.close().await);
    }
}

/// What the database answers, in time. An abandoned statement is rolled back, or was carried out and nobody
/// heard of it: callers must be able to ask again.
pub(super) async fn within<T>(
    doing: &'static str,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Err(sqlx::Error::PoolTimedOut)) | Err(_) => Err(Error::Slow { doing }),
        Ok(answer) => answer.map_err(Error::doing(doing)),
    }
}

//! `SQLite`: how the file is opened, and the two pools on it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};

use super::Error;
use super::database::{MIGRATIONS, Sql};

/// How long a statement waits for the file's lock, and a caller for a connection. GitHub gives up on a
/// webhook after 10 s; our answer must be there before.
const BUSY: Duration = Duration::from_secs(5);

/// Readers beside the one writer. Few: each keeps its own page cache.
const READERS: u32 = 2;

/// `SQLite` has one writer at a time. One connection makes writers queue here, in order and without polling
/// the file's lock; readers are never held up by it (WAL).
#[derive(Debug, Clone)]
pub(super) struct Pools {
    writer: SqlitePool,
    reader: SqlitePool,
}

impl Pools {
    pub(super) async fn open(path: PathBuf) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A `202` promises that the delivery survives a power cut: FULL syncs the WAL on each commit.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .after_release(|connection, _| Box::pin(is_whole(connection)))
            .connect_with(options.clone())
            .await
            .map_err(|source| Error::Open { path, source: Arc::new(source) })?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|source| Error::Migrate { source: Arc::new(source), remedy: String::new() })?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(0)
            .acquire_timeout(BUSY)
            .idle_timeout(Duration::from_secs(60))
            .test_before_acquire(false)
            .connect_lazy_with(options.read_only(true));
        Ok(Self { writer, reader })
    }

    /// A transaction that has the write lock from its first statement on: one that reads first and writes
    /// then could otherwise fail in the middle.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// For single statements that write.
    pub(super) fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// For statements that only read.
    pub(super) fn reader(&self) -> &SqlitePool {
        &self.reader
    }

    /// A statement as it is said here.
    #[expect(clippy::unused_self, reason = "it is how the dialect is chosen")]
    pub(super) fn text(&self, sql: Sql) -> &'static str {
        sql.sqlite
    }

    /// Takes the write lock and gives it back.
    pub(super) async fn ping(&self) -> Result<(), sqlx::Error> {
        self.begin().await?.rollback().await
    }

    pub(super) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// Whether the writer's connection goes back: one that is left in a transaction is closed, and another takes its place.
/// Where the disk is full `SQLite` rolls back by itself; the `ROLLBACK` after that fails, and no transaction could be begun
/// any more.
async fn is_whole(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A transaction that was dropped is rolled back behind what waits before it.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

//! `SQLite`: how the file is opened, and the two pools on it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

use super::Error;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations");

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
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        let path = file(url)?;
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
            .connect_with(options.clone())
            .await
            .map_err(|source| Error::Open { path, source })?;
        MIGRATIONS.run(&writer).await?;
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

    pub(super) async fn ping(&self) -> Result<(), Error> {
        let taken = self.begin().await.map_err(Error::doing("be reached"))?;
        taken.rollback().await.map_err(Error::doing("be reached"))
    }

    pub(super) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// The file that a `DATABASE_URL` names.
pub(super) fn file(url: &str) -> Result<PathBuf, Error> {
    let url = url.trim();
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return Err(Error::Url(
            "names PostgreSQL, which this version does not know yet: use `sqlite:PATH`",
        ));
    }
    let path = url
        .strip_prefix("sqlite:")
        .ok_or(Error::Url("must begin with `sqlite:`, as `sqlite:ep-bot.db`"))?;
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains('?') || path.starts_with(':') {
        return Err(Error::Url(
            "must name a file without `?` options (nothing in memory: a delivery has to outlive the process), \
             as `sqlite:ep-bot.db`",
        ));
    }
    Ok(Path::new(path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_url_names_its_file() {
        for (url, path) in [
            ("sqlite:ep-bot.db", "ep-bot.db"),
            ("sqlite:///var/lib/ep-bot/ep-bot.db", "/var/lib/ep-bot/ep-bot.db"),
            ("sqlite:/data/a b.db", "/data/a b.db"),
            (" sqlite://here.db\n", "here.db"),
        ] {
            assert_eq!(file(url).ok().as_deref(), Some(Path::new(path)), "{url}");
        }
    }

    #[test]
    fn a_url_of_another_kind_is_told_without_its_password() {
        let secret = "hunter2";
        for url in [
            format!("postgres://bot:{secret}@db/ep"),
            format!("mysql://bot:{secret}@db/ep"),
            "sqlite:".to_owned(),
            "sqlite::memory:".to_owned(),
            "sqlite:a.db?mode=memory".to_owned(),
            String::new(),
        ] {
            let error = file(&url).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(
                error.starts_with("DATABASE_URL ") && error.contains("sqlite:"),
                "{url}: {error}"
            );
            assert!(!error.contains(secret), "{error}");
        }
    }
}

//! What can be seen of the database without changing it: for whoever looks after the bot.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::database::{MIGRATIONS, either, within};
use super::url::Target;
use super::worklist::time;
use super::{Error, Store, millis, postgres};

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Subjects that are due, wait for their next try, or are in a worker's hands.
    pub owed: u64,
    /// Since when the oldest of these is owed.
    pub since: Option<Timestamp>,
    /// Since when the oldest that is due waits for a worker: neither leased nor told to wait.
    pub unclaimed_since: Option<Timestamp>,
}

/// How the tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    /// There are none yet: the first start makes them.
    Missing,
    /// Made by an earlier version: the next start brings them up to date.
    Behind,
    /// As this version has them.
    Current,
    /// Made by a later version, with which this one cannot work.
    Newer,
}

/// What [`inspect`] saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The file, or the server with its port. Never a user or a password.
    pub place: String,
    /// How the tables are.
    pub tables: Tables,
    /// What is owed, where the tables are [`Tables::Current`].
    pub backlog: Option<Backlog>,
}

const BACKLOG: &str = "
SELECT COUNT(*), MIN(pending_since), MIN(unclaimed) FROM (
    SELECT pending_since,
        CASE WHEN lease_until IS NULL AND due_at <= $1 THEN due_at END AS unclaimed
    FROM subjects WHERE turn IS NULL AND due_at IS NOT NULL
    UNION ALL SELECT pending_since, due_at FROM subjects WHERE turn IS NOT NULL) AS owed";

const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";

type Counted = (i64, Option<i64>, Option<i64>);

impl Store {
    /// What is owed at `now`.
    pub async fn backlog(&self, now: Timestamp) -> Result<Backlog, Error> {
        let counted: Counted = within("count what is owed", async {
            either!(&self.database, pools => {
                sqlx::query_as(BACKLOG).bind(millis(now)).fetch_one(pools.reader()).await
            })
        })
        .await?;
        backlog(counted)
    }
}

fn backlog((owed, since, unclaimed): Counted) -> Result<Backlog, Error> {
    Ok(Backlog {
        owed: owed.unsigned_abs(),
        since: since.map(time).transpose()?,
        unclaimed_since: unclaimed.map(time).transpose()?,
    })
}

/// Looks at the tables over the connection of either database, and ends it.
macro_rules! look {
    ($connection:ident, $place:ident, $now:ident) => {{
        let applied = within("list its tables", async {
            Ok(sqlx::query_scalar(APPLIED).fetch_all(&mut $connection).await)
        });
        let tables = tables(applied.await?)?;
        let counted = match tables {
            Tables::Current => Some(
                within("count what is owed", async {
                    sqlx::query_as(BACKLOG).bind(millis($now)).fetch_one(&mut $connection).await
                })
                .await?,
            ),
            _ => None,
        };
        // How the connection ends is of no interest.
        let _ = $connection.close().await;
        Ok(Inspection { place: $place, tables, backlog: counted.map(backlog).transpose()? })
    }};
}

/// Looks at the database that a `DATABASE_URL` names as of `now`, also while a server uses it: whether it can be
/// reached and written to, how its tables are, and what is owed. Makes nothing and changes nothing.
pub async fn inspect(url: &str, now: Timestamp) -> Result<Inspection, Error> {
    match Target::parse(url)? {
        Target::Sqlite(path) => sqlite(path, now).await,
        Target::Postgres(options) => {
            let place = format!("PostgreSQL at {}", postgres::server(&options));
            let mut connection = postgres::connect(&options).await?;
            let writable = within("be reached", async {
                sqlx::query_scalar("SELECT current_setting('transaction_read_only') = 'off'")
                    .fetch_one(&mut connection)
                    .await
            });
            if !writable.await? {
                return Err(Error::ReadOnly);
            }
            look!(connection, place, now)
        }
    }
}

async fn sqlite(path: PathBuf, now: Timestamp) -> Result<Inspection, Error> {
    let place = format!("SQLite file {}", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let missing = std::io::Error::new(
            std::io::ErrorKind::NotFound,
            format!("there is no folder {}", folder.display()),
        );
        let source = Arc::new(sqlx::Error::Io(missing));
        return Err(Error::Open { path, source });
    }
    if !path.exists() {
        return Ok(Inspection { place, tables: Tables::Missing, backlog: None });
    }
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(false);
    let connected = options.connect().await;
    let mut connection =
        connected.map_err(|source| Error::Open { path, source: Arc::new(source) })?;
    within("be written to", async {
        // Takes the write lock and gives it back.
        connection.begin_with("BEGIN IMMEDIATE").await?.rollback().await
    })
    .await?;
    look!(connection, place, now)
}

/// How the tables are, by the migrations that were carried out.
fn tables(applied: Result<Vec<i64>, sqlx::Error>) -> Result<Tables, Error> {
    let applied = match applied {
        Ok(applied) => applied,
        Err(sqlx::Error::Database(error)) if is_no_table(&*error) => return Ok(Tables::Missing),
        Err(error) => return Err(Error::doing("list its tables")(error)),
    };
    let ours: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    Ok(if applied.iter().any(|version| !ours.contains(version)) {
        Tables::Newer
    } else if applied.is_empty() {
        Tables::Missing
    } else if applied.len() < ours.len() {
        Tables::Behind
    } else {
        Tables::Current
    })
}

/// `PostgreSQL` has a code for it, `SQLite` only words.
fn is_no_table(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table")
}

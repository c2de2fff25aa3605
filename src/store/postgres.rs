//! `PostgreSQL`: how the server is reached, and what is told when it is not.

use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool, Postgres, Transaction};

use super::Error;
use super::database::{MIGRATIONS, Sql};

/// How long a caller waits for a connection, a new one included. With a statement behind it, still less than
/// the 8 s that a call may take.
const CONNECT: Duration = Duration::from_secs(4);

/// How long a server may take to answer that it is there.
const ALIVE: Duration = Duration::from_secs(1);

/// Connections of one replica: workers, ingest and listener. `PostgreSQL` allows 100 in all by default.
const CONNECTIONS: u32 = 8;

/// What every connection begins with. The server ends what a replica has given up waiting for; and a `202`
/// promises that the delivery survives a power cut, so a commit is never answered before it is on disk.
///
/// The planner knows a worklist as it was when it was last analysed, maybe empty, and reads it all and sorts
/// it. Every statement here has its index.
const SESSION: &str = "
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET statement_timeout = '6s';
SET lock_timeout = '4s';
SET idle_in_transaction_session_timeout = '10s';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/// Connections to a server. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    pool: PgPool,
}

impl Pool {
    pub(super) async fn open(options: PgConnectOptions) -> Result<Self, Error> {
        migrate(&options).await?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECT)
            .idle_timeout(Duration::from_secs(300))
            .max_lifetime(Duration::from_secs(1800))
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SESSION).await.map(drop) })
            })
            // sqlx asks too, but without a limit: a connection that a firewall has forgotten would keep its
            // place in the pool until the system gives it up, which takes a quarter of an hour.
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(alive(connection)))
            .after_release(|connection, _| Box::pin(alive(connection)))
            .connect_lazy_with(options);
        Ok(Self { pool })
    }

    pub(super) async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.pool.begin().await
    }

    pub(super) fn writer(&self) -> &PgPool {
        &self.pool
    }

    pub(super) fn reader(&self) -> &PgPool {
        &self.pool
    }

    /// A statement as it is said here.
    #[expect(clippy::unused_self, reason = "it is how the dialect is chosen")]
    pub(super) fn text(&self, sql: Sql) -> &'static str {
        sql.postgres
    }

    /// Whether the server answers, and is no copy that can only be read.
    pub(super) async fn takes_writes(&self) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar("SELECT current_setting('transaction_read_only') = 'off'")
            .fetch_one(&self.pool)
            .await
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Whether a connection still leads to the server. An error: it is dropped.
async fn alive(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    tokio::time::timeout(ALIVE, connection.ping())
        .await
        .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))?
        .map(|()| true)
}

/// One connection, or why there is none.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    match tokio::time::timeout(CONNECT, options.connect()).await {
        Ok(connected) => connected.map_err(|error| unusable(options, &error)),
        Err(_) => Err(unreachable_server(options, "no answer within 4 s".to_owned())),
    }
}

/// Brings the tables up to date, over a connection of its own without time limits. Replicas that start at
/// once do it one after the other: sqlx takes an advisory lock first.
async fn migrate(options: &PgConnectOptions) -> Result<(), Error> {
    let mut connection = connect(options).await?;
    // Not `run`, which takes anything to connect with: the compiler cannot see that its future is `Send`.
    let migrated = MIGRATIONS.run_direct(None, &mut connection, false).await;
    migrated.map_err(|source| not_migrated(options, source))?;
    // The tables are there; how the connection ends is of no interest.
    let _ = connection.close().await;
    Ok(())
}

pub(super) fn server(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

fn unreachable_server(options: &PgConnectOptions, said: String) -> Error {
    Error::Connect {
        server: server(options),
        trouble: "cannot be reached",
        said,
        remedy:
            "check host and port in DATABASE_URL, and that the server runs and lets this machine in"
                .to_owned(),
    }
}

fn unusable(options: &PgConnectOptions, error: &sqlx::Error) -> Error {
    let user = options.get_username();
    let database = options.get_database().unwrap_or(user);
    let connect = |trouble, said: &str, remedy| Error::Connect {
        server: server(options),
        trouble,
        said: said.to_owned(),
        remedy,
    };
    let by_tls = |said: &str| {
        connect(
            "cannot be reached by TLS",
            said,
            "check `sslmode` and the host's name in DATABASE_URL, and name the file of the server's certificate \
             authority with `sslrootcert`"
                .to_owned(),
        )
    };
    match error {
        sqlx::Error::Tls(source) => by_tls(&source.to_string()),
        // What is wrong with a certificate comes as this.
        sqlx::Error::Io(source) if source.kind() == std::io::ErrorKind::InvalidData => {
            by_tls(&source.to_string())
        }
        sqlx::Error::Io(source) if source.kind() == std::io::ErrorKind::NotFound => connect(
            "cannot be reached",
            &source.to_string(),
            "check the files that DATABASE_URL names: the socket's folder, `sslrootcert`, `sslcert`, `sslkey`"
                .to_owned(),
        ),
        sqlx::Error::Database(source) => match source.code().as_deref() {
            // invalid_authorization_specification, invalid_password
            Some("28000" | "28P01") => connect(
                "does not let us in",
                source.message(),
                format!(
                    "check the user `{user}` and the password in DATABASE_URL (signs other than letters and \
                     digits are written `%40` for `@`, `%2F` for `/`)"
                ),
            ),
            // invalid_catalog_name
            Some("3D000") => connect(
                "has no such database",
                source.message(),
                format!("create it (`CREATE DATABASE {database}`), or name another in DATABASE_URL"),
            ),
            // too_many_connections
            Some("53300") => connect(
                "has no connection left",
                source.message(),
                format!("raise its max_connections: each replica of ep-bot takes up to {CONNECTIONS}"),
            ),
            _ => connect(
                "does not let us in",
                source.message(),
                "check DATABASE_URL and the server's log".to_owned(),
            ),
        },
        sqlx::Error::Io(source) => unreachable_server(options, source.to_string()),
        other => unreachable_server(options, other.to_string()),
    }
}

fn not_migrated(options: &PgConnectOptions, source: MigrateError) -> Error {
    let code = match &source {
        MigrateError::Execute(sqlx::Error::Database(error))
        | MigrateError::ExecuteMigration(sqlx::Error::Database(error), _) => error.code(),
        _ => None,
    };
    let remedy = match code.as_deref() {
        // insufficient_privilege: since PostgreSQL 15 not everybody may create tables.
        Some("42501") => format!(
            "; let the user create tables: `GRANT CREATE ON SCHEMA public TO {}`",
            options.get_username()
        ),
        // read_only_sql_transaction
        Some("25006") => {
            "; DATABASE_URL must name the server that takes writes, no copy of it".to_owned()
        }
        _ => String::new(),
    };
    Error::Migrate { source: Arc::new(source), remedy }
}

//! What can go wrong with the database.

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::migrate::MigrateError;

/// The database gave no answer of use. No text holds a `DATABASE_URL`, which may carry a password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The URL names no database that is known here.
    #[error("DATABASE_URL {0}")]
    Url(&'static str),
    /// The file cannot be opened or made.
    #[error("the database {} cannot be opened: {source}", path.display())]
    Open {
        /// The database's file.
        path: PathBuf,
        /// What `SQLite` said.
        source: Arc<sqlx::Error>,
    },
    /// `PostgreSQL` cannot be used as `DATABASE_URL` says.
    #[error("PostgreSQL at {server} {trouble}: {said}; {remedy}")]
    Connect {
        /// Host and port, or the socket's folder.
        server: String,
        /// What it does not do, as `cannot be reached`.
        trouble: &'static str,
        /// What the server or the system said.
        said: String,
        /// What to do.
        remedy: String,
    },
    /// The tables cannot be brought up to date (made by a newer version, for example).
    #[error("the database's tables cannot be brought up to date: {source}{remedy}")]
    Migrate {
        /// What the database said.
        source: Arc<MigrateError>,
        /// What to do where that is known, after `; `.
        remedy: String,
    },
    /// A statement failed: the disk is full, the file is locked or gone, the connection broke.
    #[error("the database could not {doing}: {source}")]
    Failed {
        /// What was asked for, as `take a delivery`.
        doing: &'static str,
        /// What the database said.
        source: Arc<sqlx::Error>,
    },
    /// No answer came in time.
    #[error("the database did not {doing} in time (8 s): it is overloaded or cannot be reached")]
    Slow {
        /// What was asked for, as `take a delivery`.
        doing: &'static str,
    },
    /// The store was closed, or a defect cost the answer.
    #[error("the database could not {doing}: the store is closed")]
    Closed {
        /// What was asked for, as `take a delivery`.
        doing: &'static str,
    },
    /// The server answers, but takes no writes.
    #[error(
        "the database can only be read: DATABASE_URL must name the server that takes writes, no copy of it"
    )]
    ReadOnly,
    /// A row holds what this version does not write.
    #[error("a row of the worklist cannot be read: {0}")]
    Corrupt(String),
    /// A number that no column holds.
    #[error("{value} is beyond the numbers that the database holds")]
    OutOfRange {
        /// The number.
        value: u64,
    },
}

impl Error {
    /// For `map_err`: names what was being done.
    pub(super) fn doing(doing: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| match source {
            sqlx::Error::PoolClosed => Self::Closed { doing },
            source => Self::Failed { doing, source: Arc::new(source) },
        }
    }

    /// Whether a statement was refused for what it says, so that others may fare better than it.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Failed { source, .. } if matches!(**source, sqlx::Error::Database(_)))
    }
}

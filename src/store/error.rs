//! What can go wrong with the database.

use std::path::PathBuf;

/// The database gave no answer of use. No text holds a `DATABASE_URL`, which may carry a password.
#[derive(Debug, thiserror::Error)]
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
        source: sqlx::Error,
    },
    /// The tables cannot be brought up to date (made by a newer version, for example).
    #[error("the database's tables cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement failed: the disk is full, the file is locked or gone, the pool is closed.
    #[error("the database could not {doing}: {source}")]
    Failed {
        /// What was asked for, as `take a delivery`.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
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
        move |source| Self::Failed { doing, source }
    }
}

//! The database: which deliveries came, what is to be looked at, and what was posted last.
//!
//! It is a worklist and a cache, and can be deleted: decisions live on GitHub. `SQLite` is embedded; what a
//! second database would need is that [`Store`] chooses between two pools, the SQL is shared.
//!
//! **Invariant:** time is an argument everywhere; the database's own clock is never asked.
//!
//! **Invariant:** whoever holds a [`Claimed`] whose lease has gone to another can change nothing any more.

mod cache;
mod conversation;
mod deliveries;
mod error;
mod sqlite;
mod types;
mod worklist;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use cache::PostedCheck;
pub use deliveries::{Accepted, KEEP_CHECKS, KEEP_DELIVERIES, KEEP_ONCE, KEEP_SUBJECTS, Pruned};
pub use error::Error;
pub use types::{Claimed, Delivery, Edited, Kind, LastDelivery, Priority, Standing, Subject, Work};
pub use worklist::{Again, Settled};

use sqlite::Pools;

/// The database. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
}

impl Store {
    /// Opens the database that a `DATABASE_URL` names, creates it where it is missing and brings its tables
    /// up to date. `sqlite:PATH` is the one kind so far.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self { pools: Pools::open(url).await? })
    }

    /// Whether the database can be reached and written to.
    pub async fn ping(&self) -> Result<(), Error> {
        self.pools.ping().await
    }

    /// Waits for what runs, then closes every connection. Later calls fail.
    pub async fn close(&self) {
        self.pools.close().await;
    }
}

/// Whether a `DATABASE_URL` names a database that [`Store::open`] knows. Opens nothing.
pub fn check_url(url: &str) -> Result<(), Error> {
    sqlite::file(url).map(drop)
}

/// How time stands in the database.
fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// A number of GitHub's as the database holds it. Theirs are far below `i64::MAX`.
fn number(value: u64) -> Result<i64, Error> {
    i64::try_from(value).map_err(|_| Error::OutOfRange { value })
}

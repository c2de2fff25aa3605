//! The database: which deliveries came, what is to be looked at, and what was posted last.
//!
//! It is a worklist and a cache, and can be deleted: decisions live on GitHub. `SQLite` is embedded, for one
//! process; `PostgreSQL` serves many replicas of the bot. Both keep the same promises, and one test suite holds
//! them to it.
//!
//! **Invariant:** time is an argument everywhere; the database's own clock is never asked.
//!
//! **Invariant:** whoever holds a [`Claimed`] whose lease has gone to another can change nothing any more.

mod checks;
mod conversation;
mod database;
mod deliveries;
mod error;
mod inspect;
mod line;
mod listen;
mod places;
mod postgres;
mod rows;
mod scans;
mod sqlite;
mod types;
mod url;
mod worklist;
mod writer;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use jiff::Timestamp;

pub use checks::PostedCheck;
pub use deliveries::{Accepted, KEEP_CHECKS, KEEP_DELIVERIES, KEEP_ONCE, KEEP_SUBJECTS, Pruned};
pub use error::Error;
pub use inspect::{Backlog, Inspection, Tables, inspect};
pub use places::Ended;
pub use scans::Scan;
pub use types::{
    Claimed, Delivery, Edited, Kind, LastDelivery, Priority, Renamed, Standing, Subject, Work,
};
pub use worklist::{Again, Settled};

use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

use database::Database;
use url::Target;
use writer::Writer;

/// The database. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    writer: Writer,
    /// Rung when something is due.
    bell: Arc<Notify>,
    /// Counts claims, so that each priority comes first now and then.
    claims: Arc<AtomicU32>,
    /// Rings for what other replicas put on the worklist.
    _listener: Option<Arc<AbortOnDropHandle<()>>>,
}

impl Store {
    /// Opens the database that a `DATABASE_URL` names and brings its tables up to date: `sqlite:PATH`, a file
    /// that is created where it is missing, or `postgres://USER:PASSWORD@HOST:5432/NAME`, a database that is
    /// there. Replicas may open it at the same time. Within a Tokio runtime.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let database = Database::open(url).await?;
        let bell = Arc::new(Notify::new());
        let listener = match &database {
            Database::Sqlite(_) => None,
            Database::Postgres(pool) => {
                let listening = listen::listen(pool.writer().clone(), Arc::clone(&bell));
                Some(Arc::new(AbortOnDropHandle::new(tokio::spawn(listening))))
            }
        };
        let writer = Writer::start(database.clone(), Arc::clone(&bell));
        Ok(Self { database, writer, bell, claims: Arc::default(), _listener: listener })
    }

    /// Rung (`notify_one`) when a delivery or [`Store::enqueue`] made something due, here or in another
    /// replica. Of several rings one may be heard, and one of a replica may be missed: whoever finds work
    /// wakes the next, and a slow poll stays.
    pub fn wakeups(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// Whether the database can be reached and written to.
    pub async fn ping(&self) -> Result<(), Error> {
        self.database.ping().await
    }

    /// Waits for what runs, then closes every connection. Later calls fail.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// Whether a `DATABASE_URL` names a database that [`Store::open`] knows. Opens nothing.
pub fn check_url(url: &str) -> Result<(), Error> {
    Target::parse(url).map(drop)
}

/// How time stands in the database.
fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// A number of GitHub's as the database holds it. Theirs are far below `i64::MAX`.
fn number(value: u64) -> Result<i64, Error> {
    i64::try_from(value).map_err(|_| Error::OutOfRange { value })
}

//! Group commit: deliveries that come at the same time share one transaction, and so one wait for the disk.
//!
//! One task writes. It takes what waits, up to a bound, and never waits for more to come; nobody is answered
//! before the commit. What one delivery causes never fails another: when the database refuses a transaction
//! of many, each is tried by itself.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot};

use super::database::{Database, PATIENCE, Sql, either, within};
use super::places::RENAME;
use super::rows::{DeliveryRow, Rows, Wanted};
use super::{Accepted, Error};

/// Deliveries in one transaction at most, so that nobody waits long for the others of it.
const GROUP: usize = 64;

/// Deliveries that wait at most; who comes then waits for a place.
const WAITING: usize = 1_024;

const DOING: &str = "take a delivery";

// What is in a worker's hands is finished there.
const DROP_SUBJECT: &str = "
UPDATE subjects SET done = wanted, due_at = NULL, turn = NULL, hold_until = NULL, pending_since = NULL
WHERE key = $1 AND lease_until IS NULL";

const FORGET_CHECKS: &str = "DELETE FROM checks WHERE repository_id = $1 AND head = $2";

/// A delivery with everything that it asks for.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) delivery: DeliveryRow,
    pub(super) wanted: Vec<Wanted>,
    pub(super) forget: Option<(i64, String)>,
    pub(super) drop: Vec<String>,
    pub(super) end: Vec<(Sql, i64)>,
    pub(super) rename: Option<(i64, String, String)>,
    pub(super) at: i64,
}

#[derive(Debug)]
struct Request {
    entry: Entry,
    answer: oneshot::Sender<Result<Accepted, Error>>,
}

/// The way to the writing task. Clones share it; the task ends with the last of them.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    requests: mpsc::Sender<Request>,
}

impl Writer {
    /// Starts the task. `bell` is rung when something new is due.
    pub(super) fn start(database: Database, bell: Arc<Notify>) -> Self {
        let (requests, waiting) = mpsc::channel(WAITING);
        tokio::spawn(run(database, bell, waiting));
        Self { requests }
    }

    /// Returns when the entry is on disk. Dropped before, it may be written all the same.
    pub(super) async fn write(&self, entry: Entry) -> Result<Accepted, Error> {
        let closed = Error::Closed { doing: DOING };
        let written = async {
            let (answer, reply) = oneshot::channel();
            let request = Request { entry, answer };
            self.requests.send(request).await.map_err(|_| closed.clone())?;
            reply.await.map_err(|_| closed)?
        };
        // However long the line is: who asks has to answer GitHub.
        match tokio::time::timeout(PATIENCE, written).await {
            Ok(written) => written,
            Err(_) => Err(Error::Slow { doing: DOING }),
        }
    }
}

async fn run(database: Database, bell: Arc<Notify>, mut waiting: mpsc::Receiver<Request>) {
    loop {
        let mut group = Vec::new();
        if waiting.recv_many(&mut group, GROUP).await == 0 {
            return;
        }
        let (database, bell) = (database.clone(), Arc::clone(&bell));
        // A task of its own: a defect costs this group its answer, which they are told, and nothing else.
        let written = tokio::spawn(async move { write_group(&database, &bell, group).await });
        if let Err(error) = written.await {
            tracing::error!(%error, "a group of deliveries was not taken");
        }
    }
}

async fn write_group(database: &Database, bell: &Notify, group: Vec<Request>) {
    let (entries, answers): (Vec<Entry>, Vec<_>) =
        group.into_iter().map(|request| (request.entry, request.answer)).unzip();
    match commit(database, bell, &entries).await {
        Ok(accepted) => {
            for (answer, accepted) in answers.into_iter().zip(accepted) {
                // Whoever is not there any more has lost nothing: a repeated delivery is answered too.
                let _ = answer.send(Ok(accepted));
            }
        }
        // One of them is refused for what it says, or two replicas stood in each other's way.
        Err(error) if error.is_refusal() => {
            for (answer, entry) in answers.into_iter().zip(entries) {
                if answer.is_closed() {
                    continue;
                }
                let alone = commit(database, bell, std::slice::from_ref(&entry)).await;
                let accepted =
                    alone.map(|accepted| accepted.first().copied().unwrap_or(Accepted::Repeated));
                let _ = answer.send(accepted);
            }
        }
        Err(error) => {
            for answer in answers {
                let _ = answer.send(Err(error.clone()));
            }
        }
    }
}

/// Writes all or nothing; says of each whether it was new.
async fn commit(
    database: &Database,
    bell: &Notify,
    entries: &[Entry],
) -> Result<Vec<Accepted>, Error> {
    // By guid, each once.
    let mut rows = BTreeMap::new();
    for entry in entries {
        rows.entry(entry.delivery.guid.as_str()).or_insert_with(|| entry.delivery.clone());
    }
    let rows: Vec<DeliveryRow> = rows.into_values().collect();
    within(DOING, async {
        let (accepted, due) = either!(database, pools => {
            let mut transaction = pools.begin().await?;
            let mut new: HashSet<String> = transaction.insert(&rows).await?.into_iter().collect();
            let accepted: Vec<Accepted> = entries
                .iter()
                // The second of the same guid finds it gone.
                .map(|entry| {
                    if new.remove(&entry.delivery.guid) { Accepted::New } else { Accepted::Repeated }
                })
                .collect();
            let taken = || entries.iter().zip(&accepted).filter(|(_, a)| **a == Accepted::New);
            // Before what is wanted: an account that takes the App off and on again in one moment is looked at.
            for (entry, _) in taken() {
                for (statement, id) in &entry.end {
                    sqlx::query(pools.text(*statement))
                        .bind(id)
                        .bind(entry.at)
                        .execute(&mut *transaction)
                        .await?;
                }
                if let Some((id, owner, name)) = &entry.rename {
                    sqlx::query(pools.text(RENAME))
                        .bind(id)
                        .bind(owner)
                        .bind(name)
                        .execute(&mut *transaction)
                        .await?;
                }
            }
            let wanted = Wanted::merge(taken().flat_map(|(entry, _)| entry.wanted.iter().cloned()));
            transaction.want(&wanted).await?;
            let forget: BTreeSet<_> = taken().filter_map(|(entry, _)| entry.forget.as_ref()).collect();
            for (repository_id, head) in forget {
                sqlx::query(FORGET_CHECKS)
                    .bind(repository_id)
                    .bind(head)
                    .execute(&mut *transaction)
                    .await?;
            }
            let drop: BTreeSet<_> = taken().flat_map(|(entry, _)| &entry.drop).collect();
            for key in drop {
                sqlx::query(DROP_SUBJECT).bind(key).execute(&mut *transaction).await?;
            }
            if !wanted.is_empty() {
                transaction.ring().await?;
            }
            transaction.commit().await?;
            (accepted, !wanted.is_empty())
        });
        if due {
            bell.notify_one();
        }
        Ok(accepted)
    })
    .await
}

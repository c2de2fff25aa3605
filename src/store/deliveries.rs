//! Deliveries: taken once, together with the subject they point at; and what is old is deleted.

use jiff::{SignedDuration, Timestamp};

use super::database::{Sql, either, picking, within};
use super::rows::{DeliveryRow, Rows, Wanted};
use super::writer::Entry;
use super::{Delivery, Error, Renamed, Store, Subject, Work, millis, number};

/// How long a delivery's guid is remembered: longer than GitHub can send it again.
/// <https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks>: 3 days.
pub const KEEP_DELIVERIES: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long it is remembered what was posted on a commit. Losing it costs a review of what is open, and a
/// while in which checks that share a commit do not know of each other.
pub const KEEP_CHECKS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long a subject without work is remembered.
pub const KEEP_SUBJECTS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long [`Store::first_time`] remembers.
pub const KEEP_ONCE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Rows that one call deletes at most from each table: the one writer must be free for webhooks soon.
const BATCH: i64 = 500;

/// Whether a delivery was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is kept, and its subject is due.
    New,
    /// Its guid was there before: nothing changed.
    Repeated,
}

/// What [`Store::prune`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pruned {
    /// Nothing old is left.
    All,
    /// A batch was full: there may be more.
    More,
}

const PRUNE_DELIVERIES: Sql = picking!(
    "
DELETE FROM deliveries WHERE guid IN
    (SELECT guid FROM deliveries WHERE received_at < $1 ORDER BY received_at LIMIT $2",
    ")"
);

const PRUNE_SUBJECTS: Sql = picking!(
    "
DELETE FROM subjects WHERE key IN
    (SELECT key FROM subjects WHERE due_at IS NULL AND updated_at < $1 LIMIT $2",
    ")"
);

const PRUNE_CHECKS: Sql = picking!(
    "
DELETE FROM checks WHERE (repository_id, head, external_id) IN
    (SELECT repository_id, head, external_id FROM checks WHERE updated_at < $1 LIMIT $2",
    ")"
);

const PRUNE_ONCE: Sql = picking!(
    "
DELETE FROM once WHERE (repository_id, what) IN
    (SELECT repository_id, what FROM once WHERE at < $1 ORDER BY at LIMIT $2",
    ")"
);

impl Store {
    /// Takes a delivery and, when it is new, makes its subjects due and forgets what it says is to be
    /// forgotten: all or nothing, on disk when this returns. Those that come at the same time share a commit.
    pub async fn accept(&self, delivery: &Delivery, work: &Work) -> Result<Accepted, Error> {
        let at = millis(delivery.received_at);
        let wanted = |subject| Wanted::new(subject, Some(&delivery.guid), at);
        let forget = |(repository_id, head): &(u64, String)| {
            Ok::<_, Error>((number(*repository_id)?, head.clone()))
        };
        let renamed = |to: &Renamed| {
            Ok::<_, Error>((number(to.repository_id)?, to.owner.clone(), to.name.clone()))
        };
        let entry = Entry {
            delivery: DeliveryRow::new(delivery, work)?,
            wanted: work.subjects.iter().map(wanted).collect::<Result<_, _>>()?,
            forget: work.forget.as_ref().map(forget).transpose()?,
            drop: work.drop.clone(),
            end: work.end.iter().map(|ended| ended.statement()).collect::<Result<_, _>>()?,
            rename: work.rename.as_ref().map(renamed).transpose()?,
            at,
        };
        self.writer.write(entry).await
    }

    /// Makes subjects due at `at` without a delivery, all or none; says for how many of them nothing was owed
    /// before. What is owed already keeps its place, and what is in a worker's hands is due again after.
    pub async fn enqueue(&self, subjects: &[Subject], at: Timestamp) -> Result<u64, Error> {
        if subjects.is_empty() {
            return Ok(0);
        }
        let wanted = |subject| Wanted::new(subject, None, millis(at));
        let wanted = subjects.iter().map(wanted).collect::<Result<Vec<_>, _>>()?;
        let wanted = Wanted::merge(wanted);
        let newly_due = within("put subjects on the worklist", async {
            either!(&self.database, pools => {
                let mut transaction = pools.begin().await?;
                let owed = transaction.owed(&wanted).await?;
                transaction.want(&wanted).await?;
                transaction.ring().await?;
                transaction.commit().await?;
                Ok((wanted.len() as u64).saturating_sub(owed.unsigned_abs()))
            })
        })
        .await?;
        self.bell.notify_one();
        Ok(newly_due)
    }

    /// Deletes a batch of what is older than [`KEEP_DELIVERIES`], [`KEEP_CHECKS`], [`KEEP_SUBJECTS`] and
    /// [`KEEP_ONCE`].
    /// A subject with something to do is never deleted.
    pub async fn prune(&self, now: Timestamp) -> Result<Pruned, Error> {
        let mut pruned = Pruned::All;
        for (statement, keep) in [
            (PRUNE_DELIVERIES, KEEP_DELIVERIES),
            (PRUNE_SUBJECTS, KEEP_SUBJECTS),
            (PRUNE_CHECKS, KEEP_CHECKS),
            (PRUNE_ONCE, KEEP_ONCE),
        ] {
            let before = millis(now).saturating_sub(
                // 90 days in milliseconds are far from the type's end.
                i64::try_from(keep.as_millis()).unwrap_or(i64::MAX),
            );
            let deleted = within("delete old rows", async {
                either!(&self.database, pools => sqlx::query(pools.text(statement))
                    .bind(before)
                    .bind(BATCH)
                    .execute(pools.writer())
                    .await
                    .map(|deleted| deleted.rows_affected()))
            })
            .await?;
            if i64::try_from(deleted).unwrap_or(i64::MAX) >= BATCH {
                pruned = Pruned::More;
            }
        }
        Ok(pruned)
    }
}

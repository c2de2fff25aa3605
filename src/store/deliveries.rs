//! Deliveries: taken once, together with the subject they point at; and what is old is deleted.

use jiff::{SignedDuration, Timestamp};

use super::{Delivery, Error, Store, Subject, millis, number};

/// How long a delivery's guid is remembered: longer than GitHub can send it again.
/// <https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks>: 3 days.
pub const KEEP_DELIVERIES: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long it is remembered what was posted on a commit. Losing it costs one more check run, nothing else.
pub const KEEP_CHECKS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long a subject without work is remembered.
pub const KEEP_SUBJECTS: SignedDuration = SignedDuration::from_hours(90 * 24);

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

const INSERT_DELIVERY: &str = "
INSERT INTO deliveries (guid, event, action, subject, comment_id, received_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (guid) DO NOTHING";

// While a worker holds the subject, only `wanted` grows: when the worker settles, it is due again. Otherwise
// it keeps its place in the line, a backoff of ours ends, and a wait that GitHub ordered stays.
const WANT_SUBJECT: &str = "
INSERT INTO subjects (key, kind, installation, repository_id, owner, name, number, priority, head,
                      wanted, done, due_at, claims, attempts, losses, pending_since, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 0, $10, 0, 0, 0, $10, $10)
ON CONFLICT (key) DO UPDATE SET
    installation = excluded.installation,
    owner = excluded.owner,
    name = excluded.name,
    head = COALESCE(excluded.head, subjects.head),
    wanted = subjects.wanted + 1,
    priority = CASE
        WHEN subjects.due_at IS NOT NULL AND subjects.priority < excluded.priority THEN subjects.priority
        ELSE excluded.priority END,
    attempts = CASE WHEN subjects.lease_until IS NULL THEN 0 ELSE subjects.attempts END,
    losses = CASE WHEN subjects.lease_until IS NULL THEN 0 ELSE subjects.losses END,
    due_at = CASE
        WHEN subjects.lease_until IS NOT NULL THEN subjects.due_at
        WHEN subjects.hold_until > excluded.due_at THEN subjects.hold_until
        WHEN subjects.due_at < excluded.due_at THEN subjects.due_at
        ELSE excluded.due_at END,
    pending_since = CASE
        WHEN subjects.pending_since IS NULL THEN excluded.pending_since
        ELSE subjects.pending_since END,
    updated_at = excluded.updated_at";

const PRUNE_DELIVERIES: &str = "
DELETE FROM deliveries WHERE guid IN
    (SELECT guid FROM deliveries WHERE received_at < $1 ORDER BY received_at LIMIT $2)";

const PRUNE_SUBJECTS: &str = "
DELETE FROM subjects WHERE key IN
    (SELECT key FROM subjects WHERE due_at IS NULL AND updated_at < $1 LIMIT $2)";

const PRUNE_CHECKS: &str = "
DELETE FROM checks WHERE (repository_id, head, external_id) IN
    (SELECT repository_id, head, external_id FROM checks WHERE updated_at < $1 LIMIT $2)";

impl Store {
    /// Takes a delivery and, when it is new, makes its subject due: both or neither, on disk when this
    /// returns.
    pub async fn accept(
        &self,
        delivery: &Delivery,
        subject: Option<&Subject>,
    ) -> Result<Accepted, Error> {
        let failed = || Error::doing("take a delivery");
        let key = subject.map(Subject::key);
        let comment = delivery.comment_id.map(number).transpose()?;
        let mut transaction = self.pools.begin().await.map_err(failed())?;
        let inserted = sqlx::query(INSERT_DELIVERY)
            .bind(&delivery.guid)
            .bind(&delivery.event)
            .bind(&delivery.action)
            .bind(&key)
            .bind(comment)
            .bind(millis(delivery.received_at))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        if inserted.rows_affected() == 0 {
            transaction.rollback().await.map_err(failed())?;
            return Ok(Accepted::Repeated);
        }
        if let Some((subject, key)) = subject.zip(key) {
            sqlx::query(WANT_SUBJECT)
                .bind(key)
                .bind(subject.kind.as_str())
                .bind(number(subject.installation)?)
                .bind(number(subject.repository_id)?)
                .bind(&subject.owner)
                .bind(&subject.name)
                .bind(number(subject.number)?)
                .bind(subject.priority.rank())
                .bind(&subject.head)
                .bind(millis(delivery.received_at))
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())?;
        Ok(Accepted::New)
    }

    /// Deletes a batch of what is older than [`KEEP_DELIVERIES`], [`KEEP_CHECKS`] and [`KEEP_SUBJECTS`].
    /// A subject with something to do is never deleted.
    pub async fn prune(&self, now: Timestamp) -> Result<Pruned, Error> {
        let mut pruned = Pruned::All;
        for (statement, keep) in [
            (PRUNE_DELIVERIES, KEEP_DELIVERIES),
            (PRUNE_SUBJECTS, KEEP_SUBJECTS),
            (PRUNE_CHECKS, KEEP_CHECKS),
        ] {
            let before = millis(now).saturating_sub(
                // 90 days in milliseconds are far from the type's end.
                i64::try_from(keep.as_millis()).unwrap_or(i64::MAX),
            );
            let deleted = sqlx::query(statement)
                .bind(before)
                .bind(BATCH)
                .execute(self.pools.writer())
                .await
                .map_err(Error::doing("delete old rows"))?
                .rows_affected();
            if i64::try_from(deleted).unwrap_or(i64::MAX) >= BATCH {
                pruned = Pruned::More;
            }
        }
        Ok(pruned)
    }
}

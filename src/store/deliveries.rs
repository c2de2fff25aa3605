//! Deliveries: taken once, together with the subject they point at; and what is old is deleted.

use jiff::{SignedDuration, Timestamp};

use super::{Delivery, Error, Kind, Store, Subject, Work, millis, number};

/// How long a delivery's guid is remembered: longer than GitHub can send it again.
/// <https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks>: 3 days.
pub const KEEP_DELIVERIES: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long it is remembered what was posted on a commit. Losing it costs one more check run, nothing else.
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

const INSERT_DELIVERY: &str = "
INSERT INTO deliveries (guid, event, action, subject, comment_id, received_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (guid) DO NOTHING";

// While a worker holds the subject, only `wanted` grows: when the worker settles, it is due again. Otherwise
// it keeps its place in the line, a backoff of ours ends (not for the background's sake: a sweep that finds
// the same gap every few minutes would retry forever), and a wait that GitHub ordered stays.
const WANT_SUBJECT: &str = "
INSERT INTO subjects (key, kind, installation, repository_id, owner, name, number, priority, head,
                      wanted, done, due_at, claims, attempts, losses, pending_since, last_delivery, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 0, 0, 0, $11, $12, $11)
ON CONFLICT (key) DO UPDATE SET
    installation = excluded.installation,
    owner = excluded.owner,
    name = excluded.name,
    head = COALESCE(excluded.head, subjects.head),
    wanted = subjects.wanted + excluded.wanted,
    priority = CASE
        WHEN subjects.due_at IS NOT NULL AND subjects.priority < excluded.priority THEN subjects.priority
        ELSE excluded.priority END,
    attempts = CASE
        WHEN subjects.lease_until IS NOT NULL THEN subjects.attempts
        WHEN subjects.due_at IS NOT NULL AND excluded.priority >= 20 THEN subjects.attempts
        ELSE 0 END,
    losses = CASE
        WHEN subjects.lease_until IS NOT NULL THEN subjects.losses
        WHEN subjects.due_at IS NOT NULL AND excluded.priority >= 20 THEN subjects.losses
        ELSE 0 END,
    due_at = CASE
        WHEN subjects.lease_until IS NOT NULL THEN subjects.due_at
        WHEN subjects.due_at IS NOT NULL AND subjects.attempts > 0 AND excluded.priority >= 20
            THEN subjects.due_at
        WHEN subjects.hold_until > excluded.due_at THEN subjects.hold_until
        WHEN subjects.due_at < excluded.due_at THEN subjects.due_at
        ELSE excluded.due_at END,
    pending_since = CASE
        WHEN subjects.pending_since IS NULL THEN excluded.pending_since
        ELSE subjects.pending_since END,
    last_delivery = COALESCE(excluded.last_delivery, subjects.last_delivery),
    updated_at = excluded.updated_at
RETURNING wanted - done";

const FORGET_CHECKS: &str = "DELETE FROM checks WHERE repository_id = $1 AND head = $2";

const PRUNE_DELIVERIES: &str = "
DELETE FROM deliveries WHERE guid IN
    (SELECT guid FROM deliveries WHERE received_at < $1 ORDER BY received_at LIMIT $2)";

const PRUNE_SUBJECTS: &str = "
DELETE FROM subjects WHERE key IN
    (SELECT key FROM subjects WHERE due_at IS NULL AND updated_at < $1 LIMIT $2)";

const PRUNE_CHECKS: &str = "
DELETE FROM checks WHERE (repository_id, head, external_id) IN
    (SELECT repository_id, head, external_id FROM checks WHERE updated_at < $1 LIMIT $2)";

const PRUNE_ONCE: &str = "
DELETE FROM once WHERE (repository_id, what) IN
    (SELECT repository_id, what FROM once WHERE at < $1 ORDER BY at LIMIT $2)";

impl Store {
    /// Takes a delivery and, when it is new, makes its subjects due and forgets what it says is to be
    /// forgotten: all or nothing, on disk when this returns.
    pub async fn accept(&self, delivery: &Delivery, work: &Work) -> Result<Accepted, Error> {
        let failed = || Error::doing("take a delivery");
        let comment = delivery.comment_id.map(number).transpose()?;
        let mut transaction = self.pools.begin().await.map_err(failed())?;
        let inserted = sqlx::query(INSERT_DELIVERY)
            .bind(&delivery.guid)
            .bind(&delivery.event)
            .bind(&delivery.action)
            .bind(own_subject(work).map(Subject::key))
            .bind(comment)
            .bind(millis(delivery.received_at))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        if inserted.rows_affected() == 0 {
            transaction.rollback().await.map_err(failed())?;
            return Ok(Accepted::Repeated);
        }
        for subject in &work.subjects {
            want(&mut transaction, subject, Some(&delivery.guid), delivery.received_at).await?;
        }
        if let Some((repository_id, head)) = &work.forget {
            sqlx::query(FORGET_CHECKS)
                .bind(number(*repository_id)?)
                .bind(head)
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())?;
        Ok(Accepted::New)
    }

    /// Makes subjects due at `at` without a delivery, all or none; says for how many of them nothing was owed
    /// before. What is owed already keeps its place, and what is in a worker's hands is due again after.
    pub async fn enqueue(&self, subjects: &[Subject], at: Timestamp) -> Result<u64, Error> {
        let failed = || Error::doing("put subjects on the worklist");
        let mut transaction = self.pools.begin().await.map_err(failed())?;
        let mut newly_due = 0;
        for subject in subjects {
            newly_due += u64::from(want(&mut transaction, subject, None, at).await? == 1);
        }
        transaction.commit().await.map_err(failed())?;
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

/// The subject under which a delivery is found again: the conversation, for comments; else the first.
fn own_subject(work: &Work) -> Option<&Subject> {
    let conversation = |subject: &&Subject| subject.kind == Kind::Conversation;
    work.subjects.iter().find(conversation).or_else(|| work.subjects.first())
}

/// Asks for a subject; says how often it has been asked for since it was answered.
async fn want(
    transaction: &mut sqlx::SqliteConnection,
    subject: &Subject,
    delivery: Option<&str>,
    at: Timestamp,
) -> Result<i64, Error> {
    sqlx::query_scalar(WANT_SUBJECT)
        .bind(subject.key())
        .bind(subject.kind.as_str())
        .bind(number(subject.installation)?)
        .bind(number(subject.repository_id)?)
        .bind(&subject.owner)
        .bind(&subject.name)
        .bind(number(subject.number)?)
        .bind(subject.priority.rank())
        .bind(&subject.head)
        .bind(1_i64)
        .bind(millis(at))
        .bind(delivery)
        .fetch_one(transaction)
        .await
        .map_err(Error::doing("put a subject on the worklist"))
}

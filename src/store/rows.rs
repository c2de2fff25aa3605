//! Rows that make subjects due, and how they are written: all of them as one statement, as JSON on
//! `SQLite` and as arrays on `PostgreSQL`: each statement is a way to another thread, or to the server, and back.
//!
//! **Invariant:** subjects are written in the order of their keys, after the deliveries, which are written in
//! the order of their guids: two replicas never wait for each other in a circle.

use std::collections::btree_map::{BTreeMap, Entry};

use serde::Serialize;
use sqlx::{PgConnection, SqliteConnection};

use super::listen::CHANNEL;
use super::{Delivery, Error, Kind, Subject, Work, millis, number};

/// A delivery's row.
#[derive(Debug, Clone)]
pub(super) struct DeliveryRow {
    pub(super) guid: String,
    event: String,
    action: Option<String>,
    subject: Option<String>,
    comment_id: Option<i64>,
    received_at: i64,
}

impl DeliveryRow {
    pub(super) fn new(delivery: &Delivery, work: &Work) -> Result<Self, Error> {
        Ok(Self {
            guid: delivery.guid.clone(),
            event: delivery.event.clone(),
            action: delivery.action.clone(),
            subject: own_subject(work).map(Subject::key),
            comment_id: delivery.comment_id.map(number).transpose()?,
            received_at: millis(delivery.received_at),
        })
    }
}

/// The subject under which a delivery is found again: the conversation, for comments; else the first.
fn own_subject(work: &Work) -> Option<&Subject> {
    let conversation = |subject: &&Subject| subject.kind == Kind::Conversation;
    work.subjects.iter().find(conversation).or_else(|| work.subjects.first())
}

/// A subject that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    key: String,
    kind: &'static str,
    installation: i64,
    repository_id: i64,
    owner: String,
    name: String,
    number: i64,
    priority: i64,
    head: Option<String>,
    base: Option<String>,
    /// How often.
    times: i64,
    /// When it is due.
    at: i64,
    delivery: Option<String>,
}

impl Wanted {
    pub(super) fn new(subject: &Subject, delivery: Option<&str>, at: i64) -> Result<Self, Error> {
        Ok(Self {
            key: subject.key(),
            kind: subject.kind.as_str(),
            installation: number(subject.installation)?,
            repository_id: number(subject.repository_id)?,
            owner: subject.owner.clone(),
            name: subject.name.clone(),
            number: number(subject.number)?,
            priority: subject.priority.rank(),
            head: subject.head.clone(),
            base: subject.base.clone(),
            times: 1,
            at,
            delivery: delivery.map(str::to_owned),
        })
    }

    /// As if both had been written, this one first.
    fn then(self, later: Self) -> Self {
        Self {
            priority: self.priority.min(later.priority),
            head: later.head.or(self.head),
            base: later.base.or(self.base),
            times: self.times + later.times,
            at: self.at.min(later.at),
            delivery: later.delivery.or(self.delivery),
            ..later
        }
    }

    /// Each subject once, in the order of the keys.
    pub(super) fn merge(all: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut merged = BTreeMap::<String, Self>::new();
        for wanted in all {
            match merged.entry(wanted.key.clone()) {
                Entry::Vacant(entry) => {
                    entry.insert(wanted);
                }
                Entry::Occupied(entry) => {
                    let (key, earlier) = entry.remove_entry();
                    merged.insert(key, earlier.then(wanted));
                }
            }
        }
        merged.into_values().collect()
    }
}

/// What is written in a transaction.
pub(super) trait Rows {
    /// Writes deliveries, each guid at most once among them and in order; says which are new.
    async fn insert(&mut self, rows: &[DeliveryRow]) -> Result<Vec<String>, sqlx::Error>;

    /// For how many of these subjects something is owed already.
    async fn owed(&mut self, rows: &[Wanted]) -> Result<i64, sqlx::Error>;

    /// Makes [merged](Wanted::merge) subjects due.
    async fn want(&mut self, rows: &[Wanted]) -> Result<(), sqlx::Error>;

    /// Wakes the other replicas when the transaction is committed.
    async fn ring(&mut self) -> Result<(), sqlx::Error>;
}

macro_rules! insert_deliveries {
    ($rows:literal $(, $returning:literal)?) => {
        concat!(
            "INSERT INTO deliveries (guid, event, action, subject, comment_id, received_at) ",
            $rows,
            " ON CONFLICT (guid) DO NOTHING"
            $(, $returning)?
        )
    };
}

// While a worker holds the subject, only `wanted` grows: when the worker settles, it is due again. Otherwise
// it keeps its place in the line, a backoff of ours ends (not for the background's sake, which is 20: a sweep
// that finds the same gap every few minutes would retry forever), and a wait that GitHub ordered stays. That the last
// try ended with its process is not forgotten: what it was about to post may stand on GitHub.
macro_rules! want_subjects {
    ($rows:literal) => {
        concat!(
            "
INSERT INTO subjects (key, kind, installation, repository_id, owner, name, number, priority, head, base,
                      wanted, done, due_at, claims, attempts, losses, pending_since, last_delivery, updated_at)
",
            $rows,
            "
ON CONFLICT (key) DO UPDATE SET
    installation = excluded.installation,
    owner = excluded.owner,
    name = excluded.name,
    head = COALESCE(excluded.head, subjects.head),
    base = excluded.base,
    wanted = subjects.wanted + excluded.wanted,
    priority = CASE
        WHEN subjects.due_at IS NOT NULL AND subjects.priority < excluded.priority THEN subjects.priority
        ELSE excluded.priority END,
    turn = CASE WHEN subjects.priority > excluded.priority THEN NULL ELSE subjects.turn END,
    attempts = CASE
        WHEN subjects.lease_until IS NOT NULL THEN subjects.attempts
        WHEN subjects.due_at IS NOT NULL AND excluded.priority >= 20 THEN subjects.attempts
        ELSE 0 END,
    losses = CASE
        WHEN subjects.lease_until IS NOT NULL THEN subjects.losses
        WHEN subjects.due_at IS NOT NULL AND excluded.priority >= 20 THEN subjects.losses
        WHEN subjects.losses > 0 THEN 1
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
    updated_at = excluded.updated_at"
        )
    };
}

/// Rows as one JSON text, each a list of its values.
fn text<R: Serialize>(rows: impl Iterator<Item = R>) -> Result<String, sqlx::Error> {
    let rows: Vec<R> = rows.collect();
    serde_json::to_string(&rows).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

// Each statement is a way to SQLite's own thread and back, and so is each row of an answer: rows go as one JSON text,
// and nothing is returned that need not be. One connection writes, so that what is read first still holds then.
impl Rows for SqliteConnection {
    async fn insert(&mut self, rows: &[DeliveryRow]) -> Result<Vec<String>, sqlx::Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let all = text(rows.iter().map(|row| {
            (&row.guid, &row.event, &row.action, &row.subject, row.comment_id, row.received_at)
        }))?;
        // `WHERE true` tells SQLite that what follows is no join.
        let known: Vec<String> = sqlx::query_scalar(concat!(
            "SELECT guid FROM deliveries WHERE guid IN (SELECT value ->> 0 FROM json_each($1)); ",
            insert_deliveries!(
                "SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
                 FROM json_each($1) WHERE true"
            )
        ))
        .bind(all)
        .fetch_all(self)
        .await?;
        let new = rows.iter().map(|row| &row.guid).filter(|guid| !known.contains(guid));
        Ok(new.cloned().collect())
    }

    async fn owed(&mut self, rows: &[Wanted]) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT COUNT(*) FROM subjects
             WHERE due_at IS NOT NULL AND key IN (SELECT value FROM json_each($1))",
        )
        .bind(text(rows.iter().map(|row| &row.key))?)
        .fetch_one(self)
        .await
    }

    async fn want(&mut self, rows: &[Wanted]) -> Result<(), sqlx::Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let all = text(rows.iter().map(|row| {
            (
                &row.key,
                row.kind,
                row.installation,
                row.repository_id,
                &row.owner,
                &row.name,
                row.number,
                row.priority,
                &row.head,
                &row.base,
                row.times,
                row.at,
                &row.delivery,
            )
        }))?;
        sqlx::query(want_subjects!(
            "SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                    value ->> 7, value ->> 8, value ->> 9, value ->> 10, 0, value ->> 11, 0, 0, 0, value ->> 11,
                    value ->> 12, value ->> 11
             FROM json_each($1) WHERE true"
        ))
        .bind(all)
        .execute(self)
        .await
        .map(drop)
    }

    async fn ring(&mut self) -> Result<(), sqlx::Error> {
        Ok(())
    }
}

/// One column of many rows.
fn column<'r, R, T>(rows: &'r [R], of: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

impl Rows for PgConnection {
    async fn insert(&mut self, rows: &[DeliveryRow]) -> Result<Vec<String>, sqlx::Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        sqlx::query_scalar(insert_deliveries!(
            "SELECT * FROM UNNEST($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])",
            " RETURNING guid"
        ))
        .bind(column(rows, |row| row.guid.as_str()))
        .bind(column(rows, |row| row.event.as_str()))
        .bind(column(rows, |row| row.action.as_deref()))
        .bind(column(rows, |row| row.subject.as_deref()))
        .bind(column(rows, |row| row.comment_id))
        .bind(column(rows, |row| row.received_at))
        .fetch_all(self)
        .await
    }

    async fn owed(&mut self, rows: &[Wanted]) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT COUNT(*) FROM subjects WHERE due_at IS NOT NULL AND key = ANY($1::text[])",
        )
        .bind(column(rows, |row| row.key.as_str()))
        .fetch_one(self)
        .await
    }

    async fn want(&mut self, rows: &[Wanted]) -> Result<(), sqlx::Error> {
        if rows.is_empty() {
            return Ok(());
        }
        sqlx::query(want_subjects!(
            "SELECT key, kind, installation, repository_id, owner, name, number, priority, head, base,
                    times, 0, at, 0, 0, 0, at, delivery, at
             FROM UNNEST($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
                         $7::bigint[], $8::bigint[], $9::text[], $10::bigint[], $11::bigint[], $12::text[],
                         $13::text[])
                  AS rows (key, kind, installation, repository_id, owner, name, number, priority, head,
                           times, at, delivery, base)"
        ))
        .bind(column(rows, |row| row.key.as_str()))
        .bind(column(rows, |row| row.kind))
        .bind(column(rows, |row| row.installation))
        .bind(column(rows, |row| row.repository_id))
        .bind(column(rows, |row| row.owner.as_str()))
        .bind(column(rows, |row| row.name.as_str()))
        .bind(column(rows, |row| row.number))
        .bind(column(rows, |row| row.priority))
        .bind(column(rows, |row| row.head.as_deref()))
        .bind(column(rows, |row| row.times))
        .bind(column(rows, |row| row.at))
        .bind(column(rows, |row| row.delivery.as_deref()))
        .bind(column(rows, |row| row.base.as_deref()))
        .execute(self)
        .await
        .map(drop)
    }

    async fn ring(&mut self) -> Result<(), sqlx::Error> {
        let rung = sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(self).await;
        rung.map(drop)
    }
}

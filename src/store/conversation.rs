//! What an answer to people needs: which edited comments wait for one, where a subject stands, and what was
//! said before.

use jiff::Timestamp;

use super::database::{either, within};
use super::worklist::{id, time};
use super::{Edited, Error, LastDelivery, Standing, Store, millis, number};

const EDITED: &str = "
SELECT guid, comment_id FROM deliveries
WHERE subject = $1 AND event = 'issue_comment' AND action = 'edited' AND handled IS NULL
  AND comment_id IS NOT NULL
ORDER BY received_at, guid";

const HANDLED: &str = "UPDATE deliveries SET handled = $2 WHERE guid = $1 AND handled IS NULL";

const STANDING: &str = "
SELECT s.wanted, s.done, s.due_at, s.lease_until, s.attempts, s.last_error, s.pending_since, s.head, s.updated_at,
       d.guid, d.event, d.action, d.received_at
FROM subjects s LEFT JOIN deliveries d ON d.guid = s.last_delivery
WHERE s.key = $1";

const FIRST_TIME: &str = "
INSERT INTO once (repository_id, what, at) VALUES ($1, $2, $3) ON CONFLICT (repository_id, what) DO NOTHING";

#[derive(sqlx::FromRow)]
struct StandingRow {
    wanted: i64,
    done: i64,
    due_at: Option<i64>,
    lease_until: Option<i64>,
    attempts: i64,
    last_error: Option<String>,
    pending_since: Option<i64>,
    head: Option<String>,
    updated_at: i64,
    guid: Option<String>,
    event: Option<String>,
    action: Option<String>,
    received_at: Option<i64>,
}

impl Store {
    /// The deliveries that say that a comment of this conversation was edited, oldest first, until they are
    /// [handled](Self::handled). A comment that is edited twice is there twice.
    pub async fn edited_comments(&self, key: &str) -> Result<Vec<Edited>, Error> {
        let rows: Vec<(String, i64)> = within("look up edited comments", async {
            either!(&self.database, pools => sqlx::query_as(EDITED)
                .bind(key)
                .fetch_all(pools.reader())
                .await)
        })
        .await?;
        rows.into_iter()
            .map(|(guid, comment)| Ok(Edited { guid, comment_id: id(comment)? }))
            .collect()
    }

    /// These deliveries were answered.
    pub async fn handled(&self, guids: &[String], now: Timestamp) -> Result<(), Error> {
        within("note what was answered", async {
            either!(&self.database, pools => {
                let mut transaction = pools.begin().await?;
                for guid in guids {
                    sqlx::query(HANDLED)
                        .bind(guid)
                        .bind(millis(now))
                        .execute(&mut *transaction)
                        .await?;
                }
                transaction.commit().await
            })
        })
        .await
    }

    /// Where a subject stands. None: it was never asked for, or nothing was for 90 days.
    pub async fn standing(&self, key: &str) -> Result<Option<Standing>, Error> {
        let row: Option<StandingRow> = within("look up a subject", async {
            either!(&self.database, pools => sqlx::query_as(STANDING)
                .bind(key)
                .fetch_optional(pools.reader())
                .await)
        })
        .await?;
        row.map(StandingRow::standing).transpose()
    }

    /// True exactly once for each `what` of a repository (for 90 days): whoever gets it may say or do it.
    pub async fn first_time(
        &self,
        repository_id: u64,
        what: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let repository = number(repository_id)?;
        within("note what is done once", async {
            either!(&self.database, pools => sqlx::query(FIRST_TIME)
                .bind(repository)
                .bind(what)
                .bind(millis(now))
                .execute(pools.writer())
                .await
                .map(|inserted| inserted.rows_affected() == 1))
        })
        .await
    }
}

impl StandingRow {
    fn standing(self) -> Result<Standing, Error> {
        let last_delivery = match (self.guid, self.event, self.received_at) {
            (Some(guid), Some(event), Some(at)) => {
                Some(LastDelivery { guid, event, action: self.action, received_at: time(at)? })
            }
            _ => None,
        };
        Ok(Standing {
            wanted: id(self.wanted)?,
            done: id(self.done)?,
            due_at: self.due_at.map(time).transpose()?,
            leased: self.lease_until.is_some(),
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            last_error: self.last_error,
            pending_since: self.pending_since.map(time).transpose()?,
            head: self.head,
            changed_at: time(self.updated_at)?,
            last_delivery,
        })
    }
}

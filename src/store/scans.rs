//! How far GitHub's lists were read, and which deliveries of one are known.

use std::collections::HashSet;

use jiff::Timestamp;

use super::database::{either, within};
use super::worklist::time;
use super::{Error, Store, millis};

/// How far a list was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scan {
    /// Up to which of its entries it was read, by GitHub's clock. None: never to its end.
    pub read_to: Option<Timestamp>,
    /// When it was begun last, by any replica.
    pub begun_at: Option<Timestamp>,
}

const GET: &str = "SELECT read_to, begun_at FROM scans WHERE what = $1";

const BEGIN: &str = "
INSERT INTO scans (what, read_to, begun_at) VALUES ($1, NULL, $2)
ON CONFLICT (what) DO UPDATE SET begun_at = excluded.begun_at";

const END: &str = "
INSERT INTO scans (what, read_to, begun_at) VALUES ($1, $2, $3)
ON CONFLICT (what) DO UPDATE SET read_to = CASE
    WHEN scans.read_to > excluded.read_to THEN scans.read_to ELSE excluded.read_to END";

const KNOWN: &str = "SELECT guid FROM deliveries WHERE guid = $1";

impl Store {
    /// How far a list was read.
    pub async fn scan(&self, what: &str) -> Result<Scan, Error> {
        let row: Option<(Option<i64>, i64)> = within("look up a scan", async {
            either!(&self.database, pools => sqlx::query_as(GET)
                .bind(what)
                .fetch_optional(pools.reader())
                .await)
        })
        .await?;
        let Some((read_to, begun_at)) = row else { return Ok(Scan::default()) };
        Ok(Scan { read_to: read_to.map(time).transpose()?, begun_at: Some(time(begun_at)?) })
    }

    /// A list is read from its beginning.
    pub async fn begin_scan(&self, what: &str, now: Timestamp) -> Result<(), Error> {
        within("note a scan", async {
            either!(&self.database, pools => sqlx::query(BEGIN)
                .bind(what)
                .bind(millis(now))
                .execute(pools.writer())
                .await
                .map(drop))
        })
        .await
    }

    /// A list was read, up to this of its entries. Of two replicas the further counts.
    pub async fn end_scan(
        &self,
        what: &str,
        read_to: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        within("note a scan", async {
            either!(&self.database, pools => sqlx::query(END)
                .bind(what)
                .bind(millis(read_to))
                .bind(millis(now))
                .execute(pools.writer())
                .await
                .map(drop))
        })
        .await
    }

    /// Which of these deliveries are on disk here.
    pub async fn known(&self, guids: &[&str]) -> Result<HashSet<String>, Error> {
        within("look up deliveries", async {
            either!(&self.database, pools => {
                let mut known = HashSet::new();
                for guid in guids {
                    let found: Option<String> =
                        sqlx::query_scalar(KNOWN).bind(guid).fetch_optional(pools.reader()).await?;
                    known.extend(found);
                }
                Ok(known)
            })
        })
        .await
    }
}

//! What was posted last on a commit: an equal output is not posted again.

use jiff::Timestamp;

use super::database::{either, within};
use super::worklist::id;
use super::{Error, Store, millis, number};

/// A check run that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedCheck {
    /// The repository's number.
    pub repository_id: u64,
    /// The commit that it hangs on.
    pub head: String,
    /// Our mark on it.
    pub external_id: String,
    /// GitHub's number for it.
    pub check_run_id: u64,
    /// Hash of everything that was sent.
    pub output_hash: String,
}

const GET: &str = "
SELECT check_run_id, output_hash FROM checks WHERE repository_id = $1 AND head = $2 AND external_id = $3";

const ON: &str = "
SELECT external_id, check_run_id, output_hash FROM checks WHERE repository_id = $1 AND head = $2
ORDER BY external_id";

const PUT: &str = "
INSERT INTO checks (repository_id, head, external_id, check_run_id, output_hash, updated_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (repository_id, head, external_id) DO UPDATE SET
    check_run_id = excluded.check_run_id,
    output_hash = excluded.output_hash,
    updated_at = excluded.updated_at";

impl Store {
    /// What was posted last on this commit under this mark.
    pub async fn posted_check(
        &self,
        repository_id: u64,
        head: &str,
        external_id: &str,
    ) -> Result<Option<PostedCheck>, Error> {
        let repository = number(repository_id)?;
        let row: Option<(i64, String)> = within("look up a check run", async {
            either!(&self.database, pools => sqlx::query_as(GET)
                .bind(repository)
                .bind(head)
                .bind(external_id)
                .fetch_optional(pools.reader())
                .await)
        })
        .await?;
        row.map(|(check_run_id, output_hash)| {
            Ok(PostedCheck {
                repository_id,
                head: head.to_owned(),
                external_id: external_id.to_owned(),
                check_run_id: id(check_run_id)?,
                output_hash,
            })
        })
        .transpose()
    }

    /// All that was posted last on this commit. The mark is the subject's key.
    pub async fn checks_on(
        &self,
        repository_id: u64,
        head: &str,
    ) -> Result<Vec<PostedCheck>, Error> {
        let repository = number(repository_id)?;
        let rows: Vec<(String, i64, String)> = within("look up a commit's check runs", async {
            either!(&self.database, pools => sqlx::query_as(ON)
                .bind(repository)
                .bind(head)
                .fetch_all(pools.reader())
                .await)
        })
        .await?;
        rows.into_iter()
            .map(|(external_id, check_run_id, output_hash)| {
                Ok(PostedCheck {
                    repository_id,
                    head: head.to_owned(),
                    external_id,
                    check_run_id: id(check_run_id)?,
                    output_hash,
                })
            })
            .collect()
    }

    /// Remembers what was posted; an older entry for the same commit and mark goes.
    pub async fn remember_check(&self, posted: &PostedCheck, now: Timestamp) -> Result<(), Error> {
        let (repository, run) = (number(posted.repository_id)?, number(posted.check_run_id)?);
        within("remember a check run", async {
            either!(&self.database, pools => sqlx::query(PUT)
                .bind(repository)
                .bind(&posted.head)
                .bind(&posted.external_id)
                .bind(run)
                .bind(&posted.output_hash)
                .bind(millis(now))
                .execute(pools.writer())
                .await
                .map(drop))
        })
        .await
    }
}

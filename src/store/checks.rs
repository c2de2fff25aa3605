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
    /// Hash of everything that was sent; empty while it is not concluded, or may not be.
    pub output_hash: String,
    /// Name of the base branch that it was reviewed for; empty: unknown.
    pub base: String,
    /// How it was concluded, as GitHub names it; empty: unknown.
    pub conclusion: String,
    /// Its title.
    pub title: String,
}

impl PostedCheck {
    /// Whether a check was set in progress, or was going to be, and is not known to be concluded.
    pub fn is_unfinished(&self) -> bool {
        self.output_hash.is_empty()
    }
}

#[derive(sqlx::FromRow)]
struct CheckRow {
    external_id: String,
    check_run_id: i64,
    output_hash: String,
    base: Option<String>,
    conclusion: Option<String>,
    title: Option<String>,
}

impl CheckRow {
    fn posted(self, repository_id: u64, head: &str) -> Result<PostedCheck, Error> {
        Ok(PostedCheck {
            repository_id,
            head: head.to_owned(),
            external_id: self.external_id,
            check_run_id: id(self.check_run_id)?,
            output_hash: self.output_hash,
            base: self.base.unwrap_or_default(),
            conclusion: self.conclusion.unwrap_or_default(),
            title: self.title.unwrap_or_default(),
        })
    }
}

const GET: &str = "
SELECT external_id, check_run_id, output_hash, base, conclusion, title FROM checks
WHERE repository_id = $1 AND head = $2 AND external_id = $3";

const ON: &str = "
SELECT external_id, check_run_id, output_hash, base, conclusion, title FROM checks
WHERE repository_id = $1 AND head = $2
ORDER BY external_id";

const FOR_BASE: &str = "
SELECT repository_id FROM checks WHERE repository_id = $1 AND base = COALESCE($2, base) LIMIT 1";

const PUT: &str = "
INSERT INTO checks (repository_id, head, external_id, check_run_id, output_hash, updated_at,
                    base, conclusion, title)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (repository_id, head, external_id) DO UPDATE SET
    check_run_id = excluded.check_run_id,
    output_hash = excluded.output_hash,
    base = excluded.base,
    conclusion = excluded.conclusion,
    title = excluded.title,
    updated_at = excluded.updated_at";

const HEADS: &str = "
SELECT head FROM checks WHERE repository_id = $1 AND external_id = $2 ORDER BY updated_at DESC LIMIT 20";

const UNFINISHED: &str = "
SELECT head FROM checks WHERE repository_id = $1 AND external_id = $2 AND output_hash = ''";

const DOUBT: &str = "UPDATE checks SET output_hash = '' WHERE repository_id = $1 AND head = $2";

const FORGET: &str =
    "DELETE FROM checks WHERE repository_id = $1 AND head = $2 AND external_id = $3";

impl Store {
    /// The commits on which something was posted under this mark, the newest first; 20 at most.
    pub async fn heads_of(
        &self,
        repository_id: u64,
        external_id: &str,
    ) -> Result<Vec<String>, Error> {
        let repository = number(repository_id)?;
        within("look up where a check was posted", async {
            either!(&self.database, pools => sqlx::query_scalar(HEADS)
                .bind(repository)
                .bind(external_id)
                .fetch_all(pools.reader())
                .await)
        })
        .await
    }

    /// The commits on which what was begun under this mark is not known to be concluded.
    pub async fn unfinished_heads(
        &self,
        repository_id: u64,
        external_id: &str,
    ) -> Result<Vec<String>, Error> {
        let repository = number(repository_id)?;
        within("look up unfinished checks", async {
            either!(&self.database, pools => sqlx::query_scalar(UNFINISHED)
                .bind(repository)
                .bind(external_id)
                .fetch_all(pools.reader())
                .await)
        })
        .await
    }

    /// What was posted on a commit may not be what stands there last: whoever looks at it next asks GitHub.
    pub async fn doubt_checks(&self, repository_id: u64, head: &str) -> Result<(), Error> {
        let repository = number(repository_id)?;
        within("doubt a commit's check runs", async {
            either!(&self.database, pools => sqlx::query(DOUBT)
                .bind(repository)
                .bind(head)
                .execute(pools.writer())
                .await
                .map(drop))
        })
        .await
    }

    /// Forgets what was posted on a commit under a mark.
    pub async fn forget_check(
        &self,
        repository_id: u64,
        head: &str,
        external_id: &str,
    ) -> Result<(), Error> {
        let repository = number(repository_id)?;
        within("forget a check run", async {
            either!(&self.database, pools => sqlx::query(FORGET)
                .bind(repository)
                .bind(head)
                .bind(external_id)
                .execute(pools.writer())
                .await
                .map(drop))
        })
        .await
    }

    /// What was posted last on this commit under this mark.
    pub async fn posted_check(
        &self,
        repository_id: u64,
        head: &str,
        external_id: &str,
    ) -> Result<Option<PostedCheck>, Error> {
        let repository = number(repository_id)?;
        let row: Option<CheckRow> = within("look up a check run", async {
            either!(&self.database, pools => sqlx::query_as(GET)
                .bind(repository)
                .bind(head)
                .bind(external_id)
                .fetch_optional(pools.reader())
                .await)
        })
        .await?;
        row.map(|row| row.posted(repository_id, head)).transpose()
    }

    /// All that was posted last on this commit. The mark is the subject's key.
    pub async fn checks_on(
        &self,
        repository_id: u64,
        head: &str,
    ) -> Result<Vec<PostedCheck>, Error> {
        let repository = number(repository_id)?;
        let rows: Vec<CheckRow> = within("look up a commit's check runs", async {
            either!(&self.database, pools => sqlx::query_as(ON)
                .bind(repository)
                .bind(head)
                .fetch_all(pools.reader())
                .await)
        })
        .await?;
        rows.into_iter().map(|row| row.posted(repository_id, head)).collect()
    }

    /// Whether a check is remembered of a pull request into this branch, or into any where none is named.
    pub async fn has_checks_for(
        &self,
        repository_id: u64,
        base: Option<&str>,
    ) -> Result<bool, Error> {
        let repository = number(repository_id)?;
        let found: Option<i64> = within("look up a branch's check runs", async {
            either!(&self.database, pools => sqlx::query_scalar(FOR_BASE)
                .bind(repository)
                .bind(base)
                .fetch_optional(pools.reader())
                .await)
        })
        .await?;
        Ok(found.is_some())
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
                .bind(&posted.base)
                .bind(&posted.conclusion)
                .bind(&posted.title)
                .execute(pools.writer())
                .await
                .map(drop))
        })
        .await
    }
}

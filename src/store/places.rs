//! What happens to installations and repositories as a whole: they are renamed, and they end.

use jiff::Timestamp;

use super::database::{Sql, either, picking, within};
use super::worklist::id;
use super::{Error, Kind, Priority, Store, Subject, millis, number};

/// Which subjects are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    /// All that are reached through this installation.
    Installation(u64),
    /// All of this repository.
    Repository(u64),
}

const END_INSTALLATION: Sql = picking!(
    "
UPDATE subjects SET done = wanted, due_at = NULL, turn = NULL, hold_until = NULL, pending_since = NULL, updated_at = $2
WHERE key IN (SELECT key FROM subjects
              WHERE installation = $1 AND lease_until IS NULL AND due_at IS NOT NULL ORDER BY key",
    ")"
);

const END_REPOSITORY: Sql = picking!(
    "
UPDATE subjects SET done = wanted, due_at = NULL, turn = NULL, hold_until = NULL, pending_since = NULL, updated_at = $2
WHERE key IN (SELECT key FROM subjects
              WHERE repository_id = $1 AND lease_until IS NULL AND due_at IS NOT NULL ORDER BY key",
    ")"
);

/// Rows that another replica has just locked keep the old name until the next delivery; GitHub redirects.
pub(super) const RENAME: Sql = picking!(
    "
UPDATE subjects SET owner = $2, name = $3
WHERE key IN (SELECT key FROM subjects WHERE repository_id = $1 ORDER BY key",
    ")"
);

impl Ended {
    /// The statement that ends it, and its number.
    pub(super) fn statement(self) -> Result<(Sql, i64), Error> {
        Ok(match self {
            Self::Installation(id) => (END_INSTALLATION, number(id)?),
            Self::Repository(id) => (END_REPOSITORY, number(id)?),
        })
    }
}

const WITH_HEAD: &str = "
SELECT number, installation, owner, name FROM subjects
WHERE repository_id = $1 AND kind = 'pull_request' AND head = $2
ORDER BY number";

#[derive(sqlx::FromRow)]
struct HeadRow {
    number: i64,
    installation: i64,
    owner: String,
    name: String,
}

impl Store {
    /// Takes off the worklist what cannot be reached any more, except what is in a worker's hands; says how many.
    pub async fn end(&self, ended: Ended, now: Timestamp) -> Result<u64, Error> {
        let (statement, id) = ended.statement()?;
        within("take subjects off the worklist", async {
            either!(&self.database, pools => sqlx::query(pools.text(statement))
                .bind(id)
                .bind(millis(now))
                .execute(pools.writer())
                .await
                .map(|dropped| dropped.rows_affected()))
        })
        .await
    }

    /// A repository has another name, or another owner.
    pub async fn rename(&self, repository_id: u64, owner: &str, name: &str) -> Result<(), Error> {
        let repository = number(repository_id)?;
        within("rename a repository", async {
            either!(&self.database, pools => sqlx::query(pools.text(RENAME))
                .bind(repository)
                .bind(owner)
                .bind(name)
                .execute(pools.writer())
                .await
                .map(drop))
        })
        .await
    }

    /// The pull requests whose head was this commit when they were last seen, as subjects.
    pub async fn pull_requests_with(
        &self,
        repository_id: u64,
        head: &str,
    ) -> Result<Vec<Subject>, Error> {
        let repository = number(repository_id)?;
        let rows: Vec<HeadRow> = within("look up the pull requests of a commit", async {
            either!(&self.database, pools => sqlx::query_as(WITH_HEAD)
                .bind(repository)
                .bind(head)
                .fetch_all(pools.reader())
                .await)
        })
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Subject {
                    kind: Kind::PullRequest,
                    installation: id(row.installation)?,
                    repository_id,
                    owner: row.owner,
                    name: row.name,
                    number: id(row.number)?,
                    priority: Priority::Interactive,
                    head: Some(head.to_owned()),
                    base: None,
                })
            })
            .collect()
    }
}

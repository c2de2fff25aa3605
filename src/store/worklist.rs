//! The worklist: subjects are claimed by lease and settled in one of three ways.
//!
//! A subject's row counts how often it was asked for (`wanted`) and up to which of these it was answered
//! (`done`). Fifty pushes are fifty more wanted and one review of the newest; what is asked for during a
//! review makes the subject due again.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;

use super::database::{Database, Sql, either, picking, within};
use super::types::Kind;
use super::{Claimed, Error, Priority, Store, Subject, line, millis};

/// When and why a subject is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// After a wait of ours. It counts as a try, and a new delivery ends the wait.
    Backoff(Timestamp),
    /// GitHub named the time: a new delivery does not bring it forward, and it does not count as a try.
    Ordered(Timestamp),
    /// It was not really tried (the process ends, or the pull request moved meanwhile): due at this time,
    /// not counted.
    Untried(Timestamp),
}

impl Again {
    /// When.
    pub const fn at(self) -> Timestamp {
        match self {
            Self::Backoff(at) | Self::Ordered(at) | Self::Untried(at) => at,
        }
    }
}

/// What became of a settled claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nothing is to be done now.
    Done,
    /// It is due again.
    Due,
    /// The lease had gone to another: nothing was changed.
    Lost,
}

// Which repository's turn it is: `line.rs` says how places in the line are given.
const CLAIM: Sql = picking!(
    "
UPDATE subjects SET
    claims = claims + 1,
    attempts = attempts + 1,
    losses = CASE WHEN lease_until IS NULL THEN losses ELSE losses + 1 END,
    lease_until = $2,
    due_at = $2,
    turn = NULL,
    updated_at = $1
WHERE key = (SELECT key FROM subjects WHERE turn IS NOT NULL AND priority >= $3 AND due_at <= $1
             ORDER BY priority, turn, due_at LIMIT 1",
    ")
RETURNING key, kind, installation, repository_id, owner, name, number, priority, head, base, attempts,
          losses, pending_since, last_error, last_delivery, wanted, claims"
);

const FINISH: &str = "
UPDATE subjects SET
    done = $3,
    attempts = 0,
    losses = 0,
    lease_until = NULL,
    hold_until = NULL,
    due_at = CASE WHEN wanted > $3 THEN $4 ELSE NULL END,
    turn = NULL,
    pending_since = CASE WHEN wanted > $3 THEN $4 ELSE NULL END,
    last_error = $5,
    head = COALESCE($6, head),
    updated_at = $4
WHERE key = $1 AND claims = $2 AND lease_until IS NOT NULL
RETURNING wanted - done";

const RETRY: &str = "
UPDATE subjects SET
    lease_until = NULL,
    due_at = $3,
    turn = NULL,
    hold_until = $4,
    attempts = attempts - $5,
    losses = 0,
    last_error = $6,
    updated_at = $7
WHERE key = $1 AND claims = $2 AND lease_until IS NOT NULL";

const HOLDS: &str = "
SELECT EXISTS (SELECT 1 FROM subjects WHERE key = $1 AND claims = $2 AND lease_until IS NOT NULL)";

const RENEW: &str = "
UPDATE subjects SET lease_until = $3, due_at = $3, turn = NULL
WHERE key = $1 AND claims = $2 AND lease_until IS NOT NULL";

// At once the first time; then later and later: what was in hand at several ends of the process may have brought them
// about, and whatever was in hand beside it shall be done first.
const REARM: &str = "
UPDATE subjects SET
    lease_until = NULL,
    due_at = $1 + CASE losses WHEN 0 THEN 0 WHEN 1 THEN 1000 WHEN 2 THEN 3000 WHEN 3 THEN 9000 ELSE 27000 END,
    losses = losses + 1,
    updated_at = $1
WHERE lease_until IS NOT NULL";

// Two indexes hold what is owed: what stands in line, and what waits for its time.
const NEXT_DUE: &str = "
SELECT MIN(due_at) FROM (
    SELECT MIN(due_at) AS due_at FROM subjects WHERE turn IS NULL AND due_at IS NOT NULL
    UNION ALL SELECT MIN(due_at) FROM subjects WHERE turn IS NOT NULL) AS next";

const OWED: &str = "
SELECT (SELECT COUNT(*) FROM subjects WHERE turn IS NULL AND due_at IS NOT NULL)
     + (SELECT COUNT(*) FROM subjects WHERE turn IS NOT NULL)";

/// Characters of an error's text that are kept: it is for one line of a log or a page.
const LONGEST_REASON: usize = 1_000;

#[derive(sqlx::FromRow)]
struct Row {
    key: String,
    kind: String,
    installation: i64,
    repository_id: i64,
    owner: String,
    name: String,
    number: i64,
    priority: i64,
    attempts: i64,
    losses: i64,
    pending_since: Option<i64>,
    last_error: Option<String>,
    last_delivery: Option<String>,
    head: Option<String>,
    base: Option<String>,
    wanted: i64,
    claims: i64,
}

impl Store {
    /// Claims what is due: the most urgent first, repository by repository in turn, and of one repository
    /// the one that waits longest. `None`: nothing is due. The subject is nobody else's until `now + lease`.
    ///
    /// Of eight claims one begins with commands and one with the background, so that neither waits forever
    /// below a stream of pushes.
    pub async fn claim(&self, now: Timestamp, lease: Duration) -> Result<Option<Claimed>, Error> {
        let lease_until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        let first = match self.claims.fetch_add(1, Ordering::Relaxed) % 8 {
            3 => Priority::Command,
            7 => Priority::Background,
            _ => Priority::Interactive,
        };
        let row: Option<Row> = within("claim a subject", async {
            either!(&self.database, pools => {
                let mut transaction = pools.begin().await?;
                sqlx::query(pools.text(line::UP))
                    .bind(millis(now))
                    .execute(&mut *transaction)
                    .await?;
                let mut claimed = None;
                for rank in BTreeSet::from([first, Priority::Interactive]).into_iter().rev() {
                    claimed = sqlx::query_as(pools.text(CLAIM))
                        .bind(millis(now))
                        .bind(millis(lease_until))
                        .bind(rank.rank())
                        .fetch_optional(&mut *transaction)
                        .await?;
                    if claimed.is_some() {
                        break;
                    }
                }
                transaction.commit().await?;
                Ok(claimed)
            })
        })
        .await?;
        row.map(|row| row.claimed(now)).transpose()
    }

    /// The subject was looked at and answered, as far as it was wanted when it was claimed. `head` is the
    /// commit that was read, where one was.
    pub async fn finish(
        &self,
        claimed: &Claimed,
        head: Option<&str>,
        now: Timestamp,
    ) -> Result<Settled, Error> {
        // Where the commit is what is looked at, it stays what the key says.
        let head = head.filter(|_| !claimed.subject.kind.is_one_commit());
        self.conclude(claimed, head, None, now).await
    }

    /// The subject is given up, for this reason, until somebody asks for it again.
    pub async fn give_up(
        &self,
        claimed: &Claimed,
        reason: &str,
        now: Timestamp,
    ) -> Result<Settled, Error> {
        self.conclude(claimed, None, Some(cut(reason)), now).await
    }

    async fn conclude(
        &self,
        claimed: &Claimed,
        head: Option<&str>,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<Settled, Error> {
        let left: Option<i64> = within("settle a subject", async {
            either!(&self.database, pools => sqlx::query_scalar(FINISH)
                .bind(&claimed.key)
                .bind(claimed.claim)
                .bind(claimed.wanted)
                .bind(millis(now))
                .bind(reason.as_deref())
                .bind(head)
                .fetch_optional(pools.writer())
                .await)
        })
        .await?;
        Ok(match left {
            None => Settled::Lost,
            Some(0) => Settled::Done,
            Some(_) => Settled::Due,
        })
    }

    /// The subject could not be answered, for this reason, and is tried again.
    pub async fn retry(
        &self,
        claimed: &Claimed,
        again: Again,
        reason: &str,
        now: Timestamp,
    ) -> Result<Settled, Error> {
        let (due_at, hold_until, uncounted) = match again {
            Again::Backoff(at) => (at, None, 0_i64),
            Again::Ordered(at) => (at, Some(millis(at)), 1),
            Again::Untried(at) => (at, None, 1),
        };
        let changed = within("put a subject back", async {
            either!(&self.database, pools => sqlx::query(RETRY)
                .bind(&claimed.key)
                .bind(claimed.claim)
                .bind(millis(due_at))
                .bind(hold_until)
                .bind(uncounted)
                .bind(cut(reason))
                .bind(millis(now))
                .execute(pools.writer())
                .await
                .map(|changed| changed.rows_affected()))
        })
        .await?;
        Ok(if changed == 0 { Settled::Lost } else { Settled::Due })
    }

    /// Whether the subject is still in these hands. A process that stood still past its lease asks before it writes to
    /// GitHub, where nothing keeps two from saying the same.
    pub async fn holds(&self, claimed: &Claimed) -> Result<bool, Error> {
        within("look after a claim", async {
            either!(&self.database, pools => sqlx::query_scalar(HOLDS)
                .bind(&claimed.key)
                .bind(claimed.claim)
                .fetch_one(pools.reader())
                .await)
        })
        .await
    }

    /// The subject stays in these hands until `now + lease`; false: it is in others already.
    pub async fn renew(
        &self,
        claimed: &Claimed,
        now: Timestamp,
        lease: Duration,
    ) -> Result<bool, Error> {
        let lease_until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        within("renew a lease", async {
            either!(&self.database, pools => sqlx::query(RENEW)
                .bind(&claimed.key)
                .bind(claimed.claim)
                .bind(millis(lease_until))
                .execute(pools.writer())
                .await
                .map(|changed| changed.rows_affected() > 0))
        })
        .await
    }

    /// Makes every leased subject due, at once or, where that went wrong before, soon; says how many. For the start of the
    /// one process that uses the file: whoever held them is gone. On `PostgreSQL` it does nothing: other replicas live, and the leases
    /// of one that died end by themselves.
    pub async fn rearm_all(&self, now: Timestamp) -> Result<u64, Error> {
        let Database::Sqlite(pools) = &self.database else { return Ok(0) };
        within("take back leases", async {
            let rearmed = sqlx::query(REARM).bind(millis(now)).execute(pools.writer()).await?;
            Ok(rearmed.rows_affected())
        })
        .await
    }

    /// When something can be claimed next (a lease's end counts); `None`: nothing is owed.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        let due: Option<i64> = within("say what is due next", async {
            either!(&self.database, pools => {
                sqlx::query_scalar(NEXT_DUE).fetch_one(pools.reader()).await
            })
        })
        .await?;
        due.map(time).transpose()
    }

    /// How many subjects are due, waiting for their next try, or in a worker's hands.
    pub async fn owed(&self) -> Result<u64, Error> {
        let owed: i64 = within("count what is owed", async {
            either!(&self.database, pools => {
                sqlx::query_scalar(OWED).fetch_one(pools.reader()).await
            })
        })
        .await?;
        Ok(owed.unsigned_abs())
    }
}

impl Row {
    fn claimed(self, now: Timestamp) -> Result<Claimed, Error> {
        Ok(Claimed {
            subject: Subject {
                kind: Kind::parse(&self.kind)?,
                installation: id(self.installation)?,
                repository_id: id(self.repository_id)?,
                owner: self.owner,
                name: self.name,
                number: id(self.number)?,
                priority: Priority::of_rank(self.priority),
                head: self.head,
                base: self.base,
            },
            attempts: u32::try_from(self.attempts.max(1)).unwrap_or(u32::MAX),
            losses: u32::try_from(self.losses).unwrap_or(u32::MAX),
            pending_since: self.pending_since.map(time).transpose()?.unwrap_or(now),
            last_error: self.last_error,
            last_delivery: self.last_delivery,
            key: self.key,
            wanted: self.wanted,
            claim: self.claims,
        })
    }
}

pub(super) fn time(millis: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(millis)
        .map_err(|_| Error::Corrupt(format!("{millis} is no time in milliseconds")))
}

/// A number of GitHub's as a row holds it.
pub(super) fn id(value: i64) -> Result<u64, Error> {
    u64::try_from(value).map_err(|_| Error::Corrupt(format!("{value} is no number of GitHub's")))
}

/// A NUL would be refused by `PostgreSQL`, and what the reason quotes may hold one.
fn cut(reason: &str) -> String {
    reason.chars().take(LONGEST_REASON).map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect()
}

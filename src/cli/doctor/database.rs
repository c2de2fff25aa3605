//! The database: reached, written to, up to date, and what is owed.

use std::time::Duration;

use jiff::Timestamp;

use super::line::{Line, ok, problem, warning};
use crate::store::{self, Error, Tables};

/// How long something may be owed before it is worth a look: twelve tries of a failing review take half an hour.
const LONG: Duration = Duration::from_secs(30 * 60);

pub(super) async fn look(url: &str) -> Line {
    let now = Timestamp::now();
    let seen = match store::inspect(url, now).await {
        Ok(seen) => seen,
        Err(error) => {
            let next = match &error {
                // It names its remedy itself.
                Error::Connect { .. } | Error::ReadOnly => {
                    "do as it says, then run `ep-bot doctor` again"
                }
                _ => {
                    "see that DATABASE_URL names the right database, and that this user may read and write it"
                }
            };
            return problem("database", error.to_string(), next);
        }
    };
    let place = &seen.place;
    match (seen.tables, seen.backlog) {
        (Tables::Missing, _) => ok("database", format!("{place}: new, the first start fills it")),
        (Tables::Behind, _) => ok(
            "database",
            format!("{place}: of an earlier version, the next start brings it up to date"),
        ),
        (Tables::Newer, _) => problem(
            "database",
            format!("{place}: made by a later version of ep-bot"),
            "use that version, or stop the bot and delete the database: decisions are on GitHub",
        ),
        (Tables::Current, backlog) => {
            let backlog = backlog.unwrap_or_default();
            let Some(since) = backlog.since else {
                return ok("database", format!("{place}: nothing is owed"));
            };
            let waited = Duration::try_from(now.duration_since(since)).unwrap_or_default();
            let things = if backlog.owed == 1 { "answer is" } else { "answers are" };
            let said =
                format!("{place}: {} {things} owed, the oldest since {since:.0}", backlog.owed);
            if waited < LONG {
                return ok("database", said);
            }
            let next =
                "see that `ep-bot serve` runs (GET /readyz), and what its log says of failed tries";
            warning("database", said, next)
        }
    }
}

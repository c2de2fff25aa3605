//! GitHub's list of deliveries: what failed there and is not on disk here is asked for again; and where the database is
//! empty, also what had arrived and no sweep finds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::Recovery;
use crate::bot::event;
use crate::bot::job::Answer;
use crate::bot::surroundings::Clock;
use crate::bot::trouble::Trouble;
use crate::github::{Error, GitHub, SentDelivery};
use crate::meter::Meter;
use crate::store::{Kind, Store};

/// How often a delivery is asked for. What fails so often is left to the sweep, where that finds it; else it is asked for as
/// long as the list is read so far back.
const MOST_TIMES: u32 = 3;

/// How far back what had arrived is asked for all the same, when the database is empty and no sweep finds it: merge groups,
/// and commands on issues. A queue waits for its checks 360 minutes at most (`check_response_timeout_minutes` of a ruleset, in
/// GitHub's API description).
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(6);

/// How long one try reads, well below a try's deadline; the next goes on where it ended.
const SLICE: Duration = Duration::from_secs(45);

/// The pause after so many deliveries were asked for as is good in a minute.
const BREATH: Duration = Duration::from_secs(60);

/// Reads the list.
#[derive(Debug)]
pub(in crate::bot) struct Scanner {
    github: GitHub,
    store: Store,
    clock: Clock,
    recovery: Recovery,
    meter: Meter,
    /// How far an earlier try came. With the process it is lost, and the list is read from its beginning.
    progress: Mutex<Option<Progress>>,
}

/// How far the list was read: from the newest entry to older ones.
#[derive(Debug, PartialEq, Eq)]
struct Progress {
    cursor: Option<String>,
    /// Nothing older is read.
    horizon: Timestamp,
    /// What came after this may have been lost with the database.
    forgotten: Timestamp,
    newest: Option<Timestamp>,
    /// Attempts beyond the first, which stand before it in the list; by guid.
    again: HashMap<String, Again>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Again {
    times: u32,
    arrived: bool,
}

impl Scanner {
    pub(in crate::bot) fn new(
        github: GitHub,
        store: Store,
        clock: Clock,
        recovery: Recovery,
        meter: Meter,
    ) -> Self {
        Self { github, store, clock, recovery, meter, progress: Mutex::default() }
    }

    /// Reads on. What was asked for comes as a delivery of its own.
    pub(in crate::bot) async fn answer(&self) -> Result<Answer, Trouble> {
        let what = Kind::Deliveries.as_str();
        // Out of its place: a try that fails begins anew. What it asked for stands in the list.
        let progress = self.place().take();
        let mut progress = match progress {
            Some(progress) => progress,
            None => self.begin(what).await?,
        };
        let (begun, mut asked) = (Instant::now(), 0);
        loop {
            let page = self.github.deliveries(progress.cursor.as_deref()).await?;
            let failed = progress.read(&page.deliveries);
            let (lost, whole) = (failed.lost, failed.whole || page.next.is_none());
            asked += self.ask_again(&lost).await?;
            progress.cursor = page.next;
            if whole {
                if let Some(newest) = progress.newest {
                    self.store.end_scan(what, newest, self.clock.now()).await?;
                }
                return Ok(Answer::Settled { head: None });
            }
            let wait = match (asked >= self.recovery.burst, begun.elapsed() >= SLICE) {
                (true, _) => BREATH,
                (false, true) => Duration::ZERO,
                (false, false) => continue,
            };
            *self.place() = Some(progress);
            let reason = "the list of deliveries is long, and is read on in parts".to_owned();
            return Ok(Answer::Later { wait, reason });
        }
    }

    fn place(&self) -> std::sync::MutexGuard<'_, Option<Progress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn begin(&self, what: &str) -> Result<Progress, Trouble> {
        let now = self.clock.now();
        let before = self.store.scan(what).await?.read_to;
        self.store.begin_scan(what, now).await?;
        let horizon = match before {
            Some(read_to) => read_to.checked_sub(self.recovery.overlap),
            None => now.checked_sub(self.recovery.look_back),
        };
        let horizon = horizon.unwrap_or(Timestamp::MIN);
        let forgotten = match before {
            Some(_) => Timestamp::MAX,
            None => now.checked_sub(FORGOTTEN).unwrap_or(Timestamp::MIN),
        };
        Ok(Progress { cursor: None, horizon, forgotten, newest: None, again: HashMap::new() })
    }

    /// Asks for those that are not on disk here: an answer may have been lost on its way to GitHub.
    async fn ask_again(&self, lost: &[SentDelivery]) -> Result<usize, Trouble> {
        if lost.is_empty() {
            return Ok(0);
        }
        let guids: Vec<&str> = lost.iter().map(|delivery| delivery.guid.as_str()).collect();
        let known = self.store.known(&guids).await?;
        let mut asked = 0;
        for delivery in lost.iter().filter(|delivery| !known.contains(&delivery.guid)) {
            let SentDelivery { id, guid, event, status, .. } = delivery;
            match self.github.redeliver(*id).await {
                Ok(()) => {
                    tracing::warn!(
                        delivery = guid,
                        event,
                        status,
                        "a delivery is not here: it is asked for again"
                    );
                    self.meter.redelivered(1);
                    asked += 1;
                }
                // One that GitHub does not send again keeps no other back.
                Err(error @ (Error::NotFound { .. } | Error::Refused { .. })) => {
                    tracing::warn!(delivery = guid, event, %error, "a delivery did not arrive and does not come again");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(asked)
    }
}

/// What a page shows.
struct Failed {
    lost: Vec<SentDelivery>,
    /// Whether what is older need not be read.
    whole: bool,
}

impl Progress {
    /// Reads a page, the newest first. Only a delivery whose first attempt is listed is asked for: of others nobody
    /// knows how often they were.
    fn read(&mut self, page: &[SentDelivery]) -> Failed {
        let mut lost = Vec::new();
        for delivery in page {
            if delivery.delivered_at < self.horizon {
                return Failed { lost, whole: true };
            }
            self.newest = self.newest.max(Some(delivery.delivered_at));
            if delivery.redelivery {
                let again = self.again.entry(delivery.guid.clone()).or_default();
                again.times += 1;
                again.arrived |= delivery.arrived();
                continue;
            }
            let again = self.again.remove(&delivery.guid).unwrap_or_default();
            let arrived = delivery.arrived() || again.arrived;
            if (arrived && !self.may_be_forgotten(delivery)) || !event::handles(&delivery.event) {
                continue;
            }
            if again.times >= MOST_TIMES && !Self::is_only_told(delivery) {
                tracing::warn!(delivery = %delivery.guid, "a delivery keeps failing: it is left to the sweep");
                continue;
            }
            lost.push(delivery.clone());
        }
        Failed { lost, whole: false }
    }

    /// Whether only the database knew of it. A comment that was answered has our reaction, and is not answered again.
    fn may_be_forgotten(&self, delivery: &SentDelivery) -> bool {
        delivery.delivered_at > self.forgotten && Self::is_only_told(delivery)
    }

    /// Whether no sweep finds what it tells of.
    fn is_only_told(delivery: &SentDelivery) -> bool {
        matches!(
            (delivery.event.as_str(), delivery.action.as_deref()),
            ("merge_group", Some("checks_requested")) | ("issue_comment", Some("created"))
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a time of this century")
    }

    fn attempt(guid: &str, second: i64, status_code: u16, redelivery: bool) -> SentDelivery {
        SentDelivery {
            id: u64::try_from(second).unwrap_or_default(),
            guid: guid.into(),
            delivered_at: at(second),
            redelivery,
            event: "pull_request".into(),
            action: None,
            status_code,
            status: String::new(),
            installation: Some(7),
            repository: Some(22),
        }
    }

    /// What is lost of pages that begin with the newest.
    fn lost(pages: &[Vec<SentDelivery>]) -> Vec<String> {
        lost_since(Timestamp::MAX, pages)
    }

    /// The same where what came after `forgotten` may be lost with the database.
    fn lost_since(forgotten: Timestamp, pages: &[Vec<SentDelivery>]) -> Vec<String> {
        let again = HashMap::new();
        let mut progress =
            Progress { cursor: None, horizon: at(0), forgotten, newest: None, again };
        let lost = pages.iter().flat_map(|page| progress.read(page).lost);
        lost.map(|delivery| delivery.guid).collect()
    }

    #[test]
    fn what_failed_and_never_arrived_is_lost() {
        let page = vec![
            attempt("b", 50, 202, true),
            attempt("e", 45, 502, true),
            attempt("a", 40, 202, false),
            attempt("b", 30, 0, false),
            attempt("c", 20, 500, false),
        ];
        assert_eq!(lost(&[page, vec![attempt("d", 10, 504, false)]]), ["c", "d"]);
    }

    #[test]
    fn what_was_asked_for_three_times_is_not_asked_for_again() {
        let often = |times: i64| -> Vec<SentDelivery> {
            let again = (0..times).map(|n| attempt("a", 90 - n, 502, true));
            again.chain([attempt("a", 10, 502, false)]).collect()
        };
        assert_eq!(lost(&[often(2)]), ["a"]);
        assert_eq!(lost(&[often(3)]), [""; 0]);
        let (first, rest) = (often(3)[..1].to_vec(), often(3)[1..].to_vec());
        assert_eq!(lost(&[first, rest]), [""; 0], "over two pages too");
    }

    #[test]
    fn without_its_database_what_no_sweep_finds_is_asked_for_though_it_had_arrived() {
        let sent = |guid: &str, second: i64, event: &str, action: &str| SentDelivery {
            event: event.into(),
            action: Some(action.into()),
            ..attempt(guid, second, 202, false)
        };
        let page = vec![
            sent("a", 90, "merge_group", "checks_requested"),
            sent("b", 80, "merge_group", "destroyed"),
            sent("c", 75, "issue_comment", "created"),
            attempt("d", 70, 202, false),
            sent("e", 10, "merge_group", "checks_requested"),
        ];
        assert_eq!(lost_since(at(50), std::slice::from_ref(&page)), ["a", "c"]);
        assert_eq!(lost(&[page]), [""; 0], "the database knows");
    }

    #[test]
    fn what_is_older_than_the_horizon_or_of_no_interest_is_let_be() {
        let star = SentDelivery { event: "star".into(), ..attempt("s", 20, 502, false) };
        let old = attempt("o", -1, 502, false);
        assert_eq!(lost(&[vec![star, attempt("a", 10, 502, false), old]]), ["a"]);
    }
}

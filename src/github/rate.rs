//! Rate limits: what GitHub said last, for each installation, and when it may be asked again.
//!
//! A limit that GitHub reported is kept: further calls of that installation fail at once with the time left,
//! instead of being sent (GitHub bans integrations that go on asking).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;
use jiff::{Timestamp, fmt::rfc2822};

use super::error::{Error, SECONDARY_WAIT, Status};
use super::types::InstallationId;

/// No limit of GitHub's lasts longer than its window of one hour; a stray header must not stop the work for good.
const LONGEST_WAIT: Duration = Duration::from_secs(3_660);

/// What a call is counted against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// REST, in requests.
    Core,
    /// GraphQL, in points.
    Graphql,
}

/// One limit, as GitHub's last answer gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests or points in an hour.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
    /// Until the hour begins again.
    pub resets_in: Duration,
}

/// What is known of an installation's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// REST; `None` before the first answer.
    pub core: Option<Rate>,
    /// GraphQL; `None` before the first answer.
    pub graphql: Option<Rate>,
    /// Time left of a limit that was hit and keeps calls from being sent.
    pub blocked: Option<Duration>,
}

#[derive(Default)]
pub(super) struct Gauges(Mutex<HashMap<InstallationId, Gauge>>);

#[derive(Default)]
struct Gauge {
    core: Option<Reading>,
    graphql: Option<Reading>,
    blocks: Vec<Block>,
}

#[derive(Clone, Copy)]
struct Reading {
    limit: u64,
    remaining: u64,
    reset: Instant,
}

/// A limit that was hit. A primary limit stops one resource, a secondary one (`None`) everything.
struct Block {
    resource: Option<Resource>,
    until: Instant,
    status: Status,
}

impl Gauges {
    fn lock(&self) -> MutexGuard<'_, HashMap<InstallationId, Gauge>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the headers that stand on every answer.
    pub(super) fn note(&self, installation: InstallationId, asked: Resource, headers: &HeaderMap) {
        let (Some(limit), Some(remaining)) =
            (number(headers, "x-ratelimit-limit"), number(headers, "x-ratelimit-remaining"))
        else {
            return;
        };
        let reset = Instant::now() + until_reset(headers).unwrap_or_default();
        let reading = Some(Reading { limit, remaining, reset });
        let mut gauges = self.lock();
        let gauge = gauges.entry(installation).or_default();
        match asked {
            Resource::Core => gauge.core = reading,
            Resource::Graphql => gauge.graphql = reading,
        }
    }

    /// Keeps calls back for `wait`; `resource` is `None` for a secondary limit.
    pub(super) fn block(
        &self,
        installation: InstallationId,
        resource: Option<Resource>,
        wait: Duration,
        status: &Status,
    ) {
        let block = Block { resource, until: Instant::now() + wait, status: status.clone() };
        let mut gauges = self.lock();
        let blocks = &mut gauges.entry(installation).or_default().blocks;
        blocks.retain(|b| b.resource != resource);
        blocks.push(block);
    }

    /// Fails while a limit that was hit lasts.
    pub(super) fn pass(
        &self,
        installation: InstallationId,
        asked: Resource,
        operation: &'static str,
    ) -> Result<(), Error> {
        let now = Instant::now();
        let mut gauges = self.lock();
        let Some(gauge) = gauges.get_mut(&installation) else { return Ok(()) };
        gauge.blocks.retain(|b| b.until > now);
        let hit = gauge.blocks.iter().filter(|b| b.resource.is_none_or(|r| r == asked));
        hit.max_by_key(|b| b.until).map_or(Ok(()), |b| {
            let (status, wait) = (b.status.clone(), b.until - now);
            Err(Error::RateLimited { operation, status, wait })
        })
    }

    pub(super) fn read(&self, installation: InstallationId) -> Rates {
        self.lock().get(&installation).map(Gauge::rates).unwrap_or_default()
    }

    pub(super) fn read_all(&self) -> Vec<(InstallationId, Rates)> {
        self.lock().iter().map(|(installation, gauge)| (*installation, gauge.rates())).collect()
    }
}

impl Gauge {
    fn rates(&self) -> Rates {
        let now = Instant::now();
        let rate = |r: Reading| Rate {
            limit: r.limit,
            remaining: r.remaining,
            resets_in: r.reset.saturating_duration_since(now),
        };
        let until = self.blocks.iter().map(|b| b.until).filter(|until| *until > now).max();
        Rates {
            core: self.core.map(rate),
            graphql: self.graphql.map(rate),
            blocked: until.map(|until| until - now),
        }
    }
}

/// A limit that an answer tells of: how long, and whether it is the primary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) wait: Duration,
    pub(super) primary: bool,
}

/// Whether a 403 or 429 is a limit. In GitHub's order: `retry-after`, then an exhausted primary limit, then
/// the message, since a secondary limit may come without any header.
pub(super) fn hit(code: u16, headers: &HeaderMap, message: &str) -> Option<Hit> {
    if code != 403 && code != 429 {
        return None;
    }
    let exhausted = number(headers, "x-ratelimit-remaining") == Some(0);
    if let Some(seconds) = number(headers, "retry-after") {
        let wait = Duration::from_secs(seconds.max(1)).min(LONGEST_WAIT);
        return Some(Hit { wait, primary: exhausted });
    }
    if exhausted {
        return Some(primary(headers));
    }
    let message = message.to_ascii_lowercase();
    let told = message.contains("rate limit") || message.contains("abuse detection");
    (told || code == 429).then_some(Hit { wait: SECONDARY_WAIT, primary: false })
}

/// A primary limit that was hit, by its reset.
pub(super) fn primary(headers: &HeaderMap) -> Hit {
    let wait =
        until_reset(headers).unwrap_or(SECONDARY_WAIT).clamp(Duration::from_secs(1), LONGEST_WAIT);
    Hit { wait, primary: true }
}

/// Time until `x-ratelimit-reset`, one second over so that it is surely past. Counted from the answer's own
/// `date`: this machine's clock may be wrong.
fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let reset = i64::try_from(number(headers, "x-ratelimit-reset")?).ok()?;
    let now = date(headers).unwrap_or_else(Timestamp::now).as_second();
    let left = u64::try_from(reset.saturating_sub(now)).unwrap_or(0);
    Some(Duration::from_secs(left.saturating_add(1)).min(LONGEST_WAIT))
}

/// When GitHub sent the answer, by its own clock.
pub(super) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(http::header::DATE)?.to_str().ok()?;
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().filter_map(|(k, v)| Some((k.parse().ok()?, v.parse().ok()?))).collect()
    }

    #[test]
    fn a_reset_is_counted_from_the_answers_own_date() {
        let h = headers(&[
            ("date", "Thu, 01 Jan 2026 00:00:00 GMT"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1767225700"),
        ]);
        let wait = Duration::from_secs(101);
        assert_eq!(hit(403, &h, ""), Some(Hit { wait, primary: true }));
        assert_eq!(hit(422, &h, ""), None);
    }

    #[test]
    fn a_secondary_limit_is_told_by_retry_after_or_by_its_message() {
        let after = headers(&[("retry-after", "7"), ("x-ratelimit-remaining", "4000")]);
        let seven = Hit { wait: Duration::from_secs(7), primary: false };
        assert_eq!(hit(403, &after, "no"), Some(seven));
        let none = HeaderMap::new();
        let minute = Hit { wait: SECONDARY_WAIT, primary: false };
        assert_eq!(hit(403, &none, "You have exceeded a secondary rate limit."), Some(minute));
        assert_eq!(hit(429, &none, ""), Some(minute));
        assert_eq!(hit(403, &none, "Resource not accessible by integration"), None);
    }

    #[test]
    fn a_stray_header_never_stops_the_work_for_good() {
        for name in ["retry-after", "x-ratelimit-reset"] {
            let h = headers(&[(name, "99999999999999"), ("x-ratelimit-remaining", "0")]);
            assert_eq!(hit(429, &h, "").map(|h| h.wait), Some(LONGEST_WAIT));
        }
    }

    #[test]
    fn a_primary_limit_stops_one_resource_and_a_secondary_one_both() {
        let (gauges, one) = (Gauges::default(), InstallationId(1));
        let status = Status { code: 403, message: "slow down".into(), request_id: None };
        gauges.block(one, Some(Resource::Graphql), Duration::from_secs(9), &status);
        assert!(gauges.pass(one, Resource::Core, "read").is_ok());
        assert!(gauges.pass(one, Resource::Graphql, "read").is_err());
        assert!(gauges.pass(InstallationId(2), Resource::Graphql, "read").is_ok());
        gauges.block(one, None, Duration::from_secs(9), &status);
        assert!(gauges.pass(one, Resource::Core, "read").is_err());
        gauges.block(one, None, Duration::ZERO, &status);
        assert!(gauges.pass(one, Resource::Core, "read").is_ok());
    }
}

//! What is counted, for `GET /metrics`. A [`Meter`] is handed to whoever has something to count; there is no global.
//!
//! **Invariant:** no label takes a value that a stranger or a repository chooses. What grows is the number of
//! installations, and nothing else.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// What the text is, for `Content-Type`.
/// <https://prometheus.io/docs/instrumenting/exposition_formats/>
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Seconds from a delivery to its verdict. A review takes about one; twelve tries take half an hour.
const VERDICT_SECONDS: [f64; 13] =
    [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1800.0];

/// Counters. Clones share them.
#[derive(Debug, Clone)]
pub struct Meter(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    deliveries: Family<DeliveryLabels, Counter>,
    requests: Family<RequestLabels, Counter>,
    verdicts: Histogram,
    failed: Family<ReasonLabels, Counter>,
    given_up: Counter,
    redelivered: Counter,
    swept: Counter,
    at_scrape: AtScrape,
    /// Held from when the gauges are set to when they are written: two that scrape at once see each its own.
    writing: Mutex<()>,
}

/// Gauges that are set when they are asked for.
#[derive(Debug, Default)]
struct AtScrape {
    database: Gauge,
    workers: Gauge,
    owed: Gauge,
    oldest: Gauge<f64, std::sync::atomic::AtomicU64>,
    unclaimed: Gauge<f64, std::sync::atomic::AtomicU64>,
    rates: Family<RateLabels, Gauge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    event: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RateLabels {
    installation: u64,
    resource: &'static str,
}

/// What is looked up when somebody scrapes.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Whether the workers are all there.
    pub workers: bool,
    /// What is owed; `None`: the database did not say.
    pub owed: Option<Owed>,
    /// Installation, resource (`core` or `graphql`), and what is left of its limit.
    pub rates: Vec<(u64, &'static str, u64)>,
}

/// What is owed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Owed {
    /// How many subjects.
    pub subjects: u64,
    /// Age of the oldest of them.
    pub oldest: Duration,
    /// How long the oldest that is due has waited for a worker.
    pub unclaimed: Duration,
}

impl Default for Meter {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("ep_bot");
        let version = env!("CARGO_PKG_VERSION");
        registry.register("build", "The version that runs", Info::new([("version", version)]));
        let deliveries = Family::<DeliveryLabels, Counter>::default();
        registry.register(
            "deliveries",
            "Webhooks that came, by event (`other`: one that is not looked at) and what became of them: taken, repeated, \
             ignored, or why they were refused",
            deliveries.clone(),
        );
        let requests = Family::<RequestLabels, Counter>::default();
        registry.register(
            "github_requests",
            "Requests to GitHub, by what was asked for and what came of it: a class of status, or why there was no answer",
            requests.clone(),
        );
        let verdicts = Histogram::new(VERDICT_SECONDS);
        registry.register_with_unit(
            "verdict",
            "From the first delivery that asked for it to the check that is concluded, in seconds",
            Unit::Seconds,
            verdicts.clone(),
        );
        let failed = Family::<ReasonLabels, Counter>::default();
        registry.register(
            "failed_tries",
            "Tries that failed, by reason. Most are tried again",
            failed.clone(),
        );
        let [given_up, redelivered, swept] = [
            ("given_up", "Subjects that were given up: the check says so and waits for a person"),
            ("redelivered", "Webhooks that did not arrive and that GitHub was asked to send again"),
            ("swept", "Pull requests without a check of theirs that the sweep found"),
        ]
        .map(|(name, help)| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        });
        let at_scrape = AtScrape::register(&mut registry);
        let writing = Mutex::default();
        Self(Arc::new(Inner {
            registry,
            deliveries,
            requests,
            verdicts,
            failed,
            given_up,
            redelivered,
            swept,
            at_scrape,
            writing,
        }))
    }
}

impl AtScrape {
    fn register(registry: &mut Registry) -> Self {
        let own = Self::default();
        let Self { database, workers, owed, oldest, unclaimed, rates } = &own;
        registry.register(
            "database_up",
            "Whether the database answered in time when this was asked for: 1 or 0",
            database.clone(),
        );
        registry.register("workers_up", "Whether every worker is there: 1 or 0", workers.clone());
        registry.register(
            "owed_subjects",
            "Subjects that are due, wait for their next try, or are in work; the last that was known while the database is \
             away",
            owed.clone(),
        );
        registry.register_with_unit(
            "oldest_owed",
            "Age of the oldest subject that is owed, in seconds; 0 when none is",
            Unit::Seconds,
            oldest.clone(),
        );
        registry.register_with_unit(
            "oldest_unclaimed",
            "How long the oldest subject that is due has waited for a worker, in seconds; 0 when none does",
            Unit::Seconds,
            unclaimed.clone(),
        );
        registry.register(
            "github_rate_limit_remaining",
            "Requests (core) or points (graphql) that are left of an installation's hour, by GitHub's last answer",
            rates.clone(),
        );
        own
    }

    fn set(&self, seen: &Seen) {
        self.workers.set(i64::from(seen.workers));
        self.database.set(i64::from(seen.owed.is_some()));
        if let Some(Owed { subjects, oldest, unclaimed }) = seen.owed {
            self.owed.set(whole(subjects));
            self.oldest.set(oldest.as_secs_f64());
            self.unclaimed.set(unclaimed.as_secs_f64());
        }
        self.rates.clear();
        for &(installation, resource, left) in &seen.rates {
            self.rates.get_or_create(&RateLabels { installation, resource }).set(whole(left));
        }
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Meter {
    /// A webhook came. Both words must be of a fixed set.
    pub fn delivery(&self, event: &'static str, outcome: &'static str) {
        self.0.deliveries.get_or_create(&DeliveryLabels { event, outcome }).inc();
    }

    /// A request went to GitHub.
    pub fn request(&self, operation: &'static str, result: &'static str) {
        self.0.requests.get_or_create(&RequestLabels { operation, result }).inc();
    }

    /// A check was concluded so long after it was asked for.
    pub fn verdict(&self, waited: Duration) {
        self.0.verdicts.observe(waited.as_secs_f64());
    }

    /// A try failed, for a reason of a fixed set.
    pub fn failed_try(&self, reason: &'static str) {
        self.0.failed.get_or_create(&ReasonLabels { reason }).inc();
    }

    /// A subject is not tried any more.
    pub fn gave_up(&self) {
        self.0.given_up.inc();
    }

    /// GitHub was asked to send so many webhooks again.
    pub fn redelivered(&self, count: u64) {
        self.0.redelivered.inc_by(count);
    }

    /// How many webhooks GitHub was asked to send again, since the start.
    pub fn redeliveries(&self) -> u64 {
        self.0.redelivered.get()
    }

    /// How many pull requests the sweep found without a check of theirs, since the start.
    pub fn found_by_sweep(&self) -> u64 {
        self.0.swept.get()
    }

    /// The sweep found so many pull requests without a check of theirs.
    pub fn swept(&self, count: u64) {
        self.0.swept.inc_by(count);
    }

    /// Everything, in Prometheus' text format ([`CONTENT_TYPE`]).
    ///
    /// # Errors
    /// Never in practice: a metric that cannot be written is a defect.
    pub fn text(&self, seen: &Seen) -> Result<String, std::fmt::Error> {
        let Inner { registry, at_scrape, writing, .. } = &*self.0;
        let _alone = writing.lock().unwrap_or_else(PoisonError::into_inner);
        at_scrape.set(seen);
        let mut text = String::new();
        prometheus_text::encode(&mut text, registry)?;
        Ok(text)
    }
}

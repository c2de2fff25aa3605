//! What did not arrive. GitHub sends each webhook once: what fails then is lost, and a required check with it, unless
//! somebody looks. Two rounds look, each a subject on the worklist, so that of several replicas one does it:
//!
//! - every few minutes GitHub's list of deliveries is read, and what failed is asked for again (`recovery::scan`);
//! - every hour all open pull requests are listed, and those without a check of ours are reviewed (`sweep`).
//!
//! Deliveries are the fast path; the sweep is the guarantee.

mod scan;

use std::time::Duration;

use tokio_util::task::AbortOnDropHandle;

use super::surroundings::{Clock, Dice};
use super::trouble::after;
use crate::store::{self, Kind, Store, Subject};

pub(super) use scan::Scanner;

/// How what was missed is found.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// How often GitHub's list of deliveries is read. Default: 5 min. Each time a little earlier or later.
    pub deliveries_every: Duration,
    /// How often all open pull requests are looked through. Default: 1 h.
    pub sweep_every: Duration,
    /// How far back the first reading goes. Default: 3 days, for which GitHub keeps deliveries.
    pub look_back: Duration,
    /// How far each reading goes back behind the end of the one before. What keeps failing is asked for again as long
    /// as it is within. Default: 1 h.
    pub overlap: Duration,
    /// How many deliveries are asked for in a minute at most. Default: 100; each is a write, of which GitHub allows
    /// 180 a minute.
    pub burst: usize,
    /// The time from one repository's sweep to the next, as far as the period suffices. Default: 2 s.
    pub gap: Duration,
}

impl Default for Recovery {
    fn default() -> Self {
        Self {
            deliveries_every: Duration::from_secs(5 * 60),
            sweep_every: Duration::from_secs(3_600),
            look_back: Duration::from_secs(3 * 24 * 3_600),
            overlap: Duration::from_secs(3_600),
            burst: 100,
            gap: Duration::from_secs(2),
        }
    }
}

/// The part of a period for which a round that any replica has made is enough; less than the shortest period.
const SHARED: f64 = 0.7;

/// The longest wait after the database could not be asked.
const PAUSE: Duration = Duration::from_secs(30);

/// Puts both rounds on the worklist, now and again and again, until the handle is dropped. Within a Tokio runtime.
pub fn tick(
    store: &Store,
    clock: &Clock,
    dice: Dice,
    recovery: &Recovery,
) -> AbortOnDropHandle<()> {
    let rounds = [
        (Kind::Deliveries, recovery.deliveries_every),
        (Kind::Installations, recovery.sweep_every),
    ]
    .map(|(kind, every)| Round { kind, every, store: store.clone(), clock: clock.clone() });
    AbortOnDropHandle::new(tokio::spawn(async move {
        let [first, second] = rounds;
        tokio::join!(first.run(&dice), second.run(&dice));
    }))
}

/// One round, again and again.
struct Round {
    kind: Kind,
    every: Duration,
    store: Store,
    clock: Clock,
}

impl Round {
    async fn run(self, dice: &Dice) {
        // A start looks at once, whatever another replica did: it may have been away for long.
        let mut wait = match self.ask().await {
            Ok(()) => self.every,
            Err(error) => self.failed(&error),
        };
        loop {
            tokio::time::sleep(wait.mul_f64(0.75 + dice.roll() / 2.0)).await;
            wait = match self.turn().await {
                Ok(()) => self.every,
                Err(error) => self.failed(&error),
            };
        }
    }

    /// Asks for the round, unless another replica has just made it.
    async fn turn(&self) -> Result<(), store::Error> {
        let before = self.store.scan(self.kind.as_str()).await?.begun_at;
        if before.is_some_and(|before| after(before, self.every.mul_f64(SHARED)) > self.clock.now())
        {
            return Ok(());
        }
        self.ask().await
    }

    async fn ask(&self) -> Result<(), store::Error> {
        let subject = Subject::everything(self.kind);
        self.store.enqueue(&[subject], self.clock.now()).await.map(drop)
    }

    fn failed(&self, error: &store::Error) -> Duration {
        tracing::warn!(round = self.kind.as_str(), %error, "what was missed cannot be looked for yet");
        self.every.min(PAUSE)
    }
}

//! Workers: claim what is due, have the job done within a deadline, and settle the claim.
//!
//! **Invariant:** no worker sleeps with a claim in its hands; what has to wait is a time in its row. Only while that row
//! cannot be written does it wait with it.
//!
//! **Invariant:** a claim is settled by its own worker, or its lease ends and another takes it.

mod handle;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tracing::Instrument;

use super::inbox::Inbox;
use super::job::Job;
use super::surroundings::Dice;
use super::trouble::Tries;
use crate::store::{self, Claimed, Pruned, Store};

/// How the workers work.
#[derive(Debug, Clone)]
pub struct Pace {
    /// How many subjects are in work at once. Default: 4. The work waits for GitHub most of the time.
    pub workers: NonZeroUsize,
    /// How long one try may take, and how long an explanation. Default: 2 min each; a review in four
    /// requests takes about a second.
    pub deadline: Duration,
    /// How soon another takes up what a process had in hand that is gone. Default: 30 s. A worker renews its lease while
    /// it works.
    pub lease: Duration,
    /// How often and at what intervals a subject is tried.
    pub tries: Tries,
    /// Spreads waits.
    pub dice: Dice,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            workers: NonZeroUsize::MIN.saturating_add(3),
            deadline: Duration::from_secs(120),
            lease: Duration::from_secs(30),
            tries: Tries::default(),
            dice: Dice::default(),
        }
    }
}

/// The longest that a worker trusts in being woken.
const POLL: Duration = Duration::from_secs(60);

/// The pause after the database failed, and after a worker died of a defect.
const PAUSE: Duration = Duration::from_secs(1);

/// How soon a pull request that moved during its review is looked at again.
const MOVED: Duration = Duration::from_secs(2);

/// How often old rows are deleted, and how many batches at most each time.
const PRUNE_EVERY: Duration = Duration::from_secs(3600);
const PRUNE_BATCHES: usize = 200;

/// The running workers.
#[derive(Debug)]
pub struct Workers {
    tasks: TaskTracker,
    /// No new claims.
    stop: CancellationToken,
    /// No new awaits: what is in hand is put back.
    abort: CancellationToken,
    running: Vec<AbortOnDropHandle<()>>,
    _housekeeping: AbortOnDropHandle<()>,
    settled: Arc<Notify>,
    store: Store,
}

struct Shared<J> {
    inbox: Inbox,
    job: Arc<J>,
    pace: Pace,
    stop: CancellationToken,
    abort: CancellationToken,
    settled: Arc<Notify>,
}

impl Workers {
    /// Starts workers on what `inbox` takes. Leases of an earlier process must have been taken back.
    pub fn start<J: Job>(inbox: Inbox, job: J, pace: Pace) -> Self {
        let (tasks, stop, abort) =
            (TaskTracker::new(), CancellationToken::new(), CancellationToken::new());
        let settled = Arc::new(Notify::new());
        let store = inbox.store.clone();
        let count = pace.workers.get();
        let shared = Arc::new(Shared {
            inbox,
            job: Arc::new(job),
            pace,
            stop: stop.clone(),
            abort: abort.clone(),
            settled: Arc::clone(&settled),
        });
        let spawn = |future| AbortOnDropHandle::new(tasks.spawn(future));
        let running = (0..count).map(|_| spawn(supervise(Arc::clone(&shared)))).collect();
        let housekeeping = AbortOnDropHandle::new(tasks.spawn({
            let (inbox, stop) = (shared.inbox.clone(), stop.clone());
            async move { stop.run_until_cancelled(keep_house(inbox)).await.unwrap_or_default() }
        }));
        tasks.close();
        Self { tasks, stop, abort, running, _housekeeping: housekeeping, settled, store }
    }

    /// Whether every worker is there.
    pub fn alive(&self) -> bool {
        !self.stop.is_cancelled() && self.running.iter().all(|worker| !worker.is_finished())
    }

    /// Waits until nothing is owed: nothing due, in work, or waiting for another try. Does not end while
    /// the database cannot be read.
    pub async fn idle(&self) {
        loop {
            let settled = self.settled.notified();
            if matches!(self.store.owed().await, Ok(0)) {
                return;
            }
            // Work can also end without a worker of ours: by another process.
            let _ = tokio::time::timeout(Duration::from_millis(250), settled).await;
        }
    }

    /// Claims nothing more, waits for what is in work, and after `grace` puts it back.
    pub async fn stop(&self, grace: Duration) {
        self.stop.cancel();
        if tokio::time::timeout(grace, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                grace_seconds = grace.as_secs_f32(),
                "work in hand is put back unfinished"
            );
            self.abort.cancel();
            // What remains is one statement on the database for each worker.
            let _ = tokio::time::timeout(PAUSE * 10, self.tasks.wait()).await;
        }
    }
}

/// Runs one worker, and another in its place should it die of a defect.
async fn supervise<J: Job>(shared: Arc<Shared<J>>) {
    while !shared.stop.is_cancelled() {
        let worker = AbortOnDropHandle::new(tokio::spawn(work(Arc::clone(&shared))));
        if let Err(error) = worker.await {
            tracing::error!(%error, "a worker died and is replaced");
            shared.pause().await;
        }
    }
}

async fn work<J: Job>(shared: Arc<Shared<J>>) {
    while !shared.stop.is_cancelled() {
        // Listens before it looks, so that a bell in between is heard.
        let rung = shared.inbox.bell.notified();
        tokio::pin!(rung);
        rung.as_mut().enable();
        match shared.claim().await {
            Ok(Some(claimed)) => {
                // Bells may have fallen together: whoever finds work wakes the next.
                shared.inbox.bell.notify_one();
                let subject = claimed.subject.clone();
                let span = tracing::info_span!(
                    "subject",
                    installation = subject.installation,
                    repository = %format_args!("{}/{}", subject.owner, subject.name),
                    kind = subject.kind.as_str(),
                    pull_request = subject.number,
                    // What a delivery saw last; a line about a verdict names the commit that was read.
                    commit = subject.head.as_deref().unwrap_or_default(),
                    delivery = claimed.last_delivery.as_deref().unwrap_or_default(),
                    attempt = claimed.attempts,
                );
                shared.handle(claimed).instrument(span).await;
                shared.settled.notify_waiters();
            }
            Ok(None) => {
                let wait = shared.wait().await;
                tokio::select! {
                    () = rung => {}
                    () = tokio::time::sleep(wait) => {}
                    () = shared.stop.cancelled() => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "cannot claim work");
                shared.pause().await;
            }
        }
    }
}

/// Deletes old rows, now and then.
async fn keep_house(inbox: Inbox) {
    loop {
        for _ in 0..PRUNE_BATCHES {
            match inbox.store.prune(inbox.clock.now()).await {
                Ok(Pruned::All) => break,
                // Lets webhooks through to the one writer.
                Ok(Pruned::More) => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(error) => {
                    tracing::warn!(%error, "cannot delete old rows");
                    break;
                }
            }
        }
        tokio::time::sleep(PRUNE_EVERY).await;
    }
}

impl<J: Job> Shared<J> {
    async fn pause(&self) {
        self.stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
    }

    async fn claim(&self) -> Result<Option<Claimed>, store::Error> {
        self.inbox.store.claim(self.inbox.clock.now(), self.pace.lease).await
    }

    /// Until something is due.
    async fn wait(&self) -> Duration {
        let Ok(Some(due)) = self.inbox.store.next_due().await else { return POLL };
        let left = due.duration_since(self.inbox.clock.now());
        // At least a little: times in rows are whole milliseconds.
        Duration::try_from(left).unwrap_or_default().clamp(Duration::from_millis(2), POLL)
    }
}

#[cfg(test)]
mod tests;

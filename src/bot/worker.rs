//! Workers: claim what is due, have the job done within a deadline, and settle the claim.
//!
//! **Invariant:** no worker sleeps with a claim in its hands; what has to wait is a time in its row. Only while that row
//! cannot be written does it wait with it.
//!
//! **Invariant:** a claim is settled by its own worker, or its lease ends and another takes it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tracing::Instrument;

use super::inbox::Inbox;
use super::job::{Answer, Job};
use super::surroundings::Dice;
use super::trouble::{Next, Tries, Trouble, after};
use crate::store::{self, Again, Claimed, Kind, Priority, Pruned, Settled, Store, Subject};

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

    /// One claim, from its first step to its settlement.
    async fn handle(&self, claimed: Claimed) {
        let tries = &self.pace.tries;
        let trouble = if claimed.losses >= tries.losses {
            Trouble::Lost { losses: claimed.losses }
        } else {
            let job = Arc::clone(&self.job);
            let subject = claimed.clone();
            match self.guard(&claimed, async move { job.answer(subject).await }).await {
                None => return self.put_back(&claimed).await,
                Some(Ok(Answer::Settled { head })) => {
                    let now = self.inbox.clock.now();
                    let store = &self.inbox.store;
                    let finish = || store.finish(&claimed, head.as_deref(), now);
                    let settled = self.settled(finish).await;
                    if matches!(settled, Ok(Settled::Done | Settled::Due)) && head.is_some() {
                        self.clocked(&claimed, now);
                    }
                    return note(settled, "answered");
                }
                Some(Ok(Answer::Moved)) if tries.is_restless(&claimed, self.inbox.clock.now()) => {
                    Trouble::Moving
                }
                Some(Ok(Answer::Moved)) => {
                    let at = after(self.inbox.clock.now(), MOVED);
                    return self.retry(&claimed, Again::Untried(at), "it changed meanwhile").await;
                }
                Some(Err(trouble)) if trouble.is_taken_over() => {
                    return tracing::warn!(
                        "the lease had gone to another in the middle of the review"
                    );
                }
                Some(Ok(Answer::Later { wait, reason })) => {
                    tracing::info!(reason, "it goes on later");
                    let at = after(self.inbox.clock.now(), wait);
                    return self.retry(&claimed, Again::Untried(at), &reason).await;
                }
                Some(Err(trouble)) => trouble,
            }
        };
        self.inbox.meter.failed_try(trouble.class());
        let now = self.inbox.clock.now();
        match tries.next(&claimed, &trouble, now, self.pace.dice.roll()) {
            Next::Again(again) => {
                tracing::warn!(error = %trouble, next = ?again, "a try failed");
                let reason = trouble.to_string();
                let (job, subject) = (Arc::clone(&self.job), claimed.clone());
                let waits = async move { job.waits(subject, &trouble, again.at()).await };
                let told = self.guard(&claimed, waits).await;
                if let Some(Err(untold)) = told {
                    tracing::debug!(error = %untold, "nobody could be told of it");
                }
                self.retry(&claimed, again, &reason).await;
            }
            Next::Explain => self.explain(claimed, trouble).await,
        }
    }

    /// There will be no answer: says so on GitHub.
    async fn explain(&self, claimed: Claimed, trouble: Trouble) {
        tracing::error!(error = %trouble, "the review is given up");
        // Should even this end the process each time, one row is not worth the others.
        let failed = if claimed.losses >= self.pace.tries.losses.saturating_mul(2) {
            Trouble::Lost { losses: claimed.losses }
        } else {
            let (job, subject) = (Arc::clone(&self.job), claimed.clone());
            let trouble = Arc::new(trouble);
            let told = Arc::clone(&trouble);
            match self.guard(&claimed, async move { job.explain(subject, &told).await }).await {
                None => return self.put_back(&claimed).await,
                Some(Ok(())) => return self.give_up(&claimed, &trouble.to_string()).await,
                Some(Err(failed)) => failed,
            }
        };
        let now = self.inbox.clock.now();
        if let Some(again) = self.pace.tries.next_explanation(&claimed, &failed, now) {
            tracing::error!(error = %failed, next = ?again, "the explanation cannot be posted yet");
            self.retry(&claimed, again, &failed.to_string()).await;
        } else {
            tracing::error!(error = %failed, "the explanation cannot be posted");
            self.give_up(&claimed, &failed.to_string()).await;
        }
    }

    /// Runs a part of the job as a task of its own: a panic ends it alone, and so does the deadline. `None`:
    /// the process ends.
    async fn guard<T: Send + 'static>(
        &self,
        claimed: &Claimed,
        part: impl Future<Output = Result<T, Trouble>> + Send + 'static,
    ) -> Option<Result<T, Trouble>> {
        // A set of one: dropping it aborts the task.
        let mut task = JoinSet::new();
        task.spawn(part.in_current_span());
        let ended = tokio::select! {
            ended = tokio::time::timeout(self.pace.deadline, task.join_next()) => ended,
            () = self.lost(claimed) => return Some(Err(Trouble::TakenOver)),
            () = self.abort.cancelled() => return None,
        };
        let Ok(ended) = ended else {
            return Some(Err(Trouble::Deadline { limit: self.pace.deadline }));
        };
        Some(
            ended
                .unwrap_or(Ok(Err(Trouble::Panicked)))
                .unwrap_or_else(|_: JoinError| Err(Trouble::Panicked)),
        )
    }

    /// Renews the lease again and again; ends when it has gone to another. While the database is away it may end unseen:
    /// then `Store::holds` keeps two from posting.
    async fn lost(&self, claimed: &Claimed) {
        loop {
            tokio::time::sleep(self.pace.lease / 3).await;
            let now = self.inbox.clock.now();
            match self.inbox.store.renew(claimed, now, self.pace.lease).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "cannot renew the lease"),
            }
        }
    }

    async fn put_back(&self, claimed: &Claimed) {
        // It counts as a try: a check may just have been posted, and the next try has to look.
        let again = Again::Backoff(self.inbox.clock.now());
        self.retry(claimed, again, "ep-bot was stopped in the middle of the review").await;
    }

    async fn retry(&self, claimed: &Claimed, again: Again, reason: &str) {
        let now = self.inbox.clock.now();
        let retry = || self.inbox.store.retry(claimed, again, reason, now);
        note(self.settled(retry).await, "put back");
    }

    /// Settles a claim, and tries again while the database is away, as long as one try may take: what was done need not be
    /// done once more.
    async fn settled<F>(&self, settle: impl Fn() -> F) -> Result<Settled, store::Error>
    where
        F: Future<Output = Result<Settled, store::Error>>,
    {
        let latest = after(self.inbox.clock.now(), self.pace.deadline);
        loop {
            match settle().await {
                Err(error) if !self.stop.is_cancelled() && self.inbox.clock.now() < latest => {
                    tracing::warn!(%error, "cannot settle yet");
                    self.pause().await;
                }
                settled => return settled,
            }
        }
    }

    /// How long a push waited for its verdict. What the bot looks at by itself waited for nobody.
    fn clocked(&self, claimed: &Claimed, now: Timestamp) {
        let Subject { kind, priority, .. } = claimed.subject;
        if kind == Kind::PullRequest && priority != Priority::Background {
            let waited = now.duration_since(claimed.pending_since);
            self.inbox.meter.verdict(Duration::try_from(waited).unwrap_or_default());
        }
    }

    async fn give_up(&self, claimed: &Claimed, reason: &str) {
        self.inbox.meter.gave_up();
        let now = self.inbox.clock.now();
        let give_up = || self.inbox.store.give_up(claimed, reason, now);
        note(self.settled(give_up).await, "given up");
    }
}

/// A claim that cannot be settled is no loss: its lease ends, and it is tried again.
fn note(settled: Result<Settled, store::Error>, what: &'static str) {
    match settled {
        Ok(Settled::Lost) => tracing::warn!(what, "the lease had gone to another"),
        Ok(settled) => tracing::debug!(what, ?settled, "settled"),
        Err(error) => {
            tracing::error!(what, %error, "cannot settle; it is tried again after the lease");
        }
    }
}

#[cfg(test)]
mod tests;

//! One claim, from its first step to its settlement.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument;

use super::{MOVED, Shared};
use crate::bot::job::{Answer, Job};
use crate::bot::trouble::{Next, Trouble, after};
use crate::store::{self, Again, Claimed, Kind, Priority, Settled, Subject};

impl<J: Job> Shared<J> {
    /// Tries it, and settles it: it is answered, due again, or given up with an explanation.
    pub(super) async fn handle(&self, claimed: Claimed) {
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

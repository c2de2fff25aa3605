//! What can keep a review from being done, and what is done about it.

use std::time::Duration;

use jiff::Timestamp;

use crate::github::{self, Retry};
use crate::store::{self, Again, Claimed};

/// Why a subject could not be answered. No text holds a secret or a word of an EP.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// GitHub gave no answer of use.
    #[error(transparent)]
    GitHub(#[from] github::Error),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// GitHub lists a file as changed and does not have it: it has not caught up with itself.
    #[error("GitHub lists `{path}` as changed, but does not have it at commit {commit}")]
    MissingFile {
        /// The file.
        path: String,
        /// Where it should be.
        commit: String,
    },
    /// It never stood still long enough to be read as one.
    #[error("the pull request or its base branch changed each time while it was read")]
    Moving,
    /// A defect in this program. What it said stays out: it may quote an EP.
    #[error("the review stopped at a defect in ep-bot")]
    Panicked,
    /// It took too long.
    #[error("the review took longer than {} s", limit.as_secs_f32())]
    Deadline {
        /// The limit.
        limit: Duration,
    },
    /// The check is concluded; what is said beside it is not yet.
    #[error("the check is concluded, and not all was said beside it: {0}")]
    Aside(Box<Trouble>),
    /// The lease ended under this worker, and another has the subject: nothing more is said here.
    #[error("another worker took the review over")]
    TakenOver,
    /// The process ended in the middle, several times in a row.
    #[error("ep-bot itself ended in the middle of the review, {losses} times in a row")]
    Lost {
        /// How many times.
        losses: u32,
    },
}

impl Trouble {
    /// Whether and when it is worth another try.
    pub fn retry(&self) -> Retry {
        match self {
            Self::GitHub(error) => error.retry(),
            Self::Aside(trouble) => trouble.retry(),
            Self::Lost { .. } => Retry::Never { reason: "each try ends the process" },
            Self::Store(_)
            | Self::MissingFile { .. }
            | Self::Moving
            | Self::Panicked
            | Self::Deadline { .. }
            | Self::TakenOver => Retry::Backoff,
        }
    }

    /// What went wrong in a word, for a counter's label.
    pub fn class(&self) -> &'static str {
        match self {
            Self::GitHub(error) => error.class(),
            Self::Store(_) => "database",
            Self::MissingFile { .. } => "missing_file",
            Self::Moving => "moving",
            Self::Panicked => "defect",
            Self::Deadline { .. } => "deadline",
            Self::Aside(trouble) => trouble.class(),
            Self::Lost { .. } => "lost",
            Self::TakenOver => "taken_over",
        }
    }

    /// Whether GitHub refuses, which it also does now and then without a reason that lasts.
    fn may_pass(&self) -> bool {
        match self {
            Self::GitHub(error) => {
                matches!(error, github::Error::Forbidden { .. } | github::Error::Refused { .. })
            }
            Self::Aside(trouble) => trouble.may_pass(),
            _ => false,
        }
    }

    /// Whether the subject is in other hands.
    pub(super) fn is_taken_over(&self) -> bool {
        match self {
            Self::TakenOver => true,
            Self::Aside(trouble) => trouble.is_taken_over(),
            _ => false,
        }
    }

    /// How many tries it is worth: a defect seldom goes away by itself, and the author waits.
    fn worth(&self, tries: &Tries) -> u32 {
        match self {
            Self::Panicked | Self::Deadline { .. } => tries.most.min(3),
            _ => tries.most,
        }
    }
}

/// A refusal so often in a row is GitHub's last word.
const REFUSALS: u32 = 3;

/// How often and at what intervals a subject is tried.
#[derive(Debug, Clone)]
pub struct Tries {
    /// Tries before the check is concluded with an explanation. Default: 12.
    pub most: u32,
    /// The wait after the first try; each further one is twice as long. Default: 2 s.
    pub first: Duration,
    /// The longest wait. Default: 5 min, so that twelve tries take about half an hour and none comes late after an outage.
    pub longest: Duration,
    /// How long waits that GitHub orders are borne with no answer given. Default: 24 h.
    pub patience: Duration,
    /// The wait between attempts to post an explanation that GitHub does not take. Default: 1 h.
    pub explanation: Duration,
    /// How long a pull request may move while it is read before that counts as a failed try. Default: 5 min. Where GitHub
    /// shows one state to one query and another to the next, it would else never end, and nobody be told why.
    pub restless: Duration,
    /// Lost tries in a row after which a subject is not tried any more. Default: 6. Whoever merely was in hand when
    /// another's review ended the process, or the process was restarted a few times, is not meant: each loss waits longer,
    /// so that they part.
    pub losses: u32,
}

impl Default for Tries {
    fn default() -> Self {
        Self {
            most: 12,
            first: Duration::from_secs(2),
            longest: Duration::from_secs(5 * 60),
            patience: Duration::from_secs(24 * 3600),
            explanation: Duration::from_secs(3600),
            restless: Duration::from_secs(5 * 60),
            losses: 6,
        }
    }
}

/// What happens after a failed try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It is tried again.
    Again(Again),
    /// The check is concluded with an explanation.
    Explain,
}

impl Tries {
    /// What happens after a try that failed with `trouble`. `chance` is from 0 to 1.
    pub(super) fn next(
        &self,
        claimed: &Claimed,
        trouble: &Trouble,
        now: Timestamp,
        chance: f64,
    ) -> Next {
        match trouble.retry() {
            Retry::Never { .. } if trouble.may_pass() && claimed.attempts < REFUSALS => {
                Next::Again(Again::Backoff(after(now, self.wait(claimed.attempts, chance))))
            }
            Retry::Never { .. } => Next::Explain,
            _ if self.is_out_of_patience(claimed, now) => Next::Explain,
            // Spread, so that what waits for one limit does not start in one moment.
            Retry::After(wait) => Next::Again(Again::Ordered(after(
                now,
                wait + Duration::from_secs(5).mul_f64(chance),
            ))),
            Retry::Backoff if claimed.attempts >= trouble.worth(self) => Next::Explain,
            Retry::Backoff => {
                Next::Again(Again::Backoff(after(now, self.wait(claimed.attempts, chance))))
            }
        }
    }

    /// What happens when the explanation could not be posted; `None`: it is given up.
    pub(super) fn next_explanation(
        &self,
        claimed: &Claimed,
        trouble: &Trouble,
        now: Timestamp,
    ) -> Option<Again> {
        match trouble.retry() {
            Retry::Never { .. } => None,
            _ if self.is_out_of_patience(claimed, now) => None,
            Retry::After(wait) => Some(Again::Ordered(after(now, wait.max(self.explanation)))),
            Retry::Backoff => Some(Again::Backoff(after(now, self.explanation))),
        }
    }

    fn is_out_of_patience(&self, claimed: &Claimed, now: Timestamp) -> bool {
        waited(claimed, now) > self.patience
    }

    /// Whether a pull request that moves has moved for too long.
    pub(super) fn is_restless(&self, claimed: &Claimed, now: Timestamp) -> bool {
        waited(claimed, now) > self.restless
    }

    /// The wait after try number `attempt`: from half to one and a half of its length.
    fn wait(&self, attempt: u32, chance: f64) -> Duration {
        let factor = 2_u32.saturating_pow(attempt.saturating_sub(1));
        self.first.saturating_mul(factor).min(self.longest).mul_f64(0.5 + chance)
    }
}

/// How long an answer has been owed.
fn waited(claimed: &Claimed, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(claimed.pending_since)).unwrap_or_default()
}

/// `wait` after `now`.
pub(super) fn after(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Kind, Priority, Subject};

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).expect("a time of this century")
    }

    fn in_seconds(seconds: u64) -> Timestamp {
        after(now(), Duration::from_secs(seconds))
    }

    fn deadline() -> Trouble {
        Trouble::Deadline { limit: Duration::from_secs(1) }
    }

    fn missing() -> Trouble {
        Trouble::MissingFile { path: "eps/EP-0001.md".into(), commit: "c0ffee".into() }
    }

    fn limited(seconds: u64) -> Trouble {
        let status = github::Status { code: 429, message: String::new(), request_id: None };
        let wait = Duration::from_secs(seconds);
        github::Error::RateLimited { operation: "read the pull request", status, wait }.into()
    }

    #[tokio::test]
    async fn waits_double_to_their_longest_and_then_the_check_is_explained() {
        let tries = Tries::default();
        let mut waited = 0;
        let waits = [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300];
        for (attempt, seconds) in (1..).zip(waits) {
            let claimed = claimed(attempt).await;
            let next = tries.next(&claimed, &missing(), now(), 0.5);
            assert_eq!(next, Next::Again(Again::Backoff(in_seconds(seconds))));
            waited += seconds;
        }
        assert!(waited < 3_600, "an author hears within the hour: {waited} s");
        assert_eq!(tries.next(&claimed(12).await, &missing(), now(), 0.5), Next::Explain);
        assert_eq!(tries.next(&claimed(3).await, &Trouble::Panicked, now(), 0.5), Next::Explain);
        assert_eq!(tries.next(&claimed(3).await, &deadline(), now(), 0.5), Next::Explain);
    }

    #[tokio::test]
    async fn chance_spreads_a_wait_around_its_length() {
        let tries = Tries::default();
        let claimed = claimed(2).await;
        let wait = |chance| tries.next(&claimed, &missing(), now(), chance);
        assert_eq!(wait(0.0), Next::Again(Again::Backoff(in_seconds(2))));
        assert_eq!(wait(1.0), Next::Again(Again::Backoff(in_seconds(6))));
    }

    #[tokio::test]
    async fn githubs_own_wait_is_kept_until_patience_ends() {
        let tries = Tries::default();
        let waiting = claimed(50).await;
        let next = tries.next(&waiting, &limited(600), now(), 0.0);
        assert_eq!(next, Next::Again(Again::Ordered(in_seconds(600))));
        let tomorrow = in_seconds(24 * 3_600 + 1);
        assert_eq!(tries.next(&waiting, &limited(600), tomorrow, 0.0), Next::Explain);
        assert_eq!(tries.next_explanation(&waiting, &limited(600), tomorrow), None);
    }

    #[tokio::test]
    async fn what_github_refuses_three_times_is_explained() {
        let status = github::Status { code: 403, message: String::new(), request_id: None };
        let refused = github::Error::Forbidden { operation: "post the check run", status }.into();
        let tries = Tries::default();
        let again = Next::Again(Again::Backoff(in_seconds(1)));
        assert_eq!(tries.next(&claimed(1).await, &refused, now(), 0.0), again);
        assert_eq!(tries.next(&claimed(3).await, &refused, now(), 0.0), Next::Explain);
        assert_eq!(tries.next_explanation(&claimed(1).await, &refused, now()), None);
        let later = tries.next_explanation(&claimed(8).await, &missing(), now());
        assert_eq!(later, Some(Again::Backoff(in_seconds(3_600))));
    }

    /// A claim of a pull request on its `attempts`th try. Only a store makes claims.
    async fn claimed(attempts: u32) -> Claimed {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("ep-bot.db").display());
        let store = store::Store::open(&url).await.expect("a fresh database");
        let subject = Subject {
            kind: Kind::PullRequest,
            installation: 1,
            repository_id: 2,
            owner: "fleet".into(),
            name: "eps".into(),
            number: 3,
            priority: Priority::Interactive,
            head: None,
            base: None,
        };
        let delivery = store::Delivery {
            guid: "a".into(),
            event: "pull_request".into(),
            action: None,
            comment_id: None,
            received_at: now(),
        };
        store.accept(&delivery, &subject.into()).await.expect("taken");
        let claimed = store.claim(now(), Duration::from_secs(60)).await.expect("an answer");
        let mut claimed = claimed.expect("something is due");
        claimed.attempts = attempts;
        claimed
    }
}

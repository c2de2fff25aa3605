//! What the workers carry out, apart from how they keep count: a test puts its own in.

use std::future::Future;

use jiff::Timestamp;

use super::trouble::Trouble;
use crate::store::Claimed;

/// How a subject was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What there was to say is on GitHub, or there was nothing to say.
    Settled {
        /// The commit that was read, where one was.
        head: Option<String>,
    },
    /// It is not done yet, and nothing is wrong: it goes on after this wait. What asks for it anew meanwhile ends the wait.
    Later {
        /// How long.
        wait: std::time::Duration,
        /// Why, in one sentence.
        reason: String,
    },
    /// It changed while it was looked at, again and again: nothing was said.
    Moved,
}

/// The work that a subject asks for.
pub trait Job: Send + Sync + 'static {
    /// Looks at the subject as it is now, and answers. May be dropped at any await, and may panic.
    fn answer(&self, claimed: Claimed) -> impl Future<Output = Result<Answer, Trouble>> + Send;

    /// Tells whoever asked in a comment that a try failed, and when the next one is. Same terms; where this fails, nothing
    /// is lost.
    fn waits(
        &self,
        claimed: Claimed,
        trouble: &Trouble,
        next: Timestamp,
    ) -> impl Future<Output = Result<(), Trouble>> + Send {
        let _ = (claimed, trouble, next);
        std::future::ready(Ok(()))
    }

    /// Says on GitHub that there will be no answer, and why. Same terms.
    fn explain(
        &self,
        claimed: Claimed,
        trouble: &Trouble,
    ) -> impl Future<Output = Result<(), Trouble>> + Send;
}

//! Time as the simulated GitHub sees it.

use jiff::{SignedDuration, Timestamp};

/// The machine's clock, set forward by as much as the tests asked for.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: SignedDuration,
    /// How far GitHub's own clock is off this machine's, for who compares the two.
    off: SignedDuration,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.saturating_add(self.ahead).unwrap_or(now)
    }

    /// What GitHub's `Date` says, and what App tokens are judged by.
    pub(crate) fn wall(&self) -> Timestamp {
        let now = Timestamp::now();
        now.saturating_add(self.off).unwrap_or(now)
    }

    pub(crate) fn set_off(&mut self, off: SignedDuration) {
        self.off = off;
    }

    pub(crate) fn advance(&mut self, by: std::time::Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.ahead = self.ahead.saturating_add(by);
    }
}

/// A moment as GitHub writes it: UTC, whole seconds.
pub(crate) fn text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

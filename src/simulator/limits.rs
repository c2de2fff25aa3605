//! Request budgets: how many calls an installation has made this hour.

use jiff::{SignedDuration, Timestamp};

/// What GitHub gives an installation in an hour, of REST requests and of GraphQL points each.
pub(crate) const DEFAULT_PER_HOUR: u64 = 5000;

/// One installation's use of one resource.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) used: u64,
    pub(crate) reset: Timestamp,
}

impl Budget {
    fn fresh(now: Timestamp) -> Self {
        Self { used: 0, reset: now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now) }
    }
}

impl super::state::World {
    /// How much of a resource is used; `who` is an installation, or 0 for the App itself.
    pub(crate) fn budget(&mut self, who: u64, resource: &'static str) -> Budget {
        let now = self.now();
        let budget = self.limits.entry((who, resource)).or_insert_with(|| Budget::fresh(now));
        if budget.reset <= now {
            *budget = Budget::fresh(now);
        }
        *budget
    }

    /// Books `cost`, unless that much is not left.
    pub(crate) fn spend(&mut self, who: u64, resource: &'static str, cost: u64) -> bool {
        let budget = self.budget(who, resource);
        if budget.used + cost > self.requests_per_hour {
            return false;
        }
        if let Some(budget) = self.limits.get_mut(&(who, resource)) {
            budget.used += cost;
        }
        true
    }
}

//! What the background may use of GitHub's limits: the last part of each hour's requests is for people who wait.

use std::time::Duration;

use super::job::Answer;
use crate::github::{Rate, Rates};

/// The part of a limit that the background leaves alone, in percent.
const RESERVE: u64 = 15;

/// When and why work of the background waits. `None`: it may go on.
pub(super) fn wait(rates: &Rates) -> Option<Answer> {
    let scarce = |rate: &Rate| {
        !rate.resets_in.is_zero() && rate.remaining * 100 < rate.limit.saturating_mul(RESERVE)
    };
    let limits = [("requests", rates.core), ("GraphQL points", rates.graphql)];
    let scarce = limits.into_iter().filter_map(|(what, rate)| Some((what, rate.filter(scarce)?)));
    let (what, rate) = scarce.max_by_key(|(_, rate)| rate.resets_in)?;
    Some(Answer::Later {
        wait: rate.resets_in + Duration::from_secs(1),
        reason: format!(
            "GitHub's limit has {} of {} {what} left, which are kept for pushes and comments; it is reset in {} s",
            rate.remaining,
            rate.limit,
            rate.resets_in.as_secs(),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(core: u64, graphql: u64) -> Rates {
        let rate =
            |remaining| Some(Rate { limit: 5_000, remaining, resets_in: Duration::from_secs(600) });
        Rates { core: rate(core), graphql: rate(graphql), blocked: None }
    }

    #[test]
    fn the_background_stops_below_fifteen_percent_of_either_limit() {
        assert_eq!(wait(&Rates::default()), None, "nothing is known yet");
        assert_eq!(wait(&rates(750, 750)), None);
        for scarce in [rates(749, 5_000), rates(5_000, 749)] {
            let Some(Answer::Later { wait, reason }) = wait(&scarce) else { panic!("it waits") };
            assert_eq!(wait, Duration::from_secs(601));
            assert!(reason.contains("749 of 5000"), "{reason}");
        }
        let mut past = rates(0, 0);
        for rate in [&mut past.core, &mut past.graphql].into_iter().flatten() {
            rate.resets_in = Duration::ZERO;
        }
        assert_eq!(wait(&past), None, "a new hour has begun");
    }
}

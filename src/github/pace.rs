//! How fast the App writes. GitHub takes at most 80 requests a minute that make content, and 500 an hour, and answers
//! faster writers with a secondary limit that stops everything.
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits>

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::types::InstallationId;

/// So many writes in so long, below what GitHub allows: people write too.
const LIMITS: [(usize, Duration); 2] =
    [(60, Duration::from_secs(60)), (400, Duration::from_secs(3_600))];

/// When each installation wrote. One process knows of its own writes alone; between replicas, GitHub's answer is the limit.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<InstallationId, VecDeque<Instant>>>);

impl Pace {
    /// Counts a write, unless it came too soon: then how long it has to wait.
    pub(super) fn write(&self, installation: InstallationId, now: Instant) -> Result<(), Duration> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = all.entry(installation).or_default();
        let [.., (most, longest)] = LIMITS;
        while written.front().is_some_and(|first| now.duration_since(*first) >= longest)
            || written.len() > most
        {
            written.pop_front();
        }
        for (most, span) in LIMITS {
            // The oldest of the last so many: when it is out of the span, there is room for one more.
            if let Some(oldest) = written.len().checked_sub(most).and_then(|at| written.get(at)) {
                let age = now.duration_since(*oldest);
                if age < span {
                    return Err(span.saturating_sub(age));
                }
            }
        }
        written.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_writes_a_minute_pass_and_the_next_waits_for_the_first_to_age() {
        let pace = Pace::default();
        let (one, other) = (InstallationId(1), InstallationId(2));
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        for n in 0..60 {
            assert_eq!(pace.write(one, at(n / 6)), Ok(()));
        }
        assert_eq!(pace.write(one, at(10)), Err(Duration::from_secs(50)));
        assert_eq!(pace.write(other, at(10)), Ok(()), "another installation has its own");
        assert_eq!(pace.write(one, at(60)), Ok(()));
    }

    #[test]
    fn four_hundred_an_hour_pass() {
        let pace = Pace::default();
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        for n in 0..400 {
            assert_eq!(pace.write(InstallationId(1), at(n * 2)), Ok(()));
        }
        assert_eq!(pace.write(InstallationId(1), at(800)), Err(Duration::from_secs(2_800)));
        assert_eq!(pace.write(InstallationId(1), at(3_600)), Ok(()));
    }
}

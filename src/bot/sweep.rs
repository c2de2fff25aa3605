//! The sweep: whatever was lost on the way, each open pull request has a check, for the base branch that it goes to.
//!
//! Installations are listed, then their repositories, then the open pull requests of each; each of the three is a
//! subject of its own, spread over the time to the next sweep. A pull request is missing where the database remembers
//! no check on its head, or one for another base. It is reviewed then, and not looked for on GitHub: with an empty
//! database that is dearer, but a verdict from before may rest on rules that have changed meanwhile. A review that
//! comes to the same words finds its check on GitHub and posts none.
//!
//! No event tells that a waiver has ended, or that an approver has left the team. So what was reviewed last on another
//! day is reviewed anew: once a day each, soon after midnight in UTC, when the day of waivers ends.

mod welcome;

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::job::Answer;
use super::recovery::Recovery;
use super::surroundings::{Clock, Dice};
use super::trouble::{Trouble, after};
use crate::github::{GitHub, InstallationId, Listed, Repository, RepositoryName};
use crate::meter::Meter;
use crate::store::{Claimed, Kind, PostedCheck, Priority, Store, Subject};

/// Subjects that are put on the worklist in one transaction: the one writer must be free for webhooks soon.
const BATCH: u8 = 10;

/// What was reviewed this long ago or less is of the same day.
const LEAST_AGE: Duration = Duration::from_secs(60 * 60);

/// Looks for what was missed.
#[derive(Debug)]
pub(super) struct Sweeper {
    pub(super) github: GitHub,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) dice: Dice,
    pub(super) recovery: Recovery,
    pub(super) meter: Meter,
}

impl Sweeper {
    /// Lists the installations. Suspended ones can be neither read nor written.
    pub(super) async fn installations(&self) -> Result<Answer, Trouble> {
        let now = self.clock.now();
        self.store.begin_scan(Kind::Installations.as_str(), now).await?;
        let found = self.github.installations().await?;
        let reached = found.iter().filter(|installation| !installation.suspended);
        let subjects = reached
            .map(|one| Subject::installation(Kind::Installation, one.id.0, one.account.clone()))
            .collect();
        self.spread(subjects).await?;
        Ok(Answer::Settled { head: None })
    }

    /// Lists an installation's repositories: of each, what was missed is looked for, or `anew` all that is open is
    /// reviewed.
    pub(super) async fn installation(
        &self,
        claimed: &Claimed,
        anew: bool,
    ) -> Result<Answer, Trouble> {
        let id = InstallationId(claimed.subject.installation);
        if anew {
            // Permissions that were accepted are not those of tokens from before.
            self.github.forget_tokens(id);
        }
        let found = self.github.repositories(id).await?;
        let mut sweeps = Vec::new();
        for repository in found.into_iter().filter(|repository| !repository.archived) {
            let RepositoryName { owner, name } = repository.name;
            let sweep = Subject::repository(Kind::Sweep, id.0, repository.id, owner, name);
            if anew {
                sweeps.push(Subject { kind: Kind::Branch, ..sweep.clone() });
            }
            sweeps.push(sweep);
        }
        self.spread(sweeps).await?;
        Ok(Answer::Settled { head: None })
    }

    /// Has the open pull requests reviewed that nobody asked for, and shows the check where there is none.
    pub(super) async fn repository(&self, claimed: &Claimed) -> Result<Answer, Trouble> {
        let (subject, repository) = (&claimed.subject, self.reach(claimed));
        let open = repository.open_pull_requests().await?;
        let (mut missed, mut aged) = (Vec::new(), Vec::new());
        for listed in &open {
            let review = review(subject, listed);
            let key = review.key();
            let posted =
                self.store.posted_check(subject.repository_id, &listed.head.0, &key).await?;
            // One without a hash waits for what others say of the same commit.
            let stands = |posted: PostedCheck| {
                posted.base == listed.base_branch && !posted.output_hash.is_empty()
            };
            let standing = self.store.standing(&key).await?;
            if standing.as_ref().is_some_and(|standing| standing.due_at.is_some()) {
                continue;
            }
            if !posted.is_some_and(stands) {
                missed.push(review);
            } else if standing.is_none_or(|standing| self.is_of_another_day(standing.changed_at)) {
                aged.push(review);
            }
        }
        let found = self.ask(&missed).await?;
        let of_today = self.ask(&aged).await?;
        if of_today > 0 {
            tracing::info!(reviews = of_today, "reviewed last on another day: reviewed anew");
        }
        if found > 0 {
            tracing::warn!(found, "open pull requests had no check of ours: they are reviewed");
            self.meter.swept(found);
        }
        if open.is_empty() {
            let again = claimed.attempts > 1 || claimed.losses > 0;
            self.welcome(subject, &repository, again).await?;
        }
        Ok(Answer::Settled { head: None })
    }

    /// Not what was reviewed just before midnight.
    fn is_of_another_day(&self, reviewed_at: Timestamp) -> bool {
        let now = self.clock.now();
        let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
        day(reviewed_at) != day(now) && after(reviewed_at, LEAST_AGE) <= now
    }

    /// Has all open pull requests into a branch reviewed anew, or all of the repository. Nothing is asked of GitHub for
    /// a branch into which nothing was ever reviewed, as most are.
    pub(super) async fn branch(&self, claimed: &Claimed) -> Result<Answer, Trouble> {
        let (subject, repository) = (&claimed.subject, self.reach(claimed));
        let base = subject.base.as_deref();
        if self.store.has_checks_for(subject.repository_id, base).await? {
            let open = match base {
                Some(branch) => repository.open_pull_requests_into(branch).await?,
                None => repository.open_pull_requests().await?,
            };
            let reviews: Vec<Subject> = open.iter().map(|listed| review(subject, listed)).collect();
            self.ask(&reviews).await?;
        }
        Ok(Answer::Settled { head: None })
    }

    fn reach(&self, claimed: &Claimed) -> Repository {
        let Subject { installation, owner, name, .. } = &claimed.subject;
        let name = RepositoryName { owner: owner.clone(), name: name.clone() };
        self.github.repository(InstallationId(*installation), name)
    }

    /// Puts reviews on the worklist, all due now; says for how many of them nothing was owed.
    async fn ask(&self, reviews: &[Subject]) -> Result<u64, Trouble> {
        let mut newly_due = 0;
        for some in reviews.chunks(BATCH.into()) {
            newly_due += self.store.enqueue(some, self.clock.now()).await?;
        }
        Ok(newly_due)
    }

    /// Puts subjects on the worklist one after the other, so that they do not all come in one moment.
    async fn spread(&self, subjects: Vec<Subject>) -> Result<(), Trouble> {
        let count = u32::try_from(subjects.len()).unwrap_or(u32::MAX).max(1);
        let gap = self.recovery.gap.min(self.recovery.sweep_every / count);
        let (mut at, step) = (self.clock.now(), gap * u32::from(BATCH));
        for some in subjects.chunks(BATCH.into()) {
            self.store.enqueue(some, at).await?;
            at = after(at, Duration::mul_f64(step, 0.5 + self.dice.roll()));
        }
        Ok(())
    }
}

fn review(sweep: &Subject, listed: &Listed) -> Subject {
    Subject {
        kind: Kind::PullRequest,
        number: listed.number.0,
        priority: Priority::Background,
        head: Some(listed.head.0.clone()),
        base: None,
        ..sweep.clone()
    }
}

//! The job itself: facts, review, check run; and the explanation when there will be none.

use jiff::tz::TimeZone;

use super::books::Books;
use super::evaluate::{Verdict, judge};
use super::gather::{Gathered, gather};
use super::job::{Answer, Job};
use super::publish::{Published, publish};
use super::surroundings::Clock;
use super::trouble::Trouble;
use super::words;
use crate::github::{
    CommitSha, Conclusion, GitHub, InstallationId, PullRequestNumber, Repository, RepositoryName,
};
use crate::review::POLICY_PATH;
use crate::store::{Claimed, Store, Subject};

/// Reviews pull requests through the App.
#[derive(Debug)]
pub struct Reviewer {
    github: GitHub,
    store: Store,
    clock: Clock,
    books: Books,
}

impl Reviewer {
    /// Reviews each repository by its own policy and template, else by its owner's, else by the built-in ones.
    pub fn new(github: GitHub, store: Store, clock: Clock) -> Self {
        Self { github, store, clock, books: Books::default() }
    }

    fn repository(&self, subject: &Subject) -> Repository {
        let name = RepositoryName { owner: subject.owner.clone(), name: subject.name.clone() };
        self.github.repository(InstallationId(subject.installation), name)
    }

    async fn publish(
        &self,
        repository: &Repository,
        claimed: &Claimed,
        head: CommitSha,
        verdict: Verdict,
    ) -> Result<(), Trouble> {
        let (commit, conclusion) = (head.clone(), verdict.conclusion);
        let now = self.clock.now();
        let done = publish(&self.store, repository, claimed, head, verdict, now).await?;
        let posted = done == Published::Posted;
        tracing::info!(%commit, ?conclusion, posted, "the check is concluded");
        Ok(())
    }
}

impl Job for Reviewer {
    async fn answer(&self, claimed: Claimed) -> Result<Answer, Trouble> {
        let repository = self.repository(&claimed.subject);
        let number = PullRequestNumber(claimed.subject.number);
        let change = match gather(&repository, number, &self.books).await? {
            Gathered::Change(change) => change,
            Gathered::Closed => {
                tracing::info!("the pull request is closed: nothing is written");
                return Ok(Answer::Settled { head: None });
            }
            Gathered::Moved => return Ok(Answer::Moved),
        };
        let (head, books) = (change.head.clone(), self.books.clone());
        // Waivers end with their day, wherever the author lives.
        let today = self.clock.now().to_zoned(TimeZone::UTC).date();
        // Long EPs take milliseconds, in which this thread could not answer a webhook.
        let judged = tokio::task::spawn_blocking(move || judge(&change, &books, today)).await;
        let verdict = judged.map_err(|_| Trouble::Panicked)?;
        self.publish(&repository, &claimed, head.clone(), verdict).await?;
        Ok(Answer::Settled { head: Some(head.0) })
    }

    async fn explain(&self, claimed: Claimed, trouble: &Trouble) -> Result<(), Trouble> {
        let repository = self.repository(&claimed.subject);
        let head = match repository
            .pull_request(PullRequestNumber(claimed.subject.number), POLICY_PATH)
            .await
        {
            Ok(pull_request) if !pull_request.open => return Ok(()),
            Ok(pull_request) => pull_request.head,
            // What the last delivery named will do: an author sees it on the newest commit, or on none.
            Err(error) => match &claimed.subject.head {
                Some(head) => CommitSha(head.clone()),
                None => return Err(error.into()),
            },
        };
        let verdict = Verdict {
            conclusion: Conclusion::ActionRequired,
            title: words::NO_REVIEW_TITLE.to_owned(),
            summary: words::no_review(&claimed, trouble, &head),
            text: String::new(),
            annotations: Vec::new(),
        };
        self.publish(&repository, &claimed, head, verdict).await
    }
}

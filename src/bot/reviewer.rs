//! The job itself: facts, review, check run, and what is said beside it; the explanation when there will be none.

mod asked;
mod issue;
mod late;
mod stuck;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::answers::{Desk, Pending, Place, pending};
use super::books::{Books, Ruling};
use super::command::Command;
use super::decisions::{Decisions, speeches};
use super::evaluate::{Judgement, Verdict, judge};
use super::gather::{Change, Gathered, gather, gather_group};
use super::herald::Herald;
use super::job::{Answer, Job};
use super::publish::{Posting, Published};
use super::recovery::{Recovery, Scanner};
use super::remarks::{remark, request_reviews};
use super::surroundings::{Clock, Dice};
use super::sweep::Sweeper;
use super::thrift;
use super::trouble::Trouble;
use super::words;
use crate::github::{
    CommitSha, Conclusion, Error, GitHub, InstallationId, PullRequestNumber, Repository,
    RepositoryName, Talk,
};
use crate::meter::Meter;
use crate::report::comment::explain;
use crate::review::POLICY_PATH;
use crate::store::{Claimed, Kind, Priority, Store, Subject};

/// Reviews pull requests through the App, and answers what people ask.
#[derive(Debug)]
pub struct Reviewer {
    github: GitHub,
    store: Store,
    clock: Clock,
    books: Books,
    scanner: Scanner,
    sweeper: Sweeper,
}

impl Reviewer {
    /// Reviews each repository by its own policy and template, else by its owner's, else by the built-in ones. What was
    /// missed is looked for at the pace of `recovery`, as often as [`recovery::tick`](super::recovery::tick) asks for it.
    pub fn new(
        github: GitHub,
        store: Store,
        clock: Clock,
        dice: Dice,
        (recovery, meter): (Recovery, Meter),
    ) -> Self {
        let sweeper = Sweeper {
            github: github.clone(),
            store: store.clone(),
            clock: clock.clone(),
            dice,
            recovery: recovery.clone(),
            meter: meter.clone(),
        };
        let scanner = Scanner::new(github.clone(), store.clone(), clock.clone(), recovery, meter);
        Self { github, store, clock, books: Books::default(), scanner, sweeper }
    }

    fn repository(&self, subject: &Subject) -> Repository {
        let name = RepositoryName { owner: subject.owner.clone(), name: subject.name.clone() };
        self.github.repository(InstallationId(subject.installation), name)
    }

    /// Waivers end with their day, wherever the author lives.
    fn today(&self) -> Date {
        self.clock.now().to_zoned(TimeZone::UTC).date()
    }

    /// Posts a verdict.
    async fn publish(
        &self,
        posting: &Posting<'_>,
        head: CommitSha,
        verdict: Verdict,
    ) -> Result<(), Trouble> {
        let (commit, conclusion) = (head.clone(), verdict.conclusion);
        match posting.publish(head, verdict).await? {
            Published::Waits => tracing::info!(%commit, "another pull request has the same head"),
            done => {
                let posted = done == Published::Posted;
                tracing::info!(%commit, ?conclusion, posted, "the check is concluded");
            }
        }
        Ok(())
    }

    /// Commits that are not this pull request's head any more: whoever shared a check with it there gets one without it.
    /// What was begun there and came to no end is taken over by them, or concluded.
    async fn leave(
        &self,
        repository: &Repository,
        claimed: &Claimed,
        present: Option<&CommitSha>,
    ) -> Result<(), Trouble> {
        let subject = &claimed.subject;
        let (id, key) = (subject.repository_id, subject.key());
        let unfinished = self.store.unfinished_heads(id, &key).await?;
        for head in self.store.heads_of(id, &key).await? {
            if present.is_some_and(|present| present.0 == head) {
                continue;
            }
            let mut sharing = self.store.pull_requests_with(id, &head).await?;
            sharing.retain(|other| other.number != subject.number);
            if sharing.is_empty() && !unfinished.contains(&head) {
                continue;
            }
            if sharing.is_empty() {
                match repository.abandon_check(&CommitSha(head.clone()), words::LEFT).await {
                    // With the commit, its checks are gone.
                    Err(error @ (Error::NotFound { .. } | Error::Refused { .. })) => {
                        tracing::info!(commit = %head, %error, "a former head is gone");
                    }
                    done => done?,
                }
            } else if unfinished.contains(&head) {
                self.store.doubt_checks(id, &head).await?;
            }
            self.store.enqueue(&sharing, self.clock.now()).await?;
            self.store.forget_check(id, &head, &key).await?;
        }
        Ok(())
    }

    async fn judge(&self, change: Change) -> Result<(Change, Judgement), Trouble> {
        let (books, today) = (self.books.clone(), self.today());
        // Long EPs take milliseconds, in which this thread could not answer a webhook.
        let judged = tokio::task::spawn_blocking(move || {
            let judgement = judge(&change, &books, today);
            (change, judgement)
        });
        judged.await.map_err(|_| Trouble::Panicked)
    }

    async fn pull_request(&self, claimed: &Claimed) -> Result<Answer, Trouble> {
        let repository = self.repository(&claimed.subject);
        let number = PullRequestNumber(claimed.subject.number);
        let edited = self.store.edited_comments(&claimed.subject.key()).await?;
        let mut herald = Herald {
            repository: &repository,
            store: &self.store,
            claimed,
            started: None,
            now: self.clock.now(),
        };
        let mut change = match gather(&repository, number, &self.books, Some(&mut herald)).await? {
            Gathered::Change(change) => *change,
            Gathered::Closed(closed) => {
                tracing::info!("the pull request is closed: no verdict is written");
                self.leave(&repository, claimed, None).await?;
                self.closed(&repository, claimed, &closed.talk, &edited).await?;
                return Ok(Answer::Settled { head: Some(closed.head.0) });
            }
            Gathered::Moved => return Ok(Answer::Moved),
        };
        // Moved out, so that the change can be judged while the comments wait.
        let talk = std::mem::take(&mut change.conversation.talk);
        if !change.files.is_empty() {
            let lacking = repository.lacking();
            change.notes.extend(words::lacking(&lacking, &repository.name().owner));
        }
        let waiting = pending(speeches(&talk.comments), &edited);
        let greeting = desk(&repository, &change, &talk, &[]).greet(&waiting).await;
        let (mut change, judgement) = self.judge(change).await?;
        let (head, verdict) = (change.head.clone(), judgement.verdict.clone());
        let anew = waiting.iter().any(|waiting| waiting.asks(|command| *command == Command::Check));
        let posting = Posting {
            base_branch: &change.base_branch,
            siblings: &change.siblings,
            started: herald.started.filter(|(on, _)| *on == head).map(|(_, run)| run),
            anew,
            ..self.posting(&repository, claimed)
        };
        self.publish(&posting, head.clone(), verdict).await?;
        self.leave(&repository, claimed, Some(&head)).await.map_err(aside)?;
        greeting.map_err(aside)?;
        self.say(claimed, &repository, (&mut change, &judgement), (&talk, &waiting))
            .await
            .map_err(aside)?;
        let guids: Vec<String> = edited.into_iter().map(|edited| edited.guid).collect();
        if !guids.is_empty() {
            self.store
                .handled(&guids, self.clock.now())
                .await
                .map_err(Trouble::from)
                .map_err(aside)?;
        }
        Ok(Answer::Settled { head: Some(head.0) })
    }

    /// Fails where the lease ended and another has the subject.
    async fn still_ours(&self, claimed: &Claimed) -> Result<(), Trouble> {
        if self.store.holds(claimed).await? { Ok(()) } else { Err(Trouble::TakenOver) }
    }

    /// What is said beside the check.
    async fn say(
        &self,
        claimed: &Claimed,
        repository: &Repository,
        (change, judgement): (&mut Change, &Judgement),
        (talk, waiting): (&Talk, &[Pending<'_>]),
    ) -> Result<(), Trouble> {
        let id = claimed.subject.repository_id;
        self.still_ours(claimed).await?;
        remark(repository, change, talk, judgement).await?;
        let now = self.clock.now();
        request_reviews(repository, &self.store, id, (change, talk), judgement, now).await?;
        self.answer_comments(claimed, repository, (change, judgement), (talk, waiting)).await
    }

    /// Says what blocks and why, for whoever pressed the button.
    async fn explain_rules(&self, claimed: &Claimed) -> Result<Answer, Trouble> {
        let repository = self.repository(&claimed.subject);
        let number = PullRequestNumber(claimed.subject.number);
        let change = match gather(&repository, number, &self.books, None).await? {
            Gathered::Change(change) => *change,
            Gathered::Closed(_) => return Ok(Answer::Settled { head: None }),
            Gathered::Moved => return Ok(Answer::Moved),
        };
        let (change, judgement) = self.judge(change).await?;
        let id = claimed.subject.repository_id;
        let posted = self.store.checks_on(id, &change.head.0).await?;
        let check_run = posted.iter().map(|check| check.check_run_id).max().unwrap_or_default();
        let blocks = judgement.verdict.conclusion != Conclusion::Success;
        let body = explain::explain(check_run, &judgement.reviews, blocks);
        let talk = &change.conversation.talk;
        desk(&repository, &change, talk, &[]).explain(&body).await?;
        Ok(Answer::Settled { head: Some(change.head.0.clone()) })
    }

    /// Reviews a merge group as it would land.
    async fn merge_group(&self, claimed: &Claimed) -> Result<Answer, Trouble> {
        let subject = &claimed.subject;
        let (Some(head), Some(branch)) = (subject.head.clone(), &subject.base) else {
            return Ok(Answer::Settled { head: None });
        };
        let repository = self.repository(subject);
        let head = CommitSha(head);
        let change = gather_group(&repository, &head, branch, &self.books).await?;
        let (_, judgement) = self.judge(change).await?;
        let posting = Posting { base_branch: branch, ..self.posting(&repository, claimed) };
        self.publish(&posting, head.clone(), judgement.verdict).await?;
        Ok(Answer::Settled { head: Some(head.0) })
    }

    fn posting<'a>(&'a self, repository: &'a Repository, claimed: &'a Claimed) -> Posting<'a> {
        Posting {
            store: &self.store,
            repository,
            claimed,
            base_branch: "",
            siblings: &[],
            started: None,
            anew: false,
            now: self.clock.now(),
        }
    }

    /// Finds out whose head a commit is.
    async fn commit(&self, claimed: &Claimed) -> Result<Answer, Trouble> {
        let subject = &claimed.subject;
        let Some(head) = subject.head.clone().map(CommitSha) else {
            return Ok(Answer::Settled { head: None });
        };
        // What was seen last, also of forks; what counts is read when each is looked at.
        let mut subjects = self.store.pull_requests_with(subject.repository_id, &head.0).await?;
        if subjects.is_empty() {
            let found = self.repository(subject).pull_requests_at(&head).await?;
            let of_number = |number: PullRequestNumber| Subject {
                kind: Kind::PullRequest,
                number: number.0,
                priority: Priority::Interactive,
                ..subject.clone()
            };
            subjects = found.into_iter().map(of_number).collect();
        }
        self.store.enqueue(&subjects, self.clock.now()).await?;
        Ok(Answer::Settled { head: Some(head.0) })
    }
}

/// What answers to comments of an open pull request are made from.
fn desk<'a>(
    repository: &'a Repository,
    change: &'a Change,
    talk: &'a Talk,
    reviews: &'a [crate::review::Review],
) -> Desk<'a> {
    Desk {
        repository,
        number: change.number.map_or(0, |number| number.0),
        comments: &talk.comments,
        place: Place::Open,
        policy: match &change.ruling {
            Ruling::Law(law) => Some(&law.policy),
            Ruling::Broken(_) => None,
        },
        decisions: &change.conversation.decisions,
        reviews,
    }
}

fn aside(trouble: Trouble) -> Trouble {
    Trouble::Aside(Box::new(trouble))
}

impl Job for Reviewer {
    async fn answer(&self, claimed: Claimed) -> Result<Answer, Trouble> {
        let subject = &claimed.subject;
        if subject.priority == Priority::Background
            && let Some(later) =
                thrift::wait(&self.github.rates(InstallationId(subject.installation)))
        {
            return Ok(later);
        }
        match subject.kind {
            Kind::PullRequest => self.pull_request(&claimed).await,
            Kind::Conversation => self.issue(&claimed).await,
            Kind::Explain => self.explain_rules(&claimed).await,
            Kind::Commit => self.commit(&claimed).await,
            Kind::MergeGroup => self.merge_group(&claimed).await,
            Kind::Sweep => self.sweeper.repository(&claimed).await,
            Kind::Branch => self.sweeper.branch(&claimed).await,
            Kind::Installation => self.sweeper.installation(&claimed, false).await,
            Kind::Account => self.sweeper.installation(&claimed, true).await,
            Kind::Installations => self.sweeper.installations().await,
            Kind::Deliveries => self.scanner.answer().await,
        }
    }

    async fn waits(
        &self,
        claimed: Claimed,
        trouble: &Trouble,
        next: Timestamp,
    ) -> Result<(), Trouble> {
        let told = self.tell_what_fails(&claimed, trouble, Some(next)).await;
        self.hold_up(&claimed, trouble).await?;
        told
    }

    async fn explain(&self, claimed: Claimed, trouble: &Trouble) -> Result<(), Trouble> {
        let subject = &claimed.subject;
        let repository = self.repository(subject);
        let named = || subject.head.clone().map(CommitSha);
        let head = match (subject.kind, trouble) {
            // A check that stands is not overwritten.
            (_, Trouble::Aside(_)) => return Ok(()),
            (Kind::MergeGroup, _) => named(),
            (Kind::PullRequest, _) => {
                let number = PullRequestNumber(subject.number);
                match repository.pull_request(number, POLICY_PATH).await {
                    Ok(pull_request) if !pull_request.open => return Ok(()),
                    Ok(pull_request) => Some(pull_request.head),
                    // What the last delivery named will do: an author sees it on the newest commit, or on none.
                    Err(error) => Some(named().ok_or(error)?),
                }
            }
            // Only those two have a check.
            _ => None,
        };
        let Some(head) = head else { return Ok(()) };
        let verdict = Verdict {
            conclusion: Conclusion::ActionRequired,
            title: words::NO_REVIEW_TITLE.to_owned(),
            summary: words::no_review(&claimed, trouble, &head),
            text: String::new(),
            annotations: Vec::new(),
        };
        self.publish(&self.posting(&repository, &claimed), head, verdict).await?;
        if let Err(untold) = self.tell_what_fails(&claimed, trouble, None).await {
            tracing::warn!(error = %untold, "whoever asked was not told: the check says it");
        }
        Ok(())
    }
}

/// No decisions: where nothing can be decided.
static NOTHING: std::sync::LazyLock<Decisions> = std::sync::LazyLock::new(Decisions::default);

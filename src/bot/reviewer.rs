//! The job itself: facts, review, check run, and what is said beside it; the explanation when there will be none.

mod asked;
mod issue;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::answers::{Desk, Pending, Place, pending};
use super::books::{Books, Ruling};
use super::command::Command;
use super::decisions::{Decisions, speeches};
use super::evaluate::{Judgement, Verdict, judge};
use super::gather::{Change, Gathered, gather};
use super::job::{Answer, Job};
use super::publish::{Published, publish};
use super::recovery::{Meter, Recovery, Scanner};
use super::remarks::{remark, request_reviews};
use super::surroundings::{Clock, Dice};
use super::sweep::Sweeper;
use super::thrift;
use super::trouble::Trouble;
use super::words;
use crate::github::{
    CommitSha, Conclusion, GitHub, InstallationId, PullRequestNumber, Repository, RepositoryName,
    Talk,
};
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

    async fn publish(
        &self,
        repository: &Repository,
        claimed: &Claimed,
        head: CommitSha,
        verdict: Verdict,
        (base_branch, anew): (&str, bool),
    ) -> Result<(), Trouble> {
        let (commit, conclusion) = (head.clone(), verdict.conclusion);
        let when = (base_branch, anew, self.clock.now());
        let done = publish(&self.store, repository, claimed, head, verdict, when).await?;
        let posted = done == Published::Posted;
        tracing::info!(%commit, ?conclusion, posted, "the check is concluded");
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
        let mut change = match gather(&repository, number, &self.books).await? {
            Gathered::Change(change) => *change,
            Gathered::Closed(talk) => {
                tracing::info!("the pull request is closed: no verdict is written");
                self.closed(&repository, claimed, &talk).await?;
                return Ok(Answer::Settled { head: None });
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
        let how = (change.base_branch.as_str(), anew);
        self.publish(&repository, claimed, head.clone(), verdict, how).await?;
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

    /// What is said beside the check.
    async fn say(
        &self,
        claimed: &Claimed,
        repository: &Repository,
        (change, judgement): (&mut Change, &Judgement),
        (talk, waiting): (&Talk, &[Pending<'_>]),
    ) -> Result<(), Trouble> {
        let id = claimed.subject.repository_id;
        remark(repository, change, talk, judgement).await?;
        let now = self.clock.now();
        request_reviews(repository, &self.store, id, (change, talk), judgement, now).await?;
        self.answer_comments(claimed, repository, (change, judgement), (talk, waiting)).await
    }

    /// Says what blocks and why, for whoever pressed the button.
    async fn explain_rules(&self, claimed: &Claimed) -> Result<Answer, Trouble> {
        let repository = self.repository(&claimed.subject);
        let number = PullRequestNumber(claimed.subject.number);
        let change = match gather(&repository, number, &self.books).await? {
            Gathered::Change(change) => *change,
            Gathered::Closed(_) => return Ok(Answer::Settled { head: None }),
            Gathered::Moved => return Ok(Answer::Moved),
        };
        let (change, judgement) = self.judge(change).await?;
        let id = claimed.subject.repository_id;
        let posted = self.store.checks_on(id, &change.head.0).await?;
        let check_run = posted.iter().map(|check| check.check_run_id).max().unwrap_or_default();
        let body = explain::explain(check_run, &judgement.reviews);
        let talk = &change.conversation.talk;
        desk(&repository, &change, talk, &[]).explain(check_run, body).await?;
        Ok(Answer::Settled { head: Some(change.head.0.clone()) })
    }

    /// Finds out whose head a commit is.
    async fn commit(&self, claimed: &Claimed) -> Result<Answer, Trouble> {
        let subject = &claimed.subject;
        let Some(head) = subject.head.clone().map(CommitSha) else {
            return Ok(Answer::Settled { head: None });
        };
        let found = self.repository(subject).pull_requests_at(&head).await?;
        let subjects: Vec<Subject> = found
            .into_iter()
            .map(|number| Subject {
                kind: Kind::PullRequest,
                number: number.0,
                priority: Priority::Interactive,
                ..subject.clone()
            })
            .collect();
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
        number: change.number.0,
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
            Kind::Sweep => self.sweeper.repository(&claimed).await,
            Kind::Branch => self.sweeper.branch(&claimed).await,
            Kind::Installation => self.sweeper.installation(&claimed, false).await,
            Kind::Account => self.sweeper.installation(&claimed, true).await,
            Kind::Installations => self.sweeper.installations().await,
            Kind::Deliveries => self.scanner.answer().await,
            // Nothing asks for these yet.
            Kind::MergeGroup => Ok(Answer::Settled { head: None }),
        }
    }

    async fn explain(&self, claimed: Claimed, trouble: &Trouble) -> Result<(), Trouble> {
        // A check that stands is not overwritten, and only a pull request has one.
        if matches!(trouble, Trouble::Aside(_)) || claimed.subject.kind != Kind::PullRequest {
            return Ok(());
        }
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
        self.publish(&repository, &claimed, head, verdict, ("", false)).await
    }
}

/// No decisions: where nothing can be decided.
static NOTHING: std::sync::LazyLock<Decisions> = std::sync::LazyLock::new(Decisions::default);

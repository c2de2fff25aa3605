//! Answers to the commands in comments. Which ones wait is read off GitHub: those without our last reaction, and those that
//! were edited since. A try that was cut off finds its own answers, and gives none twice.

use super::command::{Command, Misread, Spoken, Which};
use super::decisions::{Decisions, Outcome, Speech};
use super::remarks::go_on;
use super::trouble::Trouble;
use crate::github::{Comment, Reaction, Repository, Retry};
use crate::report::comment::answer::{Approvers, Said, answer};
use crate::report::comment::{Kind, Marker, help, parse_marker, same_text};
use crate::review::Review;
use crate::review::policy::{Approver, Policy};
use crate::store::Edited;

/// A comment whose commands wait for an answer.
pub(super) struct Pending<'c> {
    speech: Speech<'c>,
    /// Whether it was answered to the last reaction.
    answered: bool,
    /// Whether it was edited since: what was answered before is no answer to what stands there now.
    edited: bool,
}

/// What became of a comment of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Posted {
    Now,
    /// It stood there already.
    Before,
    /// GitHub does not take it: the conversation is locked, for example.
    Refused,
}

/// The comments that wait. `edited`: those of which a delivery says that they were edited.
pub(super) fn pending<'c>(speeches: Vec<Speech<'c>>, edited: &[Edited]) -> Vec<Pending<'c>> {
    let done = |comment: &Comment| {
        comment.reactions.iter().any(|r| matches!(r, Reaction::Done | Reaction::Confused))
    };
    speeches
        .into_iter()
        .filter_map(|speech| {
            let answered = done(speech.comment);
            let edited = edited.iter().any(|edit| edit.comment_id == speech.comment.id);
            // What somebody else changes in a comment asks for nothing; where it decided something, that is told.
            let told = speech.is_vouched() || speech.decides();
            (!answered || (edited && told)).then_some(Pending { speech, answered, edited })
        })
        .collect()
}

impl Pending<'_> {
    /// The comment's number.
    pub(super) fn comment(&self) -> u64 {
        self.speech.comment.id
    }

    /// Whether it was edited since it was answered.
    pub(super) fn is_edited(&self) -> bool {
        self.edited
    }

    /// Whether one of its commands is this.
    pub(super) fn asks(&self, is: impl Fn(&Command) -> bool) -> bool {
        self.speech.is_vouched()
            && self.speech.spoken.iter().any(|spoken| spoken.command.as_ref().is_ok_and(&is))
    }

    /// Whose EPs are asked for, each once.
    fn statuses(&self) -> Vec<Which> {
        let mut all = Vec::new();
        if self.speech.is_vouched() {
            for spoken in &self.speech.spoken {
                if let Ok(Command::Status(which)) = &spoken.command
                    && !all.contains(which)
                {
                    all.push(*which);
                }
            }
        }
        all
    }
}

/// Where a comment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On an open pull request.
    Open,
    /// On a closed one.
    Closed,
    /// On an issue.
    Issue,
}

/// What answers are made from.
pub(super) struct Desk<'a> {
    pub(super) repository: &'a Repository,
    /// The issue's or pull request's number.
    pub(super) number: u64,
    /// All comments there, ours too.
    pub(super) comments: &'a [Comment],
    pub(super) place: Place,
    /// `None` while the policy is broken.
    pub(super) policy: Option<&'a Policy>,
    pub(super) decisions: &'a Decisions,
    /// The EPs of the pull request.
    pub(super) reviews: &'a [Review],
}

impl Desk<'_> {
    /// Says that the commands were seen.
    pub(super) async fn greet(&self, pending: &[Pending<'_>]) -> Result<(), Trouble> {
        for waiting in pending.iter().filter(|waiting| !waiting.answered) {
            if !waiting.speech.comment.reactions.contains(&Reaction::Eyes) {
                go_on(self.repository.react(waiting.comment(), Reaction::Eyes).await)?;
            }
        }
        Ok(())
    }

    /// Answers one comment: everything that it asks for but a status, which `statuses` holds, and then the last reaction.
    pub(super) async fn answer(
        &self,
        waiting: &Pending<'_>,
        statuses: Vec<String>,
    ) -> Result<(), Trouble> {
        let comment = waiting.comment();
        let named = self.approvers();
        let names: Vec<&str> = named.iter().map(String::as_str).collect();
        let misread: Vec<String> = waiting
            .speech
            .spoken
            .iter()
            .map(|spoken| spoken.command.as_ref().err().map(Misread::sentence).unwrap_or_default())
            .collect();
        let said = self.said(waiting, &names, &misread);
        let mut heard = true;
        for body in statuses.into_iter().skip(self.given(waiting, &[Kind::Status])) {
            heard &= self.post(Kind::Status, waiting, body).await?;
        }
        let helps = waiting.asks(|command| *command == Command::Help);
        if helps && self.given(waiting, &[Kind::Help]) == 0 {
            heard &= self.post(Kind::Help, waiting, help(comment)).await?;
        }
        if !said.is_empty() && self.given(waiting, &[Kind::Done, Kind::Refusal]) == 0 {
            let body = answer(comment, &said);
            let refused = said.iter().any(Said::is_refusal);
            let kind = if refused { Kind::Refusal } else { Kind::Done };
            heard &= self.post(kind, waiting, body).await?;
        }
        // Not where an answer is posted: the try that posted it may have been cut off before it came so far.
        self.hide(Kind::Stuck, |other| other == comment).await?;
        let refused = said.iter().any(Said::is_refusal);
        // Where GitHub takes no comment of ours, a reaction is all that can be said.
        let last = if refused || !heard { Reaction::Confused } else { Reaction::Done };
        go_on(self.repository.react(comment, last).await)
    }

    /// What has to be said to the commands that are no question for a status.
    fn said<'s>(
        &'s self,
        waiting: &'s Pending<'_>,
        names: &'s [&'s str],
        misread: &'s [String],
    ) -> Vec<Said<'s>> {
        let approvers = match self.policy {
            Some(policy) if policy.prr.approvers.is_empty() => Approvers::WhoCanPush,
            _ => Approvers::Named(names),
        };
        let speech = &waiting.speech;
        let one = |(spoken, misread): (&'s Spoken, &'s String)| -> Option<Said<'s>> {
            let Ok(command) = &spoken.command else {
                return Some(Said::Misread {
                    line: spoken.line,
                    words: &spoken.words,
                    sentence: misread,
                });
            };
            let word = word(command);
            if !speech.is_vouched() {
                return Some(Said::EditedByOther { command: word, author: &speech.author.login });
            }
            let needs_pull_request =
                !matches!(command, Command::Help | Command::Status(Which::All | Which::One(_)));
            match self.place {
                Place::Closed if needs_pull_request => return Some(Said::Closed { command: word }),
                Place::Issue if needs_pull_request => {
                    return Some(Said::NoPullRequest { command: word });
                }
                Place::Open | Place::Closed | Place::Issue => {}
            }
            let outcome = self.decisions.outcomes.get(&(speech.comment.id, spoken.line))?;
            Some(match outcome {
                Outcome::Waived(waiver) => Said::Waived {
                    rule: waiver.rule.name,
                    section: match command {
                        Command::Waive { section, .. } => section.as_deref(),
                        _ => None,
                    },
                    because: &waiver.because,
                    by: &waiver.by,
                    found: self.reviews.iter().any(|review| waiver.is_used_in(review)),
                },
                Outcome::Asked(question) => Said::Asked {
                    number: question.number,
                    part: question.part.as_deref(),
                    text: &question.text,
                },
                Outcome::Dropped { number, text } => Said::Dropped { number: *number, text },
                Outcome::NotApprover => Said::NotApprover { command: word, approvers },
                Outcome::OwnPullRequest => Said::OwnPullRequest { approvers },
                Outcome::EditedByOther => {
                    Said::EditedByOther { command: word, author: &speech.author.login }
                }
                Outcome::NoSuchQuestion { number, open } => {
                    Said::NoSuchQuestion { number: *number, open }
                }
                Outcome::NotTheirs { number, by } => {
                    Said::NotTheirs { number: *number, by, approvers }
                }
            })
        };
        speech.spoken.iter().zip(misread).filter_map(one).collect()
    }

    /// Who may approve, by name.
    fn approvers(&self) -> Vec<String> {
        let named = self.policy.iter().flat_map(|policy| &policy.prr.approvers);
        named
            .map(|approver| match approver {
                Approver::User(login) => login.clone(),
                Approver::Team { org, team } => format!("{org}/{team}"),
            })
            .collect()
    }

    /// How many answers of these kinds a try that was cut off gave already, in the order in which they are given. A status
    /// may say something else by now, and is not said twice for that.
    fn given(&self, waiting: &Pending<'_>, kinds: &[Kind]) -> usize {
        if waiting.edited {
            return 0;
        }
        let ours = self.comments.iter().filter(|comment| comment.ours);
        let marks = ours.filter_map(|comment| parse_marker(&comment.body));
        marks
            .filter(|mark| match mark {
                Marker::Answer { kind, comment } => {
                    *comment == waiting.comment() && kinds.contains(kind)
                }
                _ => false,
            })
            .count()
    }

    /// Posts an answer that does not stand there yet, and hides what it makes out of date; says whether it stands there
    /// now.
    async fn post(&self, kind: Kind, waiting: &Pending<'_>, body: String) -> Result<bool, Trouble> {
        let posted = self.posted(&body).await?;
        if posted != Posted::Now || !matches!(kind, Kind::Status | Kind::Help) {
            return Ok(posted != Posted::Refused);
        }
        let comment = waiting.comment();
        let asked = self.asked_in(comment);
        self.hide(kind, |other| {
            if other != comment {
                return self.asked_in(other) == asked;
            }
            // One comment may ask for several statuses.
            waiting.edited
        })
        .await?;
        Ok(true)
    }

    /// Posts a comment, unless it stands there already.
    async fn posted(&self, body: &str) -> Result<Posted, Trouble> {
        if self.standing().any(|ours| same_text(&ours.body, body)) {
            return Ok(Posted::Before);
        }
        match self.repository.comment(self.number, body).await {
            Err(error) if matches!(error.retry(), Retry::Never { .. }) => {
                tracing::warn!(%error, "a comment cannot be answered");
                Ok(Posted::Refused)
            }
            posted => Ok(posted.map(|_| Posted::Now)?),
        }
    }

    /// Hides answers of a kind, by the number of what they answer.
    async fn hide(&self, kind: Kind, outdated: impl Fn(u64) -> bool) -> Result<(), Trouble> {
        for ours in self.standing() {
            if let Some(Marker::Answer { kind: earlier, comment }) = parse_marker(&ours.body)
                && earlier == kind
                && outdated(comment)
            {
                go_on(self.repository.minimize(&ours.node).await)?;
            }
        }
        Ok(())
    }

    /// Our comments that are not hidden.
    fn standing(&self) -> impl Iterator<Item = &Comment> {
        self.comments.iter().filter(|comment| comment.ours && !comment.minimized)
    }

    /// The commands of a comment; none where it is gone.
    fn asked_in(&self, comment: u64) -> Vec<Command> {
        let comment = self.comments.iter().find(|one| one.id == comment);
        let spoken = comment.map(|comment| super::command::commands(&comment.body));
        spoken.into_iter().flatten().filter_map(|spoken| spoken.command.ok()).collect()
    }

    /// Says what blocks, for whoever pressed the button.
    pub(super) async fn explain(&self, body: &str) -> Result<(), Trouble> {
        if self.posted(body).await? == Posted::Now {
            self.hide(Kind::Explain, |_| true).await?;
        }
        Ok(())
    }
}

/// Whose EPs the pending comments ask for: of each comment all.
pub(super) fn statuses<'p>(pending: &'p [Pending<'_>]) -> impl Iterator<Item = Which> + 'p {
    pending.iter().flat_map(Pending::statuses)
}

/// The statuses that a comment asks for, as `text` says them.
pub(super) fn status_texts(
    waiting: &Pending<'_>,
    mut text: impl FnMut(Which, u64) -> Option<String>,
) -> Vec<String> {
    let comment = waiting.comment();
    let statuses = waiting.statuses().into_iter();
    let mut texts: Vec<String> = statuses.filter_map(|which| text(which, comment)).collect();
    // While nothing is known, that is said once.
    texts.dedup();
    texts
}

/// A command's word.
const fn word(command: &Command) -> &'static str {
    match command {
        Command::Status(_) => "/ep-status",
        Command::Check => "/ep-check",
        Command::Waive { .. } => "/ep-waive",
        Command::Ask { .. } | Command::Drop(_) => "/ep-question",
        Command::Help => "/ep-help",
    }
}

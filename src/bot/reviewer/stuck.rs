//! Whoever asks why nothing comes is told, also when nothing comes.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Reviewer;
use crate::bot::answers::{Pending, pending};
use crate::bot::command::{Command, Which};
use crate::bot::decisions::speeches;
use crate::bot::remarks::go_on;
use crate::bot::trouble::Trouble;
use crate::github::{Comment, PullRequestNumber, Reaction};
use crate::report::comment::status::{Delivery, Found, Origin, Retry, StatusInput, status};
use crate::report::comment::{Kind as Answers, Marker, marker, parse_marker};
use crate::review::POLICY_PATH;
use crate::store::{Claimed, Kind};

impl Reviewer {
    /// Answers the comments that ask for the status of a pull request while its review fails: what went wrong, and when it
    /// is tried again; `None`: it is not. Each is answered so once, and properly when the review succeeds.
    pub(super) async fn tell_what_fails(
        &self,
        claimed: &Claimed,
        trouble: &Trouble,
        next: Option<Timestamp>,
    ) -> Result<(), Trouble> {
        let subject = &claimed.subject;
        // Where the check is concluded, the answers themselves are what is tried again: soon, and in full.
        let only_late = matches!(trouble, Trouble::Aside(_)) && next.is_some();
        if subject.kind != Kind::PullRequest || only_late {
            return Ok(());
        }
        let Some(standing) = self.store.standing(&subject.key()).await? else { return Ok(()) };
        let Some(asked) = standing.last_delivery.filter(|last| last.event == "issue_comment")
        else {
            return Ok(());
        };
        let repository = self.repository(subject);
        let number = PullRequestNumber(subject.number);
        let mut pull_request = repository.pull_request(number, POLICY_PATH).await?;
        repository.read_on(number, &mut pull_request.talk).await?;
        let edited = self.store.edited_comments(&subject.key()).await?;
        let comments = &pull_request.talk.comments;
        let wants = |one: &Pending<'_>| one.asks(|c| *c == Command::Status(Which::This));
        let waiting = pending(speeches(comments), &edited);
        let text = |time: Timestamp| {
            time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
        };
        let (at, heard, reason) = (next.map(text), text(asked.received_at), trouble.to_string());
        let reviewed = self.store.heads_of(subject.repository_id, &subject.key()).await?;
        for one in waiting.iter().filter(|one| wants(one)) {
            let said = |kind| comments.iter().any(|ours| answers(ours, kind, one.comment()));
            // Said already, or answered properly by a try that was cut off behind that.
            if next.is_some()
                && (said(Answers::Stuck) || (said(Answers::Status) && !one.is_edited()))
            {
                continue;
            }
            let body = status(&StatusInput {
                comment: one.comment(),
                found: Found::This { reviews: &[], open: true },
                waivers: &[],
                questions: &[],
                origin: Origin {
                    reviewed: reviewed.first().map(String::as_str),
                    head: Some(&pull_request.head.0),
                    delivery: Some(Delivery {
                        event: &asked.event,
                        action: asked.action.as_deref(),
                        at: &heard,
                        guid: &asked.guid,
                    }),
                    policy: "not read yet",
                    template: "not read yet",
                    retry: Some(Retry {
                        at: at.as_deref().unwrap_or("after the next push"),
                        reason: &reason,
                    }),
                },
            });
            // It is no status yet: that one is still owed.
            let body = body.replace(
                &marker(Answers::Status, one.comment()),
                &marker(Answers::Stuck, one.comment()),
            );
            go_on(repository.comment(subject.number, &body).await.map(drop))?;
            if next.is_none() {
                go_on(repository.react(one.comment(), Reaction::Confused).await)?;
            }
        }
        Ok(())
    }
}

/// Whether a comment is our answer of a kind to another.
fn answers(ours: &Comment, kind: Answers, comment: u64) -> bool {
    ours.ours && parse_marker(&ours.body) == Some(Marker::Answer { kind, comment })
}

//! What is said beside the check: comments at lines, kept true to what blocks; the one summary; and whose review is
//! asked for. Compared with what stands on GitHub, then written: nothing is said twice, also when a try was cut off.

use std::collections::HashMap;

use super::books::Ruling;
use super::evaluate::Judgement;
use super::gather::Change;
use super::threads::{self, Act, Situation, Thread, Told};
use super::trouble::Trouble;
use crate::github::{
    CHECK_NAME, CommitSha, Error, FileChange, LineComment, PullRequestNumber, Repository, Retry,
    ReviewThread, Reviewers, Talk,
};
use crate::report::comment::{Marker, parse_marker, summary};
use crate::report::patch::Patch;
use crate::review::policy::{Approver, Comments, Policy};
use crate::review::rule::PRR_APPROVAL;
use crate::review::{Review, Severity};
use crate::store::Store;

/// Says what there is to say.
pub(super) async fn remark(
    repository: &Repository,
    change: &Change,
    talk: &Talk,
    judgement: &Judgement,
) -> Result<(), Trouble> {
    let (Ruling::Law(law), Some(number)) = (&change.ruling, change.number) else { return Ok(()) };
    match law.policy.comments {
        Comments::Off => Ok(()),
        Comments::Summary => summarise(repository, number.0, talk, &judgement.reviews).await,
        Comments::Inline => {
            for act in planned(change, talk, &judgement.reviews) {
                go_on(perform(repository, (number, &change.head), talk, act).await)?;
            }
            Ok(())
        }
    }
}

/// What GitHub will never take is left unsaid: the check says it all.
pub(super) fn go_on(said: Result<(), Error>) -> Result<(), Trouble> {
    match said {
        Err(error) if matches!(error.retry(), Retry::Never { .. }) => {
            tracing::warn!(%error, "something could not be said beside the check");
            Ok(())
        }
        said => Ok(said?),
    }
}

async fn summarise(
    repository: &Repository,
    number: u64,
    talk: &Talk,
    reviews: &[Review],
) -> Result<(), Trouble> {
    let own = talk.comments.iter().filter(|comment| comment.ours);
    let mut summaries = own.filter(|c| parse_marker(&c.body) == Some(Marker::Summary));
    let existing = summaries.next().map(|comment| (comment.id, comment.body.as_str()));
    if existing.is_none() && reviews.is_empty() {
        return Ok(());
    }
    let said = match threads::told(existing, summary(reviews, CHECK_NAME)) {
        None => Ok(()),
        Some(Told::Post(body)) => repository.comment(number, &body).await.map(drop),
        Some(Told::Edit { comment, body }) => repository.edit_comment(comment, &body).await,
    };
    go_on(said)
}

fn planned(change: &Change, talk: &Talk, reviews: &[Review]) -> Vec<Act> {
    let ours: Vec<Thread> = talk.threads.iter().filter_map(thread_of_ours).collect();
    let blocks = |review: &Review| review.findings.iter().any(|f| f.severity == Severity::Error);
    if ours.is_empty() && !reviews.iter().any(blocks) {
        return Vec::new();
    }
    let shown = change.changed.iter().filter(|file| file.change != FileChange::Removed);
    let parsed: Vec<(&str, Option<Patch>)> =
        shown.map(|file| (file.path.as_str(), file.patch.as_deref().map(Patch::parse))).collect();
    let patches: HashMap<&str, Option<&Patch>> =
        parsed.iter().map(|(path, patch)| (*path, patch.as_ref())).collect();
    let reviews: Vec<&Review> = reviews.iter().collect();
    threads::plan(&Situation {
        reviews: &reviews,
        patches: &patches,
        threads: &ours,
        head: &change.head.0,
        check: CHECK_NAME,
    })
}

/// A thread that this App began, told by its author and its mark: anybody can type a mark.
fn thread_of_ours(thread: &ReviewThread) -> Option<Thread> {
    if !thread.ours {
        return None;
    }
    parse_marker(&thread.body)?;
    Some(Thread {
        id: thread.node.clone(),
        first_comment: thread.comment,
        body: thread.body.clone(),
        path: thread.path.clone(),
        resolved: thread.resolved,
        // GitHub names no App among those who resolve: our last word tells.
        resolved_by_us: thread.resolved
            && thread.last_is_ours
            && threads::is_end(&thread.last_body),
        replies: thread.replies,
        last_is_ours: thread.last_is_ours,
        last_body: thread.last_body.clone(),
    })
}

async fn perform(
    repository: &Repository,
    (number, head): (PullRequestNumber, &CommitSha),
    talk: &Talk,
    act: Act,
) -> Result<(), Error> {
    match act {
        Act::Post { body, comments } => {
            let comments: Vec<LineComment> = comments
                .into_iter()
                .map(|new| LineComment {
                    path: new.path,
                    start_line: new.start_line,
                    line: new.line,
                    body: new.body,
                })
                .collect();
            repository.review(number, head, &body, &comments).await
        }
        Act::PostOnFile { path, body } => {
            repository.comment_on_file(number, head, &path, &body).await
        }
        Act::Resolve { thread, reply } => {
            if let (Some(reply), Some(comment)) = (reply, first_of(talk, &thread)) {
                repository.reply(number, comment, &reply).await?;
            }
            repository.resolve(&thread, true).await
        }
        Act::Reopen { thread, reply } => {
            repository.resolve(&thread, false).await?;
            match reply.zip(first_of(talk, &thread)) {
                Some((reply, comment)) => repository.reply(number, comment, &reply).await,
                None => Ok(()),
            }
        }
        Act::Edit { comment, body } => repository.edit_review_comment(comment, &body).await,
    }
}

/// Number of a thread's first comment, which names the thread where one replies.
fn first_of(talk: &Talk, thread: &str) -> Option<u64> {
    talk.threads.iter().find(|one| one.node == thread).map(|one| one.comment)
}

/// Asks the approvers for their review, once for each pull request, where the policy says so and the approval is what
/// blocks.
pub(super) async fn request_reviews(
    repository: &Repository,
    store: &Store,
    repository_id: u64,
    (change, talk): (&Change, &Talk),
    judgement: &Judgement,
    now: jiff::Timestamp,
) -> Result<(), Trouble> {
    let Ruling::Law(law) = &change.ruling else { return Ok(()) };
    let waits = |review: &Review| {
        let error = |f: &&crate::review::Finding| f.severity == Severity::Error;
        review.findings.iter().filter(error).any(|finding| finding.rule.is(&PRR_APPROVAL))
    };
    if !law.policy.prr.request_reviews || change.draft || !judgement.reviews.iter().any(waits) {
        return Ok(());
    }
    let reviewers = reviewers(&law.policy, talk, &repository.name().owner);
    if reviewers == Reviewers::default() {
        return Ok(());
    }
    let Some(number) = change.number else { return Ok(()) };
    let what = format!("review requests/{}", number.0);
    if !store.first_time(repository_id, &what, now).await? {
        return Ok(());
    }
    go_on(repository.request_reviews(number, &reviewers).await)
}

/// The approvers who have not spoken yet. The author of a pull request cannot be asked, nor another owner's team.
fn reviewers(policy: &Policy, talk: &Talk, owner: &str) -> Reviewers {
    let reviewed = talk.reviews.iter().filter_map(|review| review.author.as_ref());
    let known: Vec<&str> =
        reviewed.chain(&talk.author).map(|person| person.login.as_str()).collect();
    let mut reviewers = Reviewers::default();
    for approver in &policy.prr.approvers {
        match approver {
            Approver::User(login) => {
                if !known.iter().any(|known| known.eq_ignore_ascii_case(login)) {
                    reviewers.users.push(login.clone());
                }
            }
            Approver::Team { org, team } if org.eq_ignore_ascii_case(owner) => {
                reviewers.teams.push(team.clone());
            }
            Approver::Team { .. } => {}
        }
    }
    reviewers
}

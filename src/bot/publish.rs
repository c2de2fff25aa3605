//! Compare, then write: what stands on GitHub already is not sent again.
//!
//! A check hangs on a commit, a verdict on a pull request. Where several open pull requests have one head, the check says
//! the worst of their verdicts, and whose it is.

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde_json::json;

use super::evaluate::Verdict;
use super::herald::begun;
use super::trouble::Trouble;
use super::words;
use crate::github::{CheckRun, CheckRunId, CommitSha, Conclusion, PullRequestNumber, Repository};
use crate::report::MAX_PAGE;
use crate::store::{Claimed, Kind, PostedCheck, Priority, Store, Subject};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Published {
    /// The check run was posted, or adopted from an earlier try.
    Posted,
    /// It stood there already: no call was made.
    Unchanged,
    /// It is in progress until the verdict on another pull request with this head is known.
    Waits,
}

/// Where and how a verdict is posted.
#[derive(Debug)]
pub(super) struct Posting<'a> {
    pub(super) store: &'a Store,
    pub(super) repository: &'a Repository,
    pub(super) claimed: &'a Claimed,
    /// Name of the base branch; empty: unknown.
    pub(super) base_branch: &'a str,
    /// Other open pull requests with the same head.
    pub(super) siblings: &'a [PullRequestNumber],
    /// The run that was set in progress before.
    pub(super) started: Option<CheckRunId>,
    /// Whether it is posted even when it stands there already.
    pub(super) anew: bool,
    pub(super) now: Timestamp,
}

impl Posting<'_> {
    /// Posts a verdict on `head`, unless it is what was posted last there.
    pub(super) async fn publish(
        &self,
        head: CommitSha,
        verdict: Verdict,
    ) -> Result<Published, Trouble> {
        let subject = &self.claimed.subject;
        let (id, key) = (subject.repository_id, subject.key());
        let before = self.store.posted_check(id, &head.0, &key).await?;
        let own = (verdict.conclusion, verdict.title.clone());
        let (others, unknown) = self.others(&head).await?;
        if !unknown.is_empty() && own.0 == Conclusion::Success {
            // Their review concludes this check, with this verdict in it.
            let started = if let Some(started) = self.started {
                started
            } else {
                let begun = begun(before.as_ref(), (id, &head, &key));
                self.store.remember_check(&begun, self.now).await?;
                let mark = format!("{key}:started");
                self.repository.start_check(&head, &mark, words::STARTED).await?
            };
            self.remember(&head, &key, started, String::new(), own).await?;
            self.store.enqueue(&unknown, self.now).await?;
            return Ok(Published::Waits);
        }
        let verdict = with_others(verdict, &others);
        let unfinished = before.as_ref().is_some_and(PostedCheck::is_unfinished);
        let hash = hash(&verdict);
        let anew = self.anew || self.started.is_some();
        if !anew && let Some(before) = before.as_ref().filter(|b| b.output_hash == hash) {
            // Said in the same words of another base branch: else the sweep would look for it each time.
            if !self.base_branch.is_empty() && before.base != self.base_branch {
                self.remember(&head, &key, CheckRunId(before.check_run_id), hash, own).await?;
            }
            return Ok(Published::Unchanged);
        }
        let Verdict { conclusion, title, summary, text, annotations } = verdict;
        let run = CheckRun {
            head: head.clone(),
            // With the content's hash in it, whoever finds the run knows that it says the same.
            external_id: format!("{key}:{}", &hash[..16]),
            conclusion,
            title,
            summary,
            text,
            annotations,
            details_url: None,
            actions: words::ACTIONS,
        };
        // A try that did not come back may have posted it, and so may a database that was lost.
        let tried = self.claimed.attempts > 1
            || self.claimed.losses > 0
            || unfinished
            || subject.priority == Priority::Background;
        if !self.store.holds(self.claimed).await? {
            return Err(Trouble::TakenOver);
        }
        if self.started.is_none() && !run.fits_one_request() {
            let begun = begun(before.as_ref(), (id, &head, &key));
            self.store.remember_check(&begun, self.now).await?;
        }
        if !others.is_empty() {
            // Another replica may review another of them now. What each is about to say stands here before it says it:
            // whoever posts last finds what the other came to.
            let run = before.as_ref().map_or(0, |before| before.check_run_id);
            self.remember(&head, &key, CheckRunId(run), String::new(), own.clone()).await?;
        }
        let posted = match self.started {
            Some(started) => self.repository.conclude_check(started, &run).await?,
            None if tried => self.repository.republish_check(&run).await?,
            None => self.repository.publish_check(&run).await?,
        };
        self.remember(&head, &key, posted, hash, own).await?;
        if !others.is_empty() && self.others(&head).await?.0 != others {
            tracing::info!("another pull request with this head got another verdict meanwhile");
            self.store.enqueue(std::slice::from_ref(subject), self.now).await?;
        }
        Ok(Published::Posted)
    }

    async fn remember(
        &self,
        head: &CommitSha,
        key: &str,
        run: CheckRunId,
        output_hash: String,
        (conclusion, title): (Conclusion, String),
    ) -> Result<(), Trouble> {
        let posted = PostedCheck {
            repository_id: self.claimed.subject.repository_id,
            head: head.0.clone(),
            external_id: key.to_owned(),
            check_run_id: run.0,
            output_hash,
            base: self.base_branch.to_owned(),
            conclusion: conclusion.as_str().to_owned(),
            title,
        };
        Ok(self.store.remember_check(&posted, self.now).await?)
    }

    /// The verdicts on the other pull requests with this head, and those that have none yet.
    async fn others(&self, head: &CommitSha) -> Result<(Vec<Other>, Vec<Subject>), Trouble> {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        if self.siblings.is_empty() {
            return Ok((known, unknown));
        }
        let own = &self.claimed.subject;
        let posted = self.store.checks_on(own.repository_id, &head.0).await?;
        for number in self.siblings {
            let subject = Subject {
                kind: Kind::PullRequest,
                number: number.0,
                priority: Priority::Interactive,
                head: Some(head.0.clone()),
                ..own.clone()
            };
            let key = subject.key();
            match posted.iter().find(|check| check.external_id == key) {
                Some(check) => known.push(Other {
                    number: *number,
                    success: check.conclusion == Conclusion::Success.as_str(),
                    title: check.title.clone(),
                }),
                None => unknown.push(subject),
            }
        }
        Ok((known, unknown))
    }
}

/// The verdict on another pull request with the same head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Other {
    pub(super) number: PullRequestNumber,
    pub(super) success: bool,
    pub(super) title: String,
}

/// The worst of the verdicts, and whose it is.
fn with_others(mut verdict: Verdict, others: &[Other]) -> Verdict {
    if others.is_empty() {
        return verdict;
    }
    let worst = others.iter().find(|other| !other.success);
    let worst = worst.filter(|_| verdict.conclusion == Conclusion::Success);
    let opening = words::shared(others, worst.is_some());
    if opening.len() + verdict.summary.len() <= MAX_PAGE {
        verdict.summary.insert_str(0, &opening);
    } else {
        verdict.summary = opening;
    }
    if let Some(worst) = worst {
        verdict.conclusion = Conclusion::Failure;
        verdict.title = words::shared_title(worst);
    }
    verdict
}

/// SHA-256 over everything that is shown, in hexadecimal digits.
fn hash(verdict: &Verdict) -> String {
    let Verdict { conclusion, title, summary, text, annotations } = verdict;
    let shown = json!([conclusion, title, summary, text, annotations]).to_string();
    hex::encode(digest::digest(&digest::SHA256, shown.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(conclusion: Conclusion) -> Verdict {
        Verdict {
            conclusion,
            title: "a".into(),
            summary: "b".into(),
            text: String::new(),
            annotations: Vec::new(),
        }
    }

    #[test]
    fn another_word_anywhere_is_another_hash() {
        let verdict = verdict(Conclusion::Success);
        assert_eq!(hash(&verdict), hash(&verdict.clone()));
        assert_eq!(hash(&verdict).len(), 64);
        let moved = Verdict { title: "ab".into(), summary: String::new(), ..verdict.clone() };
        assert_ne!(hash(&verdict), hash(&moved));
        let failed = Verdict { conclusion: Conclusion::Failure, ..verdict.clone() };
        assert_ne!(hash(&verdict), hash(&failed));
    }

    #[test]
    fn a_shared_check_says_the_worst_of_the_verdicts_and_names_both() {
        let other = |success: bool| Other {
            number: PullRequestNumber(7),
            success,
            title: "EP-0042 is not ready".into(),
        };
        let shared = with_others(verdict(Conclusion::Success), &[other(false)]);
        assert_eq!(shared.conclusion, Conclusion::Failure);
        assert!(shared.title.contains("#7"), "{}", shared.title);
        assert!(
            shared.summary.contains("#7 ") && shared.summary.ends_with('b'),
            "{}",
            shared.summary
        );
        let own = with_others(verdict(Conclusion::Failure), &[other(true)]);
        assert_eq!((own.conclusion, own.title.as_str()), (Conclusion::Failure, "a"));
        let both = with_others(verdict(Conclusion::Success), &[other(true)]);
        assert_eq!(both.conclusion, Conclusion::Success);
    }
}

//! A success that stands on a pull request's head and no longer holds could be merged while the review goes on. As soon as
//! the present state is known, such a check is set in progress.

use jiff::Timestamp;

use super::trouble::Trouble;
use super::words;
use crate::github::{CheckRunId, CommitSha, PullRequest, Repository};
use crate::store::{Claimed, PostedCheck, Store};

/// How a success is concluded.
const SUCCESS: &str = "success";

/// Looks at what stands on a head before it is reviewed.
#[derive(Debug)]
pub(super) struct Herald<'a> {
    pub(super) repository: &'a Repository,
    pub(super) store: &'a Store,
    pub(super) claimed: &'a Claimed,
    /// The run that is in progress, and the commit that it hangs on.
    pub(super) started: Option<(CommitSha, CheckRunId)>,
    pub(super) now: Timestamp,
}

impl Herald<'_> {
    /// Sets the check in progress where a success stands for another base branch, or for another pull request with this
    /// head. One request, then. What a try that was cut off, or the review of another pull request, has set in progress
    /// is taken over.
    ///
    /// That something is begun is noted before it is: a crash in between leaves a row to look after it.
    pub(super) async fn see(&mut self, pull_request: &PullRequest) -> Result<(), Trouble> {
        let head = &pull_request.head;
        // Of another head, when the pull request moved meanwhile: `Reviewer::leave` sees to that one.
        if self.started.as_ref().is_some_and(|(on, _)| on == head) {
            return Ok(());
        }
        self.started = None;
        let (id, key) = (self.claimed.subject.repository_id, self.claimed.subject.key());
        let posted = self.store.checks_on(id, &head.0).await?;
        if posted.iter().any(PostedCheck::is_unfinished) {
            match self.repository.unfinished_check(head).await? {
                Some((started, 0)) => {
                    self.started = Some((head.clone(), started));
                    return Ok(());
                }
                // A part of a verdict: whoever posts the next sees to it.
                Some(_) => return Ok(()),
                None => {}
            }
        }
        if is_stale(&posted, &key, &pull_request.base_branch) {
            let own = posted.iter().find(|check| check.external_id == key);
            self.store.remember_check(&begun(own, (id, head, &key)), self.now).await?;
            let mark = format!("{key}:started");
            let started = self.repository.start_check(head, &mark, words::STARTED).await?;
            self.started = Some((head.clone(), started));
        }
        Ok(())
    }
}

/// What is remembered of a check while it is not concluded: no verdict that another could rest on.
pub(super) fn begun(
    own: Option<&PostedCheck>,
    (repository_id, head, key): (u64, &CommitSha, &str),
) -> PostedCheck {
    PostedCheck {
        repository_id,
        head: head.0.clone(),
        external_id: key.to_owned(),
        check_run_id: own.map_or(0, |own| own.check_run_id),
        output_hash: String::new(),
        base: own.map(|own| own.base.clone()).unwrap_or_default(),
        conclusion: String::new(),
        title: words::STARTED.0.to_owned(),
    }
}

fn is_stale(posted: &[PostedCheck], key: &str, base: &str) -> bool {
    match posted.iter().find(|check| check.external_id == key) {
        // Begun, and nothing is in progress: what stood there before may still stand.
        Some(own) if own.conclusion.is_empty() && own.is_unfinished() => true,
        Some(own) => own.conclusion == SUCCESS && !own.base.is_empty() && own.base != base,
        None => posted.iter().any(|other| other.conclusion == SUCCESS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(key: &str, base: &str, conclusion: &str) -> PostedCheck {
        PostedCheck {
            repository_id: 22,
            head: "aa".into(),
            external_id: key.into(),
            check_run_id: 1,
            output_hash: String::new(),
            base: base.into(),
            conclusion: conclusion.into(),
            title: String::new(),
        }
    }

    #[test]
    fn a_success_for_another_base_or_another_pull_request_is_stale() {
        let own = |base, conclusion| [posted("pull_request/22/1", base, conclusion)];
        let stale = |posted: &[PostedCheck]| is_stale(posted, "pull_request/22/1", "main");
        assert!(stale(&own("release", "success")));
        assert!(!stale(&own("main", "success")) && !stale(&own("release", "failure")));
        assert!(!stale(&own("", "success")), "of an earlier version, which did not keep it");
        assert!(stale(&[posted("pull_request/22/2", "main", "success")]));
        assert!(!stale(&[posted("pull_request/22/2", "main", "failure")]) && !stale(&[]));
    }
}

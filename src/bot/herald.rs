//! A success that stands on a pull request's head and no longer holds could be merged while the review goes on. As soon as
//! the present state is known, such a check is set in progress.

use super::trouble::Trouble;
use super::words;
use crate::github::{CheckRunId, PullRequest, Repository};
use crate::store::{Claimed, PostedCheck, Store};

/// How a success is concluded.
const SUCCESS: &str = "success";

/// Looks at what stands on a head before it is reviewed.
#[derive(Debug)]
pub(super) struct Herald<'a> {
    pub(super) repository: &'a Repository,
    pub(super) store: &'a Store,
    pub(super) claimed: &'a Claimed,
    /// The run that was set in progress.
    pub(super) started: Option<CheckRunId>,
}

impl Herald<'_> {
    /// Sets the check in progress where a success stands for another base branch, or for another pull request with this
    /// head. One request, then.
    pub(super) async fn see(&mut self, pull_request: &PullRequest) -> Result<(), Trouble> {
        if self.started.is_some() {
            return Ok(());
        }
        let (id, key) = (self.claimed.subject.repository_id, self.claimed.subject.key());
        let posted = self.store.checks_on(id, &pull_request.head.0).await?;
        if is_stale(&posted, &key, &pull_request.base_branch) {
            let mark = format!("{key}:started");
            let started =
                self.repository.start_check(&pull_request.head, &mark, words::STARTED).await?;
            self.started = Some(started);
        }
        Ok(())
    }
}

fn is_stale(posted: &[PostedCheck], key: &str, base: &str) -> bool {
    match posted.iter().find(|check| check.external_id == key) {
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

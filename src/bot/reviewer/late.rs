//! A review that fails for now: nothing passes meanwhile, and whoever looks sees why nothing comes.

use super::Reviewer;
use crate::bot::herald::begun;
use crate::bot::trouble::Trouble;
use crate::bot::words;
use crate::github::CommitSha;
use crate::store::{Claimed, Kind, PostedCheck, Priority};

/// From this failed try on, a commit without any check gets one that is in progress: most failures are over by then.
const LATE: u32 = 2;

impl Reviewer {
    /// Sets the check in progress on the commit that the last delivery named, as far as nothing blocks there: a success may
    /// rest on another base branch, or on an approval that was taken back, and where nothing stands nobody knows why. The
    /// next try takes the run over.
    pub(super) async fn hold_up(
        &self,
        claimed: &Claimed,
        trouble: &Trouble,
    ) -> Result<(), Trouble> {
        let subject = &claimed.subject;
        let has_check = matches!(subject.kind, Kind::PullRequest | Kind::MergeGroup);
        // What the bot looks at by itself, and what stands in a comment, puts no verdict into doubt.
        let asked = subject.priority == Priority::Interactive;
        let Some(head) = subject.head.clone().map(CommitSha).filter(|_| has_check && asked) else {
            return Ok(());
        };
        if matches!(trouble, Trouble::Aside(_)) {
            return Ok(());
        }
        let (id, key) = (subject.repository_id, subject.key());
        let posted = self.store.checks_on(id, &head.0).await?;
        let passes = posted.iter().any(|check| check.conclusion == "success");
        let is_late = posted.is_empty() && claimed.attempts >= LATE;
        if posted.iter().any(PostedCheck::is_unfinished) || !(passes || is_late) {
            return Ok(());
        }
        self.still_ours(claimed).await?;
        let own = posted.iter().find(|check| check.external_id == key);
        self.store.remember_check(&begun(own, (id, &head, &key)), self.clock.now()).await?;
        let (mark, summary) = (format!("{key}:started"), words::late(trouble));
        self.repository(subject).start_check(&head, &mark, (words::LATE_TITLE, &summary)).await?;
        tracing::info!(commit = %head, "the check is in progress until the review succeeds");
        Ok(())
    }
}

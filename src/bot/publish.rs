//! Compare, then write: what stands on GitHub already is not sent again.

use aws_lc_rs::digest;
use jiff::Timestamp;
use serde_json::json;

use super::evaluate::Verdict;
use super::trouble::Trouble;
use super::words;
use crate::github::{CheckRun, CommitSha, Repository};
use crate::store::{Claimed, PostedCheck, Priority, Store};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Published {
    /// The check run was posted, or adopted from an earlier try.
    Posted,
    /// It stood there already: no call was made.
    Unchanged,
}

/// Posts a verdict on `head`, unless it is what was posted last there, and it is not to be posted `anew`.
pub(super) async fn publish(
    store: &Store,
    repository: &Repository,
    claimed: &Claimed,
    head: CommitSha,
    verdict: Verdict,
    (base_branch, anew, now): (&str, bool, Timestamp),
) -> Result<Published, Trouble> {
    let subject = &claimed.subject;
    let key = subject.key();
    let hash = hash(&verdict);
    let before = store.posted_check(subject.repository_id, &head.0, &key).await?;
    let remembered = before.is_some();
    if !anew && before.is_some_and(|before| before.output_hash == hash) {
        return Ok(Published::Unchanged);
    }
    let Verdict { conclusion, title, summary, text, annotations } = verdict;
    let run = CheckRun {
        head,
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
    // A try that did not come back may have posted it, or a database that is gone remembered it.
    let may_stand = claimed.attempts > 1
        || claimed.losses > 0
        || (subject.priority == Priority::Background && !remembered);
    let id = if may_stand {
        repository.republish_check(&run).await?
    } else {
        repository.publish_check(&run).await?
    };
    let posted = PostedCheck {
        repository_id: subject.repository_id,
        head: run.head.0,
        external_id: key,
        check_run_id: id.0,
        output_hash: hash,
        base: base_branch.to_owned(),
        conclusion: run.conclusion.as_str().to_owned(),
        title: run.title,
    };
    store.remember_check(&posted, now).await?;
    Ok(Published::Posted)
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
    use crate::github::Conclusion;

    #[test]
    fn another_word_anywhere_is_another_hash() {
        let verdict = Verdict {
            conclusion: Conclusion::Success,
            title: "a".into(),
            summary: "b".into(),
            text: String::new(),
            annotations: Vec::new(),
        };
        assert_eq!(hash(&verdict), hash(&verdict.clone()));
        assert_eq!(hash(&verdict).len(), 64);
        let moved = Verdict { title: "ab".into(), summary: String::new(), ..verdict.clone() };
        assert_ne!(hash(&verdict), hash(&moved));
        let failed = Verdict { conclusion: Conclusion::Failure, ..verdict.clone() };
        assert_ne!(hash(&verdict), hash(&failed));
    }
}

//! A check on the default branch, so that the check can be required before the first pull request.

use jiff::Timestamp;

use super::Sweeper;
use crate::bot::trouble::Trouble;
use crate::github::{CHECK_NAME, CheckRun, Conclusion, Repository};
use crate::store::{PostedCheck, Subject};

/// How often the check is shown. GitHub lets a check be chosen that a repository saw within the last 7 days.
/// <https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks>
const EVERY_SECONDS: i64 = 6 * 24 * 3_600;

/// The beginning of our mark on such a check.
const MARK: &str = "welcome/";

impl Sweeper {
    /// Posts it on the tip of the default branch, once in six days; `again`: an earlier try may have. Never beside a
    /// verdict, which it would cover.
    pub(super) async fn welcome(
        &self,
        subject: &Subject,
        repository: &Repository,
        again: bool,
    ) -> Result<(), Trouble> {
        let id = subject.repository_id;
        let what = what(self.clock.now());
        if !self.store.first_time(id, &what, self.clock.now()).await? && !again {
            return Ok(());
        }
        let Some(tip) = repository.default_tip().await? else { return Ok(()) };
        let is_verdict = |mark: &str| !mark.starts_with(MARK);
        let posted = self.store.checks_on(id, &tip.0).await?;
        if posted.iter().any(|check| is_verdict(&check.external_id))
            || repository.mark_on(&tip).await?.is_some_and(|mark| is_verdict(&mark))
        {
            return Ok(());
        }
        let run = CheckRun {
            head: tip,
            external_id: format!("{MARK}{id}:{what}"),
            conclusion: Conclusion::Success,
            title: "ep-bot is here: this check can now be required".to_owned(),
            summary: summary(),
            text: String::new(),
            annotations: Vec::new(),
            details_url: None,
            actions: &[],
        };
        // What stands there was just looked up.
        let (head, external_id) = (run.head.0.clone(), format!("{MARK}{id}"));
        let (conclusion, title) = (run.conclusion.as_str().to_owned(), run.title.clone());
        let check_run_id = if again {
            repository.republish_check(&run).await?.0
        } else {
            repository.publish_check(&run).await?.0
        };
        // A pull request from the default branch has this head: what is shown here is no verdict on it.
        let (output_hash, base) = (what, String::new());
        let shown = PostedCheck {
            repository_id: id,
            head,
            external_id,
            check_run_id,
            output_hash,
            base,
            conclusion,
            title,
        };
        self.store.remember_check(&shown, self.clock.now()).await?;
        tracing::info!("the check is shown on the default branch");
        Ok(())
    }
}

/// The six days as the database and our mark name them.
fn what(now: Timestamp) -> String {
    format!("welcome {}", now.as_second().div_euclid(EVERY_SECONDS))
}

fn summary() -> String {
    format!(
        "ep-bot holds the Enhancement Proposals (EPs) that a pull request changes against the production readiness \
         review, and says what is missing in the check `{CHECK_NAME}`. **This is no verdict on the EPs of this \
         branch.** It is here because GitHub only lets a check be required that the repository saw within the last 7 \
         days.\n\n\
         To require it: *Settings* → *Rules* → *Rulesets*, a rule for this branch, *Require status checks to pass*, \
         then add `{CHECK_NAME}` and choose this App as its source, so that nobody else can post it.\n\n\
         Every pull request gets the check, also one that changes no EP: it passes at once.\n"
    )
}

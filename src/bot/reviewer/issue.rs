//! Commands on issues, and on pull requests that are closed: there is no verdict, and nothing is decided.

use super::asked::{Branch, of_branch};
use super::{NOTHING, Reviewer};
use crate::bot::answers::{Desk, Pending, Place, pending, status_texts};
use crate::bot::books::Ruling;
use crate::bot::decisions::speeches;
use crate::bot::job::Answer;
use crate::bot::trouble::Trouble;
use crate::github::{Issue, Repository, Talk};
use crate::review::POLICY_PATH;
use crate::store::{Claimed, Edited};

impl Reviewer {
    /// Answers the comments of an issue.
    pub(super) async fn issue(&self, claimed: &Claimed) -> Result<Answer, Trouble> {
        let repository = self.repository(&claimed.subject);
        let edited = self.store.edited_comments(&claimed.subject.key()).await?;
        self.converse(&repository, claimed, &edited).await?;
        Ok(Answer::Settled { head: None })
    }

    /// Answers the comments of a closed pull request, where some wait.
    pub(super) async fn closed(
        &self,
        repository: &Repository,
        claimed: &Claimed,
        talk: &Talk,
        edited: &[Edited],
    ) -> Result<(), Trouble> {
        if pending(speeches(&talk.comments), edited).is_empty() {
            return Ok(());
        }
        self.converse(repository, claimed, edited).await
    }

    async fn converse(
        &self,
        repository: &Repository,
        claimed: &Claimed,
        edited: &[Edited],
    ) -> Result<(), Trouble> {
        let number = claimed.subject.number;
        let Some(mut issue) = repository.issue(number, POLICY_PATH).await? else {
            return Ok(());
        };
        let (own, owner) = (issue.file.take(), issue.owner_file.take());
        let ruling = self.books.ruling(own, owner, &repository.name().owner).await?;
        let waiting = pending(speeches(&issue.comments), edited);
        let desk = Desk {
            repository,
            number,
            comments: &issue.comments,
            place: if issue.is_pull_request { Place::Closed } else { Place::Issue },
            policy: match &ruling {
                Ruling::Law(law) => Some(&law.policy),
                Ruling::Broken(_) => None,
            },
            decisions: &NOTHING,
            reviews: &[],
        };
        self.still_ours(claimed).await?;
        desk.greet(&waiting).await?;
        self.answer_all(&desk, &issue, &ruling, &waiting).await?;
        let guids: Vec<String> = edited.iter().map(|edited| edited.guid.clone()).collect();
        if !guids.is_empty() {
            self.store.handled(&guids, self.clock.now()).await?;
        }
        Ok(())
    }

    async fn answer_all(
        &self,
        desk: &Desk<'_>,
        issue: &Issue,
        ruling: &Ruling,
        waiting: &[Pending<'_>],
    ) -> Result<(), Trouble> {
        let branch = Branch { name: &issue.branch, tip: issue.tip.as_ref() };
        let law = match ruling {
            Ruling::Law(law) => Some(law),
            Ruling::Broken(_) => None,
        };
        let roster = match law {
            Some(law) => self.roster(desk.repository, law, &branch, waiting).await?,
            None => None,
        };
        let policy = ruling.name();
        for one in waiting {
            let texts = status_texts(one, |which, comment| {
                of_branch(which, comment, law, &branch, roster.as_ref(), &policy)
            });
            desk.answer(one, texts).await?;
        }
        Ok(())
    }
}

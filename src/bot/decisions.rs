//! What people decided in a pull request's comments: findings that are waived, questions that are asked. Read anew
//! from GitHub at every review; nothing of it is kept anywhere else.
//!
//! A comment counts as its author wrote it: one that somebody else edited decides nothing.

use std::collections::HashMap;

use crate::github::{Comment, Edited, Person};
use crate::proposal::text;
use crate::review::policy::section_key;
use crate::review::{AskedQuestion, CommentWaiver};

use super::command::{Command, Spoken, commands};

/// What a person may do on a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rights {
    /// The person approves production readiness reviews.
    pub(super) approver: bool,
    /// The pull request is the person's own.
    pub(super) author: bool,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Decisions {
    pub(super) waivers: Vec<CommentWaiver>,
    /// Questions that are asked and not dropped.
    pub(super) asked: Vec<AskedQuestion>,
    /// What became of each command that decides something, by comment and line.
    pub(super) outcomes: HashMap<(u64, usize), Outcome>,
}

/// What became of a command that decides something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Waived(CommentWaiver),
    Asked(AskedQuestion),
    Dropped { number: usize, text: String },
    NotApprover,
    OwnPullRequest,
    EditedByOther,
    NoSuchQuestion { number: usize, open: Vec<usize> },
    NotTheirs { number: usize, by: String },
}

/// A comment in which a person speaks to the bot.
pub(super) struct Speech<'c> {
    pub(super) comment: &'c Comment,
    pub(super) author: &'c Person,
    pub(super) spoken: Vec<Spoken>,
}

impl Speech<'_> {
    /// Whether the words are the author's own.
    pub(super) fn is_vouched(&self) -> bool {
        !matches!(self.comment.edited, Edited::ByOther(_))
    }

    /// Whether a command of it decides something.
    pub(super) fn decides(&self) -> bool {
        self.spoken.iter().any(|spoken| decides(spoken.command.as_ref().ok()))
    }
}

/// Whether a command decides something, so that it matters who wrote it.
fn decides(command: Option<&Command>) -> bool {
    matches!(command, Some(Command::Waive { .. } | Command::Ask { .. } | Command::Drop(_)))
}

/// The comments in which people speak to the bot, in order. Bots, this one among them, are not listened to.
pub(super) fn speeches(comments: &[Comment]) -> Vec<Speech<'_>> {
    let of_people = comments.iter().filter(|comment| !comment.ours);
    of_people
        .filter_map(|comment| {
            let author = comment.author.as_ref().filter(|author| !author.is_bot)?;
            let spoken = commands(&comment.body);
            (!spoken.is_empty()).then_some(Speech { comment, author, spoken })
        })
        .collect()
}

/// Whose rights have to be known.
pub(super) fn deciders(speeches: &[Speech<'_>]) -> Vec<String> {
    let mut logins: Vec<String> = speeches
        .iter()
        .filter(|speech| speech.decides() && speech.is_vouched())
        .map(|speech| speech.author.login.clone())
        .collect();
    logins.sort_unstable();
    logins.dedup();
    logins
}

/// What was decided, comment by comment. Questions are numbered as they were asked, dropped ones too.
pub(super) fn decide(speeches: &[Speech<'_>], rights: impl Fn(&str) -> Rights) -> Decisions {
    let mut decisions = Decisions::default();
    let mut asked = 0;
    for speech in speeches {
        let by = &speech.author.login;
        for spoken in &speech.spoken {
            let Some(command) = spoken.command.as_ref().ok().filter(|c| decides(Some(c))) else {
                continue;
            };
            let outcome = if speech.is_vouched() {
                decisions.take(command, by, rights(by), &mut asked)
            } else {
                Outcome::EditedByOther
            };
            decisions.outcomes.insert((speech.comment.id, spoken.line), outcome);
        }
    }
    decisions
}

impl Decisions {
    fn take(&mut self, command: &Command, by: &str, rights: Rights, asked: &mut usize) -> Outcome {
        match command {
            Command::Waive { .. } | Command::Ask { .. } if !rights.approver => Outcome::NotApprover,
            Command::Waive { .. } if rights.author => Outcome::OwnPullRequest,
            Command::Waive { rule, section, because } => {
                let waiver = CommentWaiver {
                    rule,
                    section: section.as_deref().map(section_key),
                    because: because.clone(),
                    by: by.to_owned(),
                };
                self.waivers.push(waiver.clone());
                Outcome::Waived(waiver)
            }
            Command::Ask { part, text } => {
                let same = |question: &&mut AskedQuestion| {
                    text::fold_heading(&question.text) == text::fold_heading(text)
                };
                if let Some(known) = self.asked.iter_mut().find(same) {
                    // Else an author who asked first could take back what another asks too.
                    if !rights.author {
                        by.clone_into(&mut known.by);
                    }
                    return Outcome::Asked(known.clone());
                }
                *asked += 1;
                let question = AskedQuestion {
                    number: *asked,
                    part: part.clone(),
                    text: text.clone(),
                    by: by.to_owned(),
                };
                self.asked.push(question.clone());
                Outcome::Asked(question)
            }
            Command::Drop(number) => self.drop_question(*number, by, rights),
            Command::Status(_) | Command::Check | Command::Help => Outcome::NotApprover,
        }
    }

    fn drop_question(&mut self, number: usize, by: &str, rights: Rights) -> Outcome {
        let Some(at) = self.asked.iter().position(|question| question.number == number) else {
            let open = self.asked.iter().map(|question| question.number).collect();
            return Outcome::NoSuchQuestion { number, open };
        };
        let asker = &self.asked[at].by;
        if asker != by && (!rights.approver || rights.author) {
            return Outcome::NotTheirs { number, by: asker.clone() };
        }
        Outcome::Dropped { number, text: self.asked.remove(at).text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPROVERS: &[&str] = &["alice", "dora"];

    fn comment(id: u64, by: &str, body: &str) -> Comment {
        Comment {
            id,
            node: format!("C{id}"),
            author: Some(Person { login: by.to_owned(), is_bot: false }),
            body: body.to_owned(),
            edited: Edited::No,
            minimized: false,
            ours: false,
            reactions: Vec::new(),
        }
    }

    /// `dora` wrote the pull request.
    fn decided(comments: &[Comment]) -> Decisions {
        decide(&speeches(comments), |login| Rights {
            approver: APPROVERS.contains(&login),
            author: login == "dora",
        })
    }

    #[test]
    fn an_approver_waives_and_nobody_else_and_not_on_an_own_pull_request() {
        let waive = "/ep-waive diagram-missing Proposal > Architecture because one box says it all";
        let decisions = decided(&[
            comment(1, "alice", waive),
            comment(2, "bob", waive),
            comment(3, "dora", waive),
        ]);
        assert_eq!(decisions.waivers.len(), 1);
        assert_eq!(
            (decisions.waivers[0].by.as_str(), decisions.waivers[0].because.as_str()),
            ("alice", "one box says it all")
        );
        assert_eq!(decisions.outcomes[&(2, 1)], Outcome::NotApprover);
        assert_eq!(decisions.outcomes[&(3, 1)], Outcome::OwnPullRequest);
    }

    #[test]
    fn a_question_keeps_its_number_when_an_earlier_one_is_dropped() {
        let decisions = decided(&[
            comment(1, "alice", "/ep-question Scalability: How many ships?"),
            comment(2, "dora", "/ep-question Who is on call?"),
            comment(3, "bob", "/ep-question drop 1"),
            comment(4, "alice", "/ep-question drop 1"),
            comment(5, "dora", "/ep-question drop 2\n\n/ep-question drop 7"),
        ]);
        assert!(decisions.asked.is_empty());
        let by = "alice".to_owned();
        assert_eq!(decisions.outcomes[&(3, 1)], Outcome::NotTheirs { number: 1, by });
        assert!(matches!(decisions.outcomes[&(4, 1)], Outcome::Dropped { number: 1, .. }));
        assert!(matches!(decisions.outcomes[&(5, 1)], Outcome::Dropped { number: 2, .. }));
        let open = Vec::new();
        assert_eq!(decisions.outcomes[&(5, 3)], Outcome::NoSuchQuestion { number: 7, open });
    }

    #[test]
    fn a_question_that_is_asked_twice_is_one() {
        let decisions = decided(&[
            comment(1, "alice", "/ep-question Who is on call?"),
            comment(2, "dora", "/ep-question who is on call"),
        ]);
        assert_eq!(decisions.asked.len(), 1);
        assert_eq!(decisions.outcomes[&(1, 1)], decisions.outcomes[&(2, 1)]);
    }

    #[test]
    fn an_author_cannot_take_back_what_another_asks_too() {
        let decisions = decided(&[
            comment(1, "dora", "/ep-question Who is on call?"),
            comment(2, "alice", "/ep-question Who is on call?"),
            comment(3, "dora", "/ep-question drop 1"),
        ]);
        assert_eq!(decisions.asked.len(), 1);
        let by = "alice".to_owned();
        assert_eq!(decisions.outcomes[&(3, 1)], Outcome::NotTheirs { number: 1, by });
    }

    #[test]
    fn what_somebody_else_edited_decides_nothing_and_bots_are_not_heard() {
        let waive = "/ep-waive jira-missing because it is a trial";
        let mut edited = comment(1, "alice", waive);
        edited.edited = Edited::ByOther(Some("bob".to_owned()));
        let mut own = comment(2, "alice", waive);
        own.edited = Edited::ByAuthor;
        let mut bot = comment(3, "alice", waive);
        bot.author = Some(Person { login: "alice".to_owned(), is_bot: true });
        let mut ours = comment(4, "alice", waive);
        ours.ours = true;
        let mut ghost = comment(5, "alice", waive);
        ghost.author = None;
        let comments = [edited, own, bot, ours, ghost];
        let decisions = decided(&comments);
        assert_eq!(decisions.waivers.len(), 1);
        assert_eq!(decisions.outcomes[&(1, 1)], Outcome::EditedByOther);
        assert_eq!(decisions.outcomes.len(), 2);
        assert_eq!(deciders(&speeches(&comments)), ["alice"]);
    }
}

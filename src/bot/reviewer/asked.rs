//! The answers to the comments of an open pull request.

use jiff::tz::TimeZone;

use super::{Reviewer, desk};
use crate::bot::answers::{Pending, status_texts, statuses};
use crate::bot::books::{Law, Ruling};
use crate::bot::command::Which;
use crate::bot::evaluate::Judgement;
use crate::bot::gather::Change;
use crate::bot::roster::{Roster, roster};
use crate::bot::trouble::Trouble;
use crate::github::{CommitSha, Repository, Talk};
use crate::proposal::text::fold_heading;
use crate::report::comment::status::{
    Answered, Delivery, Found, Known, Origin, Question, StatusInput, Waived, status,
};
use crate::review::rule::{PRR_QUESTION_ASKED, PRR_UNANSWERED};
use crate::review::{AskedQuestion, Review};
use crate::store::{Claimed, LastDelivery};

impl Reviewer {
    pub(super) async fn answer_comments(
        &self,
        claimed: &Claimed,
        repository: &Repository,
        (change, judgement): (&Change, &Judgement),
        (talk, waiting): (&Talk, &[Pending<'_>]),
    ) -> Result<(), Trouble> {
        if waiting.is_empty() {
            return Ok(());
        }
        let desk = desk(repository, change, talk, &judgement.reviews);
        let delivery = if statuses(waiting).any(|which| which == Which::This) {
            self.store.standing(&claimed.subject.key()).await?.and_then(|s| s.last_delivery)
        } else {
            None
        };
        let policy = change.ruling.name();
        let branch = Branch { name: &change.base_branch, tip: Some(&change.tip) };
        let roster = match &change.ruling {
            Ruling::Law(law) => self.roster(repository, law, &branch, waiting).await?,
            Ruling::Broken(_) => None,
        };
        let law = match &change.ruling {
            Ruling::Law(law) => Some(law),
            Ruling::Broken(_) => None,
        };
        for one in waiting {
            let texts = status_texts(one, |which, comment| match which {
                which if of_this(which, &judgement.reviews).is_some() => {
                    let reviews = of_this(which, &judgement.reviews)?;
                    let origin = Origin {
                        reviewed: Some(&change.head.0),
                        head: Some(&change.head.0),
                        delivery: None,
                        policy: &policy,
                        template: &judgement.template_source,
                        retry: None,
                    };
                    Some(this(comment, change, reviews, origin, delivery.as_ref()))
                }
                which => of_branch(which, comment, law, &branch, roster.as_ref(), &policy),
            });
            desk.answer(one, texts).await?;
        }
        Ok(())
    }

    /// The EPs of a branch, where a comment asks for some.
    pub(super) async fn roster(
        &self,
        repository: &Repository,
        law: &Law,
        branch: &Branch<'_>,
        waiting: &[Pending<'_>],
    ) -> Result<Option<Roster>, Trouble> {
        let Some(tip) = branch.tip else { return Ok(Some(Roster::default())) };
        if statuses(waiting).all(|which| which == Which::This) {
            return Ok(None);
        }
        Ok(Some(roster(repository, &self.books, law, tip, self.today()).await?))
    }
}

/// A branch and its tip.
pub(super) struct Branch<'a> {
    pub(super) name: &'a str,
    pub(super) tip: Option<&'a CommitSha>,
}

/// The EPs of the pull request that are asked for: all, or the one of a number where it has that.
fn of_this(which: Which, reviews: &[Review]) -> Option<&[Review]> {
    match which {
        Which::This => Some(reviews),
        Which::One(number) => {
            let found = reviews.iter().find(|review| review.number == Some(number));
            found.map(std::slice::from_ref)
        }
        Which::All => None,
    }
}

/// Where the EPs of a pull request stand.
fn this(
    comment: u64,
    change: &Change,
    reviews: &[Review],
    origin: Origin<'_>,
    delivery: Option<&LastDelivery>,
) -> String {
    let decisions = &change.conversation.decisions;
    let sections: Vec<Option<String>> =
        decisions.waivers.iter().map(|waiver| waiver.section_in(reviews)).collect();
    let waivers: Vec<Waived<'_>> = decisions
        .waivers
        .iter()
        .zip(&sections)
        .map(|(waiver, section)| Waived {
            rule: waiver.rule.name,
            section: section.as_deref(),
            because: &waiver.because,
            by: &waiver.by,
        })
        .collect();
    let questions: Vec<Question<'_>> = decisions
        .asked
        .iter()
        .map(|asked| Question {
            number: asked.number,
            part: asked.part.as_deref(),
            text: &asked.text,
            by: &asked.by,
            answer: answered(asked, reviews),
        })
        .collect();
    let at = delivery.map(|delivery| {
        delivery.received_at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
    });
    let delivery = delivery.zip(at.as_deref()).map(|(delivery, at)| Delivery {
        event: &delivery.event,
        action: delivery.action.as_deref(),
        at,
        guid: &delivery.guid,
    });
    let found = match &change.ruling {
        Ruling::Law(_) => Found::This { reviews, open: true },
        Ruling::Broken(_) => Found::Unjudged,
    };
    status(&StatusInput {
        comment,
        found,
        waivers: &waivers,
        questions: &questions,
        origin: Origin { delivery, ..origin },
    })
}

/// How far a question is, by what was found of it.
fn answered(asked: &AskedQuestion, reviews: &[Review]) -> Answered {
    if reviews.is_empty() {
        return Answered::Unknown;
    }
    let key = fold_heading(&asked.text);
    let has = |rule: &crate::review::Rule| {
        reviews.iter().flat_map(|review| &review.findings).any(|finding| {
            finding.rule.is(rule)
                && finding.section.last().is_some_and(|title| fold_heading(title) == key)
        })
    };
    if has(&PRR_QUESTION_ASKED) {
        Answered::Missing
    } else if has(&PRR_UNANSWERED) {
        Answered::Open
    } else {
        Answered::Done
    }
}

/// Where EPs of a branch stand; `None` where that is not what is asked for.
pub(super) fn of_branch(
    which: Which,
    comment: u64,
    law: Option<&Law>,
    branch: &Branch<'_>,
    roster: Option<&Roster>,
    policy: &str,
) -> Option<String> {
    if which == Which::This {
        return None;
    }
    let Some(law) = law else {
        let origin = Origin { policy, ..Origin::default() };
        let found = Found::Unjudged;
        return Some(status(&StatusInput { comment, found, waivers: &[], questions: &[], origin }));
    };
    let roster = roster?;
    let origin = Origin { policy, template: &roster.template, ..Origin::default() };
    let all: Vec<&Review> = roster.reviews.iter().collect();
    let known: Vec<Known<'_>> = roster
        .reviews
        .iter()
        .filter_map(|review| {
            Some(Known {
                number: review.number?,
                name: review.name.as_deref()?,
                title: review.title.as_deref(),
            })
        })
        .collect();
    let name;
    let found = match which {
        Which::This => return None,
        Which::All => Found::All { reviews: &all, unreadable: roster.unread, branch: branch.name },
        Which::One(number) => {
            name = law.policy.title.name(number);
            roster.find(number).map_or(
                Found::Unknown { number, name: &name, branch: branch.name, known: &known },
                |review| Found::One { review, branch: branch.name },
            )
        }
    };
    Some(status(&StatusInput { comment, found, waivers: &[], questions: &[], origin }))
}

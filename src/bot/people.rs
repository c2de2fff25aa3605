//! Who may do what, asked of GitHub at the moment when it matters.

use std::collections::{HashMap, HashSet};

use crate::github::{Error, GivenReview, Opinion, Repository};
use crate::review::policy::{Approver, Policy};
use crate::review::{Voice, Word};

use super::decisions::Rights;

/// Who approves production readiness reviews, of those who were looked up.
#[derive(Debug, Clone, Default)]
pub(super) struct People {
    approvers: HashMap<String, bool>,
    /// Who may be one for all that can be told, since nobody reads who belongs to a team.
    unsure: HashSet<String>,
    /// Who opened the pull request.
    author: Option<String>,
}

/// A reviewer's last word, with what it is worth. The commit's text is looked up elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) by: String,
    pub(super) word: Word,
    pub(super) voice: Voice,
    pub(super) commit: Option<crate::github::CommitSha>,
}

impl People {
    pub(super) fn of(author: Option<&str>) -> Self {
        Self { author: author.map(str::to_owned), ..Self::default() }
    }

    /// What a person may, who was looked up.
    pub(super) fn rights(&self, login: &str) -> Rights {
        let approver = self.approvers.get(login).copied().unwrap_or(false);
        Rights {
            approver,
            asks: approver || self.unsure.contains(login),
            author: self.author.as_deref() == Some(login),
        }
    }

    /// Looks people up: nothing is asked of GitHub for a policy that names persons; for teams, one call for each until
    /// one has the person; where the policy names nobody, or nobody may read who belongs to a team, one for the permission
    /// to push.
    pub(super) async fn look_up(
        &mut self,
        repository: &Repository,
        policy: &Policy,
        logins: impl IntoIterator<Item = &str>,
    ) -> Result<(), Error> {
        for login in logins {
            if !self.approvers.contains_key(login) {
                let approves = approves(repository, policy, login, None).await?;
                if !approves
                    && hides_members(repository, policy)
                    && repository.may_push(login).await?
                {
                    self.unsure.insert(login.to_owned());
                }
                self.approvers.insert(login.to_owned(), approves);
            }
        }
        Ok(())
    }

    /// What the reviews are worth. Bots have no voice.
    pub(super) async fn hear(
        &mut self,
        repository: &Repository,
        policy: &Policy,
        reviews: &[GivenReview],
    ) -> Result<Vec<Said>, Error> {
        let mut said = Vec::new();
        for review in reviews {
            let Some(person) = review.author.as_ref().filter(|person| !person.is_bot) else {
                continue;
            };
            let login = &person.login;
            let approver = if let Some(known) = self.approvers.get(login) {
                *known
            } else {
                let found = approves(repository, policy, login, Some(review.can_push)).await?;
                self.approvers.insert(login.clone(), found);
                found
            };
            let voice = match (self.author.as_ref() == Some(login), approver) {
                (true, _) => Voice::Author,
                (false, true) => Voice::Approver,
                (false, false) => Voice::Outsider,
            };
            said.push(Said {
                by: login.clone(),
                word: match review.opinion {
                    Opinion::Approves => Word::Approves,
                    Opinion::Objects => Word::Objects,
                    Opinion::Dismissed => Word::Dismissed,
                },
                voice,
                commit: review.commit.clone(),
            });
        }
        Ok(said)
    }
}

/// Whether a team approves whose members cannot be read: the account's owner has not accepted that.
fn hides_members(repository: &Repository, policy: &Policy) -> bool {
    let is_team = |approver: &Approver| matches!(approver, Approver::Team { .. });
    policy.prr.approvers.iter().any(is_team)
        && repository.lacking().iter().any(|(name, _)| *name == "members")
}

/// Whether someone approves production readiness reviews under a policy.
async fn approves(
    repository: &Repository,
    policy: &Policy,
    login: &str,
    can_push: Option<bool>,
) -> Result<bool, Error> {
    let approvers = &policy.prr.approvers;
    if approvers.is_empty() {
        return match can_push {
            Some(known) => Ok(known),
            None => repository.may_push(login).await,
        };
    }
    let named = approvers
        .iter()
        .any(|one| matches!(one, Approver::User(user) if user.eq_ignore_ascii_case(login)));
    if named {
        return Ok(true);
    }
    for approver in approvers {
        if let Approver::Team { org, team } = approver
            && repository.is_member(org, team, login).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

//! People, organisations, teams, and where the App is installed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::World;

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A person.
    User,
    /// An organisation.
    Organization,
    /// The account of an App.
    Bot,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Organization => "Organization",
            Self::Bot => "Bot",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) login: String,
    pub(crate) kind: Kind,
    pub(crate) created_at: Timestamp,
}

/// How far a permission of an App reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// May look.
    Read,
    /// May look and change.
    Write,
}

/// What someone may do in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Nothing more than the public.
    None,
    /// Look.
    Read,
    /// Manage issues and pull requests.
    Triage,
    /// Push.
    Write,
    /// Manage the repository but for its dangerous parts.
    Maintain,
    /// Everything.
    Admin,
}

impl Role {
    /// The role's own name.
    pub(crate) fn role_name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// The four permissions of before there were roles: triage counts as read, maintain as write.
    pub(crate) fn legacy(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read | Self::Triage => "read",
            Self::Write | Self::Maintain => "write",
            Self::Admin => "admin",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) slug: String,
    /// Login → whether they maintain the team.
    pub(crate) members: BTreeMap<String, bool>,
}

#[derive(Debug, Clone)]
pub(crate) struct Installation {
    pub(crate) id: u64,
    pub(crate) account: String,
    pub(crate) permissions: BTreeMap<String, Access>,
    /// None for all repositories of the account.
    pub(crate) selected: Option<BTreeSet<u64>>,
    pub(crate) created_at: Timestamp,
    pub(crate) suspended_at: Option<Timestamp>,
}

/// Whom a token speaks for.
#[derive(Debug, Clone)]
pub(crate) enum Bearer {
    Installation {
        id: u64,
        permissions: BTreeMap<String, Access>,
        /// None for all that the installation covers.
        repositories: Option<BTreeSet<u64>>,
    },
    User(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) bearer: Bearer,
    pub(crate) expires_at: Timestamp,
}

impl World {
    /// The account with this login; it is made when there is none yet.
    pub(crate) fn ensure_user(&mut self, login: &str, kind: Kind) -> &User {
        let id = self.new_id();
        let created_at = self.now();
        let kind = if login.ends_with("[bot]") { Kind::Bot } else { kind };
        self.users.entry(login.to_lowercase()).or_insert_with(|| User {
            id,
            login: login.to_owned(),
            kind,
            created_at,
        })
    }

    pub(crate) fn user(&self, login: &str) -> Option<&User> {
        self.users.get(&login.to_lowercase())
    }

    /// The installation that covers a repository.
    pub(crate) fn installation_of(&self, repository: u64) -> Option<&Installation> {
        let owner = &self.repositories.get(&repository)?.owner;
        self.installations.values().find(|i| {
            i.account.eq_ignore_ascii_case(owner)
                && i.selected.as_ref().is_none_or(|s| s.contains(&repository))
        })
    }

    /// Repositories that an installation covers, by id.
    pub(crate) fn covered(&self, installation: u64) -> Vec<u64> {
        let Some(i) = self.installations.get(&installation) else { return Vec::new() };
        self.repositories
            .values()
            .filter(|r| r.owner.eq_ignore_ascii_case(&i.account))
            .map(|r| r.id)
            .filter(|id| i.selected.as_ref().is_none_or(|s| s.contains(id)))
            .collect()
    }

    /// What `login` may do in a repository.
    pub(crate) fn role(&self, repository: u64, login: &str) -> Role {
        let Some(r) = self.repositories.get(&repository) else { return Role::None };
        if r.owner.eq_ignore_ascii_case(login) {
            return Role::Admin;
        }
        let public = if r.private { Role::None } else { Role::Read };
        r.roles.get(&login.to_lowercase()).copied().unwrap_or(public)
    }
}

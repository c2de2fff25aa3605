//! One call: its parameters, its body, and who makes it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::answer::Answer;
use crate::simulator::state::World;
use crate::simulator::state::account::{Access, Role};
use crate::simulator::state::repository::Repository;

/// Who makes a call.
#[derive(Debug, Clone)]
pub(crate) enum Actor {
    App,
    Installation {
        id: u64,
        permissions: BTreeMap<String, Access>,
        repositories: Option<BTreeSet<u64>>,
    },
    User(String),
    Nobody,
}

/// One call of a known operation.
#[derive(Debug)]
pub(crate) struct Call {
    /// The operation's path, as GitHub's description writes it.
    pub(crate) template: &'static str,
    pub(crate) params: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) actor: Actor,
    /// Address without the query, as it was called: links to other pages start with it.
    pub(crate) url: String,
}

impl Call {
    /// A part of the path; empty when the operation has none of that name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }

    /// A part of the path that is a number; what is none names nothing.
    pub(crate) fn number(&self, name: &str) -> Result<u64, Answer> {
        self.param(name).parse().map_err(|_| Answer::not_found())
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A text of the body.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key).and_then(Value::as_str)
    }

    /// A text of the body that has to be there.
    pub(crate) fn required_text(&self, key: &str) -> Result<&str, Answer> {
        match self.body.get(key) {
            Some(Value::String(text)) => Ok(text),
            None | Some(Value::Null) => {
                Err(Answer::unfit(format_args!("\"{key}\" wasn't supplied.")))
            }
            Some(other) => {
                Err(Answer::unfit(format_args!("For 'properties/{key}', {other} is not a string.")))
            }
        }
    }

    /// Page, from 1, and its size: 30 unless asked, at most 100.
    pub(crate) fn paging(&self) -> (usize, usize) {
        let number = |name: &str| self.query(name).and_then(|v| v.parse().ok());
        let size = number("per_page").filter(|n| *n > 0).unwrap_or(30).min(100);
        (number("page").unwrap_or(1).max(1), size)
    }

    /// One page of `items`, and the `Link` header that leads to the others.
    pub(crate) fn page<T>(&self, items: Vec<T>) -> (Vec<T>, Option<String>) {
        let (page, size) = self.paging();
        let last = items.len().div_ceil(size).max(1);
        let items = items.into_iter().skip((page - 1) * size).take(size).collect();
        let mut links = Vec::new();
        if page > 1 {
            links.push((page - 1, "prev"));
        }
        if page < last {
            links.push((page + 1, "next"));
            links.push((last, "last"));
        }
        if page > 1 {
            links.push((1, "first"));
        }
        let links: Vec<String> = links
            .into_iter()
            .map(|(page, rel)| format!("<{}>; rel=\"{rel}\"", self.page_url(page)))
            .collect();
        (items, (!links.is_empty()).then(|| links.join(", ")))
    }

    /// Answers with one page of a plain list.
    pub(crate) fn list(&self, items: Vec<Value>) -> Answer {
        let (items, link) = self.page(items);
        let answer = Answer::ok(items.into());
        match link {
            Some(link) => answer.header("link", link),
            None => answer,
        }
    }

    /// Answers with one page of a list that is wrapped in an object with the total.
    pub(crate) fn counted_list(&self, key: &str, items: Vec<Value>) -> Answer {
        let total = items.len();
        let (items, link) = self.page(items);
        let mut body = serde_json::Map::new();
        body.insert("total_count".to_owned(), total.into());
        body.insert(key.to_owned(), items.into());
        let answer = Answer::ok(body.into());
        match link {
            Some(link) => answer.header("link", link),
            None => answer,
        }
    }

    fn page_url(&self, page: usize) -> String {
        let mut query: Vec<String> = self
            .query
            .iter()
            .filter(|(name, _)| name != "page")
            .map(|(name, value)| {
                format!(
                    "{name}={}",
                    percent_encoding::utf8_percent_encode(
                        value,
                        percent_encoding::NON_ALPHANUMERIC
                    )
                )
            })
            .collect();
        query.push(format!("page={page}"));
        format!("{}?{}", self.url, query.join("&"))
    }

    /// The repository that the path names. The dispatcher has seen that the caller reaches it.
    pub(crate) fn repository<'w>(&self, world: &'w World) -> Result<&'w Repository, Answer> {
        world
            .repository_named(self.param("owner"), self.param("repo"))
            .ok_or_else(Answer::not_found)
    }

    pub(crate) fn repository_mut<'w>(
        &self,
        world: &'w mut World,
    ) -> Result<&'w mut Repository, Answer> {
        let id = self.repository(world)?.id;
        world.repositories.get_mut(&id).ok_or_else(Answer::not_found)
    }

    /// The login under which the call writes.
    pub(crate) fn login(&self, world: &World) -> String {
        match &self.actor {
            Actor::User(login) => login.clone(),
            Actor::App | Actor::Installation { .. } | Actor::Nobody => world.app_login(),
        }
    }

    /// Records every key of `object` that GitHub would silently ignore.
    pub(crate) fn known_keys(
        &self,
        world: &mut World,
        place: &str,
        object: &Value,
        known: &[&str],
    ) {
        let Some(object) = object.as_object() else { return };
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            world.log.violation(format!("{}: unknown key {place}{key}", self.template));
        }
    }
}

impl Actor {
    /// Whether a repository is in reach at all.
    pub(crate) fn reaches(&self, world: &World, repository: u64) -> bool {
        match self {
            Self::Installation { id, repositories, .. } => {
                repositories.as_ref().is_none_or(|r| r.contains(&repository))
                    && world.installation_of(repository).is_some_and(|i| i.id == *id)
            }
            Self::User(login) => world.role(repository, login) >= Role::Read,
            Self::App => true,
            Self::Nobody => world.repository(repository).is_some_and(|r| !r.private),
        }
    }

    /// Whether a permission is granted, as far as `access`.
    pub(crate) fn may(
        &self,
        world: &World,
        repository: Option<u64>,
        permission: &str,
        access: Access,
    ) -> bool {
        match self {
            Self::Installation { permissions, .. } => {
                (permission == "metadata" && access == Access::Read)
                    || permissions.get(permission).is_some_and(|granted| *granted >= access)
            }
            Self::User(login) => repository.is_none_or(|id| {
                world.role(id, login)
                    >= match access {
                        Access::Read => Role::Read,
                        Access::Write => Role::Write,
                    }
            }),
            Self::App => false,
            Self::Nobody => access == Access::Read,
        }
    }
}

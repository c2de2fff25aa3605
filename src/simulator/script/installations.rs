//! Where the App is installed, and who is in which team.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::simulator::Simulator;
use crate::simulator::json::account::default_permissions;
use crate::simulator::json::node_id;
use crate::simulator::state::World;
use crate::simulator::state::account::{Access, Bearer, Installation, Kind, Team, Token};
use crate::simulator::webhooks::Event;

impl Simulator {
    /// Installs the App on all repositories of an account, with the permissions that it asks for.
    pub fn install(&self, account: &str) -> u64 {
        let permissions = serde_json::from_value(default_permissions()).unwrap_or_default();
        self.install_with(account, permissions, None)
    }

    /// The same with these permissions, on all repositories or only on those named.
    pub fn install_with(
        &self,
        account: &str,
        permissions: BTreeMap<String, Access>,
        repositories: Option<&[&str]>,
    ) -> u64 {
        let mut world = self.world();
        world.ensure_user(account, Kind::Organization);
        let id = 1001 + world.installations.len() as u64;
        let selected: Option<BTreeSet<u64>> =
            repositories.map(|names| names.iter().map(|name| world.id_of(name)).collect());
        let installation = Installation {
            id,
            account: account.to_owned(),
            permissions,
            selected,
            created_at: world.now(),
            suspended_at: None,
        };
        world.installations.insert(id, installation);
        world.emit_installation(id, "created");
        id
    }

    /// Takes a permission from an installation: its tokens lose it at once.
    pub fn remove_permission(&self, installation: u64, permission: &str) {
        if let Some(i) = self.world().installations.get_mut(&installation) {
            i.permissions.remove(permission);
        }
    }

    /// Gives an installation a permission; its tokens do not get it.
    pub fn grant_permission(&self, installation: u64, permission: &str, access: Access) {
        if let Some(i) = self.world().installations.get_mut(&installation) {
            i.permissions.insert(permission.to_owned(), access);
        }
    }

    /// Suspends an installation, or ends that.
    pub fn set_suspended(&self, installation: u64, suspended: bool) {
        let mut world = self.world();
        let now = world.now();
        if let Some(i) = world.installations.get_mut(&installation) {
            i.suspended_at = suspended.then_some(now);
        }
        world.emit_installation(installation, if suspended { "suspend" } else { "unsuspend" });
    }

    /// Removes the App from an account.
    pub fn uninstall(&self, installation: u64) {
        let mut world = self.world();
        world.emit_installation(installation, "deleted");
        world.installations.remove(&installation);
    }

    /// Takes a repository from an installation that covers only chosen ones.
    pub fn deselect(&self, installation: u64, repository: &str) {
        let mut world = self.world();
        let id = world.id_of(repository);
        let gone = world.short_repository(id);
        let Some(i) = world.installations.get_mut(&installation) else { return };
        if let Some(selected) = &mut i.selected {
            selected.remove(&id);
        }
        let i = i.clone();
        let payload = json!({
            "action": "removed",
            "installation": world.installation_json(&i),
            "repository_selection": "selected",
            "repositories_added": [],
            "repositories_removed": [gone],
            "requester": null,
            "sender": world.user_json(&i.account),
        });
        world.queue("installation_repositories", "removed", Some(installation), None, payload);
    }

    /// Makes a team of an organisation; gives its members, and removes those who are not named.
    pub fn set_team(&self, organization: &str, slug: &str, members: &[&str]) {
        let mut world = self.world();
        world.ensure_user(organization, Kind::Organization);
        for member in members {
            world.ensure_user(member, Kind::User);
        }
        let id = world.new_id();
        let members = members.iter().map(|m| (m.to_lowercase(), false)).collect();
        let team = Team { id, slug: slug.to_owned(), members };
        world.teams.insert((organization.to_lowercase(), slug.to_lowercase()), team);
    }

    /// A token of a person, as they get it by signing in through the App. It lives eight hours.
    pub fn user_token(&self, login: &str) -> String {
        let mut world = self.world();
        world.ensure_user(login, Kind::User);
        let token = format!("ghu_{:032x}", fastrand::u128(..));
        let now = world.now();
        let expires_at = now.saturating_add(jiff::SignedDuration::from_hours(8)).unwrap_or(now);
        let bearer = Bearer::User(login.to_owned());
        world.tokens.insert(token.clone(), Token { bearer, expires_at });
        token
    }
}

impl World {
    fn short_repository(&self, id: u64) -> Value {
        let Some(r) = self.repository(id) else { return Value::Null };
        json!({
            "id": r.id,
            "node_id": node_id("Repository", r.id),
            "name": r.name,
            "full_name": r.full_name(),
            "private": r.private,
        })
    }

    /// Webhooks about installations come always, whatever the App listens to.
    fn emit_installation(&mut self, id: u64, action: &str) {
        let Some(installation) = self.installations.get(&id) else { return };
        let repositories: Vec<Value> =
            self.covered(id).into_iter().map(|id| self.short_repository(id)).collect();
        let payload = json!({
            "action": action,
            "installation": self.installation_json(installation),
            "repositories": repositories,
            "requester": null,
            "sender": self.user_json(&installation.account),
        });
        self.queue("installation", action, Some(id), None, payload);
    }

    /// Tells of something that happened to a repository as a whole.
    pub(crate) fn emit_repository(&mut self, repository: u64, action: &str, body: Value) {
        let Some(owner) = self.repository(repository).map(|r| r.owner.clone()) else { return };
        self.emit(Event { name: "repository", action, repository, sender: &owner, body });
    }

    /// Tells of a repository that came under an installation.
    pub(crate) fn emit_repositories_added(&mut self, repository: u64) {
        let Some(installation) = self.installation_of(repository) else { return };
        let payload = json!({
            "action": "added",
            "installation": self.installation_json(installation),
            "repository_selection": if installation.selected.is_some() { "selected" } else { "all" },
            "repositories_added": [self.short_repository(repository)],
            "repositories_removed": [],
            "requester": null,
            "sender": self.user_json(&installation.account),
        });
        let id = installation.id;
        self.queue("installation_repositories", "added", Some(id), None, payload);
    }
}

//! Users, installations, the App.

use serde_json::{Value, json};

use super::{HTML, node_id, time, with};
use crate::simulator::clock::text;
use crate::simulator::state::World;
use crate::simulator::state::account::{Installation, Kind};

/// Who stands for deleted accounts.
pub(crate) const GHOST: &str = "ghost";

impl World {
    /// `simple-user`; null for a login that is unknown.
    pub(crate) fn user_json(&self, login: &str) -> Value {
        let Some(user) = self.user(login) else { return Value::Null };
        let encoded = user.login.replace('[', "%5B").replace(']', "%5D");
        let api = format!("{}/users/{encoded}", self.api_url);
        let path = match user.kind {
            Kind::Bot => format!("apps/{}", self.app.slug),
            Kind::User | Kind::Organization => user.login.clone(),
        };
        json!({
            "login": user.login,
            "id": user.id,
            "node_id": node_id(user.kind.name(), user.id),
            "avatar_url": format!("{HTML}/avatars/{}", user.id),
            "gravatar_id": "",
            "url": api,
            "html_url": format!("{HTML}/{path}"),
            "followers_url": format!("{api}/followers"),
            "following_url": format!("{api}/following{{/other_user}}"),
            "gists_url": format!("{api}/gists{{/gist_id}}"),
            "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{api}/subscriptions"),
            "organizations_url": format!("{api}/orgs"),
            "repos_url": format!("{api}/repos"),
            "events_url": format!("{api}/events{{/privacy}}"),
            "received_events_url": format!("{api}/received_events"),
            "type": user.kind.name(),
            "user_view_type": "public",
            "site_admin": false,
        })
    }

    /// The same for the author of a pull request: who deleted the account is shown as a ghost.
    pub(crate) fn user_or_ghost(&self, login: &str) -> Value {
        match self.user_json(login) {
            Value::Null => self.user_json(GHOST),
            user => user,
        }
    }

    /// The same for an author that may be gone.
    pub(crate) fn author_json(&self, login: Option<&str>) -> Value {
        login.map_or(Value::Null, |login| self.user_json(login))
    }

    /// `public-user`.
    pub(crate) fn public_user_json(&self, login: &str) -> Value {
        let created = self.user(login).map_or_else(|| self.now(), |u| u.created_at);
        with(
            self.user_json(login),
            json!({
                "name": null, "company": null, "blog": null, "location": null, "email": null,
                "hireable": null, "bio": null, "twitter_username": null,
                "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
                "created_at": text(created), "updated_at": text(created),
            }),
        )
    }

    /// `integration`: the App.
    pub(crate) fn app_json(&self) -> Value {
        let app = &self.app;
        json!({
            "id": app.id,
            "slug": app.slug,
            "node_id": node_id("App", app.id),
            "client_id": app.client_id,
            "owner": self.user_json(&app.owner),
            "name": app.name,
            "description": null,
            "external_url": format!("{HTML}/{}", app.owner),
            "html_url": format!("{HTML}/apps/{}", app.slug),
            "created_at": text(app.created_at),
            "updated_at": text(app.created_at),
            "permissions": app.permissions,
            "events": app.events,
            "installations_count": self.installations.len(),
        })
    }

    /// `installation`.
    pub(crate) fn installation_json(&self, installation: &Installation) -> Value {
        let api = format!("{}/app/installations/{}", self.api_url, installation.id);
        let account = self.user(&installation.account);
        json!({
            "id": installation.id,
            "client_id": self.app.client_id,
            "account": self.user_json(&installation.account),
            "repository_selection": if installation.selected.is_some() { "selected" } else { "all" },
            "access_tokens_url": format!("{api}/access_tokens"),
            "repositories_url": format!("{}/installation/repositories", self.api_url),
            "html_url": format!("{HTML}/organizations/{}/settings/installations/{}",
                installation.account, installation.id),
            "app_id": self.app.id,
            "app_slug": self.app.slug,
            "target_id": account.map(|a| a.id),
            "target_type": account.map(|a| a.kind.name()),
            "permissions": installation.permissions,
            "events": self.app.events,
            "created_at": text(installation.created_at),
            "updated_at": text(installation.created_at),
            "single_file_name": null,
            "has_multiple_single_files": false,
            "single_file_paths": [],
            "suspended_by": null,
            "suspended_at": time(installation.suspended_at),
        })
    }
}

/// What the App asks for, and an installation grants unless a test says otherwise.
pub(crate) fn default_permissions() -> Value {
    json!({
        "checks": "write",
        "contents": "read",
        "issues": "write",
        "members": "read",
        "merge_queues": "read",
        "metadata": "read",
        "pull_requests": "write",
    })
}

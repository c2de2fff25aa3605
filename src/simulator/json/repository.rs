//! Repositories.

use serde_json::{Value, json};

use super::{HTML, node_id, with};
use crate::simulator::clock::text;
use crate::simulator::state::World;
use crate::simulator::state::account::Role;
use crate::simulator::state::repository::Repository;

/// Addresses below a repository's own: key → what follows it.
const URLS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

impl World {
    /// Address of a repository in the API.
    pub(crate) fn repository_url(&self, repository: &Repository) -> String {
        format!("{}/repos/{}", self.api_url, repository.full_name())
    }

    /// `repository`.
    pub(crate) fn repository_json(&self, repository: &Repository) -> Value {
        let name = repository.full_name();
        let api = self.repository_url(repository);
        let html = format!("{HTML}/{name}");
        let open = repository.pulls.values().filter(|p| p.open).count() + repository.issues.len();
        let forks = self.repositories.values().filter(|r| r.fork_of == Some(repository.id)).count();
        let mut object = json!({
            "id": repository.id,
            "node_id": node_id("Repository", repository.id),
            "name": repository.name,
            "full_name": name,
            "private": repository.private,
            "owner": self.user_json(&repository.owner),
            "html_url": html,
            "description": null,
            "fork": repository.fork_of.is_some(),
            "created_at": text(repository.created_at),
            "updated_at": text(repository.pushed_at),
            "pushed_at": text(repository.pushed_at),
            "git_url": format!("git://github.example/{name}.git"),
            "ssh_url": format!("git@github.example:{name}.git"),
            "clone_url": format!("{html}.git"),
            "svn_url": html,
            "homepage": null,
        });
        let facts = json!({
            "size": 1,
            "stargazers_count": 0,
            "watchers_count": 0,
            "language": null,
            "has_issues": true,
            "has_projects": true,
            "has_downloads": true,
            "has_wiki": false,
            "has_pages": false,
            "has_discussions": false,
            "forks_count": forks,
            "mirror_url": null,
            "archived": repository.archived,
            "disabled": false,
            "open_issues_count": open,
            "license": null,
            "allow_forking": true,
            "is_template": false,
            "web_commit_signoff_required": false,
            "topics": [],
            "visibility": if repository.private { "private" } else { "public" },
            "forks": forks,
            "open_issues": open,
            "watchers": 0,
            "default_branch": repository.default_branch,
            "permissions": { "admin": false, "maintain": false, "push": false, "triage": false, "pull": true },
        });
        object = with(object, facts);
        if let Some(object) = object.as_object_mut() {
            object.extend(
                URLS.iter().map(|(key, tail)| ((*key).to_owned(), format!("{api}{tail}").into())),
            );
        }
        object
    }

    /// `full-repository`.
    pub(crate) fn full_repository_json(&self, repository: &Repository) -> Value {
        let mut object = with(
            self.repository_json(repository),
            json!({ "network_count": 0, "subscribers_count": 0 }),
        );
        let parent = repository.fork_of.and_then(|id| self.repository(id));
        if let (Some(parent), Some(object)) = (parent, object.as_object_mut()) {
            object.insert("parent".to_owned(), self.repository_json(parent));
            object.insert("source".to_owned(), self.repository_json(parent));
        }
        object
    }

    /// `repository-collaborator-permission`.
    pub(crate) fn permission_json(&self, role: Role, login: &str) -> Value {
        let user = with(
            self.user_json(login),
            json!({
                "permissions": {
                    "admin": role >= Role::Admin,
                    "maintain": role >= Role::Maintain,
                    "push": role >= Role::Write,
                    "triage": role >= Role::Triage,
                    "pull": role >= Role::Read,
                },
                "role_name": role.role_name(),
            }),
        );
        json!({ "permission": role.legacy(), "role_name": role.role_name(), "user": user })
    }
}

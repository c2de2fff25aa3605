//! Pull requests and issues.

use serde_json::{Value, json};

use super::{HTML, node_id, time, with};
use crate::simulator::clock::text;
use crate::simulator::state::World;
use crate::simulator::state::account::Role;
use crate::simulator::state::conversation::Issue;
use crate::simulator::state::pull::Pull;
use crate::simulator::state::repository::Repository;

impl World {
    /// `pull-request-simple`: as lists give it.
    pub(crate) fn pull_simple_json(&self, repository: &Repository, pull: &Pull) -> Value {
        let api = self.repository_url(repository);
        let html = format!("{HTML}/{}/pull/{}", repository.full_name(), pull.number);
        let url = format!("{api}/pulls/{}", pull.number);
        let issue = format!("{api}/issues/{}", pull.number);
        let statuses = format!("{api}/statuses/{}", pull.head);
        let review_comment = format!("{api}/pulls/comments{{/number}}");
        let link = |href: &str| json!({ "href": href });
        let head_repository =
            self.repository(pull.head_repository).map(|r| self.repository_json(r));
        let merged = pull.merged.as_ref();
        json!({
            "url": url,
            "id": pull.id,
            "node_id": node_id("PullRequest", pull.id),
            "html_url": html,
            "diff_url": format!("{html}.diff"),
            "patch_url": format!("{html}.patch"),
            "issue_url": issue,
            "number": pull.number,
            "state": if pull.open { "open" } else { "closed" },
            "locked": false,
            "title": pull.title,
            "user": self.user_or_ghost(&pull.author),
            "body": if pull.body.is_empty() { Value::Null } else { pull.body.clone().into() },
            "created_at": text(pull.created_at),
            "updated_at": text(pull.updated_at),
            "closed_at": time(pull.closed_at),
            "merged_at": time(merged.map(|m| m.1)),
            "merge_commit_sha": merged.map(|m| m.2.to_string()),
            "assignee": null,
            "assignees": [],
            "requested_reviewers": [],
            "requested_teams": [],
            "labels": [],
            "milestone": null,
            "draft": pull.draft,
            "commits_url": format!("{url}/commits"),
            "review_comments_url": format!("{url}/comments"),
            "review_comment_url": review_comment,
            "comments_url": format!("{issue}/comments"),
            "statuses_url": statuses,
            "head": {
                "label": format!("{}:{}", pull.head_owner, pull.head_branch),
                "ref": pull.head_branch,
                "sha": pull.head.to_string(),
                "user": self.user_json(&pull.head_owner),
                "repo": head_repository,
            },
            "base": {
                "label": format!("{}:{}", repository.owner, pull.base),
                "ref": pull.base,
                "sha": pull.base_sha.to_string(),
                "user": self.user_json(&repository.owner),
                "repo": self.repository_json(repository),
            },
            "_links": {
                "self": link(&url),
                "html": link(&html),
                "issue": link(&issue),
                "comments": link(&format!("{issue}/comments")),
                "review_comments": link(&format!("{url}/comments")),
                "review_comment": link(&review_comment),
                "commits": link(&format!("{url}/commits")),
                "statuses": link(&statuses),
            },
            "author_association": self.association(repository, Some(&pull.author)),
            "auto_merge": null,
            "active_lock_reason": null,
        })
    }

    /// `pull-request`: one by itself, and in webhooks.
    pub(crate) fn pull_json(&self, repository: &Repository, pull: &Pull) -> Value {
        let files = self.pull_files(repository, pull);
        let commits = self.objects(repository).commits_between(pull.base_sha, pull.head).len();
        let merged_by = pull.merged.as_ref().map(|m| m.0.as_str());
        with(
            self.pull_simple_json(repository, pull),
            json!({
                "merged": pull.merged.is_some(),
                "mergeable": if pull.open { Value::Bool(true) } else { Value::Null },
                "rebaseable": if pull.open { Value::Bool(true) } else { Value::Null },
                "mergeable_state": match (pull.open, pull.draft) {
                    (true, true) => "draft",
                    (true, false) => "clean",
                    (false, _) => "unknown",
                },
                "merged_by": self.author_json(merged_by),
                "comments": repository.comments.values().filter(|c| c.number == pull.number).count(),
                "review_comments": pull.review_comments.len(),
                "maintainer_can_modify": false,
                "commits": commits,
                "additions": files.iter().map(|f| f.additions).sum::<usize>(),
                "deletions": files.iter().map(|f| f.deletions).sum::<usize>(),
                "changed_files": files.len(),
            }),
        )
    }

    /// `pull-request-minimal`: as checks carry it.
    pub(crate) fn pull_minimal_json(&self, repository: &Repository, pull: &Pull) -> Value {
        let side = |branch: &str, sha: String, repository: &Repository| {
            json!({
                "ref": branch,
                "sha": sha,
                "repo": {
                    "id": repository.id,
                    "url": self.repository_url(repository),
                    "name": repository.name,
                },
            })
        };
        json!({
            "id": pull.id,
            "number": pull.number,
            "url": format!("{}/pulls/{}", self.repository_url(repository), pull.number),
            "head": side(&pull.head_branch, pull.head.to_string(), repository),
            "base": side(&pull.base, pull.base_sha.to_string(), repository),
        })
    }

    /// `issue`.
    pub(crate) fn issue_json(&self, repository: &Repository, issue: &Issue) -> Value {
        let api = self.repository_url(repository);
        let url = format!("{api}/issues/{}", issue.number);
        json!({
            "id": issue.id,
            "node_id": node_id("Issue", issue.id),
            "url": url,
            "repository_url": api,
            "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"),
            "events_url": format!("{url}/events"),
            "html_url": format!("{HTML}/{}/issues/{}", repository.full_name(), issue.number),
            "number": issue.number,
            "state": "open",
            "state_reason": null,
            "title": issue.title,
            "body": issue.body,
            "user": self.user_or_ghost(&issue.author),
            "labels": [],
            "assignee": null,
            "assignees": [],
            "milestone": null,
            "locked": false,
            "active_lock_reason": null,
            "comments": repository.comments.values().filter(|c| c.number == issue.number).count(),
            "closed_at": null,
            "created_at": text(issue.created_at),
            "updated_at": text(issue.created_at),
            "author_association": self.association(repository, Some(&issue.author)),
            "performed_via_github_app": null,
        })
    }

    /// A pull request as an issue: comments on it say so.
    pub(crate) fn pull_as_issue_json(&self, repository: &Repository, pull: &Pull) -> Value {
        let issue = Issue {
            id: pull.id,
            number: pull.number,
            title: pull.title.clone(),
            body: pull.body.clone(),
            author: pull.author.clone(),
            created_at: pull.created_at,
        };
        let html = format!("{HTML}/{}/pull/{}", repository.full_name(), pull.number);
        with(
            self.issue_json(repository, &issue),
            json!({
                "html_url": html,
                "state": if pull.open { "open" } else { "closed" },
                "draft": pull.draft,
                "closed_at": time(pull.closed_at),
                "updated_at": text(pull.updated_at),
                "pull_request": {
                    "url": format!("{}/pulls/{}", self.repository_url(repository), pull.number),
                    "html_url": html,
                    "diff_url": format!("{html}.diff"),
                    "patch_url": format!("{html}.patch"),
                    "merged_at": time(pull.merged.as_ref().map(|m| m.1)),
                },
            }),
        )
    }

    /// The issue or pull request with this number, as an issue.
    pub(crate) fn numbered_json(&self, repository: &Repository, number: u64) -> Value {
        if let Some(pull) = repository.pulls.get(&number) {
            self.pull_as_issue_json(repository, pull)
        } else {
            repository
                .issues
                .get(&number)
                .map_or(Value::Null, |issue| self.issue_json(repository, issue))
        }
    }

    /// `author-association`: what someone is to a repository.
    pub(crate) fn association(&self, repository: &Repository, login: Option<&str>) -> &'static str {
        let Some(login) = login else { return "NONE" };
        let member = self.teams.iter().any(|((org, _), team)| {
            org.eq_ignore_ascii_case(&repository.owner)
                && team.members.contains_key(&login.to_lowercase())
        });
        match self.role(repository.id, login) {
            _ if repository.owner.eq_ignore_ascii_case(login) => "OWNER",
            _ if member => "MEMBER",
            Role::Write | Role::Maintain | Role::Admin => "COLLABORATOR",
            _ if repository.pulls.values().any(|p| p.author == login && p.merged.is_some()) => {
                "CONTRIBUTOR"
            }
            _ => "NONE",
        }
    }
}

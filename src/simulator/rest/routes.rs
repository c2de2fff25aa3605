//! The table of operations.

use percent_encoding::percent_decode_str;

use super::{Call, Outcome, apps, checks, comments, compare, contents, git, people, pulls};
use super::{repositories, reviews};
use crate::simulator::state::World;
use crate::simulator::state::account::Access::{self, Read, Write};

/// What a caller must be, or be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    Anyone,
    /// The App's own token.
    App,
    /// An installation's token, whatever its permissions.
    Installation,
    /// A user's token.
    User,
    /// Any one of these permissions.
    Permission(&'static [(&'static str, Access)]),
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// Path as GitHub's description writes it.
    pub(crate) template: &'static str,
    pub(crate) needs: Needs,
    pub(crate) run: fn(&mut World, &Call) -> Outcome,
}

/// A route, and what the path's parameters are in this call.
#[derive(Debug)]
pub(crate) struct Matched {
    pub(crate) route: &'static Route,
    pub(crate) params: Vec<(&'static str, String)>,
}

const fn route(
    method: &'static str,
    template: &'static str,
    needs: Needs,
    run: fn(&mut World, &Call) -> Outcome,
) -> Route {
    Route { method, template, needs, run }
}

const METADATA: Needs = Needs::Permission(&[("metadata", Read)]);
const CONTENTS: Needs = Needs::Permission(&[("contents", Read)]);
const PULLS: Needs = Needs::Permission(&[("pull_requests", Read)]);
const PULLS_WRITE: Needs = Needs::Permission(&[("pull_requests", Write)]);
const CHECKS: Needs = Needs::Permission(&[("checks", Read)]);
const CHECKS_WRITE: Needs = Needs::Permission(&[("checks", Write)]);
const ISSUES: Needs = Needs::Permission(&[("issues", Read), ("pull_requests", Read)]);
const ISSUES_WRITE: Needs = Needs::Permission(&[("issues", Write), ("pull_requests", Write)]);
const MEMBERS: Needs = Needs::Permission(&[("members", Read)]);
const ADMINISTRATION: Needs = Needs::Permission(&[("administration", Read)]);

/// Every operation. Of two that fit a path the first is taken.
static ROUTES: &[Route] = &[
    route("GET", "/app", Needs::App, apps::app),
    route("POST", "/app-manifests/{code}/conversions", Needs::Anyone, apps::convert_manifest),
    route("GET", "/app/hook/config", Needs::App, apps::hook_config),
    route("GET", "/app/hook/deliveries", Needs::App, apps::deliveries),
    route("GET", "/app/hook/deliveries/{delivery_id}", Needs::App, apps::delivery),
    route("POST", "/app/hook/deliveries/{delivery_id}/attempts", Needs::App, apps::redeliver),
    route("GET", "/app/installations", Needs::App, apps::installations),
    route("GET", "/app/installations/{installation_id}", Needs::App, apps::installation),
    route(
        "POST",
        "/app/installations/{installation_id}/access_tokens",
        Needs::App,
        apps::create_token,
    ),
    route(
        "GET",
        "/installation/repositories",
        Needs::Installation,
        apps::installation_repositories,
    ),
    route("GET", "/rate_limit", Needs::Anyone, apps::rate_limit),
    route("GET", "/user", Needs::User, people::user),
    route("GET", "/user/installations", Needs::User, people::user_installations),
    route(
        "GET",
        "/user/installations/{installation_id}/repositories",
        Needs::User,
        people::user_installation_repositories,
    ),
    route("GET", "/orgs/{org}/teams/{team_slug}/members", MEMBERS, people::team_members),
    route(
        "GET",
        "/orgs/{org}/teams/{team_slug}/memberships/{username}",
        MEMBERS,
        people::team_membership,
    ),
    route("GET", "/repos/{owner}/{repo}", METADATA, repositories::get),
    route("GET", "/repos/{owner}/{repo}/installation", Needs::App, repositories::installation),
    route(
        "GET",
        "/repos/{owner}/{repo}/collaborators/{username}/permission",
        METADATA,
        repositories::permission,
    ),
    route(
        "GET",
        "/repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks",
        ADMINISTRATION,
        repositories::required_checks,
    ),
    route("GET", "/repos/{owner}/{repo}/branches/{branch}", CONTENTS, repositories::branch),
    route("GET", "/repos/{owner}/{repo}/rules/branches/{branch}", METADATA, repositories::rules),
    route("GET", "/repos/{owner}/{repo}/compare/{basehead}", CONTENTS, compare::compare),
    route("GET", "/repos/{owner}/{repo}/contents/{path}", CONTENTS, contents::get),
    route("GET", "/repos/{owner}/{repo}/git/blobs/{file_sha}", CONTENTS, git::blob),
    route("GET", "/repos/{owner}/{repo}/git/trees/{tree_sha}", CONTENTS, git::tree),
    route("GET", "/repos/{owner}/{repo}/git/ref/{ref}", CONTENTS, git::reference),
    route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", CHECKS, checks::list_for_ref),
    route("GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", PULLS, pulls::of_commit),
    route("GET", "/repos/{owner}/{repo}/commits/{ref}", CONTENTS, git::commit),
    route("POST", "/repos/{owner}/{repo}/check-runs", CHECKS_WRITE, checks::create),
    route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}", CHECKS, checks::get),
    route("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}", CHECKS_WRITE, checks::update),
    route(
        "GET",
        "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
        CHECKS,
        checks::annotations,
    ),
    route("GET", "/repos/{owner}/{repo}/check-suites/{check_suite_id}", CHECKS, checks::suite),
    route(
        "GET",
        "/repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs",
        CHECKS,
        checks::list_for_suite,
    ),
    route("GET", "/repos/{owner}/{repo}/pulls", PULLS, pulls::list),
    route(
        "PATCH",
        "/repos/{owner}/{repo}/pulls/comments/{comment_id}",
        PULLS_WRITE,
        reviews::update_comment,
    ),
    route(
        "DELETE",
        "/repos/{owner}/{repo}/pulls/comments/{comment_id}",
        PULLS_WRITE,
        reviews::delete_comment,
    ),
    route(
        "POST",
        "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions",
        PULLS_WRITE,
        reviews::react,
    ),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", PULLS, pulls::get),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", PULLS, pulls::files),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/commits", PULLS, pulls::commits),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews", PULLS, reviews::list),
    route(
        "POST",
        "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
        PULLS_WRITE,
        reviews::create,
    ),
    route(
        "PUT",
        "/repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals",
        PULLS_WRITE,
        reviews::dismiss,
    ),
    route(
        "POST",
        "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
        PULLS_WRITE,
        pulls::request_reviewers,
    ),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/comments", PULLS, reviews::comments),
    route(
        "POST",
        "/repos/{owner}/{repo}/pulls/{pull_number}/comments",
        PULLS_WRITE,
        reviews::create_comment,
    ),
    route(
        "POST",
        "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies",
        PULLS_WRITE,
        reviews::reply,
    ),
    route("GET", "/repos/{owner}/{repo}/issues/comments/{comment_id}", ISSUES, comments::get),
    route(
        "PATCH",
        "/repos/{owner}/{repo}/issues/comments/{comment_id}",
        ISSUES_WRITE,
        comments::update,
    ),
    route(
        "DELETE",
        "/repos/{owner}/{repo}/issues/comments/{comment_id}",
        ISSUES_WRITE,
        comments::delete,
    ),
    route(
        "POST",
        "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
        ISSUES_WRITE,
        comments::react,
    ),
    route("GET", "/repos/{owner}/{repo}/issues/{issue_number}", ISSUES, comments::issue),
    route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments", ISSUES, comments::list),
    route(
        "POST",
        "/repos/{owner}/{repo}/issues/{issue_number}/comments",
        ISSUES_WRITE,
        comments::create,
    ),
];

/// Finds the operation of a path, which is still percent-encoded.
pub(crate) fn find(method: &str, path: &str) -> Option<Matched> {
    let parts: Vec<String> = path
        .trim_matches('/')
        .split('/')
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    ROUTES.iter().filter(|route| route.method == method).find_map(|route| {
        let params = fit(route.template, &parts)?;
        Some(Matched { route, params })
    })
}

/// The parameters whose values may have slashes.
fn takes_slashes(name: &str) -> bool {
    matches!(name, "path" | "ref" | "basehead" | "branch")
}

fn fit(template: &'static str, parts: &[String]) -> Option<Vec<(&'static str, String)>> {
    let pattern: Vec<&'static str> = template.trim_matches('/').split('/').collect();
    let spare = parts.len().checked_sub(pattern.len());
    let mut parts = parts.iter();
    let mut params = Vec::new();
    for segment in &pattern {
        let part = parts.next();
        let Some(name) = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) else {
            if part.is_some_and(|part| part == segment) {
                continue;
            }
            return None;
        };
        // The root folder's contents have an empty path.
        let mut value = match part {
            Some(part) => part.clone(),
            None if name == "path" => String::new(),
            None => return None,
        };
        if takes_slashes(name) {
            for _ in 0..spare.unwrap_or_default() {
                value.push('/');
                value.push_str(parts.next()?);
            }
        } else if value.is_empty() {
            return None;
        }
        params.push((name, value));
    }
    parts.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::tests::contract;

    #[test]
    fn the_table_has_every_operation_of_the_contract_and_no_other() {
        let mut ours: Vec<String> =
            ROUTES.iter().map(|r| format!("{} {}", r.method, r.template)).collect();
        let mut githubs = contract::operations();
        ours.sort();
        githubs.sort();
        assert_eq!(ours, githubs);
    }

    #[test]
    fn a_path_finds_its_operation_and_values() {
        let found = |method: &str, path: &str| {
            find(method, path).map(|m| {
                let values: Vec<String> = m.params.into_iter().map(|(_, v)| v).collect();
                (m.route.template, values.join(" "))
            })
        };
        assert_eq!(
            found("GET", "/repos/o/r/commits/feature/x/check-runs"),
            Some(("/repos/{owner}/{repo}/commits/{ref}/check-runs", "o r feature/x".to_owned()))
        );
        assert_eq!(
            found("GET", "/repos/o/r/contents/eps/a%20b%23.md"),
            Some(("/repos/{owner}/{repo}/contents/{path}", "o r eps/a b#.md".to_owned()))
        );
        assert_eq!(
            found("GET", "/repos/o/r/contents/"),
            Some(("/repos/{owner}/{repo}/contents/{path}", "o r ".to_owned()))
        );
        assert_eq!(
            found("PATCH", "/repos/o/r/pulls/comments/7"),
            Some(("/repos/{owner}/{repo}/pulls/comments/{comment_id}", "o r 7".to_owned()))
        );
        assert_eq!(
            found("GET", "/repos/o/r/pulls/7/files").map(|f| f.0),
            Some("/repos/{owner}/{repo}/pulls/{pull_number}/files")
        );
        assert_eq!(found("GET", "/nowhere"), None);
    }
}

//! Who may call what.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::{REPO, Setting};

#[tokio::test]
async fn a_token_is_needed_and_has_to_be_known() {
    let s = Setting::new().await;
    let path = format!("/repos/{REPO}/pulls");
    assert_eq!(s.get(&path).await.status, 200);
    let unknown = s.send(Method::GET, &path, Some("ghs_unknown"), None).await;
    assert_eq!((unknown.status, unknown.message()), (401, "Bad credentials"));
    s.github.make_private(REPO);
    assert_eq!(s.send(Method::GET, &path, None, None).await.status, 404);
    let checks = format!("/repos/{REPO}/check-runs");
    s.github.create_repository("other/public");
    assert_eq!(s.send(Method::POST, &checks, None, Some(json!({}))).await.status, 404);
    let other = s.send(Method::GET, "/repos/other/public/pulls", None, None).await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn a_token_expires_after_an_hour() {
    let s = Setting::new().await;
    let path = format!("/repos/{REPO}");
    s.github.advance_clock(Duration::from_secs(3500));
    assert_eq!(s.get(&path).await.status, 200);
    s.github.advance_clock(Duration::from_secs(101));
    assert_eq!(s.get(&path).await.status, 401);
    s.github.set_token_life(Duration::from_secs(10));
    let short = s.mint(json!({})).await;
    assert_eq!(s.send(Method::GET, &path, Some(&short), None).await.status, 200);
    s.github.advance_clock(Duration::from_secs(11));
    assert_eq!(s.send(Method::GET, &path, Some(&short), None).await.status, 401);
}

#[tokio::test]
async fn a_token_reaches_only_the_repositories_that_it_is_for() {
    let s = Setting::new().await;
    s.github.create_repository("example-org/second");
    s.github.create_repository("elsewhere/third");
    assert_eq!(s.get("/repos/example-org/second").await.status, 200);
    assert_eq!(s.get("/repos/elsewhere/third").await.status, 404);
    assert_eq!(s.get("/repos/nobody/nothing").await.status, 404);
    let narrow = s.mint(json!({ "repositories": ["second"] })).await;
    let get = |path: &'static str| s.send(Method::GET, path, Some(&narrow), None);
    assert_eq!(get("/repos/example-org/second").await.status, 200);
    assert_eq!(get("/repos/example-org/enhancements").await.status, 404);
    let list = get("/installation/repositories").await;
    assert_eq!(list.body["total_count"], 1);
    let path = format!("/app/installations/{}/access_tokens", s.installation);
    let body = json!({ "repositories": ["third"] });
    let refused = s.send(Method::POST, &path, Some(&s.jwt()), Some(body)).await;
    assert_eq!(refused.status, 422);
}

#[tokio::test]
async fn a_permission_that_is_missing_is_named() {
    let s = Setting::new().await;
    let (_, head) = s.pull_request();
    let reader = s.mint(json!({ "permissions": { "checks": "read" } })).await;
    let path = format!("/repos/{REPO}/check-runs");
    let body = json!({ "name": "x", "head_sha": head.to_string() });
    let refused = s.send(Method::POST, &path, Some(&reader), Some(body)).await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.message(), "Resource not accessible by integration");
    assert_eq!(refused.header("x-accepted-github-permissions"), Some("checks=write"));
    let path = format!("/repos/{REPO}/pulls");
    assert_eq!(s.send(Method::GET, &path, Some(&reader), None).await.status, 403);
    s.github.remove_permission(s.installation, "pull_requests");
    assert_eq!(s.get(&path).await.status, 403);
    let asked = format!("/app/installations/{}/access_tokens", s.installation);
    let body = json!({ "permissions": { "contents": "write" } });
    assert_eq!(s.send(Method::POST, &asked, Some(&s.jwt()), Some(body)).await.status, 422);
}

#[tokio::test]
async fn app_routes_want_the_apps_own_token() {
    let s = Setting::new().await;
    let jwt = s.jwt();
    let app = s.send(Method::GET, "/app", Some(&jwt), None).await;
    assert_eq!((app.status, &app.body["id"]), (200, &json!(s.github.app_id())));
    assert_eq!(s.get("/app").await.status, 401);
    assert_eq!(s.send(Method::GET, "/app", Some("a.b.c"), None).await.status, 401);
    assert_eq!(s.send(Method::GET, "/app", None, None).await.status, 401);
    let path = format!("/repos/{REPO}/pulls");
    assert_eq!(s.send(Method::GET, &path, Some(&jwt), None).await.status, 403);
    for path in ["/app/installations", "/app/hook/config", "/app/hook/deliveries"] {
        s.github.send_webhooks_to("http://127.0.0.1:1/");
        assert_eq!(s.send(Method::GET, path, Some(&jwt), None).await.status, 200, "{path}");
    }
    let made = s.send(Method::POST, "/app-manifests/any/conversions", None, None).await;
    assert_eq!((made.status, &made.body["pem"]), (201, &json!(s.github.private_key_pem())));
    let one = format!("/app/installations/{}", s.installation);
    assert_eq!(s.send(Method::GET, &one, Some(&jwt), None).await.status, 200);
    let of = format!("/repos/{REPO}/installation");
    let found = s.send(Method::GET, &of, Some(&jwt), None).await;
    assert_eq!(found.body["id"], s.installation);
    assert_eq!(
        s.send(Method::GET, "/repos/no/where/installation", Some(&jwt), None).await.status,
        404
    );
}

#[tokio::test]
async fn a_suspended_or_removed_installation_gives_nothing() {
    let s = Setting::new().await;
    let path = format!("/repos/{REPO}");
    s.github.set_suspended(s.installation, true);
    assert_eq!(s.get(&path).await.status, 403);
    let mint = format!("/app/installations/{}/access_tokens", s.installation);
    assert_eq!(s.send(Method::POST, &mint, Some(&s.jwt()), None).await.status, 403);
    s.github.set_suspended(s.installation, false);
    assert_eq!(s.get(&path).await.status, 200);
    s.github.uninstall(s.installation);
    assert_eq!(s.get(&path).await.status, 401);
    assert_eq!(s.send(Method::POST, &mint, Some(&s.jwt()), None).await.status, 404);
}

#[tokio::test]
async fn calls_are_counted_and_end_at_the_limit() {
    let s = Setting::new().await;
    s.github.set_rate_limit(3);
    let path = format!("/repos/{REPO}");
    let first = s.get(&path).await;
    assert_eq!(first.header("x-ratelimit-limit"), Some("3"));
    assert_eq!(first.header("x-ratelimit-remaining"), Some("2"));
    assert_eq!(first.header("x-ratelimit-resource"), Some("core"));
    assert!(first.header("x-github-request-id").is_some());
    s.get(&path).await;
    s.get(&path).await;
    let over = s.get(&path).await;
    assert_eq!((over.status, over.header("x-ratelimit-remaining")), (403, Some("0")));
    let limits = s.get("/rate_limit").await;
    assert_eq!((limits.status, &limits.body["rate"]["remaining"]), (200, &json!(0)));
    s.github.advance_clock(Duration::from_secs(3601));
    s.github.set_token_life(Duration::from_secs(3600));
    let token = s.mint(json!({})).await;
    assert_eq!(s.send(Method::GET, &path, Some(&token), None).await.status, 200);
}

#[tokio::test]
async fn a_person_sees_what_they_may_see() {
    let s = Setting::new().await;
    s.github.make_private(REPO);
    s.github.set_role(REPO, "ann", crate::simulator::Role::Read);
    let (ann, bob) = (s.github.user_token("ann"), s.github.user_token("bob"));
    let user = s.send(Method::GET, "/user", Some(&ann), None).await;
    assert_eq!(user.body["login"], "ann");
    let path = format!("/user/installations/{}/repositories", s.installation);
    let list = s.send(Method::GET, &path, Some(&ann), None).await;
    assert_eq!((list.status, &list.body["total_count"]), (200, &json!(1)));
    assert_eq!(s.send(Method::GET, &path, Some(&bob), None).await.status, 404);
    for (token, count) in [(&ann, 1), (&bob, 0)] {
        let list = s.send(Method::GET, "/user/installations", Some(token), None).await;
        assert_eq!(list.body["total_count"], count);
    }
    assert_eq!(s.get("/user").await.status, 403);
    let path = format!("/repos/{REPO}");
    assert_eq!(s.send(Method::GET, &path, Some(&ann), None).await.status, 200);
    assert_eq!(s.send(Method::GET, &path, Some(&bob), None).await.status, 404);
}

#[tokio::test]
async fn what_is_not_simulated_is_refused_loudly() {
    let s = Setting::new().await;
    assert_eq!(s.repo("/actions/runs").await.status, 501);
    assert_eq!(s.github.violations().len(), 1);
    let bare = reqwest::Client::builder().no_proxy().build().expect("a plain client");
    let url = format!("{}/rate_limit", s.github.api_url());
    let refused = bare.get(url).send().await.expect("an answer");
    assert_eq!(refused.status().as_u16(), 403);
}

#[tokio::test]
async fn the_paths_of_enterprise_server_lead_to_the_same() {
    let s = Setting::new().await;
    assert_eq!(s.get(&format!("/api/v3/repos/{REPO}")).await.status, 200);
    let body = json!({ "query": "{ viewer { login } }" });
    let answer = s.send(Method::POST, "/api/graphql", Some(&s.token), Some(body)).await;
    assert_eq!(answer.body["data"]["viewer"]["login"], "ep-bot");
}

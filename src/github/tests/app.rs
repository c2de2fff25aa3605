//! What the App sees of itself: lists, cursors, and what is refused.

use serde_json::{Value, json};

use super::stub::{Received, Reply, Stub};
use crate::github::{
    Demand, Error, InstallationId, Registered, RepositoryName, Required, SentDelivery,
};

fn attempt(id: u64) -> Value {
    json!({
        "id": id, "guid": "0b989ba4", "delivered_at": "2026-01-02T03:04:05Z", "redelivery": false,
        "status": "OK", "status_code": 202, "event": "pull_request", "action": "opened",
        "installation_id": 9, "repository_id": 22, "duration": 0.4, "throttled_at": null,
    })
}

#[tokio::test]
async fn pages_of_deliveries_follow_the_cursor_and_never_the_address() {
    const LINK: &[(&str, &str)] = &[(
        "link",
        "<https://elsewhere.example.com/app/hook/deliveries?per_page=100>; rel=\"first\", \
         <https://elsewhere.example.com/app/hook/deliveries?per_page=100&cursor=v1_1%2B2>; rel=\"next\"",
    )];
    let stub = Stub::raw(|request, _| {
        if request.path.contains("cursor=") {
            return Reply::Json(200, json!([attempt(1)]));
        }
        Reply::With(200, LINK, json!([attempt(3), attempt(2)]))
    })
    .await;
    let github = stub.github();
    let first = github.deliveries(None).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(first.deliveries.iter().map(|d| d.id).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(first.next.as_deref(), Some("v1_1+2"));
    let last = github.deliveries(first.next.as_deref()).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(last.next, None);
    let expected = SentDelivery {
        id: 1,
        guid: "0b989ba4".into(),
        delivered_at: "2026-01-02T03:04:05Z".parse().unwrap_or_else(|e| panic!("{e}")),
        redelivery: false,
        event: "pull_request".into(),
        action: Some("opened".into()),
        status_code: 202,
        status: "OK".into(),
        installation: Some(9),
        repository: Some(22),
    };
    assert_eq!(last.deliveries, [expected]);
    let paths: Vec<String> = stub.seen().into_iter().map(|r| r.path).collect();
    assert_eq!(
        paths,
        ["/app/hook/deliveries?per_page=100", "/app/hook/deliveries?per_page=100&cursor=v1_1%2B2",]
    );
}

#[tokio::test]
async fn a_webhook_is_asked_for_again_once_and_a_failure_is_told() {
    let stub = Stub::raw(|_, before| {
        if before == 0 { Reply::Json(202, json!({})) } else { Reply::Json(422, json!({})) }
    })
    .await;
    let github = stub.github();
    assert_eq!(github.redeliver(7).await, Ok(()));
    assert!(matches!(github.redeliver(7).await, Err(Error::Refused { .. })));
    let asked: Vec<(String, String)> =
        stub.seen().into_iter().map(|r| (r.method, r.path)).collect();
    let once = ("POST".to_owned(), "/app/hook/deliveries/7/attempts".to_owned());
    assert_eq!(asked, [once.clone(), once]);
    assert!(stub.seen().iter().all(|r| r.authorization.split('.').count() == 3), "the App's token");
}

#[tokio::test]
async fn lists_are_read_to_their_last_page() {
    let page = |request: &Received| if request.path.ends_with("&page=1") { 100 } else { 1 };
    let stub = Stub::start(move |request, _| {
        let installation = json!({
            "id": 9, "account": { "login": "fleet" }, "suspended_at": null,
            "permissions": { "checks": "write" }, "events": ["pull_request"],
            "html_url": "https://github.com/x",
        });
        let repository = json!({
            "id": 22, "name": "eps", "owner": { "login": "fleet" }, "archived": true,
            "default_branch": "main", "html_url": "https://github.com/fleet/eps",
        });
        let many = page(request);
        if request.is("GET", "/app/installations") {
            return Reply::Json(200, vec![installation; many].into());
        }
        Reply::Json(200, json!({ "total_count": 101, "repositories": vec![repository; many] }))
    })
    .await;
    let github = stub.github();
    let installations = github.installations().await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(installations.len(), 101);
    let one = &installations[100];
    assert_eq!((one.id, one.account.as_str(), one.suspended), (InstallationId(9), "fleet", false));
    let all = github.repositories(InstallationId(9)).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(all.len(), 101);
    assert_eq!((all[0].name.to_string().as_str(), all[0].archived), ("fleet/eps", true));
    let seen = stub.seen();
    let token = seen.iter().find(|r| r.method == "POST").map(|r| r.body.clone());
    let wanted = json!({ "permissions": { "metadata": "read" } });
    assert_eq!(token, Some(wanted), "a token that can only list");
}

#[tokio::test]
async fn a_suspended_installation_lists_nothing() {
    let stub = Stub::raw(|_, _| Reply::Json(403, json!({ "message": "suspended" }))).await;
    let listed = stub.github().repositories(InstallationId(9)).await;
    assert!(matches!(listed, Err(Error::Forbidden { .. })), "{listed:?}");
}

#[tokio::test]
async fn githubs_clock_is_told_also_when_it_refuses_the_app() {
    const DATE: &[(&str, &str)] = &[("date", "Thu, 01 Jan 2026 00:00:00 GMT")];
    let stub = Stub::raw(|_, _| Reply::With(401, DATE, json!({ "message": "no" }))).await;
    let look = stub.github().first_look().await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(look.date.map(|d| d.to_string()).as_deref(), Some("2026-01-01T00:00:00Z"));
    assert!(matches!(look.app, Err(Error::Unauthorized { .. })));
}

#[test]
fn the_settings_page_follows_from_the_owner() {
    let page = |kind: &str| {
        let app = json!({
            "name": "EP bot", "slug": "ep-bot", "html_url": "https://git.example.com/apps/ep-bot",
            "owner": { "login": "fleet", "type": kind },
        });
        serde_json::from_value::<Registered>(app).map(|app| app.settings_url()).unwrap_or_default()
    };
    let of_fleet = "https://git.example.com/organizations/fleet/settings/apps/ep-bot";
    assert_eq!(page("Organization"), of_fleet);
    assert_eq!(page("User"), "https://git.example.com/settings/apps/ep-bot");
}

#[tokio::test]
async fn an_installation_that_is_not_there_is_none() {
    let stub = Stub::raw(|_, _| Reply::Json(404, json!({}))).await;
    let name = RepositoryName { owner: "fleet".into(), name: "eps".into() };
    assert_eq!(stub.github().installation_of(&name).await, Ok(None));
}

#[tokio::test]
async fn required_checks_are_read_from_rulesets_and_from_branch_protection() {
    let stub = Stub::start(|request, _| {
        if request.path.contains("/rules/branches/release%2F1") {
            return Reply::Json(
                200,
                json!([
                    { "type": "deletion", "ruleset_id": 1 },
                    { "type": "required_status_checks", "parameters": { "required_status_checks": [
                        { "context": "a", "integration_id": 7 }, { "context": "b" },
                    ] } },
                ]),
            );
        }
        let checks = json!([{ "context": "c", "app_id": -1 }, { "context": "d", "app_id": 8 }]);
        Reply::Json(
            200,
            json!({ "protected": true, "protection": { "required_status_checks": { "checks": checks } } }),
        )
    })
    .await;
    let repository = stub.repository();
    let check = |context: &str, app, by| Required { context: context.into(), app, by };
    assert_eq!(
        repository.required_by_rulesets("release/1").await,
        Ok(vec![check("a", Some(7), Demand::Ruleset), check("b", None, Demand::Ruleset)])
    );
    let classic = |context, app| check(context, app, Demand::BranchProtection);
    assert_eq!(
        repository.required_by_protection("release/1").await,
        Ok(Some(vec![classic("c", None), classic("d", Some(8))]))
    );
}

#[tokio::test]
async fn protection_that_github_does_not_show_is_not_taken_for_none() {
    for (protected, told) in [(true, None), (false, Some(Vec::new()))] {
        let stub =
            Stub::start(move |_, _| Reply::Json(200, json!({ "protected": protected }))).await;
        assert_eq!(stub.repository().required_by_protection("main").await, Ok(told));
    }
}

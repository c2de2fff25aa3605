//! One call: deadlines, statuses, limits and tokens.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::stub::{Reply, Stub, minted, repository_of};
use crate::github::transport::{Call, Verb};
use crate::github::{Error, InstallationId, Repository, RepositoryName, Retry};

async fn get(repository: &Repository) -> Result<Value, Error> {
    let call = Call { operation: "read a thing", path: "/thing".into(), verb: Verb::Get };
    repository.json(&call).await
}

/// The error of one call to a server that always answers so.
async fn error_of(answer: impl Fn() -> Reply + Send + Sync + 'static) -> Error {
    let stub = Stub::start(move |_, _| answer()).await;
    let error = get(&stub.repository()).await.err();
    assert_eq!(stub.asked().len(), 1, "nothing is repeated");
    let Some(error) = error else { panic!("no error") };
    let text = error.to_string();
    assert!(!text.contains("token-") && !text.contains('\n'), "{text}");
    error
}

#[tokio::test]
async fn each_failure_says_what_was_asked_and_when_to_try_again() {
    let plain = || json!({ "message": "words" });
    let never = |e: &Error| matches!(e.retry(), Retry::Never { .. });

    let e = error_of(move || Reply::Json(502, plain())).await;
    assert_eq!(e.to_string(), "GitHub failed to read a thing: 502 “words” (request AB:12)");
    assert_eq!(e.retry(), Retry::Backoff);
    assert_eq!(error_of(move || Reply::Json(404, plain())).await.retry(), Retry::Backoff);
    assert!(never(&error_of(move || Reply::Json(403, plain())).await));
    assert!(never(&error_of(move || Reply::Json(400, plain())).await));

    let details =
        || json!({"message": "Invalid", "errors": [{"field": "f", "code": "bad"}, "and more"]});
    let e = error_of(move || Reply::Json(422, details())).await;
    assert!(never(&e));
    let message = e.status().map(|s| s.message.clone());
    assert_eq!(message.as_deref(), Some("Invalid; f bad; and more"));
}

#[tokio::test]
async fn a_lost_cut_or_late_answer_is_tried_again_later() {
    let data = || json!({ "a long enough": "body of an answer" });
    let e = error_of(|| Reply::Drop).await;
    assert!(matches!(e, Error::Connection { .. }), "{e}");
    let e = error_of(move || Reply::Half(data())).await;
    assert!(matches!(e, Error::Connection { .. }), "{e}");
    let e = error_of(move || Reply::CutJson(200, data())).await;
    assert!(matches!(e, Error::Malformed { .. }), "{e}");
    let e = error_of(move || Reply::Slow(Duration::from_secs(30), data())).await;
    assert_eq!(e.to_string(), "GitHub took longer than 1 s to read a thing");
    assert_eq!(e.retry(), Retry::Backoff);
}

#[tokio::test]
async fn nobody_at_the_address_is_a_connection_error() {
    let stub = Stub::start(|_, _| Reply::Drop).await;
    // Bound and not listening: the port is nobody else's, and a connection is refused.
    let bound = tokio::net::TcpSocket::new_v4().expect("a socket");
    bound.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let mut config = crate::github::AppConfig {
        app_id: 7,
        private_key: super::key::pkcs8().into(),
        api_url: format!("http://{}", bound.local_addr().expect("an address")),
        graphql_url: None,
    };
    let one = crate::github::GitHub::new(&config).unwrap_or_else(|e| panic!("{e}"));
    let e = get(&repository_of(&one)).await.err();
    assert!(matches!(e, Some(Error::Connection { .. })), "{e:?}");
    config.api_url = "http://name.invalid".into();
    let two = crate::github::GitHub::new(&config).unwrap_or_else(|e| panic!("{e}"));
    assert!(get(&repository_of(&two)).await.is_err());
    assert!(stub.seen().is_empty());
}

#[tokio::test]
async fn limits_are_told_apart_and_say_how_long() {
    let after = |e: &Error| match e.retry() {
        Retry::After(wait) => wait.as_secs(),
        other => panic!("{e}: {other:?}"),
    };
    let secondary = "You have exceeded a secondary rate limit. Please wait.";
    let e = error_of(move || Reply::Json(403, json!({ "message": secondary }))).await;
    assert_eq!(after(&e), 60);
    let e = error_of(move || {
        Reply::With(403, &[("retry-after", "7")], json!({ "message": secondary }))
    })
    .await;
    assert_eq!(after(&e), 7);
    let e = error_of(move || {
        const HEADERS: &[(&str, &str)] = &[
            ("date", "Thu, 01 Jan 2026 00:00:00 GMT"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1767225900"),
        ];
        Reply::With(429, HEADERS, json!({ "message": "API rate limit exceeded" }))
    })
    .await;
    assert_eq!(after(&e), 301);
}

#[tokio::test]
async fn a_limit_that_was_hit_keeps_further_calls_from_being_sent() {
    let stub = Stub::start(|_, _| Reply::With(403, &[("retry-after", "30")], json!({}))).await;
    let github = stub.github();
    let repository = repository_of(&github);
    for _ in 0..3 {
        let e = get(&repository).await.err();
        assert!(matches!(e, Some(Error::RateLimited { .. })), "{e:?}");
    }
    assert_eq!(stub.asked().len(), 1);
    let blocked = github.rates(InstallationId(9)).blocked;
    assert!(blocked.is_some_and(|b| b > Duration::from_secs(25)), "{blocked:?}");
}

#[tokio::test]
async fn every_answer_moves_the_gauge() {
    const HEADERS: &[(&str, &str)] = &[
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "4321"),
        ("x-ratelimit-reset", "4102444800"),
    ];
    let stub = Stub::start(|_, _| Reply::With(200, HEADERS, json!({}))).await;
    let github = stub.github();
    assert_eq!(github.rates(InstallationId(9)).core, None);
    assert!(get(&repository_of(&github)).await.is_ok());
    let rates = github.rates(InstallationId(9));
    assert_eq!(rates.core.map(|r| (r.limit, r.remaining)), Some((5_000, 4_321)));
    assert_eq!(rates.graphql, None);
}

#[tokio::test]
async fn ten_parallel_cold_calls_make_one_token() {
    let stub = Stub::start(|_, _| Reply::Json(200, json!({}))).await;
    let repository = stub.repository();
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let repository = repository.clone();
            tokio::spawn(async move { get(&repository).await })
        })
        .collect();
    for call in calls {
        assert!(matches!(call.await, Ok(Ok(_))));
    }
    assert_eq!((stub.minted(), stub.asked().len()), (1, 10));
    for request in stub.seen().iter().filter(|r| r.method == "GET") {
        assert_eq!(request.authorization, "Bearer token-1");
    }
}

#[tokio::test]
async fn a_token_is_for_the_repository_and_its_owners_defaults_with_the_permissions_that_are_used()
{
    let stub = Stub::start(|_, _| Reply::Json(200, json!({}))).await;
    assert!(get(&stub.repository()).await.is_ok());
    let seen = stub.seen();
    let Some(mint) = seen.iter().find(|r| r.is("POST", "/app/installations/9/access_tokens"))
    else {
        panic!("{seen:?}");
    };
    let permissions = json!({
        "checks": "write", "contents": "read", "issues": "write", "members": "read", "merge_queues": "read",
        "pull_requests": "write",
    });
    let repositories = json!(["eps", ".github"]);
    assert_eq!(mint.body, json!({ "repositories": repositories, "permissions": permissions }));
    // An App's JWT: header, claims, signature.
    assert_eq!(mint.authorization.split('.').count(), 3);
}

/// Mints tokens as an installation that does not cover `.github`; other calls have an empty answer.
fn without_defaults(request: &super::stub::Received, before: usize) -> Reply {
    if request.method != "POST" {
        return Reply::Json(200, json!({}));
    }
    let covered = |name: &Value| name != ".github";
    if request.body["repositories"].as_array().is_some_and(|all| all.iter().all(covered)) {
        return Reply::Json(201, minted(&format!("token-{before}")));
    }
    Reply::Json(422, json!({ "message": "There is at least one repository that does not exist" }))
}

#[tokio::test]
async fn an_app_that_is_not_installed_on_the_owners_defaults_asks_for_them_once() {
    let stub = Stub::raw(without_defaults).await;
    let github = stub.github();
    assert!(get(&repository_of(&github)).await.is_ok());
    let asked = |stub: &Stub| -> Vec<Value> {
        let mints = stub.seen().into_iter().filter(|r| r.path.starts_with("/app/"));
        mints.map(|r| r.body["repositories"].clone()).collect()
    };
    assert_eq!(asked(&stub), [json!(["eps", ".github"]), json!(["eps"])]);
    let name = |name: &str| RepositoryName { owner: "fleet".into(), name: name.into() };
    assert!(get(&github.repository(InstallationId(9), name("other"))).await.is_ok());
    assert_eq!(asked(&stub)[2..], [json!(["other"])]);
    let elsewhere = github.repository(InstallationId(8), name(".github"));
    assert!(get(&elsewhere).await.is_err(), "not covered, and nothing else to ask for");
    assert_eq!(asked(&stub)[3..], [json!([".github"])]);
}

#[tokio::test]
async fn where_a_permission_is_not_granted_the_token_has_what_there_is_until_it_is() {
    let stub = Stub::raw(|request, before| {
        if request.method != "POST" {
            return Reply::Json(200, json!({}));
        }
        if before < 6 && request.body["permissions"].is_object() {
            let words = "The permissions requested are not granted to this installation.";
            return Reply::Json(422, json!({ "message": words }));
        }
        let mut token = minted(&format!("token-{before}"));
        token["permissions"] = json!({ "checks": "write", "contents": "read", "issues": "read",
            "merge_queues": "read", "metadata": "read", "pull_requests": "write" });
        Reply::Json(201, token)
    })
    .await;
    let github = stub.github();
    assert!(get(&repository_of(&github)).await.is_ok());
    assert_eq!(github.lacking(InstallationId(9)), [("issues", "write"), ("members", "read")]);
    let name = RepositoryName { owner: "fleet".into(), name: "other".into() };
    let other = github.repository(InstallationId(9), name);
    assert!(get(&other).await.is_ok());
    let whole = |stub: &Stub| -> Vec<bool> {
        let mints = stub.seen().into_iter().filter(|r| r.path.starts_with("/app/"));
        mints.map(|r| r.body["permissions"].is_object()).collect()
    };
    assert_eq!(whole(&stub), [true, false, false], "and both repositories each time");
    github.forget_tokens(InstallationId(9));
    assert!(get(&other).await.is_ok());
    assert_eq!(whole(&stub)[3..], [true, false], "it is asked for again");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_also_by_ten_callers() {
    let stub = Stub::start(|request, _| match request.authorization.as_str() {
        "Bearer token-2" => Reply::Json(200, json!({})),
        _ => Reply::Json(401, json!({ "message": "Bad credentials" })),
    })
    .await;
    let repository = stub.repository();
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let repository = repository.clone();
            tokio::spawn(async move { get(&repository).await })
        })
        .collect();
    for call in calls {
        assert!(matches!(call.await, Ok(Ok(_))));
    }
    assert_eq!(stub.minted(), 2);
}

#[tokio::test]
async fn a_renewed_token_that_is_refused_too_is_an_error() {
    let stub = Stub::start(|_, _| Reply::Json(401, json!({ "message": "Bad credentials" }))).await;
    let e = get(&stub.repository()).await.err();
    assert!(matches!(e, Some(Error::Unauthorized { .. })), "{e:?}");
    assert_eq!((stub.minted(), stub.asked().len()), (2, 2));
}

#[tokio::test]
async fn a_token_that_cannot_be_made_fails_all_who_waited_for_it_at_once() {
    let stub = Stub::raw(|_, _| Reply::Slow(Duration::from_secs(30), json!({}))).await;
    let repository = stub.repository();
    let begun = Instant::now();
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let repository = repository.clone();
            tokio::spawn(async move { get(&repository).await })
        })
        .collect();
    for call in calls {
        assert!(matches!(call.await, Ok(Err(Error::Timeout { .. }))));
    }
    assert_eq!(stub.minted(), 1);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    // The failure is not kept: the next caller asks again.
    assert!(get(&repository).await.is_err());
    assert_eq!(stub.minted(), 2);
}

#[tokio::test]
async fn a_strange_token_answer_is_told_without_the_token() {
    for answer in
        [json!({ "token": "secret-1" }), json!({ "token": ["secret-1"], "expires_at": "" })]
    {
        let stub = Stub::raw(move |_, _| Reply::Json(201, answer.clone())).await;
        let Err(e) = get(&stub.repository()).await else { panic!("no error") };
        assert!(!format!("{e} {e:?}").contains("secret-1"), "{e:?}");
    }
}

#[tokio::test]
async fn a_token_near_its_end_is_replaced_early() {
    let stub = Stub::raw(|request, before| {
        if request.method == "GET" {
            return Reply::Json(200, json!({}));
        }
        let mut token = minted(&format!("token-{before}"));
        token["expires_at"] = json!("2026-01-01T00:00:01Z");
        Reply::With(201, &[("date", "Thu, 01 Jan 2026 00:00:00 GMT")], token)
    })
    .await;
    let repository = stub.repository();
    assert!(get(&repository).await.is_ok());
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(get(&repository).await.is_ok());
    assert_eq!(stub.minted(), 2);
}

#[tokio::test]
async fn nothing_that_is_shown_holds_a_key_or_a_token() {
    let stub = Stub::start(|_, _| Reply::Json(200, json!({}))).await;
    let github = stub.github();
    let repository = repository_of(&github);
    assert!(get(&repository).await.is_ok());
    let shown = format!("{github:?} {repository:?}");
    assert!(!shown.contains("token-1") && !shown.contains("BEGIN"), "{shown}");
}

#[tokio::test]
async fn a_redirect_keeps_the_token_on_githubs_own_host_only() {
    let elsewhere = Stub::raw(|_, _| Reply::Json(200, json!({}))).await;
    // The same machine under another name.
    let away: &'static str = elsewhere.url().replace("127.0.0.1", "localhost").leak();
    let away: &'static [(&str, &str)] = vec![("location", away)].leak();
    let stub = Stub::start(move |request, before| match (request.path.as_str(), before) {
        ("/thing", 0) => Reply::With(301, &[("location", "/moved")], json!({})),
        ("/thing", _) => Reply::With(302, away, json!({})),
        _ => Reply::Json(200, json!({})),
    })
    .await;
    let repository = stub.repository();
    assert!(get(&repository).await.is_ok());
    let seen = stub.seen();
    let moved = seen.iter().find(|r| r.path == "/moved").map(|r| r.authorization.as_str());
    assert_eq!(moved, Some("Bearer token-1"));
    assert!(get(&repository).await.is_ok());
    let sent: Vec<_> = elsewhere.seen().into_iter().map(|r| r.authorization).collect();
    assert_eq!(sent, [""]);
}

//! Webhooks: what is sent, in which order, and what is kept of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::Method;
use serde_json::{Value, json};

use super::{REPO, Setting};
use crate::simulator::signature;

const PATIENCE: Duration = Duration::from_secs(5);

type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// Listens for webhooks and answers `status` to each.
async fn receiver(status: StatusCode) -> (String, Received) {
    let received = Received::default();
    let app = Router::new()
        .route(
            "/hook",
            post(move |State(received): State<Received>, headers: HeaderMap, body: Bytes| async move {
                received.lock().expect("no panic here").push((headers, body));
                status
            }),
        )
        .with_state(Arc::clone(&received))
        .layer(axum::extract::DefaultBodyLimit::disable());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/hook", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, received)
}

fn events(received: &Received) -> Vec<String> {
    let received = received.lock().expect("no panic here");
    received
        .iter()
        .map(|(headers, body)| {
            let event = headers["x-github-event"].to_str().expect("ASCII");
            let payload: Value = serde_json::from_slice(body).expect("JSON");
            payload["action"].as_str().map_or(event.to_owned(), |a| format!("{event}.{a}"))
        })
        .collect()
}

#[tokio::test]
async fn a_pull_requests_life_is_told_signed_and_in_order() {
    let s = Setting::new().await;
    let (url, received) = receiver(StatusCode::ACCEPTED).await;
    s.github.send_webhooks_to(&url);
    let (number, _) = s.pull_request();
    s.github.commit(REPO, "idea", &[("b.md", Some(b"b"))], "More");
    s.github.mark_draft(REPO, number);
    s.github.mark_ready(REPO, number);
    s.github.comment(REPO, number, "ann", "/ep-status");
    s.github.close_pull_request(REPO, number);
    assert!(s.github.webhooks_sent(PATIENCE).await);
    let told = events(&received);
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(
        told,
        [
            "push",
            "check_suite.requested",
            "pull_request.opened",
            "push",
            "check_suite.requested",
            "pull_request.synchronize",
            "pull_request.converted_to_draft",
            "pull_request.ready_for_review",
            "issue_comment.created",
            "pull_request.closed",
        ]
    );
    for (headers, body) in received.lock().expect("no panic here").iter() {
        let signed = signature(&s.github.webhook_secret(), body);
        assert_eq!(headers["x-hub-signature-256"].to_str().ok(), Some(signed.as_str()));
        assert_eq!(headers["x-github-hook-installation-target-id"], "4242");
        assert!(headers["user-agent"].to_str().is_ok_and(|a| a.starts_with("GitHub-Hookshot/")));
        assert_eq!(headers["x-github-delivery"].len(), 36);
    }
    let opened = s.github.deliveries().swap_remove(2);
    let payload = &opened.payload;
    assert_eq!(payload["number"], number);
    assert_eq!(payload["pull_request"]["base"]["ref"], "main");
    assert_eq!(payload["repository"]["full_name"], REPO);
    assert_eq!(payload["installation"]["id"], s.installation);
    assert_eq!(payload["sender"]["login"], "example-org");
    assert_eq!(payload["pull_request"]["merged"], false);
}

#[tokio::test]
async fn held_webhooks_go_out_in_any_order() {
    let s = Setting::new().await;
    let (url, received) = receiver(StatusCode::ACCEPTED).await;
    s.github.send_webhooks_to(&url);
    s.github.set_events(&["pull_request"]);
    s.github.hold_webhooks();
    let (number, _) = s.pull_request();
    s.github.close_pull_request(REPO, number);
    let held = s.github.held_webhooks();
    assert_eq!(held.len(), 2);
    assert!(s.github.release_webhook(&held[1].guid));
    s.github.release_webhooks();
    assert!(s.github.webhooks_sent(PATIENCE).await);
    assert_eq!(events(&received), ["pull_request.closed", "pull_request.opened"]);
}

#[tokio::test]
async fn lost_and_refused_webhooks_are_listed_and_sent_again() {
    let s = Setting::new().await;
    let (url, received) = receiver(StatusCode::ACCEPTED).await;
    let (broken, _) = receiver(StatusCode::INTERNAL_SERVER_ERROR).await;
    s.github.set_events(&["pull_request"]);
    s.github.send_webhooks_to(&url);
    s.github.lose_webhooks();
    let (number, _) = s.pull_request();
    s.github.resume_webhooks();
    s.github.send_webhooks_to(&broken);
    s.github.mark_draft(REPO, number);
    assert!(s.github.webhooks_sent(PATIENCE).await);
    s.github.send_webhooks_to("http://127.0.0.1:1/none");
    s.github.mark_ready(REPO, number);
    assert!(s.github.webhooks_sent(PATIENCE).await);
    s.github.send_webhooks_to(&url);
    let jwt = s.jwt();
    let app = |method: Method, path: String| {
        let jwt = jwt.clone();
        let s = &s;
        async move { s.send(method, &path, Some(&jwt), None).await }
    };
    let first = app(Method::GET, "/app/hook/deliveries?per_page=2".to_owned()).await;
    assert_eq!(first.body[0]["action"], "ready_for_review");
    assert_eq!(first.body[1]["status_code"], 500);
    let link = first.header("link").expect("there is more").to_owned();
    let next = link.split(['<', '>']).nth(1).expect("an address");
    let next = next.trim_start_matches(s.github.api_url()).to_owned();
    let second = app(Method::GET, next).await;
    assert_eq!(second.body[0]["action"], "opened");
    assert_eq!(second.header("link"), None);
    let failed = app(Method::GET, "/app/hook/deliveries?status=failure".to_owned()).await;
    assert_eq!(failed.body.as_array().map(Vec::len), Some(3));
    let lost = &second.body[0];
    let one = format!("/app/hook/deliveries/{}", lost["id"]);
    let shown = app(Method::GET, one.clone()).await;
    assert_eq!(shown.body["request"]["payload"]["action"], "opened");
    assert_eq!(app(Method::POST, format!("{one}/attempts")).await.status, 202);
    assert!(s.github.webhooks_sent(PATIENCE).await);
    assert_eq!(events(&received), ["pull_request.opened"]);
    let resent = s.github.deliveries().pop().expect("just sent");
    assert_eq!((json!(resent.guid), resent.redelivery), (lost["guid"].clone(), true));
    assert!(resent.succeeded());
    assert!(s.github.redeliver(&resent.guid));
    assert!(!s.github.redeliver("nobody"));
    let none = app(Method::GET, "/app/hook/deliveries/1".to_owned()).await;
    assert_eq!(none.status, 404);
    let bad = app(Method::GET, "/app/hook/deliveries?cursor=x".to_owned()).await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn a_push_to_a_fork_is_told_where_its_pull_request_is() {
    let s = Setting::new().await;
    let (url, received) = receiver(StatusCode::ACCEPTED).await;
    let fork = s.github.fork(REPO, "ann");
    s.github.commit(&fork, "idea", &[("a.md", Some(b"a"))], "Propose");
    let number = s.github.pull_request(REPO, "idea").from_fork(&fork).open();
    s.github.send_webhooks_to(&url);
    let head = s.github.commit(&fork, "idea", &[("a.md", Some(b"b"))], "Again");
    assert!(s.github.webhooks_sent(PATIENCE).await);
    assert_eq!(events(&received), ["pull_request.synchronize"]);
    assert_eq!(s.github.head(REPO, number), Some(head));
    let payload = &s.github.deliveries()[0].payload;
    assert_eq!(payload["after"], head.to_string());
    assert_eq!(payload["pull_request"]["head"]["repo"]["full_name"], fork);
    assert_eq!(payload["repository"]["full_name"], REPO);
}

#[tokio::test]
async fn a_merge_group_is_what_would_land() {
    let s = Setting::new().await;
    let (url, received) = receiver(StatusCode::ACCEPTED).await;
    let (first, _) = s.pull_request();
    s.github.commit(REPO, "second", &[("b.md", Some(b"b"))], "Second");
    let second = s.github.open_pull_request(REPO, "second");
    s.github.set_events(&["merge_group"]);
    s.github.send_webhooks_to(&url);
    let group = s.github.enqueue(REPO, &[first, second]).expect("both are open");
    let landed = group.to_string();
    assert!(s.github.file(REPO, &landed, "enhancements/EP-0001.md").is_some());
    assert!(s.github.file(REPO, &landed, "b.md").is_some());
    assert!(s.github.end_merge_group(REPO, group, "invalidated"));
    assert!(!s.github.end_merge_group(REPO, group, "invalidated"));
    assert!(s.github.webhooks_sent(PATIENCE).await);
    assert_eq!(events(&received), ["merge_group.checks_requested", "merge_group.destroyed"]);
    let payload = &s.github.deliveries()[1].payload;
    assert_eq!(
        (&payload["reason"], &payload["merge_group"]["base_ref"]),
        (&json!("invalidated"), &json!("refs/heads/main"))
    );
}

#[tokio::test]
async fn checks_and_installations_are_told_too() {
    let s = Setting::new().await;
    let (url, received) = receiver(StatusCode::ACCEPTED).await;
    let (_, head) = s.pull_request();
    s.github.send_webhooks_to(&url);
    let body = json!({ "name": "n", "head_sha": head.to_string() });
    let made = s.post("/check-runs", body).await;
    let id = made.body["id"].as_u64().expect("an id");
    s.patch(&format!("/check-runs/{id}"), json!({ "conclusion": "success" })).await;
    s.github.rerequest_check(REPO, id);
    s.github.rerequest_all_checks(REPO, head);
    s.github.request_action(REPO, id, "fix", "ann");
    s.github.install("second-org");
    s.github.create_repository("second-org/new");
    s.github.send_webhook("ping", json!({ "zen": "Keep it." }));
    assert!(s.github.webhooks_sent(PATIENCE).await);
    let told = events(&received);
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(
        told,
        [
            "check_run.created",
            "check_run.completed",
            "check_run.rerequested",
            "check_suite.rerequested",
            "check_run.requested_action",
            "installation.created",
            "push",
            "check_suite.requested",
            "installation_repositories.added",
            "ping",
        ]
    );
}

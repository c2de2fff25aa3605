//! Check runs: what is kept, and every limit.

use reqwest::Method;
use serde_json::{Value, json};

use super::{REPO, Setting};
use crate::simulator::Sha;

fn annotation(line: u64) -> Value {
    json!({
        "path": "enhancements/EP-0001.md", "start_line": line, "end_line": line,
        "annotation_level": "failure", "message": format!("line {line}"),
    })
}

fn run(head: Sha, output: &Value) -> Value {
    json!({
        "name": "EP / production readiness", "head_sha": head.to_string(),
        "status": "in_progress", "output": output,
    })
}

#[tokio::test]
async fn annotations_append_and_the_conclusion_completes() {
    let s = Setting::new().await;
    let (_, head) = s.pull_request();
    let output = json!({ "title": "t", "summary": "s", "annotations":
        (1..=50).map(annotation).collect::<Vec<_>>() });
    let created = s.post("/check-runs", run(head, &output)).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let id = created.body["id"].as_u64().expect("an id");
    assert_eq!(created.body["status"], "in_progress");
    assert_eq!(created.body["pull_requests"][0]["number"], 1);
    let output = json!({ "title": "t2", "summary": "s2", "annotations":
        (51..=70).map(annotation).collect::<Vec<_>>() });
    let body = json!({ "conclusion": "failure", "output": output });
    let patched = s.patch(&format!("/check-runs/{id}"), body).await;
    assert_eq!((patched.status, &patched.body["status"]), (200, &json!("completed")));
    assert_eq!(patched.body["output"]["annotations_count"], 70);
    let seen = s.github.check_runs(REPO, head);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].title.as_deref(), Some("t2"));
    let lines: Vec<u64> = seen[0].annotations.iter().map(|a| a.start_line).collect();
    assert_eq!(lines, (1..=70).collect::<Vec<_>>());
    let page = s.repo(&format!("/check-runs/{id}/annotations?per_page=50&page=2")).await;
    assert_eq!(page.body.as_array().map(Vec::len), Some(20));
    assert!(s.github.violations().is_empty());
    assert_eq!(s.repo(&format!("/check-runs/{id}")).await.body["conclusion"], "failure");
    let suite = created.body["check_suite"]["id"].as_u64().expect("a suite");
    let suite_path = format!("/check-suites/{suite}");
    assert_eq!(s.repo(&suite_path).await.body["conclusion"], "failure");
    assert_eq!(s.repo(&format!("{suite_path}/check-runs")).await.body["total_count"], 1);
}

#[tokio::test]
async fn what_is_over_a_limit_is_refused() {
    let s = Setting::new().await;
    let (_, head) = s.pull_request();
    let output =
        |more: Value| crate::simulator::json::with(json!({ "title": "t", "summary": "s" }), more);
    let with = |change: Value| {
        let annotation = crate::simulator::json::with(annotation(1), change);
        run(head, &output(json!({ "annotations": [annotation] })))
    };
    let action = |label: &str| json!({ "label": label, "description": "d", "identifier": "i" });
    let actions =
        |actions: Value| json!({ "name": "n", "head_sha": head.to_string(), "actions": actions });
    let plain = |change: Value| {
        let body = json!({ "name": "n", "head_sha": head.to_string() });
        crate::simulator::json::with(body, change)
    };
    let long = "é".repeat(65_536);
    let refused = [
        run(head, &output(json!({ "annotations": (1..=51).map(annotation).collect::<Vec<_>>() }))),
        run(head, &output(json!({ "summary": long }))),
        run(head, &output(json!({ "text": long }))),
        run(head, &json!({ "title": "t" })),
        run(head, &json!({ "summary": "s" })),
        with(json!({ "start_line": 5, "end_line": 4 })),
        with(json!({ "start_line": 0 })),
        with(json!({ "end_line": 2, "start_column": 1 })),
        with(json!({ "annotation_level": "error" })),
        with(json!({ "title": "t".repeat(256) })),
        with(json!({ "message": "m".repeat(65_537) })),
        with(json!({ "path": null })),
        plain(json!({ "conclusion": "perfect" })),
        plain(json!({ "status": "completed" })),
        plain(json!({ "status": "done" })),
        plain(json!({ "head_sha": "0".repeat(40) })),
        plain(json!({ "name": null })),
        plain(json!({ "details_url": "ftp://x" })),
        plain(json!({ "started_at": "yesterday" })),
        actions(json!([action("a"), action("b"), action("c"), action("d")])),
        actions(json!([action("a label that is too long")])),
    ];
    for body in refused {
        let answer = s.post("/check-runs", body.clone()).await;
        let text: String = body.to_string().chars().take(300).collect();
        assert_eq!(answer.status, 422, "{text}");
    }
    assert!(s.github.check_runs(REPO, head).is_empty());
    let most = output(json!({ "summary": "é".repeat(65_535), "annotations": [annotation(1)] }));
    assert_eq!(s.post("/check-runs", run(head, &most)).await.status, 201);
}

#[tokio::test]
async fn the_latest_run_of_a_name_is_listed_unless_all_are_asked_for() {
    let s = Setting::new().await;
    let (number, head) = s.pull_request();
    for conclusion in ["failure", "success"] {
        let body = json!({ "name": "ours", "head_sha": head.to_string(),
            "conclusion": conclusion, "external_id": format!("{number}:{conclusion}") });
        assert_eq!(s.post("/check-runs", body).await.status, 201);
    }
    s.github.foreign_check(REPO, head, 99, "ours", "success");
    s.github.foreign_check(REPO, head, 99, "theirs", "failure");
    let count = async |query: &str| {
        let list = s.repo(&format!("/commits/{head}/check-runs?{query}")).await;
        assert_eq!(list.status, 200);
        list.body["total_count"].as_u64()
    };
    assert_eq!(count("").await, Some(3));
    assert_eq!(count("filter=all").await, Some(4));
    assert_eq!(count("filter=all&check_name=ours").await, Some(3));
    assert_eq!(count("filter=all&check_name=ours&app_id=4242").await, Some(2));
    let ours = s.repo(&format!("/commits/{head}/check-runs?app_id=4242")).await;
    assert_eq!(ours.body["check_runs"][0]["external_id"], "1:success");
    assert_eq!(s.repo("/commits/idea/check-runs").await.body["total_count"], 3);
    assert_eq!(s.repo("/commits/nowhere/check-runs").await.status, 422);
    let foreign = s.github.foreign_check(REPO, head, 99, "x", "success");
    let body = json!({ "conclusion": "failure" });
    assert_eq!(s.patch(&format!("/check-runs/{foreign}"), body).await.status, 403);
}

#[tokio::test]
async fn an_unknown_key_is_a_violation_that_github_ignores() {
    let s = Setting::new().await;
    let (_, head) = s.pull_request();
    let body = json!({ "name": "n", "head_sha": head.to_string(), "extrenal_id": "x",
        "output": { "title": "t", "summary": "s", "anotations": [] } });
    assert_eq!(s.post("/check-runs", body).await.status, 201);
    let violations = s.github.violations();
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(violations[0].contains("extrenal_id"));
    assert!(violations[1].contains("output.anotations"));
}

#[tokio::test]
async fn a_check_on_a_forks_head_names_no_pull_request() {
    let s = Setting::new().await;
    let fork = s.github.fork(REPO, "ann");
    let head = s.github.commit(&fork, "idea", &[("a.md", Some(b"a"))], "Propose");
    s.github.pull_request(REPO, "idea").from_fork(&fork).open();
    let body = json!({ "name": "n", "head_sha": head.to_string() });
    let created = s.post("/check-runs", body).await;
    assert_eq!((created.status, &created.body["pull_requests"]), (201, &json!([])));
    let path = format!("/repos/{REPO}/check-runs/1");
    assert_eq!(s.send(Method::GET, &path, Some(&s.token), None).await.status, 404);
}

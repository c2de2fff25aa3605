//! Faults: each does what it says, to the calls that it is for, as often as planned.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{REPO, Setting};
use crate::simulator::{Fault, Gate, Match};

const CREATE: &str = "/repos/{owner}/{repo}/check-runs";

fn check(head: &str) -> serde_json::Value {
    json!({ "name": "n", "head_sha": head })
}

#[tokio::test]
async fn an_answer_on_demand_takes_no_effect_and_is_given_as_often_as_planned() {
    let s = Setting::new().await;
    let (_, head) = s.pull_request();
    s.github.fault(Match::rest("POST", CREATE), Fault::bad_gateway(), 1);
    s.github.fault(Match::rest("POST", CREATE), Fault::secondary_limit(Some(7)), 1);
    s.github.fault(Match::rest("POST", CREATE), Fault::primary_limit(123), 1);
    let create = async || s.post("/check-runs", check(&head.to_string())).await;
    assert_eq!(s.repo("").await.status, 200);
    assert_eq!(create().await.status, 502);
    let limited = create().await;
    assert_eq!((limited.status, limited.header("retry-after")), (403, Some("7")));
    assert_eq!(create().await.header("x-ratelimit-reset"), Some("123"));
    assert!(s.github.check_runs(REPO, head).is_empty());
    assert_eq!(create().await.status, 201);
    s.github.fault(Match::any(), Fault::unauthorized(), 2);
    assert_eq!(s.repo("").await.status, 401);
    s.github.clear_faults();
    assert_eq!(s.repo("").await.status, 200);
    let played: Vec<_> = s.github.requests().into_iter().filter_map(|r| r.fault).collect();
    assert_eq!(played.len(), 4);
}

#[tokio::test]
async fn a_fault_may_wait_for_the_second_call_and_for_one_repository() {
    let s = Setting::new().await;
    s.github.create_repository("example-org/other");
    let other = Match::rest("GET", "/repos/{owner}/{repo}").containing("example-org/other");
    s.github.fault(other.after(1), Fault::bad_gateway(), 1);
    let other = async || s.get("/repos/example-org/other").await.status;
    assert_eq!((s.repo("").await.status, s.repo("").await.status), (200, 200));
    assert_eq!((other().await, other().await, other().await), (200, 502, 200));
}

#[tokio::test]
async fn a_dropped_connection_may_have_taken_effect_or_not() {
    let s = Setting::new().await;
    let (_, head) = s.pull_request();
    let path = format!("/repos/{REPO}/check-runs");
    let body = check(&head.to_string());
    for (fault, effect) in [(Fault::DropBefore, 0), (Fault::DropAfter, 1), (Fault::Truncated, 2)] {
        s.github.fault(Match::rest("POST", CREATE), fault, 1);
        let sent = s.try_send(reqwest::Method::POST, &path, Some(&s.token), Some(body.clone()));
        assert!(sent.await.is_err());
        assert_eq!(s.github.check_runs(REPO, head).len(), effect);
    }
    s.github.fault(Match::rest("POST", CREATE), Fault::Malformed, 1);
    let broken = s.post("/check-runs", body).await;
    assert_eq!((broken.status, broken.body), (201, serde_json::Value::Null));
}

#[tokio::test]
async fn slow_and_late_answers_arrive_whole() {
    let s = Setting::new().await;
    let begun = Instant::now();
    s.github.fault(Match::any(), Fault::Delay(Duration::from_millis(60)), 1);
    assert_eq!(s.repo("").await.body["full_name"], REPO);
    assert!(begun.elapsed() >= Duration::from_millis(60));
    let slow = Fault::Slow { pieces: 5, pause: Duration::from_millis(10) };
    s.github.fault(Match::any(), slow, 1);
    assert_eq!(s.repo("").await.body["full_name"], REPO);
}

#[tokio::test]
async fn a_call_that_hangs_is_never_answered() {
    let s = Setting::new().await;
    s.github.fault(Match::any(), Fault::Hang, 1);
    let waited = tokio::time::timeout(Duration::from_millis(100), s.repo("")).await;
    assert!(waited.is_err());
    assert_eq!(s.repo("").await.status, 200);
}

#[tokio::test]
async fn a_gate_lets_something_happen_meanwhile() {
    let s = Setting::new().await;
    let gate = Gate::new();
    s.github.fault(Match::rest("GET", "/repos/{owner}/{repo}"), Fault::Hold(gate.clone()), 1);
    let meanwhile = async {
        gate.arrived().await;
        s.github.archive(REPO);
        gate.open();
    };
    let (answer, ()) = tokio::join!(s.repo(""), meanwhile);
    assert_eq!(answer.body["archived"], true);
}

#[tokio::test]
async fn graphql_operations_are_met_by_name_and_may_answer_partly() {
    let s = Setting::new().await;
    let query = "query Facts($name: String!) { repository(owner: \"example-org\", name: $name) \
                 { name object(expression: \"HEAD:README.md\") { ... on Blob { text } } } }";
    let variables = json!({ "name": "enhancements" });
    s.github.fault(Match::graphql_operation("Other"), Fault::bad_gateway(), 1);
    let nulls = Fault::GraphqlNulls(vec!["repository.object".to_owned()]);
    s.github.fault(Match::graphql_operation("Facts"), nulls, 1);
    let partial = s.graphql(query, variables.clone()).await;
    assert_eq!(partial["data"]["repository"]["object"], serde_json::Value::Null);
    assert_eq!(partial["data"]["repository"]["name"], "enhancements");
    assert_eq!(partial["errors"][0]["path"], json!(["repository", "object"]));
    let whole = s.graphql(query, variables).await;
    assert_eq!(whole["data"]["repository"]["object"]["text"], "# enhancements\n");
    let last = s.github.requests().pop().expect("just asked");
    assert_eq!(last.operation.as_deref(), Some("Facts"));
    assert_eq!(last.operation_key(), "POST /graphql");
    assert_eq!(last.installation, Some(s.installation));
}

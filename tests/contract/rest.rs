//! The contract is worth what it refuses: each test makes one thing wrong.

use serde_json::{Value, json};

use crate::support::contract;

/// As the contract wants it, from what is short to write.
fn validate(
    method: &str,
    path: &str,
    query: &str,
    request: Option<&Value>,
    status: u16,
    response: Option<&Value>,
) -> Result<(), Vec<String>> {
    let pairs: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let (request, response) = (request.unwrap_or(&Value::Null), response.unwrap_or(&Value::Null));
    contract::validate(method, path, &pairs, request, Some(status), response)
}

const CHECK_RUNS: &str = "/repos/o/r/check-runs";

/// A check run as the bot creates it; `change` makes it wrong. The answer is an injected fault, so
/// that only the request is judged.
fn creating(change: impl FnOnce(&mut Value)) -> Result<(), Vec<String>> {
    let mut body = json!({
        "name": "EP / production readiness",
        "head_sha": "0123456789012345678901234567890123456789",
        "status": "completed",
        "conclusion": "failure",
        "output": {"title": "t", "summary": "s", "annotations": [annotation()]},
    });
    change(&mut body);
    validate("POST", CHECK_RUNS, "", Some(&body), 502, None)
}

fn annotation() -> Value {
    json!({"path": "a.md", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"})
}

#[track_caller]
fn refused(result: Result<(), Vec<String>>, with: &str) {
    let problems = result.expect_err("the exchange breaks the contract").join("\n");
    assert!(problems.contains(with), "{problems:?} does not speak of {with:?}");
}

#[test]
fn a_good_request_is_taken() {
    assert_eq!(creating(|_| {}), Ok(()));
}

#[test]
fn a_misspelt_key_is_refused_at_any_depth() {
    refused(creating(|body| body["conclusions"] = json!("success")), "/conclusions");
    refused(creating(|body| body["output"]["txt"] = json!("")), "/output/txt");
    refused(
        creating(|body| body["output"]["annotations"][0]["line"] = json!(1)),
        "/output/annotations/0/line",
    );
}

#[test]
fn a_misspelt_key_is_refused_beside_alternatives() {
    let body = json!({"status": "in_progress", "outputs": {}});
    let path = "/repos/o/r/check-runs/1";
    refused(validate("PATCH", path, "", Some(&body), 502, None), "/outputs");
    let body = json!({"permissions": {"check": "write"}});
    let path = "/app/installations/1/access_tokens";
    refused(validate("POST", path, "", Some(&body), 502, None), "/permissions/check");
}

#[test]
fn an_alternative_that_does_not_hold_is_refused() {
    let body = json!({"status": "completed"});
    let path = "/repos/o/r/check-runs/1";
    refused(validate("PATCH", path, "", Some(&body), 502, None), "anyOf");
}

#[test]
fn the_51st_annotation_is_refused() {
    let with = |count| {
        creating(|body| body["output"]["annotations"] = Value::Array(vec![annotation(); count]))
    };
    assert_eq!(with(50), Ok(()));
    refused(with(51), "/output/annotations");
}

#[test]
fn a_missing_required_key_is_refused() {
    let without_head = |body: &mut Value| {
        body.as_object_mut().and_then(|body| body.remove("head_sha"));
    };
    refused(creating(without_head), "head_sha");
    refused(validate("POST", CHECK_RUNS, "", None, 502, None), "body is missing");
}

#[test]
fn a_wrong_type_and_a_wrong_word_are_refused() {
    refused(
        creating(|body| body["output"]["annotations"][0]["start_line"] = json!("1")),
        "/output/annotations/0/start_line",
    );
    refused(creating(|body| body["conclusion"] = json!("passed")), "/conclusion");
    refused(creating(|body| body["completed_at"] = json!("yesterday")), "/completed_at");
}

#[test]
fn a_summary_over_the_cap_is_refused() {
    let with = |length| creating(|body| body["output"]["summary"] = json!("é".repeat(length)));
    assert_eq!(with(65_535), Ok(()), "characters are counted, not bytes");
    refused(with(65_536), "/output/summary");
}

#[test]
fn an_unknown_operation_is_refused() {
    refused(validate("POST", "/repos/o/r/check-run", "", None, 201, None), "no such operation");
    refused(validate("DELETE", CHECK_RUNS, "", None, 204, None), "no such operation");
}

#[test]
fn the_query_is_held_to_its_parameters() {
    let list =
        |query| validate("GET", "/repos/o/r/commits/main/check-runs", query, None, 502, None);
    assert_eq!(list("check_name=EP / production readiness&per_page=100&filter=all"), Ok(()));
    refused(list("name=EP"), "query name");
    refused(list("per_page=many"), "per_page=many");
    refused(list("per_page=200"), "at most 100");
    refused(list("filter=newest"), "filter=newest");
}

#[test]
fn the_path_is_held_to_its_parameters() {
    let get = |path| validate("GET", path, "", None, 502, None);
    assert_eq!(get("/repos/o/r/pulls/1"), Ok(()));
    assert_eq!(get("/api/v3/repos/o/r/pulls/1"), Ok(()), "the path on GHES");
    refused(get("/repos/o/r/pulls/one"), "pull_number=one");
    refused(get("/repos/o//pulls/1"), "no such operation");
    assert_eq!(
        get("/repos/o/r/contents/docs/a%20b/README.md"),
        Ok(()),
        "a path of several segments"
    );
    assert_eq!(get("/repos/o/r/compare/feature/a...fix/b"), Ok(()));
    assert_eq!(get("/repos/o/r/commits/feature/a/check-runs"), Ok(()));
}

#[test]
fn a_body_that_github_does_not_take_is_refused() {
    let path = "/app/hook/deliveries/7/attempts";
    refused(validate("POST", path, "", Some(&json!({"x": 1})), 202, Some(&json!({}))), "no body");
    assert_eq!(validate("POST", path, "", None, 202, Some(&json!({}))), Ok(()));
}

#[test]
fn the_answer_is_held_to_its_status_and_schema() {
    let token = json!({"token": "t", "expires_at": "2030-01-01T00:00:00Z"});
    let mint = |status, answer: Option<&Value>| {
        validate("POST", "/app/installations/1/access_tokens", "", None, status, answer)
    };
    assert_eq!(mint(201, Some(&token)), Ok(()));
    refused(mint(200, Some(&token)), "does not answer 200");
    refused(mint(201, None), "body is missing");
    refused(mint(201, Some(&json!({"token": "t"}))), "expires_at");
    refused(
        mint(201, Some(&json!({"token": "t", "expires_at": "2030-01-01T00:00:00Z", "ttl": 1}))),
        "/ttl",
    );
    refused(mint(401, Some(&json!({"message": 7}))), "/message");
}

#[test]
fn what_may_be_null_may_be_null() {
    let answer = |conclusion: Value| {
        let mut run = json!({
            "id": 1, "head_sha": "0", "node_id": "n", "external_id": null, "url": "u",
            "html_url": null, "details_url": null, "status": "completed", "conclusion": "success",
            "started_at": null, "completed_at": null, "name": "c", "check_suite": null, "app": null,
            "pull_requests": [],
            "output": {"title": null, "summary": null, "text": null, "annotations_count": 0,
                       "annotations_url": "https://api.github.com/a"},
        });
        run["conclusion"] = conclusion;
        validate("GET", "/repos/o/r/check-runs/1", "", None, 200, Some(&run))
    };
    assert_eq!(answer(Value::Null), Ok(()));
    assert_eq!(answer(json!("success")), Ok(()));
    refused(answer(json!("fine")), "/conclusion");
}

#[test]
fn injected_faults_pass_without_a_declaration() {
    let get = |status| validate("GET", "/repos/o/r/pulls/1/reviews", "", None, status, None);
    for status in [401, 403, 404, 422, 429, 500, 502] {
        assert_eq!(get(status), Ok(()), "{status}");
    }
    refused(get(204), "does not answer 204");
}

/// A validator that cannot be built panics: here, and not first in the story that needs it.
#[test]
fn every_schema_of_the_description_can_be_used() {
    let text = include_str!("../fixtures/contract/github-openapi-subset.json");
    let document: Value = serde_json::from_str(text).expect("the fixture is JSON");
    let number = json!(0);
    let mut seen = 0;
    for (template, item) in document["paths"].as_object().into_iter().flatten() {
        let path: Vec<&str> = template
            .split('/')
            .map(|part| if part.starts_with('{') { "1" } else { part })
            .collect();
        for (method, operation) in item.as_object().into_iter().flatten() {
            for (status, _) in operation["responses"].as_object().into_iter().flatten() {
                let status = status.parse().expect("a status is a number");
                let result =
                    validate(method, &path.join("/"), "", Some(&number), status, Some(&number));
                let problems = result.expect_err("a number is no body").join("\n");
                assert!(!problems.contains("no such"), "{problems}");
                seen += 1;
            }
        }
    }
    assert!(seen > 140, "only {seen} answers are described");
}

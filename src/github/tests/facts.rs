//! The pull request and the comparison.

use serde_json::{Value, json};

use super::stub::{Reply, Stub};
use crate::github::FileChange::{Added, Modified, Removed, Renamed};
use crate::github::{
    ChangedFile, CommitSha, Content, Error, PullRequestNumber, Repository, RepositoryName, Retry,
};

const NUMBER: PullRequestNumber = PullRequestNumber(5);

fn pull_request(change: impl Fn(&mut Value)) -> Value {
    let nothing = json!({ "nodes": [], "pageInfo": { "hasNextPage": false } });
    let mut value = json!({
        "author": { "__typename": "User", "login": "dora" },
        "latestOpinionatedReviews": nothing, "comments": nothing, "reviewThreads": nothing,
        "number": 5, "state": "OPEN", "isDraft": true, "baseRefName": "main", "baseRefOid": "b0",
        "baseRef": { "target": { "oid": "b1" } }, "headRefOid": "h1",
        "files": {
            "nodes": [
                { "path": "eps/new.md", "changeType": "ADDED" },
                { "path": "eps/copy.md", "changeType": "COPIED" },
                { "path": "eps/moved.md", "changeType": "RENAMED" },
                { "path": "eps/mode.md", "changeType": "CHANGED" },
                { "path": "eps/gone.md", "changeType": "DELETED" },
                { "path": "eps/other.md", "changeType": "SOMETHING_NEW" },
            ],
            "pageInfo": { "hasNextPage": false }
        }
    });
    change(&mut value);
    json!({ "data": { "repository": { "pullRequest": value }, "defaults": null } })
}

const POLICY: &str = ".github/ep-bot.yml";

async fn read(answer: Value) -> Result<crate::github::PullRequest, Error> {
    let stub = Stub::start(move |_, _| Reply::Json(200, answer.clone())).await;
    let result = stub.repository().pull_request(NUMBER, POLICY).await;
    assert_eq!(stub.asked(), ["POST /graphql"]);
    let seen = stub.seen();
    assert_eq!(
        seen.last().map(|r| r.body["variables"].clone()),
        Some(json!({
            "owner": "fleet", "name": "eps", "number": 5, "file": POLICY, "defaults": ".github",
        }))
    );
    assert!(seen.iter().all(|r| r.authorization.starts_with("Bearer ")));
    result
}

/// The check of a commit says the worst of its pull requests' verdicts: one that goes unseen could be merged by another's.
#[tokio::test]
async fn pull_requests_with_one_head_that_github_cannot_tell_of_are_a_reason_to_try_again() {
    let mut answer = pull_request(|value| {
        value["commits"] = json!({ "nodes": [{ "commit": { "associatedPullRequests": null } }] });
    });
    assert!(read(answer.clone()).await.is_ok_and(|found| found.siblings.is_empty()));
    answer["errors"] = json!([{
        "type": "SERVICE_UNAVAILABLE", "message": "Timed out",
        "path": ["repository", "pullRequest", "commits", "nodes", 0, "commit", "associatedPullRequests"],
    }]);
    let error = read(answer).await.err();
    assert!(error.as_ref().is_some_and(|e| e.retry() == Retry::Backoff), "{error:?}");
}

/// Whoever imports a repository chooses the names under which its old comments and reviews stand.
#[tokio::test]
async fn what_was_imported_under_a_persons_name_is_not_that_persons_word() {
    let mut found = read(pull_request(|value| {
        let review = |kind: &str| {
            json!({
                "author": { "__typename": kind, "login": "alice" },
                "authorCanPushToRepository": true, "state": "APPROVED", "commit": { "oid": "h1" },
            })
        };
        let kinds = ["User", "Bot", "Mannequin"];
        value["latestOpinionatedReviews"]["nodes"] = kinds.map(review).into();
    }))
    .await
    .unwrap_or_else(|e| panic!("{e}"));
    let authors = found.talk.reviews.drain(..).filter_map(|review| review.author);
    assert_eq!(authors.map(|author| author.is_bot).collect::<Vec<_>>(), [false, true, true]);
}

#[tokio::test]
async fn a_pull_request_is_one_query() {
    let found = read(pull_request(|_| ())).await.unwrap_or_else(|e| panic!("{e}"));
    assert!(found.open && found.draft && !found.more_paths);
    assert_eq!((found.head.0.as_str(), found.base.0.as_str()), ("h1", "b1"));
    let changes: Vec<_> = found.paths.iter().map(|(_, change)| *change).collect();
    assert_eq!(changes, [Added, Added, Renamed, Modified, Removed, Modified]);
}

#[tokio::test]
async fn a_deleted_base_branch_leaves_the_base_that_the_pull_request_remembers() {
    let stub = Stub::start(|request, before| {
        let mut answer = pull_request(|p| {
            p["baseRef"] = Value::Null;
            p["state"] = json!("MERGED");
        });
        if before == 1 {
            assert_eq!(request.body["variables"]["e0"], format!("b0:{POLICY}"));
            answer["data"]["repository"]["f0"] = file("own")["object"].clone();
        }
        Reply::Json(200, answer)
    })
    .await;
    let found = stub.repository().pull_request(NUMBER, POLICY).await;
    let found = found.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(stub.asked().len(), 2);
    assert_eq!(found.base.0, "b0");
    assert!(!found.open);
    let file = found.base_file.map(|file| (file.commit.0, file.content));
    assert_eq!(file, Some(("b0".into(), Content::Bytes(b"own".into()))));
}

/// The pull request's answer, with a file in the base branch and one in the owner's repository of defaults.
fn with_files_at(base: &Value, owner: &Value) -> Value {
    let mut answer = pull_request(|p| p["baseRef"]["target"]["file"] = base.clone());
    answer["data"]["defaults"] =
        json!({ "defaultBranchRef": { "target": { "oid": "d1", "file": owner } } });
    answer
}

fn file(text: &str) -> Value {
    json!({ "object": {
        "__typename": "Blob", "oid": format!("blob of {text}"), "byteSize": text.len(),
        "isTruncated": false, "text": text,
    } })
}

#[tokio::test]
async fn a_file_is_read_at_the_tip_of_the_base_branch_and_in_the_owners_defaults() {
    let found =
        read(with_files_at(&file("own"), &file("all's"))).await.unwrap_or_else(|e| panic!("{e}"));
    let found = [found.base_file, found.owner_file].map(|file| {
        let file = file.unwrap_or_else(|| panic!("it is there"));
        (file.commit.0, file.blob.0, file.content)
    });
    assert_eq!(
        found,
        [
            ("b1".into(), "blob of own".into(), Content::Bytes(b"own".into())),
            ("d1".into(), "blob of all's".into(), Content::Bytes(b"all's".into())),
        ]
    );
    let folder = json!({ "object": { "__typename": "Tree" } });
    let found = read(with_files_at(&Value::Null, &folder)).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((found.base_file, found.owner_file), (None, None));
}

#[tokio::test]
async fn a_file_that_github_could_not_read_is_not_missing() {
    let answer = |path: Value, kind: &str| {
        let mut answer = with_files_at(&Value::Null, &Value::Null);
        answer["errors"] = json!([{ "type": kind, "message": "words", "path": path }]);
        answer
    };
    let base = json!(["repository", "pullRequest", "baseRef", "target", "file"]);
    let owner = json!(["defaults", "defaultBranchRef", "target", "file", "object"]);
    for (path, kind, missing) in [
        (&base, "NOT_FOUND", true),
        (&base, "FORBIDDEN", false),
        (&base, "SERVICE_UNAVAILABLE", false),
        (&json!(["repository", "pullRequest", "baseRef"]), "SERVICE_UNAVAILABLE", false),
        (&json!(["repository", "pullRequest", "files", "nodes", 0]), "SERVICE_UNAVAILABLE", true),
        (&json!(["defaults"]), "NOT_FOUND", true),
        // What the App may not see there is as good as not there.
        (&owner, "FORBIDDEN", true),
        (&owner, "SERVICE_UNAVAILABLE", false),
        (&Value::Null, "SERVICE_UNAVAILABLE", false),
    ] {
        let found = read(answer(path.clone(), kind)).await;
        assert_eq!(found.is_ok(), missing, "{kind} at {path}");
    }
}

#[tokio::test]
async fn what_is_not_listed_is_more_paths() {
    for change in [
        (|p| p["files"] = Value::Null) as fn(&mut Value),
        |p| p["files"]["nodes"] = Value::Null,
        |p| p["files"]["nodes"][1] = Value::Null,
        |p| p["files"]["pageInfo"]["hasNextPage"] = json!(true),
    ] {
        let found = read(pull_request(change)).await.unwrap_or_else(|e| panic!("{e}"));
        assert!(found.more_paths);
    }
}

#[tokio::test]
async fn nulls_are_explained_by_the_errors_beside_them() {
    let nulls = json!({ "repository": { "pullRequest": null } });
    let told = |kind: &str| {
        let error = json!({ "type": kind, "message": "words", "path": ["repository"] });
        json!({ "data": nulls, "errors": [error] })
    };
    let e = read(told("NOT_FOUND")).await.err();
    assert!(
        matches!(&e, Some(Error::NotFound { status, .. }) if status.message == "words"),
        "{e:?}"
    );
    let e = read(told("FORBIDDEN")).await.err();
    assert!(matches!(e, Some(Error::Forbidden { .. })), "{e:?}");
    let e = read(told("RATE_LIMITED")).await.err().map(|e| e.retry());
    assert!(matches!(e, Some(Retry::After(_))), "{e:?}");
    let e = read(told("SERVICE_UNAVAILABLE")).await.err().map(|e| e.retry());
    assert_eq!(e, Some(Retry::Backoff));
    let e = read(json!({ "data": nulls })).await.err();
    assert!(matches!(e, Some(Error::NotFound { .. })), "{e:?}");
    let schema = json!({ "errors": [{ "message": "no such field", "extensions": { "code": "undefinedField" } }] });
    let e = read(schema).await.err().map(|e| e.retry());
    assert!(matches!(e, Some(Retry::Never { .. })), "{e:?}");
    let e = read(json!({ "message": "?" })).await.err();
    assert!(matches!(e, Some(Error::Server { .. })), "{e:?}");
}

#[tokio::test]
async fn an_error_beside_data_that_is_whole_does_no_harm_but_a_limit_does() {
    for (kind, fine) in [("FORBIDDEN", true), ("RATE_LIMITED", false)] {
        let mut answer = pull_request(|_| ());
        answer["errors"] = json!([{ "type": kind, "message": "words", "path": ["elsewhere"] }]);
        assert_eq!(read(answer).await.is_ok(), fine, "{kind}");
    }
}

fn sha(digits: &str) -> CommitSha {
    CommitSha(digits.into())
}

async fn compare(repository: &Repository) -> crate::github::Comparison {
    let result = repository.compare(&sha("b1"), &sha("h1"), Some(NUMBER)).await;
    result.unwrap_or_else(|e| panic!("{e}"))
}

fn files(range: std::ops::Range<usize>) -> Value {
    range.map(|i| json!({ "filename": format!("f{i}"), "status": "added" })).collect()
}

#[tokio::test]
async fn a_comparison_is_one_call_and_keeps_previous_names_of_renamed_files_only() {
    let stub = Stub::start(|_, _| {
        Reply::Json(
            200,
            json!({ "merge_base_commit": { "sha": "m1" }, "files": [
                { "filename": "eps/a b#c.md", "status": "renamed", "previous_filename": "x.md", "patch": "@@" },
                { "filename": "copy.md", "status": "copied", "previous_filename": "x.md" },
                { "filename": "mode.md", "status": "changed", "patch": null },
                { "filename": "gone.md", "status": "removed" },
            ] }),
        )
    })
    .await;
    let found = compare(&stub.repository()).await;
    assert_eq!(stub.asked(), ["GET /repos/fleet/eps/compare/b1...h1?per_page=1&page=1"]);
    assert_eq!((found.merge_base.0.as_str(), found.truncated), ("m1", false));
    let expected = ChangedFile {
        path: "eps/a b#c.md".into(),
        previous_path: Some("x.md".into()),
        change: Renamed,
        patch: Some("@@".into()),
    };
    assert_eq!(found.files.first(), Some(&expected));
    let rest: Vec<_> = found.files[1..].iter().map(|f| (f.change, &f.previous_path)).collect();
    assert_eq!(rest, [(Added, &None), (Modified, &None), (Removed, &None)]);
}

async fn with_files(total: usize) -> (crate::github::Comparison, Stub) {
    let stub = Stub::start(move |request, before| {
        if request.path.contains("/compare/") {
            let listed = files(0..total.min(300));
            return Reply::Json(
                200,
                json!({ "merge_base_commit": { "sha": "m1" }, "files": listed }),
            );
        }
        Reply::Json(200, files(before * 100..total.min(before * 100 + 100)))
    })
    .await;
    (compare(&stub.repository()).await, stub)
}

#[tokio::test]
async fn beyond_300_files_the_pull_request_lists_them_with_its_token_on_every_page() {
    let (found, stub) = with_files(350).await;
    assert_eq!((found.files.len(), found.truncated), (350, false));
    let asked = stub.asked();
    assert_eq!(asked.len(), 5);
    assert_eq!(
        asked.last().map(String::as_str),
        Some("GET /repos/fleet/eps/pulls/5/files?per_page=100&page=4")
    );
    for request in stub.seen().iter().filter(|r| r.method == "GET") {
        assert_eq!(request.authorization, "Bearer token-1", "{}", request.path);
    }
}

#[tokio::test]
async fn a_list_that_ends_at_3000_files_is_truncated() {
    let (found, stub) = with_files(5_000).await;
    assert_eq!((found.files.len(), found.truncated), (3_000, true));
    assert_eq!(stub.asked().len(), 31);
}

#[tokio::test]
async fn names_are_encoded_in_paths() {
    let stub = Stub::start(|_, _| Reply::Json(404, json!({}))).await;
    let name = RepositoryName { owner: "a b".into(), name: "c#d?e/f%".into() };
    let repository = stub.github().repository(crate::github::InstallationId(1), name);
    assert!(repository.compare(&sha("x/../y"), &sha("h 1"), Some(NUMBER)).await.is_err());
    assert_eq!(
        stub.asked(),
        ["GET /repos/a%20b/c%23d%3Fe%2Ff%25/compare/x%2F..%2Fy...h%201?per_page=1&page=1"]
    );
}

#[tokio::test]
async fn an_enterprise_servers_paths_are_kept() {
    let stub = Stub::start(|request, _| match request.method.as_str() {
        "POST" => Reply::Json(200, pull_request(|_| ())),
        _ => Reply::Json(404, json!({})),
    })
    .await;
    let name = RepositoryName { owner: "api".into(), name: "v3".into() };
    let repository = stub.github_at("/api/v3/").repository(crate::github::InstallationId(9), name);
    assert!(repository.pull_request(NUMBER, POLICY).await.is_ok());
    assert!(repository.compare(&sha("b1"), &sha("h1"), Some(NUMBER)).await.is_err());
    let paths: Vec<_> = stub.seen().into_iter().map(|r| r.path).collect();
    assert_eq!(
        paths,
        [
            "/api/v3/app/installations/9/access_tokens",
            "/api/graphql",
            "/api/v3/repos/api/v3/compare/b1...h1?per_page=1&page=1"
        ]
    );
    assert!(stub.seen().iter().all(|r| r.authorization.starts_with("Bearer ")));
}

#[tokio::test]
async fn graphql_has_a_gauge_and_a_limit_of_its_own() {
    const HEADERS: &[(&str, &str)] = &[
        ("date", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1767225900"),
    ];
    let stub = Stub::start(|request, _| match request.method.as_str() {
        "POST" => {
            let error = json!({ "type": "RATE_LIMITED", "message": "API rate limit exceeded" });
            Reply::With(200, HEADERS, json!({ "errors": [error] }))
        }
        _ => Reply::Json(200, json!({ "merge_base_commit": { "sha": "m1" }, "files": [] })),
    })
    .await;
    let github = stub.github();
    let repository = super::stub::repository_of(&github);
    for _ in 0..2 {
        let retry = repository.pull_request(NUMBER, POLICY).await.err().map(|e| e.retry());
        let Some(Retry::After(wait)) = retry else { panic!("{retry:?}") };
        assert!((299..=301).contains(&wait.as_secs()), "{wait:?}");
    }
    assert_eq!(stub.asked().len(), 1);
    // REST is not stopped by it.
    compare(&repository).await;
    let rates = github.rates(crate::github::InstallationId(9));
    assert_eq!((rates.graphql.map(|r| r.remaining), rates.core), (Some(0), None));
}

//! Files at commits.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::stub::{Received, Reply, Stub};
use crate::github::{CommitSha, Content, Error, FileAt, PullRequestNumber, Texts};

const NUMBER: PullRequestNumber = PullRequestNumber(5);

fn at(path: &str) -> FileAt {
    FileAt { commit: CommitSha("h1".into()), path: path.into() }
}

/// The objects of a query by their expressions, as a server would find them.
fn reply(request: &Received, object: impl Fn(&str) -> Value) -> Value {
    let mut repository = Map::new();
    let ends = json!({ "state": "OPEN", "baseRefOid": "b0", "baseRef": { "target": { "oid": "b1" } }, "headRefOid": "h2" });
    repository.insert("pullRequest".into(), ends);
    for i in 0.. {
        let Some(expression) = request.body["variables"][format!("e{i}")].as_str() else { break };
        repository.insert(format!("f{i}"), object(expression));
    }
    json!({ "data": { "repository": repository } })
}

fn blob(text: &str) -> Value {
    json!({ "__typename": "Blob", "oid": "o1", "byteSize": text.len(), "isTruncated": false, "text": text })
}

async fn read(stub: &Stub, files: &[FileAt]) -> Result<Texts, Error> {
    stub.repository().texts(NUMBER, files).await
}

#[tokio::test]
async fn all_texts_and_the_present_ends_are_one_query() {
    let stub = Stub::start(|request, _| {
        let object = |expression: &str| match expression {
            "h1:a b#c.md" => blob("# é\r\n"),
            "h1:empty.md" => blob(""),
            "h1:folder" => json!({ "__typename": "Tree" }),
            "h1:large.md" => {
                json!({ "__typename": "Blob", "oid": "o", "byteSize": 1_048_577, "isTruncated": true, "text": "x" })
            }
            _ => Value::Null,
        };
        Reply::Json(200, reply(request, object))
    })
    .await;
    let files = ["a b#c.md", "empty.md", "folder", "large.md", "none.md", "none.md"].map(at);
    let found = read(&stub, &files).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(stub.asked(), ["POST /graphql"]);
    assert_eq!((found.head.0.as_str(), found.base.0.as_str(), found.open), ("h2", "b1", true));
    assert_eq!(found.contents.len(), 5);
    let content = |path: &str| found.contents.get(&at(path));
    assert_eq!(content("a b#c.md"), Some(&Content::Bytes("# é\r\n".into())));
    assert_eq!(content("empty.md"), Some(&Content::Bytes(Vec::new())));
    assert_eq!(content("folder"), Some(&Content::Missing));
    assert_eq!(content("large.md"), Some(&Content::TooLarge(1_048_577)));
    assert_eq!(content("none.md"), Some(&Content::Missing));
}

#[tokio::test]
async fn without_files_the_ends_are_read_all_the_same() {
    let stub = Stub::start(|request, _| Reply::Json(200, reply(request, |_| Value::Null))).await;
    let found = read(&stub, &[]).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((found.head.0.as_str(), found.contents.len()), ("h2", 0));
}

#[tokio::test]
async fn bytes_that_a_text_cannot_hold_come_from_the_blob() {
    const BYTES: &[u8] = b"\xEF\xBB\xBF# \xE9 in Latin-1";
    let odd = [
        json!({ "__typename": "Blob", "oid": "o/1", "byteSize": 20, "isTruncated": false, "text": null }),
        json!({ "__typename": "Blob", "oid": "o/1", "byteSize": 20, "isTruncated": true, "text": "# half" }),
        // Turned into UTF-8, so longer than the file.
        json!({ "__typename": "Blob", "oid": "o/1", "byteSize": 20, "isTruncated": false, "text": "# é in Latin-1" }),
    ];
    for object in odd {
        let stub = Stub::start(move |request, _| {
            if request.method == "GET" {
                let digits = STANDARD.encode(BYTES);
                let (first, second) = digits.split_at(8);
                let content = format!("{first}\n{second}\n");
                return Reply::Json(200, json!({ "content": content, "encoding": "base64" }));
            }
            Reply::Json(200, reply(request, |_| object.clone()))
        })
        .await;
        let found = read(&stub, &[at("a.md")]).await.unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(found.contents.get(&at("a.md")), Some(&Content::Bytes(BYTES.into())));
        assert_eq!(stub.asked(), ["POST /graphql", "GET /repos/fleet/eps/git/blobs/o%2F1"]);
    }
}

#[tokio::test]
async fn many_files_are_read_in_batches_of_50() {
    let stub = Stub::start(|request, _| Reply::Json(200, reply(request, blob))).await;
    let files: Vec<_> = (0..120).map(|i| at(&format!("{i}.md"))).collect();
    let found = read(&stub, &files).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(stub.asked().len(), 3);
    for file in &files {
        let text = format!("h1:{}", file.path).into_bytes();
        assert_eq!(found.contents.get(file), Some(&Content::Bytes(text)));
    }
}

#[tokio::test]
async fn a_query_that_was_too_much_is_made_smaller_until_it_passes() {
    let stub = Stub::start(|request, _| {
        let mut answer = reply(request, blob);
        if request.body["variables"].get("e4").is_some() {
            answer["data"]["repository"]["f3"] = Value::Null;
            answer["errors"] =
                json!([{ "type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much", "path": ["repository", "f3"] }]);
        }
        Reply::Json(200, answer)
    })
    .await;
    let files: Vec<_> = (0..50).map(|i| at(&format!("{i}.md"))).collect();
    let found = read(&stub, &files).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(found.contents.len(), 50);
    assert!(found.contents.values().all(|c| matches!(c, Content::Bytes(_))));

    let always = Stub::start(|_, _| {
        Reply::Json(
            200,
            json!({ "errors": [{ "type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much" }] }),
        )
    })
    .await;
    let e = read(&always, &files).await.err();
    assert!(matches!(e, Some(Error::TooMuch { .. })), "{e:?}");
    assert_eq!(always.asked().len(), 4, "50, 13, 4, 1");
}

#[tokio::test]
async fn a_null_with_a_reason_is_no_missing_file() {
    for (kind, missing) in [("NOT_FOUND", true), ("FORBIDDEN", false), ("SERVER_ERROR", false)] {
        let stub = Stub::start(move |request, _| {
            let mut answer = reply(request, |e| if e == "h1:a" { Value::Null } else { blob("b") });
            answer["errors"] =
                json!([{ "type": kind, "message": "words", "path": ["repository", "f0"] }]);
            Reply::Json(200, answer)
        })
        .await;
        let found = read(&stub, &[at("a"), at("b")]).await;
        match found {
            Ok(found) => {
                assert!(missing, "{kind}");
                assert_eq!(found.contents.get(&at("a")), Some(&Content::Missing));
            }
            Err(e) => assert!(!missing, "{kind}: {e}"),
        }
    }
}

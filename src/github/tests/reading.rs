//! Folders, paths and open pull requests, in the query of the files or apart.

use serde_json::{Value, json};

use super::stub::{Received, Reply, Stub};
use crate::github::FileChange::{Added, Renamed};
use crate::github::{
    Ask, CommitSha, Content, Entry, EntryKind, Error, FileAt, Folder, FolderAt, OpenPullRequest,
    PullRequestNumber, Texts,
};

const NUMBER: PullRequestNumber = PullRequestNumber(5);

fn commit() -> CommitSha {
    CommitSha("h1".into())
}

fn folder(path: &str, levels: usize) -> FolderAt {
    FolderAt { commit: commit(), path: path.into(), levels }
}

fn file(path: &str) -> FileAt {
    FileAt { commit: commit(), path: path.into() }
}

/// Everything that can be asked for at once.
fn all() -> Ask {
    Ask {
        files: vec![file("eps/a.md")],
        candidates: vec![file("eps/template.md")],
        folders: vec![folder("", 1), folder("eps", 3), folder("none", 3)],
        paths: Some((commit(), vec!["docs/x.md".into(), "gone.md".into()])),
        open_into: Some("main".into()),
    }
}

fn entry(path: &str, kind: EntryKind) -> Entry {
    Entry { path: path.into(), kind }
}

/// The parts of the answer that a query asks for.
fn answer(request: &Received) -> Value {
    let variables = &request.body["variables"];
    let mut repository = json!({
        "pullRequest": {
            "state": "OPEN", "baseRefOid": "b0", "baseRef": { "target": { "oid": "b1" } },
            "headRefOid": "h2",
        },
    });
    let blob = json!({ "__typename": "Blob", "oid": "o1", "byteSize": 1, "isTruncated": false, "text": "a" });
    if variables["e0"] == "h1:eps/a.md" {
        repository["f0"] = blob;
    }
    if variables["d0"] == "h1:" {
        let modes = [
            ("README.md", 0o100_755),
            ("docs", 0o40_000),
            ("lib", 0o160_000),
            ("eps.md", 0o120_000),
        ];
        let entries: Vec<Value> =
            modes.iter().map(|(name, mode)| json!({ "name": name, "mode": mode })).collect();
        repository["t0"] = json!({ "__typename": "Tree", "oid": "t0", "entries": entries });
        let deep = json!({ "name": "images", "mode": 0o40_000 });
        let readme = json!({ "name": "README.md", "mode": 0o100_644, "object": {} });
        let inner =
            json!({ "name": "one", "mode": 0o40_000, "object": { "entries": [readme, deep] } });
        repository["t1"] = json!({ "__typename": "Tree", "oid": "t1", "entries": [inner] });
        repository["t2"] = Value::Null;
    }
    if variables["p0"] == "docs/x.md" {
        repository["at"] =
            json!({ "__typename": "Commit", "x0": { "mode": 0o160_000 }, "x1": null });
    }
    if variables["branch"] == "main" {
        let files = json!({
            "nodes": [
                { "path": "eps/EP-0007.md", "changeType": "ADDED" },
                { "path": "eps/EP-0008.md", "changeType": "RENAMED" },
            ],
        });
        let page = variables["after"].as_str().map_or(1, |_| 2);
        repository["openPullRequests"] = json!({
            "nodes": [{ "number": page, "files": files }, { "number": 10 + page, "files": null }],
            "pageInfo": { "hasNextPage": page == 1, "endCursor": "c1" },
        });
    }
    json!({ "data": { "repository": repository } })
}

async fn read(stub: &Stub, ask: &Ask) -> Result<Texts, Error> {
    stub.repository().read(NUMBER, ask).await
}

fn claims() -> Vec<OpenPullRequest> {
    let open = |number, paths: &[(&str, _)]| OpenPullRequest {
        number: PullRequestNumber(number),
        paths: paths.iter().map(|(path, change)| ((*path).to_owned(), *change)).collect(),
    };
    let files = [("eps/EP-0007.md", Added), ("eps/EP-0008.md", Renamed)];
    vec![open(1, &files), open(11, &[]), open(2, &files), open(12, &[])]
}

#[tokio::test]
async fn everything_is_one_query_and_one_more_for_each_page_of_pull_requests() {
    let stub = Stub::start(|request, _| Reply::Json(200, answer(request))).await;
    let found = read(&stub, &all()).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(stub.asked().len(), 2);
    assert_eq!(found.contents.get(&file("eps/a.md")), Some(&Content::Bytes(b"a".into())));
    assert_eq!(found.contents.get(&file("eps/template.md")), Some(&Content::Missing));
    assert_eq!(found.blobs.len(), 1);
    let root = Folder {
        tree: "t0".into(),
        entries: vec![
            entry("README.md", EntryKind::File),
            entry("docs", EntryKind::ClosedFolder),
            entry("lib", EntryKind::Submodule),
            entry("eps.md", EntryKind::Link),
        ],
        truncated: false,
    };
    assert_eq!(found.folders.get(&folder("", 1)), Some(&root));
    let eps = found.folders.get(&folder("eps", 3)).map(|f| f.entries.clone());
    assert_eq!(
        eps.unwrap_or_default(),
        [
            entry("eps/one", EntryKind::Folder),
            entry("eps/one/README.md", EntryKind::File),
            entry("eps/one/images", EntryKind::ClosedFolder),
        ]
    );
    assert_eq!(found.folders.get(&folder("none", 3)), None);
    assert_eq!(found.paths.get("docs/x.md"), Some(&true), "a submodule is there");
    assert_eq!(found.paths.get("gone.md"), Some(&false));
    assert_eq!((found.open_pull_requests.listed, found.open_pull_requests.more), (claims(), false));
}

#[tokio::test]
async fn what_is_too_much_for_one_query_is_read_apart() {
    let stub = Stub::start(|request, _| {
        if request.method == "GET" {
            let line = |path: &str, mode: &str| json!({ "path": path, "mode": mode });
            let tree = [line("one", "040000"), line("one/x.md", "100644"), line("two", "120000")];
            return Reply::Json(200, json!({ "tree": tree, "truncated": false }));
        }
        let variables = &request.body["variables"];
        let nested = request.body["query"].as_str().is_some_and(|text| text.contains("entries"));
        if nested || variables["page"] == 100 {
            return Reply::Json(502, json!({}));
        }
        Reply::Json(200, answer(request))
    })
    .await;
    let found = read(&stub, &all()).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(found.contents.get(&file("eps/template.md")), Some(&Content::Missing));
    let eps = found.folders.get(&folder("eps", 3)).map(|f| f.entries.clone());
    assert_eq!(
        eps.unwrap_or_default(),
        [
            entry("eps/one", EntryKind::Folder),
            entry("eps/one/x.md", EntryKind::File),
            entry("eps/two", EntryKind::Link),
        ]
    );
    assert_eq!(found.paths.len(), 2);
    assert_eq!(found.open_pull_requests.listed, claims());
    let folders =
        stub.asked().into_iter().filter(|call| call.starts_with("GET")).collect::<Vec<_>>();
    assert_eq!(
        folders,
        [
            "GET /repos/fleet/eps/git/trees/t0?recursive=1",
            "GET /repos/fleet/eps/git/trees/t1?recursive=1",
        ]
    );
}

#[tokio::test]
async fn a_list_that_github_cuts_off_leaves_its_folders_closed() {
    let stub = Stub::start(|_, _| {
        let tree = [json!({ "path": "one", "mode": "040000" })];
        Reply::Json(200, json!({ "tree": tree, "truncated": true }))
    })
    .await;
    let found = stub.repository().whole_folder("", "t9").await.unwrap_or_else(|e| panic!("{e}"));
    assert!(found.truncated);
    assert_eq!(found.entries, [entry("one", EntryKind::ClosedFolder)]);
}

#[tokio::test]
async fn a_part_that_github_could_not_read_is_not_missing() {
    for place in [json!(["t1"]), json!(["at"]), json!(["at", "x1"]), json!(["openPullRequests"])] {
        let stub = Stub::start(move |request, _| {
            let mut answer = answer(request);
            let path: Vec<Value> = [json!("repository")]
                .into_iter()
                .chain(place.as_array().cloned().unwrap_or_default())
                .collect();
            let names: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
            if let Some(spot) = answer.pointer_mut(&format!("/data/{}", names.join("/"))) {
                *spot = Value::Null;
            }
            answer["errors"] =
                json!([{ "type": "SERVER_ERROR", "message": "words", "path": path }]);
            Reply::Json(200, answer)
        })
        .await;
        let found = read(&stub, &all()).await;
        assert!(matches!(found, Err(Error::Server { .. })), "{found:?}");
    }
}

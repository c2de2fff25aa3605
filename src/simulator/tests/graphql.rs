//! GraphQL: the language, GitHub's limits, and what the fields give.

use serde_json::{Value, json};

use super::{REPO, Setting};
use crate::simulator::{ReviewState, Role};

/// The code or type of the first complaint.
fn complaint(answer: &Value) -> &str {
    assert_eq!(answer.get("data"), None, "{answer}");
    let error = &answer["errors"][0];
    error["extensions"]["code"]
        .as_str()
        .or_else(|| error["type"].as_str())
        .unwrap_or_else(|| error["message"].as_str().unwrap_or_default())
}

fn in_repository(fields: &str) -> String {
    format!("query {{ repository(owner: \"example-org\", name: \"enhancements\") {{ {fields} }} }}")
}

#[tokio::test]
async fn the_language_is_understood() {
    let s = Setting::new().await;
    s.pull_request();
    let query = r"
        query Facts($owner: String!, $name: String!, $number: Int = 1, $files: Boolean!, $no: Boolean = true) {
            repository(owner: $owner, name: $name) {
                again: nameWithOwner
                ...branch
                pullRequest(number: $number) {
                    title
                    files(first: 10) @include(if: $files) { totalCount nodes { path changeType } }
                    body @skip(if: $no)
                    author { __typename ... on User { id } ... on Organization { login } login }
                }
            }
        }
        fragment branch on Repository { defaultBranchRef { name target { oid ... on Commit { message } } } }
    ";
    let variables = json!({ "owner": "example-org", "name": "enhancements", "files": true });
    let answer = s.graphql(query, variables).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    let repository = &answer["data"]["repository"];
    assert_eq!(repository["again"], REPO);
    assert_eq!(repository["defaultBranchRef"]["target"]["message"], "Initial commit");
    assert_eq!(
        repository["pullRequest"],
        json!({
            "title": "Merge idea",
            "files": { "totalCount": 1, "nodes": [
                { "path": "enhancements/EP-0001.md", "changeType": "ADDED" } ] },
            "author": { "__typename": "Organization", "login": "example-org" },
        })
    );
    let keys: Vec<&String> = repository.as_object().map(|o| o.keys().collect()).unwrap_or_default();
    assert_eq!(keys, ["again", "defaultBranchRef", "pullRequest"]);
}

#[tokio::test]
async fn what_github_would_not_execute_is_refused() {
    let s = Setting::new().await;
    let refused = [
        (in_repository("nmae"), json!({}), "undefinedField"),
        (in_repository("name { x }"), json!({}), "selectionMismatch"),
        (in_repository("defaultBranchRef"), json!({}), "selectionMismatch"),
        (in_repository("pullRequest { title }"), json!({}), "missingRequiredArguments"),
        (
            in_repository("pullRequest(number: 1, id: 2) { title }"),
            json!({}),
            "argumentNotAccepted",
        ),
        (
            in_repository("pullRequest(number: \"1\") { title }"),
            json!({}),
            "argumentLiteralsIncompatible",
        ),
        (
            in_repository("pullRequests(first: 1, states: [DONE]) { totalCount }"),
            json!({}),
            "argumentLiteralsIncompatible",
        ),
        (in_repository("pullRequests { totalCount }"), json!({}), "MISSING_PAGINATION_BOUNDARIES"),
        (
            in_repository("pullRequests(first: 101) { totalCount }"),
            json!({}),
            "EXCESSIVE_PAGINATION",
        ),
        (in_repository("... on Blob { text }"), json!({}), "cannotSpreadFragment"),
        (in_repository("name @defer"), json!({}), "undefinedDirective"),
        (in_repository("...nothing"), json!({}), "useAndDefineFragment"),
        (in_repository("a: name a: nameWithOwner"), json!({}), "fieldConflict"),
        (in_repository("pullRequest(number: $n) { title }"), json!({}), "variableNotDefined"),
        ("query Q($n: Int!) { viewer { login } }".to_owned(), json!({ "n": 1 }), "variableNotUsed"),
        (
            "query Q($n: Int!) { repository(owner: $n, name: \"x\") { name } }".to_owned(),
            json!({ "n": 1 }),
            "variableMismatch",
        ),
        (
            "query Q($n: String) { repository(owner: $n, name: \"x\") { name } }".to_owned(),
            json!({ "n": "x" }),
            "variableMismatch",
        ),
    ];
    for (query, variables, code) in refused {
        let answer = s.graphql(&query, variables).await;
        assert_eq!(complaint(&answer), code, "{query}");
    }
    let undefined = s.graphql(&in_repository("nmae"), json!({})).await;
    let error = &undefined["errors"][0];
    assert_eq!(error["message"], "Field 'nmae' doesn't exist on type 'Repository'");
    assert_eq!(error["path"], json!(["query", "repository", "nmae"]));
    assert_eq!(error["extensions"]["typeName"], "Repository");
    let query = "query Q($o: String!) { repository(owner: $o, name: \"x\") { name } }";
    for variables in [json!({}), json!({ "o": null }), json!({ "o": 7 })] {
        let answer = s.graphql(query, variables).await;
        assert!(complaint(&answer).starts_with("Variable $o of type String! was provided invalid"));
    }
    assert!(complaint(&s.graphql("query {", json!({})).await).starts_with("Parse error"));
    let two = "query A { viewer { login } } query B { viewer { login } }";
    assert_eq!(complaint(&s.graphql(two, json!({})).await), "An operation name is required");
}

#[tokio::test]
async fn what_is_not_there_is_null_and_said() {
    let s = Setting::new().await;
    let none = s.graphql("{ repository(owner: \"no\", name: \"one\") { name } }", json!({})).await;
    assert_eq!(none["data"], json!({ "repository": null }));
    assert_eq!(none["errors"][0]["type"], "NOT_FOUND");
    assert_eq!(none["errors"][0]["path"], json!(["repository"]));
    let fields = "name pullRequest(number: 9) { title } object(expression: \"HEAD:none\") { id } \
                  ref(qualifiedName: \"none\") { name }";
    let partial = s.graphql(&in_repository(fields), json!({})).await;
    assert_eq!(
        partial["data"]["repository"],
        json!({ "name": "enhancements", "pullRequest": null, "object": null, "ref": null })
    );
    assert_eq!(partial["errors"].as_array().map(Vec::len), Some(1));
    s.github.remove_permission(s.installation, "contents");
    let fields = "name object(expression: \"HEAD\") { id }";
    let refused = s.graphql(&in_repository(fields), json!({})).await;
    assert_eq!(refused["errors"][0]["type"], "FORBIDDEN");
    assert_eq!(refused["data"]["repository"]["object"], Value::Null);
}

#[tokio::test]
async fn files_of_a_forks_head_are_found_through_the_base_repository() {
    let s = Setting::new().await;
    let fork = s.github.fork(REPO, "ann");
    let large = "x".repeat(600_000);
    let head = s.github.commit(
        &fork,
        "idea",
        &[
            ("eps/a.md", Some(b"theirs")),
            ("eps/b.bin", Some(b"\0\x01")),
            ("eps/deep/c.md", Some(large.as_bytes())),
        ],
        "Propose",
    );
    let number = s.github.pull_request(REPO, "idea").from_fork(&fork).open();
    s.github.delete_repository(&fork);
    let query = in_repository(&format!(
        "a: object(expression: \"{head}:eps/a.md\") {{ ...file }} \
         b: object(expression: \"{head}:eps/b.bin\") {{ ...file }} \
         c: object(expression: \"{head}:eps/deep/c.md\") {{ ...file }} \
         d: object(expression: \"{head}:eps\") {{ ... on Tree {{ entries {{ name type oid }} }} }} \
         e: object(oid: \"{head}\") {{ __typename oid ... on Commit {{ file(path: \"eps/a.md\") {{ size }} }} }} \
         pullRequest(number: {number}) {{ headRefOid headRepository {{ name }} isCrossRepository }}"
    )) + " fragment file on Blob { oid text isBinary isTruncated byteSize }";
    let answer = s.graphql(&query, json!({})).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    let found = &answer["data"]["repository"];
    assert_eq!((&found["a"]["text"], &found["a"]["byteSize"]), (&json!("theirs"), &json!(6)));
    assert_eq!((&found["b"]["text"], &found["b"]["isBinary"]), (&Value::Null, &json!(true)));
    assert_eq!(found["c"]["isTruncated"], true);
    assert_eq!(found["c"]["text"].as_str().map(str::len), Some(512_000));
    assert_eq!(found["d"]["entries"][2]["type"], "tree");
    assert_eq!(found["e"]["file"]["size"], 6);
    assert_eq!(found["pullRequest"]["headRepository"], Value::Null);
    assert_eq!(found["pullRequest"]["headRefOid"], head.to_string());
}

#[tokio::test]
async fn connections_come_in_pages() {
    let s = Setting::new().await;
    let paths: Vec<String> = (0..250).map(|i| format!("{i:03}.md")).collect();
    let changes: Vec<_> = paths.iter().map(|p| (p.as_str(), Some(&b"x"[..]))).collect();
    s.github.commit(REPO, "idea", &changes, "Many");
    s.github.open_pull_request(REPO, "idea");
    let query = "query Files($after: String) { repository(owner: \"example-org\", name: \"enhancements\") { \
        pullRequest(number: 1) { changedFiles files(first: 100, after: $after) { \
        totalCount nodes { path } edges { cursor } pageInfo { hasNextPage endCursor } } } } }";
    let (mut after, mut seen) = (Value::Null, Vec::new());
    for _ in 0..3 {
        let answer = s.graphql(query, json!({ "after": after })).await;
        let files = &answer["data"]["repository"]["pullRequest"]["files"];
        assert_eq!(files["totalCount"], 250);
        seen.extend(files["nodes"].as_array().expect("a page").iter().map(|n| n["path"].clone()));
        after = files["pageInfo"]["endCursor"].clone();
        if files["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen, paths.iter().map(|p| json!(p)).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_base_is_the_one_that_was_recorded() {
    let s = Setting::new().await;
    let (number, _) = s.pull_request();
    let before = s.github.tip(REPO, "main").expect("it is there");
    let after = s.github.commit(REPO, "main", &[("b.md", Some(b"b"))], "Meanwhile");
    let fields =
        format!("pullRequest(number: {number}) {{ baseRefOid baseRef {{ target {{ oid }} }} }}");
    let pull =
        s.graphql(&in_repository(&fields), json!({})).await["data"]["repository"]["pullRequest"]
            .take();
    assert_eq!(pull["baseRefOid"], before.to_string());
    assert_eq!(pull["baseRef"]["target"]["oid"], after.to_string());
}

#[tokio::test]
async fn the_last_opinion_of_each_reviewer_counts() {
    let s = Setting::new().await;
    let (number, _) = s.pull_request();
    s.github.set_role(REPO, "ann", Role::Write);
    s.github.review(REPO, number, "ann", ReviewState::ChangesRequested, "no");
    s.github.review(REPO, number, "ann", ReviewState::Approved, "yes");
    s.github.review(REPO, number, "ann", ReviewState::Commented, "by the way");
    s.github.review(REPO, number, "bob", ReviewState::Approved, "me too");
    let fields = format!(
        "pullRequest(number: {number}) {{ \
         all: latestOpinionatedReviews(first: 10) {{ nodes {{ state author {{ login }} commit {{ oid }} }} }} \
         writers: latestOpinionatedReviews(first: 10, writersOnly: true) {{ totalCount }} \
         reviews(first: 10, states: [APPROVED]) {{ totalCount }} }}"
    );
    let answer = s.graphql(&in_repository(&fields), json!({})).await;
    let pull = &answer["data"]["repository"]["pullRequest"];
    let said: Vec<_> = pull["all"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|n| format!("{} {}", n["author"]["login"], n["state"]))
        .collect();
    assert_eq!(said, ["\"ann\" \"APPROVED\"", "\"bob\" \"APPROVED\""]);
    assert_eq!(
        (&pull["writers"]["totalCount"], &pull["reviews"]["totalCount"]),
        (&json!(1), &json!(2))
    );
}

#[tokio::test]
async fn threads_are_resolved_and_comments_hidden() {
    let s = Setting::new().await;
    let (number, head) = s.pull_request();
    let comment = json!({ "path": "enhancements/EP-0001.md", "line": 1, "body": "gap", "commit_id": head.to_string() });
    assert_eq!(s.post(&format!("/pulls/{number}/comments"), comment).await.status, 201);
    let id = s.github.comment(REPO, number, "ann", "noise");
    let fields = format!(
        "pullRequest(number: {number}) {{ \
         reviewThreads(first: 5) {{ nodes {{ id isResolved path line comments(first: 1) {{ nodes {{ author {{ login __typename }} viewerDidAuthor }} }} }} }} \
         comments(first: 5) {{ nodes {{ id fullDatabaseId databaseId isMinimized lastEditedAt editor {{ login }} }} }} }}"
    );
    let pull =
        s.graphql(&in_repository(&fields), json!({})).await["data"]["repository"]["pullRequest"]
            .take();
    let thread = &pull["reviewThreads"]["nodes"][0];
    assert_eq!(
        thread["comments"]["nodes"][0]["author"],
        json!({ "login": "ep-bot", "__typename": "Bot" })
    );
    let comment = &pull["comments"]["nodes"][0];
    assert_eq!(
        (&comment["fullDatabaseId"], &comment["databaseId"]),
        (&json!(id.to_string()), &Value::Null)
    );
    let mutation = "mutation Tidy($t: ID!, $c: ID!) { \
        resolveReviewThread(input: {threadId: $t}) { thread { isResolved resolvedBy { login } } } \
        minimizeComment(input: {subjectId: $c, classifier: OUTDATED}) { minimizedComment { isMinimized minimizedReason } } }";
    let done = s.graphql(mutation, json!({ "t": thread["id"], "c": comment["id"] })).await;
    assert_eq!(done.get("errors"), None, "{done}");
    assert_eq!(done["data"]["resolveReviewThread"]["thread"]["isResolved"], true);
    assert_eq!(done["data"]["minimizeComment"]["minimizedComment"]["minimizedReason"], "outdated");
    assert!(s.github.review_comments(REPO, number)[0].resolved);
    assert_eq!(s.github.comments(REPO, number)[0].minimized.as_deref(), Some("outdated"));
    let wrong = s.graphql(mutation, json!({ "t": "none", "c": comment["id"] })).await;
    assert_eq!(wrong["errors"][0]["type"], "NOT_FOUND");
}

#[tokio::test]
async fn points_are_counted_and_end() {
    let s = Setting::new().await;
    s.github.set_rate_limit(3);
    let query = "{ rateLimit { cost remaining limit } }";
    let first = s.graphql(query, json!({})).await;
    assert_eq!(first["data"]["rateLimit"], json!({ "cost": 1, "remaining": 2, "limit": 3 }));
    let dear = in_repository(
        "pullRequests(first: 100) { nodes { files(first: 50) { nodes { path } } reviews(first: 20) { totalCount } } }",
    );
    let answer = s.graphql(&dear, json!({})).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    let over = s.graphql(query, json!({})).await;
    assert_eq!(complaint(&over), "RATE_LIMITED");
    let nodes = in_repository(
        "pullRequests(first: 100) { nodes { files(first: 100) { nodes { path } } \
         reviewThreads(first: 100) { nodes { comments(first: 100) { totalCount } } } } }",
    );
    assert_eq!(complaint(&s.graphql(&nodes, json!({})).await), "MAX_NODE_LIMIT_EXCEEDED");
}

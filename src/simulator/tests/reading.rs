//! Repositories, files, comparisons and pull requests, read by REST.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Answer, REPO, Setting};

fn names(answer: &Answer, key: &str) -> Vec<String> {
    let list = answer.body.as_array().or_else(|| answer.body[key].as_array());
    list.into_iter()
        .flatten()
        .map(|item| item["filename"].as_str().or_else(|| item["path"].as_str()))
        .map(|name| name.unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn a_comparison_starts_at_the_merge_base() {
    let s = Setting::new().await;
    let base = s.github.commit(
        REPO,
        "main",
        &[("old.md", Some(b"one\ntwo\nthree\n")), ("gone.md", Some(b"bye\nbye\n"))],
        "Two files",
    );
    let head = s.github.commit(
        REPO,
        "idea",
        &[
            ("old.md", None),
            ("new.md", Some(b"one\ntwo\nthree!\n")),
            ("gone.md", None),
            ("README.md", Some(b"# enhancements\n\nMore.\n")),
            ("bin.dat", Some(b"\0\x01")),
        ],
        "Change",
    );
    s.github.commit(REPO, "main", &[("later.md", Some(b"later"))], "Meanwhile");
    let compared = s.repo("/compare/main...idea").await;
    assert_eq!(compared.status, 200, "{}", compared.body);
    assert_eq!(compared.body["merge_base_commit"]["sha"], base.to_string());
    assert_eq!(compared.body["status"], "diverged");
    assert_eq!((&compared.body["ahead_by"], &compared.body["behind_by"]), (&json!(1), &json!(1)));
    assert_eq!(names(&compared, "files"), ["README.md", "bin.dat", "gone.md", "new.md"]);
    let files = &compared.body["files"];
    assert_eq!(files[0]["patch"], "@@ -1 +1,3 @@\n # enhancements\n+\n+More.");
    assert_eq!(files[1].get("patch"), None);
    assert_eq!(files[2]["status"], "removed");
    assert_eq!(files[3]["status"], "renamed");
    assert_eq!(files[3]["previous_filename"], "old.md");
    let same = s.repo(&format!("/compare/{head}...idea")).await;
    assert_eq!(same.body["status"], "identical");
    assert_eq!(s.repo("/compare/main...nowhere").await.status, 404);
    assert_eq!(s.repo("/compare/main").await.status, 404);
}

#[tokio::test]
async fn a_comparison_reaches_a_fork() {
    let s = Setting::new().await;
    let fork = s.github.fork(REPO, "ann");
    let head = s.github.commit(&fork, "feature/idea", &[("a.md", Some(b"a\n"))], "Propose");
    for side in ["ann:feature/idea", "ann:enhancements:feature/idea", "ann%3Afeature%2Fidea"] {
        let compared = s.repo(&format!("/compare/main...{side}")).await;
        assert_eq!(compared.status, 200, "{side}");
        assert_eq!(names(&compared, "files"), ["a.md"]);
    }
    assert_eq!(s.repo(&format!("/compare/main...{head}")).await.status, 200);
}

#[tokio::test]
async fn long_lists_come_in_pages_and_end_where_githubs_end() {
    let s = Setting::new().await;
    let paths: Vec<String> = (0..3105).map(|i| format!("docs/{i:04}.md")).collect();
    let changes: Vec<_> = paths.iter().map(|p| (p.as_str(), Some(&b"x"[..]))).collect();
    let head = s.github.commit(REPO, "idea", &changes, "Many");
    let number = s.github.open_pull_request(REPO, "idea");
    let files = format!("/pulls/{number}/files");
    let first = s.repo(&format!("{files}?per_page=100")).await;
    let link = first.header("link").expect("there is more");
    let next =
        format!("<{}/repos/{REPO}{files}?per_page=100&page=2>; rel=\"next\"", s.github.api_url());
    assert!(link.contains(&next), "{link}");
    assert!(link.contains("page=30>; rel=\"last\""), "{link}");
    let last = s.repo(&format!("{files}?per_page=100&page=30")).await;
    assert_eq!(names(&last, "").len(), 100);
    assert!(last.header("link").is_some_and(|l| l.contains("prev") && !l.contains("next")));
    assert_eq!(s.repo(&format!("{files}?per_page=100&page=31")).await.body, json!([]));
    assert_eq!(names(&s.repo(&files).await, "").len(), 30);
    assert_eq!(names(&s.repo(&format!("{files}?per_page=1000")).await, "").len(), 100);
    let compared = s.repo(&format!("/compare/main...{head}")).await;
    assert_eq!(names(&compared, "files").len(), 300);
    let second = s.repo(&format!("/compare/main...{head}?page=2")).await;
    assert_eq!(second.body["files"], json!([]));
    let pull = s.repo(&format!("/pulls/{number}")).await;
    assert_eq!(pull.body["changed_files"], 3105);
}

#[tokio::test]
async fn files_and_trees_are_read_by_path_and_by_name() {
    let s = Setting::new().await;
    let text = "# Ünïcode\n".repeat(20);
    let path = "enhancements/a b#.md";
    s.github.commit(REPO, "main", &[(path, Some(text.as_bytes()))], "A file");
    let file = s.repo("/contents/enhancements/a%20b%23.md").await;
    assert_eq!((file.status, &file.body["path"]), (200, &json!(path)));
    let read = |body: &Value| {
        let content = body["content"].as_str().unwrap_or_default().replace('\n', "");
        String::from_utf8(STANDARD.decode(content).expect("Base64")).expect("UTF-8")
    };
    assert_eq!(read(&file.body), text);
    let sha = file.body["sha"].as_str().expect("a name").to_owned();
    let blob = s.repo(&format!("/git/blobs/{sha}")).await;
    assert_eq!(read(&blob.body), text);
    assert_eq!(names(&s.repo("/contents/enhancements?ref=main").await, ""), [path]);
    assert_eq!(names(&s.repo("/contents/").await, ""), ["README.md", "enhancements"]);
    let tree = s.repo("/git/trees/main?recursive=1").await;
    assert_eq!(names(&tree, "tree"), ["README.md", "enhancements", path]);
    for missing in [
        "/contents/none.md",
        "/contents/README.md?ref=none",
        "/git/trees/none",
        "/git/ref/heads/none",
    ] {
        assert_eq!(s.repo(missing).await.status, 404, "{missing}");
    }
    assert_eq!(s.repo("/git/blobs/abc").await.status, 422);
    assert_eq!(s.repo(&format!("/git/blobs/{}", "0".repeat(40))).await.status, 404);
    s.github.commit(REPO, "main", &[("big.md", Some(&vec![b'x'; 1_100_000]))], "Large");
    let big = s.repo("/contents/big.md").await;
    assert_eq!((&big.body["encoding"], &big.body["size"]), (&json!("none"), &json!(1_100_000)));
}

#[tokio::test]
async fn pull_requests_are_listed_and_shown() {
    let s = Setting::new().await;
    let (number, head) = s.pull_request();
    let shown = s.repo(&format!("/pulls/{number}")).await;
    assert_eq!(shown.body["head"]["sha"], head.to_string());
    assert_eq!(shown.body["mergeable_state"], "clean");
    let fork = s.github.fork(REPO, "ann");
    s.github.commit_as("ann", &fork, "theirs", &[("b.md", Some(b"b"))], "Theirs");
    let second = s.github.pull_request(REPO, "theirs").from_fork(&fork).draft().open();
    s.github.delete_repository(&fork);
    let orphan = s.repo(&format!("/pulls/{second}")).await;
    assert_eq!((&orphan.body["head"]["repo"], &orphan.body["draft"]), (&Value::Null, &json!(true)));
    assert_eq!(orphan.body["user"]["login"], "ann");
    let count =
        async |query: &str| s.repo(&format!("/pulls?{query}")).await.body.as_array().map(Vec::len);
    assert_eq!(count("").await, Some(2));
    assert_eq!(count("head=ann:theirs").await, Some(1));
    assert_eq!(count("base=other").await, Some(0));
    s.github.close_pull_request(REPO, second);
    assert_eq!(count("").await, Some(1));
    assert_eq!(count("state=closed").await, Some(1));
    assert_eq!(count("state=all&sort=updated&direction=desc").await, Some(2));
    let of = s.repo(&format!("/commits/{head}/pulls")).await;
    assert_eq!(of.body[0]["number"], number);
    assert_eq!(s.repo(&format!("/pulls/{number}/commits")).await.body[0]["sha"], head.to_string());
    let commit = s.repo(&format!("/commits/{head}")).await;
    assert_eq!(commit.body["stats"]["additions"], 5);
    assert_eq!(s.repo("/commits/none").await.status, 422);
    assert_eq!(s.repo("/pulls/77").await.status, 404);
    assert_eq!(
        s.repo(&format!("/git/ref/pull/{number}/head")).await.body["object"]["sha"],
        head.to_string()
    );
    let merged = s.github.merge_pull_request(REPO, number).expect("it is open");
    let shown = s.repo(&format!("/pulls/{number}")).await;
    assert_eq!(shown.body["merge_commit_sha"], merged.to_string());
    assert!(s.github.file(REPO, "main", "enhancements/EP-0001.md").is_some());
}

#[tokio::test]
async fn branches_and_their_rules_are_shown() {
    let s = Setting::new().await;
    assert_eq!(s.repo("/branches/main").await.body["protected"], false);
    assert_eq!(s.repo("/branches/none").await.status, 404);
    assert_eq!(s.repo("/rules/branches/main").await.body, json!([]));
    s.github.require_check(REPO, "main", "EP / production readiness", Some(4242));
    let rules = s.repo("/rules/branches/main").await;
    let check = &rules.body[0]["parameters"]["required_status_checks"][0];
    assert_eq!(check["integration_id"], 4242);
    let branch = s.repo("/branches/main").await;
    assert_eq!(branch.body["protection"]["required_status_checks"]["checks"][0]["app_id"], 4242);
    let protection = "/branches/main/protection/required_status_checks";
    assert_eq!(s.repo(protection).await.status, 403);
    let permissions = [("administration".to_owned(), crate::simulator::Access::Read)].into();
    let mut admin = Setting::new().await;
    admin.github.uninstall(admin.installation);
    admin.installation = admin.github.install_with("example-org", permissions, Some(&[REPO]));
    admin.token = admin.mint(json!({})).await;
    assert_eq!(admin.repo(protection).await.status, 404);
    admin.github.require_check(REPO, "main", "EP / production readiness", None);
    assert_eq!(admin.repo(protection).await.body["checks"][0]["app_id"], Value::Null);
    assert_eq!(s.repo("").await.body["full_name"], REPO);
    s.github.set_team("example-org", "prr", &["ann", "bob"]);
    let members = s.get("/orgs/example-org/teams/prr/members").await;
    assert_eq!(members.body.as_array().map(Vec::len), Some(2));
    let of = |who: &str| format!("/orgs/example-org/teams/prr/memberships/{who}");
    assert_eq!(s.get(&of("Ann")).await.body["state"], "active");
    assert_eq!(s.get(&of("eve")).await.status, 404);
}

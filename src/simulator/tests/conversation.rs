//! Comments, reviews, permissions of people.

use reqwest::Method;
use serde_json::{Value, json};

use super::{REPO, Setting};
use crate::simulator::{ReviewState, Role};

#[tokio::test]
async fn comments_are_written_changed_and_deleted() {
    let s = Setting::new().await;
    let (number, _) = s.pull_request();
    s.github.comment(REPO, number, "ann", "/ep-status");
    let list = format!("/issues/{number}/comments");
    let made = s.post(&list, json!({ "body": "An answer." })).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.body["user"]["login"], "ep-bot[bot]");
    assert_eq!(made.body["performed_via_github_app"]["id"], 4242);
    let id = made.body["id"].as_u64().expect("an id");
    let one = format!("/issues/comments/{id}");
    assert_eq!(s.patch(&one, json!({ "body": "Better." })).await.body["body"], "Better.");
    assert_eq!(s.repo(&list).await.body.as_array().map(Vec::len), Some(2));
    let react = format!("{one}/reactions");
    assert_eq!(s.post(&react, json!({ "content": "eyes" })).await.status, 201);
    assert_eq!(s.post(&react, json!({ "content": "eyes" })).await.status, 200);
    assert_eq!(s.post(&react, json!({ "content": "wave" })).await.status, 422);
    let seen = s.github.comments(REPO, number);
    assert_eq!(seen[1].reactions, [("ep-bot[bot]".to_owned(), "eyes".to_owned())]);
    assert_eq!(s.repo(&one).await.body["reactions"]["eyes"], 1);
    assert_eq!(s.post(&list, json!({ "body": " " })).await.status, 422);
    assert_eq!(s.post(&list, json!({ "body": "x".repeat(65_537) })).await.status, 422);
    assert_eq!(s.post("/issues/99/comments", json!({ "body": "x" })).await.status, 404);
    let path = format!("/repos/{REPO}{one}");
    let gone = s.send(Method::DELETE, &path, Some(&s.token), None).await;
    assert_eq!((gone.status, s.repo(&one).await.status), (204, 404));
    let issue = s.github.open_issue(REPO, "ann", "A question");
    assert_eq!(s.repo(&format!("/issues/{issue}")).await.body["title"], "A question");
    let pull = s.repo(&format!("/issues/{number}")).await;
    assert!(pull.body["pull_request"].is_object());
}

#[tokio::test]
async fn a_review_with_one_comment_off_the_diff_is_refused_whole() {
    let s = Setting::new().await;
    let lines: Vec<String> = (1..=40).map(|i| format!("line {i}\n")).collect();
    let base = lines.concat();
    s.github.commit(REPO, "main", &[("a.md", Some(base.as_bytes()))], "Base");
    let changed = base.replace("line 3\n", "LINE 3\nand more\n").replace("line 38\n", "");
    s.github.commit(REPO, "idea", &[("a.md", Some(changed.as_bytes()))], "Change");
    let number = s.github.open_pull_request(REPO, "idea");
    let at = |line: u64| json!({ "path": "a.md", "line": line, "side": "RIGHT", "body": "here" });
    let reviews = format!("/pulls/{number}/reviews");
    let review = async |comments: Value| {
        let body = json!({ "event": "COMMENT", "body": "Gaps", "comments": comments });
        s.post(&reviews, body).await.status
    };
    assert_eq!(review(json!([at(4), at(20)])).await, 422);
    assert!(s.github.review_comments(REPO, number).is_empty());
    assert_eq!(review(json!([{ "path": "b.md", "line": 1, "body": "x" }])).await, 422);
    let span = |from: u64, to: u64| {
        crate::simulator::json::with(at(to), json!({ "start_line": from, "start_side": "RIGHT" }))
    };
    assert_eq!(review(json!([span(4, 38)])).await, 422);
    let left = json!({ "path": "a.md", "line": 38, "side": "LEFT", "body": "why" });
    assert_eq!(review(json!([at(4), span(2, 5), left])).await, 200);
    let seen = s.github.review_comments(REPO, number);
    assert_eq!(seen.len(), 3);
    assert_eq!((seen[1].start_line, seen[1].line), (Some(2), Some(5)));
    let comments = s.repo(&format!("/pulls/{number}/comments")).await;
    assert!(comments.body[0]["diff_hunk"].as_str().is_some_and(|h| h.starts_with("@@ -1,6")));
    let head = s.github.head(REPO, number).expect("it is there").to_string();
    let file = json!({ "path": "a.md", "subject_type": "file", "body": "all", "commit_id": head });
    let made = s.post(&format!("/pulls/{number}/comments"), file).await;
    assert_eq!((made.status, &made.body["subject_type"]), (201, &json!("file")));
    let id = made.body["id"].as_u64().expect("an id");
    let reply = format!("/pulls/{number}/comments/{id}/replies");
    let answered = s.post(&reply, json!({ "body": "done" })).await;
    assert_eq!(answered.body["in_reply_to_id"], id);
    let react = format!("/pulls/comments/{id}/reactions");
    assert_eq!(s.post(&react, json!({ "content": "+1" })).await.status, 201);
    let changed = s.patch(&format!("/pulls/comments/{id}"), json!({ "body": "less" })).await;
    assert_eq!(changed.body["body"], "less");
    let path = format!("/repos/{REPO}/pulls/comments/{id}");
    assert_eq!(s.send(Method::DELETE, &path, Some(&s.token), None).await.status, 204);
    assert_eq!(review(json!([])).await, 200);
}

#[tokio::test]
async fn reviews_of_people_are_listed_and_dismissed() {
    let s = Setting::new().await;
    let (number, head) = s.pull_request();
    let id = s.github.review(REPO, number, "ann", ReviewState::Approved, "Good.");
    let list = s.repo(&format!("/pulls/{number}/reviews")).await;
    assert_eq!(list.body[0]["state"], "APPROVED");
    assert_eq!(list.body[0]["commit_id"], head.to_string());
    let path = format!("/repos/{REPO}/pulls/{number}/reviews/{id}/dismissals");
    let body = json!({ "message": "The answer changed." });
    let gone = s.send(Method::PUT, &path, Some(&s.token), Some(body)).await;
    assert_eq!((gone.status, &gone.body["state"]), (200, &json!("DISMISSED")));
    s.github.delete_user("ann");
    let list = s.repo(&format!("/pulls/{number}/reviews")).await;
    assert_eq!(list.body[0]["user"], Value::Null);
}

#[tokio::test]
async fn permissions_of_people_are_told_in_both_words() {
    let s = Setting::new().await;
    s.github.set_role(REPO, "ann", Role::Maintain);
    s.github.set_role(REPO, "tom", Role::Triage);
    let of = async |who: &str| {
        let answer = s.repo(&format!("/collaborators/{who}/permission")).await;
        let part = |key: &str| answer.body[key].as_str().unwrap_or_default().to_owned();
        (answer.status, part("permission"), part("role_name"))
    };
    assert_eq!(of("ann").await, (200, "write".to_owned(), "maintain".to_owned()));
    assert_eq!(of("tom").await, (200, "read".to_owned(), "triage".to_owned()));
    assert_eq!(of("nobody").await.0, 404);
}

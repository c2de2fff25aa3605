//! The approval of the production readiness review: who gives it, what it is worth, and what voids it.

use ep_bot::simulator::{ReviewState, Role, Sha};

use super::super::climb::at;
use super::super::support::story::{REPO, Story, tell};
use super::super::{COMPLETED, PATH, POLICY};
use super::masked;

const APPROVERS: &str = "prr:\n  approvers: [alice, example-org/prr]\n";

/// `dora` proposes an EP that is being rolled out.
async fn proposed(story: &Story, policy: Option<&str>) -> (u64, Sha) {
    if let Some(policy) = policy {
        story.commit("main", &[(POLICY, Some(policy))]);
    }
    story.github.set_team("example-org", "prr", &["carol", "dora"]);
    let head = story.commit("idea", &[(PATH, Some(&staged()))]);
    let number = story.github.pull_request(REPO, "idea").author("dora").open();
    story.settle().await;
    (number, head)
}

fn staged() -> String {
    at("staged").replace("](EP-", "](https://example.com/EP-")
}

async fn review(story: &Story, number: u64, who: &str, state: ReviewState) -> u64 {
    let review = story.github.review(REPO, number, who, state, "My word on it.");
    story.settle().await;
    review
}

/// What the newest check says of the approval; empty where it is content.
fn said(story: &Story, head: Sha) -> String {
    let runs = story.github.check_runs(REPO, head);
    let run = runs.last().expect("a check");
    let of_it = run
        .annotations
        .iter()
        .filter(|a| a.title.as_deref().is_some_and(|title| title.starts_with("prr-approval")));
    let texts: Vec<String> =
        of_it.map(|a| format!("[{} {}] {}", a.level, a.start_line, a.message)).collect();
    let conclusion = run.conclusion.clone().unwrap_or_default();
    assert_eq!(conclusion == "success", texts.is_empty(), "{texts:?}");
    masked(&texts.join("\n"))
}

#[tokio::test]
async fn who_is_named_approves_and_nobody_else() {
    tell(async |story| {
        let (number, head) = proposed(story, Some(APPROVERS)).await;
        insta::assert_snapshot!("pending", said(story, head));
        story.github.set_role(REPO, "bob", Role::Admin);
        review(story, number, "bob", ReviewState::Approved).await;
        insta::assert_snapshot!("outsider", said(story, head));
        review(story, number, "dora", ReviewState::Approved).await;
        insta::assert_snapshot!("author", said(story, head));
        story.github.clear_requests();
        review(story, number, "carol", ReviewState::Approved).await;
        assert_eq!(said(story, head), "", "a member of the team");
        assert_eq!(story.asked()[..1], ["query PullRequest"], "{:?}", story.asked());
    })
    .await;
}

#[tokio::test]
async fn two_approve_and_one_of_them_thinks_again() {
    tell(async |story| {
        let policy = format!("{APPROVERS}  approvals: 2\n");
        let (number, head) = proposed(story, Some(&policy)).await;
        review(story, number, "alice", ReviewState::Approved).await;
        insta::assert_snapshot!("one_of_two", said(story, head));
        review(story, number, "alice", ReviewState::Approved).await;
        assert_ne!(said(story, head), "", "one person counts once");
        let carols = review(story, number, "carol", ReviewState::Approved).await;
        assert_eq!(said(story, head), "");
        review(story, number, "alice", ReviewState::ChangesRequested).await;
        insta::assert_snapshot!("revoked", said(story, head));
        review(story, number, "alice", ReviewState::Commented).await;
        assert_ne!(said(story, head), "", "a comment takes nothing back");
        review(story, number, "alice", ReviewState::Approved).await;
        assert_eq!(said(story, head), "");
        story.github.dismiss_review(REPO, number, carols);
        story.settle().await;
        insta::assert_snapshot!("dismissed", said(story, head));
    })
    .await;
}

#[tokio::test]
async fn where_nobody_is_named_who_can_push_approves() {
    tell(async |story| {
        let (number, head) = proposed(story, None).await;
        insta::assert_snapshot!("nobody_named", said(story, head));
        review(story, number, "bob", ReviewState::Approved).await;
        insta::assert_snapshot!("cannot_push", said(story, head));
        story.github.set_role(REPO, "alice", Role::Write);
        story.github.clear_requests();
        review(story, number, "alice", ReviewState::Approved).await;
        assert_eq!(said(story, head), "");
        // The answered thread is said so, and nobody was looked up.
        assert!(story.asked().iter().all(|call| !call.contains("collaborators")));
    })
    .await;
}

#[tokio::test]
async fn a_rebase_and_a_word_elsewhere_keep_an_approval_and_another_answer_voids_it() {
    tell(async |story| {
        let (number, _) = proposed(story, Some(APPROVERS)).await;
        review(story, number, "alice", ReviewState::Approved).await;
        story.commit("main", &[("README.md", Some("About the fleet.\n"))]);
        let rebased = story.commit("rebased", &[(PATH, Some(&staged()))]);
        story.github.clear_requests();
        story.github.push(REPO, "idea", rebased);
        story.settle().await;
        assert_eq!(said(story, rebased), "");
        assert_eq!(
            story.asked(),
            ["query PullRequest", "GET /compare/{basehead}", "query Texts", "POST /check-runs"],
            "what was approved is read in the same query"
        );
        let word = staged().replacen("## Summary\n", "## Summary\n\nOn every ship.\n", 1);
        let head = story.commit("idea", &[(PATH, Some(&word))]);
        story.settle().await;
        assert_eq!(said(story, head), "");

        let rollback = "#### What specific metrics should inform a rollback?\n";
        let other = word.replacen(rollback, &format!("{rollback}\nAny lost record.\n"), 1);
        let head = story.commit("idea", &[(PATH, Some(&other))]);
        story.settle().await;
        insta::assert_snapshot!("voided", said(story, head));
        insta::assert_snapshot!("voided_thread", super::told(story, number));
        let head = story.commit("idea", &[(PATH, Some(&word))]);
        story.settle().await;
        assert_eq!(said(story, head), "", "the approved answers are back");
    })
    .await;
}

#[tokio::test]
async fn approvers_are_asked_for_their_review_once() {
    tell(async |story| {
        let policy = "prr:\n  approvers: [alice, dora, example-org/prr]\n  request_reviews: true\n";
        story.github.set_role(REPO, "alice", Role::Read);
        proposed(story, Some(policy)).await;
        let asked = |story: &Story| {
            let requests = story.github.requests();
            let asked = requests.into_iter().filter(|request| {
                request.method == "POST"
                    && request.template.is_some_and(|t| t.ends_with("/requested_reviewers"))
            });
            asked.map(|request| request.body).collect::<Vec<_>>()
        };
        let once = serde_json::json!({ "reviewers": ["alice"], "team_reviewers": ["prr"] });
        assert_eq!(asked(story), std::slice::from_ref(&once));
        story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(asked(story), [once]);
    })
    .await;
}

#[tokio::test]
async fn two_eps_of_one_pull_request_are_approved_together() {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some(APPROVERS))]);
        let second =
            COMPLETED.replace("EP-0007", "EP-0008").replace("](EP-", "](https://example.com/EP-");
        let other = "enhancements/EP-0008-second.md";
        story.commit("idea", &[(PATH, Some(&staged())), (other, Some(&second))]);
        let number = story.github.pull_request(REPO, "idea").author("dora").open();
        story.settle().await;
        review(story, number, "alice", ReviewState::Approved).await;
        let head = story.github.head(REPO, number).expect("a head");
        assert_eq!(said(story, head), "");
        let rollback = "#### What specific metrics should inform a rollback?\n";
        let changed = second.replacen(rollback, &format!("{rollback}\nAny lost record.\n"), 1);
        let head = story.commit("idea", &[(other, Some(&changed))]);
        story.settle().await;
        assert_eq!(said(story, head).matches("[failure").count(), 1, "only the one that changed");
    })
    .await;
}

#[tokio::test]
async fn a_question_counts_where_nobody_can_read_who_is_in_the_team() {
    tell(async |story| {
        story.github.remove_permission(1001, "members");
        story.github.revoke_tokens();
        let (number, head) = proposed(story, Some(APPROVERS)).await;
        story.github.set_role(REPO, "carol", Role::Write);
        let asks = |who: &str, question: &str| {
            story.github.comment(REPO, number, who, &format!("/ep-question {question}"));
        };
        asks("carol", "Who is called at night?");
        asks("mallory", "What is it for?");
        story.settle().await;
        let runs = story.github.check_runs(REPO, head);
        let asked: Vec<&str> = runs
            .last()
            .expect("a check")
            .annotations
            .iter()
            .filter(|a| a.title.as_deref().is_some_and(|t| t.starts_with("prr-question-asked")))
            .map(|a| a.message.as_str())
            .collect();
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert!(asked[0].contains("Who is called at night?"), "{asked:?}");
    })
    .await;
}

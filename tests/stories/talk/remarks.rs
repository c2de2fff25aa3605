//! Comments at the lines of a pull request: posted, kept true, taken back.

use ep_bot::simulator::{Fault, Match};

use super::super::climb::{at, emptied};
use super::super::support::story::{REPO, tell};
use super::super::{PATH, POLICY, ready, unready};
use super::{BOT, told};

const REVIEWS: &str = "POST /pulls/{pull_number}/reviews";

/// The calls that a push with EPs costs when there is nothing to say.
const PUSH: &[&str] =
    &["query PullRequest", "GET /compare/{basehead}", "query Texts", "POST /check-runs"];

/// An EP whose status is misspelt, with an empty section.
fn flawed() -> String {
    emptied(&at("provisionl"), "### Goals")
}

#[tokio::test]
async fn new_findings_come_as_one_review_with_a_suggestion_and_go_as_they_are_answered() {
    tell(async |story| {
        let (number, _) = story.propose(&[(PATH, Some(&flawed()))]).await;
        insta::assert_snapshot!("flawed", told(story, number));
        assert_eq!(story.asked_but_tokens()[4..], [REVIEWS]);

        story.github.clear_requests();
        story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.asked(), PUSH, "nothing new is nothing said");

        story.commit("idea", &[(PATH, Some(&emptied(&at("provisional"), "### Goals")))]);
        story.settle().await;
        insta::assert_snapshot!("status_corrected", told(story, number));

        let head = story.commit("idea", &[(PATH, Some(&at("provisional")))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
        let threads = story.github.review_comments(REPO, number);
        assert!(threads.iter().all(|comment| comment.resolved));

        story.commit("idea", &[(PATH, Some(&emptied(&at("provisional"), "### Goals")))]);
        story.settle().await;
        insta::assert_snapshot!("goals_gone_again", told(story, number));
        story.github.clear_requests();
        story.commit("idea", &[("README.md", Some("More about the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.asked(), PUSH);
    })
    .await;
}

#[tokio::test]
async fn a_review_has_ten_comments_and_no_more_come_before_some_are_answered() {
    tell(async |story| {
        let text = unready(7).replace("**status here**", "implemented");
        let (number, _) = story.propose(&[(PATH, Some(&text))]).await;
        assert_eq!(story.github.review_comments(REPO, number).len(), 10);
        let said: Vec<String> =
            story.github.reviews(REPO, number).into_iter().map(|(_, _, body)| body).collect();
        insta::assert_snapshot!("many", said.join("\n"));
        story.github.clear_requests();
        story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.asked(), PUSH);
    })
    .await;
}

#[tokio::test]
async fn what_blocks_outside_of_the_diff_is_one_comment_on_the_file() {
    tell(async |story| {
        let idea = emptied(&at("provisional"), "### Architecture");
        let idea = emptied(&idea, "### Test Plan").replace("#### What specific", "#### Which");
        story.commit("main", &[(PATH, Some(&idea))]);
        let design = idea.replacen("\nprovisional\n", "\nimplementable\n", 1);
        let (number, _) = story.propose(&[(PATH, Some(&design))]).await;
        insta::assert_snapshot!("outside", told(story, number));
        story.github.clear_requests();
        story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.asked(), PUSH);

        story.commit("idea", &[(PATH, Some(&at("implementable")))]);
        story.settle().await;
        insta::assert_snapshot!("outside_answered", told(story, number));
    })
    .await;
}

#[tokio::test]
async fn a_file_of_which_github_shows_no_diff_has_one_comment() {
    tell(async |story| {
        let long = format!("{}\n{}", flawed(), "And so on.\n".repeat(25_000));
        let (number, head) = story.propose(&[(PATH, Some(&long))]).await;
        assert_eq!(story.conclusion(head), "failure");
        insta::assert_snapshot!("no_diff", told(story, number));
    })
    .await;
}

#[tokio::test]
async fn what_people_do_with_a_thread_stays() {
    tell(async |story| {
        let (number, _) = story.propose(&[(PATH, Some(&flawed()))]).await;
        let threads = story.github.review_comments(REPO, number);
        let [status, goals] = [&threads[0], &threads[1]];
        story.github.reply(REPO, number, status.id, "alice", "Is this not a word?");
        story.github.resolve(REPO, number, goals.id, "alice", true);
        story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.github.review_comments(REPO, number).len(), 3, "nothing is said again");
        let resolved: Vec<bool> =
            story.github.review_comments(REPO, number).iter().map(|c| c.resolved).collect();
        assert_eq!(resolved, [false, true, false], "still missing, and as the person left it");

        story.commit("idea", &[(PATH, Some(ready()))]);
        story.settle().await;
        insta::assert_snapshot!("talked_about", told(story, number));
    })
    .await;
}

#[tokio::test]
async fn a_mark_that_somebody_else_typed_means_nothing() {
    tell(async |story| {
        let (number, _) = story.propose(&[(PATH, Some(&flawed()))]).await;
        let ours = story.github.review_comments(REPO, number);
        let other = story.commit("other", &[(PATH, Some(&flawed())), ("a.txt", Some("A note.\n"))]);
        story.github.lose_webhooks();
        let second = story.github.open_pull_request(REPO, "other");
        for comment in &ours {
            story.github.comment_on_file(REPO, second, PATH, "mallory", &comment.body);
        }
        story.github.comment(REPO, second, "mallory", "<!-- ep-bot:summary -->");
        story.github.resume_webhooks();
        story.github.mark_draft(REPO, second);
        story.settle().await;
        assert_eq!(story.conclusion(other), "failure");
        let threads = story.github.review_comments(REPO, second);
        let bots = threads.iter().filter(|c| c.author.as_deref() == Some(BOT)).count();
        assert_eq!((threads.len(), bots), (ours.len() * 2, ours.len()));
        story.commit("other", &[(PATH, Some(ready()))]);
        story.settle().await;
        let threads = story.github.review_comments(REPO, second);
        let theirs = threads.iter().filter(|c| c.author.as_deref() == Some("mallory"));
        assert!(theirs.clone().all(|c| !c.resolved), "not ours to resolve");
        assert_eq!(theirs.count(), ours.len());
    })
    .await;
}

#[tokio::test]
async fn the_threads_of_an_ep_that_is_renamed_are_kept_and_answered() {
    tell(async |story| {
        let old = "enhancements/EP-0007-draft.md";
        let (number, _) = story.propose(&[(old, Some(&flawed()))]).await;
        let before = story.github.review_comments(REPO, number).len();
        story.github.rename(REPO, "idea", old, PATH);
        story.settle().await;
        assert_eq!(story.github.review_comments(REPO, number).len(), before);
        story.commit("idea", &[(PATH, Some(&at("provisional")))]);
        story.settle().await;
        insta::assert_snapshot!("renamed", told(story, number));
    })
    .await;
}

#[tokio::test]
async fn threads_about_an_ep_that_leaves_the_pull_request_say_so() {
    tell(async |story| {
        let (number, _) =
            story.propose(&[(PATH, Some(&flawed())), ("a.txt", Some("A note.\n"))]).await;
        story.commit("idea", &[(PATH, None)]);
        story.settle().await;
        insta::assert_snapshot!("left", told(story, number));
    })
    .await;
}

#[tokio::test]
async fn a_rebase_keeps_every_thread_and_says_nothing() {
    tell(async |story| {
        let (number, _) = story.propose(&[(PATH, Some(&flawed()))]).await;
        let before = told(story, number);
        story.commit("main", &[("README.md", Some("About the fleet.\n"))]);
        let rebased = story.commit("rebased", &[(PATH, Some(&flawed()))]);
        story.github.clear_requests();
        story.github.push(REPO, "idea", rebased);
        story.settle().await;
        assert_eq!(story.asked(), PUSH);
        assert_eq!(told(story, number), before);
    })
    .await;
}

#[tokio::test]
async fn one_comment_tells_the_verdict_where_the_policy_asks_for_that_and_none_where_it_asks_for_none()
 {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some("comments: summary\n"))]);
        let (number, _) = story.propose(&[(PATH, Some(&flawed()))]).await;
        insta::assert_snapshot!("summary", told(story, number));
        assert_eq!(story.asked_but_tokens()[4..], ["POST /issues/{issue_number}/comments"]);
        story.github.clear_requests();
        story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.asked(), PUSH);
        story.commit("idea", &[(PATH, Some(&at("provisional")))]);
        story.settle().await;
        insta::assert_snapshot!("summary_passes", told(story, number));

        story.commit("main", &[(POLICY, Some("comments: off\n"))]);
        story.github.clear_requests();
        story.commit("quiet", &[(PATH, Some(&flawed()))]);
        let quiet = story.github.open_pull_request(REPO, "quiet");
        story.settle().await;
        assert_eq!(story.asked(), PUSH);
        assert_eq!(told(story, quiet), "");
    })
    .await;
}

#[tokio::test]
async fn a_review_that_github_refuses_leaves_the_check_as_it_is() {
    tell(async |story| {
        let reviews = Match::rest("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews");
        story.github.fault(reviews, Fault::status(422, "Unprocessable Entity"), 1);
        let (number, head) = story.propose(&[(PATH, Some(&flawed()))]).await;
        assert_eq!(story.conclusion(head), "failure");
        assert!(story.check(head).title.is_some_and(|title| title.starts_with("EP-0007: ")));
        assert_eq!(told(story, number), "");
        story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert!(!told(story, number).is_empty(), "the next push says it");
    })
    .await;
}

#[tokio::test]
async fn a_review_whose_answer_is_lost_is_not_posted_again() {
    for fault in [Fault::DropAfter, Fault::Truncated, Fault::bad_gateway()] {
        tell(async |story| {
            let reviews = Match::rest("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews");
            story.github.fault(reviews, fault, 1);
            let (number, head) = story.propose(&[(PATH, Some(&flawed()))]).await;
            assert_eq!(story.conclusion(head), "failure");
            assert_eq!(story.github.reviews(REPO, number).len(), 1);
            assert_eq!(story.github.review_comments(REPO, number).len(), 2);
        })
        .await;
    }
}

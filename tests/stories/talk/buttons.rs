//! The buttons of a check: run it again, explain it.

use ep_bot::simulator::Sha;

use super::super::support::story::{REPO, Story, tell};
use super::super::{PATH, ready, unready};
use super::{own, told};

/// How many checks a commit has.
fn checks(story: &Story, head: Sha) -> usize {
    story.github.check_runs(REPO, head).len()
}

#[tokio::test]
async fn a_check_is_run_again_by_whichever_button() {
    tell(async |story| {
        let (_, head) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        let check = story.check(head);
        assert_eq!(check.actions, ["recheck", "explain"]);
        story.github.rerequest_check(REPO, check.id);
        story.settle().await;
        assert_eq!(checks(story, head), 2);
        story.github.rerequest_all_checks(REPO, head);
        story.settle().await;
        assert_eq!(checks(story, head), 3);
        story.github.request_action(REPO, check.id, "recheck", "bob");
        story.settle().await;
        assert_eq!(checks(story, head), 4);
        story.github.request_action(REPO, check.id, "merge", "bob");
        story.settle().await;
        assert_eq!(checks(story, head), 4);
    })
    .await;
}

#[tokio::test]
async fn a_forks_check_is_run_again_too() {
    tell(async |story| {
        let fork = story.github.fork(REPO, "contributor");
        let text = unready(7);
        let head = story.github.commit(&fork, "idea", &[(PATH, Some(text.as_bytes()))], "Propose");
        let number = story.github.pull_request(REPO, "idea").from_fork(&fork).open();
        story.settle().await;
        let check = story.check(head);
        for count in [2, 3] {
            if count == 2 {
                story.github.rerequest_check(REPO, check.id);
            } else {
                story.github.rerequest_all_checks(REPO, head);
            }
            story.settle().await;
            assert_eq!(checks(story, head), count);
        }
        story.github.request_action(REPO, check.id, "explain", "contributor");
        story.settle().await;
        assert_eq!(own(story, number).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_blocks_is_explained_once_until_it_changes() {
    tell(async |story| {
        let (number, head) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        let explain = async |check: u64| {
            story.github.request_action(REPO, check, "explain", "bob");
            story.settle().await;
        };
        let check = story.check(head).id;
        explain(check).await;
        insta::assert_snapshot!("explained", super::answer(story, number));
        explain(check).await;
        assert_eq!(own(story, number).len(), 1, "it stands there already");
        let head = story.commit("idea", &[(PATH, Some(ready()))]);
        story.settle().await;
        explain(story.check(head).id).await;
        let said: Vec<(String, bool)> = own(story, number)
            .into_iter()
            .map(|c| (c.body.lines().next().unwrap_or_default().to_owned(), c.minimized.is_some()))
            .collect();
        assert!(said[0].1, "{said:?}");
        assert!(said[1].0.starts_with("**Nothing blocks here**") && !said[1].1, "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn what_a_broken_policy_blocks_is_explained_as_that() {
    tell(async |story| {
        story.commit("main", &[(super::super::POLICY, Some("path: eps\n"))]);
        let (number, head) = story.propose(&[(PATH, Some(ready()))]).await;
        story.github.request_action(REPO, story.check(head).id, "explain", "bob");
        story.settle().await;
        insta::assert_snapshot!("explained_policy", told(story, number));
    })
    .await;
}

#[tokio::test]
async fn other_apps_checks_are_let_be() {
    tell(async |story| {
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        let other = story.github.foreign_check(REPO, head, 4711, "lint", "failure");
        story.settle().await;
        story.github.clear_requests();
        story.github.rerequest_check(REPO, other);
        story.github.request_action(REPO, other, "recheck", "bob");
        story.settle().await;
        assert_eq!(story.asked(), Vec::<String>::new());
    })
    .await;
}

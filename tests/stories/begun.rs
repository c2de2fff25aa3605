//! A check that is set in progress, and what happens to it when its review does not come to its end.

use std::time::Duration;

use ep_bot::simulator::{CheckRunView, Fault, Gate, Match, Sha};

use super::support::story::{REPO, Story, tell};
use super::{PATH, ready};

/// The runs on a commit, oldest first: how each is concluded, and what it says.
fn runs(story: &Story, head: Sha) -> Vec<(String, String)> {
    let shown =
        |run: CheckRunView| (run.conclusion.unwrap_or(run.status), run.title.unwrap_or_default());
    story.github.check_runs(REPO, head).into_iter().map(shown).collect()
}

/// How the runs on a commit are concluded, oldest first.
fn conclusions(story: &Story, head: Sha) -> Vec<String> {
    runs(story, head).into_iter().map(|(conclusion, _)| conclusion).collect()
}

fn branch(story: &Story, name: &str) {
    let tip = story.github.tip(REPO, "main").expect("the default branch");
    story.github.push(REPO, name, tip);
}

/// A pull request that passes is pointed at another base; its new review is held when its check is in progress.
async fn retargeted(story: &Story) -> (u64, Sha, Gate) {
    branch(story, "release");
    let (number, head) = story.propose(&[(PATH, Some(ready()))]).await;
    let gate = Gate::new();
    story.github.fault(Match::graphql_operation("Texts"), Fault::Hold(gate.clone()), 1);
    story.github.retarget(REPO, number, "release");
    gate.arrived().await;
    assert_eq!(conclusions(story, head), ["success", "in_progress"]);
    (number, head, gate)
}

#[tokio::test]
async fn a_process_that_ends_there_leaves_one_check_which_the_next_concludes() {
    tell(async |story| {
        let (_, head, gate) = retargeted(story).await;
        story.kill();
        gate.open();
        story.serve().await;
        story.settle().await;
        assert_eq!(conclusions(story, head), ["success", "success"]);
    })
    .await;
}

#[tokio::test]
async fn a_base_that_is_changed_back_meanwhile_leaves_nothing_in_progress() {
    tell(async |story| {
        let (number, head, gate) = retargeted(story).await;
        story.kill();
        gate.open();
        story.github.retarget(REPO, number, "main");
        story.settle_webhooks().await;
        story.serve().await;
        story.github.redeliver_failed();
        story.settle().await;
        assert_eq!(conclusions(story, head), ["success", "success"]);
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_is_left_behind_is_concluded_and_the_new_one_has_its_own_check() {
    tell(async |story| {
        let (_, head, gate) = retargeted(story).await;
        let newer = story.commit("idea", &[("README.md", Some("More.\n"))]);
        gate.open();
        story.settle().await;
        assert_eq!(conclusions(story, newer), ["success"]);
        let left = runs(story, head).pop().expect("a check");
        assert_eq!(left, ("action_required".to_owned(), "No longer reviewed".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_pull_request_that_is_closed_meanwhile_and_opened_again_is_reviewed_anew() {
    tell(async |story| {
        let (number, head, gate) = retargeted(story).await;
        story.github.close_pull_request(REPO, number);
        story.kill();
        gate.open();
        story.settle_webhooks().await;
        story.serve().await;
        story.github.redeliver_failed();
        story.settle().await;
        assert_eq!(conclusions(story, head), ["success", "action_required"]);
        story.github.reopen_pull_request(REPO, number);
        story.settle().await;
        assert_eq!(conclusions(story, head).pop().as_deref(), Some("success"));
    })
    .await;
}

#[tokio::test]
async fn a_head_that_one_pull_request_leaves_in_progress_is_concluded_for_the_other() {
    tell(async |story| {
        branch(story, "release");
        branch(story, "stable");
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        story.github.push(REPO, "twin", head);
        let twin = story.github.pull_request(REPO, "twin").base("release").open();
        story.settle().await;
        assert_eq!(conclusions(story, head).pop().as_deref(), Some("success"));
        let gate = Gate::new();
        story.github.fault(Match::graphql_operation("Texts"), Fault::Hold(gate.clone()), 1);
        story.github.retarget(REPO, twin, "stable");
        gate.arrived().await;
        assert_eq!(conclusions(story, head).pop().as_deref(), Some("in_progress"));
        let moved = story.commit("twin", &[("README.md", Some("More.\n"))]);
        gate.open();
        story.settle().await;
        assert_eq!(conclusions(story, moved), ["success"]);
        let all = conclusions(story, head);
        assert!(all.iter().all(|conclusion| conclusion == "success"), "{all:?}");
    })
    .await;
}

#[tokio::test]
async fn a_waiting_check_is_concluded_by_the_one_that_it_waits_for() {
    tell(async |story| {
        branch(story, "release");
        let head = story.commit("idea", &[(PATH, Some(ready()))]);
        story.github.hold_webhooks();
        let first = story.github.open_pull_request(REPO, "idea");
        story.github.pull_request(REPO, "idea").base("release").open();
        let held = story.github.held_webhooks();
        let of_first =
            held.iter().find(|d| d.event == "pull_request" && d.payload["number"] == first);
        story.github.release_webhook(&of_first.expect("opened").guid);
        story.github.forget_held_webhooks();
        story.github.resume_webhooks();
        story.settle().await;
        assert_eq!(
            conclusions(story, head),
            ["success"],
            "one check, in progress until both are known"
        );
    })
    .await;
}

#[tokio::test]
async fn a_success_that_may_be_stale_passes_nothing_while_github_fails() {
    tell(async |story| {
        let tip = story.github.tip(REPO, "main").expect("the default branch");
        story.github.push(REPO, "release", tip);
        let (number, head) = story.propose(&[(PATH, Some(ready()))]).await;
        assert_eq!(story.conclusion(head), "success");
        story.pace.tries.first = Duration::from_secs(3_600);
        story.pace.tries.longest = story.pace.tries.first;
        story.stop().await;
        story.serve().await;
        story.github.fault(Match::graphql_operation("PullRequest"), Fault::bad_gateway(), 1);
        story.github.retarget(REPO, number, "release");
        let newest = || story.github.check_runs(REPO, head).pop().expect("a check");
        while newest().status != "in_progress" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let late = newest();
        let said =
            format!("{}\n{}", late.title.unwrap_or_default(), late.summary.unwrap_or_default());
        insta::assert_snapshot!("late", said.split("(request").next().unwrap_or_default());
        // Whatever comes next is tried at once, and concludes it.
        story.github.retitle(REPO, number, "Ship to shore, again");
        story.github.retarget(REPO, number, "main");
        story.settle().await;
        assert_eq!(
            (newest().status.as_str(), newest().conclusion.as_deref()),
            ("completed", Some("success"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_commit_whose_review_is_late_shows_it_and_gets_one_check() {
    tell(async |story| {
        story.github.fault(Match::graphql_operation("PullRequest"), Fault::bad_gateway(), 3);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        assert_eq!(story.conclusion(head), "success");
        let asked = story.asked_but_tokens();
        let writes: Vec<&str> = asked
            .iter()
            .map(String::as_str)
            .filter(|call| !call.starts_with("query") && !call.starts_with("GET"))
            .collect();
        assert_eq!(writes, ["POST /check-runs", "PATCH /check-runs/{check_run_id}"], "{asked:?}");
    })
    .await;
}

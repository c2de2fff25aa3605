//! GitHub breaks, hangs, forgets; the server ends in the middle.

use std::time::Duration;

use ep_bot::simulator::{Fault, Gate, Match, Sha};

use super::support::story::{REPO, Story, tell};
use super::{CHECK_RUNS, PATH, expected, files, many, placed, ready, reviewed, unready};

#[tokio::test]
async fn a_post_that_github_fails_or_answers_into_the_void_ends_in_one_check() {
    for fault in [Fault::bad_gateway(), Fault::DropBefore, Fault::DropAfter, Fault::Truncated] {
        tell(async |story| {
            story.github.fault(Match::rest("POST", CHECK_RUNS), fault, 1);
            let (_, head) = story.propose(&[(PATH, Some(&unready(7)))]).await;
            let check = story.check(head);
            assert_eq!(check.conclusion.as_deref(), Some("failure"));
            let found = reviewed(PATH, &unready(7)).findings.len();
            assert_eq!(check.annotations.len(), found, "each once");
        })
        .await;
    }
}

#[tokio::test]
async fn when_github_stays_broken_the_check_says_so_and_does_not_pass() {
    tell(async |story| {
        let compare = Match::rest("GET", "/repos/{owner}/{repo}/compare/{basehead}");
        story.github.fault(compare, Fault::status(500, "Server Error"), usize::MAX);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("action_required"));
        let summary = check.summary.unwrap_or_default();
        assert!(summary.contains("Server Error") && summary.contains("12 times"), "{summary}");

        story.github.clear_faults();
        let head = story.commit("idea", &[("README.md", Some("Better now.\n"))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

#[tokio::test]
async fn a_repository_too_large_for_one_query_is_read_in_parts() {
    tell(async |story| {
        story.commit("main", &[("eps/a/b/c/d/EP-0007-deep.md", Some(ready()))]);
        story.github.fault(Match::graphql_operation("Texts"), Fault::bad_gateway(), 1);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        assert_eq!(story.conclusion(head), "failure");
        let check = story.check(head);
        assert!(
            check.annotations.iter().any(|a| a.message.contains("eps/a/b/c/d/EP-0007-deep.md"))
        );
        let reads = story.asked().iter().filter(|call| *call == "query PullRequest").count();
        assert_eq!(reads, 1, "in the same try");
    })
    .await;
}

#[tokio::test]
async fn one_pull_request_that_hangs_keeps_no_other_waiting() {
    tell(async |story| {
        let gate = Gate::new();
        story.github.fault(Match::graphql_operation("Texts"), Fault::Hold(gate.clone()), 1);
        let hanging = story.commit("idea", &[(PATH, Some(&unready(7)))]);
        story.github.open_pull_request(REPO, "idea");
        gate.arrived().await;
        let other = story.commit("other", &[(PATH, Some(ready()))]);
        story.github.open_pull_request(REPO, "other");
        story.posted(other).await;
        assert_eq!(story.github.check_runs(REPO, hanging), []);
        gate.open();
        story.settle().await;
        assert_eq!(story.conclusion(hanging), "failure");
        assert_eq!(story.conclusion(other), "success");
    })
    .await;
}

#[tokio::test]
async fn tokens_that_github_revokes_are_replaced() {
    tell(async |story| {
        story.propose(&[(PATH, Some(&unready(7)))]).await;
        story.github.revoke_tokens();
        let head = story.commit("idea", &[(PATH, Some(ready()))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_is_answered_by_the_next_process_after_a_crash() {
    tell(async |story| {
        let gate = Gate::new();
        let first = Match::graphql_operation("PullRequest");
        story.github.fault(first, Fault::Hold(gate.clone()), 1);
        let head = story.commit("idea", &[(PATH, Some(ready()))]);
        story.github.open_pull_request(REPO, "idea");
        assert!(story.github.webhooks_sent(Duration::from_secs(5)).await);
        gate.arrived().await;
        assert!(story.github.deliveries().iter().all(|d| d.status_code == 202));
        story.kill();
        gate.open();
        assert_eq!(story.github.check_runs(REPO, head), []);
        story.serve().await;
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

#[tokio::test]
async fn a_check_that_was_posted_just_before_the_crash_is_not_posted_again() {
    tell(async |story| {
        // The run stands on GitHub, and the answer is still on its way.
        let slow = Fault::Slow { pieces: 2, pause: Duration::from_secs(5) };
        story.github.fault(Match::rest("POST", CHECK_RUNS), slow, 1);
        let head = story.commit("idea", &[(PATH, Some(&unready(7)))]);
        story.github.open_pull_request(REPO, "idea");
        story.posted(head).await;
        story.kill();
        story.serve().await;
        story.settle().await;
        assert_eq!(story.conclusion(head), "failure");
        let posts = story.asked().iter().filter(|call| *call == "POST /check-runs").count();
        assert_eq!(posts, 1);
    })
    .await;
}

#[tokio::test]
async fn a_crash_between_two_batches_loses_no_annotation_and_repeats_none() {
    tell(async |story| {
        let gate = Gate::new();
        let second = Match::rest("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}");
        story.github.fault(second, Fault::Hold(gate.clone()), 1);
        let eps = many();
        let head = story.commit("idea", &files(&eps));
        story.github.open_pull_request(REPO, "idea");
        gate.arrived().await;
        story.kill();
        story.serve().await;
        story.settle().await;
        assert_eq!(placed(&story.check(head)), expected(&eps));
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_stopped_finishes_what_it_has_in_hand() {
    tell(async |story| {
        let slow = Fault::Delay(Duration::from_millis(200));
        story.github.fault(Match::any(), slow, 3);
        let head = story.commit("idea", &[(PATH, Some(ready()))]);
        story.github.open_pull_request(REPO, "idea");
        assert!(story.github.webhooks_sent(Duration::from_secs(5)).await);
        story.stop().await;
        assert_eq!(story.conclusion(head), "success");
        story.serve().await;
        story.settle().await;
        assert_eq!(story.conclusion(head), "success", "and the next one has nothing to add");
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_why_nothing_comes_is_told_once_and_answered_when_it_comes() {
    tell(async |story| {
        let (number, _) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        let compare = Match::rest("GET", "/repos/{owner}/{repo}/compare/{basehead}");
        story.github.fault(compare, Fault::status(500, "Server Error"), 3);
        let asked = story.github.comment(REPO, number, "alice", "/ep-status");
        story.settle().await;
        let ours = |text: &str| {
            let comments = story.github.comments(REPO, number);
            comments
                .into_iter()
                .filter(|c| c.id != asked && c.body.contains(text))
                .collect::<Vec<_>>()
        };
        let stuck = ours("Server Error");
        assert_eq!(stuck.len(), 1, "of three failures, one is told");
        assert!(stuck[0].minimized.is_some(), "out of date by now");
        let status = ours("block it");
        assert_eq!((status.len(), &status[0].minimized), (1, &None));
    })
    .await;
}

/// What the row of a pull request says of its last try.
async fn reason(story: &Story, number: u64) -> String {
    let key = format!("pull_request/{}/{number}", story.repository);
    let row = story.store().await.standing(&key).await.expect("an answer").expect("a row");
    row.last_error.unwrap_or_default()
}

/// Opens a pull request whose webhook finds the App without what `take` takes from its installation.
async fn proposed_to(story: &Story, take: impl FnOnce(u64)) -> (u64, Sha, u64) {
    story.github.hold_webhooks();
    let head = story.commit("idea", &[(PATH, Some(ready()))]);
    let number = story.github.open_pull_request(REPO, "idea");
    let held = story.github.held_webhooks();
    let opened = held.iter().find(|d| d.event == "pull_request").expect("it is told");
    let installation = opened.installation.expect("of an installation");
    story.github.forget_held_webhooks();
    story.github.resume_webhooks();
    take(installation);
    story.github.send_webhook("pull_request", opened.payload.clone());
    story.settle().await;
    (number, head, installation)
}

#[tokio::test]
async fn a_suspended_installation_gets_no_verdict_and_the_row_says_why() {
    tell(async |story| {
        let suspend = |installation| story.github.set_suspended(installation, true);
        let (number, head, installation) = proposed_to(story, suspend).await;
        assert_eq!(story.github.check_runs(REPO, head), []);
        let why = reason(story, number).await;
        assert!(why.contains("does not allow the App") && why.contains("suspended"), "{why}");
        story.github.set_suspended(installation, false);
        let head = story.commit("idea", &[("README.md", Some("More.\n"))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

#[tokio::test]
async fn an_app_that_may_not_write_checks_passes_nothing_and_the_row_says_why() {
    tell(async |story| {
        let refused = Fault::status(403, "Resource not accessible by integration");
        story.github.fault(Match::rest("POST", CHECK_RUNS), refused, usize::MAX);
        let (number, head, _) = proposed_to(story, |_| ()).await;
        assert_eq!(story.github.check_runs(REPO, head), []);
        let why = reason(story, number).await;
        assert!(why.contains("does not allow the App to post the check run"), "{why}");
        story.github.clear_faults();
        story.github.comment(REPO, number, "alice", "/ep-check");
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

#[tokio::test]
async fn an_installation_that_grants_no_checks_passes_nothing_and_the_row_says_why() {
    tell(async |story| {
        let take = |installation| story.github.remove_permission(installation, "checks");
        let (number, head, _) = proposed_to(story, take).await;
        assert_eq!(story.github.check_runs(REPO, head), []);
        let why = reason(story, number).await;
        assert!(why.contains("does not allow the App to look for the check run"), "{why}");
    })
    .await;
}

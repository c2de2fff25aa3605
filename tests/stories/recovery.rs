//! What did not arrive is found again: deliveries that failed, pull requests without a check.

use std::time::{Duration, Instant};

use ep_bot::bot::Recovery;
use ep_bot::simulator::{Access, Fault, Gate, Match, Sha};
use serde_json::json;

use super::support::postgres;
use super::support::story::{REPO, Story, tell};
use super::{PATH, POLICY, ready, unready};

/// A period that a story can wait for.
const SOON: Duration = Duration::from_millis(100);

/// A period that no story reaches.
const NEVER: Duration = Duration::from_secs(3_600);

fn deliveries() -> Recovery {
    Recovery {
        deliveries_every: SOON,
        sweep_every: NEVER,
        burst: 10_000,
        gap: Duration::ZERO,
        ..Recovery::default()
    }
}

fn sweeps() -> Recovery {
    Recovery { deliveries_every: NEVER, sweep_every: SOON, ..deliveries() }
}

/// Starts the server anew, so that it looks for what was missed from now on.
async fn recover(story: &mut Story, recovery: Recovery) {
    story.stop().await;
    story.recovery = Some(recovery);
    story.serve().await;
}

/// Commits an EP on a branch of its own and opens a pull request of it.
fn open(story: &Story, number: u32, text: &str) -> Sha {
    let branch = format!("idea-{number}");
    let path = format!("enhancements/EP-{number:04}-idea.md");
    let head = story.commit(&branch, &[(&path, Some(text))]);
    story.github.open_pull_request(REPO, &branch);
    head
}

/// Waits until a commit's one check is concluded so.
async fn concluded(story: &Story, head: Sha, conclusion: &str) {
    story.posted(head).await;
    while story.github.check_runs(REPO, head).iter().any(|run| run.status != "completed") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(story.conclusion(head), conclusion);
}

/// How often a path was asked for.
fn asked_for(story: &Story, call: &str) -> usize {
    story.asked().iter().filter(|asked| *asked == call).count()
}

const REDELIVER: &str = "POST /app/hook/deliveries/{delivery_id}/attempts";

#[tokio::test]
async fn a_third_of_the_deliveries_never_arrives_and_every_check_comes() {
    tell(async |story| {
        recover(story, deliveries()).await;
        // The sweep at the start is over.
        story.settle().await;
        let mut dice = fastrand::Rng::with_seed(7);
        let mut heads = Vec::new();
        for number in 1..=12 {
            if dice.u8(..3) == 0 {
                story.github.lose_webhooks();
            }
            heads.push(open(story, number, &unready(number)));
            story.github.resume_webhooks();
        }
        for head in heads {
            concluded(story, head, "failure").await;
        }
        assert!(story.meter().redeliveries() > 0, "some were lost");
        let deliveries = story.github.deliveries();
        let arrived = |guid: &str| deliveries.iter().any(|d| d.guid == guid && d.succeeded());
        let lost = deliveries.iter().filter(|d| !arrived(&d.guid));
        let lost: Vec<&str> = lost.map(|d| d.event.as_str()).collect();
        assert!(!lost.contains(&"pull_request"), "{lost:?}");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_was_down_reviews_all_that_happened_meanwhile() {
    tell(async |story| {
        story.stop().await;
        let heads: Vec<Sha> = (1..=3).map(|n| open(story, n, &unready(n))).collect();
        assert!(story.github.webhooks_sent(Duration::from_secs(10)).await);
        assert!(story.github.deliveries().iter().all(|d| d.status_code == 0), "nobody listens");
        story.recovery = Some(deliveries());
        story.serve().await;
        for head in heads {
            concluded(story, head, "failure").await;
        }
    })
    .await;
}

#[tokio::test]
async fn failed_deliveries_are_found_on_every_page_of_the_list() {
    tell(async |story| {
        story.github.lose_webhooks();
        let head = open(story, 1, &unready(1));
        for _ in 0..230 {
            story.github.send_webhook("star", json!({ "action": "created" }));
        }
        let newest = open(story, 2, &unready(2));
        story.github.resume_webhooks();
        recover(story, deliveries()).await;
        concluded(story, newest, "failure").await;
        concluded(story, head, "failure").await;
        let pages = asked_for(story, "GET /app/hook/deliveries");
        assert!(pages >= 3, "{pages} pages");
        let stars = story.github.deliveries().into_iter().filter(|d| d.event == "star");
        assert!(stars.into_iter().all(|d| !d.redelivery), "nobody asks for what is not read");
    })
    .await;
}

#[tokio::test]
async fn a_delivery_that_keeps_failing_is_asked_for_three_times() {
    tell(async |story| {
        recover(story, deliveries()).await;
        // What is not read can never arrive.
        story.github.send_webhook("pull_request", json!({ "action": "opened" }));
        while asked_for(story, REDELIVER) < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let before = asked_for(story, "GET /app/hook/deliveries");
        while asked_for(story, "GET /app/hook/deliveries") < before + 4 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(asked_for(story, REDELIVER), 3);
        assert_eq!(story.meter().redeliveries(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_delivery_whose_answer_was_lost_but_that_was_taken_is_not_asked_for_again() {
    tell(async |story| {
        let head = open(story, 1, &unready(1));
        story.settle().await;
        story.stop().await;
        // GitHub heard nothing of the same deliveries the second time.
        let taken: Vec<String> =
            story.github.deliveries().into_iter().map(|delivery| delivery.guid).collect();
        story.github.forget_answers();
        story.recovery = Some(deliveries());
        story.serve().await;
        while asked_for(story, "GET /app/hook/deliveries") < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let again = story.github.deliveries().into_iter().filter(|d| d.redelivery);
        let again: Vec<String> = again
            .filter(|d| d.event == "pull_request" && taken.contains(&d.guid))
            .map(|d| d.guid)
            .collect();
        assert_eq!(again, [""; 0]);
        assert_eq!(story.conclusion(head), "failure");
    })
    .await;
}

#[tokio::test]
async fn the_sweep_alone_brings_every_check_and_posts_none_twice() {
    tell(async |story| {
        let seen = open(story, 1, &unready(1));
        story.settle().await;
        story.github.hold_webhooks();
        let missed = open(story, 2, &unready(2));
        story.github.forget_held_webhooks();
        story.github.resume_webhooks();
        recover(story, sweeps()).await;
        concluded(story, missed, "failure").await;
        assert_eq!(story.meter().found_by_sweep(), 1);
        // The database is gone, and nothing of what stands on GitHub is posted again.
        story.github.clear_requests();
        story.forget().await;
        while story.meter().found_by_sweep() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        story.stop().await;
        for head in [seen, missed] {
            assert_eq!(story.conclusion(head), "failure");
        }
        assert_eq!(asked_for(story, "POST /check-runs"), 0);
    })
    .await;
}

#[tokio::test]
async fn another_policy_on_the_base_branch_has_open_pull_requests_reviewed_anew() {
    tell(async |story| {
        let head = open(story, 1, &unready(1));
        story.settle().await;
        assert_eq!(story.conclusion(head), "failure");
        story.github.set_events(&["pull_request", "push"]);
        story.commit("main", &[(POLICY, Some("paths: [\"elsewhere/*.md\"]\n"))]);
        story.settle().await;
        let runs = story.github.check_runs(REPO, head);
        let last = runs.last().expect("a check");
        assert_eq!((runs.len(), last.conclusion.as_deref()), (2, Some("success")));
        story.github.clear_requests();
        story.commit("main", &[("src/a.rs", Some("// code\n"))]);
        story.commit("elsewhere", &[("README.md", Some("Words.\n"))]);
        story.settle().await;
        assert_eq!(story.asked(), [""; 0], "code, and a branch that is nobody's base");
    })
    .await;
}

#[tokio::test]
async fn what_is_suspended_removed_or_archived_is_not_asked_for_any_more() {
    tell(async |story| {
        story.github.fault(Match::graphql(), Fault::bad_gateway(), usize::MAX);
        recover(story, deliveries()).await;
        let end: &[&dyn Fn(&Story)] = &[
            &|story| story.github.set_suspended(1001, true),
            &|story| {
                let payload = json!({
                    "action": "removed",
                    "installation": { "id": 1001, "account": { "login": "example-org" } },
                    "repositories_added": [],
                    "repositories_removed": [{ "id": story.github.repository_id(REPO) }],
                });
                story.github.send_webhook("installation_repositories", payload);
            },
            &|story| story.github.archive(REPO),
        ];
        for (n, end) in end.iter().enumerate() {
            story.github.hold_webhooks();
            open(story, u32::try_from(n).unwrap_or_default() + 1, ready());
            story.github.release_webhooks();
            story.github.resume_webhooks();
            end(story);
            story.settle().await;
            story.github.clear_requests();
            tokio::time::sleep(SOON).await;
            let asked = story.asked_but_tokens();
            let reviews = asked.iter().filter(|call| call.starts_with("query"));
            assert_eq!(reviews.count(), 0, "{asked:?}");
            if n == 0 {
                story.github.set_suspended(1001, false);
                story.settle().await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_renamed_repository_is_answered_under_its_new_name() {
    tell(async |story| {
        story.stop().await;
        story.serve().await;
        story.github.hold_webhooks();
        let head = open(story, 1, &unready(1));
        story.github.rename_repository(REPO, "proposals");
        story.github.release_webhooks();
        story.github.resume_webhooks();
        story.settle().await;
        let runs = story.github.check_runs("example-org/proposals", head);
        assert_eq!(runs.len(), 1);
        story.github.rename_repository("example-org/proposals", "enhancements");
    })
    .await;
}

#[tokio::test]
async fn below_fifteen_percent_the_sweep_waits_and_a_push_is_answered_at_once() {
    tell(async |story| {
        story.github.hold_webhooks();
        let missed = open(story, 1, &unready(1));
        story.github.forget_held_webhooks();
        story.github.resume_webhooks();
        story.github.set_rate_limit(20);
        // Each takes one request, until three are left.
        for number in 2.. {
            open(story, number, &unready(number));
            story.settle().await;
            let used =
                story.asked_but_tokens().iter().filter(|call| !call.starts_with("query")).count();
            if used >= 15 {
                break;
            }
        }
        recover(story, sweeps()).await;
        story.settle_webhooks().await;
        let pushed = open(story, 90, &unready(90));
        concluded(story, pushed, "failure").await;
        assert_eq!(story.github.check_runs(REPO, missed), []);
        story.github.advance_clock(Duration::from_secs(3_700));
        story.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_new_repository_shows_the_check_on_its_default_branch_once() {
    tell(async |story| {
        recover(story, sweeps()).await;
        let tip = story.github.tip(REPO, "main").expect("a branch");
        concluded(story, tip, "success").await;
        let check = story.check(tip);
        let title = check.title.unwrap_or_default();
        assert_eq!(title, "ep-bot is here: this check can now be required");
        insta::assert_snapshot!(
            "the_check_before_the_first_pull_request",
            check.summary.unwrap_or_default()
        );
        let before = asked_for(story, "GET /app/installations");
        while asked_for(story, "GET /app/installations") < before + 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(story.github.check_runs(REPO, tip).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_permission_that_nobody_accepted_keeps_no_verdict_back() {
    tell(async |story| {
        for permission in ["members", "issues"] {
            story.github.remove_permission(1001, permission);
        }
        story.github.revoke_tokens();
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("success"));
        let summary = check.summary.unwrap_or_default();
        let said =
            "GitHub has not granted ep-bot `issues: write`, `members: read`, which it asks for.";
        assert!(summary.contains(said), "{summary}");
        // The owner accepts.
        story.github.grant_permission(1001, "members", Access::Read);
        story.github.grant_permission(1001, "issues", Access::Write);
        let payload = json!({
            "action": "new_permissions_accepted",
            "installation": { "id": 1001, "account": { "login": "example-org" } },
        });
        story.github.send_webhook("installation", payload);
        story.settle().await;
        let runs = story.github.check_runs(REPO, head);
        let summary = runs.last().and_then(|run| run.summary.clone()).unwrap_or_default();
        assert!(!summary.contains("has not granted"), "{summary}");
    })
    .await;
}

#[tokio::test]
async fn two_replicas_share_the_rounds_and_ask_for_a_delivery_once() {
    tell(async |story| {
        story.stop().await;
        story.database = Some(postgres::Server::shared().database().await);
        story.recovery = Some(Recovery { deliveries_every: SOON * 2, ..deliveries() });
        story.github.lose_webhooks();
        let head = open(story, 1, &unready(1));
        story.github.resume_webhooks();
        let begun = Instant::now();
        story.serve().await;
        concluded(story, head, "failure").await;
        story.settle_webhooks().await;
        // A start looks at once: what it looks for is there by now.
        let replica = story.replica().await;
        tokio::time::sleep(SOON * 12).await;
        let reads = asked_for(story, "GET /app/hook/deliveries");
        let periods = begun.elapsed().as_secs_f64() / SOON.as_secs_f64() / 2.0;
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let reads = reads as f64;
        // One for each start, and one at most in each 0.7 of a period.
        assert!(reads <= 3.0 + periods / 0.7, "{reads} reads in {periods} periods");
        // Push and pull request; the suite's delivery is of no interest.
        let mut asked: Vec<String> = story
            .github
            .deliveries()
            .into_iter()
            .filter(|delivery| delivery.redelivery)
            .map(|delivery| delivery.guid)
            .collect();
        let all = asked.len();
        asked.sort();
        asked.dedup();
        assert_eq!(asked.len(), all, "each once");
        replica.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_on_the_default_branch_is_no_verdict_on_a_pull_request_from_there() {
    tell(async |story| {
        let before = story.github.tip(REPO, "main").expect("the default branch");
        story.github.push(REPO, "release", before);
        let head = story.commit("main", &[(PATH, Some(&unready(7)))]);
        recover(story, sweeps()).await;
        concluded(story, head, "success").await;
        recover(story, Recovery { sweep_every: NEVER, ..sweeps() }).await;
        story.settle().await;
        let gate = Gate::new();
        let compare = Match::rest("GET", "/repos/{owner}/{repo}/compare/{basehead}");
        story.github.fault(compare, Fault::Hold(gate.clone()), 1);
        story.github.pull_request(REPO, "main").base("release").open();
        gate.arrived().await;
        let newest = || {
            let runs = story.github.check_runs(REPO, head);
            runs.into_iter().max_by_key(|run| run.id).expect("a check")
        };
        assert_eq!(newest().status, "in_progress", "it could be merged meanwhile");
        gate.open();
        story.settle().await;
        assert_eq!(newest().conclusion.as_deref(), Some("failure"));
    })
    .await;
}

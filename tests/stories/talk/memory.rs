//! The database is a cache: without it, everything is decided as before, and nothing is said twice.

use ep_bot::simulator::{ReviewState, Role};

use super::super::climb::{at, emptied};
use super::super::support::story::{REPO, tell};
use super::super::{PATH, POLICY};
use super::told;

#[tokio::test]
async fn a_new_database_decides_as_the_old_one_and_repeats_nothing() {
    tell(async |story| {
        let policy = "prr:\n  approvers: [alice, carol]\n";
        story.commit("main", &[(POLICY, Some(policy))]);
        story.github.set_role(REPO, "alice", Role::Write);
        let text = emptied(&at("staged"), "### Goals");
        story.commit("idea", &[(PATH, Some(&text))]);
        let number = story.github.pull_request(REPO, "idea").author("dora").open();
        story.settle().await;
        for (who, body) in [
            ("alice", "/ep-waive section-empty Motivation > Goals because they are in EP-0003"),
            ("alice", "/ep-question Who is called at night?"),
            ("carol", "/ep-question Scalability: How many ships?\n\n/ep-question drop 1"),
            ("bob", "/ep-status\n/ep-help\n/ep-statsu"),
        ] {
            story.github.comment(REPO, number, who, body);
            story.settle().await;
        }
        story.github.review(REPO, number, "alice", ReviewState::Approved, "");
        story.settle().await;
        let head = story.github.head(REPO, number).expect("a head");
        let last = |story: &super::super::support::story::Story| {
            let run = story.github.check_runs(REPO, head).pop().expect("a check");
            (run.conclusion, run.title, run.summary, run.annotations)
        };
        let (before, verdict) = (told(story, number), last(story));
        insta::assert_snapshot!("before", before);

        story.forget().await;
        let deliveries = story.github.deliveries();
        for delivery in deliveries.iter().filter(|d| {
            matches!(d.event.as_str(), "pull_request" | "issue_comment" | "pull_request_review")
        }) {
            assert!(story.github.redeliver(&delivery.guid));
        }
        story.settle().await;
        assert_eq!(told(story, number), before);
        assert_eq!(last(story), verdict);
        assert_eq!(verdict.0.as_deref(), Some("failure"), "question 2 is open");
    })
    .await;
}

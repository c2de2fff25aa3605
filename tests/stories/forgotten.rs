//! What only a delivery tells: a merge queue waits, and somebody asks on an issue. Lost with the database, it is asked for.

use std::time::Duration;

use ep_bot::bot::Recovery;
use ep_bot::simulator::{Fault, Match};

use super::support::story::{REPO, tell};
use super::{PATH, ready};

/// Only the list of deliveries is read, once, at the start.
fn deliveries() -> Recovery {
    let never = Duration::from_secs(3_600);
    Recovery { deliveries_every: never, sweep_every: never, ..Recovery::default() }
}

#[tokio::test]
async fn a_group_and_a_question_that_were_lost_with_the_database_are_answered() {
    tell(async |story| {
        story.commit("idea", &[(PATH, Some(ready()))]);
        let number = story.github.open_pull_request(REPO, "idea");
        story.settle().await;
        // It is taken, and not looked at before the database goes.
        story.github.fault(Match::graphql_operation("Group"), Fault::bad_gateway(), 1);
        story.pace.tries.first = Duration::from_secs(3_600);
        story.pace.tries.longest = story.pace.tries.first;
        story.stop().await;
        story.serve().await;
        let group = story.github.enqueue(REPO, &[number]).expect("a group");
        story.settle_webhooks().await;
        while story.github.requests().iter().all(|asked| asked.fault.is_none()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(story.github.check_runs(REPO, group).len(), 0);
        story.github.fault(Match::graphql_operation("Issue"), Fault::bad_gateway(), 1);
        let issue = story.github.open_issue(REPO, "bob", "What is next?");
        story.github.comment(REPO, issue, "bob", "/ep-status EP-0007");
        while story.github.requests().iter().filter(|asked| asked.fault.is_some()).count() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        story.recovery = Some(deliveries());
        story.forget().await;
        story.posted(group).await;
        story.settle().await;
        assert_eq!(story.conclusion(group), "success");
        while story.github.comments(REPO, issue).len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

//! What changes by itself, and no event tells of: a waiver ends, an approver leaves the team.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ep_bot::bot::{Clock, Recovery};
use ep_bot::simulator::{ReviewState, Sha};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::climb::at;
use super::support::story::{REPO, Story, tell};
use super::{POLICY, linkless};

const DAY: u64 = 24 * 60 * 60;

/// Sweeps come often here, and nothing else that looks for what was missed.
fn sweeps() -> Recovery {
    Recovery {
        deliveries_every: Duration::from_secs(3_600),
        sweep_every: Duration::from_millis(100),
        burst: 10_000,
        gap: Duration::ZERO,
        ..Recovery::default()
    }
}

fn open(story: &Story, number: u32, text: &str) -> (u64, Sha) {
    let (branch, path) = (format!("idea-{number}"), format!("enhancements/EP-{number:04}-idea.md"));
    let text = text.replacen("# EP-0007", &format!("# EP-{number:04}"), 1);
    let head = story.commit(&branch, &[(&path, Some(&text))]);
    (story.github.open_pull_request(REPO, &branch), head)
}

/// How the newest check of a commit concludes.
fn newest(story: &Story, head: Sha) -> Option<String> {
    story.github.check_runs(REPO, head).pop().and_then(|run| run.conclusion)
}

/// How many pull requests were read since the log was cleared.
fn reviews(story: &Story) -> usize {
    story.asked().iter().filter(|call| *call == "query PullRequest").count()
}

/// Lets some rounds of the sweep pass.
async fn rounds(story: &Story) {
    let listed = |story: &Story| story.asked().iter().filter(|call| *call == "GET /pulls").count();
    let before = listed(story);
    while listed(story) < before + 3 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_was_reviewed_on_another_day_is_reviewed_once_more() {
    tell(async |story| {
        let ahead = Arc::new(AtomicU64::new(0));
        let seconds = Arc::clone(&ahead);
        story.clock = Clock::new(move || {
            Timestamp::now() + Duration::from_secs(seconds.load(Ordering::Relaxed))
        });
        story.stop().await;
        story.recovery = Some(sweeps());
        let tomorrow = Timestamp::now().to_zoned(TimeZone::UTC).date().saturating_add(1.day());
        let policy = format!(
            "prr:\n  approvers: [example-org/prr]\nwaivers:\n  - rule: section-empty\n    ep: 1\n    \
             because: it is written with the audit\n    until: {tomorrow}\n"
        );
        story.commit("main", &[(POLICY, Some(&policy))]);
        story.github.set_team("example-org", "prr", &["carol"]);
        story.serve().await;

        let text = linkless();
        let from = text.find("## Summary\n").expect("a summary");
        let to = text[from..].find("\n## Motivation").expect("what follows") + from;
        let (_, waived) = open(story, 1, &format!("{}## Summary\n{}", &text[..from], &text[to..]));
        let staged = at("staged").replace("](EP-", "](https://example.com/EP-");
        let (number, approved) = open(story, 2, &staged);
        story.github.review(REPO, number, "carol", ReviewState::Approved, "Good.");
        while [waived, approved].map(|head| newest(story, head)) != ["success", "success"].map(|c| Some(c.into())) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        rounds(story).await;
        story.github.clear_requests();
        rounds(story).await;
        assert_eq!(reviews(story), 0, "the same day");

        story.github.set_team("example-org", "prr", &["dora"]);
        ahead.store(3 * DAY, Ordering::Relaxed);
        while [waived, approved].map(|head| newest(story, head)) != ["failure", "failure"].map(|c| Some(c.into())) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        rounds(story).await;
        story.github.clear_requests();
        rounds(story).await;
        assert_eq!(reviews(story), 0, "once a day is enough");
    })
    .await;
}

//! One commit, several pull requests; a base branch that changes; the merge queue.

use ep_bot::simulator::{Fault, Gate, Match, Sha};

use super::support::story::{REPO, Story, tell};
use super::{CHECK_RUNS, PATH, POLICY, read, ready, unready};

/// What stands last on a commit, as GitHub goes by the newest run of a name.
fn newest(story: &Story, head: Sha) -> (String, Option<String>, String) {
    let runs = story.github.check_runs(REPO, head);
    let run = runs.into_iter().max_by_key(|run| run.id).expect("a check");
    (run.status, run.conclusion, run.title.unwrap_or_default())
}

fn conclusion(story: &Story, head: Sha) -> String {
    let (status, conclusion, _) = newest(story, head);
    assert_eq!(status, "completed");
    conclusion.unwrap_or_default()
}

/// A second base branch, whose policy asks for more.
fn strict_branch(story: &Story) {
    let tip = story.github.tip(REPO, "main").expect("the default branch");
    story.github.push(REPO, "release", tip);
    story.commit(
        "release",
        &[(
            POLICY,
            Some("rules:\n  diagram-missing: error\n  history-entry: error\n  number-taken: off\n"),
        )],
    );
}

/// An EP that the built-in policy lets through and the strict one does not.
fn without_history() -> String {
    let text = ready();
    let at = text.find("## Implementation History").expect("a history");
    let end = text[at..].find("\n## Drawbacks").expect("what follows") + at;
    format!(
        "{}## Implementation History\n\n- 2026-01-05: provisional\n{}",
        &text[..at],
        &text[end..]
    )
}

#[tokio::test]
async fn two_pull_requests_with_one_head_share_the_worst_verdict_and_both_are_named() {
    tell(async |story| {
        strict_branch(story);
        let head = story.commit("idea", &[(PATH, Some(&without_history()))]);
        let first = story.github.open_pull_request(REPO, "idea");
        story.settle().await;
        assert_eq!(conclusion(story, head), "success");
        let second = story.github.pull_request(REPO, "idea").base("release").open();
        story.settle().await;
        assert_eq!(conclusion(story, head), "failure", "the second is not ready");
        // Whoever looks at the first again finds the same.
        story.github.comment(REPO, first, "example-org", "/ep-check");
        story.settle().await;
        let (_, conclusion_now, title) = newest(story, head);
        assert_eq!(conclusion_now.as_deref(), Some("failure"));
        assert!(title.contains(&format!("#{second}")), "{title}");
        let summary = story
            .github
            .check_runs(REPO, head)
            .into_iter()
            .max_by_key(|run| run.id)
            .and_then(|run| run.summary)
            .unwrap_or_default();
        let opening: String = summary.lines().take(7).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!("what_a_shared_check_says", opening);

        // The second goes: the first is judged alone.
        story.github.close_pull_request(REPO, second);
        story.settle().await;
        assert_eq!(conclusion(story, head), "success");
    })
    .await;
}

#[tokio::test]
async fn a_shared_head_never_passes_before_both_were_reviewed() {
    tell(async |story| {
        strict_branch(story);
        let head = story.commit("idea", &[(PATH, Some(&without_history()))]);
        story.github.hold_webhooks();
        let first = story.github.open_pull_request(REPO, "idea");
        story.github.pull_request(REPO, "idea").base("release").open();
        // The webhook of the second is lost; the review of the first has to see to it.
        let held = story.github.held_webhooks();
        let of_first = held.iter().find(|delivery| {
            delivery.event == "pull_request" && delivery.payload["number"] == first
        });
        let guid = of_first.expect("opened").guid.clone();
        assert!(story.github.release_webhook(&guid));
        story.github.forget_held_webhooks();
        story.github.resume_webhooks();
        story.settle().await;
        assert_eq!(conclusion(story, head), "failure");
        let successes = story
            .github
            .check_runs(REPO, head)
            .into_iter()
            .filter(|run| run.conclusion.as_deref() == Some("success"));
        assert_eq!(successes.count(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_pull_request_that_moves_on_frees_the_other() {
    tell(async |story| {
        strict_branch(story);
        let head = story.commit("idea", &[(PATH, Some(&without_history()))]);
        story.github.open_pull_request(REPO, "idea");
        story.github.push(REPO, "twin", head);
        story.github.pull_request(REPO, "twin").base("release").open();
        story.settle().await;
        assert_eq!(conclusion(story, head), "failure");
        let moved = story.commit("twin", &[("README.md", Some("More.\n"))]);
        story.settle().await;
        assert_eq!(conclusion(story, moved), "failure");
        assert_eq!(conclusion(story, head), "success");
    })
    .await;
}

#[tokio::test]
async fn a_success_is_set_in_progress_as_soon_as_the_base_branch_changes() {
    tell(async |story| {
        strict_branch(story);
        let (number, head) = story.propose(&[(PATH, Some(&without_history()))]).await;
        assert_eq!(conclusion(story, head), "success");
        let gate = Gate::new();
        let compare = Match::rest("GET", "/repos/{owner}/{repo}/compare/{basehead}");
        story.github.fault(compare, Fault::Hold(gate.clone()), 1);
        story.github.retarget(REPO, number, "release");
        gate.arrived().await;
        let (status, none, _) = newest(story, head);
        assert_eq!((status.as_str(), none), ("in_progress", None), "before anything is compared");
        gate.open();
        story.settle().await;
        assert_eq!(conclusion(story, head), "failure");
        let left =
            story.github.check_runs(REPO, head).into_iter().filter(|r| r.status != "completed");
        assert_eq!(left.count(), 0, "nothing is left in progress");
    })
    .await;
}

#[tokio::test]
async fn a_merge_group_is_reviewed_as_it_would_land_and_concluded() {
    tell(async |story| {
        story.commit("one", &[(PATH, Some(ready()))]);
        let other = ready().replacen("EP-0007", "EP-0008", 1);
        let path = "enhancements/EP-0008-second.md";
        story.commit("two", &[(path, Some(&other))]);
        let numbers = ["one", "two"].map(|branch| story.github.open_pull_request(REPO, branch));
        story.settle().await;
        let group = story.github.enqueue(REPO, &numbers).expect("a group");
        story.settle().await;
        assert_eq!(story.conclusion(group), "success");
        let base = story.github.tip(REPO, "main").expect("a tip");
        insta::assert_snapshot!(
            "a_merge_group",
            read(story, group, &[(group, "GROUP"), (base, "BASE")])
        );
    })
    .await;
}

#[tokio::test]
async fn two_eps_that_claim_one_number_meet_in_the_group_and_fail_there() {
    tell(async |story| {
        // Neither knows of the other: their policy does not look at open pull requests.
        story.commit("main", &[(POLICY, Some("rules:\n  number-taken: error\n"))]);
        story.commit("one", &[(PATH, Some(ready()))]);
        let first = story.github.open_pull_request(REPO, "one");
        story.settle().await;
        story.commit("two", &[("enhancements/EP-0007-another.md", Some(ready()))]);
        let second = story.github.open_pull_request(REPO, "two");
        story.settle().await;
        let group = story.github.enqueue(REPO, &[first, second]).expect("a group");
        story.settle().await;
        let check = story.check(group);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        assert!(check.annotations.iter().any(|a| a.message.contains("EP-0007-another.md")));
    })
    .await;
}

#[tokio::test]
async fn what_was_waived_on_a_pull_request_counts_in_the_queue() {
    tell(async |story| {
        let (number, head) = story.propose(&[(PATH, Some(&without_summary()))]).await;
        assert_eq!(conclusion(story, head), "failure");
        story.github.set_role(REPO, "alice", ep_bot::simulator::Role::Write);
        story.github.comment(
            REPO,
            number,
            "alice",
            "/ep-waive section-empty because it is a pilot",
        );
        story.settle().await;
        assert_eq!(conclusion(story, head), "success");
        let group = story.github.enqueue(REPO, &[number]).expect("a group");
        story.settle().await;
        assert_eq!(story.conclusion(group), "success");
    })
    .await;
}

#[tokio::test]
async fn what_was_waived_on_one_pull_request_hides_nothing_of_another_in_the_group() {
    tell(async |story| {
        let (first, _) = story.propose(&[(PATH, Some(&without_summary()))]).await;
        story.github.set_role(REPO, "alice", ep_bot::simulator::Role::Write);
        story.github.comment(REPO, first, "alice", "/ep-waive section-empty because it is a pilot");
        let other = without_summary().replacen("EP-0007", "EP-0008", 1);
        let path = "enhancements/EP-0008-second.md";
        story.commit("two", &[(path, Some(&other))]);
        let second = story.github.open_pull_request(REPO, "two");
        story.settle().await;
        let group = story.github.enqueue(REPO, &[first, second]).expect("a group");
        story.settle().await;
        let check = story.check(group);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        let blocks = check.annotations.iter().filter(|a| a.level == "failure");
        assert_eq!(blocks.map(|a| a.path.as_str()).collect::<Vec<_>>(), [path]);
    })
    .await;
}

#[tokio::test]
async fn a_verdict_that_comes_while_another_is_posted_is_not_covered_by_it() {
    tell(async |story| {
        let tip = story.github.tip(REPO, "main").expect("the default branch");
        story.github.push(REPO, "release", tip);
        let head = story.commit("idea", &[(PATH, Some(ready()))]);
        let first = story.github.open_pull_request(REPO, "idea");
        let second = story.github.pull_request(REPO, "idea").base("release").open();
        story.settle().await;
        assert_eq!(conclusion(story, head), "success");
        let gate = Gate::new();
        story.github.fault(Match::rest("POST", CHECK_RUNS), Fault::Hold(gate.clone()), 1);
        story.github.comment(REPO, first, "example-org", "/ep-check");
        gate.arrived().await;
        // Meanwhile another replica finds that the second is not ready.
        let (store, id) = (story.database().await, story.github.repository_id(REPO));
        let (head_name, key) = (head.to_string(), format!("pull_request/{id}/{second}"));
        let found = store.posted_check(id, &head_name, &key).await.expect("an answer");
        let mut found = found.expect("it was reviewed");
        "failure".clone_into(&mut found.conclusion);
        "EP-0007 is not ready".clone_into(&mut found.title);
        store.remember_check(&found, jiff::Timestamp::now()).await.expect("noted");
        gate.open();
        story.settle().await;
        let (_, conclusion, title) = newest(story, head);
        assert_eq!(conclusion.as_deref(), Some("failure"));
        assert!(title.contains(&format!("#{second}")), "{title}");
    })
    .await;
}

#[tokio::test]
async fn a_verdict_in_the_same_words_is_remembered_for_its_new_base_branch() {
    tell(async |story| {
        let tip = story.github.tip(REPO, "main").expect("the default branch");
        story.github.push(REPO, "release", tip);
        let (number, head) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        story.github.retarget(REPO, number, "release");
        story.settle().await;
        let (store, id) = (story.database().await, story.github.repository_id(REPO));
        let key = format!("pull_request/{id}/{number}");
        let found = store.posted_check(id, &head.to_string(), &key).await.expect("an answer");
        assert_eq!(found.expect("it was reviewed").base, "release", "else each sweep asks anew");
    })
    .await;
}

#[tokio::test]
async fn a_former_head_that_is_gone_is_no_matter_of_the_present_one() {
    tell(async |story| {
        strict_branch(story);
        let (number, former) = story.propose(&[(PATH, Some(ready()))]).await;
        let gate = Gate::new();
        let compare = Match::rest("GET", "/repos/{owner}/{repo}/compare/{basehead}");
        story.github.fault(compare, Fault::Hold(gate.clone()), 1);
        story.github.retarget(REPO, number, "release");
        gate.arrived().await;
        // In progress there, it is left, and GitHub does not have that commit any more.
        let runs = Match::rest("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs");
        let gone = Fault::status(422, "No commit found for SHA");
        story.github.fault(runs.containing(&former.to_string()), gone, 100);
        story.github.retarget(REPO, number, "main");
        let head = story.commit("idea", &[("README.md", Some("More.\n"))]);
        gate.open();
        story.settle().await;
        assert_eq!(conclusion(story, head), "success");
    })
    .await;
}

fn without_summary() -> String {
    let text = ready();
    let at = text.find("## Summary").expect("a summary");
    let end = text[at..].find("\n## Motivation").expect("what follows") + at;
    format!("{}## Summary\n{}", &text[..at], &text[end..])
}

#[tokio::test]
async fn a_destroyed_group_is_not_looked_at_any_more() {
    tell(async |story| {
        let (number, _) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        let compare = Match::rest("POST", CHECK_RUNS);
        story.github.fault(compare, Fault::bad_gateway(), 3);
        let group = story.github.enqueue(REPO, &[number]).expect("a group");
        story.github.end_merge_group(REPO, group, "dequeued");
        story.settle().await;
        assert!(story.github.check_runs(REPO, group).len() <= 1);
    })
    .await;
}

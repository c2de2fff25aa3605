//! What each event costs in requests, as the log of the simulated GitHub has it: the table of `docs/requests.md` is made of
//! it, and held to it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use ep_bot::simulator::{ReviewState, Role};

use super::support::story::{REPO, Story, tell};
use super::{PATH, ready, unready};

/// Where the policy lies.
const POLICY: &str = ".github/ep-bot.yml";
const PAGE: &str = "docs/requests.md";
const BEGIN: &str = "<!-- requests: begin -->\n";
const END: &str = "<!-- requests: end -->";

/// A row: what happened, and what was asked of GitHub for it, tokens aside.
type Row = (&'static str, Vec<String>);

async fn settled(story: &Story, what: &'static str, rows: &mut Vec<Row>) {
    story.settle().await;
    rows.push((what, story.asked_but_tokens()));
    story.github.clear_requests();
}

/// The token is made before the count.
async fn warm(story: &Story) {
    story.commit("warm", &[("README.md", Some("Warm.\n"))]);
    let number = story.github.open_pull_request(REPO, "warm");
    story.settle().await;
    story.github.close_pull_request(REPO, number);
    story.settle().await;
    story.github.clear_requests();
}

#[tokio::test]
async fn the_page_of_requests_is_what_the_log_says() {
    let mut rows: Vec<Row> = Vec::new();
    conversation(&mut rows).await;
    surroundings(&mut rows).await;
    let table = table(&rows);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("where the table begins");
    let (present, after) = rest.split_once(END).expect("where it ends");
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).expect("written");
    } else {
        assert_eq!(present, table, "INSTA_UPDATE=always writes {PAGE} anew");
    }
}

/// What happens on a pull request, and what is said there.
async fn conversation(rows: &mut Vec<Row>) {
    tell(async |story| {
        story.github.set_role(REPO, "alice", Role::Write);
        warm(story).await;

        story.commit("plain", &[("src/main.rs", Some("fn main() {}\n"))]);
        story.github.open_pull_request(REPO, "plain");
        settled(story, "`pull_request.opened`, no EP changed", rows).await;

        story.commit("idea", &[(PATH, Some(&unready(7)))]);
        let number = story.github.open_pull_request(REPO, "idea");
        settled(story, "`pull_request.opened`, an EP with gaps", rows).await;

        story.commit("idea", &[("README.md", Some("More.\n"))]);
        settled(story, "`pull_request.synchronize`, nothing new to say at the lines", rows).await;

        story.github.comment(REPO, number, "bob", "Looks good so far.");
        settled(story, "`issue_comment`, without a command", rows).await;

        story.github.comment(REPO, number, "bob", "/ep-status");
        settled(story, "`issue_comment`, `/ep-status`", rows).await;

        story.github.comment(REPO, number, "alice", "/ep-waive jira-missing because it is a pilot");
        settled(story, "`issue_comment`, `/ep-waive`", rows).await;

        story.github.comment(REPO, number, "bob", "/ep-check");
        settled(story, "`issue_comment`, `/ep-check`", rows).await;

        story.github.comment(REPO, number, "bob", "/ep-status all");
        settled(story, "`issue_comment`, `/ep-status all` (one folder, up to 50 EPs)", rows).await;

        let head = story.commit("idea", &[(PATH, Some(ready()))]);
        settled(story, "`pull_request.synchronize`, the gaps are filled", rows).await;

        let run = story.check(head).id;
        story.github.rerequest_check(REPO, run);
        settled(story, "`check_run.rerequested`", rows).await;

        story.github.rerequest_all_checks(REPO, head);
        settled(story, "`check_suite.rerequested`", rows).await;

        let newest = story.github.check_runs(REPO, head).into_iter().map(|run| run.id).max();
        story.github.request_action(REPO, newest.unwrap_or(run), "explain", "bob");
        settled(story, "`check_run.requested_action`, Explain", rows).await;

        let group = story.github.enqueue(REPO, &[number]).expect("a group");
        settled(story, "`merge_group.checks_requested`, one pull request", rows).await;

        story.github.end_merge_group(REPO, group, "dequeued");
        settled(story, "`merge_group.destroyed`", rows).await;

        let issue = story.github.open_issue(REPO, "bob", "What is next?");
        story.github.comment(REPO, issue, "bob", "/ep-status EP-0007");
        settled(story, "`issue_comment` on an issue, `/ep-status EP-0007`", rows).await;

        story.github.close_pull_request(REPO, number);
        settled(story, "`pull_request.closed`", rows).await;
    })
    .await;
}

/// What happens around pull requests: to their base branch, their repository, the installation.
async fn surroundings(rows: &mut Vec<Row>) {
    tell(async |story| {
        let events = ["pull_request", "pull_request_review", "push", "repository"];
        warm(story).await;
        story.commit("idea", &[(PATH, Some(&unready(7)))]);
        let number = story.github.open_pull_request(REPO, "idea");
        story.settle().await;
        story.github.set_events(&events);
        story.github.clear_requests();

        story.github.review(REPO, number, "carol", ReviewState::Approved, "");
        settled(story, "`pull_request_review.submitted`", rows).await;

        story.commit("elsewhere", &[("README.md", Some("Words.\n"))]);
        settled(story, "`push` to a branch that is nobody's base", rows).await;

        story.commit("main", &[("src/lib.rs", Some("// Code.\n"))]);
        settled(story, "`push` to a base branch, no EP and no rules changed", rows).await;

        story.commit("main", &[(POLICY, Some("na_needs_reason: true\n"))]);
        settled(
            story,
            "`push` to a base branch, the policy changed; one pull request, with an EP",
            rows,
        )
        .await;

        story.github.push(
            REPO,
            "release",
            story.github.tip(REPO, "main").expect("the default branch"),
        );
        settled(story, "`push`, a new branch", rows).await;

        story.commit("code", &[("src/main.rs", Some("fn main() {}\n"))]);
        let code = story.github.open_pull_request(REPO, "code");
        story.settle().await;
        story.github.clear_requests();

        story.github.retarget(REPO, number, "release");
        settled(
            story,
            "`pull_request.edited`, another base branch; the verdict stays a failure",
            rows,
        )
        .await;
        story.github.retarget(REPO, code, "release");
        settled(story, "`pull_request.edited`, another base branch; it was a success", rows).await;

        story.github.rename_repository(REPO, "proposals");
        settled(story, "`repository.renamed`", rows).await;
        story.github.rename_repository("example-org/proposals", "enhancements");
        story.settle().await;
        story.github.clear_requests();

        story.github.set_suspended(1001, true);
        settled(story, "`installation.suspend`", rows).await;
        story.github.set_suspended(1001, false);
        settled(story, "`installation.unsuspend`, one repository with two pull requests", rows)
            .await;

        story.github.create_repository("example-org/more");
        settled(
            story,
            "`installation_repositories.added`, a repository without pull requests",
            rows,
        )
        .await;

        story.github.archive(REPO);
        settled(story, "`repository.archived`", rows).await;
        story.github.uninstall(1001);
        settled(story, "`installation.deleted`", rows).await;
    })
    .await;
}

fn table(rows: &[Row]) -> String {
    let mut out = String::from("| what happens | requests | which |\n| --- | --- | --- |\n");
    for (what, calls) in rows {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for call in calls {
            *counts.entry(call).or_default() += 1;
        }
        let mut seen = Vec::new();
        for call in calls {
            if !seen.contains(&call.as_str()) {
                seen.push(call);
            }
        }
        let named: Vec<String> = seen
            .iter()
            .map(|call| match counts[call] {
                1 => format!("`{call}`"),
                n => format!("{n} × `{call}`"),
            })
            .collect();
        let which = if named.is_empty() { "none".to_owned() } else { named.join(", ") };
        let _ = writeln!(out, "| {what} | {} | {which} |", calls.len());
    }
    out
}

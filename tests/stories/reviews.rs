//! What people do with pull requests, and what the check says.

use std::time::Duration;

use ep_bot::simulator::{Fault, Gate, Match, Sha};

use super::support::story::{REPO, tell};
use super::{CHECK_RUNS, PATH, expected, files, many, placed, ready, reviewed, unready};

#[tokio::test]
async fn an_unready_ep_fails_with_an_annotation_at_each_gap() {
    tell(async |story| {
        let text = unready(7);
        let (_, head) = story.propose(&[(PATH, Some(&text))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        let at: Vec<(&str, u64)> =
            check.annotations.iter().map(|a| (a.path.as_str(), a.start_line)).collect();
        let found = reviewed(PATH, &text);
        assert!(!found.findings.is_empty());
        for finding in &found.findings {
            assert!(at.contains(&(PATH, finding.lines.start as u64)), "{finding:?}");
        }
        assert_eq!(
            story.asked(),
            [
                // The App is not installed on the owner's `.github`.
                "POST /app/installations/{installation_id}/access_tokens",
                "POST /app/installations/{installation_id}/access_tokens",
                "query PullRequest",
                "GET /compare/{basehead}",
                "query Texts",
                "POST /check-runs",
                "POST /pulls/{pull_number}/reviews",
            ]
        );
        let summary = check.summary.unwrap_or_default();
        insta::assert_snapshot!(
            "unready",
            format!("{}\n\n{}", check.title.unwrap_or_default(), nameless(&summary, head))
        );
    })
    .await;
}

/// A summary whose commits have no names of their own: those hold the time.
fn nameless(summary: &str, head: Sha) -> String {
    let head = head.to_string();
    let base = summary
        .split("merge base `")
        .nth(1)
        .and_then(|rest| rest.split("(`").nth(1)?.get(..40))
        .expect("the summary names the merge base");
    [(head.as_str(), "HEAD"), (&head[..7], "HEAD"), (base, "BASE"), (&base[..7], "BASE")]
        .iter()
        .fold(summary.to_owned(), |text, (sha, name)| text.replace(sha, name))
}

#[tokio::test]
async fn the_push_that_fills_the_gaps_passes() {
    tell(async |story| {
        let (_, first) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        let second = story.commit("idea", &[(PATH, Some(ready()))]);
        story.settle().await;
        assert_eq!(story.conclusion(first), "failure", "the old commit's verdict stays");
        assert_eq!(story.conclusion(second), "success");
    })
    .await;
}

#[tokio::test]
async fn a_push_while_the_bot_reads_is_what_the_verdict_is_about() {
    tell(async |story| {
        let gate = Gate::new();
        story.github.fault(Match::graphql_operation("Texts"), Fault::Hold(gate.clone()), 1);
        let first = story.commit("idea", &[(PATH, Some(&unready(7)))]);
        story.github.open_pull_request(REPO, "idea");
        gate.arrived().await;
        let second = story.commit("idea", &[(PATH, Some(ready()))]);
        assert!(story.github.webhooks_sent(Duration::from_secs(5)).await);
        gate.open();
        story.settle().await;
        assert_eq!(story.github.check_runs(REPO, first), [], "nobody asks about it any more");
        assert_eq!(story.conclusion(second), "success");
    })
    .await;
}

#[tokio::test]
async fn a_push_while_the_bot_posts_gets_the_last_word() {
    tell(async |story| {
        let gate = Gate::new();
        story.github.fault(Match::rest("POST", CHECK_RUNS), Fault::Hold(gate.clone()), 1);
        let first = story.commit("idea", &[(PATH, Some(&unready(7)))]);
        story.github.open_pull_request(REPO, "idea");
        gate.arrived().await;
        let pushes = [ready().to_owned(), unready(7), ready().to_owned()];
        let heads = pushes.map(|text| story.commit("idea", &[(PATH, Some(&text))]));
        assert!(story.github.webhooks_sent(Duration::from_secs(5)).await);
        gate.open();
        story.settle().await;
        assert_eq!(story.conclusion(first), "failure");
        let newest = heads[2];
        assert_eq!(story.conclusion(newest), "success");
        let runs = story.github.all_check_runs(REPO);
        assert_eq!(runs.last().map(|run| run.head), Some(newest));
        assert_eq!(runs.len(), 2, "three pushes in a row are one review of the newest");
    })
    .await;
}

#[tokio::test]
async fn a_pull_request_without_eps_passes_in_two_requests() {
    tell(async |story| {
        let (_, head) = story.propose(&[("src/main.rs", Some("fn main() {}\n"))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("success"));
        assert_eq!(check.title.as_deref(), Some("No EP changed"));
        assert_eq!(story.asked_but_tokens(), ["query PullRequest", "POST /check-runs"]);
    })
    .await;
}

#[tokio::test]
async fn more_than_a_hundred_annotations_come_in_batches_in_order_and_none_is_lost() {
    tell(async |story| {
        let eps = many();
        let expected = expected(&eps);
        assert!(expected.len() > 120, "{} annotations", expected.len());
        let (_, head) = story.propose(&files(&eps)).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        assert_eq!(placed(&check), expected);
        let batches = story.asked().iter().filter(|call| call.contains("/check-runs")).count();
        assert_eq!(batches, 3, "{} annotations", expected.len());
    })
    .await;
}

#[tokio::test]
async fn a_fork_is_reviewed_also_after_it_was_deleted() {
    tell(async |story| {
        let fork = story.github.fork(REPO, "contributor");
        let text = unready(7);
        let head = story.github.commit(&fork, "idea", &[(PATH, Some(text.as_bytes()))], "Propose");
        story.github.pull_request(REPO, "idea").from_fork(&fork).open();
        story.settle().await;
        assert_eq!(story.conclusion(head), "failure");

        let head =
            story.github.commit(&fork, "other", &[(PATH, Some(ready().as_bytes()))], "Again");
        story.github.lose_webhooks();
        let number = story.github.pull_request(REPO, "other").from_fork(&fork).open();
        story.github.delete_repository(&fork);
        story.github.resume_webhooks();
        story.github.mark_draft(REPO, number);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_reviewed_like_any_other() {
    tell(async |story| {
        let head = story.commit("idea", &[(PATH, Some(&unready(7)))]);
        let number = story.github.pull_request(REPO, "idea").draft().open();
        story.settle().await;
        assert_eq!(story.conclusion(head), "failure");
        story.github.mark_ready(REPO, number);
        story.settle().await;
        // One check still: what stands there already is not written again.
        assert_eq!(story.conclusion(head), "failure");
    })
    .await;
}

#[tokio::test]
async fn a_closed_pull_request_gets_nothing() {
    tell(async |story| {
        let head = story.commit("idea", &[(PATH, Some(&unready(7)))]);
        story.github.hold_webhooks();
        let number = story.github.open_pull_request(REPO, "idea");
        story.github.close_pull_request(REPO, number);
        story.github.resume_webhooks();
        story.github.release_webhooks();
        story.settle().await;
        assert_eq!(story.github.check_runs(REPO, head), []);
        assert!(story.asked_but_tokens().iter().all(|call| call == "query PullRequest"));

        story.github.reopen_pull_request(REPO, number);
        story.settle().await;
        assert_eq!(story.conclusion(head), "failure");
    })
    .await;
}

#[tokio::test]
async fn an_ep_that_is_deleted_is_named_and_passes() {
    tell(async |story| {
        story.commit("main", &[(PATH, Some(ready()))]);
        let (_, head) = story.propose(&[(PATH, None)]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("success"));
        assert!(check.summary.unwrap_or_default().contains(PATH));
    })
    .await;
}

#[tokio::test]
async fn an_ep_that_is_renamed_is_reviewed_under_its_new_name() {
    tell(async |story| {
        let old = "enhancements/EP-0007-draft.md";
        story.commit("main", &[(old, Some(&unready(7)))]);
        story.commit("idea", &[]);
        let head = story.github.rename(REPO, "idea", old, PATH);
        story.github.open_pull_request(REPO, "idea");
        story.settle().await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("success"), "a new name is no new gap");
        assert!(check.annotations.iter().any(|a| a.message.contains("It was so before")));
        assert!(check.annotations.iter().all(|a| a.path == PATH));
    })
    .await;
}

#[tokio::test]
async fn an_ep_that_cannot_be_read_fails_and_says_why() {
    tell(async |story| {
        let latin = b"# EP-0007: Ship to sh\xf6re\n".as_slice();
        let huge = format!("{}\n{}", ready(), "More of the same.\n".repeat(60_000));
        assert!(huge.len() > 1 << 20);
        for (branch, bytes, why) in [("latin", latin, "UTF-8"), ("huge", huge.as_bytes(), "1 MiB")]
        {
            let head = story.github.commit(REPO, branch, &[(PATH, Some(bytes))], "Propose");
            story.github.open_pull_request(REPO, branch);
            story.settle().await;
            let check = story.check(head);
            assert_eq!(check.conclusion.as_deref(), Some("failure"), "{branch}");
            let summary = check.summary.unwrap_or_default();
            assert!(summary.contains(why), "{summary}");
        }
    })
    .await;
}

#[tokio::test]
async fn another_base_branch_is_another_review() {
    tell(async |story| {
        // Beside `main`, a branch that has the EP already.
        let ep = story.commit("release", &[(PATH, Some(&unready(7)))]);
        story.github.push(REPO, "idea", ep);
        let head = story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        let number = story.github.pull_request(REPO, "idea").base("release").open();
        story.settle().await;
        assert_eq!(story.conclusion(head), "success", "no EP changes there");
        story.github.retarget(REPO, number, "main");
        story.settle().await;
        let runs = story.github.check_runs(REPO, head);
        let conclusions: Vec<_> = runs.iter().map(|run| run.conclusion.as_deref()).collect();
        assert_eq!(conclusions, [Some("success"), Some("failure")]);
    })
    .await;
}

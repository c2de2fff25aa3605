//! Stories: what people do on GitHub, and what the bot answers. The server is the real one, on a
//! database of its own; GitHub is the simulator, and each exchange is held against GitHub's own description.

mod support;

use std::time::Duration;

use ep_bot::proposal::Template;
use ep_bot::report::{self, CheckInput};
use ep_bot::review::{Candidate, Policy, Review, Rulebook, review};
use ep_bot::simulator::{CheckRunView, Fault, Gate, Match, Sha, signature};
use ep_bot::web::WEBHOOK_PATH;
use reqwest::{Client, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use support::story::{File, REPO, tell};

const PATH: &str = "enhancements/EP-0007-ship-edge-gateway.md";
const READY: &str = include_str!("../src/cli/examples/EP-0007-ship-edge-gateway.md");
const CHECK_RUNS: &str = "/repos/{owner}/{repo}/check-runs";

/// What lies in a repository after `ep-bot new`: the template under a real title.
fn unready(number: u32) -> String {
    let text = &Template::built_in().text;
    let (_, rest) = text.split_once('\n').expect("the template has a first line");
    format!("# EP-{number:04}: Ship to shore\n{rest}")
}

/// The review that `ep-bot check` makes of the same text.
fn reviewed(path: &str, text: &str) -> Review {
    let policy = Policy::default();
    let rulebook = Rulebook { template: Template::built_in(), policy: &policy, judge_as: None };
    review(&Candidate { path, head: text.as_bytes(), base: None }, &rulebook)
}

/// So many EPs that their gaps need three requests: paths and texts.
fn many() -> Vec<(String, String)> {
    (1..=13).map(|n| (format!("enhancements/EP-{n:04}-idea.md"), unready(n))).collect()
}

fn files(eps: &[(String, String)]) -> Vec<File<'_>> {
    eps.iter().map(|(path, text)| (&**path, Some(&**text))).collect()
}

/// An annotation's path, line and message.
type Placed = (String, u64, String);

/// The annotations of a check, as they came.
fn placed(check: &CheckRunView) -> Vec<Placed> {
    let annotations = check.annotations.iter();
    annotations.map(|a| (a.path.clone(), a.start_line, a.message.clone())).collect()
}

/// The annotations that new EPs should get, in their order.
fn expected(eps: &[(String, String)]) -> Vec<Placed> {
    let reviews: Vec<Review> = eps.iter().map(|(path, text)| reviewed(path, text)).collect();
    let output = report::check_run(&CheckInput {
        reviews: &reviews,
        removed: &[],
        not_proposals: 0,
        head: "",
        base: "",
        policy_source: "",
    });
    let annotations = output.annotations.into_iter();
    annotations.map(|a| (a.path, a.start_line as u64, a.message)).collect()
}

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
                "POST /app/installations/{installation_id}/access_tokens",
                "query PullRequest",
                "GET /compare/{basehead}",
                "query Texts",
                "POST /check-runs",
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
        let second = story.commit("idea", &[(PATH, Some(READY))]);
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
        let second = story.commit("idea", &[(PATH, Some(READY))]);
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
        let pushes = [READY.to_owned(), unready(7), READY.to_owned()];
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

        let head = story.github.commit(&fork, "other", &[(PATH, Some(READY.as_bytes()))], "Again");
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
async fn a_delivery_that_is_sent_again_changes_nothing() {
    tell(async |story| {
        let (_, head) = story.propose(&[(PATH, Some(READY))]).await;
        let asked = story.asked();
        let deliveries = story.github.deliveries();
        let opened = deliveries.iter().find(|d| d.action.as_deref() == Some("opened"));
        let guid = &opened.expect("it was sent").guid;
        for _ in 0..3 {
            assert!(story.github.redeliver(guid));
        }
        story.settle().await;
        assert!(story.github.deliveries().iter().all(|d| d.status_code == 202));
        assert_eq!(story.conclusion(head), "success");
        assert_eq!(story.asked(), asked, "GitHub is not even asked");
    })
    .await;
}

#[tokio::test]
async fn an_ep_that_is_deleted_is_named_and_passes() {
    tell(async |story| {
        story.commit("main", &[(PATH, Some(READY))]);
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
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        assert!(!check.annotations.is_empty());
        assert!(check.annotations.iter().all(|a| a.path == PATH));
    })
    .await;
}

#[tokio::test]
async fn an_ep_that_cannot_be_read_fails_and_says_why() {
    tell(async |story| {
        let latin = b"# EP-0007: Ship to sh\xf6re\n".as_slice();
        let huge = format!("{READY}\n{}", "More of the same.\n".repeat(60_000));
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
async fn what_github_did_not_send_is_refused_and_what_is_not_ours_is_let_be() {
    tell(async |story| {
        let url = format!("http://{}{WEBHOOK_PATH}", story.address());
        let secret = story.github.webhook_secret();
        let client = Client::builder().no_proxy().build().expect("a client");
        let send = async |event: &str, signature: Option<String>, body: Vec<u8>| {
            let mut request = client
                .post(&url)
                .header("content-type", "application/json")
                .header("x-github-event", event)
                .header("x-github-delivery", format!("guid of {event}"))
                .body(body);
            if let Some(signature) = signature {
                request = request.header("x-hub-signature-256", signature);
            }
            request.send().await.expect("an answer").status()
        };
        let body = b"{\"action\":\"created\"}".to_vec();
        let signed = |body: &[u8]| Some(signature(&secret, body));
        let stranger = Some(signature("a stranger's", &body));
        assert_eq!(send("pull_request", stranger, body.clone()).await, StatusCode::UNAUTHORIZED);
        assert_eq!(send("pull_request", None, body.clone()).await, StatusCode::BAD_REQUEST);
        assert_eq!(send("star", signed(&body), body.clone()).await, StatusCode::ACCEPTED);
        assert_eq!(story.asked(), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_body_of_more_than_25_mib_is_refused_and_the_next_delivery_is_taken() {
    tell(async |story| {
        // Announced is enough: a client that sends it all may find the connection closed before the answer.
        let head = format!(
            "POST {WEBHOOK_PATH} HTTP/1.1\r\nhost: bot\r\nx-github-event: push\r\n\
             x-github-delivery: large\r\nx-hub-signature-256: sha256=00\r\n\
             content-length: {}\r\n\r\n",
            25 * 1024 * 1024 + 1
        );
        let mut stream = TcpStream::connect(story.address()).await.expect("a connection");
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let mut answer = [0; 13];
        stream.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 413 ");
        let (_, head) = story.propose(&[(PATH, Some(READY))]).await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

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
        let (_, head) = story.propose(&[(PATH, Some(READY))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("action_required"));
        let summary = check.summary.unwrap_or_default();
        assert!(summary.contains("Server Error") && summary.contains("8 times"), "{summary}");

        story.github.clear_faults();
        let head = story.commit("idea", &[("README.md", Some("Better now.\n"))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
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
        let other = story.commit("other", &[(PATH, Some(READY))]);
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

#[tokio::test]
async fn tokens_that_github_revokes_are_replaced() {
    tell(async |story| {
        story.propose(&[(PATH, Some(&unready(7)))]).await;
        story.github.revoke_tokens();
        let head = story.commit("idea", &[(PATH, Some(READY))]);
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
        let head = story.commit("idea", &[(PATH, Some(READY))]);
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
        let head = story.commit("idea", &[(PATH, Some(READY))]);
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

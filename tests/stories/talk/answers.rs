//! Commands in comments, and what is answered.

use ep_bot::simulator::{Fault, Match, Role};

use super::super::climb::{at, emptied};
use super::super::support::story::{REPO, Story, tell};
use super::super::{PATH, POLICY, ready};
use super::{answer, own, reactions, told};

const REACTIONS: &str = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions";

/// `dora` proposes an EP at a status; `alice` can push.
async fn proposed(story: &Story, text: &str) -> u64 {
    story.github.set_role(REPO, "alice", Role::Write);
    story.commit("idea", &[(PATH, Some(text))]);
    let number = story.github.pull_request(REPO, "idea").author("dora").open();
    story.settle().await;
    number
}

/// Somebody says something, and the bot answers.
async fn say(story: &Story, number: u64, who: &str, body: &str) -> u64 {
    let comment = story.github.comment(REPO, number, who, body);
    story.settle().await;
    comment
}

/// An EP of which two things block.
fn unfinished() -> String {
    let metrics = "#### What specific metrics should inform a rollback?";
    emptied(&emptied(&at("implemented"), metrics), "### Goals")
}

#[tokio::test]
async fn status_of_this_pull_request_of_one_ep_and_of_all() {
    tell(async |story| {
        let second = ready().replace("EP-0007", "EP-0012");
        story.commit(
            "main",
            &[
                ("enhancements/EP-0012-second.md", Some(&second)),
                (
                    "enhancements/EP-0013-third.md",
                    Some(&unfinished().replace("EP-0007", "EP-0013")),
                ),
            ],
        );
        let number = proposed(story, &unfinished()).await;
        for (name, command) in [
            ("status", "/ep-status"),
            ("status_of_one", "/ep-status EP-0012"),
            ("status_of_none", "/ep-status EP-0021"),
            ("status_of_all", "/ep-status all"),
        ] {
            let before = own(story, number).len();
            let comment = say(story, number, "bob", command).await;
            assert_eq!(reactions(story, number, comment), ["eyes", "+1"], "{command}");
            assert_eq!(own(story, number).len(), before + 1, "{command}");
            insta::assert_snapshot!(name, answer(story, number));
        }
        say(story, number, "dora", "/ep-status").await;
        let hidden: Vec<_> = own(story, number).iter().map(|c| c.minimized.is_some()).collect();
        assert_eq!(hidden, [true, false, false, false, false], "the older answer is hidden");

        story.github.close_pull_request(REPO, number);
        let comment = say(story, number, "bob", "/ep-status\n/ep-status 12").await;
        assert_eq!(reactions(story, number, comment), ["eyes", "confused"]);
        insta::assert_snapshot!("closed", answer(story, number));
        let issue = story.github.open_issue(REPO, "bob", "Where do we stand?");
        say(story, issue, "bob", "/ep-status\n\n/ep-status 12\n\n/ep-check").await;
        insta::assert_snapshot!("issue", told(story, issue));
    })
    .await;
}

#[tokio::test]
async fn status_names_the_policy_and_what_was_decided() {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some("prr: {approvers: [alice, example-org/prr]}\n"))]);
        let number = proposed(story, &unfinished()).await;
        let waive = "/ep-waive section-empty Motivation > Goals because the board set them at 14:05 (@example-org/prr, #1)";
        say(story, number, "alice", waive).await;
        say(story, number, "alice", "/ep-question Scalability: How many ships at once?").await;
        say(story, number, "bob", "/ep-status").await;
        insta::assert_snapshot!("decided", told(story, number));
        let head = story.github.head(REPO, number).expect("a head");
        let runs = story.github.check_runs(REPO, head);
        let summary = runs.last().and_then(|run| run.summary.clone()).unwrap_or_default();
        insta::assert_snapshot!("decided_check", super::masked(&summary));
    })
    .await;
}

#[tokio::test]
async fn a_check_is_posted_anew_and_help_is_given() {
    tell(async |story| {
        let number = proposed(story, &unfinished()).await;
        let head = story.github.head(REPO, number).expect("a head");
        let comment = say(story, number, "bob", "Now again, please.\n\n/ep-check").await;
        assert_eq!(story.github.check_runs(REPO, head).len(), 2);
        assert_eq!(reactions(story, number, comment), ["eyes", "+1"]);
        assert_eq!(own(story, number), [], "the check itself is the answer");
        say(story, number, "bob", "/ep-help").await;
        insta::assert_snapshot!("help", answer(story, number));
        say(story, number, "dora", "/ep-help").await;
        let hidden: Vec<_> = own(story, number).iter().map(|c| c.minimized.is_some()).collect();
        assert_eq!(hidden, [true, false]);
    })
    .await;
}

#[tokio::test]
async fn an_approver_waives_and_asks_and_nobody_else_does() {
    tell(async |story| {
        let number = proposed(story, &unfinished()).await;
        let head = story.github.head(REPO, number).expect("a head");
        let verdict = || {
            let runs = story.github.check_runs(REPO, head);
            runs.last().and_then(|run| run.conclusion.clone()).unwrap_or_default()
        };
        let warned = || {
            let runs = story.github.check_runs(REPO, head);
            let annotations = runs.last().map(|run| run.annotations.clone()).unwrap_or_default();
            annotations
                .iter()
                .any(|a| a.title.as_deref().is_some_and(|t| t.starts_with("prr-question-asked")))
        };
        let goals = "/ep-waive section-empty Motivation > Goals because they are in EP-0003";
        let metrics = "/ep-waive prr-unanswered because nobody rolls back a ship at sea";
        for who in ["bob", "dora"] {
            let comment = say(story, number, who, goals).await;
            assert_eq!(reactions(story, number, comment), ["eyes", "confused"], "{who}");
            assert_eq!(verdict(), "failure");
        }
        story.github.set_role(REPO, "dora", Role::Write);
        say(story, number, "dora", goals).await;
        let comment = say(story, number, "alice", &format!("{goals}\n\n{metrics}")).await;
        assert_eq!(reactions(story, number, comment), ["eyes", "+1"]);
        assert_eq!(verdict(), "success");
        let asked = say(story, number, "alice", "/ep-question Who is called at night?").await;
        assert_eq!(reactions(story, number, asked), ["eyes", "+1"]);
        assert!(warned(), "it is required later");
        say(story, number, "bob", "/ep-question drop 1").await;
        say(story, number, "bob", "/ep-question drop 2").await;
        say(story, number, "alice", "/ep-question drop 1").await;
        assert!(!warned());
        story.github.delete_comment(REPO, comment, "alice");
        story.settle().await;
        assert_eq!(verdict(), "failure", "a waiver that is deleted is none");
        insta::assert_snapshot!("who_may", told(story, number));
    })
    .await;
}

#[tokio::test]
async fn what_somebody_else_edits_is_not_the_authors_command_and_what_the_author_edits_is() {
    tell(async |story| {
        let number = proposed(story, &unfinished()).await;
        let waive = "/ep-waive section-empty because they are in EP-0003";
        let thanks = say(story, number, "alice", "Thanks, I look at it tomorrow.").await;
        story.github.edit_comment(REPO, thanks, "maintainer", waive);
        story.settle().await;
        insta::assert_snapshot!("edited_by_other", told(story, number));
        let own_words = say(story, number, "alice", "Thanks!").await;
        assert_eq!(reactions(story, number, own_words), Vec::<String>::new());
        story.github.edit_comment(REPO, own_words, "alice", &format!("Thanks!\n\n{waive}"));
        story.settle().await;
        assert_eq!(reactions(story, number, own_words), ["eyes", "+1"]);
        assert!(answer(story, number).contains("is waived"), "{}", answer(story, number));
        story.github.edit_comment(REPO, own_words, "alice", "/ep-wave section-empty");
        story.settle().await;
        assert!(answer(story, number).contains("Did you mean"), "{}", answer(story, number));
    })
    .await;
}

#[tokio::test]
async fn slips_are_told_and_what_only_speaks_of_commands_is_let_be() {
    tell(async |story| {
        let number = proposed(story, ready()).await;
        for silent in [
            "Write `/ep-status` to see it.",
            "```\n/ep-status\n```",
            "> /ep-status\n\nThat was it.",
            "Have you seen [/ep-status](https://example.com)?",
            "I like /ep-status.",
        ] {
            say(story, number, "bob", silent).await;
        }
        assert_eq!(own(story, number), []);
        story.github.send_webhook("issue_comment", serde_json::json!({}));
        let slips = "/ep-statsu\n/ep status\n/ep-waive\n/ep-waive diagram\n/ep-waive diagram-missing\n\
                     /ep-waive file-unreadable because no\n/ep-question\n/ep-question drop it\n\
                     /ep-status the second one\n/ep-merge @example-org/prr #1 `x`";
        let comment = say(story, number, "bob", slips).await;
        assert_eq!(reactions(story, number, comment), ["eyes", "confused"]);
        insta::assert_snapshot!("slips", answer(story, number));
        let several = "/ep-help\n/ep-status\n/ep-status all\n/ep-stat";
        let comment = say(story, number, "bob", several).await;
        assert_eq!(reactions(story, number, comment), ["eyes", "confused"]);
        assert_eq!(own(story, number).len(), 5, "each is answered");
        let visible = own(story, number).iter().filter(|c| c.minimized.is_none()).count();
        assert_eq!(visible, 5);
        say(story, number, "robot[bot]", "/ep-status").await;
        assert_eq!(own(story, number).len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_comment_is_answered_once_whatever_happens_on_the_way() {
    for (fault, at_call) in
        [(Fault::bad_gateway(), 1), (Fault::DropAfter, 1), (Fault::bad_gateway(), 0)]
    {
        tell(async |story| {
            let number = proposed(story, &unfinished()).await;
            let body = "/ep-status\n/ep-status all\n/ep-help\n/ep-statsu";
            let react = Match::rest("POST", REACTIONS).after(at_call);
            story.github.fault(react, fault, 1);
            let comment = say(story, number, "bob", body).await;
            let visible: Vec<_> =
                own(story, number).iter().map(|c| c.minimized.is_none()).collect();
            assert_eq!(visible, [true; 4]);
            assert_eq!(reactions(story, number, comment), ["eyes", "confused"]);
            let sent = story.github.deliveries();
            let sent = sent.iter().filter(|d| d.event == "issue_comment");
            for delivery in sent {
                story.github.redeliver(&delivery.guid);
            }
            story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
            story.settle().await;
            assert_eq!(own(story, number).len(), 4);
        })
        .await;
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_in_the_middle_goes_on_where_it_was() {
    for after in 0..4 {
        tell(async |story| {
            let number = proposed(story, &unfinished()).await;
            let comments =
                Match::rest("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments");
            story.github.fault(comments.after(after), Fault::DropAfter, 1);
            let body = "/ep-status\n/ep-status all\n/ep-help\n/ep-statsu";
            say(story, number, "bob", body).await;
            let visible: Vec<_> =
                own(story, number).iter().map(|c| c.minimized.is_none()).collect();
            assert_eq!(visible, [true; 4], "the answer of call {after} was lost");
        })
        .await;
    }
}

#[tokio::test]
async fn a_waiver_in_the_first_of_a_hundred_and_fifty_comments_counts_for_the_last() {
    tell(async |story| {
        let number = proposed(story, &unfinished()).await;
        say(story, number, "alice", "/ep-waive section-empty because they are in EP-0003").await;
        for n in 0..148 {
            story.github.comment(REPO, number, "bob", &format!("Word {n} of many."));
        }
        story.settle().await;
        story.github.clear_requests();
        let comment = say(story, number, "bob", "/ep-status").await;
        assert_eq!(reactions(story, number, comment), ["eyes", "+1"]);
        let answer = answer(story, number);
        assert!(answer.contains("waived by `alice`"), "{answer}");
        assert_eq!(story.asked()[..2], ["query PullRequest", "query MoreTalk"]);
    })
    .await;
}

#[tokio::test]
async fn a_command_under_a_broken_policy_is_answered_too() {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some("path: eps\n"))]);
        let number = proposed(story, &unfinished()).await;
        let body = "/ep-status\n/ep-status all\n/ep-status 7\n/ep-waive section-empty because no";
        say(story, number, "alice", body).await;
        insta::assert_snapshot!("broken_policy", told(story, number));
        let issue = story.github.open_issue(REPO, "bob", "Where do we stand?");
        say(story, issue, "bob", "/ep-status all").await;
        insta::assert_snapshot!("broken_policy_issue", told(story, issue));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_github_does_not_take_is_not_called_done() {
    tell(async |story| {
        let number = proposed(story, &unfinished()).await;
        let comments = Match::rest("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments");
        story.github.fault(comments, Fault::status(403, "This conversation is locked"), 1);
        let comment = say(story, number, "bob", "/ep-status").await;
        assert_eq!(reactions(story, number, comment), ["eyes", "confused"]);
    })
    .await;
}

//! Repositories that say themselves what they ask: their policy, their owner's, none, and one that is broken.

use ep_bot::simulator::{Fault, Match, Sha};

use super::support::story::{REPO, Story, tell};
use super::{PATH, POLICY, linkless, read, ready, unready};

/// Nothing is asked of an EP's sections.
const RELAXED: &str = "sections:\n  Summary: off\n  Motivation > Goals: off\n  Motivation > Non-Goals: off\nrules:\n  \
                       status-missing: warning\n";

/// Has a mistyped key and a level that is none.
const BROKEN: &str = "path: enhancements/**/*.md\n\nrules:\n  diagram-missing: fatal\n";

const OWNER: &str = "example-org/.github";

fn tip(story: &Story) -> Sha {
    story.github.tip(REPO, "main").expect("there is a main branch")
}

#[tokio::test]
async fn the_base_branchs_policy_relaxes_and_tightens_what_is_asked() {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some(RELAXED))]);
        let (_, head) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        assert_eq!(story.conclusion(head), "success");
        let summary = story.check(head).summary.unwrap_or_default();
        let source = format!("Policy: `{POLICY}` at {}.", &tip(story).to_string()[..7]);
        assert!(summary.contains(&source), "{summary}");

        story.commit(
            "main",
            &[(
                POLICY,
                Some("prr:\n  na_needs_reason: true\nrules:\n  status-transition: error\n"),
            )],
        );
        let head = story.commit("next", &[(PATH, Some(ready()))]);
        story.github.open_pull_request(REPO, "next");
        story.settle().await;
        assert_eq!(story.conclusion(head), "failure", "a new EP that starts as completed");
    })
    .await;
}

#[tokio::test]
async fn a_pull_request_that_relaxes_its_own_gate_is_judged_by_the_base_branchs_policy() {
    tell(async |story| {
        let base = tip(story);
        let (_, head) = story.propose(&[(PATH, Some(&unready(7))), (POLICY, Some(RELAXED))]).await;
        let text = read(story, head, &[(head, "HEAD"), (base, "BASE")]);
        let (summary, _) = text.split_once("\n[").expect("there are annotations");
        insta::assert_snapshot!("relaxed", summary);
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
    })
    .await;
}

#[tokio::test]
async fn a_broken_policy_fails_where_eps_change_and_nowhere_else() {
    tell(async |story| {
        let base = story.commit("main", &[(POLICY, Some(BROKEN))]);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        let text = read(story, head, &[(head, "HEAD"), (base, "BASE")]);
        insta::assert_snapshot!("broken", text);
        assert_eq!(story.check(head).annotations, [], "the policy is no part of the change");

        let other = story.commit("other", &[("src/main.rs", Some("fn main() {}\n"))]);
        story.github.open_pull_request(REPO, "other");
        story.settle().await;
        assert_eq!(story.conclusion(other), "success");
    })
    .await;
}

#[tokio::test]
async fn under_a_broken_policy_the_files_that_it_would_name_still_count() {
    tell(async |story| {
        let broken =
            "paths: ['proposals/*/README.md']\nstatus_from: {sidecar: ep.yaml}\nrule: {}\n";
        story.commit("main", &[(POLICY, Some(broken))]);
        let (_, head) =
            story.propose(&[("proposals/0042-x/ep.yaml", Some("status: staged\n"))]).await;
        assert_eq!(story.conclusion(head), "failure");
    })
    .await;
}

#[tokio::test]
async fn the_pull_request_that_mends_a_broken_policy_passes_alone() {
    tell(async |story| {
        let base = story.commit("main", &[(POLICY, Some(BROKEN))]);
        let (number, head) = story.propose(&[(POLICY, Some(RELAXED))]).await;
        insta::assert_snapshot!("mended", read(story, head, &[(head, "HEAD"), (base, "BASE")]));
        let with_ep = story.commit("idea", &[(PATH, Some(ready()))]);
        story.settle().await;
        assert_eq!(story.conclusion(with_ep), "failure", "nothing judges its EP");
        let alone = story.commit("idea", &[(PATH, None)]);
        story.settle().await;
        assert_eq!(story.conclusion(alone), "success");

        story.github.merge_pull_request(REPO, number);
        let next = story.commit("next", &[(PATH, Some(&unready(7)))]);
        story.github.open_pull_request(REPO, "next");
        story.settle().await;
        assert_eq!(story.conclusion(next), "success", "the new policy judges from its merge on");
    })
    .await;
}

#[tokio::test]
async fn a_broken_policy_in_a_pull_request_is_marked_at_its_lines() {
    tell(async |story| {
        let base = tip(story);
        let (_, head) = story.propose(&[(POLICY, Some(BROKEN)), (PATH, Some(&linkless()))]).await;
        insta::assert_snapshot!(
            "broken_in_a_pull_request",
            read(story, head, &[(head, "HEAD"), (base, "BASE")])
        );
        let check = story.check(head);
        let at: Vec<_> =
            check.annotations.iter().map(|a| (a.path.as_str(), a.start_line)).collect();
        assert!(at.contains(&(POLICY, 1)) && at.contains(&(POLICY, 4)), "{at:?}");
    })
    .await;
}

#[tokio::test]
async fn a_repository_without_a_policy_follows_its_owners() {
    tell(async |story| {
        story.github.create_repository(OWNER);
        let policy =
            story.github.commit(OWNER, "main", &[(POLICY, Some(RELAXED.as_bytes()))], "Ask less");
        // The new repository is looked through.
        story.settle().await;
        story.github.clear_requests();
        let (_, head) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        assert_eq!(story.conclusion(head), "success");
        let summary = story.check(head).summary.unwrap_or_default();
        let source = format!("Policy: `{POLICY}` of {OWNER} at {}.", &policy.to_string()[..7]);
        assert!(summary.contains(&source), "{summary}");
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

        story.commit("main", &[(POLICY, Some("# Everything as usual.\n"))]);
        let head = story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "failure", "its own comes first");
    })
    .await;
}

#[tokio::test]
async fn an_owners_broken_policy_is_named_with_its_place() {
    tell(async |story| {
        story.github.create_repository(OWNER);
        let policy =
            story.github.commit(OWNER, "main", &[(POLICY, Some(BROKEN.as_bytes()))], "Ask more");
        let base = tip(story);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        let text = read(story, head, &[(head, "HEAD"), (base, "BASE"), (policy, "POLICY")]);
        insta::assert_snapshot!("broken_at_the_owner", text);
    })
    .await;
}

#[tokio::test]
async fn without_any_policy_the_built_in_one_judges_and_costs_no_request_more_for_each_push() {
    tell(async |story| {
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        let summary = story.check(head).summary.unwrap_or_default();
        assert!(summary.contains("Policy: the built-in policy."), "{summary}");
        story.github.clear_requests();
        let head = story.commit("idea", &[(PATH, Some(&unready(7)))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "failure");
        let push =
            ["query PullRequest", "GET /compare/{basehead}", "query Texts", "POST /check-runs"];
        assert_eq!(story.asked_for_the_check(), push);
        story.github.clear_requests();
        story.commit("other", &[("src/main.rs", Some("fn main() {}\n"))]);
        story.github.open_pull_request(REPO, "other");
        story.settle().await;
        assert_eq!(story.asked(), ["query PullRequest", "POST /check-runs"]);
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_github_cannot_give_is_no_missing_policy() {
    for place in [
        "repository.pullRequest.baseRef.target.file",
        "repository.pullRequest.baseRef.target.file.object",
        "repository.pullRequest.baseRef.target",
        "defaults.defaultBranchRef",
        "defaults",
    ] {
        tell(async |story| {
            // Relaxed by the policy, the EP passes; by the built-in one it fails.
            story.github.create_repository(OWNER);
            if place.starts_with("defaults") {
                story.github.commit(
                    OWNER,
                    "main",
                    &[(POLICY, Some(RELAXED.as_bytes()))],
                    "Ask less",
                );
            } else {
                story.commit("main", &[(POLICY, Some(RELAXED))]);
            }
            let first = Match::graphql_operation("PullRequest");
            story.github.fault(first, Fault::GraphqlNulls(vec![place.to_owned()]), 3);
            let (_, head) = story.propose(&[(PATH, Some(&unready(7)))]).await;
            assert_eq!(story.conclusion(head), "success", "{place}");
            assert!(story.asked().iter().filter(|call| *call == "query PullRequest").count() >= 4);
        })
        .await;
    }
}

#[tokio::test]
async fn while_github_cannot_give_the_policy_there_is_no_verdict() {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some(RELAXED))]);
        let nulls = vec!["repository.pullRequest.baseRef.target.file".to_owned()];
        let first = Match::graphql_operation("PullRequest");
        story.github.fault(first, Fault::GraphqlNulls(nulls), usize::MAX);
        let (_, head) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("action_required"));
        assert!(check.summary.unwrap_or_default().contains("no verdict on the EPs"));
        story.github.clear_faults();
    })
    .await;
}

#[tokio::test]
async fn a_ladder_of_ones_own_may_conclude_as_action_required() {
    tell(async |story| {
        let policy = "statuses:\n  steps: [draft, {name: live, like: completed}]\n  terminal: [dropped]\nincomplete: action_required\n";
        let base = story.commit("main", &[(POLICY, Some(policy))]);
        let text = unready(7).replace("**status here**", "**live**");
        let (_, head) = story.propose(&[(PATH, Some(&text))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("action_required"));
        let text = read(story, head, &[(head, "HEAD"), (base, "BASE")]);
        let opening: Vec<&str> = text.lines().take(20).collect();
        insta::assert_snapshot!("a_ladder_of_ones_own", opening.join("\n"));
        let draft = ready().replace("**implemented**", "**draft**");
        let head = story.commit("idea", &[(PATH, Some(&draft))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

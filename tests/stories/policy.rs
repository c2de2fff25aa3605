//! What a repository says of its own review: policy, template, numbers, links; and what a pull request that changes
//! them reads.

use ep_bot::proposal::Template;
use ep_bot::simulator::{Fault, Match, Sha};

use super::support::story::{REPO, Story, tell};
use super::{PATH, READY, unready};

const POLICY: &str = ".github/ep-bot.yml";
const TEMPLATE: &str = "enhancements/EP-0000-template.md";
const LAX: &str = "rules:\n  checklist-item-open: warning\n";

/// READY with one item of the checklist open: the default policy does not let it pass.
fn open_item() -> String {
    let text = READY.replacen("- [x]", "- [ ]", 1);
    assert_ne!(text, READY);
    text
}

fn summary(story: &Story, head: Sha) -> String {
    story.check(head).summary.unwrap_or_default()
}

#[tokio::test]
async fn the_policy_of_the_base_branch_judges_and_is_named() {
    tell(async |story| {
        let base = story.commit("main", &[(POLICY, Some(LAX))]);
        let (_, head) = story.propose(&[(PATH, Some(&open_item()))]).await;
        assert_eq!(story.conclusion(head), "success");
        let named = format!("`{POLICY}` at {}", &base.to_string()[..7]);
        assert!(summary(story, head).contains(&named), "{}", summary(story, head));
        assert_eq!(
            story.asked_but_tokens(),
            ["query PullRequest", "GET /compare/{basehead}", "query Texts", "POST /check-runs"],
            "policy and template cost no request of their own"
        );
    })
    .await;
}

#[tokio::test]
async fn a_pull_request_never_relaxes_its_own_gate_and_shows_what_it_would_turn() {
    tell(async |story| {
        let old = "enhancements/EP-0003-old.md";
        let text = open_item().replace("EP-0007", "EP-0003");
        story.commit("main", &[(old, Some(&text))]);
        let (_, head) = story.propose(&[(POLICY, Some(LAX)), (PATH, Some(&open_item()))]).await;
        assert_eq!(story.conclusion(head), "failure", "judged by the base's rules");
        let said = summary(story, head);
        assert!(said.contains("What this change of the rules would turn"), "{said}");
        assert!(said.contains("would turn green") && said.contains(old), "{said}");
    })
    .await;
}

#[tokio::test]
async fn a_broken_policy_fails_pull_requests_with_eps_and_no_others() {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some("pathes: [x]\n"))]);
        let (_, head) = story.propose(&[(PATH, Some(READY))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        let said = check.summary.unwrap_or_default();
        assert!(said.contains(".github/ep-bot.yml:1:1") && said.contains("`paths`"), "{said}");
        assert!(said.contains("were not reviewed"), "{said}");
        let other = story.commit("code", &[("src/main.rs", Some("fn main() {}\n"))]);
        story.github.open_pull_request(REPO, "code");
        story.settle().await;
        assert_eq!(story.conclusion(other), "success");
        let mend = story.commit("mend", &[(POLICY, Some("paths: [enhancements/**/*.md]\n"))]);
        story.github.open_pull_request(REPO, "mend");
        story.settle().await;
        assert_eq!(story.conclusion(mend), "success", "{}", summary(story, mend));
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_a_pull_request_breaks_is_marked_at_its_line() {
    tell(async |story| {
        let text = "# ours\nrules:\n  prr-unanswerd: off\n";
        let (_, head) = story.propose(&[(POLICY, Some(text))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        let at: Vec<(&str, u64)> =
            check.annotations.iter().map(|a| (a.path.as_str(), a.start_line)).collect();
        assert_eq!(at, [(POLICY, 3)]);
        assert!(check.annotations[0].message.contains("prr-unanswered"));
    })
    .await;
}

#[tokio::test]
async fn the_owners_policy_holds_where_the_repository_has_none() {
    tell(async |story| {
        story.github.create_repository("example-org/.github");
        story.github.commit(
            "example-org/.github",
            "main",
            &[(POLICY, Some(LAX.as_bytes()))],
            "Say what is asked of all",
        );
        let (_, head) = story.propose(&[(PATH, Some(&open_item()))]).await;
        assert_eq!(story.conclusion(head), "success");
        assert!(summary(story, head).contains("example-org/.github"), "{}", summary(story, head));
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_now_is_read_later_and_defaults_never_stand_in() {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some("rules:\n  toc-entry: error\n"))]);
        story.github.fault(Match::graphql_operation("PullRequest"), Fault::bad_gateway(), 2);
        let (_, head) = story.propose(&[(PATH, Some(READY))]).await;
        assert_eq!(story.conclusion(head), "success");
        assert!(summary(story, head).contains(POLICY));
    })
    .await;
}

#[tokio::test]
async fn the_repositorys_template_asks_and_a_question_gained_meanwhile_does_not_block() {
    tell(async |story| {
        let question = "#### How many ships does it serve at once?\n\n### Troubleshooting\n";
        let built_in = &Template::built_in().text;
        story.commit("main", &[(TEMPLATE, Some(built_in))]);
        let (number, first) = story.propose(&[(PATH, Some(READY))]).await;
        assert_eq!(story.conclusion(first), "success");
        let gained = built_in.replace("### Troubleshooting\n", question);
        story.commit("main", &[(TEMPLATE, Some(&gained))]);
        let second = story.commit("idea", &[("README.md", Some("Nothing about it.\n"))]);
        story.settle().await;
        assert_eq!(story.conclusion(second), "success", "{}", summary(story, second));
        let said = summary(story, second);
        assert!(said.contains("The template gained it after this change was begun"), "{said}");
        // Who begins now is asked.
        let text = READY.replace("EP-0007", "EP-0008");
        let path = "enhancements/EP-0008-late.md";
        let late = story.commit("late", &[(path, Some(&text))]);
        story.github.open_pull_request(REPO, "late");
        story.settle().await;
        assert_eq!(story.conclusion(late), "failure");
        assert!(number > 0);
    })
    .await;
}

#[tokio::test]
async fn a_template_that_would_ask_nothing_is_refused_and_its_effect_shown() {
    tell(async |story| {
        story.commit("main", &[(TEMPLATE, Some(&Template::built_in().text)), (PATH, Some(READY))]);
        let (text, _) = Template::built_in()
            .text
            .split_once("## Production Readiness Review Questionnaire")
            .map(|(head, tail)| (head.to_owned(), tail))
            .expect("the questionnaire");
        let (_, head) = story.propose(&[(TEMPLATE, Some(&text))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        assert_eq!(check.annotations[0].path, TEMPLATE);
        assert!(check.title.unwrap_or_default().contains("template"), "the title says what");
    })
    .await;
}

#[tokio::test]
async fn a_change_of_the_file_beside_an_ep_is_a_change_of_the_ep() {
    tell(async |story| {
        let policy = "paths: proposals/**/README.md\nstatus_from: {sidecar: meta.yaml}\n";
        let (ep, meta) = ("proposals/7-gateway/README.md", "proposals/7-gateway/meta.yaml");
        let text = unready(7);
        story.commit(
            "main",
            &[(POLICY, Some(policy)), (ep, Some(&text)), (meta, Some("status: provisional\n"))],
        );
        let (_, head) = story.propose(&[(meta, Some("status: staged\n"))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        let said = check.summary.unwrap_or_default();
        assert!(said.contains("`provisional` → `staged`"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn a_number_is_one_eps_in_the_base_branch_and_among_open_pull_requests() {
    tell(async |story| {
        story.commit("main", &[("enhancements/EP-0007-first.md", Some(READY))]);
        let (first, head) = story.propose(&[(PATH, Some(READY))]).await;
        assert_eq!(story.conclusion(head), "failure", "{}", summary(story, head));
        assert!(summary(story, head).contains("EP-0007 is also the number of"));
        let text = READY.replace("EP-0007", "EP-0009");
        let one = story.commit("one", &[("enhancements/EP-0009-one.md", Some(&text))]);
        let earlier = story.github.open_pull_request(REPO, "one");
        story.settle().await;
        assert_eq!(story.conclusion(one), "success");
        let two = story.commit("two", &[("enhancements/EP-0009-two.md", Some(&text))]);
        story.github.open_pull_request(REPO, "two");
        story.settle().await;
        assert_eq!(story.conclusion(two), "failure");
        let said = summary(story, two);
        assert!(said.contains("EP-0009 is also claimed by") && said.contains(&earlier.to_string()));
        assert!(first < earlier);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_looked_up_in_the_repository_as_the_pull_request_leaves_it() {
    tell(async |story| {
        let text =
            format!("{READY}\nSee [the relay](../docs/relay.md) and [one](EP-0003-one.md).\n");
        story.commit(
            "main",
            &[
                ("docs/relay.md", Some("x\n")),
                ("enhancements/EP-0003-one.md", Some("# EP-0003: x\n")),
            ],
        );
        let (_, head) =
            story.propose(&[(PATH, Some(&text)), ("enhancements/EP-0003-one.md", None)]).await;
        let check = story.check(head);
        let broken: Vec<&str> = check
            .annotations
            .iter()
            .filter(|a| a.title.as_deref().unwrap_or_default().starts_with("link-broken"))
            .map(|a| a.message.as_str())
            .collect();
        assert!(broken.iter().any(|m| m.contains("EP-0003-one.md")), "{broken:?}");
        assert!(!broken.iter().any(|m| m.contains("relay.md")), "{broken:?}");
        assert!(story.asked_but_tokens().len() <= 5, "{:?}", story.asked_but_tokens());
    })
    .await;
}

#[tokio::test]
async fn an_organisation_may_ask_for_action_instead_of_failing() {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some("incomplete: action_required\n"))]);
        let (_, head) = story.propose(&[(PATH, Some(&unready(7)))]).await;
        assert_eq!(story.conclusion(head), "action_required");
    })
    .await;
}

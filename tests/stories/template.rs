//! Repositories with a template of their own, and pull requests that change it.

use ep_bot::proposal::Template;
use ep_bot::simulator::Sha;

use super::support::story::{REPO, Story, tell};
use super::{PATH, POLICY, linkless, read, ready, unready};

const TEMPLATE: &str = "enhancements/EP-0000-template.md";

const QUESTION: &str = "What happens when the ship is in dry dock?";

/// The built-in template with a question more at the end of a part.
fn with_question() -> String {
    let text = &Template::built_in().text;
    let at = text.find("### Monitoring Requirements").expect("the template has that part");
    format!("{}#### {QUESTION}\n\n{}", &text[..at], &text[at..])
}

fn answered() -> String {
    let at = ready().find("### Monitoring Requirements").expect("the EP has that part");
    format!("{}#### {QUESTION}\n\nIt is off.\n\n{}", &ready()[..at], &ready()[at..])
}

/// The annotations as severity, line and message.
fn told(story: &Story, head: Sha) -> Vec<(String, u64, String)> {
    let annotations = story.check(head).annotations.into_iter();
    annotations.map(|a| (a.level, a.start_line, a.message)).collect()
}

#[tokio::test]
async fn an_ep_answers_the_questions_of_the_repositorys_own_template() {
    tell(async |story| {
        let tip = story.commit("main", &[(TEMPLATE, Some(&with_question()))]);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        assert_eq!(story.conclusion(head), "failure");
        let found = told(story, head);
        assert!(found.iter().any(|(_, _, message)| message.contains(QUESTION)), "{found:?}");
        let summary = story.check(head).summary.unwrap_or_default();
        let source = format!("Template: `{TEMPLATE}` at {}.", &tip.to_string()[..7]);
        assert!(summary.contains(&source), "{summary}");
        assert_eq!(story.asked_for_the_check().len(), 4);

        let head = story.commit("idea", &[(PATH, Some(&answered()))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

#[tokio::test]
async fn a_question_that_the_template_gained_meanwhile_is_a_warning_that_says_so() {
    tell(async |story| {
        story.commit("main", &[(TEMPLATE, Some(&Template::built_in().text))]);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        assert_eq!(story.conclusion(head), "success");
        story.commit("main", &[(TEMPLATE, Some(&with_question()))]);
        let head = story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
        let found = told(story, head);
        let gained: Vec<_> =
            found.iter().filter(|(_, _, message)| message.contains(QUESTION)).collect();
        insta::assert_snapshot!("gained", format!("{gained:#?}"));

        let late = ready().replace("EP-0007", "EP-0008");
        let late = story.commit("late", &[("enhancements/EP-0008-late.md", Some(&late))]);
        story.github.open_pull_request(REPO, "late");
        story.settle().await;
        assert_eq!(story.conclusion(late), "failure", "who begins now is asked");
    })
    .await;
}

#[tokio::test]
async fn a_question_that_the_policy_gained_meanwhile_is_a_warning_too() {
    tell(async |story| {
        story.commit("main", &[(POLICY, Some("# Nothing yet.\n"))]);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        assert_eq!(story.conclusion(head), "success");
        let asks = format!("prr:\n  questions:\n    - {QUESTION}\n");
        story.commit("main", &[(POLICY, Some(&asks))]);
        let head = story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.conclusion(head), "success");
        let found = told(story, head);
        let gained = found.iter().find(|(_, _, message)| message.contains(QUESTION));
        let gained = gained.map(|(level, _, message)| (level.as_str(), message.contains("gained")));
        assert_eq!(gained, Some(("warning", true)), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_pull_request_that_edits_the_template_shows_which_eps_it_turns_red() {
    tell(async |story| {
        let base = story.commit(
            "main",
            &[
                (TEMPLATE, Some(&Template::built_in().text)),
                (PATH, Some(ready())),
                ("enhancements/EP-0008-draft.md", Some(&unready(8))),
                ("enhancements/EP-0009-asked.md", Some(&answered().replace("EP-0007", "EP-0009"))),
                ("enhancements/README.md", Some("# All of them\n")),
            ],
        );
        let (_, head) = story.propose(&[(TEMPLATE, Some(&with_question()))]).await;
        insta::assert_snapshot!("preview", read(story, head, &[(head, "HEAD"), (base, "BASE")]));
        assert_eq!(
            story.asked_for_the_check(),
            [
                "query PullRequest",
                "GET /compare/{basehead}",
                "query Texts",
                "query Texts",
                "query Texts",
                "POST /check-runs",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_policy_that_moves_and_relaxes_shows_which_eps_turn_green_or_are_left_alone() {
    tell(async |story| {
        let base = story.commit(
            "main",
            &[
                (PATH, Some(ready())),
                ("eps/EP-0008-draft.md", Some(&unready(8))),
                ("eps/EP-0009-draft.md", Some(&unready(9))),
            ],
        );
        let policy = "paths: eps/**/*.md\nrules: {status-missing: warning}\nsections:\n  Summary: W\n  Motivation > Goals: W\n  Motivation > Non-Goals: W\n";
        let (_, head) = story.propose(&[(POLICY, Some(policy))]).await;
        insta::assert_snapshot!("preview_of_a_policy", read(story, head, &[(head, "HEAD"), (base, "BASE")]));
    })
    .await;
}

#[tokio::test]
async fn a_preview_names_fifty_eps_and_counts_the_rest() {
    tell(async |story| {
        let eps: Vec<(String, String)> = (1..=53)
            .map(|n| {
                (
                    format!("enhancements/EP-{n:04}-x.md"),
                    ready().replace("EP-0007", &format!("EP-{n:04}")),
                )
            })
            .collect();
        let mut files: Vec<_> = super::files(&eps);
        let template = Template::built_in().text.clone();
        files.push((TEMPLATE, Some(&template)));
        story.commit("main", &files);
        let (_, head) = story.propose(&[(TEMPLATE, Some(&with_question()))]).await;
        let summary = story.check(head).summary.unwrap_or_default();
        assert!(summary.contains("Of 53 EPs in the repository, 53 would turn red."), "{summary}");
        assert!(summary.contains("- …and 3 more.\n"), "{summary}");
        assert_eq!(summary.matches("-x.md`: `prr-question-missing`").count(), 50, "{summary}");
        let texts = story.asked().iter().filter(|call| *call == "query Texts").count();
        assert_eq!(texts, 4, "53 EPs are two queries");
    })
    .await;
}

#[tokio::test]
async fn a_template_that_asks_nothing_is_marked_in_the_pull_request_that_brings_it() {
    tell(async |story| {
        let base = story.github.tip(REPO, "main").expect("a main branch");
        let text = "# EP-0000: Title\n\n## Status\n\n**status here**\n\n## Summary\n";
        let (_, head) = story.propose(&[(TEMPLATE, Some(text))]).await;
        insta::assert_snapshot!(
            "a_template_that_asks_nothing",
            read(story, head, &[(head, "HEAD"), (base, "BASE")])
        );
        assert_eq!(story.conclusion(head), "failure");
    })
    .await;
}

#[tokio::test]
async fn a_broken_template_of_the_base_branch_fails_eps_and_passes_the_one_who_mends_it() {
    tell(async |story| {
        let base = story.commit("main", &[(TEMPLATE, Some("# EP-0000: Title\n\n## Summary\n"))]);
        let (_, head) = story.propose(&[(PATH, Some(&linkless()))]).await;
        let text = read(story, head, &[(head, "HEAD"), (base, "BASE")]);
        insta::assert_snapshot!("a_broken_template", text);
        assert_eq!(story.conclusion(head), "failure");
        let mended = story.commit("mend", &[(TEMPLATE, Some(&Template::built_in().text))]);
        story.github.open_pull_request(REPO, "mend");
        let other = story.commit("other", &[("src/main.rs", Some("fn main() {}\n"))]);
        story.github.open_pull_request(REPO, "other");
        story.settle().await;
        assert_eq!(story.conclusion(mended), "success");
        assert_eq!(story.conclusion(other), "success");
    })
    .await;
}

#[tokio::test]
async fn a_template_that_the_policy_names_and_nobody_wrote_is_said_where_it_is_named() {
    tell(async |story| {
        let policy = "# Ours.\ntemplate: docs/our-template.md\n";
        let base = story.commit("main", &[(POLICY, Some(policy))]);
        let (_, head) = story.propose(&[(PATH, Some(&linkless()))]).await;
        insta::assert_snapshot!(
            "no_such_template",
            read(story, head, &[(head, "HEAD"), (base, "BASE")])
        );
        assert_eq!(story.conclusion(head), "failure");

        let named = story.commit("named", &[(POLICY, Some("template: docs/other.md\n"))]);
        story.github.open_pull_request(REPO, "named");
        story.settle().await;
        let found = told(story, named);
        assert_eq!(story.conclusion(named), "failure");
        assert!(
            found.iter().any(|(_, line, m)| *line == 1 && m.contains("docs/other.md")),
            "{found:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_template_that_is_removed_leaves_the_built_in_one() {
    tell(async |story| {
        let base =
            story.commit("main", &[(TEMPLATE, Some(&with_question())), (PATH, Some(ready()))]);
        let (_, head) = story.propose(&[(TEMPLATE, None)]).await;
        insta::assert_snapshot!("removed", read(story, head, &[(head, "HEAD"), (base, "BASE")]));
    })
    .await;
}

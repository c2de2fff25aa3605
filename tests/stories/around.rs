//! What lies around an EP: numbers that others carry, links that lead somewhere or nowhere, and the file beside it.

use ep_bot::simulator::Sha;

use super::support::story::{REPO, Story, tell};
use super::{PATH, POLICY, linkless, ready, unready};

/// The messages of a rule, in the order of the check.
fn said(story: &Story, head: Sha, rule: &str) -> Vec<(String, String)> {
    let annotations = story.check(head).annotations.into_iter();
    let own =
        annotations.filter(|a| a.title.as_deref().is_some_and(|title| title.starts_with(rule)));
    own.map(|a| (a.level, a.message)).collect()
}

fn numbered(number: u32) -> String {
    ready().replace("EP-0007", &format!("EP-{number:04}"))
}

#[tokio::test]
async fn a_number_that_lies_in_the_base_branch_is_taken() {
    tell(async |story| {
        // Beside the branch, so that only the base branch's tip has it.
        story.commit("idea", &[("README.md", Some("Begun.\n"))]);
        story.commit("main", &[("enhancements/0007-older/README.md", Some(ready()))]);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        let found = said(story, head, "number-taken");
        insta::assert_snapshot!("taken_in_the_base_branch", format!("{found:#?}"));
        assert_eq!(story.conclusion(head), "failure");
        assert_eq!(story.asked_for_the_check().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn two_eps_of_one_pull_request_do_not_share_a_number() {
    tell(async |story| {
        let other = "enhancements/EP-0007-twin.md";
        let (_, head) = story.propose(&[(PATH, Some(ready())), (other, Some(ready()))]).await;
        let found = said(story, head, "number-taken");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].1.contains(other) && found[1].1.contains(PATH), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn of_two_pull_requests_with_one_number_the_earlier_one_keeps_it() {
    tell(async |story| {
        let (first, head) = story.propose(&[(PATH, Some(ready()))]).await;
        assert_eq!(story.conclusion(head), "success");
        let other = story.commit("other", &[("eps/EP-0007-other.md", Some(ready()))]);
        let second = story.github.open_pull_request(REPO, "other");
        story.settle().await;
        assert_eq!(story.conclusion(other), "failure");
        let found = said(story, other, "number-taken");
        let told = format!("EP-0007 is also claimed by #{first} (`{PATH}`).");
        assert!(found[0].1.starts_with(&told), "{found:?}");

        let again = story.commit("idea", &[("README.md", Some("About the fleet.\n"))]);
        story.settle().await;
        assert_eq!(story.conclusion(again), "success");
        let found = said(story, again, "number-taken");
        insta::assert_snapshot!("claimed_by_two", format!("{found:#?}"));
        assert!(found[0].1.contains(&format!("#{second}")), "{found:?}");
        assert!(story.asked_for_the_check().chunks(4).all(|push| push[0] == "query PullRequest"));
    })
    .await;
}

#[tokio::test]
async fn who_changes_an_ep_that_is_merged_keeps_its_number_whatever_others_propose() {
    tell(async |story| {
        story.commit("main", &[(PATH, Some(ready()))]);
        story.commit("rival", &[("eps/EP-0007-rival.md", Some(ready()))]);
        story.github.open_pull_request(REPO, "rival");
        let (_, head) = story
            .propose(&[
                (PATH, Some(&format!("{}\nMore.\n", ready()))),
                ("eps/EP-0008-new.md", Some(&numbered(8))),
            ])
            .await;
        assert_eq!(story.conclusion(head), "success");
        assert_eq!(said(story, head, "number-taken"), []);
    })
    .await;
}

#[tokio::test]
async fn an_ep_that_is_renamed_keeps_its_number() {
    tell(async |story| {
        let old = "enhancements/EP-0007-draft.md";
        story.commit("main", &[(old, Some(ready()))]);
        story.commit("idea", &[]);
        let head = story.github.rename(REPO, "idea", old, PATH);
        story.github.open_pull_request(REPO, "idea");
        story.settle().await;
        assert_eq!(said(story, head, "number-taken"), []);
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

#[tokio::test]
async fn eps_that_lie_deeper_than_the_first_query_lists_carry_their_numbers_too() {
    tell(async |story| {
        story.commit("main", &[("eps/a/b/c/d/EP-0007-deep.md", Some(ready()))]);
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        let found = said(story, head, "number-taken");
        assert!(found[0].1.contains("eps/a/b/c/d/EP-0007-deep.md"), "{found:?}");
        assert!(story.asked().contains(&"GET /git/trees/{tree_sha}".to_owned()));
        assert_eq!(story.asked_for_the_check().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn where_eps_may_lie_anywhere_one_list_of_all_files_tells_their_numbers() {
    tell(async |story| {
        story.commit(
            "main",
            &[
                (POLICY, Some("paths: '**/EP-*.md'\n")),
                ("teams/deck/EP-0007-older.md", Some(ready())),
                ("src/main.rs", Some("fn main() {}\n")),
            ],
        );
        let (_, head) = story.propose(&[("docs/EP-0007-x.md", Some(&linkless()))]).await;
        let found = said(story, head, "number-taken");
        assert!(found[0].1.contains("teams/deck/EP-0007-older.md"), "{found:?}");
        assert_eq!(story.asked_for_the_check().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_the_same_pull_request_breaks_is_a_warning_and_one_query_finds_the_others() {
    tell(async |story| {
        let links = "\n- [beside](notes.md)\n- [elsewhere](../docs/deep/plan.md)\n- [nowhere](../docs/gone.md)\n- [top](../LICENSE)\n";
        let text = format!("{}{links}", linkless());
        story.commit(
            "main",
            &[
                ("enhancements/notes.md", Some("Notes.\n")),
                ("docs/deep/plan.md", Some("A plan.\n")),
                (PATH, Some(&text)),
            ],
        );
        let changed = format!("{text}\nOnce more.\n");
        let (_, head) =
            story.propose(&[(PATH, Some(&changed)), ("enhancements/notes.md", None)]).await;
        let found = said(story, head, "link-broken");
        insta::assert_snapshot!("broken_links", format!("{found:#?}"));
        assert_eq!(story.conclusion(head), "success");
        assert_eq!(story.asked_for_the_check().len(), 5, "one more, for what the listings do not tell");
    })
    .await;
}

#[tokio::test]
async fn links_within_the_folders_of_eps_cost_no_query() {
    tell(async |story| {
        let text = format!("{}\n- [a](EP-0007-ship-edge-gateway.md) [b](../README.md) [c](a/b.png) [d](/gone/x.md)\n", linkless());
        let (_, head) = story.propose(&[(PATH, Some(&text)), ("enhancements/a/b.png", Some("png"))]).await;
        let found = said(story, head, "link-broken");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].1.contains("gone/x.md"), "{found:?}");
        assert_eq!(story.asked_for_the_check().len(), 4);
    })
    .await;
}

const SIDECARS: &str =
    "paths: 'designs/**/README.md'\ntitle: 'DEP-NNNN: Title'\nstatus_from:\n  sidecar: meta.yaml\n";

#[tokio::test]
async fn a_change_of_the_status_file_alone_has_its_ep_reviewed() {
    tell(async |story| {
        let ep = "designs/ship/0007-gateway/README.md";
        let beside = "designs/ship/0007-gateway/meta.yaml";
        let text =
            unready(7).replace("EP-0007", "DEP-0007").replace("**status here**", "See meta.yaml.");
        story.commit(
            "main",
            &[(POLICY, Some(SIDECARS)), (ep, Some(&text)), (beside, Some("status: provisional\n"))],
        );
        let (_, head) = story.propose(&[(beside, Some("status: completed\n"))]).await;
        let check = story.check(head);
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
        let summary = check.summary.unwrap_or_default();
        assert!(summary.contains("`provisional` → `completed`"), "{summary}");
        assert!(check.annotations.iter().all(|a| a.path == ep));
        assert_eq!(story.asked_for_the_check().len(), 4);

        let gone = story.commit("gone", &[(beside, None)]);
        story.github.open_pull_request(REPO, "gone");
        story.settle().await;
        assert_eq!(story.conclusion(gone), "failure");
        assert_eq!(said(story, gone, "status-missing").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_ep_of_any_name_is_found_beside_its_status_file() {
    tell(async |story| {
        let policy = "paths: 'eps/**/*.md'\nstatus_from: {sidecar: ep.yaml}\n";
        let ep = "eps/0007-gateway/gateway.md";
        story.commit(
            "main",
            &[
                (POLICY, Some(policy)),
                (ep, Some(&unready(7))),
                ("eps/0007-gateway/ep.yaml", Some("status: provisional\n")),
            ],
        );
        let (_, head) =
            story.propose(&[("eps/0007-gateway/ep.yaml", Some("status: staged\n"))]).await;
        assert_eq!(story.conclusion(head), "failure");
        assert!(story.check(head).annotations.iter().all(|a| a.path == ep));
        assert_eq!(story.asked_for_the_check().len(), 5);
    })
    .await;
}

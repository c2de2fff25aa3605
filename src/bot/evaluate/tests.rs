//! What concludes how.

use super::*;
use crate::bot::gather::{BaseText, Surroundings};
use crate::github::{CommitSha, PullRequestNumber};
use crate::review::repository::Chosen;

const READY_NOT: &str = "# EP-0007: Ship to shore\n\n## Status\n\nprovisional\n";

fn change(files: Vec<Text>) -> Change {
    let sha = |digits: &str| CommitSha(digits.repeat(20));
    Change {
        number: Some(PullRequestNumber(5)),
        head: sha("aa"),
        base: sha("bb"),
        tip: sha("bb"),
        ruling: Ruling::Law(Law::built_in()),
        template: Chosen::BuiltIn,
        earlier: None,
        changed: Vec::new(),
        files,
        removed: Vec::new(),
        touches_eps: true,
        cut_off: false,
        around: Surroundings::default(),
        proposed: None,
        notes: Vec::new(),
        base_branch: "main".to_owned(),
        draft: false,
        siblings: Vec::new(),
        conversation: crate::bot::gather::Conversation::default(),
    }
}

fn text(path: &str, head: &str, base: Option<&str>) -> Text {
    Text {
        path: path.to_owned(),
        head: bytes(head),
        sidecar: None,
        base: base.map(|base| BaseText {
            path: path.to_owned(),
            content: bytes(base),
            sidecar: None,
        }),
        touched: Touched::Itself,
        approved: Vec::new(),
    }
}

fn bytes(text: &str) -> Content {
    Content::Bytes(text.as_bytes().to_vec())
}

fn judge(change: &Change) -> Verdict {
    super::judge(change, &Books::default(), Date::constant(2026, 3, 14)).verdict
}

#[test]
fn no_ep_passes_and_says_so() {
    let verdict = judge(&change(Vec::new()));
    assert_eq!(verdict.conclusion, Conclusion::Success);
    assert!(verdict.title.to_lowercase().contains("no ep changed"), "{}", verdict.title);
}

#[test]
fn an_unready_ep_fails_at_its_lines() {
    let verdict = judge(&change(vec![text("eps/EP-0007.md", READY_NOT, None)]));
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    assert!(!verdict.annotations.is_empty());
    assert!(verdict.annotations.iter().all(|a| a.path == "eps/EP-0007.md" && a.start_line >= 1));
}

#[test]
fn an_index_page_is_left_alone() {
    let verdict = judge(&change(vec![text("eps/README.md", "# All proposals\n", None)]));
    assert_eq!(verdict.conclusion, Conclusion::Success);
}

#[test]
fn taking_the_number_out_of_the_heading_is_no_way_around_the_review() {
    let renamed = READY_NOT.replace("EP-0007: ", "");
    let verdict = judge(&change(vec![text("eps/ship.md", &renamed, Some(READY_NOT))]));
    assert_eq!(verdict.conclusion, Conclusion::Failure);
}

#[test]
fn what_cannot_be_read_never_passes() {
    for content in [Content::TooLarge(5 << 20), Content::Bytes(b"# \xff".to_vec())] {
        let file = Text { head: content, ..text("eps/ship.md", "", None) };
        assert_eq!(judge(&change(vec![file])).conclusion, Conclusion::Failure);
    }
}

#[test]
fn a_removed_ep_is_named_and_passes() {
    let mut removed = change(Vec::new());
    removed.removed = vec![
        Gone { path: "eps/EP-0008.md".into(), base: bytes(READY_NOT) },
        Gone { path: "eps/README.md".into(), base: bytes("# All proposals\n") },
    ];
    let verdict = judge(&removed);
    assert_eq!(verdict.conclusion, Conclusion::Success);
    assert!(verdict.summary.contains("eps/EP-0008.md"), "{}", verdict.summary);
    assert!(!verdict.summary.contains("eps/README.md"), "{}", verdict.summary);
}

#[test]
fn a_list_that_github_cuts_off_never_passes() {
    let mut unseen = change(Vec::new());
    unseen.cut_off = true;
    let verdict = judge(&unseen);
    assert_eq!(verdict.conclusion, Conclusion::ActionRequired);
    assert_eq!(verdict.title, words::CUT_OFF_TITLE);
    assert!(verdict.summary.contains("3,000"), "{}", verdict.summary);
}

#[test]
fn an_index_page_beside_a_sidecar_that_changes_is_not_counted_as_changed() {
    let page = Text { touched: Touched::Sidecar, ..text("eps/README.md", "# All\n", None) };
    let verdict = judge(&change(vec![page]));
    assert_eq!(verdict.conclusion, Conclusion::Success);
    assert!(!verdict.summary.contains("beside the EPs"), "{}", verdict.summary);
}

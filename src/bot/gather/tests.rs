//! Which files are read, and where. What GitHub answers is told by the stories.

use super::*;
use crate::github::{ChangedFile, Comparison};

fn sha(name: &str) -> CommitSha {
    CommitSha(name.to_owned())
}

fn file(path: &str, change: FileChange, previous: Option<&str>) -> ChangedFile {
    ChangedFile {
        path: path.to_owned(),
        previous_path: previous.map(str::to_owned),
        change,
        patch: None,
    }
}

fn built_in() -> Ruling {
    Ruling::Law(Law::built_in())
}

fn plan(files: Vec<ChangedFile>) -> Plan {
    let comparison = Comparison { merge_base: sha("base"), files, truncated: false };
    Plan::new(comparison, &pull_request(&[], false), &built_in())
}

fn pull_request(paths: &[(&str, FileChange)], more_paths: bool) -> PullRequest {
    PullRequest {
        number: PullRequestNumber(1),
        open: true,
        draft: true,
        head: sha("head"),
        base: sha("tip"),
        base_branch: "main".into(),
        paths: paths.iter().map(|(path, change)| ((*path).to_owned(), *change)).collect(),
        more_paths,
        base_file: None,
        owner_file: None,
    }
}

fn at(commit: &str, path: &str) -> FileAt {
    FileAt { commit: sha(commit), path: path.to_owned() }
}

fn bytes(text: &str) -> Content {
    Content::Bytes(text.as_bytes().to_vec())
}

#[test]
fn only_a_whole_list_without_candidates_and_renames_needs_no_more_requests() {
    let modified = FileChange::Modified;
    assert!(!may_concern(&pull_request(&[("src/main.rs", modified)], false), &built_in()));
    assert!(may_concern(&pull_request(&[("src/main.rs", modified)], true), &built_in()));
    assert!(may_concern(
        &pull_request(&[("eps/EP-0001.md", FileChange::Removed)], false),
        &built_in()
    ));
    let renamed = pull_request(&[("attic/old.md", FileChange::Renamed)], false);
    assert!(may_concern(&renamed, &built_in()), "it may have come from eps/");
}

#[test]
fn each_file_is_read_at_head_and_at_the_merge_base_under_its_path_there() {
    let plan = plan(vec![
        file("eps/EP-0001.md", FileChange::Added, None),
        file("eps/EP-0002.md", FileChange::Modified, None),
        file("eps/EP-0003.md", FileChange::Renamed, Some("eps/EP-0030.md")),
        file("eps/EP-0004.md", FileChange::Removed, None),
        file("eps/EP-0005.md", FileChange::Renamed, Some("drafts/five.md")),
        file("attic/EP-0006.md", FileChange::Renamed, Some("eps/EP-0006.md")),
        file("attic/seven.md", FileChange::Renamed, Some("drafts/seven.md")),
        file("src/main.rs", FileChange::Modified, None),
        file("src/old.rs", FileChange::Removed, None),
    ]);
    let mut wanted = plan.ask(&built_in()).files;
    wanted.sort();
    assert_eq!(
        wanted,
        [
            at("base", "drafts/five.md"),
            at("base", "eps/EP-0002.md"),
            at("base", "eps/EP-0004.md"),
            at("base", "eps/EP-0006.md"),
            at("base", "eps/EP-0030.md"),
            at("head", "eps/EP-0001.md"),
            at("head", "eps/EP-0002.md"),
            at("head", "eps/EP-0003.md"),
            at("head", "eps/EP-0005.md"),
        ]
    );
    let contents = wanted.into_iter().map(|f| (f.clone(), bytes(&format!("{f:?}")))).collect();
    let policy = Law::built_in().policy;
    let (files, removed) = plan.fill(&policy, &[], &contents).expect("everything is there");
    let read = |file: &FileAt| bytes(&format!("{file:?}"));
    let renamed = files.iter().find(|f| f.path == "eps/EP-0003.md").expect("the renamed one");
    assert_eq!(renamed.head, read(&at("head", "eps/EP-0003.md")));
    let before = renamed.base.as_ref().map(|base| (base.path.as_str(), base.content.clone()));
    assert_eq!(before, Some(("eps/EP-0030.md", read(&at("base", "eps/EP-0030.md")))));
    let removed: Vec<_> = removed.iter().map(|gone| gone.path.as_str()).collect();
    assert_eq!(removed, ["eps/EP-0004.md", "eps/EP-0006.md"]);
}

#[test]
fn a_file_that_is_listed_and_not_there_is_no_empty_file() {
    let files = vec![file("eps/EP-0001.md", FileChange::Added, None)];
    for contents in
        [HashMap::new(), HashMap::from([(at("head", "eps/EP-0001.md"), Content::Missing)])]
    {
        let missing = plan(files.clone()).fill(&Law::built_in().policy, &[], &contents);
        assert!(
            matches!(missing, Err(Trouble::MissingFile { path, .. }) if path == "eps/EP-0001.md")
        );
    }
}

#[test]
fn a_cut_off_list_is_told() {
    let comparison = Comparison { merge_base: sha("base"), files: Vec::new(), truncated: true };
    assert!(Plan::new(comparison, &pull_request(&[], false), &built_in()).cut_off);
}

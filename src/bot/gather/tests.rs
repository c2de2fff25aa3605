//! Which files are read, and where. What GitHub answers is told by the stories.

use super::change::BaseText;
use super::*;
use crate::github::{ChangedFile, Comparison, FolderAt};
use crate::review::policy::load;

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

/// A repository's own policy.
fn ruling(policy: &str) -> Ruling {
    let policy = load(policy).unwrap_or_else(|problems| panic!("{problems:?}"));
    Ruling::Law(Law { policy: policy.into(), file: None })
}

fn house() -> Ruling {
    ruling("")
}

fn planned(files: Vec<ChangedFile>, ruling: &Ruling) -> Plan {
    let comparison = Comparison { merge_base: sha("base"), files, truncated: false };
    Plan::new(comparison, Ends::of(&pull_request(&[], false)), ruling)
}

fn plan(files: Vec<ChangedFile>) -> Plan {
    planned(files, &house())
}

fn law(ruling: &Ruling) -> &Law {
    match ruling {
        Ruling::Law(law) => law,
        Ruling::Broken(broken) => panic!("{broken:?}"),
    }
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
        siblings: Vec::new(),
        talk: crate::github::Talk::default(),
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
    assert!(!may_concern(&pull_request(&[("src/main.rs", modified)], false), &house()));
    assert!(may_concern(&pull_request(&[("src/main.rs", modified)], true), &house()));
    assert!(may_concern(
        &pull_request(&[("eps/EP-0001.md", FileChange::Removed)], false),
        &house()
    ));
    let renamed = pull_request(&[("attic/old.md", FileChange::Renamed)], false);
    assert!(may_concern(&renamed, &house()), "it may have come from eps/");
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
    let house = house();
    let mut wanted = plan.ask(&house).files;
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
    let read = |file: &FileAt| bytes(&format!("{file:?}"));
    let contents = wanted.iter().map(|f| (f.clone(), read(f))).collect();
    let (files, removed) =
        plan.fill(&law(&house).policy, &[], &contents).expect("everything is there");
    let renamed = files.iter().find(|f| f.path == "eps/EP-0003.md");
    let renamed = renamed.map(|f| (f.head.clone(), f.base.clone()));
    let before = BaseText {
        path: "eps/EP-0030.md".to_owned(),
        content: read(&at("base", "eps/EP-0030.md")),
        sidecar: None,
    };
    assert_eq!(renamed, Some((read(&at("head", "eps/EP-0003.md")), Some(before))));
    let removed: Vec<_> = removed.iter().map(|gone| gone.path.as_str()).collect();
    assert_eq!(removed, ["eps/EP-0004.md", "eps/EP-0006.md"]);
}

#[test]
fn a_file_that_is_listed_and_not_there_is_no_empty_file() {
    let files = vec![file("eps/EP-0001.md", FileChange::Added, None)];
    let house = house();
    for contents in
        [HashMap::new(), HashMap::from([(at("head", "eps/EP-0001.md"), Content::Missing)])]
    {
        let missing = plan(files.clone()).fill(&law(&house).policy, &[], &contents);
        assert!(
            matches!(missing, Err(Trouble::MissingFile { path, .. }) if path == "eps/EP-0001.md")
        );
    }
}

#[test]
fn numbers_and_links_need_the_folders_of_eps_at_head_and_at_the_base_branchs_tip() {
    let ruling = ruling("paths: ['designs/**/README.md', '*.md']\n");
    let files = vec![file("designs/a/0001-x/README.md", FileChange::Modified, None)];
    let ask = planned(files, &ruling).ask(&ruling);
    let folder =
        |commit, path: &str, levels| FolderAt { commit: sha(commit), path: path.into(), levels };
    assert_eq!(ask.folders, [folder("head", "", 1), folder("tip", "", 1)]);
    assert_eq!(ask.open_into, None, "no number comes in");
    let house = house();
    let files = vec![file("eps/EP-0001.md", FileChange::Added, None)];
    let ask = plan(files.clone()).ask(&house);
    assert_eq!(ask.folders.len(), 7);
    assert!(ask.folders.contains(&folder("tip", "docs/eps", 3)), "{:?}", ask.folders);
    assert_eq!(ask.open_into.as_deref(), Some("main"));
    // Where the base branch has not moved on, what lies at head says all.
    let mut level = plan(files);
    level.tip = sha("base");
    let ask = level.ask(&house);
    assert!(ask.folders.iter().all(|folder| folder.commit == sha("head")));
    assert!(ask.candidates.iter().all(|file| file.commit == sha("base")), "{:?}", ask.candidates);
}

#[test]
fn an_ep_that_is_renamed_and_keeps_its_number_brings_none_in() {
    let renamed = |to: &str| vec![file(to, FileChange::Renamed, Some("eps/EP-0001-a.md"))];
    assert_eq!(plan(renamed("eps/EP-0001-b.md")).ask(&house()).open_into, None);
    assert!(plan(renamed("eps/EP-0002-b.md")).ask(&house()).open_into.is_some());
}

const SIDECARS: &str = "paths: ['designs/**/README.md']\nstatus_from: {sidecar: meta.yaml}\n";

#[test]
fn a_sidecar_that_changes_has_the_ep_beside_it_read_also_where_it_is_deleted() {
    let ruling = ruling(SIDECARS);
    let policy = &law(&ruling).policy;
    let beside = "designs/a/0001-x/README.md";
    let files = vec![
        file("designs/a/0001-x/meta.yaml", FileChange::Removed, None),
        file("designs/a/0002-y/meta.yaml", FileChange::Modified, None),
        file("designs/a/0002-y/README.md", FileChange::Modified, None),
    ];
    let plan = planned(files, &ruling);
    assert!(plan.touches_eps && plan.reviews());
    let ask = plan.ask(&ruling);
    for file in [at("head", beside), at("base", beside), at("base", "designs/a/0001-x/meta.yaml")] {
        assert!(ask.candidates.contains(&file), "{file:?}");
    }
    for file in [at("head", "designs/a/0002-y/meta.yaml"), at("base", "designs/a/0002-y/meta.yaml")]
    {
        assert!(ask.files.contains(&file), "{file:?}");
    }
    let listed = [
        beside,
        "designs/a/0001-x/notes.md",
        "designs/a/0002-y/README.md",
        "designs/a/0003-z/README.md",
    ];
    let eps = plan.beside_sidecars(policy, listed.into_iter());
    assert_eq!(eps, [beside]);
    let unread = plan.unread(&eps, policy, &HashMap::new());
    assert_eq!(unread.len(), 4, "the EP and its sidecar, at head and at the merge base");
}

#[test]
fn under_a_broken_policy_only_the_policy_that_may_mend_it_is_read() {
    let broken = Ruling::Broken(super::super::books::Broken {
        origin: crate::review::repository::Origin::Here { commit: "tip".into() },
        problems: Vec::new(),
        suspects: crate::review::repository::Suspects::of(Some("rules: {{")),
    });
    let files = vec![
        file("eps/EP-0001.md", FileChange::Modified, None),
        file(POLICY_PATH, FileChange::Modified, None),
    ];
    let plan = planned(files, &broken);
    assert!(plan.touches_eps && plan.touches_policy);
    let ask = plan.ask(&broken);
    assert_eq!((ask.files, ask.candidates), (Vec::new(), vec![at("head", POLICY_PATH)]));
    let only = planned(vec![file(POLICY_PATH, FileChange::Modified, None)], &broken);
    assert!(!only.touches_eps);
}

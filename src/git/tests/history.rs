//! Where two histories part.

use super::*;

/// The merge base of two revisions of the repository in a folder.
fn base(sandbox: &Sandbox, folder: &str, a: &str, b: &str) -> Result<Option<String>, Error> {
    let repo = sandbox.open(folder);
    let base = repo.merge_base(&repo.named(a), &repo.named(b))?;
    Ok(base.map(|base| base.to_string()))
}

/// `main` and `topic` with two commits each since they parted at the tag `fork`.
fn parted() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("repo", &["tag", "fork"]);
    for branch in ["topic", "main"] {
        sandbox.git("repo", &["checkout", "--quiet", "-B", branch, "fork"]);
        for step in 1..=2 {
            sandbox.write(&format!("repo/{branch}.md"), step.to_string());
            sandbox.commit(branch);
        }
    }
    sandbox
}

#[test]
fn the_merge_base_is_where_two_branches_parted() {
    let sandbox = parted();
    let fork = sandbox.id("fork");
    assert_eq!(base(&sandbox, "repo", "main", "topic"), Ok(Some(fork.clone())));
    assert_eq!(base(&sandbox, "repo", "topic", "main"), Ok(Some(fork.clone())));
    sandbox.git("repo", &["gc", "--quiet"]);
    assert_eq!(base(&sandbox, "repo", "main", "topic"), Ok(Some(fork)));
}

#[test]
fn an_ancestor_is_the_merge_base_itself() {
    let sandbox = parted();
    let first = Ok(Some(sandbox.id("main~4")));
    assert_eq!(base(&sandbox, "repo", "main", "main~4"), first);
    assert_eq!(base(&sandbox, "repo", "topic~4", "main"), first);
    assert_eq!(base(&sandbox, "repo", "main~4", "main~4"), first);
}

#[test]
fn a_merge_moves_the_merge_base() {
    let sandbox = parted();
    let topic = sandbox.id("topic");
    sandbox.git("repo", &["merge", "--quiet", "--no-edit", "topic"]);
    sandbox.commit("after");
    assert_eq!(base(&sandbox, "repo", "main", "topic"), Ok(Some(topic)));
}

// The library alone answers 3: in a history whose commits are all of one second it takes 3, which 5 is built on,
// for a base as good as 5.
#[test]
fn commits_of_one_second_do_not_hide_the_best_base() {
    let sandbox = Sandbox::empty();
    let parents: [&[u32]; 6] = [&[], &[1], &[1], &[1, 3], &[4], &[3, 5]];
    let stream: String = (1..).zip(parents).map(|(n, parents)| commit(n, parents)).collect();
    sandbox.feed("repo", &["fast-import", "--quiet"], &stream);
    assert_eq!(base(&sandbox, "repo", "c5", "c6"), Ok(Some(sandbox.id("c5"))));
}

#[test]
fn a_criss_cross_gives_one_of_its_two_bases() {
    let sandbox = Sandbox::empty();
    let parents: [&[u32]; 5] = [&[], &[1], &[1], &[2, 3], &[3, 2]];
    let stream: String = (1..).zip(parents).map(|(n, parents)| commit(n, parents)).collect();
    sandbox.feed("repo", &["fast-import", "--quiet"], &stream);
    let found = base(&sandbox, "repo", "c4", "c5").expect("readable").expect("a base");
    assert!([sandbox.id("c2"), sandbox.id("c3")].contains(&found));
}

#[test]
fn unrelated_histories_have_no_merge_base() {
    let sandbox = Sandbox::new();
    sandbox.git("repo", &["checkout", "--quiet", "--orphan", "apart"]);
    sandbox.commit("another beginning");
    assert_eq!(base(&sandbox, "repo", "main", "apart"), Ok(None));
}

#[test]
fn a_shallow_clone_that_ends_too_early_says_how_to_get_the_rest() {
    let sandbox = parted();
    sandbox.clone(&["--depth=2", "--no-single-branch", "--no-tags"], "shallow");
    let (main, topic) = (sandbox.id("main"), sandbox.id("topic"));
    assert_eq!(
        base(&sandbox, "shallow", "origin/main", "origin/topic"),
        Err(Error::Shallow { a: main, b: topic })
    );
    let said = Error::Shallow { a: "main".into(), b: "topic".into() }.to_string();
    assert!(
        said.contains("`git fetch --unshallow`") && said.contains("`fetch-depth: 0`"),
        "{said}"
    );

    sandbox.git("shallow", &["fetch", "--quiet", "--unshallow"]);
    let fork = sandbox.id("fork");
    assert_eq!(base(&sandbox, "shallow", "origin/main", "origin/topic"), Ok(Some(fork)));
}

#[test]
fn a_shallow_clone_that_is_deep_enough_gives_the_merge_base() {
    let sandbox = parted();
    sandbox.clone(&["--depth=3", "--no-single-branch", "--no-tags"], "shallow");
    let fork = sandbox.id("fork");
    assert_eq!(base(&sandbox, "shallow", "origin/main", "origin/topic"), Ok(Some(fork)));
}

//! What a revision names.

use std::fmt::Write as _;

use super::*;

#[test]
fn a_branch_a_tag_and_a_short_name_give_the_same_commit() {
    let sandbox = Sandbox::new();
    sandbox.git("repo", &["tag", "light"]);
    sandbox.git("repo", &["tag", "--annotate", "--message", "release", "v1"]);
    sandbox.git("repo", &["tag", "--annotate", "--message", "of a tag", "nested", "v1"]);
    let (repo, id) = (sandbox.open("repo"), sandbox.id("HEAD"));
    for rev in [
        "main",
        "heads/main",
        "refs/heads/main",
        "HEAD",
        "@",
        "light",
        "v1",
        "nested",
        &id,
        &id[..7],
    ] {
        assert_eq!(repo.named(rev).to_string(), id, "{rev}");
    }
    assert_eq!(id.len(), 40);
}

#[test]
fn steps_back_are_followed() {
    let sandbox = Sandbox::new();
    sandbox.git("repo", &["tag", "--annotate", "--message", "release", "v1"]);
    let (repo, first) = (sandbox.open("repo"), sandbox.id("HEAD~2"));
    for rev in ["HEAD~2", "HEAD^^", "main~2", "v1~2", "main@{2}", "HEAD~1^"] {
        assert_eq!(repo.named(rev).to_string(), first, "{rev}");
    }
}

#[test]
fn a_remote_branch_is_what_was_fetched_last() {
    let sandbox = Sandbox::new();
    sandbox.clone(&[], "clone");
    let fetched = sandbox.id("main");
    sandbox.write("clone/eps/2.md", "mine");
    sandbox.git("clone", &["add", "--all"]);
    sandbox.git("clone", &["commit", "--quiet", "--message", "mine"]);
    sandbox.commit("not fetched");
    let clone = sandbox.open("clone");
    assert_eq!(clone.named("origin/main").to_string(), fetched);
    assert_eq!(clone.named("main~1").to_string(), fetched);
    assert_eq!(clone.named("@{upstream}").to_string(), fetched);
}

#[test]
fn packed_references_count_as_loose_ones_do() {
    let sandbox = Sandbox::new();
    sandbox.git("repo", &["tag", "--annotate", "--message", "release", "v1"]);
    sandbox.git("repo", &["gc", "--quiet"]);
    assert!(!sandbox.path("repo/.git/refs/heads/main").exists(), "git packed nothing");
    let (repo, id) = (sandbox.open("repo"), sandbox.id("HEAD"));
    for rev in ["main", "v1", "HEAD", &id[..8]] {
        assert_eq!(repo.named(rev).to_string(), id, "{rev}");
    }
    assert_eq!(repo.text("main~1", "eps/1.md"), "2\n");
}

#[test]
fn head_is_the_commit_that_is_checked_out() {
    let sandbox = Sandbox::new();
    let head = || sandbox.open("repo").head().expect("readable").expect("a commit").to_string();
    assert_eq!(head(), sandbox.id("main"));
    sandbox.git("repo", &["checkout", "--quiet", "HEAD~1"]);
    assert_eq!(head(), sandbox.id("main~1"));
}

#[test]
fn a_repository_without_a_commit_has_no_head() {
    let sandbox = Sandbox::empty();
    let repo = sandbox.open("repo");
    assert_eq!(repo.head(), Ok(None));
    assert!(matches!(repo.resolve("HEAD"), Err(Error::Unknown { advice: Advice::NoCommit, .. })));
}

#[test]
fn a_short_name_that_two_commits_have_is_refused() {
    let sandbox = Sandbox::empty();
    // Of 1,000 names some share four digits, surely with fixed dates: always the same.
    let stream: String = (0..1000).map(|n| commit(n, &[])).collect();
    sandbox.feed("repo", &["fast-import", "--quiet"], &stream);
    let list = sandbox.git("repo", &["rev-list", "--all"]);
    let mut ids: Vec<&str> = list.lines().collect();
    ids.sort_unstable();
    let twins = ids.windows(2).find(|pair| pair[0][..4] == pair[1][..4]).expect("twins");
    let short = &twins[0][..4];

    let error = sandbox.open("repo").resolve(short).expect_err("ambiguous");
    let Error::Ambiguous { rev, candidates } = &error else { panic!("{error}") };
    assert_eq!(rev, short);
    assert!(twins.iter().all(|id| candidates.iter().any(|name| id.starts_with(name))), "{error}");
    assert_eq!(sandbox.open("repo").named(twins[0]).to_string(), twins[0]);
}

#[test]
fn what_names_no_commit_is_said_plainly() {
    let sandbox = Sandbox::new();
    sandbox.git("repo", &["branch", "feature/rollout"]);
    sandbox.git("repo", &["tag", "v1"]);
    sandbox.clone(&[], "clone");
    sandbox.clone(&["--depth=2"], "shallow");
    sandbox.git(".", &["init", "--quiet", "empty"]);
    let mut page = String::new();
    for (name, revs) in [
        (
            "clone",
            [
                "mian",
                "mian~1",
                "feature/rolout",
                "rollout",
                "origin/",
                "HEAD~9",
                "nothing-like-it",
                "deadbeef",
                "1111111111111111111111111111111111111111",
                "main..v1",
                "^main",
                "HEAD:eps",
                "HEAD:eps/1.md",
                "",
                "--all",
                "a b",
                "main~~x",
            ]
            .as_slice(),
        ),
        ("shallow", &["HEAD~1", "HEAD~2", "v1~3", "feature/rollout", "mian"]),
        ("empty", &["main", "HEAD", "HEAD~1"]),
    ] {
        let repo = sandbox.open(name);
        writeln!(page, "{name}").expect("a string takes all");
        for rev in revs {
            let said = repo.resolve(rev).map_or_else(|error| error.to_string(), |_| "found".into());
            writeln!(page, "  {rev}\n    {said}").expect("a string takes all");
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn an_object_that_is_gone_is_not_called_an_unknown_name() {
    let sandbox = Sandbox::new();
    let id = sandbox.id("main");
    let (folder, file) = id.split_at(2);
    std::fs::remove_file(sandbox.path(&format!("repo/.git/objects/{folder}/{file}")))
        .expect("gone");
    let refusal = sandbox.open("repo").refusal("main");
    assert!(refusal.starts_with(&format!("object {id} is not in the clone")), "{refusal}");
}

#[test]
fn a_damaged_object_is_not_called_an_unknown_name() {
    let sandbox = Sandbox::new();
    let (id, step) = (sandbox.id("main"), "main~1");
    let (folder, file) = id.split_at(2);
    let object = sandbox.path(&format!("repo/.git/objects/{folder}/{file}"));
    std::fs::remove_file(&object).expect("gone");
    std::fs::write(&object, "no object").expect("written");
    for rev in ["main", step] {
        let error = sandbox.open("repo").resolve(rev).expect_err("damaged");
        assert!(matches!(error, Error::Failed { .. }), "{error}");
    }
}

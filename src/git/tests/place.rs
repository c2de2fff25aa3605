//! Which repository, and where in it.

use super::*;

#[test]
fn a_repository_is_found_from_every_place_in_it() {
    let sandbox = Sandbox::new();
    for path in
        ["repo", "repo/", "repo/eps", "repo/eps/1.md", "repo/eps/new/one.md", "repo/eps/../eps/."]
    {
        assert_eq!(sandbox.open(path).root(), sandbox.path("repo"), "{path}");
    }
    let here = Repository::around(&from_here(&sandbox.path("repo/eps/1.md")));
    assert_eq!(here.expect("readable").expect("found").root(), sandbox.path("repo"));
}

#[test]
fn where_there_is_no_repository_there_is_none() {
    let sandbox = Sandbox::new();
    sandbox.write("apart/eps/1.md", "");
    // What only looks like one, git passes by.
    std::fs::create_dir(sandbox.path("apart/.git")).expect("a folder");
    for path in [".", "apart", "apart/eps/1.md", "nowhere/at/all"] {
        assert!(sandbox.around(path).expect("readable").is_none(), "{path}");
    }
}

#[test]
fn a_linked_worktree_has_its_own_root_and_head() {
    let sandbox = Sandbox::new();
    sandbox.git("repo", &["worktree", "add", "--quiet", "-b", "topic", "../linked", "HEAD~1"]);
    let linked = sandbox.open("linked/eps/1.md");
    assert_eq!(linked.root(), sandbox.path("linked"));
    assert_eq!(linked.head().expect("readable"), Some(linked.named("main~1")));
    assert_eq!(linked.text("main", "eps/1.md"), "3\n");
    assert_eq!(linked.relative(&sandbox.path("linked/eps/1.md")).as_deref(), Some("eps/1.md"));
    assert_eq!(linked.relative(&sandbox.path("repo/eps/1.md")), None);
}

#[test]
fn a_worktree_whose_repository_is_gone_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.git("repo", &["worktree", "add", "--quiet", "inner"]);
    sandbox.git("repo", &["worktree", "add", "--quiet", "../outer"]);
    std::fs::remove_dir_all(sandbox.path("repo/.git/worktrees")).expect("removed");
    for path in ["repo/inner", "outer/eps/1.md"] {
        let error = sandbox.around(path).expect_err("it leads nowhere");
        assert!(matches!(error, Error::Dangling { .. }), "{path}: {error}");
    }
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["clone", "--quiet", "repo", "other"]);
    sandbox.git("repo", &["submodule", "--quiet", "add", "../other", "module"]);
    let module = sandbox.open("repo/module/eps");
    assert_eq!(module.root(), sandbox.path("repo/module"));
    assert_eq!(module.text("HEAD", "eps/1.md"), "3\n");
}

#[test]
fn a_bare_repository_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.clone(&["--bare"], "bare.git");
    let error = sandbox.around("bare.git").expect_err("no work tree");
    assert_eq!(error, Error::Bare { path: sandbox.path("bare.git") });
}

#[test]
fn a_format_that_is_not_read_is_an_error_and_not_an_empty_repository() {
    for extension in ["extensions.refStorage=reftable", "extensions.objectFormat=sha256"] {
        let sandbox = Sandbox::new();
        let (name, value) = extension.split_once('=').expect("two parts");
        let config = sandbox.path("repo/.git/config");
        let config = config.to_str().expect("UTF-8");
        for (name, value) in [("core.repositoryFormatVersion", "1"), (name, value)] {
            sandbox.git(".", &["config", "--file", config, name, value]);
        }
        let error = sandbox.around("repo").expect_err(extension);
        assert!(matches!(error, Error::Format { .. }), "{error}");
    }
}

#[test]
fn a_path_is_taken_from_the_root() {
    let sandbox = Sandbox::new();
    sandbox.write("repo/eps/2 x/ü.md", "");
    sandbox.write("outside.md", "");
    let repo = sandbox.open("repo/eps");
    for (path, expected) in [
        ("repo", Some("")),
        ("repo/.", Some("")),
        ("repo/eps/..", Some("")),
        ("repo/eps", Some("eps")),
        ("repo/eps/", Some("eps")),
        ("repo/eps/1.md", Some("eps/1.md")),
        ("repo/./eps/./1.md", Some("eps/1.md")),
        ("repo/eps/2 x/../1.md", Some("eps/1.md")),
        ("repo/eps/2 x/ü.md", Some("eps/2 x/ü.md")),
        ("repo/../repo/eps/1.md", Some("eps/1.md")),
        ("repo/eps/none/../new/3.md", Some("eps/new/3.md")),
        ("repo/eps/none/../../../outside.md", None),
        ("repo/../outside.md", None),
        ("outside.md", None),
        (".", None),
        ("/", None),
        ("repository/eps/1.md", None),
    ] {
        assert_eq!(repo.relative(&sandbox.path(path)).as_deref(), expected, "{path}");
        assert_eq!(repo.relative(&from_here(&sandbox.path(path))).as_deref(), expected, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_through_a_symlink_is_taken_where_it_leads() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    symlink(sandbox.path("repo"), sandbox.path("alias")).expect("a link");
    symlink(sandbox.path("repo/eps"), sandbox.path("repo/linked")).expect("a link");
    symlink(sandbox.path("repo/eps/1.md"), sandbox.path("repo/link.md")).expect("a link");
    symlink(sandbox.path("repo/eps/1.md"), sandbox.path("away.md")).expect("a link");
    symlink("nowhere", sandbox.path("repo/broken.md")).expect("a link");
    let repo = sandbox.open("alias/eps");
    assert_eq!(repo.root(), sandbox.path("repo"));
    for (path, expected) in [
        ("alias", Some("")),
        ("alias/eps/1.md", Some("eps/1.md")),
        ("alias/eps/new.md", Some("eps/new.md")),
        ("repo/linked/1.md", Some("eps/1.md")),
        ("repo/linked/../eps", Some("eps")),
        // Git keeps a link to a file as a link.
        ("repo/link.md", Some("link.md")),
        ("repo/broken.md", Some("broken.md")),
        ("away.md", None),
    ] {
        assert_eq!(repo.relative(&sandbox.path(path)).as_deref(), expected, "{path}");
    }
}

//! Files at a commit.

use super::*;

#[test]
fn a_file_is_read_as_it_was_committed() {
    let sandbox = Sandbox::new();
    sandbox.write("repo/eps/2 – Größe & Maß/Übersicht.md", "# EP-0002\r\n\u{feff}ü\n");
    sandbox.write("repo/.gitattributes", "*.md text eol=lf\n");
    sandbox.git("repo", &["-c", "core.autocrlf=false", "add", "--all"]);
    sandbox.git("repo", &["commit", "--quiet", "--message", "umlauts"]);
    sandbox.write("repo/eps/1.md", "not committed");
    let repo = sandbox.open("repo");
    assert_eq!(repo.text("HEAD", "eps/1.md"), "3\n");
    assert_eq!(repo.text("HEAD~3", "eps/1.md"), "1\n");
    // As git stores it: what `.gitattributes` asks for was done when it was added.
    assert_eq!(repo.text("HEAD", "eps/2 – Größe & Maß/Übersicht.md"), "# EP-0002\n\u{feff}ü\n");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_missing() {
    let sandbox = Sandbox::new();
    std::os::unix::fs::symlink("1.md", sandbox.path("repo/eps/link.md")).expect("a link");
    std::os::unix::fs::symlink("eps", sandbox.path("repo/linked")).expect("a link");
    sandbox.git(".", &["clone", "--quiet", "repo", "other"]);
    sandbox.git("repo", &["submodule", "--quiet", "add", "../other", "module"]);
    sandbox.commit("links and a submodule");
    let repo = sandbox.open("repo");
    let head = repo.named("HEAD");
    for path in [
        "eps",
        "eps/",
        "eps/2.md",
        "eps/1.md/",
        "eps/1.md/x",
        "/eps/1.md",
        "./eps/1.md",
        "eps//1.md",
        "eps/../eps/1.md",
        "EPS/1.md",
        "eps/link.md",
        "linked",
        "linked/1.md",
        "module",
        "module/eps/1.md",
        "",
        "/",
        ".",
        "..",
    ] {
        assert_eq!(repo.file(&head, path), Ok(Content::Missing), "{path:?}");
    }
    assert_eq!(
        repo.paths(&head),
        Ok([".gitmodules", "eps/1.md", "eps/link.md", "linked"].map(String::from).to_vec())
    );
}

#[test]
fn a_file_that_is_too_large_is_not_loaded() {
    let sandbox = Sandbox::empty();
    let most = usize::try_from(LARGEST).expect("a small number");
    sandbox.write("repo/fits", vec![b'a'; most]);
    sandbox.write("repo/too-large", vec![b'a'; most + 1]);
    sandbox.commit("large");
    for packed in [false, true] {
        if packed {
            sandbox.git("repo", &["gc", "--quiet"]);
        }
        let repo = sandbox.open("repo");
        let head = repo.named("HEAD");
        assert_eq!(repo.file(&head, "too-large"), Ok(Content::TooLarge(LARGEST + 1)));
        let Ok(Content::Bytes(bytes)) = repo.file(&head, "fits") else { panic!("not read") };
        assert_eq!(bytes.len(), most);
    }
}

#[test]
fn paths_are_all_files_sorted_by_bytes() {
    let sandbox = Sandbox::empty();
    let files = ["README.md", "a-b", "a.md", "a/b/c/deep.md", "a/z.md", "ab", "ü/x y.md"];
    for file in files {
        sandbox.write(&format!("repo/{file}"), file);
    }
    sandbox.commit("files");
    sandbox.write("repo/not-committed.md", "");
    let repo = sandbox.open("repo");
    let head = repo.named("HEAD");
    assert_eq!(repo.paths(&head).expect("readable"), files);
    for file in files {
        assert_eq!(repo.text("HEAD", file), file);
    }
}

#[test]
fn the_empty_tree_has_no_paths() {
    let sandbox = Sandbox::empty();
    sandbox.commit("nothing");
    let repo = sandbox.open("repo");
    assert_eq!(repo.paths(&repo.named("HEAD")), Ok(Vec::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf_8_is_replaced() {
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = Sandbox::empty();
    let name = std::ffi::OsStr::from_bytes(b"eps-\xff.md");
    std::fs::write(sandbox.path("repo").join(name), "").expect("written");
    sandbox.commit("latin 1");
    let repo = sandbox.open("repo");
    assert_eq!(repo.paths(&repo.named("HEAD")), Ok(vec!["eps-\u{fffd}.md".to_owned()]));
    assert_eq!(repo.relative(&sandbox.path("repo").join(name)).as_deref(), Some("eps-\u{fffd}.md"));
}

#[test]
fn objects_of_another_repository_are_found_by_its_alternates() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["clone", "--quiet", "--shared", "repo", "shared"]);
    assert_eq!(sandbox.open("shared").text("HEAD~1", "eps/1.md"), "2\n");
}

#[test]
fn a_partial_clone_says_what_it_lacks() {
    let sandbox = Sandbox::new();
    sandbox.git("repo", &["config", "uploadpack.allowFilter", "true"]);
    sandbox.clone(&["--filter=blob:none", "--no-checkout"], "partial");
    let repo = sandbox.open("partial");
    let head = repo.named("HEAD");
    assert_eq!(repo.paths(&head), Ok(vec!["eps/1.md".to_owned()]));
    let id = sandbox.id("HEAD:eps/1.md");
    assert_eq!(
        repo.file(&head, "eps/1.md"),
        Err(Error::Absent { id, root: sandbox.path("partial") })
    );
}

//! `ep-bot fix` as a user meets it: real processes, real files.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

const GOOD: &str = include_str!("../src/cli/examples/EP-0012-guest-identity-offline-login.md");
const NAME: &str = "EP-0012-login.md";

fn ep_bot(folder: &Path, args: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ep-bot"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ep-bot runs");
    child.stdin.take().expect("stdin").write_all(stdin).expect("write");
    child.wait_with_output().expect("ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An EP with several faults.
fn faulty() -> String {
    GOOD.replace("# EP-0012: ", "# EP-12 - ")
        .replace("`staged`", "`stagd`")
        .replace("### Non-Goals\n", "")
        .replace("#### What specific metrics should inform a rollback?\n", "")
        .replace("- [x] What team", "- [✅] What team")
        .replace("- [Summary](#summary)\n", "")
}

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("folder");
    fs::create_dir(folder.path().join("eps")).expect("eps");
    for (name, text) in files {
        let path = folder.path().join("eps").join(name);
        fs::write(&path, text).expect("write");
        set_age(&path);
    }
    folder
}

/// A file as if written long ago: another write shows.
fn set_age(path: &Path) {
    let file = fs::File::options().write(true).open(path).expect("open");
    file.set_modified(long_ago()).expect("time");
}

fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

fn was_written(path: &Path) -> bool {
    fs::metadata(path).expect("file").modified().expect("time") != long_ago()
}

#[test]
fn files_that_change_are_written_and_what_was_done_and_what_is_left_is_said() {
    let folder = folder_with(&[
        (NAME, &faulty()),
        ("EP-0013-login.md", &GOOD.replace("EP-0012", "EP-0013")),
        ("README.md", "# Our proposals\n"),
    ]);
    let at = |name: &str| folder.path().join("eps").join(name);
    let out = ep_bot(folder.path(), &["fix", "eps"], b"");
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    insta::assert_snapshot!(text(&out.stdout));
    let mended = fs::read_to_string(at(NAME)).expect("read");
    assert!(mended.starts_with("# EP-0012: Guest Identity"));
    assert!(was_written(&at(NAME)) && !was_written(&at("EP-0013-login.md")));
    let left: Vec<_> = fs::read_dir(folder.path().join("eps")).expect("folder").collect();
    assert_eq!(left.len(), 3, "no other file: {left:?}");
    // A second run changes nothing.
    set_age(&at(NAME));
    let out = ep_bot(folder.path(), &["fix", "eps"], b"");
    assert_eq!(out.status.code(), Some(0));
    assert!(text(&out.stdout).starts_with("eps/EP-0012-login.md: nothing to mend\n"));
    assert!(!was_written(&at(NAME)));
    assert_eq!(fs::read_to_string(at(NAME)).expect("read"), mended);
}

#[test]
fn a_dry_run_shows_a_patch_and_touches_nothing() {
    let faulty = faulty();
    let folder = folder_with(&[(NAME, &faulty)]);
    let path = folder.path().join("eps").join(NAME);
    let out = ep_bot(folder.path(), &["fix", "--dry-run", "eps"], b"");
    assert_eq!(out.status.code(), Some(1), "something is to mend");
    assert!(!was_written(&path));
    assert_eq!(fs::read_to_string(&path).expect("read"), faulty);
    assert!(text(&out.stderr).contains("eps/EP-0012-login.md: "), "{}", text(&out.stderr));
    let diff = text(&out.stdout);
    assert!(
        diff.starts_with("--- eps/EP-0012-login.md\n+++ eps/EP-0012-login.md\n@@ -1,"),
        "{diff}"
    );
    for line in ["-# EP-12 - Guest", "+# EP-0012: Guest", "-`stagd`", "+`staged`", "+### Non-Goals"]
    {
        assert!(diff.lines().any(|l| l.starts_with(line)), "{line}");
    }
    assert_eq!(ep_bot(folder.path(), &["fix", "eps"], b"").status.code(), Some(0));
    let out = ep_bot(folder.path(), &["fix", "--dry-run", "eps"], b"");
    assert_eq!((out.status.code(), text(&out.stdout)), (Some(0), String::new()));
}

#[test]
fn standard_input_is_mended_to_standard_output_byte_for_byte() {
    let folder = folder_with(&[]);
    let windows = format!("\u{feff}{}\u{1b}[31mred", faulty()).replace('\n', "\r\n");
    let out = ep_bot(folder.path(), &["fix", "-"], windows.as_bytes());
    assert_eq!(out.status.code(), Some(0));
    let mended = text(&out.stdout);
    assert!(mended.starts_with("\u{feff}# EP-0012: Guest Identity"));
    assert!(mended.ends_with("\u{1b}[31mred"), "the end of the file as it was");
    assert_eq!(mended.matches('\n').count(), mended.matches("\r\n").count());
    assert!(text(&out.stderr).starts_with("-: "), "{}", text(&out.stderr));
    let out = ep_bot(folder.path(), &["fix", "-"], mended.as_bytes());
    assert_eq!(text(&out.stdout), mended);
    let out = ep_bot(folder.path(), &["fix", "-"], b"# EP-0012: \xff\n");
    assert_eq!((out.status.code(), out.stdout.as_slice()), (Some(2), b"".as_slice()));
}

#[test]
fn a_page_that_is_no_ep_is_left_alone() {
    let folder = folder_with(&[("README.md", "# Our proposals\n")]);
    let template = folder.path().join("eps/EP-0000-template.md");
    fs::write(&template, "# EP-0000: Template\n").expect("write");
    let out = ep_bot(folder.path(), &["fix", "eps/README.md", "eps/EP-0000-template.md"], b"");
    assert_eq!(out.status.code(), Some(0));
    assert!(text(&out.stderr).contains("eps/README.md: no EP, left alone"));
    assert_eq!(fs::read_to_string(template).expect("read"), "# EP-0000: Template\n");
    assert!(!was_written(&folder.path().join("eps/README.md")));
}

#[test]
fn what_cannot_be_read_is_named_and_does_not_stop_the_rest() {
    let folder = folder_with(&[(NAME, &faulty())]);
    fs::write(folder.path().join("eps/EP-0013-latin.md"), b"# EP-0013: caf\xe9\n").expect("write");
    let out = ep_bot(folder.path(), &["fix", "eps", "eps/EP-0013-latin.md", "nowhere.md"], b"");
    assert_eq!(out.status.code(), Some(2));
    let stderr = text(&out.stderr);
    assert!(stderr.contains("ep-bot: eps/EP-0013-latin.md: the file is not UTF-8"), "{stderr}");
    assert!(stderr.contains("ep-bot: nowhere.md: no such file or folder"), "{stderr}");
    assert!(was_written(&folder.path().join("eps").join(NAME)));
    let out = ep_bot(folder.path(), &["fix"], b"");
    assert_eq!(out.status.code(), Some(2), "a path is asked for");
}

#[test]
fn another_template_says_what_is_missing() {
    let folder =
        folder_with(&[("EP-0042-x.md", "# EP-0042: Menu\n\n## Status\n\nimplementable\n")]);
    let template = folder.path().join("template.md");
    fs::write(&template, "# EP-0000: T\n\n## Status\n\n## Price\n\n<!-- What does it cost? -->\n")
        .expect("write");
    let out = ep_bot(folder.path(), &["fix", "eps", "--template", "template.md"], b"");
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert_eq!(
        fs::read_to_string(folder.path().join("eps/EP-0042-x.md")).expect("read"),
        "# EP-0042: Menu\n\n## Status\n\nimplementable\n\n## Price\n\n<!-- What does it cost? -->\n"
    );
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn permissions_and_links_stay_as_they_are() {
        let folder = folder_with(&[(NAME, &faulty())]);
        let path = folder.path().join("eps").join(NAME);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("mode");
        fs::create_dir(folder.path().join("links")).expect("folder");
        let link = folder.path().join("links/EP-0012-link.md");
        symlink("../eps/EP-0012-login.md", &link).expect("link");
        let out = ep_bot(folder.path(), &["fix", "links/EP-0012-link.md"], b"");
        assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
        assert!(fs::symlink_metadata(&link).expect("link").is_symlink());
        assert!(was_written(&path));
        assert_eq!(fs::metadata(&path).expect("file").permissions().mode() & 0o7777, 0o640);
        assert_eq!(fs::read_dir(folder.path().join("links")).expect("folder").count(), 1);
    }

    #[test]
    fn a_read_only_file_is_not_written() {
        let faulty = faulty();
        let folder = folder_with(&[(NAME, &faulty)]);
        let path = folder.path().join("eps").join(NAME);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("mode");
        let out = ep_bot(folder.path(), &["fix", "eps"], b"");
        assert_eq!(out.status.code(), Some(2));
        let said = "ep-bot: eps/EP-0012-login.md: the file is read-only";
        assert!(text(&out.stderr).contains(said), "{}", text(&out.stderr));
        assert_eq!(fs::read_to_string(&path).expect("read"), faulty);
    }
}

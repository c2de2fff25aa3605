//! The command line as a user meets it: real processes, real files.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn ep_bot(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ep-bot"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("ep-bot runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn realistic(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/examples").join(name))
        .expect(name)
}

#[test]
fn a_new_ep_takes_the_next_free_number_and_the_check_says_what_is_missing() {
    let folder = tempfile::tempdir().expect("folder");
    fs::create_dir(folder.path().join("eps")).expect("eps");
    fs::write(
        folder.path().join("eps/EP-0007-gateway.md"),
        realistic("EP-0007-ship-edge-gateway.md"),
    )
    .expect("write");
    let out = ep_bot(folder.path(), &["new", "Offline: login & more"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let path = "eps/EP-0008-offline-login-more.md";
    assert!(text(&out.stdout).contains(path), "{}", text(&out.stdout));
    let written = fs::read_to_string(folder.path().join(path)).expect("new EP");
    assert!(written.starts_with("# EP-0008: Offline: login & more\n"));
    let out = ep_bot(folder.path(), &["check", path]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stdout).contains("error[section-empty]"), "{}", text(&out.stdout));
    assert!(!text(&out.stdout).contains("title-format"), "{}", text(&out.stdout));
}

#[test]
fn json_has_the_fixed_shape_and_unreadable_files_do_not_stop_the_rest() {
    let folder = tempfile::tempdir().expect("folder");
    fs::create_dir(folder.path().join("eps")).expect("eps");
    fs::write(
        folder.path().join("eps/EP-0007-gateway.md"),
        realistic("EP-0007-ship-edge-gateway.md"),
    )
    .expect("write");
    fs::write(folder.path().join("eps/EP-0009-latin.md"), b"# EP-0009: caf\xe9\n").expect("write");
    fs::write(folder.path().join("eps/README.md"), "# Our proposals\n").expect("write");
    let out = ep_bot(folder.path(), &["check", "--format", "json", "eps", "nowhere.md"]);
    assert_eq!(out.status.code(), Some(2));
    let json: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["proposals"].as_array().map(Vec::len), Some(1));
    let ep = &json["proposals"][0];
    assert_eq!(ep["path"], "eps/EP-0007-gateway.md");
    assert_eq!(ep["number"], 7);
    assert_eq!(ep["title"], "Ship Edge Gateway");
    assert_eq!(ep["status"], "completed");
    assert_eq!(ep["base_status"], Value::Null);
    assert_eq!(ep["verdict"], "pass");
    assert_eq!(ep["progress"]["checklist"]["done"], 11);
    let unreadable: Vec<&str> = json["unreadable"]
        .as_array()
        .expect("list")
        .iter()
        .filter_map(|u| u["path"].as_str())
        .collect();
    assert_eq!(unreadable, ["eps/EP-0009-latin.md", "nowhere.md"]);
}

#[test]
fn wrong_use_is_one_clear_line_and_exit_code_2() {
    let folder = tempfile::tempdir().expect("folder");
    for (args, said) in [
        (vec!["check", "nowhere.md"], "nowhere.md: no such file or folder"),
        (vec!["check", "."], ".: no EP below this folder"),
        (vec!["check", "--as", "done", "."], "`done` is no status"),
        (vec!["explain", "prr-unanswerd"], "did you mean `prr-unanswered`?"),
        (vec!["new", "  "], "the title is empty"),
    ] {
        let out = ep_bot(folder.path(), &args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        let stderr = text(&out.stderr);
        assert!(stderr.contains(said), "{args:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
    }
}

#[test]
fn an_ep_on_standard_input_is_checked() {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_ep-bot"))
        .args(["check", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ep-bot runs");
    let ep = realistic("EP-0012-guest-identity-offline-login.md");
    child.stdin.take().expect("stdin").write_all(ep.as_bytes()).expect("write");
    let out = child.wait_with_output().expect("ends");
    assert_eq!(out.status.code(), Some(0));
    let json: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(json["proposals"][0]["path"], "-");
}

#[test]
fn every_rule_is_explained_and_the_readme_holds_the_generated_table() {
    let folder = tempfile::tempdir().expect("folder");
    for rule in ep_bot::review::RULES {
        let out = ep_bot(folder.path(), &["explain", rule.name]);
        assert_eq!(out.status.code(), Some(0));
        assert!(text(&out.stdout).starts_with(&format!("{}: {}", rule.name, rule.short)));
    }
    let table = text(&ep_bot(folder.path(), &["explain", "--markdown"]).stdout);
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))
        .expect("README");
    assert!(
        readme.contains(table.trim()),
        "README.md: put the output of `ep-bot explain --markdown` between the rules marks"
    );
}

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
        (vec!["status", "."], ".: no EP below this folder"),
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

/// Three EPs out of order, an index page and a template.
fn three_eps() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("folder");
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).expect("write");
    fs::create_dir(folder.path().join("eps")).expect("eps");
    write("eps/a-0021.md", &realistic("EP-0021-telemetry-over-satellite.md"));
    write("eps/b-0012.md", &realistic("EP-0012-guest-identity-offline-login.md"));
    write("eps/c-0007.md", &realistic("EP-0007-ship-edge-gateway.md"));
    write("eps/README.md", "# Our proposals\n");
    write("eps/EP-0000-template.md", &ep_bot::proposal::Template::built_in().text);
    folder
}

#[test]
fn status_lists_eps_by_number_and_is_no_gate() {
    let folder = three_eps();
    let draft = realistic("EP-0007-ship-edge-gateway.md").replace("completed", "complete");
    fs::write(folder.path().join("eps/d-0030.md"), draft.replace("EP-0007", "EP-0030"))
        .expect("write");
    let out = ep_bot(folder.path(), &["status"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let table = text(&out.stdout);
    let names: Vec<&str> =
        table.lines().map(|line| line.split("  ").next().unwrap_or("")).collect();
    assert_eq!(
        names,
        [
            "EP",
            "EP-0007",
            "EP-0012",
            "EP-0021",
            "EP-0030",
            "",
            "4 EPs · 1 blocked now · 1 ready for the next status"
        ]
    );
    assert!(table.contains("staged: 1 (checklist-item-open 1)"), "{table}");
    assert!(table.contains("blocked now: 1 (status-unknown 1)"), "{table}");
    assert!(!table.contains('\u{1b}'), "no colour without a terminal");
}

#[test]
fn status_as_json_has_the_fixed_shape_and_an_unreadable_file_is_exit_code_2() {
    let folder = three_eps();
    let out = ep_bot(folder.path(), &["status", "--format", "json", "eps", "nowhere.md"]);
    assert_eq!(out.status.code(), Some(2));
    let json: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(json["version"], 1);
    let numbers: Vec<u64> = json["proposals"]
        .as_array()
        .expect("list")
        .iter()
        .filter_map(|ep| ep["number"].as_u64())
        .collect();
    assert_eq!(numbers, [7, 12, 21]);
    let ep = &json["proposals"][2];
    assert_eq!(ep["path"], "eps/a-0021.md");
    assert_eq!(ep["verdict"], "pass");
    assert_eq!(ep["progress"]["checklist"]["total"], 11);
    assert_eq!(ep["next"]["status"], "staged");
    assert_eq!(ep["next"]["blockers"][0]["rule"], "checklist-item-open");
    assert_eq!(json["proposals"][0]["next"], Value::Null);
    assert_eq!(json["unreadable"][0]["path"], "nowhere.md");
}

#[test]
fn only_eps_leaves_named_index_pages_and_templates_alone() {
    let folder = three_eps();
    let others = ["eps/README.md", "eps/EP-0000-template.md"];
    let check = |more: &[&str]| ep_bot(folder.path(), &[&["check"], more, &others].concat());
    assert_eq!(check(&[]).status.code(), Some(1));
    let out = check(&["--only-eps"]);
    assert_eq!(out.status.code(), Some(0));
    assert_eq!(text(&out.stdout) + &text(&out.stderr), "");
    let out = check(&["--only-eps", "eps/c-0007.md"]);
    assert!(text(&out.stdout).contains("eps/c-0007.md: EP-0007"), "{}", text(&out.stdout));
    assert_eq!(check(&["--only-eps", "nowhere.md"]).status.code(), Some(2));
}

#[test]
fn sarif_names_files_from_the_root_of_the_repository() {
    let folder = three_eps();
    fs::write(folder.path().join("eps/EP-0030 a.md"), "# EP-0031: x\n").expect("write");
    let out = ep_bot(folder.path(), &["check", "--format", "sarif"]);
    assert_eq!(out.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let uris: Vec<&str> = json["runs"][0]["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|r| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str())
        .collect();
    assert!(uris.contains(&"eps/EP-0030%20a.md"), "{uris:?}");
    assert!(uris.iter().all(|uri| uri.starts_with("eps/")), "{uris:?}");
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
        assert!(text(&out.stdout).starts_with(rule.name), "{}", text(&out.stdout));
    }
    let table = text(&ep_bot(folder.path(), &["explain", "--format", "markdown"]).stdout);
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))
        .expect("README");
    let marked =
        readme.split("<!-- rules -->").nth(1).and_then(|rest| rest.split("<!-- /rules -->").next());
    assert!(
        marked.map(str::trim) == Some(table.trim()),
        "README.md: put the output of `ep-bot explain --format markdown` between the rules marks"
    );
}

#[test]
fn the_readme_shows_what_status_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = text(&ep_bot(root, &["status", "src/cli/examples"]).stdout);
    let readme = fs::read_to_string(root.join("README.md")).expect("README");
    assert!(
        readme.contains(&table),
        "README.md: put the output of `ep-bot status src/cli/examples` below `ep-bot status`"
    );
}

#[test]
fn fix_mends_files_in_place_once_and_a_dry_run_touches_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("EP-0007-gateway.md");
    let good = realistic("EP-0007-ship-edge-gateway.md");
    let broken = good.replacen("### Goals\n", "", 1).replacen("- [x]", "- [✅]", 1);
    fs::write(&path, &broken).expect("write");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("mode");
    let out = ep_bot(folder.path(), &["fix", "--dry-run", "EP-0007-gateway.md"]);
    assert_eq!(out.status.code(), Some(1), "there is something to mend");
    assert!(text(&out.stdout).contains("+### Goals"), "{}", text(&out.stdout));
    assert_eq!(fs::read_to_string(&path).expect("read"), broken);
    let out = ep_bot(folder.path(), &["fix", "EP-0007-gateway.md"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let mended = fs::read_to_string(&path).expect("read");
    assert!(mended.contains("### Goals\n") && mended.contains("- [x]") && !mended.contains('✅'));
    assert_eq!(fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o640);
    let out = ep_bot(folder.path(), &["fix", "EP-0007-gateway.md"]);
    assert!(text(&out.stdout).contains("nothing to mend"), "{}", text(&out.stdout));
    assert_eq!(fs::read_to_string(&path).expect("read"), mended);
    assert_eq!(ep_bot(folder.path(), &["fix", "nowhere.md"]).status.code(), Some(2));
}

//! `.pre-commit-hooks.yaml` against the command line and the policy: a hook that cannot run, or runs on nothing,
//! passes in silence.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use ep_bot::review::Policy;
use regex::Regex;
use serde::Deserialize;

/// Keys that pre-commit does not know are ignored there with a warning, so they are refused here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hook {
    id: String,
    name: String,
    description: String,
    entry: String,
    language: String,
    types: Vec<String>,
    files: String,
    require_serial: bool,
}

fn hook() -> Hook {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let text = std::fs::read_to_string(path).expect("the hooks stand at the root");
    let mut hooks: Vec<Hook> = serde_saphyr::from_str(&text).expect("a list of hooks");
    assert_eq!(hooks.len(), 1);
    hooks.remove(0)
}

/// What pre-commit starts: the words of `entry`, then the files.
fn run(folder: &Path, files: &[&str]) -> Output {
    let hook = hook();
    let mut words = hook.entry.split(' ');
    // Cargo installs the binaries of the package; this is the only one.
    assert_eq!(words.next(), Some("ep-bot"));
    Command::new(env!("CARGO_BIN_EXE_ep-bot"))
        .args(words)
        .args(files)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("ep-bot runs")
}

#[test]
fn the_hook_runs_on_markdown_and_is_built_by_cargo() {
    let hook = hook();
    assert_eq!(hook.id, "ep-bot-check");
    assert_eq!(hook.language, "rust");
    assert_eq!(hook.types, ["markdown"]);
    assert!(hook.require_serial);
    assert!(!hook.name.is_empty() && !hook.description.is_empty());
}

#[test]
fn the_files_of_the_hook_are_the_default_paths_of_the_policy() {
    let files = Regex::new(&hook().files).expect("a regular expression");
    let policy = Policy::default();
    let matching = [
        "eps/EP-0001-a.md",
        "eps/a b/c/EP-0001.MD",
        "EPS/EP-0001.md",
        "enhancements/README.md",
        "docs/eps/0001-a/README.md",
    ];
    let others = [
        "README.md",
        "docs/EP-0001.md",
        "docs/enhancements/EP-0001.md",
        "src/eps/EP-0001.md",
        "eps.md",
        "epsilon/EP-0001.md",
        "eps/EP-0001.markdown",
        "eps/EP-0001.md.bak",
        "eps/EP-0001-md",
        "old-eps/EP-0001.md",
    ];
    for path in matching {
        assert!(files.is_match(path) && policy.matches(path), "{path}");
    }
    for path in others {
        assert!(!files.is_match(path) && !policy.matches(path), "{path}");
    }
}

#[test]
fn the_hook_blocks_an_unready_ep_and_leaves_an_index_page_alone() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::create_dir(folder.path().join("eps")).expect("eps");
    let write = |path: &str, text: &str| {
        std::fs::write(folder.path().join(path), text).expect("write");
    };
    write("eps/README.md", "# Our proposals\n");
    write("eps/EP-0001-a.md", "# EP-0002: a\n");
    assert_eq!(run(folder.path(), &["eps/README.md"]).status.code(), Some(0));
    let both = run(folder.path(), &["eps/README.md", "eps/EP-0001-a.md"]);
    let said = String::from_utf8_lossy(&both.stdout).into_owned();
    assert_eq!(both.status.code(), Some(1), "{said}");
    assert!(said.contains("error[number-mismatch]") && !said.contains("README"), "{said}");
}

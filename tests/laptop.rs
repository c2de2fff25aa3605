//! `ep-bot check` in a repository: its policy, its template, and what the work since a revision changes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use ep_bot::proposal::Template;
use serde_json::Value;
use tempfile::TempDir;

const READY: &str = include_str!("../src/cli/examples/EP-0012-guest-identity-offline-login.md");
const PATH: &str = "eps/EP-0012-guest-identity-offline-login.md";

struct Repository(TempDir);

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self(tempfile::tempdir().expect("a folder"));
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit(files);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, args: &[&str]) {
        let done = Command::new("git")
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.org",
                "-c",
                "commit.gpgsign=false",
            ])
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::null())
            .output()
            .expect("git is installed");
        assert!(done.status.success(), "git {args:?}: {}", text(&done.stderr));
    }

    fn write(&self, files: &[(&str, &str)]) {
        for (path, content) in files {
            let path = self.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, content).expect("written");
        }
    }

    fn commit(&self, files: &[(&str, &str)]) {
        self.write(files);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", "Work on it"]);
    }

    fn ep_bot(&self, args: &[&str]) -> Output {
        ep_bot(self.path(), args)
    }

    /// The one EP of the JSON report.
    fn checked(&self, args: &[&str]) -> Value {
        let out = self.ep_bot(&[&["check", "--format", "json"], args].concat());
        assert_ne!(out.status.code(), Some(2), "{}", text(&out.stderr));
        let json: Value = serde_json::from_slice(&out.stdout).expect("JSON");
        assert_eq!(json["proposals"].as_array().map(Vec::len), Some(1), "{json}");
        json["proposals"][0].clone()
    }
}

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

/// Severity of each finding of a rule.
fn severities(ep: &Value, rule: &str) -> Vec<String> {
    let findings = ep["findings"].as_array().expect("a list").iter();
    findings
        .filter(|finding| finding["rule"] == rule)
        .map(|finding| finding["severity"].as_str().expect("a word").to_owned())
        .collect()
}

#[test]
fn work_since_a_revision_is_told_as_on_a_pull_request() {
    let old = READY.replace("- [x] What team", "- [ ] What team");
    let repository = Repository::new(&[(PATH, &old)]);
    repository.git(&["checkout", "--quiet", "-b", "idea"]);
    repository.commit(&[(PATH, &old.replace("## Summary\n", "## Summary\n\nAt sea.\n"))]);
    let alone = repository.checked(&[PATH]);
    assert_eq!((&alone["verdict"], &alone["base_status"]), (&"fail".into(), &Value::Null));
    let since = repository.checked(&["--base", "main", PATH]);
    assert_eq!((&since["verdict"], &since["base_status"]), (&"pass".into(), &"staged".into()));
    assert_eq!(severities(&since, "checklist-item-open"), ["warning"]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.commit(&[("README.md", "The base branch moves on.")]);
    repository.git(&["checkout", "--quiet", "idea"]);
    assert_eq!(repository.checked(&["--base", "main", PATH]), since, "the merge base counts");
    let mut git = Command::new("git");
    git.args(["merge-base", "main", "HEAD"]).current_dir(repository.path());
    let sha = text(&git.output().expect("git is installed").stdout);
    let short = sha.get(..7).expect("the name of a commit");
    assert_eq!(
        repository.checked(&["--base", short, PATH]),
        since,
        "as the check's last line says"
    );
}

#[test]
fn the_text_ends_with_what_only_the_bot_can_look_at() {
    let repository = Repository::new(&[(PATH, READY), ("docs/README.md", "# Index")]);
    let last = |args: &[&str]| {
        let out = text(&repository.ep_bot(args).stdout);
        out.lines().last().unwrap_or_default().to_owned()
    };
    let said = "Not looked at here: approvals, waivers and questions on the pull request, and numbers that other open \
                pull requests claim.";
    assert_eq!(last(&["check", PATH]), said);
    assert_eq!(last(&["check", "--format", "github", PATH]), said);
    assert_eq!(last(&["check", "docs"]), "", "nothing was reviewed");
    for format in ["json", "sarif"] {
        assert!(!last(&["check", "--format", format, PATH]).contains("Not looked at"), "{format}");
    }
}

#[test]
fn an_ep_that_was_renamed_is_held_against_its_old_name() {
    let old = READY.replace("- [x] What team", "- [ ] What team");
    let repository = Repository::new(&[("eps/EP-0012-login.md", &old)]);
    repository.git(&["mv", "eps/EP-0012-login.md", PATH]);
    let since = repository.checked(&["--base", "HEAD", PATH]);
    assert_eq!(since["verdict"], "pass", "{since}");
    let new = Repository::new(&[("README.md", "x")]);
    new.write(&[(PATH, &old)]);
    let since = new.checked(&["--base", "HEAD", PATH]);
    assert_eq!(since["verdict"], "fail");
    assert_eq!(severities(&since, "status-transition"), ["warning"], "a new EP starts lower");
}

#[test]
fn policy_and_template_are_those_of_the_base() {
    let strict = "rules:\n  toc-entry: error\n";
    let lax = "rules:\n  prr-unanswered: off\n  checklist-item-open: off\n";
    let open = READY.replace("- [x] What team", "- [ ] What team");
    let repository = Repository::new(&[(".github/ep-bot.yml", strict)]);
    repository.write(&[(".github/ep-bot.yml", lax), (PATH, &open)]);
    assert_eq!(repository.checked(&[PATH])["verdict"], "pass", "the work tree's own policy");
    assert_eq!(repository.checked(&["--base", "HEAD", PATH])["verdict"], "fail");
    let other = repository.path().join("other.yml");
    fs::write(&other, lax).expect("written");
    assert_eq!(
        repository.checked(&["--base", "HEAD", "--policy", "other.yml", PATH])["verdict"],
        "pass",
        "unless another one is named"
    );
}

#[test]
fn the_repositorys_own_template_is_asked_for() {
    let question = "#### How many ships does it serve at once?\n\n";
    let template = Template::built_in()
        .text
        .replace("### Troubleshooting\n", &format!("{question}### Troubleshooting\n"));
    let repository = Repository::new(&[("eps/EP-0000-template.md", &template), (PATH, READY)]);
    let found = repository.checked(&[PATH]);
    assert_eq!(severities(&found, "prr-question-missing"), ["error"]);
    assert_eq!(severities(&repository.checked(&["eps"]), "prr-question-missing"), ["error"]);
    repository.write(&[(PATH, &READY.replace("## Summary\n", "## Summary\n\nAt sea.\n"))]);
    let since = repository.checked(&["--base", "HEAD", PATH]);
    assert_eq!(severities(&since, "prr-question-missing"), ["warning"], "an old EP stays green");
}

#[test]
fn a_question_that_the_base_gained_since_is_a_warning_that_says_so() {
    let repository = Repository::new(&[("eps/EP-0000-template.md", &Template::built_in().text)]);
    repository.git(&["checkout", "--quiet", "-b", "idea"]);
    repository.commit(&[(PATH, READY)]);
    repository.git(&["checkout", "--quiet", "main"]);
    let question = "#### How many ships does it serve at once?\n\n### Troubleshooting\n";
    let gained = Template::built_in().text.replace("### Troubleshooting\n", question);
    repository.commit(&[("eps/EP-0000-template.md", &gained)]);
    repository.git(&["checkout", "--quiet", "idea"]);
    let since = repository.checked(&["--base", "main", PATH]);
    assert_eq!(severities(&since, "prr-question-missing"), ["warning"], "{since}");
    let said = since["findings"].to_string();
    assert!(said.contains("The template gained it after this change was begun"), "{said}");
}

#[test]
fn a_question_that_the_policy_of_the_base_gained_since_is_a_warning_too() {
    let policy = |questions: &str| format!("prr:\n  approvals: 1\n{questions}");
    let repository = Repository::new(&[(".github/ep-bot.yml", &policy("")), ("README.md", "Hi\n")]);
    repository.git(&["switch", "--quiet", "--create", "work"]);
    repository.commit(&[(PATH, READY)]);
    repository.git(&["switch", "--quiet", "main"]);
    let asked = "  questions:\n    - question: Who is on call?\n      part: Scalability\n      level: error\n";
    repository.commit(&[(".github/ep-bot.yml", &policy(asked))]);
    repository.git(&["switch", "--quiet", "work"]);
    let out = ep_bot(repository.path(), &["check", "--base", "main", PATH]);
    let said = text(&out.stdout);
    assert!(said.contains("`Who is on call?` is missing"), "{said}");
    assert!(said.contains("gained it after this change was begun"), "{said}");
}

#[test]
fn numbers_and_links_are_looked_up_in_the_repository() {
    let text_ = format!("{READY}\n[gone](gone.md) and [there](../docs/there.md)\n");
    let repository = Repository::new(&[("docs/there.md", "x"), ("eps/EP-0012-other.md", READY)]);
    repository.write(&[(PATH, &text_)]);
    let found = repository.checked(&[PATH]);
    assert_eq!(severities(&found, "number-taken"), ["error"]);
    let broken = found["findings"].as_array().expect("a list").iter();
    let broken: Vec<String> =
        broken.filter(|f| f["rule"] == "link-broken").map(|f| f["message"].to_string()).collect();
    assert!(broken.iter().any(|message| message.contains("`eps/gone.md`")), "{broken:?}");
    assert!(!broken.iter().any(|message| message.contains("there.md")), "{broken:?}");
    // The base branch gained the number while the work went on.
    let other = Repository::new(&[("README.md", "x")]);
    other.git(&["checkout", "--quiet", "-b", "idea"]);
    other.commit(&[(PATH, READY)]);
    other.git(&["checkout", "--quiet", "main"]);
    other.commit(&[("eps/EP-0012-other.md", READY)]);
    other.git(&["checkout", "--quiet", "idea"]);
    assert_eq!(severities(&other.checked(&[PATH]), "number-taken"), Vec::<String>::new());
    assert_eq!(severities(&other.checked(&["--base", "main", PATH]), "number-taken"), ["error"]);
}

#[test]
fn status_and_stage_are_read_from_the_file_beside_the_ep() {
    let policy = "paths: proposals/**/README.md\ntitle: \"PROP-N: Title\"\nstatuses: [provisional, alpha, beta]\n\
                  status_from: {sidecar: {file: meta.yaml, status: status, stage: stage}}\n\
                  prr: {question_level: 6}\ntemplate: proposals/template.md\n";
    let folder = "proposals/17-harbour-relay";
    let repository = Repository::new(&[
        (".github/ep-bot.yml", policy),
        ("proposals/template.md", include_str!("fixtures/staged/template.md")),
        (&format!("{folder}/README.md"), include_str!("fixtures/staged/0017-harbour-relay.md")),
        (&format!("{folder}/meta.yaml"), "status: implementable\nstage: alpha\n"),
        (&format!("{folder}/notes.md"), "# 17 notes\n"),
    ]);
    assert_eq!(repository.checked(&["."])["status"], "alpha");
    repository.write(&[(&format!("{folder}/meta.yaml"), "status: implementable\nstage: beta\n")]);
    let since = repository.checked(&["--base", "HEAD", "proposals"]);
    assert_eq!((&since["base_status"], &since["status"]), (&"alpha".into(), &"beta".into()));
}

#[test]
fn what_is_wrong_with_the_call_is_said_with_its_place() {
    let repository =
        Repository::new(&[(".github/ep-bot.yml", "pathes: [eps/*.md]\n"), (PATH, READY)]);
    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::write(elsewhere.path().join("EP-0001-x.md"), READY).expect("written");
    for (out, said) in [
        (repository.ep_bot(&["check"]), ".github/ep-bot.yml:1:1: "),
        (repository.ep_bot(&["check", "--policy", "gone.yml"]), "policy gone.yml"),
        (ep_bot(elsewhere.path(), &["check", "--base", "main"]), "lies in no git repository"),
    ] {
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(text(&out.stderr).contains(said), "{said}: {}", text(&out.stderr));
        assert!(out.stdout.is_empty());
    }
    repository.write(&[(".github/ep-bot.yml", "template: eps/none.md\n")]);
    let out = repository.ep_bot(&["check"]);
    assert!(text(&out.stderr).contains("names the template eps/none.md"), "{}", text(&out.stderr));
    repository.write(&[(".github/ep-bot.yml", "")]);
    let out = repository.ep_bot(&["check", "--base", "mian"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("main"), "a near name: {}", text(&out.stderr));
}

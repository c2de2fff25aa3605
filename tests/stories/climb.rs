//! One EP from its first idea to production, in seven pull requests, each with the report that its author reads.

use ep_bot::simulator::{ReviewState, Role, Sha};

use super::COMPLETED;
use super::support::story::{REPO, Story, tell};

const EP: &str = "enhancements/EP-0007-ship-edge-gateway.md";

/// The finished EP as it was at an earlier status.
pub(super) fn at(status: &str) -> String {
    let stated =
        COMPLETED.lines().skip_while(|line| *line != "## Status").nth(2).expect("a status");
    COMPLETED.replacen(&format!("\n{stated}\n"), &format!("\n{status}\n"), 1)
}

/// A section's text without what stands below its heading.
pub(super) fn emptied(text: &str, heading: &str) -> String {
    let start = text.find(&format!("\n{heading}\n")).expect(heading) + heading.len() + 2;
    let end = start + text[start..].find("\n#").expect("a heading behind it");
    format!("{}{}", &text[..start], &text[end..])
}

async fn step(story: &Story, branch: &str, text: &str, conclusion: &str) -> Sha {
    let head = story.commit(branch, &[(EP, Some(text))]);
    story.github.open_pull_request(REPO, branch);
    story.settle().await;
    reported(story, branch, head, conclusion);
    head
}

/// The same, and an approver approves it at once.
async fn approved_step(story: &Story, branch: &str, text: &str, conclusion: &str) -> Sha {
    let head = story.commit(branch, &[(EP, Some(text))]);
    let number = story.github.open_pull_request(REPO, branch);
    story.github.review(REPO, number, "alice", ReviewState::Approved, "Fine by me.");
    story.settle().await;
    reported(story, branch, head, conclusion);
    head
}

fn reported(story: &Story, branch: &str, head: Sha, conclusion: &str) {
    let check = story.check(head);
    let summary = check.summary.unwrap_or_default();
    let report = format!("{}\n\n{}", check.title.unwrap_or_default(), without_commits(&summary));
    insta::assert_snapshot!(branch, report);
    assert_eq!(check.conclusion.as_deref(), Some(conclusion), "{branch}");
}

/// Commits hold the time in their name.
fn without_commits(summary: &str) -> String {
    let hex = |word: &str| word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit());
    let words = summary.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if hex(bare) { word.replacen(bare, "COMMIT", 1) } else { word.to_owned() }
        })
        .collect()
}

#[tokio::test]
async fn an_ep_climbs_from_idea_to_production_in_seven_pull_requests() {
    tell(async |story| {
        story.github.set_role(REPO, "alice", Role::Write);
        let boxes = |text: String| text.replace("- [x]", "- [ ]");
        let mut idea = boxes(at("provisional"));
        for heading in ["### Architecture", "### Test Plan", "### Risks and Mitigations"] {
            idea = emptied(&idea, heading);
        }
        step(story, "1-the-idea-without-goals", &emptied(&idea, "### Goals"), "failure").await;
        step(story, "2-the-idea", &idea, "success").await;
        story.commit("main", &[(EP, Some(&idea))]);
        let design = boxes(at("implementable"));
        step(story, "3-the-design", &design, "success").await;
        story.commit("main", &[(EP, Some(&design))]);
        let metrics = "#### What specific metrics should inform a rollback?";
        let built = boxes(at("implemented"));
        step(story, "4-built-without-a-rollback", &emptied(&built, metrics), "failure").await;
        story.commit("main", &[(EP, Some(&built))]);
        step(story, "5-staged-with-an-open-checklist", &boxes(at("staged")), "failure").await;
        story.commit("main", &[(EP, Some(&at("staged")))]);
        let typo = at("staged").replacen("## Summary\n", "## Summary\n\nOn every ship.\n", 1);
        step(story, "6-a-word-more", &typo, "success").await;
        story.commit("main", &[(EP, Some(&typo))]);
        approved_step(story, "7-in-production", COMPLETED, "success").await;
    })
    .await;
}

#[tokio::test]
async fn a_laptop_and_the_bot_say_the_same_of_the_same_commits() {
    tell(async |story| {
        let folder = tempfile::tempdir().expect("a folder");
        let git = |args: &[&str]| {
            let done = std::process::Command::new("git")
                .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
                .args(args)
                .current_dir(folder.path())
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .output()
                .expect("git is installed");
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        };
        let commit = |branch: &str, files: &[(&str, Option<&str>)]| {
            for (path, text) in files {
                let path = folder.path().join(path);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                std::fs::write(path, text.expect("a text")).expect("written");
            }
            git(&["add", "--all"]);
            git(&["commit", "--quiet", "-m", "Work on it"]);
            story.commit(branch, files)
        };
        git(&["init", "--quiet", "--initial-branch=main"]);
        let policy =
            "rules:\n  toc-entry: error\n  link-broken: error\nchecklist: {evidence: true}\n";
        let old = emptied(&at("staged"), "### Goals").replacen("- [x]", "- [ ]", 1);
        commit("main", &[(".github/ep-bot.yml", Some(policy)), (EP, Some(&old))]);
        git(&["checkout", "--quiet", "-b", "idea"]);
        let new = emptied(&old, "### Non-Goals").replacen("](#", "](#x", 1) + "\n[x](gone.md)\n";
        let other = super::unready(9);
        let second = "enhancements/EP-0009-second.md";
        let head = commit("idea", &[(EP, Some(&new)), (second, Some(&other))]);
        story.github.open_pull_request(REPO, "idea");
        story.settle().await;
        // Who approved is known on GitHub alone.
        let mut check = story.check(head);
        let approval = |title: &str| title.starts_with("prr-approval");
        check.annotations.retain(|a| !a.title.as_deref().is_some_and(approval));
        let mut said: Vec<(String, u64, String)> = super::placed(&check);
        said.sort();
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_ep-bot"))
            .args(["check", "--base", "main", "--format", "json", EP, second])
            .current_dir(folder.path())
            .output()
            .expect("ep-bot runs");
        let json: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
        let mut here: Vec<(String, u64, String)> = json["proposals"]
            .as_array()
            .expect("a list")
            .iter()
            .flat_map(|ep| {
                let path = ep["path"].as_str().expect("a path").to_owned();
                let findings = ep["findings"].as_array().expect("a list").clone();
                findings.into_iter().map(move |finding| {
                    let word = |key: &str| finding[key].as_str().expect("a text").to_owned();
                    let help = word("help");
                    let help = if help.is_empty() { help } else { format!("\n\n{help}") };
                    let line = finding["line"].as_u64().expect("a line");
                    (path.clone(), line, format!("{}{help}", word("message")))
                })
            })
            .collect();
        here.sort();
        assert!(here.len() > 10, "{here:?}");
        assert_eq!(here, said);
    })
    .await;
}

//! Golden EPs: a folder for each case with `input.md` and the findings that the rule book asks for.
//!
//! The expected findings were written from the rule book, not from what the program prints.

use std::fs;
use std::path::{Path, PathBuf};

use ep_bot::review::policy::{load, section_key};
use ep_bot::review::{
    Around, AskedQuestion, Base, Before, Candidate, Claim, CommentWaiver, Opinion, Policy, Rule,
    Rulebook, Tree, Voice, Word, prepare_template, review,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    /// The path under which the case is reviewed.
    path: String,
    /// Judge as if the EP had this status.
    #[serde(rename = "as")]
    judge_as: Option<String>,
    /// What the case shows.
    why: String,
    findings: Vec<Entry>,
    /// What the EP was before: `new`, or a file of the case (`base.md`). Unknown where it is not said.
    before: Option<String>,
    /// The path before, where it was another one.
    before_path: Option<String>,
    /// Who else carries which number.
    #[serde(default)]
    claims: Vec<Claimed>,
    /// The number of the pull request.
    pull_request: Option<u64>,
    /// The files of the repository; not known where there is no list.
    files: Option<Vec<String>>,
    /// The day of the review.
    today: Option<String>,
    /// What reviewers say; nobody looked where there is no list.
    opinions: Option<Vec<Said>>,
    /// Questions that were asked on the pull request; nobody looked where there is no list.
    asked: Option<Vec<Question>>,
    /// Findings that were waived on the pull request.
    #[serde(default)]
    waivers: Vec<Waived>,
}

#[derive(Deserialize)]
struct Said {
    by: String,
    /// `approves`, `objects` or `dismissed`.
    word: String,
    /// `approver`, `author` or `outsider`.
    voice: String,
    /// The case's file that was reviewed (`input.md`, `then.md`); `null`: the commit is gone.
    at: Option<String>,
}

#[derive(Deserialize)]
struct Question {
    part: Option<String>,
    text: String,
    by: String,
}

#[derive(Deserialize)]
struct Waived {
    rule: String,
    section: Option<String>,
    because: String,
    by: String,
}

#[derive(Deserialize)]
struct Claimed {
    number: u64,
    path: String,
    pull_request: Option<u64>,
}

/// The repository at head: files, and the folders that hold them.
#[derive(Debug)]
struct Files<'a>(&'a [String]);

impl Tree for Files<'_> {
    fn has(&self, path: &str) -> Option<bool> {
        let below = format!("{path}/");
        Some(self.0.iter().any(|file| file == path || file.starts_with(&below)))
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Entry {
    line: usize,
    rule: String,
    severity: String,
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .expect("tests/golden")
        .map(|entry| entry.expect("entry").path())
        .collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    cases
}

/// A review with the text that it is of.
type Reviewed<'s> = (&'s Said, Option<Vec<u8>>);

fn texts<'s>(case: &Path, said: &'s [Said]) -> Result<Vec<Reviewed<'s>>, String> {
    let read =
        |name: &String| fs::read(case.join(name)).map_err(|error| format!("{name}: {error}"));
    said.iter().map(|said| Ok((said, said.at.as_ref().map(read).transpose()?))).collect()
}

fn opinion<'s>((said, text): &'s Reviewed<'_>) -> Opinion<'s> {
    Opinion {
        by: &said.by,
        word: match said.word.as_str() {
            "approves" => Word::Approves,
            "objects" => Word::Objects,
            _ => Word::Dismissed,
        },
        voice: match said.voice.as_str() {
            "approver" => Voice::Approver,
            "author" => Voice::Author,
            _ => Voice::Outsider,
        },
        commit: text.as_ref().map(|_| "2f1c9e07b4a35d68"),
        text: text.as_deref(),
    }
}

type Conversation = (Option<Vec<AskedQuestion>>, Vec<CommentWaiver>);

fn conversation(expected: &mut Expected) -> Result<Conversation, String> {
    let question =
        |(at, Question { part, text, by })| AskedQuestion { number: at + 1, part, text, by };
    let asked =
        expected.asked.take().map(|all| all.into_iter().enumerate().map(question).collect());
    let waiver = |Waived { rule, section, because, by }| {
        let rule = Rule::find(&rule).ok_or(rule)?;
        Ok(CommentWaiver { rule, section: section.as_deref().map(section_key), because, by })
    };
    let waivers: Result<Vec<CommentWaiver>, String> =
        expected.waivers.drain(..).map(waiver).collect();
    Ok((asked, waivers?))
}

fn run(case: &Path) -> Result<(), String> {
    let bytes = fs::read(case.join("input.md")).map_err(|error| error.to_string())?;
    let expected =
        fs::read_to_string(case.join("expected.json")).map_err(|error| error.to_string())?;
    let mut expected: Expected =
        serde_json::from_str(&expected).map_err(|error| error.to_string())?;
    let read = |name: &str| fs::read_to_string(case.join(name)).ok();
    let policy = match read("policy.yml") {
        Some(text) => load(&text).map_err(|problems| format!("policy.yml: {problems:?}"))?,
        None => Policy::default(),
    };
    let template = prepare_template(read("template.md").as_deref(), &policy);
    let earlier =
        read("template-before.md").map(|text| prepare_template(Some(text.as_str()), &policy));
    let claims: Vec<Claim> = expected
        .claims
        .drain(..)
        .map(|Claimed { number, path, pull_request }| Claim { number, path, pull_request })
        .collect();
    let (asked, waivers) = conversation(&mut expected)?;
    let files = expected.files.as_deref().map(Files);
    let opinions = expected.opinions.as_ref().map(|said| texts(case, said)).transpose()?;
    let opinions: Option<Vec<Opinion<'_>>> =
        opinions.as_ref().map(|texts| texts.iter().map(opinion).collect());
    let rulebook = Rulebook {
        earlier: earlier.as_ref(),
        judge_as: expected.judge_as.as_deref(),
        today: expected.today.as_deref().map(|day| day.parse().expect("a date")),
        around: Around {
            tree: files.as_ref().map(|files| files as &dyn Tree),
            claims: &claims,
            pull_request: expected.pull_request,
            waivers: &waivers,
            asked: asked.as_deref(),
        },
        ..Rulebook::new(&template, &policy)
    };
    let base = match expected.before.as_deref() {
        None | Some("new") => Vec::new(),
        Some(name) => fs::read(case.join(name)).map_err(|error| format!("{name}: {error}"))?,
    };
    let sidecars = [read("sidecar.yaml"), read("sidecar-before.yaml")];
    let [sidecar, sidecar_before] =
        sidecars.each_ref().map(|text| text.as_ref().map(String::as_bytes));
    let path = expected.before_path.as_deref().unwrap_or(&expected.path);
    let before = match expected.before.as_deref() {
        None => Before::Unknown,
        Some("new") => Before::New,
        Some(_) => Before::At(Base { path, bytes: &base, sidecar: sidecar_before }),
    };
    let opinions = opinions.as_deref();
    let candidate =
        Candidate { sidecar, before, opinions, ..Candidate::new(&expected.path, &bytes) };
    let found = review(&candidate, &rulebook);
    let mut entries: Vec<Entry> = found
        .findings
        .iter()
        .map(|f| Entry {
            line: f.lines.start,
            rule: f.rule.name.into(),
            severity: f.severity.as_str().into(),
        })
        .collect();
    entries.sort();
    expected.findings.sort();
    if entries == expected.findings {
        return Ok(());
    }
    let show = |entries: &[Entry], others: &[Entry]| -> String {
        entries
            .iter()
            .filter(|e| !others.contains(e))
            .map(|e| format!("      {}:{} {}", e.line, e.rule, e.severity))
            .collect::<Vec<_>>()
            .join("\n")
    };
    Err(format!(
        "{}\n    only expected:\n{}\n    only found:\n{}",
        expected.why,
        show(&expected.findings, &entries),
        show(&entries, &expected.findings)
    ))
}

#[test]
fn every_golden_ep_has_exactly_the_findings_of_the_rule_book() {
    let cases = cases();
    assert!(cases.len() >= 40, "only {} golden cases", cases.len());
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            run(case)
                .err()
                .map(|why| format!("{}: {why}", case.file_name().unwrap_or_default().display()))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

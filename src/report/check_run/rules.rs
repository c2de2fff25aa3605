//! The files that EPs are held against: what is wrong with them, and what a change of them would do.

use std::fmt::Write as _;

use crate::proposal::text::listed;
use crate::review::repository::{
    MAX_PREVIEWED, Origin, Preview, RuleFile, RuleFinding, RuleKind, Standing, Turned,
};
use crate::review::rule::POLICY_INVALID;
use crate::review::{POLICY_PATH, Severity};

use super::CheckInput;
use super::block::{entry, folded};
use crate::report::markdown::{code, sentence, text};
use crate::report::page::{Block, List, Urgency};
use crate::report::{plain, words};

/// So many EPs are named in each list of a preview; the others are counted.
const MAX_NAMED: usize = 50;

/// So many rules are named for each EP of a preview.
const MAX_RULES: usize = 3;

/// The policy that judges, where it is so broken that it cannot.
pub(super) fn broken<'a>(input: &CheckInput<'a>) -> Option<&'a RuleFile> {
    let unusable = |found: &RuleFinding| {
        found.finding.rule.is(&POLICY_INVALID) && found.finding.severity == Severity::Error
    };
    input.rule_files.iter().find(|file| {
        matches!(file.standing, Standing::Judges(_)) && file.findings.iter().any(unusable)
    })
}

/// The kinds of files that a change brings or removes: `policy`, `template`, or both.
pub(super) fn kinds(
    input: &CheckInput<'_>,
    fits: impl Fn(&RuleFile) -> bool,
) -> Option<&'static str> {
    let has = |kind| input.rule_files.iter().any(|file| file.kind == kind && fits(file));
    match (has(RuleKind::Policy), has(RuleKind::Template)) {
        (true, true) => Some("policy and template"),
        (true, false) => Some("policy"),
        (false, true) => Some("template"),
        (false, false) => None,
    }
}

/// What a file is called: "the template of the base branch".
pub(super) fn whose(file: &RuleFile) -> String {
    let kind = file.kind.as_str();
    match &file.standing {
        Standing::Judges(origin) => match origin.repository() {
            Some(repository) => format!("the {kind} of {repository}"),
            None => format!("the {kind} of the base branch"),
        },
        Standing::Proposed | Standing::Removed => format!("the {kind} of this pull request"),
    }
}

/// A file with findings as a part of the page.
pub(super) fn block(file: &RuleFile) -> Option<Block> {
    if file.findings.is_empty() {
        return None;
    }
    let name = match file.kind {
        RuleKind::Policy => "Policy",
        RuleKind::Template => "Template",
    };
    let heading = format!("### {name} {}", code(&file.path, plain::MAX_NAME));
    let standing = match &file.standing {
        Standing::Judges(origin) => text(&origin.to_string()),
        Standing::Proposed | Standing::Removed => "in this pull request".to_owned(),
    };
    let of = |severity| file.findings.iter().filter(move |f| f.finding.severity == severity);
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter(|severity| file.count(*severity) > 0)
        .map(|severity| words::counted(file.count(severity), severity.as_str()))
        .collect();
    let entries = |severity| of(severity).map(|found| line(file, found)).collect::<Vec<String>>();
    let mut lists = Vec::new();
    let errors = entries(Severity::Error);
    if !errors.is_empty() {
        lists.push(List {
            urgency: Urgency::Now,
            open: "**What has to be mended**\n\n".to_owned(),
            entries: errors,
            close: "\n".to_owned(),
        });
    }
    for (severity, urgency) in
        [(Severity::Warning, Urgency::Soon), (Severity::Note, Urgency::Aside)]
    {
        lists.extend(folded(entries(severity), severity, urgency, "not blocking"));
    }
    Some(Block {
        head: format!("{heading}\n\n{standing} · {}\n\n", counts.join(", ")),
        head_again: format!("{heading}, continued\n\n"),
        lists,
    })
}

fn line(file: &RuleFile, RuleFinding { finding, column }: &RuleFinding) -> String {
    let mut place = format!("{}:{}", plain::name(&file.path), finding.lines.start);
    if let Some(column) = column {
        let _ = write!(place, ":{column}");
    }
    entry(&place, finding, words::advice(finding))
}

/// What a change of the rules would do, as a part of the page.
pub(super) fn preview(input: &CheckInput<'_>) -> Option<Block> {
    let preview = input.preview?;
    let touched = kinds(input, |file| !matches!(file.standing, Standing::Judges(_)));
    let heading = format!("### What this change of the {} would do", touched.unwrap_or("rules"));
    let mut head = format!("{heading}\n\n{}", counted(preview));
    if preview.unread > 0 {
        let _ = write!(
            head,
            " {} not read: a preview looks at the first {MAX_PREVIEWED} by path.",
            match preview.unread {
                1 => "One more file was".to_owned(),
                n => format!("{n} more files were"),
            }
        );
    }
    head.push_str("\n\n");
    if !preview.red.is_empty() {
        head.push_str(
            "An EP that is merged already is not looked at again before someone changes it; then what was so before \
             stays a warning where the change does not touch it.\n\n",
        );
    }
    let turned = |eps: &[Turned]| -> Vec<String> {
        eps.iter().map(|ep| format!("{}{}", code(&ep.path, plain::MAX_NAME), rules(ep))).collect()
    };
    let plainly: Vec<String> =
        preview.left_alone.iter().map(|path| code(path, plain::MAX_NAME)).collect();
    let lists = [
        (Urgency::Soon, "**Would turn red**", turned(&preview.red)),
        (Urgency::Later, "**Would turn green**", turned(&preview.green)),
        (Urgency::Later, "**Would be no EP any more, and be left alone**", plainly),
    ];
    let lists =
        lists.into_iter().filter(|(_, _, eps)| !eps.is_empty()).map(|(urgency, open, eps)| {
            let more = eps.len().saturating_sub(MAX_NAMED);
            let close =
                if more == 0 { "\n".to_owned() } else { format!("- …and {more} more.\n\n") };
            let entries = eps.into_iter().take(MAX_NAMED).map(|ep| format!("- {ep}\n")).collect();
            List { urgency, open: format!("{open}\n\n"), entries, close }
        });
    Some(Block { head, head_again: format!("{heading}, continued\n\n"), lists: lists.collect() })
}

/// "Of 42 EPs, held as they stand against both, 3 would turn red and 1 green."
fn counted(preview: &Preview) -> String {
    let Preview { read, red, green, left_alone, .. } = preview;
    let eps = words::counted(*read, "EP");
    let mut parts = Vec::new();
    for (count, what) in [
        (red.len(), "would turn red"),
        (green.len(), "would turn green"),
        (left_alone.len(), "would be left alone"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    match (*read, parts.len()) {
        (0, _) => "There is no EP in the repository that it could turn red or green.".to_owned(),
        (_, 0) => format!("Of {eps} in the repository, none would turn red or green."),
        (_, all) => format!("Of {eps} in the repository, {}.", listed(&parts, all)),
    }
}

/// The rules that block an EP, behind its name.
fn rules(ep: &Turned) -> String {
    let named: Vec<String> =
        ep.rules.iter().take(MAX_RULES).map(|rule| code(rule, usize::MAX)).collect();
    match (named.as_slice(), ep.rules.len().saturating_sub(MAX_RULES)) {
        ([], _) => String::new(),
        (named, 0) => format!(": {}", named.join(", ")),
        (named, more) => format!(": {} and {more} more", named.join(", ")),
    }
}

/// The check's title, as far as it is about these files: only what blocks, or what is new.
pub(super) fn title(input: &CheckInput<'_>) -> Option<String> {
    if broken(input).is_some() {
        return Some("No EP can be reviewed: the policy is broken".to_owned());
    }
    let blocking: Vec<&RuleFile> = input.rule_files.iter().filter(|file| file.blocks()).collect();
    match blocking.as_slice() {
        [] => None,
        [file] => {
            let errors = words::counted(file.count(Severity::Error), "error");
            Some(format!("{} has {errors}", capital(&whose(file))))
        }
        files => {
            let errors = files.iter().map(|file| file.count(Severity::Error)).sum();
            let errors = words::counted(errors, "error");
            Some(match kinds(input, RuleFile::blocks) {
                Some(kind @ ("policy" | "template")) => format!("The {kind} has {errors}"),
                _ => format!("Policy and template have {errors}"),
            })
        }
    }
}

/// The sentences of the summary about these files: verdict first.
pub(super) fn verdict(input: &CheckInput<'_>) -> Option<String> {
    if let Some(file) = broken(input) {
        let problems = words::counted(file.count(Severity::Error), "problem");
        let (lies, mend) = match &file.standing {
            Standing::Judges(origin) => (text(&origin.to_string()), mend(origin)),
            Standing::Proposed | Standing::Removed => (String::new(), String::new()),
        };
        return Some(format!(
            "**No EP can be reviewed: {} is broken.** {} {lies} has {problems}, listed below. Nothing is merged on \
             an unread EP, so the check does not pass.\n\n{mend} Then push here, or close and reopen this pull request.",
            text(&whose(file)),
            code(POLICY_PATH, usize::MAX),
        ));
    }
    let mut sentences: Vec<String> = input
        .rule_files
        .iter()
        .filter(|file| file.blocks())
        .map(|file| {
            let errors = words::counted(file.count(Severity::Error), "error");
            let marked = if file.in_change {
                "marked under *Files changed* and listed below"
            } else {
                "listed below"
            };
            format!("**{} has {errors}**, {marked}.", capital(&text(&whose(file))))
        })
        .collect();
    let brings = |file: &RuleFile| file.standing == Standing::Proposed;
    if let Some(kind) = kinds(input, |file| brings(file) && !file.blocks()) {
        sentences.push(format!("The {kind} in this pull request can be read."));
    }
    if let Some(kind) = kinds(input, |file| file.standing == Standing::Removed) {
        sentences.push(format!("This pull request removes the {kind}."));
    }
    if kinds(input, |file| !matches!(file.standing, Standing::Judges(_))).is_some() {
        sentences.push(
            "Changes of policy and template take effect with the merge: this pull request itself is judged by what \
             the base branch has."
                .to_owned(),
        );
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// What to do about a policy that is broken.
fn mend(origin: &Origin) -> String {
    match origin.repository() {
        None => "Mend the policy in a pull request of its own, which passes as soon as the policy can be read."
            .to_owned(),
        Some(_) => format!(
            "Mend the policy there, or give this repository one of its own in {}, in a pull request of its own.",
            code(POLICY_PATH, usize::MAX),
        ),
    }
}

/// What could not be looked at.
pub(super) fn notes(input: &CheckInput<'_>) -> String {
    let mut out = String::new();
    for note in input.notes {
        let _ = write!(out, "{}\n\n", sentence(note, usize::MAX));
    }
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

//! Reviews as SARIF 2.1.0, the OASIS standard for what a static analysis finds: GitHub code scanning, editors and
//! result stores read it.
//!
//! What GitHub makes of it stands on its pages "SARIF support for code scanning" and "SARIF results exceed one or
//! more limits".

mod fingerprint;
mod fix;
mod place;
mod rules;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::review::{Finding, Severity};

use super::{FileReport, UnreadableFile, plain, words};

use fingerprint::Fingerprints;
use fix::Fix;
use place::{BASE, Location, PhysicalLocation};
use rules::Descriptor;

/// The standard's own address of its schema.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// How many results a run may have. GitHub refuses the whole file above 25,000 and keeps the 5,000 most severe; its
/// other limits (20 runs, 25,000 rules, 1,000 locations a result, 20 tags a rule) are never near.
const MAX_RESULTS: usize = 25_000;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    original_uri_base_ids: BTreeMap<&'static str, Described>,
    column_kind: &'static str,
    default_encoding: &'static str,
    default_source_language: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    descriptor: Id,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
}

/// Names what a notification is about, for programs.
#[derive(Serialize)]
struct Id {
    id: &'static str,
}

#[derive(Serialize)]
struct Described {
    description: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
}

#[derive(Serialize)]
struct Properties {
    section: Vec<String>,
}

/// A plain text message of the standard.
#[derive(Serialize)]
struct Text {
    text: String,
}

impl Text {
    /// `text` as it may be printed, and without what the standard reads in a message: `{0}` would be replaced by an
    /// argument (§3.11.5), `[text](address)` shown as a link (§3.11.6). A space parts each.
    fn new(text: &str) -> Self {
        let text = plain::visible(text).replace("](", "] (");
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find('{') {
            let (before, after) = rest.split_at(at + 1);
            out.push_str(before);
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 && after[digits..].starts_with('}') {
                out.push(' ');
            }
            rest = after;
        }
        out.push_str(rest);
        Self { text: out }
    }
}

/// All findings as one run. Lines count from 1, columns in UTF-16 code units from 1; paths are relative to the
/// folder in which ep-bot was started, where they were given so. Files that could not be read are notifications of
/// the invocation, which then counts as failed.
pub fn sarif(files: &[FileReport<'_>], unreadable: &[UnreadableFile]) -> String {
    let mut budget = Budget::new(files);
    let mut fingerprints = Fingerprints::default();
    let mut results = Vec::new();
    for file in files {
        let place = place::Place::new(&file.review.path, file.text);
        for finding in file.review.findings.iter().filter(|f| budget.takes(f.severity)) {
            results.push(outcome(&place, finding, &mut fingerprints));
        }
    }
    let mut notifications: Vec<Notification> = unreadable.iter().map(not_read).collect();
    notifications.extend(budget.told());
    let version = env!("CARGO_PKG_VERSION");
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "ep-bot",
                    version,
                    semantic_version: version,
                    rules: rules::all(),
                },
            },
            invocations: [Invocation {
                execution_successful: unreadable.is_empty(),
                tool_execution_notifications: notifications,
            }],
            original_uri_base_ids: BTreeMap::from([(
                BASE,
                Described {
                    description: Text::new(
                        "The folder in which ep-bot was started: the repository's root.",
                    ),
                },
            )]),
            column_kind: "utf16CodeUnits",
            default_encoding: "utf-8",
            default_source_language: "markdown",
            results,
        }],
    };
    let mut text = serde_json::to_string_pretty(&log)
        .expect("plain structs with string keys always serialize");
    text.push('\n');
    text
}

fn outcome<'a>(
    place: &place::Place<'_>,
    finding: &'a Finding,
    fingerprints: &mut Fingerprints,
) -> Outcome<'a> {
    let advice = words::advice(finding);
    let message = match advice {
        "" => finding.message.clone(),
        advice => format!("{}\n\n{advice}", finding.message),
    };
    Outcome {
        rule_id: finding.rule.name,
        rule_index: rules::index(finding.rule),
        level: finding.severity.as_str(),
        message: Text::new(&message),
        locations: [place.lines(finding.lines)],
        partial_fingerprints: fingerprints.of(place.uri(), finding),
        fixes: finding.fix.as_ref().and_then(|fix| Fix::new(place, fix)).into_iter().collect(),
        properties: (!finding.section.is_empty()).then(|| Properties {
            section: finding.section.iter().map(|title| plain::one_line(title)).collect(),
        }),
    }
}

fn not_read(file: &UnreadableFile) -> Notification {
    Notification {
        descriptor: Id { id: "not-read" },
        level: "error",
        message: Text::new(&file.to_string()),
        locations: vec![PhysicalLocation::file(&file.path)],
    }
}

/// How many findings of each severity still find room: errors first, then warnings, then notes.
struct Budget {
    room: [usize; 3],
    left_out: usize,
}

impl Budget {
    const ORDER: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

    fn new(files: &[FileReport<'_>]) -> Self {
        let mut free = MAX_RESULTS;
        let mut left_out = 0;
        let room = Self::ORDER.map(|severity| {
            let wanted: usize = files.iter().map(|file| file.review.count(severity)).sum();
            let room = wanted.min(free);
            free -= room;
            left_out += wanted - room;
            room
        });
        Self { room, left_out }
    }

    fn takes(&mut self, severity: Severity) -> bool {
        let at = Self::ORDER.iter().position(|s| *s == severity).unwrap_or(0);
        let takes = self.room[at] > 0;
        self.room[at] -= usize::from(takes);
        takes
    }

    fn told(&self) -> Option<Notification> {
        (self.left_out > 0).then(|| Notification {
            descriptor: Id { id: "left-out" },
            level: "warning",
            message: Text::new(&format!(
                "{} are left out, the least severe ones: GitHub refuses a file with more than {MAX_RESULTS} results. \
                 Check fewer EPs at a time.",
                words::counted(self.left_out, "finding"),
            )),
            locations: Vec::new(),
        })
    }
}

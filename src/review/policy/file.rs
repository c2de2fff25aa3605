//! The policy file, `.github/ep-bot.yml`: text → [`Policy`], or everything that is wrong with it.
//!
//! **Invariant:** never partly. A setting that is silently ignored would let unready EPs through, so with any
//! problem there is no policy.

mod fields;
mod levels;
mod places;
mod prr;
mod reference;
mod schema;
mod statuses;
mod waivers;
mod words;
mod yaml;

#[cfg(test)]
mod tests;

pub use reference::{SETTINGS, Setting};
pub use schema::schema;

use super::{Comments, Incomplete, Policy};

use fields::{Field, Fields, Reader};
use levels::Statuses;
use yaml::{At, Value};

/// Something that is wrong with a policy file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Its line, 1-based.
    pub line: usize,
    /// Its column in characters, 1-based.
    pub column: usize,
    /// What is wrong, as whole sentences.
    pub message: String,
    /// What to write instead, as whole sentences.
    pub help: String,
}

impl Problem {
    fn new(at: At, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { line: at.line, column: at.column, message: message.into(), help: help.into() }
    }
}

/// Reads a policy file. An empty one, or one of comments alone, is the default policy.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file, at most 50 problems; where the text is no YAML, the
/// first place at which it is none.
pub fn load(text: &str) -> Result<Policy, Vec<Problem>> {
    // YAML also breaks lines at a lone carriage return, which editors and GitHub do not count.
    let last = text.lines().count().max(1);
    let within = |problem: Problem| Problem { line: problem.line.min(last), ..problem };
    let root = yaml::parse(text).map_err(|problem| vec![within(problem)])?;
    let mut reader = Reader::default();
    if !matches!(root.value, Value::Map(_) | Value::Null) {
        let message = "A policy is a map from settings to values.";
        reader.say(root.at, message, "Write one setting a line: `paths: eps/**/*.md`.");
    }
    let fields = reader.fields(&root, "");
    let policy = read(&mut reader, &fields);
    let problems: Vec<Problem> = reader.finish().into_iter().map(within).collect();
    if problems.is_empty() { Ok(policy) } else { Err(problems) }
}

/// Settings in the order in which they build on each other, whatever their order in the file: the ladder, the
/// questionnaire's place on it, single sections and questions, and the rules that outweigh them.
fn read(reader: &mut Reader, fields: &Fields<'_>) -> Policy {
    let stated = fields.get("statuses");
    let ladder = stated.map(|field| statuses::read(reader, field));
    let mut policy = match &ladder {
        Some(Some(ladder)) => Policy::on(ladder.clone()),
        Some(None) | None => Policy::default(),
    };
    let ladder = (!matches!(ladder, Some(None))).then(|| policy.ladder.clone());
    let statuses = Statuses(ladder.as_ref());

    if let Some(globs) = fields.get("paths").and_then(|field| places::paths(reader, field)) {
        policy.globs = globs;
    }
    policy.template = fields.get("template").and_then(|field| places::template(reader, field));
    if let Some(title) = fields.get("title").and_then(|field| places::title(reader, field)) {
        policy.title = title;
    }
    if let Some(from) = fields.get("status_from").and_then(|f| places::status_from(reader, f)) {
        policy.status_from = from;
    }
    if let Some(roles) = fields.get("roles") {
        policy.roles = places::roles(reader, roles);
    }
    if let Some(field) = fields.get("prr") {
        let fields = reader.group(field);
        prr::place(reader, &fields, statuses, &mut policy);
        prr::review(reader, &fields, statuses, &mut policy);
    }
    if let Some(sections) = fields.get("sections") {
        levels::sections(reader, sections, statuses, &mut policy);
    }
    if let Some(rules) = fields.get("rules") {
        levels::rules(reader, rules, statuses, &mut policy);
    }
    if let Some(checklist) = fields.get("checklist") {
        let evidence = reader.group(checklist).get("evidence");
        policy.checklist_evidence = evidence.and_then(|f| reader.flag(f)).unwrap_or_default();
    }
    if let Some(waivers) = fields.get("waivers") {
        policy.waivers = waivers::read(reader, waivers, &policy.title);
    }
    said_beside(reader, fields, &mut policy);
    policy
}

fn said_beside(reader: &mut Reader, fields: &Fields<'_>, policy: &mut Policy) {
    let mut word = |key: &str, words: &[&[&str]]| {
        fields.get(key).and_then(|field: Field<'_>| reader.word(field, words))
    };
    if let Some(at) = word("comments", &[&["inline"], &["summary"], &["off", "false"]]) {
        policy.comments = [Comments::Inline, Comments::Summary, Comments::Off][at];
    }
    let action = ["action_required", "action-required", "action required"];
    if let Some(at) = word("incomplete", &[&["failure"], &action]) {
        policy.incomplete = [Incomplete::Failure, Incomplete::ActionRequired][at];
    }
}

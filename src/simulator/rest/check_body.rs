//! What a check run's body may hold, with the limits of GitHub's description.

use jiff::Timestamp;
use serde_json::Value;

use super::{Answer, Call};
use crate::simulator::state::World;
use crate::simulator::state::check::{Annotation, CheckRun};

const CONCLUSIONS: [&str; 7] =
    ["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"];
const LEVELS: [&str; 3] = ["notice", "warning", "failure"];
/// Characters of `summary` and of `text`.
const TEXT_LIMIT: usize = 65_535;
/// Annotations in one request; they add up over requests.
const ANNOTATION_LIMIT: usize = 50;
const ACTION_LIMIT: usize = 3;
/// Characters of an annotation's title.
const ANNOTATION_TITLE_LIMIT: usize = 255;
/// Bytes of an annotation's message and of its raw details.
const ANNOTATION_TEXT_LIMIT: usize = 64 * 1024;

/// A body that is within the limits.
#[derive(Debug, Default)]
pub(super) struct Sent {
    name: Option<String>,
    status: Option<String>,
    conclusion: Option<String>,
    external_id: Option<String>,
    details_url: Option<String>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    title: Option<String>,
    summary: Option<String>,
    text: Option<String>,
    annotations: Vec<Annotation>,
    actions: Option<Vec<Value>>,
}

impl Sent {
    pub(super) fn read(call: &Call, creating: bool) -> Result<Self, Answer> {
        let body = &call.body;
        let status = text(body, "status")?;
        let statuses: &[&str] = if creating {
            &["queued", "in_progress", "completed"]
        } else {
            &["queued", "in_progress", "completed", "waiting", "requested", "pending"]
        };
        one_of(status.as_deref(), statuses)?;
        let conclusion = text(body, "conclusion")?;
        one_of(conclusion.as_deref(), &CONCLUSIONS)?;
        if status.as_deref() == Some("completed") && conclusion.is_none() {
            return Err(Answer::unfit("\"conclusion\" wasn't supplied."));
        }
        let mut sent = Self {
            name: text(body, "name")?,
            // A conclusion completes the run, whatever the status says.
            status: if conclusion.is_some() { Some("completed".to_owned()) } else { status },
            conclusion,
            external_id: text(body, "external_id")?,
            details_url: text(body, "details_url")?,
            started_at: time(body, "started_at")?,
            completed_at: time(body, "completed_at")?,
            ..Self::default()
        };
        if let Some(url) = &sent.details_url
            && !url.starts_with("http://")
            && !url.starts_with("https://")
        {
            return Err(Answer::invalid(
                "CheckRun",
                "details_url",
                "custom",
                "details_url must use http or https scheme",
            ));
        }
        if let Some(output) = body.get("output").filter(|o| !o.is_null()) {
            sent.read_output(output, creating)?;
        }
        if let Some(actions) = body.get("actions").filter(|a| !a.is_null()) {
            sent.actions = Some(read_actions(actions)?);
        }
        Ok(sent)
    }

    fn read_output(&mut self, output: &Value, creating: bool) -> Result<(), Answer> {
        self.title = text(output, "title")?;
        self.summary = text(output, "summary")?;
        self.text = text(output, "text")?;
        let missing: Vec<&str> = [
            (self.summary.is_none(), "\"summary\""),
            (creating && self.title.is_none(), "\"title\""),
        ]
        .into_iter()
        .filter_map(|(missing, name)| missing.then_some(name))
        .collect();
        if !missing.is_empty() {
            let verb = if missing.len() == 1 { "wasn't" } else { "weren't" };
            return Err(Answer::unfit(format_args!("{} {verb} supplied.", missing.join(", "))));
        }
        for text in [&self.summary, &self.text].into_iter().flatten() {
            at_most(text.chars().count(), TEXT_LIMIT)?;
        }
        let annotations = array(output, "annotations")?;
        if annotations.len() > ANNOTATION_LIMIT {
            return Err(Answer::unfit(format_args!(
                "No more than {ANNOTATION_LIMIT} items are allowed; {} were supplied.",
                annotations.len()
            )));
        }
        self.annotations =
            annotations.iter().map(read_annotation).collect::<Result<Vec<_>, Answer>>()?;
        Ok(())
    }

    /// Changes a run to what was sent. Annotations are added to those there are.
    pub(super) fn apply(self, run: &mut CheckRun, now: Timestamp) {
        if let Some(name) = self.name {
            run.name = name;
        }
        if let Some(status) = self.status {
            run.status = status;
            if run.status == "completed" {
                run.conclusion = self.conclusion;
                run.completed_at = self.completed_at.or(Some(now));
            } else {
                run.conclusion = None;
                run.completed_at = None;
            }
        }
        run.started_at = self.started_at.unwrap_or(run.started_at);
        run.external_id = self.external_id.or(run.external_id.take());
        run.details_url = self.details_url.or(run.details_url.take());
        run.title = self.title.or(run.title.take());
        if let Some(summary) = self.summary {
            run.summary = Some(summary);
            run.text = self.text;
        }
        run.annotations.extend(self.annotations);
        if let Some(actions) = self.actions {
            run.actions = actions;
        }
    }
}

fn read_annotation(from: &Value) -> Result<Annotation, Answer> {
    let needed = |key: &str| {
        text(from, key)?.ok_or_else(|| Answer::unfit(format_args!("\"{key}\" wasn't supplied.")))
    };
    let line = |key: &str| {
        number(from, key)?.ok_or_else(|| Answer::unfit(format_args!("\"{key}\" wasn't supplied.")))
    };
    let refuse = |field: &str, message: &str| {
        Err(Answer::invalid("CheckAnnotation", field, "invalid", message))
    };
    let annotation = Annotation {
        path: needed("path")?,
        start_line: line("start_line")?,
        end_line: line("end_line")?,
        start_column: number(from, "start_column")?,
        end_column: number(from, "end_column")?,
        level: needed("annotation_level")?,
        title: text(from, "title")?,
        message: needed("message")?,
        raw_details: text(from, "raw_details")?,
    };
    one_of(Some(&annotation.level), &LEVELS)?;
    if annotation.path.is_empty() || annotation.message.is_empty() {
        return refuse("message", "path and message cannot be blank");
    }
    if annotation.start_line == 0 {
        return refuse("start_line", "start_line must be greater than 0");
    }
    if annotation.end_line < annotation.start_line {
        return refuse("end_line", "end_line must not be before start_line");
    }
    let columns = annotation.start_column.is_some() || annotation.end_column.is_some();
    if columns && annotation.start_line != annotation.end_line {
        return refuse("start_column", "columns are only allowed on a single line");
    }
    if annotation.title.as_ref().is_some_and(|t| t.chars().count() > ANNOTATION_TITLE_LIMIT) {
        return refuse("title", "title is too long (maximum is 255 characters)");
    }
    for text in [Some(&annotation.message), annotation.raw_details.as_ref()].into_iter().flatten() {
        if text.len() > ANNOTATION_TEXT_LIMIT {
            return refuse("message", "message and raw_details are at most 64 KB each");
        }
    }
    Ok(annotation)
}

fn read_actions(from: &Value) -> Result<Vec<Value>, Answer> {
    let actions = from.as_array().ok_or_else(|| Answer::unfit("\"actions\" is not an array."))?;
    if actions.len() > ACTION_LIMIT {
        return Err(Answer::unfit(format_args!(
            "No more than {ACTION_LIMIT} items are allowed; {} were supplied.",
            actions.len()
        )));
    }
    for action in actions {
        for (key, limit) in [("label", 20), ("description", 40), ("identifier", 20)] {
            let text = text(action, key)?
                .ok_or_else(|| Answer::unfit(format_args!("\"{key}\" wasn't supplied.")))?;
            at_most(text.chars().count(), limit)?;
        }
    }
    Ok(actions.clone())
}

fn text(object: &Value, key: &str) -> Result<Option<String>, Answer> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => {
            Err(Answer::unfit(format_args!("For 'properties/{key}', {other} is not a string.")))
        }
    }
}

fn number(object: &Value, key: &str) -> Result<Option<u64>, Answer> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or_else(|| {
            Answer::unfit(format_args!("For 'properties/{key}', {value} is not an integer."))
        }),
    }
}

fn time(object: &Value, key: &str) -> Result<Option<Timestamp>, Answer> {
    text(object, key)?
        .map(|text| {
            text.parse().map_err(|_| {
                Answer::unfit(format_args!(
                    "For 'properties/{key}', \"{text}\" is not a date-time."
                ))
            })
        })
        .transpose()
}

fn array<'v>(object: &'v Value, key: &str) -> Result<&'v [Value], Answer> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Answer::unfit(format_args!("\"{key}\" is not an array."))),
    }
}

fn one_of(value: Option<&str>, allowed: &[&str]) -> Result<(), Answer> {
    match value {
        Some(value) if !allowed.contains(&value) => {
            Err(Answer::unfit(format_args!("{value:?} is not a member of {allowed:?}.")))
        }
        _ => Ok(()),
    }
}

fn at_most(count: usize, limit: usize) -> Result<(), Answer> {
    if count > limit {
        return Err(Answer::unfit(format_args!(
            "Only {limit} characters are allowed; {count} were supplied."
        )));
    }
    Ok(())
}

/// Records the keys that GitHub's description does not know: it would ignore them in silence.
pub(super) fn note_unknown_keys(world: &mut World, call: &Call) {
    let body = &call.body;
    let mut known = vec![
        "name",
        "details_url",
        "external_id",
        "status",
        "started_at",
        "conclusion",
        "completed_at",
        "output",
        "actions",
    ];
    if call.template.ends_with("/check-runs") {
        known.push("head_sha");
    }
    call.known_keys(world, "", body, &known);
    let output = body.get("output").unwrap_or(&Value::Null);
    let output_keys = ["title", "summary", "text", "annotations", "images"];
    call.known_keys(world, "output.", output, &output_keys);
    for annotation in output.get("annotations").and_then(Value::as_array).into_iter().flatten() {
        call.known_keys(
            world,
            "output.annotations.",
            annotation,
            &[
                "path",
                "start_line",
                "end_line",
                "start_column",
                "end_column",
                "annotation_level",
                "message",
                "title",
                "raw_details",
            ],
        );
    }
    for action in body.get("actions").and_then(Value::as_array).into_iter().flatten() {
        call.known_keys(world, "actions.", action, &["label", "description", "identifier"]);
    }
}

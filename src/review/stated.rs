//! Which status an EP states: in a section, in front matter, or in a file beside it.

use serde_json::Value;

use crate::proposal::status::{self, Stated};
use crate::proposal::text;

use super::context::Context;
use super::level::Ladder;
use super::policy::{Keys, StatusFrom};

/// What the EP states as its status.
pub(super) fn stated(cx: &Context<'_>) -> Stated {
    match &cx.policy.status_from {
        StatusFrom::Section(_) => {
            let Some(id) = cx.status_section() else {
                return Stated::Missing { placeholder: None };
            };
            let template = cx.meant[id].map(|t| &cx.template.sections[t]);
            status::read(cx.outline, id, template, cx.policy.ladder.names())
        }
        StatusFrom::FrontMatter(keys) => {
            let Some(range) = cx.outline.front_matter.clone() else {
                return Stated::Missing { placeholder: None };
            };
            let first = cx.outline.source.line_at(range.start);
            let yaml = &cx.outline.source.text()[range];
            from_yaml(yaml, keys, &cx.policy.ladder, |line| first + line)
        }
        StatusFrom::Sidecar { keys, .. } => match cx.sidecar.map(std::str::from_utf8) {
            None => Stated::Missing { placeholder: None },
            // The EP's own first line stands for a line of another file.
            Some(Ok(yaml)) => from_yaml(yaml, keys, &cx.policy.ladder, |_| cx.top().start),
            Some(Err(_)) => {
                Stated::Broken { problem: "it is not UTF-8".to_owned(), line: cx.top().start }
            }
        },
    }
}

/// The ladder's value by status and stage together, then by the status, then by the stage.
fn from_yaml(yaml: &str, keys: &Keys, ladder: &Ladder, place: impl Fn(usize) -> usize) -> Stated {
    let line = place(line_of(yaml, &keys.status));
    let values: serde_json::Map<String, Value> = match serde_saphyr::from_str(yaml) {
        Ok(values) => values,
        Err(error) => {
            let problem = error.to_string();
            let problem = problem.lines().next().unwrap_or_default().to_owned();
            return Stated::Broken { problem, line };
        }
    };
    let value = |key: &str| match values.get(key) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let status = value(&keys.status);
    let stage = keys.stage.as_deref().map(value).unwrap_or_default();
    let both = format!("{status} {stage}");
    let known =
        [both.as_str(), &status, &stage].into_iter().find_map(|name| ladder.index(name.trim()));
    match known {
        Some(index) => Stated::One { value: ladder.name(index).to_owned(), line },
        None if status.is_empty() => Stated::Missing { placeholder: None },
        None => {
            let nearest = status::nearest(&text::fold(&status), ladder.names());
            let text = if stage.is_empty() { status } else { both };
            Stated::Unknown { text, line, nearest }
        }
    }
}

/// The 0-based line of a top-level key; 0 where it is written in another way.
fn line_of(yaml: &str, key: &str) -> usize {
    let is_key = |line: &str| {
        let line = line.trim_start_matches(['"', '\'']);
        line.strip_prefix(key)
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
    };
    yaml.lines().position(is_key).unwrap_or(0)
}

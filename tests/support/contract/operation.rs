//! One operation of GitHub's description, found by method and path.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::keys;
use super::schema::{DOCUMENT, errors, escape, resolve};

/// The most that GitHub gives on a page; more is capped in silence, and the rest is never read.
const LARGEST_PAGE: u64 = 100;

/// What is wrong with an exchange.
pub(super) struct Problems {
    exchange: String,
    found: Vec<String>,
}

impl Problems {
    pub(super) fn of(exchange: String) -> Self {
        Self { exchange, found: Vec::new() }
    }

    pub(super) fn add(&mut self, problem: impl AsRef<str>) {
        self.found.push(format!("{}: {}", self.exchange, problem.as_ref()));
    }

    pub(super) fn into_result(self) -> Result<(), Vec<String>> {
        if self.found.is_empty() { Ok(()) } else { Err(self.found) }
    }
}

/// An operation and what the path says for its parameters.
pub(super) struct Operation {
    /// JSON pointer to the operation in the document.
    pointer: String,
    spec: &'static Value,
    /// Decoded values of the path's parameters.
    arguments: Vec<(&'static str, String)>,
}

impl Operation {
    /// The operation whose template fits best: the one with the most literal segments.
    pub(super) fn find(method: &str, path: &str) -> Option<Self> {
        let path = path.strip_prefix("/api/v3").unwrap_or(path);
        let method = method.to_ascii_lowercase();
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let paths = DOCUMENT["paths"].as_object().expect("the description has paths");
        paths
            .iter()
            .filter_map(|(template, item)| Some((template, item.get(&method)?)))
            .filter_map(|(template, spec)| {
                let parts: Vec<&'static str> = template[1..].split('/').collect();
                let arguments = fit(&parts, &segments, spec)?;
                let literals = parts.iter().filter(|part| !part.starts_with('{')).count();
                let pointer = format!("/paths/{}/{method}", escape(template));
                Some((literals, Self { pointer, spec, arguments }))
            })
            .max_by_key(|(literals, _)| *literals)
            .map(|(_, operation)| operation)
    }

    /// Holds each path parameter against its type.
    pub(super) fn check_path(&self, problems: &mut Problems) {
        for (name, value) in &self.arguments {
            self.check_parameter("path", name, value, problems);
        }
    }

    /// Refuses query keys that GitHub does not know, wrong values and missing required keys.
    pub(super) fn check_query(&self, pairs: &[(String, String)], problems: &mut Problems) {
        for (key, value) in pairs {
            self.check_parameter("query", key, value, problems);
            if key == "per_page" && value.parse().is_ok_and(|size: u64| size > LARGEST_PAGE) {
                problems
                    .add(format!("query per_page={value}: GitHub gives at most {LARGEST_PAGE}"));
            }
        }
        for (_, parameter) in parameters(self.spec) {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["in"] == "query"
                && parameter["required"] == Value::Bool(true)
                && !pairs.iter().any(|(key, _)| key == name)
            {
                problems.add(format!("query {name} is required"));
            }
        }
    }

    /// Holds the request body against its schema, unknown keys refused.
    pub(super) fn check_request(&self, body: Option<&Value>, problems: &mut Problems) {
        match (self.spec.get("requestBody"), body) {
            (None, Some(_)) => problems.add("request: GitHub takes no body here"),
            (Some(spec), None) if spec["required"] == Value::Bool(true) => {
                problems.add("request: the body is missing");
            }
            (Some(_), Some(body)) => {
                let pointer =
                    format!("{}/requestBody/content/application~1json/schema", self.pointer);
                check_body("request", &pointer, body, problems);
            }
            _ => {}
        }
    }

    /// Holds the answer against what GitHub declares for its status, unknown keys refused.
    pub(super) fn check_response(
        &self,
        status: u16,
        body: Option<&Value>,
        problems: &mut Problems,
    ) {
        let Some(response) = self.spec["responses"].get(status.to_string()) else {
            if !matches!(status, 401 | 403 | 404 | 422 | 429 | 500..=599) {
                problems.add(format!("response: GitHub does not answer {status} here"));
            }
            return;
        };
        let pointer = match response.get("$ref").and_then(Value::as_str) {
            Some(target) => target.trim_start_matches('#').to_owned(),
            None => format!("{}/responses/{status}", self.pointer),
        };
        let json = resolve(response).pointer("/content/application~1json/schema");
        match (json, body) {
            (None, Some(_)) if status < 300 => {
                problems.add(format!("response {status}: GitHub gives no body"));
            }
            (Some(_), None) if status < 300 => {
                problems.add(format!("response {status}: the body is missing"));
            }
            (Some(_), Some(Value::String(_))) if self.may_be_raw() => {}
            (Some(_), Some(body)) => {
                let pointer = format!("{pointer}/content/application~1json/schema");
                let mut body = body.clone();
                // GitHub repeats the status in every refusal; its description says so of some only.
                if status >= 400
                    && let Some(body) = body.as_object_mut()
                    && body.get("status") == Some(&status.to_string().into())
                {
                    body.remove("status");
                }
                check_body(&format!("response {status}"), &pointer, &body, problems);
            }
            _ => {}
        }
    }

    /// Whether the raw media type makes the answer a file instead of JSON.
    fn may_be_raw(&self) -> bool {
        matches!(self.spec["operationId"].as_str(), Some("repos/get-content" | "git/get-blob"))
    }

    fn check_parameter(&self, place: &str, name: &str, value: &str, problems: &mut Problems) {
        let found = parameters(self.spec).find(|(_, parameter)| {
            parameter["in"].as_str() == Some(place) && parameter["name"].as_str() == Some(name)
        });
        let Some((place_in_document, _)) = found else {
            problems.add(format!("{place} {name}: GitHub knows no such parameter"));
            return;
        };
        let pointer = match place_in_document {
            Place::Shared(pointer) => format!("{pointer}/schema"),
            Place::Own(index) => format!("{}/parameters/{index}/schema", self.pointer),
        };
        // On the wire all is text: a number may stand for a number or for its digits.
        let as_text = errors(&pointer, &Value::String(value.to_owned()));
        let as_json = serde_json::from_str(value).map(|value: Value| errors(&pointer, &value));
        if !as_text.is_empty() && as_json.map_or(true, |errors| !errors.is_empty()) {
            problems.add(format!("{place} {name}={value}: {}", as_text.join("; ")));
        }
    }
}

/// Where a parameter is described.
enum Place {
    /// In `components`: a JSON pointer.
    Shared(&'static str),
    /// In the operation itself: its index there.
    Own(usize),
}

/// The operation's parameters.
fn parameters(spec: &'static Value) -> impl Iterator<Item = (Place, &'static Value)> {
    spec["parameters"].as_array().into_iter().flatten().enumerate().map(|(index, parameter)| {
        let reference = parameter.get("$ref").and_then(Value::as_str);
        let place = reference
            .map_or(Place::Own(index), |target| Place::Shared(target.trim_start_matches('#')));
        (place, resolve(parameter))
    })
}

/// Matches a path with a template. A parameter is one segment, or several where GitHub says so
/// (`contents/{path}`).
fn fit(
    parts: &[&'static str],
    segments: &[&str],
    spec: &'static Value,
) -> Option<Vec<(&'static str, String)>> {
    let Some((part, rest)) = parts.split_first() else {
        return segments.is_empty().then(Vec::new);
    };
    let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
        return (segments.first()? == part).then(|| fit(rest, &segments[1..], spec))?;
    };
    let several = parameters(spec).any(|(_, parameter)| {
        parameter["name"].as_str() == Some(name)
            && parameter["x-multi-segment"] == Value::Bool(true)
    });
    let most = if several { segments.len() } else { 1.min(segments.len()) };
    (1..=most).rev().find_map(|count| {
        let (own, others) = segments.split_at(count);
        // An empty segment is a missing argument, unless it stands within a path.
        if own.iter().all(|segment| segment.is_empty()) {
            return None;
        }
        let mut arguments = fit(rest, others, spec)?;
        arguments.insert(0, (name, decode(&own.join("/"))));
        Some(arguments)
    })
}

fn check_body(what: &str, pointer: &str, body: &Value, problems: &mut Problems) {
    for error in errors(pointer, body) {
        problems.add(format!("{what} {error}"));
    }
    let schema = DOCUMENT.pointer(pointer).expect("the pointer was made from the document");
    for error in keys::unknown(schema, body) {
        problems.add(format!("{what} {error}"));
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

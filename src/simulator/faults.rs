//! Faults on demand: what the next calls of a kind meet.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// Which calls a fault is for.
#[derive(Debug, Clone, Default)]
pub struct Match {
    method: Option<String>,
    template: Option<String>,
    operation: Option<String>,
    text: Option<String>,
    passes: usize,
}

/// What of a call a fault looks at.
#[derive(Debug)]
pub(crate) struct Met<'a> {
    pub(crate) method: &'a str,
    pub(crate) template: Option<&'a str>,
    pub(crate) operation: Option<&'a str>,
    pub(crate) path: &'a str,
    /// The body as it was sent.
    pub(crate) body: &'a str,
}

impl Match {
    /// Every call.
    pub fn any() -> Self {
        Self::default()
    }

    /// A REST operation: its method and its path as GitHub's description writes it,
    /// like `/repos/{owner}/{repo}/check-runs`.
    pub fn rest(method: &str, template: &str) -> Self {
        Self {
            method: Some(method.to_owned()),
            template: Some(template.to_owned()),
            ..Self::default()
        }
    }

    /// Every GraphQL call.
    pub fn graphql() -> Self {
        Self::rest("POST", "/graphql")
    }

    /// The GraphQL operation of this name.
    pub fn graphql_operation(name: &str) -> Self {
        Self { operation: Some(name.to_owned()), ..Self::graphql() }
    }

    /// Of these calls only those with this text in their path or body: a repository's name, a commit.
    #[must_use]
    pub fn containing(self, text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..self }
    }

    /// Lets the first `count` of these calls pass.
    #[must_use]
    pub fn after(self, count: usize) -> Self {
        Self { passes: count, ..self }
    }

    fn fits(&self, met: &Met<'_>) -> bool {
        self.method.as_deref().is_none_or(|m| m == met.method)
            && self.template.as_deref().is_none_or(|t| met.template == Some(t))
            && self.operation.as_deref().is_none_or(|o| met.operation == Some(o))
            && self.text.as_deref().is_none_or(|t| met.path.contains(t) || met.body.contains(t))
    }
}

/// What goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// This answer instead of the true one; nothing takes effect.
    Answer {
        /// HTTP status.
        status: u16,
        /// Headers beside the usual ones, names in lower case.
        headers: Vec<(String, String)>,
        /// Body; sent as it is.
        body: String,
    },
    /// The true answer, but only after this long.
    Delay(Duration),
    /// The call waits until the gate opens, then runs as usual.
    Hold(Gate),
    /// No answer, ever; nothing takes effect.
    Hang,
    /// The connection ends without an answer; nothing took effect.
    DropBefore,
    /// The connection ends without an answer; the call took effect.
    DropAfter,
    /// The call takes effect, but the connection ends in the middle of the answer.
    Truncated,
    /// The call takes effect, but the answer is no JSON.
    Malformed,
    /// The true answer, in this many pieces with a pause before each.
    Slow {
        /// How many pieces.
        pieces: usize,
        /// Time before each.
        pause: Duration,
    },
    /// GraphQL answers partly: `data` with nulls at these dotted paths of it, and an error for each.
    GraphqlNulls(Vec<String>),
}

impl Fault {
    /// An answer of GitHub's usual error shape.
    pub fn status(status: u16, message: &str) -> Self {
        let body = json!({
            "message": message,
            "documentation_url": "https://docs.github.com/rest",
            "status": status.to_string(),
        });
        Self::Answer { status, headers: Vec::new(), body: body.to_string() }
    }

    /// 502 with an HTML body, as GitHub's front gives it.
    pub fn bad_gateway() -> Self {
        Self::Answer {
            status: 502,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: "<html><body><h1>502 Bad Gateway</h1></body></html>".to_owned(),
        }
    }

    /// 401, as for a token that is no longer known.
    pub fn unauthorized() -> Self {
        Self::status(401, "Bad credentials")
    }

    /// 403 of the secondary limit, with `Retry-After` in seconds or without.
    pub fn secondary_limit(retry_after: Option<u64>) -> Self {
        Self::status(
            403,
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        )
        .with_headers(
            retry_after.map(|s| ("retry-after".to_owned(), s.to_string())).into_iter().collect(),
        )
    }

    /// 429 with `Retry-After` in seconds.
    pub fn too_many_requests(retry_after: u64) -> Self {
        Self::status(429, "Too many requests")
            .with_headers(vec![("retry-after".to_owned(), retry_after.to_string())])
    }

    /// 403 of the primary limit, which resets at this Unix time.
    pub fn primary_limit(reset: i64) -> Self {
        Self::status(403, "API rate limit exceeded for installation.").with_headers(vec![
            ("x-ratelimit-remaining".to_owned(), "0".to_owned()),
            ("x-ratelimit-reset".to_owned(), reset.to_string()),
        ])
    }

    /// The same answer with other headers; only answers have any.
    #[must_use]
    pub fn with_headers(self, headers: Vec<(String, String)>) -> Self {
        match self {
            Self::Answer { status, body, .. } => Self::Answer { status, headers, body },
            other => other,
        }
    }
}

/// Holds calls at the door until it is opened: for tests that need something to happen *meanwhile*.
#[derive(Debug, Clone)]
pub struct Gate {
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self { arrived: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }

    /// Waits until one more call stands before the gate.
    pub async fn arrived(&self) {
        if let Ok(permit) = self.arrived.acquire().await {
            permit.forget();
        }
    }

    /// Lets everyone through, now and later.
    pub fn open(&self) {
        self.open.close();
    }

    pub(crate) async fn pass(&self) {
        self.arrived.add_permits(1);
        // A closed semaphore is an open gate: the error is the way through.
        let _ = self.open.acquire().await;
    }
}

#[derive(Debug)]
struct Planned {
    on: Match,
    fault: Fault,
    times: usize,
}

/// The faults still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Vec<Planned>,
}

impl Faults {
    pub(crate) fn plan(&mut self, on: Match, fault: Fault, times: usize) {
        self.planned.push(Planned { on, fault, times });
    }

    pub(crate) fn clear(&mut self) {
        self.planned.clear();
    }

    /// The fault that this call meets: the first planned that fits, used up once.
    pub(crate) fn take(&mut self, met: &Met<'_>) -> Option<Fault> {
        for planned in self.planned.iter_mut().filter(|p| p.times > 0 && p.on.fits(met)) {
            if planned.on.passes > 0 {
                planned.on.passes -= 1;
                continue;
            }
            planned.times -= 1;
            return Some(planned.fault.clone());
        }
        None
    }
}

/// Sets the dotted paths of a GraphQL answer's `data` to null and says so in `errors`.
pub(crate) fn null_out(answer: &mut Value, paths: &[String]) {
    let mut errors = answer.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
    for path in paths {
        let pointer = format!("/data/{}", path.replace('.', "/"));
        if let Some(place) = answer.pointer_mut(&pointer) {
            *place = Value::Null;
        }
        errors.push(json!({
            "type": "SERVICE_UNAVAILABLE",
            "path": path.split('.').collect::<Vec<_>>(),
            "message": "Something went wrong while executing your query.",
        }));
    }
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("errors".to_owned(), errors.into());
    }
}

//! One request and its whole answer, within a deadline.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use octocrab::Octocrab;
use octocrab::auth::AppAuth;
use octocrab::service::middleware::retry::RetryConfig;
use serde_json::Value;

use super::config::{Checked, Endpoint};
use super::error::{Error, Status};
use super::rate::Resource;

/// Larger answers are not read. 300 files with patches, or a batch of texts, stay far below.
const LARGEST_ANSWER: usize = 64 << 20;

/// Longest piece of GitHub's message that an error repeats, in characters.
const LONGEST_MESSAGE: usize = 300;

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// Until the connection stands, TLS included.
    pub(super) connect: Duration,
    /// Until the last byte of the answer. GitHub itself gives up after 10 s.
    pub(super) total: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(20) }
    }
}

/// The octocrab clients, still without an installation's token.
pub(super) struct Clients {
    rest: Octocrab,
    graphql: Octocrab,
}

/// One request.
pub(super) struct Call {
    /// What is asked for, as `read the pull request`.
    pub(super) operation: &'static str,
    pub(super) verb: Verb,
    /// The path below the endpoint's, segments percent-encoded.
    pub(super) path: String,
}

/// The method, with what goes with it.
pub(super) enum Verb {
    Get,
    Post(Value),
    Patch(Value),
    /// A POST to the GraphQL endpoint; `path` is not used.
    Query(Value),
}

impl Call {
    pub(super) fn resource(&self) -> Resource {
        match self.verb {
            Verb::Query(_) => Resource::Graphql,
            Verb::Get | Verb::Post(_) | Verb::Patch(_) => Resource::Core,
        }
    }
}

/// A whole answer, whatever its status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Clients {
    /// Sets the clients up. Must run inside a tokio runtime: octocrab starts a task.
    pub(super) fn build(settings: &Checked, timing: Timing) -> Result<Self, Error> {
        let rest = client(&settings.app, &settings.rest, timing)?;
        let graphql = if settings.graphql.root == settings.rest.root {
            rest.clone()
        } else {
            client(&settings.app, &settings.graphql, timing)?
        };
        Ok(Self { rest, graphql })
    }

    /// The client that speaks as the App itself: octocrab signs a token for each request.
    pub(super) fn app(&self) -> &Octocrab {
        &self.rest
    }

    /// The client for `resource` that speaks with an installation's token.
    pub(super) fn with(&self, resource: Resource, token: &str) -> Result<Octocrab, Error> {
        let client = match resource {
            Resource::Core => &self.rest,
            Resource::Graphql => &self.graphql,
        };
        client.user_access_token(token).map_err(|e| Error::Client { problem: cause(&e) })
    }
}

fn client(app: &AppAuth, endpoint: &Endpoint, timing: Timing) -> Result<Octocrab, Error> {
    Octocrab::builder()
        .base_uri(endpoint.root.clone())
        .and_then(|builder| {
            builder
                .app(app.app_id, app.key.clone())
                // octocrab would repeat POSTs by itself.
                .add_retry_config(RetryConfig::None)
                .set_connect_timeout(Some(timing.connect))
                .add_header(http::header::ACCEPT, "application/vnd.github+json".to_owned())
                .build()
        })
        .map_err(|e| Error::Client { problem: cause(&e) })
}

/// Sends a call and reads the whole answer. Nothing is retried; a status is no error here.
pub(super) async fn send(
    client: &Octocrab,
    settings: &Checked,
    call: &Call,
    limit: Duration,
) -> Result<Answer, Error> {
    let operation = call.operation;
    let rest = || format!("{}{}", settings.rest.path, call.path);
    let exchange = async {
        let response = match &call.verb {
            Verb::Get => client._get(rest()).await,
            // GitHub takes no body in some places.
            Verb::Post(Value::Null) => client._post(rest(), None::<&Value>).await,
            Verb::Post(body) => client._post(rest(), Some(body)).await,
            Verb::Patch(body) => client._patch(rest(), Some(body)).await,
            Verb::Query(body) => client._post(settings.graphql.path.as_str(), Some(body)).await,
        };
        let response = response.map_err(|e| Error::Connection { operation, problem: cause(&e) })?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await.map_err(|e| {
            let problem = cause(e.as_ref());
            if e.is::<LengthLimitError>() {
                Error::Malformed { operation, problem: "it is larger than 64 MiB".into() }
            } else {
                Error::Connection { operation, problem }
            }
        })?;
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
    };
    tokio::time::timeout(limit, exchange).await.unwrap_or(Err(Error::Timeout { operation, limit }))
}

impl Answer {
    /// The parts of an answer that an error repeats.
    pub(super) fn status(&self) -> Status {
        self.status_with(&message(&self.body))
    }

    /// The same with another message.
    pub(super) fn status_with(&self, message: &str) -> Status {
        let id = self.headers.get("x-github-request-id").and_then(|v| v.to_str().ok());
        Status {
            code: self.status.as_u16(),
            message: one_line(message),
            request_id: id.map(one_line),
        }
    }

    /// The body as `T`.
    pub(super) fn json<T: serde::de::DeserializeOwned>(
        &self,
        operation: &'static str,
    ) -> Result<T, Error> {
        serde_json::from_slice(&self.body)
            .map_err(|e| Error::Malformed { operation, problem: one_line(&e.to_string()) })
    }
}

/// GitHub's message with the details it gives for a 422; nothing for a page of HTML, which a proxy wrote.
fn message(body: &[u8]) -> String {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let mut message = value["message"].as_str().unwrap_or_default().to_owned();
    for detail in value["errors"].as_array().into_iter().flatten().take(5) {
        let text = detail.as_str().or_else(|| detail["message"].as_str()).map_or_else(
            || {
                let part = |key: &str| detail[key].as_str().unwrap_or_default().to_owned();
                format!("{} {}", part("field"), part("code"))
            },
            str::to_owned,
        );
        message.push_str("; ");
        message.push_str(text.trim());
    }
    message
}

fn one_line(text: &str) -> String {
    let mut line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_MESSAGE).collect();
    line.truncate(line.trim_end().len());
    line
}

/// The innermost cause: octocrab's own texts are mostly names of variants.
fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |e| e.source());
    one_line(&causes.take(16).last().map(ToString::to_string).unwrap_or_default())
}

//! One call and its answer, from bytes to state and back.

use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::faults::Met;
use super::graphql;
use super::log::RecordedRequest;
use super::rest::{self, Actor, Answer, Call, Matched};
use super::state::World;

/// A call as it came in.
#[derive(Debug)]
pub(crate) struct Asked {
    method: String,
    /// The body as text, for faults to look at.
    text: String,
    /// Path below the API's root, still percent-encoded.
    path: String,
    /// What stood before it: nothing, or GitHub Enterprise's `/api/v3`.
    prefix: &'static str,
    query: Vec<(String, String)>,
    authorization: Option<String>,
    user_agent: bool,
    /// The body as JSON; none when it is not.
    body: Option<Value>,
    empty: bool,
    is_graphql: bool,
    matched: Option<Matched>,
}

impl Asked {
    pub(crate) fn new(head: &hyper::http::request::Parts, body: &Bytes) -> Self {
        let full = head.uri.path();
        let (prefix, path) = match full.strip_prefix("/api/v3") {
            Some(rest) => ("/api/v3", rest),
            None => ("", full),
        };
        let method = head.method.as_str().to_owned();
        let is_graphql = method == "POST" && (path == "/graphql" || full == "/api/graphql");
        let path = if is_graphql { "/graphql" } else { path };
        let header = |name: &str| head.headers.get(name).and_then(|v| v.to_str().ok());
        Self {
            matched: if is_graphql { None } else { rest::find(&method, path) },
            method,
            path: path.to_owned(),
            prefix,
            query: parse_query(head.uri.query().unwrap_or_default()),
            authorization: header("authorization").map(str::to_owned),
            user_agent: header("user-agent").is_some_and(|agent| !agent.is_empty()),
            text: String::from_utf8_lossy(body).into_owned(),
            empty: body.is_empty(),
            body: serde_json::from_slice(body).ok(),
            is_graphql,
        }
    }

    /// What faults look at.
    pub(crate) fn met(&self) -> Met<'_> {
        Met {
            method: &self.method,
            template: self.template(),
            operation: self.operation(),
            path: &self.path,
            body: &self.text,
        }
    }

    fn template(&self) -> Option<&'static str> {
        if self.is_graphql {
            return Some("/graphql");
        }
        self.matched.as_ref().map(|m| m.route.template)
    }

    /// Name of the GraphQL operation.
    fn operation(&self) -> Option<&str> {
        let body = self.body.as_ref().filter(|_| self.is_graphql)?;
        body.get("operationName")
            .and_then(Value::as_str)
            .or_else(|| graphql::operation_name(body.get("query")?.as_str()?))
    }
}

fn parse_query(query: &str) -> Vec<(String, String)> {
    let decode =
        |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// Puts a call into the log, before it is known what comes of it.
pub(crate) fn record(world: &mut World, asked: &Asked) -> usize {
    let body = asked.body.clone().unwrap_or(Value::Null);
    let part = |key: &str| body.get(key).filter(|_| asked.is_graphql).cloned();
    world.log.add(RecordedRequest {
        method: asked.method.clone(),
        path: asked.path.clone(),
        query: asked.query.clone(),
        template: asked.template(),
        graphql: part("query").and_then(|q| q.as_str().map(str::to_owned)),
        operation: asked.operation().map(str::to_owned),
        variables: part("variables").unwrap_or(Value::Null),
        body,
        ..RecordedRequest::default()
    })
}

/// Adds to the log what came of a call.
pub(crate) fn note(entry: &mut RecordedRequest, answer: &Answer, asked: &Asked) {
    entry.status = Some(answer.status);
    entry.answer = answer.body.clone().unwrap_or(Value::Null);
    // The log is for the tests to read: no token in it, so that none gets into a snapshot.
    if asked.template().is_some_and(|t| t.ends_with("/access_tokens"))
        && let Some(token) = entry.answer.get_mut("token")
    {
        *token = "(hidden)".into();
    }
}

/// Answers a call, which stands in the log under `number`.
pub(crate) fn respond(world: &mut World, asked: &Asked, number: usize) -> Answer {
    if !asked.user_agent {
        world.log.violation(format!("{} {}: no User-Agent", asked.method, asked.path));
        return Answer::error(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        );
    }
    let actor = match rest::authenticate(world, asked.authorization.as_deref()) {
        Ok(actor) => actor,
        Err(refused) => return refused,
    };
    let resource = if asked.is_graphql { "graphql" } else { "core" };
    let who = match actor {
        Actor::Installation { id, .. } => id,
        Actor::App | Actor::User(_) | Actor::Nobody => 0,
    };
    if let Some(entry) = world.log.get_mut(number) {
        entry.installation = (who != 0).then_some(who);
    }
    // Looking at one's own limits is free; what a GraphQL query costs is known only when it is read.
    let cost = u64::from(!asked.is_graphql && asked.path != "/rate_limit");
    let mut answer = if world.spend(who, resource, cost) {
        run(world, asked, actor)
    } else {
        Answer::error(403, format!("API rate limit exceeded for installation ID {who}."))
    };
    let budget = world.budget(who, resource);
    let limit = world.requests_per_hour;
    for (name, value) in [
        ("x-ratelimit-limit", limit.to_string()),
        ("x-ratelimit-remaining", limit.saturating_sub(budget.used).to_string()),
        ("x-ratelimit-used", budget.used.to_string()),
        ("x-ratelimit-reset", budget.reset.as_second().to_string()),
        ("x-ratelimit-resource", resource.to_owned()),
        ("x-github-media-type", "github.v3; format=json".to_owned()),
    ] {
        answer = answer.header(name, value);
    }
    answer
}

fn run(world: &mut World, asked: &Asked, actor: Actor) -> Answer {
    let body = match &asked.body {
        Some(body) => body.clone(),
        None if asked.empty => Value::Null,
        None => return Answer::error(400, "Problems parsing JSON"),
    };
    if asked.is_graphql {
        return graphql::answer(world, &actor, &body);
    }
    let Some(matched) = &asked.matched else {
        world.log.violation(format!("{} {}: no such operation", asked.method, asked.path));
        return Answer::error(501, "The simulator does not have this operation.");
    };
    let call = Call {
        template: matched.route.template,
        params: matched.params.clone(),
        query: asked.query.clone(),
        body,
        actor,
        url: format!("{}{}{}", world.api_url, asked.prefix, asked.path),
    };
    rest::run(world, matched, &call)
}

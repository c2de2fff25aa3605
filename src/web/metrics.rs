//! `GET /metrics`, for Prometheus.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::bot::{Inbox, Workers};
use crate::github::GitHub;
use crate::meter::{CONTENT_TYPE, Owed, Seen};

/// How long the database may take to say what is owed. Prometheus gives up after 10 s, and what has been counted is
/// worth more than what is owed.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was counted, and what is owed now.
pub(super) async fn metrics(
    State(inbox): State<Inbox>,
    State(workers): State<Arc<Workers>>,
    State(github): State<GitHub>,
) -> Response {
    let owed = tokio::time::timeout(PATIENCE, inbox.backlog()).await;
    let now = inbox.now();
    let age = |since: Option<Timestamp>| {
        let age = since.map(|since| now.duration_since(since));
        age.and_then(|age| Duration::try_from(age).ok()).unwrap_or_default()
    };
    // That the database is away is one of the metrics; `/readyz` logs why.
    let owed = owed.ok().and_then(Result::ok).map(|backlog| Owed {
        subjects: backlog.owed,
        oldest: age(backlog.since),
        unclaimed: age(backlog.unclaimed_since),
    });
    let mut rates = Vec::new();
    for (installation, known) in github.all_rates() {
        let each = [("core", known.core), ("graphql", known.graphql)];
        rates.extend(
            each.into_iter().filter_map(|(r, rate)| Some((installation.0, r, rate?.remaining))),
        );
    }
    let seen = Seen { workers: workers.alive(), owed, rates };
    match inbox.meter().text(&seen) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

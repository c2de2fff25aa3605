//! HTTP: the webhook and the health checks, and the server that holds all parts together.
//!
//! **Invariant:** no handler sees a body whose signature was not checked: `VerifiedDelivery` is
//! the only way to one.
//!
//! **Invariant:** pages never write.

mod delivery;
mod health;
mod metrics;
mod rejection;
mod server;
mod webhook;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use secrecy::SecretString;
use tower_http::catch_panic::CatchPanicLayer;

pub use server::{Server, Settings, StartError};

use crate::bot::{Inbox, Workers};
use crate::github::GitHub;

/// Where GitHub sends webhooks.
pub const WEBHOOK_PATH: &str = "/api/github/webhooks";

/// The secrets of which any may have signed a delivery.
#[derive(Clone, Debug)]
struct Secrets(Arc<[SecretString]>);

/// What the handlers share.
#[derive(Clone, Debug)]
struct Shared {
    secrets: Secrets,
    inbox: Inbox,
    workers: Arc<Workers>,
    github: GitHub,
}

impl FromRef<Shared> for Secrets {
    fn from_ref(shared: &Shared) -> Self {
        shared.secrets.clone()
    }
}

impl FromRef<Shared> for Inbox {
    fn from_ref(shared: &Shared) -> Self {
        shared.inbox.clone()
    }
}

impl FromRef<Shared> for Arc<Workers> {
    fn from_ref(shared: &Shared) -> Self {
        Self::clone(&shared.workers)
    }
}

impl FromRef<Shared> for GitHub {
    fn from_ref(shared: &Shared) -> Self {
        shared.github.clone()
    }
}

fn router(shared: Shared) -> Router {
    Router::new()
        .route(WEBHOOK_PATH, post(webhook::take))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::metrics))
        .route("/", get(index))
        .with_state(shared)
        // One request's defect ends that request. What it said stays out of the answer and the log: it may
        // quote a payload.
        .layer(CatchPanicLayer::custom(|_| -> Response {
            tracing::error!("a request stopped at a defect in ep-bot");
            (StatusCode::INTERNAL_SERVER_ERROR, "A defect in ep-bot stopped this request.\n")
                .into_response()
        }))
}

async fn index() -> &'static str {
    concat!(
        "ep-bot ",
        env!("CARGO_PKG_VERSION"),
        ": checks the Enhancement Proposals of pull requests against the production readiness review.\n",
    )
}

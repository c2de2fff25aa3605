//! `GET /healthz` and `GET /readyz`, for whoever runs the process.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::bot::{Inbox, Workers};

/// The process answers.
pub(super) async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Deliveries can be taken and are worked on: the database can be written to, every worker is there.
pub(super) async fn readyz(
    State(inbox): State<Inbox>,
    State(workers): State<Arc<Workers>>,
) -> (StatusCode, Json<Value>) {
    let database = match inbox.ping().await {
        Ok(()) => "ok",
        Err(error) => {
            tracing::error!(%error, "not ready");
            "cannot be written to"
        }
    };
    let alive = if workers.alive() { "ok" } else { "stopped" };
    let ready = database == "ok" && alive == "ok";
    let (code, status) = if ready {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    };
    (code, Json(json!({ "status": status, "database": database, "workers": alive })))
}

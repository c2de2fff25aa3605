//! `POST /api/github/webhooks`: check, keep, answer. The work comes later.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::delivery::VerifiedDelivery;
use super::rejection::Rejection;
use crate::bot::{Inbox, Taken, event};
use crate::github::webhook;

/// Takes a delivery. A `202` that says `accepted` means that it survives the end of the process.
pub(super) async fn take(
    State(inbox): State<Inbox>,
    delivery: VerifiedDelivery,
) -> Result<(StatusCode, Json<Value>), Rejection> {
    let VerifiedDelivery { guid, event, body } = delivery;
    if !event::handles(&event) {
        tracing::debug!(delivery = guid, event, "ignored a delivery");
        return Ok(answer("ignored", Some("nothing is looked at on this event")));
    }
    let event = webhook::parse(&event, &body)?;
    Ok(match inbox.take(&guid, &event).await? {
        Taken::New => answer("accepted", None),
        Taken::Repeated => answer("repeated", None),
        Taken::Ignored(reason) => answer("ignored", Some(reason)),
    })
}

fn answer(status: &'static str, reason: Option<&'static str>) -> (StatusCode, Json<Value>) {
    let body = match reason {
        Some(reason) => json!({ "status": status, "reason": reason }),
        None => json!({ "status": status }),
    };
    (StatusCode::ACCEPTED, Json(body))
}

//! `POST /api/github/webhooks`: check, keep, answer. The work comes later.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::delivery::VerifiedDelivery;
use super::rejection::Rejection;
use crate::bot::{Inbox, Taken, event};
use crate::github::webhook;

/// Takes a delivery. A `202` that says `accepted` means that it survives the end of the process.
pub(super) async fn take(
    State(inbox): State<Inbox>,
    headers: HeaderMap,
    delivery: Result<VerifiedDelivery, Rejection>,
) -> Result<(StatusCode, Json<Value>), Rejection> {
    let taken = match delivery {
        Ok(delivery) => keep(&inbox, delivery).await,
        Err(rejection) => Err(rejection),
    };
    let outcome = match &taken {
        Ok(Taken::New) => "taken",
        Ok(Taken::Repeated) => "repeated",
        Ok(Taken::Ignored(_)) => "ignored",
        Err(rejection) => rejection.class(),
    };
    let event = known(&headers);
    inbox.meter().delivery(event, outcome);
    let guid = guid(&headers);
    match &taken {
        Ok(Taken::Ignored(reason)) => {
            tracing::debug!(delivery = guid, event, reason, "ignored a delivery");
        }
        Err(rejection) => rejection.log(guid, event),
        // The inbox has logged what it took.
        Ok(Taken::New | Taken::Repeated) => {}
    }
    Ok(match taken? {
        Taken::New => answer("accepted", None),
        Taken::Repeated => answer("repeated", None),
        Taken::Ignored(reason) => answer("ignored", Some(reason)),
    })
}

/// The delivery's number, as far as one of GitHub's is long: strangers can send any.
fn guid(headers: &HeaderMap) -> &str {
    let guid = headers.get("X-GitHub-Delivery").and_then(|guid| guid.to_str().ok());
    guid.and_then(|guid| guid.get(..guid.len().min(36))).unwrap_or_default()
}

/// The event's name where it is one that the bot knows: strangers can send any.
fn known(headers: &HeaderMap) -> &'static str {
    let name = headers.get("X-GitHub-Event").and_then(|name| name.to_str().ok());
    let mut known =
        event::handled().iter().chain(&["ping", "installation", "installation_repositories"]);
    known.find(|known| name == Some(**known)).unwrap_or(&"other")
}

async fn keep(inbox: &Inbox, delivery: VerifiedDelivery) -> Result<Taken, Rejection> {
    let VerifiedDelivery { guid, event, body } = delivery;
    if !event::handles(&event) {
        return Ok(Taken::Ignored("nothing is looked at on this event"));
    }
    let event = webhook::parse(&event, &body)?;
    Ok(inbox.take(&guid, &event).await?)
}

fn answer(status: &'static str, reason: Option<&'static str>) -> (StatusCode, Json<Value>) {
    let body = match reason {
        Some(reason) => json!({ "status": status, "reason": reason }),
        None => json!({ "status": status }),
    };
    (StatusCode::ACCEPTED, Json(body))
}

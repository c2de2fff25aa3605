//! A delivery whose signature was checked: the only way to a webhook's body.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::Secrets;
use super::rejection::Rejection;
use crate::github::webhook;

/// The largest payload.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads>: "Payloads are capped at 25 MB."
pub(super) const BODY_CAP: usize = 25 * 1024 * 1024;

/// The longest wait for a body: GitHub itself gives up after 10 s.
const BODY_WAIT: Duration = Duration::from_secs(10);

/// The longest delivery number that is kept. GitHub's have 36 characters.
const LONGEST_GUID: usize = 100;

/// A delivery that one of our secrets signed.
pub(super) struct VerifiedDelivery {
    /// `X-GitHub-Delivery`.
    pub(super) guid: String,
    /// `X-GitHub-Event`.
    pub(super) event: String,
    /// The raw body.
    pub(super) body: Bytes,
}

impl<S> FromRequest<S> for VerifiedDelivery
where
    Secrets: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let Secrets(secrets) = Secrets::from_ref(state);
        let (parts, body) = request.into_parts();
        let headers = &parts.headers;
        let event = text(headers, "X-GitHub-Event")?.to_owned();
        let guid = text(headers, "X-GitHub-Delivery")?.to_owned();
        if guid.len() > LONGEST_GUID {
            return Err(Rejection::Header("X-GitHub-Delivery"));
        }
        let signature = text(headers, "X-Hub-Signature-256")?.to_owned();
        let body = read(headers, body).await?;
        webhook::verify(&secrets, &body, &signature)?;
        if is_form(headers, &body) {
            return Err(Rejection::ContentType);
        }
        Ok(Self { guid, event, body })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Rejection> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    value.filter(|value| !value.is_empty()).ok_or(Rejection::Header(name))
}

/// Whether the App's webhook is set to send forms, which hold their JSON in a field. The content type alone says
/// nothing: senders that name none, or a wrong one, sign JSON all the same.
fn is_form(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind =
        headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with("application/x-www-form-urlencoded") && body.starts_with(b"payload=")
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Rejection> {
    let too_large = Rejection::TooLarge { limit: BODY_CAP };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: usize| bytes > BODY_CAP) {
        return Err(too_large);
    }
    let read = Limited::new(body, BODY_CAP).collect();
    match tokio::time::timeout(BODY_WAIT, read).await {
        Err(_) => Err(Rejection::Slow { seconds: BODY_WAIT.as_secs() }),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if is_too_large(&*error) => Err(too_large),
        Ok(Err(_)) => Err(Rejection::Cut),
    }
}

fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source())
        .any(<dyn Error>::is::<LengthLimitError>)
}

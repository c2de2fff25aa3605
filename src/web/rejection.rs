//! Why a delivery is not taken, as GitHub's delivery page shows it to the App's owner.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::github::webhook::{EventError, SignatureError};
use crate::store;

/// Why a delivery is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Rejection {
    /// A header that GitHub always sends is missing or is no text.
    #[error("the {0} header is missing: this address takes webhook deliveries of a GitHub App")]
    Header(&'static str),
    /// The App sends forms.
    #[error("the body is no JSON document: set the webhook's content type to application/json")]
    ContentType,
    /// The signature is none of ours.
    #[error("{0}; compare the webhook secret of the App with GITHUB_WEBHOOK_SECRET")]
    Signature(#[from] SignatureError),
    /// GitHub caps payloads at this size.
    #[error("the body is larger than {limit} bytes, which GitHub never sends")]
    TooLarge {
        /// The cap.
        limit: usize,
    },
    /// The body did not arrive in time.
    #[error("the body did not arrive within {seconds} s")]
    Slow {
        /// The limit.
        seconds: u64,
    },
    /// The connection ended before the body did.
    #[error("the body ended early")]
    Cut,
    /// Signed, but not what the event promises.
    #[error(transparent)]
    Payload(#[from] EventError),
    /// Nothing can be kept, so nothing is promised: GitHub lists the delivery as failed, and it can be sent
    /// again.
    #[error("the database cannot be written to; the delivery was not taken")]
    Database(#[from] store::Error),
}

impl Rejection {
    /// Why in a word, for a counter's label.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::Header(_) | Self::Cut => "malformed",
            Self::Payload(_) => "unreadable",
            Self::ContentType => "content_type",
            Self::Signature(_) => "signature",
            Self::TooLarge { .. } => "too_large",
            Self::Slow { .. } => "slow",
            Self::Database(_) => "database",
        }
    }

    /// Logs it, with the number that the sender gave the delivery.
    pub(super) fn log(&self, delivery: &str, event: &'static str) {
        if let Self::Database(error) = self {
            tracing::error!(delivery, event, %error, "a delivery was not taken");
        } else {
            // Anybody can cause these.
            let status = self.status().as_u16();
            tracing::warn!(delivery, event, status, reason = %self, "a delivery was refused");
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Header(_) | Self::Cut | Self::Payload(_) => StatusCode::BAD_REQUEST,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Signature(_) => StatusCode::UNAUTHORIZED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({ "error": self.to_string() }))).into_response()
    }
}

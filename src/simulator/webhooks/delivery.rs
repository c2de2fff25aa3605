//! One webhook: what is sent, and what became of it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::simulator::clock::text;

/// One webhook.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Number of this attempt.
    pub id: u64,
    /// The same for every attempt.
    pub guid: String,
    /// Like `pull_request`.
    pub event: String,
    /// Like `opened`; some events have none.
    pub action: Option<String>,
    /// Installation that it is for.
    pub installation: Option<u64>,
    /// Repository that it is about.
    pub repository: Option<u64>,
    /// The body.
    pub payload: Value,
    /// When it was sent.
    pub delivered_at: Timestamp,
    /// Whether it was sent again.
    pub redelivery: bool,
    /// Status of the receiver's answer; 0 when there was none.
    pub status_code: u16,
    /// The same in a word.
    pub status: String,
    /// Body of the receiver's answer.
    pub answer: Option<String>,
    pub(crate) target: u64,
}

impl Delivery {
    /// Whether the receiver took it.
    pub fn succeeded(&self) -> bool {
        (200..400).contains(&self.status_code)
    }

    pub(crate) fn lost(self) -> Self {
        Self { status_code: 502, status: "failed to connect to host".to_owned(), ..self }
    }

    /// `hook-delivery-item`.
    pub(crate) fn item_json(&self) -> Value {
        json!({
            "id": self.id,
            "guid": self.guid,
            "delivered_at": text(self.delivered_at),
            "redelivery": self.redelivery,
            "duration": 0.01,
            "status": self.status,
            "status_code": self.status_code,
            "event": self.event,
            "action": self.action,
            "installation_id": self.installation,
            "repository_id": self.repository,
            "throttled_at": null,
        })
    }

    /// The headers that say what it is; the signature comes with the bytes.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("accept", "*/*".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("user-agent", "GitHub-Hookshot/5171ac1".to_owned()),
            ("x-github-delivery", self.guid.clone()),
            ("x-github-event", self.event.clone()),
            ("x-github-hook-id", "1".to_owned()),
            ("x-github-hook-installation-target-id", self.target.to_string()),
            ("x-github-hook-installation-target-type", "integration".to_owned()),
        ]
    }

    pub(crate) fn headers_json(&self) -> Value {
        self.headers()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

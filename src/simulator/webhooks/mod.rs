//! Webhooks: what is told to whom, how it is signed and sent, and what became of it.

mod delivery;
mod sender;
mod sign;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Notify;

pub use delivery::Delivery;
pub(crate) use sender::run;
pub use sign::signature;

use super::json::{node_id, with};
use super::state::World;

/// Something that happened.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    pub(crate) name: &'static str,
    /// Empty for an event that has none.
    pub(crate) action: &'a str,
    pub(crate) repository: u64,
    pub(crate) sender: &'a str,
    /// What is special to it.
    pub(crate) body: Value,
}

/// What becomes of new webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    /// Sent at once, in order.
    #[default]
    Sending,
    /// Held until they are released.
    Held,
    /// Listed as failed, never sent.
    Lost,
}

/// Where webhooks go, those that wait and those that are done.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    /// None until the receiver is known: till then there is nothing to send to, and nothing is kept.
    pub(crate) url: Option<String>,
    pub(crate) mode: Mode,
    /// Whether the App is set to send forms, and whether certificates are not looked at. Only told, never done.
    pub(crate) form: bool,
    pub(crate) insecure: bool,
    pub(crate) held: Vec<Delivery>,
    pub(crate) outbox: VecDeque<Delivery>,
    /// Whether the sender is busy with one.
    pub(crate) sending: bool,
    pub(crate) log: Vec<Delivery>,
    /// Rings when something is put into the outbox.
    pub(crate) bell: Arc<Notify>,
    /// Rings when the outbox is empty and nothing is being sent.
    pub(crate) quiet: Arc<Notify>,
}

impl Hooks {
    fn add(&mut self, delivery: Delivery) {
        match self.mode {
            Mode::Sending => self.send(delivery),
            Mode::Held => self.held.push(delivery),
            Mode::Lost => self.log.push(delivery.lost()),
        }
    }

    pub(crate) fn send(&mut self, delivery: Delivery) {
        self.outbox.push_back(delivery);
        self.bell.notify_one();
    }

    /// Sends a delivery again, with its guid and payload. False when there is none of that guid.
    pub(crate) fn redeliver(&mut self, guid: &str, new_id: u64) -> bool {
        let Some(old) = self.log.iter().find(|d| d.guid == guid) else { return false };
        let again = Delivery { id: new_id, redelivery: true, ..old.clone() };
        self.send(again);
        true
    }

    /// The guids that no attempt brought to the receiver and that are not on their way, oldest first.
    pub(crate) fn lost(&self) -> Vec<String> {
        let arrived = self.log.iter().filter(|delivery| delivery.succeeded());
        let mut known: HashSet<&str> =
            arrived.chain(&self.outbox).map(|delivery| delivery.guid.as_str()).collect();
        let failed = self.log.iter().filter(|delivery| known.insert(&delivery.guid));
        failed.map(|delivery| delivery.guid.clone()).collect()
    }
}

impl World {
    /// Queues the webhook of something that happened in a repository, when the App listens to it there.
    pub(crate) fn emit(&mut self, event: Event<'_>) {
        if !self.app.events.iter().any(|name| name == event.name) {
            return;
        }
        let Some(r) = self.repository(event.repository) else { return };
        let Some(installation) = self.installation_of(r.id) else { return };
        let mut payload =
            if event.action.is_empty() { json!({}) } else { json!({ "action": event.action }) };
        payload = with(payload, event.body);
        payload = with(
            payload,
            json!({
                "repository": self.repository_json(r),
                "organization": self.user_json(&r.owner),
                "installation": {
                    "id": installation.id,
                    "node_id": node_id("Integration", installation.id),
                },
                "sender": self.user_json(event.sender),
            }),
        );
        let (installation, repository) = (installation.id, r.id);
        self.queue(event.name, event.action, Some(installation), Some(repository), payload);
    }

    /// Queues a webhook as it is.
    pub(crate) fn queue(
        &mut self,
        event: &str,
        action: &str,
        installation: Option<u64>,
        repository: Option<u64>,
        payload: Value,
    ) -> Option<String> {
        self.hooks.url.as_ref()?;
        let delivery = Delivery {
            id: self.new_id(),
            guid: new_guid(),
            event: event.to_owned(),
            action: (!action.is_empty()).then(|| action.to_owned()),
            installation,
            repository,
            payload,
            delivered_at: self.now(),
            redelivery: false,
            status_code: 0,
            status: String::new(),
            answer: None,
            target: self.app.id,
        };
        let guid = delivery.guid.clone();
        self.hooks.add(delivery);
        Some(guid)
    }
}

/// A random guid, as GitHub gives each delivery.
fn new_guid() -> String {
    let hex = hex::encode(fastrand::u128(..).to_be_bytes());
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

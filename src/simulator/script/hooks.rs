//! Webhooks: where they go, and what is done to them on the way.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::simulator::Simulator;
use crate::simulator::state::account::Access;
use crate::simulator::webhooks::{Delivery, Mode};

impl Simulator {
    /// Says where webhooks go: `http://HOST:PORT/PATH`. What happened before is not told.
    pub fn send_webhooks_to(&self, url: &str) {
        self.world().hooks.url = Some(url.to_owned());
    }

    /// Sets the App's webhook to forms, or to look at no certificate. The settings are told; webhooks stay as they are.
    pub fn set_webhook_settings(&self, form: bool, insecure: bool) {
        let mut world = self.world();
        (world.hooks.form, world.hooks.insecure) = (form, insecure);
    }

    /// The permissions that the App asks for; what installations accepted stays.
    pub fn set_app_permissions(&self, permissions: &[(&str, Access)]) {
        let permissions: BTreeMap<&str, Access> = permissions.iter().copied().collect();
        self.world().app.permissions = json!(permissions);
    }

    /// The events that the App listens to, beside those about installations.
    pub fn set_events(&self, events: &[&str]) {
        self.world().app.events = events.iter().map(|e| (*e).to_owned()).collect();
    }

    /// Holds new webhooks back until they are released.
    pub fn hold_webhooks(&self) {
        self.world().hooks.mode = Mode::Held;
    }

    /// Loses new webhooks: GitHub lists them as failed.
    pub fn lose_webhooks(&self) {
        self.world().hooks.mode = Mode::Lost;
    }

    /// Sends new webhooks again. What is held stays held.
    pub fn resume_webhooks(&self) {
        self.world().hooks.mode = Mode::Sending;
    }

    /// The webhooks that are held, oldest first.
    pub fn held_webhooks(&self) -> Vec<Delivery> {
        self.world().hooks.held.clone()
    }

    /// Sends one that is held: tests choose the order. False when there is none of that guid.
    pub fn release_webhook(&self, guid: &str) -> bool {
        let mut world = self.world();
        let Some(at) = world.hooks.held.iter().position(|d| d.guid == guid) else { return false };
        let delivery = world.hooks.held.remove(at);
        world.hooks.send(delivery);
        true
    }

    /// Sends all that are held, oldest first.
    pub fn release_webhooks(&self) {
        let mut world = self.world();
        for delivery in std::mem::take(&mut world.hooks.held) {
            world.hooks.send(delivery);
        }
    }

    /// Forgets all that are held: GitHub does not know them either.
    pub fn forget_held_webhooks(&self) {
        self.world().hooks.held.clear();
    }

    /// Sends a webhook again, with the same guid. False when there is none of that guid.
    pub fn redeliver(&self, guid: &str) -> bool {
        let mut world = self.world();
        let id = world.new_id();
        world.hooks.redeliver(guid, id)
    }

    /// Forgets the receiver's answers so far, as if they had been lost on their way.
    pub fn forget_answers(&self) {
        for delivery in &mut self.world().hooks.log {
            (delivery.status_code, delivery.answer) = (0, None);
            "timed out".clone_into(&mut delivery.status);
        }
    }

    /// Sends every webhook again that no attempt brought to its receiver, as the App's administrator does; says how
    /// many. What is on its way already is left alone.
    pub fn redeliver_failed(&self) -> usize {
        let mut world = self.world();
        let lost = world.hooks.lost();
        for guid in &lost {
            let id = world.new_id();
            world.hooks.redeliver(guid, id);
        }
        lost.len()
    }

    /// Sends a payload as it is, signed: for events that the simulator does not play. Gives its guid.
    pub fn send_webhook(&self, event: &str, payload: Value) -> Option<String> {
        let mut world = self.world();
        let action = payload.get("action").and_then(Value::as_str).unwrap_or_default().to_owned();
        let id = |key: &str| payload.pointer(key).and_then(Value::as_u64);
        let (installation, repository) = (id("/installation/id"), id("/repository/id"));
        world.queue(event, &action, installation, repository, payload)
    }

    /// What was sent or lost, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.world().hooks.log.clone()
    }

    /// Waits until nothing is left to be sent. False when that took longer than `patience`.
    pub async fn webhooks_sent(&self, patience: Duration) -> bool {
        let wait = async {
            loop {
                let quiet = self.world().hooks.quiet.clone();
                let rung = quiet.notified();
                tokio::pin!(rung);
                rung.as_mut().enable();
                {
                    let world = self.world();
                    if world.hooks.outbox.is_empty() && !world.hooks.sending {
                        return;
                    }
                }
                rung.await;
            }
        };
        tokio::time::timeout(patience, wait).await.is_ok()
    }
}

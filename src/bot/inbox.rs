//! The way in: a delivery's row is on disk before anyone is told that it was taken, and before any call to
//! GitHub.

use std::sync::Arc;

use tokio::sync::Notify;

use super::event::{self, Asked};
use super::surroundings::Clock;
use crate::github::webhook::{self, Event};
use crate::meter::Meter;
use crate::store::{self, Accepted, Delivery, Store};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Its subject is due, and that is on disk.
    New,
    /// It had come before.
    Repeated,
    /// It asks for nothing, for this reason.
    Ignored(&'static str),
}

/// Takes deliveries. Clones share it.
#[derive(Debug, Clone)]
pub struct Inbox {
    pub(super) store: Store,
    pub(super) clock: Clock,
    /// This App's number, by which its own checks are told.
    app: u64,
    /// Rung by the store when something new is due.
    pub(super) bell: Arc<Notify>,
    pub(super) meter: Meter,
}

impl Inbox {
    /// Takes deliveries to the App of number `app` into `store`, as of `clock`.
    pub fn new(store: Store, clock: Clock, app: u64) -> Self {
        let bell = store.wakeups();
        Self { store, clock, app, bell, meter: Meter::default() }
    }

    /// The same, counted by `meter`, as is what workers do with what it takes.
    #[must_use]
    pub fn metered(self, meter: Meter) -> Self {
        Self { meter, ..self }
    }

    /// What counts here.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// What is owed now.
    pub async fn backlog(&self) -> Result<store::Backlog, store::Error> {
        self.store.backlog(self.clock.now()).await
    }

    /// What time it is here.
    pub fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Takes a delivery. When this returns [`Taken::New`], it survives the end of the process.
    pub async fn take(&self, guid: &str, event: &Event) -> Result<Taken, store::Error> {
        let work = match event::asked(event, self.app) {
            Asked::Look(work) => work,
            Asked::Ignored(reason) => return Ok(Taken::Ignored(reason)),
        };
        let delivery = Delivery {
            guid: guid.to_owned(),
            event: event.name.clone(),
            action: event.action.clone(),
            comment_id: match event.subject {
                webhook::Subject::Comment { comment, .. } => Some(comment),
                _ => None,
            },
            received_at: self.clock.now(),
        };
        let accepted = self.store.accept(&delivery, &work).await?;
        let taken = match accepted {
            Accepted::New => Taken::New,
            Accepted::Repeated => Taken::Repeated,
        };
        for subject in &work.subjects {
            tracing::info!(
                delivery = guid,
                event = %delivery.event,
                action = delivery.action.as_deref().unwrap_or_default(),
                installation = subject.installation,
                repository = %format_args!("{}/{}", subject.owner, subject.name),
                kind = subject.kind.as_str(),
                number = subject.number,
                commit = subject.head.as_deref().unwrap_or_default(),
                repeated = taken == Taken::Repeated,
                "took a delivery"
            );
        }
        if !work.end.is_empty() || work.rename.is_some() {
            let (ended, renamed) = (work.end.len(), work.rename.is_some());
            tracing::info!(delivery = guid, event = %delivery.event, ended, renamed, "took a delivery");
        }
        Ok(taken)
    }

    /// Whether the database can be written to.
    pub async fn ping(&self) -> Result<(), store::Error> {
        self.store.ping().await
    }
}

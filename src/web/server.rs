//! The server: store, workers and HTTP, started and stopped together. It runs as well inside another
//! program, a test or the demo.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::{Secrets, Shared, router};
use crate::bot::{Clock, Inbox, Pace, Recovery, Reviewer, Workers, recovery};
use crate::github::{AppConfig, ConfigError, GitHub};
use crate::meter::Meter;
use crate::store::{self, Store};

/// How long requests in hand may take at the end, and how long work in hand; together with closing the
/// database less than the 30 s after which service managers and containers are killed.
const REQUESTS_GRACE: Duration = Duration::from_secs(5);
const WORK_GRACE: Duration = Duration::from_secs(18);
const CLOSE_GRACE: Duration = Duration::from_secs(4);

/// What the server needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The App.
    pub app: AppConfig,
    /// The webhook secrets: any of them may have signed a delivery.
    pub webhook_secrets: Vec<SecretString>,
    /// The database, as `sqlite:ep-bot.db`; `postgres://…` may hold a password.
    pub database_url: SecretString,
    /// How the workers work.
    pub pace: Pace,
    /// What time it is.
    pub clock: Clock,
    /// How what was missed is looked for. None: nobody looks, except where a delivery asks for it; for demonstrations
    /// and tests.
    pub recovery: Option<Recovery>,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting of the App cannot work.
    #[error(transparent)]
    App(#[from] ConfigError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The listener is not usable.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
}

/// A running server. Dropped, it stops at once; [`Server::shutdown`] finishes the work at hand.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    store: Store,
    workers: Arc<Workers>,
    /// No new requests.
    stop: CancellationToken,
    http: AbortOnDropHandle<io::Result<()>>,
    /// Asks for what was missed to be looked for.
    ticks: Option<AbortOnDropHandle<()>>,
    meter: Meter,
}

impl Server {
    /// Opens the database, takes back what an earlier process left in the middle, and starts to work and to
    /// listen. A `SQLite` file must be no other running server's; replicas share a `PostgreSQL` database.
    pub async fn start(settings: Settings, listener: TcpListener) -> Result<Self, StartError> {
        let Settings { app, webhook_secrets, database_url, pace, clock, recovery } = settings;
        let meter = Meter::default();
        let github = GitHub::metered(&app, meter.clone())?;
        let addr = listener.local_addr()?;
        let store = Store::open(database_url.expose_secret()).await?;
        let rearmed = store.rearm_all(clock.now()).await?;
        let owed = store.owed().await?;
        if owed > 0 {
            tracing::info!(owed, cut_off = rearmed, "goes on with what an earlier process left");
        }
        let inbox = Inbox::new(store.clone(), clock.clone(), app.app_id).metered(meter.clone());
        let (dice, found) = (pace.dice.clone(), recovery.clone().unwrap_or_default());
        let found = (found, meter.clone());
        let reviewer =
            Reviewer::new(github.clone(), store.clone(), clock.clone(), dice.clone(), found);
        let ticks = recovery.map(|r| recovery::tick(&store, &clock, dice, &r));
        let workers = Arc::new(Workers::start(inbox.clone(), reviewer, pace));
        let secrets = Secrets(webhook_secrets.into());
        let router = router(Shared { secrets, inbox, workers: Arc::clone(&workers), github });
        let stop = CancellationToken::new();
        let serve =
            axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        let http = AbortOnDropHandle::new(tokio::spawn(async move { serve.await }));
        Ok(Self { addr, store, workers, stop, http, ticks, meter })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How much was missed and found again.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Waits until every delivery that was taken is answered, or given up. Only for a limited time: what
    /// waits for another try is waited for too.
    pub async fn idle(&self) {
        self.workers.idle().await;
    }

    /// Takes no more requests, finishes the work at hand (18 s at most; what is left goes on at the next
    /// start) and closes the database.
    pub async fn shutdown(self) {
        let Self { store, workers, stop, http, ticks, .. } = self;
        drop(ticks);
        stop.cancel();
        match tokio::time::timeout(REQUESTS_GRACE, http).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::error!(%error, "the listener failed"),
            Ok(Err(error)) => tracing::error!(%error, "the listener died"),
            Err(_) => tracing::warn!("requests in hand were cut off"),
        }
        workers.stop(WORK_GRACE).await;
        if tokio::time::timeout(CLOSE_GRACE, store.close()).await.is_err() {
            tracing::warn!("the database was left open");
        }
    }
}

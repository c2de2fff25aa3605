//! The handle: starts the simulated GitHub, says where it is, stops it.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use super::app::{App, Keys};
use super::faults::{Fault, Match};
use super::server::{self, Shared};
use super::state::World;
use super::webhooks;

/// How long a stop waits for the calls at hand.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// Why the simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no free port on loopback.
    #[error("the simulator cannot listen on 127.0.0.1")]
    Listen(#[from] std::io::Error),
    /// The App's key could not be made.
    #[error("the simulator cannot make a key for its App")]
    Key,
}

/// A GitHub that runs in this process and listens on loopback.
///
/// It stops when it is dropped; [`Simulator::shutdown`] also waits for that.
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
    tasks: TaskTracker,
    api_url: String,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

impl Simulator {
    /// Starts on a free port, with an App that has a new key, and nothing else.
    pub async fn start() -> Result<Self, StartError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let api_url = format!("http://{}", listener.local_addr()?);
        let keys = Keys::of_process().map_err(|_| StartError::Key)?;
        let app = App::new(keys, Timestamp::now());
        let shared = Arc::new(Shared::new(World::new(api_url.clone(), app)));
        let tasks = TaskTracker::new();
        tasks.spawn(server::serve(listener, Arc::clone(&shared), tasks.clone()));
        tasks.spawn(webhooks::run(Arc::clone(&shared), shared.stop.clone()));
        Ok(Self { shared, tasks, api_url })
    }

    /// Ends all connections and waits, at most five seconds, until nothing runs any more.
    pub async fn shutdown(self) {
        self.shared.stop.cancel();
        self.tasks.close();
        // What has not ended by then is cut off with the runtime.
        let _ = tokio::time::timeout(STOP_PATIENCE, self.tasks.wait()).await;
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.shared.lock()
    }

    /// Root of the REST API, no slash at the end. GraphQL is `/graphql` below it;
    /// `/api/v3` and `/api/graphql` lead to the same, as on GitHub Enterprise Server.
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// Number of the App.
    pub fn app_id(&self) -> u64 {
        self.world().app.id
    }

    /// The App's client id.
    pub fn client_id(&self) -> String {
        self.world().app.client_id.clone()
    }

    /// The App's private key, PKCS#1 in PEM; a new one in each simulator.
    pub fn private_key_pem(&self) -> String {
        self.world().app.private_key_pem().to_owned()
    }

    /// The secret that webhooks are signed with.
    pub fn webhook_secret(&self) -> String {
        self.world().app.webhook_secret.clone()
    }

    /// The login under which the App writes, like `ep-bot[bot]`.
    pub fn app_login(&self) -> String {
        self.world().app_login()
    }

    /// Plans a fault for the next `times` calls that fit.
    pub fn fault(&self, on: Match, fault: Fault, times: usize) {
        self.world().faults.plan(on, fault, times);
    }

    /// Forgets the planned faults.
    pub fn clear_faults(&self) {
        self.world().faults.clear();
    }

    /// Sets GitHub's clock forward: tokens expire, limits reset. App tokens are not judged by it.
    pub fn advance_clock(&self, by: Duration) {
        self.world().clock.advance(by);
    }

    /// Sets GitHub's own clock apart from this machine's, by seconds (below zero: behind): its `Date` header, and
    /// what App tokens are judged by.
    pub fn set_clock_off(&self, seconds: i64) {
        self.world().clock.set_off(jiff::SignedDuration::from_secs(seconds));
    }

    /// Makes every installation token unknown, as GitHub does when a permission changes hands.
    pub fn revoke_tokens(&self) {
        self.world().tokens.clear();
    }

    /// How long new installation tokens live; an hour unless set.
    pub fn set_token_life(&self, life: Duration) {
        self.world().token_life = life;
    }

    /// Requests (and GraphQL points) an hour; 5,000 unless set.
    pub fn set_rate_limit(&self, per_hour: u64) {
        self.world().requests_per_hour = per_hour;
    }
}

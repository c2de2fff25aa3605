//! The App and its repositories, and the way that every call takes: gate, token, request, gauge, verdict.

mod mint;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex as AsyncMutex, OnceCell};

use super::config::{AppConfig, Checked, ConfigError};
use super::error::{Error, Status};
use super::granted::{Granted, Permission};
use super::pace::Pace;
use super::publish::Doubts;
use super::rate::{self, Gauges, Rates};
use super::token::{Alone, Token, Tokens};
use super::transport::{self, Answer, Call, Clients, Timing};
use super::types::{InstallationId, RepositoryName};
use crate::meter::Meter;

/// Everything but the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the App's own calls are counted under: no installation has this number.
pub(super) const APP: InstallationId = InstallationId(0);

/// The App. Clones share connections, tokens and rate gauges.
#[derive(Clone)]
pub struct GitHub(Arc<Shared>);

struct Shared {
    settings: Checked,
    timing: Timing,
    /// Built by the first call, since octocrab needs a running tokio.
    clients: OnceCell<Clients>,
    tokens: Tokens,
    /// Where tokens do not reach the owner's repository of defaults.
    alone: Alone,
    /// What they do not allow.
    granted: Granted,
    gauges: Gauges,
    /// Writes go one at a time for each installation, as GitHub asks.
    writing: Mutex<HashMap<InstallationId, Arc<AsyncMutex<()>>>>,
    doubts: Doubts,
    pace: Pace,
    meter: Meter,
}

/// One repository of an installation. Clones are cheap.
#[derive(Clone)]
pub struct Repository {
    github: GitHub,
    key: (InstallationId, RepositoryName),
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { settings, timing, .. } = &*self.0;
        f.debug_struct("GitHub")
            .field("app", &settings.app.app_id)
            .field("rest", &settings.rest)
            .field("graphql", &settings.graphql)
            .field("timing", timing)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Repository").field(&self.key.0).field(&self.key.1).finish()
    }
}

impl GitHub {
    /// The App of `config`. Makes no call and needs no runtime.
    ///
    /// # Errors
    /// When a setting cannot work; the message names it.
    pub fn new(config: &AppConfig) -> Result<Self, ConfigError> {
        Self::metered(config, Meter::default())
    }

    /// The same; its requests are counted by `meter`.
    ///
    /// # Errors
    /// When a setting cannot work; the message names it.
    pub fn metered(config: &AppConfig, meter: Meter) -> Result<Self, ConfigError> {
        Self::build(config, Timing::default(), meter)
    }

    #[cfg(test)]
    pub(super) fn with_timing(config: &AppConfig, timing: Timing) -> Result<Self, ConfigError> {
        Self::build(config, timing, Meter::default())
    }

    fn build(config: &AppConfig, timing: Timing, meter: Meter) -> Result<Self, ConfigError> {
        Ok(Self(Arc::new(Shared {
            settings: config.check()?,
            timing,
            clients: OnceCell::new(),
            tokens: Tokens::default(),
            alone: Alone::default(),
            granted: Granted::default(),
            gauges: Gauges::default(),
            writing: Mutex::default(),
            doubts: Doubts::default(),
            pace: Pace::default(),
            meter,
        })))
    }

    /// A repository, as the installation sees it. Makes no call.
    pub fn repository(&self, installation: InstallationId, name: RepositoryName) -> Repository {
        Repository { github: self.clone(), key: (installation, name) }
    }

    /// What GitHub's last answers said of an installation's limits. Makes no call.
    pub fn rates(&self, installation: InstallationId) -> Rates {
        self.0.gauges.read(installation)
    }

    /// The permissions that the App uses and the account's owner has not accepted, as far as a token has shown it. Makes
    /// no call.
    pub fn lacking(&self, installation: InstallationId) -> Vec<Permission> {
        self.0.granted.lacking(installation)
    }

    /// Takes a new token for the next call: the installation may have been granted more than the old ones know.
    pub fn forget_tokens(&self, installation: InstallationId) {
        self.0.tokens.forget(installation);
        self.0.granted.forget(installation);
    }

    /// What GitHub's last answers said of every installation's limits, the App's own left out. Makes no call.
    pub fn all_rates(&self) -> Vec<(InstallationId, Rates)> {
        let mut all = self.0.gauges.read_all();
        all.retain(|(installation, _)| *installation != APP);
        all
    }

    /// Sends a call and counts it.
    async fn send(&self, client: &octocrab::Octocrab, call: &Call) -> Result<Answer, Error> {
        let Shared { settings, timing, meter, .. } = &*self.0;
        let sent = transport::send(client, settings, call, timing.total).await;
        meter.request(call.operation, result(&sent));
        sent
    }

    /// This App's number.
    pub fn app_id(&self) -> u64 {
        self.0.settings.app.app_id.0
    }

    /// One call as the App itself, whatever it is answered.
    pub(super) async fn sent_as_app(&self, call: &Call) -> Result<Answer, Error> {
        self.0.gauges.pass(APP, call.resource(), call.operation)?;
        let client = self.clients().await?.app();
        let answer = self.send(client, call).await?;
        self.0.gauges.note(APP, call.resource(), &answer.headers);
        Ok(answer)
    }

    /// One call as the App itself. Nothing is repeated.
    pub(super) async fn call_as_app(&self, call: &Call) -> Result<Answer, Error> {
        let answer = self.sent_as_app(call).await?;
        self.accepted(APP, answer, call)
    }

    /// One call with a token that the caller holds. Nothing is repeated.
    pub(super) async fn call_with(
        &self,
        installation: InstallationId,
        token: &Token,
        call: &Call,
    ) -> Result<Answer, Error> {
        let shared = &self.0;
        shared.gauges.pass(installation, call.resource(), call.operation)?;
        let client = self.clients().await?.with(call.resource(), token.secret.expose_secret())?;
        let answer = self.send(&client, call).await?;
        shared.gauges.note(installation, call.resource(), &answer.headers);
        self.accepted(installation, answer, call)
    }

    /// A 2xx answer, or what its status says; a limit that it tells of is kept.
    pub(super) fn accepted(
        &self,
        installation: InstallationId,
        answer: Answer,
        call: &Call,
    ) -> Result<Answer, Error> {
        accept(answer, call.operation).map_err(|(error, hit)| {
            if let Some(hit) = hit {
                self.limited(installation, call, hit, &error);
            }
            error
        })
    }

    /// Keeps a limit that was hit, so that further calls are not sent.
    fn limited(&self, installation: InstallationId, call: &Call, hit: rate::Hit, error: &Error) {
        if let Some(status) = error.status() {
            let resource = hit.primary.then(|| call.resource());
            self.0.gauges.block(installation, resource, hit.wait, status);
        }
    }

    async fn clients(&self) -> Result<&Clients, Error> {
        let Shared { clients, settings, timing, .. } = &*self.0;
        clients.get_or_try_init(async || Clients::build(settings, *timing)).await
    }
}

impl Repository {
    /// The repository's name.
    pub fn name(&self) -> &RepositoryName {
        &self.key.1
    }

    pub(super) fn app_id(&self) -> u64 {
        self.github.app_id()
    }

    /// The same as [`GitHub::lacking`].
    pub fn lacking(&self) -> Vec<Permission> {
        self.github.lacking(self.key.0)
    }

    pub(super) fn doubts(&self) -> &Doubts {
        &self.github.0.doubts
    }

    /// Counts a write that makes content. Where there were many, it is not sent, and its error says when it may be: the
    /// worklist waits, not a task. A GitHub of one's own has no such limits, unless its administrator sets some.
    pub(super) fn paced(&self, operation: &'static str) -> Result<(), Error> {
        if !self.github.0.settings.is_cloud() {
            return Ok(());
        }
        let paced = self.github.0.pace.write(self.key.0, std::time::Instant::now());
        paced.map_err(|wait| {
            let message = "the App's own pace for comments, which keeps it below GitHub's limit";
            let status = Status { code: 429, message: message.into(), request_id: None };
            Error::RateLimited { operation, status, wait }
        })
    }

    /// The lock under which the installation writes.
    pub(super) fn writing(&self) -> Arc<AsyncMutex<()>> {
        let mut locks = self.github.0.writing.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(locks.entry(self.key.0).or_default())
    }

    /// `/repos/OWNER/NAME` with `rest` appended, which must be encoded.
    pub(super) fn path(&self, rest: &str) -> String {
        let RepositoryName { owner, name } = &self.key.1;
        format!("/repos/{}/{}{rest}", encoded(owner), encoded(name))
    }

    /// One call whose answer is read as `T`.
    pub(super) async fn json<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        self.call(call).await?.json(call.operation)
    }

    /// One call. A token that GitHub refuses is renewed once; nothing else is repeated.
    pub(super) async fn call(&self, call: &Call) -> Result<Answer, Error> {
        let (installation, resource) = (self.key.0, call.resource());
        let shared = &self.github.0;
        let clients = self.github.clients().await?;
        let mut refused: Option<Arc<Token>> = None;
        loop {
            shared.gauges.pass(installation, resource, call.operation)?;
            let mint = async || self.github.mint(&self.key).await;
            let token = shared.tokens.get(&self.key, refused.as_ref(), mint).await?;
            let client = clients.with(resource, token.secret.expose_secret())?;
            let answer = self.github.send(&client, call).await?;
            shared.gauges.note(installation, resource, &answer.headers);
            if answer.status == http::StatusCode::UNAUTHORIZED && refused.is_none() {
                refused = Some(token);
                continue;
            }
            return self.github.accepted(installation, answer, call);
        }
    }

    /// Keeps a limit that was hit, so that further calls are not sent.
    pub(super) fn limited(&self, call: &Call, hit: rate::Hit, error: &Error) {
        self.github.limited(self.key.0, call, hit, error);
    }
}

/// A path segment, percent-encoded.
pub(super) fn encoded(segment: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(segment, SEGMENT)
}

/// What came of a request, in a word.
fn result(sent: &Result<Answer, Error>) -> &'static str {
    match sent {
        Ok(answer) => match answer.status.as_u16() {
            code @ (403 | 429)
                if rate::hit(code, &answer.headers, &answer.status().message).is_some() =>
            {
                "rate_limited"
            }
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        },
        Err(error) => error.class(),
    }
}

/// A 2xx answer, or what its status says; with the limit that it tells of.
fn accept(answer: Answer, operation: &'static str) -> Result<Answer, (Error, Option<rate::Hit>)> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    let status = answer.status();
    if let Some(hit) = rate::hit(status.code, &answer.headers, &status.message) {
        return Err((Error::RateLimited { operation, status, wait: hit.wait }, Some(hit)));
    }
    let error = match status.code {
        401 => Error::Unauthorized { operation, status },
        403 => Error::Forbidden { operation, status },
        404 => Error::NotFound { operation, status },
        // GitHub's own deadline, and a proxy's; 408 is sent for a request that came too slowly.
        408 | 500.. => Error::Server { operation, status },
        _ => Error::Refused { operation, status },
    };
    Err((error, None))
}

//! Installation tokens: one for each repository of an installation, made by one caller at a time.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::sync::Mutex as AsyncMutex;

use super::error::Error;
use super::types::{InstallationId, RepositoryName};

/// What an installation's token is asked to allow, as permission and level; the App's manifest has to ask for
/// no less.
pub const PERMISSIONS: &[(&str, &str)] = &[
    ("checks", "write"),
    ("contents", "read"),
    ("issues", "write"),
    ("members", "read"),
    ("merge_queues", "read"),
    ("pull_requests", "write"),
];

/// A token is replaced so long before it ends that no call outlives it. Tokens live for one hour.
const EARLY: Duration = Duration::from_secs(300);

/// Above this number of repositories, those whose token has ended are forgotten.
const MANY: usize = 1_024;

type Key = (InstallationId, RepositoryName);

/// A token and when to replace it.
pub(super) struct Token {
    pub(super) secret: SecretString,
    /// What it allows, as GitHub says.
    pub(super) permissions: BTreeMap<String, String>,
    replace: Instant,
}

impl Token {
    /// A token that ends after `life`. A very short life (never GitHub's) is used by half.
    pub(super) fn new(
        secret: SecretString,
        life: Duration,
        permissions: BTreeMap<String, String>,
    ) -> Self {
        let replace = Instant::now() + life.saturating_sub(EARLY).max(life / 2);
        Self { secret, permissions, replace }
    }

    fn is_fresh(&self) -> bool {
        Instant::now() < self.replace
    }
}

/// How long an installation is known not to cover the owner's repository of defaults: whoever adds it there
/// sees it work within a day, and no token costs a second request meanwhile.
const ALONE_FOR: Duration = Duration::from_secs(24 * 3600);

/// Installations that do not cover the owner's repository of defaults.
#[derive(Default)]
pub(super) struct Alone(Mutex<HashMap<InstallationId, Instant>>);

impl Alone {
    pub(super) fn holds(&self, installation: InstallationId) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&installation).is_some_and(|since| since.elapsed() < ALONE_FOR)
    }

    pub(super) fn remember(&self, installation: InstallationId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MANY {
            known.retain(|_, since| since.elapsed() < ALONE_FOR);
        }
        known.insert(installation, Instant::now());
    }
}

#[derive(Default)]
struct Slot {
    token: Option<Arc<Token>>,
    /// The last attempt that failed: who waited for it shares its fate, so that a silent GitHub costs
    /// ten waiting callers one deadline and not ten.
    failure: Option<(Instant, Error)>,
}

#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<Key, Arc<AsyncMutex<Slot>>>>);

impl Tokens {
    /// The token of `key`, by `mint` when there is no fresh one, or when it is `refused`.
    pub(super) async fn get(
        &self,
        key: &Key,
        refused: Option<&Arc<Token>>,
        mint: impl AsyncFnOnce() -> Result<Token, Error>,
    ) -> Result<Arc<Token>, Error> {
        let asked = Instant::now();
        let slot = self.slot(key);
        let mut slot = slot.lock().await;
        if let Some(token) = &slot.token
            && token.is_fresh()
            && !refused.is_some_and(|refused| Arc::ptr_eq(refused, token))
        {
            return Ok(Arc::clone(token));
        }
        if let Some((at, error)) = &slot.failure
            && *at >= asked
        {
            return Err(error.clone());
        }
        match mint().await {
            Ok(token) => {
                let token = Arc::new(token);
                *slot = Slot { token: Some(Arc::clone(&token)), failure: None };
                Ok(token)
            }
            Err(error) => {
                *slot = Slot { token: None, failure: Some((Instant::now(), error.clone())) };
                Err(error)
            }
        }
    }

    /// The installation's tokens are made anew when they are needed.
    pub(super) fn forget(&self, installation: InstallationId) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|(of, _), _| *of != installation);
    }

    fn slot(&self, key: &Key) -> Arc<AsyncMutex<Slot>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(key) {
            return Arc::clone(slot);
        }
        if slots.len() >= MANY {
            slots.retain(|_, slot| {
                // A slot that someone else holds is in use.
                Arc::strong_count(slot) > 1
                    || slot.try_lock().is_ok_and(|s| s.token.as_ref().is_some_and(|t| t.is_fresh()))
            });
        }
        Arc::clone(slots.entry(key.clone()).or_default())
    }
}

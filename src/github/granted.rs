//! What an installation has not been granted. GitHub refuses a token whole that asks for more than the account's
//! owner accepted, which is so after each update of the App that needs a new permission: then a token is taken with
//! what there is.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::token::PERMISSIONS;
use super::types::InstallationId;

/// How long an installation is known to lack something: a token's life, since who accepts meanwhile is told of by a
/// delivery, which forgets it.
const LACKS_FOR: Duration = Duration::from_secs(3_600);

/// Above this number of installations, those of which this was long ago are forgotten.
const MANY: usize = 1_024;

/// A permission and its level.
pub type Permission = (&'static str, &'static str);

/// What installations lack.
#[derive(Default)]
pub(super) struct Granted(Mutex<HashMap<InstallationId, (Instant, Vec<Permission>)>>);

impl Granted {
    /// What an installation lacks, as far as it is known.
    pub(super) fn lacking(&self, installation: InstallationId) -> Vec<Permission> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = known.get(&installation).filter(|(since, _)| since.elapsed() < LACKS_FOR);
        fresh.map(|(_, lacking)| lacking.clone()).unwrap_or_default()
    }

    /// These permissions are a token's.
    pub(super) fn note(&self, installation: InstallationId, granted: &BTreeMap<String, String>) {
        let level = |word: &str| ["read", "write", "admin"].iter().position(|one| *one == word);
        let lacking: Vec<Permission> = PERMISSIONS
            .iter()
            .filter(|(name, wanted)| {
                granted.get(*name).and_then(|granted| level(granted)) < level(wanted)
            })
            .copied()
            .collect();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MANY {
            known.retain(|_, (since, _)| since.elapsed() < LACKS_FOR);
        }
        if lacking.is_empty() {
            known.remove(&installation);
        } else {
            known.insert(installation, (Instant::now(), lacking));
        }
    }

    /// It may have been granted meanwhile.
    pub(super) fn forget(&self, installation: InstallationId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&installation);
    }
}

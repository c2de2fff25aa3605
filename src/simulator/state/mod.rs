//! Everything that the simulated GitHub knows: plain data behind one lock.

pub(crate) mod account;
pub(crate) mod check;
pub(crate) mod conversation;
pub(crate) mod diff;
pub(crate) mod git;
pub(crate) mod pull;
pub(crate) mod repository;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::app::App;
use super::clock::Clock;
use super::faults::Faults;
use super::log::Log;
use super::webhooks::Hooks;
use account::{Installation, Team, Token, User};
use git::{Objects, Sha};
use pull::Pull;
use repository::Repository;

/// First number that is handed out: beyond 32 bits, as GitHub's are, so that a narrow type shows.
const FIRST_ID: u64 = 30_000_000_001;
/// GitHub's installation tokens live an hour.
const TOKEN_LIFE: std::time::Duration = std::time::Duration::from_secs(3600);
/// First number of a repository: these still fit 32 bits, and GraphQL gives them as such.
const FIRST_REPOSITORY_ID: u64 = 1_100_000_001;

/// The whole state.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    /// `http://127.0.0.1:PORT`, no slash at the end.
    pub(crate) api_url: String,
    pub(crate) app: App,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) teams: BTreeMap<(String, String), Team>,
    pub(crate) installations: BTreeMap<u64, Installation>,
    pub(crate) tokens: HashMap<String, Token>,
    /// How long a new installation token lives.
    pub(crate) token_life: std::time::Duration,
    /// Objects of each family of forks.
    pub(crate) networks: Vec<Objects>,
    pub(crate) repositories: BTreeMap<u64, Repository>,
    pub(crate) hooks: Hooks,
    pub(crate) log: Log,
    pub(crate) faults: Faults,
    pub(crate) limits: BTreeMap<(u64, &'static str), super::limits::Budget>,
    /// Requests an hour for each installation and resource.
    pub(crate) requests_per_hour: u64,
    next_id: u64,
}

impl World {
    pub(crate) fn new(api_url: String, app: App) -> Self {
        let mut world = Self {
            clock: Clock::default(),
            api_url,
            users: BTreeMap::new(),
            teams: BTreeMap::new(),
            installations: BTreeMap::new(),
            tokens: HashMap::new(),
            token_life: TOKEN_LIFE,
            networks: Vec::new(),
            repositories: BTreeMap::new(),
            hooks: Hooks::default(),
            log: Log::default(),
            faults: Faults::default(),
            limits: BTreeMap::new(),
            requests_per_hour: super::limits::DEFAULT_PER_HOUR,
            next_id: FIRST_ID,
            app,
        };
        let (owner, bot) = (world.app.owner.clone(), world.app_login());
        world.ensure_user(&owner, account::Kind::Organization);
        world.ensure_user(&bot, account::Kind::Bot);
        world.ensure_user(super::json::account::GHOST, account::Kind::User);
        world
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub(crate) fn new_repository_id(&self) -> u64 {
        self.repositories.keys().next_back().map_or(FIRST_REPOSITORY_ID, |last| last + 1)
    }

    /// The login under which the App writes.
    pub(crate) fn app_login(&self) -> String {
        format!("{}[bot]", self.app.slug)
    }

    /// Looks a repository up by `owner/name`, in any case, as GitHub does.
    pub(crate) fn repository_named(&self, owner: &str, name: &str) -> Option<&Repository> {
        self.repositories
            .values()
            .find(|r| r.owner.eq_ignore_ascii_case(owner) && r.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn repository(&self, id: u64) -> Option<&Repository> {
        self.repositories.get(&id)
    }

    pub(crate) fn objects(&self, repository: &Repository) -> &Objects {
        static NONE: std::sync::LazyLock<Objects> = std::sync::LazyLock::new(Objects::default);
        self.networks.get(repository.network).unwrap_or(&NONE)
    }

    pub(crate) fn pull(&self, repository: u64, number: u64) -> Option<&Pull> {
        self.repositories.get(&repository)?.pulls.get(&number)
    }

    /// Finds the commit that a branch, tag, full ref, pull request ref or hash names.
    pub(crate) fn resolve(&self, repository: &Repository, name: &str) -> Option<Sha> {
        let objects = self.objects(repository);
        if let Some(sha) = Sha::parse(name) {
            return objects.commit(sha).map(|c| c.sha);
        }
        let short = name.strip_prefix("refs/").unwrap_or(name);
        let branch = short.strip_prefix("heads/").unwrap_or(name);
        if name == "HEAD" {
            return repository.branches.get(&repository.default_branch).copied();
        }
        if let Some(sha) = repository.branches.get(branch) {
            return Some(*sha);
        }
        if let Some(number) = short.strip_prefix("pull/").and_then(|r| r.strip_suffix("/head")) {
            return repository.pulls.get(&number.parse().ok()?).map(|p| p.head);
        }
        objects.commit_by_prefix(name)
    }
}

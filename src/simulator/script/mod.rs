//! What people do on the simulated GitHub, for tests and the demo, and what tests look at.
//!
//! Repositories are named `owner/name`. A name that is unknown is a slip in the script: these calls panic then, with the name.

mod hooks;
mod inspect;
mod installations;
mod pulls;
mod repositories;
mod talk;

pub use inspect::{CheckRunView, CommentView};
pub use pulls::PullRequestBuilder;

use super::handle::Simulator;
use super::state::World;

impl World {
    /// The id of a repository that a script names.
    pub(crate) fn id_of(&self, full_name: &str) -> u64 {
        full_name
            .split_once('/')
            .and_then(|(owner, name)| self.repository_named(owner, name))
            .map_or_else(|| panic!("the simulator has no repository {full_name}"), |r| r.id)
    }
}

impl Simulator {
    /// Runs an act in a repository that has to be there.
    fn in_repository<T>(&self, full_name: &str, act: impl FnOnce(&mut World, u64) -> T) -> T {
        let mut world = self.world();
        let id = world.id_of(full_name);
        act(&mut world, id)
    }
}

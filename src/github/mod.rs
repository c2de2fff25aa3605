//! GitHub: the only module that names octocrab.
//!
//! [`GitHub`] is the App, [`Repository`] one repository of one installation; [`webhook`] reads what GitHub
//! sends by itself. Nothing here retries: a call is made once (twice where a token had expired), and an
//! [`Error`] says whether and when it is worth another try. Whoever keeps the work decides.
//!
//! **Invariant:** a key or a token reaches no log, no error and no `Debug` output. No POST is repeated before
//! its trace was looked for.

mod app;
mod client;
mod compare;
mod config;
mod documents;
mod error;
mod facts;
mod find;
mod granted;
mod graphql;
mod group;
mod open;
mod pace;
mod protection;
mod publish;
mod rate;
mod say;
mod signature;
mod talk;
mod texts;
mod token;
mod transport;
mod trees;
pub mod types;
pub mod webhook;

#[cfg(test)]
mod tests;

pub use app::{
    DeliveryPage, FirstLook, HookConfig, Installation, ListedRepository, Registered, SentDelivery,
};
pub use client::{GitHub, Repository};
pub use config::{AppConfig, ConfigError};
pub use documents::graphql_documents;
pub use error::{Error, Retry, Status};
pub use find::Listed;
pub use granted::Permission;
pub use group::Group;
pub use protection::{Demand, Required};
pub use publish::CHECK_NAME;
pub use rate::{Rate, Rates, Resource};
pub use say::{LineComment, Reviewers};
pub use talk::{
    Comment, Edited, GivenReview, Issue, Opinion, Person, Reaction, ReviewThread, Talk,
};
pub use texts::{Ask, Objects, Texts};
pub use token::PERMISSIONS;
pub use types::*;

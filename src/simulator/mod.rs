//! A GitHub that runs in the process: REST, GraphQL and signed webhooks over HTTP on loopback.
//!
//! `ep-bot demo` and the story tests use it. It keeps GitHub's own rules (who may call what, what is refused, how long
//! lists are) as far as the bot meets them, and refuses loudly what it does not know: an unknown path is answered 501,
//! an unknown GraphQL field as GitHub does, an unknown key of a body stands in [`Simulator::violations`].
//!
//! ```
//! # async fn story() -> Result<(), ep_bot::simulator::StartError> {
//! use ep_bot::simulator::Simulator;
//!
//! let github = Simulator::start().await?;
//! github.install("example-org");
//! github.create_repository("example-org/enhancements");
//! github.send_webhooks_to("http://127.0.0.1:3000/api/github/webhooks");
//! let head = github.commit(
//!     "example-org/enhancements",
//!     "my-idea",
//!     &[("enhancements/EP-0001-idea.md", Some(b"# EP-0001: Idea\n"))],
//!     "Propose the idea",
//! );
//! let number = github.open_pull_request("example-org/enhancements", "my-idea");
//! // … the bot answers …
//! for run in github.check_runs("example-org/enhancements", head) {
//!     println!("#{number}: {} {:?}", run.name, run.conclusion);
//! }
//! github.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! Rooms: `state` (plain data behind one lock) · `acts` (what can happen, with its webhooks) · `json` (GitHub's objects in
//! full) · `rest` and `graphql` (the two ways in) · `webhooks` (the way out) · `script` (what tests do and look at) ·
//! `server`, `exchange` (bytes to state and back) · `faults`, `log`, `limits`, `clock`, `app`.

mod acts;
mod app;
mod body;
mod clock;
mod exchange;
mod faults;
mod graphql;
mod handle;
mod json;
mod limits;
mod log;
mod rest;
mod script;
mod server;
mod state;
mod webhooks;

#[cfg(test)]
mod tests;

pub use faults::{Fault, Gate, Match};
pub use handle::{Simulator, StartError};
pub use log::RecordedRequest;
pub use script::{CheckRunView, CommentView, PullRequestBuilder};
pub use state::account::{Access, Role};
pub use state::check::Annotation;
pub use state::conversation::{ReviewState, Side};
pub use state::git::{Change, Sha};
pub use webhooks::{Delivery, signature};

//! Contract tests: the bot is held against GitHub's own schemas and payloads, and against the standards that its
//! reports follow.

mod exchanges;
mod graphql;
mod manifest;
mod rest;
mod sarif;
mod server;
mod webhooks;

#[path = "../support"]
mod support {
    pub(crate) mod contract;
    pub(crate) mod graphql;
    pub(crate) mod webhooks;
}

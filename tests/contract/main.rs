//! Contract tests: the bot is held against GitHub's own schemas and payloads.

mod exchanges;
mod graphql;
mod manifest;
mod rest;
mod server;
mod webhooks;

#[path = "../support"]
mod support {
    pub(crate) mod contract;
    pub(crate) mod graphql;
    pub(crate) mod webhooks;
}

//! What can happen on GitHub. Each act changes the state and queues the webhooks that GitHub would send.

mod conversation;
mod merge_queue;
mod pulls;
mod pushes;

pub(crate) use pulls::NewPull;

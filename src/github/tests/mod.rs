//! Tests against a small server that misbehaves.

mod app;
mod calls;
mod facts;
pub(super) mod key;
mod publish;
mod reading;
mod stub;
mod texts;

//! Tests against a small server that misbehaves.

pub(super) mod key;

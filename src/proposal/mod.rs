//! What an EP is: Markdown read into an outline with exact line ranges.
//!
//! **Invariant:** the parser never fails; no IO, no clock.

mod source;

pub use source::{Lines, MAX_BYTES, Source, Unreadable};

//! What an EP is: Markdown read into an outline with exact line ranges.
//!
//! **Invariant:** the parser never fails; no IO, no clock.

mod html;
mod outline;
mod source;
pub mod text;

pub use outline::{Code, HiddenTag, Item, Link, Outline, Section, SectionId};
pub use source::{Lines, MAX_BYTES, Source, Unreadable};

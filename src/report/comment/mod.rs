//! What the bot says in comments. Each text is Markdown that is safe to post, within GitHub's 65,536 characters, and
//! ends in a mark by which it is found again.

pub mod answer;
pub mod explain;
mod help;
mod marker;
pub mod outside;
pub mod status;
mod summary;
#[cfg(test)]
mod tests;

use super::page;
use super::words;

pub use help::help;
pub use marker::{Kind, Marker, marker, parse_marker, same_text};
pub use summary::summary;

/// The most of a comment's parts that grow, in bytes. GitHub takes 65,536 characters ("Create an issue comment" names
/// no limit, and refuses longer ones with it).
const MAX_BODY: usize = 60_000;

/// What a comment says of what it has no room for.
const MORE: page::Words = page::Words {
    more_entries: |n| format!("- …and {n} more: see the check.\n"),
    more_blocks: |n| format!("…and {} more: see the check.\n\n", words::counted(n, "EP")),
};

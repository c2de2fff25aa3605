//! What people ask for in comments: `/ep-status`, `/ep-waive`, …
//!
//! A command stands first on a line that GitHub shows as text: in a paragraph, or in the entry of a list. What stands
//! in code, a table, a link or a heading of its own (`# /ep-check`) speaks *of* a command, and what stands in a
//! quotation is somebody else's. A command is never met with silence: what begins like one and is none comes back with
//! what is wrong with it.

mod arguments;
mod misread;
mod place;
#[cfg(test)]
mod tests;
mod word;

pub use misread::Misread;

use crate::review::Rule;

/// So many commands of one comment are carried out.
pub const MAX_COMMANDS: usize = 20;

/// So much of a command is shown again, in characters.
const MAX_WORDS: usize = 120;

/// One line of a comment that is a command, or was meant as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Its line in the comment, from 1.
    pub line: usize,
    /// What was written, without comments and on one line; at most 120 characters. Hostile text.
    pub words: String,
    /// What it asks for.
    pub command: Result<Command, Misread>,
}

/// What a line asks for. The texts are hostile, and as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Where EPs stand.
    Status(Which),
    /// Look at the pull request again.
    Check,
    /// Accept a finding on this pull request.
    Waive {
        /// The rule whose findings are accepted.
        rule: &'static Rule,
        /// The section that it is about, as written: `Proposal > Architecture`; all when `None`.
        section: Option<String>,
        /// Why; never empty, one line.
        because: String,
    },
    /// A question that the EP must carry and answer.
    Ask {
        /// The part of the questionnaire in which it shall stand, as written.
        part: Option<String>,
        /// The question; never empty, one line.
        text: String,
    },
    /// Take back the question of this number.
    Drop(usize),
    /// What can be asked for.
    Help,
}

/// Whose status is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// That of the EPs in this pull request.
    This,
    /// That of all EPs of the repository.
    All,
    /// That of the EP with this number.
    One(u64),
}

/// The commands of a comment, in order. At most [`MAX_COMMANDS`]; where there are more, one [`Misread::TooMany`] stands
/// for the rest.
pub fn commands(markdown: &str) -> Vec<Spoken> {
    let mut spoken = Vec::new();
    for place in place::places(markdown) {
        let Some((word, rest)) = word::word(&place.text) else { continue };
        let command = if spoken.len() == MAX_COMMANDS {
            Err(Misread::TooMany)
        } else if place.quoted {
            Err(Misread::Quoted)
        } else {
            word.and_then(|word| arguments::read(word, rest))
        };
        let last = command == Err(Misread::TooMany);
        spoken.push(Spoken { line: place.line, words: shown(&place.text), command });
        if last {
            break;
        }
    }
    spoken
}

/// `text` in one line of at most [`MAX_WORDS`] characters.
fn shown(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = words.join(" ");
    match words.char_indices().nth(MAX_WORDS) {
        Some(_) => {
            let end = words.char_indices().nth(MAX_WORDS - 1).map_or(0, |(at, _)| at);
            format!("{}…", &words[..end])
        }
        None => words,
    }
}

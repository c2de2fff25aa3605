//! A [`Review`] as people and programs read it: one file for each format.
//!
//! | format | reader |
//! | --- | --- |
//! | [`Format::Text`] | an author, in front of a shell |
//! | [`Format::Json`] | other programs; the shape is fixed |
//! | [`Format::Github`] | GitHub Actions, by workflow commands |
//! | [`Format::Sarif`] | GitHub code scanning, editors and result stores |
//! | [`status_table`], [`status_json`] | whoever wants to see where all EPs stand |
//! | [`check_run`] | the pull request's check: verdict, summary, annotations |
//! | [`inline`], placed by [`patch`] | an author, at the line that blocks |
//! | [`comment`] | whoever asked in a comment |
//! | [`rule_page`], [`rule_markdown`] | whoever wants to know what a rule asks for |
//!
//! **Invariant:** no IO, no clock, no GitHub type. **Invariant:** whatever comes out of an EP is
//! hostile text: [`markdown`] is the only way into Markdown, `plain` the only way into a terminal, a
//! log or an annotation.
//!
//! **Convention** for `Finding::message` and `Finding::help`: what stands between backticks is code,
//! all else is plain text; a further line that starts with `- ` is an entry of a list.

mod check_run;
pub mod comment;
mod github;
pub mod inline;
mod json;
pub mod markdown;
mod mended;
mod page;
pub mod patch;
mod plain;
mod rules;
mod sarif;
mod status;
mod stream;
mod table;
mod terminal;
mod words;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use check_run::{
    CheckAnnotation, CheckInput, CheckOutput, MAX_ANNOTATION_MESSAGE, MAX_ANNOTATION_TITLE,
    MAX_PAGE, check_run,
};
pub use mended::{diff, mended, visible};
pub use rules::{rule_index, rule_list, rule_markdown, rule_page, rule_table};
pub use sarif::sarif;
pub use status::status_json;
pub use stream::{Format, Stream, whole, without_text};
pub use table::status_table;
pub use terminal::Style;

use serde::Serialize;

use crate::review::Review;

/// One file's review with the text that it was made from.
#[derive(Debug, Clone, Copy)]
pub struct FileReport<'a> {
    /// What was found.
    pub review: &'a Review,
    /// The text of the file, from which lines are shown; empty when it could not be decoded.
    pub text: &'a str,
}

/// A file that could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadableFile {
    /// The path as it was given.
    pub path: String,
    /// Why, in one line.
    pub message: String,
}

impl std::fmt::Display for UnreadableFile {
    /// In one line that is safe to print.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", plain::name(&self.path), plain::one_line(&self.message))
    }
}

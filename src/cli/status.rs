//! `ep-bot status`: where all EPs stand, and what blocks the next status.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};

use crate::report::{self, Style};
use crate::review::Review;

use super::check::tell;
use super::files::{Named, Subject};
use super::workspace::{RuleArgs, Workspace};
use super::{PASS, WRONG_USE, print};

/// How the list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: a table
    Text,
    /// For programs
    Json,
}

/// List EPs with their status, how far they have come, and what blocks the next status.
///
/// It judges nothing. Exit code: 0 when everything could be read, 2 otherwise.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    subject: Subject,
    #[command(flatten)]
    rules: RuleArgs,
    /// How the list is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &StatusArgs) -> anyhow::Result<u8> {
    let mut place = Workspace::around(&args.subject.paths, &args.rules, None)?;
    let named = Named::new(&args.subject, &place.policy);
    place.claim(named.files());
    let mut reviews: Vec<Review> = Vec::new();
    let unreadable = named.read(&place.policy, |input| {
        if let Err(unreadable) = input.text() {
            return Ok(Err(unreadable));
        }
        reviews.push(place.review(&input, None)?);
        Ok(Ok(()))
    })?;
    let mut reviews: Vec<&Review> = reviews.iter().collect();
    // By number; what has none comes last.
    reviews.sort_by_key(|review| (review.number.is_none(), review.number, &review.path));
    match args.format {
        Format::Text => {
            print(&table(&reviews))?;
            tell(&unreadable);
        }
        Format::Json => print(&report::status_json(&reviews, &unreadable))?,
    }
    Ok(if unreadable.is_empty() { PASS } else { WRONG_USE })
}

/// As wide as the terminal, and in colour; whole and plain where there is none.
fn table(reviews: &[&Review]) -> String {
    if !std::io::stdout().is_terminal() {
        return report::status_table(reviews, None, Style::Plain);
    }
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    report::status_table(reviews, width, Style::Color)
}

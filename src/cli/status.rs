//! `ep-bot status`: where all EPs stand, and what blocks the next status.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};

use crate::proposal::Template;
use crate::report::{self, Style};
use crate::review::{Policy, Review, Rulebook};

use super::check::{read_template, review_all, tell};
use super::files::{Inputs, Subject};
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
    /// How the list is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &StatusArgs) -> anyhow::Result<u8> {
    let policy = Policy::default();
    let own_template = args.subject.template.as_deref().map(read_template).transpose()?;
    let template = own_template.as_ref().unwrap_or_else(|| Template::built_in());
    let Inputs { found, mut unreadable } = Inputs::read(&args.subject, &policy);
    let reviewed = review_all(&found, &Rulebook::new(template, &policy), &mut unreadable);
    let mut reviews: Vec<&Review> = reviewed.iter().map(|(review, _)| review).collect();
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

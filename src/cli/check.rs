//! `ep-bot check`: the review on a laptop, word for word what the bot says on a pull request.

use std::io::IsTerminal as _;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

use crate::proposal::{Shape, Source, Template, Unreadable};
use crate::report::{self, FileReport, Style, UnreadableFile};
use crate::review::{self, Candidate, Policy, Review, Rulebook, Verdict};

use super::files::{Input, Inputs, Subject};
use super::{BLOCKED, PASS, WRONG_USE, print};

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: the offending lines with what to write
    Text,
    /// For programs
    Json,
    /// GitHub Actions workflow commands, which show as annotations
    Github,
    /// SARIF 2.1.0, for GitHub code scanning and editors
    Sarif,
}

/// Check EPs on this machine, as the bot checks them on a pull request.
///
/// Exit code: 0 nothing blocks, 1 something blocks, 2 wrong use or unreadable input.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    subject: Subject,
    /// Judge as if the EPs had this status: what is missing for `staged`?
    #[arg(long = "as", value_name = "STATUS")]
    judge_as: Option<String>,
    /// How findings are written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &CheckArgs) -> anyhow::Result<u8> {
    let policy = Policy::default();
    if let Some(status) = &args.judge_as
        && policy.ladder.index(status).is_none()
    {
        let known: Vec<&str> = policy.ladder.names().collect();
        bail!("--as: `{status}` is no status; the statuses are {}", known.join(", "));
    }
    let own_template = args.subject.template.as_deref().map(read_template).transpose()?;
    let template = own_template.as_ref().unwrap_or_else(|| Template::built_in());
    let rulebook =
        Rulebook { judge_as: args.judge_as.as_deref(), ..Rulebook::new(template, &policy) };
    let Inputs { found, mut unreadable } = Inputs::read(&args.subject, &policy);

    let reviewed = review_all(&found, &rulebook, &mut unreadable);
    print(&render(args.format, &reviewed, &unreadable))?;
    if args.format == Format::Text {
        tell(&unreadable);
    }
    let blocked = reviewed.iter().any(|(review, _)| review.verdict() == Verdict::Fail);
    Ok(match (unreadable.is_empty(), blocked) {
        (false, _) => WRONG_USE,
        (true, true) => BLOCKED,
        (true, false) => PASS,
    })
}

/// Reviews every file, with its text. What cannot be decoded joins the unreadable files, which are sorted by path.
pub(super) fn review_all<'a>(
    found: &'a [Input],
    rulebook: &Rulebook<'_>,
    unreadable: &mut Vec<UnreadableFile>,
) -> Vec<(Review, &'a str)> {
    let mut reviewed: Vec<(Review, &str)> = Vec::with_capacity(found.len());
    for input in found {
        let text = match Source::decode(&input.bytes) {
            Ok(text) => text,
            Err(Unreadable::TooLarge { .. }) => "",
            Err(error @ Unreadable::NotUtf8 { .. }) => {
                unreadable
                    .push(UnreadableFile { path: input.path.clone(), message: error.to_string() });
                continue;
            }
        };
        let candidate = Candidate::new(&input.path, &input.bytes);
        reviewed.push((review::review(&candidate, rulebook), text));
    }
    unreadable.sort_by(|a, b| a.path.cmp(&b.path));
    reviewed
}

/// Says on standard error what could not be read.
pub(super) fn tell(unreadable: &[UnreadableFile]) {
    for file in unreadable {
        anstream::eprintln!("ep-bot: {file}");
    }
}

fn render(format: Format, reviewed: &[(Review, &str)], unreadable: &[UnreadableFile]) -> String {
    let reviews: Vec<&Review> = reviewed.iter().map(|(review, _)| review).collect();
    let files: Vec<FileReport<'_>> =
        reviewed.iter().map(|(review, text)| FileReport { review, text }).collect();
    match format {
        Format::Text => {
            let style = if std::io::stdout().is_terminal() { Style::Color } else { Style::Plain };
            report::terminal(&files, &[], style)
        }
        Format::Json => report::json(&reviews, unreadable),
        Format::Github => report::github(&reviews, unreadable),
        Format::Sarif => report::sarif(&files, unreadable),
    }
}

/// Reads a template from a file.
pub(super) fn read_template(path: &std::path::Path) -> anyhow::Result<Template> {
    let bytes = std::fs::read(path).with_context(|| format!("template {}", path.display()))?;
    let text = Source::decode(&bytes).with_context(|| format!("template {}", path.display()))?;
    Ok(Template::parse(text, &Shape::default()))
}

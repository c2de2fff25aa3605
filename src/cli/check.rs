//! `ep-bot check`: the review on a laptop, word for word what the bot says on a pull request.

use std::io::IsTerminal;

use anyhow::bail;
use clap::{Args, ValueEnum};

use crate::report::{self, FileReport, Stream, Style, UnreadableFile};
use crate::review::Policy;

use super::files::{Input, Named, Subject};
use super::workspace::{RuleArgs, Workspace};
use super::{BLOCKED, PASS, WRONG_USE, print, print_bytes};

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
/// Policy and template are those of the repository around the first path (`.github/ep-bot.yml`, and the template
/// that lies beside the EPs); with `--base`, as that revision has them.
///
/// Exit code: 0 nothing blocks, 1 something blocks, 2 wrong use or unreadable input.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    subject: Subject,
    /// Tell what the work since this revision changes, as a pull request against it does (`origin/main`)
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    #[command(flatten)]
    rules: RuleArgs,
    /// Judge as if the EPs had this status: what is missing for `staged`?
    #[arg(long = "as", value_name = "STATUS")]
    judge_as: Option<String>,
    /// How findings are written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// What is looked at on GitHub alone.
const ON_GITHUB: &str = "Not looked at here: approvals, waivers and questions on the pull request, and numbers that other open pull requests claim.";

pub(super) fn run(args: &CheckArgs) -> anyhow::Result<u8> {
    let mut place = Workspace::around(&args.subject.paths, &args.rules, args.base.as_deref())?;
    check_status(args.judge_as.as_deref(), &place.policy)?;
    let named = Named::new(&args.subject, &place.policy);
    place.claim(named.files());
    let style = if std::io::stdout().is_terminal() { Style::Color } else { Style::Plain };
    let (mut stream, opening) = Stream::start(match args.format {
        Format::Text => report::Format::Text(style),
        Format::Json => report::Format::Json,
        Format::Github => report::Format::Github,
        Format::Sarif => report::Format::Sarif,
    });
    // What programs read holds no colours that a terminal might not know: nothing is looked for.
    let print: fn(&str) -> anyhow::Result<()> = match args.format {
        Format::Text => print,
        Format::Json | Format::Github | Format::Sarif => |text| print_bytes(text.as_bytes()),
    };
    print(&opening)?;
    let unreadable = named.read(&place.policy, |input: Input| {
        let text = match input.text() {
            Ok(text) => text,
            Err(unreadable) => return Ok(Err(unreadable)),
        };
        let review = place.review(&input, args.judge_as.as_deref())?;
        print(&stream.file(&FileReport { review: &review, text }))?;
        Ok(Ok(()))
    })?;
    let blocked = stream.blocked();
    if args.format == Format::Text {
        print(&stream.finish(&[], &[ON_GITHUB]))?;
        tell(&unreadable);
    } else {
        print(&stream.finish(&unreadable, &[ON_GITHUB]))?;
    }
    Ok(match (unreadable.is_empty(), blocked) {
        (false, _) => WRONG_USE,
        (true, true) => BLOCKED,
        (true, false) => PASS,
    })
}

/// Says on standard error what could not be read.
pub(super) fn tell(unreadable: &[UnreadableFile]) {
    for file in unreadable {
        anstream::eprintln!("ep-bot: {file}");
    }
}

fn check_status(status: Option<&str>, policy: &Policy) -> anyhow::Result<()> {
    if let Some(status) = status
        && policy.ladder.index(status).is_none()
    {
        let known: Vec<&str> = policy.ladder.names().collect();
        bail!("--as: `{status}` is no status; the statuses are {}", known.join(", "));
    }
    Ok(())
}

//! The command line: one file a command.

mod check;
mod demo;
mod doctor;
mod explain;
mod files;
mod fix;
mod new;
mod schema;
mod serve;
mod settings;
mod status;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Nothing blocks.
const PASS: u8 = 0;
/// Something blocks.
const BLOCKED: u8 = 1;
/// Wrong use, or input that cannot be read.
const WRONG_USE: u8 = 2;

/// Enforces the production readiness review of Enhancement Proposals.
#[derive(Debug, Parser)]
#[command(name = "ep-bot", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole way of a pull request, without GitHub, settings or network
    Demo(demo::DemoArgs),
    /// Take GitHub's webhooks and check pull requests
    Serve(Box<serve::ServeArgs>),
    /// Say whether the bot can do its work: settings, clock, App, webhooks, database, and whether a merge waits for it
    Doctor(Box<doctor::DoctorArgs>),
    /// Check EPs on this machine, as the bot checks them on a pull request
    Check(check::CheckArgs),
    /// List EPs with their status, how far they have come, and what blocks the next status
    Status(status::StatusArgs),
    /// Mend EPs as far as a machine can, and show what is left for you
    Fix(fix::FixArgs),
    /// Start a new EP from the template, under the next free number
    New(new::NewArgs),
    /// Say what a rule wants, and why; without a name, list all rules
    Explain(explain::ExplainArgs),
    /// Print the JSON schema of the policy file
    Schema(schema::SchemaArgs),
}

/// Runs the command that the command line names.
pub fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve(args) => return serve::run(*args),
        Command::Doctor(args) => return doctor::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Fix(args) => fix::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::New(args) => new::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Schema(args) => schema::run(&args),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            anstream::eprintln!("ep-bot: {error:#}");
            ExitCode::from(WRONG_USE)
        }
    }
}

/// Writes to standard output. A reader that closed the pipe (`| head`) has read enough: no error.
fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes bytes to standard output as they are.
fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

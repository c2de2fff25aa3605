//! `ep-bot doctor`: whether the bot can do its work, and whether a merge waits for it. It only looks.

mod app;
mod database;
mod line;
mod repository;
mod webhooks;

use std::process::ExitCode;

use clap::Args;
use secrecy::ExposeSecret;

use self::line::{Line, State, ok, problem};
use super::serve::ServeArgs;
use super::settings::{self, Resolved};
use crate::github::{GitHub, RepositoryName};

/// At least one problem.
const PROBLEMS: u8 = 1;

/// What to look at; the settings are those of `ep-bot serve`.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Also look whether the check is required in this repository, and from this App only
    #[arg(long, value_name = "OWNER/NAME")]
    repo: Option<String>,
    #[command(flatten)]
    settings: ServeArgs,
}

/// Looks at everything and says what is not well. 0: no problem; 1: there are some; 2: a setting is missing or
/// wrong, or the arguments are.
pub(super) fn run(args: &DoctorArgs) -> ExitCode {
    let repository = match args.repo.as_deref().map(name).transpose() {
        Ok(repository) => repository,
        Err(wrong) => {
            anstream::eprintln!("ep-bot: {wrong}");
            return ExitCode::from(super::WRONG_USE);
        }
    };
    let resolved = match settings::resolve(&args.settings, |name| std::env::var_os(name)) {
        Ok(resolved) => resolved,
        Err(problems) => {
            let next =
                "deploy/README.md says what each setting is; `ep-bot serve --help` names them all";
            let lines: Vec<Line> =
                problems.into_iter().map(|said| problem("settings", said, next)).collect();
            return end(&lines, super::WRONG_USE);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let lines = match runtime {
        Ok(runtime) => runtime.block_on(look(&resolved, repository)),
        Err(error) => vec![problem(
            "system",
            format!("no thread can be started: {error}"),
            "look at the limits of processes and memory for this user",
        )],
    };
    let problems = lines.iter().any(|line| line.state == State::Problem);
    end(&lines, if problems { PROBLEMS } else { super::PASS })
}

fn end(lines: &[Line], code: u8) -> ExitCode {
    match super::print(&line::write(lines)) {
        Ok(()) => ExitCode::from(code),
        Err(error) => {
            anstream::eprintln!("ep-bot: {error:#}");
            ExitCode::from(super::WRONG_USE)
        }
    }
}

fn name(text: &str) -> Result<RepositoryName, String> {
    match text.split_once('/') {
        Some((owner, name)) if !owner.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(RepositoryName { owner: owner.to_owned(), name: name.to_owned() })
        }
        _ => Err("--repo takes OWNER/NAME, as in the repository's address".to_owned()),
    }
}

async fn look(resolved: &Resolved, repository: Option<RepositoryName>) -> Vec<Line> {
    let Resolved { server, public_url, .. } = resolved;
    let secrets = server.webhook_secrets.len();
    let secrets =
        if secrets == 1 { "1 webhook secret" } else { &format!("{secrets} webhook secrets") };
    let said = format!("App {} at {}, {secrets}", server.app.app_id, server.app.api_url);
    let mut lines = vec![ok("settings", said)];
    match GitHub::new(&server.app) {
        Ok(github) => {
            if let Some(registered) = app::look(&github, &mut lines).await {
                webhooks::look(&github, &registered, public_url.as_deref(), &mut lines).await;
                if let Some(name) = repository {
                    repository::look(&github, &registered, name, &mut lines).await;
                }
            }
        }
        // `resolve` has built one already.
        Err(error) => lines.push(problem("settings", error.to_string(), "correct the setting")),
    }
    lines.push(database::look(server.database_url.expose_secret()).await);
    lines
}

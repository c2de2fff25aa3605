//! The settings of `ep-bot serve`: flags first, then the environment, then files that either names. All that
//! is wrong is told at once.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::EnvFilter;

use super::serve::ServeArgs;
use crate::bot::{Clock, Pace, Recovery};
use crate::github::{AppConfig, ConfigError, GitHub};
use crate::store;
use crate::web;

const API_URL: &str = "https://api.github.com";
const DATABASE_URL: &str = "sqlite:ep-bot.db";
const LISTEN: &str = "127.0.0.1:3000";
const LOG: &str = "info";

/// More workers than this meet GitHub's secondary limit of 100 concurrent requests.
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>
const MOST_WORKERS: usize = 64;

/// The largest file that holds a setting.
const LARGEST_FILE: u64 = 64 * 1024;

/// Crates whose finer logs show headers, and with them tokens; they stay quiet whatever `RUST_LOG` says. octocrab
/// logs each failed call as an error, which is logged where it is handled.
const TALKATIVE: [&str; 7] = [
    "h2=warn",
    "hyper=warn",
    "hyper_util=warn",
    "octocrab=off",
    "rustls=warn",
    "sqlx=warn",
    "tower=warn",
];

/// What `serve` needs.
#[derive(Debug)]
pub(super) struct Resolved {
    pub(super) server: web::Settings,
    pub(super) listen: String,
    pub(super) log: EnvFilter,
    /// Where others reach the server, without a `/` at its end.
    pub(super) public_url: Option<String>,
}

/// Reads every setting. `environment` reads a variable.
///
/// # Errors
/// One line for each setting that is missing or cannot work; each begins with the variable's name, none
/// holds a secret.
pub(super) fn resolve(
    args: &ServeArgs,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<Resolved, Vec<String>> {
    let mut from = Sources { environment: &environment, problems: Vec::new() };

    let app_id = from.required(
        ("GITHUB_APP_ID", "--github-app-id"),
        args.github_app_id.as_ref(),
        None,
        "the number that GitHub shows on the App's page",
    );
    let app_id = from.parsed("GITHUB_APP_ID", app_id.as_ref(), "is not a number", |text| {
        text.parse::<u64>().ok()
    });
    let private_key = from.required(
        ("GITHUB_APP_PRIVATE_KEY", "--github-app-private-key-file"),
        args.github_app_private_key.as_ref(),
        args.github_app_private_key_file.as_deref(),
        "the .pem file that GitHub gives out on the App's page",
    );
    let secrets = from.required(
        ("GITHUB_WEBHOOK_SECRET", "--github-webhook-secret-file"),
        args.github_webhook_secret.as_ref(),
        args.github_webhook_secret_file.as_deref(),
        "the webhook secret of the App; several may stand here, comma separated",
    );
    let webhook_secrets = from
        .parsed("GITHUB_WEBHOOK_SECRET", secrets.as_ref(), "holds no secret, only commas", |text| {
            let each = text.split(',').map(str::trim).filter(|secret| !secret.is_empty());
            let all: Vec<SecretString> = each.map(SecretString::from).collect();
            (!all.is_empty()).then_some(all)
        })
        .unwrap_or_default();
    let api_url = from.plain("GITHUB_API_URL", args.github_api_url.as_ref());
    let graphql_url = from.plain("GITHUB_GRAPHQL_URL", args.github_graphql_url.as_ref());
    let database_url = from
        .optional("DATABASE_URL", args.database_url.as_ref(), args.database_url_file.as_deref())
        .unwrap_or_else(|| DATABASE_URL.into());
    if let Err(error) = store::check_url(database_url.expose_secret()) {
        from.problems.push(error.to_string());
    }
    let listen = from.plain("EP_BOT_LISTEN", args.listen.as_ref());
    let listen = listen.unwrap_or_else(|| LISTEN.to_owned());
    if listen
        .rsplit_once(':')
        .is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err())
    {
        from.problems.push(format!("EP_BOT_LISTEN is not an address with a port, as {LISTEN}"));
    }
    let public_url = from.optional("EP_BOT_PUBLIC_URL", args.public_url.as_ref(), None);
    let wrong = "does not begin with https://";
    let public_url = from.parsed("EP_BOT_PUBLIC_URL", public_url.as_ref(), wrong, |text| {
        let is_url = text.starts_with("https://") || text.starts_with("http://");
        is_url.then(|| text.trim_end_matches('/').to_owned())
    });
    let workers = from.optional("EP_BOT_WORKERS", args.workers.as_ref(), None);
    let wrong = format!("is not a number from 1 to {MOST_WORKERS}");
    let workers = from.parsed("EP_BOT_WORKERS", workers.as_ref(), &wrong, |text| {
        text.parse::<NonZeroUsize>().ok().filter(|workers| workers.get() <= MOST_WORKERS)
    });
    let log = from.plain("RUST_LOG", args.log.as_ref()).unwrap_or_else(|| LOG.to_owned());
    let log = filter(&log);
    if log.is_none() {
        let wrong = "RUST_LOG is not a list of levels, as `info` or `info,ep_bot=debug`";
        from.problems.push(wrong.to_owned());
    }

    let has_key = private_key.is_some();
    let app = AppConfig {
        app_id: app_id.unwrap_or(1),
        private_key: private_key.unwrap_or_default(),
        api_url: api_url.unwrap_or_else(|| API_URL.to_owned()),
        graphql_url,
    };
    from.problems.extend(app_problems(app.clone(), has_key));
    match log {
        Some(log) if from.problems.is_empty() => {
            let mut pace = Pace::default();
            pace.workers = workers.unwrap_or(pace.workers);
            let clock = Clock::default();
            let server = web::Settings {
                app,
                webhook_secrets,
                database_url,
                pace,
                clock,
                recovery: Some(Recovery::default()),
            };
            Ok(Resolved { server, listen, log, public_url })
        }
        _ => Err(from.problems),
    }
}

/// What is wrong with the App's settings: all of it, though each look tells but one.
fn app_problems(mut app: AppConfig, has_key: bool) -> Vec<String> {
    let mut problems = Vec::new();
    // As often as there are settings to tell of.
    for _ in 0..4 {
        let Err(error) = GitHub::new(&app) else { break };
        match &error {
            ConfigError::AppId => app.app_id = 1,
            ConfigError::Url { setting: "GITHUB_GRAPHQL_URL", .. } => app.graphql_url = None,
            ConfigError::Url { .. } => API_URL.clone_into(&mut app.api_url),
            // That it is missing has been told.
            ConfigError::PrivateKey(_) if !has_key => break,
            ConfigError::PrivateKey(_) => {
                problems.push(error.to_string());
                break;
            }
        }
        problems.push(error.to_string());
    }
    problems
}

/// What is logged.
fn filter(levels: &str) -> Option<EnvFilter> {
    let filter = EnvFilter::builder().parse(levels).ok()?;
    TALKATIVE.iter().try_fold(filter, |filter, most| Some(filter.add_directive(most.parse().ok()?)))
}

/// Where settings come from.
struct Sources<'a> {
    environment: &'a dyn Fn(&str) -> Option<OsString>,
    problems: Vec<String>,
}

impl Sources<'_> {
    /// A setting without which nothing starts. `(name, flag)` and `what` say what is missing.
    fn required(
        &mut self,
        (name, flag): (&str, &str),
        value: Option<&String>,
        file: Option<&Path>,
        what: &str,
    ) -> Option<SecretString> {
        let before = self.problems.len();
        let found = self.optional(name, value, file);
        if found.is_none() && self.problems.len() == before {
            self.problems.push(format!("{name} is missing: {what} (also {name}_FILE, {flag})"));
        }
        found
    }

    /// A setting that is no secret.
    fn plain(&mut self, name: &str, value: Option<&String>) -> Option<String> {
        self.optional(name, value, None).map(|value| value.expose_secret().to_owned())
    }

    /// The flag's value, else the file's that a flag names, else the variable's, else the file's that a
    /// variable names. What is blank is not set.
    fn optional(
        &mut self,
        name: &str,
        value: Option<&String>,
        file: Option<&Path>,
    ) -> Option<SecretString> {
        if let Some(value) = value.map(|value| value.trim()).filter(|value| !value.is_empty()) {
            return Some(value.into());
        }
        if let Some(path) = file {
            return self.read(name, path);
        }
        let named = format!("{name}_FILE");
        let value = (self.environment)(name).filter(|value| !is_blank(value));
        let path = (self.environment)(&named).filter(|path| !is_blank(path));
        match (value, path) {
            (None, None) => None,
            (Some(_), Some(_)) => {
                self.problems.push(format!("{name} and {named} are both set: keep one"));
                None
            }
            (None, Some(path)) => self.read(name, &PathBuf::from(path)),
            (Some(value), None) => {
                let value = value.to_str();
                if value.is_none() {
                    self.problems.push(format!("{name} is not UTF-8"));
                }
                value.map(|value| value.trim().into())
            }
        }
    }

    fn read(&mut self, name: &str, path: &Path) -> Option<SecretString> {
        let mut text = String::new();
        let read =
            File::open(path).and_then(|file| file.take(LARGEST_FILE + 1).read_to_string(&mut text));
        let problem = match read {
            Err(error) => format!("cannot be read: {error}"),
            Ok(_) if text.len() as u64 > LARGEST_FILE => "is too large for a setting".to_owned(),
            Ok(_) if text.trim().is_empty() => "is empty".to_owned(),
            Ok(_) => return Some(text.trim().into()),
        };
        self.problems.push(format!("{name}: the file {} {problem}", path.display()));
        None
    }

    /// A value as a type; `wrong` says what it is not.
    fn parsed<T>(
        &mut self,
        name: &str,
        value: Option<&SecretString>,
        wrong: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = value?;
        let parsed = parse(value.expose_secret());
        if parsed.is_none() {
            self.problems.push(format!("{name} {wrong}"));
        }
        parsed
    }
}

fn is_blank(value: &OsString) -> bool {
    value.to_str().is_some_and(|value| value.trim().is_empty())
}

#[cfg(test)]
mod tests;

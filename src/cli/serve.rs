//! `ep-bot serve`: the bot itself.

use std::io::IsTerminal;
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tokio::net::TcpListener;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::settings::{self, Resolved};
use crate::web::{Server, WEBHOOK_PATH};

/// Threads that carry the server. It waits for GitHub and the disk most of the time, and each has its price
/// in memory.
const MOST_THREADS: usize = 4;

/// How the process ends when it could not start or go on, although its settings look right: whoever runs it
/// may try again. Wrong settings are 2.
const FAILED: u8 = 1;

/// Settings. Each can be given as an environment variable instead, whose name stands in brackets, or in a file
/// that the variable with `_FILE` at its end names. Secrets are better there than on a command line, where
/// others can read them.
#[derive(Debug, Default, Args)]
#[expect(clippy::doc_markdown, reason = "the help is plain text: backticks would show")]
pub(super) struct ServeArgs {
    /// The App's number [GITHUB_APP_ID]
    #[arg(long, value_name = "NUMBER")]
    pub github_app_id: Option<String>,
    /// The App's private key, PEM [GITHUB_APP_PRIVATE_KEY]
    #[arg(long, value_name = "PEM", allow_hyphen_values = true)]
    pub github_app_private_key: Option<String>,
    /// A file with the App's private key [GITHUB_APP_PRIVATE_KEY_FILE]
    #[arg(long, value_name = "FILE")]
    pub github_app_private_key_file: Option<PathBuf>,
    /// The webhook secret; several, comma separated, while one replaces another [GITHUB_WEBHOOK_SECRET]
    #[arg(long, value_name = "SECRETS", allow_hyphen_values = true)]
    pub github_webhook_secret: Option<String>,
    /// A file with the webhook secret [GITHUB_WEBHOOK_SECRET_FILE]
    #[arg(long, value_name = "FILE")]
    pub github_webhook_secret_file: Option<PathBuf>,
    /// GitHub's REST interface [GITHUB_API_URL, default https://api.github.com; GHES https://HOST/api/v3]
    #[arg(long, value_name = "URL")]
    pub github_api_url: Option<String>,
    /// GitHub's GraphQL interface [GITHUB_GRAPHQL_URL, default derived from the REST interface]
    #[arg(long, value_name = "URL")]
    pub github_graphql_url: Option<String>,
    /// The App's OAuth client; nothing signs in yet [GITHUB_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    pub github_client_id: Option<String>,
    /// The App's OAuth client secret; nothing signs in yet [GITHUB_CLIENT_SECRET]
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true)]
    pub github_client_secret: Option<String>,
    /// The database: sqlite:FILE, or postgres://USER:PASSWORD@HOST/NAME for several replicas [DATABASE_URL, default
    /// sqlite:ep-bot.db]
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// A file with the database's URL [DATABASE_URL_FILE]
    #[arg(long, value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,
    /// Where to listen; port 0 is any free one [EP_BOT_LISTEN, default 127.0.0.1:3000]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Under what address others reach the server [EP_BOT_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// How many pull requests are in work at once [EP_BOT_WORKERS, default 4]
    #[arg(long, value_name = "NUMBER")]
    pub workers: Option<String>,
    /// What is logged [RUST_LOG, default info]
    #[arg(long, value_name = "LEVELS")]
    pub log: Option<String>,
}

/// Serves until Ctrl-C or SIGTERM, then finishes the work at hand. 0: it was told to stop; 1: it could not
/// start or listen; 2: a setting is missing or wrong.
pub(super) fn run(args: ServeArgs) -> ExitCode {
    let resolved = settings::resolve(&args, |name| std::env::var_os(name));
    drop(args);
    let Resolved { server, listen, log, .. } = match resolved {
        Ok(resolved) => resolved,
        Err(problems) => {
            for problem in problems {
                anstream::eprintln!("ep-bot: {problem}");
            }
            return ExitCode::from(super::WRONG_USE);
        }
    };
    log_to_stderr(log);
    quiet_panics();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    let served = match runtime {
        Ok(runtime) => runtime.block_on(serve(server, &listen)),
        Err(error) => Err(anyhow::Error::new(error).context("no threads can be started")),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("ep-bot: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

async fn serve(settings: crate::web::Settings, listen: &str) -> anyhow::Result<()> {
    use anyhow::Context;

    // Before anything is taken: a signal in the meantime ends the process by itself.
    let mut stop = Signals::new().context("signals cannot be listened to")?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen} (EP_BOT_LISTEN)"))?;
    let server = Server::start(settings, listener).await?;
    let addr = server.addr();
    super::print(&format!("ep-bot listens on http://{addr} (webhooks: {WEBHOOK_PATH})\n"))?;
    tracing::info!(%addr, version = env!("CARGO_PKG_VERSION"), "listening");
    let signal = stop.recv().await;
    tracing::info!(signal, "finishing the work at hand; a second signal ends it");
    tokio::select! {
        () = server.shutdown() => tracing::info!("stopped"),
        signal = stop.recv() => tracing::warn!(signal, "stopped in the middle; it goes on at the next start"),
    }
    Ok(())
}

/// Ctrl-C and SIGTERM.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(unix)]
    async fn recv(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "Ctrl-C",
        }
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn recv(&mut self) -> &'static str {
        // Without signals there is only the hard way to end the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    }
}

/// Logs go to standard error: for people on a terminal, one JSON object a line for programs.
fn log_to_stderr(filter: EnvFilter) {
    let format = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let format = if std::io::stderr().is_terminal() {
        format.boxed()
    } else {
        format.with_ansi(false).json().flatten_event(true).with_span_list(false).boxed()
    };
    // Only the demo and tests have one already.
    let _ = tracing_subscriber::registry().with(format.with_filter(filter)).try_init();
}

/// A panic's message may quote an EP (a slice out of range does), so only constant ones are logged.
fn quiet_panics() {
    panic::set_hook(Box::new(|panic| {
        let message = panic.payload().downcast_ref::<&'static str>().unwrap_or(&"(not shown)");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, message, "a defect in ep-bot");
    }));
}

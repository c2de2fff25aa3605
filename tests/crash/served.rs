//! `ep-bot serve` as a process of its own, which can be killed, stopped and continued.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ep_bot::simulator::Simulator;
use ep_bot::web::WEBHOOK_PATH;

/// A start takes far less.
const START: Duration = Duration::from_secs(30);

/// A running process; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Served {
    process: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    /// Starts the built program and waits until it listens. What it logs goes to the end of `log`.
    pub(crate) async fn start(github: &Simulator, database: &str, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).expect("a file for the log");
        let mut process = Command::new(env!("CARGO_BIN_EXE_ep-bot"))
            .arg("serve")
            .env("EP_BOT_LISTEN", "127.0.0.1:0")
            .env("GITHUB_APP_ID", github.app_id().to_string())
            .env("GITHUB_APP_PRIVATE_KEY", github.private_key_pem())
            .env("GITHUB_WEBHOOK_SECRET", github.webhook_secret())
            .env("GITHUB_API_URL", github.api_url())
            .env("DATABASE_URL", database)
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("ep-bot starts");
        let mut stdout = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let first = tokio::task::spawn_blocking(move || {
            let mut first = String::new();
            stdout.read_line(&mut first).map(|_| first)
        });
        let first = tokio::time::timeout(START, first).await.expect("it starts in time");
        let first = first.expect("reading does not panic").expect("stdout can be read");
        let address = first.split_whitespace().find(|word| word.starts_with("http://"));
        let address = address.expect("ep-bot listens; its log says why not").to_owned();
        Self { process, address }
    }

    /// Where webhooks are posted to.
    pub(crate) fn hook(&self) -> String {
        format!("{}{WEBHOOK_PATH}", self.address)
    }

    /// Where it listens: `http://HOST:PORT`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// SIGKILL: the process ends wherever it is.
    pub(crate) fn kill(mut self) {
        self.process.kill().expect("a signal can be sent");
        self.process.wait().expect("it ends");
    }

    /// SIGTERM: it finishes what it has in hand.
    pub(crate) async fn leave(mut self) {
        self.signal("-TERM");
        let ended =
            tokio::task::spawn_blocking(move || self.process.wait().map(|ended| ended.success()));
        let ended = tokio::time::timeout(START, ended).await.expect("it ends in time");
        assert!(ended.expect("waiting does not panic").expect("it ends"), "a clean end");
    }

    /// SIGSTOP: nothing of it runs any more.
    pub(crate) fn stop(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT: it goes on as if nothing had been.
    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status();
        assert!(sent.expect("`kill` is there").success(), "{signal} cannot be sent");
    }
}

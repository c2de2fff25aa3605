//! A `PostgreSQL` server for tests: Debian's package, started on a free port of the loopback interface with a
//! folder of its own.
//!
//! The server is the child of a shell that reads from a pipe. When the test's process ends, however it ends,
//! the pipe closes, and the shell stops the server and removes the folder.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// The one user. Its password is needed, so that a test can be refused.
pub(crate) const USER: &str = "ep_bot";
pub(crate) const PASSWORD: &str = "only-for-tests";

/// Answers each word that it is told with `ok`.
const SHELL: &str = r#"
set -eu
port=$1 user=$2 password=$3
bin=
for each in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V); do
  [ -x "$each/initdb" ] && bin=$each
done
if [ -z "$bin" ] && command -v initdb >/dev/null; then bin=$(dirname "$(readlink -f "$(command -v initdb)")"); fi
if [ -z "$bin" ]; then echo missing; exit 1; fi
home=$(mktemp -d "${TMPDIR:-/tmp}/ep-bot-postgres.XXXXXX")
as=
if [ "$(id -u)" -eq 0 ]; then
  # PostgreSQL does not run as root.
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
  chown postgres "$home"
fi
server=
stop() {
  if [ -n "$server" ]; then
    # QUIT is the end without a shutdown: what was not on disk is lost.
    kill "-$1" "$server" 2>/dev/null || :
    wait "$server" 2>/dev/null || :
  fi
  server=
}
trap 'stop QUIT; rm -rf "$home"' EXIT
trap 'exit 1' INT TERM HUP
start() {
  # The server must not hold the pipes open that tell when the test is over.
  $as "$bin/postgres" -D "$home/data" -p "$port" -k "$home" \
    -c listen_addresses=127.0.0.1 -c max_connections=300 -c fsync=off -c full_page_writes=off \
    >>"$home/log" 2>&1 </dev/null &
  server=$!
  tries=0
  until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -t 1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then cat "$home/log" >&2; exit 1; fi
    sleep 0.1
  done
}
printf '%s' "$password" >"$home/password"
[ -z "$as" ] || chown postgres "$home/password"
$as "$bin/initdb" -D "$home/data" -U "$user" --pwfile="$home/password" -A scram-sha-256 \
  -E UTF8 --locale=C --no-sync >"$home/initdb" 2>&1 || { cat "$home/initdb" >&2; exit 1; }
start
echo ok
while read -r word; do
  case $word in
    stop) stop QUIT ;;
    start) start ;;
  esac
  echo ok
done
"#;

/// A running server; stopped and removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    port: u16,
    shell: Child,
    /// Dropped first: the shell ends when it is closed.
    pipes: Option<Mutex<(ChildStdin, BufReader<ChildStdout>)>>,
    databases: AtomicU32,
}

impl Server {
    /// Starts a server of one's own, which can be stopped.
    pub(crate) fn start() -> Self {
        // Free at this moment; taken by another in the next it would be told by the server.
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let mut shell = Command::new("sh")
            .args(["-c", SHELL, "sh", &port.to_string(), USER, PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let stdin = shell.stdin.take().expect("stdin is piped");
        let mut stdout = BufReader::new(shell.stdout.take().expect("stdout is piped"));
        let mut said = String::new();
        stdout.read_line(&mut said).expect("the shell says something");
        match said.trim() {
            "ok" => {}
            "missing" => panic!(
                "these tests need PostgreSQL: `apt-get install postgresql` (tests/run does it), then run again"
            ),
            other => panic!("PostgreSQL did not start ({other:?}); why stands above"),
        }
        let pipes = Some(Mutex::new((stdin, stdout)));
        Self { port, shell, pipes, databases: AtomicU32::new(0) }
    }

    /// The server that the tests of one program share.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Ends the server as a crash would.
    pub(crate) fn stop(&self) {
        self.tell("stop");
    }

    /// Starts it again, on the same port and with its databases.
    pub(crate) fn restart(&self) {
        self.tell("start");
    }

    /// A new and empty database's URL.
    pub(crate) async fn database(&self) -> String {
        let name = format!("fresh_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.administer(&format!("CREATE DATABASE {name}")).await;
        self.url(&name)
    }

    /// Carries out a statement as the administrator.
    pub(crate) async fn administer(&self, statement: &str) {
        let mut connection =
            PgConnection::connect(&self.url("postgres")).await.expect("the server answers");
        connection.execute(AssertSqlSafe(statement.to_owned())).await.expect("it is carried out");
        connection.close().await.expect("a clean end");
    }

    /// The URL of a database of this name.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/{name}", self.port)
    }

    /// Its port on the loopback interface.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn tell(&self, word: &str) {
        let pipes = self.pipes.as_ref().expect("it runs");
        let mut pipes = pipes.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(pipes.0, "{word}").expect("the shell listens");
        let mut said = String::new();
        pipes.1.read_line(&mut said).expect("the shell answers");
        assert_eq!(said.trim(), "ok", "PostgreSQL could not {word}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.pipes.take());
        // It has stopped the server and removed the folder when it ends.
        let _ = self.shell.wait();
    }
}

//! A server on loopback that answers as it is told, also wrongly: it speaks HTTP by hand, since a real server
//! would not lose half an answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::key;
use crate::github::transport::Timing;
use crate::github::{AppConfig, GitHub, InstallationId, Repository, RepositoryName};

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) method: String,
    /// Path and query.
    pub(super) path: String,
    pub(super) authorization: String,
    pub(super) body: Value,
}

impl Received {
    pub(super) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path.starts_with(path)
    }
}

/// What the server does with a request.
pub(super) enum Reply {
    Json(u16, Value),
    With(u16, &'static [(&'static str, &'static str)], Value),
    /// The connection ends without an answer.
    Drop,
    /// Headers and half of the body, then the connection ends.
    Half(Value),
    /// A whole answer whose JSON stops in the middle.
    CutJson(u16, Value),
    /// Headers, then the body after this time.
    Slow(Duration, Value),
}

/// A running server and what it has seen.
pub(super) struct Stub {
    url: String,
    seen: Arc<Mutex<Vec<Received>>>,
}

impl Stub {
    /// Answers by `answer`, which is given the request and how many like it (same method, same path up to
    /// `?`) came before. Requests for a token are answered here, with `token-1`, `token-2`, ….
    pub(super) async fn start(
        answer: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::raw(move |request, before| {
            if request.method == "POST" && request.path.contains("/app/installations/") {
                // Slow enough that parallel callers meet.
                let token = format!("token-{}", before + 1);
                return Reply::Slow(Duration::from_millis(20), minted(&token));
            }
            answer(request, before)
        })
        .await
    }

    /// The same without tokens.
    pub(super) async fn raw(
        answer: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let Ok(listener) = TcpListener::bind("127.0.0.1:0").await else { panic!("no port") };
        let Ok(address) = listener.local_addr() else { panic!("no address") };
        let seen = Arc::new(Mutex::new(Vec::<Received>::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                tokio::spawn(serve(stream, move |request| {
                    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                    let kind = |r: &Received| {
                        let path = r.path.split('?').next().unwrap_or_default().to_owned();
                        (r.method.clone(), path)
                    };
                    let before = log.iter().filter(|r| kind(r) == kind(&request)).count();
                    log.push(request.clone());
                    drop(log);
                    answer(&request, before)
                }));
            }
        });
        Self { url: format!("http://{address}"), seen }
    }

    /// An App of this server, with deadlines for tests.
    pub(super) fn github(&self) -> GitHub {
        self.github_at("")
    }

    /// The same with REST below `path`.
    pub(super) fn github_at(&self, path: &str) -> GitHub {
        let config = AppConfig {
            app_id: 7,
            private_key: key::pkcs1().into(),
            api_url: format!("{}{path}", self.url),
            graphql_url: None,
        };
        let timing = Timing { connect: Duration::from_secs(1), total: Duration::from_secs(1) };
        GitHub::with_timing(&config, timing).unwrap_or_else(|e| panic!("{e}"))
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn repository(&self) -> Repository {
        repository_of(&self.github())
    }

    /// All requests so far.
    pub(super) fn seen(&self) -> Vec<Received> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The requests so far, as `METHOD path` without those for tokens.
    pub(super) fn asked(&self) -> Vec<String> {
        let seen = self.seen().into_iter().filter(|r| !r.path.starts_with("/app/"));
        seen.map(|r| format!("{} {}", r.method, r.path)).collect()
    }

    pub(super) fn minted(&self) -> usize {
        self.seen().iter().filter(|r| r.path.starts_with("/app/")).count()
    }
}

pub(super) fn repository_of(github: &GitHub) -> Repository {
    let name = RepositoryName { owner: "fleet".into(), name: "eps".into() };
    github.repository(InstallationId(9), name)
}

pub(super) fn minted(token: &str) -> Value {
    let end = jiff::Timestamp::now().as_second() + 3_600;
    let end = jiff::Timestamp::from_second(end).map(|t| t.to_string()).unwrap_or_default();
    json!({ "token": token, "expires_at": end })
}

async fn serve(mut stream: TcpStream, answer: impl FnOnce(Received) -> Reply) {
    let Some(request) = read(&mut stream).await else { return };
    let (status, headers, body): (u16, &[(&str, &str)], String) = match answer(request) {
        Reply::Drop => return,
        Reply::Json(status, body) => (status, &[], body.to_string()),
        Reply::With(status, headers, body) => (status, headers, body.to_string()),
        Reply::CutJson(status, body) => {
            let body = body.to_string();
            (status, &[], body[..body.len() / 2].to_owned())
        }
        Reply::Half(body) => {
            let body = body.to_string();
            send(&mut stream, 200, &[], body.len(), &body[..body.len() / 2]).await;
            return;
        }
        Reply::Slow(wait, body) => {
            let body = body.to_string();
            send(&mut stream, 200, &[], body.len(), "").await;
            tokio::time::sleep(wait).await;
            let _ = stream.write_all(body.as_bytes()).await;
            return;
        }
    };
    send(&mut stream, status, headers, body.len(), &body).await;
}

async fn send(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(&str, &str)],
    length: usize,
    body: &str,
) {
    let mut text = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\
         x-github-request-id: AB:12\r\n"
    );
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    text.push_str("\r\n");
    text.push_str(body);
    let _ = stream.write_all(text.as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 65_536];
    loop {
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let header = |name: &str| {
            let mut lines = head.lines().skip(1).filter_map(|l| l.split_once(": "));
            lines.find(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v.to_owned())
        };
        let length: usize = header("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
        if bytes.len() < end + 4 + length {
            continue;
        }
        let mut first = head.lines().next()?.split(' ');
        return Some(Received {
            method: first.next()?.to_owned(),
            path: first.next()?.to_owned(),
            authorization: header("authorization").unwrap_or_default(),
            body: serde_json::from_slice(&bytes[end + 4..]).unwrap_or_default(),
        });
    }
}

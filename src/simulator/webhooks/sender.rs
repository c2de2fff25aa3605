//! Sends what is in the outbox, one after the other.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::{Delivery, signature};
use crate::simulator::server::Shared;

/// GitHub ends the connection after ten seconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is kept.
const ANSWER_LIMIT_BYTES: usize = 64 * 1024;

/// Why a webhook did not arrive.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("the webhook's address is not http://HOST:PORT/PATH")]
    Address,
    #[error("failed to connect to host")]
    Connect(#[source] std::io::Error),
    #[error("failed to send the webhook")]
    Http(#[from] hyper::Error),
    #[error("the webhook cannot be written as a request")]
    Request(#[from] hyper::http::Error),
    #[error("timed out")]
    TimedOut,
}

/// Sends until it is told to stop.
pub(crate) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    let bell = shared.lock().hooks.bell.clone();
    loop {
        let next = {
            let mut world = shared.lock();
            let next = world.hooks.outbox.pop_front();
            world.hooks.sending = next.is_some();
            let now = world.now();
            let hooks = &world.hooks;
            if next.is_none() {
                hooks.quiet.notify_waiters();
            }
            let (url, secret) = (hooks.url.clone(), world.app.webhook_secret.clone());
            next.map(|d| (Delivery { delivered_at: now, ..d }, url.unwrap_or_default(), secret))
        };
        let Some((delivery, url, secret)) = next else {
            tokio::select! {
                () = bell.notified() => continue,
                () = stop.cancelled() => return,
            }
        };
        let sent = tokio::select! {
            sent = tokio::time::timeout(PATIENCE, post(&delivery, &url, &secret)) => sent,
            () = stop.cancelled() => return,
        };
        let done = match sent.unwrap_or(Err(SendError::TimedOut)) {
            Ok((status_code, answer)) => Delivery {
                status_code,
                status: if (200..400).contains(&status_code) {
                    "OK"
                } else {
                    "Invalid HTTP Response"
                }
                .to_owned(),
                answer: Some(answer),
                ..delivery
            },
            Err(error) => Delivery { status_code: 0, status: error.to_string(), ..delivery },
        };
        shared.lock().hooks.log.push(done);
    }
}

/// Posts a webhook; gives the status and the beginning of the answer.
async fn post(delivery: &Delivery, url: &str, secret: &str) -> Result<(u16, String), SendError> {
    let rest = url.strip_prefix("http://").ok_or(SendError::Address)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let stream = TcpStream::connect(host).await.map_err(SendError::Connect)?;
    let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let body = Bytes::from(delivery.payload.to_string());
    let mut request = hyper::Request::post(format!("/{path}"))
        .header("host", host)
        .header("connection", "close")
        .header("x-hub-signature-256", signature(secret, &body));
    for (name, value) in delivery.headers() {
        request = request.header(name, value);
    }
    let answer = client.send_request(request.body(Full::new(body))?).await?;
    let status = answer.status().as_u16();
    let text = Limited::new(answer.into_body(), ANSWER_LIMIT_BYTES)
        .collect()
        .await
        .map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned())
        .unwrap_or_default();
    connection.abort();
    Ok((status, text))
}

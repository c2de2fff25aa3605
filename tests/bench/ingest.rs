//! Taking deliveries: durable ingest of signed 23 KB payloads over 64 connections, beside an axum handler on the same
//! runtime that only checks the signature; and the latency at 200 deliveries a second, sent on a schedule whatever the
//! answers do.
//!
//! `cargo bench --bench ingest` prints rates of one run and their ratio. Aims: at least half the handler's rate, and a
//! 99th percentile below 3 ms.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes as Body;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use ep_bot::bot::{Clock, Pace};
use ep_bot::github::AppConfig;
use ep_bot::github::webhook::verify;
use ep_bot::web::{Server, Settings, WEBHOOK_PATH};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use secrecy::SecretString;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "only-for-benches";
const CONNECTIONS: usize = 64;
const SIZE: usize = 23_000;
const SPAN: Duration = Duration::from_secs(4);
const ROUNDS: usize = 3;
const PER_SECOND: u64 = 200;

/// A delivery of a pull request of its own, signed once.
struct Delivery {
    body: Bytes,
    signature: String,
}

#[tokio::main]
async fn main() {
    let deliveries: Arc<Vec<Delivery>> = Arc::new((1..=CONNECTIONS).map(delivery).collect());
    let floor = floor().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = serve(&folder).await;
    let ours = server.addr();
    let (mut floors, mut rates) = (Vec::new(), Vec::new());
    // Taken in turns, so that a noisy machine disturbs both alike.
    for _ in 0..ROUNDS {
        floors.push(rate(floor, &deliveries).await);
        rates.push(rate(ours, &deliveries).await);
    }
    let (floor_rate, our_rate) = (median(&mut floors), median(&mut rates));
    println!("{CONNECTIONS} connections, {SIZE} bytes each, load generator on the same cores");
    println!("signature only:  {floor_rate:9.0} deliveries/s");
    println!("durable ingest:  {our_rate:9.0} deliveries/s");
    println!("ratio:           {:9.2}  (aim: at least 0.5)", our_rate / floor_rate);
    let mut times = open_loop(ours, &deliveries).await;
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1000].as_secs_f64() * 1e3;
    println!(
        "{PER_SECOND}/s on a schedule: median {:.2} ms, 99 % {:.2} ms (aim: below 3), longest {:.2} ms",
        at(500),
        at(990),
        at(1000)
    );
    server.shutdown().await;
}

fn delivery(number: usize) -> Delivery {
    let mut payload = json!({
        "action": "synchronize",
        "number": number,
        "pull_request": {
            "number": number, "state": "open", "title": "Ship to shore",
            "head": { "sha": format!("{number:040x}"), "ref": "idea" },
            "base": { "sha": format!("{:040x}", 7), "ref": "main" },
        },
        "repository": { "id": 22, "name": "enhancements", "owner": { "login": "example-org" } },
        "installation": { "id": 11 },
        "sender": { "login": "alice", "type": "User" },
    });
    // What GitHub sends is mostly addresses, which nobody here reads.
    let mut links = serde_json::Map::new();
    while payload.to_string().len()
        + links.iter().map(|(k, v)| k.len() + v.to_string().len() + 4).sum::<usize>()
        < SIZE
    {
        let name = format!("link_{}_url", links.len());
        links.insert(
            name,
            json!(format!(
                "https://api.github.com/repos/example-org/enhancements/pulls/{number}/{}",
                links.len()
            )),
        );
    }
    payload["pull_request"]["_links"] = links.into();
    let body = payload.to_string();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = aws_lc_rs::hmac::sign(&key, body.as_bytes());
    let signature = format!("sha256={}", hex::encode(tag.as_ref()));
    Delivery { body: body.into(), signature }
}

/// A handler that checks the signature and nothing else.
async fn floor() -> SocketAddr {
    let secrets: Arc<[SecretString]> = Arc::new([SECRET.into()]);
    let handler = move |headers: HeaderMap, body: Body| {
        let secrets = Arc::clone(&secrets);
        async move {
            let signature = headers.get("x-hub-signature-256").and_then(|v| v.to_str().ok());
            match verify(&secrets, &body, signature.unwrap_or_default()) {
                Ok(()) => StatusCode::ACCEPTED,
                Err(_) => StatusCode::UNAUTHORIZED,
            }
        }
    };
    let app = axum::Router::new()
        .route(WEBHOOK_PATH, axum::routing::post(handler))
        .layer(axum::extract::DefaultBodyLimit::max(25 << 20));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    addr
}

/// The server itself, on a database of its own. Its GitHub takes connections and does not answer: workers wait for it, as
/// they do nearly all of a review's time. (Where it refused connections, reviews would fail within a millisecond and be
/// due again with the next delivery: hundreds of tries a second that never are.)
async fn serve(folder: &tempfile::TempDir) -> Server {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let github = silent.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok(connection) = silent.accept().await {
            open.push(connection);
        }
    });
    let key = key_of_the_moment();
    let settings = Settings {
        app: AppConfig {
            app_id: 7,
            private_key: key.into(),
            api_url: format!("http://{github}"),
            graphql_url: None,
        },
        webhook_secrets: vec![SECRET.into()],
        database_url: format!("sqlite:{}", folder.path().join("ep-bot.db").display()).into(),
        pace: Pace::default(),
        clock: Clock::default(),
        recovery: None,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    Server::start(settings, listener).await.expect("a server")
}

/// A key of the moment, as the simulator makes them.
fn key_of_the_moment() -> String {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use base64::Engine;
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der: Pkcs8V1Der<'_> = pair.as_der().expect("its bytes");
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

async fn connect(addr: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(addr).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP");
    tokio::spawn(connection);
    sender
}

static GUID: AtomicUsize = AtomicUsize::new(0);

async fn send(sender: &mut SendRequest<Full<Bytes>>, delivery: &Delivery) {
    let guid = GUID.fetch_add(1, Ordering::Relaxed);
    let request = Request::post(WEBHOOK_PATH)
        .header("host", "127.0.0.1")
        .header("x-github-event", "pull_request")
        .header("x-github-delivery", format!("00000000-0000-4000-8000-{guid:012x}"))
        .header("x-hub-signature-256", &delivery.signature)
        .header("content-type", "application/json")
        .body(Full::new(delivery.body.clone()))
        .expect("a request");
    let answer = sender.send_request(request).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    answer.into_body().collect().await.expect("its body");
}

/// Deliveries a second, as many as go.
async fn rate(addr: SocketAddr, deliveries: &Arc<Vec<Delivery>>) -> f64 {
    let count = Arc::new(AtomicUsize::new(0));
    let end = Instant::now() + SPAN;
    let mut senders = Vec::new();
    for connection in 0..CONNECTIONS {
        let (deliveries, count) = (Arc::clone(deliveries), Arc::clone(&count));
        senders.push(tokio::spawn(async move {
            let mut sender = connect(addr).await;
            while Instant::now() < end {
                send(&mut sender, &deliveries[connection]).await;
                count.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    for sender in senders {
        sender.await.expect("a sender");
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let count = count.load(Ordering::Relaxed) as f64;
    count / SPAN.as_secs_f64()
}

/// The times from when each delivery was due to its answer.
async fn open_loop(addr: SocketAddr, deliveries: &Arc<Vec<Delivery>>) -> Vec<Duration> {
    let start = Instant::now() + Duration::from_millis(50);
    let mut senders = Vec::new();
    // Eight connections take turns: none is due while the one before it is on its way.
    for connection in 0..8_u64 {
        let deliveries = Arc::clone(deliveries);
        senders.push(tokio::spawn(async move {
            let mut sender = connect(addr).await;
            let mut times = Vec::new();
            for turn in 0..(PER_SECOND * SPAN.as_secs() / 8) {
                let nth = u32::try_from(turn * 8 + connection).unwrap_or(u32::MAX);
                let due =
                    start + Duration::from_secs(1) * nth / u32::try_from(PER_SECOND).unwrap_or(1);
                tokio::time::sleep_until(due.into()).await;
                send(&mut sender, &deliveries[usize::try_from(connection).unwrap_or(0)]).await;
                times.push(due.elapsed());
            }
            times
        }));
    }
    let mut all = Vec::new();
    for sender in senders {
        all.extend(sender.await.expect("a sender"));
    }
    all
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

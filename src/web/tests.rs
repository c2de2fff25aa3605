//! Each answer by real HTTP on loopback, with real signatures.

use std::time::Duration;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::bot::{Answer, Clock, Job, Pace, Trouble};
use crate::github::AppConfig;
use crate::store::{Claimed, Store};

/// A secret of one test, made from its name so that none looks like a real one.
fn secret(name: &str) -> String {
    format!("made for the test: {name}")
}

/// A job that answers at once.
struct Nothing;

impl Job for Nothing {
    async fn answer(&self, _: Claimed) -> Result<Answer, Trouble> {
        Ok(Answer::Settled { head: None })
    }

    async fn explain(&self, _: Claimed, _: &Trouble) -> Result<(), Trouble> {
        Ok(())
    }
}

/// The router on a port of its own.
struct Site {
    url: String,
    address: std::net::SocketAddr,
    store: Store,
    workers: Arc<Workers>,
    client: Client,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("ep-bot.db").display());
        let store = Store::open(&url).await.expect("a fresh database");
        let inbox = Inbox::new(store.clone(), Clock::default(), 1);
        let workers = Arc::new(Workers::start(inbox.clone(), Nothing, Pace::default()));
        let secrets = Secrets([secret("old").into(), secret("new").into()].into());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let app = AppConfig {
            app_id: 1,
            private_key: private_key().into(),
            api_url: "http://127.0.0.1:1".into(),
            graphql_url: None,
        };
        let github = GitHub::new(&app).expect("sound settings");
        let router = router(Shared { secrets, inbox, workers: Arc::clone(&workers), github });
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = Client::builder().timeout(Duration::from_secs(20)).build().expect("a client");
        Self { url: format!("http://{address}"), address, store, workers, client, _folder: folder }
    }

    /// A delivery with every header, signed with `secret`.
    fn delivery(&self, event: &str, guid: &str, secret: &str, body: &[u8]) -> RequestBuilder {
        self.client
            .post(format!("{}{WEBHOOK_PATH}", self.url))
            .header("content-type", "application/json")
            .header("x-github-event", event)
            .header("x-github-delivery", guid)
            .header("x-hub-signature-256", signature(secret, body))
            .body(body.to_vec())
    }

    async fn deliver(&self, event: &str, guid: &str, body: &Value) -> (StatusCode, Value) {
        sent(self.delivery(event, guid, &secret("new"), body.to_string().as_bytes())).await
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let answer =
            self.client.get(format!("{}{path}", self.url)).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("a text"))
    }
}

fn signature(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", hex::encode(hmac::sign(&key, body)))
}

async fn sent(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    (status, answer.json().await.expect("a JSON body"))
}

fn opened() -> Value {
    json!({
        "action": "opened",
        "installation": { "id": 7 },
        "repository": { "id": 22, "name": "enhancements", "owner": { "login": "fleet" } },
        "pull_request": {
            "number": 5, "state": "open", "head": { "sha": "aa" }, "base": { "ref": "main" },
        },
    })
}

#[tokio::test]
async fn a_signed_delivery_is_accepted_and_worked_on_and_its_repetition_is_told() {
    let site = Site::new().await;
    let accepted = (StatusCode::ACCEPTED, json!({ "status": "accepted" }));
    assert_eq!(site.deliver("pull_request", "guid-1", &opened()).await, accepted);
    tokio::time::timeout(Duration::from_secs(20), site.workers.idle())
        .await
        .expect("it is worked on");
    let repeated = (StatusCode::ACCEPTED, json!({ "status": "repeated" }));
    assert_eq!(site.deliver("pull_request", "guid-1", &opened()).await, repeated);
    let body = opened().to_string();
    let by_the_old_secret =
        site.delivery("pull_request", "guid-2", &secret("old"), body.as_bytes());
    assert_eq!(sent(by_the_old_secret).await, accepted);
}

#[tokio::test]
async fn what_is_not_ours_is_accepted_and_ignored() {
    let site = Site::new().await;
    let mut labeled = opened();
    labeled["action"] = json!("labeled");
    for (event, body) in [
        ("ping", json!({ "zen": "Keep it simple." })),
        ("star", json!({ "installation": "of another shape" })),
        ("an event of next year", json!([1, 2, 3])),
        ("pull_request", labeled),
    ] {
        let (status, answer) = site.deliver(event, "guid", &body).await;
        assert_eq!(
            (status, &answer["status"]),
            (StatusCode::ACCEPTED, &json!("ignored")),
            "{event}"
        );
    }
    assert_eq!(site.store.owed().await.ok(), Some(0));
}

#[tokio::test]
async fn a_wrong_signature_is_401_whatever_else_is_wrong() {
    let site = Site::new().await;
    let (body, other) = (b"no JSON at all".as_slice(), b"another body".as_slice());
    let by_another = site.delivery("pull_request", "guid", &secret("stranger"), body);
    let of_another = site.delivery("pull_request", "guid", &secret("new"), other).body(body);
    let bare = site.delivery("ping", "guid", &secret("stranger"), body);
    for request in [by_another, of_another, bare] {
        let (status, answer) = sent(request).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        let error = answer["error"].as_str().unwrap_or_default();
        assert!(error.contains("GITHUB_WEBHOOK_SECRET"), "{error}");
    }
    let malformed = site
        .client
        .post(format!("{}{WEBHOOK_PATH}", site.url))
        .header("x-github-event", "ping")
        .header("x-github-delivery", "guid")
        .header("x-hub-signature-256", "sha1=00")
        .body("{}");
    assert_eq!(sent(malformed).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_missing_header_is_400_and_named() {
    let site = Site::new().await;
    for missing in ["X-GitHub-Event", "X-GitHub-Delivery", "X-Hub-Signature-256"] {
        let mut request = site.client.post(format!("{}{WEBHOOK_PATH}", site.url)).body("{}");
        for (name, value) in [
            ("X-GitHub-Event", "ping".to_owned()),
            ("X-GitHub-Delivery", "guid".to_owned()),
            ("X-Hub-Signature-256", signature(&secret("new"), b"{}")),
        ] {
            if name != missing {
                request = request.header(name, value);
            }
        }
        let (status, answer) = sent(request).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{missing}");
        assert!(answer["error"].as_str().is_some_and(|e| e.contains(missing)), "{answer}");
    }
    let (status, _) = site.deliver("ping", &"g".repeat(101), &json!({})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "no delivery has such a number");
}

#[tokio::test]
async fn a_signed_payload_that_cannot_be_read_is_400_and_a_form_is_415() {
    let site = Site::new().await;
    let (status, answer) =
        site.deliver("pull_request", "guid", &json!({ "action": "opened" })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer["error"].as_str().is_some_and(|e| e.contains("pull_request")), "{answer}");
    let form = site
        .client
        .post(format!("{}{WEBHOOK_PATH}", site.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-github-event", "ping")
        .header("x-github-delivery", "guid")
        .header("x-hub-signature-256", signature(&secret("new"), b"payload=%7B%7D"))
        .body("payload=%7B%7D");
    let (status, answer) = sent(form).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(answer["error"].as_str().is_some_and(|e| e.contains("application/json")), "{answer}");
}

#[tokio::test]
async fn a_body_up_to_the_cap_is_taken_and_a_larger_one_is_413() {
    let site = Site::new().await;
    let mut payload = opened();
    payload["padding"] = json!("");
    let rest = delivery::BODY_CAP - payload.to_string().len();
    payload["padding"] = json!("x".repeat(rest));
    let (status, answer) = site.deliver("pull_request", "guid", &payload).await;
    assert_eq!((status, &answer["status"]), (StatusCode::ACCEPTED, &json!("accepted")));

    // Announced, it is refused before it is sent.
    let head = format!(
        "POST {WEBHOOK_PATH} HTTP/1.1\r\nhost: here\r\nx-github-event: ping\r\nx-github-delivery: g\r\n\
         x-hub-signature-256: sha256=00\r\ncontent-length: {}\r\n\r\n",
        delivery::BODY_CAP + 1
    );
    assert!(raw(&site, head.as_bytes()).await.starts_with("HTTP/1.1 413 "));

    // Not announced, it is refused at the cap.
    let mut endless = head
        .replace(
            &format!("content-length: {}", delivery::BODY_CAP + 1),
            "transfer-encoding: chunked",
        )
        .into_bytes();
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, "x".repeat(1 << 20));
    for _ in 0..=25 {
        endless.extend_from_slice(chunk.as_bytes());
    }
    assert!(raw(&site, &endless).await.starts_with("HTTP/1.1 413 "));
}

/// Sends bytes and reads the beginning of the answer, which may come before they are all sent.
async fn raw(site: &Site, bytes: &[u8]) -> String {
    let (mut from, mut to) =
        TcpStream::connect(site.address).await.expect("a connection").into_split();
    let bytes = bytes.to_vec();
    let sending = tokio::spawn(async move { to.write_all(&bytes).await.map(|()| to) });
    let mut answer = vec![0; 200];
    let read = tokio::time::timeout(Duration::from_secs(20), from.read(&mut answer)).await;
    answer.truncate(read.expect("in time").expect("an answer"));
    sending.abort();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn without_its_database_the_server_takes_nothing_and_says_that_it_is_not_ready() {
    let site = Site::new().await;
    assert_eq!(site.get("/readyz").await.0, StatusCode::OK);
    site.store.close().await;
    let (status, answer) = site.deliver("pull_request", "guid", &opened()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer["error"].as_str().is_some_and(|e| e.contains("not taken")), "{answer}");
    let (status, body) = site.get("/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("cannot be written to"), "{body}");
    assert_eq!(site.get("/healthz").await.0, StatusCode::OK, "the process itself is well");
    let (status, metrics) = site.get("/metrics").await;
    assert_eq!(status, StatusCode::OK, "what was counted is told all the same");
    assert!(metrics.contains("ep_bot_database_up 0\n"), "{metrics}");
    let lost = "ep_bot_deliveries_total{event=\"pull_request\",outcome=\"database\"} 1\n";
    assert!(metrics.contains(lost), "{metrics}");
}

#[tokio::test]
async fn without_its_workers_the_server_is_not_ready() {
    let site = Site::new().await;
    site.workers.stop(Duration::from_secs(5)).await;
    let (status, body) = site.get("/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("stopped"), "{body}");
}

#[tokio::test]
async fn the_front_page_says_what_this_is_and_nothing_else_is_there() {
    let site = Site::new().await;
    let (status, body) = site.get("/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.starts_with("ep-bot ") && body.ends_with('\n'), "{body}");
    assert_eq!(site.get("/admin").await.0, StatusCode::NOT_FOUND);
    assert_eq!(site.get(WEBHOOK_PATH).await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_server_starts_takes_a_delivery_and_keeps_it_when_it_is_shut_down() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database_url = format!("sqlite:{}", folder.path().join("ep-bot.db").display());
    // A port that nobody listens on any more: GitHub is away.
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let api_url = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let settings = Settings {
        app: AppConfig { app_id: 1, private_key: private_key().into(), api_url, graphql_url: None },
        webhook_secrets: vec![secret("new").into()],
        database_url: database_url.clone().into(),
        pace: Pace::default(),
        clock: Clock::default(),
        recovery: None,
    };
    assert!(!format!("{settings:?}").contains("made for the test"), "no secret in Debug");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let server = Server::start(settings, listener).await.expect("a server");
    let body = opened().to_string();
    let taken = Client::new()
        .post(format!("http://{}{WEBHOOK_PATH}", server.addr()))
        .header("x-github-event", "pull_request")
        .header("x-github-delivery", "guid")
        .header("x-hub-signature-256", signature(&secret("new"), body.as_bytes()))
        .body(body)
        .send()
        .await;
    assert_eq!(taken.expect("an answer").status(), StatusCode::ACCEPTED);
    let address = server.addr();
    tokio::time::timeout(Duration::from_secs(25), server.shutdown()).await.expect("it ends");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    let store = Store::open(&database_url).await.expect("the same file");
    assert_eq!(store.owed().await.ok(), Some(1), "it is tried again by the next process");
}

/// A key made now, in PEM.
fn private_key() -> String {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der = pair.as_der().expect("its bytes");
    let label = "PRIVATE KEY";
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der.as_ref()))
}

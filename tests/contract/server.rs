//! GitHub's own webhook examples against the running server: signed, over HTTP, as GitHub sends them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::Router;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ep_bot::bot::{Clock, Pace};
use ep_bot::github::AppConfig;
use ep_bot::web::{Server, Settings, WEBHOOK_PATH};
use secrecy::SecretString;
use tokio::net::TcpListener;

use crate::support::webhooks::{Example, examples};

const SECRET: &str = "made for this test";

/// The whole exchange may take this long before it counts as hung. It takes about a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// A key of this run, as PEM.
fn private_key() -> SecretString {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("the machine gives random numbers");
    let der = pair.as_der().expect("a key can be written down");
    let lines: Vec<String> = STANDARD
        .encode(der.as_ref())
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let label = "PRIVATE KEY";
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")).into()
}

/// A GitHub that knows nothing: what the examples speak of is not there any more.
async fn forgetful_github() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback is there");
    let address = listener.local_addr().expect("it is bound");
    let answer = || async { (StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#) };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    format!("http://{address}")
}

/// Panics outside of the tests, from now on: the server catches its own, so they must be listened for.
fn listen_for_panics() -> Arc<Mutex<Vec<String>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (ear, before) = (Arc::clone(&heard), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| {
        // Another test's failed assertion is that test's own business.
        if info.location().is_none_or(|place| !place.file().starts_with("tests")) {
            ear.lock().unwrap_or_else(PoisonError::into_inner).push(info.to_string());
        }
        before(info);
    }));
    heard
}

/// Sends one example as GitHub does; what the server answers, as status and its word for it.
async fn deliver(
    client: &reqwest::Client,
    url: &str,
    guid: &str,
    example: &Example,
) -> (u16, String) {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = hex::encode(hmac::sign(&key, example.body.as_bytes()));
    let answer = client
        .post(url)
        .header("Content-Type", "application/json")
        .header("User-Agent", "GitHub-Hookshot/0000000")
        .header("X-GitHub-Delivery", guid)
        .header("X-GitHub-Event", &example.event)
        .header("X-Hub-Signature-256", format!("sha256={signature}"))
        .body(example.body.clone())
        .send()
        .await
        .unwrap_or_else(|error| panic!("{}: no answer: {error}", example.name));
    let status = answer.status().as_u16();
    (status, answer.text().await.unwrap_or_default())
}

#[tokio::test]
async fn every_example_is_taken_and_none_makes_the_server_panic() {
    let panics = listen_for_panics();
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let database = folder.path().join("ep-bot.db");
    let settings = Settings {
        app: AppConfig {
            app_id: 1,
            private_key: private_key(),
            api_url: forgetful_github().await,
            graphql_url: None,
        },
        webhook_secrets: vec![SECRET.into()],
        database_url: format!("sqlite:{}", database.display()).into(),
        pace: Pace::default(),
        clock: Clock::default(),
        recovery: None,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback is there");
    let server = Server::start(settings, listener).await.expect("the server starts");
    let url = format!("http://{}{WEBHOOK_PATH}", server.addr());
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .build()
        .expect("a client without TLS can be built");

    let work = async {
        let (mut refused, mut accepted) = (Vec::new(), 0);
        for (index, example) in examples().iter().enumerate() {
            let guid = format!("00000000-0000-4000-8000-{index:012}");
            let (status, text) = deliver(&client, &url, &guid, example).await;
            if !(200..300).contains(&status) {
                refused.push(format!("{}: {status} {text}", example.name));
            }
            accepted += usize::from(text.contains("accepted"));
            let again = deliver(&client, &url, &guid, example).await;
            assert!(!again.1.contains("accepted"), "{}: taken twice", example.name);
        }
        assert!(refused.is_empty(), "{}", refused.join("\n"));
        assert!(accepted > 0, "no example was work for the bot");
        let health = client.get(url.replace(WEBHOOK_PATH, "/readyz")).send().await;
        assert_eq!(
            health.map(|answer| answer.status().as_u16()).ok(),
            Some(200),
            "not ready any more"
        );
    };
    tokio::time::timeout(PATIENCE, work).await.expect("the server answers in time");
    tokio::time::timeout(PATIENCE, server.shutdown()).await.expect("the server stops in time");

    let panics = panics.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(panics.is_empty(), "{}", panics.join("\n"));
}

//! What is sent to the webhook: by GitHub, twice, by strangers.

use ep_bot::simulator::signature;
use ep_bot::web::WEBHOOK_PATH;
use reqwest::{Client, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::story::tell;
use super::{PATH, ready};

#[tokio::test]
async fn a_delivery_that_is_sent_again_changes_nothing() {
    tell(async |story| {
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        let asked = story.asked();
        let deliveries = story.github.deliveries();
        let opened = deliveries.iter().find(|d| d.action.as_deref() == Some("opened"));
        let guid = &opened.expect("it was sent").guid;
        for _ in 0..3 {
            assert!(story.github.redeliver(guid));
        }
        story.settle().await;
        assert!(story.github.deliveries().iter().all(|d| d.status_code == 202));
        assert_eq!(story.conclusion(head), "success");
        assert_eq!(story.asked(), asked, "GitHub is not even asked");
    })
    .await;
}

#[tokio::test]
async fn what_github_did_not_send_is_refused_and_what_is_not_ours_is_let_be() {
    tell(async |story| {
        let url = format!("http://{}{WEBHOOK_PATH}", story.address());
        let secret = story.github.webhook_secret();
        let client = Client::builder().no_proxy().build().expect("a client");
        let send = async |event: &str, signature: Option<String>, body: Vec<u8>| {
            let mut request = client
                .post(&url)
                .header("content-type", "application/json")
                .header("x-github-event", event)
                .header("x-github-delivery", format!("guid of {event}"))
                .body(body);
            if let Some(signature) = signature {
                request = request.header("x-hub-signature-256", signature);
            }
            request.send().await.expect("an answer").status()
        };
        let body = b"{\"action\":\"created\"}".to_vec();
        let signed = |body: &[u8]| Some(signature(&secret, body));
        let stranger = Some(signature("a stranger's", &body));
        assert_eq!(send("pull_request", stranger, body.clone()).await, StatusCode::UNAUTHORIZED);
        assert_eq!(send("pull_request", None, body.clone()).await, StatusCode::BAD_REQUEST);
        assert_eq!(send("star", signed(&body), body.clone()).await, StatusCode::ACCEPTED);
        assert_eq!(story.asked(), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_body_of_more_than_25_mib_is_refused_and_the_next_delivery_is_taken() {
    tell(async |story| {
        // Announced is enough: a client that sends it all may find the connection closed before the answer.
        let head = format!(
            "POST {WEBHOOK_PATH} HTTP/1.1\r\nhost: bot\r\nx-github-event: push\r\n\
             x-github-delivery: large\r\nx-hub-signature-256: sha256=00\r\n\
             content-length: {}\r\n\r\n",
            25 * 1024 * 1024 + 1
        );
        let mut stream = TcpStream::connect(story.address()).await.expect("a connection");
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let mut answer = [0; 13];
        stream.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 413 ");
        let (_, head) = story.propose(&[(PATH, Some(ready()))]).await;
        assert_eq!(story.conclusion(head), "success");
    })
    .await;
}

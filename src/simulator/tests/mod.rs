//! Tests over HTTP: a small client, and a repository to look at.

mod auth;
mod checks;
pub(super) mod contract;
mod conversation;
mod faults;
mod graphql;
mod reading;
mod webhooks;

use std::path::Path;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Sha, Simulator};

/// The repository of most tests.
const REPO: &str = "example-org/enhancements";

/// An answer, read whole.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }
}

/// A simulator with the App installed on `example-org`, one repository and a token for it.
struct Setting {
    github: Simulator,
    installation: u64,
    token: String,
    http: reqwest::Client,
}

impl Setting {
    async fn new() -> Self {
        let github = Simulator::start().await.expect("a free port");
        let installation = github.install("example-org");
        github.create_repository(REPO);
        let http = reqwest::Client::builder()
            .user_agent("tests")
            .no_proxy()
            .build()
            .expect("a plain client");
        let mut setting = Self { github, installation, token: String::new(), http };
        setting.token = setting.mint(json!({})).await;
        setting
    }

    fn jwt(&self) -> String {
        let now = jiff::Timestamp::now().as_second();
        let claims = json!({
            "iss": self.github.app_id().to_string(), "iat": now - 60, "exp": now + 500,
        });
        let key = EncodingKey::from_rsa_pem(self.github.private_key_pem().as_bytes())
            .expect("the simulator's key is RSA in PEM");
        encode(&Header::new(Algorithm::RS256), &claims, &key).expect("signed")
    }

    async fn mint(&self, body: Value) -> String {
        let path = format!("/app/installations/{}/access_tokens", self.installation);
        let answer = self.send(Method::POST, &path, Some(&self.jwt()), Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["token"].as_str().expect("a token").to_owned()
    }

    async fn try_send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.http.request(method, format!("{}{path}", self.github.api_url()));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Answer { status, headers, body })
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        self.try_send(method, path, token, body).await.expect("an answer")
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Some(&self.token), None).await
    }

    /// A path below the repository.
    async fn repo(&self, path: &str) -> Answer {
        self.get(&format!("/repos/{REPO}{path}")).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let path = format!("/repos/{REPO}{path}");
        self.send(Method::POST, &path, Some(&self.token), Some(body)).await
    }

    async fn patch(&self, path: &str, body: Value) -> Answer {
        let path = format!("/repos/{REPO}{path}");
        self.send(Method::PATCH, &path, Some(&self.token), Some(body)).await
    }

    async fn graphql(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        self.send(Method::POST, "/graphql", Some(&self.token), Some(body)).await.body
    }

    /// A pull request that adds one EP; gives its number and head.
    fn pull_request(&self) -> (u64, Sha) {
        let head = self.github.commit(
            REPO,
            "idea",
            &[("enhancements/EP-0001.md", Some(b"# EP-0001: Idea\n\n## Summary\n\nText.\n"))],
            "Propose",
        );
        (self.github.open_pull_request(REPO, "idea"), head)
    }
}

impl Drop for Setting {
    /// Every answer of every test has to be one that GitHub could give.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        for request in self.github.requests() {
            let (Some(template), Some(status)) = (request.template, request.status) else {
                continue;
            };
            if template == "/graphql" || request.fault.is_some() {
                continue;
            }
            let body = Some(&request.answer).filter(|b| !b.is_null());
            let complaints = contract::complaints(&request.method, template, status, body);
            assert!(complaints.is_empty(), "{} {status}: {complaints:#?}", request.operation_key());
        }
    }
}

#[test]
fn the_contract_is_in_its_place() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/contract");
    assert!(path.join("github-openapi-subset.json").is_file());
}

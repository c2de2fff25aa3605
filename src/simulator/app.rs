//! The App that is registered at the simulated GitHub: its key and the tokens it signs.

use std::fmt;
use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value;

/// GitHub refuses an App token that lives longer.
const LONGEST_LIFE_SECONDS: i64 = 600;
/// How far ahead of GitHub's clock `iat` may be.
const CLOCK_DRIFT_SECONDS: i64 = 60;
/// A PKCS#8 RSA key of 2,048 bits is the PKCS#1 key behind this many bytes of header.
const PKCS8_HEADER_BYTES: usize = 26;

/// What a PKCS#1 key is called in PEM.
const PEM_LABEL: &str = "RSA PRIVATE KEY";

/// Why no key could be made; it has no detail.
#[derive(Debug, thiserror::Error)]
#[error("the App's RSA key could not be generated")]
pub(crate) struct KeyError;

/// The registered App.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) id: u64,
    pub(crate) client_id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) client_secret: String,
    pub(crate) webhook_secret: String,
    /// Events that the App listens to; installation events come always.
    pub(crate) events: Vec<String>,
    /// What the App asks for.
    pub(crate) permissions: Value,
    pub(crate) created_at: Timestamp,
    keys: Keys,
}

/// The App's key pair.
#[derive(Clone)]
pub(crate) struct Keys {
    private_key_pem: String,
    public_key: Vec<u8>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    fn generate() -> Result<Self, KeyError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError)?;
        let der = pair.as_der().map_err(|_| KeyError)?;
        let pkcs1 = der.as_ref().get(PKCS8_HEADER_BYTES..).ok_or(KeyError)?;
        Ok(Self { private_key_pem: pem(pkcs1), public_key: pair.public_key().as_ref().to_vec() })
    }

    /// The key pair of this process. A new one takes a tenth of a second and more: simulators share it.
    pub(crate) fn of_process() -> Result<Self, KeyError> {
        static KEYS: OnceLock<Keys> = OnceLock::new();
        if let Some(keys) = KEYS.get() {
            return Ok(keys.clone());
        }
        let new = Self::generate()?;
        Ok(KEYS.get_or_init(|| new).clone())
    }
}

impl App {
    pub(crate) fn new(keys: Keys, created_at: Timestamp) -> Self {
        Self {
            id: 4242,
            client_id: "Iv23liSimulatedApp00".to_owned(),
            slug: "ep-bot".to_owned(),
            name: "EP bot".to_owned(),
            owner: "example-org".to_owned(),
            client_secret: random_hex(),
            webhook_secret: random_hex(),
            events: [
                "check_run",
                "check_suite",
                "issue_comment",
                "merge_group",
                "pull_request",
                "pull_request_review",
                "pull_request_review_comment",
                "push",
                "repository",
            ]
            .map(str::to_owned)
            .to_vec(),
            permissions: super::json::account::default_permissions(),
            created_at,
            keys,
        }
    }

    /// The private key as GitHub hands it out: PKCS#1 in PEM.
    pub(crate) fn private_key_pem(&self) -> &str {
        &self.keys.private_key_pem
    }

    /// Checks a JSON web token as GitHub does.
    ///
    /// `now` is GitHub's wall clock, which the simulated passing of time leaves alone: the signer's is the machine's.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<(), JwtError> {
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwtError::Undecodable);
        };
        let algorithm = decode(header)?;
        if algorithm.get("alg").and_then(Value::as_str) != Some("RS256") {
            return Err(JwtError::Undecodable);
        }
        let signed = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtError::Undecodable)?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.keys.public_key)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| JwtError::Undecodable)?;
        let claims = decode(claims)?;
        let time = |name: &str| claims.get(name).and_then(Value::as_i64);
        let now = now.as_second();
        let issued_at = time("iat").ok_or(JwtError::IssuedAtMissing)?;
        if issued_at > now + CLOCK_DRIFT_SECONDS {
            return Err(JwtError::IssuedInTheFuture);
        }
        let expires = time("exp").ok_or(JwtError::Expired)?;
        if expires <= now {
            return Err(JwtError::Expired);
        }
        if expires - issued_at > LONGEST_LIFE_SECONDS || expires > now + LONGEST_LIFE_SECONDS {
            return Err(JwtError::TooLong);
        }
        let issuer = match claims.get("iss") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(JwtError::IssuerMissing),
        };
        if issuer != self.id.to_string() && issuer != self.client_id {
            return Err(JwtError::UnknownApp);
        }
        Ok(())
    }
}

/// Why an App token is refused, in GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JwtError {
    #[error("A JSON web token could not be decoded")]
    Undecodable,
    #[error(
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
    )]
    IssuedAtMissing,
    #[error(
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued, and not in the future"
    )]
    IssuedInTheFuture,
    #[error(
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
    )]
    Expired,
    #[error("'Expiration time' claim ('exp') is too far in the future")]
    TooLong,
    #[error("'Issuer' claim ('iss') must be an Integer")]
    IssuerMissing,
    #[error("Integration not found")]
    UnknownApp,
}

fn decode(part: &str) -> Result<Value, JwtError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Undecodable)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Undecodable)
}

fn random_hex() -> String {
    hex::encode(std::array::from_fn::<u8, 20, _>(|_| fastrand::u8(..)))
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut lines = vec![format!("-----BEGIN {PEM_LABEL}-----")];
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        lines.push(line.to_owned());
        rest = tail;
    }
    lines.push(format!("-----END {PEM_LABEL}-----\n"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    use serde_json::json;

    fn sign(app: &App, claims: &Value) -> String {
        let key = EncodingKey::from_rsa_pem(app.private_key_pem().as_bytes()).expect("our key");
        encode(&Header::new(Algorithm::RS256), claims, &key).expect("signed")
    }

    #[test]
    fn a_token_is_taken_only_within_githubs_limits() {
        let now = Timestamp::now();
        let app = App::new(Keys::of_process().expect("a key"), now);
        let at = now.as_second();
        let check = |claims: Value| app.verify(&sign(&app, &claims), now);
        assert_eq!(check(json!({"iss": "4242", "iat": at - 60, "exp": at + 540})), Ok(()));
        assert_eq!(check(json!({"iss": app.client_id, "iat": at, "exp": at + 600})), Ok(()));
        assert_eq!(check(json!({"iss": 1, "iat": at, "exp": at + 60})), Err(JwtError::UnknownApp));
        assert_eq!(check(json!({"iss": 4242, "iat": at, "exp": at + 601})), Err(JwtError::TooLong));
        assert_eq!(
            check(json!({"iss": 4242, "iat": at - 700, "exp": at - 1})),
            Err(JwtError::Expired)
        );
        assert_eq!(
            check(json!({"iss": 4242, "iat": at + 90, "exp": at + 300})),
            Err(JwtError::IssuedInTheFuture)
        );
        assert_eq!(check(json!({"iss": 4242, "exp": at + 300})), Err(JwtError::IssuedAtMissing));
        assert_eq!(check(json!({"iat": at, "exp": at + 300})), Err(JwtError::IssuerMissing));
    }

    #[test]
    fn a_token_of_another_key_is_refused() {
        let now = Timestamp::now();
        let app = App::new(Keys::of_process().expect("a key"), now);
        let other = App::new(Keys::generate().expect("a key"), now);
        let at = now.as_second();
        let token = sign(&other, &json!({"iss": 4242, "iat": at, "exp": at + 60}));
        assert_eq!(app.verify(&token, now), Err(JwtError::Undecodable));
        assert_eq!(app.verify("not a token", now), Err(JwtError::Undecodable));
    }
}

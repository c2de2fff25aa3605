//! What has to be known of the App before the first call.

use http::Uri;
use octocrab::models::AppId;
use octocrab::{EncodingKey, auth::AppAuth};
use secrecy::{ExposeSecret, SecretString};

/// The App, and where its GitHub is.
#[derive(Debug, Clone)]
pub struct AppConfig {
    /// The App's number (`GITHUB_APP_ID`).
    pub app_id: u64,
    /// The App's private key, PEM with PKCS#1 (as GitHub gives it out) or PKCS#8
    /// (`GITHUB_APP_PRIVATE_KEY`). Line breaks may be written as `\n`.
    pub private_key: SecretString,
    /// Where REST is (`GITHUB_API_URL`): `https://api.github.com`, or `https://HOST/api/v3` for a GitHub
    /// Enterprise Server.
    pub api_url: String,
    /// Where GraphQL is (`GITHUB_GRAPHQL_URL`); `None` derives it from `api_url`.
    pub graphql_url: Option<String>,
}

/// A setting that cannot work. Each message names the setting and never repeats a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Zero is nobody's number.
    #[error("GITHUB_APP_ID must be the number that GitHub shows on the App's page, not 0")]
    AppId,
    /// The private key is not there, or is not an RSA key in PEM.
    #[error(
        "GITHUB_APP_PRIVATE_KEY is not an RSA private key in PEM form: {0} (GitHub gives it out as a \
         .pem file that begins with `-----BEGIN RSA PRIVATE KEY-----`)"
    )]
    PrivateKey(&'static str),
    /// A URL that cannot be called.
    #[error("{setting} is not a URL that can be called: {problem}, in `{url}`")]
    Url {
        /// The setting's name.
        setting: &'static str,
        /// What is wrong with it.
        problem: &'static str,
        /// The value.
        url: String,
    },
}

/// One of GitHub's two interfaces: `root` is scheme and host, `path` what stands before every request's path.
///
/// They are kept apart because octocrab leaves a base's path out where the request's path happens to begin
/// with the same letters, and adds the Authorization header only to requests that name no host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) root: Uri,
    pub(super) path: String,
}

/// The settings after they were found sound.
pub(super) struct Checked {
    pub(super) app: AppAuth,
    pub(super) rest: Endpoint,
    pub(super) graphql: Endpoint,
}

impl Checked {
    /// Whether it is GitHub's own service, also with data residency: `api.github.com` or `api.NAME.ghe.com`.
    pub(super) fn is_cloud(&self) -> bool {
        let host = self.rest.root.host().unwrap_or_default();
        host == "api.github.com" || host.ends_with(".ghe.com")
    }
}

impl AppConfig {
    pub(super) fn check(&self) -> Result<Checked, ConfigError> {
        if self.app_id == 0 {
            return Err(ConfigError::AppId);
        }
        let rest = endpoint("GITHUB_API_URL", &self.api_url)?;
        let graphql = match self.graphql_url.as_deref().map(str::trim) {
            Some(url) if !url.is_empty() => endpoint("GITHUB_GRAPHQL_URL", url)?,
            _ => Endpoint { path: graphql_path(&rest.path), ..rest.clone() },
        };
        let app = AppAuth { app_id: AppId(self.app_id), key: self.key()? };
        // Signing once shows a key that is PEM, but not one that can sign.
        app.generate_bearer_token()
            .map_err(|_| ConfigError::PrivateKey("nothing can be signed with it"))?;
        Ok(Checked { app, rest, graphql })
    }

    fn key(&self) -> Result<EncodingKey, ConfigError> {
        let pem = self.private_key.expose_secret().trim();
        if pem.is_empty() {
            return Err(ConfigError::PrivateKey("it is empty"));
        }
        if !pem.contains("-----BEGIN ") {
            return Err(ConfigError::PrivateKey("there is no `-----BEGIN` line"));
        }
        // Environment files often hold a key on one line.
        let pem = SecretString::from(if pem.contains('\n') {
            pem.into()
        } else {
            pem.replace("\\n", "\n")
        });
        EncodingKey::from_rsa_pem(pem.expose_secret().as_bytes())
            .map_err(|_| ConfigError::PrivateKey("what it holds cannot be read as such a key"))
    }
}

/// The GraphQL path beside a REST path: GitHub Enterprise Server has `/api/v3` and `/api/graphql`,
/// everything else puts `/graphql` below.
fn graphql_path(rest: &str) -> String {
    match rest.strip_suffix("/api/v3") {
        Some(before) => format!("{before}/api/graphql"),
        None => format!("{rest}/graphql"),
    }
}

fn endpoint(setting: &'static str, url: &str) -> Result<Endpoint, ConfigError> {
    let bad = |problem| ConfigError::Url { setting, problem, url: without_user(url).to_owned() };
    let uri: Uri = url.trim().parse().map_err(|_| bad("it is not a URL"))?;
    if !matches!(uri.scheme_str(), Some("https" | "http")) {
        return Err(bad("it must begin with https:// (or http://)"));
    }
    let authority = uri.authority().ok_or_else(|| bad("there is no host"))?;
    if authority.as_str().contains('@') {
        return Err(bad("it must hold no user or password"));
    }
    if uri.query().is_some() {
        return Err(bad("it must hold no `?`"));
    }
    let root = Uri::builder()
        .scheme(uri.scheme_str().unwrap_or("https"))
        .authority(authority.clone())
        .path_and_query("/")
        .build()
        .map_err(|_| bad("it is not a URL"))?;
    Ok(Endpoint { root, path: uri.path().trim_end_matches('/').to_owned() })
}

/// What may be shown of a URL: a password in it may not.
fn without_user(url: &str) -> &str {
    url.rsplit_once('@').map_or(url, |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::github::tests::key;

    fn config(private_key: &str, api_url: &str) -> AppConfig {
        AppConfig {
            app_id: 7,
            private_key: private_key.into(),
            api_url: api_url.into(),
            graphql_url: None,
        }
    }

    fn graphql_of(api_url: &str) -> String {
        let checked = config(key::pkcs8(), api_url).check();
        let endpoint = checked.unwrap_or_else(|e| panic!("{e}")).graphql;
        format!("{}{}", endpoint.root.to_string().trim_end_matches('/'), endpoint.path)
    }

    #[test]
    fn githubs_own_service_is_told_from_a_server_of_ones_own() {
        let is_cloud =
            |url: &str| config(key::pkcs8(), url).check().is_ok_and(|checked| checked.is_cloud());
        assert!(is_cloud("https://api.github.com") && is_cloud("https://api.fleet.ghe.com"));
        assert!(
            !is_cloud("https://github.example.com") && !is_cloud("http://127.0.0.1:8080/api/v3")
        );
    }

    #[test]
    fn the_graphql_url_follows_from_the_rest_url() {
        for (rest, graphql) in [
            ("https://api.github.com", "https://api.github.com/graphql"),
            ("https://api.github.com/", "https://api.github.com/graphql"),
            ("https://git.example.com/api/v3", "https://git.example.com/api/graphql"),
            ("https://git.example.com/api/v3/", "https://git.example.com/api/graphql"),
            ("https://api.ships.ghe.com", "https://api.ships.ghe.com/graphql"),
            ("http://127.0.0.1:4321", "http://127.0.0.1:4321/graphql"),
            ("http://127.0.0.1:4321/hub", "http://127.0.0.1:4321/hub/graphql"),
        ] {
            assert_eq!(graphql_of(rest), graphql);
        }
    }

    #[test]
    fn a_key_is_taken_as_pkcs1_as_pkcs8_and_on_one_line() {
        for pem in [key::pkcs1(), key::pkcs8(), &key::pkcs1().trim().replace('\n', "\\n")] {
            assert!(config(pem, "https://api.github.com").check().is_ok());
        }
    }

    #[test]
    fn a_bad_setting_is_told_by_its_name_and_without_its_secret() {
        let url = "https://api.github.com";
        let half: String = key::pkcs1().split_inclusive('\n').take(4).collect();
        let secret = half.lines().nth(1).unwrap_or_default();
        for pem in ["", "  ", "letters", half.as_str()] {
            let error = config(pem, url).check().err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.starts_with("GITHUB_APP_PRIVATE_KEY is not"), "{error}");
            assert!(!error.contains(secret), "{error}");
        }
        for bad in [
            "",
            "api.github.com",
            "ftp://host",
            "https://host/?a=b",
            "https://a:b@host",
            "https://",
        ] {
            let error =
                config(key::pkcs8(), bad).check().err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.starts_with("GITHUB_API_URL is not a URL"), "{bad}: {error}");
            assert!(!error.contains("a:b"), "{error}");
        }
        let mut other = config(key::pkcs8(), url);
        other.graphql_url = Some("nowhere".into());
        let error = other.check().err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.starts_with("GITHUB_GRAPHQL_URL"), "{error}");
        other.app_id = 0;
        assert_eq!(other.check().err(), Some(ConfigError::AppId));
    }
}

//! Tokens of installations, made with no more than is used.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use super::super::error::Error;
use super::super::rate;
use super::super::token::{PERMISSIONS, Token};
use super::super::transport::{Call, Verb};
use super::super::types::{InstallationId, OWNER_REPOSITORY, RepositoryName};
use super::{GitHub, Shared, accept};

impl GitHub {
    /// Makes a token for one repository, with no more permissions than are used, which reads the owner's
    /// repository of defaults too where the App is installed there.
    pub(super) async fn mint(
        &self,
        (installation, name): &(InstallationId, RepositoryName),
    ) -> Result<Token, Error> {
        let Shared { alone, granted, .. } = &*self.0;
        let both = [name.name.as_str(), OWNER_REPOSITORY];
        let is_alone = name.name == OWNER_REPOSITORY || alone.holds(*installation);
        let lacks = !granted.lacking(*installation).is_empty();
        let (mut refused, mut about) = (None, About::default());
        for (repositories, whole) in [(2, true), (1, true), (2, false), (1, false)] {
            let pointless = (repositories == 2 && (is_alone || about.repositories))
                || (whole && (lacks || about.permissions));
            if pointless {
                continue;
            }
            let among = both.get(..repositories).unwrap_or_default();
            match self.mint_for(*installation, among, whole).await {
                Ok(token) => {
                    if repositories == 1 && !is_alone {
                        alone.remember(*installation);
                    }
                    granted.note(*installation, &token.permissions);
                    return Ok(token);
                }
                // The other repository is not there, or not for the App; or a permission is not granted. Where
                // GitHub's words do not tell, one after the other is left out.
                Err(Error::Refused { operation, status }) if status.code == 422 => {
                    let this = About::of(&status.message);
                    refused = Some((operation, status));
                    // Renamed or moved a moment ago, it is found under its new name soon.
                    if repositories == 1 && this.repositories {
                        break;
                    }
                    about.repositories |= this.repositories;
                    about.permissions |= this.permissions;
                }
                Err(error) => return Err(error),
            }
        }
        Err(match refused {
            Some((operation, status)) if About::of(&status.message).permissions => {
                Error::Refused { operation, status }
            }
            Some((operation, status)) => Error::NotFound { operation, status },
            None => Error::Client { problem: "no token was asked for".into() },
        })
    }

    /// A token with the permissions that are used, or with whatever is granted.
    async fn mint_for(
        &self,
        installation: InstallationId,
        repositories: &[&str],
        whole: bool,
    ) -> Result<Token, Error> {
        let mut wanted = json!({ "repositories": repositories });
        if whole {
            let permissions: serde_json::Map<_, _> =
                PERMISSIONS.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
            wanted["permissions"] = permissions.into();
        }
        self.mint_as(installation, wanted).await
    }

    /// Makes the token that `wanted` describes: the body of GitHub's call.
    pub(in crate::github) async fn mint_as(
        &self,
        installation: InstallationId,
        wanted: serde_json::Value,
    ) -> Result<Token, Error> {
        #[derive(Deserialize)]
        struct Minted {
            token: String,
            expires_at: String,
            #[serde(default)]
            permissions: BTreeMap<String, String>,
        }
        let call = Call {
            operation: "make an installation token",
            path: format!("/app/installations/{}/access_tokens", installation.0),
            verb: Verb::Post(wanted),
        };
        let client = self.clients().await?.app();
        let answer = self.send(client, &call).await?;
        let answer = accept(answer, call.operation).map_err(|(error, _)| error)?;
        // The parser's own words could repeat the token.
        let minted = answer.json::<Minted>(call.operation).ok();
        let (token, end, permissions) = minted
            .and_then(|m| Some((m.token, m.expires_at.parse::<Timestamp>().ok()?, m.permissions)))
            .ok_or_else(|| Error::Malformed {
                operation: call.operation,
                problem: "it is not a token with its end".into(),
            })?;
        let now = rate::date(&answer.headers).unwrap_or_else(Timestamp::now);
        let life = u64::try_from(end.as_second() - now.as_second()).unwrap_or(0);
        Ok(Token::new(SecretString::from(token), Duration::from_secs(life), permissions))
    }
}

/// What GitHub refuses a token for.
#[derive(Default)]
struct About {
    repositories: bool,
    permissions: bool,
}

impl About {
    /// GitHub: "There is at least one repository that does not exist or is not accessible to the parent installation.",
    /// and "The permissions requested are not granted to this installation."
    fn of(words: &str) -> Self {
        let words = words.to_ascii_lowercase();
        Self {
            repositories: words.contains("repositor"),
            permissions: words.contains("permission"),
        }
    }
}

//! What the App sees of itself: its registration, its installations, and the webhooks that GitHub sent it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::json;

use super::client::{GitHub, encoded};
use super::error::Error;
use super::rate;
use super::transport::{Answer, Call, Verb};
use super::types::{InstallationId, RepositoryName};

/// Pages of 100 that are read of a list at most: a server that always says "next" must not hold us for good.
const PAGES: usize = 100;

/// The App as it is registered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registered {
    /// What people read.
    pub name: String,
    /// Its public page, as `https://github.com/apps/NAME`.
    pub html_url: String,
    /// What it is called in addresses.
    #[serde(default)]
    pub slug: String,
    /// Permission → level, as the App asks for them.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// Events that it asks for; those on installations come always.
    #[serde(default)]
    pub events: Vec<String>,
    owner: Option<Account>,
}

/// An account as installations and Apps name it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Account {
    /// Users and organisations.
    login: Option<String>,
    /// Enterprises.
    slug: Option<String>,
    #[serde(rename = "type", default)]
    kind: String,
}

impl Registered {
    /// The page on which the App's owner changes it.
    pub fn settings_url(&self) -> String {
        let Self { html_url, slug, owner, .. } = self;
        let host = html_url.split("/apps/").next().unwrap_or_default().trim_end_matches('/');
        match owner.as_ref().and_then(|o| Some((o.kind.as_str(), o.login.as_deref()?))) {
            Some(("Organization", login)) => {
                format!("{host}/organizations/{}/settings/apps/{}", encoded(login), encoded(slug))
            }
            _ => format!("{host}/settings/apps/{}", encoded(slug)),
        }
    }
}

/// The first call: what time it is at GitHub, and what it says of the App.
#[derive(Debug)]
pub struct FirstLook {
    /// GitHub's clock, also where it refused the App.
    pub date: Option<Timestamp>,
    /// The App, or why it is not known.
    pub app: Result<Registered, Error>,
}

/// Where GitHub sends webhooks, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookConfig {
    /// The address; `None` where none is set.
    pub url: Option<String>,
    /// `json` or `form`.
    pub content_type: String,
    /// Whether certificates are not looked at.
    pub insecure_ssl: bool,
}

/// One attempt of GitHub's to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentDelivery {
    /// Number of the attempt.
    pub id: u64,
    /// The same for every attempt.
    pub guid: String,
    /// When it was sent.
    pub delivered_at: Timestamp,
    /// Whether it was sent again.
    pub redelivery: bool,
    /// As `pull_request`.
    pub event: String,
    /// As `opened`; some events have none.
    pub action: Option<String>,
    /// Status of the receiver's answer; 0 where none came.
    pub status_code: u16,
    /// GitHub's word for that, as `OK` or `timed out`.
    pub status: String,
    /// Number of the installation that it is for.
    pub installation: Option<u64>,
    /// Number of the repository that it is about.
    pub repository: Option<u64>,
}

impl SentDelivery {
    /// Whether the receiver took it.
    pub fn arrived(&self) -> bool {
        (200..400).contains(&self.status_code)
    }
}

/// Up to 100 attempts, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliveryPage {
    /// The attempts.
    pub deliveries: Vec<SentDelivery>,
    /// What [`GitHub::deliveries`] takes for the page after this; `None` on the last.
    pub next: Option<String>,
}

/// The App on one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Its number.
    pub id: InstallationId,
    /// The account's name; empty where GitHub names none.
    pub account: String,
    /// Whether somebody suspended it: nothing can be read or written there, and no webhook comes.
    pub suspended: bool,
    /// Permission → level, as the account accepted them.
    pub permissions: BTreeMap<String, String>,
    /// Events that it is told of.
    pub events: Vec<String>,
    /// The page on which the account's owner changes it.
    pub html_url: String,
}

/// A repository that an installation covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRepository {
    /// Its number.
    pub id: u64,
    /// Its name; `owner` and `name` apart.
    pub name: RepositoryName,
    /// Whether it is read-only.
    pub archived: bool,
    /// The branch that pull requests go to unless they say otherwise.
    pub default_branch: String,
    /// Its page.
    pub html_url: String,
}

#[derive(Deserialize)]
struct RawInstallation {
    id: u64,
    account: Option<Account>,
    suspended_at: Option<String>,
    #[serde(default)]
    permissions: BTreeMap<String, String>,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    html_url: String,
}

impl From<RawInstallation> for Installation {
    fn from(raw: RawInstallation) -> Self {
        Self {
            id: InstallationId(raw.id),
            account: raw.account.and_then(|a| a.login.or(a.slug)).unwrap_or_default(),
            suspended: raw.suspended_at.is_some(),
            permissions: raw.permissions,
            events: raw.events,
            html_url: raw.html_url,
        }
    }
}

#[derive(Deserialize)]
struct RawDelivery {
    id: u64,
    guid: String,
    delivered_at: String,
    #[serde(default)]
    redelivery: bool,
    event: String,
    action: Option<String>,
    #[serde(default)]
    status_code: u16,
    #[serde(default)]
    status: String,
    installation_id: Option<u64>,
    repository_id: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct RawRepository {
    id: u64,
    name: String,
    owner: RawOwner,
    #[serde(default)]
    archived: bool,
    default_branch: String,
    #[serde(default)]
    html_url: String,
}

#[derive(Deserialize)]
struct RawOwner {
    login: String,
}

impl From<RawRepository> for ListedRepository {
    fn from(raw: RawRepository) -> Self {
        Self {
            id: raw.id,
            name: RepositoryName { owner: raw.owner.login, name: raw.name },
            archived: raw.archived,
            default_branch: raw.default_branch,
            html_url: raw.html_url,
        }
    }
}

impl GitHub {
    /// The App as it is registered, and GitHub's clock. One call.
    ///
    /// # Errors
    /// Where no answer came at all; that GitHub refused the App stands in [`FirstLook::app`].
    pub async fn first_look(&self) -> Result<FirstLook, Error> {
        let call = Call { operation: "read the App", path: "/app".into(), verb: Verb::Get };
        let answer = self.sent_as_app(&call).await?;
        let date = rate::date(&answer.headers);
        let app = self.accepted(super::client::APP, answer, &call);
        Ok(FirstLook { date, app: app.and_then(|answer| answer.json(call.operation)) })
    }

    /// Where GitHub sends webhooks. One call.
    pub async fn hook_config(&self) -> Result<HookConfig, Error> {
        #[derive(Deserialize)]
        struct Raw {
            url: Option<String>,
            content_type: Option<String>,
            insecure_ssl: Option<serde_json::Value>,
        }
        let call = get("read the webhook's settings", "/app/hook/config".into());
        let raw: Raw = self.call_as_app(&call).await?.json(call.operation)?;
        Ok(HookConfig {
            url: raw.url.filter(|url| !url.is_empty()),
            content_type: raw.content_type.unwrap_or_else(|| "form".into()),
            // A number or its text, by GitHub's description.
            insecure_ssl: raw.insecure_ssl.is_some_and(|v| v == json!("1") || v == json!(1)),
        })
    }

    /// The webhooks that GitHub sent, or tried to, 100 a page, the newest first; `cursor` is [`DeliveryPage::next`]
    /// of the page before. GitHub keeps them for three days. One call.
    pub async fn deliveries(&self, cursor: Option<&str>) -> Result<DeliveryPage, Error> {
        let mut path = "/app/hook/deliveries?per_page=100".to_owned();
        if let Some(cursor) = cursor {
            path = format!("{path}&cursor={}", encoded(cursor));
        }
        let call = get("list the webhooks that were sent", path);
        let answer = self.call_as_app(&call).await?;
        let next = next_cursor(&answer);
        let raw: Vec<RawDelivery> = answer.json(call.operation)?;
        let deliveries = raw.into_iter().map(sent).collect::<Option<_>>();
        let deliveries = deliveries.ok_or_else(|| Error::Malformed {
            operation: call.operation,
            problem: "`delivered_at` is no time".into(),
        })?;
        Ok(DeliveryPage { deliveries, next })
    }

    /// Has GitHub send a webhook again, with the same guid. `id` is an attempt's. One call.
    pub async fn redeliver(&self, id: u64) -> Result<(), Error> {
        let call = Call {
            operation: "send a webhook again",
            path: format!("/app/hook/deliveries/{id}/attempts"),
            verb: Verb::Post(serde_json::Value::Null),
        };
        self.call_as_app(&call).await.map(drop)
    }

    /// Where the App is installed, suspended installations too. One call for each 100.
    pub async fn installations(&self) -> Result<Vec<Installation>, Error> {
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let path = format!("/app/installations?per_page=100&page={page}");
            let call = get("list the App's installations", path);
            let found: Vec<RawInstallation> =
                self.call_as_app(&call).await?.json(call.operation)?;
            let last = found.len() < 100;
            all.extend(found.into_iter().map(Installation::from));
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// The installation that covers a repository; `None` where none does, or there is no such repository. One call.
    pub async fn installation_of(
        &self,
        repository: &RepositoryName,
    ) -> Result<Option<Installation>, Error> {
        let RepositoryName { owner, name } = repository;
        let path = format!("/repos/{}/{}/installation", encoded(owner), encoded(name));
        let call = get("find the App's installation on the repository", path);
        match self.call_as_app(&call).await {
            Ok(answer) => {
                answer.json::<RawInstallation>(call.operation).map(|raw| Some(raw.into()))
            }
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The repositories that an installation covers, archived ones too. One call for a token that can only list
    /// them, and one for each 100.
    ///
    /// # Errors
    /// [`Error::Forbidden`] where the installation is suspended.
    pub async fn repositories(
        &self,
        installation: InstallationId,
    ) -> Result<Vec<ListedRepository>, Error> {
        #[derive(Deserialize)]
        struct Page {
            repositories: Vec<RawRepository>,
        }
        let wanted = json!({ "permissions": { "metadata": "read" } });
        let token = self.mint_as(installation, wanted).await?;
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let path = format!("/installation/repositories?per_page=100&page={page}");
            let call = get("list the installation's repositories", path);
            let answer = self.call_with(installation, &token, &call).await?;
            let found = answer.json::<Page>(call.operation)?.repositories;
            let last = found.len() < 100;
            all.extend(found.into_iter().map(ListedRepository::from));
            if last {
                break;
            }
        }
        Ok(all)
    }
}

fn get(operation: &'static str, path: String) -> Call {
    Call { operation, path, verb: Verb::Get }
}

fn sent(raw: RawDelivery) -> Option<SentDelivery> {
    Some(SentDelivery {
        id: raw.id,
        guid: raw.guid,
        delivered_at: raw.delivered_at.parse().ok()?,
        redelivery: raw.redelivery,
        event: raw.event,
        action: raw.action,
        status_code: raw.status_code,
        status: raw.status,
        installation: raw.installation_id,
        repository: raw.repository_id,
    })
}

/// The cursor in the `Link` header's `next`. Only the cursor is taken: the address may be a proxy's, and a request
/// to another address than the interface's would go out without a token.
fn next_cursor(answer: &Answer) -> Option<String> {
    let links = answer.headers.get_all(http::header::LINK).iter();
    let mut links = links.filter_map(|v| v.to_str().ok()).flat_map(|line| line.split(','));
    let next = links.find(|link| {
        let mut parameters = link.split(';').skip(1).map(str::trim);
        parameters.any(|p| p == "rel=\"next\"" || p == "rel=next")
    })?;
    let address = next.split_once('<')?.1.split_once('>')?.0;
    let query = address.split_once('?')?.1;
    let cursor = query.split('&').find_map(|pair| pair.strip_prefix("cursor="))?;
    let cursor = percent_decode_str(cursor).decode_utf8().ok()?.into_owned();
    (!cursor.is_empty()).then_some(cursor)
}

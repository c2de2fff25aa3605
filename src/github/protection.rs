//! Which checks a branch demands before a merge, and from whom.

use serde::Deserialize;

use super::app::{ListedRepository, RawRepository};
use super::client::{Repository, encoded};
use super::error::Error;
use super::transport::{Call, Verb};

/// Who demands a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// A ruleset, of the repository, its owner or the enterprise.
    Ruleset,
    /// A branch protection rule, the older kind.
    BranchProtection,
}

/// A check without whose success nothing is merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// The check's name.
    pub context: String,
    /// The App that must have posted it; `None`: anybody may have.
    pub app: Option<u64>,
    /// Who demands it.
    pub by: Demand,
}

/// A check as either kind of rule names it. "Any source" is null, left out, or −1.
#[derive(Deserialize)]
struct Check {
    context: String,
    #[serde(alias = "app_id")]
    integration_id: Option<i64>,
}

impl Check {
    fn required(self, by: Demand) -> Required {
        let app = self.integration_id.and_then(|id| u64::try_from(id).ok());
        Required { context: self.context, app, by }
    }
}

impl Repository {
    /// The repository as GitHub lists it. One call.
    pub async fn listed(&self) -> Result<ListedRepository, Error> {
        let path = self.path("");
        let call = Call { operation: "read the repository", path, verb: Verb::Get };
        self.json::<RawRepository>(&call).await.map(ListedRepository::from)
    }

    /// The checks that rulesets demand on a branch, those that are only evaluated left out. One call for each 100
    /// rules; any token may ask.
    /// <https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch>
    pub async fn required_by_rulesets(&self, branch: &str) -> Result<Vec<Required>, Error> {
        #[derive(Deserialize)]
        struct Rule {
            #[serde(rename = "type")]
            kind: String,
            parameters: Option<Parameters>,
        }
        #[derive(Deserialize)]
        struct Parameters {
            #[serde(default)]
            required_status_checks: Vec<Check>,
        }
        let mut all = Vec::new();
        for page in 1..=10 {
            let path = format!("/rules/branches/{}?per_page=100&page={page}", encoded(branch));
            let path = self.path(&path);
            let call = Call { operation: "read the branch's rules", path, verb: Verb::Get };
            let rules: Vec<Rule> = self.json(&call).await?;
            let last = rules.len() < 100;
            let demanding = rules.into_iter().filter(|rule| rule.kind == "required_status_checks");
            let checks = demanding.filter_map(|rule| rule.parameters);
            let checks = checks.flat_map(|parameters| parameters.required_status_checks);
            all.extend(checks.map(|check| check.required(Demand::Ruleset)));
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// The checks that a branch protection rule demands, as the branch itself tells them to whoever may read it:
    /// the rule's own address asks for `administration`. `None`: GitHub does not say. One call.
    /// <https://docs.github.com/en/rest/branches/branches#get-a-branch>
    pub async fn required_by_protection(
        &self,
        branch: &str,
    ) -> Result<Option<Vec<Required>>, Error> {
        #[derive(Deserialize)]
        struct Branch {
            #[serde(default)]
            protected: bool,
            protection: Option<Protection>,
        }
        #[derive(Deserialize)]
        struct Protection {
            required_status_checks: Option<Checks>,
        }
        #[derive(Deserialize)]
        struct Checks {
            #[serde(default)]
            contexts: Vec<String>,
            checks: Option<Vec<Check>>,
        }
        let path = self.path(&format!("/branches/{}", encoded(branch)));
        let call = Call { operation: "read the branch", path, verb: Verb::Get };
        let branch: Branch = self.json(&call).await?;
        let Some(protection) = branch.protection else {
            return Ok((!branch.protected).then(Vec::new));
        };
        let Some(Checks { contexts, checks }) = protection.required_status_checks else {
            return Ok(Some(Vec::new()));
        };
        // Older servers name the checks only.
        let checks = checks.unwrap_or_else(|| {
            let unpinned = |context| Check { context, integration_id: None };
            contexts.into_iter().map(unpinned).collect()
        });
        Ok(Some(checks.into_iter().map(|c| c.required(Demand::BranchProtection)).collect()))
    }
}

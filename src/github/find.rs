//! Which pull requests there are: by their head commit, and all open ones.

use serde::Deserialize;

use super::client::{Repository, encoded};
use super::error::Error;
use super::transport::{Call, Verb};
use super::types::{CommitSha, PullRequestNumber};

/// Pages of 100 of the open pull requests.
const PAGES: usize = 50;

/// An open pull request, as a list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub number: PullRequestNumber,
    /// Its head commit.
    pub head: CommitSha,
    /// Name of its base branch.
    pub base_branch: String,
}

#[derive(Deserialize)]
struct Found {
    number: u64,
    state: String,
    head: Head,
    base: Base,
}

#[derive(Deserialize)]
struct Head {
    sha: String,
}

#[derive(Deserialize)]
struct Base {
    #[serde(rename = "ref")]
    branch: String,
}

impl Repository {
    /// The open pull requests whose head is this commit: by GitHub's index first, which does not know forks; then
    /// among all that are open. One REST call, and one more for each 100 open pull requests where the first finds none.
    pub async fn pull_requests_at(
        &self,
        head: &CommitSha,
    ) -> Result<Vec<PullRequestNumber>, Error> {
        let path = self.path(&format!("/commits/{}/pulls?per_page=100", encoded(&head.0)));
        let call = Call { operation: "find the pull requests of a commit", path, verb: Verb::Get };
        let at_head = |found: &Listed| found.head == *head;
        let indexed: Vec<_> = match self.json::<Vec<Found>>(&call).await {
            Ok(found) => found.into_iter().filter(|one| one.state == "open").map(listed).collect(),
            // A commit of a fork may be unknown here.
            Err(Error::NotFound { .. } | Error::Refused { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut numbers: Vec<_> = indexed.iter().filter(|f| at_head(f)).map(|f| f.number).collect();
        if numbers.is_empty() {
            let open = self.open_pull_requests().await?;
            numbers =
                open.iter().filter(|found| at_head(found)).map(|found| found.number).collect();
        }
        Ok(numbers)
    }

    /// All open pull requests, the newest first: one REST call for each 100, at most 5,000.
    pub async fn open_pull_requests(&self) -> Result<Vec<Listed>, Error> {
        self.open_pull_requests_of("").await
    }

    /// The same of those into a branch.
    pub async fn open_pull_requests_into(&self, branch: &str) -> Result<Vec<Listed>, Error> {
        let mut found = self.open_pull_requests_of(&format!("&base={}", encoded(branch))).await?;
        // A server that does not know the filter leaves it out in silence.
        found.retain(|one| one.base_branch == branch);
        Ok(found)
    }

    /// The commit at the tip of the default branch. `None`: the repository is empty. One REST call.
    pub async fn default_tip(&self) -> Result<Option<CommitSha>, Error> {
        let path = self.path("/commits/HEAD?per_page=1");
        let call = Call { operation: "read the default branch", path, verb: Verb::Get };
        match self.json::<Head>(&call).await {
            Ok(head) => Ok(Some(CommitSha(head.sha))),
            // 409 says that it is empty.
            Err(Error::NotFound { .. } | Error::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn open_pull_requests_of(&self, filter: &str) -> Result<Vec<Listed>, Error> {
        let mut all = Vec::new();
        for page in 1..=PAGES {
            let path = self.path(&format!("/pulls?state=open{filter}&per_page=100&page={page}"));
            let call = Call { operation: "list the open pull requests", path, verb: Verb::Get };
            let found = self.json::<Vec<Found>>(&call).await?;
            let last = found.len() < 100;
            all.extend(found.into_iter().map(listed));
            if last {
                break;
            }
        }
        Ok(all)
    }
}

fn listed(found: Found) -> Listed {
    Listed {
        number: PullRequestNumber(found.number),
        head: CommitSha(found.head.sha),
        base_branch: found.base.branch,
    }
}

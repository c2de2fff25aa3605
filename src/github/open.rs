//! The open pull requests into a branch: who else changes what.

use serde::Deserialize;

use super::client::Repository;
use super::error::Error;
use super::facts::Changed;
use super::texts::{Batch, Found, too_much};
use super::types::{OpenPullRequest, OpenPullRequests, PullRequestNumber};

/// Pull requests on a page: as many as GitHub gives.
pub(super) const FIRST_PAGE: usize = 100;

/// The smallest page that is tried: GitHub works out the changed files of each pull request, within 10 s.
const SMALLEST_PAGE: usize = 10;

/// So many are read, the oldest: it is they who keep a number that several claim.
const MOST: usize = 1_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    nodes: Option<Vec<Option<PullRequestData>>>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct PullRequestData {
    number: u64,
    files: Option<Changed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl Page {
    /// Adds what is listed; gives where the list goes on.
    pub(super) fn add_to(self, all: &mut OpenPullRequests) -> Option<String> {
        // One whose files GitHub cannot show claims nothing that is known.
        for found in self.nodes.into_iter().flatten().flatten() {
            let paths = found.files.as_ref().map_or_else(Vec::new, |files| files.paths().0);
            all.listed.push(OpenPullRequest { number: PullRequestNumber(found.number), paths });
        }
        all.more = self.page_info.has_next_page;
        self.page_info.end_cursor.filter(|_| all.more)
    }
}

/// Which pages are left.
pub(super) enum Rest {
    /// Those after this cursor, if any.
    After(Option<String>),
    /// All: the first one was too much for its query.
    All,
}

impl Repository {
    /// The pages that are left.
    pub(super) async fn more_open(
        &self,
        number: Option<PullRequestNumber>,
        branch: &str,
        rest: Rest,
        found: &mut Found,
    ) -> Result<(), Error> {
        let (mut next, mut size, mut begun) = match rest {
            Rest::After(next) => (next, FIRST_PAGE, true),
            Rest::All => (None, FIRST_PAGE / 4, false),
        };
        while !begun || (next.is_some() && found.open.listed.len() < MOST) {
            let open = Some((branch, size, next.as_deref()));
            match self.batch(number, Batch { open, ..Batch::default() }, found).await {
                Ok((_, after)) => (next, begun) = (after, true),
                Err(error) if too_much(&error) && size > SMALLEST_PAGE => {
                    size = (size / 2).max(SMALLEST_PAGE);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

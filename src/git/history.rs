//! Where two histories part.

use gix::ObjectId;

use super::{CommitId, Error, Repository};

const COMPARE: &str = "compare two histories";

impl Repository {
    /// The best common ancestor, as `git merge-base` gives it; of several that are equally good, one. `None`: the
    /// histories have nothing in common. Where a shallow clone ends before they meet, that is an error.
    pub fn merge_base(&self, a: &CommitId, b: &CommitId) -> Result<Option<CommitId>, Error> {
        // The library takes a missing commit for the end of a history. That is right behind a shallow clone's
        // last commit, not for these two.
        self.object(a.0)?;
        self.object(b.0)?;
        let bases = self.inner.merge_bases_many(a.0, &[b.0]).map_err(Error::doing(COMPARE))?;
        let bases: Vec<ObjectId> = bases.into_iter().map(gix::Id::detach).collect();
        match self.independent(bases)?.first() {
            Some(base) => Ok(Some(CommitId(*base))),
            None if self.is_shallow() => Err(Error::Shallow { a: a.to_string(), b: b.to_string() }),
            None => Ok(None),
        }
    }

    /// Those of `commits` from which no other is reached. Where commits were made in the same second, or out of
    /// order, as a rebase leaves them, the library takes an ancestor of the best base for one more.
    fn independent(&self, mut commits: Vec<ObjectId>) -> Result<Vec<ObjectId>, Error> {
        if commits.len() > 1 {
            for step in self.inner.rev_walk(commits.clone()).all().map_err(Error::doing(COMPARE))? {
                for parent in step.map_err(Error::doing(COMPARE))?.parent_ids {
                    commits.retain(|commit| *commit != parent);
                }
                if commits.len() == 1 {
                    break;
                }
            }
        }
        Ok(commits)
    }

    /// Whether the clone ends before the history does.
    pub(super) fn is_shallow(&self) -> bool {
        // It fails only on a configured path that is no path; git finds no such file either.
        self.inner.is_shallow().unwrap_or(false)
    }
}

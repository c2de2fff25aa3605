//! Which EP carries which number: in the base branch, in the change, in other open pull requests.

use std::collections::{BTreeSet, HashSet};

use crate::proposal::title;
use crate::review::input::Claim;
use crate::review::policy::Policy;
use crate::review::{heading_number, is_candidate_path};

/// A path that another open pull request adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brought<'a> {
    /// The pull request's number.
    pub pull_request: u64,
    /// The path.
    pub path: &'a str,
}

/// The number of an EP: by its title, else by its path.
pub fn number(policy: &Policy, path: &str, bytes: &[u8]) -> Option<u64> {
    heading_number(policy, bytes)
        .filter(|number| *number > 0)
        .or_else(|| number_by_path(policy, path))
}

/// Who carries which number once a change is merged.
///
/// `listed` are the files at the tip of the base branch, which are known by their paths alone; `changed` every path
/// that the change adds, alters, removes or renames, under its old and its new name; `own` the numbers of the EPs
/// that it adds or alters, by path; `brought` what other open pull requests add. A number that lies in the base
/// branch is no other pull request's to claim.
pub fn claims<'a>(
    policy: &Policy,
    listed: impl Iterator<Item = &'a str>,
    changed: &BTreeSet<&str>,
    own: &[(&str, u64)],
    brought: &[Brought<'_>],
) -> Vec<Claim> {
    let claim =
        |path: &str, number, pull_request| Claim { number, path: path.to_owned(), pull_request };
    let mut in_base = HashSet::new();
    let mut claims: Vec<Claim> =
        own.iter().map(|(path, number)| claim(path, *number, None)).collect();
    for path in listed {
        let Some(number) = number_by_path(policy, path) else { continue };
        in_base.insert(number);
        if !changed.contains(path) {
            claims.push(claim(path, number, None));
        }
    }
    for Brought { pull_request, path } in brought {
        if let Some(number) = number_by_path(policy, path)
            && !in_base.contains(&number)
        {
            claims.push(claim(path, number, Some(*pull_request)));
        }
    }
    claims.sort_unstable();
    claims.dedup();
    claims
}

/// Whether EPs may lie in a folder of which nothing is known. What lies in an EP's own folder belongs to that EP.
pub fn may_hold_eps(policy: &Policy, folder: &str) -> bool {
    let depth = folder.split('/').count();
    let parts = |glob: &str| glob.split('/').count();
    let reaches = |glob: &String| glob.contains("**") || parts(glob) > depth + 1;
    // Globs fold case.
    let inside = |root: &String| {
        let parts = root.split('/').filter(|part| !part.is_empty());
        parts.zip(folder.split('/').chain([""])).all(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    let globs = policy.globs();
    let folders = folder.match_indices('/').map(|(at, _)| &folder[..at]).chain([folder]);
    globs.written().iter().any(reaches)
        && globs.roots().iter().any(inside)
        && !folders.into_iter().any(|path| title::path_number(path, policy.word()).is_some())
}

fn number_by_path(policy: &Policy, path: &str) -> Option<u64> {
    if !is_candidate_path(policy, path) || policy.is_template(path) {
        return None;
    }
    title::path_number(path, policy.word()).filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(
        listed: &[&str],
        changed: &[&str],
        own: &[(&str, u64)],
        brought: &[(u64, &str)],
    ) -> Vec<(u64, String, Option<u64>)> {
        let changed = changed.iter().copied().collect();
        let brought: Vec<Brought<'_>> = brought
            .iter()
            .map(|(pull_request, path)| Brought { pull_request: *pull_request, path })
            .collect();
        claims(&Policy::default(), listed.iter().copied(), &changed, own, &brought)
            .into_iter()
            .map(|claim| (claim.number, claim.path, claim.pull_request))
            .collect()
    }

    #[test]
    fn what_a_change_touches_carries_the_number_that_it_gives() {
        let base = [
            "eps/EP-0001-a.md",
            "eps/EP-0002-b.md",
            "eps/README.md",
            "eps/EP-0000-template.md",
            "src/0009.md",
        ];
        let taken = taken(
            &base,
            &["eps/EP-0002-b.md", "eps/EP-0003-b.md"],
            &[("eps/EP-0003-b.md", 3)],
            &[],
        );
        assert_eq!(
            taken,
            [(1, "eps/EP-0001-a.md".into(), None), (3, "eps/EP-0003-b.md".into(), None)]
        );
    }

    #[test]
    fn another_pull_request_claims_what_it_adds_unless_the_base_branch_has_it() {
        let taken = taken(
            &["eps/EP-0001-a.md"],
            &[],
            &[],
            &[(7, "eps/EP-0001-again.md"), (8, "eps/EP-0042-x.md"), (8, "eps/notes.md")],
        );
        assert_eq!(
            taken,
            [(1, "eps/EP-0001-a.md".into(), None), (42, "eps/EP-0042-x.md".into(), Some(8))]
        );
    }

    #[test]
    fn an_eps_own_folder_holds_no_other_ep() {
        let policy = Policy::default();
        for folder in ["eps/area/team/more", "docs/eps/a/b/c"] {
            assert!(may_hold_eps(&policy, folder), "{folder}");
        }
        for folder in ["eps/area/EP-0042-x/images", "eps/EP-0042/a/b", "src/eps/a", "eps/0042-x"] {
            assert!(!may_hold_eps(&policy, folder), "{folder}");
        }
    }

    #[test]
    fn a_title_says_the_number_before_the_path_does() {
        let policy = Policy::default();
        assert_eq!(number(&policy, "eps/EP-0001-a.md", b"# EP-0002: A\n"), Some(2));
        assert_eq!(number(&policy, "eps/EP-0001-a.md", b"# A\n"), Some(1));
        assert_eq!(number(&policy, "eps/a.md", b"# EP-0000: A\n"), None);
        assert_eq!(number(&policy, "eps/a.md", b"\xff"), None);
    }
}

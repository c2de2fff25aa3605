//! Every number is one EP's: in the repository, in the same change, and among open pull requests.

use crate::proposal::text::listed;
use crate::proposal::title;
use crate::review::context::{Context, Gap};
use crate::review::input::Claim;
use crate::review::rule::NUMBER_TAKEN;

/// The most claims of a number that a message names.
const MAX_CLAIMS: usize = 5;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let Some(number) = cx.number() else { return };
    let others = cx
        .around
        .claims
        .iter()
        .filter(|claim| claim.number == number)
        .filter(|claim| claim.path != cx.path && claim.path != cx.former)
        .filter(|claim| !same_folder(cx, &claim.path));
    let here = |claim: &&Claim| {
        claim.pull_request.is_none() || claim.pull_request == cx.around.pull_request
    };
    let (ours, theirs): (Vec<&Claim>, Vec<&Claim>) = others.partition(here);
    let name = cx.policy.title.name(number);
    let mut push = |message: String, levels| {
        out.push(Gap {
            rule: &NUMBER_TAKEN,
            levels,
            lines: cx.top(),
            section: Vec::new(),
            message,
            help: "Take the next free number, in the title and in the path.".to_owned(),
            fix: None,
        });
    };
    let levels = cx.policy.rule(&NUMBER_TAKEN);
    // Of two open pull requests the earlier one keeps the number: else both would wait for each other.
    let (first, later): (Vec<&Claim>, Vec<&Claim>) =
        theirs.into_iter().partition(|claim| claim.pull_request < cx.around.pull_request);
    let named = |claims: &[&Claim]| {
        let mut claims: Vec<&Claim> = claims.to_vec();
        claims.sort_by_key(|claim| claim.pull_request);
        let each =
            claims.iter().filter_map(|c| Some(format!("#{} (`{}`)", c.pull_request?, c.path)));
        listed(&each.collect::<Vec<_>>(), MAX_CLAIMS)
    };
    // One cause, one finding: what blocks says all.
    if !ours.is_empty() {
        let paths: Vec<String> = ours.iter().map(|c| format!("`{}`", c.path)).collect();
        push(format!("{name} is also the number of {}.", listed(&paths, MAX_CLAIMS)), levels);
    } else if !first.is_empty() {
        push(format!("{name} is also claimed by {}.", named(&first)), levels);
    } else if !later.is_empty() {
        let message = format!(
            "{name} is also claimed by {}, which came later and has to take another number.",
            named(&later)
        );
        push(message, levels.capped_at_warning());
    }
}

/// Whether a file lies in the EP's own folder, which gives both their number: it belongs to the EP.
fn same_folder(cx: &Context<'_>, path: &str) -> bool {
    let parts = |path: &str| {
        path.rsplit_once('/').map(|(folder, file)| (folder.to_owned(), file.to_owned()))
    };
    let numbered = |file: &str| title::path_number(file, cx.policy.word()).is_some();
    match (parts(cx.path), parts(path)) {
        (Some((ours, file)), Some((theirs, other))) => {
            ours == theirs && numbered(cx.path) && !numbered(&file) && !numbered(&other)
        }
        _ => false,
    }
}

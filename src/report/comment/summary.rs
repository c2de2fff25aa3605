//! The one comment that tells the verdict, where the policy says `comments: summary`.

use crate::report::check_run::verdict_line;
use crate::report::markdown::code;
use crate::review::Review;

use super::status::rows;
use super::{MAX_BODY, Marker};

/// Verdict and a table of the EPs. `check`: the name of the check in which the rest stands. No commit is named, so that
/// a push that changes nothing here changes no comment.
pub fn summary(reviews: &[Review], check: &str) -> String {
    let eps: Vec<&Review> = reviews.iter().collect();
    let table = if eps.is_empty() { String::new() } else { rows(&eps, MAX_BODY) };
    format!(
        "{}\n\n{table}What to do stands in the check {}; `/ep-help` lists what can be asked for \
         here.\n\n{}",
        verdict_line(reviews),
        code(check, 100),
        Marker::Summary
    )
}

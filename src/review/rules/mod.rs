//! One file a group of rules. Each looks at the context and says what is missing, for every status at once.

mod checklist;
mod document;
mod links;
mod number;
mod prr;
mod sections;
mod status;
mod toc;

pub(super) use document::is_empty;
pub use links::link_targets;

use super::Progress;
use super::context::{Context, Gap};

/// Everything that an EP lacks at any status. `status` is the one for which the history is asked.
pub(super) fn gaps(cx: &Context<'_>, status: &str) -> (Vec<Gap>, Progress) {
    let mut out = Vec::new();
    if document::is_empty(cx) {
        document::check_empty(cx, &mut out);
        return (out, Progress::default());
    }
    document::check(cx, &mut out);
    number::check(cx, &mut out);
    status::check(cx, status, &mut out);
    let sections = sections::check(cx, &mut out);
    let questions = prr::check(cx, &mut out);
    let checklist = checklist::check(cx, &mut out);
    toc::check(cx, &mut out);
    links::check(cx, &mut out);
    (out, Progress { sections, questions, checklist })
}

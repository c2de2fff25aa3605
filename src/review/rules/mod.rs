//! One file a group of rules. Each looks at the context and says what is missing, for every status at once.

mod checklist;
mod document;
mod prr;
mod sections;
mod status;
mod toc;

pub(super) use status::stated;

use super::context::{Context, Gap};
use super::{Count, Progress};

/// Everything that an EP lacks at any status. `status` is the one for which the history is asked.
pub(super) fn gaps(cx: &Context<'_>, status: &str) -> (Vec<Gap>, Progress) {
    let mut out = Vec::new();
    if document::is_empty(cx) {
        document::check_empty(cx, &mut out);
        return (out, Progress::default());
    }
    document::check(cx, &mut out);
    status::check(cx, status, &mut out);
    let sections = sections::check(cx, &mut out);
    let questions = prr::check(cx, &mut out);
    let checklist = checklist::check(cx, &mut out);
    toc::check(cx, &mut out);
    (out, Progress { sections, questions, checklist })
}

/// Adds one to a count.
fn tally(count: &mut Count, done: bool) {
    count.total += 1;
    count.done += usize::from(done);
}

//! The table of contents.

use crate::proposal::Lines;
use crate::proposal::toc;
use crate::review::context::{Context, Gap};
use crate::review::finding::Fix;
use crate::review::fix;
use crate::review::rule::{Rule, TOC_ENTRY, TOC_HEADING};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Gap>) {
    if !cx.template.has_toc {
        return;
    }
    let gap =
        |rule: &'static Rule, lines: Lines, message: String, help: &str, fix: Option<Fix>| Gap {
            rule,
            levels: cx.policy.rule(rule),
            lines,
            section: Vec::new(),
            message,
            help: help.to_owned(),
            fix,
        };
    let Some((toc, faults)) = cx.toc() else {
        if cx.outline.unclosed.is_none() {
            let help = "Add one between `<!-- toc -->` and `<!-- /toc -->`, below the title.";
            let message = "The EP has no table of contents.".to_owned();
            out.push(gap(&TOC_HEADING, cx.top(), message, help, fix::toc::missing(cx)));
        }
        return;
    };
    let toc::Faults { dead, unlisted } = faults;
    let dead: Vec<&toc::Entry> =
        dead.iter().filter(|entry| !cx.hides_anchor(&entry.anchor)).collect();
    // Both findings are mended by the same list.
    let faulty = !dead.is_empty() || !unlisted.is_empty();
    let anew = faulty.then(|| fix::toc::anew(cx, toc)).flatten();
    if let Some(first) = dead.first() {
        let names: Vec<String> = dead.iter().map(|entry| format!("`#{}`", entry.anchor)).collect();
        let message = match names.as_slice() {
            [one] => format!("This entry points nowhere: no heading has the anchor {one}."),
            many => format!(
                "{} entries point nowhere: no heading has the anchor {}.",
                many.len(),
                many.join(", ")
            ),
        };
        let help = "Point it at the heading's anchor (lower case, punctuation dropped, spaces as hyphens), or delete it.";
        out.push(gap(&TOC_ENTRY, Lines::at(first.line), message, help, anew.clone()));
    }
    if let Some(&first) = unlisted.first() {
        let names: Vec<String> =
            unlisted.iter().map(|&id| format!("`{}`", cx.outline.sections[id].title)).collect();
        let message = format!("The table of contents does not list {}.", names.join(", "));
        let help = "Add an entry for every heading of the second and third level.";
        out.push(gap(&TOC_HEADING, cx.heading(first), message, help, anew));
    }
}

//! Title, number, duplicate headings, unclosed comments.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::proposal::{Lines, SectionId, title};
use crate::review::context::{Context, Gap};
use crate::review::fix;
use crate::review::rule::{
    COMMENT_UNCLOSED, NUMBER_MISMATCH, Rule, SECTION_DUPLICATE, TITLE_FORMAT,
};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Gap>) {
    check_title(cx, out);
    check_duplicates(cx, out);
    if let Some(open) = cx.outline.unclosed {
        let line = cx.outline.source.line_at(open);
        out.push(gap(
            cx,
            &COMMENT_UNCLOSED,
            Lines::at(line),
            "This comment is never closed: everything below it is hidden, on GitHub as well."
                .into(),
            "Close it with `-->`.".into(),
        ));
    }
}

/// Whether there is nothing at all to read.
pub(in crate::review) fn is_empty(cx: &Context<'_>) -> bool {
    cx.outline.source.text().trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty()
}

/// An empty file is one finding, not one for each thing that it lacks.
pub(super) fn check_empty(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let help = format!(
        "Start it from the template: `ep-bot new \"Title\"`. Its first line is `# {}`.",
        cx.policy.title
    );
    out.push(gap(cx, &TITLE_FORMAT, Lines::at(1), "The file is empty.".into(), help));
}

fn gap(cx: &Context<'_>, rule: &'static Rule, lines: Lines, message: String, help: String) -> Gap {
    Gap { rule, levels: cx.policy.rule(rule), lines, section: Vec::new(), message, help, fix: None }
}

fn check_title(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let pattern = &cx.policy.title;
    let in_path = title::path_number(cx.path, pattern.word());
    let wanted = match in_path.filter(|n| *n > 0) {
        Some(number) => pattern.title(number, "Title"),
        None => pattern.to_string(),
    };
    let Some(id) = cx.outline.title() else {
        let help = format!("Start the file with `# {wanted}`.");
        out.push(gap(cx, &TITLE_FORMAT, Lines::at(1), "The EP has no title.".into(), help));
        return;
    };
    let lines = cx.heading(id);
    let heading = &cx.outline.sections[id].title;
    let read = title::read(heading, pattern);
    let template_title = title::read(&cx.template.title, pattern);
    let help = match pattern.digits() {
        1 => format!("Write `# {wanted}`."),
        digits => format!("Write `# {wanted}`; the number has at least {digits} digits."),
    };
    if read.number == Some(0) && in_path.is_none() {
        let message = format!("`{}` is the template's number.", pattern.name(0));
        out.push(gap(cx, &TITLE_FORMAT, lines, message, help));
    } else if read.well_formed && read.text == template_title.text {
        let message = format!("`{}` is the template's title.", read.text);
        out.push(gap(cx, &TITLE_FORMAT, lines, message, help));
    } else if !read.well_formed {
        let message = format!("The title `{heading}` has not the form `{pattern}`.");
        let number = read.number.or(in_path).filter(|n| *n > 0);
        let fix = number.and_then(|number| fix::title::in_form(cx, id, number));
        out.push(Gap { fix, ..gap(cx, &TITLE_FORMAT, lines, message, help) });
    }
    if let (Some(in_title), Some(in_path)) = (read.number, in_path)
        && in_title != in_path
    {
        let message = format!(
            "The title says {} and the path says {}.",
            pattern.name(in_title),
            pattern.number(in_path)
        );
        let help = format!("Rename the file, or write `# {}`.", pattern.title(in_path, &read.text));
        out.push(gap(cx, &NUMBER_MISMATCH, lines, message, help));
    }
}

fn check_duplicates(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let sections = &cx.outline.sections;
    let mut seen: HashMap<(Option<SectionId>, u8, &str), SectionId> = HashMap::new();
    for (id, section) in sections.iter().enumerate().filter(|(_, s)| matches!(s.level, 2 | 3)) {
        let first = match seen.entry((section.parent, section.level, &cx.keys[id])) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(id);
                None
            }
        };
        if let Some(first) = first {
            let line = sections[first].heading.start;
            out.push(Gap {
                section: cx.outline.path(id),
                ..gap(
                    cx,
                    &SECTION_DUPLICATE,
                    section.heading,
                    format!(
                        "`{}` stands here a second time; the first is at line {line}.",
                        section.title
                    ),
                    "Merge the two sections into one.".into(),
                )
            });
        }
    }
}

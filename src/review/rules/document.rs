//! Title, number, duplicate headings, unclosed comments.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::proposal::{Lines, SectionId, title};
use crate::review::context::{Context, Gap};
use crate::review::finding::{Edit, Fix};
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
pub(super) fn is_empty(cx: &Context<'_>) -> bool {
    cx.outline.source.text().trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty()
}

/// An empty file is one finding, not one for each thing that it lacks.
pub(super) fn check_empty(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let help = format!(
        "Start it from the template: `ep-bot new \"Title\"`. Its first line is `# {}-NNNN: Title`.",
        cx.policy.prefix
    );
    out.push(gap(cx, &TITLE_FORMAT, Lines::at(1), "The file is empty.".into(), help));
}

fn gap(cx: &Context<'_>, rule: &'static Rule, lines: Lines, message: String, help: String) -> Gap {
    Gap { rule, levels: cx.policy.rule(rule), lines, section: Vec::new(), message, help, fix: None }
}

fn check_title(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let prefix = &cx.policy.prefix;
    let in_path = title::path_number(cx.path, prefix);
    let wanted =
        in_path.filter(|n| *n > 0).map_or_else(|| "NNNN".to_owned(), |n| format!("{n:04}"));
    let Some(id) = cx.outline.title() else {
        let help = format!("Start the file with `# {prefix}-{wanted}: Title`.");
        out.push(gap(cx, &TITLE_FORMAT, Lines::at(1), "The EP has no title.".into(), help));
        return;
    };
    let lines = cx.heading(id);
    let heading = &cx.outline.sections[id].title;
    let read = title::read(heading, prefix);
    let template_title = title::read(&cx.template.title, prefix);
    let help = format!(
        "Write `# {prefix}-{wanted}: Title`, with at least four digits, a colon and a title."
    );
    if read.number == Some(0) && in_path.is_none() {
        let message = format!("`{prefix}-0000` is the template's number.");
        out.push(gap(cx, &TITLE_FORMAT, lines, message, help));
    } else if read.well_formed && read.text == template_title.text {
        let message = format!("`{}` is the template's title.", read.text);
        out.push(gap(cx, &TITLE_FORMAT, lines, message, help));
    } else if !read.well_formed {
        let message = format!("The title `{heading}` has not the form `{prefix}-NNNN: Title`.");
        let number = read.number.or(in_path).filter(|n| *n > 0);
        let fix = number.filter(|_| !read.text.is_empty()).map(|number| Fix {
            description: "write the title in its form".into(),
            edits: vec![Edit {
                start_line: lines.start,
                end_line: lines.end,
                text: format!(
                    "# {prefix}-{number:04}: {}{}",
                    read.text,
                    cx.outline.source.line_ending()
                ),
            }],
        });
        out.push(Gap { fix, ..gap(cx, &TITLE_FORMAT, lines, message, help) });
    }
    if let (Some(in_title), Some(in_path)) = (read.number, in_path)
        && in_title != in_path
    {
        let message =
            format!("The title says {prefix}-{in_title:04} and the path says {in_path:04}.");
        let help = format!("Rename the file, or write `# {prefix}-{in_path:04}: {}`.", read.text);
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

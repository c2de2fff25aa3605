//! The table of contents: written anew between its marks, or put where the template has it.

use crate::proposal::toc::{self, Toc};
use crate::proposal::{Lines, SectionId};
use crate::review::context::Context;
use crate::review::finding::{Edit, Fix};

use super::insert::{in_front, is_blank, lines_behind};

/// Writes the list between the marks anew. `None` where a mark shares its line with something else, where
/// something is between the entries that would be lost, or where that would change nothing.
pub(in crate::review) fn anew(cx: &Context<'_>, toc: &Toc) -> Option<Fix> {
    let source = &cx.outline.source;
    // What an unclosed comment hides is listed, and is to be listed again.
    if toc.end <= toc.start
        || !is_mark(cx, toc.start)
        || !is_mark(cx, toc.end)
        || cx.outline.unclosed.is_some()
    {
        return None;
    }
    let (old, list) = toc::list::write(cx.outline, cx.anchors(), toc.start + 1..toc.end)?;
    let eol = source.line_ending();
    let list = list.replace('\n', eol) + eol;
    let edit = if old.is_empty() {
        // Words right below the list would become part of it.
        let blank = if is_blank(source, old.start) || old.start == toc.end { "" } else { eol };
        in_front(source, old.start, &format!("{list}{blank}"))
    } else {
        let before = &source.text()[source.line_start(old.start)..source.line_start(old.end)];
        if before == list {
            return None;
        }
        Edit { start_line: old.start, end_line: old.end - 1, text: list }
    };
    Some(fix("write the table of contents anew from the headings", vec![edit]))
}

fn fix(description: &str, edits: Vec<Edit>) -> Fix {
    Fix { description: description.to_owned(), edits }
}

/// Whether a mark has its line for itself, outside quotations and lists.
fn is_mark(cx: &Context<'_>, line: usize) -> bool {
    let raw = cx.outline.source.line(line).trim_start_matches('\u{feff}');
    let mark = raw.trim();
    raw.len() - raw.trim_start().len() <= 3
        && mark.starts_with("<!--")
        && mark.find("-->").is_some_and(|end| end + 3 == mark.len())
}

/// Gives an EP a table of contents, where the template has its own: puts marks around the list that stands there,
/// or writes list and marks below the heading.
pub(in crate::review) fn missing(cx: &Context<'_>) -> Option<Fix> {
    let id = match cx.template.toc_section {
        Some(at) => cx.found[at].or(cx.outline.title())?,
        None => cx.outline.title()?,
    };
    if cx.outline.unclosed.is_some() || cx.outline.is_bullet(id) {
        return None;
    }
    let marks = toc::marks(cx.outline);
    match marks.as_slice() {
        [] => match bare_list(cx, id) {
            Some(list) => Some(wrap(cx, list, true, true)),
            None => below(cx, id),
        },
        [one] => half(cx, id, one),
        _ => None,
    }
}

/// One of two marks is there: the other goes to the far end of the list beside it.
fn half(cx: &Context<'_>, id: SectionId, mark: &toc::Mark) -> Option<Fix> {
    let source = &cx.outline.source;
    if !is_mark(cx, mark.line) {
        return None;
    }
    let list = bare_list(cx, id)?;
    let between = if mark.opens { mark.line + 1..list.start } else { list.end + 1..mark.line };
    let beside = if mark.opens { mark.line < list.start } else { list.end < mark.line };
    (beside && between.clone().all(|n| is_blank(source, n)))
        .then(|| wrap(cx, list, !mark.opens, mark.opens))
}

/// Marks around a list.
fn wrap(cx: &Context<'_>, list: Lines, open: bool, close: bool) -> Fix {
    let source = &cx.outline.source;
    let eol = source.line_ending();
    let mut edits = Vec::new();
    if open {
        edits.push(in_front(source, list.start, &format!("<!-- toc -->{eol}")));
    }
    if close {
        edits.push(lines_behind(source, list.end, "<!-- /toc -->"));
    }
    fix("put the marks around the table of contents", edits)
}

/// A list of nothing but entries in a section's own text, by itself; of two lines at least.
fn bare_list(cx: &Context<'_>, id: SectionId) -> Option<Lines> {
    let source = &cx.outline.source;
    let body = cx.outline.sections[id].body.clone();
    let is_entry = |&n: &usize| toc::list::is_entry(cx.outline, n);
    let start = body.clone().find(is_entry)?;
    let belongs = |n: &usize| is_entry(n) || is_blank(source, *n);
    let end = (start..body.end).take_while(belongs).filter(is_entry).last()?;
    let alone = (start == body.start || is_blank(source, start - 1) || is_mark(cx, start - 1))
        && (end + 1 >= body.end || is_blank(source, end + 1) || is_mark(cx, end + 1));
    (alone && end > start).then_some(Lines::new(start, end))
}

/// List and marks right below a heading.
fn below(cx: &Context<'_>, id: SectionId) -> Option<Fix> {
    let source = &cx.outline.source;
    let line = cx.heading(id).end;
    let (_, list) = toc::list::write(cx.outline, cx.anchors(), line + 1..line + 1)?;
    let next = line + 1;
    let gap = if next > source.line_count() || is_blank(source, next) { "" } else { "\n" };
    let block = format!("\n<!-- toc -->\n{list}\n<!-- /toc -->{gap}");
    Some(fix("add the table of contents", vec![lines_behind(source, line, &block)]))
}

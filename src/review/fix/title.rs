//! A title that is written in another form.

use std::ops::Range;

use crate::proposal::{Outline, SectionId, markup, title};
use crate::review::context::Context;
use crate::review::finding::{Edit, Fix};

/// Writes the title in its form; the marks of the heading and the markup of its words stay. `None` where there are
/// no words, or where the heading would not read as it should.
pub(in crate::review) fn in_form(cx: &Context<'_>, id: SectionId, number: u64) -> Option<Fix> {
    let pattern = &cx.policy.title;
    let words = cx.outline.heading_words(id)?;
    let text = cx.outline.source.text();
    let shown = title::read(&cx.outline.sections[id].title, pattern);
    let written = title::read(&text[words.clone()], pattern);
    // Markup may hide the number; then the words are written anew from what they show.
    let rest =
        if written.number == shown.number { written.text } else { markup::escaped(&shown.text) };
    let rest = match shown.number {
        Some(_) => rest.as_str(),
        None => without_blank_name(&rest, pattern.word()),
    };
    if rest.is_empty() {
        return None;
    }
    let edit = replace(cx, id, words, &pattern.title(number, rest));
    reads_well(cx, &edit.text, number).then(|| Fix {
        description: format!("write the title as `{}`", pattern.title(number, "…")),
        edits: vec![edit],
    })
}

/// A title behind a name whose number was never filled in: `EP-XXXX: Offline login`.
fn without_blank_name<'t>(title: &'t str, word: &str) -> &'t str {
    let name =
        title.get(..word.len()).filter(|name| !word.is_empty() && name.eq_ignore_ascii_case(word));
    let Some(name) = name else { return title };
    let behind = title[name.len()..].trim_start_matches(|c: char| "-_ xXnN?#".contains(c));
    let rest = behind.trim_start_matches([':', '–', '—', ' ']);
    if behind.starts_with([':', '–', '—']) { rest } else { title }
}

/// The heading's lines with other words.
fn replace(cx: &Context<'_>, id: SectionId, words: Range<usize>, new: &str) -> Edit {
    let source = &cx.outline.source;
    let lines = cx.heading(id);
    let head = &source.text()[source.line_start(lines.start)..words.start];
    let tail = &source.text()[words.end..source.line_start(lines.end + 1)];
    Edit { start_line: lines.start, end_line: lines.end, text: format!("{head}{new}{tail}") }
}

fn reads_well(cx: &Context<'_>, heading: &str, number: u64) -> bool {
    let outline = Outline::parse(heading);
    let Some(id) = outline.title() else { return false };
    let read = title::read(&outline.sections[id].title, &cx.policy.title);
    outline.sections.len() == 2 && read.well_formed && read.number == Some(number)
}

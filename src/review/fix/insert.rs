//! New blocks between the lines of a text.

use crate::proposal::{Outline, Source};
use crate::review::finding::Edit;

/// Puts blocks, written with `\n` and without a last one, in front of a line that begins a heading; one past the
/// last line is the end of the text. A blank line stands on both sides.
pub(super) fn blocks_before(outline: &Outline<'_>, line: usize, blocks: &str) -> Edit {
    let source = &outline.source;
    let eol = source.line_ending();
    let blocks = blocks.replace('\n', eol);
    let Some(last) = (1..line).rev().find(|&n| !is_blank(source, n)) else {
        return in_front(source, line, &format!("{blocks}{eol}{eol}"));
    };
    let mut text = with_ending(source, last, eol);
    text.push_str(eol);
    text.push_str(&blocks);
    if last == source.line_count() {
        text.push_str(own_ending(source, last));
    } else {
        text.push_str(eol);
        if last + 1 == line {
            text.push_str(eol);
        }
    }
    Edit { start_line: last, end_line: last, text }
}

/// Puts text, with its line endings, in front of a line; a byte order mark stays the first thing in the file.
pub(super) fn in_front(source: &Source<'_>, line: usize, new: &str) -> Edit {
    let raw = source.line_with_ending(line);
    let mark = if line == 1 { &raw[..source.body_offset()] } else { "" };
    let text = format!("{mark}{new}{}", &raw[mark.len()..]);
    Edit { start_line: line, end_line: line, text }
}

/// Puts lines, written with `\n` and without a last one, right behind a line.
pub(super) fn lines_behind(source: &Source<'_>, line: usize, new: &str) -> Edit {
    let eol = source.line_ending();
    let mut text = with_ending(source, line, eol);
    text.push_str(&new.replace('\n', eol));
    text.push_str(own_ending(source, line));
    Edit { start_line: line, end_line: line, text }
}

/// A line with its line ending, or with `eol` where it is the last one and has none.
fn with_ending(source: &Source<'_>, line: usize, eol: &str) -> String {
    let raw = source.line_with_ending(line);
    if raw.ends_with('\n') { raw.to_owned() } else { format!("{raw}{eol}") }
}

/// A line's own line ending; empty for a last line that has none.
pub(super) fn own_ending<'s>(source: &Source<'s>, line: usize) -> &'s str {
    &source.line_with_ending(line)[source.line(line).len()..]
}

/// Whether nothing but white space stands in a line.
pub(super) fn is_blank(source: &Source<'_>, line: usize) -> bool {
    source.line(line).trim_start_matches('\u{feff}').trim().is_empty()
}

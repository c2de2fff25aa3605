//! Guidance of the template in sections that are written: cut out, and nothing else with it.

use std::ops::Range;

use crate::proposal::{Lines, SectionId, bullet};
use crate::review::context::Context;
use crate::review::finding::{Edit, Fix};

use super::insert::{is_blank, own_ending};

/// Deletes those of the given comments whose section is written: whoever still has to write one needs its
/// guidance. `None` where there is none of them.
pub(in crate::review) fn cut(cx: &Context<'_>, comments: &[&Range<usize>]) -> Option<Fix> {
    let source = &cx.outline.source;
    let ripe: Vec<&Range<usize>> = comments
        .iter()
        .copied()
        .filter(|c| is_written(cx, cx.outline.section_at(source.line_at(c.start))))
        .collect();
    let mut places: Vec<Place> = Vec::new();
    // Comments that share a line are cut at once.
    for group in ripe.chunk_by(|a, b| source.lines_of(b).start <= source.lines_of(a).end) {
        let Some(place) = place(cx, group) else { continue };
        match (places.last_mut(), &place) {
            (Some(Place::Whole(last)), Place::Whole(lines))
                if (last.end + 1..lines.start).all(|n| is_blank(source, n)) =>
            {
                last.end = lines.end;
            }
            _ => places.push(place),
        }
    }
    let edits: Vec<Edit> = places.into_iter().filter_map(|place| edit(cx, place)).collect();
    let which = if ripe.len() == comments.len() { "" } else { " of the sections that are written" };
    let description = format!("delete the template's guidance comments{which}");
    (!edits.is_empty()).then_some(Fix { description, edits })
}

/// Whether a section says what is asked of it.
fn is_written(cx: &Context<'_>, id: SectionId) -> bool {
    let asks = cx.meant[id].is_some_and(|at| {
        let section = &cx.template.sections[at];
        let part = section.asks && cx.template.below_prr(at) && !section.question;
        part || Some(at) == cx.status_template()
    });
    cx.answers[id].given || (!asks && cx.filled(id))
}

/// Where comments are cut out.
enum Place {
    /// Lines that hold nothing else.
    Whole(Lines),
    /// Lines of which this is left.
    Part(Lines, String),
}

/// `None` where what is left would turn into something else.
fn place(cx: &Context<'_>, comments: &[&Range<usize>]) -> Option<Place> {
    let source = &cx.outline.source;
    let text = source.text();
    let (first, last) = (comments.first()?, comments.last()?);
    let lines = Lines::new(source.lines_of(first).start, source.lines_of(last).end);
    let start = source.line_start(lines.start);
    let end = last.end.max(source.line_start(lines.end) + source.line(lines.end).len());
    let before = &text[start..first.start];
    let pieces = comments.windows(2).map(|two| &text[two[0].end..two[1].start]);
    let mut left = before.to_owned();
    for piece in pieces.chain([&text[last.end..end]]) {
        // One space is enough where two would meet.
        let meets = left.trim_matches('\u{feff}').trim().is_empty() || left.ends_with([' ', '\t']);
        left.push_str(if meets { piece.trim_start_matches([' ', '\t']) } else { piece });
    }
    let words = left.trim_start_matches('\u{feff}').trim();
    if words.is_empty() {
        return Some(Place::Whole(lines));
    }
    let stays = bullet::behind(words).contains(char::is_alphanumeric);
    let begins = !before.trim_start_matches('\u{feff}').trim().is_empty()
        || (begins_paragraph(words) && !is_underline(source.line(lines.end + 1)));
    if text[last.end..end].trim().is_empty() {
        left.truncate(left.trim_end_matches([' ', '\t']).len());
    }
    (stays && begins).then_some(Place::Part(lines, left))
}

/// Whether a text that stood behind a comment is plain words without it, and no other block.
fn begins_paragraph(text: &str) -> bool {
    let plain = text.trim_start_matches(['*', '_', '(', '"']);
    let code = plain.starts_with('`') && !plain.starts_with("``");
    bullet::read(text).is_none()
        && (code || plain.starts_with(|c: char| c.is_alphanumeric() || !c.is_ascii()))
}

/// Whether a line would make a heading of the one above it.
fn is_underline(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && (line.chars().all(|c| c == '=') || line.chars().all(|c| c == '-'))
}

/// Lines are deleted such that their neighbours do not grow together, and one blank line stays where two would meet.
fn edit(cx: &Context<'_>, place: Place) -> Option<Edit> {
    let source = &cx.outline.source;
    let lines = match place {
        Place::Part(lines, left) => {
            let text = left + own_ending(source, lines.end);
            return Some(Edit { start_line: lines.start, end_line: lines.end, text });
        }
        Place::Whole(lines) => lines,
    };
    let (mut start, mut end) = (lines.start, lines.end);
    let mut text = String::new();
    let (top, bottom) = (start == 1, end == source.line_count());
    let above = top || is_blank(source, start - 1);
    let below = bottom || is_blank(source, end + 1);
    if above && below {
        match (top, bottom) {
            (_, false) => end += 1,
            (false, true) => start -= 1,
            (true, true) => {}
        }
    } else if !above && !below {
        // A blank line would end a piece of raw HTML.
        let line = source.line(start - 1).trim();
        if line.starts_with('<') || line.ends_with('>') {
            return None;
        }
        source.line_ending().clone_into(&mut text);
    }
    if top {
        text.insert_str(0, &source.text()[..source.body_offset()]);
    }
    Some(Edit { start_line: start, end_line: end, text })
}

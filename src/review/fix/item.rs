//! Items of the checklist: put back at their place, and boxes that GitHub does not render.

use crate::proposal::bullet::{self, Bullet};
use crate::proposal::checklist::Found;
use crate::proposal::{Item, SectionId};
use crate::review::context::Context;
use crate::review::finding::{Edit, Fix};

use super::insert::{blocks_before, in_front, is_blank, lines_behind};

/// Writes the whole list back below the heading of its section, behind what else stands there.
pub(in crate::review) fn list(cx: &Context<'_>, id: SectionId) -> Option<Fix> {
    let line = cx.outline.sections[id].body.end;
    if line > cx.outline.source.line_count() && !cx.ends_closed() {
        return None;
    }
    let items: Vec<String> =
        cx.template.checklist.iter().map(|item| format!("- [ ] {}", item.text)).collect();
    Some(Fix {
        description: "add the checklist".into(),
        edits: vec![blocks_before(cx.outline, line, &items.join("\n"))],
    })
}

/// Writes items back: each behind the nearest one that comes before it in the template, or in front of the first.
/// `None` where a neighbour stands in a quotation or in a comment.
pub(in crate::review) fn missing(cx: &Context<'_>, ours: &[&Found], gone: &[usize]) -> Option<Fix> {
    let mut places: Vec<(Place, Vec<usize>)> = Vec::new();
    for &item in gone {
        let place = place(ours, item)?;
        match places.iter_mut().find(|(known, _)| *known == place) {
            Some((_, items)) => items.push(item),
            None => places.push((place, vec![item])),
        }
    }
    let edits: Option<Vec<Edit>> =
        places.iter().map(|(place, items)| edit(cx, ours, *place, items)).collect();
    let mut edits = edits?;
    edits.sort_by_key(|edit| edit.start_line);
    // An item may end where one nested in it does: the next review adds what belongs behind the other.
    edits.dedup_by_key(|edit| edit.start_line);
    let what = if gone.len() == 1 { "the missing item" } else { "the missing items" };
    Some(Fix { description: format!("add {what} of the checklist"), edits })
}

/// Beside the item that begins in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Behind(usize),
    InFrontOf(usize),
}

fn place(ours: &[&Found], item: usize) -> Option<Place> {
    let before = ours.iter().filter(|f| f.item < Some(item)).max_by_key(|f| (f.item, f.line));
    let after = ours.iter().filter(|f| f.item > Some(item)).min_by_key(|f| (f.item, f.line));
    before.map(|f| Place::Behind(f.line)).or(after.map(|f| Place::InFrontOf(f.line)))
}

fn edit(cx: &Context<'_>, ours: &[&Found], place: Place, items: &[usize]) -> Option<Edit> {
    let source = &cx.outline.source;
    let (Place::Behind(line) | Place::InFrontOf(line)) = place;
    let neighbour = bullet::read(source.line(line).trim_start_matches('\u{feff}'))?;
    let new: Vec<String> = items
        .iter()
        .enumerate()
        .map(|(at, &item)| {
            let marker = marker(&neighbour, place, at);
            let text = &cx.template.checklist[item].text;
            format!("{}{marker} [ ] {text}", neighbour.indent)
        })
        .collect();
    if let Place::InFrontOf(line) = place {
        let eol = source.line_ending();
        return Some(in_front(source, line, &(new.join(eol) + eol)));
    }
    let item = item_at(cx, line)?;
    let end = item.whole.start + cx.outline.source.text()[item.whole.clone()].trim_end().len();
    if cx.outline.unclosed.is_some_and(|open| open < end) {
        return None;
    }
    let last = source.line_at(end.saturating_sub(1));
    // A list with blank lines between its items keeps them.
    let next = (last + 1..=source.line_count()).find(|&n| !is_blank(source, n));
    let loose = next.is_some_and(|n| n > last + 1 && ours.iter().any(|f| f.line == n));
    let new = if loose { format!("\n{}", new.join("\n\n")) } else { new.join("\n") };
    Some(lines_behind(source, last, &new))
}

/// The marker of the neighbour; in an ordered list, counted on.
fn marker(neighbour: &Bullet<'_>, place: Place, at: usize) -> String {
    let Some(number) = neighbour.number() else { return neighbour.marker.to_owned() };
    let sign = &neighbour.marker[neighbour.marker.len() - 1..];
    let number = match place {
        Place::Behind(_) if number > 1 => number + 1 + at as u64,
        // A list that counts `1. 1. 1.` goes on so; in front, the first number is the list's.
        Place::Behind(_) | Place::InFrontOf(_) => number,
    };
    format!("{number}{sign}")
}

fn begins_words(text: &str) -> bool {
    text.starts_with(char::is_alphanumeric) && bullet::read(text).is_none()
}

fn item_at<'c>(cx: &'c Context<'_>, line: usize) -> Option<&'c Item> {
    cx.outline.items.iter().rfind(|item| item.line == line)
}

/// Markers that plainly mean "done".
const DONE: &[&str] = &["✅", "✔", "✔️", "☑", "☑️", "✓", "*", "v", "y", "x", "yes", "done"];

/// Markers that plainly mean "not done".
const OPEN: &[&str] = &["", "☐", "⬜", "❌", "✗", "✘", "no", "open"];

/// Boxes that GitHub renders in place of those that it does not, each by its line and marker: ticked or open where
/// the marker plainly means that, open where there is none. Markers that can mean several things stay. `None` where
/// all of them do.
pub(in crate::review) fn boxes<'m>(
    cx: &Context<'_>,
    odd: impl Iterator<Item = (usize, &'m str)>,
) -> Option<Fix> {
    let mut edits: Vec<Edit> = odd.filter_map(|(line, marker)| boxed(cx, line, marker)).collect();
    edits.dedup_by_key(|edit| edit.start_line);
    let description = "write the boxes as `[x]` or `[ ]`".to_owned();
    (!edits.is_empty()).then_some(Fix { description, edits })
}

fn boxed(cx: &Context<'_>, line: usize, marker: &str) -> Option<Edit> {
    let source = &cx.outline.source;
    let raw = source.line_with_ending(line);
    let bullet = bullet::read(source.line(line).trim_start_matches('\u{feff}'))?;
    let lead = raw.len() - source.line_with_ending(line).trim_start_matches('\u{feff}').len()
        + bullet.indent.len()
        + bullet.marker.len()
        + bullet.gap.len();
    let (head, tail) = raw.split_at(lead);
    let text = match tail.strip_prefix('[').and_then(|rest| rest.strip_prefix(marker)) {
        Some(rest) if rest.starts_with(']') => {
            let folded = marker.trim().to_lowercase();
            let new = if DONE.contains(&folded.as_str()) {
                "[x]"
            } else if OPEN.contains(&folded.as_str()) {
                "[ ]"
            } else {
                return None;
            };
            let rest = &rest[1..];
            let space = if rest.starts_with([' ', '\t']) { "" } else { " " };
            format!("{head}{new}{space}{rest}")
        }
        // A box goes in front of words; what begins another block would not be one behind it.
        _ if marker.is_empty() && begins_words(tail) => format!("{head}[ ] {tail}"),
        _ => return None,
    };
    (text != raw).then_some(Edit { start_line: line, end_line: line, text })
}

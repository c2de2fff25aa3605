//! Headings that are gone: put back where the template has them, with their guidance and all that is gone with them.

use crate::proposal::SectionId;
use crate::review::context::Context;
use crate::review::finding::Fix;

use super::insert::blocks_before;

/// Where a heading is put.
struct Place {
    /// In front of this line; one past the last line is the end of the text.
    line: usize,
    /// Its level.
    level: u8,
    /// Its sub-sections stand there already: they come below it by themselves.
    adopts: bool,
}

/// Writes a section of the template back. `None` where it cannot be told where it belongs, where Markdown would
/// read it as something else, or where the heading seems to stand at another place: its author moves it, with all
/// that is below it, and an empty twin would only hide that.
pub(in crate::review) fn missing(cx: &Context<'_>, at: usize) -> Option<Fix> {
    let place = place(cx, at)?;
    if !is_free(cx, place.line) || !cx.elsewhere(at).is_empty() {
        return None;
    }
    let mut blocks = String::new();
    write(cx, at, place.level, place.adopts, &mut blocks)?;
    let section = &cx.template.sections[at];
    let (kind, name) = if section.question {
        ("question", section.title().to_owned())
    } else {
        ("heading", section.name())
    };
    Some(Fix {
        description: format!("add the {kind} `{}`", name.replace('`', "")),
        edits: vec![blocks_before(cx.outline, place.line, &blocks)],
    })
}

/// Whether blocks may stand in front of a line: a heading ends whatever came before it, a list item does not.
fn is_free(cx: &Context<'_>, line: usize) -> bool {
    if line > cx.outline.source.line_count() {
        return cx.ends_closed();
    }
    !cx.outline.is_bullet(cx.outline.section_at(line))
}

/// The heading with its form, and what is missing below it. `None` where it would nest deeper than Markdown can.
fn write(cx: &Context<'_>, at: usize, level: u8, adopts: bool, out: &mut String) -> Option<()> {
    let section = &cx.template.sections[at];
    if level > 6 {
        return None;
    }
    if !out.is_empty() {
        out.push_str("\n\n");
    }
    out.push_str(&"#".repeat(usize::from(level)));
    out.push(' ');
    out.push_str(&section.heading);
    // What stands below it is written already: no guidance is needed.
    if adopts {
        return Some(());
    }
    if !section.form.is_empty() {
        out.push_str("\n\n");
        out.push_str(&section.form);
    }
    let gone = cx.template.children(at).filter(|&child| cx.found[child].is_none());
    for child in gone {
        let below = cx.template.sections[child].level.saturating_sub(section.level).max(1);
        write(cx, child, level + below, false, out)?;
    }
    Some(())
}

/// Behind the nearest sibling that comes before it in the template; else right below the parent's own text.
fn place(cx: &Context<'_>, at: usize) -> Option<Place> {
    let outline = cx.outline;
    let section = &cx.template.sections[at];
    let parent = match section.parent {
        Some(parent) => cx.found[parent]?,
        None => outline.title().unwrap_or(0),
    };
    let siblings = |range: std::ops::Range<usize>| {
        range
            .filter(|&t| cx.template.sections[t].parent == section.parent)
            .filter_map(|t| directly_below(cx, cx.found[t]?, section.parent.map(|_| parent)))
    };
    let before = siblings(0..at).last();
    let (around, level) = match before {
        // A question of a list of questions would need a form of its own.
        Some(before) if outline.is_bullet(before) => return None,
        // As deep as in the template, beside what is less deep there: a question below the parts of its questionnaire
        // comes to the end of the last part.
        Some(before) => {
            let level = outline.sections[before].level;
            (before, level + deeper(cx, at))
        }
        None => {
            let level = siblings(at + 1..cx.template.sections.len())
                .find(|&id| !outline.is_bullet(id))
                .map(|id| outline.sections[id].level)
                .filter(|&level| level > outline.sections[parent].level);
            (parent, level.unwrap_or_else(|| level_below(cx, at, parent)))
        }
    };
    // A first-level heading in a text without one would become its title.
    if level == 1 && outline.title().is_none() {
        return None;
    }
    let start = |id: SectionId| {
        outline.sections.get(id).map_or(outline.source.line_count() + 1, |s| s.heading.start)
    };
    if let Some(orphan) = orphan(cx, at, around, level) {
        return Some(Place { line: start(orphan), level, adopts: true });
    }
    // Deeper headings right below the parent are not to come below the new one.
    let end = outline.sections[around].end;
    let mut below = around + 1..end;
    let next = below.find(|&id| before.is_none() && outline.sections[id].level <= level);
    let next = next.unwrap_or(end);
    Some(Place { line: start(next), level, adopts: false })
}

/// How much deeper a section lies in the template than the nearest sibling before it.
fn deeper(cx: &Context<'_>, at: usize) -> u8 {
    let sections = &cx.template.sections;
    let sibling = (0..at).rev().find(|&t| sections[t].parent == sections[at].parent);
    sibling.map_or(0, |t| sections[at].level.saturating_sub(sections[t].level))
}

/// The section itself or the one around it that stands right below `parent`; itself where there is no parent.
fn directly_below(cx: &Context<'_>, id: SectionId, parent: Option<SectionId>) -> Option<SectionId> {
    let Some(parent) = parent else { return Some(id) };
    let around = |id: &SectionId| cx.outline.sections[*id].parent;
    std::iter::successors(Some(id), around).find(|id| around(id) == Some(parent))
}

/// As far below the parent as in the template.
fn level_below(cx: &Context<'_>, at: usize, parent: SectionId) -> u8 {
    let section = &cx.template.sections[at];
    let above = section.parent.map_or(1, |p| cx.template.sections[p].level);
    match cx.outline.sections[parent].level {
        0 => section.level,
        level => level + section.level.saturating_sub(above).max(1),
    }
}

/// A sub-section of the missing one that has lost its heading, and now stands below the section before it: the
/// heading goes back in front of it.
fn orphan(cx: &Context<'_>, at: usize, around: SectionId, level: u8) -> Option<SectionId> {
    let is_child = |id: SectionId| {
        cx.template
            .children(at)
            .any(|child| cx.template.sections[child].key.last() == Some(&cx.keys[id]))
    };
    cx.outline
        .children(around)
        .find(|&id| cx.outline.sections[id].level > level && cx.meant[id].is_none() && is_child(id))
}

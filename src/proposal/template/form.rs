//! What stands below a heading in a fresh copy of the template, for a heading that is put back.

use std::ops::Range;

use super::super::outline::{Outline, Section, SectionId};
use super::{comment_text, is_marker};

/// The guidance comments in a section's own text.
pub(super) fn guidance_in<'o>(
    outline: &'o Outline<'_>,
    section: &'o Section,
) -> impl Iterator<Item = &'o Range<usize>> {
    let text = outline.source.text();
    outline
        .comments
        .iter()
        .filter(|range| section.body.contains(&outline.source.line_at(range.start)))
        .filter(move |range| !is_marker(&comment_text(text, range)))
        .filter(|range| outline.unclosed != Some(range.start))
}

/// The guidance alone.
pub(super) fn guidance(outline: &Outline<'_>, section: &Section) -> String {
    let comments: Vec<&str> =
        guidance_in(outline, section).map(|range| &outline.source.text()[range.clone()]).collect();
    comments.join("\n\n").replace("\r\n", "\n")
}

/// A section's own text as it stands: for boxes, which are to be filled in. What is open at the template's end
/// would swallow what follows it elsewhere.
pub(super) fn whole(outline: &Outline<'_>, id: SectionId) -> String {
    let section = &outline.sections[id];
    if id + 1 == outline.sections.len() && !outline.ends_closed() {
        return guidance(outline, section);
    }
    let lines: Vec<&str> = section.body.clone().map(|n| outline.source.line(n)).collect();
    lines.join("\n").trim_end().trim_start_matches('\n').to_owned()
}

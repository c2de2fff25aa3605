//! The table of contents between `<!-- toc -->` marks, and GitHub's anchors.

pub mod list;

use std::borrow::Cow;
use std::ops::Range;

use super::hash::{Map, Set};
use super::outline::{Outline, Section, SectionId};
use super::template::comment_text;
use super::text;

/// One entry of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its line.
    pub line: usize,
    /// The anchor without `#`.
    pub anchor: String,
    /// The entry's words.
    pub text: String,
}

/// A table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toc {
    /// Line of the opening mark.
    pub start: usize,
    /// Line of the closing mark.
    pub end: usize,
    /// The entries, in order.
    pub entries: Vec<Entry>,
}

/// One of the two comments around a table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Whether it is the first of the two.
    pub opens: bool,
    /// Its line.
    pub line: usize,
    range: Range<usize>,
}

/// The marks of a table of contents, in order. In code there is none.
pub fn marks(outline: &Outline<'_>) -> Vec<Mark> {
    let comments = outline.comments.iter().filter_map(|range| {
        let comment = comment_text(outline.source.text(), range).to_ascii_lowercase();
        let opens = match comment.as_str() {
            "toc" => true,
            "/toc" => false,
            _ => return None,
        };
        Some(Mark { opens, line: outline.source.line_at(range.start), range: range.clone() })
    });
    comments.collect()
}

/// Reads the table of contents; `None` where there is none.
pub fn read(outline: &Outline<'_>) -> Option<Toc> {
    let source = &outline.source;
    let marks = marks(outline);
    let mark = |opens: bool| marks.iter().find(|mark| mark.opens == opens);
    let (open, close) = (&mark(true)?.range, &mark(false)?.range);
    let entries = outline
        .links
        .iter()
        .filter(|link| {
            (open.end..close.start).contains(&link.range.start) && link.dest.starts_with('#')
        })
        .map(|link| Entry {
            line: source.line_at(link.range.start),
            anchor: link.dest[1..].to_owned(),
            text: link_text(&source.text()[link.range.clone()]).to_owned(),
        })
        .collect();
    Some(Toc { start: source.line_at(open.start), end: source.line_at(close.start), entries })
}

/// The words of a link, `[words](#anchor)`.
fn link_text(link: &str) -> &str {
    let words = link.strip_prefix('[').unwrap_or(link);
    words.rfind("](").or_else(|| words.rfind("][")).map_or(words, |end| &words[..end])
}

/// The anchor of each section, in order; the root has none. Repeats get `-1`, `-2`, … as on GitHub.
pub fn anchors(outline: &Outline<'_>) -> Vec<String> {
    let slug = |section: &Section| match section.level {
        0 => String::new(),
        _ => text::slug(&section.title),
    };
    let slugs: Vec<String> = outline.sections.iter().map(slug).collect();
    let mut seen: Map<&str, usize> = Map::default();
    let mut repeats = Vec::new();
    for (id, slug) in slugs.iter().enumerate().filter(|(id, _)| outline.sections[*id].level > 0) {
        let count = seen.entry(slug).or_insert(0);
        if *count > 0 {
            repeats.push((id, format!("{slug}-{count}")));
        }
        *count += 1;
    }
    let mut anchors = slugs;
    for (id, anchor) in repeats {
        anchors[id] = anchor;
    }
    anchors
}

/// What is wrong with a table of contents.
#[derive(Debug, PartialEq, Eq)]
pub struct Faults {
    /// Entries that point nowhere.
    pub dead: Vec<Entry>,
    /// H2 and H3 headings that no entry names. An entry with the heading's words and a wrong link is a dead entry,
    /// not a missing one.
    pub unlisted: Vec<SectionId>,
}

/// Holds a table of contents against the headings, whose [`anchors`] are given.
pub fn faults(outline: &Outline<'_>, anchors: &[String], toc: &Toc) -> Faults {
    let known: Set<&str> = anchors.iter().chain(&outline.anchors).map(String::as_str).collect();
    let (live, dead): (Vec<&Entry>, Vec<&Entry>) = toc.entries.iter().partition(|e| {
        known.contains(e.anchor.as_str()) || known.contains(e.anchor.to_lowercase().as_str())
    });
    let listed: Set<Cow<'_, str>> = live.iter().map(|entry| lowered(&entry.anchor)).collect();
    let named: Set<String> = dead.iter().map(|entry| text::fold(&entry.text)).collect();
    let unlisted = (1..outline.sections.len())
        .filter(|&id| {
            matches!(outline.sections[id].level, 2 | 3) && !listed.contains(anchors[id].as_str())
        })
        .filter(|&id| named.is_empty() || !named.contains(&text::fold(&outline.sections[id].title)))
        .collect();
    Faults { dead: dead.into_iter().cloned().collect(), unlisted }
}

/// An anchor in lower case, without a copy of what nearly all anchors are.
fn lowered(anchor: &str) -> Cow<'_, str> {
    let plain = anchor.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if plain { anchor.into() } else { anchor.to_lowercase().into() }
}

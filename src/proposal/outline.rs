//! Markdown → outline: sections, list items, links and comments with exact ranges, in one pass.
//!
//! The ranges come from pulldown-cmark's offset iterator, so that headings in fences, task lists in comments and
//! every other trap of Markdown are told apart as GitHub tells them apart.

mod build;
mod bullets;

pub(super) use build::OPTIONS;
pub(crate) use bullets::Asked;

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::CowStr;

use super::source::{Lines, Source};
use super::{bullet, markup, text};

/// Index of a section in [`Outline::sections`].
pub type SectionId = usize;

/// A heading and its text up to the next heading of any level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Rendered text of the heading. Empty for the root.
    pub title: String,
    /// 1 to 6; 0 for the root, which holds what stands before the first heading.
    pub level: u8,
    /// Lines of the heading itself.
    pub heading: Lines,
    /// Bytes of its own text on the heading's last line, where it is a bold list item; else empty.
    pub rest: Range<usize>,
    /// Lines of its own text, end excluded.
    pub body: Range<usize>,
    /// The section around it; `None` for the root only.
    pub parent: Option<SectionId>,
    /// One past its last descendant.
    pub end: SectionId,
}

/// One list item outside comments and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The section in which it stands.
    pub section: SectionId,
    /// The item's first line.
    pub line: usize,
    /// Bytes of its own text, up to a nested list.
    pub own: Range<usize>,
    /// Bytes of the whole item with everything nested in it.
    pub whole: Range<usize>,
    /// Nesting depth, from 1.
    pub depth: usize,
    /// A box that GitHub renders: ticked or open.
    pub task: Option<bool>,
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link<'a> {
    /// Where it points.
    pub dest: CowStr<'a>,
    /// Whether it is an image.
    pub image: bool,
    /// Bytes of the whole link.
    pub range: Range<usize>,
    /// The section in which it stands.
    pub section: SectionId,
}

/// A code block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Language of the fence; empty where none is named.
    pub language: String,
    /// Its lines with the fences.
    pub lines: Lines,
    /// The section in which it stands.
    pub section: SectionId,
}

/// Text that looks like a placeholder and that GitHub hides, as `<cluster-name>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenTag {
    /// The tag as it stands.
    pub tag: String,
    /// Its line.
    pub line: usize,
    /// The section in which it stands.
    pub section: SectionId,
}

/// What a Markdown file consists of. Any text gives one; nothing in it can fail.
#[derive(Debug, Clone)]
pub struct Outline<'a> {
    /// The text and its lines.
    pub source: Source<'a>,
    /// The root, then every heading outside containers, in order.
    pub sections: Vec<Section>,
    /// All list items, in order.
    pub items: Vec<Item>,
    /// All links and images, in order.
    pub links: Vec<Link<'a>>,
    /// All code blocks, in order.
    pub code: Vec<Code>,
    /// Byte ranges of the HTML comments, in order.
    pub comments: Vec<Range<usize>>,
    /// Where a comment opens that never closes; everything behind it is hidden.
    pub unclosed: Option<usize>,
    /// Tags that no browser knows.
    pub hidden_tags: Vec<HiddenTag>,
    /// Bytes of the YAML between the fences at the very start of the file, where there is any.
    pub front_matter: Option<Range<usize>>,
    /// The first H1.
    title: Option<SectionId>,
    /// Names that `id` and `name` attributes define in raw HTML.
    pub anchors: Vec<String>,
}

impl<'a> Outline<'a> {
    /// Reads a text.
    pub fn parse(text: &'a str) -> Self {
        build::build(Source::new(text), None)
    }

    /// Reads a text in which a template's questions may stand as bold list items.
    pub(crate) fn parse_asked(text: &'a str, asked: Option<Asked<'_>>) -> Self {
        build::build(Source::new(text), asked)
    }

    /// The section that holds the document's title: the first H1.
    pub fn title(&self) -> Option<SectionId> {
        self.title
    }

    /// Titles from the outermost section to this one, without the root and the document's title.
    pub fn path(&self, id: SectionId) -> Vec<String> {
        let title = self.title();
        let mut path = Vec::new();
        let mut at = Some(id);
        while let Some(id) = at {
            let section = &self.sections[id];
            if section.level > 0 && Some(id) != title {
                path.push(section.title.clone());
            }
            at = section.parent;
        }
        path.reverse();
        path
    }

    /// The sections directly below one.
    pub fn children(&self, id: SectionId) -> impl Iterator<Item = SectionId> + '_ {
        (id + 1..self.sections[id].end).filter(move |&c| self.sections[c].parent == Some(id))
    }

    /// A section and everything below it.
    pub fn subtree(&self, id: SectionId) -> Range<SectionId> {
        id..self.sections[id].end
    }

    /// The section in which a line stands, its heading included.
    pub fn section_at(&self, line: usize) -> SectionId {
        self.sections.partition_point(|s| s.level == 0 || s.heading.start <= line).saturating_sub(1)
    }

    /// The last line of a section's subtree.
    pub fn last_line(&self, id: SectionId) -> usize {
        let last = &self.sections[self.sections[id].end - 1];
        last.body.end.saturating_sub(1).max(last.heading.end)
    }

    /// Bytes of a heading's own Markdown, without its marks and its underline; `None` for the root and for what
    /// stands as a list item.
    pub fn heading_words(&self, id: SectionId) -> Option<Range<usize>> {
        let section = &self.sections[id];
        if section.level == 0 || self.is_bullet(id) {
            return None;
        }
        let source = &self.source;
        let start = source.line_start(section.heading.start).max(source.body_offset());
        // An ATX heading is one line; a setext heading has its underline below.
        let one_line = section.heading.start == section.heading.end;
        let last = if one_line { section.heading.end } else { section.heading.end - 1 };
        let end = source.line_start(last) + source.line(last).len();
        let raw = source.text().get(start..end)?;
        let words = if one_line { atx_words(raw) } else { without_space(raw) };
        Some(start + words.start..start + words.end)
    }

    /// The Markdown of a heading's words on one line; what a comment cuts into is written anew from what it shows.
    pub fn heading_markdown(&self, id: SectionId) -> String {
        let words = self.heading_words(id).filter(|words| {
            let next = self.comments.partition_point(|c| c.end <= words.start);
            self.comments.get(next).is_none_or(|c| c.start >= words.end)
        });
        match words {
            Some(words) => text::fold_space(&self.source.text()[words]),
            None => markup::escaped(&text::fold_space(&self.sections[id].title)),
        }
    }

    /// Whether a section's heading is a bold list item.
    pub fn is_bullet(&self, id: SectionId) -> bool {
        let section = &self.sections[id];
        section.level > 0 && bullet::read(self.source.line(section.heading.start)).is_some()
    }

    /// Whether blocks that are appended stand for themselves: no comment, fence or raw HTML is open at the end.
    pub fn ends_closed(&self) -> bool {
        let last = (1..self.sections.len()).rev().find(|&id| !self.is_bullet(id)).unwrap_or(0);
        let section = &self.sections[last];
        // A heading stands on the ground: what came before it cannot be open.
        let first = if last == 0 { section.body.start } else { section.heading.start };
        self.unclosed.is_none()
            && build::is_closed(&self.source.text()[self.source.line_start(first)..])
    }

    /// Items that stand in a section's own text.
    pub fn items_in(&self, id: SectionId) -> &[Item] {
        let start = self.items.partition_point(|i| i.section < id);
        let end = self.items.partition_point(|i| i.section <= id);
        &self.items[start..end]
    }

    /// A section's heading and own text as they stand in the source.
    pub fn whole_text(&self, id: SectionId) -> &'a str {
        let section = &self.sections[id];
        let start = self.source.line_start(section.heading.start);
        &self.source.text()[start..self.source.line_start(section.body.end).max(start)]
    }

    /// A section's own text as a reader sees it, line by line.
    pub fn own_lines(&self, id: SectionId) -> impl Iterator<Item = (usize, Cow<'a, str>)> + '_ {
        let section = &self.sections[id];
        let rest = section.rest.clone();
        let first = (!rest.is_empty())
            .then(|| (section.heading.end, Cow::Borrowed(&self.source.text()[rest])));
        first.into_iter().chain(self.visible_lines(section.body.clone()))
    }

    /// The given lines (end excluded) as a reader sees them: without what comments hide.
    pub fn visible_lines(
        &self,
        lines: Range<usize>,
    ) -> impl Iterator<Item = (usize, Cow<'a, str>)> + '_ {
        let from = self.source.line_start(lines.start);
        let mut next = self.comments.partition_point(|c| c.end <= from);
        lines.map(move |number| {
            let line = self.source.line(number);
            let start = self.source.line_start(number);
            let end = start + line.len();
            while self.comments.get(next).is_some_and(|c| c.end <= start) {
                next += 1;
            }
            (number, strip(line, start, end, &self.comments[next..]))
        })
    }

    /// Whether a line lies in a code block.
    pub fn in_code(&self, line: usize) -> bool {
        let at = self.code.partition_point(|c| c.lines.end < line);
        self.code.get(at).is_some_and(|c| c.lines.contains(line))
    }
}

/// Where the text within white space stands.
fn without_space(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..text.trim_end().len().max(start)
}

/// Where the words of an ATX heading stand: between the opening and the closing `#`.
fn atx_words(line: &str) -> Range<usize> {
    let start = line.len() - line.trim_start().trim_start_matches('#').trim_start().len();
    let end = line.trim_end().len().max(start);
    let open = line[start..end].trim_end_matches('#');
    // Only a run behind a space closes.
    let closes = open.is_empty() || open.ends_with([' ', '\t']);
    start..if closes { start + open.trim_end().len() } else { end }
}

/// What is left of a line outside the comments.
fn strip<'a>(line: &'a str, start: usize, end: usize, comments: &[Range<usize>]) -> Cow<'a, str> {
    let mut touching = comments.iter().take_while(|c| c.start < end).peekable();
    if touching.peek().is_none() {
        return Cow::Borrowed(line);
    }
    let mut out = String::new();
    let mut at = start;
    for comment in touching {
        if comment.start > at {
            out.push_str(&line[at - start..comment.start - start]);
        }
        at = at.max(comment.end.min(end));
    }
    out.push_str(&line[at - start..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headings_own_words_stand_between_its_marks() {
        for (text, words) in [
            ("# EP-0042: `x` [y](z)", "EP-0042: `x` [y](z)"),
            ("\u{feff}##  Goals ## \r\n", "Goals"),
            ("## C# and F#", "C# and F#"),
            ("   ### #x #", "#x"),
            ("## \\#", "\\#"),
            ("#", ""),
            ("Ship *menu*\ncache\n=====\n", "Ship *menu*\ncache"),
        ] {
            let outline = Outline::parse(text);
            let range = outline.heading_words(1).expect(text);
            assert_eq!(&text[range], words, "{text:?}");
        }
        assert_eq!(Outline::parse("no heading").heading_words(0), None);
    }

    #[test]
    fn what_is_open_at_the_end_swallows_what_is_appended() {
        for closed in [
            "",
            "# a",
            "- a\n  - b",
            "> a",
            "```\nx\n```",
            "<!-- a -->",
            "|a|\n|-|\n|b|",
            "<div>",
            "[^1]: a",
        ] {
            assert!(Outline::parse(closed).ends_closed(), "{closed}");
        }
        for open in ["# a\n\n```\nx", "<!-- a", "# a\n<pre>\nx", "~~~~\n~~~", "<script>", "<?php"] {
            assert!(!Outline::parse(open).ends_closed(), "{open}");
        }
    }
}

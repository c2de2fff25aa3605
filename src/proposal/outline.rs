//! Markdown → outline: sections, list items, links and comments with exact ranges, in one pass.
//!
//! The ranges come from pulldown-cmark's offset iterator, so that headings in fences, task lists in comments and
//! every other trap of Markdown are told apart as GitHub tells them apart.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::html::HtmlScan;
use super::source::{Lines, Source};

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
    /// Names that `id` and `name` attributes define in raw HTML.
    pub anchors: Vec<String>,
}

impl<'a> Outline<'a> {
    /// Reads a text.
    pub fn parse(text: &'a str) -> Self {
        let source = Source::new(text);
        let start = front_matter_end(&source);
        Builder::new(source, start).run(start)
    }

    /// The section that holds the document's title: the first H1.
    pub fn title(&self) -> Option<SectionId> {
        self.sections.iter().position(|s| s.level == 1)
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

    /// Items that stand in a section's own text.
    pub fn items_in(&self, id: SectionId) -> &[Item] {
        let start = self.items.partition_point(|i| i.section < id);
        let end = self.items.partition_point(|i| i.section <= id);
        &self.items[start..end]
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

/// Where the Markdown starts: behind a byte order mark and YAML front matter.
///
/// By hand, since pulldown-cmark's option also matches in mid-document and swallows headings.
fn front_matter_end(source: &Source<'_>) -> usize {
    let start = source.body_offset();
    let fence = |line: &str| line.trim_end() == "---";
    if !fence(source.line(1).trim_start_matches('\u{feff}')) {
        return start;
    }
    (2..=source.line_count())
        .find(|&n| fence(source.line(n)) || source.line(n).trim_end() == "...")
        .map_or(start, |n| source.line_start(n + 1))
}

/// State of the one pass.
struct Builder<'a> {
    outline: Outline<'a>,
    html: HtmlScan,
    /// Open block quotes and lists: headings inside are no sections.
    containers: usize,
    /// Items that are open, innermost last.
    open_items: Vec<usize>,
    heading: Option<(u8, String, Range<usize>)>,
}

impl<'a> Builder<'a> {
    fn new(source: Source<'a>, start: usize) -> Self {
        let first = source.line_at(start);
        let root = Section {
            title: String::new(),
            level: 0,
            heading: Lines::at(1),
            body: first..source.line_count() + 1,
            parent: None,
            end: 1,
        };
        Self {
            outline: Outline {
                source,
                sections: vec![root],
                items: Vec::new(),
                links: Vec::new(),
                code: Vec::new(),
                comments: Vec::new(),
                unclosed: None,
                hidden_tags: Vec::new(),
                anchors: Vec::new(),
            },
            html: HtmlScan::default(),
            containers: 0,
            open_items: Vec::new(),
            heading: None,
        }
    }

    fn run(mut self, start: usize) -> Outline<'a> {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES;
        let text = self.outline.source.text();
        for (event, range) in Parser::new_ext(&text[start..], options).into_offset_iter() {
            self.event(event, range.start + start..range.end + start);
        }
        self.finish()
    }

    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        match event {
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => self.raw_html(range),
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, title, _)) = &mut self.heading {
                    title.push_str(&text);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((_, title, _)) = &mut self.heading {
                    title.push(' ');
                }
            }
            Event::TaskListMarker(ticked) => {
                if let Some(&item) = self.open_items.last() {
                    self.outline.items[item].task = Some(ticked);
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        let hidden = self.html.is_open();
        match tag {
            Tag::Heading { level, .. } if self.containers == 0 && !hidden => {
                self.heading = Some((level_number(level), String::new(), range));
            }
            Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => self.containers += 1,
            Tag::List(_) => {
                self.containers += 1;
                if let Some(&item) = self.open_items.last() {
                    let own = &mut self.outline.items[item].own;
                    own.end = own.end.min(range.start);
                }
            }
            Tag::Item => {
                self.open_items.push(self.outline.items.len());
                self.outline.items.push(Item {
                    section: self.outline.sections.len() - 1,
                    line: self.outline.source.line_at(range.start),
                    own: range.clone(),
                    whole: range,
                    depth: self.open_items.len(),
                    task: None,
                });
            }
            Tag::Link { dest_url, .. } if !hidden => self.link(dest_url, false, range),
            Tag::Image { dest_url, .. } if !hidden => self.link(dest_url, true, range),
            Tag::CodeBlock(kind) if !hidden => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => {
                        info.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase()
                    }
                    CodeBlockKind::Indented => String::new(),
                };
                let lines = self.outline.source.lines_of(&range);
                let section = self.outline.sections.len() - 1;
                self.outline.code.push(Code { language, lines, section });
            }
            _ => {}
        }
    }

    fn link(&mut self, dest: CowStr<'a>, image: bool, range: Range<usize>) {
        let section = self.outline.sections.len() - 1;
        self.outline.links.push(Link { dest, image, range, section });
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Heading(_) => {
                if let Some((level, title, range)) = self.heading.take() {
                    self.section(level, title.trim().to_owned(), &range);
                }
            }
            TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition | TagEnd::List(_) => {
                self.containers = self.containers.saturating_sub(1);
            }
            TagEnd::Item => {
                self.open_items.pop();
            }
            _ => {}
        }
    }

    fn section(&mut self, level: u8, title: String, range: &Range<usize>) {
        let heading = self.outline.source.lines_of(&trimmed(self.outline.source.text(), range));
        let id = self.outline.sections.len();
        let last = self.outline.source.line_count() + 1;
        let mut parent = id - 1;
        self.outline.sections[parent].body.end = heading.start;
        while self.outline.sections[parent].level >= level {
            self.outline.sections[parent].end = id;
            parent = self.outline.sections[parent].parent.unwrap_or(0);
        }
        self.outline.sections.push(Section {
            title,
            level,
            heading,
            body: heading.end + 1..last.max(heading.end + 1),
            parent: Some(parent),
            end: id + 1,
        });
    }

    fn raw_html(&mut self, range: Range<usize>) {
        let text = self.outline.source.text();
        let section = self.outline.sections.len() - 1;
        let outline = &mut self.outline;
        self.html.scan(text, range, &mut outline.comments, |found| match found {
            super::html::Found::UnknownTag(tag) => {
                let line = outline.source.line_at(tag.start);
                outline.hidden_tags.push(HiddenTag { tag: text[tag].to_owned(), line, section });
            }
            super::html::Found::Anchor(name) => outline.anchors.push(name.to_owned()),
        });
    }

    fn finish(mut self) -> Outline<'a> {
        if let Some(open) = self.html.open_at() {
            self.outline.unclosed = Some(open);
            self.outline.comments.push(open..self.outline.source.text().len());
        }
        let comments = std::mem::take(&mut self.outline.comments);
        if !comments.is_empty() {
            self.outline.items.retain(|item| !hides(&comments, item.own.start));
        }
        self.outline.comments = comments;
        let count = self.outline.sections.len();
        let mut at = Some(count - 1);
        while let Some(id) = at {
            self.outline.sections[id].end = count;
            at = self.outline.sections[id].parent;
        }
        self.outline
    }
}

/// Whether an offset lies in a comment. Markdown between two pieces of raw HTML can: the comment spans them.
fn hides(comments: &[Range<usize>], offset: usize) -> bool {
    let at = comments.partition_point(|c| c.end <= offset);
    comments.get(at).is_some_and(|c| c.start <= offset)
}

/// A heading's range without the line break behind it.
fn trimmed(text: &str, range: &Range<usize>) -> Range<usize> {
    range.start..range.start + text[range.clone()].trim_end().len()
}

const fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

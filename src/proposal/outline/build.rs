//! The one pass over the events, from a text to an outline.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::bullets::{Asked, Bullets};
use super::{Code, HiddenTag, Item, Link, Outline, Section};
use crate::proposal::html::{Found, HtmlScan};
use crate::proposal::source::{Lines, Source};

/// GitHub's Markdown.
pub(in crate::proposal) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_FOOTNOTES);

/// Whether a heading that is appended to a text is one.
pub(super) fn is_closed(text: &str) -> bool {
    let probe = format!("{text}\n\n# x\n");
    let at = text.len() + 2;
    Parser::new_ext(&probe, OPTIONS).into_offset_iter().any(|(event, range)| {
        range.start == at && matches!(event, Event::Start(Tag::Heading { .. }))
    })
}

/// Reads a text.
pub(super) fn build<'a>(source: Source<'a>, asked: Option<Asked<'_>>) -> Outline<'a> {
    let front_matter = front_matter(&source);
    let start = match &front_matter {
        Some(yaml) => source.line_start(source.line_at(yaml.end) + 1),
        None => source.body_offset(),
    };
    Builder::new(source, start, front_matter, Bullets::new(asked)).run(start)
}

/// The YAML between the fences at the start of the file, a byte order mark aside. It ends where its closing fence
/// begins.
///
/// By hand, since pulldown-cmark's option also matches in mid-document and swallows headings.
fn front_matter(source: &Source<'_>) -> Option<Range<usize>> {
    let fence = |line: &str| line.trim_end() == "---";
    if !fence(source.line(1).trim_start_matches('\u{feff}')) {
        return None;
    }
    let end = (2..=source.line_count())
        .find(|&n| fence(source.line(n)) || source.line(n).trim_end() == "...")?;
    Some(source.line_start(2)..source.line_start(end))
}

/// State of the one pass.
struct Builder<'a, 't> {
    outline: Outline<'a>,
    bullets: Bullets<'t>,
    html: HtmlScan,
    /// Open block quotes and lists: headings inside are no sections.
    containers: usize,
    /// Items that are open, innermost last.
    open_items: Vec<usize>,
    heading: Option<(u8, String, Range<usize>)>,
}

impl<'a, 't> Builder<'a, 't> {
    fn new(
        source: Source<'a>,
        start: usize,
        front_matter: Option<Range<usize>>,
        bullets: Bullets<'t>,
    ) -> Self {
        let first = source.line_at(start);
        let root = Section {
            title: String::new(),
            level: 0,
            heading: Lines::at(1),
            rest: 0..0,
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
                front_matter,
                title: None,
                anchors: Vec::new(),
            },
            bullets,
            html: HtmlScan::default(),
            containers: 0,
            open_items: Vec::new(),
            heading: None,
        }
    }

    fn run(mut self, start: usize) -> Outline<'a> {
        let text = self.outline.source.text();
        for (event, range) in Parser::new_ext(&text[start..], OPTIONS).into_offset_iter() {
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
                self.bullets.text(&text);
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((_, title, _)) = &mut self.heading {
                    title.push(' ');
                }
                self.bullets.text(" ");
            }
            Event::TaskListMarker(ticked) => {
                self.bullets.other();
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
                if self.open_items.len() == 1 && !hidden {
                    self.bullets.item();
                }
            }
            Tag::Paragraph => {}
            Tag::Strong => self.bullets.strong(range),
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
            _ => self.bullets.other(),
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
            TagEnd::Strong => self.question(),
            _ => {}
        }
    }

    fn section(&mut self, level: u8, title: String, range: &Range<usize>) {
        let heading = self.outline.source.lines_of(&trimmed(self.outline.source.text(), range));
        let id = self.outline.sections.len();
        if level == 1 {
            self.outline.title.get_or_insert(id);
        }
        self.bullets.heading(level, &title);
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
            rest: 0..0,
            body: heading.end + 1..last.max(heading.end + 1),
            parent: Some(parent),
            end: id + 1,
        });
    }

    /// A bold list item that is a question of the template becomes a section; the rest of its line is the first
    /// of its text.
    fn question(&mut self) {
        let Some((level, title, range)) = self.bullets.end() else { return };
        self.section(level, title, &range);
        let id = self.outline.sections.len() - 1;
        let source = &self.outline.source;
        let line = source.line_at(range.end.saturating_sub(1));
        let end = source.line_start(line) + source.line(line).len();
        self.outline.sections[id].rest = range.end..end.max(range.end);
        // The item is the section now.
        if let Some(&item) = self.open_items.last() {
            self.outline.items[item].section = id;
            self.outline.items[item].own.start = range.end;
        }
    }

    fn raw_html(&mut self, range: Range<usize>) {
        let text = self.outline.source.text();
        let section = self.outline.sections.len() - 1;
        let outline = &mut self.outline;
        self.html.scan(text, range, &mut outline.comments, |found| match found {
            Found::UnknownTag(tag) => {
                let line = outline.source.line_at(tag.start);
                outline.hidden_tags.push(HiddenTag { tag: text[tag].to_owned(), line, section });
            }
            Found::Anchor(name) => outline.anchors.push(name.to_owned()),
            Found::Reference { dest, image, tag } => {
                let dest = CowStr::Borrowed(dest);
                outline.links.push(Link { dest, image, range: tag, section });
            }
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

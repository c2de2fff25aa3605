//! Where in a comment a command may stand: first on a line that GitHub shows as text.

use std::borrow::Cow;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::proposal::Outline;

/// A line that begins like a command, from there to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place<'t> {
    /// From 1.
    pub(super) line: usize,
    /// As written, without comments. Markdown is not taken out: a `>` between two sections must stay.
    pub(super) text: Cow<'t, str>,
    /// It is shown as part of a quotation, although its own line has no `>`: a quotation goes on until an empty line.
    pub(super) quoted: bool,
}

/// As GitHub reads comments.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_GFM);

/// The lines of a comment that begin with `/ep`, in any case of its letters.
pub(super) fn places(markdown: &str) -> Vec<Place<'_>> {
    // Most comments are none of ours.
    if !markdown.as_bytes().windows(3).any(|start| start.eq_ignore_ascii_case(b"/ep")) {
        return Vec::new();
    }
    let outline = Outline::parse(markdown);
    let mut places: Vec<Place<'_>> = Vec::new();
    let (mut closed, mut quotes) = (0_usize, 0_usize);
    for (event, range) in Parser::new_ext(markdown, OPTIONS).into_offset_iter() {
        match event {
            Event::Start(tag) if is_closed(&tag) => closed += 1,
            Event::End(tag) if is_closed_end(tag) => closed -= 1,
            Event::Start(Tag::BlockQuote(_)) => quotes += 1,
            Event::End(TagEnd::BlockQuote(_)) => quotes -= 1,
            Event::Text(_) if closed == 0 => {
                let Some(before) = begins(markdown, range.start) else { continue };
                let theirs = quotes > 0 && before.contains('>');
                if !theirs && !is_hidden(&outline, range.start) {
                    places.push(Place {
                        line: outline.source.line_at(range.start),
                        text: rest_of_line(&outline, range.start),
                        quoted: quotes > 0,
                    });
                }
            }
            _ => {}
        }
    }
    places
}

/// Where text is no line of the author's own.
const fn is_closed(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::Table(_)
            | Tag::FootnoteDefinition(_)
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

const fn is_closed_end(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::Table
            | TagEnd::FootnoteDefinition
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// What stands on the line before a command that begins at `at`; `None` where none begins there.
fn begins(markdown: &str, at: usize) -> Option<&str> {
    let start = markdown.as_bytes().get(at..at + 3)?;
    if !start.eq_ignore_ascii_case(b"/ep") {
        return None;
    }
    let line = markdown[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let before = &markdown[line..at];
    let apart = before.is_empty() || before.ends_with(char::is_whitespace);
    (apart && before.split_whitespace().all(is_mark)).then_some(before)
}

/// Whether a word opens an entry of a list, or goes on with a quotation.
fn is_mark(word: &str) -> bool {
    let number = word.strip_suffix(['.', ')']);
    matches!(word, "-" | "+" | "*")
        || number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
        || word.bytes().all(|b| b == b'>')
}

/// The line from `at` on, without what comments hide.
fn rest_of_line<'t>(outline: &Outline<'t>, at: usize) -> Cow<'t, str> {
    let markdown = outline.source.text();
    let end = markdown[at..].find(['\n', '\r']).map_or(markdown.len(), |length| at + length);
    let mut text = Cow::Borrowed("");
    let mut from = at;
    let first = outline.comments.partition_point(|comment| comment.start < at);
    for comment in outline.comments[first..].iter().take_while(|comment| comment.start < end) {
        text += &markdown[from..comment.start];
        from = comment.end.min(end);
    }
    text += &markdown[from..end];
    text
}

/// Whether a comment hides what stands at an offset, as a browser sees it: also across paragraphs.
fn is_hidden(outline: &Outline<'_>, at: usize) -> bool {
    let before = outline.comments.partition_point(|comment| comment.start <= at);
    outline.comments[..before].last().is_some_and(|comment| comment.contains(&at))
        || outline.unclosed.is_some_and(|open| open <= at)
}

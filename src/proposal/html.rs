//! Raw HTML as a browser reads it: which text comments hide, and which tags no browser knows.

use std::ops::Range;

/// Elements that GitHub renders, or drops together with their tag and nothing of an author's words.
/// Source: the allow list of GitHub's sanitizer, and HTML's own document elements.
const KNOWN: &[&str] = &[
    "a",
    "abbr",
    "audio",
    "b",
    "bdo",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "li",
    "main",
    "mark",
    "meta",
    "nav",
    "nobr",
    "object",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "script",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "track",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// The longest tag that is looked at, in bytes. A placeholder is a few words.
const MAX_TAG: usize = 1000;

/// What [`HtmlScan::scan`] meets besides comments.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'t> {
    /// A tag that no browser knows: its text is hidden.
    UnknownTag(Range<usize>),
    /// A name that can be linked to.
    Anchor(&'t str),
    /// What a link or an image names.
    Reference {
        /// Where it points.
        dest: &'t str,
        /// Whether it is an image.
        image: bool,
        /// Bytes of the tag.
        tag: Range<usize>,
    },
}

/// Reads pieces of raw HTML in order. A comment that one piece opens stays open until a later piece closes it:
/// the browser sees the Markdown between them as part of the comment.
#[derive(Debug, Default)]
pub(super) struct HtmlScan {
    open: Option<usize>,
}

impl HtmlScan {
    /// Whether a comment is open.
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Where the open comment started.
    pub(super) const fn open_at(&self) -> Option<usize> {
        self.open
    }

    /// Reads one piece; closed comments are appended to `comments`.
    pub(super) fn scan<'t>(
        &mut self,
        text: &'t str,
        piece: Range<usize>,
        comments: &mut Vec<Range<usize>>,
        mut found: impl FnMut(Found<'t>),
    ) {
        let mut at = piece.start;
        // The next `>`: looked for once, however many `<` stand before it.
        let mut close = piece.start;
        while at < piece.end {
            if let Some(start) = self.open {
                let Some(length) = text[at..piece.end].find("-->") else { return };
                at += length + 3;
                comments.push(start..at);
                self.open = None;
            }
            let Some(next) = text[at..piece.end].find('<') else { return };
            let tag = at + next;
            let rest = &text[tag..piece.end];
            if rest.starts_with("<!--") {
                // `<!-->` and `<!--->` are whole comments in HTML.
                let short = ["<!-->", "<!--->"].into_iter().find(|s| rest.starts_with(s));
                at = tag + short.map_or(4, str::len);
                match short {
                    Some(_) => comments.push(tag..at),
                    None => self.open = Some(tag),
                }
                continue;
            }
            at = tag + 1;
            if close <= tag {
                close = text[tag..piece.end].find('>').map_or(usize::MAX, |length| tag + length);
            }
            if close < tag.saturating_add(MAX_TAG) {
                look_at_tag(text, tag..close + 1, &mut found);
            }
        }
    }
}

/// Reports a tag's anchor, or the tag when no browser knows it.
fn look_at_tag<'t>(text: &'t str, tag: Range<usize>, found: &mut impl FnMut(Found<'t>)) {
    let inside = &text[tag.start + 1..tag.end - 1];
    let name_end = inside
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .unwrap_or(inside.len());
    let name = &inside[..name_end];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return;
    }
    if KNOWN.contains(&name.to_ascii_lowercase().as_str()) {
        for name in ["id", "name"] {
            attribute(inside, name).map(Found::Anchor).into_iter().for_each(&mut *found);
        }
        let (source, image) = match name.to_ascii_lowercase().as_str() {
            "a" => ("href", false),
            "img" => ("src", true),
            _ => return,
        };
        if let Some(dest) = attribute(inside, source) {
            found(Found::Reference { dest, image, tag });
        }
    } else if !inside.contains("://") && !inside.contains('@') {
        found(Found::UnknownTag(tag));
    }
}

/// The value of a tag's attribute.
fn attribute<'t>(inside: &'t str, name: &str) -> Option<&'t str> {
    let starts = inside.match_indices(name).map(|(at, _)| at);
    let value = starts
        .filter(|&at| inside[..at].ends_with(|c: char| c.is_ascii_whitespace()))
        .find_map(|at| inside[at + name.len()..].trim_start().strip_prefix('='))?
        .trim_start();
    match value.strip_prefix(['"', '\'']) {
        Some(quoted) => quoted.split(&value[..1]).next(),
        None => value.split(|c: char| c.is_ascii_whitespace() || c == '>').next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comments(text: &str) -> (Vec<&str>, bool) {
        let mut scan = HtmlScan::default();
        let mut found = Vec::new();
        scan.scan(text, 0..text.len(), &mut found, |_| {});
        (found.into_iter().map(|range| &text[range]).collect(), scan.is_open())
    }

    #[test]
    fn a_comment_ends_at_its_first_close_even_when_another_opens_inside() {
        assert_eq!(comments("<!-- a <!-- b --> c -->"), (vec!["<!-- a <!-- b -->"], false));
        assert_eq!(comments("<!--> x <!-- y -->"), (vec!["<!-->", "<!-- y -->"], false));
        assert_eq!(comments("<div> <!-- open"), (vec![], true));
    }

    #[test]
    fn a_tag_that_no_browser_knows_is_reported_and_a_known_one_is_not() {
        let text = "<cluster-name> <br/> <a id=\"x\"> </cluster-name>";
        let mut found = Vec::new();
        HtmlScan::default().scan(text, 0..text.len(), &mut Vec::new(), |f| found.push(f));
        assert_eq!(found, vec![Found::UnknownTag(0..14), Found::Anchor("x")]);
    }

    #[test]
    fn an_image_and_a_link_say_where_they_point() {
        let text = "<img width=10 src='a b.png'/> <a href=x.md>y</a>";
        let mut found = Vec::new();
        HtmlScan::default().scan(text, 0..text.len(), &mut Vec::new(), |f| found.push(f));
        let reference = |dest, image, tag| Found::Reference { dest, image, tag };
        assert_eq!(
            found,
            vec![reference("a b.png", true, 0..29), reference("x.md", false, 30..43)]
        );
    }
}

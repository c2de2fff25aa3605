//! A status that is a slip of the pen.

use crate::proposal::status::nearest;
use crate::proposal::text;
use crate::review::context::Context;
use crate::review::finding::{Edit, Fix};

/// Writes the status that is meant in place of its first word; emphasis, code marks, a label and what follows stay.
/// `None` where the word is not plainly that status.
pub(in crate::review) fn typo(cx: &Context<'_>, line: usize, meant: &str) -> Option<Fix> {
    let source = &cx.outline.source;
    let names = || cx.policy.ladder.names();
    let raw = source.line_with_ending(line);
    let start = source.line_start(line);
    let mut words = words(raw).filter(|&(at, word)| {
        let from = start + at;
        !cx.outline.comments.iter().any(|c| c.start < from + word.len() && from < c.end)
    });
    let (mut at, mut word) = words.next()?;
    if word.eq_ignore_ascii_case("status") && raw.contains(':') {
        (at, word) = words.next()?;
    }
    let known = |word: &str| names().any(|name| name.eq_ignore_ascii_case(word));
    let plainly = nearest(&text::fold(word), names()).as_deref() == Some(meant);
    // Another status behind it would make two.
    if !plainly || known(word) || words.any(|(_, word)| known(word)) {
        return None;
    }
    let text = format!("{}{meant}{}", &raw[..at], &raw[at + word.len()..]);
    Some(Fix {
        description: format!("write `{meant}`"),
        edits: vec![Edit { start_line: line, end_line: line, text }],
    })
}

/// The words of a line, each with its place.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line[at..].find(char::is_alphanumeric)?;
        let length = line[start..].find(|c: char| !c.is_alphanumeric());
        at = length.map_or(line.len(), |length| start + length);
        Some((start, &line[start..at]))
    })
}

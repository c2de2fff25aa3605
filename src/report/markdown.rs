//! Markdown that GitHub renders as the text that was meant, whatever the text is.
//!
//! GitHub looks for mentions and references in the *rendered* text, so neither a backslash nor an
//! entity keeps `@org/team` or `#1` from being one. Two things do: a code span, and a zero-width space
//! behind the sign. Names that come out of an EP go into code spans ([`code`]); sentences are escaped
//! and broken ([`text`]). Invisible characters of the author's own are taken out first, so that nobody
//! can mend what is broken here.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::plain;

/// Stands behind a sign that would make a mention, a reference or a link; shows nothing.
const BREAK: char = '\u{200b}';

/// What [`code`] shows for an empty text: a code span cannot be empty.
const NOTHING: &str = "(empty)";

/// A code span on one line, of at most `max` characters. Its fence is longer than any run of backticks
/// inside, so that nothing in it is read as Markdown. Not for table cells: there a `|` still divides.
pub fn code(text: &str, max: usize) -> String {
    let text = plain::cap(&plain::one_line(text), max);
    if text.is_empty() {
        return NOTHING.to_owned();
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    // A space parts the fence from a backtick at the end; the renderer takes it away again.
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A fenced block with `info` (a word of ours, such as `diff`) that shows `text` line by line.
pub fn fenced(info: &str, text: &str) -> String {
    let text = plain::visible(text);
    let fence = fence(&text);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{info}\n{text}{end}{fence}\n")
}

/// A fence that is longer than any run of backticks in `text`.
pub(super) fn fence(text: &str) -> String {
    "`".repeat(longest_run(text, '`').max(2) + 1)
}

/// Plain text on one line: it shows what it says, and means nothing in Markdown or to GitHub. Also at
/// the start of a line.
pub fn text(text: &str) -> String {
    escape(&plain::one_line(text), true)
}

/// A finding's message or help on one line: code where it stands between backticks, plain text
/// elsewhere. A backtick without a partner is a plain character. At most `max` characters of text.
pub fn sentence(text: &str, max: usize) -> String {
    let text = plain::cap(&plain::one_line(text), max);
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('`') {
        let Some((inside, behind)) = after.split_once('`') else { break };
        out.push_str(&escape(before, out.is_empty()));
        if inside.trim().is_empty() {
            out.push_str("\\`\\`");
        } else {
            out.push_str(&code(inside, usize::MAX));
        }
        // Two code spans that touch would be one with a longer fence.
        if behind.starts_with('`') {
            out.push(BREAK);
        }
        rest = behind;
    }
    out.push_str(&escape(rest, out.is_empty()));
    out
}

/// A message or help of several lines, as the inside of a list item that is indented by `indent`
/// columns: lines that start with `- ` become a list of their own, and what follows such a list a
/// paragraph. Other lines are one sentence.
pub fn sentences(text: &str, max: usize, indent: usize) -> String {
    let text = plain::cap(text.trim(), max);
    let mut out = String::new();
    let mut in_list = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let entry = if out.is_empty() { None } else { line.strip_prefix("- ") };
        let _ = match entry {
            Some(_) => write!(out, "\n{:indent$}- ", ""),
            None if in_list => write!(out, "\n\n{:indent$}", ""),
            None if out.is_empty() => Ok(()),
            None => write!(out, " "),
        };
        in_list = entry.is_some();
        out.push_str(&sentence(entry.unwrap_or(line), usize::MAX));
    }
    out
}

/// Text for the inside of an HTML element that is ours, such as `<summary>`, where Markdown is not
/// read: a `<code>` element of at most `max` characters. GitHub looks for no mention in it.
pub fn html_code(text: &str, max: usize) -> String {
    let text = plain::cap(&plain::one_line(text), max);
    let mut out = String::from("<code>");
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out.push_str("</code>");
    out
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Escapes cleaned text. `first`: it stands where a block could start.
fn escape(text: &str, first: bool) -> String {
    let text = break_words(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut at_start = first;
    // `1.` and `1)` at the start of a line begin a list.
    let mut number = first;
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' | '&' | '|' | '$' => true,
            '-' | '+' | '=' | '>' | '#' | ':' => at_start,
            '.' | ')' => number && !at_start,
            _ => false,
        };
        if escaped {
            out.push('\\');
        }
        out.push(c);
        // `@team`, `#1`, `owner/repo#1`, `:tada:`, `https://…`, `mailto:…`.
        let breaks = match c {
            '@' | '#' => true,
            // The time `14:05` stays whole; `:100:` is an emoji.
            ':' => !(before.is_ascii_digit() && is_number(chars.clone())),
            _ => false,
        };
        if breaks && chars.peek().is_some_and(|next| !next.is_whitespace() && *next != BREAK) {
            out.push(BREAK);
        }
        number = number && c.is_ascii_digit();
        before = c;
        if c != ' ' {
            at_start = false;
        }
    }
    out
}

/// Whether `rest` begins with digits that no colon follows.
fn is_number(rest: impl Iterator<Item = char>) -> bool {
    let mut rest = rest.peekable();
    let mut digits = 0;
    while rest.next_if(char::is_ascii_digit).is_some() {
        digits += 1;
    }
    digits > 0
        && rest.peek().is_none_or(|c| !c.is_alphanumeric() && !matches!(c, ':' | '_' | '+' | '-'))
}

/// Breaks the words that GitHub links without any sign: `GH-1` and `www.`.
fn break_words(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    for at in 0..bytes.len() {
        let rest = &bytes[at..];
        let starts_with = |word: &[u8]| {
            rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let reference = starts_with(b"gh-") && rest.get(3).is_some_and(u8::is_ascii_digit);
        if reference || starts_with(b"www.") {
            // Behind `GH-`, and before the dot of `www.`.
            out.push_str(&text[copied..at + 3]);
            out.push(BREAK);
            copied = at + 3;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;

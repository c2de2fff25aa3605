//! Small words about text: folding for comparison, GitHub's slugs, stop words.

use super::bullet;

/// Folds a text for comparison: lower case, letters and digits only, everything else one space.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars().filter(|c| !is_invisible(*c)).map(narrow) {
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.extend(c.to_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// Characters that a reader does not see: fillers and blanks, joiners, marks of direction, variants, tags.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A full-width letter or digit as the narrow one that it looks like.
fn narrow(c: char) -> char {
    if ('\u{ff01}'..='\u{ff5e}').contains(&c) {
        char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
    } else {
        c
    }
}

/// [`fold`] for the text that nearly all headings and items are: byte by byte.
fn fold_ascii(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut gap = false;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(b' ');
            }
            gap = false;
            out.push(byte.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    ascii(out)
}

/// Bytes that are ASCII, as a text.
fn ascii(bytes: Vec<u8>) -> String {
    // Nothing is replaced: the callers put in ASCII alone.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Folds a heading: like [`fold`], without an optional mark and without leading numbering (`2.1 Goals`).
pub fn fold_heading(title: &str) -> String {
    let (title, _) = strip_optional(title);
    let mut folded = fold(title);
    while let Some((head, rest)) = folded.split_once(' ') {
        if !head.bytes().all(|b| b.is_ascii_digit()) {
            break;
        }
        folded = rest.to_owned();
    }
    folded
}

/// Splits `(Optional)` or `[optional]` off the end or the start of a title.
pub fn strip_optional(title: &str) -> (&str, bool) {
    let title = title.trim();
    for mark in ["(optional)", "[optional]"] {
        let Some(split) = title.len().checked_sub(mark.len()) else { continue };
        if title.is_char_boundary(split) && title[split..].eq_ignore_ascii_case(mark) {
            return (title[..split].trim_end(), true);
        }
        if title.is_char_boundary(mark.len()) && title[..mark.len()].eq_ignore_ascii_case(mark) {
            return (title[mark.len()..].trim_start(), true);
        }
    }
    (title, false)
}

/// Folds white space: runs become one space, both ends are trimmed.
pub fn fold_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Like [`fold_space`], without a copy where nothing is to fold.
pub fn squeezed(text: &str) -> std::borrow::Cow<'_, str> {
    let text = text.trim();
    let foldable = text.as_bytes().windows(2).any(|pair| pair[0] == b' ' && pair[1] == b' ')
        || text.bytes().any(|b| b != b' ' && b.is_ascii_whitespace())
        || text.contains('\u{a0}');
    if foldable { fold_space(text).into() } else { text.into() }
}

/// Names in a sentence: `a`, `a and b`, `a, b and c`; of more than `max`, the first ones and how many
/// more.
pub fn listed(names: &[String], max: usize) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        _ if names.len() > max => {
            format!("{} and {} more", names[..max].join(", "), names.len() - max)
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// How alike two folded headings may be to count as the same: authors mend typos and drop words.
const ALIKE: f64 = 0.85;

/// Whether two folded texts are alike enough to be the same heading or item.
pub fn alike(a: &str, b: &str) -> bool {
    a == b
        || (close_in_length(a, b)
            && close_in_letters(a, b)
            && strsim::normalized_damerau_levenshtein(a, b) >= ALIKE)
}

/// Each edit mends at most one byte that one text has more of than the other: texts of quite other letters cannot be
/// alike. Spares the distance, which costs a thousand times as much, for nearly all pairs of headings.
fn close_in_letters(a: &str, b: &str) -> bool {
    let mut surplus = [0_i32; 256];
    a.bytes().for_each(|byte| surplus[usize::from(byte)] += 1);
    b.bytes().for_each(|byte| surplus[usize::from(byte)] -= 1);
    let (more, less) = surplus.iter().fold((0, 0), |(more, less), n| {
        (more + u32::try_from(*n).unwrap_or(0), less + u32::try_from(-n).unwrap_or(0))
    });
    // A character has up to four bytes, which one edit mends together; of ASCII, one.
    let most = if a.is_ascii() && b.is_ascii() { 1 } else { 4 };
    let longest = u32::try_from(a.len().max(b.len())).unwrap_or(u32::MAX);
    more.max(less) * 100 <= longest.saturating_mul(most) * 15
}

/// Texts whose lengths differ by more than the allowed share cannot be alike; spares the distance.
fn close_in_length(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a.len(), b.len()) } else { (b.len(), a.len()) };
    short * 100 >= long * 80
}

/// GitHub's anchor for a heading: lower case, punctuation dropped except `-` and `_`, each space a hyphen.
///
/// Repeats get `-1`, `-2`, … ; that is for the caller, who knows the other headings.
pub fn slug(title: &str) -> String {
    if title.is_ascii() {
        let kept = title.trim().bytes().filter_map(|byte| match byte {
            b'-' | b'_' => Some(byte),
            b' ' => Some(b'-'),
            _ => byte.is_ascii_alphanumeric().then(|| byte.to_ascii_lowercase()),
        });
        let mut out = Vec::with_capacity(title.len());
        out.extend(kept);
        return ascii(out);
    }
    let mut out = String::with_capacity(title.len());
    for c in title.trim().chars() {
        if c.is_alphanumeric() || c == '-' || c == '_' {
            out.extend(c.to_lowercase());
        } else if c == ' ' {
            out.push('-');
        }
    }
    out
}

/// Phrases that hold a place and answer nothing, folded.
const STOP_WORDS: &[&str] = &[
    "tbd",
    "tba",
    "tbc",
    "todo",
    "to do",
    "wip",
    "fixme",
    "xxx",
    "to be added",
    "to be announced",
    "to be completed",
    "to be confirmed",
    "to be decided",
    "to be defined",
    "to be determined",
    "to be done",
    "to be filled",
    "to be filled in",
    "to be provided",
    "to be written",
    "coming soon",
    "fill in later",
    "placeholder",
    "work in progress",
    "t b a",
    "t b c",
    "t b d",
    "w i p",
];

/// Those of one word, of which a line may name several: `TBD/TODO`.
const STOP_TOKENS: &[&str] = &["tbd", "tba", "tbc", "todo", "wip", "fixme", "xxx"];

/// A line that is longer, in bytes, says more than a stop word with its indentation, mark and emphasis.
const MAX_STOP_WORD: usize = 48;

/// Whether a line says nothing but a stop word ("TBD", "_todo_.", "to be determined").
pub fn is_stop_word(line: &str) -> bool {
    let line = &*decoded(line);
    if line.len() > MAX_STOP_WORD || !may_be_stop_word(line) {
        return false;
    }
    let folded = fold(words_of_link(line));
    STOP_WORDS.contains(&folded.as_str())
        || (!folded.is_empty() && folded.split(' ').all(|word| STOP_TOKENS.contains(&word)))
}

/// What a reader sees of a line that is one link; any other line as it is.
fn words_of_link(line: &str) -> &str {
    let link = strip_markup(line);
    let words = link.strip_prefix('[').and_then(|rest| rest.strip_suffix(')'));
    words.and_then(|inner| inner.split_once("](")).map_or(line, |(words, _)| words)
}

/// A text without its HTML comments; one that is not closed goes to the end.
pub fn without_comments(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("<!--") {
        return text.into();
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = behind.split_once("-->").map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out.into()
}

/// Whether a line says `N/A` and nothing else.
pub fn is_bare_na(line: &str) -> bool {
    line.len() <= MAX_STOP_WORD && matches!(fold(line).as_str(), "n a" | "na" | "not applicable")
}

/// Words in capitals that mark unfinished text.
const MARKS: &[&str] = &["TBD", "TODO", "FIXME", "XXX", "TBC", "TBA"];

/// Whether a text holds any of the marks that [`placeholder_mark`] looks for: a look at the whole spares one at
/// each line.
pub fn may_have_marks(text: &str) -> bool {
    let has = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    // `TB` stands for the three that begin so.
    ["TB", "TODO", "FIXME", "XXX", "tbd"].into_iter().any(has)
}

/// What follows a mark where a text is about marks: `keeps its TODO list`.
const OF_MARKS: &[&str] = &[
    "list", "lists", "item", "items", "comment", "comments", "mark", "marks", "marker", "markers",
];

fn next_word(text: &str) -> &str {
    text.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

/// The unfinished-text mark in a line, outside code spans: a word in capitals, or `tbd`. A part of a name in code
/// (`context.TODO()`) is none, nor is a word about such marks.
pub fn placeholder_mark(line: &str) -> Option<&'static str> {
    let is_word = |c: char| c.is_alphanumeric() || "_-/.".contains(c);
    for part in line.split('`').step_by(2) {
        for (at, _) in part.match_indices(['T', 'F', 'X', 't']) {
            if part[..at].ends_with(is_word) {
                continue;
            }
            let word = part[at..].split(|c: char| !is_word(c)).next().unwrap_or_default();
            let behind = &part[at + word.len()..];
            let names_them = behind.starts_with("()") || OF_MARKS.contains(&next_word(behind));
            let word = word.trim_end_matches(['.', '-', '/']);
            if word == "tbd" {
                return Some("tbd");
            }
            if let Some(mark) = MARKS.iter().find(|mark| **mark == word && !names_them) {
                return Some(mark);
            }
        }
    }
    None
}

/// The stop word that is the whole value of a line: of the line itself, or behind its last `label: `.
pub fn placeholder_value(line: &str) -> Option<&'static str> {
    let bytes = line.as_bytes();
    let window = bytes.len().saturating_sub(MAX_STOP_WORD);
    let label = memchr::memrchr_iter(b':', &bytes[window..])
        .find(|at| bytes.get(window + at + 1) == Some(&b' '));
    let value = match label {
        Some(at) => &line[window + at + 2..],
        None if window == 0 => line,
        None => return None,
    };
    if !may_be_stop_word(value) || value.contains('`') {
        return None;
    }
    let folded = fold(value);
    let word = STOP_WORDS.iter().find(|word| **word == folded).copied()?;
    // As people write it.
    Some(match word {
        "t b a" => "T.B.A.",
        "t b c" => "T.B.C.",
        "t b d" => "T.B.D.",
        "w i p" => "W.I.P.",
        word => word,
    })
}

/// Whether a text starts as a stop word does: a look at one letter spares nearly every comparison.
fn may_be_stop_word(text: &str) -> bool {
    let first = text.bytes().find(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
    first.is_some_and(|b| !b.is_ascii() || b"tcfpwx".contains(&b.to_ascii_lowercase()))
}

/// Whether a character can be part of an answer: a letter, a digit, or a symbol such as a tick or an emoji.
fn is_content(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    !is_invisible(c)
        && (c.is_alphanumeric()
            || (!c.is_whitespace()
                && !c.is_control()
                // General punctuation.
                && !matches!(c, '\u{2000}'..='\u{206f}' | '\u{b7}' | '\u{3000}'..='\u{3003}')))
}

/// Whether a visible line holds anything that a reader would see as text: not punctuation alone,
/// not bare HTML tags, not an empty entity, not a link definition.
pub fn has_content(line: &str) -> bool {
    let line = behind_marks(line.trim());
    if !line.chars().any(is_content) {
        return false;
    }
    if line.starts_with('[') && line.find("]:").is_some_and(|end| !line[..end].contains(' ')) {
        return false;
    }
    if !line.contains('`') && (line.contains('<') || line.contains('&')) {
        return bare_text(line).chars().any(is_content);
    }
    true
}

/// A line without what begins it: quote marks, the mark of a list item, an empty or ticked box. A line that marks an alert
/// (`[!NOTE]`) has nothing else.
fn behind_marks(line: &str) -> &str {
    // Nearly all lines begin with a letter.
    if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return line;
    }
    let line = bullet::behind(line.trim_start_matches(['>', ' ', '\t']));
    let boxed = ["[ ]", "[x]", "[X]"].iter().find_map(|mark| line.strip_prefix(mark));
    let boxed = boxed.filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    let line = boxed.unwrap_or(line).trim();
    let alert = line.strip_prefix("[!").and_then(|rest| rest.strip_suffix(']'));
    if alert.is_some_and(|kind| kind.bytes().all(|b| b.is_ascii_alphabetic())) { "" } else { line }
}

/// A line without HTML tags (images and autolinks stay) and without the space entities.
fn bare_text(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let tail = &rest[open..];
        match tail.find('>') {
            Some(close) if is_tag(&tail[1..close]) => rest = &tail[close + 1..],
            Some(close) => {
                out.push_str(&tail[..=close]);
                rest = &tail[close + 1..];
            }
            None => {
                out.push_str(tail);
                rest = "";
            }
        }
    }
    out.push_str(rest);
    for entity in ["&nbsp;", "&ensp;", "&emsp;", "&thinsp;", "&zwnj;", "&zwj;", "&shy;"] {
        if out.contains(entity) {
            out = out.replace(entity, " ");
        }
    }
    decoded(&out).into_owned()
}

/// A text with its numeric entities (`&#84;`, `&#x54;`) as the characters that a reader sees.
fn decoded(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("&#") {
        return text.into();
    }
    let mut parts = text.split("&#");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let read = part.split_once(';').and_then(|(number, rest)| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            Some((char::from_u32(code.ok()?)?, rest))
        });
        if let Some((c, rest)) = read {
            out.push(c);
            out.push_str(rest);
        } else {
            out.push_str("&#");
            out.push_str(part);
        }
    }
    out.into()
}

/// Whether the inside of `<…>` is a tag that shows nothing of its own, a declaration or an instruction.
fn is_tag(inside: &str) -> bool {
    if inside.starts_with(['!', '?']) {
        return true;
    }
    let name = inside.trim_start_matches('/').split([' ', '/', '\t']).next().unwrap_or_default();
    !inside.contains("://")
        && !inside.contains('@')
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !["img", "video", "picture", "svg", "object", "embed", "iframe"]
            .contains(&name.to_ascii_lowercase().as_str())
}

/// Strips list markers, block quote marks and emphasis from both ends of a line.
pub fn strip_markup(line: &str) -> &str {
    let mut line = line.trim();
    loop {
        let before = line;
        line = line.trim_matches(|c: char| "*_~`>|".contains(c) || c.is_whitespace());
        for marker in ["- ", "+ ", "* "] {
            line = line.strip_prefix(marker).unwrap_or(line);
        }
        if line == before {
            return line;
        }
    }
}

#[cfg(test)]
mod tests;

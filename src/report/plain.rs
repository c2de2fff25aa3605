//! Plain text that is safe to print: in a terminal, a log or an annotation.
//!
//! An EP can carry escape sequences that rewrite a terminal, marks that turn the reading direction,
//! and characters that nobody sees. None of them gets through.

/// Stands for a character that must not be printed.
const REPLACEMENT: char = '\u{fffd}';

/// The longest title, path or name that is shown, in characters.
pub(super) const MAX_NAME: usize = 120;

/// What is shown for a character; `None` when it is left out.
fn shown(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\r' => None,
        c if c.is_whitespace() => Some(' '),
        // Escape sequences start with one of these; so does CSI, U+009B.
        c if c.is_control() => Some(REPLACEMENT),
        // The reading direction: a reader should see that someone tried.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(REPLACEMENT)
        }
        // Invisible: joiners, fillers, soft hyphens, tags. They only help to hide words or to undo
        // the breaks that `markdown` puts into mentions.
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => None,
        c => Some(c),
    }
}

/// `text` with its line breaks, and without anything that a terminal obeys or a reader cannot see.
/// A tab becomes four spaces.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter_map(shown) {
        if c == '\t' {
            out.push_str("    ");
        } else {
            out.push(c);
        }
    }
    out
}

/// `text` on one line: as [`visible`], every run of white space folded to one space, none at the ends.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A lone `\r` is white space here: what it divides must not grow together.
    for c in text.chars().filter_map(|c| if c == '\r' { Some(' ') } else { shown(c) }) {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// `text` cut to `max` characters, the last of them an ellipsis when something was cut.
pub(super) fn cap(text: &str, max: usize) -> String {
    if text.char_indices().nth(max).is_none() {
        return text.to_owned();
    }
    let keep = text.char_indices().nth(max.saturating_sub(1)).map_or(0, |(at, _)| at);
    format!("{}…", text[..keep].trim_end())
}

/// `text` cut to `max` bytes at a character's border, ending in an ellipsis when something was cut.
pub(super) fn cap_bytes(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let mut keep = max.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(keep) {
        keep -= 1;
    }
    format!("{}…", text[..keep].trim_end())
}

/// A name on one line: as [`one_line`], at most [`MAX_NAME`] characters.
pub(super) fn name(text: &str) -> String {
    cap(&one_line(text), MAX_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_direction_marks_become_visible() {
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}c\u{202e}d"), "a�[2Jb�c�d");
        assert_eq!(visible("a\r\n\tb"), "a\n    b");
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(visible("@\u{200b}te\u{ad}am\u{e0041}"), "@team");
    }

    #[test]
    fn white_space_folds_into_one_line() {
        assert_eq!(one_line("  a\r\n\r\n b\u{2028}c\rd \t"), "a b c d");
        assert_eq!(one_line("\n"), "");
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis() {
        assert_eq!(cap("éééé", 4), "éééé");
        assert_eq!(cap("ééééé", 4), "ééé…");
        assert_eq!(cap_bytes("éééé", 8), "éééé");
        assert_eq!(cap_bytes("ééééé", 8), "éé…");
    }
}

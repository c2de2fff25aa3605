//! Plain text written as Markdown.

use super::outline::Outline;
use super::text;

/// `text` such that Markdown shows it as it is, within a line.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if "\\`*_[]<&~".contains(c) {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    // A `#` at the end would close the heading.
    if out.ends_with('#') {
        out.insert(out.len() - 1, '\\');
    }
    out
}

/// A heading's words as someone wrote them: taken as Markdown, unless Markdown would lose some.
pub fn heading(words: &str) -> String {
    let words = text::fold_space(words);
    let line = format!("# {words}");
    let outline = Outline::parse(&line);
    match outline.sections.get(1) {
        Some(section) if text::fold(&section.title) == text::fold(&words) => words,
        _ => escaped(&words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_text_is_shown_as_it_is() {
        for text in ["a*b*c", "<name> & [x](y) `z`", "\\_x_ ~~y~~", "C #", "plain"] {
            let line = format!("# {}", escaped(text));
            assert_eq!(Outline::parse(&line).sections[1].title, text);
        }
    }

    #[test]
    fn a_heading_keeps_its_markup_unless_words_would_be_lost() {
        assert_eq!(heading("Is  `x` *used*?"), "Is `x` *used*?");
        assert_eq!(heading("Which <name> is it?"), "Which \\<name> is it?");
    }
}

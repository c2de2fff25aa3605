//! What stands behind a command's word.

use crate::review::Rule;
use crate::review::rule::Relief;

use super::word::Word;
use super::{Command, Misread, Which};

/// The longest reason of a waiver, in characters: every report shows it.
pub(super) const MAX_REASON: usize = 600;

/// The longest question, in characters: it becomes a heading of the EP.
pub(super) const MAX_QUESTION: usize = 300;

/// Quotation marks in which a name may stand.
const QUOTES: &[(char, char)] =
    &[('`', '`'), ('"', '"'), ('\'', '\''), ('“', '”'), ('„', '“'), ('‘', '’')];

/// Reads what stands behind a command's word.
pub(super) fn read(word: Word, rest: &str) -> Result<Command, Misread> {
    let rest = rest.trim();
    match word {
        Word::Status => status(rest).map(Command::Status),
        // Whoever writes "/ep-check please" wants a check.
        Word::Check => Ok(Command::Check),
        Word::Help => Ok(Command::Help),
        Word::Waive => waive(rest),
        Word::Question => question(rest),
    }
}

fn status(rest: &str) -> Result<Which, Misread> {
    let rest = unquote(rest.trim_end_matches(['.', '!', '?']));
    if rest.is_empty() {
        return Ok(Which::This);
    }
    if rest.eq_ignore_ascii_case("all") {
        return Ok(Which::All);
    }
    number(rest).map(Which::One).ok_or_else(|| Misread::NoNumber(rest.to_owned()))
}

/// `12`, `#12`, `EP-0012`, or with the word of another policy: `RFC 12`.
fn number(text: &str) -> Option<u64> {
    let digits = text.trim_start_matches(|c: char| c.is_alphabetic());
    let digits = digits.trim_start_matches(['-', '_', '#', ' ']);
    let only = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    only.then(|| digits.parse().ok()).flatten()
}

fn waive(rest: &str) -> Result<Command, Misread> {
    let (name, rest) = first(rest);
    let name = name.trim_end_matches([':', ',']);
    if name.is_empty() || name.eq_ignore_ascii_case("because") {
        return Err(Misread::NoRule);
    }
    let folded = name.to_lowercase().replace('_', "-");
    let rule = Rule::find(&folded).ok_or_else(|| Misread::UnknownRule {
        rule: name.to_owned(),
        // Longer words are no slip of a rule's name.
        meant: (folded.len() <= 60).then(|| Rule::nearest(&folded)).flatten(),
    })?;
    if rule.relief != Relief::LevelOrWaiver {
        return Err(Misread::NotWaivable(rule));
    }
    let (section, because) = because(rest).ok_or(Misread::NoReason(rule))?;
    if !because.contains(char::is_alphanumeric) {
        return Err(Misread::NoReason(rule));
    }
    let because = within("reason", because, MAX_REASON)?;
    let section =
        section.strip_prefix("in section ").or(section.strip_prefix("in ")).unwrap_or(section);
    let section = unquote(section);
    Ok(Command::Waive { rule, section: (!section.is_empty()).then(|| section.to_owned()), because })
}

/// The section and the reason, around the first `because` that stands outside quotation marks.
fn because(rest: &str) -> Option<(&str, &str)> {
    const WORD: &str = "because";
    let quoted = rest.len() - quoted(rest).map_or(rest, |(_, rest)| rest).len();
    let behind = &rest[quoted..];
    let word = behind.char_indices().find(|&(at, _)| {
        let apart = at == 0 || behind[..at].ends_with(char::is_whitespace);
        let Some(word) = behind.get(at..at + WORD.len()) else { return false };
        let end = !behind[at + WORD.len()..].starts_with(char::is_alphanumeric);
        apart && end && word.eq_ignore_ascii_case(WORD)
    });
    let at = quoted + word?.0;
    let reason = rest[at + WORD.len()..].trim_start_matches([':', ',']).trim();
    Some((rest[..at].trim(), reason))
}

fn question(rest: &str) -> Result<Command, Misread> {
    if let Some(number) = drop_number(rest) {
        return number.map(Command::Drop);
    }
    let (part, text) = match rest.split_once(": ") {
        Some((part, text)) => (unquote(part.trim()), text.trim()),
        None => ("", rest.trim_end_matches(':')),
    };
    if !text.contains(char::is_alphanumeric) {
        return Err(Misread::NoQuestion);
    }
    let text = within("question", text, MAX_QUESTION)?;
    within("part", part, MAX_QUESTION)?;
    Ok(Command::Ask { part: (!part.is_empty()).then(|| part.to_owned()), text })
}

/// The number behind `drop`; `None` where it is a question. "Drop the old table: when?" is one.
fn drop_number(rest: &str) -> Option<Result<usize, Misread>> {
    let mut words = rest.split_whitespace();
    if !words.next()?.eq_ignore_ascii_case("drop") {
        return None;
    }
    let Some(number) = words.next() else { return Some(Err(Misread::NoQuestionNumber)) };
    let digits = number.trim_start_matches(['#', 'q', 'Q']).trim_end_matches(['.', ',']);
    match (digits.parse(), words.next()) {
        (Ok(number), _) => Some(Ok(number)),
        (Err(_), None) => Some(Err(Misread::NoQuestionNumber)),
        (Err(_), Some(_)) => None,
    }
}

/// The first word, or what stands between quotation marks at the start; and what is left.
fn first(text: &str) -> (&str, &str) {
    if let Some((inside, rest)) = quoted(text) {
        return (inside.trim(), rest.trim_start());
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// What stands between quotation marks at the start of `text`, and what is left.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let (_, close) = QUOTES.iter().find(|(sign, _)| *sign == open)?;
    text[open.len_utf8()..].split_once(*close)
}

/// `text` without quotation marks around the whole of it.
fn unquote(text: &str) -> &str {
    match quoted(text) {
        Some((inside, "")) => inside.trim(),
        _ => text,
    }
}

fn within(what: &'static str, text: &str, max: usize) -> Result<String, Misread> {
    match text.char_indices().nth(max) {
        Some(_) => Err(Misread::TooLong { what, max }),
        None => Ok(text.to_owned()),
    }
}

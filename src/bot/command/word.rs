//! The word that a command begins with, and the words that were meant to be one.

use super::Misread;

/// A command's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Status,
    Check,
    Waive,
    Question,
    Help,
}

const WORDS: &[(&str, Word)] = &[
    ("status", Word::Status),
    ("check", Word::Check),
    ("waive", Word::Waive),
    ("question", Word::Question),
    ("help", Word::Help),
];

/// What people call the same thing elsewhere, for a hint.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("state", "/ep-status"),
    ("info", "/ep-status"),
    ("list", "/ep-status all"),
    ("recheck", "/ep-check"),
    ("rerun", "/ep-check"),
    ("retest", "/ep-check"),
    ("retry", "/ep-check"),
    ("review", "/ep-check"),
    ("test", "/ep-check"),
    ("run", "/ep-check"),
    ("skip", "/ep-waive"),
    ("ignore", "/ep-waive"),
    ("override", "/ep-waive"),
    ("waiver", "/ep-waive"),
    ("ask", "/ep-question"),
    ("drop", "/ep-question drop"),
    ("question-drop", "/ep-question drop"),
    ("commands", "/ep-help"),
    ("usage", "/ep-help"),
];

/// How alike two words must be for one to be taken for a slip of the other.
const ALIKE: f64 = 0.6;

/// The longest word that can be a slip; longer ones are not compared.
const MAX_SLIP: usize = 24;

/// Reads the word of a line that begins with `/ep`, and what stands behind it. `None` where it is another word, such
/// as a path.
pub(super) fn word(line: &str) -> Option<(Result<Word, Misread>, &str)> {
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let (written, rest) =
        (line[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']), &line[end..]);
    let name = written.get(3..)?.to_lowercase();
    if name.contains('/') {
        return None;
    }
    if let Some(name) = name.strip_prefix('-') {
        let known = WORDS.iter().find(|(word, _)| *word == name);
        // `/ep-0042-menu.md` is a file.
        let file = known.is_none() && name.contains('.');
        return (!file).then(|| {
            let word = known.map(|(_, word)| *word).ok_or_else(|| unknown(written, name));
            (word, rest)
        });
    }
    // `/ep` alone, `/ep status`, `/epstatus`, `/ep_status`, and the dash that a phone makes of a hyphen.
    let (spaced, name) = match name.trim_start_matches(['_', ':', '.', '‐', '‑', '–', '—'])
    {
        "" => {
            let next = rest.split_whitespace().next().unwrap_or_default();
            (true, next.trim_end_matches(['.', ',', ';', ':', '!', '?']).to_lowercase())
        }
        name => (false, name.to_owned()),
    };
    if name.is_empty() {
        let words = written.to_owned();
        return Some((Err(Misread::Unknown { words, meant: None }), rest));
    }
    let meant = meant(&name)?;
    let words = if spaced { format!("{written} {name}") } else { written.to_owned() };
    Some((Err(Misread::Unknown { words, meant: Some(meant) }), rest))
}

fn unknown(written: &str, name: &str) -> Misread {
    let number = !name.is_empty() && name.len() <= 9 && name.bytes().all(|b| b.is_ascii_digit());
    let meant = if number { Some(format!("/ep-status EP-{name:0>4}")) } else { meant(name) };
    Misread::Unknown { words: written.to_owned(), meant }
}

/// The command that a word was meant to be.
fn meant(name: &str) -> Option<String> {
    if name.len() > MAX_SLIP {
        return None;
    }
    if let Some((_, command)) = OTHER_WORDS.iter().find(|(word, _)| *word == name) {
        return Some((*command).to_owned());
    }
    WORDS
        .iter()
        .map(|(word, _)| (strsim::normalized_damerau_levenshtein(name, word), word))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| format!("/ep-{word}"))
}

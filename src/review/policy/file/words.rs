//! How a problem with the policy is put into words.

use crate::proposal::text;

/// The longest piece of a policy that a message repeats, in characters.
const MAX_QUOTED: usize = 60;

/// Text of the policy in a message, on one line and not too long.
pub(super) fn one_line(words: &str) -> String {
    let words: String =
        words.chars().map(|c| if c.is_control() || c == '\u{feff}' { ' ' } else { c }).collect();
    let words = text::fold_space(&words);
    match words.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}

/// Text of the policy as code in a message.
pub(super) fn quoted(words: &str) -> String {
    format!("`{}`", one_line(&words.replace('`', "'")))
}

/// Names in a sentence: `a`, `b`, `c`.
pub(super) fn listed<'w>(names: impl IntoIterator<Item = &'w str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// The name that was probably meant.
pub(super) fn nearest<'w>(word: &str, names: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let word: String = word.chars().take(MAX_QUOTED).collect::<String>().to_lowercase();
    names
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(&word, &name.to_lowercase()), name))
        .filter(|(similarity, _)| *similarity >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// "`stagd` is no status", with what was probably meant.
pub(super) fn unknown<'w>(
    word: &str,
    is: &str,
    names: impl IntoIterator<Item = &'w str>,
) -> String {
    let word_said = quoted(word);
    match nearest(word, names) {
        Some(near) => format!("{word_said} {is}; did you mean {}?", quoted(near)),
        None => format!("{word_said} {is}."),
    }
}

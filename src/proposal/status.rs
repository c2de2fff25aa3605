//! The status that an EP states: the first visible text of its status section.

use std::ops::Range;

use super::outline::{Outline, SectionId};
use super::template::TemplateSection;
use super::text;

/// What the status section says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stated {
    /// Nothing, or the template's placeholder at that line.
    Missing {
        /// The placeholder's line.
        placeholder: Option<usize>,
    },
    /// One value of the ladder.
    One {
        /// The value, as the ladder writes it.
        value: String,
        /// Its line.
        line: usize,
    },
    /// A text that is none of the ladder's.
    Unknown {
        /// The text as it stands.
        text: String,
        /// Its line.
        line: usize,
        /// The ladder's value nearest to it.
        nearest: Option<String>,
    },
    /// The text that should hold it cannot be read.
    Broken {
        /// Why, as the end of a sentence.
        problem: String,
        /// The line to point at.
        line: usize,
    },
    /// More than one value.
    Several {
        /// The values, in order.
        values: Vec<String>,
        /// The first one's line.
        line: usize,
    },
}

/// Reads the status section's own text against the values of the ladder.
pub fn read<'s>(
    outline: &Outline<'_>,
    id: SectionId,
    template: Option<&TemplateSection>,
    ladder: impl Iterator<Item = &'s str> + Clone,
) -> Stated {
    let mut placeholder = None;
    let mut found: Vec<(String, usize)> = Vec::new();
    for (number, line) in outline.visible_lines(outline.sections[id].body.clone()) {
        if !text::has_content(&line) {
            continue;
        }
        if template.is_some_and(|t| t.is_sample(&text::fold_space(&line)))
            || text::is_stop_word(&line)
        {
            placeholder.get_or_insert(number);
            continue;
        }
        // Statuses as boxes: which one holds is for the author to say.
        let line = super::template::box_text(&line);
        let words = fold_value(line);
        let named = values_in(&words, ladder.clone());
        if found.is_empty() {
            match named.as_slice() {
                [] => {
                    let stated = text::strip_markup(line).trim_end_matches('.').to_owned();
                    let nearest = nearest(&words, ladder);
                    return Stated::Unknown { text: stated, line: number, nearest };
                }
                [one] if words.strip_prefix(&text::fold(one)).is_some_and(is_end_of_word) => {
                    found.push((one.clone(), number));
                }
                [one] => {
                    let stated = text::strip_markup(line).trim_end_matches('.').to_owned();
                    return Stated::Unknown {
                        text: stated,
                        line: number,
                        nearest: Some(one.clone()),
                    };
                }
                many => found.extend(many.iter().map(|value| (value.clone(), number))),
            }
        } else if let [one] = named.as_slice()
            && words == text::fold(one)
        {
            found.push((one.clone(), number));
        }
    }
    found.dedup_by(|a, b| a.0 == b.0);
    match found.as_slice() {
        [] => Stated::Missing { placeholder },
        [(value, line)] => Stated::One { value: value.clone(), line: *line },
        [(_, line), ..] => {
            Stated::Several { line: *line, values: found.iter().map(|(v, _)| v.clone()).collect() }
        }
    }
}

/// The line's words, without a leading `Status:`.
fn fold_value(line: &str) -> String {
    let folded = text::fold(line);
    match folded.strip_prefix("status ") {
        Some(rest) if line.contains(':') => rest.to_owned(),
        _ => folded,
    }
}

fn is_end_of_word(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(' ')
}

/// The ladder's values in a text, in order. A value may be several words; of two that overlap the longer one counts.
fn values_in<'s>(words: &str, ladder: impl Iterator<Item = &'s str>) -> Vec<String> {
    let mut found: Vec<(Range<usize>, String)> = ladder
        .filter_map(|value| {
            let folded = text::fold(value);
            let whole = |at: &usize| {
                (*at == 0 || words[..*at].ends_with(' '))
                    && is_end_of_word(&words[at + folded.len()..])
            };
            let at = words.match_indices(&folded).map(|(at, _)| at).find(whole)?;
            Some((at..at + folded.len(), value.to_owned()))
        })
        .collect();
    found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut end = 0;
    found.retain(|(range, _)| {
        let apart = range.start >= end;
        end = end.max(range.end);
        apart
    });
    found.into_iter().map(|(_, value)| value).collect()
}

/// The value nearest to a text, where one is near enough to be meant.
pub fn nearest<'s>(words: &str, ladder: impl Iterator<Item = &'s str>) -> Option<String> {
    // A status is no longer than this: a whole paragraph is like none.
    let words: String = words.chars().take(60).collect();
    let first = words.split(' ').next().unwrap_or_default();
    let alike = |word: &str, value: &str| strsim::normalized_damerau_levenshtein(word, value);
    ladder
        .map(|value| {
            let folded = text::fold(value);
            (alike(first, &folded).max(alike(&words, &folded)), value)
        })
        .filter(|(similarity, _)| *similarity >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, value)| value.to_owned())
}

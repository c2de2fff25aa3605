//! A finding's fix as replacements that change exactly the lines it means, line endings included.

use serde::Serialize;

use crate::review::{self, Edit};

use super::Text;
use super::place::{ArtifactLocation, Place, Region, columns};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fix<'a> {
    description: Text,
    artifact_changes: [Change<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<Content<'a>>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Content<'a> {
    text: &'a str,
}

impl<'a> Fix<'a> {
    /// `None` where the fix means lines that the text does not have: it could only do harm.
    pub(super) fn new(place: &Place<'_>, fix: &'a review::Fix) -> Option<Self> {
        let edits = fix.edits.iter();
        let replacements =
            edits.map(|edit| Replacement::new(place, edit)).collect::<Option<Vec<_>>>()?;
        (!replacements.is_empty()).then(|| Self {
            description: Text::new(&fix.description),
            artifact_changes: [Change { artifact_location: place.file(), replacements }],
        })
    }
}

impl<'a> Replacement<'a> {
    /// Where the new text ends as the last old line does, that ending stays and neither side names it. So an edit of
    /// the file's last line needs no position behind it, which readers of SARIF count differently.
    fn new(place: &Place<'_>, edit: &'a Edit) -> Option<Self> {
        let source = &place.source;
        let Edit { start_line, end_line, text } = edit;
        if *start_line < 1 || end_line < start_line || *end_line > source.line_count() {
            return None;
        }
        let ending = &source.line_with_ending(*end_line)[source.line(*end_line).len()..];
        let (end_line, end_column, text) = match text.strip_suffix(ending) {
            Some(text) => (*end_line, place.end_of(*end_line), text),
            None if *end_line < source.line_count() => (*end_line + 1, 1, text.as_str()),
            None => (*end_line, columns(source.line_with_ending(*end_line)) + 1, text.as_str()),
        };
        Some(Self {
            deleted_region: Region {
                start_line: *start_line,
                start_column: Some(1),
                end_line,
                end_column: Some(end_column),
            },
            inserted_content: (!text.is_empty()).then_some(Content { text }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a region as §3.30.2 of the standard has it: the byte at which a line and column stand.
    fn offset(text: &str, line: usize, column: usize) -> usize {
        let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let mut units = 0;
        let at = text[start..].char_indices().find(|(_, c)| {
            let found = units == column - 1;
            units += c.len_utf16();
            found
        });
        at.map_or(text.len(), |(at, _)| start + at)
    }

    /// What a reader of SARIF makes of the text, which has no byte order mark.
    fn replaced(text: &str, edit: &Edit) -> String {
        let place = Place::new("a.md", text);
        let Replacement { deleted_region: region, inserted_content } =
            Replacement::new(&place, edit).expect("the lines are there");
        let start = offset(text, region.start_line, region.start_column.expect("known"));
        let end = offset(text, region.end_line, region.end_column.expect("known"));
        let inserted = inserted_content.map_or("", |content| content.text);
        format!("{}{inserted}{}", &text[..start], &text[end..])
    }

    /// What the edit itself means: whole lines.
    fn expected(text: &str, edit: &Edit) -> String {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (before, rest) = lines.split_at(edit.start_line - 1);
        let after = &rest[edit.end_line - edit.start_line + 1..];
        format!("{}{}{}", before.concat(), edit.text, after.concat())
    }

    #[test]
    fn a_replacement_does_what_the_edit_means() {
        let texts =
            ["one\ntwo 𝄞\nthree\n", "one\r\ntwo 𝄞\r\nthree\r\n", "one\ntwo\nthrée", "\n\n\n"];
        for text in texts {
            for (start_line, end_line) in [(1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (1, 3)] {
                for new in ["", "x", "x\n", "x\r\n", "\n", "x\ny\n"] {
                    let edit = Edit { start_line, end_line, text: new.to_owned() };
                    assert_eq!(replaced(text, &edit), expected(text, &edit), "{text:?} {edit:?}");
                }
            }
        }
    }

    #[test]
    fn an_ending_that_stays_is_not_named() {
        let place = Place::new("a.md", "one\r\n[✅] 𝄞\r\n");
        let edit = Edit { start_line: 2, end_line: 2, text: "[x] 𝄞\r\n".to_owned() };
        let replacement = Replacement::new(&place, &edit).expect("there");
        let region =
            Region { start_line: 2, start_column: Some(1), end_line: 2, end_column: Some(7) };
        assert_eq!(replacement.deleted_region, region, "𝄞 counts twice in UTF-16");
        assert_eq!(replacement.inserted_content, Some(Content { text: "[x] 𝄞" }));
    }

    #[test]
    fn a_byte_order_mark_is_not_counted() {
        let place = Place::new("a.md", "\u{feff}# a\n");
        assert_eq!(place.end_of(1), 4);
    }

    #[test]
    fn lines_that_are_not_there_are_not_mended() {
        let place = Place::new("a.md", "one\n");
        for (start_line, end_line) in [(0, 1), (2, 2), (1, 2), (2, 1)] {
            let edit = Edit { start_line, end_line, text: String::new() };
            assert_eq!(Replacement::new(&place, &edit), None, "{edit:?}");
        }
    }
}

//! Where a finding is: files as URIs, lines as regions.

use std::path::{Component, Path};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::proposal::{Lines, Source};

/// The name of the folder that relative paths start from, as most tools call it.
pub(super) const BASE: &str = "%SRCROOT%";

/// What stands for something else in a URI, or might (RFC 3986, §2.3): all but the unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

impl PhysicalLocation {
    /// A whole file.
    pub(super) fn file(path: &str) -> Location {
        Location {
            physical_location: Self {
                artifact_location: ArtifactLocation::new(path),
                region: None,
            },
        }
    }
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

impl ArtifactLocation {
    /// A relative path stays relative, without `./`: GitHub looks it up below the repository's root. An absolute one
    /// becomes a `file:` URI, as the standard has it; GitHub makes it relative where it knows the root.
    fn new(path: &str) -> Self {
        let path = Path::new(path);
        let parts = path.components().filter_map(|part| match part {
            Component::CurDir | Component::RootDir => None,
            part => {
                let part = part.as_os_str().to_string_lossy();
                Some(utf8_percent_encode(&part, RESERVED).to_string())
            }
        });
        let parts = parts.collect::<Vec<_>>().join("/");
        let absolute = path.has_root();
        let uri = match (absolute, parts.as_str()) {
            (true, _) => format!("file:///{parts}"),
            (false, "") => "./".to_owned(),
            (false, _) => parts,
        };
        Self { uri, uri_base_id: (!absolute).then_some(BASE) }
    }
}

/// Columns stand beside the lines wherever they are known: GitHub's page lists all four as required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_column: Option<usize>,
    pub(super) end_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_column: Option<usize>,
}

/// One file, with the text from which columns are counted.
pub(super) struct Place<'a> {
    file: ArtifactLocation,
    pub(super) source: Source<'a>,
}

impl<'a> Place<'a> {
    /// An empty text is an unknown one.
    pub(super) fn new(path: &str, text: &'a str) -> Self {
        // The standard counts as if a byte order mark were not there (§3.30.2).
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { file: ArtifactLocation::new(path), source: Source::new(text) }
    }

    pub(super) fn uri(&self) -> &str {
        &self.file.uri
    }

    pub(super) fn file(&self) -> ArtifactLocation {
        self.file.clone()
    }

    /// Lines of the file, without the last one's ending. What lies beyond the file ends at its last line.
    pub(super) fn lines(&self, lines: Lines) -> Location {
        let unknown = self.source.text().is_empty();
        let last = if unknown { usize::MAX } else { self.source.line_count() };
        let start = lines.start.clamp(1, last);
        let end = lines.end.clamp(start, last);
        let region = Region {
            start_line: start,
            start_column: (!unknown).then_some(1),
            end_line: end,
            end_column: (!unknown).then(|| self.end_of(end)),
        };
        Location {
            physical_location: PhysicalLocation {
                artifact_location: self.file.clone(),
                region: Some(region),
            },
        }
    }

    /// The column behind the last character of a line.
    pub(super) fn end_of(&self, line: usize) -> usize {
        columns(self.source.line(line)) + 1
    }
}

/// The length of a text in UTF-16 code units.
pub(super) fn columns(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(path: &str) -> (String, bool) {
        let location = ArtifactLocation::new(path);
        (location.uri, location.uri_base_id.is_some())
    }

    #[test]
    fn a_relative_path_stays_relative_and_loses_its_dots() {
        assert_eq!(uri("./eps//EP-0001-a.md"), ("eps/EP-0001-a.md".to_owned(), true));
        assert_eq!(uri("eps/a b/é#1?.md"), ("eps/a%20b/%C3%A9%231%3F.md".to_owned(), true));
        assert_eq!(uri("../eps/a.md"), ("../eps/a.md".to_owned(), true));
        assert_eq!(uri("."), ("./".to_owned(), true));
        assert_eq!(uri("-"), ("-".to_owned(), true));
    }

    #[test]
    fn an_absolute_path_is_a_file_uri() {
        assert_eq!(uri("/srv/eps/a b.md"), ("file:///srv/eps/a%20b.md".to_owned(), false));
        assert_eq!(uri("/"), ("file:///".to_owned(), false));
    }

    #[test]
    fn no_path_is_taken_for_a_scheme_a_host_or_a_reference() {
        assert_eq!(uri("javascript:alert(1)").0, "javascript%3Aalert%281%29");
        assert_eq!(uri("//evil.example/a.md").0, "file:///evil.example/a.md");
        assert_eq!(uri("a\u{1b}[2J\u{202e}@org.md").0, "a%1B%5B2J%E2%80%AE%40org.md");
    }
}

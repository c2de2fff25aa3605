//! Bytes, lines and ranges: the ground on which every finding gets its line.

use serde::{Deserialize, Serialize};

/// The largest file that is read as an EP: 1 MiB. The longest of 654 public proposals has 170 KB;
/// what is larger is not a proposal, and is reported instead of parsed.
pub const MAX_BYTES: usize = 1 << 20;

/// An inclusive range of 1-based lines, as editors and GitHub count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lines {
    /// First line, from 1.
    pub start: usize,
    /// Last line, never before `start`.
    pub end: usize,
}

impl Lines {
    /// One single line.
    pub const fn at(line: usize) -> Self {
        Self { start: line, end: line }
    }

    /// From `start` to `end`; an end before the start is moved up to it.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Whether `line` lies in the range.
    pub const fn contains(self, line: usize) -> bool {
        self.start <= line && line <= self.end
    }
}

/// Why a file cannot be read as an EP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// More than [`MAX_BYTES`].
    #[error("the file has {bytes} bytes; an EP has at most {MAX_BYTES} (1 MiB)")]
    TooLarge {
        /// The size of the file.
        bytes: usize,
    },
    /// Not UTF-8.
    #[error("the file is not UTF-8: byte {offset} on line {line} starts no valid character")]
    NotUtf8 {
        /// Offset of the first bad byte.
        offset: usize,
        /// 1-based line of the first bad byte.
        line: usize,
    },
}

impl Unreadable {
    /// The 1-based line to point at.
    pub const fn line(&self) -> usize {
        match self {
            Self::TooLarge { .. } => 1,
            Self::NotUtf8 { line, .. } => *line,
        }
    }
}

/// The text of one file with an index of its lines.
///
/// Lines end at `\n`; a `\r` before it belongs to the line ending. A leading byte order mark is no text.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    text: &'a str,
    /// Byte offset at which each line starts; never empty.
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    /// Indexes `text`. A leading byte order mark stays in place, but is skipped by [`Source::body_offset`].
    pub fn new(text: &'a str) -> Self {
        let mut starts = Vec::with_capacity(text.len() / 40 + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1));
        if starts.len() > 1 && starts.last() == Some(&text.len()) {
            starts.pop();
        }
        Self { text, starts }
    }

    /// Checks size and encoding of a file's bytes.
    pub fn decode(bytes: &'a [u8]) -> Result<&'a str, Unreadable> {
        if bytes.len() > MAX_BYTES {
            return Err(Unreadable::TooLarge { bytes: bytes.len() });
        }
        std::str::from_utf8(bytes).map_err(|error| {
            let offset = error.valid_up_to();
            let line = bytes[..offset].split(|&b| b == b'\n').count();
            Unreadable::NotUtf8 { offset, line }
        })
    }

    /// The whole text.
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// Where the text starts: behind a byte order mark.
    pub fn body_offset(&self) -> usize {
        if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
    }

    /// How many lines there are; an empty file has one.
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The 1-based line in which a byte offset lies; beyond the end it is the last line.
    pub fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).max(1)
    }

    /// The byte offset at which a 1-based line starts; beyond the last line, the end of the text.
    pub fn line_start(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }

    /// A 1-based line without its line ending; empty when there is no such line.
    pub fn line(&self, line: usize) -> &'a str {
        let raw = self.line_with_ending(line);
        let raw = raw.strip_suffix('\n').unwrap_or(raw);
        raw.strip_suffix('\r').unwrap_or(raw)
    }

    /// A 1-based line with its line ending; empty when there is no such line.
    pub fn line_with_ending(&self, line: usize) -> &'a str {
        &self.text[self.line_start(line)..self.line_start(line + 1)]
    }

    /// The lines that a byte range touches. An end at the start of a line does not touch that line.
    pub fn lines_of(&self, range: &std::ops::Range<usize>) -> Lines {
        let start = self.line_at(range.start);
        let end = if range.end > range.start { self.line_at(range.end - 1) } else { start };
        Lines::new(start, end)
    }

    /// The line ending that the file uses: that of its first line.
    pub fn line_ending(&self) -> &'static str {
        if self.line_with_ending(1).ends_with("\r\n") { "\r\n" } else { "\n" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let source = Source::new("one\r\ntwo\n\nfour");
        assert_eq!(source.line_count(), 4);
        assert_eq!(source.line(1), "one");
        assert_eq!(source.line(3), "");
        assert_eq!(source.line(4), "four");
        assert_eq!(source.line(5), "");
        assert_eq!(source.line_at(0), 1);
        assert_eq!(source.line_at(4), 1, "the line feed belongs to its line");
        assert_eq!(source.line_at(5), 2);
        assert_eq!(source.line_at(999), 4);
        assert_eq!(source.line_ending(), "\r\n");
    }

    #[test]
    fn an_empty_file_has_one_empty_line() {
        let source = Source::new("");
        assert_eq!(source.line_count(), 1);
        assert_eq!(source.lines_of(&(0..0)), Lines::at(1));
    }

    #[test]
    fn a_range_that_ends_at_a_line_start_does_not_touch_that_line() {
        let source = Source::new("a\nb\nc\n");
        assert_eq!(source.lines_of(&(0..4)), Lines::new(1, 2));
    }

    #[test]
    fn a_bad_byte_is_named_with_its_line() {
        assert_eq!(Source::decode(b"ok\n\xffno"), Err(Unreadable::NotUtf8 { offset: 3, line: 2 }));
        assert_eq!(
            Source::decode(&vec![b'a'; MAX_BYTES + 1]),
            Err(Unreadable::TooLarge { bytes: MAX_BYTES + 1 })
        );
    }
}

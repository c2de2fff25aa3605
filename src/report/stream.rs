//! A report that is written while files are read: what was said is not kept.

use crate::review::{Review, Verdict};

use super::{FileReport, Style, UnreadableFile, github, json, plain, sarif, terminal, words};

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text(Style),
    /// For programs.
    Json,
    /// Workflow commands of GitHub Actions.
    Github,
    /// SARIF 2.1.0. One document about all files, with their texts: they are kept until it is written.
    Sarif,
}

/// A report under way. Each call gives the text to write next.
#[derive(Debug)]
pub struct Stream {
    format: Format,
    totals: words::Totals,
    count: usize,
    blocked: bool,
    /// Lines that stand at the end of a log.
    summaries: Vec<String>,
    /// Reviews with their texts, where the format needs all of them.
    kept: Vec<(Review, String)>,
}

impl Stream {
    /// Begins a report.
    pub fn start(format: Format) -> (Self, String) {
        let stream = Self {
            format,
            totals: words::Totals::default(),
            count: 0,
            blocked: false,
            summaries: Vec::new(),
            kept: Vec::new(),
        };
        let text = match format {
            Format::Json => json::open(),
            Format::Text(_) | Format::Github | Format::Sarif => String::new(),
        };
        (stream, text)
    }

    /// One file's review.
    pub fn file(&mut self, file: &FileReport<'_>) -> String {
        let nth = self.count;
        self.count += 1;
        self.totals.add(file.review);
        self.blocked |= file.review.verdict() == Verdict::Fail;
        match self.format {
            Format::Text(style) => {
                let text = terminal::file(file, style);
                if nth > 0 && !file.review.findings.is_empty() { format!("\n{text}") } else { text }
            }
            Format::Json => json::proposal(file.review, nth),
            Format::Github => {
                self.summaries.push(github::summary(file.review));
                github::file(file.review)
            }
            Format::Sarif => {
                self.kept.push((file.review.clone(), file.text.to_owned()));
                String::new()
            }
        }
    }

    /// Whether something blocks so far.
    pub const fn blocked(&self) -> bool {
        self.blocked
    }

    /// The end: files that could not be read, the sum, and what was not looked at.
    pub fn finish(self, unreadable: &[UnreadableFile], notes: &[&str]) -> String {
        let mut lines: Vec<String> = match self.format {
            Format::Json => return json::close(self.count, unreadable),
            Format::Sarif => {
                let files: Vec<FileReport<'_>> =
                    self.kept.iter().map(|(review, text)| FileReport { review, text }).collect();
                return sarif::sarif(&files, unreadable);
            }
            Format::Text(style) => {
                unreadable.iter().map(|file| terminal::unreadable(file, style)).collect()
            }
            Format::Github => unreadable
                .iter()
                .map(github::unreadable)
                .chain(self.summaries.into_iter().map(|line| line + "\n"))
                .collect(),
        };
        lines.extend(self.totals.last_line(unreadable.len()).map(|line| line + "\n"));
        if !self.totals.is_empty() {
            lines.extend(notes.iter().map(|note| format!("{}\n", plain::one_line(note))));
        }
        lines.concat()
    }
}

/// A whole report of reviews that are there already.
pub fn whole(format: Format, files: &[FileReport<'_>], unreadable: &[UnreadableFile]) -> String {
    let (mut stream, mut text) = Stream::start(format);
    for file in files {
        text.push_str(&stream.file(file));
    }
    text + &stream.finish(unreadable, &[])
}

/// As [`FileReport`], of a review whose text is of no use to a format.
pub const fn without_text(review: &Review) -> FileReport<'_> {
    FileReport { review, text: "" }
}

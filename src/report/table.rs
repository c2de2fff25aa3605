//! Where EPs stand, as a table for a terminal or a file.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use annotate_snippets::renderer::{AnsiColor, Style as Paint};
use unicode_width::UnicodeWidthStr as _;

use crate::review::{Review, Severity, Verdict};

use super::status::{Tally, tally};
use super::{Style, plain, words};

/// What stands between columns.
const GAP: &str = "  ";
/// A title is not cut below this many columns: of less, nobody knows the EP. So the table needs about 64 in all.
const MIN_TITLE: usize = 12;
/// A title that may keep this many columns is no reason to give each EP a second line.
const GOOD_TITLE: usize = 36;

/// One EP in a line, or two.
struct Row {
    name: String,
    title: String,
    status: String,
    /// `12/16`, for each measure.
    progress: Vec<String>,
    way: Way,
}

/// What stands in an EP's way.
enum Way {
    /// It may not even be merged as it is. What the next status asks for beyond that is one number.
    Blocked { now: Vec<Tally>, next: Option<(String, usize)> },
    /// The next status, and what it still asks for.
    Next { status: String, blockers: Vec<Tally> },
    /// The end of the ladder, or off it.
    End,
}

impl Row {
    fn new(review: &Review) -> Self {
        // Without a number only its path finds the file; so it does without a title.
        let title = review.title.as_ref().filter(|_| review.number.is_some());
        Self {
            name: review.name.as_deref().map_or_else(|| "–".to_owned(), plain::name),
            title: plain::name(title.unwrap_or(&review.path)),
            status: review.status.as_deref().map_or_else(|| "(none)".to_owned(), plain::name),
            progress: words::progress(review)
                .into_iter()
                .map(|(_, done, total)| format!("{done}/{total}"))
                .collect(),
            way: Way::new(review),
        }
    }
}

impl Way {
    fn new(review: &Review) -> Self {
        let next = review.next.as_ref();
        if review.verdict() == Verdict::Fail {
            let errors = review.findings.iter().filter(|f| f.severity == Severity::Error);
            return Self::Blocked {
                now: tally(errors),
                next: next.map(|next| (plain::name(&next.status), next.blockers.len())),
            };
        }
        match next {
            Some(next) => {
                Self::Next { status: plain::name(&next.status), blockers: tally(&next.blockers) }
            }
            None => Self::End,
        }
    }

    /// Whether nothing stands in it.
    fn is_free(&self) -> bool {
        match self {
            Self::Blocked { .. } => false,
            Self::Next { blockers, .. } => blockers.is_empty(),
            Self::End => true,
        }
    }

    /// In at most `max` columns, if it can be: rules are left out, the numbers never.
    fn text(&self, max: Option<usize>, style: Style) -> String {
        let count = |tallies: &[Tally]| tallies.iter().map(|tally| tally.count).sum::<usize>();
        match self {
            Self::Blocked { now, next } => {
                let lead = format!("blocked now: {}", count(now));
                let tail = match next {
                    Some((status, blockers)) => format!("; {status}: {blockers}"),
                    None => String::new(),
                };
                let room = max.map(|max| max.saturating_sub(lead.width() + tail.width()));
                let red = AnsiColor::BrightRed.on_default().bold();
                format!("{}{}{tail}", style.paint(red, &lead), rules(now, room))
            }
            Self::Next { status, blockers } if blockers.is_empty() => {
                let green = AnsiColor::Green.on_default();
                format!("{status}: {}", style.paint(green, "nothing"))
            }
            Self::Next { status, blockers } => {
                let lead = format!("{status}: {}", count(blockers));
                let room = max.map(|max| max.saturating_sub(lead.width()));
                format!("{lead}{}", rules(blockers, room))
            }
            Self::End => "–".to_owned(),
        }
    }
}

/// ` (prr-unanswered 3, checklist-item-open 1)` in at most `room` columns; empty where not even one rule fits.
fn rules(tallies: &[Tally], room: Option<usize>) -> String {
    let room = room.unwrap_or(usize::MAX);
    let parts: Vec<String> =
        tallies.iter().map(|tally| format!("{} {}", tally.rule, tally.count)).collect();
    for shown in (1..=parts.len()).rev() {
        let cut = if shown < parts.len() { ", …" } else { "" };
        let text = format!(" ({}{cut})", parts[..shown].join(", "));
        if text.width() <= room {
            return text;
        }
    }
    String::new()
}

/// One line an EP, in the order given, under a line of headings. Within `width` columns titles are cut; where that
/// is not enough, what blocks an EP goes to a second line below it, and an EP that nothing blocks has none. Without a
/// width nothing is cut. Empty when there is no EP.
pub fn status_table(reviews: &[&Review], width: Option<usize>, style: Style) -> String {
    let Some(first) = reviews.first() else { return String::new() };
    let measures: Vec<&str> = words::progress(first).into_iter().map(|(name, ..)| name).collect();
    let rows: Vec<Row> = reviews.iter().map(|review| Row::new(review)).collect();
    let widest = |heading: &str, cell: &dyn Fn(&Row) -> usize| {
        rows.iter().map(cell).max().unwrap_or(0).max(heading.width())
    };
    let columns = Columns {
        name: widest("EP", &|row| row.name.width()),
        title: widest("Title", &|row| row.title.width()),
        status: widest("Status", &|row| row.status.width()),
        progress: (0..measures.len())
            .map(|at| widest(measures[at], &|row| row.progress.get(at).map_or(0, |c| c.width())))
            .collect(),
    };
    let way = widest(WAY, &|row| row.way.text(None, Style::Plain).width());
    let (columns, layout) = columns.fit(way, width);
    let mut out = columns.heading(&measures, layout, style);
    for row in &rows {
        columns.row(&mut out, row, layout, style);
    }
    if let Some(line) = last_line(&rows) {
        let _ = write!(out, "\n{line}\n");
    }
    out
}

/// The heading over what blocks.
const WAY: &str = "What blocks the next status";

/// Where what blocks an EP stands.
#[derive(Clone, Copy)]
enum Layout {
    Beside,
    /// Below, in at most so many columns.
    Below(usize),
}

struct Columns {
    name: usize,
    title: usize,
    status: usize,
    progress: Vec<usize>,
}

impl Columns {
    /// Takes from the titles what is too wide. `way` is the width of what blocks.
    fn fit(mut self, way: usize, width: Option<usize>) -> (Self, Layout) {
        let Some(width) = width else { return (self, Layout::Beside) };
        let gap = GAP.width();
        let progress: usize = self.progress.iter().map(|column| column + gap).sum();
        let others = self.name + gap + gap + self.status + progress;
        let beside = width.saturating_sub(others + gap + way);
        if beside >= self.title.min(GOOD_TITLE) {
            self.title = self.title.min(beside);
            return (self, Layout::Beside);
        }
        let below = width.saturating_sub(self.name + gap);
        self.title = self.title.min(width.saturating_sub(others).max(MIN_TITLE));
        (self, Layout::Below(below))
    }

    fn heading(&self, measures: &[&str], layout: Layout, style: Style) -> String {
        let bold = Paint::new().bold();
        let mut line = self.line("EP", "Title", "Status", measures);
        match layout {
            Layout::Beside => {
                let _ = write!(line, "{GAP}{WAY}");
                format!("{}\n", style.paint(bold, &line))
            }
            Layout::Below(max) => {
                let heading = cut(&format!("{WAY}, if anything does"), max);
                let below = format!("{}{GAP}{heading}", " ".repeat(self.name));
                format!("{}\n{}\n", style.paint(bold, &line), style.paint(bold, &below))
            }
        }
    }

    fn row(&self, out: &mut String, row: &Row, layout: Layout, style: Style) {
        let progress: Vec<&str> = row.progress.iter().map(String::as_str).collect();
        out.push_str(&self.line(&row.name, &row.title, &row.status, &progress));
        let _ = match layout {
            Layout::Beside => writeln!(out, "{GAP}{}", row.way.text(None, style)),
            Layout::Below(_) if row.way.is_free() => writeln!(out),
            Layout::Below(max) => {
                let way = row.way.text(Some(max), style);
                writeln!(out, "\n{}{GAP}{way}", " ".repeat(self.name))
            }
        };
    }

    fn line(&self, name: &str, title: &str, status: &str, progress: &[&str]) -> String {
        let mut line = left(name, self.name);
        let _ = write!(line, "{GAP}{}", left(&cut(title, self.title), self.title));
        let _ = write!(line, "{GAP}{}", left(status, self.status));
        for (cell, column) in progress.iter().zip(&self.progress) {
            let _ = write!(line, "{GAP}{}{cell}", " ".repeat(column.saturating_sub(cell.width())));
        }
        line
    }
}

/// `text` with spaces behind it up to a width.
fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// `text` cut to so many columns, an ellipsis at its end where something was cut.
fn cut(text: &str, max: usize) -> String {
    if text.width() <= max {
        return text.to_owned();
    }
    let ends = text.char_indices().map(|(at, _)| at).rev();
    let kept = ends.map(|end| text[..end].trim_end()).find(|text| text.width() < max);
    format!("{}…", kept.unwrap_or_default())
}

/// All EPs in one line; `None` when there is only one.
fn last_line(rows: &[Row]) -> Option<String> {
    if rows.len() < 2 {
        return None;
    }
    let count = |wanted: fn(&Way) -> bool| rows.iter().filter(|row| wanted(&row.way)).count();
    let blocked = count(|way| matches!(way, Way::Blocked { .. }));
    let ready = count(|way| way.is_free() && !matches!(way, Way::End));
    let mut line = format!("{} EPs", rows.len());
    let mut part = |count: usize, words: &str| {
        if count > 0 {
            let _ = write!(line, " · {count} {words}");
        }
    };
    part(blocked, "blocked now");
    part(ready, "ready for the next status");
    Some(line)
}

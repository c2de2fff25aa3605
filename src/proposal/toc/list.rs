//! A table of contents written anew from the headings, in the manner of the present one.
//!
//! What is listed: every heading of the second and third level; of any other level, what is listed now, and
//! what stands beside it below the same heading. Never the title. An entry that points to its heading keeps its words.

use std::fmt::Write as _;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use crate::proposal::bullet::{self, Bullet};
use crate::proposal::hash::{Map, Set};
use crate::proposal::outline::{OPTIONS, Outline, SectionId};
use crate::proposal::{markup, text};

/// How many entries are written. A long proposal has a hundred headings; a hostile one a hundred thousand.
const MAX_ENTRIES: usize = 1000;

/// A line that is an entry and nothing else.
struct Line<'t> {
    bullet: Bullet<'t>,
    /// Where the marker stands; a tab is four columns.
    column: usize,
    words: &'t str,
    /// The heading that it points to; `None` where it points nowhere.
    to: Option<SectionId>,
}

/// The lines of a new list, with `\n` and without a last one, and which of the given lines it replaces (an empty
/// range: it goes in front of that line). `None` where the present list holds more than entries for headings, which would
/// be lost, or where there is nothing to list.
pub fn write(
    outline: &Outline<'_>,
    anchors: &[String],
    present: Range<usize>,
) -> Option<(Range<usize>, String)> {
    let (range, lines) = read(outline, present, anchors)?;
    let style = Style::of(&lines);
    let listed = listed(outline, &lines);
    let kept: Map<SectionId, &str> =
        lines.iter().rev().filter_map(|line| Some((line.to?, line.words))).collect();
    let mut out = String::new();
    let mut counts: Vec<u64> = Vec::new();
    let mut depths: Map<SectionId, usize> = Map::default();
    for &id in &listed {
        let mut around =
            std::iter::successors(outline.sections[id].parent, |&id| outline.sections[id].parent);
        let depth = around.find_map(|id| depths.get(&id)).map_or(0, |depth| depth + 1);
        depths.insert(id, depth);
        counts.resize(depth + 1, 0);
        counts[depth] += 1;
        let words = match kept.get(&id) {
            Some(words) => (*words).to_owned(),
            None => words(outline, id, &anchors[id])?,
        };
        if !out.is_empty() {
            out.push('\n');
        }
        let lead = style.lead(depth, counts[depth]);
        let _ = write!(out, "{lead}[{words}](#{})", anchors[id]);
    }
    (!listed.is_empty() && listed.len() <= MAX_ENTRIES).then_some((range, out))
}

/// The entries among the given lines, and where they stand.
fn read<'a>(
    outline: &Outline<'a>,
    present: Range<usize>,
    anchors: &[String],
) -> Option<(Range<usize>, Vec<Line<'a>>)> {
    let by_anchor: Map<&str, SectionId> = anchors
        .iter()
        .enumerate()
        .skip(1)
        .rev()
        .map(|(id, anchor)| (anchor.as_str(), id))
        .collect();
    let find = |anchor: &str| {
        by_anchor.get(anchor).or_else(|| by_anchor.get(anchor.to_lowercase().as_str())).copied()
    };
    let mut entries = Vec::with_capacity(present.len());
    for number in present.clone() {
        let links = links(outline, number);
        match entry(outline.source.line(number)).filter(|_| links == 1) {
            Some(entry) => entries.push((number, entry)),
            // A link of another form would stay, or be lost.
            None if links > 0 => return None,
            None => {}
        }
    }
    let (Some(&(first, _)), Some(&(last, _))) = (entries.first(), entries.last()) else {
        return Some((present.start..present.start, Vec::new()));
    };
    let blank = |number: &usize| outline.source.line(*number).trim().is_empty();
    if (first..=last).filter(|number| !blank(number)).count() != entries.len() {
        return None;
    }
    let mut lines = Vec::with_capacity(entries.len());
    for (_, (bullet, words, anchor)) in entries {
        let to = find(anchor);
        // An anchor that someone set by hand belongs to no heading: its place cannot be told.
        if to.is_none() && outline.anchors.iter().any(|a| a == anchor) {
            return None;
        }
        lines.push(Line { bullet, column: columns(bullet.indent), words, to });
    }
    Some((first..last + 1, lines))
}

/// Whether a line holds one entry and nothing else.
pub fn is_entry(outline: &Outline<'_>, line: usize) -> bool {
    entry(outline.source.line(line)).is_some() && links(outline, line) == 1
}

fn links(outline: &Outline<'_>, line: usize) -> usize {
    let (start, end) = (outline.source.line_start(line), outline.source.line_start(line + 1));
    let first = outline.links.partition_point(|link| link.range.start < start);
    outline.links[first..].iter().take_while(|link| link.range.start < end).count()
}

/// A line `- [words](#anchor)`.
fn entry(line: &str) -> Option<(Bullet<'_>, &str, &str)> {
    let bullet = bullet::read(line)?;
    let inner = bullet.text.trim_end().strip_prefix('[')?.strip_suffix(')')?;
    let (words, anchor) = inner.rsplit_once("](#")?;
    let plain = !anchor.contains(|c: char| c.is_whitespace() || "()<>".contains(c));
    plain.then_some((bullet, words, anchor))
}

fn columns(indent: &str) -> usize {
    indent.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// The headings to list, in order.
fn listed(outline: &Outline<'_>, lines: &[Line<'_>]) -> Vec<SectionId> {
    let now: Set<SectionId> = lines.iter().filter_map(|line| line.to).collect();
    let deep = |id: SectionId| outline.sections[id].level > 3;
    // Headings below which the present list goes deeper than asked, also where that entry points nowhere.
    let mut opened: Set<SectionId> = Set::default();
    let mut around: Vec<&Line<'_>> = Vec::new();
    for line in lines {
        while around.last().is_some_and(|above| above.column >= line.column) {
            around.pop();
        }
        if let Some(above) = around.last().and_then(|above| above.to) {
            let goes_deep = line.to.map_or(outline.sections[above].level > 2, deep);
            if goes_deep {
                opened.insert(above);
            }
        }
        around.push(line);
    }
    (1..outline.sections.len())
        .filter(|&id| Some(id) != outline.title() && !outline.is_bullet(id))
        .filter(|&id| {
            let section = &outline.sections[id];
            let beside = deep(id) && section.parent.is_some_and(|p| opened.contains(&p));
            (matches!(section.level, 2 | 3) || now.contains(&id) || beside)
                && !section.title.is_empty()
        })
        .take(MAX_ENTRIES + 1)
        .collect()
}

/// How the entries of a list begin.
struct Style<'t> {
    base: &'t str,
    /// The marker at each depth; the first one where a depth has none.
    markers: Vec<&'t str>,
    gap: &'t str,
    unit: String,
    /// An ordered list that counts `1. 1. 1.`.
    ones: bool,
}

impl<'t> Style<'t> {
    fn of(lines: &[Line<'t>]) -> Self {
        let Some(first) = lines.first() else {
            let (markers, unit) = (vec!["-"], "  ".to_owned());
            return Self { base: "", markers, gap: " ", unit, ones: false };
        };
        let base = if first.column <= 3 { first.bullet.indent } else { "" };
        let mut markers = Vec::new();
        let mut around: Vec<usize> = Vec::new();
        let mut unit = None;
        for line in lines {
            while around.last().is_some_and(|column| *column >= line.column) {
                around.pop();
            }
            if let Some(above) = around.last() {
                let step = line.column - above;
                unit.get_or_insert(if line.bullet.indent.contains('\t') { 0 } else { step });
            }
            if markers.len() == around.len() {
                markers.push(line.bullet.marker);
            }
            around.push(line.column);
        }
        let ordered = lines.iter().any(|line| line.bullet.number().is_some());
        // What is nested begins behind the marker above it, and at most three columns further: `1.` and `10.` both
        // allow four.
        let least = if ordered { 4 } else { 2 };
        let unit = match unit {
            Some(0) => "\t".to_owned(),
            Some(step) if (least..=least.max(4)).contains(&step) => " ".repeat(step),
            _ => " ".repeat(least),
        };
        let gap = first.bullet.gap;
        let marker = if ordered { 2 } else { 1 };
        let gap =
            if !gap.contains('\t') && marker + gap.len() <= columns(&unit) { gap } else { " " };
        let is_one = |line: &Line<'_>| line.bullet.number() == Some(1);
        let ones = lines.len() > 1 && lines.iter().all(is_one);
        Self { base, markers, gap, unit, ones }
    }

    fn lead(&self, depth: usize, count: u64) -> String {
        let marker = self.markers.get(depth).or(self.markers.first()).copied().unwrap_or("-");
        let sign = &marker[marker.len() - 1..];
        let marker = match (marker.len(), self.ones) {
            (1, _) => marker.to_owned(),
            (_, true) => format!("1{sign}"),
            (_, false) => format!("{count}{sign}"),
        };
        format!("{}{}{marker}{}", self.base, self.unit.repeat(depth), self.gap)
    }
}

/// A heading's words as the text of a link: as they are written, where that is one link that shows them.
fn words(outline: &Outline<'_>, id: SectionId, anchor: &str) -> Option<String> {
    let title = &outline.sections[id].title;
    let written = without_brackets(&outline.heading_markdown(id));
    let plain = markup::escaped(&text::fold_space(title));
    [written, plain].into_iter().find(|words| shows(words, anchor, title))
}

/// Whether a link with these words shows a title, and is the only link.
fn shows(words: &str, anchor: &str, title: &str) -> bool {
    let entry = format!("[{words}](#{anchor})");
    let mut shown = String::new();
    let mut links = 0;
    for (event, range) in Parser::new_ext(&entry, OPTIONS).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { .. }) if range == (0..entry.len()) => links += 1,
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => return false,
            Event::Text(text) | Event::Code(text) => shown.push_str(&text),
            _ => {}
        }
    }
    links == 1 && text::fold_space(&shown) == text::fold_space(title)
}

/// Markdown with its brackets escaped, code spans and what is escaped already aside.
fn without_brackets(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() + 4);
    let mut rest = markdown;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '\\' => length += rest[1..].chars().next().map_or(0, char::len_utf8),
            '`' => {
                let ticks = rest.len() - rest.trim_start_matches('`').len();
                length = code_end(rest, ticks).unwrap_or(ticks);
            }
            '[' | ']' => out.push('\\'),
            _ => {}
        }
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// Where a code span ends that begins with so many backticks.
fn code_end(text: &str, ticks: usize) -> Option<usize> {
    let mut at = ticks;
    loop {
        let start = at + text[at..].find('`')?;
        let run = text[start..].len() - text[start..].trim_start_matches('`').len();
        at = start + run;
        if run == ticks {
            return Some(at);
        }
    }
}

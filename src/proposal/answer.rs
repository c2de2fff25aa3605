//! Whether a section says anything: what is left of it without comments, template lines, empty option lists,
//! rules, punctuation and stop words.

use super::outline::{Item, Outline, SectionId};
use super::template::TemplateSection;
use super::text;

/// What a section's own text comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Something is left that answers.
    pub given: bool,
    /// A line that only holds the place, where nothing else is left: its number and its text.
    pub stop_word: Option<(usize, String)>,
    /// The whole answer is `N/A`, without a word on why.
    pub bare_na: bool,
    /// Lines at which visible sample lines of the template still stand.
    pub samples: Vec<usize>,
}

/// Reads a section's own text, against the template's same section where there is one.
pub fn read(outline: &Outline<'_>, id: SectionId, template: Option<&TemplateSection>) -> Answer {
    let dropped = empty_options(outline, id);
    let title = &outline.sections[id].title;
    let mut answer = Answer::default();
    let mut lines = outline.own_lines(id).peekable();
    while let Some((number, line)) = lines.next() {
        // Nothing more to learn: no sample line can follow.
        let settled = answer.given && !answer.bare_na;
        if settled && !template.is_some_and(TemplateSection::has_samples) {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        if let Some(template) = template {
            let folded = text::squeezed(&line);
            if template.is_sample(&folded) || template.has_blank(&folded) {
                answer.samples.push(number);
                continue;
            }
            if template.has_line(&folded) || template.has_words(&folded) {
                continue;
            }
        }
        if !text::has_content(&line) || repeats(&line, title) {
            continue;
        }
        // What only leads to something: a table's head, `Answer:`.
        let mut is_head = || lines.peek().is_some_and(|(_, next)| is_delimiter(next));
        if text::strip_markup(&line).ends_with(':') || (line.contains('|') && is_head()) {
            continue;
        }
        if dropped.binary_search(&number).is_ok() {
            continue;
        }
        if answer.given {
            // A further line says more than the first alone.
            answer.bare_na = false;
        } else if text::is_stop_word(&line) {
            answer.stop_word.get_or_insert_with(|| (number, line.trim().to_owned()));
        } else {
            answer.given = true;
            answer.bare_na = text::is_bare_na(&line);
        }
    }
    if answer.given {
        answer.stop_word = None;
    }
    answer
}

/// Whether a line only says the heading again.
fn repeats(line: &str, title: &str) -> bool {
    // Quote marks, bullets and emphasis stand around it at most.
    line.len().abs_diff(title.len()) <= 12 && text::fold(line) == text::fold(title)
}

/// Whether a line is what separates a table's head from its rows.
fn is_delimiter(line: &str) -> bool {
    line.contains('-') && line.contains('|') && line.bytes().all(|b| b"|-: \t\r".contains(&b))
}

/// Lines of unticked boxes, and of the empty `label:` lines below them; sorted.
fn empty_options(outline: &Outline<'_>, id: SectionId) -> Vec<usize> {
    let items = outline.items_in(id);
    let mut lines = Vec::new();
    for (at, open) in items.iter().enumerate().filter(|(_, item)| item.task == Some(false)) {
        lines.push(open.line);
        let fields = nested(items, at).filter(|field| field_value(outline, field).is_none());
        lines.extend(fields.map(|field| field.line));
    }
    lines.sort_unstable();
    lines
}

/// Items nested in the one at an index, at any depth. Items are sorted by their start.
fn nested(items: &[Item], at: usize) -> impl Iterator<Item = &Item> {
    let end = items[at].whole.end;
    items[at + 1..].iter().take_while(move |item| item.whole.start < end)
}

/// The value of a `label: value` item; an item without a label is a value itself. `None` when there is none,
/// or one that only holds the place.
fn field_value<'a>(outline: &Outline<'a>, item: &Item) -> Option<&'a str> {
    let own = &outline.source.text()[item.own.clone()];
    let own = super::template::box_text(own);
    let value = match own.split_once(':') {
        Some((label, value))
            if !label.contains("//") && !label.ends_with("http") && !label.ends_with("https") =>
        {
            value
        }
        _ => own,
    };
    let seen = text::without_comments(value);
    (text::has_content(&seen) && !text::is_stop_word(&seen)).then_some(value)
}

/// What an option list comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Options {
    /// A ticked box has its fields filled in, or prose stands instead. Lines of open boxes left over.
    Answered {
        /// Lines of boxes that were neither ticked nor deleted.
        leftovers: Vec<usize>,
    },
    /// Boxes are ticked, with nothing filled in below: the first one's line.
    TickedEmpty(usize),
    /// Something is filled in below a box that is not ticked: the box's line.
    FilledUnticked(usize),
    /// Nothing at all.
    Empty,
}

/// Reads a question whose template offers an option list.
pub fn read_options(outline: &Outline<'_>, id: SectionId, template: &TemplateSection) -> Options {
    let items = outline.items_in(id);
    let boxes: Vec<usize> = (0..items.len()).filter(|&at| items[at].task.is_some()).collect();
    let filled = |at: usize| {
        let own_line = text::fold_space(&outline.source.text()[items[at].own.clone()]);
        let more_than_label = !template_label(template, &own_line) && own_line.contains(": ");
        more_than_label
            || nested(items, at)
                .any(|field| field.task.is_none() && field_value(outline, field).is_some())
    };
    let bare = |at: usize| {
        let own_line = text::fold_space(&outline.source.text()[items[at].own.clone()]);
        template.is_bare_option(&text::fold(super::template::box_text(&own_line)))
    };
    let is = |ticked: bool| move |at: &&usize| items[**at].task == Some(ticked);
    let leftovers: Vec<usize> = boxes.iter().filter(is(false)).map(|&at| items[at].line).collect();
    if boxes.iter().filter(is(true)).any(|&at| filled(at) || bare(at))
        || has_prose(outline, id, template)
    {
        return Options::Answered { leftovers };
    }
    if let Some(&first) = boxes.iter().find(is(true)) {
        return Options::TickedEmpty(items[first].line);
    }
    match boxes.iter().find(|at| filled(**at)) {
        Some(&first) => Options::FilledUnticked(items[first].line),
        None => Options::Empty,
    }
}

/// Whether the own line of a box is the template's, ticked or not.
fn template_label(template: &TemplateSection, own_line: &str) -> bool {
    let label = text::fold(super::template::box_text(own_line));
    template.sample_lines().any(|sample| text::fold(super::template::box_text(sample)) == label)
}

/// Whether prose stands outside the boxes.
fn has_prose(outline: &Outline<'_>, id: SectionId, template: &TemplateSection) -> bool {
    let source = &outline.source;
    // Outermost boxes, one after the other.
    let mut covered: Vec<std::ops::Range<usize>> = Vec::new();
    for item in outline.items_in(id).iter().filter(|item| item.task.is_some()) {
        if covered.last().is_none_or(|last| last.end <= item.whole.start) {
            covered.push(source.line_start(item.line)..item.whole.end);
        }
    }
    let inside = |number: usize| {
        let start = source.line_start(number);
        let at = covered.partition_point(|range| range.end <= start);
        covered.get(at).is_some_and(|range| range.contains(&start))
    };
    outline.own_lines(id).any(|(number, line)| {
        text::has_content(&line)
            && !inside(number)
            && !text::is_stop_word(&line)
            && !template.has_line(&text::fold_space(&line))
    })
}

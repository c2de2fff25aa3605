//! One heading of a template: what it asks, and which of its lines are no answer.

use super::form;
use super::{box_text, comment_text};
use crate::proposal::hash::Set;
use crate::proposal::outline::{Outline, Section, SectionId};
use crate::proposal::text;

/// One heading of the template.
#[expect(clippy::struct_excessive_bools, reason = "independent marks of a heading")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSection {
    /// Titles from the outermost section to this one.
    pub path: Vec<String>,
    /// The same, folded by [`text::fold_heading`].
    pub key: Vec<String>,
    /// 2 to 6, as in the template.
    pub level: u8,
    /// Index of the section around it.
    pub parent: Option<usize>,
    /// Whether its heading says `(Optional)`.
    pub optional: bool,
    /// Whether it is a question of the production readiness review.
    pub question: bool,
    /// The number of a question that is asked of a few EPs alone; `None` for what every EP carries.
    pub asked: Option<usize>,
    /// Whether its guidance asks something: an empty text is then worth a word even where its questions answer.
    pub asks: bool,
    /// The first sentence of its guidance, for help texts.
    pub hint: Option<String>,
    /// Whether it holds an option list: boxes with fields to fill in.
    pub has_options: bool,
    /// Options that have no fields, folded: their tick says all.
    pub(super) bare_options: Set<String>,
    /// Its heading's words as Markdown.
    pub heading: String,
    /// What stands below its heading in a fresh copy, without sample lines: guidance, options, the checklist.
    /// Markdown blocks with `\n`; may be empty.
    pub form: String,
    /// Every line of its own text, white space folded, comments included: none of them is an answer.
    pub(super) lines: Set<String>,
    /// The same one after the other, so that guidance is known however its lines are broken.
    pub(super) words: String,
    /// How a piece of them can start: spares the search for nearly every line.
    pub(super) starts: Set<Start>,
    /// Its visible lines: none of them may stay.
    pub(super) samples: Set<String>,
    /// What is to be filled in within them: `<date>`.
    pub(super) blanks: Set<String>,
}

/// A shorter text may well be an answer, and stand in the guidance by chance.
const SHORTEST_GUIDANCE: usize = 40;

impl TemplateSection {
    /// Its own heading, as in the template.
    pub fn title(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Its path as people write it: `Proposal > Architecture`.
    pub fn name(&self) -> String {
        self.path.join(" > ")
    }

    /// Whether a line, white space folded, stands in the template's same section.
    pub fn has_line(&self, folded: &str) -> bool {
        self.lines.contains(folded)
    }

    /// Whether a line, white space folded, is a longer piece of the template's same section.
    pub fn has_words(&self, folded: &str) -> bool {
        folded.len() >= SHORTEST_GUIDANCE
            && start(folded.as_bytes()).is_some_and(|start| self.starts.contains(&start))
            && self.words.contains(folded)
    }

    /// Whether a line, white space folded, is one of the template's visible sample lines.
    pub fn is_sample(&self, folded: &str) -> bool {
        self.samples.contains(folded)
    }

    /// Whether something is left to be filled in, in a line that was begun: `<date>`.
    pub fn has_blank(&self, line: &str) -> bool {
        line.contains('<') && self.blanks.iter().any(|blank| line.contains(blank.as_str()))
    }

    /// The template's visible lines here, white space folded.
    pub fn sample_lines(&self) -> impl Iterator<Item = &str> {
        self.samples.iter().map(String::as_str)
    }

    /// Whether an option, by its folded text, has no fields to fill in.
    pub fn is_bare_option(&self, folded: &str) -> bool {
        self.bare_options.contains(folded)
    }

    /// Whether the template shows sample lines here, to be replaced.
    pub fn has_samples(&self) -> bool {
        !self.samples.is_empty()
    }
}

pub(super) fn read_section(
    outline: &Outline<'_>,
    id: SectionId,
    section: &Section,
    path: Vec<String>,
    key: Vec<String>,
    parent: Option<usize>,
    question: bool,
) -> TemplateSection {
    let mut lines: Set<String> = section
        .body
        .clone()
        .map(|n| text::fold_space(outline.source.line(n)))
        .filter(|l| !l.is_empty())
        .collect();
    let visible: Vec<String> = outline
        .visible_lines(section.body.clone())
        .map(|(_, line)| text::fold_space(&line))
        .collect();
    lines.extend(visible.iter().filter(|line| !line.is_empty()).cloned());
    let samples = samples(visible);
    let body = section.body.clone().map(|n| outline.source.line(n));
    let words = text::fold_space(&body.collect::<Vec<_>>().join(" "));
    let guidance: Vec<String> = form::guidance_in(outline, section)
        .map(|range| comment_text(outline.source.text(), range))
        .collect();
    let has_options = question && outline.items_in(id).iter().any(|item| item.task.is_some());
    let form =
        if has_options { form::whole(outline, id) } else { form::guidance(outline, section) };
    TemplateSection {
        optional: text::strip_optional(&section.title).1,
        level: section.level,
        parent,
        question,
        asked: None,
        asks: guidance.iter().any(|comment| comment.contains('?')),
        hint: guidance.first().and_then(|comment| first_sentence(comment)),
        bare_options: bare_options(outline, id),
        has_options,
        heading: outline.heading_markdown(id),
        form,
        lines,
        starts: starts(&words).collect(),
        words,
        blanks: samples.iter().flat_map(|line| blanks(line)).collect(),
        samples,
        path,
        key,
    }
}

/// How a text starts; shorter ones have none.
type Start = [u8; 12];

fn start(text: &[u8]) -> Option<Start> {
    text.first_chunk().copied()
}

/// How the text starts from each word on.
fn starts(words: &str) -> impl Iterator<Item = Start> {
    let words = words.as_bytes();
    let begins = std::iter::once(0).chain(memchr::memchr_iter(b' ', words).map(|at| at + 1));
    begins.filter_map(|at| start(&words[at..]))
}

/// What a line has in angle brackets, in words.
fn blanks(line: &str) -> impl Iterator<Item = String> {
    let words = |inside: &&str| {
        inside.starts_with(|c: char| c.is_ascii_lowercase())
            && inside.chars().all(|c| c.is_ascii_lowercase() || c == ' ')
    };
    let insides = line.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    insides.map(|(inside, _)| inside).filter(words).map(|inside| format!("<{inside}>"))
}

/// Options without anything below them.
fn bare_options(outline: &Outline<'_>, id: SectionId) -> Set<String> {
    let items = outline.items_in(id);
    let own = |at: usize| &outline.source.text()[items[at].own.clone()];
    (0..items.len())
        .filter(|&at| items[at].task.is_some())
        .filter(|&at| items.get(at + 1).is_none_or(|next| next.whole.start >= items[at].whole.end))
        .map(|at| text::fold(box_text(own(at))))
        .collect()
}

/// Visible lines that give way to the author's. The head of a table stays when rows are added, and so does what
/// follows a box in its paragraph: who agrees ticks the box, and leaves the sentence.
fn samples(visible: Vec<String>) -> Set<String> {
    let is_delimiter = |line: &String| {
        line.contains('-') && line.contains('|') && line.chars().all(|c| "|-: ".contains(c))
    };
    let mut head = vec![false; visible.len()];
    let mut agreed = false;
    for at in 0..visible.len() {
        if visible.get(at + 1).is_some_and(is_delimiter) && visible[at].contains('|') {
            head[at] = true;
            head[at + 1] = true;
        }
        let line = visible[at].trim_start_matches(['-', '*', '+', ' ']);
        let begins = line.len() < visible[at].len();
        if line.starts_with("[ ] ") || line.starts_with("[x] ") {
            agreed = true;
        } else if line.is_empty() || begins {
            agreed = false;
        } else if agreed {
            head[at] = true;
        }
    }
    let kept = visible.into_iter().zip(head).filter(|(line, head)| !head && !line.is_empty());
    kept.map(|(line, _)| line).collect()
}

/// The first sentence, where it is short enough to be a hint.
fn first_sentence(comment: &str) -> Option<String> {
    let comment = comment.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = comment
        .char_indices()
        .find(|&(at, c)| {
            ".?!".contains(c) && comment[at + 1..].chars().next().is_none_or(char::is_whitespace)
        })
        .map_or(comment.len(), |(at, _)| at + 1);
    let sentence = comment[..end].replace('`', "");
    (20..=220).contains(&sentence.len()).then_some(sentence)
}

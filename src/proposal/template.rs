//! The template: the headings, questions, checklist items and sample lines that every EP is held against.

mod ask;
mod form;

use std::ops::Range;
use std::sync::OnceLock;

use super::hash::Set;
use super::outline::{Outline, Section, SectionId};
use super::{bullet, text, toc};

/// The template that judges where a repository has none of its own.
const BUILT_IN: &str = include_str!("template/EP-0000-template.md");

/// An earlier edition of the built-in template: the same headings with other guidance. EPs begun from it still
/// carry its comments, which are recognised as guidance.
const EARLIER: &str = include_str!("template/earlier.md");

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
    bare_options: Set<String>,
    /// Its heading's words as Markdown.
    pub heading: String,
    /// What stands below its heading in a fresh copy, without sample lines: guidance, options, the checklist.
    /// Markdown blocks with `\n`; may be empty.
    pub form: String,
    /// Every line of its own text, white space folded, comments included: none of them is an answer.
    lines: Set<String>,
    /// The same one after the other, so that guidance is known however its lines are broken.
    words: String,
    /// Its visible lines: none of them may stay.
    samples: Set<String>,
    /// What is to be filled in within them: `<date>`.
    blanks: Set<String>,
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
        folded.len() >= SHORTEST_GUIDANCE && self.words.contains(folded)
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

/// One item of the template's checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateItem {
    /// Its text, without the box.
    pub text: String,
    /// The same, folded.
    pub key: String,
}

/// A template, read once.
#[derive(Debug, Clone)]
pub struct Template {
    /// The Markdown itself.
    pub text: String,
    /// Its title line, folded by white space: a placeholder everywhere else.
    pub title: String,
    /// Every heading below the title, in order.
    pub sections: Vec<TemplateSection>,
    /// Index of the section that holds the checklist.
    pub checklist_section: Option<usize>,
    /// The checklist's items, in order.
    pub checklist: Vec<TemplateItem>,
    /// Index of the questionnaire's section.
    pub prr_section: Option<usize>,
    /// Whether it carries a table of contents between `<!-- toc -->` marks.
    pub has_toc: bool,
    /// Index of the section in which that stands; `None` for below the title.
    pub toc_section: Option<usize>,
    /// Anchors to which its own table of contents points in vain.
    pub dead_entries: Set<String>,
    /// Headings that its own table of contents leaves out, folded.
    pub unlisted: Set<String>,
    /// Where its own links point.
    pub links: Set<String>,
    /// Whether a comment of its own is never closed.
    pub unclosed: bool,
    /// Its guidance comments, white space folded.
    guidance: Set<String>,
    /// Its visible lines that are to be replaced, wherever they stand; and how long the longest is, in bytes.
    placeholders: Set<String>,
    longest_placeholder: usize,
}

/// What a template cannot say of itself: where the questionnaire is and how deep its questions stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Title of the questionnaire's section, folded by [`text::fold_heading`].
    pub prr_section: String,
    /// Level of the questions' headings.
    pub question_level: u8,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            prr_section: "production readiness review questionnaire".to_owned(),
            question_level: 4,
        }
    }
}

impl Template {
    /// The template that judges where a repository has none of its own.
    pub fn built_in() -> &'static Self {
        static TEMPLATE: OnceLock<Template> = OnceLock::new();
        TEMPLATE.get_or_init(|| Self::built_in_with(&Shape::default()))
    }

    /// The built-in template, its questionnaire read as another shape says.
    pub fn built_in_with(shape: &Shape) -> Self {
        let mut template = Self::parse(BUILT_IN, shape);
        template.recognise(&Self::parse(EARLIER, shape));
        template
    }

    /// Whether it has a section of that folded path.
    pub fn has_section(&self, key: &[String]) -> bool {
        self.sections.iter().any(|section| section.key == key)
    }

    /// Reads a template.
    pub fn parse(markdown: &str, shape: &Shape) -> Self {
        let outline = Outline::parse(markdown);
        let mut ids = Vec::new();
        let mut sections: Vec<TemplateSection> = Vec::new();
        let mut prr_section = None;
        let title = outline.title();
        for (id, section) in outline.sections.iter().enumerate().skip(1) {
            if Some(id) == title {
                continue;
            }
            let parent = section.parent.and_then(|p| ids.iter().position(|&i| i == p));
            let path = outline.path(id);
            let key: Vec<String> = path.iter().map(|t| text::fold_heading(t)).collect();
            if prr_section.is_none() && key.last() == Some(&shape.prr_section) {
                prr_section = Some(sections.len());
            }
            let below_prr = prr_section.is_some_and(|prr| {
                sections.get(prr).is_some_and(|p: &TemplateSection| {
                    key.len() > p.key.len() && key.starts_with(&p.key)
                })
            });
            let question = below_prr && section.level == shape.question_level;
            sections.push(read_section(&outline, id, section, path, key, parent, question));
            ids.push(id);
        }
        let checklist_id = ids.iter().position(|&id| {
            outline.items_in(id).iter().any(|i| i.task.is_some())
                && !in_prr(&sections, prr_section, &ids, id)
        });
        let checklist = checklist_id.map_or_else(Vec::new, |at| read_checklist(&outline, ids[at]));
        if let Some(at) = checklist_id {
            sections[at].form = form::whole(&outline, ids[at]);
        }
        let (mut dead_entries, mut unlisted) = (Set::default(), Set::default());
        if let Some(toc) = toc::read(&outline) {
            let faults = toc::faults(&outline, &toc::anchors(&outline), &toc);
            dead_entries.extend(faults.dead.into_iter().map(|entry| entry.anchor.clone()));
            let titles = faults.unlisted.into_iter().map(|id| &outline.sections[id].title);
            unlisted.extend(titles.map(|title| text::fold_heading(title)));
        }
        let guidance = outline
            .comments
            .iter()
            .map(|range| comment_text(markdown, range))
            .filter(|comment| !is_marker(comment))
            .collect();
        let toc_mark = outline.comments.iter().find(|range| comment_text(markdown, range) == "toc");
        let toc_section = toc_mark.and_then(|range| {
            let id = outline.section_at(outline.source.line_at(range.start));
            ids.iter().position(|&i| i == id)
        });
        let replaced = sections.iter().enumerate();
        let replaced =
            replaced.filter(|(at, section)| Some(*at) != checklist_id && !section.has_options);
        let placeholders: Set<String> = replaced
            .flat_map(|(_, section)| section.samples.iter())
            .filter(|line| text::fold(line).len() > 2)
            .cloned()
            .collect();
        Self {
            longest_placeholder: placeholders.iter().map(String::len).max().unwrap_or(0),
            placeholders,
            text: markdown.to_owned(),
            title: title
                .map(|id| text::fold_space(&outline.sections[id].title))
                .unwrap_or_default(),
            sections,
            checklist_section: checklist_id,
            checklist,
            prr_section,
            dead_entries,
            unlisted,
            links: outline.links.iter().map(|link| link.dest.to_string()).collect(),
            unclosed: outline.unclosed.is_some(),
            has_toc: toc_mark.is_some(),
            toc_section,
            guidance,
        }
    }

    /// Whether a line is one of the template's own that was to be replaced, wherever it stands. The checklist's items and
    /// options stand for themselves.
    pub fn is_placeholder(&self, line: &str) -> bool {
        let line = line.trim();
        line.len() <= self.longest_placeholder && self.placeholders.contains(&*text::squeezed(line))
    }

    /// Whether an EP's comment is guidance of this template.
    pub fn is_guidance(&self, comment: &str) -> bool {
        self.guidance.contains(&text::fold_space(inner(comment)))
    }

    /// Whether a section lies in the questionnaire, the questionnaire's own heading excluded.
    pub fn below_prr(&self, section: usize) -> bool {
        self.prr_section.is_some_and(|prr| {
            section != prr && self.sections[section].key.starts_with(&self.sections[prr].key)
        })
    }

    /// The sections directly below one.
    pub fn children(&self, section: usize) -> impl Iterator<Item = usize> + '_ {
        (section + 1..self.sections.len())
            .filter(move |&c| self.sections[c].parent == Some(section))
    }

    /// Takes over the lines and the guidance of another edition of the same template.
    fn recognise(&mut self, earlier: &Self) {
        self.guidance.extend(earlier.guidance.iter().cloned());
        for section in &mut self.sections {
            if let Some(old) = earlier.sections.iter().find(|old| old.key == section.key) {
                section.lines.extend(old.lines.iter().cloned());
                section.words.push('\n');
                section.words.push_str(&old.words);
                section.samples.extend(old.samples.iter().cloned());
            }
        }
    }
}

fn in_prr(
    sections: &[TemplateSection],
    prr: Option<usize>,
    ids: &[SectionId],
    id: SectionId,
) -> bool {
    let (Some(prr), Some(at)) = (prr, ids.iter().position(|&i| i == id)) else { return false };
    sections[at].key.starts_with(&sections[prr].key)
}

fn read_section(
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
        words,
        blanks: samples.iter().flat_map(|line| blanks(line)).collect(),
        samples,
        path,
        key,
    }
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

fn read_checklist(outline: &Outline<'_>, id: SectionId) -> Vec<TemplateItem> {
    outline
        .items_in(id)
        .iter()
        .filter(|item| item.task.is_some())
        .map(|item| {
            let text = text::fold_space(box_text(&outline.source.text()[item.own.clone()]));
            TemplateItem { key: text::fold(&text), text }
        })
        .collect()
}

/// The text of a list item behind its marker and box.
pub(super) fn box_text(item: &str) -> &str {
    let item = bullet::behind(item);
    let item =
        item.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(item, |(_, text)| text);
    item.trim()
}

/// A comment's text without its marks, white space folded.
pub(super) fn comment_text(markdown: &str, range: &Range<usize>) -> String {
    text::fold_space(inner(&markdown[range.clone()]))
}

fn inner(comment: &str) -> &str {
    let comment = comment.strip_prefix("<!--").unwrap_or(comment);
    comment.strip_suffix("-->").unwrap_or(comment)
}

/// Comments that tools read (`toc`, `/toc`, `markdownlint-disable`), and bare "TBD": no guidance.
fn is_marker(comment: &str) -> bool {
    !comment.contains(' ')
        || ["markdownlint", "prettier", "vale "].iter().any(|tool| comment.starts_with(tool))
        || text::is_stop_word(comment)
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

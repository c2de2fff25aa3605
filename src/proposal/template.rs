//! The template: the headings, questions, checklist items and sample lines that every EP is held against.

mod ask;
mod form;
mod section;

use std::ops::Range;
use std::sync::OnceLock;

use super::hash::Set;
use super::outline::{Outline, SectionId};
use super::{bullet, text, toc};

pub use section::TemplateSection;
use section::read_section;

/// The template that judges where a repository has none of its own.
const BUILT_IN: &str = include_str!("template/EP-0000-template.md");

/// An earlier edition of the built-in template: the same headings with other guidance. EPs begun from it still
/// carry its comments, which are recognised as guidance.
const EARLIER: &str = include_str!("template/earlier.md");

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
                section.starts.extend(old.starts.iter().copied());
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

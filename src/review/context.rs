//! What the rules look at: the EP's outline matched with the template, and every section's answer.

use std::cell::OnceCell;

use crate::proposal::answer::{self, Answer};
use crate::proposal::toc::{self, Toc};
use crate::proposal::{Lines, Outline, SectionId, Template, TemplateSection, text, title};

use super::finding::Fix;
use super::input::{Around, Rulebook};
use super::judge::and_also;
use super::level::Levels;
use super::policy::{Policy, StatusFrom};
use super::rule::Rule;

/// Something that an EP lacks, with its levels at every status: judged against one of them, it is a finding.
#[derive(Debug, Clone)]
pub(super) struct Gap {
    pub(super) rule: &'static Rule,
    pub(super) levels: Levels,
    pub(super) lines: Lines,
    pub(super) section: Vec<String>,
    pub(super) message: String,
    pub(super) help: String,
    pub(super) fix: Option<Fix>,
}

impl Gap {
    /// The same gap, about something that the template did not ask for when the change was begun.
    pub(super) fn gained(mut self) -> Self {
        self.levels = self.levels.capped_at_warning();
        let note = "The template gained it after this change was begun, so it does not block here.";
        self.message.push_str(&and_also(&self.message, note));
        self
    }
}

/// An EP held beside its template.
pub(super) struct Context<'a> {
    pub(super) path: &'a str,
    /// Its path before the change.
    pub(super) former: &'a str,
    pub(super) outline: &'a Outline<'a>,
    pub(super) template: &'a Template,
    pub(super) policy: &'a Policy,
    pub(super) around: Around<'a>,
    /// The template at the merge base, where it was another one.
    earlier: Option<&'a Template>,
    /// The file beside it that holds its status.
    pub(super) sidecar: Option<&'a [u8]>,
    /// For each section of the template, the EP's.
    pub(super) found: Vec<Option<SectionId>>,
    /// For each section of the EP, the template's.
    pub(super) meant: Vec<Option<usize>>,
    /// For each section of the EP, what its own text comes to.
    pub(super) answers: Vec<Answer>,
    /// For each section of the EP, its heading, folded.
    pub(super) keys: Vec<String>,
    /// Headings that an unclosed comment hides.
    hidden: Vec<String>,
    ends_closed: OnceCell<bool>,
    anchors: OnceCell<Vec<String>>,
    toc: OnceCell<Option<(Toc, toc::Faults)>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        path: &'a str,
        outline: &'a Outline<'a>,
        sidecar: Option<&'a [u8]>,
        rulebook: &Rulebook<'a>,
    ) -> Self {
        let Rulebook { template, earlier, policy, around, .. } = *rulebook;
        let keys: Vec<String> =
            outline.sections.iter().map(|s| text::fold_heading(&s.title)).collect();
        let mut meant = vec![None; outline.sections.len()];
        let mut found: Vec<Option<SectionId>> = Vec::with_capacity(template.sections.len());
        for (at, section) in template.sections.iter().enumerate() {
            let id = locate(outline, template, &keys, &meant, &found, at, section);
            if let Some(id) = id {
                meant[id] = Some(at);
            }
            found.push(id);
        }
        let answers = (0..outline.sections.len())
            .map(|id| answer::read(outline, id, meant[id].map(|t: usize| &template.sections[t])))
            .collect();
        let hidden = outline.unclosed.map_or_else(Vec::new, |open| hidden_headings(outline, open));
        Self {
            path,
            former: path,
            outline,
            template,
            policy,
            around,
            earlier,
            sidecar,
            found,
            meant,
            answers,
            keys,
            hidden,
            ends_closed: OnceCell::new(),
            anchors: OnceCell::new(),
            toc: OnceCell::new(),
        }
    }

    /// The anchor of each section.
    pub(super) fn anchors(&self) -> &[String] {
        self.anchors.get_or_init(|| toc::anchors(self.outline))
    }

    /// The table of contents, and what is wrong with it.
    pub(super) fn toc(&self) -> Option<&(Toc, toc::Faults)> {
        let read = || {
            let toc = toc::read(self.outline)?;
            let faults = toc::faults(self.outline, self.anchors(), &toc);
            Some((toc, faults))
        };
        self.toc.get_or_init(read).as_ref()
    }

    /// Whether blocks that are appended to the EP stand for themselves.
    pub(super) fn ends_closed(&self) -> bool {
        *self.ends_closed.get_or_init(|| self.outline.ends_closed())
    }

    /// The EP's number: by its title, else by its path.
    pub(super) fn number(&self) -> Option<u64> {
        let heading = self.outline.title().map(|id| &self.outline.sections[id].title);
        heading
            .and_then(|heading| title::read(heading, &self.policy.title).number)
            .filter(|number| *number > 0)
            .or_else(|| title::path_number(self.path, self.policy.word()))
    }

    /// The earlier template, where it lacks a section of the present one.
    pub(super) fn gained(&self, template: usize) -> bool {
        let TemplateSection { key, asked, .. } = &self.template.sections[template];
        asked.is_none() && self.earlier.is_some_and(|earlier| !earlier.has_section(key))
    }

    /// Whether the earlier template lacks an item of the present one's checklist.
    pub(super) fn gained_item(&self, item: usize) -> bool {
        let key = &self.template.checklist[item].key;
        self.earlier.is_some_and(|earlier| earlier.checklist.iter().all(|old| old.key != *key))
    }

    /// Whether a section says anything, itself or below it.
    pub(super) fn filled(&self, id: SectionId) -> bool {
        self.outline.subtree(id).any(|below| self.answers[below].given)
    }

    /// The template's section whose path ends in that one.
    pub(super) fn template_section(&self, role: &[String]) -> Option<usize> {
        self.template.sections.iter().position(|s| s.key.ends_with(role))
    }

    /// The EP's section for the template's one whose path ends in that one.
    pub(super) fn section(&self, role: &[String]) -> Option<SectionId> {
        self.found[self.template_section(role)?]
    }

    /// Whether one of the template's sections has a role.
    pub(super) fn has_role(&self, template: usize, role: &[String]) -> bool {
        self.template_section(role) == Some(template)
    }

    /// The template's section that holds the status, where a section does.
    pub(super) fn status_template(&self) -> Option<usize> {
        match &self.policy.status_from {
            StatusFrom::Section(title) => self.template_section(std::slice::from_ref(title)),
            StatusFrom::FrontMatter(_) | StatusFrom::Sidecar { .. } => None,
        }
    }

    /// The EP's section that holds the status.
    pub(super) fn status_section(&self) -> Option<SectionId> {
        self.found[self.status_template()?]
    }

    /// Whether a heading that seems missing stands in an unclosed comment.
    pub(super) fn is_hidden(&self, template: usize) -> bool {
        self.template.sections[template]
            .key
            .last()
            .is_some_and(|key| self.hidden.iter().any(|title| text::fold_heading(title) == *key))
    }

    /// Whether an anchor is that of a heading that an unclosed comment hides.
    pub(super) fn hides_anchor(&self, anchor: &str) -> bool {
        self.hidden.iter().any(|title| text::slug(title) == anchor)
    }

    /// The heading's lines.
    pub(super) fn heading(&self, id: SectionId) -> Lines {
        self.outline.sections[id].heading
    }

    /// The document's first heading, else its first line.
    pub(super) fn top(&self) -> Lines {
        self.outline.title().map_or(Lines::at(1), |id| self.heading(id))
    }

    /// Where to report a section that is not there: the nearest preceding sibling that exists, else the parent's
    /// heading, else the title.
    pub(super) fn anchor(&self, template: usize) -> Lines {
        let parent = self.template.sections[template].parent;
        (0..template)
            .rev()
            .filter(|&t| self.template.sections[t].parent == parent)
            .find_map(|t| self.found[t])
            .or_else(|| parent.and_then(|p| self.found[p]))
            .map_or_else(|| self.top(), |id| self.heading(id))
    }

    /// A sentence that names another place where a missing heading seems to stand, or nothing.
    pub(super) fn elsewhere(&self, template: usize) -> String {
        let Some(key) = self.template.sections[template].key.last() else { return String::new() };
        self.outline
            .sections
            .iter()
            .enumerate()
            .find(|(id, s)| s.level > 0 && self.meant[*id].is_none() && text::fold_heading(&s.title) == *key)
            .map(|(_, s)| {
                let wanted = self.template.sections[template].level;
                format!(" A heading `{}` of level {} stands at line {}; it belongs here, at level {wanted}.", s.title, s.level, s.heading.start)
            })
            .unwrap_or_default()
    }
}

/// How many headings are compared by similarity: a real EP has about 60, a hostile one a hundred thousand.
const MAX_ALIKE: usize = 500;

/// The EP's section for one of the template's: below the parent's, by folded text, else by similarity.
fn locate(
    outline: &Outline<'_>,
    template: &Template,
    keys: &[String],
    meant: &[Option<usize>],
    found: &[Option<SectionId>],
    at: usize,
    section: &TemplateSection,
) -> Option<SectionId> {
    let key = section.key.last()?;
    let title = outline.title();
    let free = |id: &SectionId| {
        meant[*id].is_none() && Some(*id) != title && outline.sections[*id].level > 0
    };
    // A question may stand anywhere in the questionnaire.
    let scope = match (section.question, template.prr_section, section.parent) {
        (true, Some(prr), _) => Some(outline.subtree(found.get(prr).copied().flatten()?)),
        (_, _, Some(parent)) => Some(outline.subtree(found.get(parent).copied().flatten()?)),
        _ => None,
    };
    let candidates: Vec<SectionId> = match scope {
        Some(range) => (range.start + 1..range.end).filter(free).collect(),
        None => (1..outline.sections.len())
            .filter(free)
            .filter(|&id| is_outermost(outline, id))
            .collect(),
    };
    if let Some(&id) = candidates.iter().find(|&&id| keys[id] == *key) {
        return Some(id);
    }
    let is_another = |id: SectionId| {
        template
            .sections
            .iter()
            .enumerate()
            .any(|(t, s)| t != at && s.key.last() == Some(&keys[id]))
    };
    candidates
        .into_iter()
        .take(MAX_ALIKE)
        .find(|&id| text::alike(&keys[id], key) && !is_another(id))
}

/// Whether a section stands directly below a title (or is an H1 beside it).
fn is_outermost(outline: &Outline<'_>, id: SectionId) -> bool {
    outline.sections[id].parent.is_none_or(|p| outline.sections[p].level <= 1)
}

/// Headings by their look in a text that a comment hides.
fn hidden_headings(outline: &Outline<'_>, open: usize) -> Vec<String> {
    let first = outline.source.line_at(open);
    (first..=outline.source.line_count())
        .map(|n| outline.source.line(n))
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().to_owned())
        .collect()
}

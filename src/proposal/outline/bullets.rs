//! Questions that stand as bold list items instead of headings, as in older documents of some repositories:
//! `* **What metrics should inform a rollback?** Errors at the gateway.`

use std::ops::Range;

use crate::proposal::{Shape, Template, text};

/// How many bold items are compared by similarity: a real questionnaire has a few dozen.
const MAX_ALIKE: usize = 200;

/// The questions that a bold list item may stand for.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'t> {
    shape: Shape,
    /// The folded questions.
    keys: Vec<&'t str>,
}

impl<'t> Asked<'t> {
    pub(crate) fn of(template: &'t Template) -> Option<Self> {
        let questions = template.sections.iter().filter(|section| section.question);
        let keys: Vec<&str> =
            questions.filter_map(|section| section.key.last().map(String::as_str)).collect();
        let level = template.sections.iter().find(|section| section.question)?.level;
        let prr = template.sections[template.prr_section?].key.last()?.clone();
        Some(Self { shape: Shape { prr_section: prr, question_level: level }, keys })
    }
}

/// What the one pass keeps of bold text at the start of a list item.
#[derive(Debug)]
pub(super) struct Bullets<'t> {
    asked: Option<Asked<'t>>,
    /// Level of the questionnaire's heading while it is open.
    inside: Option<u8>,
    /// An outermost item has begun, and nothing of it was seen yet.
    fresh: bool,
    /// The bold text so far, and its range.
    lead: Option<(String, Range<usize>)>,
    compared: usize,
}

impl<'t> Bullets<'t> {
    pub(super) fn new(asked: Option<Asked<'t>>) -> Self {
        Self { asked, inside: None, fresh: false, lead: None, compared: 0 }
    }

    /// A heading opens a section.
    pub(super) fn heading(&mut self, level: u8, title: &str) {
        let Some(asked) = &self.asked else { return };
        if self.inside.is_some_and(|prr| level <= prr) {
            self.inside = None;
        }
        if self.inside.is_none() && text::fold_heading(title) == asked.shape.prr_section {
            self.inside = Some(level);
        }
    }

    /// An outermost item begins.
    pub(super) fn item(&mut self) {
        self.fresh = self.inside.is_some();
    }

    /// Something else than bold text begins.
    pub(super) fn other(&mut self) {
        self.fresh = false;
    }

    /// Bold text begins.
    pub(super) fn strong(&mut self, range: Range<usize>) {
        if std::mem::take(&mut self.fresh) {
            self.lead = Some((String::new(), range));
        }
    }

    /// Text within bold text.
    pub(super) fn text(&mut self, text: &str) {
        if let Some((lead, _)) = &mut self.lead {
            lead.push_str(text);
        }
        self.fresh = false;
    }

    /// Bold text ends: the question that it is, with its range and level.
    pub(super) fn end(&mut self) -> Option<(u8, String, Range<usize>)> {
        let (lead, range) = self.lead.take()?;
        let asked = self.asked.as_ref()?;
        let key = text::fold_heading(&lead);
        let is_asked = asked.keys.iter().any(|known| *known == key) || {
            self.compared += 1;
            self.compared <= MAX_ALIKE && asked.keys.iter().any(|known| text::alike(&key, known))
        };
        is_asked.then(|| (asked.shape.question_level, lead.trim().to_owned(), range))
    }
}

//! Questions beyond those that the template's file holds.

use super::super::hash::Set;
use super::super::{markup, text};
use super::{Template, TemplateSection};

impl Template {
    /// Adds a question at the end of a part of the questionnaire, or of the questionnaire itself where no part
    /// has that title.
    pub fn ask(&mut self, part: Option<&str>, question: &str, level: u8) {
        self.insert_question(part, question, level, None);
    }

    /// As [`Template::ask`], a question of that number, of a few EPs alone. One that the questionnaire holds already is
    /// not asked again.
    pub fn ask_here(&mut self, part: Option<&str>, question: &str, level: u8, number: usize) {
        let key = text::fold_heading(question);
        let known =
            |section: &TemplateSection| section.question && section.key.last() == Some(&key);
        if !key.is_empty() && !self.sections.iter().any(known) {
            self.insert_question(part, question, level, Some(number));
        }
    }

    fn insert_question(
        &mut self,
        part: Option<&str>,
        question: &str,
        level: u8,
        asked: Option<usize>,
    ) {
        let Some(prr) = self.prr_section else { return };
        let part = part.map(text::fold_heading).and_then(|key| {
            let below = (prr + 1..self.sections.len()).filter(|&s| self.below_prr(s));
            below.into_iter().find(|&s| self.sections[s].key.last() == Some(&key))
        });
        let parent = part.unwrap_or(prr);
        let around = self.sections[parent].key.clone();
        let at = (parent + 1..self.sections.len())
            .find(|&s| !self.sections[s].key.starts_with(&around))
            .unwrap_or(self.sections.len());
        let mut section = TemplateSection {
            path: self.sections[parent].path.clone(),
            key: around,
            level,
            parent: Some(parent),
            optional: false,
            question: true,
            asked,
            asks: false,
            hint: None,
            has_options: false,
            bare_options: Set::default(),
            heading: markup::heading(question),
            form: String::new(),
            lines: Set::default(),
            words: String::new(),
            starts: Set::default(),
            samples: Set::default(),
            blanks: Set::default(),
        };
        section.path.push(question.to_owned());
        section.key.push(text::fold_heading(question));
        self.sections.insert(at, section);
        let moved = |index: &mut usize| {
            if *index >= at {
                *index += 1;
            }
        };
        self.sections.iter_mut().enumerate().filter(|(s, _)| *s != at).for_each(|(_, section)| {
            section.parent.iter_mut().for_each(moved);
        });
        self.checklist_section.iter_mut().for_each(moved);
        self.prr_section.iter_mut().for_each(moved);
        self.toc_section.iter_mut().for_each(moved);
    }
}

//! The answers of the production readiness review, as an approval holds them together.

use std::collections::HashMap;

use crate::proposal::text;
use crate::review::context::Context;

use super::approved_section;

/// What stands in the questionnaire: a text for each heading, the questionnaire's own included.
///
/// Comments are no part of it, and white space is folded. So line endings, line breaks and notes to oneself change
/// nothing; a heading that is called something else, or stands elsewhere, does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::review) struct Answers {
    /// Folded path below the questionnaire, and heading, in the order of the EP.
    headings: Vec<(Vec<String>, String)>,
    texts: HashMap<Vec<String>, String>,
}

impl Answers {
    /// The answers of an EP; none where it has no questionnaire.
    pub(in crate::review) fn of(cx: &Context<'_>) -> Self {
        let mut headings = Vec::new();
        let mut texts: HashMap<Vec<String>, String> = HashMap::new();
        let Some(top) = approved_section(cx) else { return Self { headings, texts } };
        let outline = cx.outline;
        // The headings from below the questionnaire down to the present one.
        let mut path: Vec<(usize, &str)> = Vec::new();
        for id in outline.subtree(top) {
            let parent = outline.sections[id].parent;
            while path.last().is_some_and(|(around, _)| Some(*around) != parent) {
                path.pop();
            }
            if id != top {
                path.push((id, &cx.keys[id]));
            }
            let key: Vec<String> = path.iter().map(|(_, key)| (*key).to_owned()).collect();
            let text = texts.entry(key.clone()).or_insert_with(|| {
                headings.push((key, outline.sections[id].title.clone()));
                String::new()
            });
            for (_, line) in outline.own_lines(id) {
                let line = text::fold_space(&line);
                if !line.is_empty() {
                    text.push_str(&line);
                    text.push(' ');
                }
            }
        }
        Self { headings, texts }
    }

    /// The headings whose answers are others than they were: in the order of the EP, those that are gone last.
    pub(super) fn changes_since(&self, then: &Self) -> Vec<String> {
        let name = |title: &str| {
            let title = text::fold_space(&title.replace('`', ""));
            format!(
                "`{}`",
                if title.is_empty() { "the text before the first heading" } else { &title }
            )
        };
        let mut changes = Vec::new();
        for (key, title) in &self.headings {
            match then.texts.get(key) {
                None => changes.push(format!("{} (new)", name(title))),
                Some(text) if *text != self.texts[key] => changes.push(name(title)),
                Some(_) => {}
            }
        }
        let gone = then.headings.iter().filter(|(key, _)| !self.texts.contains_key(key));
        changes.extend(gone.map(|(_, title)| format!("{} (removed)", name(title))));
        changes
    }

    /// Whether nothing differs but order.
    pub(in crate::review) fn same(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

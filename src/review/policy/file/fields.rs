//! Settings as they stand in the file: which keys are known where, and what each of them takes. Everything that is
//! wrong is kept, and the rest is still read.

use std::ops::RangeInclusive;

use crate::proposal::text;

use super::Problem;
use super::reference::{SETTINGS, Setting};
use super::words::{listed, nearest, one_line, quoted};
use super::yaml::{At, Node, Value};

/// Other spellings of a key, where the thing itself is written in two words.
const ALIASES: &[(&str, &str)] =
    &[("front matter", "front_matter"), ("front-matter", "front_matter")];

/// How many problems are told at once: as many as GitHub takes annotations in one request.
pub(super) const MAX_PROBLEMS: usize = 50;

/// A setting in the file: what it is, what stands there, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'n> {
    pub(super) setting: &'static Setting,
    pub(super) node: &'n Node,
    /// The key's place; in a list, the entry's.
    pub(super) key: At,
    /// The value's place; the key's where there is no value.
    pub(super) at: At,
    /// Whether it is one value of the setting's list or map.
    part: bool,
}

impl<'n> Field<'n> {
    fn new(setting: &'static Setting, key: At, node: &'n Node) -> Self {
        let at = if matches!(node.value, Value::Null) { key } else { node.at };
        Self { setting, node, key, at, part: false }
    }

    fn entry(self, node: &'n Node) -> Self {
        Self { part: true, ..Self::new(self.setting, node.at, node) }
    }

    /// The entries of its list; a single value is a list of one.
    pub(super) fn entries(self) -> Vec<Self> {
        match &self.node.value {
            Value::Null => Vec::new(),
            Value::List(entries) => entries.iter().map(|entry| self.entry(entry)).collect(),
            Value::Text(_) | Value::Map(_) => vec![self],
        }
    }

    pub(super) fn is_null(self) -> bool {
        matches!(self.node.value, Value::Null)
    }

    /// Whether it is a map.
    pub(super) fn is_map(self) -> bool {
        matches!(self.node.value, Value::Map(_))
    }

    /// Its text, where it is one.
    pub(super) fn as_text(self) -> Option<&'n str> {
        match &self.node.value {
            Value::Text(text) => Some(text.trim()),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }
}

/// The settings that stand in one map.
#[derive(Debug, Default)]
pub(super) struct Fields<'n>(Vec<Field<'n>>);

impl<'n> Fields<'n> {
    /// The setting of that key.
    pub(super) fn get(&self, key: &str) -> Option<Field<'n>> {
        self.0.iter().find(|field| field.setting.name() == key).copied()
    }

    pub(super) fn all(&self) -> &[Field<'n>] {
        &self.0
    }
}

/// Reads values and keeps what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    /// Everything that is wrong, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort();
        // Aliases repeat a value, and with it what is wrong with it.
        self.problems.dedup();
        let more = self.problems.len().saturating_sub(MAX_PROBLEMS);
        if more > 0 {
            self.problems.truncate(MAX_PROBLEMS);
            if let Some(last) = self.problems.last_mut() {
                last.help = one_line(&format!("{more} more problems follow below."));
            }
        }
        self.problems
    }

    /// How many problems there are so far.
    pub(super) fn count(&self) -> usize {
        self.problems.len()
    }

    pub(super) fn say(&mut self, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem::new(at, message, help));
    }

    /// A value that its setting does not take.
    pub(super) fn wrong(&mut self, field: Field<'_>) {
        let path = field.setting.path();
        let is = match &field.node.value {
            Value::Null => "is empty".to_owned(),
            Value::Text(text) if text.trim().is_empty() => "is empty".to_owned(),
            Value::Text(text) => format!("is {}", quoted(text)),
            Value::List(entries) if entries.is_empty() => "is an empty list".to_owned(),
            Value::List(_) => "is a list".to_owned(),
            Value::Map(entries) if entries.is_empty() => "is an empty map".to_owned(),
            Value::Map(_) => "is a map".to_owned(),
        };
        let message = if field.part {
            format!("An entry of `{path}` {is}.")
        } else {
            format!("`{path}` {is}; it takes {}.", field.setting.takes)
        };
        self.say(field.at, message, field.setting.for_example());
    }

    /// The settings in a map below `prefix`; nothing where it is empty.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, prefix: &str) -> Fields<'n> {
        let mut fields = Fields::default();
        let Value::Map(entries) = &node.value else { return fields };
        for (key, value) in entries {
            let name = match &key.value {
                Value::Text(name) if !name.trim().is_empty() => name,
                _ => {
                    self.say(key.at, "This key is no word.", known(prefix));
                    continue;
                }
            };
            let name =
                ALIASES.iter().find(|(other, _)| other == name).map_or(name.as_str(), |a| a.1);
            let Some(setting) = Setting::below(prefix).find(|setting| setting.name() == name)
            else {
                self.unknown_key(key.at, name, prefix);
                continue;
            };
            if let Some(first) = fields.get(name) {
                self.twice(key.at, name, first.key.line);
                continue;
            }
            fields.0.push(Field::new(setting, key.at, value));
        }
        fields
    }

    /// Like [`Reader::fields`], for a value that may also be of another shape: that one is wrong here.
    pub(super) fn group<'n>(&mut self, field: Field<'n>) -> Fields<'n> {
        if !field.is_map() && !field.is_null() {
            self.wrong(field);
        }
        self.fields(field.node, field.setting.key)
    }

    /// That a key was there before.
    pub(super) fn twice(&mut self, at: At, name: &str, line: usize) {
        let place =
            if line == at.line { String::new() } else { format!(", here and on line {line}") };
        let message = format!("{} stands twice{place}.", quoted(name));
        self.say(at, message, "Keep one of them.");
    }

    fn unknown_key(&mut self, at: At, name: &str, prefix: &str) {
        let here: Vec<&str> = Setting::below(prefix).map(Setting::name).collect();
        let elsewhere = SETTINGS.iter().find(|setting| setting.name() == name);
        let meant = match (nearest(name, here), elsewhere) {
            (Some(near), _) => Setting::below(prefix).find(|setting| setting.name() == near),
            (None, other) => other,
        };
        let said = quoted(name);
        match meant {
            Some(setting) => {
                let path = setting.path();
                let message = format!("Unknown key {said}; did you mean `{path}`?");
                self.say(at, message, format!("`{path}` takes {}.", setting.takes));
            }
            None => self.say(at, format!("Unknown key {said}."), known(prefix)),
        }
    }

    /// A text that says something, on one line.
    pub(super) fn text(&mut self, field: Field<'_>) -> Option<String> {
        let folded = text::fold_space(field.as_text().unwrap_or_default());
        if folded.is_empty() {
            self.wrong(field);
            return None;
        }
        Some(folded)
    }

    /// A yes or no.
    pub(super) fn flag(&mut self, field: Field<'_>) -> Option<bool> {
        let word = field.as_text().unwrap_or_default().to_ascii_lowercase();
        match word.as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => {
                self.wrong(field);
                None
            }
        }
    }

    /// A whole number within bounds.
    pub(super) fn whole(&mut self, field: Field<'_>, range: RangeInclusive<u64>) -> Option<u64> {
        let number = field.as_text().and_then(|text| text.parse().ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(field);
        }
        number
    }

    /// One word of a few, by its index.
    pub(super) fn word(&mut self, field: Field<'_>, words: &[&[&str]]) -> Option<usize> {
        let said = field.as_text().unwrap_or_default();
        let found = words.iter().position(|spellings| spellings.contains(&said));
        if found.is_none() {
            match nearest(said, words.iter().map(|spellings| spellings[0])) {
                Some(near) => {
                    let path = field.setting.path();
                    let message = format!("`{path}` is {}; did you mean `{near}`?", quoted(said));
                    self.say(field.at, message, format!("It takes {}.", field.setting.takes));
                }
                None => self.wrong(field),
            }
        }
        found
    }

    /// The entries of a list; a single value is a list of one. Empty is wrong.
    pub(super) fn some<'n>(&mut self, field: Field<'n>) -> Vec<Field<'n>> {
        let entries = field.entries();
        if entries.is_empty() {
            self.wrong(field);
        }
        entries
    }

    /// The entries of a map whose keys are names; each name once, folded as `same` says.
    pub(super) fn named<'n>(
        &mut self,
        field: Field<'n>,
        same: impl Fn(&str) -> String,
    ) -> Vec<(&'n str, At, Field<'n>)> {
        let Value::Map(entries) = &field.node.value else {
            if !field.is_null() {
                self.wrong(field);
            }
            return Vec::new();
        };
        let mut found: Vec<(&str, At, Field<'_>)> = Vec::with_capacity(entries.len());
        let mut seen = std::collections::HashMap::new();
        for (key, value) in entries {
            let name = match &key.value {
                Value::Text(name) if !name.trim().is_empty() => name.trim(),
                _ => {
                    let message = format!("A key of `{}` is empty.", field.setting.path());
                    self.say(key.at, message, field.setting.for_example());
                    continue;
                }
            };
            if let Some(line) = seen.insert(same(name), key.at.line) {
                self.twice(key.at, name, line);
                continue;
            }
            found.push((name, key.at, Field::new(field.setting, key.at, value)));
        }
        found
    }
}

/// The keys that are known below a prefix, for a help text.
fn known(prefix: &str) -> String {
    let place = match prefix {
        "" => "here".to_owned(),
        prefix => format!("below `{}`", one_line(&prefix.replace("[]", ""))),
    };
    format!("The keys {place} are {}.", listed(Setting::below(prefix).map(Setting::name)))
}

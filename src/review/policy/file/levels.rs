//! Levels: of sections, of rules, of questions.

use crate::proposal::text;
use crate::review::level::{Kind, Ladder, Level, Levels};
use crate::review::policy::{LevelSetting, Policy, section_key};
use crate::review::rule::{RULES, Rule};

use super::fields::{Field, Reader};
use super::reference::SETTINGS;
use super::words::{listed, nearest, quoted, unknown};
use super::yaml::{At, Value};

/// How a level is written.
const LEVELS: &[(&[&str], Level)] = &[
    (&["error", "E"], Level::Error),
    (&["warning", "W"], Level::Warning),
    (&["note"], Level::Note),
    // A YAML reader of an older edition takes a bare `off` for false.
    (&["off", "-", "false", "False", "FALSE"], Level::Off),
];

const HELP: &str =
    "A level is `error`, `warning`, `note` or `off`; or one per status: `{staged: error}`.";

/// The ladder of the file, as far as it could be read: without it no status can be called unknown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statuses<'l>(pub(super) Option<&'l Ladder>);

impl Statuses<'_> {
    /// The status of that name.
    pub(super) fn find(self, reader: &mut Reader, at: At, name: &str) -> Option<usize> {
        let ladder = self.0?;
        let found = ladder.index(name);
        if found.is_none() {
            let message = unknown(name, "is no status of the ladder", ladder.names());
            reader.say(at, message, format!("The statuses are {}.", listed(ladder.names())));
        }
        found
    }
}

/// A level, or a map from statuses to levels, over what is required so far. Statuses that a map does not name are
/// not set.
///
/// A level alone is meant for the way to production: a parked or final status, where the present levels ask nothing,
/// is only asked for more where a map names it.
pub(super) fn read(
    reader: &mut Reader,
    field: Field<'_>,
    statuses: Statuses<'_>,
    present: Levels,
) -> Option<LevelSetting> {
    let Value::Map(entries) = &field.node.value else {
        let level = level(reader, field)?;
        let ladder = statuses.0?;
        let meant = |status: &usize| {
            level == Level::Off
                || ladder.kind(*status) == Some(Kind::Step)
                || present.at(*status) != Level::Off
        };
        let set = (0..ladder.statuses.len()).filter(meant).map(|status| (status, level));
        return Some(LevelSetting(set.collect()));
    };
    if entries.is_empty() {
        reader.say(field.at, "Here stands no level.", HELP);
        return None;
    }
    let mut set = Vec::with_capacity(entries.len());
    for (name, at, value) in reader.named(field, text::fold) {
        let status = statuses.find(reader, at, name);
        let level = level(reader, value);
        set.extend(status.zip(level));
    }
    Some(LevelSetting(set))
}

fn level(reader: &mut Reader, field: Field<'_>) -> Option<Level> {
    let said = field.as_text().unwrap_or_default();
    let level = LEVELS.iter().find(|(words, _)| words.contains(&said)).map(|(_, level)| *level);
    if level.is_none() {
        let message = if said.is_empty() {
            "Here stands no level.".to_owned()
        } else {
            match nearest(said, LEVELS.iter().map(|(words, _)| words[0])) {
                Some(near) => format!("{} is no level; did you mean `{near}`?", quoted(said)),
                None => format!("{} is no level.", quoted(said)),
            }
        };
        reader.say(field.at, message, HELP);
    }
    level
}

/// `sections`: changes rows of the matrix, and adds some.
pub(super) fn sections(
    reader: &mut Reader,
    field: Field<'_>,
    statuses: Statuses<'_>,
    policy: &mut Policy,
) {
    let mut found = Vec::new();
    for (path, at, value) in reader.named(field, |path| section_key(path).join(" > ")) {
        found.extend(path_key(reader, at, path).map(|key| (path, key, value)));
    }
    // A part before its questions, which begin with the part's levels.
    found.sort_by_key(|(_, key, _)| key.len());
    for (path, key, value) in found {
        let levels = present(policy, &key);
        let Some(setting) = read(reader, value, statuses, levels) else { continue };
        let levels = setting.apply(levels);
        match policy.sections.iter_mut().find(|(row, _)| *row == key) {
            Some((_, row)) => *row = levels,
            None => policy.sections.push((key, levels)),
        }
        policy.named.push(text::fold_space(path));
    }
}

/// What a section requires before the file says anything of it.
fn present(policy: &Policy, key: &[String]) -> Levels {
    policy.section(key).unwrap_or_else(|| {
        if key.contains(&policy.shape.prr_section) {
            policy.question(key)
        } else {
            policy.unnamed_section
        }
    })
}

/// A path of headings, folded.
pub(super) fn path_key(reader: &mut Reader, at: At, path: &str) -> Option<Vec<String>> {
    let key = section_key(path);
    // A mark at an end would be folded away, and the path taken for a shorter one.
    if key.iter().any(String::is_empty) || path.starts_with('>') || path.ends_with('>') {
        let message = format!("{} is no path of a section.", quoted(path));
        reader.say(
            at,
            message,
            "Write its headings from the second level down: `Proposal > Architecture`.",
        );
        return None;
    }
    Some(key)
}

/// `rules`.
pub(super) fn rules(
    reader: &mut Reader,
    field: Field<'_>,
    statuses: Statuses<'_>,
    policy: &mut Policy,
) {
    for (name, at, value) in reader.named(field, str::to_owned) {
        if SETTINGS.iter().any(|setting| setting.key == name) {
            let message = format!("`{name}` is no rule, but a setting of its own.");
            reader.say(at, message, "Write it without indentation.");
            continue;
        }
        let rule = rule(reader, at, name);
        if let Some(rule) = rule.filter(|rule| !rule.has_level()) {
            let message = format!("`{}` has no level to set: it always blocks.", rule.name);
            reader.say(at, message, "Leave it out; what it finds has to be mended.");
            continue;
        }
        let present = rule.map_or_else(Levels::default, |rule| policy.rule(rule));
        let setting = read(reader, value, statuses, present);
        policy.rules.extend(rule.zip(setting));
    }
}

/// The rule of that name.
pub(super) fn rule(reader: &mut Reader, at: At, name: &str) -> Option<&'static Rule> {
    let rule = Rule::find(name);
    if rule.is_none() {
        let message = unknown(name, "is no rule", RULES.iter().map(|rule| rule.name));
        reader.say(at, message, "`ep-bot explain` lists the rules.");
    }
    rule
}

/// Levels that are errors from a step on, and warnings at most before it. What lies off the way stays.
pub(super) fn required_from(levels: Levels, ladder: &Ladder, from: usize) -> Levels {
    ladder.steps().fold(levels, |levels, step| {
        let level = if step >= from { Level::Error } else { levels.at(step).min(Level::Warning) };
        levels.with(step, level)
    })
}

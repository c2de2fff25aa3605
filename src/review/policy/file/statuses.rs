//! `statuses`: the ladder.

use crate::proposal::text;
use crate::review::level::{DEFAULT_STATUSES, Kind, Ladder, MAX_STATUSES, Status};

use super::fields::{Field, Reader};
use super::words::{listed, quoted, unknown};
use super::yaml::Value;

/// A status as the file states it.
struct Stated<'n> {
    field: Field<'n>,
    name: String,
    kind: Option<Kind>,
    like: Option<usize>,
}

/// Reads the ladder; `None` where anything is wrong with it.
pub(super) fn read(reader: &mut Reader, field: Field<'_>) -> Option<Ladder> {
    let before = reader.count();
    let stated = if field.is_map() { by_kind(reader, field) } else { in_order(reader, field) };
    check(reader, field, &stated, before);
    if reader.count() > before {
        return None;
    }
    let mut ladder = Ladder { statuses: Vec::with_capacity(stated.len()) };
    for status in stated {
        let known = default_index(&status.name);
        let kind = status.kind.or(known.map(|at| DEFAULT_STATUSES[at].1)).unwrap_or(Kind::Step);
        let known = known.filter(|&at| DEFAULT_STATUSES[at].1 == kind);
        let like = status.like.or(known).unwrap_or_else(|| like(&ladder, &status.name, kind));
        ladder.statuses.push(Status { name: status.name, kind, like });
    }
    if ladder.steps().next().is_none() {
        reader.say(
            field.at,
            "The ladder has no step.",
            "Name the statuses on the way to production: `[draft, accepted, live]`.",
        );
        return None;
    }
    Some(ladder)
}

fn default_index(name: &str) -> Option<usize> {
    DEFAULT_STATUSES.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// The default status that an unknown one is like.
fn like(ladder: &Ladder, name: &str, kind: Kind) -> usize {
    let default = |name: &str| default_index(name).unwrap_or(0);
    match kind {
        Kind::Parked => default("deferred"),
        Kind::Terminal => default("rejected"),
        Kind::Step => {
            // Status and stage together: `implementable beta`.
            let first = text::fold(name);
            let first = first.split(' ').next().and_then(default_index);
            let before = || ladder.steps().last().map(|step| ladder.statuses[step].like);
            first.filter(|&at| DEFAULT_STATUSES[at].1 == Kind::Step).or_else(before).unwrap_or(0)
        }
    }
}

fn in_order<'n>(reader: &mut Reader, field: Field<'n>) -> Vec<Stated<'n>> {
    let entries = reader.some(field);
    entries.into_iter().filter_map(|entry| status(reader, entry, None)).collect()
}

fn by_kind<'n>(reader: &mut Reader, field: Field<'n>) -> Vec<Stated<'n>> {
    let groups = reader.group(field);
    let mut stated = Vec::new();
    for (key, kind) in
        [("steps", Kind::Step), ("parked", Kind::Parked), ("terminal", Kind::Terminal)]
    {
        let Some(group) = groups.get(key) else { continue };
        for entry in group.entries() {
            stated.extend(status(reader, entry, Some(kind)));
        }
    }
    stated
}

fn status<'n>(reader: &mut Reader, entry: Field<'n>, kind: Option<Kind>) -> Option<Stated<'n>> {
    if !matches!(entry.node.value, Value::Map(_)) {
        let name = reader.text(entry)?;
        return Some(Stated { field: entry, name, kind, like: None });
    }
    let fields = reader.fields(entry.node, "statuses[]");
    let Some(name) = fields.get("name") else {
        reader.say(entry.at, "This status has no `name`.", "Write `{name: beta, like: staged}`.");
        return None;
    };
    let name = reader.text(name)?;
    let own = fields.get("kind").and_then(|field| {
        let words: &[&[&str]] = &[&["step"], &["parked"], &["terminal"]];
        let kind = [Kind::Step, Kind::Parked, Kind::Terminal][reader.word(field, words)?];
        Some((field, kind))
    });
    if let (Some((field, own)), Some(kind)) = (own, kind)
        && own != kind
    {
        let message = "This status has another `kind` than the list that it stands in.";
        reader.say(field.at, message, "Leave out `kind` here, or move the status.");
    }
    let like = fields.get("like").and_then(|field| like_of(reader, field));
    Some(Stated { field: entry, name, kind: kind.or(own.map(|(_, kind)| kind)), like })
}

fn like_of(reader: &mut Reader, field: Field<'_>) -> Option<usize> {
    let name = reader.text(field)?;
    let found = default_index(&name);
    if found.is_none() {
        let names = || DEFAULT_STATUSES.iter().map(|(name, _)| *name);
        let message = unknown(&name, "is no status of the default ladder", names());
        reader.say(field.at, message, format!("Its statuses are {}.", listed(names())));
    }
    found
}

/// What is wrong with the statuses together.
fn check(reader: &mut Reader, field: Field<'_>, stated: &[Stated<'_>], before: usize) {
    let mut seen: Vec<(String, usize)> = Vec::new();
    for status in stated.iter().take(MAX_STATUSES) {
        let folded = text::fold(&status.name);
        if folded.is_empty() {
            let message = format!("{} is no name of a status.", quoted(&status.name));
            reader.say(status.field.at, message, "A name has a letter or a digit.");
        } else if let Some((_, line)) = seen.iter().find(|(other, _)| *other == folded) {
            reader.twice(status.field.at, &status.name, *line);
        } else {
            seen.push((folded, status.field.at.line));
        }
    }
    if let Some(status) = stated.get(MAX_STATUSES) {
        let message = format!(
            "The ladder has {} statuses; at most {MAX_STATUSES} are possible.",
            stated.len()
        );
        reader.say(status.field.at, message, "Leave out those that ask for nothing of their own.");
    }
    if stated.is_empty() && reader.count() == before {
        reader.wrong(field);
    }
}

//! `waivers`: findings that are accepted for a longer time.

use jiff::civil::Date;

use crate::proposal::TitlePattern;
use crate::proposal::title;
use crate::review::may_be_waived;
use crate::review::policy::Waiver;

use super::fields::{Field, Reader};
use super::levels::{path_key, rule};
use super::words::quoted;
use super::yaml::Value;

/// Reads them all.
pub(super) fn read(reader: &mut Reader, field: Field<'_>, pattern: &TitlePattern) -> Vec<Waiver> {
    let entries = field.entries();
    entries.into_iter().filter_map(|entry| waiver(reader, entry, pattern)).collect()
}

fn waiver(reader: &mut Reader, entry: Field<'_>, pattern: &TitlePattern) -> Option<Waiver> {
    if !matches!(entry.node.value, Value::Map(_)) {
        reader.wrong(entry);
        return None;
    }
    let fields = reader.fields(entry.node, "waivers[]");
    let named = fields.get("rule");
    let because = fields.get("because");
    if named.is_none() {
        reader.say(entry.at, "This waiver names no `rule`.", entry.setting.for_example());
    }
    if because.is_none() {
        let message = "This waiver has no `because`: every report says why a finding is accepted.";
        reader.say(entry.at, message, entry.setting.for_example());
    }
    let rule = named.and_then(|field| {
        let name = reader.text(field)?;
        let rule = rule(reader, field.at, &name)?;
        if !may_be_waived(rule) {
            let message = format!("Findings of `{name}` cannot be waived.");
            reader.say(
                field.at,
                message,
                "Leave the waiver out; what the rule finds has to be mended.",
            );
            return None;
        }
        Some(rule)
    });
    let because = because.and_then(|field| reader.text(field));
    let number = fields.get("ep").and_then(|field| number(reader, field, pattern));
    let until = fields.get("until").and_then(|field| date(reader, field));
    let section = fields.get("section").and_then(|field| {
        let path = reader.text(field)?;
        path_key(reader, field.at, &path)
    });
    Some(Waiver { number, rule: rule?, section, because: because?, until })
}

/// An EP's number: `42`, `0042` or `EP-0042`.
fn number(reader: &mut Reader, field: Field<'_>, pattern: &TitlePattern) -> Option<u64> {
    let written = reader.text(field)?;
    let number = title::path_number(&written, pattern.word())
        .filter(|number| *number > 0 && !written.contains(['/', '.', ' ']));
    if number.is_none() {
        let message = format!("{} is no number of an EP.", quoted(&written));
        reader.say(field.at, message, format!("Write `42` or `{}`.", pattern.name(42)));
    }
    number
}

fn date(reader: &mut Reader, field: Field<'_>) -> Option<Date> {
    let written = reader.text(field)?;
    let day = (written.len() == "2027-05-31".len()).then(|| written.parse().ok()).flatten();
    if day.is_none() {
        let message = format!("{} is no date.", quoted(&written));
        reader.say(field.at, message, "Write year, month and day: `2027-05-31`.");
    }
    day
}

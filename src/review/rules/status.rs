//! What the status section says: the ticket, the replacing EP, the history. The status itself is read by the review.

use crate::proposal::status::Stated;
use crate::proposal::{Lines, SectionId, date, text};
use crate::review::context::{Context, Gap};
use crate::review::finding::{Edit, Fix};
use crate::review::level::{Level, Levels};
use crate::review::rule::{
    HISTORY_ENTRY, JIRA_MISSING, REPLACED_BY, Rule, STATUS_MISSING, STATUS_UNKNOWN,
};

/// An entry of the history should name the present status: never more than a word of advice.
const NAMES_STATUS: Levels = Levels::row("-WWWW W WW W");

pub(super) fn check(cx: &Context<'_>, status: &str, out: &mut Vec<Gap>) {
    check_stated(cx, out);
    check_jira(cx, out);
    // It reads every line: only where it counts.
    if cx
        .policy
        .ladder
        .index(status)
        .is_some_and(|s| cx.policy.rule(&REPLACED_BY).at(s) != Level::Off)
    {
        check_replaced(cx, out);
    }
    check_history(cx, status, out);
}

fn gap(
    cx: &Context<'_>,
    rule: &'static Rule,
    lines: Lines,
    section: Vec<String>,
    message: String,
    help: String,
) -> Gap {
    Gap { rule, levels: cx.policy.rule(rule), lines, section, message, help, fix: None }
}

/// What the EP states as its status.
pub(in crate::review) fn stated(cx: &Context<'_>) -> Stated {
    let Some(id) = cx.section(&cx.policy.status_section) else {
        return Stated::Missing { placeholder: None };
    };
    let template = cx.meant[id].map(|t| &cx.template.sections[t]);
    crate::proposal::status::read(cx.outline, id, template, cx.policy.ladder.names())
}

fn values(cx: &Context<'_>) -> String {
    cx.policy.ladder.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn check_stated(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let id = cx.section(&cx.policy.status_section);
    let path = id.map_or_else(|| vec!["Status".to_owned()], |id| cx.outline.path(id));
    match stated(cx) {
        Stated::One { .. } => {}
        Stated::Missing { placeholder } => {
            let hidden =
                cx.template_section(&cx.policy.status_section).is_some_and(|t| cx.is_hidden(t));
            if id.is_none() && hidden {
                return;
            }
            let lines = placeholder
                .map(Lines::at)
                .or(id.map(|id| cx.heading(id)))
                .unwrap_or_else(|| cx.top());
            let message = match (id, placeholder) {
                (None, _) => "The EP has no `## Status` section.",
                (_, Some(_)) => "The status is still the template's placeholder.",
                _ => "The status section states no status.",
            };
            let help = format!(
                "Below `## Status`, write one of {}. A new EP starts as `{}`.",
                values(cx),
                cx.policy.ladder.name(0)
            );
            out.push(gap(cx, &STATUS_MISSING, lines, path, message.into(), help));
        }
        Stated::Unknown { text, line, nearest } => {
            let message = format!("`{text}` is no status.");
            let help = match &nearest {
                Some(nearest) => {
                    format!("Did you mean `{nearest}`? The statuses are {}.", values(cx))
                }
                None => format!("Write one of {}.", values(cx)),
            };
            let fix = nearest.map(|nearest| Fix {
                description: format!("write `{nearest}`"),
                edits: vec![Edit {
                    start_line: line,
                    end_line: line,
                    text: format!("{nearest}{}", cx.outline.source.line_ending()),
                }],
            });
            out.push(Gap { fix, ..gap(cx, &STATUS_UNKNOWN, Lines::at(line), path, message, help) });
        }
        Stated::Several { values, line } => {
            let named = values.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(" and ");
            let message = format!("The EP states several statuses: {named}.");
            let help = "Keep the present one; earlier ones belong into the implementation history."
                .to_owned();
            out.push(gap(cx, &STATUS_UNKNOWN, Lines::at(line), path, message, help));
        }
    }
}

fn check_jira(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let Some(template) = cx.template_section(&cx.policy.jira_section) else { return };
    let Some(parent) = cx.section(&cx.policy.status_section) else { return };
    let id = cx.found[template];
    if id.is_none() && cx.is_hidden(template) {
        return;
    }
    let scope = id.unwrap_or(parent);
    let mut placeholder = None;
    for below in cx.outline.subtree(scope) {
        for (number, line) in cx.outline.visible_lines(cx.outline.sections[below].body.clone()) {
            if cx.template.sections[template].is_sample(&text::fold_space(&line)) {
                placeholder.get_or_insert(number);
            } else if has_ticket(&line, &cx.policy.prefix) {
                return;
            }
        }
    }
    let lines = placeholder.map_or_else(|| cx.heading(scope), Lines::at);
    let message = match (id, placeholder) {
        (None, _) => "The EP has no `### Jira` section with the epic or story behind it.",
        (_, Some(_)) => "The Jira link is still the template's placeholder.",
        _ => "No Jira epic or story is linked.",
    };
    let help =
        "Below `### Jira`, link the epic or story, or name its key, as `PLAT-1042`.".to_owned();
    out.push(gap(cx, &JIRA_MISSING, lines, cx.outline.path(scope), message.into(), help));
}

/// A link, or a key: capitals, a hyphen, digits. The EP's own number is none.
fn has_ticket(line: &str, prefix: &str) -> bool {
    if line.contains("https://") || line.contains("http://") {
        return true;
    }
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).any(|word| {
        word.split_once('-').is_some_and(|(key, number)| {
            key.len() >= 2
                && key != prefix
                && key.starts_with(|c: char| c.is_ascii_uppercase())
                && key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

fn check_replaced(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let Some(id) = cx.section(&cx.policy.status_section) else { return };
    if cx
        .outline
        .subtree(id)
        .filter(|&s| cx.meant[s].is_none() || s == id)
        .any(|s| names_other_ep(cx, s))
    {
        return;
    }
    let said = |line: &str| {
        let lower = line.to_lowercase();
        (lower.contains("replaced") || lower.contains("superseded")) && has_reference(line, cx)
    };
    if cx.outline.visible_lines(1..cx.outline.source.line_count() + 1).any(|(_, line)| said(&line))
    {
        return;
    }
    let help =
        "Below the status, link the EP that holds now: `replaced by [EP-0051](EP-0051-title.md)`."
            .to_owned();
    let message = "The EP is replaced and does not say by which.".to_owned();
    out.push(gap(cx, &REPLACED_BY, cx.heading(id), cx.outline.path(id), message, help));
}

fn names_other_ep(cx: &Context<'_>, id: SectionId) -> bool {
    cx.outline
        .visible_lines(cx.outline.sections[id].body.clone())
        .any(|(_, line)| has_reference(&line, cx))
}

/// A link, or another EP's number.
fn has_reference(line: &str, cx: &Context<'_>) -> bool {
    let own = crate::proposal::title::path_number(cx.path, &cx.policy.prefix);
    let number = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| {
        let read = crate::proposal::title::read(word, &cx.policy.prefix);
        read.number.is_some_and(|n| n > 0 && Some(n) != own)
    });
    number || line.contains("](") || line.contains("https://")
}

fn check_history(cx: &Context<'_>, status: &str, out: &mut Vec<Gap>) {
    let Some(id) = cx.section(&cx.policy.history_section) else { return };
    let template = cx.meant[id].map(|t| &cx.template.sections[t]);
    let own_lines = |id: SectionId| {
        let section = &cx.outline.sections[id];
        std::iter::once((section.heading.start, std::borrow::Cow::Owned(section.title.clone())))
            .chain(cx.outline.visible_lines(section.body.clone()))
    };
    let entries: Vec<String> = cx
        .outline
        .subtree(id)
        .flat_map(own_lines)
        .filter(|(_, line)| !template.is_some_and(|t| t.has_line(&text::fold_space(line))))
        .map(|(_, line)| line.into_owned())
        .collect();
    let path = cx.outline.path(id);
    let help = |word: &str| {
        format!("Add an entry such as `- 2026-03-14: {word}, with a word on what was decided`.")
    };
    if !entries.iter().any(|line| date::has_date(line)) {
        let message = if cx.filled(id) {
            "No entry of the implementation history has a date."
        } else {
            "The implementation history has no entry."
        };
        out.push(gap(cx, &HISTORY_ENTRY, cx.heading(id), path, message.into(), help(status)));
    } else if !entries.iter().any(|line| text::fold(line).split(' ').any(|word| word == status)) {
        let message =
            format!("No entry of the implementation history names the present status, `{status}`.");
        let found = gap(cx, &HISTORY_ENTRY, cx.heading(id), path, message, help(status));
        out.push(Gap { levels: NAMES_STATUS, ..found });
    }
}

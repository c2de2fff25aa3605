//! What the status section says: the ticket, the replacing EP, the history. The status itself is read by the review.

use crate::proposal::status::Stated;
use crate::proposal::{Lines, SectionId, date, text};
use crate::review::context::{Context, Gap};
use crate::review::fix;
use crate::review::level::Level;
use crate::review::policy::StatusFrom;
use crate::review::rule::{
    HISTORY_ENTRY, JIRA_MISSING, REPLACED_BY, Rule, STATUS_MISSING, STATUS_UNKNOWN,
};
use crate::review::stated::stated;

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

/// Where the status stands, for messages.
fn place(cx: &Context<'_>) -> String {
    match &cx.policy.status_from {
        StatusFrom::Section(title) => match cx.status_template() {
            Some(template) => {
                let section = &cx.template.sections[template];
                format!("`{} {}`", "#".repeat(usize::from(section.level)), section.title())
            }
            None => format!("`{title}`"),
        },
        StatusFrom::FrontMatter(keys) => format!("the front matter (`{}`)", keys.status),
        StatusFrom::Sidecar { file, keys } => format!("`{file}` (`{}`)", keys.status),
    }
}

fn values(cx: &Context<'_>) -> String {
    cx.policy.ladder.names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn check_stated(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let template = cx.status_template();
    let id = template.and_then(|t| cx.found[t]);
    let path = match (id, template) {
        (Some(id), _) => cx.outline.path(id),
        (None, Some(template)) => cx.template.sections[template].path.clone(),
        (None, None) => Vec::new(),
    };
    match stated(cx) {
        Stated::One { .. } => {}
        Stated::Broken { problem, line } => {
            let place = place(cx);
            let message = format!("{place} cannot be read: {problem}.");
            let help = format!("It is YAML, with the status as one of {}.", values(cx));
            out.push(gap(cx, &STATUS_UNKNOWN, Lines::at(line), path, message, help));
        }
        Stated::Missing { placeholder } => {
            if id.is_none() && template.is_some_and(|t| cx.is_hidden(t)) {
                return;
            }
            let lines = placeholder
                .map(Lines::at)
                .or(id.map(|id| cx.heading(id)))
                .unwrap_or_else(|| cx.top());
            let place = place(cx);
            let message = match (&cx.policy.status_from, id, placeholder) {
                (StatusFrom::Section(_), None, _) => format!("The EP has no {place} section."),
                (StatusFrom::Sidecar { .. }, ..) if cx.sidecar.is_none() => {
                    format!("There is no {place} beside the EP, so it states no status.")
                }
                (_, _, Some(_)) => "The status is still the template's placeholder.".to_owned(),
                (StatusFrom::Section(_), ..) => "The status section states no status.".to_owned(),
                _ => format!("{place} states no status."),
            };
            let within = match &cx.policy.status_from {
                StatusFrom::Section(_) => "Below",
                StatusFrom::FrontMatter(_) | StatusFrom::Sidecar { .. } => "In",
            };
            let help = format!(
                "{within} {place}, write one of {}. A new EP starts as `{}`.",
                values(cx),
                cx.policy.ladder.name(0)
            );
            out.push(gap(cx, &STATUS_MISSING, lines, path, message, help));
        }
        Stated::Unknown { text, line, nearest } => {
            let message = format!("`{text}` is no status.");
            let help = match &nearest {
                Some(nearest) => {
                    format!("Did you mean `{nearest}`? The statuses are {}.", values(cx))
                }
                None => format!("Write one of {}.", values(cx)),
            };
            let in_section = matches!(cx.policy.status_from, StatusFrom::Section(_));
            let fix = nearest
                .filter(|_| in_section)
                .and_then(|nearest| fix::status::typo(cx, line, &nearest));
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
    let Some(template) = cx.template_section(&cx.policy.roles.tickets) else { return };
    let id = cx.found[template];
    if id.is_none() && cx.is_hidden(template) {
        return;
    }
    let section = &cx.template.sections[template];
    // A missing parent speaks for it.
    let parent = section.parent.map(|parent| cx.found[parent]);
    let Some(scope) = id.or(parent.unwrap_or(Some(0))) else { return };
    let mut placeholder = None;
    for below in cx.outline.subtree(scope) {
        for (number, line) in cx.outline.visible_lines(cx.outline.sections[below].body.clone()) {
            if cx.template.sections[template].is_sample(&text::fold_space(&line)) {
                placeholder.get_or_insert(number);
            } else if !cx.outline.in_code(number) && has_ticket(&line, cx.policy.word()) {
                return;
            }
        }
    }
    let lines = placeholder.map_or_else(|| cx.heading(scope), Lines::at);
    let heading = format!("{} {}", "#".repeat(usize::from(section.level)), section.title());
    let message = match (id, placeholder) {
        (None, _) => format!("The EP has no `{heading}` section with the epic or story behind it."),
        (_, Some(_)) => {
            format!("The link below `{heading}` is still the template's placeholder.")
        }
        _ => format!("No epic or story is linked below `{heading}`."),
    };
    let help =
        format!("Below `{heading}`, link the epic or story, or name its key, as `PLAT-1042`.");
    out.push(gap(cx, &JIRA_MISSING, lines, cx.outline.path(scope), message, help));
}

/// What looks like a key and names a standard.
const STANDARDS: &[&str] =
    &["AES", "CVE", "HTTP", "IEEE", "ISO", "MD", "RFC", "RSA", "SHA", "SSL", "TLS", "UTF"];

/// A link, or a key: capitals, a hyphen, digits. The EP's own number is none.
fn has_ticket(line: &str, word: &str) -> bool {
    if line.contains("https://") || line.contains("http://") {
        return true;
    }
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).any(|token| {
        token.split_once('-').is_some_and(|(key, number)| {
            key.len() >= 2
                && !key.eq_ignore_ascii_case(word)
                && !STANDARDS.contains(&key)
                && key.starts_with(|c: char| c.is_ascii_uppercase())
                && key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
                && number.bytes().all(|b| b.is_ascii_digit())
                // Keys count from one.
                && number.bytes().any(|b| b != b'0')
        })
    })
}

fn check_replaced(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let id = cx.status_section();
    if id.is_none() && cx.status_template().is_some() {
        return;
    }
    let below = id.map_or(0..0, |id| cx.outline.subtree(id));
    if below.filter(|&s| cx.meant[s].is_none() || Some(s) == id).any(|s| names_other_ep(cx, s)) {
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
    let name = cx.policy.title.name(51);
    let help = format!(
        "Below the status, link the EP that holds now: `replaced by [{name}]({name}-title.md)`."
    );
    let message = "The EP is replaced and does not say by which.".to_owned();
    let lines = id.map_or_else(|| cx.top(), |id| cx.heading(id));
    let path = id.map_or_else(Vec::new, |id| cx.outline.path(id));
    out.push(gap(cx, &REPLACED_BY, lines, path, message, help));
}

fn names_other_ep(cx: &Context<'_>, id: SectionId) -> bool {
    cx.outline
        .visible_lines(cx.outline.sections[id].body.clone())
        .any(|(_, line)| has_reference(&line, cx))
}

/// A link, or another EP's number.
fn has_reference(line: &str, cx: &Context<'_>) -> bool {
    let own = cx.number();
    let number = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).any(|word| {
        let read = crate::proposal::title::read(word, &cx.policy.title);
        read.number.is_some_and(|n| n > 0 && Some(n) != own)
    });
    number || line.contains("https://") || links(line).any(|dest| leads_elsewhere(dest, cx))
}

/// Where the links of a line point.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next())
}

/// Whether a link leads to another document, as far as that can be told.
fn leads_elsewhere(dest: &str, cx: &Context<'_>) -> bool {
    let file = dest.split('#').next().unwrap_or_default();
    let own = cx.path.rsplit('/').next().unwrap_or(cx.path);
    !file.is_empty() && file.rsplit('/').next() != Some(own) && !text::is_stop_word(file)
}

/// Whether a line names a status, which may be several words.
fn names(line: &str, status: &str) -> bool {
    format!(" {} ", text::fold(line)).contains(&format!(" {} ", text::fold(status)))
}

fn check_history(cx: &Context<'_>, status: &str, out: &mut Vec<Gap>) {
    let Some(id) = cx.section(&cx.policy.roles.history) else { return };
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
    } else if !entries.iter().any(|line| names(line, status)) {
        let message =
            format!("No entry of the implementation history names the present status, `{status}`.");
        let found = gap(cx, &HISTORY_ENTRY, cx.heading(id), path, message, help(status));
        out.push(Gap { levels: cx.policy.set(&HISTORY_ENTRY, cx.policy.names_status()), ..found });
    }
}

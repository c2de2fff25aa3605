//! The proposal checklist: every item of the template present, and ticked.

use std::fmt::Write as _;

use crate::proposal::checklist::{self, Found, State};
use crate::proposal::{Lines, SectionId};
use crate::review::Count;
use crate::review::context::{Context, Gap};
use crate::review::fix;
use crate::review::rule::{
    CHECKLIST_ITEM_DUPLICATE, CHECKLIST_ITEM_MISSING, CHECKLIST_ITEM_OPEN, CHECKLIST_MARKER,
    CHECKLIST_MISSING, Rule,
};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Gap>) -> Count {
    let mut count = Count { done: 0, total: cx.template.checklist.len() };
    let Some(template) = cx.template.checklist_section else { return Count::default() };
    let id = cx.found[template];
    let found = id.map_or_else(Vec::new, |id| {
        checklist::read(cx.outline, cx.outline.subtree(id), cx.template)
    });
    let ours: Vec<&Found> = found.iter().filter(|f| f.item.is_some()).collect();
    if ours.is_empty() {
        if id.is_some() || !cx.is_hidden(template) {
            missing_list(cx, template, id, out);
        }
        return count;
    }
    let Some(id) = id else { return count };
    missing_items(cx, id, &ours, out);
    open_items(cx, id, &found, out);
    if cx.policy.checklist_evidence {
        bare_items(cx, id, &ours, out);
    }
    duplicates(cx, id, &ours, out);
    markers(cx, id, &ours, out);
    count.total = 0;
    for item in 0..cx.template.checklist.len() {
        let mut boxes = ours.iter().filter(|f| f.item == Some(item)).peekable();
        count.tally(boxes.peek().is_some() && boxes.all(|found| is_done(cx, found)));
    }
    count
}

fn is_done(cx: &Context<'_>, found: &Found) -> bool {
    match found.state {
        State::Ticked => found.answered || !cx.policy.checklist_evidence,
        State::NotApplicable => true,
        State::Open | State::NotApplicableBare | State::Marker(_) => false,
    }
}

fn gap(
    cx: &Context<'_>,
    rule: &'static Rule,
    section: Vec<String>,
    lines: Lines,
    message: String,
    help: String,
) -> Gap {
    Gap { rule, levels: cx.policy.rule(rule), lines, section, message, help, fix: None }
}

fn missing_list(cx: &Context<'_>, template: usize, id: Option<SectionId>, out: &mut Vec<Gap>) {
    let section = &cx.template.sections[template];
    let title = section.title();
    let moved = checklist::read(cx.outline, 0..cx.outline.sections.len(), cx.template)
        .into_iter()
        .find(|f| f.item.is_some());
    let lines = id.map_or_else(|| cx.anchor(template), |id| cx.heading(id));
    let (message, help) = match &moved {
        Some(first) => (
            format!(
                "The checklist does not stand below `{title}`; it starts at line {}.",
                first.line
            ),
            format!("Move the list below `## {title}`."),
        ),
        None => (
            format!("The checklist of {} items is missing.", cx.template.checklist.len()),
            format!("Copy it from the template to below `## {title}`."),
        ),
    };
    // A list that moved is the author's to move back, with all that stands around it.
    let fix = match (moved, id) {
        (Some(_), _) => None,
        (None, Some(id)) => fix::item::list(cx, id),
        (None, None) => fix::heading::missing(cx, template),
    };
    let found = gap(cx, &CHECKLIST_MISSING, section.path.clone(), lines, message, help);
    out.push(Gap { fix, ..found });
}

/// How many items a message lists; a template's checklist has about a dozen.
const MAX_LISTED: usize = 30;

/// Items as a list in a message, one a line.
fn list(texts: &[&str]) -> String {
    let mut out: String = texts.iter().take(MAX_LISTED).flat_map(|text| ["\n- ", text]).collect();
    if let Some(more) = texts.len().checked_sub(MAX_LISTED).filter(|more| *more > 0) {
        let _ = write!(out, "\n- and {more} more");
    }
    out
}

fn missing_items(cx: &Context<'_>, id: SectionId, ours: &[&Found], out: &mut Vec<Gap>) {
    let gone: Vec<usize> = (0..cx.template.checklist.len())
        .filter(|item| !ours.iter().any(|f| f.item == Some(*item)))
        .collect();
    let (gained, gone): (Vec<usize>, Vec<usize>) =
        gone.into_iter().partition(|&item| cx.gained_item(item));
    out.extend(missing(cx, id, ours, &gained).map(Gap::gained));
    out.extend(missing(cx, id, ours, &gone));
}

fn missing(cx: &Context<'_>, id: SectionId, ours: &[&Found], gone: &[usize]) -> Option<Gap> {
    let &first = gone.first()?;
    let before = ours.iter().filter(|f| f.item < Some(first)).map(|f| f.line).max();
    let lines = before.map_or_else(|| cx.heading(id), Lines::at);
    let texts: Vec<&str> =
        gone.iter().map(|&item| cx.template.checklist[item].text.as_str()).collect();
    let message = match texts.as_slice() {
        [one] => format!("An item of the checklist is missing: {one}"),
        many => format!("{} items of the checklist are missing:{}", many.len(), list(many)),
    };
    let help = "Put them back at their place, as `- [ ]` with the template's words; what does not apply gets `N/A: reason`.".to_owned();
    let found = gap(cx, &CHECKLIST_ITEM_MISSING, cx.outline.path(id), lines, message, help);
    Some(Gap { fix: fix::item::missing(cx, ours, gone), ..found })
}

fn open_items(cx: &Context<'_>, id: SectionId, found: &[Found], out: &mut Vec<Gap>) {
    let is_open = |f: &&Found| matches!(f.state, State::Open | State::NotApplicableBare);
    let open: Vec<&Found> = found.iter().filter(|f| f.item.is_some()).filter(is_open).collect();
    let help =
        "Tick each with `[x]` and say how it is done, or write `N/A: reason` behind it.".to_owned();
    if let Some(first) = open.first() {
        let bare = open.iter().filter(|f| f.state == State::NotApplicableBare).count();
        let texts: Vec<&str> = open.iter().map(|f| f.text.as_str()).collect();
        let mut message = match texts.as_slice() {
            [one] => format!("An item of the checklist is open: {one}"),
            many => format!("{} items of the checklist are open:{}", many.len(), list(many)),
        };
        if bare > 0 {
            message.push_str(if open.len() == 1 {
                "\nIt says N/A without a reason."
            } else {
                "\nAn N/A counts with its reason only."
            });
        }
        out.push(gap(
            cx,
            &CHECKLIST_ITEM_OPEN,
            cx.outline.path(id),
            Lines::at(first.line),
            message,
            help.clone(),
        ));
    }
    let added: Vec<&Found> = found.iter().filter(|f| f.item.is_none()).filter(is_open).collect();
    if let Some(first) = added.first() {
        let texts: Vec<&str> = added.iter().map(|f| f.text.as_str()).collect();
        let message = format!("Boxes that the author added are open:{}", list(&texts));
        let found = gap(
            cx,
            &CHECKLIST_ITEM_OPEN,
            cx.outline.path(id),
            Lines::at(first.line),
            message,
            help,
        );
        out.push(Gap { levels: found.levels.capped_at_warning(), ..found });
    }
}

/// Items that are ticked with nothing behind them, where the policy asks for evidence.
fn bare_items(cx: &Context<'_>, id: SectionId, ours: &[&Found], out: &mut Vec<Gap>) {
    let bare: Vec<&&Found> =
        ours.iter().filter(|f| f.state == State::Ticked && !f.answered).collect();
    let Some(first) = bare.first() else { return };
    let texts: Vec<&str> = bare.iter().map(|f| f.text.as_str()).collect();
    let message = match texts.as_slice() {
        [one] => {
            format!("An item of the checklist is ticked, and nothing says how it is done: {one}")
        }
        many => format!(
            "{} items of the checklist are ticked, and nothing says how they are done:{}",
            many.len(),
            list(many)
        ),
    };
    let help = "Say behind each tick how it is done, or link where that is written.".to_owned();
    let (section, lines) = (cx.outline.path(id), Lines::at(first.line));
    out.push(gap(cx, &CHECKLIST_ITEM_OPEN, section, lines, message, help));
}

fn duplicates(cx: &Context<'_>, id: SectionId, ours: &[&Found], out: &mut Vec<Gap>) {
    let twice: Vec<&&Found> = ours
        .iter()
        .enumerate()
        .filter(|(at, f)| ours[..*at].iter().any(|o| o.item == f.item))
        .map(|(_, f)| f)
        .collect();
    let Some(first) = twice.first() else { return };
    let texts: Vec<&str> = twice.iter().map(|f| f.text.as_str()).collect();
    let message = format!("Items of the checklist stand twice:{}", list(&texts));
    out.push(gap(
        cx,
        &CHECKLIST_ITEM_DUPLICATE,
        cx.outline.path(id),
        Lines::at(first.line),
        message,
        "Keep one of each; while there are two, the open one counts.".into(),
    ));
}

fn markers(cx: &Context<'_>, id: SectionId, ours: &[&Found], out: &mut Vec<Gap>) {
    let odd: Vec<(&&Found, &String)> = ours
        .iter()
        .filter_map(|f| if let State::Marker(marker) = &f.state { Some((f, marker)) } else { None })
        .collect();
    let Some((first, marker)) = odd.first() else { return };
    let message = match odd.len() {
        1 if marker.is_empty() => {
            format!("This item has no box that GitHub renders: {}", first.text)
        }
        1 => format!("`[{marker}]` is no box that GitHub renders: {}", first.text),
        n => {
            let texts: Vec<&str> = odd.iter().map(|(f, _)| f.text.as_str()).collect();
            format!("{n} items have no box that GitHub renders:{}", list(&texts))
        }
    };
    let boxes = odd.iter().map(|(found, marker)| (found.line, marker.as_str()));
    out.push(Gap {
        fix: fix::item::boxes(cx, boxes),
        ..gap(
            cx,
            &CHECKLIST_MARKER,
            cx.outline.path(id),
            Lines::at(first.line),
            message,
            "Write `[x]` for done and `[ ]` for open.".into(),
        )
    });
}

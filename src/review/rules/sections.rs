//! The template's headings: present, filled, without placeholders and guidance, with a diagram.

use crate::proposal::{Lines, SectionId, text};
use crate::review::Count;
use crate::review::context::{Context, Gap};
use crate::review::fix;
use crate::review::level::Levels;
use crate::review::rule::{
    DIAGRAM_MISSING, GUIDANCE_LEFT, PLACEHOLDER, PRR_QUESTION_ASKED, PRR_QUESTION_MISSING,
    SECTION_EMPTY, SECTION_MISSING,
};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Gap>) -> Count {
    let mut count = Count::default();
    for at in 0..cx.template.sections.len() {
        check_section(cx, at, &mut count, out);
    }
    check_placeholders(cx, out);
    check_hidden_tags(cx, out);
    check_guidance(cx, out);
    check_diagram(cx, out);
    count
}

/// Sections with rules of their own, and those that nobody has to fill.
fn has_own_rule(cx: &Context<'_>, at: usize) -> bool {
    let section = &cx.template.sections[at];
    let asked_for = cx.policy.names_section(&section.key);
    section.question
        || (section.optional && !asked_for)
        || Some(at) == cx.template.checklist_section
        || Some(at) == cx.status_template()
        || cx.has_role(at, &cx.policy.roles.tickets)
}

/// What a section requires of itself: its row of the matrix; for one that the matrix does not name, the default
/// where it is a leaf of the second or third level.
fn own_levels(cx: &Context<'_>, at: usize) -> Option<Levels> {
    let section = &cx.template.sections[at];
    if has_own_rule(cx, at) {
        return None;
    }
    if let Some(levels) = cx.policy.section(&section.key) {
        return Some(levels);
    }
    if cx.template.below_prr(at) {
        return Some(cx.policy.question(&section.key));
    }
    let leaf = cx.template.children(at).next().is_none();
    (leaf && section.level <= 3 && Some(at) != cx.template.prr_section)
        .then(|| cx.policy.unnamed_section())
}

/// What is lost with a missing section: its own requirement and that of everything below it.
fn levels_with_children(cx: &Context<'_>, at: usize) -> Levels {
    let section = &cx.template.sections[at];
    let own = if section.question {
        let asked = section.asked.is_some();
        cx.policy.rule(if asked { &PRR_QUESTION_ASKED } else { &PRR_QUESTION_MISSING })
    } else if cx.template.below_prr(at) && has_questions(cx, at) {
        Levels::default()
    } else {
        own_levels(cx, at).unwrap_or_default()
    };
    cx.template.children(at).fold(own, |levels, child| levels.max(levels_with_children(cx, child)))
}

fn has_questions(cx: &Context<'_>, at: usize) -> bool {
    cx.template.children(at).any(|child| cx.template.sections[child].question)
}

fn check_section(cx: &Context<'_>, at: usize, count: &mut Count, out: &mut Vec<Gap>) {
    let section = &cx.template.sections[at];
    if has_own_rule(cx, at) {
        return;
    }
    let levels = own_levels(cx, at);
    let part = cx.template.below_prr(at) && has_questions(cx, at);
    if let Some(id) = cx.found[at] {
        let filled = cx.filled(id);
        if part {
            if section.asks && !cx.answers[id].given {
                let levels = levels.unwrap_or_default().capped_at_warning();
                out.push(empty(cx, at, id, levels, " itself: its questions are answered below it, but its guidance asks for a few words here"));
            }
        } else if let Some(levels) = levels {
            count.tally(filled);
            let history = cx.has_role(at, &cx.policy.roles.history);
            if !filled && !history {
                out.push(empty(cx, at, id, levels, ""));
            }
        }
        return;
    }
    if levels.is_some() && !part {
        count.tally(false);
    }
    let parent_missing = section.parent.is_some_and(|p| cx.found[p].is_none());
    let missing_questions: Vec<usize> = cx
        .template
        .children(at)
        .filter(|&c| cx.template.sections[c].question && cx.found[c].is_none())
        .collect();
    if parent_missing || cx.is_hidden(at) || (part && missing_questions.is_empty()) {
        return;
    }
    let levels = cx.policy.set(&SECTION_MISSING, levels_with_children(cx, at));
    if levels.is_off() {
        return;
    }
    let below: Vec<String> = cx
        .template
        .children(at)
        .filter(|&c| cx.found[c].is_none())
        .map(|c| format!("`{}`", cx.template.sections[c].title()))
        .collect();
    let with = if below.is_empty() {
        String::new()
    } else {
        format!(", and with it {}", below.join(", "))
    };
    let marks = "#".repeat(usize::from(section.level));
    let missing = Gap {
        rule: &SECTION_MISSING,
        levels,
        lines: cx.anchor(at),
        section: section.path.clone(),
        message: format!("The section `{}` is missing{with}.", section.name()),
        help: format!(
            "Add `{marks} {}` and write it; where it does not apply, say so in a sentence.{}",
            section.title(),
            cx.elsewhere(at)
        ),
        fix: fix::heading::missing(cx, at),
    };
    out.push(if cx.gained(at) { missing.gained() } else { missing });
}

fn empty(cx: &Context<'_>, at: usize, id: SectionId, levels: Levels, more: &str) -> Gap {
    let section = &cx.template.sections[at];
    let answer = &cx.answers[id];
    let message = match (&answer.stop_word, answer.samples.is_empty()) {
        (Some((line, word)), _) => {
            format!(
                "`{}` is not filled in: line {line} only says `{}`.",
                section.name(),
                word.replace('`', "")
            )
        }
        (None, false) => format!("`{}` holds only the template's sample lines.", section.name()),
        (None, true) => format!("`{}` says nothing{more}.", section.name()),
    };
    let help = match &section.hint {
        Some(hint) => format!("Write it. The template asks: {hint}"),
        None => "Write it; where it does not apply, say so in a sentence.".to_owned(),
    };
    Gap {
        rule: &SECTION_EMPTY,
        levels: cx.policy.set(&SECTION_EMPTY, levels),
        lines: cx.heading(id),
        section: cx.outline.path(id),
        message,
        help,
        fix: None,
    }
}

/// Sections whose visible template lines other rules look after.
fn samples_elsewhere(cx: &Context<'_>, template: usize) -> bool {
    Some(template) == cx.template.checklist_section
        || cx.template.sections[template].has_options
        || Some(template) == cx.status_template()
        || cx.has_role(template, &cx.policy.roles.tickets)
}

/// Whether an empty section is already a finding, so that its placeholder needs none.
fn speaks_for_itself(cx: &Context<'_>, id: SectionId) -> bool {
    match cx.meant[id] {
        Some(at) => {
            let section = &cx.template.sections[at];
            section.question
                || samples_elsewhere(cx, at)
                || (own_levels(cx, at).is_some() && !cx.filled(id))
        }
        None => is_added_question(cx, id),
    }
}

/// An H4 in the questionnaire that the template does not have.
pub(super) fn is_added_question(cx: &Context<'_>, id: SectionId) -> bool {
    let Some(prr) = cx.template.prr_section.and_then(|prr| cx.found[prr]) else { return false };
    cx.meant[id].is_none()
        && id != prr
        && cx.outline.subtree(prr).contains(&id)
        && cx.outline.sections[id].level == cx.policy.shape.question_level
}

fn check_placeholders(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let base = cx.policy.rule(&PLACEHOLDER);
    let marks = text::may_have_marks(cx.outline.source.text());
    for id in 1..cx.outline.sections.len() {
        let answer = &cx.answers[id];
        if !answer.given && speaks_for_itself(cx, id) {
            continue;
        }
        let template = cx.meant[id];
        let skip_samples = template.is_none_or(|t| samples_elsewhere(cx, t));
        let levels = template.and_then(|t| own_levels(cx, t)).map_or(base, |own| base.max(own));
        let mut push = |line: usize, levels: Levels, message: String| {
            out.push(Gap {
                rule: &PLACEHOLDER,
                levels,
                lines: Lines::at(line),
                section: cx.outline.path(id),
                message,
                help: "Replace it with the real text, or delete the line.".into(),
                fix: None,
            });
        };
        if !skip_samples {
            for &line in &answer.samples {
                let sample = text::fold_space(cx.outline.source.line(line));
                if text::fold(&sample).len() > 2 {
                    push(
                        line,
                        levels,
                        format!(
                            "The template's sample line `{}` is left.",
                            sample.replace('`', "")
                        ),
                    );
                }
            }
        }
        for (number, line) in cx.outline.visible_lines(cx.outline.sections[id].body.clone()) {
            if is_strayed(cx, template, &line) && !answer.samples.contains(&number) {
                let sample = text::fold_space(&line).replace('`', "");
                push(number, base, format!("The template's sample line `{sample}` is left."));
                continue;
            }
            let mark = marks.then(|| text::placeholder_mark(&line)).flatten();
            let Some(mark) = mark.or_else(|| text::placeholder_value(&line)) else { continue };
            if !answer.samples.contains(&number) && !cx.outline.in_code(number) {
                push(
                    number,
                    base,
                    format!("`{mark}` is left in `{}`.", cx.outline.sections[id].title),
                );
            }
        }
    }
}

/// Whether a sample line of the template stands where the template has none.
fn is_strayed(cx: &Context<'_>, template: Option<usize>, line: &str) -> bool {
    cx.template.is_placeholder(line)
        && template.is_none_or(|at| {
            !samples_elsewhere(cx, at) && !cx.template.sections[at].has_line(&text::squeezed(line))
        })
}

fn check_hidden_tags(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let levels = cx.policy.rule(&PLACEHOLDER).capped_at_warning();
    let mut last = 0;
    for hidden in &cx.outline.hidden_tags {
        // One word a line is enough, however many tags stand in it.
        if hidden.tag.starts_with("</") || hidden.line == last {
            continue;
        }
        last = hidden.line;
        let line = text::fold_space(cx.outline.source.line(hidden.line));
        let template = cx.meant[hidden.section].map(|t| &cx.template.sections[t]);
        if template.is_some_and(|t| t.is_sample(&line)) {
            continue;
        }
        out.push(Gap {
            rule: &PLACEHOLDER,
            levels,
            lines: Lines::at(hidden.line),
            section: cx.outline.path(hidden.section),
            message: format!(
                "`{}` reads as an HTML tag: GitHub hides it from the reader.",
                hidden.tag
            ),
            help: format!(
                "Replace it with the real name, or put it into backticks: `` `{}` ``.",
                hidden.tag
            ),
            fix: None,
        });
    }
}

fn check_guidance(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let source = &cx.outline.source;
    let left: Vec<&std::ops::Range<usize>> = cx
        .outline
        .comments
        .iter()
        .filter(|range| cx.outline.unclosed != Some(range.start))
        .filter(|range| cx.template.is_guidance(&source.text()[(*range).clone()]))
        .collect();
    let Some(first) = left.first() else { return };
    let mut names: Vec<String> = left
        .iter()
        .map(|range| {
            cx.outline.sections[cx.outline.section_at(source.line_at(range.start))].title.clone()
        })
        .map(|title| format!("`{title}`"))
        .collect();
    names.dedup();
    let lines = source.lines_of(first);
    let section = cx.outline.path(cx.outline.section_at(lines.start));
    let message = match left.len() {
        1 => format!("A guidance comment of the template is left in {}.", names.join(", ")),
        n => format!("{n} guidance comments of the template are left, in {}.", names.join(", ")),
    };
    out.push(Gap {
        rule: &GUIDANCE_LEFT,
        levels: cx.policy.rule(&GUIDANCE_LEFT),
        lines,
        section,
        message,
        help: "Delete the comments once their sections are written.".into(),
        fix: fix::guidance::cut(cx, &left),
    });
}

/// Fences that draw.
const DIAGRAMS: &[&str] =
    &["mermaid", "plantuml", "puml", "dot", "graphviz", "d2", "ditaa", "svgbob"];

/// Whether a diagram's code holds anything that is drawn.
fn draws(cx: &Context<'_>, code: &crate::proposal::Code) -> bool {
    let inside = code.lines.start + 1..code.lines.end;
    inside
        .into_iter()
        .map(|line| cx.outline.source.line(line))
        .any(|line| line.chars().any(char::is_alphanumeric) && !text::is_stop_word(line))
}

fn check_diagram(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let Some(id) = cx.section(&cx.policy.roles.diagram) else { return };
    if !cx.filled(id) {
        return;
    }
    let subtree = cx.outline.subtree(id);
    let leads = |dest: &str| !dest.is_empty() && (dest.contains('/') || !dest.contains('@'));
    let links = &cx.outline.links;
    let drawn = links.iter().any(|link| subtree.contains(&link.section) && leads(&link.dest))
        || cx.outline.code.iter().any(|code| {
            subtree.contains(&code.section)
                && DIAGRAMS.contains(&code.language.as_str())
                && draws(cx, code)
        })
        || subtree.clone().any(|s| {
            cx.outline.visible_lines(cx.outline.sections[s].body.clone()).any(|(number, line)| {
                let outside_code = || line.split('`').step_by(2).any(|part| part.contains("://"));
                line.contains("@startuml")
                    || (line.contains("http") && !cx.outline.in_code(number) && outside_code())
            })
        });
    if drawn {
        return;
    }
    out.push(Gap {
        rule: &DIAGRAM_MISSING,
        levels: cx.policy.rule(&DIAGRAM_MISSING),
        lines: cx.heading(id),
        section: cx.outline.path(id),
        message: "The architecture shows no diagram.".into(),
        help: "Add an image, a `mermaid` or `plantuml` fence, or a link to a diagram.".into(),
        fix: None,
    });
}

//! The questionnaire: every question present, and answered.

use crate::proposal::answer::{self, Options};
use crate::proposal::{Lines, SectionId};
use crate::review::Count;
use crate::review::context::{Context, Gap};
use crate::review::fix;
use crate::review::level::Levels;
use crate::review::rule::{
    PRR_OPTIONS, PRR_QUESTION_ASKED, PRR_QUESTION_MISSING, PRR_UNANSWERED, Rule, TEMPLATE_INVALID,
};

use super::sections::is_added_question;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Gap>) -> Count {
    if cx.template.sections.iter().all(|section| !section.question) {
        asks_nothing(cx, out);
    }
    let mut count = Count::default();
    for (at, question) in cx.template.sections.iter().enumerate().filter(|(_, s)| s.question) {
        let Some(id) = cx.found[at] else {
            count.tally(false);
            missing(cx, at, out);
            continue;
        };
        let levels = match question.asked {
            Some(_) => cx.policy.added_question(),
            None => cx.policy.question(&question.key),
        };
        let answered = if question.has_options {
            check_options(cx, at, id, levels, out)
        } else {
            check_answer(cx, id, levels, question.hint.as_deref(), out)
        };
        count.tally(answered);
    }
    for id in 1..cx.outline.sections.len() {
        if is_added_question(cx, id) {
            count.tally(check_answer(cx, id, cx.policy.added_question(), None, out));
        }
    }
    count
}

/// Without questions there is no production readiness review, and every EP would pass it.
fn asks_nothing(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let required = cx.policy.rule(&PRR_QUESTION_MISSING);
    let message = format!(
        "No question of the production readiness review is asked of this EP: the template has none below a heading \
         `{}`.",
        cx.policy.shape.prr_section
    );
    out.push(Gap {
        rule: &TEMPLATE_INVALID,
        levels: cx.policy.set(&TEMPLATE_INVALID, required),
        lines: cx.top(),
        section: Vec::new(),
        message,
        help: "The EP is not at fault. Whoever keeps the template puts the questionnaire back, or corrects `prr.section` \
               or `prr.question_level` in the policy."
            .to_owned(),
        fix: None,
    });
}

fn check_answer(
    cx: &Context<'_>,
    id: SectionId,
    levels: Levels,
    hint: Option<&str>,
    out: &mut Vec<Gap>,
) -> bool {
    if !cx.filled(id) {
        out.push(unanswered(cx, id, levels, hint));
        return false;
    }
    let alone = cx.outline.subtree(id).skip(1).all(|below| !cx.answers[below].given);
    if cx.policy.prr.na_needs_reason && cx.answers[id].bare_na && alone {
        let title = &cx.outline.sections[id].title;
        let message = format!("`{title}` is answered with N/A, and nothing says why.");
        let help =
            "Write the reason behind it, as `N/A: nothing is stored on the ship`.".to_owned();
        out.push(gap(cx, &PRR_UNANSWERED, id, cx.heading(id), levels, message, help));
        return false;
    }
    true
}

fn missing(cx: &Context<'_>, at: usize, out: &mut Vec<Gap>) {
    let question = &cx.template.sections[at];
    let parent_missing = question.parent.is_some_and(|p| cx.found[p].is_none());
    if parent_missing || cx.is_hidden(at) {
        return;
    }
    let marks = "#".repeat(usize::from(question.level));
    let (rule, message) = match question.asked {
        Some(number) => (&PRR_QUESTION_ASKED, asked(cx, question.title(), number)),
        None => (
            &PRR_QUESTION_MISSING,
            format!("The question `{}` is missing.", question.title().replace('`', "")),
        ),
    };
    let missing = Gap {
        rule,
        levels: cx.policy.rule(rule),
        lines: cx.anchor(at),
        section: question.path.clone(),
        message,
        help: format!(
            "Add `{marks} {}` and answer it; `No` and `N/A` are answers.{}",
            question.title().replace('`', ""),
            cx.elsewhere(at)
        ),
        fix: fix::heading::missing(cx, at),
    };
    out.push(if cx.gained(at) { missing.gained() } else { missing });
}

/// Who asked a question that the EP does not carry.
fn asked(cx: &Context<'_>, title: &str, number: usize) -> String {
    let code = |text: &str| format!("`{}`", text.replace('`', ""));
    let mut asked = cx.around.asked.unwrap_or_default().iter();
    let by =
        asked.find(|asked| asked.number == number).map_or("A reviewer".into(), |a| code(&a.by));
    let title = code(title);
    format!(
        "{by} asked on this pull request: {title} (question {number}), and the EP does not carry it."
    )
}

fn unanswered(cx: &Context<'_>, id: SectionId, levels: Levels, hint: Option<&str>) -> Gap {
    let title = &cx.outline.sections[id].title;
    let message = match &cx.answers[id].stop_word {
        Some((line, word)) => {
            format!("`{title}` is not answered: line {line} only says `{}`.", word.replace('`', ""))
        }
        None => format!("`{title}` is not answered."),
    };
    let help = match hint {
        Some(hint) => format!(
            "Answer it below the heading; `No`, `None` and `N/A` are answers. The template asks: {hint}"
        ),
        None => "Answer it below the heading; `No`, `None` and `N/A` are answers.".to_owned(),
    };
    gap(cx, &PRR_UNANSWERED, id, cx.heading(id), levels, message, help)
}

fn gap(
    cx: &Context<'_>,
    rule: &'static Rule,
    id: SectionId,
    lines: Lines,
    levels: Levels,
    message: String,
    help: String,
) -> Gap {
    let levels = cx.policy.set(rule, levels);
    Gap { rule, levels, lines, section: cx.outline.path(id), message, help, fix: None }
}

fn check_options(
    cx: &Context<'_>,
    at: usize,
    id: SectionId,
    levels: Levels,
    out: &mut Vec<Gap>,
) -> bool {
    let question = &cx.template.sections[at];
    match answer::read_options(cx.outline, id, question) {
        Options::Answered { leftovers } => {
            if let Some(&first) = leftovers.first() {
                let message = match leftovers.len() {
                    1 => "An option that was not picked is left.".to_owned(),
                    n => format!("{n} options that were not picked are left."),
                };
                let help = "Delete the options that do not apply.".to_owned();
                out.push(gap(
                    cx,
                    &PRR_OPTIONS,
                    id,
                    Lines::at(first),
                    levels.capped_at_warning(),
                    message,
                    help,
                ));
            }
            true
        }
        Options::TickedEmpty(line) => {
            let message = "This option is ticked, and nothing is filled in below it.".to_owned();
            let help = "Fill in its fields; those marked `[Optional]` may stay empty.".to_owned();
            out.push(gap(cx, &PRR_OPTIONS, id, Lines::at(line), levels, message, help));
            false
        }
        Options::FilledUnticked(line) => {
            let message = "This option is filled in, and its box is not ticked.".to_owned();
            out.push(gap(
                cx,
                &PRR_OPTIONS,
                id,
                Lines::at(line),
                levels,
                message,
                "Tick it with `[x]`.".into(),
            ));
            false
        }
        Options::Empty => {
            out.push(unanswered(cx, id, levels, question.hint.as_deref()));
            false
        }
    }
}

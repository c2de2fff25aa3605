//! The repository's own template: made ready for a policy, checked itself, and never asked of an EP what it does
//! not hold itself.

use std::borrow::Cow;

use crate::proposal::{Lines, Outline, Source, Template, text, title, toc};

use super::context::{Context, Gap};
use super::finding::{Finding, Severity};
use super::input::AskedQuestion;
use super::level::{Level, Levels};
use super::outcome::Review;
use super::policy::{Policy, StatusFrom, section_key};
use super::rule::{COMMENT_UNCLOSED, SECTION_DUPLICATE, TEMPLATE_INVALID, TOC_ENTRY, TOC_HEADING};

/// Reads a template as a policy asks: `None` is the built-in one. The policy's own questions are added.
pub fn prepare(markdown: Option<&str>, policy: &Policy) -> Template {
    let mut template = match markdown {
        Some(markdown) => Template::parse(markdown, &policy.shape),
        None => Template::built_in_with(&policy.shape),
    };
    for question in &policy.prr.questions {
        template.ask(question.part.as_deref(), &question.text, policy.shape.question_level);
    }
    template
}

/// The template with the questions that are asked on a pull request; borrowed where none are. Templates are shared: a
/// copy holds for one review.
pub(super) fn with_asked<'t>(
    template: &'t Template,
    policy: &Policy,
    asked: &[AskedQuestion],
) -> Cow<'t, Template> {
    if asked.is_empty() {
        return Cow::Borrowed(template);
    }
    let mut template = template.clone();
    for AskedQuestion { number, part, text, .. } in asked {
        // People name a part as they name any section, by its path or the end of it.
        let part = part.as_deref().map(|part| part.rsplit(" > ").next().unwrap_or(part));
        template.ask_here(part, &text::fold_space(text), policy.shape.question_level, *number);
    }
    Cow::Owned(template)
}

/// What the untouched template does itself is no error of an EP.
pub(super) fn forgive(cx: &Context<'_>, gaps: &mut [Gap]) {
    for gap in gaps {
        let rule = gap.rule;
        let template = cx.template;
        let own = if rule.is(&TOC_ENTRY) {
            cx.toc().is_some_and(|(_, faults)| {
                faults.dead.iter().all(|entry| template.dead_entries.contains(&entry.anchor))
            })
        } else if rule.is(&TOC_HEADING) {
            cx.toc().is_some_and(|(_, faults)| {
                faults.unlisted.iter().all(|&id| template.unlisted.contains(&cx.keys[id]))
            })
        } else if rule.is(&SECTION_DUPLICATE) {
            let key: Vec<String> = gap.section.iter().map(|t| text::fold_heading(t)).collect();
            template.sections.iter().filter(|section| section.key == key).count() > 1
        } else {
            rule.is(&COMMENT_UNCLOSED) && template.unclosed
        };
        if own {
            gap.levels = gap.levels.capped_at_warning();
        }
    }
}

/// Holds a template against what a policy needs of it. Never fails: what cannot be read is a finding.
pub fn review(path: &str, bytes: &[u8], policy: &Policy) -> Review {
    let mut found = Vec::new();
    let title = match Source::decode(bytes) {
        Ok(text) => {
            let outline = Outline::parse(text);
            let template = Template::parse(text, &policy.shape);
            let at = Checked { outline: &outline, template: &template, policy };
            at.check(&mut found);
            outline.title().map(|id| outline.sections[id].title.clone())
        }
        Err(unreadable) => {
            let help = "Save it as UTF-8, with at most 1 MiB.".to_owned();
            let message = format!("The template cannot be read: {unreadable}.");
            found.push((Level::Error, Lines::at(unreadable.line()), message, help));
            None
        }
    };
    let mut findings: Vec<Finding> = found
        .into_iter()
        .filter_map(|(level, lines, message, help)| {
            // A template has no status: its rule has one level, that of the first.
            let levels = policy.set(&TEMPLATE_INVALID, Levels::all(level));
            let severity: Option<Severity> = levels.at(0).severity();
            Some(Finding {
                rule: &TEMPLATE_INVALID,
                severity: severity?,
                lines,
                section: Vec::new(),
                message,
                help,
                fix: None,
            })
        })
        .collect();
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    let title = title.map(|heading| title::read(&heading, &policy.title).text);
    Review::of_file(path, title, findings)
}

type Found = (Level, Lines, String, String);

struct Checked<'a> {
    outline: &'a Outline<'a>,
    template: &'a Template,
    policy: &'a Policy,
}

impl Checked<'_> {
    fn check(&self, out: &mut Vec<Found>) {
        let Self { outline, template, policy } = self;
        let top = outline.title().map_or(Lines::at(1), |id| outline.sections[id].heading);
        let mut push = |level, lines, message: String, help: &str| {
            out.push((level, lines, message, help.to_owned()));
        };
        if let Some(open) = outline.unclosed {
            push(
                Level::Error,
                Lines::at(outline.source.line_at(open)),
                "This comment is never closed: what stands below it is asked of no EP.".into(),
                "Close it with `-->`.",
            );
        }
        if template.sections.is_empty() {
            push(
                Level::Error,
                top,
                "The template has no headings: nothing would be asked of an EP.".into(),
                "Write the headings that every EP carries, from `## ` on.",
            );
            return;
        }
        self.check_questionnaire(top, &mut push);
        if let StatusFrom::Section(title) = &policy.status_from
            && !template.sections.iter().any(|s| s.key.last() == Some(title))
        {
            push(
                Level::Error,
                top,
                format!("The template has no section `{title}`, in which an EP states its status."),
                "Add the heading, or say in the policy with `status_from` where the status stands.",
            );
        }
        if template.checklist.is_empty() {
            push(
                Level::Warning,
                top,
                "The template has no checklist: no item is asked of an EP.".into(),
                "Add a list of `- [ ]` boxes below a heading of its own.",
            );
        }
        for named in policy.named_sections() {
            let key = section_key(named);
            if !template.sections.iter().any(|s| s.key == key) {
                push(
                    Level::Warning,
                    top,
                    format!(
                        "The policy asks for the section `{named}`, which the template does not have."
                    ),
                    "Add the heading, or correct its path in the policy (`Proposal > Architecture`).",
                );
            }
        }
        self.check_headings(&mut push);
    }

    fn check_questionnaire(&self, top: Lines, push: &mut impl FnMut(Level, Lines, String, &str)) {
        let Self { outline, template, policy } = self;
        let level = policy.shape.question_level;
        let Some(prr) = template.prr_section else {
            push(
                Level::Error,
                top,
                format!(
                    "The template has no section `{}`: no question would be asked of an EP.",
                    policy.shape.prr_section
                ),
                "Add the questionnaire, or name its heading in the policy with `prr.section`.",
            );
            return;
        };
        if template.sections.iter().any(|section| section.question) {
            return;
        }
        let title = template.sections[prr].title();
        let heading = outline.sections.iter().find(|s| s.title == title);
        push(
            Level::Error,
            heading.map_or(top, |section| section.heading),
            format!("`{title}` holds no heading of level {level}, so it asks no question."),
            "Write each question as a heading of that level, or set `prr.question_level` in the policy.",
        );
    }

    fn check_headings(&self, push: &mut impl FnMut(Level, Lines, String, &str)) {
        let outline = self.outline;
        let mut seen = std::collections::HashSet::new();
        for (id, section) in outline.sections.iter().enumerate().filter(|(_, s)| s.level >= 2) {
            let key = text::fold_heading(&section.title);
            if matches!(section.level, 2 | 3) && !seen.insert((section.parent, key)) {
                push(
                    Level::Warning,
                    outline.sections[id].heading,
                    format!("`{}` stands twice under the same heading.", section.title),
                    "Give each heading a name of its own: EPs are told which section is meant by its name.",
                );
            }
        }
        let Some(toc) = toc::read(outline) else { return };
        let faults = toc::faults(outline, &toc::anchors(outline), &toc);
        if let Some(first) = faults.dead.first() {
            let dead: Vec<String> =
                faults.dead.iter().map(|e| format!("`#{}`", e.anchor)).collect();
            push(
                Level::Warning,
                Lines::at(first.line),
                format!("The table of contents points nowhere with {}.", dead.join(", ")),
                "Correct the entries: every EP begins with them.",
            );
        }
        if let Some(&first) = faults.unlisted.first() {
            let names: Vec<String> = faults
                .unlisted
                .iter()
                .map(|&id| format!("`{}`", outline.sections[id].title))
                .collect();
            push(
                Level::Warning,
                outline.sections[first].heading,
                format!("The table of contents does not list {}.", names.join(", ")),
                "Add the entries: every EP begins with them.",
            );
        }
    }
}

//! The rules as people read them: one page for each, for a terminal and for the documentation, and the lists of all.
//!
//! Everything is taken from the table of rules, and what the program says from a review of the examples: nothing here
//! can be out of date.

mod index;
mod markdown;
mod terminal;

pub use index::{rule_index, rule_list, rule_table};

use crate::review::policy::SECTIONS;
use crate::review::rule::{Language, Relief, Weight};
use crate::review::{Finding, Level, Levels, Policy, Rule, Severity, policy::section_key};

use super::Style;

/// The page of a rule for a terminal of 80 columns.
pub fn rule_page(rule: &Rule, policy: &Policy, style: Style) -> String {
    terminal::write(&Page::of(rule, policy), policy, style)
}

/// The page of a rule as a Markdown file of the documentation.
pub fn rule_markdown(rule: &Rule, policy: &Policy) -> String {
    markdown::write(&Page::of(rule, policy), policy)
}

/// The longest heading that an example of a waiver names, in bytes: the line has to fit into a terminal.
const LONGEST_SECTION: usize = 60;

/// A page, before it has a form.
struct Page<'r> {
    rule: &'r Rule,
    parts: Vec<Part>,
}

struct Part {
    heading: &'static str,
    blocks: Vec<Block>,
}

enum Block {
    /// A paragraph: Markdown with nothing but code in it.
    Text(String),
    /// Text that is shown line by line.
    Code { language: &'static str, text: String },
    /// The levels of one thing.
    Levels(Levels),
    /// The levels of several things.
    Matrix { what: &'static str, rows: Vec<(String, Levels)> },
    /// What the program says.
    Said(Finding),
}

impl Block {
    fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn yaml(text: String) -> Self {
        Self::Code { language: Language::Yaml.as_str(), text }
    }
}

impl<'r> Page<'r> {
    fn of(rule: &'r Rule, policy: &Policy) -> Self {
        let said = said(rule, policy);
        let mut parts = vec![
            Part { heading: "What it asks for", blocks: vec![Block::text(rule.what)] },
            Part { heading: "Why", blocks: vec![Block::text(rule.why)] },
            Part { heading: "For example", blocks: examples(rule) },
            Part { heading: "What to do", blocks: what_to_do(rule) },
            Part { heading: "Level", blocks: level(rule, &said, policy) },
            Part { heading: "To change or waive it", blocks: relief(rule, said.first(), policy) },
        ];
        let said = said.into_iter().map(Block::Said).collect();
        parts.push(Part { heading: "In the program's words", blocks: said });
        parts.retain(|part| !part.blocks.is_empty());
        Self { rule, parts }
    }
}

/// What the program says of each example, without repeating itself.
fn said(rule: &Rule, policy: &Policy) -> Vec<Finding> {
    let mut said: Vec<Finding> = Vec::new();
    for example in rule.examples {
        let findings = example.try_bad(policy).findings.into_iter();
        for finding in findings.filter(|finding| finding.rule.is(rule)) {
            if !said.iter().any(|known| known.message == finding.message) {
                said.push(finding);
            }
        }
    }
    said
}

fn examples(rule: &Rule) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (at, example) in rule.examples.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &rule.examples[before]);
        let after = rule.examples.get(at + 1);
        let code =
            |text: &str| Block::Code { language: example.language.as_str(), text: text.to_owned() };
        if !example.given.is_empty() {
            blocks.push(Block::text(example.given));
        }
        // Another reason for the same pieces.
        if before.is_some_and(|before| (before.bad, before.good) == (example.bad, example.good)) {
            continue;
        }
        let goes_on = before.is_some_and(|before| example.goes_on(before));
        blocks.push(Block::text(if goes_on { "Fails, too:" } else { "Fails:" }));
        blocks.push(code(example.bad));
        if !after.is_some_and(|after| after.goes_on(example)) {
            blocks.push(Block::text("Passes:"));
            blocks.push(code(example.good));
        }
    }
    blocks
}

fn what_to_do(rule: &Rule) -> Vec<Block> {
    let fix = match rule.fix {
        // There the program on a laptop cannot know what is wrong.
        Some(fix) if rule.is_on_github_alone() => {
            format!("On the pull request the bot offers a suggestion: it {fix}.")
        }
        Some(fix) => format!("`ep-bot fix` helps: it {fix}."),
        None => "`ep-bot fix` cannot do that for you.".to_owned(),
    };
    vec![Block::text(rule.how), Block::Text(fix)]
}

fn level(rule: &Rule, said: &[Finding], policy: &Policy) -> Vec<Block> {
    let prr = &policy.shape.prr_section;
    let rows = |below_prr: bool| -> Vec<(String, Levels)> {
        SECTIONS
            .iter()
            .map(|(path, _)| (*path, section_key(path)))
            .filter(|(_, key)| (key.first() == Some(prr)) == below_prr)
            .filter_map(|(path, key)| Some((path.to_owned(), policy.section(&key)?)))
            .collect()
    };
    let mut blocks = match rule.weight {
        Weight::Rule => {
            let levels = policy.rule(rule);
            vec![match uniform(levels, policy) {
                Some(Level::Error) => Block::text("An error, whatever the status."),
                _ => Block::Levels(levels),
            }]
        }
        Weight::Section => {
            let mut rows = rows(false);
            rows.push(("any other heading of a template".to_owned(), policy.unnamed_section()));
            vec![
                Block::text("The level is that of the section:"),
                Block::Matrix { what: "section", rows },
            ]
        }
        Weight::Part => {
            let part = |(path, levels): (String, Levels)| {
                (path.rsplit(" > ").next().unwrap_or(&path).to_owned(), levels)
            };
            let mut rows: Vec<(String, Levels)> = rows(true).into_iter().map(part).collect();
            rows.push(("a question that is added anywhere".to_owned(), policy.rule(rule)));
            vec![
                Block::text("The level is that of the part in which the question stands:"),
                Block::Matrix { what: "part", rows },
            ]
        }
    };
    let weighs = |severity| said.iter().any(|finding| finding.severity == severity);
    if weighs(Severity::Error) && weighs(Severity::Warning) {
        blocks.push(Block::text("Some of its findings are only warnings, as said above."));
    }
    blocks
}

fn relief(rule: &Rule, said: Option<&Finding>, policy: &Policy) -> Vec<Block> {
    if rule.relief == Relief::None {
        let text = "It always blocks: no policy sets another level, and no waiver helps.";
        return vec![Block::text(text)];
    }
    let mut blocks = Vec::new();
    if let Some(finding) = said {
        blocks.push(Block::text(
            "A repository sets another level in its policy, `.github/ep-bot.yml`: `error`, `warning`, `note` or `off`, \
             for one status or for all:",
        ));
        blocks.push(Block::yaml(setting(rule, finding, policy)));
    }
    if rule.relief == Relief::LevelOrWaiver {
        blocks.push(Block::text(
            "For one pull request, whoever may approve the production readiness review waives it with a comment:",
        ));
        let text = format!("/ep-waive {} because REASON", rule.name);
        blocks.push(Block::Code { language: "text", text });
        blocks.push(Block::text(
            "For longer, the policy waives it, for one EP or for all. Every report shows the finding as a note, with the \
             reason:",
        ));
        blocks.push(Block::yaml(waiver(rule, said)));
    }
    blocks
}

/// The piece of a policy that waives the finding of an example.
fn waiver(rule: &Rule, finding: Option<&Finding>) -> String {
    let section = finding.and_then(|finding| finding.section.last());
    let section = match (rule.weight, section) {
        (Weight::Section | Weight::Part, Some(section)) if section.len() <= LONGEST_SECTION => {
            format!("    section: {section}\n")
        }
        _ => String::new(),
    };
    format!(
        "waivers:\n  - rule: {}\n    ep: 42\n{section}    because: REASON\n    until: 2027-05-31",
        rule.name
    )
}

/// The level at every status, where it is the same.
fn uniform(levels: Levels, policy: &Policy) -> Option<Level> {
    let first = levels.at(0);
    (1..policy.ladder.statuses.len()).all(|status| levels.at(status) == first).then_some(first)
}

/// The piece of a policy that gives the finding of an example another level.
fn setting(rule: &Rule, finding: &Finding, policy: &Policy) -> String {
    let to = if finding.severity == Severity::Error { "warning" } else { "error" };
    let (map, key) = match rule.weight {
        Weight::Rule => ("rules", rule.name.to_owned()),
        Weight::Section => ("sections", finding.section.join(" > ")),
        Weight::Part => {
            let row = |parts: &usize| {
                let key = section_key(&finding.section[..*parts].join(" > "));
                policy.section(&key).is_some()
            };
            let parts = (1..=finding.section.len()).rev().find(row).unwrap_or(0);
            ("sections", finding.section[..parts].join(" > "))
        }
    };
    if rule.weight == Weight::Rule && uniform(policy.rule(rule), policy).is_some() {
        format!("{map}:\n  {key}: {to}")
    } else {
        let status = rule.examples.first().and_then(|example| example.try_bad(policy).status);
        let status = status.unwrap_or_else(|| policy.ladder.name(0).to_owned());
        format!("{map}:\n  {key}:\n    {status}: {to}")
    }
}

//! The table of rules as SARIF describes it. GitHub asks that it be the same in every file of one version, whatever
//! was found: so all rules stand in it.

use serde::Serialize;

use crate::review::{Level, MAX_STATUSES, RULES, Rule};

use super::Text;
use crate::report::markdown;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

/// What GitHub sorts and filters alerts by.
#[derive(Serialize)]
struct Properties {
    tags: [String; 1],
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
}

/// Every rule, in the order of the documentation.
pub(super) fn all() -> Vec<Descriptor> {
    RULES.iter().map(|rule| descriptor(rule)).collect()
}

/// Where a rule stands in [`all`].
pub(super) fn index(rule: &Rule) -> usize {
    RULES.iter().position(|known| known.is(rule)).unwrap_or_default()
}

fn descriptor(rule: &Rule) -> Descriptor {
    let level = level(rule);
    Descriptor {
        id: rule.name,
        short_description: Text::new(rule.short),
        full_description: Text::new(rule.what),
        help: Help { text: Text::new(&text(rule)).text, markdown: page(rule) },
        default_configuration: Configuration { level: level.as_str() },
        properties: Properties {
            tags: [rule.group.to_lowercase().replace(' ', "-")],
            precision: "high",
            problem_severity: match level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note | Level::Off => "recommendation",
            },
        },
    }
}

/// The highest level that a rule has at any status. Every result brings its own; this one is for lists of rules.
fn level(rule: &Rule) -> Level {
    // A rule without levels takes those of the sections, and some of them block.
    if rule.levels.is_off() {
        return Level::Error;
    }
    (0..MAX_STATUSES).map(|status| rule.levels.at(status)).max().unwrap_or(Level::Error)
}

fn text(rule: &Rule) -> String {
    let examples = rule.examples.first().map_or_else(String::new, |example| {
        format!("Not enough:\n\n{}\n\nEnough:\n\n{}\n\n", example.bad, example.good)
    });
    format!(
        "{} {}\n\n{}\n\n{examples}On the command line, `ep-bot explain {}` says at which status it blocks.",
        rule.what, rule.why, rule.how, rule.name
    )
}

fn page(rule: &Rule) -> String {
    let sentence = |text: &str| markdown::sentence(text, usize::MAX);
    let examples = rule.examples.first().map_or_else(String::new, |example| {
        let fenced = |text: &str| markdown::fenced(example.language.as_str(), text);
        format!("Not enough:\n\n{}\nEnough:\n\n{}\n", fenced(example.bad), fenced(example.good))
    });
    format!(
        "{} {}\n\n{}\n\n{examples}On the command line, `ep-bot explain {}` says at which status it blocks.\n",
        sentence(rule.what),
        sentence(rule.why),
        sentence(rule.how),
        rule.name
    )
}

//! All rules in one list: for a terminal, for the documentation's index, and as the README's table.

use std::fmt::Write as _;

use crate::review::rule::Weight;
use crate::review::{Level, Policy, RULES, Rule};

use super::markdown::{head, row};
use super::terminal::{letter, wrapped};

/// The first line of each file that is written from the table of rules.
pub(super) fn generated() -> String {
    "<!-- Written by `ep-bot explain --out docs/rules` from src/review/rule/: change it there. -->\n\n"
        .to_owned()
}

/// The rules by group, a line each, for a terminal.
pub fn rule_list() -> String {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (group, rules) in groups() {
        let _ = writeln!(out, "{group}");
        for rule in rules {
            let hang = " ".repeat(width + 4);
            out.push_str(&wrapped(rule.short, &format!("  {:width$}  ", rule.name), &hang));
        }
        out.push('\n');
    }
    out.push_str("`ep-bot explain RULE` says more about one.\n");
    out
}

/// The index of the documentation's pages.
pub fn rule_index(policy: &Policy) -> String {
    let mut out = generated();
    out.push_str(INTRODUCTION);
    for (group, rules) in groups() {
        let title = group.replacen(|_: char| true, &group[..1].to_uppercase(), 1);
        let _ = write!(out, "\n## {title}\n\n{}", head(&["rule", "finds that", "blocks"]));
        for rule in rules {
            let link = format!("[`{0}`]({0}.md)", rule.name);
            out.push_str(&row(&[&link, rule.short, &blocks(rule, policy)]));
        }
    }
    out
}

const INTRODUCTION: &str = "\
# The rules

The production readiness review holds an EP against these rules. Each has a page that says what it looks at and why, shows
what is not enough and what is, and says what to do, how to set another level, and what the program's own words are.
`ep-bot explain RULE` prints the same page in a terminal.

All examples are pieces of one small EP, [EP-0042: Ship Menu Cache](../../src/review/rule/EP-0042-ship-menu-cache.md),
which passes as it stands. A line `…` stands for lines that are left out.

How much a finding weighs:

- **error** blocks the merge, **warning** and **note** are only shown. Most rules ask for more the further an EP has
  come; the pages show their levels status by status, and a repository's [policy](../policy.md) can set others.
- What was so before, in a section that the pull request does not touch, does not block: it is a warning that says so.
- What the template gained after the pull request was begun does not block either.
- A waiver turns a finding into a note, with the reason behind it.
";

/// From which status on a rule blocks, in a few words.
fn blocks(rule: &Rule, policy: &Policy) -> String {
    match rule.weight {
        Weight::Section => return "as the section does".to_owned(),
        Weight::Part => return "as the part does".to_owned(),
        Weight::Rule => {}
    }
    let levels = policy.rule(rule);
    let at: Vec<usize> = (0..policy.ladder.statuses.len())
        .filter(|&status| levels.at(status) == Level::Error)
        .collect();
    match (policy.ladder.required_from(&levels), at.first()) {
        _ if at.len() == policy.ladder.statuses.len() => "always".to_owned(),
        (Some(from), _) => format!("from `{from}`"),
        (None, Some(&status)) => format!("at `{}`", policy.ladder.name(status)),
        (None, None) => "never".to_owned(),
    }
}

/// The rules as a Markdown table for the README, with links to their pages.
pub fn rule_table(policy: &Policy) -> String {
    let mut names = vec!["rule", "finds that"];
    names.extend(policy.ladder.names());
    let mut out = head(&names);
    for rule in RULES {
        let link = format!("[`{0}`](docs/rules/{0}.md)", rule.name);
        let levels = policy.rule(rule);
        let mut cells = vec![link.as_str(), rule.short];
        cells.extend((0..policy.ladder.statuses.len()).map(|status| match rule.weight {
            Weight::Section => "*",
            Weight::Rule | Weight::Part => letter(levels.at(status)),
        }));
        out.push_str(&row(&cells));
    }
    out.push_str(
        "\nE blocks the merge, W is shown, – is not run, * is the level of the section in question.\n",
    );
    out
}

/// The groups in order, each with its rules.
fn groups() -> Vec<(&'static str, Vec<&'static Rule>)> {
    let mut groups: Vec<(&str, Vec<&Rule>)> = Vec::new();
    for &rule in RULES {
        match groups.iter_mut().find(|(name, _)| *name == rule.group) {
            Some((_, rules)) => rules.push(rule),
            None => groups.push((rule.group, vec![rule])),
        }
    }
    groups
}

//! `ep-bot explain`: what a rule wants, and why.

use std::fmt::Write as _;

use anyhow::bail;
use clap::Args;

use crate::review::{Ladder, Policy, RULES, Rule};

use super::{PASS, print};

/// Say what a rule wants, and why; without a name, list all rules.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule's name, as `prr-unanswered`
    rule: Option<String>,
    /// Write the list of all rules as the Markdown table of the documentation
    #[arg(long, conflicts_with = "rule")]
    markdown: bool,
}

pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<u8> {
    let policy = Policy::default();
    let text = match &args.rule {
        None if args.markdown => table(&policy),
        None => list(),
        Some(name) => match Rule::find(name) {
            Some(rule) => page(rule, &policy),
            None => match Rule::nearest(name) {
                Some(near) => bail!("no rule is called `{name}`; did you mean `{}`?", near.name),
                None => bail!("no rule is called `{name}`; `ep-bot explain` lists them all"),
            },
        },
    };
    print(&text)?;
    Ok(PASS)
}

fn list() -> String {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    let mut group = "";
    for rule in RULES {
        if rule.group != group {
            let gap = if group.is_empty() { "" } else { "\n" };
            group = rule.group;
            let _ = writeln!(out, "{gap}{group}");
        }
        let _ = writeln!(out, "  {:width$}  {}", rule.name, rule.short);
    }
    out.push_str("\n`ep-bot explain RULE` says more about one.\n");
    out
}

fn page(rule: &Rule, policy: &Policy) -> String {
    let mut out = format!("{}: {}\n\n{}\n\n", rule.name, rule.short, rule.long);
    let indent =
        |text: &str| text.lines().flat_map(|line| ["    ", line, "\n"]).collect::<String>();
    let _ = writeln!(
        out,
        "Not enough:\n\n{}\nEnough:\n\n{}",
        indent(rule.example.bad),
        indent(rule.example.good)
    );
    let levels = policy.rule(rule);
    if levels.is_off() {
        out.push_str("Level: that of the section, as the policy's requirement matrix says.\n");
    } else {
        out.push_str("Level by status:\n\n");
        for (status, name) in policy.ladder.names().enumerate() {
            let _ = writeln!(out, "    {name:14} {}", levels.at(status).as_str());
        }
    }
    out
}

/// The rules as a Markdown table: `E` blocks, `W` warns, `–` is not run.
pub(super) fn table(policy: &Policy) -> String {
    let Ladder { statuses } = &policy.ladder;
    let mut out = String::from("| rule | finds that |");
    for status in statuses {
        let _ = write!(out, " {} |", status.name);
    }
    out.push_str("\n| --- | --- |");
    out.push_str(&" --- |".repeat(statuses.len()));
    out.push('\n');
    for rule in RULES {
        let _ = write!(out, "| `{}` | {} |", rule.name, rule.short);
        let levels = policy.rule(rule);
        for status in 0..statuses.len() {
            let cell = match levels.at(status) {
                _ if levels.is_off() => "*",
                crate::review::Level::Note => "N",
                crate::review::Level::Off => "–",
                crate::review::Level::Warning => "W",
                crate::review::Level::Error => "E",
            };
            let _ = write!(out, " {cell} |");
        }
        out.push('\n');
    }
    out.push_str("\nE blocks the merge, W is shown, – is not run, * is the level of the section in question.\n");
    out
}

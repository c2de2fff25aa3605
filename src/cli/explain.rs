//! `ep-bot explain`: what a rule wants, and why.

use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

use crate::report::{self, Style};
use crate::review::{Policy, RULES, Rule};

use super::{PASS, print};

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, in 80 columns
    Text,
    /// As the documentation has it; without a rule, the table of all
    Markdown,
}

/// Say what a rule wants, and why; without a name, list all rules.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule's name, as `prr-unanswered`
    rule: Option<String>,
    /// How the page is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write the page of every rule, and an index, as Markdown files into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["rule", "format"])]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<u8> {
    let policy = Policy::default();
    if let Some(folder) = &args.out {
        print(&write_all(folder, &policy)?)?;
        return Ok(PASS);
    }
    let rule = args.rule.as_deref().map(find).transpose()?;
    let style = if std::io::stdout().is_terminal() { Style::Color } else { Style::Plain };
    let text = match (rule, args.format) {
        (Some(rule), Format::Text) => report::rule_page(rule, &policy, style),
        (Some(rule), Format::Markdown) => report::rule_markdown(rule, &policy),
        (None, Format::Text) => report::rule_list(),
        (None, Format::Markdown) => report::rule_table(&policy),
    };
    print(&text)?;
    Ok(PASS)
}

fn find(name: &str) -> anyhow::Result<&'static Rule> {
    match (Rule::find(name), Rule::nearest(name)) {
        (Some(rule), _) => Ok(rule),
        (None, Some(near)) => bail!("no rule is called `{name}`; did you mean `{}`?", near.name),
        (None, None) => bail!("no rule is called `{name}`; `ep-bot explain` lists them all"),
    }
}

/// Writes all pages; says what was written.
fn write_all(folder: &Path, policy: &Policy) -> anyhow::Result<String> {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| path.display().to_string())
    };
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for rule in RULES {
        write(&format!("{}.md", rule.name), report::rule_markdown(rule, policy))?;
    }
    write("README.md", report::rule_index(policy))?;
    Ok(format!("{}: {} pages and an index\n", folder.display(), RULES.len()))
}

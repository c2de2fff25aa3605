//! `ep-bot schema`: the policy file's JSON schema, and its settings as documentation.

use std::fmt::Write as _;

use clap::Args;

use crate::review::policy::{SETTINGS, Setting, schema};

use super::{PASS, print};

/// Print the JSON schema of the policy file, `.github/ep-bot.yml`.
///
/// Editors that read YAML schemas complete and check the file with it.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Write the settings as the Markdown of the documentation instead
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(args: &SchemaArgs) -> anyhow::Result<u8> {
    let text =
        if args.markdown { markdown() } else { serde_json::to_string_pretty(&schema())? + "\n" };
    print(&text)?;
    Ok(PASS)
}

/// A heading for each setting, and a table of those below it.
fn markdown() -> String {
    let mut out = String::new();
    for setting in Setting::below("") {
        let Setting { key, title, takes, meaning, default, example, .. } = setting;
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}### `{key}`: {}\n\n{meaning}\n", lower(title));
        let _ = writeln!(out, "- Takes {takes}.");
        if !default.is_empty() {
            let _ = writeln!(out, "- Without it: `{default}`");
        }
        let _ = writeln!(out, "- For example: `{key}: {example}`");
        table(key, &mut out);
    }
    out
}

fn table(top: &str, out: &mut String) {
    let inner: Vec<&Setting> = SETTINGS.iter().filter(|setting| is_below(setting, top)).collect();
    if inner.is_empty() {
        return;
    }
    out.push_str(
        "\n| setting | means | takes | without it | for example |\n| --- | --- | --- | --- | --- |\n",
    );
    for setting in inner {
        let Setting { key, meaning, takes, default, example, .. } = setting;
        let default = if default.is_empty() { "–".to_owned() } else { format!("`{default}`") };
        let _ = writeln!(out, "| `{key}` | {meaning} | {takes} | {default} | `{example}` |");
    }
}

fn is_below(setting: &Setting, top: &str) -> bool {
    setting.key.strip_prefix(top).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// A title as the second half of a heading.
fn lower(title: &str) -> String {
    let mut chars = title.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + chars.as_str())
}

//! The policy file: where it lies, where it came from, and what may be an EP while it is broken.

use std::fmt;

use serde_json::Value;

use crate::proposal::Source;
use crate::review::policy::{self, DEFAULT_PATHS, Globs, Policy, Problem};

use super::RuleFinding;

/// How much of a commit's name is its short form.
const SHORT_SHA: usize = 7;

/// Where a file of rules comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The repository itself.
    Here {
        /// The commit at which it was read.
        commit: String,
    },
    /// The repository in which its owner keeps what holds for all of them.
    Owner {
        /// Its full name, `OWNER/.github`.
        repository: String,
        /// The commit at which it was read.
        commit: String,
    },
}

impl Origin {
    /// The other repository that it comes from.
    pub fn repository(&self) -> Option<&str> {
        match self {
            Self::Here { .. } => None,
            Self::Owner { repository, .. } => Some(repository),
        }
    }
}

impl fmt::Display for Origin {
    /// What stands behind the file's name: `at 1234567`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |commit: &str| commit.get(..SHORT_SHA).unwrap_or(commit).to_owned();
        match self {
            Self::Here { commit } => write!(f, "at {}", short(commit)),
            Self::Owner { repository, commit } => {
                write!(f, "of {repository} at {}", short(commit))
            }
        }
    }
}

/// Reads a policy file's bytes.
///
/// # Errors
/// What is wrong with it, in the order of its lines.
pub fn read_policy(bytes: &[u8]) -> Result<Policy, Vec<Problem>> {
    match Source::decode(bytes) {
        Ok(text) => policy::load(text.trim_start_matches('\u{feff}')),
        Err(unreadable) => Err(vec![Problem {
            line: unreadable.line(),
            column: 1,
            message: format!("The policy cannot be read: {unreadable}."),
            help: "Save it as UTF-8, with at most 1 MiB.".to_owned(),
        }]),
    }
}

/// What is wrong with a policy file that is known to be too large, without its bytes.
pub fn too_large_policy(bytes: usize) -> Vec<Problem> {
    vec![Problem {
        line: 1,
        column: 1,
        message: format!("The policy has {bytes} bytes: it is not read."),
        help: "A policy is a short list of settings, with at most 1 MiB.".to_owned(),
    }]
}

/// Problems of a policy as findings, with their columns.
pub fn policy_findings(problems: &[Problem]) -> Vec<RuleFinding> {
    let findings = policy::problems(problems).into_iter().zip(problems);
    findings
        .map(|(finding, problem)| RuleFinding { finding, column: Some(problem.column) })
        .collect()
}

/// Which paths may be those of EPs, as long as the policy that would say so is broken. Rather too many: a check that
/// passes on an unread EP is worse than one that fails on a picture beside it.
#[derive(Debug, Clone)]
pub struct Suspects {
    globs: Globs,
    /// Whether the policy names paths that cannot be read.
    anything: bool,
}

impl Suspects {
    /// Those of a broken policy; `None` where it is no text.
    pub fn of(text: Option<&str>) -> Self {
        let named = match text {
            Some(text) => named_paths(text),
            None => Named::Unreadable,
        };
        let mut globs: Vec<String> = DEFAULT_PATHS.iter().map(|path| (*path).to_owned()).collect();
        if let Named::Globs(named) = &named {
            globs.extend(named.iter().cloned());
        }
        match Globs::new(globs) {
            Ok(globs) => Self { globs, anything: matches!(named, Named::Unreadable) },
            Err(_) => Self { globs: Globs::default(), anything: true },
        }
    }

    /// Whether a path may be that of an EP, or of what belongs to one.
    pub fn matches(&self, path: &str) -> bool {
        // Markdown, and the YAML file in which an EP's status may stand.
        let kind = path.rsplit_once('.').map_or("", |(_, kind)| kind).to_ascii_lowercase();
        let kind = matches!(kind.as_str(), "md" | "markdown" | "yml" | "yaml");
        let below = |root: String| match root.as_str() {
            "" => kind,
            root => path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')),
        };
        self.globs.matches(path)
            || (self.anything && kind)
            || self.globs.roots().into_iter().any(below)
    }
}

enum Named {
    /// The policy names no paths: the default ones hold.
    None,
    /// These.
    Globs(Vec<String>),
    /// Some that cannot be made out.
    Unreadable,
}

fn named_paths(text: &str) -> Named {
    let values: Option<serde_json::Map<String, Value>> = serde_saphyr::from_str(text).ok();
    let globs = match values {
        Some(values) => match values.get("paths") {
            None => return Named::None,
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(all)) => {
                all.iter().filter_map(|glob| glob.as_str().map(str::to_owned)).collect()
            }
            Some(_) => return Named::Unreadable,
        },
        None => match scan(text) {
            None => return Named::None,
            Some(globs) => globs,
        },
    };
    if globs.is_empty() { Named::Unreadable } else { Named::Globs(globs) }
}

/// The list below `paths:` in a text that is no YAML; `None` where nothing looks like it.
fn scan(text: &str) -> Option<Vec<String>> {
    let mut lines = text.lines();
    let first = lines.find_map(|line| {
        let key = line.trim_start().trim_start_matches(['"', '\'']);
        key.strip_prefix("paths").map(|rest| rest.trim_start_matches(['"', '\'', ' ', ':']))
    })?;
    let value = |text: &str| {
        let text = text.split(" #").next().unwrap_or_default();
        text.trim().trim_matches(['"', '\'', '[', ']', ',']).trim().to_owned()
    };
    let mut globs: Vec<String> = first.split(',').map(value).collect();
    for line in lines {
        let line = line.trim();
        match line.strip_prefix("- ") {
            Some(entry) => globs.push(value(entry)),
            None if line.is_empty() || line.starts_with('#') => {}
            None => break,
        }
    }
    globs.retain(|glob| !glob.is_empty() && !glob.starts_with('#'));
    Some(globs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspects(text: &str) -> impl Fn(&str) -> bool {
        let suspects = Suspects::of(Some(text));
        move |path| suspects.matches(path)
    }

    #[test]
    fn under_a_broken_policy_everything_in_the_folders_of_eps_may_be_one() {
        let may = suspects("paths: [\"designs/**/README.md\"]\nstatusses: {}\n");
        for path in ["eps/a.md", "designs/x/0001/README.md", "designs/x/0001/meta.yaml"] {
            assert!(may(path), "{path}");
        }
        for path in ["README.md", "designs.md", "src/main.rs"] {
            assert!(!may(path), "{path}");
        }
    }

    #[test]
    fn paths_are_made_out_also_in_what_is_no_yaml() {
        for text in [
            "paths:\n  - 'proposals/*.md' # ours\n\n  - \"designs/**/*.md\"\nrules: {{\n",
            "paths: [proposals/*.md, 'designs/**/*.md']\nrules: {{\n",
            "rules: {{\n\"paths\": [\n  - proposals/*.md\n  - designs/**/*.md\n",
        ] {
            let may = suspects(text);
            assert!(may("proposals/one.md") && may("designs/a/b.md") && may("eps/a.md"), "{text}");
            assert!(!may("README.md"), "{text}");
        }
    }

    #[test]
    fn where_the_paths_cannot_be_made_out_any_markdown_file_may_be_an_ep() {
        for text in ["paths: {}\n", "paths:\nrules: {{\n", "paths: ['a/[b']\n", "paths: 7\n"] {
            let may = suspects(text);
            assert!(may("anywhere/x.MD") && may("x.yaml") && !may("src/main.rs"), "{text}");
        }
        assert!(Suspects::of(None).matches("anywhere/x.md"));
        assert!(!suspects("rules: {{\n")("anywhere/x.md"), "it names no paths");
    }
}

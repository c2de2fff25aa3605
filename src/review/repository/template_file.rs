//! The repository's template: which file it is, and what is wrong with it.

use crate::proposal::Lines;
use crate::review::finding::Finding;
use crate::review::level::{Level, Levels};
use crate::review::policy::Policy;
use crate::review::rule::TEMPLATE_INVALID;
use crate::review::template;

/// Which template judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen<T> {
    /// The repository has none: that of ep-bot.
    BuiltIn,
    /// The repository's own.
    File {
        /// Its path.
        path: String,
        /// What was found there.
        file: T,
    },
    /// The policy names one that is not there; that of ep-bot stands in for it.
    Absent {
        /// Its path.
        path: String,
    },
}

impl<T> Chosen<T> {
    /// Whether it is the file at that path.
    pub fn is_at(&self, path: &str) -> bool {
        matches!(self, Self::File { path: own, .. } if own == path)
    }

    /// The file that was found.
    pub fn file(&self) -> Option<&T> {
        match self {
            Self::File { file, .. } => Some(file),
            Self::BuiltIn | Self::Absent { .. } => None,
        }
    }
}

/// The first that exists of the places where a policy looks for the template.
pub fn choose_template<T>(policy: &Policy, at: impl FnMut(&str) -> Option<T>) -> Chosen<T> {
    let mut at = at;
    let paths = policy.template_paths();
    let found = paths.into_iter().find_map(|path| {
        let file = at(&path)?;
        Some(Chosen::File { path, file })
    });
    found.unwrap_or_else(|| match &policy.template {
        Some(path) => Chosen::Absent { path: path.clone() },
        None => Chosen::BuiltIn,
    })
}

/// What is wrong with a template; `Err` holds the size in bytes of one that was too large to be read.
pub fn template_findings(
    path: &str,
    content: Result<&[u8], usize>,
    policy: &Policy,
) -> Vec<Finding> {
    match content {
        Ok(bytes) => template::review(path, bytes, policy).findings,
        Err(size) => finding(
            policy,
            1,
            format!("The template has {size} bytes: it is not read."),
            "A template has at most 1 MiB: what an EP does not have to carry belongs elsewhere.",
        )
        .into_iter()
        .collect(),
    }
}

/// What is wrong with a policy that names a template which is not there. The line is that of the policy.
pub fn absent_template(policy: &Policy, text: Option<&str>, path: &str) -> Option<Finding> {
    let line = text.into_iter().flat_map(str::lines).position(|line| {
        let key = line.trim_start_matches(['"', '\'']);
        key.strip_prefix("template").is_some_and(|rest| rest.contains(':'))
    });
    finding(
        policy,
        line.map_or(1, |line| line + 1),
        format!("The policy names the template `{path}`, and there is no such file."),
        "Add the file, or correct its path, which counts from the root of the repository. Until then EPs are held \
         against the built-in template.",
    )
}

fn finding(policy: &Policy, line: usize, message: String, help: &str) -> Option<Finding> {
    let levels = policy.set(&TEMPLATE_INVALID, Levels::all(Level::Error));
    Some(Finding {
        rule: &TEMPLATE_INVALID,
        severity: levels.at(0).severity()?,
        lines: Lines::at(line),
        section: Vec::new(),
        message,
        help: help.to_owned(),
        fix: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::policy::load;

    #[test]
    fn the_first_place_that_holds_a_file_gives_the_template() {
        let policy = Policy::default();
        let paths = policy.template_paths();
        let both = choose_template(&policy, |path| {
            [&paths[4], &paths[2]].contains(&&path.to_owned()).then_some(())
        });
        assert_eq!(both, Chosen::File { path: paths[2].clone(), file: () });
        assert_eq!(choose_template(&policy, |_| None::<()>), Chosen::BuiltIn);
        let named = load("template: docs/our.md\n").expect("a policy");
        let conventional = choose_template(&named, |path| (path == paths[0]).then_some(()));
        assert_eq!(conventional, Chosen::Absent { path: "docs/our.md".into() });
    }

    #[test]
    fn a_template_that_is_not_there_is_reported_where_the_policy_names_it() {
        let text = "paths: [eps/*.md]\ntemplate: docs/our.md\n";
        let policy = load(text).expect("a policy");
        let found = absent_template(&policy, Some(text), "docs/our.md");
        let found = found.map(|f| (f.lines.start, f.message));
        let message = "The policy names the template `docs/our.md`, and there is no such file.";
        assert_eq!(found, Some((2, message.to_owned())));
    }
}

//! The policy: which files are EPs, which ladder they climb, and what each status requires.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::proposal::{Shape, text, title};

use super::level::{Ladder, Levels};
use super::rule::Rule;

/// Where EPs are looked for, relative to the repository's root.
pub const DEFAULT_PATHS: &[&str] = &["eps/**/*.md", "enhancements/**/*.md", "docs/eps/**/*.md"];

/// What each section requires at each status: the requirement matrix, row by row. A path is that of the template.
/// The columns are the default ladder's: provisional, implementable, implemented, staged, completed, deferred,
/// rejected, withdrawn, replaced.
pub const SECTIONS: &[(&str, Levels)] = &[
    ("Summary", Levels::row("EEEEE W -- -")),
    ("Motivation > Business Case", Levels::row("WEEEE W -- -")),
    ("Motivation > Goals", Levels::row("EEEEE W -- -")),
    ("Motivation > Non-Goals", Levels::row("EEEEE W -- -")),
    ("Proposal", Levels::row("WEEEE - -- -")),
    ("Proposal > Architecture", Levels::row("WEEEE - -- -")),
    ("Proposal > User Stories", Levels::row("WEEEE - -- -")),
    ("Proposal > Risks and Mitigations", Levels::row("WEEEE - -- -")),
    ("Design Details", Levels::row("-EEEE - -- -")),
    ("Design Details > Test Plan", Levels::row("-EEEE - -- -")),
    ("Design Details > Test Plan > Prerequisite testing", Levels::row("-WEEE - -- -")),
    ("Design Details > Test Plan > Unit tests", Levels::row("-WEEE - -- -")),
    ("Design Details > Test Plan > Integration tests", Levels::row("-WEEE - -- -")),
    ("Design Details > Test Plan > e2e tests", Levels::row("-WEEE - -- -")),
    ("Design Details > Upgrade / Downgrade Strategy", Levels::row("-EEEE - -- -")),
    (
        "Production Readiness Review Questionnaire > Rollout, Upgrade and Rollback Planning",
        Levels::row("-WEEE - -- -"),
    ),
    (
        "Production Readiness Review Questionnaire > Monitoring Requirements",
        Levels::row("-WWEE - -- -"),
    ),
    ("Production Readiness Review Questionnaire > Dependencies", Levels::row("-WWEE - -- -")),
    ("Production Readiness Review Questionnaire > Scalability", Levels::row("-WWEE - -- -")),
    ("Production Readiness Review Questionnaire > Troubleshooting", Levels::row("-WWEE - -- -")),
    ("Implementation History", Levels::row("-WWEE W WW W")),
    ("Drawbacks", Levels::row("-WWWW - -- -")),
    ("Alternatives", Levels::row("-WWWW - -- -")),
];

/// A template's own section that the matrix does not name is required once the design is.
const UNNAMED_SECTION: Levels = Levels::row("-EEEE - -- -");

/// A question that the matrix does not name: those that reviewers, templates and authors add.
pub(crate) const ADDED_QUESTION: Levels = Levels::row("-WWEE - -- -");

/// What an organisation asks of its EPs.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The word before an EP's number.
    pub prefix: String,
    /// The statuses.
    pub ladder: Ladder,
    /// Where the questionnaire is.
    pub shape: Shape,
    /// Title of the status section, folded.
    pub status_section: String,
    /// Title of the section for tickets below it, folded.
    pub jira_section: String,
    /// Title of the section with the history, folded.
    pub history_section: String,
    /// Title of the section that shows a diagram, folded.
    pub diagram_section: String,
    paths: GlobSet,
    sections: Vec<(Vec<String>, Levels)>,
}

impl Default for Policy {
    fn default() -> Self {
        let mut globs = GlobSetBuilder::new();
        for glob in DEFAULT_PATHS.iter().filter_map(|p| {
            GlobBuilder::new(p).literal_separator(true).case_insensitive(true).build().ok()
        }) {
            globs.add(glob);
        }
        Self {
            prefix: "EP".to_owned(),
            ladder: Ladder::default(),
            shape: Shape::default(),
            status_section: "status".to_owned(),
            jira_section: "jira".to_owned(),
            history_section: "implementation history".to_owned(),
            diagram_section: "architecture".to_owned(),
            paths: globs.build().unwrap_or_else(|_| GlobSet::empty()),
            sections: SECTIONS.iter().map(|(path, levels)| (section_key(path), *levels)).collect(),
        }
    }
}

/// Folds a section's path as people write it: `Proposal > Architecture`.
fn section_key(path: &str) -> Vec<String> {
    path.split(" > ").map(text::fold_heading).collect()
}

impl Policy {
    /// Whether a path, relative to the repository's root, may be an EP.
    pub fn matches(&self, path: &str) -> bool {
        self.paths.is_match(path)
    }

    /// Whether a path is that of the template, which is no EP.
    pub fn is_template(&self, path: &str) -> bool {
        title::is_template_path(path, &self.prefix)
    }

    /// The levels of a rule that is not about one section.
    pub fn rule(&self, rule: &Rule) -> Levels {
        rule.levels
    }

    /// What the matrix requires of a section; `None` where it names none.
    pub fn section(&self, key: &[String]) -> Option<Levels> {
        self.sections.iter().find(|(path, _)| path == key).map(|(_, levels)| *levels)
    }

    /// What a template's section requires that the matrix does not name.
    pub fn unnamed_section(&self) -> Levels {
        UNNAMED_SECTION
    }

    /// What a question requires: the levels of the nearest part around it.
    pub fn question(&self, key: &[String]) -> Levels {
        (1..=key.len()).rev().find_map(|n| self.section(&key[..n])).unwrap_or(ADDED_QUESTION)
    }
}

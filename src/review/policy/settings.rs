//! The single settings of a policy, as values.

use jiff::civil::Date;

use crate::proposal::text;
use crate::review::level::{Level, Levels};
use crate::review::rule::Rule;

/// Folds a section's path as people write it: `Proposal > Architecture`.
pub fn section_key(path: &str) -> Vec<String> {
    path.split(" > ").map(text::fold_heading).collect()
}

/// Levels that a policy sets, each at one status by its index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LevelSetting(pub Vec<(usize, Level)>);

impl LevelSetting {
    /// `levels` with those that are set in their place.
    #[must_use]
    pub fn apply(&self, levels: Levels) -> Levels {
        self.0.iter().fold(levels, |levels, (status, level)| levels.with(*status, *level))
    }
}

/// Where an EP states its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusFrom {
    /// In the first visible text of a section: its title, folded.
    Section(String),
    /// In YAML front matter.
    FrontMatter(Keys),
    /// In a YAML file beside the EP.
    Sidecar {
        /// The file's name, as `meta.yaml`.
        file: String,
        /// Its keys.
        keys: Keys,
    },
}

impl Default for StatusFrom {
    fn default() -> Self {
        Self::Section("status".to_owned())
    }
}

/// The keys of a YAML text that state the status.
///
/// The ladder's value is looked up by status and stage together (`implementable beta`), then by the status,
/// then by the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// The key of the status.
    pub status: String,
    /// The key of a stage within the status, where there is one.
    pub stage: Option<String>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { status: "status".to_owned(), stage: None }
    }
}

/// Sections that rules of their own look at, by the folded end of their path. A template without such a section
/// has no such rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    /// Where tickets are linked.
    pub tickets: Vec<String>,
    /// Where the history stands.
    pub history: Vec<String>,
    /// Where a diagram stands.
    pub diagram: Vec<String>,
}

impl Default for Roles {
    fn default() -> Self {
        Self {
            tickets: section_key("Jira"),
            history: section_key("Implementation History"),
            diagram: section_key("Architecture"),
        }
    }
}

/// How the questionnaire is answered and approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prr {
    /// Who may approve; empty: anyone who can push.
    pub approvers: Vec<Approver>,
    /// How many approvals it takes.
    pub approvals: usize,
    /// Whether pending approvers are requested as reviewers, once.
    pub request_reviews: bool,
    /// Whether a bare N/A needs a reason.
    pub na_needs_reason: bool,
    /// Questions beyond the template's.
    pub questions: Vec<AddedQuestion>,
}

impl Default for Prr {
    fn default() -> Self {
        Self {
            approvers: Vec::new(),
            approvals: 1,
            request_reviews: false,
            na_needs_reason: false,
            questions: Vec::new(),
        }
    }
}

/// Who may approve a production readiness review.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Approver {
    /// A person, by login.
    User(String),
    /// The members of a team.
    Team {
        /// The organisation's login.
        org: String,
        /// The team's slug.
        team: String,
    },
}

/// A question that the policy asks beyond the template's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedQuestion {
    /// The question, as its heading in the EP.
    pub text: String,
    /// The part of the questionnaire in which it should stand, by title; anywhere in it otherwise.
    pub part: Option<String>,
    /// What it requires where that is not what added questions require.
    pub levels: LevelSetting,
}

/// A finding that is known and accepted for a longer time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The EP by number; any where none is named.
    pub number: Option<u64>,
    /// The rule.
    pub rule: &'static Rule,
    /// The section by its folded path or the end of it; any where none is named.
    pub section: Option<Vec<String>>,
    /// Why.
    pub because: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

/// What is said beside the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Comments {
    /// Review comments at the lines of the pull request.
    #[default]
    Inline,
    /// One comment with a summary.
    Summary,
    /// Nothing.
    Off,
}

/// How a check with errors concludes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Incomplete {
    /// `failure`.
    #[default]
    Failure,
    /// `action_required`.
    ActionRequired,
}

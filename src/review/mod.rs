//! What an EP must be: the rules, held against a [`crate::proposal::Proposal`].
//!
//! **Invariant:** no IO, no clock, no GitHub type. Everything that a review needs is an argument.

mod context;
mod finding;
mod level;
mod policy;
pub mod rule;
mod rules;

pub use finding::{Edit, Finding, Fix, Severity};
pub use level::{Kind, Ladder, Level, Levels};
pub use policy::{DEFAULT_PATHS, Policy, SECTIONS};
pub use rule::{RULES, Rule};

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::proposal::status::Stated;
use crate::proposal::{Lines, Outline, Source, Template, Unreadable, title};

use context::{Context, Gap};

/// Whether an EP may be merged as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing blocks.
    Pass,
    /// At least one finding is an error.
    Fail,
}

/// How much of something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Count {
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub total: usize,
}

/// How far an EP has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Progress {
    /// Required sections that are filled.
    pub sections: Count,
    /// Questions of the production readiness review that are answered.
    pub questions: Count,
    /// Checklist items that are ticked, or not applicable with a reason.
    pub checklist: Count,
}

/// The status that comes next, and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStatus {
    /// Its name, as `staged`.
    pub status: String,
    /// Findings that would be errors there; in the order of the report.
    pub blockers: Vec<Finding>,
}

/// What the review of one EP found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The path as it was given.
    pub path: String,
    /// The EP's number, by its title, else by its path.
    pub number: Option<u64>,
    /// The title without `EP-NNNN: `.
    pub title: Option<String>,
    /// The status that the EP states, when it is one of the ladder's.
    pub status: Option<String>,
    /// The status at the merge base.
    pub base_status: Option<String>,
    /// Done of total.
    pub progress: Progress,
    /// The next status of the ladder and what blocks it; `None` at the end of the ladder or off it.
    pub next: Option<NextStatus>,
    /// All findings, sorted by line, then rule.
    pub findings: Vec<Finding>,
}

impl Review {
    /// Pass, unless a finding is an error.
    pub fn verdict(&self) -> Verdict {
        if self.count(Severity::Error) == 0 { Verdict::Pass } else { Verdict::Fail }
    }

    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|f| f.severity == severity).count()
    }
}

/// One EP as a pull request or a laptop holds it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its path: relative to the repository's root, or as it was given.
    pub path: &'a str,
    /// Its bytes at head.
    pub head: &'a [u8],
    /// The same EP at the merge base; `None` for a new one.
    pub base: Option<Base<'a>>,
}

/// An EP at the merge base.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// Its path there.
    pub path: &'a str,
    /// Its bytes there.
    pub bytes: &'a [u8],
}

/// What EPs are held against.
#[derive(Debug, Clone, Copy)]
pub struct Rulebook<'a> {
    /// The headings, questions and items.
    pub template: &'a Template,
    /// What each status requires of them.
    pub policy: &'a Policy,
    /// Judge as if the EP had this status; its own otherwise.
    pub judge_as: Option<&'a str>,
}

/// Whether a path, relative to the repository's root, may be that of an EP.
pub fn is_candidate_path(policy: &Policy, path: &str) -> bool {
    policy.matches(path)
}

/// Whether a Markdown file is an EP: its path carries a number, or its H1 an `EP-NNNN`. Index pages and the
/// template are none.
pub fn is_proposal(policy: &Policy, path: &str, bytes: &[u8]) -> bool {
    if policy.is_template(path) {
        return false;
    }
    title::path_number(path, &policy.prefix).is_some() || heading_number(policy, bytes).is_some()
}

/// The number in the first H1, without a whole parse where there is plainly none.
fn heading_number(policy: &Policy, bytes: &[u8]) -> Option<u64> {
    let text = Source::decode(bytes).ok()?;
    if !text.to_ascii_uppercase().contains(&policy.prefix.to_ascii_uppercase()) {
        return None;
    }
    let outline = Outline::parse(text);
    title::read(&outline.sections[outline.title()?].title, &policy.prefix).number
}

/// Holds an EP against the rules. Never fails: what cannot be read is a finding.
pub fn review(candidate: &Candidate<'_>, rulebook: &Rulebook<'_>) -> Review {
    let policy = rulebook.policy;
    let base_status = candidate.base.and_then(|base| {
        let outline = Outline::parse(Source::decode(base.bytes).ok()?);
        stated_status(base.path, &outline, rulebook)
    });
    let text = match Source::decode(candidate.head) {
        Ok(text) => text,
        Err(unreadable) => {
            return Review { base_status, ..self::unreadable(candidate.path, policy, &unreadable) };
        }
    };
    let outline = Outline::parse(text);
    let cx = Context::new(candidate.path, &outline, rulebook.template, policy);
    let status = match rules::stated(&cx) {
        Stated::One { value, .. } => Some(value),
        _ => None,
    };
    let judged = rulebook
        .judge_as
        .or(status.as_deref())
        .and_then(|name| policy.ladder.index(name))
        .unwrap_or(0);
    let (gaps, progress) = if policy.is_template(candidate.path) {
        (Vec::new(), Progress::default())
    } else {
        rules::gaps(&cx, policy.ladder.name(judged))
    };
    let known = status.is_some() || rulebook.judge_as.is_some();
    let next = policy.ladder.next(judged).filter(|_| known).map(|next| NextStatus {
        status: policy.ladder.name(next).to_owned(),
        blockers: judge(&gaps, policy, next)
            .into_iter()
            .filter(|f| f.severity == Severity::Error)
            .collect(),
    });
    let heading =
        outline.title().map(|id| title::read(&outline.sections[id].title, &policy.prefix));
    Review {
        path: candidate.path.to_owned(),
        number: heading
            .as_ref()
            .and_then(|h| h.number)
            .filter(|number| *number > 0)
            .or_else(|| title::path_number(candidate.path, &policy.prefix)),
        title: heading.map(|h| h.text).filter(|t| !t.is_empty()),
        status,
        base_status,
        progress,
        next,
        findings: judge(&gaps, policy, judged),
    }
}

/// The review of a file that is known to be too large, without its bytes.
pub fn too_large(path: &str, bytes: usize, policy: &Policy) -> Review {
    unreadable(path, policy, &Unreadable::TooLarge { bytes })
}

fn stated_status(path: &str, outline: &Outline<'_>, rulebook: &Rulebook<'_>) -> Option<String> {
    match rules::stated(&Context::new(path, outline, rulebook.template, rulebook.policy)) {
        Stated::One { value, .. } => Some(value),
        _ => None,
    }
}

fn unreadable(path: &str, policy: &Policy, reason: &Unreadable) -> Review {
    let help = match reason {
        Unreadable::TooLarge { .. } => {
            "Move appendices, logs and generated parts into files of their own and link them."
        }
        Unreadable::NotUtf8 { .. } => "Save the file as UTF-8.",
    };
    Review {
        path: path.to_owned(),
        number: title::path_number(path, &policy.prefix),
        title: None,
        status: None,
        base_status: None,
        progress: Progress::default(),
        next: None,
        findings: vec![Finding {
            rule: &rule::FILE_UNREADABLE,
            severity: Severity::Error,
            lines: Lines::at(reason.line()),
            section: Vec::new(),
            message: format!("This EP cannot be read: {reason}."),
            help: help.to_owned(),
            fix: None,
        }],
    }
}

/// What the gaps weigh at one status, sorted as in every report.
fn judge(gaps: &[Gap], policy: &Policy, status: usize) -> Vec<Finding> {
    let mut findings: Vec<Finding> = gaps
        .iter()
        .filter_map(|gap| {
            Some(Finding {
                rule: gap.rule,
                severity: gap.levels.at(status).severity()?,
                lines: gap.lines,
                section: gap.section.clone(),
                message: format!("{}{}", gap.message, reason(gap, policy, status)),
                help: gap.help.clone(),
                fix: gap.fix.clone(),
            })
        })
        .collect();
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    cap(&mut findings);
    findings
}

/// How many findings of one rule and severity are listed for one EP. Whoever mends so many sees the rest next time;
/// a file made of nothing but placeholders would else cost thousands of requests.
pub const MAX_OF_A_RULE: usize = 100;

/// Drops what is above the cap; the last one that stays tells how many there are.
fn cap(findings: &mut Vec<Finding>) {
    let mut seen: HashMap<(&str, Severity), usize> = HashMap::new();
    for finding in findings.iter() {
        *seen.entry((finding.rule.name, finding.severity)).or_default() += 1;
    }
    seen.retain(|_, count| *count > MAX_OF_A_RULE);
    if seen.is_empty() {
        return;
    }
    let mut kept: HashMap<(&str, Severity), usize> = HashMap::new();
    findings.retain_mut(|finding| {
        let key = (finding.rule.name, finding.severity);
        let Some(total) = seen.get(&key) else { return true };
        let kept = kept.entry(key).or_default();
        *kept += 1;
        if *kept == MAX_OF_A_RULE {
            let more = total - MAX_OF_A_RULE;
            let _ = write!(
                finding.message,
                " {more} more of this kind follow below and are not listed."
            );
        }
        *kept <= MAX_OF_A_RULE
    });
}

/// Why at this status: from which step on it blocks. Nothing where it blocks from the first, or never.
fn reason(gap: &Gap, policy: &Policy, status: usize) -> String {
    let Some(from) = policy.ladder.required_from(&gap.levels) else { return String::new() };
    if gap.levels.at(0) == Level::Error {
        return String::new();
    }
    let separator = if gap.message.contains('\n') { '\n' } else { ' ' };
    if gap.levels.at(status) == Level::Error {
        format!("{separator}Required from `{from}`.")
    } else {
        format!("{separator}Not required yet, but from `{from}`.")
    }
}

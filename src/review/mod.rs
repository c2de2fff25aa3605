//! What an EP must be: the rules, held against its [`crate::proposal::Outline`].
//!
//! **Invariant:** no IO, no clock, no GitHub type. Everything that a review needs is an argument.

mod approval;
mod change;
mod context;
mod finding;
pub mod fix;
mod input;
mod judge;
mod level;
mod outcome;
pub mod policy;
pub mod repository;
pub mod rule;
mod rules;
mod stated;
mod template;
mod waiver;

pub use finding::{Edit, Finding, Fix, Severity};
pub use input::{
    Around, AskedQuestion, Base, Before, Candidate, Claim, CommentWaiver, Opinion, Rulebook, Tree,
    Voice, Word,
};
pub use judge::MAX_OF_A_RULE;
pub use level::{DEFAULT_STATUSES, Kind, Ladder, Level, Levels, MAX_STATUSES, Status};
pub use outcome::{Count, NextStatus, Progress, Review, Verdict};
pub use policy::{DEFAULT_PATHS, POLICY_PATH, Policy, SECTIONS, review as review_policy};
pub use rule::{RULES, Rule};
pub use rules::link_targets;
pub use template::{prepare as prepare_template, review as review_template};
pub use waiver::may_be_waived;

use crate::proposal::status::Stated;
use crate::proposal::{Asked, Lines, Outline, Source, Unreadable, title};

use change::{Earlier, Inherited};
use context::{Context, Gap};

/// Whether a path, relative to the repository's root, may be that of an EP.
pub fn is_candidate_path(policy: &Policy, path: &str) -> bool {
    policy.matches(path)
}

/// Whether a Markdown file is an EP: its path carries a number, or its H1 a name such as `EP-NNNN`. Index pages and
/// the template are none.
pub fn is_proposal(policy: &Policy, path: &str, bytes: &[u8]) -> bool {
    if policy.is_template(path) {
        return false;
    }
    title::path_number(path, policy.word()).is_some() || heading_number(policy, bytes).is_some()
}

/// The number in the first H1, without a whole parse where there is plainly none.
fn heading_number(policy: &Policy, bytes: &[u8]) -> Option<u64> {
    let text = Source::decode(bytes).ok()?;
    let word = policy.word();
    // Without a word, any heading that begins with a number would do: only paths tell then.
    if word.is_empty() || !text.to_ascii_uppercase().contains(&word.to_ascii_uppercase()) {
        return None;
    }
    let outline = Outline::parse(text);
    title::read(&outline.sections[outline.title()?].title, &policy.title).number
}

/// Holds an EP against the rules. Never fails: what cannot be read is a finding.
pub fn review(candidate: &Candidate<'_>, rulebook: &Rulebook<'_>) -> Review {
    let policy = rulebook.policy;
    if policy.is_template(candidate.path) {
        return template::review(candidate.path, candidate.head, policy);
    }
    let asked = rulebook.around.asked.unwrap_or_default();
    let template = template::with_asked(rulebook.template, policy, asked);
    hold(candidate, &Rulebook { template: &template, ..*rulebook })
}

/// Holds an EP against a template that asks all its questions.
fn hold(candidate: &Candidate<'_>, rulebook: &Rulebook<'_>) -> Review {
    let policy = rulebook.policy;
    let base = match candidate.before {
        Before::At(base) => {
            Source::decode(base.bytes).ok().map(|text| (base, outline(text, rulebook)))
        }

        Before::New | Before::Unknown => None,
    };
    let before = base
        .as_ref()
        .map(|(base, outline)| Context::new(base.path, outline, base.sidecar, rulebook));
    let base_status = before.as_ref().and_then(status_of);
    let text = match Source::decode(candidate.head) {
        Ok(text) => text,
        Err(unreadable) => {
            return Review { base_status, ..self::unreadable(candidate.path, policy, &unreadable) };
        }
    };
    let outline = outline(text, rulebook);
    let mut cx = Context::new(candidate.path, &outline, candidate.sidecar, rulebook);
    if let Before::At(base) = candidate.before {
        cx.former = base.path;
    }
    let cx = cx;
    let (status, line) = match stated::stated(&cx) {
        Stated::One { value, line } => (Some(value), Some(line)),
        _ => (None, None),
    };
    let index = |name: Option<&str>| name.and_then(|name| policy.ladder.index(name));
    let judged = index(rulebook.judge_as.or(status.as_deref())).unwrap_or(0);
    let (mut gaps, progress) = rules::gaps(&cx, policy.ladder.name(judged));
    if let (Some(status), Some(line)) = (index(status.as_deref()), line) {
        let earlier = before.as_ref().map(|before| (before, index(base_status.as_deref())));
        if !matches!(candidate.before, Before::Unknown) {
            change::transition(&cx, earlier, status, Lines::at(line), &mut gaps);
        }
    }
    let approvals =
        candidate.opinions.and_then(|opinions| approval::check(&cx, opinions, &mut gaps));
    template::forgive(&cx, &mut gaps);
    let history = before.as_ref().map(|before| {
        let status = index(base_status.as_deref()).unwrap_or(0);
        (before, status, rules::gaps(before, policy.ladder.name(status)).0)
    });
    let findings_at = |status: usize| {
        let earlier = history
            .as_ref()
            .filter(|(_, before, _)| change::was_past(&cx, *before, status))
            .map(|(cx, _, gaps)| Earlier { cx, gaps });
        findings(&cx, &gaps, rulebook, earlier.as_ref(), status)
    };
    let known = status.is_some() || rulebook.judge_as.is_some();
    let next = policy.ladder.next(judged).filter(|_| known).map(|next| NextStatus {
        status: policy.ladder.name(next).to_owned(),
        blockers: findings_at(next).into_iter().filter(|f| f.severity == Severity::Error).collect(),
    });
    let heading = outline.title().map(|id| title::read(&outline.sections[id].title, &policy.title));
    let number = heading
        .as_ref()
        .and_then(|h| h.number)
        .filter(|number| *number > 0)
        .or_else(|| title::path_number(candidate.path, policy.word()));
    Review {
        path: candidate.path.to_owned(),
        number,
        name: number.map(|number| policy.title.name(number)),
        title: heading.map(|h| h.text).filter(|t| !t.is_empty()),
        findings: findings_at(judged),
        kind: index(status.as_deref()).and_then(|status| policy.ladder.kind(status)),
        status,
        base_status,
        progress,
        approvals,
        next,
    }
}

/// An EP's outline, with the template's questions also where they stand as bold list items.
fn outline<'a>(text: &'a str, rulebook: &Rulebook<'_>) -> Outline<'a> {
    Outline::parse_asked(text, Asked::of(rulebook.template))
}

/// What the gaps weigh at one status, sorted as in every report.
fn findings(
    cx: &Context<'_>,
    gaps: &[Gap],
    rulebook: &Rulebook<'_>,
    earlier: Option<&Earlier<'_, '_>>,
    status: usize,
) -> Vec<Finding> {
    let mut inherited = earlier.map(|earlier| Inherited::new(cx, earlier));
    let mut findings = Vec::with_capacity(gaps.len());
    for gap in gaps {
        let Some(mut finding) = judge::judge_one(gap, cx.policy, status) else { continue };
        if finding.severity == Severity::Error
            && inherited.as_mut().is_some_and(|inherited| inherited.has(gap))
        {
            finding.severity = Severity::Warning;
            let note = "It was so before, and this change does not touch it: it does not block.";
            finding.message.push_str(&judge::and_also(&gap.message, note));
        }
        findings.push(finding);
    }
    waiver::apply(cx, rulebook.today, &mut findings);
    judge::in_order(findings)
}

/// The review of a file that is known to be too large, without its bytes.
pub fn too_large(path: &str, bytes: usize, policy: &Policy) -> Review {
    unreadable(path, policy, &Unreadable::TooLarge { bytes })
}

fn status_of(cx: &Context<'_>) -> Option<String> {
    match stated::stated(cx) {
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
    let number = title::path_number(path, policy.word());
    Review {
        path: path.to_owned(),
        number,
        name: number.map(|number| policy.title.name(number)),
        title: None,
        status: None,
        kind: None,
        base_status: None,
        progress: Progress::default(),
        approvals: None,
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

//! From gaps with levels to findings at one status.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::context::Gap;
use super::finding::{Finding, Severity};
use super::level::Level;
use super::policy::Policy;

/// How many findings of one rule and severity are listed for one EP. Whoever mends so many sees the rest next time;
/// a file made of nothing but placeholders would else cost thousands of requests.
pub const MAX_OF_A_RULE: usize = 100;

/// A gap's weight at one status; `None` where it is not run.
pub(super) fn judge_one(gap: &Gap, policy: &Policy, status: usize) -> Option<Finding> {
    Some(Finding {
        rule: gap.rule,
        severity: gap.levels.at(status).severity()?,
        lines: gap.lines,
        section: gap.section.clone(),
        message: format!("{}{}", gap.message, reason(gap, policy, status)),
        help: gap.help.clone(),
        fix: gap.fix.clone(),
    })
}

/// Sorts findings as in every report, and drops what is above the cap; the last one that stays tells how many
/// there are.
pub(super) fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    cap(&mut findings);
    findings
}

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
    let first = policy.ladder.steps().next().unwrap_or(0);
    if gap.levels.at(first) == Level::Error {
        return String::new();
    }
    let text = if gap.levels.at(status) == Level::Error {
        format!("Required from `{from}`.")
    } else {
        format!("Not required yet, but from `{from}`.")
    };
    and_also(&gap.message, &text)
}

/// A further sentence behind a message: on a line of its own where the message ends in a list.
pub(super) fn and_also(message: &str, sentence: &str) -> String {
    let separator = if message.contains('\n') { '\n' } else { ' ' };
    format!("{separator}{sentence}")
}

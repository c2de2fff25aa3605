//! A policy file as something that is reviewed.

use crate::proposal::Lines;
use crate::review::finding::{Finding, Severity};
use crate::review::outcome::Review;
use crate::review::rule::POLICY_INVALID;

use super::{Problem, load};

/// Holds a policy file against what a policy is: each problem is an error at its line.
pub fn review(path: &str, text: &str) -> Review {
    let findings = load(text).err().map(|found| problems(&found)).unwrap_or_default();
    Review::of_file(path, None, findings)
}

/// Problems of a policy as findings.
pub fn problems(problems: &[Problem]) -> Vec<Finding> {
    let finding = |problem: &Problem| Finding {
        rule: &POLICY_INVALID,
        severity: Severity::Error,
        lines: Lines::at(problem.line),
        section: Vec::new(),
        message: problem.message.clone(),
        help: problem.help.clone(),
        fix: None,
    };
    problems.iter().map(finding).collect()
}

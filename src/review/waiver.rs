//! Findings that are known and accepted: they stay in every report, as notes with their reason.

use jiff::civil::Date;

use crate::proposal::text;

use super::context::Context;
use super::finding::{Finding, Severity};
use super::input::CommentWaiver;
use super::judge::and_also;
use super::outcome::Review;
use super::policy::Waiver;
use super::rule::{Relief, Rule};

/// Whether findings of a rule can be waived, on a pull request or in the policy. What cannot be read cannot be accepted
/// either.
pub fn may_be_waived(rule: &Rule) -> bool {
    rule.relief == Relief::LevelOrWaiver
}

impl CommentWaiver {
    /// Whether a review has a finding that this waives.
    pub fn is_used_in(&self, review: &Review) -> bool {
        review.findings.iter().any(|finding| is_waived_here(self, finding))
    }

    /// The section that it names, as the EPs write it where one of them has what it waives.
    pub fn section_in(&self, reviews: &[Review]) -> Option<String> {
        let named = self.section.as_deref()?;
        let mut findings = reviews.iter().flat_map(|review| &review.findings);
        let waived = findings.find(|finding| is_waived_here(self, finding));
        let written = waived.and_then(|finding| {
            finding.section.get(finding.section.len().checked_sub(named.len())?..)
        });
        Some(written.unwrap_or(named).join(" > "))
    }
}

/// Turns waived findings into notes. A waiver that has ended changes nothing, and the finding says so.
pub(super) fn apply(cx: &Context<'_>, today: Option<Date>, findings: &mut [Finding]) {
    if cx.policy.waivers.is_empty() && cx.around.waivers.is_empty() {
        return;
    }
    let own = cx.number();
    for finding in findings.iter_mut().filter(|finding| finding.severity != Severity::Note) {
        let fits = |waiver: &&Waiver| concerns(waiver, own, finding);
        let mut waivers: Vec<&Waiver> = cx.policy.waivers.iter().filter(fits).collect();
        // Of several, the one that holds longest.
        waivers.sort_by_key(|waiver| waiver.until.unwrap_or(Date::MAX));
        let lasting = waivers.last().map(|waiver| {
            let ended = waiver.until.zip(today).is_some_and(|(until, today)| today > until);
            (ended, in_policy(waiver, ended))
        });
        let here = || cx.around.waivers.iter().find(|waiver| is_waived_here(waiver, finding));
        let (ended, note) = match lasting {
            Some((false, note)) => (false, note),
            ended => match here() {
                Some(waiver) => (false, on_pull_request(waiver)),
                None => match ended {
                    Some(ended) => ended,
                    None => continue,
                },
            },
        };
        if !ended {
            finding.severity = Severity::Note;
        }
        let note = and_also(&finding.message, &note);
        finding.message.push_str(&note);
    }
}

fn in_policy(waiver: &Waiver, ended: bool) -> String {
    let because = reason(&waiver.because);
    match (ended, waiver.until) {
        (true, Some(until)) => format!("A waiver in the policy ended on {until}."),
        (_, Some(until)) => format!("Waived in the policy until {until}, because {because}."),
        (_, None) => format!("Waived in the policy, because {because}."),
    }
}

fn on_pull_request(waiver: &CommentWaiver) -> String {
    let because = reason(&waiver.because);
    format!("Waived by `{}` on this pull request, because {because}.", waiver.by.replace('`', ""))
}

fn reason(because: &str) -> String {
    let because = text::fold_space(because.trim().trim_end_matches('.'));
    // A mark that opens code and does not close it would swallow what follows.
    if because.matches('`').count().is_multiple_of(2) { because } else { because.replace('`', "'") }
}

fn concerns(waiver: &Waiver, own: Option<u64>, finding: &Finding) -> bool {
    waiver.rule.is(finding.rule)
        && waiver.number.is_none_or(|number| Some(number) == own)
        && is_about(waiver.section.as_deref(), finding)
}

fn is_waived_here(waiver: &CommentWaiver, finding: &Finding) -> bool {
    may_be_waived(finding.rule)
        && waiver.rule.is(finding.rule)
        && is_about(waiver.section.as_deref(), finding)
}

fn is_about(section: Option<&[String]>, finding: &Finding) -> bool {
    section.is_none_or(|wanted| {
        let path: Vec<String> = finding.section.iter().map(|t| text::fold_heading(t)).collect();
        path.ends_with(wanted)
    })
}

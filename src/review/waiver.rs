//! Findings that are known and accepted: they stay in every report, as notes with their reason.

use jiff::civil::Date;

use crate::proposal::text;

use super::context::Context;
use super::finding::{Finding, Severity};
use super::judge::and_also;
use super::policy::Waiver;

/// Turns waived findings into notes. A waiver that has ended changes nothing, and the finding says so.
pub(super) fn apply(cx: &Context<'_>, today: Option<Date>, findings: &mut [Finding]) {
    if cx.policy.waivers.is_empty() {
        return;
    }
    let own = cx.number();
    for finding in findings.iter_mut().filter(|finding| finding.severity != Severity::Note) {
        let fits = |waiver: &&Waiver| concerns(waiver, own, finding);
        let mut waivers: Vec<&Waiver> = cx.policy.waivers.iter().filter(fits).collect();
        // Of several, the one that holds longest.
        waivers.sort_by_key(|waiver| waiver.until.unwrap_or(Date::MAX));
        let Some(waiver) = waivers.last() else { continue };
        let ended = waiver.until.zip(today).is_some_and(|(until, today)| today > until);
        let note = match (ended, waiver.until) {
            (true, Some(until)) => format!("A waiver in the policy ended on {until}."),
            (_, Some(until)) => {
                format!("Waived in the policy until {until}, because {}.", reason(waiver))
            }
            (_, None) => format!("Waived in the policy, because {}.", reason(waiver)),
        };
        if !ended {
            finding.severity = Severity::Note;
        }
        let note = and_also(&finding.message, &note);
        finding.message.push_str(&note);
    }
}

fn reason(waiver: &Waiver) -> String {
    text::fold_space(waiver.because.trim_end_matches('.'))
}

fn concerns(waiver: &Waiver, own: Option<u64>, finding: &Finding) -> bool {
    waiver.rule.is(finding.rule)
        && waiver.number.is_none_or(|number| Some(number) == own)
        && waiver.section.as_ref().is_none_or(|wanted| {
            let path: Vec<String> = finding.section.iter().map(|t| text::fold_heading(t)).collect();
            path.ends_with(wanted)
        })
}

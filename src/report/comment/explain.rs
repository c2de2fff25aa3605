//! What the rules behind what blocks ask for: the answer to the check's button "Explain".
//!
//! The check says what is missing and where. Whoever presses the button wants to know why anybody asks, how it looks
//! when it is right, and whether there is a way around: so each rule is told once, however often it blocks.

use std::fmt::Write as _;

use crate::report::check_run::ep_name;
use crate::report::markdown::{code, fenced};
use crate::report::plain;
use crate::review::rule::Relief;
use crate::review::{Finding, Review, Rule, Severity};

use super::{Kind, MAX_BODY, marker};

/// So many places of one rule are named.
const MAX_PLACES: usize = 10;

/// The answer; `check_run` is GitHub's number of the check run whose button was pressed. `blocks`: the check does not
/// pass, perhaps for what is no finding of an EP.
pub fn explain(check_run: u64, reviews: &[Review], blocks: bool) -> String {
    let mut rules: Vec<(&'static Rule, Vec<(&Review, &Finding)>)> = Vec::new();
    let blocking = reviews.iter().flat_map(|review| {
        let errors = review.findings.iter().filter(|f| f.severity == Severity::Error);
        errors.map(move |finding| (review, finding))
    });
    for (review, finding) in blocking {
        match rules.iter_mut().find(|(rule, _)| rule.is(finding.rule)) {
            Some((_, places)) => places.push((review, finding)),
            None => rules.push((finding.rule, vec![(review, finding)])),
        }
    }
    let mark = marker(Kind::Explain, check_run);
    if rules.is_empty() && blocks {
        return format!(
            "**What blocks here is no rule about an EP**, but the policy, the template or the size of this pull request. \
             The check says first what it is, and what to do.\n\n{mark}"
        );
    }
    if rules.is_empty() {
        return format!("**Nothing blocks here**, so there is nothing to explain.\n\n{mark}");
    }
    rules.sort_by_key(|(_, places)| std::cmp::Reverse(places.len()));
    let mut out = match rules.len() {
        1 => "**One rule blocks.** This is what it asks for, and why.\n\n".to_owned(),
        n => format!(
            "**{n} rules block.** This is what they ask for, and why; the one that finds most comes first.\n\n"
        ),
    };
    for (told, (rule, places)) in rules.iter().enumerate() {
        let part = told_once(rule, places);
        if out.len() + part.len() > MAX_BODY {
            let _ = write!(
                out,
                "…and {} more rules: `ep-bot explain` tells each.\n\n",
                rules.len() - told
            );
            break;
        }
        out.push_str(&part);
    }
    out + &mark
}

/// One rule. Its texts are ours, and Markdown.
fn told_once(rule: &Rule, places: &[(&Review, &Finding)]) -> String {
    let mut out = format!("### `{}`: {}\n\n", rule.name, rule.short);
    let mut named = lines(&places[..places.len().min(MAX_PLACES)]);
    let more = places.len().saturating_sub(MAX_PLACES);
    if more > 0 {
        named.push(format!("{more} more"));
    }
    let _ = write!(out, "Here: {}.\n\n{}\n\n", named.join("; "), rule.what);
    let _ = write!(out, "**Why:** {}\n\n**What to do:** {}\n\n", rule.why, rule.how);
    if let Some(fix) = rule.fix {
        let _ = write!(out, "`ep-bot fix` {fix}.\n\n");
    }
    if let Some(example) = rule.examples.first() {
        let info = example.language.as_str();
        let _ = write!(
            out,
            "<details>\n<summary>An example</summary>\n\nThis fails:\n\n{}\nThis passes:\n\n{}\n</details>\n\n",
            fenced(info, example.bad),
            fenced(info, example.good)
        );
    }
    out.push_str(&relief(rule, places));
    out
}

/// The lines of each EP: `EP-0007 line 12`, `EP-0008 lines 3, 7`.
fn lines(places: &[(&Review, &Finding)]) -> Vec<String> {
    let one_ep = |a: &(&Review, &Finding), b: &(&Review, &Finding)| a.0.path == b.0.path;
    let of_ep = |places: &[(&Review, &Finding)]| {
        let lines: Vec<String> = places.iter().map(|(_, f)| f.lines.start.to_string()).collect();
        let word = if lines.len() == 1 { "line" } else { "lines" };
        places.first().map(|(review, _)| format!("{} {word} {}", ep_name(review), lines.join(", ")))
    };
    places.chunk_by(one_ep).filter_map(of_ep).collect()
}

/// The way around, with a command that can be copied.
fn relief(rule: &Rule, places: &[(&Review, &Finding)]) -> String {
    let name = rule.name;
    match rule.relief {
        Relief::None => "Nobody can waive it: what cannot be read cannot be judged.\n\n".to_owned(),
        Relief::Level => {
            format!("How much it weighs is set in the policy, under `rules.{name}`.\n\n")
        }
        Relief::LevelOrWaiver => {
            let section = match places {
                [(_, finding)] => plain::one_line(&finding.section.join(" > ")),
                _ => String::new(),
            };
            // Cut short, it would be another section.
            let fits = !section.is_empty() && section.chars().count() <= plain::MAX_NAME;
            let section = if fits { format!(" {section}") } else { String::new() };
            let command = format!("/ep-waive {name}{section} because …");
            format!(
                "Should it not block this once: a PRR approver other than the author can write {}, with the reason in \
                 place of the dots.\n\n",
                code(&command, 200)
            )
        }
    }
}

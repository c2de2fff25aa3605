//! Reviews as a check run: title, summary, overflow and annotations.

mod around;
mod block;
mod rules;
mod said;
mod verdict;

use std::fmt::Write as _;

use crate::review::repository::{Preview, RuleFile};
use crate::review::{AskedQuestion, CommentWaiver, Finding, Review, Severity, Verdict};

use super::markdown::code;
use super::page::{self, Block};
use super::{plain, words};

pub(super) use block::block;

/// The most that a check run's `summary` holds, and its `text`. GitHub's checks API ("Create a check
/// run") says 65,535 characters; bytes are counted here, which are never fewer.
pub const MAX_PAGE: usize = 65_535;

/// The longest title of an annotation, in characters (same source).
pub const MAX_ANNOTATION_TITLE: usize = 255;

/// The longest message of an annotation, in bytes. GitHub says 64 KB (same source), and not which KB:
/// this is the smaller.
pub const MAX_ANNOTATION_MESSAGE: usize = 64_000;

/// Everything that the check speaks of.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckInput<'a> {
    /// The EPs that changed.
    pub reviews: &'a [Review],
    /// Paths of EPs that are gone at the head.
    pub removed: &'a [String],
    /// How many changed files lie where EPs lie and are none, such as an index page.
    pub not_proposals: usize,
    /// The commit that was reviewed.
    pub head: &'a str,
    /// The merge base.
    pub base: &'a str,
    /// Where the policy comes from: "the built-in policy", or a file and its commit.
    pub policy_source: &'a str,
    /// Where the template comes from, likewise; empty where none was looked for.
    pub template_source: &'a str,
    /// Policies and templates that matter here: those that judge where something is wrong with them, and those that
    /// the change brings or removes.
    pub rule_files: &'a [RuleFile],
    /// What the rules that the change brings would do.
    pub preview: Option<&'a Preview>,
    /// What could not be looked at, as sentences of our own.
    pub notes: &'a [String],
    /// Waivers that were written on the pull request.
    pub waivers: &'a [CommentWaiver],
    /// Questions that were asked on the pull request.
    pub asked: &'a [AskedQuestion],
}

/// What a check run shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOutput {
    /// Whether nothing blocks.
    pub success: bool,
    /// One line, plain text.
    pub title: String,
    /// Markdown of at most [`MAX_PAGE`] bytes; its first line is the verdict.
    pub summary: String,
    /// Markdown of at most [`MAX_PAGE`] bytes: what did not fit in the summary. Mostly empty.
    pub text: String,
    /// One for each finding, sorted by path, line and rule.
    pub annotations: Vec<CheckAnnotation>,
}

/// A finding at its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckAnnotation {
    /// The file.
    pub path: String,
    /// First line, from 1.
    pub start_line: usize,
    /// Last line, never before the first.
    pub end_line: usize,
    /// How much it weighs.
    pub severity: Severity,
    /// Plain text of at most [`MAX_ANNOTATION_TITLE`] characters.
    pub title: String,
    /// Plain text of at most [`MAX_ANNOTATION_MESSAGE`] bytes, the help included.
    pub message: String,
}

/// The check run for the EPs of one pull request.
pub fn check_run(input: &CheckInput<'_>) -> CheckOutput {
    // What blocks comes first, where the eye is and where there is most room.
    let (mut order, passing): (Vec<&Review>, Vec<&Review>) =
        input.reviews.iter().partition(|r| r.verdict() == Verdict::Fail);
    let success = order.is_empty() && !input.rule_files.iter().any(RuleFile::blocks);
    order.extend(passing);

    let mut opening = format!("{}\n\n", verdict::verdict(input));
    opening.push_str(&around::aside(input));
    opening.push_str(&rules::notes(input));
    let closing = said::lists(input) + &around::footer(input, &order);
    let (wrong, fine): (Vec<&RuleFile>, Vec<&RuleFile>) =
        input.rule_files.iter().partition(|file| file.blocks());
    let mut blocks: Vec<Block> = wrong.into_iter().filter_map(rules::block).collect();
    blocks.extend(order.iter().map(|review| block(review)));
    blocks.extend(fine.into_iter().filter_map(rules::block));
    blocks.extend(rules::preview(input));
    let budget = MAX_PAGE.saturating_sub(opening.len() + closing.len());
    let (page, rest) = page::fill(&blocks, budget, &SUMMARY_WORDS);
    CheckOutput {
        success,
        title: verdict::title(input),
        summary: format!("{opening}{page}{closing}"),
        text: overflow(&rest),
        annotations: annotations(input),
    }
}

const SUMMARY_WORDS: page::Words = page::Words {
    more_entries: |n| format!("- …and {n} more: see the details below this summary.\n"),
    more_blocks: |n| {
        format!("…and {} more: see the details below this summary.\n\n", words::counted(n, "EP"))
    },
};

const TEXT_WORDS: page::Words = page::Words {
    more_entries: |n| format!("- …and {n} more, for which there is no room here.\n"),
    more_blocks: |n| {
        format!(
            "…and {} more, for which there is no room here. Every finding is marked at its line \
             under *Files changed*.\n",
            words::counted(n, "EP")
        )
    },
};

fn overflow(rest: &[Block]) -> String {
    if rest.is_empty() {
        return String::new();
    }
    let opening = "This did not fit into the summary.\n\n";
    let (page, _) = page::fill(rest, MAX_PAGE - opening.len(), &TEXT_WORDS);
    format!("{opening}{page}")
}

/// The verdict on the EPs of a pull request, as a paragraph.
pub(super) fn verdict_line(reviews: &[Review]) -> String {
    verdict::verdict(&CheckInput { reviews, ..CheckInput::default() })
}

/// An EP's name in Markdown.
pub(super) fn ep_name(review: &Review) -> String {
    name(review)
}

/// A status in Markdown.
fn status(status: &str) -> String {
    code(status, plain::MAX_NAME)
}

/// An EP's name in Markdown.
fn name(review: &Review) -> String {
    match review.number {
        Some(_) => words::ep_name(review),
        None => code(&review.path, plain::MAX_NAME),
    }
}

fn annotations(input: &CheckInput<'_>) -> Vec<CheckAnnotation> {
    let eps = input.reviews.iter().flat_map(|r| r.findings.iter().map(|f| (r.path.as_str(), f)));
    // Where the change does not show a file, a mark would stand at lines that nobody sees.
    let shown = input.rule_files.iter().filter(|file| file.in_change);
    let rules =
        shown.flat_map(|file| file.findings.iter().map(|f| (file.path.as_str(), &f.finding)));
    let mut sorted: Vec<(&str, &Finding)> = eps.chain(rules).collect();
    sorted.sort_by_key(|(path, f)| (*path, f.sort_key()));
    sorted.into_iter().map(|(path, finding)| annotation(path, finding)).collect()
}

fn annotation(path: &str, finding: &Finding) -> CheckAnnotation {
    let mut message = plain::visible(&finding.message);
    let advice = words::advice(finding);
    if !advice.is_empty() {
        let _ = write!(message, "\n\n{}", plain::visible(advice));
    }
    // GitHub refuses lines below 1 and ranges that run backwards, and the whole request with them.
    let start_line = finding.lines.start.max(1);
    CheckAnnotation {
        path: path.to_owned(),
        start_line,
        end_line: finding.lines.end.max(start_line),
        severity: finding.severity,
        title: plain::cap(&words::annotation_title(finding), MAX_ANNOTATION_TITLE),
        message: plain::cap_bytes(&message, MAX_ANNOTATION_MESSAGE),
    }
}

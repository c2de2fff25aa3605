//! Reviews as a check run: title, summary, overflow and annotations.

use std::cmp::Reverse;
use std::fmt::Write as _;

use crate::review::{Finding, Review, Severity, Verdict};

use super::markdown::{code, html_code, sentence, sentences};
use super::page::{self, Block, List, Urgency};
use super::{plain, words};

/// The most that a check run's `summary` holds, and its `text`. GitHub's checks API ("Create a check
/// run") says 65,535 characters; bytes are counted here, which are never fewer.
pub const MAX_PAGE: usize = 65_535;

/// The longest title of an annotation, in characters (same source).
pub const MAX_ANNOTATION_TITLE: usize = 255;

/// The longest message of an annotation, in bytes. GitHub says 64 KB (same source), and not which KB:
/// this is the smaller.
pub const MAX_ANNOTATION_MESSAGE: usize = 64_000;

/// The longest check title; GitHub names no limit, and shows about this much in one line.
const MAX_TITLE: usize = 200;

/// The most of one message or help that stands in the summary, in characters. Annotations have more.
const MAX_SENTENCE: usize = 2_000;

/// So many things that block the next status are shown open; more are folded.
const MAX_OPEN: usize = 4;

/// So many removed files are named; the others are counted.
const MAX_REMOVED: usize = 20;

/// So many paths stand in the command to run; for more EPs it names their folder.
const MAX_COMMAND_PATHS: usize = 3;

/// How much of a commit's name is its short form.
const SHORT_SHA: usize = 7;

/// Everything that the check speaks of.
#[derive(Debug, Clone, Copy)]
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
    let success = order.is_empty();
    order.extend(passing);

    let mut opening = format!("{}\n\n", verdict(input));
    opening.push_str(&aside(input));
    let closing = footer(input, &order);
    let blocks: Vec<Block> = order.iter().map(|review| block(review)).collect();
    let budget = MAX_PAGE.saturating_sub(opening.len() + closing.len());
    let (page, rest) = page::fill(&blocks, budget, &SUMMARY_WORDS);
    CheckOutput {
        success,
        title: plain::cap(&title(input), MAX_TITLE),
        summary: format!("{opening}{page}{closing}"),
        text: overflow(&rest),
        annotations: annotations(input.reviews),
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

/// The check's title: plain text.
fn title(input: &CheckInput<'_>) -> String {
    let failing = failing(input);
    match input.reviews {
        [] if input.removed.is_empty() => "No EP changed".to_owned(),
        [] => format!("No EP to review, {} removed", input.removed.len()),
        [review] => {
            let name = words::ep_name(review);
            if failing == 0 {
                let warnings = match review.count(Severity::Warning) {
                    0 => String::new(),
                    n => format!(", with {}", words::counted(n, "warning")),
                };
                return format!("{name} {}{warnings}", ready_for(review, quoted));
            }
            let target = review.status.as_deref().map_or("the merge".to_owned(), quoted);
            format!("{name}: {} {target}", things_block(review.count(Severity::Error)))
        }
        reviews => {
            let all = reviews.len();
            let verdict = if failing == 0 {
                format!("{all} EPs are ready")
            } else {
                format!("{failing} of {all} EPs are not ready")
            };
            match words::tally(&reviews.iter().collect::<Vec<_>>()) {
                Some(tally) => format!("{verdict}: {tally}"),
                None => verdict,
            }
        }
    }
}

/// The summary's first line: the verdict in plain words.
fn verdict(input: &CheckInput<'_>) -> String {
    let failing = failing(input);
    let errors: usize = input.reviews.iter().map(|r| r.count(Severity::Error)).sum();
    let warnings: usize = input.reviews.iter().map(|r| r.count(Severity::Warning)).sum();
    let each = if errors == 1 { "It" } else { "Each" };
    let marked = format!("{each} is marked at its line under *Files changed*.");
    let look = match warnings {
        0 => String::new(),
        1 => " One warning is worth a look before you merge.".to_owned(),
        n => format!(" {n} warnings are worth a look before you merge."),
    };
    match input.reviews {
        [] if input.removed.is_empty() => {
            "**No EP changed** in this pull request, so there is nothing to review.".to_owned()
        }
        [] => "**No EP is left to review**: this pull request only removes.".to_owned(),
        [review] if failing == 0 => {
            format!("**{} {}.** Nothing blocks it.{look}", name(review), ready_for(review, status))
        }
        [review] => {
            let target = match &review.status {
                Some(target) => format!(" for {}", status(target)),
                None => String::new(),
            };
            let things = things_block(errors);
            format!("**{} is not ready{target} yet:** {things} it. {marked}", name(review))
        }
        reviews if failing == 0 => {
            format!("**All {} EPs are ready.** Nothing blocks them.{look}", reviews.len())
        }
        reviews => {
            let all = reviews.len();
            let (are, them) = if failing == 1 { ("is", "it") } else { ("are", "them") };
            let things = things_block(errors);
            format!("**{failing} of {all} EPs {are} not ready yet:** {things} {them}. {marked}")
        }
    }
}

fn failing(input: &CheckInput<'_>) -> usize {
    input.reviews.iter().filter(|r| r.verdict() == Verdict::Fail).count()
}

fn things_block(count: usize) -> String {
    if count == 1 { "1 thing blocks".to_owned() } else { format!("{count} things block") }
}

/// "is ready for `staged`". A status off the ladder is nothing that one gets ready for.
fn ready_for(review: &Review, show: fn(&str) -> String) -> String {
    match review.status.as_deref() {
        None => "is ready".to_owned(),
        Some(status @ ("deferred" | "rejected" | "withdrawn" | "replaced")) => {
            format!("is complete as {}", show(status))
        }
        Some(status) => format!("is ready for {}", show(status)),
    }
}

/// A status in plain text.
fn quoted(status: &str) -> String {
    format!("`{}`", plain::name(status).replace('`', "'"))
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

/// What else was looked at: removed EPs and files that are none.
fn aside(input: &CheckInput<'_>) -> String {
    let mut out = String::new();
    if !input.removed.is_empty() {
        let named: Vec<String> =
            input.removed.iter().take(MAX_REMOVED).map(|p| code(p, plain::MAX_NAME)).collect();
        let _ = write!(out, "Removed: {}", named.join(", "));
        match input.removed.len().saturating_sub(MAX_REMOVED) {
            0 => out.push_str(".\n\n"),
            n => {
                let _ = write!(out, " …and {n} more.\n\n");
            }
        }
    }
    if input.not_proposals > 0 {
        let (lies, is) = if input.not_proposals == 1 { ("lies", "is") } else { ("lie", "are") };
        let files = words::counted(input.not_proposals, "changed file");
        let _ = write!(
            out,
            "{files} {lies} beside the EPs but {is} none (no number in the path, no `EP-NNNN` in the \
             title), and {} left alone.\n\n",
            if input.not_proposals == 1 { "was" } else { "were" },
        );
    }
    out
}

/// One EP's part of the summary.
fn block(review: &Review) -> Block {
    let title = match &review.title {
        Some(title) => code(title, plain::MAX_NAME),
        None => "(no title)".to_owned(),
    };
    let heading = match (review.number, &review.title) {
        (Some(_), _) => format!("### {} {title}", words::ep_name(review)),
        (None, Some(_)) => format!("### {title}"),
        (None, None) => format!("### {}", name(review)),
    };
    let mut head =
        format!("{heading}\n\n{} · {}", code(&review.path, plain::MAX_NAME), step(review));
    match words::tally(&[review]) {
        Some(tally) => {
            let _ = write!(head, " · {tally}\n\n");
        }
        None => head.push_str(" · nothing found\n\n"),
    }
    head.push_str(&progress_table(review));

    let mut lists = Vec::new();
    lists.extend(errors(review));
    lists.extend(folded(review, Severity::Warning, Urgency::Soon, "not blocking"));
    lists.extend(next(review));
    lists.extend(folded(review, Severity::Note, Urgency::Aside, "for your information"));
    Block { head, head_again: format!("{heading}, continued\n\n"), lists }
}

/// "`provisional` → `implementable`".
fn step(review: &Review) -> String {
    match (&review.base_status, &review.status) {
        (Some(base), Some(head)) if base != head => format!("{} → {}", status(base), status(head)),
        (_, Some(head)) => status(head),
        (Some(base), None) => format!("{} → no valid status", status(base)),
        (None, None) => "no valid status".to_owned(),
    }
}

fn progress_table(review: &Review) -> String {
    let columns = words::progress(review);
    let mut rows = [String::from("|"), String::from("|"), String::from("|")];
    for (name, done, total) in columns {
        let _ = write!(rows[0], " {name} |");
        rows[1].push_str(" --- |");
        let _ = write!(rows[2], " {done} of {total} |");
    }
    format!("{}\n{}\n{}\n\n", rows[0], rows[1], rows[2])
}

fn errors(review: &Review) -> Option<List> {
    let target = review.status.as_deref().map_or("the merge".to_owned(), status);
    let entries = entries(review, of(review, Severity::Error));
    (!entries.is_empty()).then(|| List {
        urgency: Urgency::Now,
        open: format!("**What blocks {target} now**\n\n"),
        entries,
        close: "\n".to_owned(),
    })
}

/// A list behind a line that opens it.
fn folded(review: &Review, severity: Severity, urgency: Urgency, why: &str) -> Option<List> {
    let entries = entries(review, of(review, severity));
    let count = words::counted(entries.len(), severity.as_str());
    (!entries.is_empty()).then(|| List {
        urgency,
        open: format!("<details>\n<summary>{count}, {why}</summary>\n\n"),
        entries,
        close: "\n</details>\n\n".to_owned(),
    })
}

/// What the next status asks for, beside what blocks already.
fn next(review: &Review) -> Option<List> {
    let next = review.next.as_ref()?;
    let blocks_now = |f: &&Finding| of(review, Severity::Error).any(|e| same_gap(e, f));
    let (known, new): (Vec<&Finding>, Vec<&Finding>) = next.blockers.iter().partition(blocks_now);
    let said = |f: &Finding| of(review, Severity::Warning).any(|w| same_gap(w, f));
    let entries: Vec<String> = new
        .iter()
        // What a warning above says already is named again, not explained again.
        .map(|f| entry(review, f, if said(f) { "" } else { words::advice(f) }))
        .collect();
    let (open, close) = match (known.len(), entries.len()) {
        (0, 0) => (
            format!(
                "**Next: {}.** Nothing stands in its way; when the work is that far, change the \
                 status.\n\n",
                status(&next.status)
            ),
            "",
        ),
        (_, 0) => (
            format!(
                "**Next: {}.** It asks for nothing beyond what blocks now.\n\n",
                status(&next.status)
            ),
            "",
        ),
        (_, n) if n <= MAX_OPEN => {
            let also = if known.is_empty() {
                "It asks for"
            } else {
                "Beyond what blocks now, it asks for"
            };
            (format!("**Next: {}.** {also}:\n\n", status(&next.status)), "\n")
        }
        (known, n) => {
            let also = if known == 0 { "" } else { " beyond what blocks now" };
            (
                format!(
                    "<details>\n<summary>Next: {}, which asks for {}{also}</summary>\n\n",
                    html_code(&next.status, plain::MAX_NAME),
                    words::counted(n, "thing"),
                ),
                "\n</details>\n\n",
            )
        }
    };
    Some(List { urgency: Urgency::Later, open, entries, close: close.to_owned() })
}

fn of(review: &Review, severity: Severity) -> impl Iterator<Item = &Finding> {
    review.findings.iter().filter(move |f| f.severity == severity)
}

/// Whether two findings are one gap, seen from two statuses: severity and words may differ.
fn same_gap(a: &Finding, b: &Finding) -> bool {
    a.rule.name == b.rule.name && a.lines == b.lines && a.section == b.section
}

fn entries<'a>(review: &Review, findings: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    findings.map(|f| entry(review, f, words::advice(f))).collect()
}

/// A list item: place, rule and message, and what to do as a paragraph of its own.
fn entry(review: &Review, finding: &Finding, advice: &str) -> String {
    let place = format!("{}:{}", plain::name(&review.path), finding.lines.start);
    let mut item = format!(
        "- {} {}: {}\n",
        code(&place, usize::MAX),
        code(finding.rule.name, usize::MAX),
        sentences(&finding.message, MAX_SENTENCE, 2),
    );
    if !advice.is_empty() {
        let _ = write!(item, "\n  → {}\n", sentences(advice, MAX_SENTENCE, 2));
    }
    item
}

/// What was read, and how to do the same at home.
fn footer(input: &CheckInput<'_>, order: &[&Review]) -> String {
    let mut out = String::from("---\n\n");
    let _ = writeln!(
        out,
        "Reviewed commit {} against merge base {}. Policy: {}.",
        commit(input.head),
        commit(input.base),
        sentence(input.policy_source.trim_end_matches('.'), plain::MAX_NAME * 2),
    );
    if order.is_empty() {
        return out;
    }
    let command = format!("ep-bot check {}", what_to_check(order));
    let _ = write!(out, "\nTo run this check on your laptop: {}.", code(&command, usize::MAX));
    let rule = order
        .iter()
        .flat_map(|review| &review.findings)
        .min_by_key(|f| Reverse(f.severity))
        .map_or("RULE", |f| f.rule.name);
    let explain = format!("ep-bot explain {rule}");
    let _ = writeln!(out, " To read what a rule asks for and why: {}.", code(&explain, usize::MAX));
    out
}

/// A commit's short and full name.
fn commit(sha: &str) -> String {
    let sha = plain::name(sha);
    let short = sha.get(..SHORT_SHA).unwrap_or(&sha);
    format!("{} ({})", code(short, usize::MAX), code(&sha, usize::MAX))
}

/// The arguments of `ep-bot check`: the paths, or the folder that holds them all.
fn what_to_check(order: &[&Review]) -> String {
    if order.len() <= MAX_COMMAND_PATHS {
        let paths: Vec<String> = order.iter().map(|r| shell_word(&r.path)).collect();
        return paths.join(" ");
    }
    let mut folder: Vec<&str> = order[0].path.split('/').collect();
    folder.pop();
    for review in &order[1..] {
        let same = folder.iter().zip(review.path.split('/')).take_while(|(a, b)| **a == *b).count();
        folder.truncate(same);
    }
    if folder.is_empty() { ".".to_owned() } else { shell_word(&folder.join("/")) }
}

/// A path as one word for a POSIX shell: people copy the command, and a path is anyone's text.
fn shell_word(path: &str) -> String {
    let path = if path.starts_with('-') { format!("./{path}") } else { path.to_owned() };
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    if !path.is_empty() && path.chars().all(bare) {
        path
    } else {
        format!("'{}'", plain::one_line(&path).replace('\'', r"'\''"))
    }
}

fn annotations(reviews: &[Review]) -> Vec<CheckAnnotation> {
    let mut sorted: Vec<(&Review, &Finding)> =
        reviews.iter().flat_map(|r| r.findings.iter().map(move |f| (r, f))).collect();
    sorted.sort_by_key(|(r, f)| (r.path.as_str(), f.sort_key()));
    sorted.into_iter().map(|(review, finding)| annotation(review, finding)).collect()
}

fn annotation(review: &Review, finding: &Finding) -> CheckAnnotation {
    let mut message = plain::visible(&finding.message);
    let advice = words::advice(finding);
    if !advice.is_empty() {
        let _ = write!(message, "\n\n{}", plain::visible(advice));
    }
    // GitHub refuses lines below 1 and ranges that run backwards, and the whole request with them.
    let start_line = finding.lines.start.max(1);
    CheckAnnotation {
        path: review.path.clone(),
        start_line,
        end_line: finding.lines.end.max(start_line),
        severity: finding.severity,
        title: plain::cap(&words::annotation_title(finding), MAX_ANNOTATION_TITLE),
        message: plain::cap_bytes(&message, MAX_ANNOTATION_MESSAGE),
    }
}

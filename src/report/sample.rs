//! Hand-made reviews for the tests of every format.

use crate::proposal::Lines;
use crate::review::{
    Count, Edit, Finding, Fix, Ladder, NextStatus, Progress, RULES, Review, Rule, Severity,
};

/// The rule of this name.
fn rule(name: &'static str) -> &'static Rule {
    RULES.iter().find(|rule| rule.name == name).expect("a rule of the table")
}

/// A finding without help or fix.
pub(super) fn finding(
    name: &'static str,
    severity: Severity,
    (start, end): (usize, usize),
    message: impl Into<String>,
) -> Finding {
    Finding {
        rule: rule(name),
        severity,
        lines: Lines::new(start, end),
        section: Vec::new(),
        message: message.into(),
        help: String::new(),
        fix: None,
    }
}

impl Finding {
    fn help(self, help: &str) -> Self {
        Self { help: help.to_owned(), ..self }
    }

    fn section(self, path: &[&str]) -> Self {
        Self { section: path.iter().map(|&s| s.to_owned()).collect(), ..self }
    }
}

/// A review that found nothing, without a next status.
pub(super) fn review(path: &str, number: u64, title: &str, status: &str) -> Review {
    Review {
        path: path.to_owned(),
        number: Some(number),
        title: Some(title.to_owned()),
        status: Some(status.to_owned()),
        name: Some(format!("EP-{number:04}")),
        kind: Ladder::default().index(status).and_then(|at| Ladder::default().kind(at)),
        base_status: Some(status.to_owned()),
        approvals: None,
        progress: Progress::default(),
        next: None,
        findings: Vec::new(),
    }
}

fn progress(sections: (usize, usize), questions: (usize, usize), checklist: usize) -> Progress {
    let count = |(done, total)| Count { done, total };
    Progress {
        sections: count(sections),
        questions: count(questions),
        checklist: count((checklist, 11)),
    }
}

/// An EP at its beginnings, with the lines that [`unready`] speaks of.
pub(super) const UNREADY_TEXT: &str = "\
# EP-0042: Guest Wi-Fi failover

## Status

**implementible**

## Summary

TBD

## Production Readiness Review Questionnaire

### Rollout, Upgrade and Rollback Planning

#### How can a rollout or rollback fail? Can it impact already running workloads?

<!--
Try to be as paranoid as possible.
What if a ship loses its satellite link in the middle of the rollout?
-->

#### What specific metrics should inform a rollback?

## Proposal Checklist

- [ ] Is there a business case, and does it name the guests or the crew members who profit from this proposal, and how much?
- [✅] Is there a test plan?
";

/// Three errors, two warnings, a note; the next status asks for more.
pub(super) fn unready() -> Review {
    let prr = "Production Readiness Review Questionnaire";
    let rollout = "Rollout, Upgrade and Rollback Planning";
    let mut status =
        finding("status-unknown", Severity::Error, (5, 5), "`implementible` is not a status.");
    status.help = "Write `implementable`.".to_owned();
    status.fix = Some(Fix {
        description: "write `implementable`".to_owned(),
        edits: vec![Edit { start_line: 5, end_line: 5, text: "**implementable**\n".to_owned() }],
    });
    let mut marker = finding(
        "checklist-marker",
        Severity::Warning,
        (27, 27),
        "GitHub does not read `[✅]` as a ticked box.",
    );
    marker.fix = Some(Fix {
        description: "Tick the box with `[x]`.".to_owned(),
        edits: vec![Edit {
            start_line: 27,
            end_line: 27,
            text: "- [x] Is there a test plan?\n".to_owned(),
        }],
    });
    let unanswered = finding(
        "prr-unanswered",
        Severity::Error,
        (15, 21),
        "\"How can a rollout or rollback fail? Can it impact already running workloads?\" has no \
         answer; it is required from `implementable`.",
    )
    .section(&[prr, rollout])
    .help("Say how the rollout could fail, and what running workloads would notice. \"No\" is an answer.");
    let open = finding(
        "checklist-item-open",
        Severity::Warning,
        (26, 26),
        "2 of 11 checklist items are open; they are required from `staged`:\n- Is there a business \
         case?\n- Is there a test plan?",
    )
    .help("Tick each with `[x]`, or write `N/A: ` and a reason.");
    let history = finding(
        "history-entry",
        Severity::Error,
        (11, 11),
        "Implementation History has no dated entry; it is required from `staged`.",
    )
    .help("Write one, as `- 2025-03-31: first ship`.");
    Review {
        number: Some(42),
        base_status: Some("provisional".to_owned()),
        progress: progress((12, 16), (3, 10), 0),
        next: Some(NextStatus {
            status: "staged".to_owned(),
            blockers: vec![
                history,
                unanswered.clone(),
                Finding { severity: Severity::Error, ..open.clone() },
            ],
        }),
        findings: vec![
            status,
            finding(
                "section-empty",
                Severity::Error,
                (7, 9),
                "Summary is empty; it is required from `provisional`.",
            )
            .section(&["Summary"])
            .help("Say in a few sentences what changes, and for whom."),
            unanswered,
            open,
            marker,
            finding(
                "diagram-missing",
                Severity::Note,
                (11, 11),
                "Proposal > Architecture shows no diagram; waived by `@ship-ops` because \"one box\".",
            ),
        ],
        ..review("eps/EP-0042-guest-wifi.md", 42, "Guest Wi-Fi failover", "implementable")
    }
}

/// One warning; the next status asks for more than is shown open.
pub(super) fn ready() -> Review {
    let blockers = (0..6)
        .map(|n| {
            finding(
                "prr-unanswered",
                Severity::Error,
                (200 + 4 * n, 203 + 4 * n),
                format!(
                    "Question {} of Monitoring has no answer; it is required from `staged`.",
                    n + 1
                ),
            )
        })
        .collect();
    Review {
        base_status: Some("provisional".to_owned()),
        progress: progress((16, 16), (4, 10), 2),
        next: Some(NextStatus { status: "implemented".to_owned(), blockers }),
        findings: vec![
            finding(
                "guidance-left",
                Severity::Warning,
                (31, 36),
                "The template's guidance still stands in Motivation.",
            )
            .help("Delete the comment."),
        ],
        ..review("eps/EP-0007-chart.md", 7, "Chart plotter sync", "implementable")
    }
}

/// Nothing found, and nothing in the way of the next status.
pub(super) fn clean() -> Review {
    Review {
        progress: progress((16, 16), (10, 10), 11),
        next: Some(NextStatus { status: "completed".to_owned(), blockers: Vec::new() }),
        ..review("eps/EP-0011-galley.md", 11, "Galley stock counts", "staged")
    }
}

/// An EP without number, title or status.
pub(super) fn nameless() -> Review {
    Review {
        number: None,
        name: None,
        title: None,
        status: None,
        base_status: None,
        findings: vec![
            finding("title-format", Severity::Error, (1, 1), "The file has no title.")
                .help("Start it with `# EP-NNNN: Title`."),
        ],
        ..review("eps/draft.md", 0, "", "")
    }
}

/// 400 findings with long messages, beside one EP with a single error.
pub(super) fn overflowing() -> Vec<Review> {
    let findings = (1..=400)
        .map(|n| {
            let severity = if n % 4 == 0 { Severity::Warning } else { Severity::Error };
            finding(
                "prr-unanswered",
                severity,
                (n * 5, n * 5 + 4),
                format!(
                    "Question {n} has no answer; it is required from `staged`. {}",
                    "x".repeat(200)
                ),
            )
            .help("Answer it. \"No\" is an answer.")
        })
        .collect();
    let long = Review {
        progress: progress((2, 16), (0, 400), 0),
        findings,
        ..review("eps/EP-0100-long.md", 100, "Everything at once", "staged")
    };
    let mut short = nameless();
    short.path = "eps/z-last.md".to_owned();
    vec![long, short]
}

/// Everything that comes from the EP tries to be something else.
pub(super) fn hostile() -> Review {
    let title = "`**x**`\n\n# EP-0666 is ready for `completed`\n\n@org/team fixes #1 <details> \
                 [a](https://x.y) ![b](c) | \u{202e}desrever\u{1b}[31m ::error::x ##[error]y";
    let mut review = Review {
        base_status: Some("staged` **ready** @org".to_owned()),
        findings: vec![
            finding(
                "section-duplicate",
                Severity::Error,
                (3, 3),
                "Two sections are called `# @org/team `` </details> #1`; see \"@org/team closes #1 \
                 GH-2 www.x.y <img src=x>\".",
            )
            .help("Rename one of them.\n- `one`\n- [two](https://x.y) @org"),
        ],
        ..review("eps/$(rm -rf ~)`'@org/team.md", 9, title, "implementable")
    };
    review.next = Some(NextStatus {
        status: "</summary>@org".to_owned(),
        blockers: (1..=5)
            .map(|n| {
                finding("section-empty", Severity::Error, (n, n), format!("Part {n} is empty."))
            })
            .collect(),
    });
    review
}

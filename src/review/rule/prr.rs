//! Rules about the questionnaire of the production readiness review.

use crate::review::level::Levels;
use crate::review::policy::ADDED_QUESTION;

use super::stage::{SAMPLE, Stage, exchange};
use super::{Example, Relief, Rule, Weight};

const GROUP: &str = "PRR";

/// A question of the production readiness review is missing.
pub static PRR_QUESTION_MISSING: Rule = Rule {
    name: "prr-question-missing",
    group: GROUP,
    short: "a question of the production readiness review is missing",
    what: "Every question of the template stands in the EP as a heading, in the part of the questionnaire where the \
           template has it. Questions that the policy adds are asked in the same way. Typos do no harm.",
    why: "A question that was deleted cannot be reviewed, and nobody can tell whether it was forgotten or avoided.",
    how: "Put the question back and answer it. `No` and `N/A` are answers.",
    fix: Some(
        "puts the question back at its place, with the guidance of the template for you to answer by",
    ),
    examples: &[Example::new(
        "### Troubleshooting",
        "\
### Troubleshooting

#### What are other known failure modes?

- **Menus are old**: `menu_age_seconds` is above 900 while the link is up.
  Restart the cache; it asks for everything again.",
    )],
    levels: Levels::row("-EEEE - -- -"),
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// A question of the production readiness review is not answered.
pub static PRR_UNANSWERED: Rule = Rule {
    name: "prr-unanswered",
    group: GROUP,
    short: "a question of the production readiness review is not answered",
    what: "Below each question stands an answer: anything but comments, lines of the template and words that only \
           hold a place. `No`, `None`, `N/A` and `Yes` are answers, however short. A policy can ask for a reason \
           behind a bare `N/A`, with `prr.na_needs_reason`.",
    why: "The answers are what the person on call has at three in the morning, and what an approver puts a name to.",
    how: "Answer below the heading. The finding quotes what the template asks for.",
    fix: None,
    examples: &[
        Example::new(
            "#### What are other known failure modes?\n\nTBD",
            "\
#### What are other known failure modes?

- **Menus are old**: `menu_age_seconds` is above 900 while the link is up.
  Restart the cache; it asks for everything again.",
        ),
        Example::new(
            "\
#### What are other known failure modes?

<!--
ask the crew of the first two ships
-->",
            "\
#### What are other known failure modes?

- **Menus are old**: `menu_age_seconds` is above 900 while the link is up.
  Restart the cache; it asks for everything again.",
        ),
    ],
    levels: ADDED_QUESTION,
    weight: Weight::Part,
    relief: Relief::LevelOrWaiver,
};

/// An option list is ticked with nothing filled in, filled in but not ticked, or has leftovers.
pub static PRR_OPTIONS: Rule = Rule {
    name: "prr-options",
    group: GROUP,
    short: "an option list is ticked with nothing filled in, filled in but not ticked, or has leftovers",
    what: "Where the template offers boxes with fields, as for the SLIs, at least one box is ticked and its fields are \
           filled in; those marked `[Optional]` may stay empty. A text in place of the list is an answer as well. Boxes \
           that are left over beside an answer are a warning.",
    why: "A tick alone does not tell an operator which metric to look at.",
    how: "Tick what you use, fill in its fields, and delete the rest.",
    fix: None,
    examples: &[
        Example::new(
            "\
- [x] Metrics
  - Metric name:
  - Components exposing the metric:",
            "\
- [x] Metrics
  - Metric name: `menu_request_seconds`
  - Components exposing the metric: menu-cache",
        ),
        Example::new(
            "\
- [ ] Metrics
  - Metric name: `menu_request_seconds`
  - Components exposing the metric: menu-cache",
            "\
- [x] Metrics
  - Metric name: `menu_request_seconds`
  - Components exposing the metric: menu-cache",
        ),
        Example::new(
            "\
- [x] Metrics
  - Metric name: `menu_request_seconds`
  - Components exposing the metric: menu-cache
- [ ] Other (treat as last resort)
  - Details:",
            "\
- [x] Metrics
  - Metric name: `menu_request_seconds`
  - Components exposing the metric: menu-cache",
        ),
    ],
    levels: ADDED_QUESTION,
    weight: Weight::Part,
    relief: Relief::LevelOrWaiver,
};

/// A question that a reviewer asked on the pull request is not in the EP.
pub static PRR_QUESTION_ASKED: Rule = Rule {
    name: "prr-question-asked",
    group: GROUP,
    short: "a question that a reviewer asked on the pull request is not in the EP",
    what: "Whoever may approve the production readiness review may ask further questions on the pull request, with the \
           comment `/ep-question PART: QUESTION`. Each becomes a heading of the EP, in that part of the questionnaire or \
           at its end, and is answered there.",
    why: "An answer in a comment is lost with the merge. In the EP it is there when the service is on fire.",
    how: "Add the question as a heading and answer it; `No` and `N/A` are answers. Whoever asked it, or another approver, \
          drops it with `/ep-question drop NUMBER`. Off GitHub nobody can look, and this rule is not run.",
    fix: Some("adds the question at its place, for you to answer"),
    examples: &[Example::new(
        "### Dependencies",
        "\
#### Who is called at night?

Hotel Systems, by pager. The ship's crew has the number.

### Dependencies",
    )
    .given(
        "On the pull request `alice`, who may approve, wrote `/ep-question Monitoring Requirements: Who is called at \
         night?`",
    )
    .told(|piece| {
        let text = exchange(SAMPLE, "### Dependencies", piece);
        Stage::proposal(text).asked("alice", "Monitoring Requirements", "Who is called at night?")
    })],
    levels: ADDED_QUESTION,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// The answer that the example of an approval changes.
const APPROVED: &str = "\
#### What specific metrics should inform a rollback?

`menu_errors_total` above 1 % of requests for five minutes.";

/// The production readiness review is not approved.
pub static PRR_APPROVAL: Rule = Rule {
    name: "prr-approval",
    group: GROUP,
    short: "the production readiness review is not approved on its present answers",
    what: "As many people as the policy asks for (`prr.approvals`, one by default) approve the pull request with a review \
           on GitHub. It counts for those whom `prr.approvers` names; where it names nobody, for everyone who can push to \
           the repository. Nobody approves a pull request of their own. An approval holds as long as the answers of the \
           questionnaire are those that were approved: a rebase, a comment or a typo elsewhere keeps it, a changed \
           answer voids it. A later request for changes or a dismissal takes it back.",
    why: "Somebody beside the author puts a name to the answers, and to the very ones that are merged.",
    how: "Ask those whom the finding names to review the answers and to approve the pull request. After a change of an \
          answer, ask for the approval again. Off GitHub nobody can look, and this rule is not run.",
    fix: None,
    examples: &[
        Example::new(
            "\
#### What specific metrics should inform a rollback?

`menu_errors_total` above 5 % of requests for ten minutes.",
            APPROVED,
        )
        .given(
            "`alice` approved the passing answer. Then another one took its place, and nobody has approved that.",
        )
        .told(|piece| {
            Stage::proposal(exchange(SAMPLE, APPROVED, piece)).approved_by("alice", SAMPLE)
        }),
        Example::new("## Status\n\n`staged`", "## Status\n\n`implemented`")
            .given("Nobody has approved the answers.")
            .told(|piece| {
                Stage::proposal(exchange(SAMPLE, "## Status\n\n`staged`", piece)).not_approved()
            }),
    ],
    levels: Levels::row("---EE - -- -"),
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

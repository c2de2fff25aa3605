//! Rules about the status and what goes with it: the ticket, the successor, the history.

use crate::review::level::Levels;

use super::stage::{SAMPLE, Stage, exchange};
use super::{ALWAYS, Example, Relief, Rule, Weight};

const GROUP: &str = "status";

/// The sample's status, as it stands there.
const STATUS: &str = "## Status\n\n`staged`";

/// The sample's last entry of the history.
const LAST_ENTRY: &str = "- 2026-06-15: first two ships, staged";

/// The sample with one more entry of the history.
fn with_entry(entry: &str) -> String {
    exchange(SAMPLE, LAST_ENTRY, &format!("{LAST_ENTRY}\n{entry}"))
}

/// The EP states no status.
pub static STATUS_MISSING: Rule = Rule {
    name: "status-missing",
    group: GROUP,
    short: "the EP states no status",
    what: "The status is the first text that a reader sees below `## Status`. A comment is not seen, and the template's \
           `status here` only holds the place.",
    why: "Everything that is asked of an EP depends on its status. Until it states one, it is held against the first \
          status of the ladder.",
    how: "Write one of the statuses below the heading. A new EP starts as `provisional`.",
    fix: None,
    examples: &[Example::new("## Status\n\n**status here**", STATUS)],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// The status is none of the ladder's, or there are several.
pub static STATUS_UNKNOWN: Rule = Rule {
    name: "status-unknown",
    group: GROUP,
    short: "the status is none of the ladder's, or there are several",
    what: "The status is exactly one of the ladder's: `provisional`, `implementable`, `implemented`, `staged` or \
           `completed`, and off the ladder `deferred`, `rejected`, `withdrawn` or `replaced`. It may be bold, italic or \
           code, in capitals or not, and words may follow it.",
    why: "A word that is not on the ladder asks for nothing, and of two statuses nobody knows which one holds.",
    how: "Keep the one status that holds now. Earlier ones belong into the implementation history.",
    fix: Some("writes the status that was plainly meant, where there is a typo"),
    examples: &[
        Example::new("## Status\n\n`stagged`", STATUS),
        Example::new("## Status\n\n`implemented`, `staged`", STATUS),
    ],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// The status moves in a way that the ladder does not know.
pub static STATUS_TRANSITION: Rule = Rule {
    name: "status-transition",
    group: GROUP,
    short: "the status moves in a way that the ladder does not know",
    what: "The status is compared with the one on the base branch. An EP may climb by any number of steps; it then has \
           to meet all that lies below. It may go back, or be deferred; `history-entry` asks why. A new EP that starts \
           above `implementable` gets a warning. Out of `rejected`, `withdrawn` and `replaced` nothing leads: that is \
           an error.",
    why: "A final status is a decision. An EP that came back from it under its old number would carry approvals and \
          arguments that were about something else.",
    how: "Put the final status back, and start a new EP that links the old one.",
    fix: None,
    examples: &[
        Example::new(
            "## Status\n\n`implementable`",
            "## Status\n\n`rejected`, taken up again by EP-0051",
        )
        .given("On the base branch the EP is `rejected`.")
        .told(|status| {
            let rejected = with_entry("- 2026-07-02: too few venues need it, rejected");
            let at = |status| exchange(&rejected, STATUS, status);
            Stage::proposal(at(status)).before(at("## Status\n\n`rejected`"))
        }),
        Example::new(STATUS, "## Status\n\n`implementable`")
            .given("The pull request adds the EP.")
            .told(|status| Stage::proposal(exchange(SAMPLE, STATUS, status)).new_here()),
    ],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// No Jira epic or story is linked.
pub static JIRA_MISSING: Rule = Rule {
    name: "jira-missing",
    group: GROUP,
    short: "no Jira epic or story is linked",
    what: "Below `### Jira` stands a link, or a key such as `PLAT-1042`. The EP's own number does not count.",
    why: "The EP says what is to be done; Jira says who does it and how far it is. Whoever reads one looks for the \
          other.",
    how: "Link the epic or the story, or write its key.",
    fix: None,
    examples: &[Example::new(
        "### Jira\n\n- Jira Epic or Story Link",
        "### Jira\n\n- [PLAT-2210](https://jira.example.com/browse/PLAT-2210)",
    )],
    levels: Levels::row("WEEEE - -- -"),
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// A replaced EP does not say by which.
pub static REPLACED_BY: Rule = Rule {
    name: "replaced-by",
    group: GROUP,
    short: "a replaced EP does not say by which",
    what: "Below the status of a `replaced` EP stands a link, or the number of another EP. A sentence elsewhere will \
           do, too, when it says `replaced` or `superseded` and names the EP.",
    why: "Whoever finds a replaced EP wants the one that holds now.",
    how: "Link the new EP behind the status.",
    fix: None,
    examples: &[Example::new(
        "## Status\n\n`replaced`",
        "## Status\n\n`replaced` by [EP-0051](EP-0051-menu-service.md)",
    )
    .told(|status| {
        let replaced = with_entry("- 2027-02-01: the menu service is on all ships, replaced");
        Stage::proposal(exchange(&replaced, STATUS, status))
    })],
    levels: Levels::row("----- - -- E"),
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// The implementation history has no dated entry, or none for the present status.
pub static HISTORY_ENTRY: Rule = Rule {
    name: "history-entry",
    group: GROUP,
    short: "the implementation history has no dated entry, or none for the present status",
    what: "The implementation history holds at least one entry with a date: a line, a list item, a heading or a row \
           of a table. One of them should name the present status, and where the status goes back or is deferred, a \
           new one should say why; without these two there is never more than a warning.",
    why: "In a year, the history is where people look up when a decision was made and how long each step took.",
    how: "Add a line for each milestone as it happens: the date, what was reached, and the status where it changed.",
    fix: None,
    examples: &[
        Example::new(
            "\
## Implementation History

Version 1.1 was built in spring. It is staged on two ships now.",
            "\
## Implementation History

- 2026-01-13: summary and motivation merged, provisional
- 2026-02-10: design agreed with Hotel Systems, implementable
- 2026-05-06: version 1.1 built and tested in the ship lab, implemented
- 2026-06-15: first two ships, staged",
        ),
        Example::new(
            "- 2026-05-06: version 1.1 built and tested in the ship lab, implemented",
            "\
- 2026-05-06: version 1.1 built and tested in the ship lab, implemented
- 2026-06-15: first two ships, staged",
        )
        .given("The status is `staged`."),
        Example::new(
            "\
## Implementation History
…
- 2026-06-15: first two ships, staged",
            "\
## Implementation History
…
- 2026-06-15: first two ships, staged
- 2026-06-30: taken off both ships, fonts were missing; implemented again",
        )
        .given("The pull request puts the status back from `staged` to `implemented`.")
        .told(|history| {
            let old = format!("## Implementation History\n…\n{LAST_ENTRY}");
            let back = exchange(SAMPLE, STATUS, "## Status\n\n`implemented`");
            Stage::proposal(exchange(&back, &old, history)).before(SAMPLE)
        }),
    ],
    levels: Levels::row("-WWEE W WW W"),
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

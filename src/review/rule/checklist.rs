//! Rules about the proposal checklist.

use crate::review::level::Levels;

use super::{Example, Relief, Rule, Weight};

const GROUP: &str = "checklist";
const PRESENT: Levels = Levels::row("WEEEE - -- -");
const DONE: Levels = Levels::row("--WEE - -- -");

/// The proposal checklist is gone, or moved to another section.
pub static CHECKLIST_MISSING: Rule = Rule {
    name: "checklist-missing",
    group: GROUP,
    short: "the proposal checklist is gone, or moved to another section",
    what: "The checklist stands below `## Proposal Checklist`, item by item as in the template. Deleting it never passes, \
           whatever is written in its place.",
    why: "The checklist is what a reviewer goes through first. A sentence that all is done cannot be gone through.",
    how: "Copy the list from the template and answer each item. If the list stands elsewhere, move it back.",
    fix: Some("puts the items back, unticked; a list that only moved it leaves to you"),
    examples: &[
        Example::new(
            "\
## Proposal Checklist

All eleven items are done.",
            "\
## Proposal Checklist

- [x] Business Case? How does the use case fit within the current landscape
  of the app? Menus stay up without a link; see
  [Business Case](#business-case).
- [x] What is the timeline for release? Two ships in June, all by October.
…
- [x] What automation is being leveraged? Argo CD deploys each ship.",
        ),
        Example::new(
            "\
## Proposal Checklist

## Summary
…
- [x] What automation is being leveraged? Argo CD deploys each ship.",
            "\
## Proposal Checklist
…
- [x] What automation is being leveraged? Argo CD deploys each ship.

## Summary",
        ),
    ],
    levels: PRESENT,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// Items of the template's checklist are missing.
pub static CHECKLIST_ITEM_MISSING: Rule = Rule {
    name: "checklist-item-missing",
    group: GROUP,
    short: "items of the template's checklist are missing",
    what: "Every item of the template's checklist stands in the EP with the template's words at its start; your answer \
           follows them. Typos do no harm. All missing items are one finding.",
    why: "An item that was deleted looks like one that nobody thought of.",
    how: "Put the items back at their place. What does not apply stays, with `N/A:` and the reason.",
    fix: Some("puts the items back at their place, unticked"),
    examples: &[Example::new(
        "- [x] What automation is being leveraged? Argo CD deploys each ship.",
        "\
- [x] What team will own the solution? Hotel Systems.
- [x] What automation is being leveraged? Argo CD deploys each ship.",
    )],
    levels: PRESENT,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// Items of the checklist are neither ticked nor N/A with a reason.
pub static CHECKLIST_ITEM_OPEN: Rule = Rule {
    name: "checklist-item-open",
    group: GROUP,
    short: "items of the checklist are neither ticked nor N/A with a reason",
    what: "Each item is ticked, or says `N/A:` and a reason. All open items are one finding, at the first of them. \
           Boxes that you add yourself are never more than a warning. A policy can ask for a text behind each tick, \
           with `checklist.evidence`.",
    why: "The template wants all items settled before the first deployment to production. An open one is work that is not \
          done, or a question that nobody asked.",
    how: "Tick the item and say behind it how it is done, or write `N/A:` and why it does not apply.",
    fix: None,
    examples: &[
        Example::new(
            "- [ ] What is the timeline for release?",
            "- [x] What is the timeline for release? Two ships in June, all by October.",
        ),
        Example::new(
            "- [ ] Will firewalls, DNS, and SSLs will be needed? N/A",
            "\
- [ ] Will firewalls, DNS, and SSLs will be needed? N/A: it uses the name,
  the certificate and the open port of the ship edge gateway.",
        ),
    ],
    levels: DONE,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// An item of the checklist stands twice.
pub static CHECKLIST_ITEM_DUPLICATE: Rule = Rule {
    name: "checklist-item-duplicate",
    group: GROUP,
    short: "an item of the checklist stands twice",
    what: "Each item of the template stands once. While there are two, the open one counts.",
    why: "Of two boxes for one item nobody knows which one holds.",
    how: "Keep the one that is right, and delete the other.",
    fix: None,
    examples: &[Example::new(
        "\
- [x] What team will own the solution? Hotel Systems.
- [x] What team will own the solution? Platform Edge.",
        "- [x] What team will own the solution? Hotel Systems.",
    )],
    levels: PRESENT,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// A box has a marker that GitHub does not render.
pub static CHECKLIST_MARKER: Rule = Rule {
    name: "checklist-marker",
    group: GROUP,
    short: "a box has a marker that GitHub does not render",
    what: "GitHub draws a box for `[ ]` and `[x]` at the start of a list item. Any other marker, as `[✅]`, `[n/a]` or \
           `[]`, shows as plain text.",
    why: "Nobody can tick such a box, and no program can tell whether it is ticked. It counts as open.",
    how: "Write `[x]` for done and `[ ]` for open. What does not apply is `[ ]`, with `N/A:` and the reason.",
    fix: Some("writes `[x]` or `[ ]` where the marker plainly means one of them"),
    examples: &[Example::new(
        "- [✅] What team will own the solution? Hotel Systems.",
        "- [x] What team will own the solution? Hotel Systems.",
    )],
    levels: DONE,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

//! Rules about the template's sections: there, filled, without leftovers, with a diagram.

use crate::review::level::{Level, Levels};

use super::{Example, Relief, Rule, Weight};

const GROUP: &str = "sections";

/// A heading of the template is missing.
pub static SECTION_MISSING: Rule = Rule {
    name: "section-missing",
    group: GROUP,
    short: "a heading of the template is missing",
    what: "Every heading of the template stands in the EP, below the heading where the template has it. Typos and \
           numbering do no harm, and what is marked `(Optional)` may be left out. Where a parent is missing, it \
           alone is reported: with the names of what belongs below it, and as strictly as the strictest of them.",
    why: "The template's headings are the order in which everybody reads. A heading that is gone looks like a question \
          that nobody thought of.",
    how: "Put the heading back and write the section. Where it does not apply, say so in a sentence: that counts as \
          written.",
    fix: Some(
        "puts the heading back at its place, with the guidance of the template for you to write by",
    ),
    examples: &[Example::new(
        "\
## Motivation

The screens load menus from shore. When the satellite link drops, they go
blank within a minute, and crew read the menu out.

### Goals",
        "\
## Motivation

The screens load menus from shore. When the satellite link drops, they go
blank within a minute, and crew read the menu out.

### Business Case

Venues lose about 4 % of their sales on a day with long outages.

### Goals",
    )
    // An author who deletes a section deletes its entry, too.
    .along(&[
        ("  - [Business Case](#business-case)\n", ""),
        ("; see\n  [Business Case](#business-case)", ""),
    ])],
    levels: Levels::all(Level::Off),
    weight: Weight::Section,
    relief: Relief::LevelOrWaiver,
};

/// A required section says nothing.
pub static SECTION_EMPTY: Rule = Rule {
    name: "section-empty",
    group: GROUP,
    short: "a required section says nothing",
    what: "Something is left of the section when comments, lines of the template and words that only hold a place (`TBD`, \
           `TODO`, `coming soon`) are taken away. A section with sub-sections is filled when one of them is. Two parts of \
           the questionnaire, Monitoring Requirements and Scalability, want a few words of their own beside their \
           questions: without them there is a warning.",
    why: "An empty section tells a reviewer nothing: neither that there is nothing to say, nor that nobody has looked.",
    how: "Write the section. The finding quotes what the template asks for. Where it does not apply, say so in a sentence.",
    fix: None,
    examples: &[
        Example::new(
            "### Non-Goals\n\nTBD",
            "\
### Non-Goals

- Orders and payments, which need a link today and will tomorrow.",
        ),
        Example::new(
            "\
### Non-Goals

<!-- ask Hotel Systems -->",
            "\
### Non-Goals

- Orders and payments, which need a link today and will tomorrow.",
        ),
        Example::new(
            "#### Unit tests\n\n- `<package>`: `<date>` - `<test coverage>`",
            "#### Unit tests\n\n- `menu-cache`: 2026-05-04 - 87 %",
        ),
    ],
    levels: Levels::all(Level::Off),
    weight: Weight::Section,
    relief: Relief::LevelOrWaiver,
};

/// A placeholder is left in a section that is otherwise filled.
pub static PLACEHOLDER: Rule = Rule {
    name: "placeholder",
    group: GROUP,
    short: "a placeholder is left in a section that is otherwise filled",
    what: "In a section that says something, no `TBD`, `TODO`, `FIXME` or `XXX` is left, and no sample line of the \
           template. Code is not looked at. A name such as `<ship>` outside of code is a warning: GitHub takes it for an \
           HTML tag and does not show it.",
    why: "A placeholder is a decision that is still open, in the middle of a text that looks finished.",
    how: "Write what belongs there, or delete the line. Put a name in angle brackets between backticks.",
    fix: None,
    examples: &[
        Example::new(
            "Who owns the format of the documents: TBD",
            "Hotel Systems owns the format of the documents.",
        ),
        Example::new(
            "The cache reads menus/<ship>.json from the catalogue.",
            "The cache reads `menus/<ship>.json` from the catalogue.",
        ),
    ],
    levels: Levels::row("-WWEE - -- -"),
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// Guidance comments of the template are left.
pub static GUIDANCE_LEFT: Rule = Rule {
    name: "guidance-left",
    group: GROUP,
    short: "guidance comments of the template are left",
    what: "None of the template's comments is left. Comments of your own are yours.",
    why: "The template's comments help to write. Once a section is written, they only stand in the way of whoever edits \
          it next.",
    how: "Delete the comments once their sections are written.",
    fix: Some("deletes the comments of sections that are written"),
    examples: &[Example::new(
        "\
### Non-Goals

<!--
What could a reader expect here that we leave out on purpose?
-->

- Orders and payments, which need a link today and will tomorrow.",
        "\
### Non-Goals

- Orders and payments, which need a link today and will tomorrow.",
    )],
    levels: Levels::row("-WWWW - -- -"),
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// The architecture shows no diagram.
pub static DIAGRAM_MISSING: Rule = Rule {
    name: "diagram-missing",
    group: GROUP,
    short: "the architecture shows no diagram",
    what: "Below `### Architecture` or one of its sub-headings stands an image, a fence in a language that draws \
           (`mermaid`, `plantuml`, `d2` and others), or a link. An empty section is left to `section-empty`.",
    why: "How ship and cloud are connected, and where state is kept, is seen at a glance in a picture and easily \
          overlooked in a text.",
    how: "Add a `mermaid` fence, which GitHub draws and a review can comment on line by line, or an image.",
    fix: None,
    examples: &[Example::new(
        "\
### Architecture

The screens ask the cache; the cache asks the catalogue through the gateway.",
        "\
### Architecture

The screens ask the cache; the cache asks the catalogue through the gateway.

![Screens, cache and catalogue](images/menu-cache.svg)",
    )],
    levels: Levels::row("-WWEE - -- -"),
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

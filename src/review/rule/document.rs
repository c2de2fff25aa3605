//! Rules about the document: title, number, headings, comments, the file itself.

use super::stage::{SAMPLE, Stage, exchange};
use super::{ALWAYS, Example, Relief, Rule, Weight};

const GROUP: &str = "document";

/// The title is not `# EP-NNNN: Title`.
pub static TITLE_FORMAT: Rule = Rule {
    name: "title-format",
    group: GROUP,
    short: "the title is not `# EP-NNNN: Title`",
    what: "The first heading of the file is an H1: `EP-`, a number of at least four digits, a colon, a space and a \
           title. The template's own number and title are placeholders and do not count.",
    why: "Reports, links and lists name an EP by its number and its title. Where every title has the same form, people \
          and programs find both.",
    how: "Write the title in this form, with the number that the file's name carries. `ep-bot new \"Title\"` starts an \
          EP under the next free number.",
    fix: Some("writes the title in its form, where the title or the path carries a number"),
    examples: &[
        Example::new("# Ship Menu Cache", "# EP-0042: Ship Menu Cache"),
        Example::new("# EP-0042: Enhancement Process", "# EP-0042: Ship Menu Cache")
            .given("A copy of the template still has the template's title."),
    ],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// The title and the path carry different numbers.
pub static NUMBER_MISMATCH: Rule = Rule {
    name: "number-mismatch",
    group: GROUP,
    short: "the title and the path carry different numbers",
    what: "The number in the title and the number in the file's path are the same. A path without a number is not \
           compared.",
    why: "An EP is found by its path and cited by its title. With two numbers, a citation leads to the wrong EP.",
    how: "Decide which number is right, then rename the file or change the title.",
    fix: None,
    examples: &[Example::new("# EP-0024: Ship Menu Cache", "# EP-0042: Ship Menu Cache")
        .given("The file is `eps/EP-0042-ship-menu-cache.md`.")],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// The sample with another title, under the path of the title's number.
fn under_its_number(title: &str) -> Stage {
    let number = title.trim_start_matches("# ").split(':').next().unwrap_or_default();
    Stage::proposal(exchange(SAMPLE, "# EP-0042: Ship Menu Cache", title))
        .at(format!("eps/{number}-ship-menu-cache.md"))
}

/// Another EP carries the same number.
pub static NUMBER_TAKEN: Rule = Rule {
    name: "number-taken",
    group: GROUP,
    short: "another EP carries the same number",
    what: "A number names one EP: among the files of the repository, within the pull request, and among all open pull \
           requests. Of two open pull requests, the one that was opened first keeps the number; it gets a warning, and \
           only the later one is blocked. On a laptop nobody knows of open pull requests, so only files are compared.",
    why: "Two authors who start in the same week both take the next free number. If both were merged, every mention of \
          that number would mean two things.",
    how: "Take the next free number, in the title and in the file's name.",
    fix: None,
    examples: &[
        Example::new("# EP-0041: Ship Menu Cache", "# EP-0042: Ship Menu Cache")
            .given(
                "The repository already holds `eps/EP-0041-guest-wifi-portal.md`. The file is named after its title.",
            )
            .told(|title| {
                under_its_number(title).claim(41, "eps/EP-0041-guest-wifi-portal.md", None)
            }),
        Example::new("# EP-0041: Ship Menu Cache", "# EP-0042: Ship Menu Cache")
            .given("The same holds when pull request 118, opened before this one, adds that file.")
            .told(|title| {
                under_its_number(title).pull_request(121).claim(
                    41,
                    "eps/EP-0041-guest-wifi-portal.md",
                    Some(118),
                )
            }),
    ],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// A heading stands twice under the same parent.
pub static SECTION_DUPLICATE: Rule = Rule {
    name: "section-duplicate",
    group: GROUP,
    short: "a heading stands twice under the same parent",
    what: "Below one parent, each heading of the second and third level stands once. The same words below different \
           parents are fine.",
    why: "Of two sections with one name, a reader finds one and misses the other, and so may a review.",
    how: "Merge the two sections, or give one of them another name.",
    fix: None,
    examples: &[Example::new(
        "\
## Summary

Bars and restaurants show their menus from a cache on the ship.

## Summary

The cache is filled whenever there is a link, and keeps the last menu.",
        "\
## Summary

Bars and restaurants show their menus from a cache on the ship.
The cache is filled whenever there is a link, and keeps the last menu.",
    )
    // Otherwise the second heading would be missing there, too.
    .along(&[("- [Summary](#summary)\n", "- [Summary](#summary)\n- [Summary](#summary-1)\n")])],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// An HTML comment is never closed.
pub static COMMENT_UNCLOSED: Rule = Rule {
    name: "comment-unclosed",
    group: GROUP,
    short: "an HTML comment is never closed",
    what: "Every `<!--` has its `-->`. The finding stands where the comment opens. What the comment hides is not \
           reported as missing: this one finding speaks for it.",
    why: "An open comment hides everything down to the end of the file, on GitHub as well. Nobody can review what \
          nobody sees.",
    how: "Write `-->` where the comment should end. Comments do not nest: the first `-->` ends them all.",
    fix: None,
    examples: &[Example::new(
        "\
<!-- ask Hotel Systems about this

## Drawbacks

One more service on each ship.",
        "\
<!-- ask Hotel Systems about this -->

## Drawbacks

One more service on each ship.",
    )
    .told(|drawbacks| {
        let old = "## Drawbacks\n\nOne more service on each ship.";
        Stage::proposal(exchange(SAMPLE, old, drawbacks))
    })],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// The file is too large or not UTF-8.
pub static FILE_UNREADABLE: Rule = Rule {
    name: "file-unreadable",
    group: GROUP,
    short: "the file is too large or not UTF-8",
    what: "An EP is UTF-8 text of at most 1 MiB. Anything else is reported and not read any further.",
    why: "GitHub shows a file in another encoding with holes in its words, and nobody can review a file of that size.",
    how: "Save the file as UTF-8; most editors offer it in their `Save as` dialogue or their status bar. Move logs, \
          generated parts and appendices into files of their own, and link them.",
    fix: None,
    examples: &[Example::new(
        "Cr�pes are on the menu of the pool bar.",
        "Crêpes are on the menu of the pool bar.",
    )
    .given("The file was saved in Latin-1, in which `ê` is a byte that UTF-8 does not know.")
    .told(|line| {
        let text = format!("{SAMPLE}\n{line}\n");
        let parts: Vec<&[u8]> = text.split('\u{fffd}').map(str::as_bytes).collect();
        // `ê` in Latin-1.
        Stage::proposal(parts.join(&0xea))
    })],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::None,
};

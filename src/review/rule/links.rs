//! Rules about the table of contents and about links.

use crate::review::level::Levels;

use super::{Example, Relief, Rule, Weight};

const GROUP: &str = "TOC and links";
const WARN: Levels = Levels::row("WWWWW - -- -");

/// Entries of the table of contents point nowhere.
pub static TOC_ENTRY: Rule = Rule {
    name: "toc-entry",
    group: GROUP,
    short: "entries of the table of contents point nowhere",
    what: "Each entry between `<!-- toc -->` and `<!-- /toc -->` points to a heading's anchor as GitHub makes it: lower \
           case, punctuation dropped, each space a hyphen. A heading that stands a second time gets `-1` at its end.",
    why: "A click on such an entry leads nowhere, and the reader looks for a section that may not exist.",
    how: "Point the entry to the anchor of its heading, or delete it when the heading is gone.",
    fix: Some("writes the list between the marks anew from the headings"),
    examples: &[Example::new(
        "    - [Prerequisite testing](#prerequisites)",
        "    - [Prerequisite testing](#prerequisite-testing)",
    )],
    levels: WARN,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// The table of contents does not list every H2 and H3.
pub static TOC_HEADING: Rule = Rule {
    name: "toc-heading",
    group: GROUP,
    short: "the table of contents does not list every H2 and H3",
    what: "Between `<!-- toc -->` and `<!-- /toc -->` stands an entry for every heading of the second and third level. \
           Deeper ones may be listed. A template without a table of contents asks for none.",
    why: "An EP is long. What its table of contents leaves out is found late or not at all.",
    how: "Add an entry for each heading that the finding names.",
    fix: Some("writes the list between the marks anew from the headings"),
    examples: &[Example::new(
        "- [Alternatives](#alternatives)",
        "\
- [Drawbacks](#drawbacks)
- [Alternatives](#alternatives)",
    )],
    levels: WARN,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

/// A relative link or image names no file of the repository.
pub static LINK_BROKEN: Rule = Rule {
    name: "link-broken",
    group: GROUP,
    short: "a relative link or image names no file of the repository",
    what: "A link or image without a host names a file or folder of the repository as it is at the head commit. It is \
           looked up from the EP's own folder; a leading `/` starts at the repository's root. Links to other sites are \
           not followed.",
    why: "Such links break when files are moved or renamed, and nobody sees it until somebody needs the diagram.",
    how: "Correct the path, or add the file to the pull request.",
    fix: None,
    examples: &[Example::new(
        "![Screens, cache and catalogue](images/menu-cashe.svg)",
        "![Screens, cache and catalogue](images/menu-cache.svg)",
    )
    .given("The image lies in `eps/images/menu-cache.svg`.")],
    levels: WARN,
    weight: Weight::Rule,
    relief: Relief::LevelOrWaiver,
};

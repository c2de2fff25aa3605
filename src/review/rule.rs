//! The rules as data: help, documentation and schema are generated from this one table.

use super::level::{Level, Levels};

/// One rule of the production readiness review. Names are stable: reports and policies use them.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, as `prr-unanswered`.
    pub name: &'static str,
    /// The group in which the documentation lists it.
    pub group: &'static str,
    /// One line: what it finds.
    pub short: &'static str,
    /// What it looks at, and why it matters.
    pub long: &'static str,
    /// Markdown that it finds fault with, and what to write instead.
    pub example: Example,
    /// Its levels by status in the default policy's ladder. A rule about sections takes the section's levels.
    pub levels: Levels,
}

/// A failing and a passing piece of an EP.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    /// What the rule finds fault with.
    pub bad: &'static str,
    /// What to write instead.
    pub good: &'static str,
}

const ALWAYS: Levels = Levels::all(Level::Error);

macro_rules! rules {
    ($($id:ident, $name:literal, $group:literal, $levels:expr, $short:literal, $long:literal, $bad:literal => $good:literal;)*) => {
        $(
            #[doc = $short]
            pub static $id: Rule = Rule {
                name: $name, group: $group, short: $short, long: $long,
                example: Example { bad: $bad, good: $good }, levels: $levels,
            };
        )*
        /// Every rule, in the order of the documentation.
        pub static RULES: &[&Rule] = &[$(&$id),*];
    };
}

rules! {
    TITLE_FORMAT, "title-format", "document", ALWAYS,
    "the title is not `# EP-NNNN: Title`",
    "Reports, links and lists name an EP by its number and title. The first heading is an H1 with `EP-`, at least four digits, a colon, a space and a title. The template's own number and title are placeholders.",
    "# Offline login" => "# EP-0042: Offline login";
    NUMBER_MISMATCH, "number-mismatch", "document", ALWAYS,
    "the title and the path carry different numbers",
    "An EP is found by its path and cited by its title: both carry one number.",
    "# EP-0041: Offline login        (in eps/EP-0042-offline-login.md)" => "# EP-0042: Offline login        (in eps/EP-0042-offline-login.md)";
    NUMBER_TAKEN, "number-taken", "document", ALWAYS,
    "another EP carries the same number",
    "A number names one EP: in the repository, in the same change, and among the open pull requests. Of two open pull requests the one that was opened first keeps the number. On a laptop only the files there are looked at.",
    "# EP-0042: Offline login        (while eps/EP-0042-gateway.md exists)" => "# EP-0043: Offline login        (in eps/EP-0043-offline-login.md)";
    SECTION_DUPLICATE, "section-duplicate", "document", ALWAYS,
    "a heading stands twice under the same parent",
    "With two sections of one name, a reader sees one and misses the other, and so may a review. Merge them.",
    "## Summary\n\nFirst.\n\n## Summary\n\nSecond." => "## Summary\n\nFirst. Second.";
    COMMENT_UNCLOSED, "comment-unclosed", "document", ALWAYS,
    "an HTML comment is never closed",
    "An open `<!--` hides everything down to the end of the file, on GitHub as well. What it hides cannot be reviewed.",
    "<!-- a note to myself\n\n## Drawbacks" => "<!-- a note to myself -->\n\n## Drawbacks";
    FILE_UNREADABLE, "file-unreadable", "document", ALWAYS,
    "the file is too large or not UTF-8",
    "An EP is UTF-8 text of at most 1 MiB. Anything else is reported and not read.",
    "(a file in Latin-1)" => "(the same file, saved as UTF-8)";
    STATUS_MISSING, "status-missing", "status", ALWAYS,
    "the EP states no status",
    "Everything that is asked of an EP depends on its status, the first text below `## Status`. Until it states one, the EP is held against the first status of the ladder.",
    "## Status\n\n**status here**" => "## Status\n\nprovisional";
    STATUS_UNKNOWN, "status-unknown", "status", ALWAYS,
    "the status is none of the ladder's, or there are several",
    "The status is exactly one value of the ladder. It may be bold, italic, in code, in any case.",
    "## Status\n\nimplementible" => "## Status\n\nimplementable";
    STATUS_TRANSITION, "status-transition", "status", ALWAYS,
    "the status moves in a way that the ladder does not know",
    "An EP climbs by any number of steps, and each step asks for all that lies below it. It may go back or be deferred, with a dated entry of the history that says why: without one, a warning. A new EP starts at one of the first two steps: else, a warning. Out of a final status (rejected, withdrawn, replaced) nothing leads: an error.",
    "## Status\n\nimplementable        (rejected on the base branch)" => "## Status\n\nrejected        (and a new EP that links this one)";
    JIRA_MISSING, "jira-missing", "status", Levels::row("WEEEE - -- -"),
    "no Jira epic or story is linked",
    "The work behind an EP is tracked: a link or a key such as `PLAT-1042` stands below `### Jira`.",
    "### Jira\n\n- Jira Epic or Story Link" => "### Jira\n\n- PLAT-1042";
    REPLACED_BY, "replaced-by", "status", Levels::row("----- - -- E"),
    "a replaced EP does not say by which",
    "Whoever finds a replaced EP wants the one that holds now: link it below the status.",
    "## Status\n\nreplaced" => "## Status\n\nreplaced by [EP-0051](EP-0051-identity.md)";
    HISTORY_ENTRY, "history-entry", "status", Levels::row("-WWEE W WW W"),
    "the implementation history has no dated entry, or none for the present status",
    "The history tells when each status was reached. An entry is a line, a list item or a table row with a date.",
    "## Implementation History\n\nWork has started." => "## Implementation History\n\n- 2026-03-14: implementable";
    SECTION_MISSING, "section-missing", "sections", Levels::all(Level::Off),
    "a heading of the template is missing",
    "The template's headings are the agreed reading order; a reviewer looks for each of them. A section that does not apply stays, with a sentence that says so. A missing parent speaks for its children. The level is the section's own.",
    "## Motivation\n\n### Goals" => "## Motivation\n\n### Business Case\n\n### Goals";
    SECTION_EMPTY, "section-empty", "sections", Levels::all(Level::Off),
    "a required section says nothing",
    "Comments, lines of the template, rules and words that only hold a place (TBD, TODO) are no text. A section with sub-sections is filled when one of them is. The level is the section's own.",
    "### Goals\n\nTBD" => "### Goals\n\n- Guests log in while the ship is offline.";
    PLACEHOLDER, "placeholder", "sections", Levels::row("-WWEE - -- -"),
    "a placeholder is left in a section that is otherwise filled",
    "`TBD`, `TODO`, `FIXME`, the template's sample lines, and `<names>` that GitHub hides from the reader.",
    "The owner of the service is TBD." => "The owner of the service is the guest platform team.";
    GUIDANCE_LEFT, "guidance-left", "sections", Levels::row("-WWWW - -- -"),
    "guidance comments of the template are left",
    "The template's comments help to write. Once a section is written they only stand in the way of who edits it next.",
    "<!--\nWhat is out of scope for this EP?\n-->\n\nShore-side login." => "Shore-side login.";
    DIAGRAM_MISSING, "diagram-missing", "sections", Levels::row("-WWEE - -- -"),
    "the architecture shows no diagram",
    "An image, a Mermaid or PlantUML fence, or a link to a diagram, below the architecture's heading.",
    "### Architecture\n\nA gateway on each ship." => "### Architecture\n\nA gateway on each ship: ![overview](images/gateway.svg)";
    PRR_QUESTION_MISSING, "prr-question-missing", "PRR", Levels::row("-EEEE - -- -"),
    "a question of the production readiness review is missing",
    "Every question of the template stands in the EP, also those answered with `No` or `N/A`: a deleted question cannot be reviewed.",
    "### Troubleshooting" => "### Troubleshooting\n\n#### What are other known failure modes?\n\nNone.";
    PRR_UNANSWERED, "prr-unanswered", "PRR", ADDED,
    "a question of the production readiness review is not answered",
    "An answer is anything but comments, template lines and words that only hold a place. `No`, `None`, `N/A` and `Yes` are answers. The level is that of the part in which the question stands; questions that reviewers and authors add have the levels shown here.",
    "#### What specific metrics should inform a rollback?\n\nTBD" => "#### What specific metrics should inform a rollback?\n\n`gateway_errors_total` above 1 % for five minutes.";
    PRR_OPTIONS, "prr-options", "PRR", ADDED,
    "an option list is ticked with nothing filled in, filled in but not ticked, or has leftovers",
    "Where the template offers boxes with fields, tick at least one, fill in its fields, and delete the rest. A list that is answered, with boxes left over, is a warning.",
    "- [x] Metrics\n  - Metric name:" => "- [x] Metrics\n  - Metric name: `gateway_errors_total`";
    CHECKLIST_MISSING, "checklist-missing", "checklist", PRESENT,
    "the proposal checklist is gone, or moved to another section",
    "The checklist stands in its own section, item by item as in the template. Deleting it never passes.",
    "## Proposal Checklist\n\nAll done." => "## Proposal Checklist\n\n- [x] What is the timeline for release? Summer season.";
    CHECKLIST_ITEM_MISSING, "checklist-item-missing", "checklist", PRESENT,
    "items of the template's checklist are missing",
    "Items are told by the template's text at their start; the author's answer follows it. An item that does not apply stays, with `N/A: reason`.",
    "(ten of eleven items)" => "(all eleven, one with `N/A: no user interface`)";
    CHECKLIST_ITEM_OPEN, "checklist-item-open", "checklist", DONE,
    "items of the checklist are neither ticked nor N/A with a reason",
    "The checklist is part of production readiness: each item is ticked, or carries `N/A: reason`, before deployment to production.",
    "- [ ] What is the timeline for release?" => "- [x] What is the timeline for release? Summer season.";
    CHECKLIST_ITEM_DUPLICATE, "checklist-item-duplicate", "checklist", PRESENT,
    "an item of the checklist stands twice",
    "Of two boxes for one item nobody knows which counts; the open one does.",
    "- [x] What is the timeline for release?\n- [ ] What is the timeline for release?" => "- [x] What is the timeline for release?";
    CHECKLIST_MARKER, "checklist-marker", "checklist", DONE,
    "a box has a marker that GitHub does not render",
    "GitHub knows `[ ]` and `[x]`. Any other marker shows as text and counts as open.",
    "- [✅] What is the timeline for release?" => "- [x] What is the timeline for release?";
    TOC_ENTRY, "toc-entry", "TOC and links", WARN,
    "entries of the table of contents point nowhere",
    "An entry points to a heading's anchor as GitHub makes it: lower case, punctuation dropped, each space a hyphen.",
    "- [Prerequisite testing updates](#prerequisite-testing-updates)" => "- [Prerequisite testing](#prerequisite-testing)";
    TOC_HEADING, "toc-heading", "TOC and links", WARN,
    "the table of contents does not list every H2 and H3",
    "The table of contents between `<!-- toc -->` and `<!-- /toc -->` lists every heading of the second and third level.",
    "(no entry for `## Drawbacks`)" => "- [Drawbacks](#drawbacks)";
    LINK_BROKEN, "link-broken", "TOC and links", WARN,
    "a relative link or image names no file of the repository",
    "Links and images without a host are looked up in the repository as it is at the head commit, from the EP's own folder; `/` leads to the repository's root. Files that were moved leave such links behind.",
    "![overview](images/gatway.svg)" => "![overview](images/gateway.svg)";
    POLICY_INVALID, "policy-invalid", "policy", ALWAYS,
    "the policy file cannot be used",
    "The policy in `.github/ep-bot.yml` says what is asked of EPs. Unknown keys, wrong values and broken YAML are refused with line, column and the nearest known word: a setting that is silently ignored would let unready EPs through.",
    "pathes: [eps/**/*.md]" => "paths: [eps/**/*.md]";
    TEMPLATE_INVALID, "template-invalid", "policy", ALWAYS,
    "the repository's template cannot be used",
    "The repository's own template says which headings, questions and items every EP carries. A template without a questionnaire, without questions at the policy's level, or with a comment that is never closed would ask for nothing, and so is refused; dead entries of its table of contents and headings that stand twice are warnings.",
    "## Production Readiness Review Questionnaire\n\n## Implementation History" => "## Production Readiness Review Questionnaire\n\n### Monitoring Requirements\n\n#### How is it watched?";
}

const ADDED: Levels = super::policy::ADDED_QUESTION;
const PRESENT: Levels = Levels::row("WEEEE - -- -");
const DONE: Levels = Levels::row("--WEE - -- -");
const WARN: Levels = Levels::row("WWWWW - -- -");

impl Rule {
    /// Whether it is that one.
    pub fn is(&self, other: &Self) -> bool {
        self.name == other.name
    }

    /// The rule of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.name == name)
    }

    /// The rule's name that is nearest to a word, for a hint.
    pub fn nearest(word: &str) -> Option<&'static Self> {
        RULES
            .iter()
            .copied()
            .map(|rule| (strsim::normalized_damerau_levenshtein(word, rule.name), rule))
            .filter(|(similarity, _)| *similarity >= 0.5)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, rule)| rule)
    }
}

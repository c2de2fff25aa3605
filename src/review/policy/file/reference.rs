//! Every setting of the policy file as data: its errors, its JSON schema and its documentation come from this one
//! table.

use super::schema::Shape;

/// One setting of the policy file.
#[derive(Debug)]
pub struct Setting {
    /// Where it stands: `prr.approvers`. `[]` is one entry of a list: `waivers[].rule`.
    pub key: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// What stands behind its key, as the end of "it takes …".
    pub takes: &'static str,
    /// What it means, in Markdown.
    pub meaning: &'static str,
    /// What holds without it, as YAML; empty where nothing does.
    pub default: &'static str,
    /// A value, as YAML on one line.
    pub example: &'static str,
    pub(super) shape: Shape,
}

impl Setting {
    /// The settings directly below a key; the top ones below an empty one.
    pub fn below(prefix: &str) -> impl Iterator<Item = &'static Self> + Clone {
        SETTINGS.iter().filter(move |setting| setting.parent() == prefix)
    }

    /// The key within its map: `approvers`.
    pub fn name(&self) -> &'static str {
        self.key.rsplit('.').next().unwrap_or(self.key)
    }

    /// The key in messages: `waivers.rule`.
    pub fn path(&self) -> String {
        self.key.replace("[]", "")
    }

    /// The key of the map or the list's entries around it; empty at the top.
    pub fn parent(&self) -> &'static str {
        self.key.rsplit_once('.').map_or("", |(parent, _)| parent)
    }

    /// Its example as the sentence of a help text.
    pub(super) fn for_example(&self) -> String {
        format!("For example `{}: {}`.", self.name(), self.example)
    }
}

const TEXT: Shape = Shape::Text;
const FLAG: Shape = Shape::Flag;

macro_rules! settings {
    ($($key:literal, $title:literal, $shape:expr, $takes:literal, default $default:literal, example $example:literal,
       $meaning:literal;)*) => {
        /// Every setting, in the order of the documentation.
        pub static SETTINGS: &[Setting] = &[$(Setting {
            key: $key, title: $title, takes: $takes, meaning: $meaning, default: $default, example: $example,
            shape: $shape,
        }),*];
    };
}

settings! {
    "paths", "Which files are EPs", Shape::Texts,
    "a glob or a list of globs, each ending in `.md`",
    default "[eps/**/*.md, enhancements/**/*.md, docs/eps/**/*.md]", example "[proposals/**/README.md]",
    "Paths from the repository's root. `*` stops at a `/`, `**` does not, and case does not matter. Of the files that match, those are EPs that carry a number in their path or in their title; index pages and the template are left alone.";

    "template", "The repository's own template", TEXT,
    "a path from the repository's root",
    default "", example "eps/EP-0000-template.md",
    "The file whose headings, questions and checklist items every EP carries. Without this setting it is the first file beside the EPs that is named like a template (`eps/EP-0000-template.md`, `eps/template.md` and the like), else the template that is built in.";

    "title", "How a title is written", TEXT,
    "a pattern with an `N` for each digit and `Title` for the text, in quotes",
    default "\"EP-NNNN: Title\"", example "\"RFC NNN: Title\"",
    "The pattern of an EP's first heading. There are at least as many digits as there are `N`; `{number}` and `{title}` stand for any number and for the text. The word before the number is also looked for in paths.";

    "statuses", "The ladder", Shape::Statuses,
    "a list of statuses, each a name or `{name, kind, like}`; or `{steps, parked, terminal}`, each a list",
    default "[provisional, implementable, implemented, staged, completed, deferred, rejected, withdrawn, replaced]",
    example "[provisional, implementable, {name: beta, like: staged}, completed, rejected]",
    "The statuses of an EP in order, at most 16. A name of the default ladder keeps what it means there. Requirements that the policy does not set follow from `like`.";

    "statuses[].name", "Its name", TEXT,
    "a name", default "", example "beta",
    "The status as EPs write it, in any case. Where EPs state status and stage in YAML, the name may be both: `implementable beta`.";

    "statuses[].kind", "Where it stands", Shape::Words(&["step", "parked", "terminal"]),
    "`step`, `parked` or `terminal`", default "step", example "parked",
    "A `step` of the way to production, `parked` off it for now, or `terminal`: nothing leads out. A name of the default ladder has its kind there.";

    "statuses[].like", "Whose requirements it has",
    Shape::Words(&["provisional", "implementable", "implemented", "staged", "completed", "deferred", "rejected", "withdrawn", "replaced"]),
    "a status of the default ladder", default "", example "staged",
    "The status of the default ladder whose requirements it has where the policy sets none. Without it, a step is like the status that is its first word (`implementable beta`), else like the step before it, else like `provisional`; a parked status is like `deferred`, a terminal one like `rejected`.";

    "statuses.steps", "The steps", Shape::StatusNames,
    "a list of statuses, each a name or `{name, like}`", default "", example "[draft, accepted, live]",
    "The way to production, in order.";

    "statuses.parked", "Off the way", Shape::StatusNames,
    "a list of statuses, each a name or `{name, like}`", default "", example "[deferred]",
    "Statuses of EPs that rest.";

    "statuses.terminal", "The ends", Shape::StatusNames,
    "a list of statuses, each a name or `{name, like}`", default "", example "[rejected, withdrawn]",
    "Statuses that an EP does not leave.";

    "status_from", "Where an EP states its status", Shape::StatusFrom,
    "`section`, `front matter`, a file name such as `ep.yaml`, or a map with one of `section`, `front_matter` and `sidecar`",
    default "section", example "{sidecar: ep.yaml}",
    "The status is the first text of a section, or the value of a key in YAML: in the EP's front matter, or in a file beside it. With a `stage`, the ladder is searched for status and stage together (`implementable beta`), then for the status, then for the stage.";

    "status_from.section", "In a section", TEXT,
    "the section's title", default "Status", example "State of the Proposal",
    "The title of the section whose first text is the status.";

    "status_from.front_matter", "In front matter", Shape::Group,
    "`{status: key, stage: key}`", default "", example "{status: status, stage: stage}",
    "The YAML between two lines `---` at the top of the EP.";

    "status_from.front_matter.status", "Key of the status", TEXT,
    "a key", default "status", example "state", "The key whose value is the status.";

    "status_from.front_matter.stage", "Key of the stage", TEXT,
    "a key", default "", example "stage", "The key of a stage within the status.";

    "status_from.sidecar", "In a file beside the EP", Shape::Sidecar,
    "a file name, or `{file, status, stage}`", default "", example "{file: ep.yaml, stage: stage}",
    "A YAML file in the EP's own folder.";

    "status_from.sidecar.file", "Name of the file", TEXT,
    "a file name without a `/`", default "", example "ep.yaml", "The file's name, the same beside every EP.";

    "status_from.sidecar.status", "Key of the status", TEXT,
    "a key", default "status", example "state", "The key whose value is the status.";

    "status_from.sidecar.stage", "Key of the stage", TEXT,
    "a key", default "", example "stage", "The key of a stage within the status.";

    "sections", "What each section requires", Shape::Levels,
    "a map from a section's path to a level, or to a level per status",
    default "", example "{\"Design Details > Security\": error, Drawbacks: {staged: error}}",
    "A path names the headings from the second level down, as `Proposal > Architecture`. A section that is named here is required also where the template calls it optional. What a map does not set stays as it is: the default's levels where the default names the section; those of the part around it for a part or a question of the questionnaire; else nothing before the status that is like `implementable`, and `error` from it on.";

    "rules", "How much each rule weighs", Shape::Rules,
    "a map from a rule's name to a level, or to a level per status",
    default "", example "{link-broken: error, guidance-left: {staged: off}}",
    "It outweighs what sections and questions require. `policy-invalid` and `file-unreadable` always block, and have no level here. `ep-bot explain` lists the rules with their levels.";

    "prr", "The production readiness review", Shape::Group,
    "a map of settings", default "", example "{approvers: [octo-org/prr], required_from: staged}",
    "Where the questionnaire stands, who approves it, and from when on it counts.";

    "prr.section", "The questionnaire's title", TEXT,
    "the title of a section", default "Production Readiness Review Questionnaire", example "Production Readiness",
    "The section that holds the questions. Its parts keep the requirements that parts of that title have by default; every other question has those of added questions.";

    "prr.question_level", "The level of the questions' headings", Shape::Whole(2, 6),
    "a whole number from 2 to 6", default "4", example "6",
    "4 means `####`. Headings of that level below the questionnaire are questions.";

    "prr.approvers", "Who approves", Shape::Texts,
    "a list of logins and teams, as `octocat` and `octo-org/prr`", default "", example "[octocat, octo-org/prr]",
    "Whose approving review counts, and who waives findings and asks questions with comments. Without it, that is anyone who can push to the repository. Nobody approves a pull request of their own.";

    "prr.approvals", "How many approve", Shape::Whole(1, 100),
    "a whole number from 1 on", default "1", example "2",
    "How many different people approve the present answers: an answer that changes voids the approvals before it.";

    "prr.request_reviews", "Whether reviews are requested", FLAG,
    "`true` or `false`", default "false", example "true",
    "Requests a review from the approvers who have not approved yet, once, on pull requests that need it. Leave it off where a CODEOWNERS file does.";

    "prr.required_from", "From which status on it is required", TEXT,
    "a step of the ladder", default "", example "staged",
    "From that step on, an unanswered question and a missing approval are errors; before it they are warnings at most. Levels that `sections`, `rules` or a question set themselves still hold.";

    "prr.na_needs_reason", "Whether N/A needs a reason", FLAG,
    "`true` or `false`", default "false", example "true",
    "With it, a bare `N/A` is no answer: `N/A: nothing is stored` is.";

    "prr.questions", "Questions beyond the template's", Shape::Questions,
    "a list of questions, each a text or `{question, part, level}`", default "", example "[\"Who is called at night?\"]",
    "Every EP carries each of them as a heading, and answers it.";

    "prr.questions[].question", "The question", TEXT,
    "a text", default "", example "\"Who is called at night?\"", "The heading, word for word.";

    "prr.questions[].part", "Where it stands", TEXT,
    "the title of a part of the questionnaire", default "", example "Monitoring Requirements",
    "The part in which it is asked; the end of the questionnaire without it.";

    "prr.questions[].level", "What it requires", Shape::Level,
    "a level, or a map from statuses to levels", default "", example "{implementable: error}",
    "Where it is not what added questions require: an answer is a `warning` from `implementable` on, an `error` from `staged` on.";

    "checklist", "The proposal checklist", Shape::Group,
    "a map of settings", default "", example "{evidence: true}", "How the checklist is filled in.";

    "checklist.evidence", "Whether a tick needs evidence", FLAG,
    "`true` or `false`", default "false", example "true",
    "With it, a ticked item needs a text or a link behind it.";

    "roles", "Sections with rules of their own", Shape::Group,
    "a map of settings", default "", example "{tickets: \"Status > Tracking\"}",
    "Where a template has other headings: the path of a section, or the end of it. A template without such a section has no such rule.";

    "roles.tickets", "Where tickets are linked", TEXT,
    "the path of a section", default "Jira", example "\"Status > Tracking\"", "What `jira-missing` looks at.";

    "roles.history", "Where the history stands", TEXT,
    "the path of a section", default "Implementation History", example "Changelog", "What `history-entry` looks at.";

    "roles.diagram", "Where the diagram stands", TEXT,
    "the path of a section", default "Architecture", example "\"Design > Overview\"", "What `diagram-missing` looks at.";

    "waivers", "Findings that are accepted for a longer time", Shape::Waivers,
    "a list of `{rule, ep, section, because, until}`", default "",
    example "[{rule: link-broken, ep: 42, because: the wiki moves in May, until: 2027-05-31}]",
    "A waived finding is a note that says why. On the day after `until` (in UTC) it weighs again; what is open is reviewed \
     anew then.";

    "waivers[].rule", "The rule", Shape::Rule,
    "the name of a rule", default "", example "link-broken", "The rule whose findings are waived.";

    "waivers[].ep", "The EP", Shape::Number,
    "the number of an EP", default "", example "42", "The EP, as `42` or `EP-0042`; without it, every EP.";

    "waivers[].section", "The section", TEXT,
    "the path of a section", default "", example "\"Design Details > Test Plan\"",
    "The section, by its path or the end of it; without it, the whole EP.";

    "waivers[].because", "The reason", TEXT,
    "a text", default "", example "the wiki moves in May", "Why, as every report repeats it. It is required, and so is `rule`.";

    "waivers[].until", "The last day", Shape::Date,
    "a date as `2027-05-31`", default "", example "2027-05-31", "The last day on which it holds; without it there is no end.";

    "comments", "What is said beside the check", Shape::Words(&["inline", "summary", "off"]),
    "`inline`, `summary` or `off`", default "inline", example "summary",
    "Where findings are said beside the check: in review comments at the lines of the pull request (`inline`), in one comment with a summary, or nowhere. The check itself always says everything.";

    "incomplete", "How a check with errors concludes", Shape::Words(&["failure", "action_required"]),
    "`failure` or `action_required`", default "failure", example "action_required",
    "Both block a merge that requires the check; `action_required` looks less like a broken build.";
}

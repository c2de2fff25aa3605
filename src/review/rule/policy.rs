//! Rules about the repository's own policy and template.

use super::stage::Stage;
use super::{ALWAYS, Example, Relief, Rule, Weight};

const GROUP: &str = "policy";

/// A short template up to its questionnaire.
const TEMPLATE: &str = "\
# EP-0000: Title

## Status

**status here**

## Proposal Checklist

- [ ] Who owns it?
";

/// The policy file cannot be used.
pub static POLICY_INVALID: Rule = Rule {
    name: "policy-invalid",
    group: GROUP,
    short: "the policy file cannot be used",
    what: "The policy, `.github/ep-bot.yml`, is YAML that holds only known settings with values that fit. Each problem is \
           reported with its line and column, and with the nearest known word.",
    why: "The policy says what is asked of EPs. A setting that was silently ignored would let unready ones through.",
    how: "Correct the file at the lines that the finding names. `ep-bot schema` prints the schema of all settings, which \
          editors use for completion.",
    fix: None,
    examples: &[
        Example::new("pathes: eps/**/*.md", "paths: eps/**/*.md").yaml(),
        Example::new("rules:\n  prr-unanswered: eror", "rules:\n  prr-unanswered: error").yaml(),
    ],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::None,
};

/// The repository's template cannot be used.
pub static TEMPLATE_INVALID: Rule = Rule {
    name: "template-invalid",
    group: GROUP,
    short: "the repository's template cannot be used",
    what: "A repository's own template has headings, a section for the status, and a questionnaire with questions at the \
           policy's level, and closes its comments. A template without a checklist, headings that stand twice and a table \
           of contents that does not fit are warnings.",
    why: "The template says which headings, questions and items every EP carries. One without questions would ask \
          nothing, and every EP would pass.",
    how: "Correct the template. Where it only names things differently, tell the policy: `prr.section`, \
          `prr.question_level` and `status_from`.",
    fix: None,
    examples: &[
        Example::new(
            "\
## Production Readiness Review Questionnaire

- How is it watched?
- How is it rolled back?",
            "\
## Production Readiness Review Questionnaire

#### How is it watched?

#### How is it rolled back?",
        )
        .given("The repository has a template of its own, `eps/EP-0000-template.md`.")
        .told(|questionnaire| Stage::template(format!("{TEMPLATE}\n{questionnaire}\n"))),
        Example::new("## Readiness", "## Production Readiness Review Questionnaire").told(
            |heading| {
                Stage::template(format!("{TEMPLATE}\n{heading}\n\n#### How is it watched?\n"))
            },
        ),
    ],
    levels: ALWAYS,
    weight: Weight::Rule,
    relief: Relief::Level,
};

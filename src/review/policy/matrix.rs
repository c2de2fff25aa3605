//! The requirement matrix: what each section requires at each status where the policy says nothing else.

use crate::review::level::Levels;

/// What each section requires at each status: the requirement matrix, row by row. A path is that of the template.
/// The columns are the default ladder's: provisional, implementable, implemented, staged, completed, deferred,
/// rejected, withdrawn, replaced.
pub const SECTIONS: &[(&str, Levels)] = &[
    ("Summary", Levels::row("EEEEE W -- -")),
    ("Motivation > Business Case", Levels::row("WEEEE W -- -")),
    ("Motivation > Goals", Levels::row("EEEEE W -- -")),
    ("Motivation > Non-Goals", Levels::row("EEEEE W -- -")),
    ("Proposal", Levels::row("WEEEE - -- -")),
    ("Proposal > Architecture", Levels::row("WEEEE - -- -")),
    ("Proposal > User Stories", Levels::row("WEEEE - -- -")),
    ("Proposal > Risks and Mitigations", Levels::row("WEEEE - -- -")),
    ("Design Details", Levels::row("-EEEE - -- -")),
    ("Design Details > Test Plan", Levels::row("-EEEE - -- -")),
    ("Design Details > Test Plan > Prerequisite testing", Levels::row("-WEEE - -- -")),
    ("Design Details > Test Plan > Unit tests", Levels::row("-WEEE - -- -")),
    ("Design Details > Test Plan > Integration tests", Levels::row("-WEEE - -- -")),
    ("Design Details > Test Plan > e2e tests", Levels::row("-WEEE - -- -")),
    ("Design Details > Upgrade / Downgrade Strategy", Levels::row("-EEEE - -- -")),
    (
        "Production Readiness Review Questionnaire > Rollout, Upgrade and Rollback Planning",
        Levels::row("-WEEE - -- -"),
    ),
    (
        "Production Readiness Review Questionnaire > Monitoring Requirements",
        Levels::row("-WWEE - -- -"),
    ),
    ("Production Readiness Review Questionnaire > Dependencies", Levels::row("-WWEE - -- -")),
    ("Production Readiness Review Questionnaire > Scalability", Levels::row("-WWEE - -- -")),
    ("Production Readiness Review Questionnaire > Troubleshooting", Levels::row("-WWEE - -- -")),
    ("Implementation History", Levels::row("-WWEE W WW W")),
    ("Drawbacks", Levels::row("-WWWW - -- -")),
    ("Alternatives", Levels::row("-WWWW - -- -")),
];

/// A template's own section that the matrix does not name is required once the design is.
pub(super) const UNNAMED_SECTION: Levels = Levels::row("-EEEE - -- -");

/// A question that the matrix does not name: those that reviewers, templates and authors add.
pub(crate) const ADDED_QUESTION: Levels = Levels::row("-WWEE - -- -");

/// That an entry of the history names the present status: never more than a word of advice.
pub(super) const NAMES_STATUS: Levels = Levels::row("-WWWW W WW W");

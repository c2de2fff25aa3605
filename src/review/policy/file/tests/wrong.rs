//! Policies that are refused, and what is said about them.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::{Problem, SETTINGS, load};

const WRONG: &[(&str, &[&str])] = &[
    (
        "keys",
        &[
            "pathes: eps/*.md\nTitle: \"EP-NNNN: Title\"\nowner: me\napprovers: [octocat]\n",
            "prr:\n  aprovers: [octocat]\n  level: 4\n  questions:\n    - {question: Who?, weight: 3}\nchecklist: {proof: true}\n",
            "status_from: {sidecar: {file: ep.yaml, key: status}}\nstatuses: [{name: draft, type: step}]\n",
            "waivers:\n  - {rule: link-broken, reason: moving}\n",
            "paths: eps/*.md\ncomments: off\npaths: docs/*.md\nprr: {approvals: 1, approvals: 2}\n",
            "1: x\n~: y\n[a]: z\n\"\": q\n",
            "- paths: eps/*.md\n",
            "just words\n",
            "rules:\n  link-broken: error\n  prr:\n    approvals: 2\n",
        ],
    ),
    (
        "YAML",
        &[
            "title: EP-NNNN: Title\n",
            "paths: **/EP-*.md\n",
            "prr:\n  approvers:\n    - @octocat\n",
            "paths:\n\t- eps/*.md\n",
            "paths: [eps/*.md\n",
            "comments: \"off\n",
            "sections:\n  Drawbacks: -\n",
            "paths: eps/*.md\n prr: {}\n",
            "comments: off\n---\ncomments: inline\n",
            "comments: !secret off\n",
            "a: &a [x, x]\nb: &b [*a, *a]\nc: *d\n",
            "a: &a [*a]\n",
            "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n",
            "a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
            "comments: \u{7}\n",
            "template: `eps/template.md`\n",
        ],
    ),
    (
        "paths, template, title",
        &[
            "paths: []\ntemplate:\ntitle: # EP-NNNN: Title\n",
            "paths: {glob: eps}\ntemplate: [a]\ntitle: {a: b}\n",
            "paths:\n  - eps\n  - docs/eps/\n  - eps/**\n  - \"**/*\"\n  - \"!eps/README.md\"\n  - eps/[*.md\n  - ../eps/*.md\n  - 'eps\\*.md'\n  - ''\n  - [x]\n",
            "template: ../template.md\n",
            "template: eps/\n",
            "title: EP\n",
            "title: EP-NNNN\n",
            "title: EP-NNNN{title}\n",
        ],
    ),
    (
        "statuses",
        &[
            "statuses: []\n",
            "statuses:\n",
            "statuses: {}\n",
            "statuses: [draft, Draft, {name: in review}, in-review, \"-\"]\n",
            "statuses: [deferred, rejected]\n",
            "statuses: {parked: [deferred]}\n",
            "statuses: [{kind: step}, {name: a, kind: stage}, {name: b, like: stagd}, {name: c, like: 7}, [d], ~]\n",
            "statuses: {steps: [{name: a, kind: terminal}], final: [b]}\n",
            "statuses: [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17]\n",
            "statuses: {steps: 4, ends: [x]}\nsections: {Drawbacks: {nowhere: error}}\nprr: {required_from: nowhere}\n",
        ],
    ),
    (
        "status_from",
        &[
            "status_from: sidecar\n",
            "status_from: frontmatter\n",
            "status_from:\n",
            "status_from: {}\n",
            "status_from: [section]\n",
            "status_from: meta/ep.yaml\n",
            "status_from: {sidecar: status.json}\n",
            "status_from: {sidecar: {stage: stage}}\n",
            "status_from: {section: Status, front matter: {status: state}}\n",
            "status_from: {section: ''}\n",
            "status_from: {front_matter: {status: [a], stage: }}\n",
        ],
    ),
    (
        "levels",
        &[
            "sections: {Drawbacks: eror, Alternatives: true, Summary: , Proposal: [error], Motivation: {}}\n",
            "sections: {Drawbacks: {stagd: error, staged: must, live: off}}\n",
            "sections: {\"Proposal > \": error, \"\": error, \"> Architecture\": off}\n",
            "sections: {Drawbacks: off, drawbacks: error}\n",
            "sections: [Drawbacks]\n",
            "rules: {link-brokn: error, nonsense: off, toc-entry: {staged: {a: b}}}\n",
            "rules: {toc-entry: {staged: error, Staged: off}}\n",
            "rules: off\n",
        ],
    ),
    (
        "prr",
        &[
            "prr: off\n",
            "prr: {section: '', question_level: 1, approvals: 0, request_reviews: maybe, na_needs_reason: 1}\n",
            "prr: {question_level: H6, approvals: many, questions: {text: Who?}}\n",
            "prr: {approvers: []}\n",
            "prr: {approvers: [octo cat, octo-org/, a/b/c, -x, Octocat, '@octocat', octo-org/prr, ~]}\n",
            "prr: {approvers: [octocat], approvals: 2}\n",
            "prr: {approvers: [a, b, c], approvals: 4}\n",
            "prr: {required_from: deferred}\n",
            "prr: {required_from: stagd}\n",
            "prr: {questions: [Who is called?, who is called, '??', {part: Scalability}, {question: Why?, level: high}, ~]}\n",
        ],
    ),
    (
        "the rest",
        &[
            "checklist: {evidence: often}\nroles: {tickets: '', diagrams: Design, history: [x]}\n",
            "waivers: [{rule: link-broken}, {because: x}, {rule: link-brokn, because: ''}, link-broken]\n",
            "waivers: [{rule: link-broken, because: x, ep: 0, until: 2027-02-30, section: ' > '}]\n",
            "waivers: [{rule: link-broken, because: x, ep: EP-x, until: soon}]\n",
            "comments: inlin\nincomplete: fail\n",
            "comments: none\nincomplete: neutral\n",
            "prr:\n  approvals: 0\npaths: eps/*.md\nrules:\n  x: y\n",
        ],
    ),
];

fn problems(text: &str) -> Vec<Problem> {
    load(text).expect_err(text)
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_to_write() {
    for (group, policies) in WRONG {
        let mut said = String::new();
        for text in *policies {
            let _ = writeln!(said, "{}", text.trim_end().replace('\u{7}', "␇"));
            for problem in problems(text) {
                let Problem { line, column, message, help } = problem;
                let _ = writeln!(said, "    {line}:{column} {message}\n        {help}");
            }
            said.push('\n');
        }
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(group.replace([',', ' '], "_"), said);
        });
    }
}

#[test]
fn at_most_fifty_problems_are_told_and_the_rest_is_counted() {
    let mut text = String::new();
    for n in 0..80 {
        let _ = writeln!(text, "unknown{n}: 1");
    }
    let told = problems(&text);
    assert_eq!(told.len(), 50);
    assert_eq!(told[49].help, "30 more problems follow below.");
}

#[test]
fn a_lone_carriage_return_leads_to_no_line_beyond_the_last() {
    assert_eq!(problems("\rpaths\r: ")[0].line, 1);
}

#[test]
fn a_repeated_alias_repeats_no_problem() {
    let text = "sections: {Summary: &l {staged: hard}, Proposal: *l}\n";
    assert_eq!(problems(text).len(), 1);
}

#[test]
fn a_policy_of_many_megabytes_is_refused_unread() {
    let text = "# no end\n".repeat(1 << 18);
    assert_eq!(problems(&text)[0].message, "The policy is larger than 64 KiB.");
}

/// Words of a policy, in which random texts come further than into the first syntax error.
fn words() -> impl Strategy<Value = String> {
    let keys: Vec<String> = SETTINGS.iter().map(|setting| setting.name().to_owned()).collect();
    let signs = [
        ": ",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "\"",
        "&a ",
        "*a",
        "~",
        "#",
        "off",
        "error",
        "staged",
        "EP-NNNN: Title",
        "**/*.md",
        "0",
        "-1",
        "1e999",
        "<<",
        "? ",
        "|\n",
        "!x ",
        "\t",
        "é",
        "@",
        "Proposal > Architecture",
        "link-broken",
        "\u{feff}",
        "\r",
        "\r\n",
        "---\n",
        "%",
    ];
    let word = prop_oneof![
        proptest::sample::select(keys),
        proptest::sample::select(signs.to_vec()).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_every_problem_has_a_place(
        text in prop_oneof![words(), any::<String>()],
    ) {
        if let Err(problems) = load(&text) {
            prop_assert!(!problems.is_empty());
            let lines = text.lines().count().max(1);
            for problem in problems {
                prop_assert!((1..=lines).contains(&problem.line), "{problem:?}");
                prop_assert!(problem.column >= 1 && !problem.message.is_empty(), "{problem:?}");
                prop_assert!(!problem.help.is_empty() && !problem.message.contains('\n'), "{problem:?}");
            }
        }
    }

    #[test]
    fn a_setting_of_any_text_is_taken_or_refused(
        key in proptest::sample::select(SETTINGS.iter().collect::<Vec<_>>()),
        value in "\\PC{0,40}",
    ) {
        let value = serde_json::to_string(&value).expect("JSON");
        let text = key.path().split('.').rev().fold(value, |inner, key| format!("{{\"{key}\": {inner}}}"));
        let _ = load(&text);
    }
}

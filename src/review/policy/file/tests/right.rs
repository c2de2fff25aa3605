//! Policies that are read, and what they change.

use std::fmt::Write as _;

use super::super::load;
use crate::review::level::{Kind, Level, Levels};
use crate::review::policy::{
    Approver, Comments, Incomplete, Keys, Policy, SECTIONS, StatusFrom, section_key,
};
use crate::review::rule::{
    GUIDANCE_LEFT, LINK_BROKEN, PRR_UNANSWERED, RULES, SECTION_EMPTY, TITLE_FORMAT, TOC_ENTRY,
};

const PRR: &str = "Production Readiness Review Questionnaire";

fn policy(text: &str) -> Policy {
    match load(text) {
        Ok(policy) => policy,
        Err(problems) => panic!("{text}\n{problems:#?}"),
    }
}

/// Levels as a row of the matrix.
fn row(levels: Levels, policy: &Policy) -> String {
    let letter = |status| match levels.at(status) {
        Level::Error => 'E',
        Level::Warning => 'W',
        Level::Note => 'N',
        Level::Off => '-',
    };
    (0..policy.ladder.statuses.len()).map(letter).collect()
}

fn section(policy: &Policy, path: &str) -> String {
    policy.section(&section_key(path)).map_or("none".into(), |levels| row(levels, policy))
}

fn question(policy: &Policy, path: &str) -> String {
    row(policy.question(&section_key(path)), policy)
}

#[test]
fn a_policy_that_says_nothing_is_the_default() {
    for text in ["", "\n", "# later\n", "---\n", "{}", "prr:\nsections:\nrules: {}\nwaivers: []\n"]
    {
        assert_eq!(format!("{:?}", policy(text)), format!("{:?}", Policy::default()), "{text}");
    }
}

#[test]
fn paths_and_the_template_are_taken_from_the_root() {
    let one = policy("paths: ./proposals/**/README.md\ntemplate: /proposals/template.md\n");
    assert!(one.matches("proposals/net/0042-x/README.md") && !one.matches("eps/EP-0042-x.md"));
    assert_eq!(one.template_paths(), ["proposals/template.md"]);
    let two = policy("paths: [a/*.md, 'b/*.{md,markdown}']\n");
    assert!(two.matches("a/1.md") && two.matches("b/1.markdown") && !two.matches("a/b/1.md"));
    assert_eq!(policy("title: 'RFC NNN: Title'\n").title.title(7, "Pods"), "RFC 007: Pods");
}

#[test]
fn a_ladder_of_ones_own_keeps_what_its_names_mean_by_default() {
    let policy = policy(
        "statuses: [idea, provisional, implementable beta, Live, {name: pause, kind: parked}, {name: dead, kind: terminal}, {name: beta, like: staged}, Replaced, deferred]\n",
    );
    let found: Vec<(&str, Kind, usize)> =
        policy.ladder.statuses.iter().map(|s| (s.name.as_str(), s.kind, s.like)).collect();
    assert_eq!(
        found,
        [
            ("idea", Kind::Step, 0),
            ("provisional", Kind::Step, 0),
            ("implementable beta", Kind::Step, 1),
            ("Live", Kind::Step, 1),
            ("pause", Kind::Parked, 5),
            ("dead", Kind::Terminal, 6),
            ("beta", Kind::Step, 3),
            ("Replaced", Kind::Terminal, 8),
            ("deferred", Kind::Parked, 5),
        ]
    );
    assert_eq!(section(&policy, "Motivation > Business Case"), "WWEEW-E-W");
    assert_eq!(row(policy.rule(&TOC_ENTRY), &policy), "WWWW--W--");
}

#[test]
fn a_ladder_may_be_written_by_kind() {
    let policy = policy(
        "statuses: {steps: [draft, {name: live, like: completed}], parked: [deferred], terminal: [abandoned, replaced]}\n",
    );
    let found: Vec<(&str, Kind, usize)> =
        policy.ladder.statuses.iter().map(|s| (s.name.as_str(), s.kind, s.like)).collect();
    let (step, end) = (Kind::Step, Kind::Terminal);
    assert_eq!(
        found,
        [
            ("draft", step, 0),
            ("live", step, 4),
            ("deferred", Kind::Parked, 5),
            ("abandoned", end, 6),
            ("replaced", end, 8)
        ]
    );
}

#[test]
fn a_level_counts_at_every_step_and_a_map_leaves_the_rest() {
    let policy = policy(concat!(
        "sections:\n  Drawbacks: {staged: E, Completed: error}\n  Summary: off\n  Proposal: \"-\"\n",
        "  design details > SECURITY: {provisional: note}\n  Motivation > Goals: W\n",
        "rules:\n  link-broken: error\n  guidance-left: {staged: false, implementable: note}\n",
        "  title-format: warning\n  toc-entry: {rejected: error}\n  section-empty: off\n",
    ));
    assert_eq!(section(&policy, "Drawbacks"), "-WWEE----");
    assert_eq!(section(&policy, "Summary"), "---------");
    assert_eq!(section(&policy, "Proposal"), "---------");
    assert_eq!(section(&policy, "Motivation > Goals"), "WWWWWW---");
    assert_eq!(section(&policy, "Design Details > Security"), "NEEEE----");
    assert_eq!(row(policy.rule(&LINK_BROKEN), &policy), "EEEEE----");
    assert_eq!(row(policy.rule(&GUIDANCE_LEFT), &policy), "-NW-W----");
    assert_eq!(row(policy.rule(&TITLE_FORMAT), &policy), "WWWWWWWWW");
    assert_eq!(row(policy.rule(&TOC_ENTRY), &policy), "WWWWW-E--");
    assert!(policy.set(&SECTION_EMPTY, Levels::all(Level::Error)).at(8) == Level::Off);
    let named =
        ["Drawbacks", "Summary", "Proposal", "Motivation > Goals", "design details > SECURITY"];
    assert!(named.iter().all(|path| policy.named_sections().contains(&(*path).to_owned())));
    assert!(policy.names_section(&section_key("Design Details > Security")));
}

#[test]
fn levels_of_the_files_own_ladder_are_set_by_its_names() {
    let policy =
        policy("sections: {Drawbacks: {live: error}}\nstatuses: [draft, live, rejected]\n");
    assert_eq!(section(&policy, "Drawbacks"), "-E-");
}

#[test]
fn a_part_or_a_question_that_is_named_begins_with_the_levels_around_it() {
    let policy = policy(&format!(
        "sections:\n  {PRR} > Rollout, Upgrade and Rollback Planning > Who?: {{provisional: note}}\n  {PRR} > Rollout, Upgrade and Rollback Planning: {{implementable: error}}\n  {PRR} > Costs: {{provisional: warning}}\n"
    ));
    let part = format!("{PRR} > Rollout, Upgrade and Rollback Planning");
    assert_eq!(section(&policy, &part), "-EEEE----");
    assert_eq!(section(&policy, &format!("{part} > Who?")), "NEEEE----");
    assert_eq!(question(&policy, &format!("{part} > What else?")), "-EEEE----");
    assert_eq!(section(&policy, &format!("{PRR} > Costs")), "WWWEE----");
}

#[test]
fn the_review_is_required_from_a_step_on_and_warns_before_it() {
    let early = policy("prr: {required_from: implementable}\n");
    let late = policy("prr: {required_from: completed}\n");
    for part in ["Rollout, Upgrade and Rollback Planning", "Scalability"] {
        assert_eq!(section(&early, &format!("{PRR} > {part}")), "-EEEE----");
        assert_eq!(section(&late, &format!("{PRR} > {part}")), "-WWWE----");
        assert_eq!(question(&late, &format!("{PRR} > {part} > Who?")), "-WWWE----");
    }
    assert_eq!(row(early.added_question(), &early), "-EEEE----");
    assert_eq!(row(late.rule(&PRR_UNANSWERED), &late), "-WWWE----");
    assert_eq!(section(&early, "Drawbacks"), "-WWWW----", "other sections stay");
    for (policy, from) in [(&early, 1), (&late, 4)] {
        if let Some(rule) = RULES.iter().find(|rule| rule.name == "prr-approval") {
            let levels = policy.rule(rule);
            assert!((0..5).all(|step| (levels.at(step) == Level::Error) == (step >= from)));
        }
    }
}

#[test]
fn what_single_sections_questions_and_rules_set_outweighs_required_from() {
    let policy = policy(&format!(
        "rules: {{prr-unanswered: {{completed: note}}}}\nprr: {{required_from: implementable, questions: [{{question: Who?, level: {{staged: warning}}}}]}}\nsections: {{\"{PRR} > Scalability\": {{implementable: off}}}}\n"
    ));
    assert_eq!(question(&policy, &format!("{PRR} > Scalability > How?")), "--EEE----");
    assert_eq!(question(&policy, &format!("{PRR} > Who?")), "-EEWE----");
    let levels = policy.set(&PRR_UNANSWERED, policy.added_question());
    assert_eq!(row(levels, &policy), "-EEEN----");
}

#[test]
fn a_question_of_the_policy_has_its_own_levels_or_those_of_added_ones() {
    let rollout = "Rollout, Upgrade and Rollback Planning";
    let policy = policy(&format!(
        "prr:\n  questions:\n    - Who is called at night?\n    - {{question: Which ships?, part: \"{PRR} > {rollout}\"}}\n    - {{question: 'Which  crews?', part: \"{rollout}\", level: {{implementable: error}}}}\n    - {{question: Which ports?, part: No such part, level: error}}\n"
    ));
    let texts: Vec<&str> = policy.prr.questions.iter().map(|q| q.text.as_str()).collect();
    assert_eq!(texts, ["Who is called at night?", "Which ships?", "Which crews?", "Which ports?"]);
    assert_eq!(policy.prr.questions[1].part.as_deref(), Some(rollout));
    assert_eq!(question(&policy, &format!("{PRR} > Who is called at night?")), "-WWEE----");
    assert_eq!(question(&policy, &format!("{PRR} > {rollout} > Which ships?")), "-WWEE----");
    assert_eq!(question(&policy, &format!("{PRR} > {rollout} > Which crews?")), "-EWEE----");
    assert_eq!(question(&policy, &format!("{PRR} > Which ports?")), "EEEEE----");
    assert_eq!(question(&policy, &format!("{PRR} > {rollout} > What else?")), "-WEEE----");
    assert_eq!(question(&policy, &format!("{PRR} > Scalability > Which crews?")), "-WWEE----");
}

/// The template puts a question where the policy looks for its levels.
#[test]
fn the_levels_of_a_question_are_found_where_the_template_asks_it() {
    let policy = policy(
        "prr: {questions: [{question: Which crews?, part: Dependencies, level: error}, {question: Which ports?, part: Harbours, level: error}]}\n",
    );
    let template = crate::review::prepare_template(None, &policy);
    for title in ["Which crews?", "Which ports?"] {
        let asked = template.sections.iter().find(|section| section.title() == title);
        let levels = policy.question(&asked.expect(title).key);
        assert_eq!(row(levels, &policy), "EEEEE----", "{title}");
    }
}

#[test]
fn a_questionnaire_of_another_name_and_place_keeps_the_levels_of_its_parts() {
    let policy = policy(
        "prr: {section: Launch Review, question_level: 5}\nsections: {Launch Review > Dependencies: {implemented: error}}\n",
    );
    assert_eq!(policy.shape.prr_section, "launch review");
    assert_eq!(policy.shape.question_level, 5);
    assert_eq!(section(&policy, &format!("{PRR} > Scalability")), "none");
    assert_eq!(question(&policy, "Launch Review > Dependencies > Which?"), "-WEEE----");
    let rollout = "Rollout, Upgrade and Rollback Planning";
    assert_eq!(question(&policy, &format!("Launch Review > {rollout} > How?")), "-WEEE----");
    assert_eq!(
        question(&policy, &format!("Design > Launch Review > {rollout} > How?")),
        "-WEEE----"
    );
    assert_eq!(question(&policy, "Launch Review > Costs > How much?"), "-WWEE----");
}

#[test]
fn the_status_is_stated_in_a_section_in_front_matter_or_beside_the_ep() {
    let keys = |status: &str, stage: Option<&str>| Keys {
        status: status.to_owned(),
        stage: stage.map(str::to_owned),
    };
    let sidecar = |keys| StatusFrom::Sidecar { file: "ep.yaml".to_owned(), keys };
    for (text, expected) in [
        ("section", StatusFrom::Section("status".into())),
        ("{section: Current State}", StatusFrom::Section("current state".into())),
        ("front matter", StatusFrom::FrontMatter(Keys::default())),
        ("front_matter", StatusFrom::FrontMatter(Keys::default())),
        ("{front_matter: }", StatusFrom::FrontMatter(Keys::default())),
        ("{front-matter: {status: state}}", StatusFrom::FrontMatter(keys("state", None))),
        ("{front matter: {stage: at}}", StatusFrom::FrontMatter(keys("status", Some("at")))),
        ("ep.yaml", sidecar(Keys::default())),
        ("{sidecar: ep.yaml}", sidecar(Keys::default())),
        ("{sidecar: {file: ep.yaml, status: s, stage: t}}", sidecar(keys("s", Some("t")))),
    ] {
        assert_eq!(policy(&format!("status_from: {text}\n")).status_from, expected, "{text}");
    }
}

#[test]
fn approvers_are_people_and_teams() {
    let policy = policy(
        "prr:\n  approvers: ['@Octocat', octo-org/PRR_team, mona_corp]\n  approvals: 2\n  request_reviews: yes\n  na_needs_reason: true\n",
    );
    let team = Approver::Team { org: "octo-org".into(), team: "prr_team".into() };
    let user = |name: &str| Approver::User(name.to_owned());
    assert_eq!(policy.prr.approvers, [user("octocat"), team, user("mona_corp")]);
    assert_eq!(policy.prr.approvals, 2);
    assert!(policy.prr.request_reviews && policy.prr.na_needs_reason);
    let one = self::policy("prr: {approvers: octo-org/prr, approvals: 3}\n");
    assert_eq!(one.prr.approvers.len(), 1, "a team may have three members");
}

#[test]
fn waivers_name_the_ep_by_number_or_by_name() {
    let policy = policy(concat!(
        "title: \"RFC-NNN: Title\"\nwaivers:\n",
        "  - {rule: link-broken, ep: 42, because: the wiki moves, until: 2027-05-31}\n",
        "  - {rule: toc-entry, ep: RFC-0042, section: Test Plan > Unit tests, because: generated}\n",
        "  - {rule: toc-heading, ep: 0042, because: generated}\n",
        "  - {rule: placeholder, because: \"a product is called TBD\"}\n",
    ));
    let [first, second, third, last] = policy.waivers.as_slice() else { panic!("four") };
    assert_eq!((first.number, second.number, third.number), (Some(42), Some(42), Some(42)));
    assert_eq!(first.until.map(|day| day.to_string()).as_deref(), Some("2027-05-31"));
    assert_eq!(second.section, Some(section_key("Test Plan > Unit tests")));
    assert_eq!((last.number, last.rule.name), (None, "placeholder"));
    assert_eq!(last.because, "a product is called TBD");
}

#[test]
fn what_is_said_beside_the_check_and_how_it_ends() {
    for (text, comments, incomplete) in [
        ("comments: inline\nincomplete: failure\n", Comments::Inline, Incomplete::Failure),
        ("comments: off\nincomplete: action_required\n", Comments::Off, Incomplete::ActionRequired),
        (
            "comments: false\nincomplete: action-required\n",
            Comments::Off,
            Incomplete::ActionRequired,
        ),
        ("comments: summary\n", Comments::Summary, Incomplete::Failure),
    ] {
        let policy = policy(text);
        assert_eq!((policy.comments, policy.incomplete), (comments, incomplete), "{text}");
    }
}

#[test]
fn roles_and_evidence_are_taken_over() {
    let policy = policy(
        "roles: {tickets: Status > Tracking, history: Changelog}\nchecklist: {evidence: on}\n",
    );
    assert_eq!(policy.roles.tickets, section_key("Status > Tracking"));
    assert_eq!(policy.roles.history, section_key("Changelog"));
    assert_eq!(policy.roles.diagram, section_key("Architecture"));
    assert!(policy.checklist_evidence);
}

#[test]
fn every_row_of_the_matrix_can_be_written_out_as_it_is() {
    let policy = Policy::default();
    let mut written = "sections:\n".to_owned();
    for (path, levels) in SECTIONS {
        let _ = writeln!(written, "  {path}:");
        for (at, status) in policy.ladder.names().enumerate() {
            let level = match levels.at(at) {
                Level::Off => "off",
                level => level.as_str(),
            };
            let _ = writeln!(written, "    {status}: {level}");
        }
    }
    let same = self::policy(&written);
    for (path, _) in SECTIONS {
        assert_eq!(section(&same, path), section(&policy, path), "{path}");
    }
}

//! Numbers, links and waivers: what a review says when it knows what lies around an EP, and when it does not.

use ep_bot::proposal::Template;
use ep_bot::review::policy::{AddedQuestion, LevelSetting, Waiver};
use ep_bot::review::{
    Around, Candidate, Claim, Finding, Policy, Review, Rule, Rulebook, Severity, Tree, Verdict,
    prepare_template, review,
};

const READY: &str = include_str!("../src/cli/examples/EP-0012-guest-identity-offline-login.md");
const PATH: &str = "eps/EP-0012-guest-identity-offline-login.md";

fn of<'r>(review: &'r Review, rule: &str) -> Vec<&'r Finding> {
    review.findings.iter().filter(|finding| finding.rule.name == rule).collect()
}

fn around(text: &str, around: Around<'_>) -> Review {
    let policy = Policy::default();
    let rulebook = Rulebook { around, ..Rulebook::new(Template::built_in(), &policy) };
    review(&Candidate::new(PATH, text.as_bytes()), &rulebook)
}

fn under(text: &str, policy: &Policy) -> Review {
    let template = prepare_template(None, policy);
    review(&Candidate::new(PATH, text.as_bytes()), &Rulebook::new(&template, policy))
}

#[derive(Debug)]
struct Files(&'static [&'static str]);

impl Tree for Files {
    fn has(&self, path: &str) -> Option<bool> {
        if path.starts_with("unknown/") {
            return None;
        }
        Some(self.0.contains(&path))
    }
}

fn claim(number: u64, path: &str, pull_request: Option<u64>) -> Claim {
    Claim { number, path: path.into(), pull_request }
}

#[test]
fn a_number_belongs_to_one_ep_in_the_repository() {
    let claims =
        [claim(12, PATH, None), claim(12, "eps/EP-0012-other.md", None), claim(13, "x", None)];
    let found = around(READY, Around { claims: &claims, ..Around::default() });
    let taken = of(&found, "number-taken");
    assert_eq!((taken.len(), taken[0].severity, taken[0].lines.start), (1, Severity::Error, 1));
    assert_eq!(taken[0].message, "EP-0012 is also the number of `eps/EP-0012-other.md`.");
    let own = [claim(12, PATH, None)];
    assert!(
        of(&around(READY, Around { claims: &own, ..Around::default() }), "number-taken").is_empty()
    );
}

#[test]
fn the_files_of_an_eps_own_folder_are_that_ep() {
    let policy = Policy::default();
    let taken = |path: &str, other: &str| {
        let claims = [claim(12, path, None), claim(12, other, None)];
        let around = Around { claims: &claims, ..Around::default() };
        let rulebook = Rulebook { around, ..Rulebook::new(Template::built_in(), &policy) };
        let found = review(&Candidate::new(path, READY.as_bytes()), &rulebook);
        !of(&found, "number-taken").is_empty()
    };
    assert!(!taken("eps/EP-0012-login/README.md", "eps/EP-0012-login/appendix.md"));
    assert!(taken("eps/EP-0012-login/README.md", "eps/EP-0012-other/README.md"));
    assert!(taken("eps/EP-0012-login/README.md", "eps/EP-0012-login/EP-0012-x.md"));
    assert!(taken("eps/area/one.md", "eps/area/two.md"), "there the folder gives no number");
}

#[test]
fn of_two_open_pull_requests_the_later_one_takes_another_number() {
    let claims = [claim(12, "eps/EP-0012-other.md", Some(123))];
    let at = |number| {
        around(READY, Around { claims: &claims, pull_request: Some(number), ..Around::default() })
    };
    let later = at(130);
    assert_eq!(
        of(&later, "number-taken")[0].message,
        "EP-0012 is also claimed by #123 (`eps/EP-0012-other.md`)."
    );
    assert_eq!(later.verdict(), Verdict::Fail);
    let earlier = at(120);
    assert_eq!(of(&earlier, "number-taken")[0].severity, Severity::Warning);
    assert_eq!(earlier.verdict(), Verdict::Pass, "else both would wait for each other");
    let same = at(123);
    assert_eq!(same.verdict(), Verdict::Fail, "two EPs of one change share a number");
    let own = [claim(12, PATH, Some(123))];
    let alone =
        around(READY, Around { claims: &own, pull_request: Some(123), ..Around::default() });
    assert!(of(&alone, "number-taken").is_empty(), "its own claim is none");
}

#[test]
fn a_link_to_a_file_that_is_not_there_is_a_warning_at_its_line() {
    let text = format!(
        "{READY}\nSee [a](EP-0007-x.md#status), [b](images/gone.png), [c](https://example.org), \
         [d](../unknown/x.md) and <img src=\"images/gone2.png\">.\n"
    );
    let files = Files(&["eps/EP-0007-x.md"]);
    let found = around(&text, Around { tree: Some(&files), ..Around::default() });
    let own =
        of(&around(READY, Around { tree: Some(&files), ..Around::default() }), "link-broken").len();
    let broken = of(&found, "link-broken");
    assert_eq!(broken.len(), own + 2, "{broken:#?}");
    let last = broken.last().expect("one");
    assert_eq!(last.severity, Severity::Warning);
    assert_eq!(last.lines.start, text.lines().count());
    assert!(
        of(&around(&text, Around::default()), "link-broken").is_empty(),
        "unknown is not judged"
    );
}

#[test]
fn a_waiver_makes_a_note_until_it_ends() {
    let text = READY.replace("- [x] What team", "- [ ] What team");
    let mut policy = Policy::default();
    assert_eq!(under(&text, &policy).verdict(), Verdict::Fail);
    policy.waivers.push(Waiver {
        number: Some(12),
        rule: Rule::find("checklist-item-open").expect("a rule"),
        section: None,
        because: "the team is formed in January.".into(),
        until: Some("2027-01-31".parse().expect("a date")),
    });
    let template = prepare_template(None, &policy);
    let on = |day: &str| {
        let today = Some(day.parse().expect("a date"));
        let rulebook = Rulebook { today, ..Rulebook::new(&template, &policy) };
        review(&Candidate::new(PATH, text.as_bytes()), &rulebook)
    };
    let during = on("2027-01-31");
    assert_eq!(during.verdict(), Verdict::Pass);
    let note = of(&during, "checklist-item-open")[0];
    assert_eq!(note.severity, Severity::Note);
    assert!(
        note.message.ends_with(
            "Waived in the policy until 2027-01-31, because the team is formed in January."
        ),
        "{}",
        note.message
    );
    let after = on("2027-02-01");
    assert_eq!(after.verdict(), Verdict::Fail);
    assert!(of(&after, "checklist-item-open")[0].message.contains("ended on 2027-01-31"));
}

#[test]
fn a_waiver_for_another_ep_or_section_changes_nothing() {
    let text = READY.replace("- [x] What team", "- [ ] What team");
    for (number, section) in [(Some(13), None), (None, Some(vec!["summary".to_owned()]))] {
        let mut policy = Policy::default();
        policy.waivers.push(Waiver {
            number,
            rule: Rule::find("checklist-item-open").expect("a rule"),
            section,
            because: "x".into(),
            until: None,
        });
        assert_eq!(under(&text, &policy).verdict(), Verdict::Fail);
    }
}

#[test]
fn a_bare_na_is_an_answer_unless_the_policy_asks_for_a_reason() {
    let question = "#### Are there any missing metrics that would be useful to have to improve observability of this feature?\n";
    let start = READY.find(question).expect("the question") + question.len();
    let end = start + READY[start..].find("\n#").expect("the next heading");
    let with = |answer: &str| format!("{}\n{answer}\n{}", &READY[..start], &READY[end..]);
    let mut policy = Policy::default();
    assert_eq!(under(&with("N/A"), &policy).verdict(), Verdict::Pass);
    policy.prr.na_needs_reason = true;
    for (answer, verdict) in [
        ("N/A", Verdict::Fail),
        ("**n/a**.", Verdict::Fail),
        ("Not applicable", Verdict::Fail),
        ("N/A: every metric is there.", Verdict::Pass),
        ("N/A\n\nEvery metric is there.", Verdict::Pass),
        ("No", Verdict::Pass),
    ] {
        let found = under(&with(answer), &policy);
        assert_eq!(found.verdict(), verdict, "{answer}: {:#?}", of(&found, "prr-unanswered"));
    }
}

#[test]
fn a_tick_needs_a_text_behind_it_where_the_policy_asks_for_evidence() {
    let start = READY.find("- [x] What team will own the solution?").expect("the item");
    let end = start + READY[start..].find('\n').expect("its end");
    let text =
        format!("{}- [x] What team will own the solution?{}", &READY[..start], &READY[end..]);
    let mut policy = Policy::default();
    assert_eq!(under(&text, &policy).verdict(), Verdict::Pass);
    policy.checklist_evidence = true;
    let found = under(&text, &policy);
    assert_eq!(found.verdict(), Verdict::Fail);
    assert_eq!(found.progress.checklist.done, 10);
    assert!(of(&found, "checklist-item-open")[0].message.contains("What team"));
}

#[test]
fn a_question_of_the_policy_is_asked_of_every_ep() {
    let mut policy = Policy::default();
    let own = under(READY, &policy).progress.questions.total;
    policy.prr.questions.push(AddedQuestion {
        text: "Does it run without a link to shore?".into(),
        part: Some("Dependencies".into()),
        levels: LevelSetting::default(),
    });
    let found = under(READY, &policy);
    assert_eq!(found.progress.questions.total, own + 1);
    let missing = of(&found, "prr-question-missing");
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].section.len(), 3, "{:?}", missing[0].section);
    let answered = READY.replace(
        "### Scalability\n",
        "#### Does it run without a link to shore?\n\nYes.\n\n### Scalability\n",
    );
    let found = under(&answered, &policy);
    assert_eq!((found.progress.questions.done, found.verdict()), (own + 1, Verdict::Pass));
}

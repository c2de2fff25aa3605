//! Fixes under a policy of a repository's own.

use ep_bot::review::fix::{Mended, apply_all};
use ep_bot::review::policy::{AddedQuestion, LevelSetting, Waiver};
use ep_bot::review::rule::SECTION_MISSING;
use ep_bot::review::{Candidate, Policy, Rulebook, prepare_template};

use super::support::{GOOD, PATH, TEMPLATE, good_with};

fn mend(policy: &Policy, text: &str) -> Mended {
    let template = prepare_template(Some(TEMPLATE), policy);
    apply_all(&Candidate::new(PATH, text.as_bytes()), &Rulebook::new(&template, policy))
}

#[test]
fn what_is_waived_is_not_mended() {
    let mut policy = Policy::default();
    let before = good_with("### Goals\n\nA menu opens in a second.\n\n", "");
    let before = before.replace("  - [Goals](#goals)\n", "");
    assert_ne!(mend(&policy, &before).text, before);
    policy.waivers.push(Waiver {
        number: Some(42),
        rule: &SECTION_MISSING,
        section: None,
        because: "it is agreed".into(),
        until: None,
    });
    let mended = mend(&policy, &before);
    assert_eq!((mended.text.as_str(), mended.done.len()), (before.as_str(), 0));
}

#[test]
fn a_question_that_the_policy_adds_comes_to_the_end_of_its_part_word_for_word() {
    let mut policy = Policy::default();
    policy.prr.questions.push(AddedQuestion {
        text: "Which <port> does `ep-bot` open?".into(),
        part: Some("Rollout".into()),
        levels: LevelSetting::default(),
    });
    let mended = mend(&policy, GOOD);
    assert_eq!(mended.text, format!("{GOOD}\n#### Which \\<port> does \\`ep-bot\\` open?\n"));
    let left: Vec<&str> = mended.review.findings.iter().map(|f| f.rule.name).collect();
    assert_eq!(left, ["prr-unanswered"]);
}

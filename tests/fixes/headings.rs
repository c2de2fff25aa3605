//! Missing sections and questions.

use super::support::{GOOD, TEMPLATE, assert_left, assert_mended, good_with, mend, mend_with};

const GOALS: &str = "### Goals\n\nA menu opens in a second.\n\n";
const GUIDED_GOALS: &str = "### Goals\n\n<!--\nWhat will be true\nwhen it is done?\n-->\n\n";

#[test]
fn an_ep_without_fault_is_left_alone() {
    assert_left(GOOD);
    assert_eq!(mend(GOOD).review.findings, vec![]);
}

#[test]
fn a_missing_section_comes_back_behind_its_sibling_or_below_its_parents_text_with_its_guidance() {
    assert_mended(&good_with(GOALS, ""), &good_with(GOALS, GUIDED_GOALS));
    assert_mended(
        &good_with("### Non-Goals\n\nOrders.\n\n", ""),
        &good_with("### Non-Goals\n\nOrders.\n\n", "### Non-Goals\n\n"),
    );
    assert_mended(
        &good_with("## Summary\n\nMenus are kept on the ship.\n\n", ""),
        &good_with("Menus are kept on the ship.", "<!-- What changes, and for whom? -->"),
    );
}

#[test]
fn a_blank_line_stands_on_both_sides_where_there_was_none() {
    let before = good_with(
        "The link is slow.\n\n### Goals\n\nA menu opens in a second.\n\n### Non-Goals\n",
        "The link is slow.\n### Non-Goals\n",
    );
    let after = good_with(
        "The link is slow.\n\n### Goals\n\nA menu opens in a second.\n\n### Non-Goals\n",
        &format!("The link is slow.\n\n{GUIDED_GOALS}### Non-Goals\n"),
    );
    assert_mended(&before, &after);
}

#[test]
fn a_missing_section_brings_everything_back_that_is_missing_with_it() {
    let motivation = "## Motivation\n\nThe link is slow.\n\n### Goals\n\nA menu opens in a second.\n\n### Non-Goals\n\nOrders.\n\n";
    let written = format!("## Motivation\n\n<!-- Why now? -->\n\n{GUIDED_GOALS}### Non-Goals\n\n");
    assert_mended(&good_with(motivation, ""), &good_with(motivation, &written));
    let at = GOOD.find("## Production").expect("questionnaire");
    let form = TEMPLATE.find("## Production").expect("questionnaire");
    let written = TEMPLATE[form..].replace("- sample line\n\n", "");
    assert_mended(
        GOOD[..at].trim_end(),
        &format!("{}\n\n{}", GOOD[..at].trim_end(), written.trim_end()),
    );
}

#[test]
fn a_heading_that_was_deleted_goes_back_in_front_of_its_own_sub_sections() {
    let before = good_with("## Motivation\n\nThe link is slow.\n\n### Goals", "### Goals");
    let after =
        good_with("## Motivation\n\nThe link is slow.\n\n### Goals", "## Motivation\n\n### Goals");
    assert_mended(&before, &after);
    // Some of them are gone as well.
    let before = before.replace("### Goals\n\nA menu opens in a second.\n\n", "");
    let after = after.replace("### Goals\n\nA menu opens in a second.\n\n", GUIDED_GOALS);
    assert_mended(&before, &after);
}

#[test]
fn a_missing_question_comes_back_at_its_place_in_its_part() {
    let first = "#### How can it fail?\n\nThe cache is stale.\n\n";
    let second = "#### Which metrics tell?\n\n`menu_age_seconds`\n\n";
    let form = "#### How can it fail?\n\n<!-- Think of the neighbours. -->\n\n";
    assert_mended(&good_with(first, ""), &good_with(first, form));
    assert_mended(&good_with(second, ""), &good_with(second, "#### Which metrics tell?\n\n"));
    assert_mended(
        &good_with(&format!("{first}{second}"), ""),
        &good_with(&format!("{first}{second}"), &format!("{form}#### Which metrics tell?\n\n")),
    );
    // Options come back as a form to fill in.
    let last = "#### Which signals are there?\n\n- [x] Metrics\n  - Name: `menu_errors_total`\n";
    let form = "#### Which signals are there?\n\n<!-- Tick one. -->\n\n- [ ] Metrics\n  - Name:\n";
    assert_mended(good_with(last, "").trim_end(), good_with(last, form).trim_end());
}

#[test]
fn a_heading_takes_the_level_of_its_siblings_in_the_ep() {
    let flat = GOOD.replace("### Goals", "#### Goals").replace("### Non-Goals", "#### Non-Goals");
    let flat = flat.replace("  - [Goals](#goals)\n  - [Non-Goals](#non-goals)\n", "");
    let before = flat.replace("#### Non-Goals\n\nOrders.\n\n", "");
    assert_mended(&before, &flat.replace("#### Non-Goals\n\nOrders.\n\n", "#### Non-Goals\n\n"));
    let before = flat.replace("#### Goals\n\nA menu opens in a second.\n\n", "");
    let after = flat.replace("### Goals\n\nA menu opens in a second.\n\n", GUIDED_GOALS);
    assert_mended(&before, &after);
}

#[test]
fn nothing_is_put_behind_an_open_comment_or_an_open_fence() {
    let cut = GOOD.find("#### Which signals").expect("question");
    for open in ["```\ncode\n", "~~~~\n~~~\n", "<pre>\ntext\n", "- item\n\n<script>\n"] {
        assert_left(&format!("{}{open}", &GOOD[..cut]));
    }
    // Behind a list, a table, a quotation and closed code there is a place.
    for closed in
        ["- a\n  - b\n", "> a\n", "```\ncode\n```\n", "| a |\n| - |\n| b |\n", "text <b>\n"]
    {
        let before = format!("{}{closed}", &GOOD[..cut]);
        let form =
            "\n#### Which signals are there?\n\n<!-- Tick one. -->\n\n- [ ] Metrics\n  - Name:\n";
        assert_mended(&before, &format!("{before}{form}"));
    }
    let comment = format!("{}<!-- open\n", &GOOD[..cut]);
    assert_left(&comment);
    // In front of the comment there is a place for what belongs there.
    let before = comment.replace(GOALS, "");
    assert_mended(&before, &comment.replace(GOALS, GUIDED_GOALS));
}

#[test]
fn a_heading_that_stands_at_another_place_gets_no_empty_twin() {
    let at_wrong_level = good_with(GOALS, "")
        .replace("  - [Goals](#goals)\n", "")
        .replace("- [Production", "- [Goals](#goals)\n- [Production")
        .replace("## Production", "## Goals\n\nA menu opens in a second.\n\n## Production");
    assert_left(&at_wrong_level);
    let left = mend(&at_wrong_level).review.findings;
    assert_eq!((left.len(), left[0].rule.name), (1, "section-missing"));
    assert!(left[0].help.contains("it belongs here, at level 3"), "{}", left[0].help);
}

#[test]
fn a_question_among_bold_list_items_is_left_to_the_author() {
    let questions = GOOD.find("#### How can it fail?").expect("question");
    let text = format!(
        "{}* **How can it fail?** The cache is stale.\n* **Which signals are there?**\n  - [x] Metrics\n    - Name: `x_total`\n",
        &GOOD[..questions]
    );
    let mended = mend(&text);
    assert_eq!(mended.text, text);
    let left: Vec<&str> = mended.review.findings.iter().map(|f| f.rule.name).collect();
    assert_eq!(left, ["prr-question-missing"]);
}

#[test]
fn markup_of_the_templates_headings_comes_back_as_it_is_written() {
    let template = format!("{TEMPLATE}\n\n## Use of `ep-bot` & *friends* ##\n");
    let mended = mend_with(&template, GOOD);
    assert_eq!(
        mended.text,
        format!(
            "{}\n## Use of `ep-bot` & *friends*\n",
            GOOD.replace(
                "  - [Rollout](#rollout)\n",
                "  - [Rollout](#rollout)\n- [Use of `ep-bot` & *friends*](#use-of-ep-bot--friends)\n"
            )
        )
    );
}

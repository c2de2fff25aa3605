//! The table of contents.

use super::support::{GOOD, assert_left, assert_mended, good_with};

const TOC: &str = "\
<!-- toc -->
- [Status](#status)
- [Tasks](#tasks)
- [Summary](#summary)
- [Motivation](#motivation)
  - [Goals](#goals)
  - [Non-Goals](#non-goals)
- [Production Readiness Review Questionnaire](#production-readiness-review-questionnaire)
  - [Rollout](#rollout)
<!-- /toc -->
";

fn with(toc: &str) -> String {
    good_with(TOC, toc)
}

fn without(lines: &[&str]) -> String {
    lines.iter().fold(TOC.to_owned(), |toc, line| {
        assert_eq!(toc.matches(line).count(), 1, "{line}");
        toc.replace(line, "")
    })
}

#[test]
fn what_is_not_listed_is_added_and_what_points_nowhere_is_dropped() {
    for before in [
        without(&["  - [Goals](#goals)\n"]),
        without(&["- [Motivation](#motivation)\n"]),
        TOC.replace("#goals", "#gaols"),
        TOC.replace("- [Summary](#summary)\n", "- [Overview](#overview)\n"),
        TOC.replace("- [Summary](#summary)\n", "- [Summary](#summary)\n  - [Old](#old)\n"),
        "<!-- toc -->\n<!-- /toc -->\n".to_owned(),
        "<!-- toc -->\n- [Gone](#gone)\n<!-- /toc -->\n".to_owned(),
    ] {
        assert_mended(&with(&before), GOOD);
    }
}

#[test]
fn words_bullets_and_indentation_of_the_present_list_stay() {
    let own = |toc: &str| toc.replace("[Summary]", "[In *short*]");
    for manner in [
        TOC.replace("- [", "* ["),
        TOC.replace("  - [", "    + ["),
        TOC.replace("  - [", "\t- ["),
        TOC.replace("- [", "*   [").replace("  *", "    *"),
        TOC.replace("<!-- toc -->", "<!-- toc -->\n").replace("<!-- /toc -->", "\n<!-- /toc -->"),
        TOC.replace("<!-- toc -->", "<!-- TOC -->\n**Contents**\n"),
    ] {
        let (manner, goals) = (own(&manner), "[Goals](#goals)");
        let line = manner.lines().find(|line| line.ends_with(goals)).expect("an entry");
        let before = manner.replace(&format!("{line}\n"), "");
        assert_mended(&with(&before), &with(&manner));
    }
    let numbered = "\
<!-- toc -->
1. [Status](#status)
2. [Tasks](#tasks)
3. [Summary](#summary)
4. [Motivation](#motivation)
    1. [Goals](#goals)
    2. [Non-Goals](#non-goals)
5. [Production Readiness Review Questionnaire](#production-readiness-review-questionnaire)
    1. [Rollout](#rollout)
<!-- /toc -->
";
    assert_mended(&with(&numbered.replace("    1. [Goals](#goals)\n", "")), &with(numbered));
    let ones = numbered.replace(['2', '3', '4', '5'], "1");
    assert_mended(&with(&ones.replace("1. [Summary](#summary)\n", "")), &with(&ones));
}

#[test]
fn deeper_headings_are_listed_where_the_present_list_goes_deeper() {
    let deep = TOC.replace(
        "  - [Rollout](#rollout)\n",
        "  - [Rollout](#rollout)\n    - [How can it fail?](#how-can-it-fail)\n    - [Which metrics tell?](#which-metrics-tell)\n    - [Which signals are there?](#which-signals-are-there)\n",
    );
    for before in [
        deep.replace("  - [Goals](#goals)\n", ""),
        deep.replace("    - [How can it fail?](#how-can-it-fail)\n", "")
            .replace("#goals", "#gaols"),
        deep.replace("#how-can-it-fail)", "#failures)"),
    ] {
        assert_mended(&with(&before), &with(&deep));
    }
    // A list that goes no deeper is no fault.
    assert_left(&with(&deep.replace("    - [How can it fail?](#how-can-it-fail)\n", "")));
}

#[test]
fn entries_point_to_githubs_anchors_and_show_the_heading_as_it_is_written() {
    for (heading, entry) in [
        ("Use of `a[0]` & [b]", "[Use of `a[0]` & \\[b\\]](#use-of-a0--b)"),
        ("See [the plan](plan.md)!", "[See the plan!](#see-the-plan)"),
        ("A \\[b\\] <https://x.example>", "[A \\[b\\] https://x.example](#a-b-httpsxexample)"),
        ("Back\\\\slash and `` ` ``", "[Back\\\\slash and `` ` ``](#backslash-and-)"),
        ("*Ümlaut* <b>x</b> ##", "[*Ümlaut* <b>x</b>](#ümlaut-x)"),
        ("One <!-- mine --> two", "[One two](#one--two)"),
        ("![logo](a.png) Menu", "[logo Menu](#logo-menu)"),
    ] {
        let summary = "Menus are kept on the ship.\n";
        let after = with(&TOC.replace("- [Motivation]", &format!("  - {entry}\n- [Motivation]")));
        let heading = format!("{summary}\n### {heading}\n\nText.\n");
        let before = good_with(summary, &heading);
        assert_mended(&before, &after.replace(summary, &heading));
    }
}

#[test]
fn the_second_of_two_equal_headings_has_an_anchor_of_its_own() {
    let summary = "Menus are kept on the ship.\n";
    let twice = format!("{summary}\n### Goals\n\nOne.\n");
    let toc = TOC.replace("#goals", "#goals-1");
    let toc = toc.replace("- [Motivation]", "  - [Goals](#goals)\n- [Motivation]");
    assert_mended(&good_with(summary, &twice), &with(&toc).replace(summary, &twice));
}

#[test]
fn a_missing_table_is_put_below_the_title() {
    assert_mended(&with("").replace("\n\n\n", "\n\n"), GOOD);
    let tight = with("").replace("menu\n\n\n", "menu\nBy the dining team.\n\n");
    let after = GOOD.replace("<!-- /toc -->\n", "<!-- /toc -->\n\nBy the dining team.\n");
    assert_mended(&tight, &after);
}

#[test]
fn a_list_without_its_marks_gets_them() {
    let list = TOC.replace("<!-- toc -->\n", "").replace("<!-- /toc -->\n", "");
    assert_mended(&with(&list), GOOD);
    assert_mended(&with(&format!("<!-- toc -->\n{list}")), GOOD);
    assert_mended(&with(&format!("{list}<!-- /toc -->\n")), GOOD);
}

#[test]
fn a_table_that_holds_more_than_entries_is_left_to_the_author() {
    let goals = "  - [Goals](#goals)\n";
    for left in [
        TOC.replace(goals, "  - Goals\n"),
        TOC.replace(goals, "  - [Plan](plan.md)\n"),
        TOC.replace(goals, "\nThe rest:\n\n"),
        TOC.replace("<!-- toc -->\n", "<!-- toc --> Contents\n").replace(goals, ""),
        TOC.replace("- [", "> - [")
            .replace("  >", ">  ")
            .replace("[Goals](#goals)", "[Goals](#gaols)"),
        "<!-- /toc -->\n<!-- toc -->\n".to_owned(),
    ] {
        assert_left(&with(&left));
    }
    let anchored = with(&TOC.replace(goals, "  - [Here](#here)\n"));
    assert_left(&anchored.replace("The link", "<a id=\"here\"></a>The link"));
}

#[test]
fn marks_in_code_are_no_marks() {
    let fenced = format!("```\n{TOC}```\n");
    let summary = "Menus are kept on the ship.\n";
    let before =
        with("").replace("\n\n\n", "\n\n").replace(summary, &format!("{summary}\n{fenced}"));
    assert_mended(&before, &GOOD.replace(summary, &format!("{summary}\n{fenced}")));
    // And what is in a fence between marks is no entry.
    let toc = "<!-- toc -->\n```\n- [Goals](#gaols)\n```\n<!-- /toc -->\n";
    let list = TOC.replace("<!-- /toc -->\n", "").replace("<!-- toc -->\n", "");
    let after = format!("<!-- toc -->\n{list}\n```\n- [Goals](#gaols)\n```\n<!-- /toc -->\n");
    assert_mended(&with(toc), &with(&after));
}

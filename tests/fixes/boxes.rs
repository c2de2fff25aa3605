//! The checklist: the whole list, items, boxes.

use super::support::{GOOD, assert_left, assert_mended, good_with, mend};

const LIST: &str = "\
- [x] What is the timeline? Spring.
- [x] Who will own it? Dining.
- [x] How is it watched? Prometheus.
";
const OPEN: &str = "\
- [ ] What is the timeline?
- [ ] Who will own it?
- [ ] How is it watched?
";

fn with_list(list: &str) -> String {
    good_with(LIST, list)
}

#[test]
fn a_list_that_is_gone_comes_back_with_its_section_or_below_its_text() {
    let gone = GOOD.replace(&format!("## Tasks\n\n{LIST}\n"), "");
    assert_mended(&gone, &with_list(&format!("<!-- Keep every item. -->\n\n{OPEN}")));
    assert_mended(&with_list("All done.\n"), &with_list(&format!("All done.\n\n{OPEN}")));
    assert_mended(&with_list("<!-- none -->\n"), &with_list(&format!("<!-- none -->\n\n{OPEN}")));
    let fenced = format!("```\n{LIST}```\n");
    assert_mended(&with_list(&fenced), &with_list(&format!("{fenced}\n{OPEN}")));
}

#[test]
fn a_list_that_moved_is_left_to_the_author() {
    let moved =
        with_list("See below.\n").replace("## Motivation\n", &format!("{LIST}\n## Motivation\n"));
    assert_left(&moved);
    assert_eq!(mend(&moved).review.findings[0].rule.name, "checklist-missing");
}

#[test]
fn a_missing_item_comes_back_at_its_place_in_the_manner_of_its_neighbours() {
    for (before, after) in [
        (
            "- [x] Who will own it? A.\n- [x] How is it watched? B.\n",
            "- [ ] What is the timeline?\n- [x] Who will own it? A.\n- [x] How is it watched? B.\n",
        ),
        (
            "- [x] What is the timeline? A.\n- [x] How is it watched? B.\n",
            "- [x] What is the timeline? A.\n- [ ] Who will own it?\n- [x] How is it watched? B.\n",
        ),
        (
            "- [x] What is the timeline? A.\n- [x] Who will own it? B.\n",
            "- [x] What is the timeline? A.\n- [x] Who will own it? B.\n- [ ] How is it watched?\n",
        ),
        // Two in a row, and two at both ends.
        (
            "* [x] What is the timeline? A.\n",
            "* [x] What is the timeline? A.\n* [ ] Who will own it?\n* [ ] How is it watched?\n",
        ),
        (
            "+ [x] Who will own it? A.\n",
            "+ [ ] What is the timeline?\n+ [x] Who will own it? A.\n+ [ ] How is it watched?\n",
        ),
        // Behind the whole of its neighbour.
        (
            "- [x] What is the timeline? A,\n  and then\n\n  - more\n- [x] How is it watched? B.\n",
            "- [x] What is the timeline? A,\n  and then\n\n  - more\n- [ ] Who will own it?\n- [x] How is it watched? B.\n",
        ),
        (
            "- [x] What is the timeline?\n  ```\n  a\n  ```\n- [x] How is it watched? B.\n",
            "- [x] What is the timeline?\n  ```\n  a\n  ```\n- [ ] Who will own it?\n- [x] How is it watched? B.\n",
        ),
        // Numbered, nested, and with blank lines between.
        (
            "1. [x] What is the timeline? A.\n2. [x] Who will own it? B.\n",
            "1. [x] What is the timeline? A.\n2. [x] Who will own it? B.\n3. [ ] How is it watched?\n",
        ),
        (
            "1. [x] What is the timeline? A.\n1. [x] How is it watched? B.\n",
            "1. [x] What is the timeline? A.\n1. [ ] Who will own it?\n1. [x] How is it watched? B.\n",
        ),
        (
            "- Plan\n  - [x] What is the timeline? A.\n  - [x] How is it watched? B.\n",
            "- Plan\n  - [x] What is the timeline? A.\n  - [ ] Who will own it?\n  - [x] How is it watched? B.\n",
        ),
        (
            "- [x] What is the timeline? A.\n\n- [x] How is it watched? B.\n",
            "- [x] What is the timeline? A.\n\n- [ ] Who will own it?\n\n- [x] How is it watched? B.\n",
        ),
        // The author's own boxes stay where they are.
        (
            "- [x] What is the timeline? A.\n- [x] Chefs have seen it\n- [x] How is it watched? B.\n",
            "- [x] What is the timeline? A.\n- [ ] Who will own it?\n- [x] Chefs have seen it\n- [x] How is it watched? B.\n",
        ),
    ] {
        assert_mended(&with_list(before), &with_list(after));
    }
}

#[test]
fn no_item_is_put_into_a_quotation() {
    assert_left(&with_list("> - [x] What is the timeline? A.\n> - [x] How is it watched? B.\n"));
}

#[test]
fn a_marker_that_plainly_means_done_or_open_becomes_a_box() {
    for (before, after) in [
        ("- [✅] Who will own it? A.", "- [x] Who will own it? A."),
        ("- [ x ] Who will own it? A.", "- [x] Who will own it? A."),
        ("- [*] Who will own it? A.", "- [x] Who will own it? A."),
        ("- [Done] Who will own it? A.", "- [x] Who will own it? A."),
        ("* [✔️] Who will own it? A.", "* [x] Who will own it? A."),
        ("+ [x]Who will own it? A.", "+ [x] Who will own it? A."),
        ("2) [✓] Who will own it? A.", "2) [x] Who will own it? A."),
        ("  - [✓]\tWho will own it? A [x].", "  - [x]\tWho will own it? A [x]."),
        ("- [] Who will own it?", "- [ ] Who will own it?"),
        ("- [❌] Who will own it?", "- [ ] Who will own it?"),
        ("- Who will own it? [A](b.md).", "- [ ] Who will own it? [A](b.md)."),
    ] {
        let line = "- [x] Who will own it? Dining.";
        assert_mended(&good_with(line, before), &good_with(line, after));
    }
}

#[test]
fn a_marker_that_can_mean_several_things_stays_while_the_others_are_mended() {
    for odd in
        ["- [n/a] Who will own it? A.", "- [-] Who will own it? A.", "- [?] Who will own it? A."]
    {
        assert_left(&good_with("- [x] Who will own it? Dining.", odd));
        let before = good_with("- [x] Who will own it? Dining.", odd);
        let odd_too = before.replace("- [x] What", "- [✅] What");
        assert_mended(&odd_too, &before);
    }
}

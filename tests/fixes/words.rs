//! Title and status.

use super::support::{GOOD, PATH, assert_left, assert_mended, good_with};

#[test]
fn a_title_gets_its_form_and_keeps_its_markup_and_the_heading_its_marks() {
    for (before, after) in [
        ("# EP-42: Ship menu", "# EP-0042: Ship menu"),
        ("# EP-0042 - Ship menu", "# EP-0042: Ship menu"),
        ("# ep 0042: Ship menu #", "# EP-0042: Ship menu #"),
        ("#   EP-0042 Ship `menu` and *more*", "#   EP-0042: Ship `menu` and *more*"),
        ("# EP-42: [Ship](a.md) \\*menu\\*", "# EP-0042: [Ship](a.md) \\*menu\\*"),
        ("# Ship menu", "# EP-0042: Ship menu"),
        ("# EP-XXXX: Ship menu", "# EP-0042: Ship menu"),
        ("# EP: Ship menu", "# EP-0042: Ship menu"),
        ("# Epic menus", "# EP-0042: Epic menus"),
        ("# **EP-42**: Ship <b>menu</b>", "# EP-0042: Ship menu"),
        ("EP-42: Ship menu\n======", "EP-0042: Ship menu\n======"),
        ("Ship menu\nand more\n===", "EP-0042: Ship menu\nand more\n==="),
    ] {
        assert_mended(
            &good_with("# EP-0042: Ship menu", before),
            &good_with("# EP-0042: Ship menu", after),
        );
    }
    for left in ["# EP-0042:", "# EP-42", "# EP-0000: Ship menu"] {
        assert_left(&good_with("# EP-0042: Ship menu", left));
    }
    assert!(PATH.contains("0042"));
}

#[test]
fn a_title_is_never_invented() {
    assert_left(&GOOD["# EP-0042: Ship menu\n\n".len()..]);
    assert_left("");
    assert_left("\u{feff}\r\n\r\n");
}

#[test]
fn a_slip_in_the_status_is_corrected_and_all_around_it_stays() {
    for (before, after) in [
        ("**stagd**", "**staged**"),
        ("_stagged_", "_staged_"),
        ("`Stagd`.", "`staged`."),
        ("Status: stagd", "Status: staged"),
        ("**Status:** stagd since June", "**Status:** staged since June"),
        ("- stagd", "- staged"),
        ("<!-- stagd --> stagd <!-- stagd -->", "<!-- stagd --> staged <!-- stagd -->"),
        ("stagd\nsince *June*", "staged\nsince *June*"),
    ] {
        assert_mended(&good_with("**staged**", before), &good_with("**staged**", after));
    }
}

#[test]
fn a_status_that_is_not_plainly_a_slip_is_left_to_the_author() {
    for left in [
        "now staged",
        "stagd (was implemented)",
        "**done**",
        "staged and completed",
        "**status here**",
        "",
    ] {
        assert_left(&good_with("**staged**", left));
    }
}

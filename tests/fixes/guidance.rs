//! Guidance comments of the template.

use super::support::{GOOD, assert_left, assert_mended, good_with, mend};

const TEXT: &str = "Menus are kept on the ship.\n\n## Motivation";
const NOTE: &str = "<!-- What changes, and for whom? -->";
const LONG: &str = "<!--\nWhat will be true\nwhen it is done?\n-->";

fn with(summary: &str) -> String {
    good_with(TEXT, &format!("{summary}\n\n## Motivation"))
}

#[test]
fn guidance_of_a_written_section_is_cut_out_and_no_word_with_it() {
    for (before, after) in [
        (format!("{NOTE}\n\nText."), "Text."),
        (format!("Text.\n\n{NOTE}"), "Text."),
        (format!("One.\n\n{NOTE}\n\nTwo."), "One.\n\nTwo."),
        (format!("{NOTE}\n{LONG}\n\nText."), "Text."),
        (format!("{NOTE}\n\n{LONG}\n\nText."), "Text."),
        (format!("{NOTE} {NOTE}\n\nText."), "Text."),
        // Neighbours do not grow together.
        (format!("One.\n{NOTE}\nTwo."), "One.\n\nTwo."),
        (format!("One.\n{NOTE}\n---\nTwo."), "One.\n\n---\nTwo."),
        // Within a line.
        (format!("Text. {NOTE}"), "Text."),
        (format!("One {NOTE} two."), "One two."),
        (format!("One {NOTE} two {NOTE}"), "One two"),
        (format!("{NOTE} Text."), "Text."),
        (format!("{LONG} Text."), "Text."),
        (format!("{LONG}**Text.**"), "**Text.**"),
        (format!("- one {NOTE}\n- two"), "- one\n- two"),
        (format!("- one\n\n  {}\n\n  two", LONG.replace('\n', "\n  ")), "- one\n\n  two"),
    ] {
        assert_mended(&with(&before), &with(after));
    }
    let before = good_with("## Summary", &format!("## Summary {NOTE}"));
    assert_mended(&before, GOOD);
}

#[test]
fn guidance_stays_where_it_still_helps_and_where_its_line_would_turn_into_something_else() {
    for left in [
        // Not written yet.
        NOTE.to_owned(),
        format!("{NOTE}\n\nTBD"),
        // A heading, an item, a table would come out of it.
        format!("{NOTE} # Text.\n\nMore."),
        format!("{NOTE} - Text.\n\nMore."),
        format!("{NOTE} Text.\n===\n\nMore."),
        format!("- {NOTE}\n\nMore."),
        // An author's own comment, and a comment that is only shown.
        "<!-- mine -->\n\nText.".to_owned(),
        format!("Text.\n\n```\n{NOTE}\n```"),
        format!("Text `{NOTE}`."),
    ] {
        assert_left(&with(&left));
    }
    assert_left(&with(&format!("<div>\n{NOTE}\n</div>\n\nText.")));
}

#[test]
fn guidance_at_the_end_of_the_file_leaves_no_blank_line_behind() {
    let before = format!("{GOOD}\n{NOTE}\n");
    assert_eq!(mend(&before).text, GOOD);
    assert_eq!(mend(before.trim_end()).text, GOOD, "the line above keeps its ending");
}

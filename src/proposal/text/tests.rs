use super::*;

#[test]
fn headings_fold_over_case_space_punctuation_numbers_and_the_optional_mark() {
    assert_eq!(fold_heading("Notes/Constraints/Caveats (Optional)"), "notes constraints caveats");
    assert_eq!(fold_heading("[optional] Infrastructure  Needed"), "infrastructure needed");
    assert_eq!(fold_heading("2.1 Goals"), "goals");
    assert_eq!(
        fold_heading("Was the upgrade->downgrade->upgrade path tested?"),
        fold_heading("was the upgrade → downgrade → upgrade path tested")
    );
    assert!(alike("risks and mitigations", "risk and mitigations"));
    assert!(!alike("goals", "non goals"));
    assert!(alike("troubleshooting", "troubelshooting"), "letters in another order");
    assert!(alike("überwachung", "uberwachung"), "a letter of two bytes");
}

#[test]
fn slugs_are_githubs() {
    assert_eq!(slug("Notes/Constraints/Caveats (Optional)"), "notesconstraintscaveats-optional");
    assert_eq!(slug("Upgrade / Downgrade Strategy"), "upgrade--downgrade-strategy");
    assert_eq!(slug("e2e tests"), "e2e-tests");
    assert_eq!(slug("snake_case & Ümlaut"), "snake_case--ümlaut");
}

#[test]
fn a_stop_word_answers_nothing_and_a_short_answer_does() {
    for word in ["TBD", "**TBD**", "- todo", "To be determined.", "XXX", "coming soon…", "WIP"] {
        assert!(is_stop_word(word), "{word}");
    }
    for word in [
        "TBD/TODO",
        "T.B.D.",
        "T\u{200b}BD",
        "\u{ff34}\u{ff22}\u{ff24}",
        "[TODO](https://a.example)",
    ] {
        assert!(is_stop_word(word), "a reader reads the same: {word}");
    }
    for answer in ["No", "None", "N/A", "Yes", "see above", "3"] {
        assert!(!is_stop_word(answer), "{answer}");
        assert!(has_content(answer), "{answer}");
    }
    for nothing in
        ["?", "-", "...", "---", "<br>", "&nbsp;", "<p></p>", "\u{200b}", "[x]: http://a", "| - |"]
    {
        assert!(!has_content(nothing), "{nothing}");
    }
    // An empty item, a box without words, a mark of an alert, blanks that are letters to Unicode.
    for nothing in
        ["1.", "- [x]", "* [ ] ", "> [!NOTE]", "\u{3164}", "\u{2800}", "\u{ad}", "\u{e0041}"]
    {
        assert!(!has_content(nothing), "{nothing:?}");
    }
    for something in [
        "1. No",
        "- [x] yes",
        "> No",
        "✅",
        "<img src=a.png>",
        "<https://a.example>",
        "a < b",
        "&lt;",
    ] {
        assert!(has_content(something), "{something}");
    }
}

#[test]
fn every_stop_word_starts_as_the_quick_look_expects_and_fits_into_a_line() {
    for word in STOP_WORDS {
        assert!(may_be_stop_word(word) && word.len() < MAX_STOP_WORD, "{word}");
        assert_eq!(fold(word), *word, "folded");
    }
    assert!(is_stop_word("\u{201c}TBD\u{201d}"), "in curly quotes");
}

#[test]
fn a_placeholder_is_seen_in_capitals_or_as_a_value_and_not_in_code() {
    assert_eq!(placeholder_mark("The owner is TBD."), Some("TBD"));
    assert_eq!(placeholder_mark("- TODO: name the owner"), Some("TODO"));
    assert_eq!(placeholder_mark("The owner (FIXME: who?)"), Some("FIXME"));
    assert_eq!(placeholder_mark("- TODO write this up"), Some("TODO"));
    assert_eq!(placeholder_mark("A service, TODO."), Some("TODO"));
    assert_eq!(placeholder_mark("| size | tbd |"), Some("tbd"));
    for fine in [
        "Grep the code for `TODO` marks",
        "The todo list",
        "The kitchen keeps its TODO list",
        "TODO-list",
        "It calls context.TODO() once",
        "XXXL shirts",
    ] {
        assert_eq!(placeholder_mark(fine), None, "{fine}");
    }
    assert_eq!(placeholder_value("- Owner: to be determined"), Some("to be determined"));
    assert_eq!(placeholder_value("- todo"), Some("todo"));
    let long =
        "- The owner of the gateway and of everything that stands behind it on each ship: tbd";
    assert_eq!(placeholder_value(long), Some("tbd"));
    assert_eq!(placeholder_value("- Owner: the guest platform team"), None);
}

#[test]
fn names_are_listed_as_a_sentence_has_them_and_those_left_out_are_counted() {
    let names = ["a", "b", "c", "d"].map(str::to_owned);
    let said: Vec<String> = (0..=4).map(|count| listed(&names[..count], 3)).collect();
    assert_eq!(said, ["", "a", "a and b", "a, b and c", "a, b, c and 1 more"]);
}

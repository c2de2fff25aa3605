use proptest::prelude::*;

use super::*;

fn one(markdown: &str) -> Result<Command, Misread> {
    let spoken = commands(markdown);
    assert_eq!(spoken.len(), 1, "{markdown:?} gives {spoken:?}");
    spoken[0].command.clone()
}

/// What the only line of a comment is told.
fn told(markdown: &str) -> String {
    one(markdown).expect_err("a misread line").sentence()
}

fn none(markdown: &str) {
    assert_eq!(commands(markdown), [], "{markdown:?}");
}

fn waive(rule: &str, section: Option<&str>, because: &str) -> Result<Command, Misread> {
    Ok(Command::Waive {
        rule: Rule::find(rule).expect("a rule"),
        section: section.map(str::to_owned),
        because: because.to_owned(),
    })
}

fn ask(part: Option<&str>, text: &str) -> Result<Command, Misread> {
    Ok(Command::Ask { part: part.map(str::to_owned), text: text.to_owned() })
}

#[test]
fn a_status_is_that_of_this_pull_request_of_one_ep_or_of_all() {
    assert_eq!(one("/ep-status"), Ok(Command::Status(Which::This)));
    assert_eq!(one("/EP-Status  \r\n"), Ok(Command::Status(Which::This)));
    assert_eq!(one("/ep-status All."), Ok(Command::Status(Which::All)));
    for twelve in ["12", "#12", "EP-0012", "ep-12", "RFC-0012", "EP 12", "`EP-0012`", "KEP_12."] {
        let markdown = format!("/ep-status {twelve}");
        assert_eq!(one(&markdown), Ok(Command::Status(Which::One(12))), "{twelve}");
    }
    for none in ["EP-", "menu", "1 2", "EP-99999999999999999999999", "eps/EP-0012.md"] {
        let markdown = format!("/ep-status {none}");
        assert_eq!(one(&markdown), Err(Misread::NoNumber(none.to_owned())));
    }
}

#[test]
fn a_check_and_help_take_whatever_stands_behind_them() {
    assert_eq!(one("/ep-check"), Ok(Command::Check));
    assert_eq!(one("/ep-check, please!"), Ok(Command::Check));
    assert_eq!(one("/ep-help waive"), Ok(Command::Help));
}

#[test]
fn a_waiver_names_a_rule_perhaps_a_section_and_a_reason() {
    let rule = "diagram-missing";
    let path = Some("Proposal > Architecture");
    for (line, section, because) in [
        ("diagram-missing because one box", None, "one box"),
        ("`diagram-missing` because: one box", None, "one box"),
        (
            "Diagram_Missing: because one box, because it is small",
            None,
            "one box, because it is small",
        ),
        ("diagram-missing Proposal > Architecture because one box", path, "one box"),
        ("diagram-missing `Proposal > Architecture` BECAUSE one box", path, "one box"),
        ("diagram-missing \"Proposal > Architecture\" because one box", path, "one box"),
        ("diagram-missing in `Proposal > Architecture` because x", path, "x"),
        ("diagram-missing “Just because” because x", Some("Just because"), "x"),
        ("diagram-missing In Scope because x", Some("In Scope"), "x"),
        (
            "diagram-missing because <!-- hidden --> it has *none* `<a>`",
            None,
            "it has *none* `<a>`",
        ),
    ] {
        assert_eq!(one(&format!("/ep-waive {line}")), waive(rule, section, because), "{line}");
    }
}

#[test]
fn a_waiver_that_lacks_something_says_what() {
    let rule = Rule::find("diagram-missing").expect("a rule");
    assert_eq!(one("/ep-waive"), Err(Misread::NoRule));
    assert_eq!(one("/ep-waive because I say so"), Err(Misread::NoRule));
    for without in
        ["", " Proposal", " because", " because …", " becauseitis", " because <!-- x -->"]
    {
        let markdown = format!("/ep-waive diagram-missing{without}");
        assert_eq!(one(&markdown), Err(Misread::NoReason(rule)), "{without}");
    }
    insta::assert_snapshot!(
        [
            told("/ep-waive diagram-mising because x"),
            told("/ep-waive `x`` @org` because x"),
            told("/ep-waive policy-invalid because x"),
            told("/ep-waive template-invalid because x"),
            told("/ep-waive diagram-missing"),
            told("/ep-waive"),
            told(&format!("/ep-waive diagram-missing because {}", "x ".repeat(400))),
        ]
        .join("\n")
    );
}

#[test]
fn a_question_names_its_part_before_the_first_colon() {
    let text = "How many ships at once?";
    assert_eq!(
        one("/ep-question Scalability: How many ships at once?"),
        ask(Some("Scalability"), text)
    );
    assert_eq!(
        one("/ep-question: \"Scalability\": How many ships at once?"),
        ask(Some("Scalability"), text)
    );
    assert_eq!(one("/ep-question How many ships at once?"), ask(None, text));
    assert_eq!(one("/ep-question : How many ships at once?"), ask(None, text));
    assert_eq!(
        one("/ep-question Monitoring: Which one: CPU or memory?"),
        ask(Some("Monitoring"), "Which one: CPU or memory?")
    );
    assert_eq!(one("/ep-question Is http://a:1 up?"), ask(None, "Is http://a:1 up?"));
    assert_eq!(
        one("/ep-question Drop the old table: when?"),
        ask(Some("Drop the old table"), "when?")
    );
}

#[test]
fn a_question_is_dropped_by_its_number() {
    for two in ["drop 2", "Drop #2", "drop Q2.", "drop 2 because it is answered"] {
        assert_eq!(one(&format!("/ep-question {two}")), Ok(Command::Drop(2)), "{two}");
    }
    for none in ["drop", "drop two", "drop -1"] {
        assert_eq!(one(&format!("/ep-question {none}")), Err(Misread::NoQuestionNumber), "{none}");
    }
    for nothing in ["", " ?", " Scalability:", " Scalability: …"] {
        let read = one(&format!("/ep-question{nothing}"));
        let asked = nothing.contains("Scalability:") && !nothing.contains('…');
        assert_eq!(read, if asked { ask(None, "Scalability") } else { Err(Misread::NoQuestion) });
    }
}

#[test]
fn a_slip_gets_the_nearest_command_and_is_not_carried_out() {
    insta::assert_snapshot!(
        [
            "/ep-staus",
            "/ep-statsu EP-0012",
            "/epstatus",
            "/ep status",
            "/ep_check",
            "/ep—check",
            "/ep-rerun",
            "/ep-ask Scalability: x",
            "/ep-0042",
            "/ep-",
            "/ep",
            "/ep-lgtm `@org`",
            "/ep-question-drop 2",
            "/ep-status 1 and 2",
            "/ep-question",
            "/ep-question drop",
            "> a quotation\n/ep-check",
        ]
        .map(|line| format!("{line:?}: {}", told(line)))
        .join("\n")
    );
}

#[test]
fn other_words_are_no_commands() {
    for other in [
        "/lgtm",
        "/etc/passwd",
        "/ep-bot/readme.md",
        "/eps/EP-0001.md",
        "/epic",
        "/epilogue",
        "/ep-0042-menu.md",
        "/ep holds the proposals",
        "see /ep-status",
        "https://x.y/ep-status",
        "x/ep-status",
        "./ep-status",
        "",
    ] {
        none(other);
    }
}

#[test]
fn what_is_code_a_link_a_table_a_heading_or_bold_speaks_of_a_command() {
    for shown in [
        "`/ep-check`",
        "```\n/ep-check\n```",
        "~~~\n/ep-check",
        "    /ep-check",
        "`a\n/ep-check\nb`",
        "[/ep-check](x)",
        "[a\n/ep-check](x)",
        "![\n/ep-check](x)",
        "# /ep-check",
        "**/ep-check**",
        "~~/ep-check~~",
        "| a |\n| - |\n| /ep-check |",
        "| a |\n| - |\n/ep-check",
        "- [ ] /ep-check",
        "\\/ep-check",
        "&#47;ep-check",
        "[^1]: /ep-check\n\nx[^1]",
        "* */ep-check",
    ] {
        none(shown);
    }
}

#[test]
fn a_quotation_is_somebody_elses() {
    for quoted in [
        "> /ep-check",
        "> a\n> /ep-check",
        "> - /ep-check",
        "> > a\n> /ep-check",
        "> [!NOTE]\n> /ep-check",
        "- > /ep-check",
    ] {
        none(quoted);
    }
    assert_eq!(one("> a\n\n/ep-check"), Ok(Command::Check));
    assert_eq!(one("> a\n/ep-check"), Err(Misread::Quoted));
}

#[test]
fn what_a_comment_hides_is_not_said() {
    for hidden in [
        "<!-- /ep-check -->",
        "<!--\n/ep-check\n-->",
        "<!--\n\n/ep-check\n\n-->",
        "a <!--\n/ep-check\n--> b",
        "<!-- open\n\n/ep-check",
        "<div><!--\n\n/ep-check\n\n-->",
        "<div>\n/ep-check\n</div>",
        "<pre>\n/ep-check\n</pre>",
    ] {
        none(hidden);
    }
    assert_eq!(one("<!-- note -->\n\n/ep-check"), Ok(Command::Check));
    assert_eq!(one("/ep-status <!-- EP-0013 --> EP-0012"), Ok(Command::Status(Which::One(12))));
}

#[test]
fn a_line_of_a_paragraph_or_of_a_list_is_a_line() {
    let markdown = "Thanks!\r\n/ep-check\r\n\r\n- /ep-status 1\r\n- and\r\n  /ep-status 2\r\n/ep-status 3\r\n\r\n  1. /ep-help\r\n\r\n/ep-status\r\n-- \r\nA.\r\n";
    let lines: Vec<(usize, String)> =
        commands(markdown).into_iter().map(|spoken| (spoken.line, spoken.words)).collect();
    let expected = [
        (2, "/ep-check"),
        (4, "/ep-status 1"),
        (6, "/ep-status 2"),
        (7, "/ep-status 3"),
        (9, "/ep-help"),
        (11, "/ep-status"),
    ];
    assert_eq!(lines, expected.map(|(line, words)| (line, words.to_owned())));
}

#[test]
fn of_many_commands_the_first_twenty_count_and_the_next_one_says_so() {
    let spoken = commands(&"/ep-check\n".repeat(30));
    assert_eq!(spoken.len(), 21);
    assert!(spoken[..20].iter().all(|spoken| spoken.command == Ok(Command::Check)));
    assert_eq!((spoken[20].line, &spoken[20].command), (21, &Err(Misread::TooMany)));
}

#[test]
fn a_long_line_is_shown_cut() {
    let spoken = commands(&format!("/ep-lgtm {}", "é".repeat(500)));
    assert_eq!(spoken[0].words.chars().count(), MAX_WORDS);
}

#[test]
fn the_largest_comment_is_read_at_once() {
    for piece in ["/ep\n", "/ep-check <!--x-->\n", "<!--/ep-->", "> /ep\n", "- /ep-x\n"] {
        let markdown = piece.repeat(65_536 / piece.len());
        let start = std::time::Instant::now();
        commands(&markdown);
        assert!(start.elapsed().as_secs() < 5, "{piece:?}");
    }
}

proptest! {
    #[test]
    fn any_comment_is_read(
        pieces in prop::collection::vec(
            prop_oneof![
                Just("/ep-waive "), Just("/ep"), Just("because "), Just("`"), Just("<!--"), Just("-->"), Just("\n"),
                Just("> "), Just("- "), Just("“"), Just("é"), Just(": "), Just("/ep-question drop "), Just("/ep-status "),
                Just("diagram-missing "), Just("| "), Just("\r"), Just("[x]("), Just("99"), Just("/EP-Quest\u{130}n "),
            ],
            0..40,
        ),
    ) {
        let markdown = pieces.concat();
        for spoken in commands(&markdown) {
            prop_assert!(spoken.words.chars().count() <= MAX_WORDS);
            prop_assert!((1..=markdown.len().max(1)).contains(&spoken.line));
            if let Err(misread) = spoken.command {
                let sentence = misread.sentence();
                prop_assert_eq!(sentence.matches('`').count() % 2, 0, "{}", sentence);
            }
        }
    }
}

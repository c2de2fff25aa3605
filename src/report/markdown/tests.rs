use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::*;

/// How GitHub reads it, as near as the parser comes.
fn events(markdown: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    Parser::new_ext(markdown, options).collect()
}

/// The rendered text outside code, with code as a space, and the rendered code.
fn rendered(markdown: &str) -> (String, String) {
    let (mut text, mut code) = (String::new(), String::new());
    for event in events(markdown) {
        match event {
            Event::Text(t) => text.push_str(&t),
            Event::Code(c) => {
                text.push(' ');
                code.push_str(&c);
            }
            _ => {}
        }
    }
    (text, code)
}

/// Why GitHub would make more of `markdown` than one paragraph of text and code.
fn danger(markdown: &str) -> Option<String> {
    for event in events(markdown) {
        match event {
            Event::Start(Tag::Paragraph) | Event::End(_) | Event::Text(_) | Event::Code(_) => {}
            other => return Some(format!("{other:?}")),
        }
    }
    let (text, _) = rendered(markdown);
    let chars: Vec<char> = text.to_lowercase().chars().collect();
    for (at, &c) in chars.iter().enumerate() {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let time = c == ':'
            && at > 0
            && chars[at - 1].is_ascii_digit()
            && is_number(chars[at + 1..].iter().copied());
        let bare = match c {
            '@' | '#' | ':' if !time => {
                next.is_alphanumeric() || matches!(next, '/' | '+' | '-' | '_')
            }
            _ => false,
        };
        if bare {
            return Some(format!("{c}{next}"));
        }
    }
    let lower: String = chars.iter().collect();
    if lower.contains("www.") || lower.contains("://") {
        return Some("autolink".to_owned());
    }
    let reference = lower
        .match_indices("gh-")
        .any(|(at, _)| lower[at + 3..].starts_with(|c: char| c.is_ascii_digit()));
    reference.then(|| "GH-1".to_owned())
}

/// Pieces that mean something to Markdown or GitHub, strung together with what lies between.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(vec![
            "@org/team", "\\@team", "&#64;team", "&commat;team", "#123", "GH-1", "gh-12", "a/b#1", "https://x.y/z",
            "www.x.y", "mailto:a@b.c", "<a href=x>", "</details>", "<!--", "-->", "<b", "![i](u)",
            "[t](u)", "[t]: u", "[^1]", "[^1]: x", "`", "``", "```", "~~~", "~~x~~", "**b**", "_i_",
            "# h", "- x", "+ x", "* x", "1. x", "12) x", "> q", "> [!NOTE]", "---", "===", "    code",
            "| a | b |\n|---|---|", "$x$", "$$", "\\", "\n", "\r\n", "\r", "\t", " ", ":tada:",
            "- [ ] x", "\u{200b}", "\u{202e}", "\u{0}", "\u{1b}[31m", "|", "&lt;", "&amp", "<https://x.y>",
            "\u{2028}", "\u{a0}", "@", "#", ":", "1", "gh", "-", "www", ".", "é", "界",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[ -~]{0,12}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_mention_is_broken_however_it_is_written() {
    for hostile in ["@org/team", "\\@org/team", "&#64;org", "@\u{200b}org", "a@b.c", "x @a"] {
        let safe = text(hostile);
        assert_eq!(danger(&safe), None, "{hostile} became {safe}");
    }
    assert_eq!(text("@a"), "@\u{200b}a");
    assert_eq!(text("&#64;a"), "\\&#\u{200b}64;a");
}

#[test]
fn a_code_span_outlasts_the_backticks_inside() {
    assert_eq!(code("a", 9), "`a`");
    assert_eq!(code("a`b", 9), "``a`b``");
    assert_eq!(code("```", 9), "```` ``` ````");
    assert_eq!(code(" \n ", 9), "(empty)");
    assert_eq!(code("abcdef", 4), "`abc…`");
}

#[test]
fn a_fenced_block_outlasts_the_fences_inside() {
    assert_eq!(fenced("", "a"), "```\na\n```\n");
    assert_eq!(fenced("diff", "````\nx\n"), "`````diff\n````\nx\n`````\n");
}

#[test]
fn a_sentence_keeps_its_code_and_escapes_the_rest() {
    assert_eq!(
        sentence("Write `- [x]` instead of `- [✅]`, not <b>.", 99),
        "Write `- [x]` instead of `- [✅]`, not \\<b>."
    );
    assert_eq!(sentence("one ` alone *here*", 99), "one \\` alone \\*here\\*");
    assert_eq!(danger(&sentence("`a``b`@c``` `@d", 99)), None);
}

#[test]
fn further_lines_with_a_dash_are_a_list_and_end_the_sentence() {
    assert_eq!(
        sentences("Two are open:\n- one @a\n- two\nTick them.", 99, 2),
        "Two are open:\n  - one @\u{200b}a\n  - two\n\n  Tick them."
    );
}

#[test]
fn a_time_stays_whole_and_an_emoji_does_not() {
    assert_eq!(text("at 14:05, ratio 3:1"), "at 14:05, ratio 3:1");
    assert_eq!(text("1:100: x 2:a"), "1:\u{200b}100: x 2:\u{200b}a");
}

#[test]
fn ordinary_words_are_left_as_they_are() {
    let plain =
        "The Summary is empty (line 3), required from `provisional`: say it in 2-3 sentences!";
    assert_eq!(sentence(plain, 999), plain);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn text_means_nothing_to_github(hostile in hostile()) {
        let safe = text(&hostile);
        prop_assert_eq!(danger(&safe), None, "{:?}", safe);
    }

    #[test]
    fn text_shows_what_it_was(hostile in hostile()) {
        let (shown, _) = rendered(&text(&hostile));
        prop_assert_eq!(shown.replace(BREAK, ""), plain::one_line(&hostile));
    }

    #[test]
    fn a_sentence_means_nothing_to_github(hostile in hostile()) {
        let safe = sentence(&hostile, 200);
        prop_assert_eq!(danger(&safe), None, "{:?}", safe);
    }

    #[test]
    fn code_is_code_and_nothing_else(hostile in hostile()) {
        let safe = code(&hostile, usize::MAX);
        let clean = plain::one_line(&hostile);
        if !clean.is_empty() {
            let line = format!("x {safe} y");
            let (outside, inside) = rendered(&line);
            prop_assert_eq!(outside, "x   y");
            prop_assert_eq!(inside, clean);
        }
        prop_assert_eq!(danger(&safe), None);
    }

    #[test]
    fn a_list_item_holds_whatever_is_in_it(hostile in hostile()) {
        let page = format!("- {}\n\nEnd", sentences(&hostile, 400, 2));
        let mut depth = 0;
        let mut seen_end = false;
        for event in events(&page) {
            match event {
                Event::Start(Tag::List(None)) => depth += 1,
                Event::End(pulldown_cmark::TagEnd::List(_)) => depth -= 1,
                Event::Text(t) if &*t == "End" => seen_end |= depth == 0,
                Event::Start(Tag::Item | Tag::Paragraph) | Event::End(_) | Event::Text(_) | Event::Code(_) => {}
                other => prop_assert!(false, "{other:?} in {page:?}"),
            }
        }
        prop_assert!(seen_end);
    }

    #[test]
    fn a_fence_holds_whatever_is_in_it(hostile in hostile()) {
        let page = format!("{}\nEnd", fenced("", &hostile));
        let kinds = events(&page).into_iter().filter(|e| matches!(e, Event::Start(_))).count();
        prop_assert_eq!(kinds, 2, "one block, one paragraph: {:?}", page);
    }

    #[test]
    fn html_code_holds_no_tag(hostile in hostile()) {
        let safe = html_code(&hostile, 80);
        let inside = &safe["<code>".len()..safe.len() - "</code>".len()];
        prop_assert!(!inside.contains(['<', '>', '"', '\'', '\n']));
    }
}

//! What people see, as snapshots; and that it fits.

use proptest::prelude::*;

use super::*;
use crate::report::sample::{clean, hostile, nameless, ready, review, unready};
use crate::report::{UnreadableFile, status_json};

fn all() -> Vec<Review> {
    let end = Review {
        title: Some("航海日誌 at sea".to_owned()),
        ..review("a.md", 3, "", "rejected")
    };
    vec![end, ready(), hostile(), clean(), unready(), nameless()]
}

fn table(reviews: &[Review], width: Option<usize>, style: Style) -> String {
    status_table(&reviews.iter().collect::<Vec<_>>(), width, style)
}

#[test]
fn a_table_in_a_file_is_whole() {
    insta::assert_snapshot!(table(&all(), None, Style::Plain));
}

#[test]
fn a_table_in_a_narrow_terminal_has_two_lines_for_an_ep_that_is_blocked() {
    insta::assert_snapshot!(table(&all(), Some(80), Style::Plain));
}

#[test]
fn a_table_in_a_wide_terminal_cuts_titles_only() {
    let reviews = [
        Review {
            title: Some("Guest identity with offline login on ships without any uplink".to_owned()),
            ..clean()
        },
        ready(),
    ];
    insta::assert_snapshot!(table(&reviews, Some(128), Style::Plain));
}

#[test]
fn one_ep_needs_no_last_line_and_none_no_table() {
    assert_eq!(table(&[clean()], None, Style::Plain).lines().count(), 2);
    assert_eq!(table(&[], Some(80), Style::Color), "");
}

#[test]
fn what_blocks_the_present_status_stands_before_the_next_one() {
    let way = |review: &Review| Way::new(review).text(None, Style::Plain);
    assert_eq!(
        way(&unready()),
        "blocked now: 3 (prr-unanswered 1, section-empty 1, status-unknown 1); staged: 3"
    );
    assert_eq!(way(&ready()), "implemented: 6 (prr-unanswered 6)");
    assert_eq!(way(&clean()), "completed: nothing");
    assert_eq!(way(&review("a.md", 1, "A", "replaced")), "–");
}

#[test]
fn rules_are_left_out_from_the_end_and_numbers_never() {
    let way = Way::new(&unready());
    let text = |max| way.text(Some(max), Style::Plain);
    assert_eq!(text(60), "blocked now: 3 (prr-unanswered 1, …); staged: 3");
    assert_eq!(text(9), "blocked now: 3; staged: 3");
}

#[test]
fn colour_adds_nothing_but_colour() {
    for width in [None, Some(70), Some(200)] {
        let coloured = table(&all(), width, Style::Color);
        let mut parts = coloured.split('\u{1b}');
        let mut stripped = parts.next().unwrap_or_default().to_owned();
        stripped.extend(parts.map(|part| part.split_once('m').map_or("", |(_, rest)| rest)));
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(stripped, table(&all(), width, Style::Plain));
    }
}

#[test]
fn json_has_the_fixed_shape() {
    let gone = UnreadableFile { path: "b.md".to_owned(), message: "permission denied".to_owned() };
    insta::assert_snapshot!(status_json(&[&ready(), &nameless()], &[gone]));
}

proptest! {
    #[test]
    fn whatever_a_title_holds_the_table_fits(
        title in prop_oneof![any::<String>(), "[a \u{754c}\u{e9}\u{1f6a2}\u{2764}\u{fe0f}\u{301}]{0,90}"],
        width in 64_usize..160,
    ) {
        let mut reviews = [unready(), ready(), clean()];
        for review in &mut reviews {
            review.title = Some(title.clone());
        }
        let table = table(&reviews, Some(width), Style::Plain);
        for line in table.lines() {
            prop_assert!(line.width() <= width, "{} > {width}: {line:?}", line.width());
        }
    }
}

//! Dates in the forms that people write.

/// Whether a line carries a date: `2026-03-14`, `2026-03`, `2026/03/14`, `14.03.2026`, `March 2026`, `Q3 2026`.
pub fn has_date(line: &str) -> bool {
    if numeric_date(line) {
        return true;
    }
    if !line.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.iter().enumerate().any(|(at, word)| {
        let lower = word.to_ascii_lowercase();
        let period = MONTHS.iter().any(|m| lower == *m || lower == m[..3] || (lower == "sept"))
            || matches!(lower.as_str(), "q1" | "q2" | "q3" | "q4");
        period && words[at.saturating_sub(2)..words.len().min(at + 3)].iter().any(|w| is_year(w))
    })
}

/// Whether a word, in lower case, is a part of a date: a month or a quarter.
pub fn is_date_word(word: &str) -> bool {
    MONTHS.iter().any(|month| word == *month || word == &month[..3])
        || matches!(word, "sept" | "q1" | "q2" | "q3" | "q4")
}

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn is_year(word: &str) -> bool {
    word.len() == 4
        && word.bytes().all(|b| b.is_ascii_digit())
        && (word.starts_with("19") || word.starts_with("20"))
}

/// A run of digits and one kind of separator that has a year at one end and a month or day beside it.
fn numeric_date(line: &str) -> bool {
    line.split(|c: char| !(c.is_ascii_digit() || "-/.".contains(c))).any(|run| {
        ['-', '/', '.'].into_iter().any(|separator| {
            let parts: Vec<&str> = run.trim_matches(separator).split(separator).collect();
            let small = |part: &&str| {
                (1..=2).contains(&part.len())
                    && part.parse::<u8>().is_ok_and(|n| (1..=31).contains(&n))
            };
            match parts.as_slice() {
                [year, month] => separator != '.' && is_year(year) && small(month),
                [a, b, c] => {
                    (is_year(a) && small(b) && small(c)) || (small(a) && small(b) && is_year(c))
                }
                _ => false,
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seen_in_the_forms_that_people_write() {
        for dated in [
            "2026-03-14: x",
            "2026-03",
            "14.03.2026",
            "3/14/2026",
            "March 2026",
            "14 Mar 2026",
            "Q3 2026",
            "March 14, 2026",
        ] {
            assert!(has_date(dated), "{dated}");
        }
        for undated in
            ["v1.2.3", "20-30 ships", "we may ship 12", "2026", "10.0.0.1", "may be in version 2"]
        {
            assert!(!has_date(undated), "{undated}");
        }
    }
}

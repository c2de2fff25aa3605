//! How the first line of a list item begins: indentation, marker, space.

/// A line that begins as a list item does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bullet<'t> {
    /// Spaces and tabs in front of the marker.
    pub indent: &'t str,
    /// `-`, `*`, `+`, or a number with its `.` or `)`.
    pub marker: &'t str,
    /// Spaces and tabs behind the marker.
    pub gap: &'t str,
    /// The rest of the line.
    pub text: &'t str,
}

impl Bullet<'_> {
    /// The number of an ordered item.
    pub fn number(&self) -> Option<u64> {
        self.marker[..self.marker.len() - 1].parse().ok()
    }
}

/// How a line begins; `None` where it begins no list item. Whether it stands in code is for the caller.
pub fn read(line: &str) -> Option<Bullet<'_>> {
    let is_space = |c: char| c == ' ' || c == '\t';
    let (indent, rest) = line.split_at(line.len() - line.trim_start_matches(is_space).len());
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let sign = rest.as_bytes().get(digits)?;
    // CommonMark: an ordered marker has at most nine digits.
    let marks =
        if digits == 0 { b"-*+".contains(sign) } else { digits <= 9 && b".)".contains(sign) };
    if !marks {
        return None;
    }
    let (marker, rest) = rest.split_at(digits + 1);
    let text = rest.trim_start_matches(is_space);
    let gap = &rest[..rest.len() - text.len()];
    let ends = text.is_empty() || text.starts_with(['\r', '\n']);
    (!gap.is_empty() || ends).then_some(Bullet { indent, marker, gap, text })
}

/// What stands behind an item's marker; the whole where there is none.
pub fn behind(item: &str) -> &str {
    read(item).map_or(item, |bullet| bullet.text).trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_begins_with_a_sign_or_a_number_and_a_space() {
        for (line, marker, number) in [
            ("- a", "-", None),
            ("  * a", "*", None),
            ("12) a", "12)", Some(12)),
            ("+\ta", "+", None),
        ] {
            let bullet = read(line).expect(line);
            assert_eq!((bullet.marker, bullet.number(), bullet.text), (marker, number, "a"));
            let again = [bullet.indent, bullet.marker, bullet.gap, bullet.text].concat();
            assert_eq!(again, line);
        }
        for none in ["-a", "**a**", "1986", "a - b", "> - a", "", "1234567890. a", "1 a"] {
            assert_eq!(read(none), None, "{none}");
        }
        assert_eq!(behind("3. [x] a"), "[x] a");
        assert_eq!(behind("-\n  a"), "a");
        assert_eq!(behind("no item"), "no item");
    }
}

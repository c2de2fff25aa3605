//! Which lines of a file stand in a pull request's diff: only there does GitHub take a review comment, and it refuses
//! the whole review when one comment stands elsewhere.

use crate::proposal::Lines;

/// The lines of a file at head that its diff shows, hunk by hunk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patch {
    /// Added and context lines of each hunk that has any. A hunk's lines follow each other.
    hunks: Vec<Lines>,
}

impl Patch {
    /// Reads the `patch` of a changed file, as GitHub's REST answers have it: hunks without the file's header.
    /// Never fails: what cannot be made out holds no line, and a patch that was cut off holds what it still shows.
    pub fn parse(patch: &str) -> Self {
        let mut hunks = Vec::new();
        // The next line of the hunk at head, and how many more it may have.
        let mut open: Option<Open> = None;
        for line in patch.split('\n') {
            if let Some(header) = line.strip_prefix("@@ ") {
                hunks.extend(open.take().and_then(Open::close));
                open = Open::read(header);
                continue;
            }
            let Some(hunk) = open.as_mut() else { continue };
            let fits = match line.as_bytes().first() {
                Some(b' ' | b'+') => hunk.take(),
                // "\ No newline at end of file".
                Some(b'-' | b'\\') => true,
                _ => false,
            };
            if !fits {
                hunks.extend(open.take().and_then(Open::close));
            }
        }
        hunks.extend(open.take().and_then(Open::close));
        Self { hunks }
    }

    /// Whether a comment can stand at these lines: both ends in the same hunk.
    pub fn holds(&self, lines: Lines) -> bool {
        self.hunks.iter().any(|hunk| hunk.contains(lines.start) && hunk.contains(lines.end))
    }

    /// As much of these lines as one hunk shows: that of the first hunk that shows any.
    pub fn clip(&self, lines: Lines) -> Option<Lines> {
        self.hunks.iter().find_map(|hunk| {
            let (start, end) = (lines.start.max(hunk.start), lines.end.min(hunk.end));
            (start <= end).then_some(Lines { start, end })
        })
    }
}

/// A hunk that is being read.
struct Open {
    start: usize,
    shown: usize,
    left: usize,
}

impl Open {
    /// Reads `-a,b +c,d @@ …`; a count that is not there is 1.
    fn read(header: &str) -> Option<Self> {
        let (ranges, _) = header.split_once(" @@")?;
        let (before, after) = ranges.split_once(' ')?;
        range(before.strip_prefix('-')?)?;
        let (start, left) = range(after.strip_prefix('+')?)?;
        // An empty file's only hunk starts at line 0, and has no line.
        start.checked_add(left)?;
        Some(Self { start, shown: 0, left })
    }

    /// Takes one line; false where the header counts no more.
    const fn take(&mut self) -> bool {
        if self.left == 0 || self.start == 0 {
            return false;
        }
        self.left -= 1;
        self.shown += 1;
        true
    }

    fn close(self) -> Option<Lines> {
        (self.shown > 0).then(|| Lines { start: self.start, end: self.start + self.shown - 1 })
    }
}

fn range(text: &str) -> Option<(usize, usize)> {
    let digits = |text: &str| -> Option<usize> {
        text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
    };
    match text.split_once(',') {
        Some((start, count)) => Some((digits(start)?, digits(count)?)),
        None => Some((digits(text)?, 1)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hunks(patch: &str) -> Vec<(usize, usize)> {
        Patch::parse(patch).hunks.iter().map(|hunk| (hunk.start, hunk.end)).collect()
    }

    const TWO: &str = "\
@@ -1,4 +1,5 @@
 # EP-0042: Menu cache
-
+
+## Status
 a
 b
@@ -20,3 +21,2 @@ ## Proposal
 c
-d
+e
\\ No newline at end of file";

    #[test]
    fn added_and_context_lines_count_and_removed_ones_do_not() {
        assert_eq!(hunks(TWO), [(1, 5), (21, 22)]);
    }

    #[test]
    fn a_range_lies_in_one_hunk_or_not_in_the_diff() {
        let patch = Patch::parse(TWO);
        assert!(patch.holds(Lines::new(1, 5)) && patch.holds(Lines::at(22)));
        for off in [Lines::new(5, 6), Lines::new(5, 21), Lines::at(0), Lines::at(23)] {
            assert!(!patch.holds(off), "{off:?}");
        }
        assert_eq!(patch.clip(Lines::new(4, 30)), Some(Lines::new(4, 5)));
        assert_eq!(patch.clip(Lines::new(6, 30)), Some(Lines::new(21, 22)));
        assert_eq!(patch.clip(Lines::new(6, 20)), None);
    }

    #[test]
    fn a_count_that_is_not_there_is_one() {
        assert_eq!(hunks("@@ -1 +1 @@\n-a\n+b"), [(1, 1)]);
        assert_eq!(hunks("@@ -0,0 +1 @@\n+b"), [(1, 1)]);
    }

    #[test]
    fn a_hunk_that_only_removes_shows_no_line() {
        assert_eq!(hunks("@@ -3,2 +2,0 @@\n-a\n-b"), []);
        assert_eq!(hunks("@@ -1,2 +0,0 @@\n-a\n-b"), []);
    }

    #[test]
    fn a_patch_that_is_cut_off_holds_what_it_shows() {
        assert_eq!(hunks("@@ -1,9 +1,9 @@\n a\n b"), [(1, 2)]);
        assert_eq!(hunks("@@ -1,9 +1,9 @@\n a\n@@ -30,2 +"), [(1, 1)]);
    }

    #[test]
    fn what_is_no_patch_holds_no_line() {
        for patch in [
            "",
            "Binary files differ",
            "+a",
            "@@@ -1 -1 +1 @@@\n+a",
            "@@ -1 +x @@\n+a",
            "@@ -1 +-1 @@\n+a",
            "@@ +1 -1 @@\n+a",
            "@@ -1,1 +99999999999999999999,1 @@\n+a",
            "@@ -1,1 +18446744073709551615,9 @@\n+a",
        ] {
            assert_eq!(hunks(patch), [], "{patch:?}");
        }
        // Lines beyond the header's count are not trusted.
        assert_eq!(hunks("@@ -1 +1 @@\n+a\n+b\n+c"), [(1, 1)]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(patch in "(@@ -[0-9]{1,3}(,[0-9]{1,20})? \\+[0-9]{1,20}(,[0-9]{1,2})? @@\n|[ +\\-x\\\\]a\n|\n|.){0,20}") {
            for hunk in Patch::parse(&patch).hunks {
                prop_assert!(1 <= hunk.start && hunk.start <= hunk.end);
            }
        }
    }
}

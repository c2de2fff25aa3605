//! The hidden line at the end of what we post, by which we find it again.
//!
//! Anyone can type such a line. So it counts only in a comment whose author is the bot, which the caller looks at, and
//! only as the last line, where nothing that we quote ever stands.

use std::fmt;

use crate::report::inline::of_path;
use crate::review::Review;

/// What a comment of ours is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Marker {
    /// A review comment about a finding, by its [`fingerprint`](crate::report::inline::fingerprint).
    Finding(String),
    /// The comment on a file that lists what blocks an EP outside of the diff, by the EP's key.
    Outside(String),
    /// The comment with the verdict on the whole pull request.
    Summary,
    /// The answer to a person's comment.
    Answer {
        /// What kind of answer.
        kind: Kind,
        /// GitHub's number of the comment that it answers.
        comment: u64,
    },
}

/// What kind of answer a comment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// To `/ep-status`.
    Status,
    /// To `/ep-status`, while the review fails: the status itself follows.
    Stuck,
    /// To `/ep-help`.
    Help,
    /// What was done: a question asked or dropped, a finding waived.
    Done,
    /// Why something was not done, or what was not understood.
    Refusal,
    /// To the check's button "Explain"; the number is that of the check run.
    Explain,
}

impl Kind {
    const ALL: [Self; 6] =
        [Self::Status, Self::Stuck, Self::Help, Self::Done, Self::Refusal, Self::Explain];

    /// The word in the mark.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Stuck => "stuck",
            Self::Help => "help",
            Self::Done => "done",
            Self::Refusal => "refusal",
            Self::Explain => "explain",
        }
    }
}

impl Marker {
    /// The mark of the comment that lists what blocks an EP outside of the diff. `shared`: another EP of the pull
    /// request carries the same number, so that only paths tell them apart.
    pub fn outside(review: &Review, shared: bool) -> Self {
        match review.number.filter(|_| !shared) {
            Some(number) => Self::Outside(number.to_string()),
            None => Self::Outside(of_path(&review.path)),
        }
    }
}

impl fmt::Display for Marker {
    /// As an HTML comment, which GitHub hides.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding(fingerprint) => write!(f, "<!-- ep-bot:finding:{fingerprint} -->"),
            Self::Outside(key) => write!(f, "<!-- ep-bot:outside:{key} -->"),
            Self::Summary => f.write_str("<!-- ep-bot:summary -->"),
            Self::Answer { kind, comment } => {
                write!(f, "<!-- ep-bot:answer:{}:{comment} -->", kind.as_str())
            }
        }
    }
}

/// The last line of an answer to the comment of this number.
pub fn marker(kind: Kind, comment: u64) -> String {
    Marker::Answer { kind, comment }.to_string()
}

/// The mark in a comment's last line. It proves nothing unless the comment's author is the bot.
pub fn parse_marker(body: &str) -> Option<Marker> {
    let line = body.trim_end().rsplit(['\n', '\r']).next()?;
    let inside = line.strip_prefix("<!-- ep-bot:")?.strip_suffix(" -->")?;
    let word = |text: &str| {
        let fits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| text.to_owned())
    };
    let mut parts = inside.split(':');
    let marker = match (parts.next()?, parts.next(), parts.next()) {
        ("finding", Some(fingerprint), None) => Marker::Finding(word(fingerprint)?),
        ("outside", Some(key), None) => Marker::Outside(word(key)?),
        ("summary", None, None) => Marker::Summary,
        ("answer", Some(kind), Some(comment)) => Marker::Answer {
            kind: Kind::ALL.into_iter().find(|known| known.as_str() == kind)?,
            comment: word(comment)?.parse().ok()?,
        },
        _ => return None,
    };
    parts.next().is_none().then_some(marker)
}

/// Whether two comments say the same: GitHub gives line endings back as it likes.
pub fn same_text(a: &str, b: &str) -> bool {
    a.trim_end().lines().eq(b.trim_end().lines())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_back() {
        for marker in [
            Marker::Finding("0123456789abcdef".to_owned()),
            Marker::Outside("42".to_owned()),
            Marker::Summary,
            Marker::Answer { kind: Kind::Refusal, comment: 1_234_567_890_123 },
        ] {
            let body = format!("Text.\r\n\r\n{marker}\r\n");
            assert_eq!(parse_marker(&body), Some(marker));
        }
    }

    #[test]
    fn a_mark_counts_only_as_the_last_line_and_only_whole() {
        for body in [
            "",
            "<!-- ep-bot:summary -->\n\nMore.",
            "> <!-- ep-bot:summary -->",
            "x <!-- ep-bot:summary -->",
            "<!-- ep-bot:summary:1 -->",
            "<!-- ep-bot:finding: -->",
            "<!-- ep-bot:finding:a b -->",
            "<!-- ep-bot:finding:a --> -->",
            "<!-- ep-bot:answer:status:x -->",
            "<!-- ep-bot:answer:status:1:2 -->",
            "<!-- ep-bot:answer:other:1 -->",
            "\\<!-- ep-bot:summary -->",
        ] {
            assert_eq!(parse_marker(body), None, "{body:?}");
        }
    }

    #[test]
    fn line_endings_make_no_other_text() {
        assert!(same_text("a\r\nb\r\n", "a\nb"));
        assert!(!same_text("a\nb", "a\n\nb"));
    }
}

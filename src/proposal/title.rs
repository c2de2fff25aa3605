//! The H1, `# EP-NNNN: Title`, and the number that a path carries.

use super::text;

/// How a title is written: a word, a run of digits, a separator, the title's own text. The default is
/// `EP-NNNN: Title`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitlePattern {
    /// The word before the number, as `EP`; may be empty.
    word: String,
    /// What stands between word and number, as `-`.
    joint: String,
    /// How many digits there are at least.
    digits: usize,
    /// What stands between number and text, as `: `.
    separator: String,
}

/// Why a text is no pattern of a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// No place for the number.
    #[error(
        "it has no place for the number: write `NNNN`, an N for each digit, as in `EP-NNNN: Title`"
    )]
    NoNumber,
    /// No place for the title's text.
    #[error("it has no place for the title: it ends in `Title`, as in `EP-NNNN: Title`")]
    NoTitle,
    /// Number and text run into each other.
    #[error("number and title need something between them, as the colon in `EP-NNNN: Title`")]
    NoSeparator,
}

impl Default for TitlePattern {
    fn default() -> Self {
        Self { word: "EP".into(), joint: "-".into(), digits: 4, separator: ": ".into() }
    }
}

impl TitlePattern {
    /// Reads a pattern: `EP-NNNN: Title`, with an `N` for each digit that there is at least, or
    /// `EP-{number}: {title}` for any number of digits. A leading `# ` is left out.
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        let pattern = pattern.trim().trim_start_matches('#').trim_start();
        let (start, end, digits) = number_place(pattern).ok_or(PatternError::NoNumber)?;
        let head = &pattern[..start];
        let tail = &pattern[end..];
        let separator = ["{title}", "Title", "title"]
            .iter()
            .find_map(|place| tail.strip_suffix(place))
            .ok_or(PatternError::NoTitle)?;
        if separator.is_empty() {
            return Err(PatternError::NoSeparator);
        }
        let word = head.trim_end_matches(|c: char| !c.is_alphanumeric());
        Ok(Self {
            word: word.to_owned(),
            joint: head[word.len()..].to_owned(),
            digits,
            separator: separator.to_owned(),
        })
    }

    /// The word before the number.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// An EP's name: `EP-0042`.
    pub fn name(&self, number: u64) -> String {
        format!("{}{}{number:0digits$}", self.word, self.joint, digits = self.digits)
    }

    /// A number as paths and titles write it: `0042`.
    pub fn number(&self, number: u64) -> String {
        format!("{number:0digits$}", digits = self.digits)
    }

    /// A whole title: `EP-0042: Offline login`.
    pub fn title(&self, number: u64, text: &str) -> String {
        format!("{}{}{text}", self.name(number), self.separator)
    }

    /// How many digits a number has at least.
    pub const fn digits(&self) -> usize {
        self.digits
    }
}

impl std::fmt::Display for TitlePattern {
    /// The pattern as people write it: `EP-NNNN: Title`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { word, joint, digits, separator } = self;
        write!(f, "{word}{joint}{}{separator}Title", "N".repeat(*digits))
    }
}

/// Where the number stands in a pattern, and its least number of digits.
fn number_place(pattern: &str) -> Option<(usize, usize, usize)> {
    const PLACE: &str = "{number}";
    if let Some(start) = pattern.find(PLACE) {
        return Some((start, start + PLACE.len(), 1));
    }
    let word = |c: char| c.is_alphanumeric();
    pattern.match_indices('N').map(|(at, _)| at).find_map(|start| {
        let end = start + pattern[start..].bytes().take_while(|b| *b == b'N').count();
        let alone = !pattern[..start].ends_with(word) && !pattern[end..].starts_with(word);
        alone.then_some((start, end, end - start))
    })
}

/// What an H1 says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The number after the word.
    pub number: Option<u64>,
    /// The text behind the number, or the whole heading where there is no number.
    pub text: String,
    /// Whether it has exactly the form of the pattern.
    pub well_formed: bool,
}

/// Reads an H1's rendered text.
pub fn read(heading: &str, pattern: &TitlePattern) -> Title {
    let heading = heading.trim();
    let whole = || Title { number: None, text: heading.to_owned(), well_formed: false };
    let TitlePattern { word, joint, digits: least, separator } = pattern;
    let Some(head) = heading.get(..word.len()) else { return whole() };
    if !head.eq_ignore_ascii_case(word) {
        return whole();
    }
    let rest = &heading[word.len()..];
    let after_sign = rest.trim_start_matches(|c: char| "-_ \u{2010}\u{2011}\u{2013}".contains(c));
    let digits = after_sign.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 9 {
        return whole();
    }
    let (number, tail) = after_sign.split_at(digits);
    let title = tail.trim_start_matches(|c: char| c.is_whitespace() || ":-–—.".contains(c)).trim();
    let well_formed = head == word
        && rest.strip_prefix(joint.as_str()) == Some(after_sign)
        && digits >= *least
        && !title.is_empty()
        && tail.strip_prefix(separator.as_str()) == Some(title);
    Title { number: number.parse().ok(), text: title.to_owned(), well_formed }
}

/// The number that a path carries: the file's name, else the folder's right above it, starts with digits or
/// with `ep-` and digits, up to the end or a separator. Else the name's end, where it says `ep-` and digits.
pub fn path_number(path: &str, prefix: &str) -> Option<u64> {
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next()?;
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    component_number(stem, prefix)
        .or_else(|| component_number(parts.next()?, prefix))
        .or_else(|| trailing_number(stem, prefix))
}

/// The number in `menu-ep-0046`.
fn trailing_number(stem: &str, prefix: &str) -> Option<u64> {
    let digits = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, number) = stem.split_at(stem.len() - digits);
    let head = head.trim_end_matches(['-', '_', ' ']);
    let start = head.len().checked_sub(prefix.len()).filter(|_| !prefix.is_empty())?;
    let word = head.get(start..)?;
    let alone = head[..start].ends_with(['-', '_', ' ', '.']);
    if alone && word.eq_ignore_ascii_case(prefix) && digits <= 9 {
        number.parse().ok()
    } else {
        None
    }
}

fn component_number(name: &str, prefix: &str) -> Option<u64> {
    let rest = match name.get(..prefix.len()) {
        Some(head) if head.eq_ignore_ascii_case(prefix) => {
            name[prefix.len()..].trim_start_matches(['-', '_', ' '])
        }
        _ => name,
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ends = rest[digits..].chars().next().is_none_or(|c| "-_. ".contains(c));
    if digits == 0 || digits > 9 || !ends { None } else { rest[..digits].parse().ok() }
}

/// Whether a file name is that of a template and of nothing else: `EP-0000-template.md`, `ep-template.md`,
/// `NNNN-template.md`. The file `email-template.md` may well be an EP.
pub fn is_template_path(path: &str, prefix: &str) -> bool {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let folded = text::fold(stem);
    let says_nothing = |word: &str| {
        word == "template"
            || word.eq_ignore_ascii_case(prefix)
            || word.bytes().all(|b| b == b'0')
            || word.bytes().all(|b| b == b'n')
    };
    folded.split(' ').any(|word| word == "template") && folded.split(' ').all(says_nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_has_a_prefix_four_digits_a_colon_and_a_text() {
        let title = read("EP-0042: Offline login", &TitlePattern::default());
        assert_eq!(
            title,
            Title { number: Some(42), text: "Offline login".into(), well_formed: true }
        );
        for (heading, number) in [
            ("EP-42: x", Some(42)),
            ("ep-0042: x", Some(42)),
            ("EP-0042 - x", Some(42)),
            ("EP 0042: x", Some(42)),
            ("EP-0042:", Some(42)),
            ("Offline login", None),
            ("EP-x: y", None),
        ] {
            let title = read(heading, &TitlePattern::default());
            assert!(!title.well_formed, "{heading}");
            assert_eq!(title.number, number, "{heading}");
        }
    }

    #[test]
    fn a_path_carries_its_number_in_the_file_or_the_folder_above() {
        for (path, number) in [
            ("eps/EP-0042-login.md", Some(42)),
            ("eps/0042-login.md", Some(42)),
            ("eps/0042-login/README.md", Some(42)),
            ("eps/ep_7.md", Some(7)),
            ("eps/README.md", None),
            ("eps/2fa-login.md", None),
            ("0001/docs/notes.md", None),
            ("eps/0042.md", Some(42)),
            ("eps/menu-EP-0046.md", Some(46)),
            ("eps/step-7.md", None),
            ("eps/release-2026.md", None),
        ] {
            assert_eq!(path_number(path, "EP"), number, "{path}");
        }
        assert!(is_template_path("eps/EP-0000-template.md", "EP"));
        assert!(is_template_path("eps/template.md", "EP"));
        for ep in ["EP-0042-template.md", "email-template.md", "template-0049.md"] {
            assert!(!is_template_path(&format!("eps/{ep}"), "EP"), "{ep}");
        }
        assert!(is_template_path("eps/NNNN-template.md", "EP"));
    }

    #[test]
    fn a_pattern_is_read_written_and_obeyed() {
        for (written, heading, well) in [
            ("PROP-N: Title", "PROP-127: User namespaces", true),
            ("PROP-{number}: {title}", "PROP-127: User namespaces", true),
            ("RFC NNN - Title", "RFC 012 - Pods", true),
            ("RFC NNN - Title", "RFC 12 - Pods", false),
            ("NNNN. Title", "0007. Gateway", true),
            ("# EP-NNNN: Title", "EP-0007: Gateway", true),
        ] {
            let pattern = TitlePattern::parse(written).expect(written);
            let title = read(heading, &pattern);
            assert_eq!(title.well_formed, well, "{written}: {heading}");
            if let (Some(number), true) = (title.number, well) {
                assert_eq!(pattern.title(number, &title.text), heading);
            }
            assert_eq!(TitlePattern::parse(&pattern.to_string()), Ok(pattern));
        }
        assert_eq!(TitlePattern::parse("EP: Title"), Err(PatternError::NoNumber));
        assert_eq!(TitlePattern::parse("EP-NNNN:"), Err(PatternError::NoTitle));
        assert_eq!(TitlePattern::parse("EP-NNNN{title}"), Err(PatternError::NoSeparator));
    }
}

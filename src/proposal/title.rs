//! The H1: `# EP-NNNN: Title`, and the number that a path carries.

use super::text;

/// What an H1 says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// The number after the prefix.
    pub number: Option<u64>,
    /// The text behind the number, or the whole heading where there is no number.
    pub text: String,
    /// Whether it has exactly the form `PREFIX-NNNN: Title`: four digits or more, colon, one space, a text.
    pub well_formed: bool,
}

/// Reads an H1's rendered text. `prefix` is the word before the number, as `EP`.
pub fn read(heading: &str, prefix: &str) -> Title {
    let heading = heading.trim();
    let whole = || Title { number: None, text: heading.to_owned(), well_formed: false };
    let Some(head) = heading.get(..prefix.len()) else { return whole() };
    if !head.eq_ignore_ascii_case(prefix) {
        return whole();
    }
    let rest = &heading[prefix.len()..];
    let after_sign = rest.trim_start_matches(|c: char| "-_ \u{2010}\u{2011}\u{2013}".contains(c));
    let digits = after_sign.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 9 {
        return whole();
    }
    let (number, tail) = after_sign.split_at(digits);
    let title = tail.trim_start_matches(|c: char| c.is_whitespace() || ":-–—.".contains(c)).trim();
    let well_formed = head == prefix
        && rest.starts_with('-')
        && digits >= 4
        && rest.len() == 1 + after_sign.len()
        && tail.starts_with(": ")
        && !title.is_empty()
        && tail[2..] == *title;
    Title { number: number.parse().ok(), text: title.to_owned(), well_formed }
}

/// The number that a path carries: the file's name, else the folder's right above it, starts with digits or
/// with `ep-` and digits, up to the end or a separator.
pub fn path_number(path: &str, prefix: &str) -> Option<u64> {
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next()?;
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    component_number(stem, prefix).or_else(|| component_number(parts.next()?, prefix))
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

/// Whether a file name is that of a template: it says so, and carries no number but zero.
pub fn is_template_path(path: &str, prefix: &str) -> bool {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    text::fold(stem).split(' ').any(|word| word == "template")
        && path_number(file, prefix).is_none_or(|n| n == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_has_a_prefix_four_digits_a_colon_and_a_text() {
        let title = read("EP-0042: Offline login", "EP");
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
            let title = read(heading, "EP");
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
        ] {
            assert_eq!(path_number(path, "EP"), number, "{path}");
        }
        assert!(is_template_path("eps/EP-0000-template.md", "EP"));
        assert!(is_template_path("eps/template.md", "EP"));
        assert!(!is_template_path("eps/EP-0042-template.md", "EP"));
    }
}

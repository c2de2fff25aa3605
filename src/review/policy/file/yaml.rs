//! YAML as a tree in which every value knows its place, and is still spelled as it was written.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Location, NonFiniteFloatPolicy, Spanned};

use super::Problem;
use super::words::one_line;

/// How large a policy file may be, in bytes: some 500 waivers. The file of a pull request's head is read as well,
/// and anyone may write it: together with the limits on aliases, this bounds the time that it takes.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// How deep values may be nested. The settings need six.
const MAX_DEPTH: usize = 32;

/// How many values there may be once aliases are followed.
const MAX_NODES: usize = 20_000;

/// Where a value stands: line and column, 1-based, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl At {
    const START: Self = Self { line: 1, column: 1 };

    fn of(location: Location) -> Self {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).max(1);
        Self { line: number(location.line()), column: number(location.column()) }
    }
}

/// One value.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: At,
    pub(super) value: Value,
}

/// What a value is. Numbers and booleans are texts: what a setting makes of them is its own affair, and so
/// `0042` and `off` stay what they are.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    /// Keys and values in their order; keys may repeat.
    Map(Vec<(Node, Node)>),
}

/// Reads a YAML text of one document. An empty one is null.
pub(super) fn parse(text: &str) -> Result<Node, Problem> {
    if text.len() > MAX_BYTES {
        let message = format!("The policy is larger than {} KiB.", MAX_BYTES / 1024);
        let help = "Drop what repeats the defaults, and waivers that have ended.";
        return Err(Problem::new(At::START, message, help));
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 4 * MAX_NODES,
            max_recorded_anchor_events: MAX_NODES,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_NODES },
        // The reader of the keys tells of repeated ones, all at once.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        reject_unsupported_tags: true,
        strict_booleans: true,
        with_snippet: false,
    };
    let raw: Spanned<Raw> = serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| refusal(text, &error))?;
    Ok(node(raw, text))
}

/// A value as serde hands it over.
enum Raw {
    Null,
    /// A number or a boolean: its spelling is looked up in the source.
    Inferred(String),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Inferred(value) => Value::Text(spelled(raw.defined, text).unwrap_or(value)),
        Raw::Text(text) => Value::Text(text),
        Raw::List(entries) => {
            Value::List(entries.into_iter().map(|entry| node(entry, text)).collect())
        }
        Raw::Map(entries) => Value::Map(
            entries.into_iter().map(|(key, value)| (node(key, text), node(value, text))).collect(),
        ),
    };
    Node { at: At::of(raw.defined), value }
}

fn spelled(location: Location, text: &str) -> Option<String> {
    let start = usize::try_from(location.span().byte_offset()?).ok()?;
    let len = usize::try_from(location.span().byte_len()?).ok()?;
    let spelled = text.get(start..start.checked_add(len)?)?.trim();
    (!spelled.is_empty()).then(|| spelled.to_owned())
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Inferred(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Inferred(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Inferred(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Inferred(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

/// What the parser refuses, with the cause that it usually has.
fn refusal(text: &str, error: &serde_saphyr::Error) -> Problem {
    use serde_saphyr::Error;
    const TOO_LARGE: (&str, &str) = (
        "The policy is nested too deep, or grows too large through its aliases.",
        "Write out the values instead of anchors and aliases.",
    );
    let at = error.location().map_or(At::START, At::of);
    let (message, help) = match error {
        Error::MultipleDocuments { .. } => (
            "The file holds several YAML documents.",
            "Keep one, and delete the lines `---` between them.",
        ),
        Error::UnsupportedTag { .. } => {
            ("This tag has no meaning here.", "Delete the word that begins with `!`.")
        }
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            ("This alias stands within what it names.", "Write out the value instead.")
        }
        // An alias wraps its own error, and the parser has limits of its own.
        error if error.to_string().contains("limit exceeded") => TOO_LARGE,
        Error::Budget { .. } => TOO_LARGE,
        _ => return syntax(text, at, error),
    };
    Problem::new(at, message, help)
}

fn syntax(text: &str, at: At, error: &serde_saphyr::Error) -> Problem {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let line = text.lines().nth(at.line - 1).unwrap_or_default();
    let sign = line.chars().nth(at.column - 1).unwrap_or(' ');
    let reason = if said.starts_with("unexpected character") {
        match sign {
            '`' => "a value cannot begin with a backtick".to_owned(),
            sign if sign.is_control() => "a control character cannot stand here".to_owned(),
            sign => format!("a value cannot begin with `{sign}`"),
        }
    } else {
        one_line(&said.replace('`', "'"))
    };
    let help = match sign {
        _ if said.contains("tab") => "Indent with spaces: YAML takes no tabs.",
        ':' if said.starts_with("mapping values") => {
            let before: String = line.chars().take(at.column - 1).collect();
            if before.contains(": ") {
                "Put a value that holds a colon and a space in quotes: `title: \"EP-NNNN: Title\"`."
            } else {
                "Indent the keys of one map alike, and put a value that holds a colon and a space in quotes."
            }
        }
        '*' => "Put a value that begins with `*` in quotes: `paths: \"**/*.md\"`.",
        '@' => "Leave out the `@`: `approvers: [octocat, octo-org/prr]`.",
        '`' | '%' | '!' | '&' | '|' | '>' => "Put a value that begins with such a sign in quotes.",
        '-' => "Begin a list on the line below its key; put the level `-` in quotes.",
        sign if sign.is_control() => "Delete the character, which most editors do not show.",
        _ => {
            "Look for a bracket or a quote that is not closed, and for lines that are not indented alike."
        }
    };
    Problem::new(at, format!("The YAML cannot be read: {reason}."), help)
}

//! What makes a finding the same one after the next push, although the lines around it have moved.

use crate::proposal::text;
use crate::review::rule::PRR_APPROVAL;
use crate::review::{Finding, Review};

/// A short name for a finding that survives pushes: 16 hexadecimal digits over its rule, its EP (the number, else the
/// path), its section's folded path, and the first sentence of its message with case, white space and numbers folded; of an approval
/// that is missing, not the message.
///
/// Neither lines nor severity are in it, nor the sentences that say from which status it is required. The hash is
/// 64-bit FNV-1a: marks in comments outlive builds, so it must never change, as the standard library's may. It keeps
/// nobody out: a mark counts only in a comment of our own.
pub fn fingerprint(review: &Review, finding: &Finding) -> String {
    let mut hash = Fnv::default();
    hash.part(finding.rule.name);
    match review.number {
        Some(number) => hash.part(&number.to_string()),
        None => hash.part(&review.path),
    }
    for title in &finding.section {
        hash.part(&text::fold_heading(title));
    }
    hash.part("");
    // Who has approved by now is another story of the same lack.
    if !finding.rule.is(&PRR_APPROVAL) {
        hash.part(&fold(first_sentence(&finding.message)));
    }
    hash.hex()
}

/// A short name for a path.
pub(in crate::report) fn of_path(path: &str) -> String {
    let mut hash = Fnv::default();
    hash.part(path);
    hash.hex()
}

/// 64-bit FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    /// Adds one text and its end.
    fn part(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn hex(&self) -> String {
        format!("{:016x}", self.0)
    }
}

/// Up to the first full stop that stands in neither code nor quotation, on the first line.
fn first_sentence(message: &str) -> &str {
    let line = message.lines().next().unwrap_or_default();
    let (mut code, mut quoted) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            '`' => code = !code,
            '"' if !code => quoted = !quoted,
            '.' | '!' | '?' if !code && !quoted => {
                let rest = &line[at + 1..];
                if rest.is_empty() || rest.starts_with(char::is_whitespace) {
                    return &line[..at];
                }
            }
            _ => {}
        }
    }
    line
}

/// Lower case, one space for white space, one `#` for each number.
fn fold(sentence: &str) -> String {
    let mut out = String::with_capacity(sentence.len());
    for c in sentence.trim().chars().flat_map(char::to_lowercase) {
        let c = if c.is_whitespace() { ' ' } else { c };
        let c = if c.is_ascii_digit() { '#' } else { c };
        if !(matches!(c, ' ' | '#') && out.ends_with(c)) {
            out.push(c);
        }
    }
    out
}

//! What makes a finding the same one in the next run, although the lines above it have moved.

use std::collections::{BTreeMap, HashMap};

use aws_lc_rs::digest::{Context, SHA256};

use crate::review::Finding;

/// The key in `partialFingerprints`, with the version of how it is made.
///
/// GitHub itself goes by `primaryLocationLineHash`. That one is left to its upload action, which makes it from the
/// file and warns on every result that brings another value.
const KEY: &str = "epBotFinding/v1";

/// Makes fingerprints, and tells equal ones of one document apart.
#[derive(Default)]
pub(super) struct Fingerprints {
    seen: HashMap<String, usize>,
}

impl Fingerprints {
    /// Rule, file, section and the first line of the message, with its numbers folded; behind it, the how-manieth of
    /// these it is. Further lines list items, which come and go while the finding stays.
    pub(super) fn of(&mut self, uri: &str, finding: &Finding) -> BTreeMap<&'static str, String> {
        let message = finding.message.lines().next().unwrap_or_default();
        let mut hash = Context::new(&SHA256);
        let texts = [finding.rule.name, uri].into_iter();
        for text in texts.chain(finding.section.iter().map(String::as_str)) {
            hash.update(text.as_bytes());
            hash.update(&[0]);
        }
        hash.update(&[0]);
        hash.update(fold(message).as_bytes());
        let hash = hex::encode(hash.finish());
        let count = self.seen.entry(hash.clone()).or_default();
        *count += 1;
        BTreeMap::from([(KEY, format!("{hash}:{count}"))])
    }
}

/// White space folded, and every number a `0`: "line 12" and "3 of 11" say the same tomorrow.
fn fold(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for c in message.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        let c = if c.is_ascii_digit() { '0' } else { c };
        if matches!(c, ' ' | '0') && out.ends_with(c) {
            continue;
        }
        out.push(c);
    }
    out
}

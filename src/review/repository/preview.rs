//! What a change of the rules would do: which EPs of the repository it turns red or green.

use jiff::civil::Date;

use crate::proposal::Template;
use crate::review::finding::Severity;
use crate::review::input::{Candidate, Rulebook};
use crate::review::outcome::{Review, Verdict};
use crate::review::policy::Policy;
use crate::review::{is_candidate_path, is_proposal, review, too_large};

/// So many EPs are read for a preview; of more, the first by path.
pub const MAX_PREVIEWED: usize = 500;

/// A policy with its template.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// The template, prepared for that policy.
    pub template: &'a Template,
}

/// A file of the repository that may be an EP.
#[derive(Debug, Clone, Copy)]
pub struct PreviewFile<'a> {
    /// Its path.
    pub path: &'a str,
    /// Its bytes; where it was too large to be read, its size in bytes.
    pub content: Result<&'a [u8], usize>,
}

/// What a change of the rules would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// How many EPs there are under either policy, among those that were read.
    pub read: usize,
    /// How many files were not read, because there are more than [`MAX_PREVIEWED`].
    pub unread: usize,
    /// EPs that pass now, or are none now, and would fail.
    pub red: Vec<Turned>,
    /// EPs that fail now and would pass.
    pub green: Vec<Turned>,
    /// EPs that would be left alone.
    pub left_alone: Vec<String>,
}

/// An EP whose verdict would be another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// Its path.
    pub path: String,
    /// The rules that block it, before or after, each once.
    pub rules: Vec<&'static str>,
}

/// Holds files as they stand against the present rules and the new ones. Nothing counts as "was so before" here,
/// neither links nor numbers are looked at. `sidecar` gives the bytes of a file beside an EP.
pub fn preview<'a>(
    files: &[PreviewFile<'a>],
    unread: usize,
    (now, then): (Rules<'_>, Rules<'_>),
    sidecar: impl Fn(&str) -> Option<&'a [u8]>,
    today: Option<Date>,
) -> Preview {
    let mut out = Preview { unread, ..Preview::default() };
    for file in files {
        let held = |rules| as_it_stands(file, rules, &sidecar, today);
        let (now, then) = (held(now), held(then));
        if now.is_none() && then.is_none() {
            continue;
        }
        out.read += 1;
        let fails = |review: &Option<Review>| {
            review.as_ref().is_some_and(|review| review.verdict() == Verdict::Fail)
        };
        let turned = |review: Option<Review>| Turned {
            path: file.path.to_owned(),
            rules: review.map_or_else(Vec::new, |review| blocking(&review)),
        };
        match (fails(&now), fails(&then)) {
            (false, true) => out.red.push(turned(then)),
            (true, false) if then.is_some() => out.green.push(turned(now)),
            _ if then.is_none() => out.left_alone.push(file.path.to_owned()),
            _ => {}
        }
    }
    out
}

/// Holds a file as it stands against rules. Nothing counts as "was so before", neither links nor numbers are looked at,
/// nor what people say on a pull request. `None` where it is no EP.
pub fn as_it_stands<'a>(
    file: &PreviewFile<'_>,
    Rules { policy, template }: Rules<'_>,
    sidecar: &impl Fn(&str) -> Option<&'a [u8]>,
    today: Option<Date>,
) -> Option<Review> {
    if !is_candidate_path(policy, file.path) {
        return None;
    }
    let bytes = match file.content {
        Ok(bytes) => bytes,
        Err(_) if policy.is_template(file.path) => return None,
        Err(size) => return Some(too_large(file.path, size, policy)),
    };
    if !is_proposal(policy, file.path, bytes) {
        return None;
    }
    let beside = policy.sidecar(file.path).and_then(|path| sidecar(&path));
    let candidate = Candidate { sidecar: beside, ..Candidate::new(file.path, bytes) };
    Some(review(&candidate, &Rulebook { today, ..Rulebook::new(template, policy) }))
}

fn blocking(review: &Review) -> Vec<&'static str> {
    let mut rules = Vec::new();
    for finding in review.findings.iter().filter(|f| f.severity == Severity::Error) {
        if !rules.contains(&finding.rule.name) {
            rules.push(finding.rule.name);
        }
    }
    rules
}

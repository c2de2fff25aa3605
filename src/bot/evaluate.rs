//! From what changed to what is said of it: the pure core's reviews, as a check run.

mod law;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::books::{Books, Law, Ruling};
use super::gather::{Change, Gone, Text};
use super::words;
use crate::github::{Annotation, AnnotationLevel, Conclusion, Content};
use crate::proposal::{Source, Template};
use crate::report::{self, CheckAnnotation, CheckInput, MAX_PAGE};
use crate::review::policy::Incomplete;
use crate::review::repository::{Brought, Preview, RuleFile, claims, number};
use crate::review::{
    self, Around, Base, Before, Candidate, Claim, Policy, Review, Rulebook, Severity,
};

/// What a check run says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) conclusion: Conclusion,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) text: String,
    pub(super) annotations: Vec<Annotation>,
}

/// What a change comes to, before it is put into words.
#[derive(Default)]
struct Found {
    reviews: Vec<Review>,
    removed: Vec<String>,
    others: usize,
    rule_files: Vec<RuleFile>,
    preview: Option<Preview>,
    notes: Vec<String>,
}

/// Reviews what changed, as of a day. Takes processor time in proportion to the texts: not for an async thread.
pub(super) fn judge(change: &Change, books: &Books, today: Date) -> Verdict {
    let mut found = Found { notes: change.notes.clone(), ..Found::default() };
    match &change.ruling {
        Ruling::Law(law) => {
            let template = law::template(change, books, law, &mut found.rule_files);
            let judge = Judge { change, books, law, template, today };
            judge.review_all(&mut found);
        }
        Ruling::Broken(broken) => law::broken(change, broken, &mut found),
    }
    law::proposed(change, books, today, &mut found);
    put(change, &found)
}

fn put(change: &Change, found: &Found) -> Verdict {
    let output = report::check_run(&CheckInput {
        reviews: &found.reviews,
        removed: &found.removed,
        not_proposals: found.others,
        head: &change.head.0,
        base: &change.base.0,
        policy_source: &change.ruling.name(),
        rule_files: &found.rule_files,
        preview: found.preview.as_ref(),
        notes: &found.notes,
    });
    let incomplete = match &change.ruling {
        Ruling::Law(law) => law.policy.incomplete,
        Ruling::Broken(_) => Incomplete::default(),
    };
    let conclusion = match (output.success, incomplete) {
        (true, _) => Conclusion::Success,
        (false, Incomplete::Failure) => Conclusion::Failure,
        (false, Incomplete::ActionRequired) => Conclusion::ActionRequired,
    };
    let verdict = Verdict {
        conclusion,
        title: output.title,
        summary: output.summary,
        text: output.text,
        annotations: output.annotations.into_iter().map(annotation).collect(),
    };
    if change.cut_off { cut_off(verdict) } else { verdict }
}

/// One change under one policy and template.
struct Judge<'a> {
    change: &'a Change,
    books: &'a Books,
    law: &'a Law,
    template: Arc<Template>,
    today: Date,
}

impl Judge<'_> {
    fn review_all(&self, found: &mut Found) {
        let Self { change, law, .. } = self;
        let (proposals, others): (Vec<&Text>, Vec<&Text>) =
            change.files.iter().partition(|file| self.is_proposal(file));
        let earlier = law::earlier(change, self.books, law, &self.template);
        let claims = self.claims(&proposals);
        let rulebook = Rulebook {
            earlier: earlier.as_deref(),
            today: Some(self.today),
            around: Around {
                tree: Some(&change.around.tree),
                claims: &claims,
                pull_request: Some(change.number.0),
            },
            ..Rulebook::new(&self.template, &law.policy)
        };
        found.reviews = proposals.iter().map(|file| review(file, &rulebook)).collect();
        let gone = change.removed.iter().filter(|gone| self.was_proposal(gone));
        found.removed = gone.map(|gone| gone.path.clone()).collect();
        found.others = others.len() + change.removed.len() - found.removed.len();
    }

    fn claims(&self, proposals: &[&Text]) -> Vec<Claim> {
        let Change { around, .. } = self.change;
        let policy: &Policy = &self.law.policy;
        let changed: BTreeSet<&str> = self.change.paths().collect();
        let own: Vec<(&str, u64)> = proposals
            .iter()
            .filter_map(|file| match &file.head {
                Content::Bytes(bytes) => {
                    Some((file.path.as_str(), number(policy, &file.path, bytes)?))
                }
                Content::TooLarge(_) | Content::Missing => None,
            })
            .collect();
        let brought: Vec<Brought<'_>> = around
            .brought
            .iter()
            .map(|(number, path)| Brought { pull_request: number.0, path })
            .collect();
        claims(policy, around.in_base.iter().map(String::as_str), &changed, &own, &brought)
    }

    /// A file is an EP when it is one at head or was one at the merge base: to take the number out of its
    /// heading is no way around the review. What cannot be read may be one.
    fn is_proposal(&self, file: &Text) -> bool {
        let policy: &Policy = &self.law.policy;
        if policy.is_template(&file.path) {
            return false;
        }
        self.is_or_may_be(&file.path, &file.head)
            || file.base.as_ref().is_some_and(|base| match &base.content {
                Content::Bytes(bytes) => {
                    policy.matches(&base.path) && review::is_proposal(policy, &base.path, bytes)
                }
                Content::TooLarge(_) | Content::Missing => false,
            })
    }

    fn was_proposal(&self, gone: &Gone) -> bool {
        !self.law.policy.is_template(&gone.path) && self.is_or_may_be(&gone.path, &gone.base)
    }

    fn is_or_may_be(&self, path: &str, content: &Content) -> bool {
        let policy = &self.law.policy;
        match content {
            Content::Bytes(bytes) => {
                review::is_proposal(policy, path, bytes) || Source::decode(bytes).is_err()
            }
            Content::TooLarge(_) => true,
            Content::Missing => review::is_proposal(policy, path, &[]),
        }
    }
}

fn review(file: &Text, rulebook: &Rulebook<'_>) -> Review {
    let bytes = match &file.head {
        Content::Bytes(bytes) => bytes,
        Content::TooLarge(size) => return review::too_large(&file.path, *size, rulebook.policy),
        // `gather` gives none: should it, nothing is what is held against the rules.
        Content::Missing => &Vec::new(),
    };
    let beside = |content: &Option<Content>| match content {
        Some(Content::Bytes(bytes)) => Some(bytes.clone()),
        Some(Content::TooLarge(_) | Content::Missing) | None => None,
    };
    let (sidecar, sidecar_before) =
        (beside(&file.sidecar), file.base.as_ref().and_then(|base| beside(&base.sidecar)));
    let before = match &file.base {
        None => Before::New,
        Some(base) => match &base.content {
            Content::Bytes(bytes) => {
                Before::At(Base { path: &base.path, bytes, sidecar: sidecar_before.as_deref() })
            }
            Content::TooLarge(_) | Content::Missing => Before::Unknown,
        },
    };
    let candidate =
        Candidate { sidecar: sidecar.as_deref(), before, ..Candidate::new(&file.path, bytes) };
    review::review(&candidate, rulebook)
}

/// Whatever was found, more may have changed than was seen: this never passes.
fn cut_off(mut verdict: Verdict) -> Verdict {
    let opening = words::cut_off();
    if opening.len() + verdict.summary.len() <= MAX_PAGE {
        verdict.summary.insert_str(0, &opening);
    } else {
        verdict.summary = opening;
    }
    words::CUT_OFF_TITLE.clone_into(&mut verdict.title);
    verdict.conclusion = Conclusion::ActionRequired;
    verdict
}

fn annotation(annotation: CheckAnnotation) -> Annotation {
    let CheckAnnotation { path, start_line, end_line, severity, title, message } = annotation;
    Annotation {
        path,
        start_line,
        end_line,
        annotation_level: match severity {
            Severity::Note => AnnotationLevel::Notice,
            Severity::Warning => AnnotationLevel::Warning,
            Severity::Error => AnnotationLevel::Failure,
        },
        title,
        message,
    }
}

#[cfg(test)]
mod tests;

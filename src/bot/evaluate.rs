//! From what changed to what is said of it: the pure core's reviews, as a check run.

use super::gather::{Change, Gone, Text};
use super::words;
use crate::github::{Annotation, AnnotationLevel, Conclusion, Content};
use crate::proposal::{Source, Template};
use crate::report::{self, CheckAnnotation, CheckInput, MAX_PAGE};
use crate::review::{self, Base, Before, Candidate, Policy, Review, Rulebook, Severity};

/// What a check run says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) conclusion: Conclusion,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) text: String,
    pub(super) annotations: Vec<Annotation>,
}

/// What EPs are held against.
#[derive(Debug)]
pub(super) struct Rules {
    policy: Policy,
    template: &'static Template,
    source: &'static str,
}

impl Rules {
    /// Those of the house.
    pub(super) fn built_in() -> Self {
        Self {
            policy: Policy::default(),
            template: Template::built_in(),
            source: "the built-in policy",
        }
    }

    /// Whether a path may be that of an EP.
    pub(super) fn concern(&self, path: &str) -> bool {
        review::is_candidate_path(&self.policy, path)
    }

    /// Reviews what changed. Takes processor time in proportion to the texts: not for an async thread.
    pub(super) fn judge(&self, change: &Change) -> Verdict {
        let (proposals, others): (Vec<&Text>, Vec<&Text>) =
            change.files.iter().partition(|file| self.is_proposal(file));
        let reviews: Vec<Review> = proposals.iter().map(|file| self.review(file)).collect();
        let removed: Vec<String> = change
            .removed
            .iter()
            .filter(|gone| self.was_proposal(gone))
            .map(|gone| gone.path.clone())
            .collect();
        let output = report::check_run(&CheckInput {
            reviews: &reviews,
            removed: &removed,
            not_proposals: others.len() + change.removed.len() - removed.len(),
            head: &change.head.0,
            base: &change.base.0,
            policy_source: self.source,
        });
        let verdict = Verdict {
            conclusion: if output.success { Conclusion::Success } else { Conclusion::Failure },
            title: output.title,
            summary: output.summary,
            text: output.text,
            annotations: output.annotations.into_iter().map(annotation).collect(),
        };
        if change.cut_off { cut_off(verdict) } else { verdict }
    }

    fn review(&self, file: &Text) -> Review {
        let bytes = match &file.head {
            Content::Bytes(bytes) => bytes,
            Content::TooLarge(size) => {
                return review::too_large(&file.path, *size, &self.policy);
            }
            // `gather` gives none: should it, nothing is what is held against the rules.
            Content::Missing => &Vec::new(),
        };
        let before = match &file.base {
            None => Before::New,
            Some((path, Content::Bytes(bytes))) => Before::At(Base { path, bytes, sidecar: None }),
            Some((_, Content::TooLarge(_) | Content::Missing)) => Before::Unknown,
        };
        let candidate = Candidate { before, ..Candidate::new(&file.path, bytes) };
        let rulebook = Rulebook::new(self.template, &self.policy);
        review::review(&candidate, &rulebook)
    }

    /// A file is an EP when it is one at head or was one at the merge base: to take the number out of its
    /// heading is no way around the review. What cannot be read may be one.
    fn is_proposal(&self, file: &Text) -> bool {
        if self.policy.is_template(&file.path) {
            return false;
        }
        self.is_or_may_be(&file.path, &file.head)
            || file.base.as_ref().is_some_and(|(path, content)| match content {
                Content::Bytes(bytes) => {
                    self.concern(path) && review::is_proposal(&self.policy, path, bytes)
                }
                Content::TooLarge(_) | Content::Missing => false,
            })
    }

    fn was_proposal(&self, gone: &Gone) -> bool {
        !self.policy.is_template(&gone.path) && self.is_or_may_be(&gone.path, &gone.base)
    }

    fn is_or_may_be(&self, path: &str, content: &Content) -> bool {
        match content {
            Content::Bytes(bytes) => {
                review::is_proposal(&self.policy, path, bytes) || Source::decode(bytes).is_err()
            }
            Content::TooLarge(_) => true,
            Content::Missing => review::is_proposal(&self.policy, path, &[]),
        }
    }
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

//! From what changed to what is said of it: the pure core's reviews, as a check run.

mod rules;

pub(super) use rules::{template, template_name};

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::books::{Books, Law, Ruling};
use super::gather::{Change, Gone, Text, Touched};
use super::people::Said;
use super::words;
use crate::github::{Annotation, AnnotationLevel, CommitSha, Conclusion, Content};
use crate::proposal::Source;
use crate::report::{self, CheckAnnotation, CheckInput, MAX_PAGE};
use crate::review::policy::{Incomplete, Policy};
use crate::review::repository::{Brought, claims, number};
use crate::review::{
    self, Around, Base, Before, Candidate, Claim, Opinion, Review, Rulebook, Severity, Tree,
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

/// A verdict, and what it rests on.
#[derive(Debug)]
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// The EPs at head.
    pub(super) reviews: Vec<Review>,
    /// Where the template comes from; empty where none was looked for.
    pub(super) template_source: String,
}

/// Reviews what changed, on this day. Takes processor time in proportion to the texts: not for an async thread.
pub(super) fn judge(change: &Change, books: &Books, today: Date) -> Judgement {
    let (mut reviews, mut removed, mut others) = (Vec::new(), Vec::new(), 0);
    let mut template_source = String::new();
    if let Ruling::Law(law) = &change.ruling {
        let policy = &*law.policy;
        let (eps, none): (Vec<&Text>, Vec<&Text>) =
            change.files.iter().partition(|file| is_proposal(policy, file));
        let gone = change.removed.iter().filter(|gone| was_proposal(policy, gone));
        removed = gone.map(|gone| gone.path.clone()).collect::<Vec<String>>();
        // An index page that did not change itself is nobody's business, and a template has its own place.
        let counts = |path: &str| !policy.is_template(path);
        let none = none.iter().filter(|file| file.touched == Touched::Itself && counts(&file.path));
        let gone = change.removed.iter().filter(|gone| counts(&gone.path)).count();
        others = none.count() + gone - removed.len();
        if !eps.is_empty() {
            reviews = held(change, books, law, &eps, today);
            template_source = rules::template_name(&change.template, &change.tip);
        }
    }
    let rule_files = rules::files(change, !reviews.is_empty());
    let preview = rules::preview(change, books, today);
    let output = report::check_run(&CheckInput {
        reviews: &reviews,
        removed: &removed,
        not_proposals: others,
        head: &change.head.0,
        base: &change.base.0,
        policy_source: &change.ruling.name(),
        template_source: &template_source,
        rule_files: &rule_files,
        preview: preview.as_ref(),
        notes: &change.notes,
        waivers: &change.conversation.decisions.waivers,
        asked: &change.conversation.decisions.asked,
    });
    let verdict = Verdict {
        conclusion: conclusion(&change.ruling, output.success),
        title: output.title,
        summary: output.summary,
        text: output.text,
        annotations: output.annotations.into_iter().map(annotation).collect(),
    };
    let verdict = if change.cut_off { cut_off(verdict) } else { verdict };
    Judgement { verdict, reviews, template_source }
}

fn conclusion(ruling: &Ruling, success: bool) -> Conclusion {
    let asked = match ruling {
        Ruling::Law(law) => law.policy.incomplete,
        Ruling::Broken(_) => Incomplete::Failure,
    };
    match (success, asked) {
        (true, _) => Conclusion::Success,
        (false, Incomplete::Failure) => Conclusion::Failure,
        (false, Incomplete::ActionRequired) => Conclusion::ActionRequired,
    }
}

/// Holds EPs against what judges.
fn held(change: &Change, books: &Books, law: &Law, eps: &[&Text], today: Date) -> Vec<Review> {
    let template = rules::template(books, law, &change.template, None);
    let earlier = change.earlier.as_ref().and_then(|earlier| {
        let before = rules::template(books, law, &earlier.template, earlier.law.as_ref());
        (!std::sync::Arc::ptr_eq(&before, &template)).then_some(before)
    });
    let claims = taken(change, &law.policy, eps);
    let decisions = &change.conversation.decisions;
    let rulebook = Rulebook {
        earlier: earlier.as_deref(),
        today: Some(today),
        around: Around {
            tree: Some(&change.around.tree as &dyn Tree),
            claims: &claims,
            pull_request: change.number.map(|number| number.0),
            waivers: &decisions.waivers,
            asked: Some(&decisions.asked),
        },
        ..Rulebook::new(&template, &law.policy)
    };
    let held = |file: &&Text| {
        let sidecar = law.policy.sidecar(&file.path);
        let paths = [Some(file.path.as_str()), sidecar.as_deref()];
        let paths: Vec<&str> = paths.into_iter().flatten().collect();
        let own = change.conversation.of(&paths);
        let own = own.as_ref().unwrap_or(decisions);
        let around = Around { waivers: &own.waivers, asked: Some(&own.asked), ..rulebook.around };
        review(file, change, &Rulebook { around, ..rulebook })
    };
    eps.iter().map(held).collect()
}

/// Who carries which number.
fn taken(change: &Change, policy: &Policy, eps: &[&Text]) -> Vec<Claim> {
    let own: Vec<(&str, u64)> = eps
        .iter()
        .filter_map(|file| {
            Some((file.path.as_str(), number(policy, &file.path, bytes(&file.head))?))
        })
        .collect();
    // Beside a sidecar that changed, the EP itself lies in the base branch as it is.
    let unchanged = eps.iter().filter(|file| file.touched == Touched::Sidecar);
    let changed: BTreeSet<&str> =
        change.paths().chain(unchanged.map(|file| file.path.as_str())).collect();
    let brought: Vec<Brought<'_>> = change
        .around
        .brought
        .iter()
        .map(|(number, path)| Brought { pull_request: number.0, path })
        .collect();
    let in_base = change.around.in_base.iter().map(String::as_str);
    claims(policy, in_base, &changed, &own, &brought)
}

fn review(file: &Text, change: &Change, rulebook: &Rulebook<'_>) -> Review {
    if let Content::TooLarge(size) = &file.head {
        return review::too_large(&file.path, *size, rulebook.policy);
    }
    let sidecar =
        |content: &Option<Content>| content.as_ref().map(|content| bytes(content).to_vec());
    let beside = sidecar(&file.sidecar);
    let beside_before = file.base.as_ref().and_then(|base| sidecar(&base.sidecar));
    let before = match &file.base {
        None => Before::New,
        Some(base) => match &base.content {
            Content::Bytes(bytes) => {
                Before::At(Base { path: &base.path, bytes, sidecar: beside_before.as_deref() })
            }
            Content::TooLarge(_) | Content::Missing => Before::Unknown,
        },
    };
    let opinions: Vec<Opinion<'_>> =
        change.conversation.said.iter().map(|said| opinion(said, file, &change.head)).collect();
    let candidate = Candidate {
        // Approvals were asked for before a pull request came into the queue.
        opinions: change.number.is_some().then_some(&opinions),
        before,
        sidecar: beside.as_deref(),
        ..Candidate::new(&file.path, bytes(&file.head))
    };
    review::review(&candidate, rulebook)
}

/// A reviewer's last word on an EP.
fn opinion<'a>(said: &'a Said, file: &'a Text, head: &CommitSha) -> Opinion<'a> {
    let at = |commit: &CommitSha| {
        if commit == head {
            return Some(&file.head);
        }
        file.approved.iter().find(|(at, _)| at == commit).map(|(_, content)| content)
    };
    Opinion {
        by: &said.by,
        word: said.word,
        voice: said.voice,
        commit: said.commit.as_ref().map(|commit| commit.0.as_str()),
        text: match said.commit.as_ref().and_then(at) {
            Some(Content::Bytes(bytes)) => Some(bytes),
            Some(Content::TooLarge(_) | Content::Missing) | None => None,
        },
    }
}

/// A file's bytes; none of one that is too large, or not there.
pub(super) fn bytes(content: &Content) -> &[u8] {
    match content {
        Content::Bytes(bytes) => bytes,
        Content::TooLarge(_) | Content::Missing => &[],
    }
}

/// A file is an EP when it is one at head or was one at the merge base: to take the number out of its
/// heading is no way around the review. What cannot be read may be one.
fn is_proposal(policy: &Policy, file: &Text) -> bool {
    if policy.is_template(&file.path) {
        return false;
    }
    is_or_may_be(policy, &file.path, &file.head)
        || file.base.as_ref().is_some_and(|base| match &base.content {
            Content::Bytes(bytes) => {
                policy.matches(&base.path) && review::is_proposal(policy, &base.path, bytes)
            }
            Content::TooLarge(_) | Content::Missing => false,
        })
}

fn was_proposal(policy: &Policy, gone: &Gone) -> bool {
    !policy.is_template(&gone.path) && is_or_may_be(policy, &gone.path, &gone.base)
}

fn is_or_may_be(policy: &Policy, path: &str, content: &Content) -> bool {
    match content {
        Content::Bytes(bytes) => {
            review::is_proposal(policy, path, bytes) || Source::decode(bytes).is_err()
        }
        Content::TooLarge(_) => true,
        Content::Missing => review::is_proposal(policy, path, &[]),
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

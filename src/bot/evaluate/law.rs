//! What judges a change, what is wrong with it, and what the change would make of it.

use std::sync::Arc;

use jiff::civil::Date;

use super::Found;
use crate::bot::books::{Books, Broken, Law, Ruling};
use crate::bot::gather::{Change, Earlier, Proposed, TemplateFile};
use crate::bot::words;
use crate::github::Content;
use crate::proposal::Template;
use crate::review::POLICY_PATH;
use crate::review::repository::{
    Chosen, Origin, Preview, PreviewFile, RuleFile, RuleKind, Rules, Standing, absent_template,
    policy_problems, preview, template_findings,
};

/// The template that judges. What is wrong with it is told where EPs are judged by it.
pub(super) fn template(
    change: &Change,
    books: &Books,
    law: &Law,
    told: &mut Vec<RuleFile>,
) -> Arc<Template> {
    let judges = || Standing::Judges(Origin::Here { commit: change.tip.0.clone() });
    if !change.files.is_empty() {
        told.extend(faults(&change.template, law, judges, change));
    }
    prepared(&change.template, books, law, None)
}

/// The template at the merge base, where it asks for something else than the present one.
pub(super) fn earlier(
    change: &Change,
    books: &Books,
    law: &Law,
    present: &Arc<Template>,
) -> Option<Arc<Template>> {
    let Earlier { template, law: before } = change.earlier.as_ref()?;
    let earlier = prepared(template, books, law, before.as_ref());
    (!Arc::ptr_eq(&earlier, present)).then_some(earlier)
}

fn prepared(
    chosen: &Chosen<TemplateFile>,
    books: &Books,
    law: &Law,
    questions: Option<&Law>,
) -> Arc<Template> {
    let file = chosen.file().and_then(|file| match &file.content {
        Content::Bytes(bytes) => Some((&file.blob, bytes.as_slice())),
        Content::TooLarge(_) | Content::Missing => None,
    });
    books.template(file, law, questions)
}

/// What is wrong with the template that a policy finds; in the policy's file where that names one in vain.
fn faults(
    chosen: &Chosen<TemplateFile>,
    law: &Law,
    standing: impl Fn() -> Standing,
    change: &Change,
) -> Option<RuleFile> {
    let (kind, path, findings) = match chosen {
        Chosen::BuiltIn => return None,
        Chosen::File { path, file } => {
            let content = match &file.content {
                Content::Bytes(bytes) => Ok(bytes.as_slice()),
                Content::TooLarge(size) => Err(*size),
                Content::Missing => return None,
            };
            let findings = template_findings(path, content, &law.policy);
            (RuleKind::Template, path.clone(), findings)
        }
        Chosen::Absent { path } => {
            let finding = absent_template(&law.policy, law.text(), path);
            (RuleKind::Policy, POLICY_PATH.to_owned(), finding.into_iter().collect())
        }
    };
    let findings: Vec<_> = findings.into_iter().map(Into::into).collect();
    let standing = standing();
    let in_change = standing == Standing::Proposed && change.shows(&path);
    (!findings.is_empty()).then_some(RuleFile { kind, path, standing, in_change, findings })
}

/// A policy that cannot be read judges nothing: a change that may touch an EP does not pass.
pub(super) fn broken(change: &Change, broken: &Broken, found: &mut Found) {
    let mends = matches!(&change.proposed, Some(Proposed { ruling: Ruling::Law(_), .. }));
    if !change.touches_eps && change.proposed.is_none() {
        return;
    }
    let file = RuleFile {
        kind: RuleKind::Policy,
        path: POLICY_PATH.to_owned(),
        standing: Standing::Judges(broken.origin.clone()),
        in_change: false,
        findings: policy_problems(&broken.problems),
    };
    if change.touches_eps {
        found.notes.push(words::EPS_UNREAD.to_owned());
        found.rule_files.push(file);
    } else if mends {
        found.rule_files.push(file.excused(words::MENDED_HERE));
    } else {
        found.rule_files.push(file);
    }
}

/// The policy and template that the change brings: what is wrong with them, and what they would turn.
pub(super) fn proposed(change: &Change, books: &Books, today: Date, found: &mut Found) {
    let Some(proposed) = &change.proposed else { return };
    let law = match &proposed.ruling {
        Ruling::Law(law) => law,
        Ruling::Broken(broken) => {
            found.rule_files.push(RuleFile {
                kind: RuleKind::Policy,
                path: POLICY_PATH.to_owned(),
                standing: Standing::Proposed,
                in_change: change.shows(POLICY_PATH),
                findings: policy_problems(&broken.problems),
            });
            return;
        }
    };
    found.rule_files.extend(faults(&proposed.template, law, || Standing::Proposed, change));
    if let Ruling::Law(now) = &change.ruling {
        let present = prepared(&change.template, books, now, None);
        let then = prepared(&proposed.template, books, law, None);
        found.preview = Some(tried(
            proposed,
            (
                Rules { policy: &now.policy, template: &present },
                Rules { policy: &law.policy, template: &then },
            ),
            today,
        ));
    }
}

fn tried(proposed: &Proposed, rules: (Rules<'_>, Rules<'_>), today: Date) -> Preview {
    fn bytes(content: &Content) -> Result<&[u8], usize> {
        match content {
            Content::Bytes(bytes) => Ok(bytes),
            Content::TooLarge(size) => Err(*size),
            Content::Missing => Err(0),
        }
    }
    let files: Vec<PreviewFile<'_>> = proposed
        .files
        .iter()
        .map(|(path, content)| PreviewFile { path, content: bytes(content) })
        .collect();
    let sidecar = |wanted: &str| {
        let (_, content) = proposed.files.iter().find(|(path, _)| path == wanted)?;
        bytes(content).ok()
    };
    preview(&files, proposed.unread, rules, sidecar, Some(today))
}

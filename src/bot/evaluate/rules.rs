//! The policies and templates of a pull request: what is wrong with those that judge and with those that it brings,
//! and what the latter would do.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::bytes;
use crate::bot::books::{Books, Law, Ruling};
use crate::bot::gather::{Change, Proposed, TemplateFile};
use crate::bot::words;
use crate::github::{CommitSha, Content};
use crate::proposal::Template;
use crate::review::repository::{
    Chosen, Origin, Preview, PreviewFile, RuleFile, RuleFinding, RuleKind, Rules, Standing,
    absent_template, policy_findings, template_findings,
};
use crate::review::{POLICY_PATH, is_candidate_path};

/// A template, prepared as a policy reads it.
pub(in crate::bot) fn template(
    books: &Books,
    law: &Law,
    chosen: &Chosen<TemplateFile>,
    questions: Option<&Law>,
) -> Arc<Template> {
    let file = chosen.file().and_then(|file| match &file.content {
        Content::Bytes(bytes) => Some((&file.blob, bytes.as_slice())),
        Content::TooLarge(_) | Content::Missing => None,
    });
    books.template(file, law, questions)
}

/// A template's name in a report.
pub(in crate::bot) fn template_name(chosen: &Chosen<TemplateFile>, tip: &CommitSha) -> String {
    match chosen {
        Chosen::BuiltIn => "the built-in template".to_owned(),
        Chosen::File { path, .. } => format!("`{path}` at {}", tip.short()),
        Chosen::Absent { path } => {
            format!("the built-in template, since there is no `{path}` at {}", tip.short())
        }
    }
}

/// The files that matter here: those that judge where something is wrong with them and EPs wait for it, and those
/// that the pull request touches.
pub(super) fn files(change: &Change, reviews_eps: bool) -> Vec<RuleFile> {
    let mut files = Vec::new();
    let proposed = change.proposed.as_ref();
    // Who mends the policy is not held up by what is mended, as long as nothing else waits to be judged by it.
    let mends = || {
        !change.touches_eps
            && proposed.is_some_and(|proposed| {
                touches(proposed, RuleKind::Policy)
                    && !brought(change, proposed).iter().any(RuleFile::blocks)
            })
    };
    match &change.ruling {
        Ruling::Broken(broken) if change.touches_eps || proposed.is_some() => {
            let file = RuleFile {
                kind: RuleKind::Policy,
                path: POLICY_PATH.to_owned(),
                standing: Standing::Judges(broken.origin.clone()),
                in_change: false,
                findings: policy_findings(&broken.problems),
            };
            files.push(if mends() { file.excused(words::MENDED) } else { file });
        }
        Ruling::Broken(_) => {}
        Ruling::Law(law) if reviews_eps => {
            let here = Origin::Here { commit: change.tip.0.clone() };
            let judging = judging(law, &change.template, Standing::Judges(here), change);
            // Its warnings are the business of whoever changes it.
            files.extend(judging.filter(RuleFile::blocks));
        }
        Ruling::Law(_) => {}
    }
    if let Some(proposed) = proposed {
        files.extend(brought(change, proposed));
    }
    files
}

/// What a template that a policy has chosen comes to; the policy's own file speaks for one that is not there.
fn judging(
    law: &Law,
    chosen: &Chosen<TemplateFile>,
    standing: Standing,
    change: &Change,
) -> impl Iterator<Item = RuleFile> {
    let proposed = standing == Standing::Proposed;
    let file = match chosen {
        Chosen::BuiltIn => None,
        Chosen::File { path, file } => {
            let content = match &file.content {
                Content::TooLarge(size) => Err(*size),
                content => Ok(bytes(content)),
            };
            let findings = template_findings(path, content, &law.policy);
            Some(RuleFile {
                kind: RuleKind::Template,
                path: path.clone(),
                standing,
                in_change: proposed && change.shows(path),
                findings: findings.into_iter().map(RuleFinding::from).collect(),
            })
        }
        Chosen::Absent { path } => {
            absent_template(&law.policy, law.text(), path).map(|finding| RuleFile {
                kind: RuleKind::Policy,
                path: POLICY_PATH.to_owned(),
                standing: match &law.file {
                    Some(file) if !proposed => Standing::Judges(file.origin.clone()),
                    _ => standing,
                },
                in_change: proposed && change.shows(POLICY_PATH),
                findings: vec![finding.into()],
            })
        }
    };
    file.into_iter()
}

fn touches(proposed: &Proposed, kind: RuleKind) -> bool {
    match kind {
        RuleKind::Policy => proposed.touched.contains(POLICY_PATH),
        RuleKind::Template => proposed.touched.iter().any(|path| path != POLICY_PATH),
    }
}

/// The files that the pull request brings or removes.
fn brought(change: &Change, proposed: &Proposed) -> Vec<RuleFile> {
    let mut files = Vec::new();
    let file = |kind, path: &str, standing, findings| RuleFile {
        kind,
        path: path.to_owned(),
        in_change: change.shows(path),
        standing,
        findings,
    };
    if touches(proposed, RuleKind::Policy) {
        let shown = change.shows(POLICY_PATH);
        let standing = if shown { Standing::Proposed } else { Standing::Removed };
        // Without the file another one judges, in which nothing of this change can be wrong.
        let findings = match &proposed.ruling {
            Ruling::Broken(broken) if shown => policy_findings(&broken.problems),
            Ruling::Broken(_) | Ruling::Law(_) => Vec::new(),
        };
        files.push(file(RuleKind::Policy, POLICY_PATH, standing, findings));
    }
    let Ruling::Law(law) = &proposed.ruling else { return files };
    let judging: Vec<RuleFile> =
        judging(law, &proposed.template, Standing::Proposed, change).collect();
    match &proposed.template {
        // Also where only the policy changes: it may read the same template in another way.
        Chosen::File { path, .. } if !proposed.touched.contains(path) => {
            files.extend(judging.into_iter().filter(RuleFile::blocks));
        }
        Chosen::File { .. } => files.extend(judging),
        // The policy's own file, which may be here already.
        Chosen::Absent { .. } => match files.first_mut() {
            Some(policy) => policy.findings.extend(judging.into_iter().flat_map(|f| f.findings)),
            None => files.extend(judging),
        },
        Chosen::BuiltIn => {}
    }
    let gone = proposed
        .touched
        .iter()
        .find(|path| *path != POLICY_PATH && !change.shows(path) && change.template.is_at(path));
    if let Some(path) = gone {
        files.push(file(RuleKind::Template, path, Standing::Removed, Vec::new()));
    }
    files
}

/// What the rules that a pull request brings would do; `None` where it brings none that could be tried.
pub(super) fn preview(change: &Change, books: &Books, today: Date) -> Option<Preview> {
    let proposed = change.proposed.as_ref()?;
    let (Ruling::Law(now), Ruling::Law(then)) = (&change.ruling, &proposed.ruling) else {
        return None;
    };
    let present = template(books, now, &change.template, None);
    let future = template(books, then, &proposed.template, None);
    let all: HashMap<&str, &Content> =
        proposed.files.iter().map(|(path, content)| (path.as_str(), content)).collect();
    let is_ep = |path: &str| [now, then].iter().any(|law| is_candidate_path(&law.policy, path));
    let files: Vec<PreviewFile<'_>> = proposed
        .files
        .iter()
        .filter(|(path, _)| is_ep(path))
        .map(|(path, content)| PreviewFile {
            path,
            content: match content {
                Content::TooLarge(size) => Err(*size),
                content => Ok(bytes(content)),
            },
        })
        .collect();
    let rules = (
        Rules { policy: &now.policy, template: &present },
        Rules { policy: &then.policy, template: &future },
    );
    let sidecar = |path: &str| all.get(path).map(|content| bytes(content));
    Some(crate::review::repository::preview(&files, proposed.unread, rules, sidecar, Some(today)))
}

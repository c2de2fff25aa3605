//! The policy and the template that a pull request brings, and the EPs of the repository on which they are tried.

use std::collections::{BTreeSet, HashSet};

use super::around::{folders, whole};
use super::change::Proposed;
use super::plan::Plan;
use super::{Halt, Reader};
use crate::bot::books::{Books, Ruling};
use crate::github::{Ask, Content, EntryKind, FileAt, FoundFile};
use crate::review::POLICY_PATH;
use crate::review::policy::Policy;
use crate::review::repository::{Chosen, MAX_PREVIEWED};

/// Reads what a pull request brings; nothing where it touches neither policy nor template.
pub(super) async fn read(
    reader: &mut Reader<'_>,
    books: &Books,
    (plan, ruling, owner): (&Plan, &Ruling, Option<FoundFile>),
) -> Result<Option<Proposed>, Halt> {
    let now = match ruling {
        Ruling::Law(law) => Some(law),
        Ruling::Broken(_) => None,
    };
    let then = if plan.touches_policy {
        let own = reader.found(plan.at_head(POLICY_PATH));
        books.ruling(own, owner, &reader.repository.name().owner).await?
    } else {
        ruling.clone()
    };
    let mut touched = HashSet::new();
    if plan.touches_policy {
        touched.insert(POLICY_PATH.to_owned());
    }
    for policy in [now, law_of(&then)].into_iter().flatten().map(|law| &law.policy) {
        touched.extend(plan.touched_templates(policy));
    }
    if touched.is_empty() {
        return Ok(None);
    }
    let mut proposed = Proposed {
        touched,
        ruling: then.clone(),
        template: Chosen::BuiltIn,
        files: Vec::new(),
        unread: 0,
    };
    let Ruling::Law(then) = then else { return Ok(Some(proposed)) };
    let at_head = |path: &String| plan.at_head(path);
    let policies: Vec<&Policy> =
        [now, Some(&then)].into_iter().flatten().map(|law| &*law.policy).collect();
    // Without rules to compare with there is no preview.
    let roots = match now {
        Some(now) => {
            let mut roots = folders(&now.policy, &plan.head);
            roots.extend(folders(&then.policy, &plan.head));
            roots.sort_unstable();
            roots.dedup();
            roots
        }
        None => Vec::new(),
    };
    let ask = Ask {
        candidates: then.policy.template_paths().iter().map(at_head).collect(),
        folders: roots,
        ..Ask::default()
    };
    let listed = reader.read(&ask).await?;
    proposed.template = reader.template(&then, &plan.head);
    let mut paths = BTreeSet::new();
    for (at, folder) in &listed.folders {
        let mut deeper = None;
        for policy in &policies {
            if deeper.is_none() {
                deeper = whole(reader, policy, &at.path, folder).await?;
            }
        }
        let entries = deeper.as_ref().unwrap_or(folder).entries.iter();
        paths.extend(entries.filter(|e| e.kind == EntryKind::File).map(|e| e.path.clone()));
    }
    paths.retain(|path| {
        policies.iter().any(|policy| policy.matches(path) && !policy.is_template(path))
    });
    proposed.unread = paths.len().saturating_sub(MAX_PREVIEWED);
    let eps: Vec<String> = paths.into_iter().take(MAX_PREVIEWED).collect();
    let beside: BTreeSet<String> = eps
        .iter()
        .flat_map(|path| policies.iter().filter_map(|policy| policy.sidecar(path)))
        .collect();
    let files: Vec<FileAt> = eps.iter().chain(&beside).map(at_head).collect();
    if !files.is_empty() {
        reader.read(&Ask { files, ..Ask::default() }).await?;
    }
    // Moved, not copied: it is large, and nothing else is read from here on.
    let mut content = |path: &String| {
        let content = reader.contents.remove(&plan.at_head(path))?;
        (content != Content::Missing).then(|| (path.clone(), content))
    };
    proposed.files = eps.iter().chain(&beside).filter_map(&mut content).collect();
    Ok(Some(proposed))
}

fn law_of(ruling: &Ruling) -> Option<&crate::bot::books::Law> {
    match ruling {
        Ruling::Law(law) => Some(law),
        Ruling::Broken(_) => None,
    }
}

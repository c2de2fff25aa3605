//! Policies and templates as they are read from files. A blob never changes, so each is parsed once, and kept for
//! the next pull request.

use std::sync::Arc;

use super::shelf::Shelf;
use super::trouble::Trouble;
use crate::github::{BlobId, Content, FoundFile, OWNER_REPOSITORY};
use crate::proposal::{Source, Template};
use crate::review::policy::{Policy, Problem};
use crate::review::repository::{Origin, Suspects, read_policy, too_large_policy};
use crate::review::{POLICY_PATH, prepare_template};

/// Policies that are kept. One takes a few kilobytes.
const POLICIES: usize = 256;

/// Templates that are kept. One takes some hundred kilobytes.
const TEMPLATES: usize = 32;

/// A policy that can be read.
#[derive(Debug, Clone)]
pub(super) struct Law {
    pub(super) policy: Arc<Policy>,
    /// Its file; `None`: built in.
    pub(super) file: Option<Arc<LawFile>>,
}

/// The file of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LawFile {
    pub(super) origin: Origin,
    pub(super) blob: BlobId,
    pub(super) bytes: Vec<u8>,
}

/// A policy that cannot be read.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    pub(super) origin: Origin,
    pub(super) problems: Vec<Problem>,
    /// What may be an EP meanwhile.
    pub(super) suspects: Suspects,
}

/// What judges. That GitHub could not give it is no outcome, but a reason to try again.
#[derive(Debug, Clone)]
pub(super) enum Ruling {
    /// This policy.
    Law(Law),
    /// Nothing, since this policy is broken.
    Broken(Broken),
}

impl Law {
    pub(super) fn built_in() -> Self {
        Self { policy: Arc::new(Policy::default()), file: None }
    }

    fn blob(&self) -> Option<&BlobId> {
        self.file.as_ref().map(|file| &file.blob)
    }

    /// Whether it lies in the repository itself.
    pub(super) fn is_own(&self) -> bool {
        self.file.as_ref().is_some_and(|file| matches!(file.origin, Origin::Here { .. }))
    }

    /// Whether this and another are one policy.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.blob() == other.blob()
    }

    /// Its name in a report.
    pub(super) fn name(&self) -> String {
        match &self.file {
            Some(file) => format!("`{POLICY_PATH}` {}", file.origin),
            None => "the built-in policy".to_owned(),
        }
    }

    /// Its text, where it has a file.
    pub(super) fn text(&self) -> Option<&str> {
        Source::decode(&self.file.as_ref()?.bytes).ok()
    }
}

impl Ruling {
    /// Whether a path may be that of an EP.
    pub(super) fn may_be_ep(&self, path: &str) -> bool {
        match self {
            Self::Law(law) => law.policy.matches(path),
            Self::Broken(broken) => path != POLICY_PATH && broken.suspects.matches(path),
        }
    }

    /// Whether a change of that path is looked at: an EP, what belongs to one, or what judges.
    pub(super) fn concerns(&self, path: &str) -> bool {
        path == POLICY_PATH
            || self.may_be_ep(path)
            || match self {
                Self::Law(Law { policy, .. }) => {
                    policy.is_sidecar(path) || policy.template_paths().iter().any(|p| p == path)
                }
                Self::Broken(_) => false,
            }
    }

    /// Its name in a report.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Law(law) => law.name(),
            Self::Broken(broken) => format!("`{POLICY_PATH}` {}, which is broken", broken.origin),
        }
    }
}

/// Which template was prepared: its file, and the policies that say how it is read and what they ask beyond it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Prepared {
    template: Option<BlobId>,
    policy: Option<BlobId>,
    questions: Option<BlobId>,
}

type Read = Arc<Result<Arc<Policy>, Vec<Problem>>>;

/// What was read before. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Books(Arc<Shelves>);

#[derive(Debug)]
struct Shelves {
    policies: Shelf<BlobId, Read>,
    templates: Shelf<Prepared, Arc<Template>>,
}

impl Default for Shelves {
    fn default() -> Self {
        Self { policies: Shelf::of(POLICIES), templates: Shelf::of(TEMPLATES) }
    }
}

impl Books {
    /// What judges: the repository's own policy, else its owner's, else that of the house.
    pub(super) async fn ruling(
        &self,
        own: Option<FoundFile>,
        owner: Option<FoundFile>,
        login: &str,
    ) -> Result<Ruling, Trouble> {
        let here = |commit: String| Origin::Here { commit };
        let above = |commit: String| Origin::Owner {
            repository: format!("{login}/{OWNER_REPOSITORY}"),
            commit,
        };
        match (own, owner) {
            (Some(file), _) => self.read(file, here).await,
            (None, Some(file)) => self.read(file, above).await,
            (None, None) => Ok(Ruling::Law(Law::built_in())),
        }
    }

    async fn read(
        &self,
        file: FoundFile,
        origin: impl FnOnce(String) -> Origin,
    ) -> Result<Ruling, Trouble> {
        let FoundFile { commit, blob, content } = file;
        let origin = origin(commit.0);
        let bytes = match content {
            Content::Bytes(bytes) => bytes,
            Content::TooLarge(size) => {
                let problems = too_large_policy(size);
                let suspects = Suspects::of(None);
                return Ok(Ruling::Broken(Broken { origin, problems, suspects }));
            }
            // Never: a file that was found has content.
            Content::Missing => Vec::new(),
        };
        let read = if let Some(read) = self.0.policies.get(&blob) {
            read
        } else {
            let text = bytes.clone();
            let read = tokio::task::spawn_blocking(move || read_policy(&text).map(Arc::new));
            let read = Arc::new(read.await.map_err(|_| Trouble::Panicked)?);
            self.0.policies.put(blob.clone(), Arc::clone(&read));
            read
        };
        Ok(match &*read {
            Ok(policy) => {
                let file = Arc::new(LawFile { origin, blob, bytes });
                Ruling::Law(Law { policy: Arc::clone(policy), file: Some(file) })
            }
            Err(problems) => Ruling::Broken(Broken {
                origin,
                problems: problems.clone(),
                suspects: Suspects::of(Source::decode(&bytes).ok()),
            }),
        })
    }

    /// A template as a policy reads it, with the questions that it or another policy asks beyond it. Takes some
    /// milliseconds where it is not kept.
    pub(super) fn template(
        &self,
        file: Option<(&BlobId, &[u8])>,
        law: &Law,
        questions: Option<&Law>,
    ) -> Arc<Template> {
        let key = Prepared {
            template: file.map(|(blob, _)| blob.clone()),
            policy: law.blob().cloned(),
            questions: questions.unwrap_or(law).blob().cloned(),
        };
        if let Some(kept) = self.0.templates.get(&key) {
            return kept;
        }
        let markdown = file.and_then(|(_, bytes)| Source::decode(bytes).ok());
        let template = match questions {
            Some(other) if !other.is(law) => {
                let mut policy = (*law.policy).clone();
                policy.prr.questions.clone_from(&other.policy.prr.questions);
                prepare_template(markdown, &policy)
            }
            _ => prepare_template(markdown, &law.policy),
        };
        let template = Arc::new(template);
        self.0.templates.put(key, Arc::clone(&template));
        template
    }
}

#[cfg(test)]
mod tests;

//! Which files are read, and where: worked out from what GitHub lists as changed.

use std::collections::{BTreeSet, HashMap};

use super::change::{BaseText, Gone, TemplateFile, Text, Touched, paths};
use crate::bot::books::{Law, Ruling};
use crate::bot::trouble::Trouble;
use crate::github::{
    Ask, BlobId, ChangedFile, CommitSha, Comparison, Content, FileAt, FileChange, FolderAt,
    MAX_DEPTH, PullRequest, PullRequestNumber,
};
use crate::proposal::title;
use crate::review::POLICY_PATH;
use crate::review::policy::Policy;
use crate::review::repository::{Chosen, choose_template};

/// What was read: contents by commit and path.
pub(super) type Contents = HashMap<FileAt, Content>;

/// Which files are read, and where.
pub(super) struct Plan {
    pub(super) number: Option<PullRequestNumber>,
    pub(super) head: CommitSha,
    pub(super) merge_base: CommitSha,
    pub(super) tip: CommitSha,
    pub(super) base_branch: String,
    pub(super) changed: Vec<ChangedFile>,
    pub(super) cut_off: bool,
    /// What may be EPs: path at head, path at the merge base.
    pub(super) files: Vec<(String, Option<String>)>,
    pub(super) removed: Vec<String>,
    /// Sidecar files that changed where the EP beside them may not have.
    pub(super) sidecars: BTreeSet<String>,
    /// Whether the change touches the policy.
    pub(super) touches_policy: bool,
    /// Whether it touches what may be an EP, or belongs to one.
    pub(super) touches_eps: bool,
    /// Commits that were approved, at which EPs are read again.
    pub(super) approved: Vec<CommitSha>,
}

/// What is compared.
pub(super) struct Ends {
    /// None: a merge group.
    pub(super) number: Option<PullRequestNumber>,
    pub(super) head: CommitSha,
    /// The tip of the base branch.
    pub(super) tip: CommitSha,
    pub(super) base_branch: String,
}

impl Ends {
    pub(super) fn of(pull_request: &PullRequest) -> Self {
        Self {
            number: Some(pull_request.number),
            head: pull_request.head.clone(),
            tip: pull_request.base.clone(),
            base_branch: pull_request.base_branch.clone(),
        }
    }
}

impl Plan {
    pub(super) fn new(comparison: Comparison, ends: Ends, ruling: &Ruling) -> Self {
        let Comparison { merge_base, files: changed, truncated } = comparison;
        let touches = |is: &dyn Fn(&str) -> bool| paths(&changed).any(is);
        let touches_policy = touches(&|path| path == POLICY_PATH);
        let touches_eps = touches(&|path| ruling.may_be_ep(path));
        let mut plan = Self {
            number: ends.number,
            head: ends.head,
            merge_base,
            tip: ends.tip,
            base_branch: ends.base_branch,
            cut_off: truncated,
            files: Vec::new(),
            removed: Vec::new(),
            sidecars: BTreeSet::new(),
            touches_policy,
            touches_eps,
            approved: Vec::new(),
            changed,
        };
        if let Ruling::Law(law) = ruling {
            plan.look_for_eps(&law.policy);
        }
        plan
    }

    fn look_for_eps(&mut self, policy: &Policy) {
        let may_be = |path: &str| policy.matches(path);
        for ChangedFile { path, previous_path, change, .. } in &self.changed {
            match change {
                FileChange::Removed if may_be(path) => self.removed.push(path.clone()),
                FileChange::Removed => {}
                FileChange::Renamed if !may_be(path) => {
                    self.removed.extend(previous_path.clone().filter(|path| may_be(path)));
                }
                _ if !may_be(path) => {}
                FileChange::Added => self.files.push((path.clone(), None)),
                // Moved here from where no EP lies: it is new, but what it said before counts.
                FileChange::Renamed | FileChange::Modified => {
                    let before = previous_path.clone().unwrap_or_else(|| path.clone());
                    self.files.push((path.clone(), Some(before)));
                }
            }
        }
        let sidecars = paths(&self.changed).filter(|path| policy.is_sidecar(path));
        self.sidecars = sidecars.map(str::to_owned).collect();
        self.touches_eps |= !self.sidecars.is_empty();
    }

    /// Whether EPs are left at head that may have to be reviewed.
    pub(super) fn reviews(&self) -> bool {
        !self.files.is_empty() || !self.sidecars.is_empty()
    }

    /// Whether the base branch has moved on since the change was begun.
    pub(super) fn is_behind(&self) -> bool {
        self.tip != self.merge_base
    }

    pub(super) fn at_head(&self, path: &str) -> FileAt {
        FileAt { commit: self.head.clone(), path: path.to_owned() }
    }

    pub(super) fn at_base(&self, path: &str) -> FileAt {
        FileAt { commit: self.merge_base.clone(), path: path.to_owned() }
    }

    fn at_tip(&self, path: &str) -> FileAt {
        FileAt { commit: self.tip.clone(), path: path.to_owned() }
    }

    /// Everything that is known to be needed once GitHub has said what changed: one query.
    pub(super) fn ask(&self, ruling: &Ruling) -> Ask {
        let mut ask = Ask::default();
        if self.touches_policy {
            ask.candidates.push(self.at_head(POLICY_PATH));
        }
        let Ruling::Law(law) = ruling else { return ask };
        ask.files = self.texts(&law.policy);
        let approved = self.files.iter().flat_map(|(path, before)| {
            self.when_approved(path, before.as_deref()).map(|(_, file)| file)
        });
        ask.candidates.extend(approved);
        if self.reviews() || self.touches_rules(law) {
            ask.candidates.extend(law.policy.template_paths().iter().map(|p| self.at_tip(p)));
        }
        if !self.reviews() {
            return ask;
        }
        if self.is_behind() {
            ask.candidates.extend(law.policy.template_paths().iter().map(|p| self.at_base(p)));
            if law.is_own() {
                ask.candidates.push(self.at_base(POLICY_PATH));
            }
        }
        for path in self.sidecars.iter().flat_map(|sidecar| guesses(sidecar, &law.policy)) {
            ask.candidates.extend([self.at_head(&path), self.at_base(&path)]);
            ask.candidates.extend(
                law.policy
                    .sidecar(&path)
                    .into_iter()
                    .flat_map(|sidecar| [self.at_head(&sidecar), self.at_base(&sidecar)]),
            );
        }
        ask.folders = self.folders(&law.policy);
        // What waits in the queue is open too, and would claim its own numbers.
        if self.number.is_some() && self.adds_an_ep(&law.policy) {
            ask.open_into = Some(self.base_branch.clone());
        }
        ask
    }

    /// Where an EP lay at commits that were approved: under its present name, or that of before.
    fn when_approved(
        &self,
        path: &str,
        before: Option<&str>,
    ) -> impl Iterator<Item = (&CommitSha, FileAt)> {
        let names: Vec<String> = match before {
            Some(before) if before != path => vec![path.to_owned(), before.to_owned()],
            _ => vec![path.to_owned()],
        };
        self.approved.iter().flat_map(move |commit| {
            let at =
                |path: &String| (commit, FileAt { commit: commit.clone(), path: path.clone() });
            names.iter().map(at).collect::<Vec<_>>()
        })
    }

    /// Whether the change touches the template that judges, or what may become it.
    pub(super) fn touches_rules(&self, law: &Law) -> bool {
        self.touches_policy || !self.touched_templates(&law.policy).is_empty()
    }

    /// The places where a policy looks for its template that the change touches.
    pub(super) fn touched_templates(&self, policy: &Policy) -> BTreeSet<String> {
        let places = policy.template_paths();
        paths(&self.changed)
            .filter(|path| places.iter().any(|p| p == path))
            .map(str::to_owned)
            .collect()
    }

    /// The texts of EPs and of the files beside them.
    fn texts(&self, policy: &Policy) -> Vec<FileAt> {
        let heads = self.files.iter().map(|(path, _)| self.at_head(path));
        let bases = self.files.iter().filter_map(|(_, base)| Some(self.at_base(base.as_ref()?)));
        let removed = self.removed.iter().map(|path| self.at_base(path));
        let texts: Vec<FileAt> = heads.chain(bases).chain(removed).collect();
        let beside: Vec<FileAt> = texts
            .iter()
            .filter_map(|file| {
                Some(FileAt { path: policy.sidecar(&file.path)?, commit: file.commit.clone() })
            })
            .collect();
        texts.into_iter().chain(beside).collect()
    }

    /// The folders that say which paths exist at head, and which numbers are taken in the base branch.
    fn folders(&self, policy: &Policy) -> Vec<FolderAt> {
        let at = |commit: &CommitSha, path: &str, levels: usize| FolderAt {
            commit: commit.clone(),
            path: path.to_owned(),
            levels,
        };
        let mut folders = vec![at(&self.head, "", 1)];
        for root in policy.globs().roots().iter().filter(|root| !root.is_empty()) {
            folders.push(at(&self.head, root, MAX_DEPTH));
        }
        if self.is_behind() {
            for root in policy.globs().roots() {
                folders.push(at(&self.tip, &root, root_levels(&root)));
            }
        }
        let beside = self.sidecars.iter().map(|sidecar| parent(sidecar));
        for folder in beside.filter(|folder| !folder.is_empty()) {
            folders.push(at(&self.head, folder, 1));
        }
        folders.sort_unstable();
        folders.dedup();
        folders
    }

    /// Whether an EP comes in under a number that it had not before.
    fn adds_an_ep(&self, policy: &Policy) -> bool {
        let number = |path: &str| title::path_number(path, policy.word());
        self.files.iter().filter(|(path, _)| !policy.is_template(path)).any(|(path, before)| {
            before.as_ref().is_none_or(|before| number(before) != number(path))
        })
    }

    /// EPs that did not change themselves, but the file beside them did: by what lies in its folder at head.
    pub(super) fn beside_sidecars<'a>(
        &self,
        policy: &Policy,
        listed: impl Iterator<Item = &'a str>,
    ) -> Vec<String> {
        let eps = listed.filter(|path| {
            policy.matches(path)
                && policy.sidecar(path).is_some_and(|sidecar| self.sidecars.contains(&sidecar))
                && self.files.iter().all(|(changed, _)| changed != path)
        });
        eps.map(str::to_owned).collect()
    }

    /// What is still to be read of those.
    pub(super) fn unread(
        &self,
        eps: &[String],
        policy: &Policy,
        contents: &Contents,
    ) -> Vec<FileAt> {
        let wanted = eps
            .iter()
            .flat_map(|path| [Some(path.clone()), policy.sidecar(path)].into_iter().flatten());
        let approved = eps.iter().flat_map(|path| self.when_approved(path, None).map(|(_, f)| f));
        wanted
            .flat_map(|path| [self.at_head(&path), self.at_base(&path)])
            .chain(approved)
            .filter(|file| !contents.contains_key(file))
            .collect()
    }

    /// The template at a commit.
    pub(super) fn template(
        policy: &Policy,
        commit: &CommitSha,
        contents: &Contents,
        blobs: &HashMap<FileAt, BlobId>,
    ) -> Chosen<TemplateFile> {
        choose_template(policy, |path| {
            let file = FileAt { commit: commit.clone(), path: path.to_owned() };
            let content = contents.get(&file)?;
            Some(TemplateFile { blob: blobs.get(&file)?.clone(), content: content.clone() })
        })
    }

    /// What was read of EPs. A file that GitHub lists and does not have is no empty file: the verdict would not be
    /// true.
    pub(super) fn fill(
        &self,
        policy: &Policy,
        beside: &[String],
        contents: &Contents,
    ) -> Result<(Vec<Text>, Vec<Gone>), Trouble> {
        let changed = self.files.iter().map(|(path, before)| {
            self.text(policy, contents, (path, before.as_deref()), Touched::Itself)
        });
        let beside = beside.iter().map(|path| {
            let before = there(contents, &self.at_base(path)).map(|_| path.as_str());
            self.text(policy, contents, (path, before), Touched::Sidecar)
        });
        let files = changed.chain(beside).collect::<Result<_, Trouble>>()?;
        let gone = self
            .removed
            .iter()
            .map(|path| Ok(Gone { path: path.clone(), base: read(contents, self.at_base(path))? }));
        Ok((files, gone.collect::<Result<_, Trouble>>()?))
    }

    fn text(
        &self,
        policy: &Policy,
        contents: &Contents,
        (path, before): (&str, Option<&str>),
        touched: Touched,
    ) -> Result<Text, Trouble> {
        let beside = |path: &str, commit: &CommitSha| {
            let file = FileAt { path: policy.sidecar(path)?, commit: commit.clone() };
            there(contents, &file).cloned()
        };
        let base = before.map(|before| {
            Ok::<_, Trouble>(BaseText {
                path: before.to_owned(),
                content: read(contents, self.at_base(before))?,
                sidecar: beside(before, &self.merge_base),
            })
        });
        Ok(Text {
            path: path.to_owned(),
            head: read(contents, self.at_head(path))?,
            sidecar: beside(path, &self.head),
            base: base.transpose()?,
            touched,
            approved: self
                .when_approved(path, before)
                .filter_map(|(commit, file)| {
                    Some((commit.clone(), there(contents, &file)?.clone()))
                })
                .collect(),
        })
    }
}

/// A file's content, when it is there.
fn there<'c>(contents: &'c Contents, file: &FileAt) -> Option<&'c Content> {
    contents.get(file).filter(|content| **content != Content::Missing)
}

/// The content of a file that has to be there.
fn read(contents: &Contents, file: FileAt) -> Result<Content, Trouble> {
    match there(contents, &file) {
        Some(content) => Ok(content.clone()),
        None => Err(Trouble::MissingFile { path: file.path, commit: file.commit.0 }),
    }
}

/// Where the EP beside a sidecar file may lie, by the names that the policy gives EPs.
fn guesses(sidecar: &str, policy: &Policy) -> BTreeSet<String> {
    let plain = |name: &&str| !name.contains(['*', '?', '[', '{']);
    let names = policy.globs().written().iter().filter_map(|glob| glob.rsplit('/').next());
    let folder = parent(sidecar);
    let paths = names.filter(plain).chain(["README.md"]).map(|name| match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    });
    paths.filter(|path| policy.matches(path)).collect()
}

/// How many levels are listed of a folder that holds EPs. The whole repository is not walked through: where EPs may
/// lie anywhere, one list of all files is asked for instead.
pub(super) fn root_levels(root: &str) -> usize {
    if root.is_empty() { 1 } else { MAX_DEPTH }
}

/// The folder of a file.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

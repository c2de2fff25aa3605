//! Where EPs lie on this machine: the repository around them with its policy and template, what they were at a base
//! commit, and what lies around them. The bot reads the same from GitHub.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use ignore::WalkBuilder;
use jiff::civil::Date;

use crate::git::{CommitId, Content, Repository};
use crate::proposal::{Source, Template, title};
use crate::review::{
    self, Around, Base, Before, Candidate, Claim, Policy, Review, Rulebook, Tree, policy,
    prepare_template,
};

use super::files::Input;

/// Where the policy lies, relative to a repository's root.
pub(super) const POLICY_PATH: &str = ".github/ep-bot.yml";

/// What EPs are held against, where it is not what the repository says.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct RuleArgs {
    /// Hold the EPs against this template instead of the repository's own or the built-in one
    #[arg(long, value_name = "FILE")]
    pub(super) template: Option<PathBuf>,
    /// Hold the EPs against this policy instead of the repository's `.github/ep-bot.yml`
    #[arg(long, value_name = "FILE")]
    pub(super) policy: Option<PathBuf>,
}

/// A repository, or the folder in which the command runs.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Absolute, without symlinks.
    root: PathBuf,
    git: Option<Repository>,
    base: Option<Fork>,
    pub(super) policy: Policy,
    pub(super) template: Template,
    earlier: Option<Template>,
    /// EPs in the repository, at head and on the base branch.
    claims: BTreeSet<Claim>,
    today: Option<Date>,
}

/// Where the work at head began.
#[derive(Debug)]
struct Fork {
    /// The base branch's tip, which says what is asked.
    tip: CommitId,
    /// The merge base, against which a change is told.
    merge_base: CommitId,
    /// EPs at the merge base.
    paths: Vec<String>,
}

impl Workspace {
    /// Looks around the first of `paths`. With `base`, policy and template are those of that revision, and EPs are
    /// held against what they were where the work parted from it.
    pub(super) fn around(
        paths: &[PathBuf],
        rules: &RuleArgs,
        base: Option<&str>,
    ) -> anyhow::Result<Self> {
        let here = std::env::current_dir().context("the present folder")?;
        let first = paths.first().filter(|path| path.as_os_str() != "-");
        let first = here.join(first.map_or(Path::new("."), PathBuf::as_path));
        let git = Repository::around(&first)?;
        let root = match &git {
            Some(git) => git.root().to_owned(),
            None => policy_folder(&first).unwrap_or(here).canonicalize()?,
        };
        let base = match (base, &git) {
            (None, _) => None,
            (Some(_), None) => bail!("--base: {} lies in no git repository", first.display()),
            (Some(rev), Some(git)) => Some((git, fork(git, rev)?)),
        };
        let read = |path: &str| match &base {
            Some((git, fork)) => committed(git, &fork.tip, path),
            None => on_disk(&root, path),
        };
        let own_policy = match &rules.policy {
            Some(_) => None,
            None => read(POLICY_PATH)?,
        };
        let policy = match (&rules.policy, &own_policy) {
            (Some(path), _) => {
                load_policy(&path.display().to_string(), &read_text(path, "policy")?)?
            }
            (None, Some(text)) => load_policy(POLICY_PATH, text)?,
            (None, None) => Policy::default(),
        };
        // The base's policy judges; one that will not load once it is merged is told now.
        if base.is_some()
            && rules.policy.is_none()
            && let Some(text) = on_disk(&root, POLICY_PATH)?
        {
            load_policy(POLICY_PATH, &text)?;
        }
        let own = match &rules.template {
            Some(path) => Some(read_text(path, "template")?),
            None => first_of(&policy.template_paths(), read)?,
        };
        if let (None, Some(path), None) = (&own, &policy.template, &rules.template) {
            bail!("{POLICY_PATH} names the template {path}, and there is no such file");
        }
        let earlier = match &base {
            Some((git, fork)) if rules.template.is_none() => {
                let read = |path: &str| committed(git, &fork.merge_base, path);
                let text = first_of(&policy.template_paths(), read)?;
                let mut then = policy.clone();
                if own_policy.is_some() {
                    then.prr.questions = questions(read(POLICY_PATH)?, &policy);
                }
                let other = text != own || then.prr.questions != policy.prr.questions;
                other.then(|| prepare_template(text.as_deref(), &then))
            }
            _ => None,
        };
        let template = prepare_template(own.as_deref(), &policy);
        let base = base.map(|(_, fork)| fork);
        let mut place = Self {
            root,
            git,
            base,
            policy,
            template,
            earlier,
            claims: BTreeSet::new(),
            today: Some(jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()),
        };
        place.look_around()?;
        Ok(place)
    }

    /// The number above every one that an EP of the repository carries.
    pub(super) fn next_number(&self) -> u64 {
        self.claims.iter().map(|claim| claim.number).max().unwrap_or(0) + 1
    }

    /// A path relative to the root; as it was given where it lies elsewhere.
    pub(super) fn relative(&self, path: &Path) -> String {
        let inside = match &self.git {
            Some(git) => git.relative(path),
            None => path.canonicalize().ok().and_then(|path| {
                Some(path.strip_prefix(&self.root).ok()?.to_string_lossy().replace('\\', "/"))
            }),
        };
        inside.unwrap_or_else(|| path.to_string_lossy().into_owned())
    }

    /// Adds files to what carries a number.
    pub(super) fn claim<'p>(&mut self, paths: impl IntoIterator<Item = &'p Path>) {
        let relative: Vec<String> = paths.into_iter().map(|path| self.relative(path)).collect();
        self.claims.extend(relative.into_iter().filter_map(|path| claim(&self.policy, path)));
    }

    /// Reviews a file. Its path in the report is the one that was given.
    pub(super) fn review(&self, input: &Input, judge_as: Option<&str>) -> anyhow::Result<Review> {
        let review = self.hold(input, judge_as, review::review)?;
        Ok(Review { path: input.path.clone(), ..review })
    }

    /// Holds a file against the rules, in the way that `how` says.
    pub(super) fn hold<T>(
        &self,
        input: &Input,
        judge_as: Option<&str>,
        how: impl FnOnce(&Candidate<'_>, &Rulebook<'_>) -> T,
    ) -> anyhow::Result<T> {
        let path = match &input.file {
            Some(file) => self.relative(file),
            None => input.path.clone(),
        };
        let sidecar = match (&input.file, self.policy.sidecar(&path)) {
            (Some(_), Some(beside)) => std::fs::read(self.root.join(beside)).ok(),
            _ => None,
        };
        let before = self.before(&path)?;
        let candidate = Candidate {
            sidecar: sidecar.as_deref(),
            before: before.as_before(),
            ..Candidate::new(&path, &input.bytes)
        };
        let files = Files(&self.root);
        let claims: Vec<Claim> = match title::path_number(&path, self.policy.word()) {
            Some(number) => self.claims.iter().filter(|c| c.number == number).cloned().collect(),
            None => self.claims.iter().cloned().collect(),
        };
        let around = Around {
            tree: input.file.is_some().then_some(&files as &dyn Tree),
            claims: &claims,
            ..Around::default()
        };
        let rulebook = Rulebook {
            earlier: self.earlier.as_ref(),
            judge_as,
            today: self.today,
            around,
            ..Rulebook::new(&self.template, &self.policy)
        };
        Ok(how(&candidate, &rulebook))
    }

    /// What stood at a path before; under its old name where it was renamed, which its number tells.
    fn before(&self, path: &str) -> anyhow::Result<Earlier> {
        let (Some(git), Some(fork)) = (&self.git, &self.base) else { return Ok(Earlier::Unknown) };
        let number = title::path_number(path, self.policy.word());
        let renamed = || {
            fork.paths.iter().find(|old| {
                number.is_some()
                    && title::path_number(old, self.policy.word()) == number
                    && !self.root.join(old).exists()
            })
        };
        let (path, content) = match git.file(&fork.merge_base, path)? {
            Content::Missing => match renamed() {
                Some(old) => (old.clone(), git.file(&fork.merge_base, old)?),
                None => return Ok(Earlier::New),
            },
            content => (path.to_owned(), content),
        };
        let Content::Bytes(bytes) = content else { return Ok(Earlier::Unknown) };
        let sidecar = match self.policy.sidecar(&path) {
            Some(beside) => match git.file(&fork.merge_base, &beside)? {
                Content::Bytes(bytes) => Some(bytes),
                Content::Missing | Content::TooLarge(_) => None,
            },
            None => None,
        };
        Ok(Earlier::At { path, bytes, sidecar })
    }

    /// Learns who carries which number: files of the work tree, and what the base branch has gained since.
    fn look_around(&mut self) -> anyhow::Result<()> {
        if self.git.is_none() && !self.root.join(POLICY_PATH).is_file() {
            return Ok(());
        }
        let mut paths = Vec::new();
        for folder in self.policy.globs().roots() {
            let folder = self.root.join(folder);
            if !folder.is_dir() {
                continue;
            }
            for entry in WalkBuilder::new(&folder).require_git(false).build().flatten() {
                if let Ok(path) = entry.path().strip_prefix(&self.root)
                    && entry.file_type().is_some_and(|kind| kind.is_file())
                {
                    paths.push(path.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        if let (Some(git), Some(fork)) = (&self.git, &mut self.base) {
            let old: BTreeSet<String> = git.paths(&fork.merge_base)?.into_iter().collect();
            let gained = git.paths(&fork.tip)?.into_iter().filter(|path| !old.contains(path));
            paths.extend(gained);
            fork.paths = old.into_iter().filter(|path| self.policy.matches(path)).collect();
        }
        let eps = paths.into_iter().filter(|path| self.policy.matches(path));
        self.claims.extend(eps.filter_map(|path| claim(&self.policy, path)));
        Ok(())
    }
}

/// An EP before the change, with what it owns.
enum Earlier {
    Unknown,
    New,
    At { path: String, bytes: Vec<u8>, sidecar: Option<Vec<u8>> },
}

impl Earlier {
    fn as_before(&self) -> Before<'_> {
        match self {
            Self::Unknown => Before::Unknown,
            Self::New => Before::New,
            Self::At { path, bytes, sidecar } => {
                Before::At(Base { path, bytes, sidecar: sidecar.as_deref() })
            }
        }
    }
}

/// The work tree.
#[derive(Debug)]
struct Files<'a>(&'a Path);

impl Tree for Files<'_> {
    fn has(&self, path: &str) -> Option<bool> {
        self.0.join(path).try_exists().ok()
    }
}

fn claim(policy: &Policy, path: String) -> Option<Claim> {
    if policy.is_template(&path) {
        return None;
    }
    let number = title::path_number(&path, policy.word())?;
    Some(Claim { number, path, pull_request: None })
}

fn fork(git: &Repository, rev: &str) -> anyhow::Result<Fork> {
    let tip = git.resolve(rev)?;
    let Some(head) = git.head()? else {
        bail!("--base: there is no commit yet to compare with {rev}")
    };
    let Some(merge_base) = git.merge_base(&tip, &head)? else {
        bail!("--base: {rev} and the present commit have no history in common");
    };
    Ok(Fork { tip, merge_base, paths: Vec::new() })
}

/// The nearest folder above that holds a policy.
fn policy_folder(path: &Path) -> Option<PathBuf> {
    path.ancestors().find(|folder| folder.join(POLICY_PATH).is_file()).map(Path::to_owned)
}

fn committed(git: &Repository, commit: &CommitId, path: &str) -> anyhow::Result<Option<String>> {
    match git.file(commit, path)? {
        Content::Missing => Ok(None),
        Content::TooLarge(bytes) => bail!("{path} at {commit} is too large: {bytes} bytes"),
        Content::Bytes(bytes) => {
            let text = Source::decode(&bytes).with_context(|| format!("{path} at {commit}"))?;
            Ok(Some(text.to_owned()))
        }
    }
}

fn on_disk(root: &Path, path: &str) -> anyhow::Result<Option<String>> {
    let file = root.join(path);
    if !file.is_file() {
        return Ok(None);
    }
    read_text(&file, path).map(Some)
}

/// What a policy of before asked beyond the template; of one that cannot be read, what is asked now.
fn questions(before: Option<String>, now: &Policy) -> Vec<policy::AddedQuestion> {
    match before {
        None => Vec::new(),
        Some(text) => match policy::load(&text) {
            Ok(before) => before.prr.questions,
            Err(_) => now.prr.questions.clone(),
        },
    }
}

/// The first of some files that exists.
fn first_of(
    paths: &[String],
    read: impl Fn(&str) -> anyhow::Result<Option<String>>,
) -> anyhow::Result<Option<String>> {
    for path in paths {
        if let Some(text) = read(path)? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

fn read_text(path: &Path, what: &str) -> anyhow::Result<String> {
    let name = || format!("{what} {}", path.display());
    let bytes = std::fs::read(path).with_context(name)?;
    Ok(Source::decode(&bytes).with_context(name)?.to_owned())
}

fn load_policy(path: &str, text: &str) -> anyhow::Result<Policy> {
    policy::load(text).map_err(|problems| {
        let lines: Vec<String> = problems
            .iter()
            .map(|problem| {
                let help = if problem.help.is_empty() { "" } else { "\n  " };
                format!(
                    "{path}:{}:{}: {}{help}{}",
                    problem.line, problem.column, problem.message, problem.help
                )
            })
            .collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}

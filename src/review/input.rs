//! What a review looks at: the EP, what it is held against, and what lies around it.

use jiff::civil::Date;

use crate::proposal::Template;

use super::policy::Policy;

/// One EP as a pull request or a laptop holds it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its path: relative to the repository's root, or as it was given.
    pub path: &'a str,
    /// Its bytes at head.
    pub head: &'a [u8],
    /// The file beside it that holds its status, where the policy asks for one and it is there.
    pub sidecar: Option<&'a [u8]>,
    /// The same EP before the change.
    pub before: Before<'a>,
}

impl<'a> Candidate<'a> {
    /// An EP of which nothing else is known.
    pub const fn new(path: &'a str, head: &'a [u8]) -> Self {
        Self { path, head, sidecar: None, before: Before::Unknown }
    }
}

/// An EP before the change that is reviewed.
#[derive(Debug, Clone, Copy, Default)]
pub enum Before<'a> {
    /// Nobody looked: it is judged by what it is.
    #[default]
    Unknown,
    /// There was none.
    New,
    /// It was this.
    At(Base<'a>),
}

/// An EP at the merge base.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// Its path there.
    pub path: &'a str,
    /// Its bytes there.
    pub bytes: &'a [u8],
    /// Its sidecar file there.
    pub sidecar: Option<&'a [u8]>,
}

/// What EPs are held against.
#[derive(Debug, Clone, Copy)]
pub struct Rulebook<'a> {
    /// The headings, questions and items.
    pub template: &'a Template,
    /// The template at the merge base, where it was another one: what it lacks was gained since.
    pub earlier: Option<&'a Template>,
    /// What each status requires of them.
    pub policy: &'a Policy,
    /// Judge as if the EP had this status; its own otherwise.
    pub judge_as: Option<&'a str>,
    /// The day on which waivers are judged; `None`: none has ended.
    pub today: Option<Date>,
    /// What lies around the EP.
    pub around: Around<'a>,
}

impl<'a> Rulebook<'a> {
    /// A template and a policy, with nothing known around the EPs.
    pub fn new(template: &'a Template, policy: &'a Policy) -> Self {
        Self {
            template,
            earlier: None,
            policy,
            judge_as: None,
            today: None,
            around: Around::default(),
        }
    }
}

/// What lies around an EP. What is not known is not judged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around<'a> {
    /// The repository's files at head.
    pub tree: Option<&'a dyn Tree>,
    /// Who else carries which number.
    pub claims: &'a [Claim],
    /// The number of the pull request that is reviewed.
    pub pull_request: Option<u64>,
}

/// The files of a repository at one commit.
pub trait Tree: std::fmt::Debug {
    /// Whether a file or folder stands at a path relative to the root; `None` when that is not known.
    fn has(&self, path: &str) -> Option<bool>;
}

/// An EP that carries a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    /// The number.
    pub number: u64,
    /// The EP's path.
    pub path: String,
    /// The open pull request that brings it; `None` where it lies in the repository, or in this very change.
    pub pull_request: Option<u64>,
}

//! What a review looks at: the EP, what it is held against, and what lies around it.
//!
//! What people say on a pull request comes in as plain values: who they are and what they may was looked up before.

use jiff::civil::Date;

use crate::proposal::Template;

use super::policy::Policy;
use super::rule::Rule;

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
    /// What the reviewers of the pull request say, each with the last word; `None`: nobody looked, and approvals are
    /// not judged.
    pub opinions: Option<&'a [Opinion<'a>]>,
}

impl<'a> Candidate<'a> {
    /// An EP of which nothing else is known.
    pub const fn new(path: &'a str, head: &'a [u8]) -> Self {
        Self { path, head, sidecar: None, before: Before::Unknown, opinions: None }
    }
}

/// A reviewer's last word on the pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opinion<'a> {
    /// The reviewer's login.
    pub by: &'a str,
    /// What it comes to.
    pub word: Word,
    /// Whether this person's approval counts.
    pub voice: Voice,
    /// The commit that was reviewed, by its full name; `None`: GitHub no longer knows it.
    pub commit: Option<&'a str>,
    /// The EP's bytes at that commit; `None`: it could not be read there.
    pub text: Option<&'a [u8]>,
}

/// What a review on GitHub says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// It approves.
    Approves,
    /// It asks for changes.
    Objects,
    /// It was dismissed.
    Dismissed,
}

/// Whether a person's approval counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Voice {
    /// It does.
    Approver,
    /// The pull request is this person's own.
    Author,
    /// The policy does not name this person; where it names nobody, one who cannot push.
    Outsider,
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
    /// Findings that were waived on the pull request, for all of its EPs.
    pub waivers: &'a [CommentWaiver],
    /// Questions that were asked on the pull request, of all of its EPs; `None`: nobody looked. Each becomes a part of
    /// the template, for this review alone.
    pub asked: Option<&'a [AskedQuestion]>,
}

/// A waiver that a PRR approver wrote on the pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentWaiver {
    /// The rule, one that [`may_be_waived`](super::may_be_waived).
    pub rule: &'static Rule,
    /// The section by its folded path or the end of it ([`section_key`](super::policy::section_key)); any where none is
    /// named.
    pub section: Option<Vec<String>>,
    /// Why.
    pub because: String,
    /// Who waived it, by login.
    pub by: String,
}

/// A question that a PRR approver asked on the pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedQuestion {
    /// Its number on the pull request, from 1, by which it is dropped.
    pub number: usize,
    /// The part of the questionnaire in which it should stand, by title; its end where there is no such part.
    pub part: Option<String>,
    /// The question, as its heading in the EP.
    pub text: String,
    /// Who asked, by login.
    pub by: String,
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

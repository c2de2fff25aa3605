//! What the answer to `/ep-status` is made from. Plain texts, all of them hostile.

use crate::review::Review;

/// What an answer is made from.
#[derive(Debug, Clone, Copy)]
pub struct StatusInput<'a> {
    /// GitHub's number of the comment that is answered.
    pub comment: u64,
    /// What was asked for, and what was found.
    pub found: Found<'a>,
    /// What was waived on this pull request.
    pub waivers: &'a [Waived<'a>],
    /// What was asked on this pull request.
    pub questions: &'a [Question<'a>],
    /// Where all this is known from.
    pub origin: Origin<'a>,
}

/// What was asked for, and what was found.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// The EPs of this pull request; none where it changes none.
    This {
        /// As they are at the commit that was reviewed.
        reviews: &'a [Review],
        /// Whether the pull request is open.
        open: bool,
    },
    /// An EP of a branch.
    One {
        /// As it is there.
        review: &'a Review,
        /// The branch's name.
        branch: &'a str,
    },
    /// There is no such EP.
    Unknown {
        /// The number that was asked for.
        number: u64,
        /// As the policy writes it: `EP-0099`.
        name: &'a str,
        /// The branch's name.
        branch: &'a str,
        /// The EPs that there are.
        known: &'a [Known<'a>],
    },
    /// The policy cannot be read, so that no EP is judged.
    Unjudged,
    /// All EPs of a branch.
    All {
        /// In the order in which they are shown.
        reviews: &'a [&'a Review],
        /// How many files could not be read.
        unreadable: usize,
        /// The branch's name.
        branch: &'a str,
    },
}

/// An EP that could have been meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its number.
    pub number: u64,
    /// As the policy writes it: `EP-0042`.
    pub name: &'a str,
    /// Its title.
    pub title: Option<&'a str>,
}

/// A finding that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waived<'a> {
    /// The rule.
    pub rule: &'a str,
    /// The section, where one was named.
    pub section: Option<&'a str>,
    /// Why.
    pub because: &'a str,
    /// Who did it.
    pub by: &'a str,
}

/// A question that a reviewer asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'a> {
    /// Its number on this pull request.
    pub number: usize,
    /// The part in which it shall stand.
    pub part: Option<&'a str>,
    /// The question.
    pub text: &'a str,
    /// Who asked it.
    pub by: &'a str,
    /// How far it is.
    pub answer: Answered,
}

/// How far a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// The EP does not carry it.
    Missing,
    /// The EP carries it, without an answer.
    Open,
    /// The EP answers it.
    Done,
    /// Nobody looked.
    Unknown,
}

/// Where an answer is known from. Times are as they shall be read, such as `2025-03-31 14:05 UTC`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The commit that was reviewed last, where one was.
    pub reviewed: Option<&'a str>,
    /// The pull request's head now.
    pub head: Option<&'a str>,
    /// The last delivery from GitHub about this pull request.
    pub delivery: Option<Delivery<'a>>,
    /// Where the policy comes from; a sentence of ours without period.
    pub policy: &'a str,
    /// Where the template comes from, likewise.
    pub template: &'a str,
    /// When it is tried again and why, where something failed.
    pub retry: Option<Retry<'a>>,
}

/// A delivery from GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery<'a> {
    /// As `pull_request`.
    pub event: &'a str,
    /// As `synchronize`.
    pub action: Option<&'a str>,
    /// When it came.
    pub at: &'a str,
    /// GitHub's id of it.
    pub guid: &'a str,
}

/// A try that is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry<'a> {
    /// When.
    pub at: &'a str,
    /// What went wrong the last time.
    pub reason: &'a str,
}

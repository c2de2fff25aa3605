//! Where the examples of the rules are tried: one small EP that passes, changed as an example says.

use crate::review::{
    Around, AskedQuestion, Base, Before, Candidate, Claim, Opinion, Policy, Review, Rulebook, Tree,
    Voice, Word, prepare_template, review, review_policy, review_template,
};

/// The EP of which all examples are pieces. It states the status `staged`, and nothing can be held against it.
pub const SAMPLE: &str = include_str!("EP-0042-ship-menu-cache.md");

/// The path of [`SAMPLE`].
pub const SAMPLE_PATH: &str = "eps/EP-0042-ship-menu-cache.md";

/// Stands in a piece for lines that are left out.
const LEFT_OUT: &str = "\n…\n";

/// What an example is tried on, and what lies around it.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    path: String,
    text: Text,
    before: Earlier,
    claims: Vec<Claim>,
    pull_request: Option<u64>,
    /// Who approved which text; `None`: nobody looked.
    approvals: Option<Vec<(&'static str, &'static str)>>,
    asked: Option<Vec<AskedQuestion>>,
}

/// The commit at which an example was approved.
const APPROVED_AT: &str = "2f1c9e07b4a35d68";

/// The same EP on the base branch.
#[derive(Debug, Clone)]
enum Earlier {
    /// The example is not about a change.
    Unknown,
    New,
    Was(String),
}

#[derive(Debug, Clone)]
enum Text {
    Proposal(Vec<u8>),
    Template(String),
    Policy(String),
}

impl Stage {
    /// An EP with that text, under the sample's path, with nothing around it.
    pub(super) fn proposal(text: impl Into<Vec<u8>>) -> Self {
        Self {
            path: SAMPLE_PATH.to_owned(),
            text: Text::Proposal(text.into()),
            before: Earlier::Unknown,
            claims: Vec::new(),
            pull_request: None,
            approvals: None,
            asked: None,
        }
    }

    /// A repository's own template.
    pub(super) fn template(text: String) -> Self {
        Self {
            path: "eps/EP-0000-template.md".to_owned(),
            text: Text::Template(text),
            ..Self::proposal("")
        }
    }

    /// The repository's policy.
    pub(super) fn policy(text: String) -> Self {
        Self {
            path: ".github/ep-bot.yml".to_owned(),
            text: Text::Policy(text),
            ..Self::proposal("")
        }
    }

    /// Under another path.
    pub(super) fn at(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }

    /// The pull request adds the EP.
    pub(super) fn new_here(self) -> Self {
        Self { before: Earlier::New, ..self }
    }

    /// On the base branch the EP was this.
    pub(super) fn before(self, text: impl Into<String>) -> Self {
        Self { before: Earlier::Was(text.into()), ..self }
    }

    /// Another EP carries a number: in the repository, or in an open pull request.
    pub(super) fn claim(mut self, number: u64, path: &str, pull_request: Option<u64>) -> Self {
        self.claims.push(Claim { number, path: path.to_owned(), pull_request });
        self
    }

    /// The pull request that is reviewed has this number.
    pub(super) fn pull_request(self, number: u64) -> Self {
        Self { pull_request: Some(number), ..self }
    }

    /// Nobody has approved it.
    pub(super) fn not_approved(self) -> Self {
        Self { approvals: Some(Vec::new()), ..self }
    }

    /// Someone whose approval counts approved that text.
    pub(super) fn approved_by(mut self, by: &'static str, text: &'static str) -> Self {
        self.approvals.get_or_insert_default().push((by, text));
        self
    }

    /// Someone whose approval counts asked a question on the pull request.
    pub(super) fn asked(mut self, by: &str, part: &str, text: &str) -> Self {
        let asked = self.asked.get_or_insert_default();
        asked.push(AskedQuestion {
            number: asked.len() + 1,
            part: Some(part.to_owned()),
            text: text.to_owned(),
            by: by.to_owned(),
        });
        self
    }

    /// What the review says.
    pub(super) fn review(&self, policy: &Policy) -> Review {
        let bytes = match &self.text {
            Text::Proposal(bytes) => bytes,
            Text::Template(text) => return review_template(&self.path, text.as_bytes(), policy),
            Text::Policy(text) => return review_policy(&self.path, text),
        };
        let before = match &self.before {
            Earlier::Unknown => Before::Unknown,
            Earlier::New => Before::New,
            Earlier::Was(text) => {
                Before::At(Base { path: &self.path, bytes: text.as_bytes(), sidecar: None })
            }
        };
        let opinions: Option<Vec<Opinion<'_>>> = self.approvals.as_ref().map(|approvals| {
            let opinion = |&(by, text): &(&'static str, &'static str)| Opinion {
                by,
                word: Word::Approves,
                voice: Voice::Approver,
                commit: Some(APPROVED_AT),
                text: Some(text.as_bytes()),
            };
            approvals.iter().map(opinion).collect()
        });
        let opinions = opinions.as_deref();
        let candidate = Candidate { before, opinions, ..Candidate::new(&self.path, bytes) };
        let around = Around {
            tree: Some(&Repository),
            claims: &self.claims,
            pull_request: self.pull_request,
            asked: self.asked.as_deref(),
            ..Around::default()
        };
        let template = prepare_template(None, policy);
        review(&candidate, &Rulebook { around, ..Rulebook::new(&template, policy) })
    }
}

/// The files that lie beside the sample.
#[derive(Debug)]
struct Repository;

impl Tree for Repository {
    fn has(&self, path: &str) -> Option<bool> {
        let known = [SAMPLE_PATH, "eps/EP-0007-ship-edge-gateway.md", "eps/images/menu-cache.svg"];
        Some(known.contains(&path))
    }
}

/// `text` with `new` in place of `old`, which stands in it once. Where both hold a line `…`, what it stands for
/// stays; where only `old` does, it goes with the rest.
///
/// Unchanged where `old` does not stand there: a test holds every example against that.
pub(super) fn exchange(text: &str, old: &str, new: &str) -> String {
    let (head, tail) = old.split_once(LEFT_OUT).unwrap_or((old, ""));
    let Some(start) = text.find(head) else { return text.to_owned() };
    let behind = start + head.len();
    let Some(left_out) = text[behind..].find(tail) else { return text.to_owned() };
    let end = behind + left_out + tail.len();
    let kept = &text[behind..behind + left_out];
    format!("{}{}{}", &text[..start], new.replacen(LEFT_OUT, kept, 1), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_a_piece_leaves_out_stay_or_go_with_it() {
        let text = "a\nb\nc\nd\ne";
        assert_eq!(exchange(text, "b\n…\nd", "B\n…\nD"), "a\nB\nc\nD\ne");
        assert_eq!(exchange(text, "b\n…\nd", "X"), "a\nX\ne");
        assert_eq!(exchange(text, "c", "C"), "a\nb\nC\nd\ne");
        assert_eq!(exchange(text, "z", "C"), text);
    }
}

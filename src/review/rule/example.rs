//! What a rule finds fault with and what to write instead: two pieces of text that can be tried.

use crate::review::{Policy, Review};

use super::stage::{SAMPLE, Stage, exchange};

/// A failing and a passing piece.
#[derive(Debug)]
pub struct Example {
    /// What has to be known besides the pieces: a sentence or two, or nothing.
    pub given: &'static str,
    /// What the rule finds fault with.
    pub bad: &'static str,
    /// What to write instead.
    pub good: &'static str,
    /// What the pieces are written in.
    pub language: Language,
    setting: Setting,
}

/// What a piece is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Markdown of an EP or a template.
    Markdown,
    /// A policy.
    Yaml,
}

impl Language {
    /// The word behind a fence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Yaml => "yaml",
        }
    }
}

/// How a piece becomes something that can be reviewed.
#[derive(Debug)]
enum Setting {
    /// The sample EP holds the passing piece; the failing one takes its place. With that, these texts of the
    /// sample are exchanged too, as an author would who changes no more than this.
    Sample(&'static [(&'static str, &'static str)]),
    /// It is told for each piece.
    Told(fn(&str) -> Stage),
}

impl Example {
    /// The sample EP holds `good`; `bad` takes its place.
    pub(super) const fn new(bad: &'static str, good: &'static str) -> Self {
        Self { given: "", bad, good, language: Language::Markdown, setting: Setting::Sample(&[]) }
    }

    /// With what has to be known besides the pieces.
    pub(super) const fn given(self, given: &'static str) -> Self {
        Self { given, ..self }
    }

    /// With texts of the sample that give way together with the passing piece.
    pub(super) const fn along(self, exchanged: &'static [(&'static str, &'static str)]) -> Self {
        Self { setting: Setting::Sample(exchanged), ..self }
    }

    /// With a way of its own to make something reviewable of a piece.
    pub(super) const fn told(self, stage: fn(&str) -> Stage) -> Self {
        Self { setting: Setting::Told(stage), ..self }
    }

    /// Pieces of a policy.
    pub(super) const fn yaml(self) -> Self {
        let setting = Setting::Told(|text| Stage::policy(text.to_owned()));
        Self { language: Language::Yaml, setting, ..self }
    }

    /// Whether it is one more failing piece for the passing one of another example.
    pub fn goes_on(&self, other: &Self) -> bool {
        self.given.is_empty() && self.good == other.good
    }

    /// What the review says of the failing piece.
    pub fn try_bad(&self, policy: &Policy) -> Review {
        let stage = match self.setting {
            Setting::Told(stage) => stage(self.bad),
            Setting::Sample(along) => {
                let text = exchange(SAMPLE, self.good, self.bad);
                let text = along.iter().fold(text, |text, (old, new)| exchange(&text, old, new));
                Stage::proposal(text)
            }
        };
        stage.review(policy)
    }

    /// What the review says of the passing piece.
    pub fn try_good(&self, policy: &Policy) -> Review {
        match self.setting {
            Setting::Told(stage) => stage(self.good),
            Setting::Sample(_) => Stage::proposal(SAMPLE),
        }
        .review(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::super::RULES;
    use super::*;

    /// Whether a piece stands in the sample, and only once.
    fn is_in_the_sample(piece: &str) -> bool {
        let first = piece.split("\n…\n").next().unwrap_or(piece);
        exchange(SAMPLE, piece, "") != SAMPLE && SAMPLE.matches(first).count() == 1
    }

    #[test]
    fn every_passing_piece_stands_in_the_sample_once() {
        for rule in RULES {
            for example in rule.examples {
                let Setting::Sample(along) = example.setting else { continue };
                for piece in along.iter().map(|(old, _)| *old).chain([example.good]) {
                    assert!(is_in_the_sample(piece), "{}: {piece}", rule.name);
                }
            }
        }
    }
}

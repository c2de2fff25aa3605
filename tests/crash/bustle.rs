//! What people do on GitHub all the time, by a script that chance writes.

use std::time::Duration;

use ep_bot::proposal::Template;
use ep_bot::simulator::{Change, Sha, Simulator};

use super::REPO;

/// An EP in production, of which nothing is missing; its links lead nowhere here.
const COMPLETED: &str = include_str!("../../src/cli/examples/EP-0007-ship-edge-gateway.md");

/// So many pull requests are opened at most.
const PULL_REQUESTS: usize = 40;

/// The branches that pull requests go into.
const BASES: [&str; 2] = ["main", "release"];

/// A pull request, as its author knows it.
#[derive(Debug)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    branch: String,
    /// Where its EP lies.
    pub(crate) path: String,
    /// Its EP at head.
    pub(crate) text: String,
    base: usize,
    pub(crate) open: bool,
    /// The comments that ask something of the bot: number and words.
    pub(crate) asked: Vec<(u64, &'static str)>,
}

/// People at work.
pub(crate) struct Bustle<'g> {
    github: &'g Simulator,
    chance: fastrand::Rng,
    pub(crate) pulls: Vec<Pull>,
    /// Makes each commit another.
    commits: usize,
}

impl<'g> Bustle<'g> {
    pub(crate) fn new(github: &'g Simulator, chance: fastrand::Rng) -> Self {
        let tip = github.tip(REPO, BASES[0]).expect("the default branch");
        github.push(REPO, BASES[1], tip);
        Self { github, chance, pulls: Vec::new(), commits: 0 }
    }

    /// Goes on until it is dropped. An act brings about two deliveries: together 20 a second.
    pub(crate) async fn go_on(&mut self) {
        loop {
            self.act();
            tokio::time::sleep(Duration::from_millis(self.chance.u64(40..160))).await;
        }
    }

    /// One thing that somebody does.
    pub(crate) fn act(&mut self) {
        let fresh = self.pulls.len() < 3;
        if fresh || (self.pulls.len() < PULL_REQUESTS && self.chance.u8(0..4) == 0) {
            return self.open();
        }
        let at = self.chance.usize(0..self.pulls.len());
        let what = self.chance.u8(0..10);
        let (github, pull) = (self.github, &mut self.pulls[at]);
        match what {
            0..=2 if pull.open => self.push(at),
            3 if pull.open => {
                pull.base = 1 - pull.base;
                github.retarget(REPO, pull.number, BASES[pull.base]);
            }
            4..=6 => {
                let words = if what == 4 { "/ep-check" } else { "/ep-status" };
                pull.asked.push((github.comment(REPO, pull.number, "bob", words), words));
            }
            7 if pull.open => {
                pull.open = false;
                github.close_pull_request(REPO, pull.number);
            }
            _ if !pull.open => {
                pull.open = true;
                github.reopen_pull_request(REPO, pull.number);
            }
            _ => self.push(at),
        }
    }

    /// Opens a pull request whose EP blocks at lines that can be commented.
    pub(crate) fn open_unready(&mut self) {
        let text = unready(&ready(self.pulls.len() + 1));
        self.open_with(text);
    }

    /// Asks for the status of a pull request.
    pub(crate) fn ask(&mut self, at: usize) {
        let words = "/ep-status";
        let pull = &mut self.pulls[at];
        pull.asked.push((self.github.comment(REPO, pull.number, "bob", words), words));
    }

    fn open(&mut self) {
        let text = self.text(self.pulls.len() + 1);
        self.open_with(text);
    }

    fn open_with(&mut self, text: String) {
        let number = self.pulls.len() + 1;
        let (branch, path) =
            (format!("idea-{number}"), format!("enhancements/EP-{number:04}-idea.md"));
        self.commit(&branch, &path, &text);
        let base = self.chance.usize(0..BASES.len());
        let opened = self.github.pull_request(REPO, &branch).base(BASES[base]).open();
        let asked = Vec::new();
        self.pulls.push(Pull { number: opened, branch, path, text, base, open: true, asked });
    }

    /// Another text of the EP, or a commit beside it.
    fn push(&mut self, at: usize) {
        if self.chance.bool() {
            let text = self.text(at + 1);
            self.pulls[at].text = text;
        }
        let Pull { branch, path, text, .. } = &self.pulls[at];
        let (branch, path, text) = (branch.clone(), path.clone(), text.clone());
        self.commit(&branch, &path, &text);
    }

    fn commit(&mut self, branch: &str, path: &str, text: &str) -> Sha {
        self.commits += 1;
        let notes = format!("Note {}.\n", self.commits);
        let changes: [Change<'_>; 2] =
            [(path, Some(text.as_bytes())), ("notes.txt", Some(notes.as_bytes()))];
        self.github.commit(REPO, branch, &changes, "Work on it")
    }

    /// An EP of this number, which is ready or not.
    fn text(&mut self, number: usize) -> String {
        match self.chance.u8(0..4) {
            // What lies in a repository after `ep-bot new`: hundreds of gaps, in several requests.
            0 => {
                let (_, rest) = Template::built_in().text.split_once('\n').expect("a first line");
                format!("# EP-{number:04}: Ship to shore\n{rest}")
            }
            1 => unready(&ready(number)),
            _ => ready(number),
        }
    }
}

/// An EP of this number that nothing blocks.
fn ready(number: usize) -> String {
    COMPLETED
        .replacen("# EP-0007: ", &format!("# EP-{number:04}: "), 1)
        .replacen("**completed**", "**implementable**", 1)
        .replace("](EP-", "](https://example.com/EP-")
}

/// The same with an empty section: that is told at its line.
fn unready(ready: &str) -> String {
    let from = ready.find("## Summary\n").expect("a summary");
    let to = ready[from..].find("\n## Motivation").expect("what follows") + from;
    format!("{}## Summary\n{}", &ready[..from], &ready[to..])
}

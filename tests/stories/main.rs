//! Stories: what people do on GitHub, and what the bot answers. The server is the real one, on a
//! database of its own; GitHub is the simulator, and each exchange is held against GitHub's own description.

mod another_day;
mod around;
mod begun;
mod climb;
mod costs;
mod deliveries;
mod faults;
mod forgotten;
mod metrics;
mod policy;

mod recovery;
mod reviews;
mod sharing;
mod talk;
mod template;
mod troubles;

#[path = "../support"]
mod support {
    pub(crate) mod contract;
    #[allow(dead_code, reason = "the store's tests need more of it")]
    pub(crate) mod postgres;
    pub(crate) mod story;
}

use std::fmt::Write as _;
use std::sync::LazyLock;

use ep_bot::proposal::Template;
use ep_bot::report::{self, CheckInput};
use ep_bot::review::{Candidate, Policy, Review, Rulebook, review};
use ep_bot::simulator::{CheckRunView, Sha};

use support::story::{File, Story};

const PATH: &str = "enhancements/EP-0007-ship-edge-gateway.md";
/// An EP in production: whoever proposes it needs an approval.
const COMPLETED: &str = include_str!("../../src/cli/examples/EP-0007-ship-edge-gateway.md");
const CHECK_RUNS: &str = "/repos/{owner}/{repo}/check-runs";

/// Where a repository's policy lies.
const POLICY: &str = ".github/ep-bot.yml";

/// A check as a person reads it: conclusion, title, summary, and the annotations below. Commits hold the time, and are
/// called by their names here.
fn read(story: &Story, head: Sha, names: &[(Sha, &str)]) -> String {
    let check = story.check(head);
    let mut text = format!(
        "{}: {}\n\n{}",
        check.conclusion.unwrap_or_default(),
        check.title.unwrap_or_default(),
        check.summary.unwrap_or_default()
    );
    for a in &check.annotations {
        let title = a.title.as_deref().unwrap_or_default();
        let _ =
            writeln!(text, "\n[{} {}:{}] {title}\n{}", a.level, a.path, a.start_line, a.message);
    }
    for (sha, name) in names {
        let sha = sha.to_string();
        text = text.replace(&sha, name).replace(&sha[..7], name);
    }
    text
}

/// The finished EP at the highest status that nobody has to approve.
fn ready() -> &'static str {
    static READY: LazyLock<String> =
        LazyLock::new(|| COMPLETED.replacen("**completed**", "**implemented**", 1));
    &READY
}

/// The finished EP without its links to EPs that no repository here has.
fn linkless() -> String {
    ready().replace("](EP-", "](https://example.com/EP-")
}

/// What lies in a repository after `ep-bot new`: the template under a real title.
fn unready(number: u32) -> String {
    let text = &Template::built_in().text;
    let (_, rest) = text.split_once('\n').expect("the template has a first line");
    format!("# EP-{number:04}: Ship to shore\n{rest}")
}

/// The review that `ep-bot check` makes of the same text.
fn reviewed(path: &str, text: &str) -> Review {
    let policy = Policy::default();
    let rulebook = Rulebook::new(Template::built_in(), &policy);
    review(&Candidate::new(path, text.as_bytes()), &rulebook)
}

/// So many EPs that their gaps need three requests: paths and texts.
fn many() -> Vec<(String, String)> {
    (1..=13).map(|n| (format!("enhancements/EP-{n:04}-idea.md"), unready(n))).collect()
}

fn files(eps: &[(String, String)]) -> Vec<File<'_>> {
    eps.iter().map(|(path, text)| (&**path, Some(&**text))).collect()
}

/// An annotation's path, line and message.
type Placed = (String, u64, String);

/// The annotations of a check, as they came.
fn placed(check: &CheckRunView) -> Vec<Placed> {
    let annotations = check.annotations.iter();
    annotations.map(|a| (a.path.clone(), a.start_line, a.message.clone())).collect()
}

/// The annotations that new EPs should get, in their order.
fn expected(eps: &[(String, String)]) -> Vec<Placed> {
    let reviews: Vec<Review> = eps.iter().map(|(path, text)| reviewed(path, text)).collect();
    let output = report::check_run(&CheckInput { reviews: &reviews, ..CheckInput::default() });
    let annotations = output.annotations.into_iter();
    annotations.map(|a| (a.path, a.start_line as u64, a.message)).collect()
}

//! What must be true when everything is quiet again, whatever happened before.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use ep_bot::proposal::Template;
use ep_bot::report::comment::{Marker, parse_marker};
use ep_bot::report::{self, CheckInput};
use ep_bot::review::{Candidate, Policy, Rulebook, Verdict, review};
use ep_bot::simulator::{CheckRunView, Simulator};
use ep_bot::store::Store;

use super::REPO;
use super::bustle::Pull;

/// The check's name, which branch rules require.
const CHECK: &str = "EP / production readiness";

/// How long what is owed may take once nobody disturbs it: a lease, and the waits of what was in hand at many ends.
const QUIET: Duration = Duration::from_secs(90);

/// Waits until every webhook has arrived and nothing is owed to a pull request any more. The rounds that look for what
/// was missed go on for ever.
pub(crate) async fn quiet(
    github: &Simulator,
    (store, repository): (&Store, u64),
    pulls: &[Pull],
) -> Result<(), String> {
    let begun = Instant::now();
    loop {
        let again = github.redeliver_failed();
        let sent = github.webhooks_sent(QUIET).await;
        let mut owed = Vec::new();
        for pull in pulls {
            match store.standing(&key(repository, pull)).await {
                Ok(Some(row)) if row.wanted == row.done && row.due_at.is_none() => {}
                row => owed.push(format!("#{}: {row:?}", pull.number)),
            }
        }
        if sent && again == 0 && owed.is_empty() {
            return Ok(());
        }
        if begun.elapsed() > QUIET {
            return Err(format!("no quiet: {again} webhooks sent again, owed: {owed:?}"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How a pull request's row is named.
fn key(repository: u64, pull: &Pull) -> String {
    format!("pull_request/{repository}/{}", pull.number)
}

/// Our newest check on the head of a pull request: the one that GitHub goes by.
fn newest(github: &Simulator, number: u64) -> Option<CheckRunView> {
    let runs = github.check_runs(REPO, github.head(REPO, number)?);
    let ours = runs.into_iter().filter(|run| run.app_id == github.app_id() && run.name == CHECK);
    ours.max_by_key(|run| run.id)
}

/// Everything that is wrong, one sentence each.
pub(crate) async fn wrong(
    github: &Simulator,
    (store, repository): (&Store, u64),
    pulls: &[Pull],
) -> Vec<String> {
    let mut wrong = github.violations();
    let unfinished =
        github.all_check_runs(REPO).into_iter().filter(|run| run.status != "completed");
    wrong.extend(unfinished.map(|run| {
        let (id, head, mark) = (run.id, run.head, run.external_id.unwrap_or_default());
        format!("run {id} of {mark} on {head} is left {}", run.status)
    }));
    for pull in pulls {
        let mut say = |what: String| wrong.push(format!("#{}: {what}", pull.number));
        if pull.open {
            verdict(github, pull).into_iter().for_each(&mut say);
        }
        twice(github, pull.number).into_iter().for_each(&mut say);
        answers(github, pull).into_iter().for_each(&mut say);
        match store.standing(&key(repository, pull)).await {
            Ok(Some(row)) => {
                let head = github.head(REPO, pull.number).map(String::from);
                if row.wanted != row.done || row.due_at.is_some() || row.leased {
                    say(format!("the row still owes: {row:?}"));
                }
                if row.head != head || row.last_error.is_some() {
                    say(format!("the row saw another end: {row:?}, head {head:?}"));
                }
            }
            other => say(format!("no row of it: {other:?}")),
        }
    }
    wrong
}

/// What is wrong with the check on an open pull request's head.
fn verdict(github: &Simulator, pull: &Pull) -> Option<String> {
    let policy = Policy::default();
    let rulebook = Rulebook::new(Template::built_in(), &policy);
    let review = review(&Candidate::new(&pull.path, pull.text.as_bytes()), &rulebook);
    let expected = if review.verdict() == Verdict::Pass { "success" } else { "failure" };
    let input = CheckInput { reviews: &[review], ..CheckInput::default() };
    let marks = report::check_run(&input).annotations;
    let Some(run) = newest(github, pull.number) else { return Some("no check".to_owned()) };
    let said = run.annotations.iter().map(|a| (a.start_line, a.message.as_str()));
    let same = said.eq(marks.iter().map(|a| (a.start_line as u64, a.message.as_str())));
    let stands = run.status == "completed" && run.conclusion.as_deref() == Some(expected) && same;
    (!stands).then(|| {
        format!(
            "{expected} with {} annotations is due, and this stands: {} {:?} {:?} {:?}",
            marks.len(),
            run.status,
            run.conclusion,
            run.title,
            run.annotations.iter().map(|a| (a.start_line, &a.message)).collect::<Vec<_>>()
        )
    })
}

/// What was said twice on a pull request: by the mark that each comment of ours ends in.
fn twice(github: &Simulator, number: u64) -> Vec<String> {
    let ours = github.app_login();
    let all = github.comments(REPO, number).into_iter().chain(github.review_comments(REPO, number));
    let mut marks: HashMap<Marker, usize> = HashMap::new();
    for comment in all.filter(|comment| comment.author.as_deref() == Some(&ours)) {
        if let Some(mark) = parse_marker(&comment.body) {
            *marks.entry(mark).or_default() += 1;
        }
    }
    let several = marks.into_iter().filter(|(_, times)| *times > 1);
    several.map(|(mark, times)| format!("{mark} was posted {times} times")).collect()
}

/// Which commands were met with silence.
fn answers(github: &Simulator, pull: &Pull) -> Vec<String> {
    let (ours, comments) = (github.app_login(), github.comments(REPO, pull.number));
    let mut answered: BTreeMap<u64, usize> = BTreeMap::new();
    for comment in comments.iter().filter(|comment| comment.author.as_deref() == Some(&ours)) {
        if let Some(Marker::Answer { comment, .. }) = parse_marker(&comment.body) {
            *answered.entry(comment).or_default() += 1;
        }
    }
    let mut wrong = Vec::new();
    for (number, words) in &pull.asked {
        let comment = comments.iter().find(|comment| comment.id == *number);
        let last = comment.into_iter().flat_map(|comment| &comment.reactions);
        let last = last.filter(|(who, what)| *who == ours && (what == "+1" || what == "confused"));
        if last.count() != 1 {
            wrong.push(format!("the comment {number}, {words}, has no last reaction"));
        }
        if *words == "/ep-status" && !answered.contains_key(number) {
            wrong.push(format!("the comment {number}, {words}, has no answer"));
        }
    }
    wrong
}

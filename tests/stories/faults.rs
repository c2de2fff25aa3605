//! Each call that a review makes × each way in which GitHub can fail it. However it is failed, it ends as if it had not
//! been, or in a check that says what happened, or in a row that says when it is tried next and why.
//!
//! Each test plays one fault at every call and prints its line of the table (`--nocapture` shows it).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ep_bot::bot::Clock;
use ep_bot::simulator::{Fault, Match, RecordedRequest};
use ep_bot::store::{Standing, Store};
use jiff::Timestamp;

use super::support::story::{REPO, Story, tell_within};
use super::talk::told;
use super::{files, ready, unready};

/// One fault at every call takes seconds, most of them with nothing to do.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long one try may take here: what hangs is given up after it.
const DEADLINE: Duration = Duration::from_millis(2_500);

/// Nothing that waits this long is waited for: GitHub ordered it, or it is the wait for an explanation.
const LONG: Duration = Duration::from_secs(8);

/// A call of the review, and how many like it go before.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    name: String,
    method: String,
    template: String,
    operation: Option<String>,
    before: usize,
}

impl Call {
    /// The calls of a review, in order.
    fn of(requests: &[RecordedRequest]) -> Vec<Self> {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let call = |request: &RecordedRequest| {
            let name = match &request.operation {
                Some(operation) => format!("query {operation}"),
                None => request.operation_key(),
            };
            let count = seen.entry(name.clone()).or_default();
            let before = std::mem::replace(count, *count + 1);
            Self {
                name: if before == 0 { name } else { format!("{name} ({})", before + 1) },
                method: request.method.clone(),
                template: request.template.unwrap_or_default().to_owned(),
                operation: request.operation.clone(),
                before,
            }
        };
        requests.iter().map(call).collect()
    }

    fn matching(&self) -> Match {
        let on = match &self.operation {
            Some(operation) => Match::graphql_operation(operation),
            None => Match::rest(&self.method, &self.template),
        };
        on.after(self.before)
    }

    /// Whether nothing but words beside the check depends on it.
    fn is_aside(&self) -> bool {
        ["/reactions", "/comments", "/reviews"].iter().any(|end| self.template.ends_with(end))
    }

    fn is_token(&self) -> bool {
        self.template.ends_with("/access_tokens")
    }
}

/// How a review ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// As if nothing had been: the check, and what is said on the pull request.
    Same,
    /// The check is as it should be, and not all beside it: this is.
    Unsaid(String),
    /// The check says that there is no review, what happened and what to do.
    Explained,
    /// There is no check, and the row says when it is tried next, and why.
    Waits,
    /// There is no check, and the row says why.
    GivenUp,
    /// None of these.
    Wrong(String),
}

/// What stands on GitHub for one pull request, without what each has of its own.
fn standing(story: &Story, number: u64) -> (String, String) {
    let head = story.github.head(REPO, number).expect("a pull request");
    let runs = story.github.check_runs(REPO, head);
    let mut check = String::new();
    for run in &runs {
        let (conclusion, title) = (run.conclusion.as_deref(), run.title.as_deref());
        let _ = writeln!(check, "{} {conclusion:?} {title:?}", run.status);
        for a in &run.annotations {
            let _ = writeln!(check, "{}:{} {}", a.path, a.start_line, a.message);
        }
    }
    // What was said only until the answer came is hidden by then.
    let told = told(story, number);
    let lasting = told.split("=== ").filter(|said| {
        !(said.contains("hidden as outdated") && said.contains("ep-bot:answer:stuck:"))
    });
    let plain = |text: String| text.replace(&format!("#{number}"), "#NUMBER");
    (plain(check), plain(lasting.collect()))
}

/// The table's one line: a fault at each call of the review in turn.
struct Line {
    story_number: usize,
    calls: Vec<Call>,
    expected: (String, String),
    /// How far the servers' clock is ahead, in seconds.
    ahead: Arc<AtomicU64>,
}

impl Line {
    /// Plays the review once without a fault.
    async fn begin(story: &mut Story) -> Self {
        let ahead = Arc::new(AtomicU64::new(0));
        let seconds = Arc::clone(&ahead);
        story.clock = Clock::new(move || {
            Timestamp::now() + Duration::from_secs(seconds.load(Ordering::Relaxed))
        });
        story.pace.deadline = DEADLINE;
        story.stop().await;
        story.serve().await;
        let mut line =
            Self { story_number: 0, calls: Vec::new(), expected: Default::default(), ahead };
        let number = line.play(story, None);
        story.settle().await;
        line.calls = Call::of(&story.github.requests());
        line.expected = standing(story, number);
        assert!(line.calls.len() > 8, "the review makes all its calls: {:?}", line.calls);
        assert!(line.expected.0.contains("failure"), "{}", line.expected.0);
        line.end(story, number).await;
        line
    }

    /// Opens a pull request with two EPs that are not ready and a question, so that one review does everything.
    fn play(&mut self, story: &Story, fault: Option<(&Call, &Fault, usize)>) -> u64 {
        self.story_number += 1;
        let branch = format!("idea-{}", self.story_number);
        let gap = ready().replacen("**implemented**", "**implementable**", 1);
        let gap = gap.replacen("# EP-0007", "# EP-0008", 1);
        let from = gap.find("## Summary\n").expect("a summary");
        let to = gap[from..].find("\n## Motivation").expect("what follows") + from;
        let gap = format!("{}## Summary\n{}", &gap[..from], &gap[to..]);
        story.github.hold_webhooks();
        // More annotations than one request takes.
        let eps: Vec<_> =
            (10..16).map(|n| (format!("enhancements/EP-{n:04}-idea.md"), unready(n))).collect();
        let mut files = files(&eps);
        files.extend([
            ("enhancements/EP-0008-second.md", Some(&*gap)),
            ("notes.txt", Some(&*branch)),
        ]);
        story.commit(&branch, &files);
        let number = story.github.open_pull_request(REPO, &branch);
        story.github.comment(REPO, number, "bob", "/ep-status");
        story.github.clear_requests();
        if let Some((call, fault, times)) = fault {
            if call.is_token() {
                story.github.revoke_tokens();
            }
            story.github.fault(call.matching(), fault.clone(), times);
        }
        // One delivery is enough for everything: a second could come during the review, and make another.
        let held = story.github.held_webhooks();
        let asked = held.iter().find(|delivery| delivery.event == "issue_comment");
        assert!(story.github.release_webhook(&asked.expect("a comment was written").guid));
        story.github.forget_held_webhooks();
        story.github.resume_webhooks();
        number
    }

    /// Closes the pull request, so that its EPs are nobody's.
    async fn end(&self, story: &mut Story, number: u64) {
        story.github.clear_faults();
        story.github.close_pull_request(REPO, number);
        story.settle_webhooks().await;
        let store = story.store().await;
        // What waits for long is not waited for, except that the closing ends it.
        self.rest(story, &store, number).await;
    }

    /// Waits until the row is settled, or waits for long.
    async fn rest(&self, story: &Story, store: &Store, number: u64) -> Standing {
        let key = format!("pull_request/{}/{number}", story.repository);
        // `tell_within` bounds it.
        loop {
            story.settle_webhooks().await;
            if let Some(row) = store.standing(&key).await.expect("an answer") {
                let settled = row.wanted == row.done && row.due_at.is_none();
                let now = story.clock.now();
                let ordered = |error: &String| error.contains("rate limit");
                let waits = row.due_at.is_some_and(|due| {
                    let least = if row.last_error.as_ref().is_some_and(ordered) {
                        Duration::ZERO
                    } else {
                        LONG
                    };
                    due > now + least
                });
                if settled || (waits && !row.leased) {
                    return row;
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Plays one fault at one call; says how it ended.
    async fn meet(&mut self, story: &mut Story, call: &Call, fault: &Fault, times: usize) -> End {
        let number = self.play(story, Some((call, fault, times)));
        let store = story.store().await;
        let mut row = self.rest(story, &store, number).await;
        if times == 1 && row.due_at.is_some() {
            // A limit: it is a time in the row, and not a task that sleeps, so another process goes on with it.
            let reason = row.last_error.clone().unwrap_or_default();
            if !reason.contains("rate limit") {
                return End::Wrong(format!("it waits: {row:?}"));
            }
            story.stop().await;
            self.ahead.fetch_add(120, Ordering::Relaxed);
            story.serve().await;
            row = self.rest(story, &store, number).await;
        }
        let end = self.judge(story, number, &row);
        if times > 1 && row.due_at.is_some() {
            story.stop().await;
            self.ahead.fetch_add(2 * 3_600, Ordering::Relaxed);
            story.github.clear_faults();
            story.serve().await;
        }
        self.end(story, number).await;
        store.close().await;
        end
    }

    fn judge(&self, story: &Story, number: u64, row: &Standing) -> End {
        let (check, talk) = standing(story, number);
        let head = story.github.head(REPO, number).expect("a pull request");
        let runs = story.github.check_runs(REPO, head);
        if (&check, &talk) == (&self.expected.0, &self.expected.1) {
            return End::Same;
        }
        if check == self.expected.0 {
            return End::Unsaid(difference(&self.expected.1, &talk));
        }
        let says = row.last_error.as_ref().is_some_and(|error| !error.is_empty());
        let newest = runs.iter().max_by_key(|run| run.id);
        match newest {
            None if says && row.due_at.is_some() => End::Waits,
            None if says => End::GivenUp,
            Some(run) if run.conclusion.as_deref() == Some("action_required") => {
                let summary = run.summary.clone().unwrap_or_default();
                let told = ["What happened: ", "What to do: "].iter().all(|w| summary.contains(w));
                if told { End::Explained } else { End::Wrong(summary) }
            }
            _ => End::Wrong(format!("{row:?}\n{check}\n{talk}")),
        }
    }
}

/// Where one text leaves the other.
fn difference(expected: &str, found: &str) -> String {
    let mut found = found.lines();
    let other = expected.lines().find_map(|line| {
        let there = found.next();
        (there != Some(line)).then(|| format!("{line:?} became {there:?}"))
    });
    other.unwrap_or_else(|| format!("more is said: {:?}", found.next()))
}

/// Whether an end is one that this fault may have at this call.
fn is_right(call: &Call, fault: &Fault, stays: bool, end: &End) -> bool {
    let refused = matches!(fault, Fault::Answer { status: 403, headers, body }
        if headers.is_empty() && !body.contains("secondary"));
    let posts = call.template.ends_with("/check-runs") || call.template.contains("{check_run_id}");
    match end {
        End::Same => true,
        End::Unsaid(_) => call.is_aside() && (refused || stays),
        End::Explained => !call.is_aside() && (refused || stays),
        End::Waits => stays && (posts || call.is_token() || call.operation.is_some()),
        End::GivenUp => stays && refused,
        End::Wrong(_) => false,
    }
}

/// Plays a fault at every call that `fits`, once or for ever.
async fn meets(name: &str, fault: Fault, stays: bool, fits: impl Fn(&Call) -> bool) {
    tell_within(PATIENCE, async |story| {
        let mut line = Line::begin(story).await;
        let mut wrong = Vec::new();
        let times = if stays { usize::MAX } else { 1 };
        for call in line.calls.clone().iter().filter(|call| fits(call)) {
            let end = line.meet(story, call, &fault, times).await;
            let how = if stays { "for ever" } else { "once" };
            let fits = is_right(call, &fault, stays, &end);
            let ok = if fits { "ok" } else { "WRONG" };
            let ended = format!("{end:?}");
            let ended = ended.split('(').next().unwrap_or_default();
            println!("{name:28} {how:8} {:72} {ok}: {ended}", call.name);
            if !fits {
                wrong.push(format!("{name} at {}: {end:#?}", call.name));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// Makes a test of each fault: its name, the fault, whether it stays, and whether it is one of GraphQL's.
macro_rules! faults {
    ($($name:ident: $fault:expr, $stays:expr, $fits:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            meets(stringify!($name), $fault, $stays, $fits).await;
        }
    )*};
}

const ALL: fn(&Call) -> bool = |_| true;
const QUERIES: fn(&Call) -> bool = |call| call.operation.is_some();

fn refused() -> Fault {
    Fault::status(403, "Resource not accessible by integration")
}

fn limited_query() -> Fault {
    let body = r#"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for installation."}]}"#;
    Fault::Answer { status: 200, headers: Vec::new(), body: body.to_owned() }
}

fn nulls(paths: &[&str]) -> Fault {
    Fault::GraphqlNulls(paths.iter().map(|path| (*path).to_owned()).collect())
}

faults! {
    unauthorized: Fault::unauthorized(), false, ALL;
    forbidden: refused(), false, ALL;
    secondary_limit: Fault::secondary_limit(None), false, ALL;
    secondary_limit_with_its_end: Fault::secondary_limit(Some(1)), false, ALL;
    too_many_requests: Fault::too_many_requests(1), false, ALL;
    not_found: Fault::status(404, "Not Found"), false, ALL;
    server_error: Fault::status(500, "Server Error"), false, ALL;
    bad_gateway: Fault::bad_gateway(), false, ALL;
    hang: Fault::Hang, false, ALL;
    dropped_before: Fault::DropBefore, false, ALL;
    dropped_after: Fault::DropAfter, false, ALL;
    truncated: Fault::Truncated, false, ALL;
    malformed: Fault::Malformed, false, ALL;
    slow: Fault::Slow { pieces: 4, pause: Duration::from_millis(5) }, false, ALL;
    a_query_answered_with_nothing: nulls(&["repository"]), false, QUERIES;
    a_query_answered_in_part:
        nulls(&["repository.pullRequest.comments", "repository.pullRequest.files"]), false, QUERIES;
    a_query_that_is_limited: limited_query(), false, QUERIES;
    unauthorized_for_ever: Fault::unauthorized(), true, ALL;
    forbidden_for_ever: refused(), true, ALL;
    not_found_for_ever: Fault::status(404, "Not Found"), true, ALL;
    server_error_for_ever: Fault::status(500, "Server Error"), true, ALL;
    dropped_for_ever: Fault::DropBefore, true, ALL;
}

//! The workers on a real store, with a job that a test scripts.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use jiff::Timestamp;

use super::*;
use crate::bot::job::Answer;
use crate::bot::trouble::{Trouble, after};
use crate::bot::{Clock, Taken};
use crate::github::webhook;

mod fair;

/// What the scripted job does on a try of one pull request.
#[derive(Debug, Clone, Copy)]
enum Step {
    Answer,
    Fail,
    Panic,
    Hang,
    Moved,
}

/// Does the next of a pull request's steps at each try; the last one again and again.
#[derive(Default)]
struct Script {
    steps: HashMap<u64, Vec<Step>>,
    /// Pull request and step, in order; `None` is an explanation.
    done: Mutex<Vec<(u64, Option<Step>)>>,
    running: AtomicUsize,
    most_running: AtomicUsize,
    /// How long each try takes.
    length: Duration,
    explanation_fails: AtomicUsize,
}

#[derive(Clone)]
struct Scripted(Arc<Script>);

impl Script {
    fn tries(&self, number: u64) -> usize {
        let done = self.done.lock().expect("no test panics with it");
        done.iter().filter(|(n, step)| *n == number && step.is_some()).count()
    }

    fn explanations(&self, number: u64) -> usize {
        let done = self.done.lock().expect("no test panics with it");
        done.iter().filter(|(n, step)| *n == number && step.is_none()).count()
    }

    fn note(&self, number: u64, step: Option<Step>) {
        self.done.lock().expect("no test panics with it").push((number, step));
    }
}

impl Job for Scripted {
    async fn answer(&self, claimed: Claimed) -> Result<Answer, Trouble> {
        let number = claimed.subject.number;
        let steps = self.0.steps.get(&number).map_or(&[Step::Answer][..], Vec::as_slice);
        let step = steps[self.0.tries(number).min(steps.len() - 1)];
        self.0.note(number, Some(step));
        let running = self.0.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most_running.fetch_max(running, Ordering::SeqCst);
        tokio::time::sleep(self.0.length).await;
        self.0.running.fetch_sub(1, Ordering::SeqCst);
        match step {
            Step::Answer => Ok(Answer::Settled { head: claimed.subject.head }),
            Step::Fail => Err(trouble()),
            Step::Panic => panic!("a scripted defect"),
            Step::Hang => std::future::pending().await,
            Step::Moved => Ok(Answer::Moved),
        }
    }

    async fn explain(&self, claimed: Claimed, _: &Trouble) -> Result<(), Trouble> {
        self.0.note(claimed.subject.number, None);
        let left = self.0.explanation_fails.load(Ordering::SeqCst);
        if left == 0 {
            return Ok(());
        }
        self.0.explanation_fails.store(left - 1, Ordering::SeqCst);
        Err(trouble())
    }
}

fn trouble() -> Trouble {
    Trouble::MissingFile { path: "eps/EP-0001.md".into(), commit: "c0ffee".into() }
}

struct Fixture {
    store: Store,
    inbox: Inbox,
    script: Arc<Script>,
    folder: tempfile::TempDir,
}

impl Fixture {
    async fn new(steps: &[(u64, &[Step])]) -> Self {
        Self::with(Script {
            steps: steps.iter().map(|(number, steps)| (*number, steps.to_vec())).collect(),
            ..Script::default()
        })
        .await
    }

    async fn with(script: Script) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("ep-bot.db").display());
        let store = Store::open(&url).await.expect("a fresh database");
        let inbox = Inbox::new(store.clone(), Clock::default(), 1);
        Self { store, inbox, script: Arc::new(script), folder }
    }

    fn start(&self) -> Workers {
        Workers::start(self.inbox.clone(), Scripted(Arc::clone(&self.script)), pace())
    }

    async fn push(&self, guid: &str, number: u64) {
        let body = serde_json::json!({
            "action": "synchronize",
            "installation": { "id": 7 },
            "repository": { "id": 22, "name": "enhancements", "owner": { "login": "fleet" } },
            "pull_request": {
                "number": number, "state": "open", "head": { "sha": "aa" }, "base": { "ref": "main" },
            },
        });
        let event = webhook::parse("pull_request", body.to_string().as_bytes()).expect("a payload");
        assert_eq!(self.inbox.take(guid, &event).await.ok(), Some(Taken::New));
    }
}

/// The defaults, some hundred times as fast.
fn pace() -> Pace {
    let milliseconds = Duration::from_millis;
    Pace {
        deadline: milliseconds(400),
        tries: Tries {
            most: 4,
            first: milliseconds(2),
            longest: milliseconds(10),
            explanation: milliseconds(10),
            ..Tries::default()
        },
        dice: Dice::seeded(7),
        ..Pace::default()
    }
}

/// Waits for the end of all work, but not for ever.
async fn drained(workers: &Workers) {
    tokio::time::timeout(Duration::from_secs(20), workers.idle()).await.expect("the work ends");
}

#[tokio::test]
async fn a_push_wakes_a_worker_and_is_answered_once() {
    let f = Fixture::new(&[]).await;
    let workers = f.start();
    assert!(workers.alive());
    // The workers sleep by now; without the bell they would for a minute.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let pushed = Instant::now();
    f.push("a", 1).await;
    drained(&workers).await;
    assert!(pushed.elapsed() < Duration::from_secs(10), "{:?}", pushed.elapsed());
    assert_eq!((f.script.tries(1), f.script.explanations(1)), (1, 0));
    workers.stop(Duration::from_secs(5)).await;
    assert!(!workers.alive());
}

#[tokio::test]
async fn subjects_are_in_work_side_by_side_but_each_by_one_worker() {
    let script = Script { length: Duration::from_millis(60), ..Script::default() };
    let f = Fixture::with(script).await;
    for number in 0..8 {
        f.push(&format!("first-{number}"), number).await;
    }
    let workers = f.start();
    drained(&workers).await;
    assert_eq!(f.script.most_running.load(Ordering::SeqCst), 4);
    for push in 0..5 {
        f.push(&format!("again-{push}"), 1).await;
    }
    drained(&workers).await;
    assert!((2..=3).contains(&f.script.tries(1)), "five pushes were seen in one try or two");
}

#[tokio::test]
async fn a_failed_try_is_repeated_after_its_wait() {
    let f = Fixture::new(&[(1, &[Step::Fail, Step::Moved, Step::Answer])]).await;
    let workers = f.start();
    f.push("a", 1).await;
    drained(&workers).await;
    assert_eq!((f.script.tries(1), f.script.explanations(1)), (3, 0));
}

#[tokio::test]
async fn what_never_stands_still_is_explained_in_the_end() {
    let f = Fixture::new(&[(1, &[Step::Moved])]).await;
    let tries = Tries { restless: Duration::ZERO, ..pace().tries };
    let pace = Pace { tries, ..pace() };
    let workers = Workers::start(f.inbox.clone(), Scripted(Arc::clone(&f.script)), pace);
    f.push("a", 1).await;
    drained(&workers).await;
    assert_eq!((f.script.tries(1), f.script.explanations(1)), (4, 1));
}

#[tokio::test]
async fn after_the_last_try_the_failure_is_explained_and_the_work_ends() {
    let f = Fixture::new(&[(1, &[Step::Fail])]).await;
    let workers = f.start();
    f.push("a", 1).await;
    drained(&workers).await;
    assert_eq!((f.script.tries(1), f.script.explanations(1)), (4, 1));
    f.push("b", 1).await;
    drained(&workers).await;
    assert_eq!((f.script.tries(1), f.script.explanations(1)), (8, 2), "a push starts anew");
}

#[tokio::test]
async fn an_explanation_that_cannot_be_posted_is_tried_again() {
    let script = Script {
        steps: HashMap::from([(1, vec![Step::Fail])]),
        explanation_fails: AtomicUsize::new(2),
        ..Script::default()
    };
    let f = Fixture::with(script).await;
    let workers = f.start();
    f.push("a", 1).await;
    drained(&workers).await;
    assert_eq!(f.script.explanations(1), 3);
}

#[tokio::test]
async fn a_panic_and_a_hang_stop_nobody_else() {
    let f = Fixture::new(&[(1, &[Step::Panic]), (2, &[Step::Hang]), (3, &[Step::Panic])]).await;
    let workers = f.start();
    for number in 1..=6 {
        f.push(&format!("guid-{number}"), number).await;
    }
    drained(&workers).await;
    for number in 1..=3 {
        assert_eq!(f.script.tries(number), 3, "a defect seldom goes away: three tries, not four");
        assert_eq!(f.script.explanations(number), 1);
    }
    for number in 4..=6 {
        assert_eq!((f.script.tries(number), f.script.explanations(number)), (1, 0));
    }
    assert!(workers.alive());
}

#[tokio::test]
async fn work_that_takes_longer_than_a_lease_stays_in_the_same_hands() {
    let script = Script { length: Duration::from_millis(300), ..Script::default() };
    let f = Fixture::with(script).await;
    let pace = Pace { lease: Duration::from_millis(60), ..pace() };
    let workers = Workers::start(f.inbox.clone(), Scripted(Arc::clone(&f.script)), pace);
    f.push("a", 1).await;
    drained(&workers).await;
    assert_eq!(f.script.tries(1), 1);
}

#[tokio::test]
async fn work_that_another_has_taken_over_is_left_to_it() {
    let f = Fixture::new(&[(1, &[Step::Hang, Step::Answer])]).await;
    let pace = Pace {
        lease: Duration::from_millis(60),
        deadline: Duration::from_secs(60),
        workers: NonZeroUsize::MIN,
        ..pace()
    };
    let workers = Workers::start(f.inbox.clone(), Scripted(Arc::clone(&f.script)), pace);
    f.push("a", 1).await;
    while f.script.tries(1) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // As if this process had stood still past its lease, and another had taken what it held, and died.
    f.store.rearm_all(f.inbox.clock.now()).await.expect("taken away");
    drained(&workers).await;
    assert_eq!((f.script.tries(1), f.script.explanations(1)), (2, 0));
}

#[tokio::test]
async fn work_in_hand_is_finished_at_the_end() {
    let script = Script { length: Duration::from_millis(100), ..Script::default() };
    let f = Fixture::with(script).await;
    let workers = f.start();
    f.push("a", 1).await;
    while f.script.tries(1) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    f.push("b", 2).await;
    while f.script.tries(2) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    workers.stop(Duration::from_secs(5)).await;
    assert_eq!(f.store.owed().await.ok(), Some(0));
}

#[tokio::test]
async fn work_that_does_not_end_in_time_is_put_back_for_the_next_process() {
    let f = Fixture::new(&[(1, &[Step::Hang, Step::Answer])]).await;
    let mut slow = pace();
    slow.deadline = Duration::from_secs(60);
    let workers = Workers::start(f.inbox.clone(), Scripted(Arc::clone(&f.script)), slow);
    f.push("a", 1).await;
    while f.script.tries(1) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    workers.stop(Duration::from_millis(20)).await;
    assert_eq!(f.store.owed().await.ok(), Some(1));
    let next = f.start();
    drained(&next).await;
    assert_eq!(f.script.tries(1), 2);
    drop(f.folder);
}

#[tokio::test]
async fn a_subject_that_ends_the_process_each_time_is_explained_untried() {
    let f = Fixture::new(&[]).await;
    f.push("a", 1).await;
    for ended in 0..6 {
        // Each waits longer than the one before.
        let now = after(f.inbox.clock.now(), Duration::from_secs(60 * ended));
        f.store.claim(now, Duration::from_secs(600)).await.expect("an answer").expect("due");
        // As if it had been long ago.
        let before = Timestamp::UNIX_EPOCH;
        f.store.rearm_all(before).await.expect("taken back");
    }
    let workers = f.start();
    drained(&workers).await;
    assert_eq!((f.script.tries(1), f.script.explanations(1)), (0, 1));
}

#[tokio::test]
async fn a_database_that_is_gone_ends_no_worker() {
    let f = Fixture::new(&[]).await;
    let workers = f.start();
    f.store.close().await;
    f.inbox.bell.notify_waiters();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(workers.alive());
    workers.stop(Duration::from_secs(5)).await;
}

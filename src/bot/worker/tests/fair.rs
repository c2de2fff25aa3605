//! Whose turn it is: one repository's flood holds up no other, and what is urgent comes first.

use std::num::NonZeroUsize;

use super::*;
use crate::store::{Kind, Priority, Subject};

/// Notes what it is given, in order.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<Subject>>>);

impl Notes {
    fn taken(&self) -> Vec<Subject> {
        self.0.lock().expect("no test panics with it").clone()
    }
}

impl Job for Notes {
    async fn answer(&self, claimed: Claimed) -> Result<Answer, Trouble> {
        self.0.lock().expect("no test panics with it").push(claimed.subject);
        // As a review does, it waits for something.
        tokio::time::sleep(Duration::from_millis(2)).await;
        Ok(Answer::Settled { head: None })
    }

    async fn explain(&self, _: Claimed, _: &Trouble) -> Result<(), Trouble> {
        Ok(())
    }
}

fn subject(repository: u64, number: u64, priority: Priority) -> Subject {
    Subject {
        kind: Kind::PullRequest,
        installation: 7,
        repository_id: repository,
        owner: "fleet".into(),
        name: format!("repository-{repository}"),
        number,
        priority,
        head: None,
        base: None,
    }
}

/// Waits until so many were taken, but not for ever.
async fn taken(notes: &Notes, count: usize) -> Vec<Subject> {
    let begun = Instant::now();
    loop {
        let taken = notes.taken();
        if taken.len() >= count {
            return taken;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{} of {count}", taken.len());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn five_thousand_pull_requests_of_one_repository_do_not_hold_up_the_one_of_another() {
    let f = Fixture::new(&[]).await;
    let notes = Notes::default();
    let flood: Vec<Subject> =
        (1..=5_000).map(|number| subject(1, number, Priority::Interactive)).collect();
    f.store.enqueue(&flood, f.inbox.clock.now()).await.expect("taken");
    f.store
        .enqueue(&[subject(2, 1, Priority::Interactive)], f.inbox.clock.now())
        .await
        .expect("taken");
    let workers = Workers::start(f.inbox.clone(), notes.clone(), pace());
    let first = taken(&notes, 40).await;
    let turn =
        first.iter().position(|subject| subject.repository_id == 2).expect("it has its turn");
    // Its place is given with the fifth thousand of what became due, one thousand a claim; each worker may hold one.
    assert!(turn < 5 + 2 * 4, "it is number {turn}");

    // The flood goes on, and another comes in the middle of it.
    f.push("a", 77).await;
    let seen = notes.taken().len();
    let later = taken(&notes, seen + 40).await;
    let turn = later.iter().skip(seen).position(|subject| subject.repository_id == 22);
    assert!(turn.is_some_and(|turn| turn < 2 * 4), "it is number {turn:?} from then on");
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_push_comes_before_a_command_and_a_command_before_a_sweep_but_none_waits_for_ever() {
    let f = Fixture::new(&[]).await;
    let notes = Notes::default();
    let all = [Priority::Background, Priority::Command, Priority::Interactive];
    for (kind, priority) in (1_u64..).zip(all) {
        let some: Vec<Subject> =
            (1..=36).map(|number| subject(5, 100 * kind + number, priority)).collect();
        f.store.enqueue(&some, f.inbox.clock.now()).await.expect("taken");
    }
    let alone = Pace { workers: NonZeroUsize::MIN, ..pace() };
    let workers = Workers::start(f.inbox.clone(), notes.clone(), alone);
    drained(&workers).await;
    let order = notes.taken();
    let count = |range: std::ops::Range<usize>, priority| {
        order[range].iter().filter(|subject| subject.priority == priority).count()
    };
    // Of eight claims one begins with commands and one with the background.
    let first: Vec<usize> = all.map(|priority| count(0..48, priority)).to_vec();
    assert_eq!(first, [6, 6, 36], "background, commands, pushes");
    let second: Vec<usize> = all.map(|priority| count(48..80, priority)).to_vec();
    assert_eq!(second, [4, 28, 0], "no push is left, and commands come before the background");
    assert_eq!(order.len(), 3 * 36);
}

//! Whose turn it is.

use super::*;

on_both![
    urgent_subjects_go_first_then_those_that_wait_longest,
    a_push_makes_background_work_urgent_and_a_sweep_does_not_slow_a_push,
    a_command_goes_after_a_push_and_before_the_background,
    a_repository_with_many_subjects_does_not_hold_up_another,
    repositories_take_turns_however_unequal_they_are,
    a_late_comer_waits_for_one_round_and_no_repository_is_skipped,
    a_stream_of_pushes_does_not_starve_commands_and_the_background,
    what_waits_for_its_time_takes_turns_too,
];

async fn urgent_subjects_go_first_then_those_that_wait_longest(f: Fixture) {
    let sweep = Subject { priority: Priority::Background, ..pull_request(1) };
    f.deliver("a", &sweep, at(0)).await;
    f.push("b", 2, at(2)).await;
    f.push("c", 3, at(1)).await;
    f.push("d", 4, at(3)).await;
    f.push("e", 3, at(9)).await;
    let mut order = Vec::new();
    while let Some(claimed) = f.claim(at(10)).await {
        order.push(claimed.subject.number);
    }
    assert_eq!(order, [3, 2, 4, 1], "a later push does not lose a subject its place");
}

async fn a_push_makes_background_work_urgent_and_a_sweep_does_not_slow_a_push(f: Fixture) {
    let sweep = Subject { priority: Priority::Background, ..pull_request(1) };
    f.push("a", 2, at(0)).await;
    f.deliver("b", &sweep, at(1)).await;
    f.push("c", 1, at(2)).await;
    f.deliver("d", &sweep, at(3)).await;
    f.must_claim(at(4)).await;
    assert_eq!(f.must_claim(at(4)).await.subject.priority, Priority::Interactive);
}

async fn a_command_goes_after_a_push_and_before_the_background(f: Fixture) {
    let with = |priority, number| Subject { priority, ..pull_request(number) };
    f.deliver("a", &with(Priority::Background, 1), at(0)).await;
    f.deliver("b", &with(Priority::Command, 2), at(1)).await;
    f.deliver("c", &with(Priority::Interactive, 3), at(2)).await;
    let mut order = Vec::new();
    while let Some(claimed) = f.claim(at(10)).await {
        order.push((claimed.subject.number, claimed.subject.priority));
    }
    let want = [(3, Priority::Interactive), (2, Priority::Command), (1, Priority::Background)];
    assert_eq!(order, want);
}

fn of(repository_id: u64, number: u64) -> Subject {
    Subject { repository_id, ..pull_request(number) }
}

impl Fixture {
    /// Claims everything, one after the other; the repositories in the order of their turns.
    async fn repositories(&self, now: Timestamp) -> Vec<u64> {
        let mut turns = Vec::new();
        while let Some(claimed) = self.claim(now).await {
            turns.push(claimed.subject.repository_id);
        }
        turns
    }
}

async fn a_repository_with_many_subjects_does_not_hold_up_another(f: Fixture) {
    let many: Vec<Subject> = (0..2_500).map(|n| of(1, n)).collect();
    f.store.enqueue(&many, at(0)).await.expect("enqueued");
    for _ in 0..10 {
        assert_eq!(f.must_claim(at(1)).await.subject.repository_id, 1);
    }
    f.deliver("a", &of(2, 1), at(2)).await;
    f.deliver("b", &of(2, 2), at(2)).await;
    let mut turns = Vec::new();
    for _ in 0..6 {
        turns.push(f.must_claim(at(3)).await.subject.repository_id);
    }
    let second = turns.iter().filter(|repository| **repository == 2).count();
    assert_eq!(second, 2, "{turns:?}");
}

async fn repositories_take_turns_however_unequal_they_are(f: Fixture) {
    let mut all: Vec<Subject> = (0..20).map(|n| of(1, n)).collect();
    all.extend((0..3).map(|n| of(2, n)));
    all.extend((0..5).map(|n| of(3, n)));
    f.store.enqueue(&all, at(0)).await.expect("enqueued");
    let turns = f.repositories(at(1)).await;
    for round in 0..3 {
        let mut round: Vec<u64> = turns[round * 3..][..3].to_vec();
        round.sort_unstable();
        assert_eq!(round, [1, 2, 3], "{turns:?}");
    }
    assert_eq!(turns.len(), 28);
    assert!(turns[13..].iter().all(|repository| *repository == 1), "{turns:?}");
}

async fn a_late_comer_waits_for_one_round_and_no_repository_is_skipped(f: Fixture) {
    let all: Vec<Subject> = (0..300).map(|n| of(n % 3, n)).collect();
    f.store.enqueue(&all, at(0)).await.expect("enqueued");
    for _ in 0..150 {
        f.must_claim(at(1)).await;
    }
    for n in 0..20 {
        // One after the other, as a person who pushes again after each answer.
        f.deliver(&format!("late-{n}"), &of(9, n), at(2 + i64::try_from(n).expect("small"))).await;
        let mut turns = Vec::new();
        while turns.last() != Some(&9) {
            turns.push(f.must_claim(at(40)).await.subject.repository_id);
        }
        assert!(turns.len() <= 4, "one round of four repositories: {turns:?}");
        assert!(turns.len() >= 2 || n == 0, "the others have their turns too: {turns:?}");
    }
}

async fn a_stream_of_pushes_does_not_starve_commands_and_the_background(f: Fixture) {
    let with = |priority, repository_id, number| Subject { priority, ..of(repository_id, number) };
    let mut all: Vec<Subject> = (0..40).map(|n| with(Priority::Interactive, 1, n)).collect();
    all.extend((0..3).map(|n| with(Priority::Command, 2, n)));
    all.extend((0..3).map(|n| with(Priority::Background, 3, n)));
    f.store.enqueue(&all, at(0)).await.expect("enqueued");
    let mut turns = f.repositories(at(1)).await;
    turns.truncate(24);
    let count = |repository| turns.iter().filter(|turn| **turn == repository).count();
    assert_eq!((count(1), count(2), count(3)), (18, 3, 3), "one of eight each: {turns:?}");
}

async fn what_waits_for_its_time_takes_turns_too(f: Fixture) {
    for n in 0..6 {
        f.deliver(&format!("a-{n}"), &of(1, n), at(0)).await;
    }
    // GitHub sent all of the first repository away until the same time.
    while let Some(claimed) = f.claim(at(0)).await {
        f.retry(&claimed, Again::Ordered(at(100)), at(1)).await;
    }
    for n in 0..2 {
        f.deliver(&format!("b-{n}"), &of(2, n), at(101)).await;
    }
    assert_eq!(f.store.next_due().await.ok().flatten(), Some(at(100)));
    let turns = f.repositories(at(102)).await;
    assert_eq!(turns, [1, 2, 1, 2, 1, 1, 1, 1]);
}

//! What a delivery causes, once.

use super::*;

on_both![
    a_repeated_guid_changes_nothing,
    a_delivery_without_a_subject_is_kept_and_asks_for_nothing,
    one_delivery_can_ask_for_several_subjects,
    a_rerun_forgets_what_was_posted_on_that_commit_alone,
    subjects_are_put_on_the_worklist_without_a_delivery,
    old_rows_go_in_batches_and_owed_work_never_does,
    a_numbers_edge_is_an_error_and_no_wrong_number,
    what_was_posted_is_remembered_by_commit_and_mark,
];

async fn a_repeated_guid_changes_nothing(f: Fixture) {
    assert_eq!(f.push("a", 1, at(0)).await, Accepted::New);
    let claimed = f.must_claim(at(0)).await;
    assert_eq!(f.push("a", 1, at(1)).await, Accepted::Repeated);
    assert_eq!(f.finish(&claimed, at(2)).await, Settled::Done, "it was not asked for again");
    assert_eq!(f.push("a", 2, at(3)).await, Accepted::Repeated);
    assert_eq!(f.claim(at(4)).await, None);
}

async fn a_delivery_without_a_subject_is_kept_and_asks_for_nothing(f: Fixture) {
    let accepted = f.store.accept(&delivery("a", at(0)), &Work::default()).await;
    assert_eq!(accepted.ok(), Some(Accepted::New));
    let accepted = f.store.accept(&delivery("a", at(0)), &Work::default()).await;
    assert_eq!(accepted.ok(), Some(Accepted::Repeated));
    assert_eq!(f.store.owed().await.ok(), Some(0));
}

async fn one_delivery_can_ask_for_several_subjects(f: Fixture) {
    let work =
        Work { subjects: vec![pull_request(1), pull_request(2)], forget: None, ..Work::default() };
    assert_eq!(f.store.accept(&delivery("a", at(0)), &work).await.ok(), Some(Accepted::New));
    assert_eq!(f.store.accept(&delivery("a", at(0)), &work).await.ok(), Some(Accepted::Repeated));
    assert_eq!(f.store.owed().await.ok(), Some(2));
}

async fn a_rerun_forgets_what_was_posted_on_that_commit_alone(f: Fixture) {
    let posted = |head: &str, number: u64| PostedCheck {
        repository_id: 22,
        head: head.into(),
        external_id: format!("pull_request/22/{number}"),
        check_run_id: number,
        output_hash: "aa".into(),
        base: "main".into(),
        conclusion: "success".into(),
        title: "Ready".into(),
    };
    let all = [posted("c0", 1), posted("c0", 2), posted("c1", 1)];
    for posted in &all {
        f.store.remember_check(posted, at(0)).await.expect("kept");
    }
    assert_eq!(f.store.checks_on(22, "c0").await.ok().as_deref(), Some(&all[..2]));
    let work = Work {
        subjects: vec![pull_request(1)],
        forget: Some((22, "c0".into())),
        ..Work::default()
    };
    f.store.accept(&delivery("a", at(1)), &work).await.expect("taken");
    assert_eq!(f.store.checks_on(22, "c0").await.ok(), Some(vec![]));
    assert_eq!(f.store.checks_on(22, "c1").await.ok().as_deref(), Some(&all[2..]));
    f.store.remember_check(&all[0], at(2)).await.expect("kept");
    f.store.accept(&delivery("a", at(3)), &work).await.expect("taken");
    assert_eq!(f.store.checks_on(22, "c0").await.map(|c| c.len()).ok(), Some(1), "asked for once");
}

async fn subjects_are_put_on_the_worklist_without_a_delivery(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let held = f.must_claim(at(0)).await;
    f.push("b", 2, at(0)).await;
    let sweep = |number| Subject { priority: Priority::Background, ..pull_request(number) };
    let newly = f.store.enqueue(&[sweep(1), sweep(2), sweep(3), sweep(3)], at(1)).await;
    assert_eq!(newly.ok(), Some(1), "1 is in work, 2 is due already");
    assert_eq!(f.finish(&held, at(2)).await, Settled::Due, "it may have missed what was found");
    assert_eq!(f.store.enqueue(&[], at(1)).await.ok(), Some(0));
    assert_eq!(f.store.enqueue(&[sweep(9)], at(500)).await.ok(), Some(1));
    let standing = f.store.standing(&sweep(9).key()).await.ok().flatten().expect("it is there");
    assert_eq!((standing.due_at, standing.last_delivery), (Some(at(500)), None));
}

async fn old_rows_go_in_batches_and_owed_work_never_does(f: Fixture) {
    for n in 0..501 {
        let accepted =
            f.store.accept(&delivery(&format!("old-{n}"), at(0)), &Work::default()).await;
        assert_eq!(accepted.ok(), Some(Accepted::New));
    }
    f.push("owed", 1, at(0)).await;
    f.push("answered", 2, at(0)).await;
    let owed = f.must_claim(at(1)).await;
    f.retry(&owed, Again::Backoff(at(2)), at(1)).await;
    let answered = f.must_claim(at(1)).await;
    f.finish(&answered, at(1)).await;
    let later = at(1).checked_add(SignedDuration::from_hours(24 * 91)).expect("in this century");
    f.push("young", 3, later).await;
    assert_eq!(f.store.prune(later).await.ok(), Some(Pruned::More));
    assert_eq!(f.store.prune(later).await.ok(), Some(Pruned::All));
    assert_eq!(f.push("young", 3, later).await, Accepted::Repeated);
    assert_eq!(f.push("old-0", 3, later).await, Accepted::New, "its guid is forgotten");
    assert_eq!(f.store.owed().await.ok(), Some(2), "1 and 3");
    assert_eq!(f.count("SELECT COUNT(*) FROM subjects").await, 2, "the answered one is gone");
}

async fn a_numbers_edge_is_an_error_and_no_wrong_number(f: Fixture) {
    let subject = pull_request(u64::MAX);
    let refused = f.store.accept(&delivery("a", at(0)), &subject.into()).await;
    assert!(matches!(refused, Err(Error::OutOfRange { value: u64::MAX })), "{refused:?}");
    assert_eq!(f.push("a", 1, at(0)).await, Accepted::New, "the delivery was not half taken");
}

async fn what_was_posted_is_remembered_by_commit_and_mark(f: Fixture) {
    let posted = PostedCheck {
        repository_id: 22,
        head: "c0ffee".into(),
        external_id: "pull_request/22/1".into(),
        check_run_id: 5,
        output_hash: "aa".into(),
        base: "main".into(),
        conclusion: "success".into(),
        title: "Ready".into(),
    };
    let get = || f.store.posted_check(22, "c0ffee", "pull_request/22/1");
    assert_eq!(get().await.ok(), Some(None));
    f.store.remember_check(&posted, at(0)).await.expect("kept");
    assert_eq!(get().await.ok(), Some(Some(posted.clone())));
    let newer = PostedCheck { check_run_id: 6, output_hash: "bb".into(), ..posted };
    f.store.remember_check(&newer, at(1)).await.expect("kept");
    assert_eq!(get().await.ok(), Some(Some(newer)));
    assert_eq!(f.store.posted_check(22, "other", "pull_request/22/1").await.ok(), Some(None));
}

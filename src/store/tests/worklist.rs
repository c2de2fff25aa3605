//! What is claimed, settled and tried again.

use super::*;

on_both![
    a_delivery_makes_its_subject_due_once,
    fifty_pushes_are_one_review,
    what_is_asked_for_during_a_review_makes_it_due_again,
    an_ended_lease_goes_to_the_next_and_the_first_can_change_nothing,
    a_lease_that_is_renewed_goes_on_until_it_is_lost,
    a_retry_waits_and_keeps_count,
    a_new_push_ends_our_backoff_but_not_a_wait_that_github_ordered,
    an_untried_subject_is_put_back_as_it_was,
    a_subject_that_was_given_up_keeps_the_reason_and_can_be_asked_for_again,
    a_renamed_repository_is_the_same_subject_under_its_new_name,
    parallel_claims_never_share_a_subject,
    losses_are_counted_in_a_row_until_a_try_comes_back_or_new_work_comes,
    the_head_that_a_delivery_names_is_kept_as_a_hint,
    each_kind_of_subject_has_a_key_of_its_own,
    the_background_does_not_end_a_wait_after_a_failed_try,
    what_has_ended_is_not_looked_at_any_more,
    a_renamed_repository_is_looked_at_under_its_new_name,
    the_pull_requests_of_a_head_are_known_by_what_was_seen_last,
];

async fn a_delivery_makes_its_subject_due_once(f: Fixture) {
    assert_eq!(f.claim(at(0)).await, None, "an empty worklist has nothing due");
    assert_eq!(f.push("a", 1, at(0)).await, Accepted::New);
    assert_eq!(f.store.next_due().await.ok().flatten(), Some(at(0)));
    let claimed = f.must_claim(at(1)).await;
    assert_eq!(claimed.subject, pull_request(1));
    assert_eq!((claimed.attempts, claimed.pending_since), (1, at(0)));
    assert_eq!(f.claim(at(1)).await, None, "a leased subject is nobody else's");
    assert_eq!(f.finish(&claimed, at(2)).await, Settled::Done);
    assert_eq!(f.claim(at(99_999)).await, None);
    assert_eq!(f.store.owed().await.ok(), Some(0));
    assert_eq!(f.store.next_due().await.ok().flatten(), None);
}

async fn fifty_pushes_are_one_review(f: Fixture) {
    for push in 0..50 {
        f.push(&format!("guid-{push}"), 1, at(push)).await;
    }
    let claimed = f.must_claim(at(50)).await;
    assert_eq!(claimed.pending_since, at(0), "the first push is the one that waits longest");
    assert_eq!(f.finish(&claimed, at(51)).await, Settled::Done);
    assert_eq!(f.claim(at(52)).await, None);
}

async fn what_is_asked_for_during_a_review_makes_it_due_again(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let first = f.must_claim(at(0)).await;
    f.push("b", 1, at(1)).await;
    f.push("c", 1, at(2)).await;
    assert_eq!(f.claim(at(3)).await, None, "one review at a time");
    assert_eq!(f.finish(&first, at(3)).await, Settled::Due);
    let second = f.must_claim(at(3)).await;
    assert_eq!((second.attempts, second.subject.head.as_deref()), (1, Some("c0ffee")));
    assert_eq!(f.finish(&second, at(4)).await, Settled::Done);
}

async fn an_ended_lease_goes_to_the_next_and_the_first_can_change_nothing(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let lost = f.must_claim(at(0)).await;
    assert_eq!(
        f.store.next_due().await.ok().flatten(),
        Some(at(60)),
        "the lease's end is waited for"
    );
    assert_eq!(f.claim(at(59)).await, None);
    let held = f.must_claim(at(60)).await;
    assert_eq!((held.attempts, held.losses), (2, 1), "a try that never came back counts");
    assert_eq!(f.finish(&lost, at(61)).await, Settled::Lost);
    assert_eq!(f.retry(&lost, Again::Backoff(at(61)), at(61)).await, Settled::Lost);
    assert_eq!(f.store.give_up(&lost, "late", at(61)).await.ok(), Some(Settled::Lost));
    assert_eq!(f.finish(&held, at(62)).await, Settled::Done);
    assert_eq!(f.finish(&held, at(63)).await, Settled::Lost, "settled once");
}

async fn a_lease_that_is_renewed_goes_on_until_it_is_lost(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let held = f.must_claim(at(0)).await;
    assert_eq!(f.store.renew(&held, at(50), LEASE).await.ok(), Some(true));
    assert_eq!(f.claim(at(109)).await, None);
    assert_eq!(f.store.next_due().await.ok().flatten(), Some(at(110)));
    let other = f.must_claim(at(110)).await;
    assert_eq!(f.store.renew(&held, at(111), LEASE).await.ok(), Some(false));
    assert_eq!(f.claim(at(169)).await, None, "who lost a lease does not change the other's");
    assert_eq!(f.finish(&other, at(169)).await, Settled::Done);
    assert_eq!(f.store.renew(&other, at(170), LEASE).await.ok(), Some(false), "settled");
    assert_eq!(f.store.next_due().await.ok().flatten(), None);
}

async fn a_retry_waits_and_keeps_count(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let claimed = f.must_claim(at(0)).await;
    assert_eq!(f.retry(&claimed, Again::Backoff(at(30)), at(1)).await, Settled::Due);
    assert_eq!(f.claim(at(29)).await, None);
    let again = f.must_claim(at(30)).await;
    assert_eq!((again.attempts, again.last_error.as_deref()), (2, Some("GitHub was away")));
    assert_eq!(again.pending_since, at(0));
    f.finish(&again, at(31)).await;
    f.push("b", 1, at(40)).await;
    let fresh = f.must_claim(at(40)).await;
    assert_eq!((fresh.attempts, fresh.last_error), (1, None), "an answer ends the count");
}

async fn a_new_push_ends_our_backoff_but_not_a_wait_that_github_ordered(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let claimed = f.must_claim(at(0)).await;
    f.retry(&claimed, Again::Backoff(at(900)), at(1)).await;
    f.push("b", 1, at(2)).await;
    let claimed = f.must_claim(at(2)).await;
    assert_eq!(claimed.attempts, 1, "new work, new tries");
    f.retry(&claimed, Again::Ordered(at(900)), at(3)).await;
    f.push("c", 1, at(4)).await;
    assert_eq!(f.claim(at(899)).await, None);
    assert_eq!(f.must_claim(at(900)).await.attempts, 1, "an ordered wait is no try");
}

async fn an_untried_subject_is_put_back_as_it_was(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let claimed = f.must_claim(at(0)).await;
    f.retry(&claimed, Again::Untried(at(1)), at(1)).await;
    assert_eq!(f.must_claim(at(1)).await.attempts, 1);
}

async fn a_subject_that_was_given_up_keeps_the_reason_and_can_be_asked_for_again(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let claimed = f.must_claim(at(0)).await;
    let reason = "ä".repeat(5_000);
    assert_eq!(f.store.give_up(&claimed, &reason, at(1)).await.ok(), Some(Settled::Done));
    assert_eq!(f.claim(at(99_999)).await, None);
    f.push("b", 1, at(100_000)).await;
    let claimed = f.must_claim(at(100_000)).await;
    assert_eq!(claimed.last_error.map(|e| e.chars().count()), Some(1_000));
    assert_eq!(claimed.attempts, 1);
}

async fn a_renamed_repository_is_the_same_subject_under_its_new_name(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let moved = Subject { owner: "shore".into(), installation: 12, ..pull_request(1) };
    f.deliver("b", &moved, at(1)).await;
    assert_eq!(f.must_claim(at(2)).await.subject, moved);
    assert_eq!(f.claim(at(2)).await, None);
}

async fn parallel_claims_never_share_a_subject(f: Fixture) {
    for n in 0..40 {
        f.push(&format!("guid-{n}"), n, at(0)).await;
    }
    let mut claimers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = f.store.clone();
        claimers.spawn(async move {
            let mut mine = Vec::new();
            while let Ok(Some(claimed)) = store.claim(at(1), LEASE).await {
                mine.push(claimed.subject.number);
            }
            mine
        });
    }
    let mut all: Vec<u64> = claimers.join_all().await.into_iter().flatten().collect();
    all.sort_unstable();
    assert_eq!(all, (0..40).collect::<Vec<_>>());
}

async fn losses_are_counted_in_a_row_until_a_try_comes_back_or_new_work_comes(f: Fixture) {
    f.push("a", 1, at(0)).await;
    f.must_claim(at(0)).await;
    f.must_claim(at(60)).await;
    f.push("b", 1, at(61)).await;
    let claimed = f.must_claim(at(120)).await;
    assert_eq!(claimed.losses, 2, "a push while it is held says nothing of what holds it");
    f.retry(&claimed, Again::Backoff(at(121)), at(121)).await;
    assert_eq!(f.must_claim(at(121)).await.losses, 0);
}

async fn the_head_that_a_delivery_names_is_kept_as_a_hint(f: Fixture) {
    let pushed = |head: &str| Subject { head: Some(head.into()), ..pull_request(1) };
    f.deliver("a", &pushed("aa"), at(0)).await;
    f.deliver("b", &pushed("bb"), at(1)).await;
    f.push("c", 1, at(2)).await;
    assert_eq!(f.must_claim(at(3)).await.subject.head.as_deref(), Some("bb"));
}

async fn each_kind_of_subject_has_a_key_of_its_own(f: Fixture) {
    let key = |kind, head: Option<&str>| {
        Subject { kind, head: head.map(Into::into), ..pull_request(1) }.key()
    };
    let keys = [
        key(Kind::PullRequest, Some("aa")),
        key(Kind::Conversation, None),
        key(Kind::Explain, None),
        key(Kind::Commit, Some("aa")),
        key(Kind::Sweep, None),
        key(Kind::MergeGroup, Some("aa")),
    ];
    assert_eq!(
        keys,
        [
            "pull_request/22/1",
            "conversation/22/1",
            "explain/22/1",
            "commit/22/aa",
            "sweep/22/1",
            "merge_group/22/aa",
        ]
    );
    let mut put = Vec::new();
    for kind in [
        Kind::PullRequest,
        Kind::Conversation,
        Kind::Explain,
        Kind::Commit,
        Kind::Sweep,
        Kind::MergeGroup,
    ] {
        put.push(Subject { kind, head: Some("aa".into()), ..pull_request(1) });
    }
    assert_eq!(f.store.enqueue(&put, at(0)).await.ok(), Some(6));
    for _ in &put {
        let claimed = f.must_claim(at(1)).await;
        assert!(put.contains(&claimed.subject), "{claimed:?}");
        assert_eq!(f.store.finish(&claimed, Some("bb"), at(2)).await.ok(), Some(Settled::Done));
    }
    assert_eq!(f.store.enqueue(&put, at(3)).await.ok(), Some(6), "the keys are as before");
}

async fn the_background_does_not_end_a_wait_after_a_failed_try(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let claimed = f.must_claim(at(0)).await;
    f.retry(&claimed, Again::Backoff(at(900)), at(1)).await;
    let sweep = Subject { priority: Priority::Background, ..pull_request(1) };
    assert_eq!(f.store.enqueue(&[sweep], at(2)).await.ok(), Some(0));
    assert_eq!(f.claim(at(899)).await, None);
    assert_eq!(f.must_claim(at(900)).await.attempts, 2, "the tries are counted on");
}

async fn what_has_ended_is_not_looked_at_any_more(f: Fixture) {
    f.push("a", 1, at(0)).await;
    f.push("b", 2, at(0)).await;
    let work = Work { drop: vec![pull_request(1).key()], ..Work::default() };
    f.store.accept(&delivery("c", at(1)), &work).await.expect("taken");
    assert_eq!(f.store.owed().await.ok(), Some(1));
    assert_eq!(f.store.end(Ended::Repository(23), at(1)).await.ok(), Some(0), "another's");
    assert_eq!(f.store.end(Ended::Installation(11), at(1)).await.ok(), Some(1));
    assert_eq!(f.claim(at(2)).await, None);
    f.push("d", 2, at(3)).await;
    assert_eq!(f.must_claim(at(3)).await.subject.number, 2, "until it is asked for again");
}

async fn a_renamed_repository_is_looked_at_under_its_new_name(f: Fixture) {
    f.push("a", 1, at(0)).await;
    f.store.rename(22, "harbour", "proposals").await.expect("renamed");
    let subject = f.must_claim(at(1)).await.subject;
    assert_eq!((subject.owner.as_str(), subject.name.as_str()), ("harbour", "proposals"));
}

async fn the_pull_requests_of_a_head_are_known_by_what_was_seen_last(f: Fixture) {
    let pushed =
        |number: u64, head: &str| Subject { head: Some(head.into()), ..pull_request(number) };
    f.deliver("a", &pushed(1, "aa"), at(0)).await;
    f.deliver("b", &pushed(2, "aa"), at(0)).await;
    f.deliver("c", &pushed(2, "bb"), at(1)).await;
    let known = f.store.pull_requests_with(22, "aa").await.expect("known");
    assert_eq!(known, [pushed(1, "aa")]);
}

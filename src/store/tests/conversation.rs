//! What an answer to people rests on.

use super::*;

on_both![
    edited_comments_wait_until_they_are_handled,
    a_subjects_standing_says_why_nothing_comes,
    what_is_done_once_is_done_once_in_a_repository,
];

async fn edited_comments_wait_until_they_are_handled(f: Fixture) {
    let conversation =
        Subject { kind: Kind::Conversation, priority: Priority::Command, ..pull_request(1) };
    let key = conversation.key();
    let comment = |guid: &str, action: &str, comment| Delivery {
        event: "issue_comment".into(),
        action: Some(action.into()),
        comment_id: Some(comment),
        ..delivery(guid, at(0))
    };
    let work =
        Work { subjects: vec![pull_request(1), conversation], forget: None, ..Work::default() };
    for delivery in
        [comment("a", "edited", 7), comment("b", "created", 8), comment("c", "edited", 7)]
    {
        f.store.accept(&delivery, &work).await.expect("taken");
    }
    let edited = |guid: &str| Edited { guid: guid.into(), comment_id: 7 };
    let waiting = f.store.edited_comments(&key).await.ok();
    assert_eq!(waiting, Some(vec![edited("a"), edited("c")]));
    assert_eq!(f.store.edited_comments("conversation/22/2").await.ok(), Some(vec![]));
    f.store.handled(&["a".into(), "unknown".into()], at(1)).await.expect("noted");
    assert_eq!(f.store.edited_comments(&key).await.ok(), Some(vec![edited("c")]));
    f.store.handled(&[], at(1)).await.expect("noted");
}

async fn a_subjects_standing_says_why_nothing_comes(f: Fixture) {
    let key = pull_request(1).key();
    assert_eq!(f.store.standing(&key).await.ok(), Some(None));
    f.push("a", 1, at(0)).await;
    f.push("b", 1, at(1)).await;
    let standing = || async { f.store.standing(&key).await.ok().flatten().expect("it is there") };
    let now = standing().await;
    assert_eq!((now.wanted, now.done, now.leased, now.attempts), (2, 0, false, 0));
    assert_eq!((now.due_at, now.pending_since), (Some(at(0)), Some(at(0))));
    let last = LastDelivery {
        guid: "b".into(),
        event: "pull_request".into(),
        action: Some("synchronize".into()),
        received_at: at(1),
    };
    assert_eq!(now.last_delivery, Some(last.clone()));
    let claimed = f.must_claim(at(2)).await;
    let now = standing().await;
    assert_eq!((now.leased, now.attempts, now.due_at), (true, 1, Some(at(62))));
    f.retry(&claimed, Again::Backoff(at(90)), at(3)).await;
    let now = standing().await;
    assert_eq!(now.last_error.as_deref(), Some("GitHub was away"));
    assert_eq!((now.leased, now.due_at), (false, Some(at(90))));
    let claimed = f.must_claim(at(90)).await;
    f.finish(&claimed, at(91)).await;
    let now = standing().await;
    assert_eq!((now.wanted, now.done, now.due_at, now.pending_since), (2, 2, None, None));
    assert_eq!((now.head.as_deref(), now.last_delivery), (Some("c0ffee"), Some(last)));
}

async fn what_is_done_once_is_done_once_in_a_repository(f: Fixture) {
    let first = |repository, what: &'static str| {
        let store = f.store.clone();
        async move { store.first_time(repository, what, at(0)).await.ok() }
    };
    assert_eq!(first(22, "welcome").await, Some(true));
    assert_eq!(first(22, "welcome").await, Some(false));
    assert_eq!(first(22, "broken policy aa").await, Some(true));
    assert_eq!(first(23, "welcome").await, Some(true));
    let later = at(0).checked_add(SignedDuration::from_hours(24 * 91)).expect("in this century");
    f.store.prune(later).await.expect("pruned");
    assert_eq!(first(22, "welcome").await, Some(true));
}

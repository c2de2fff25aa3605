//! The store's promises, on a real file.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::*;

const LEASE: Duration = Duration::from_secs(60);

/// A store on a file of its own, which goes with it.
struct Fixture {
    store: Store,
    folder: tempfile::TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&url(&folder)).await.expect("a fresh database");
        Self { store, folder }
    }

    /// Takes a delivery for pull request `number`.
    async fn push(&self, guid: &str, number: u64, now: Timestamp) -> Accepted {
        self.deliver(guid, &pull_request(number), now).await
    }

    async fn deliver(&self, guid: &str, subject: &Subject, now: Timestamp) -> Accepted {
        self.store.accept(&delivery(guid, now), &Work::from(subject.clone())).await.expect("taken")
    }

    async fn claim(&self, now: Timestamp) -> Option<Claimed> {
        self.store.claim(now, LEASE).await.expect("the database answers")
    }

    async fn must_claim(&self, now: Timestamp) -> Claimed {
        self.claim(now).await.expect("something is due")
    }

    async fn finish(&self, claimed: &Claimed, now: Timestamp) -> Settled {
        self.store.finish(claimed, Some("c0ffee"), now).await.expect("settled")
    }

    async fn retry(&self, claimed: &Claimed, again: Again, now: Timestamp) -> Settled {
        self.store.retry(claimed, again, "GitHub was away", now).await.expect("settled")
    }
}

fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("ep-bot.db").display())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("a time of this century")
}

fn delivery(guid: &str, received_at: Timestamp) -> Delivery {
    Delivery {
        guid: guid.into(),
        event: "pull_request".into(),
        action: Some("synchronize".into()),
        comment_id: None,
        received_at,
    }
}

fn pull_request(number: u64) -> Subject {
    Subject {
        kind: Kind::PullRequest,
        installation: 11,
        repository_id: 22,
        owner: "fleet".into(),
        name: "enhancements".into(),
        number,
        priority: Priority::Interactive,
        head: None,
    }
}

#[tokio::test]
async fn a_delivery_makes_its_subject_due_once() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn a_repeated_guid_changes_nothing() {
    let f = Fixture::new().await;
    assert_eq!(f.push("a", 1, at(0)).await, Accepted::New);
    let claimed = f.must_claim(at(0)).await;
    assert_eq!(f.push("a", 1, at(1)).await, Accepted::Repeated);
    assert_eq!(f.finish(&claimed, at(2)).await, Settled::Done, "it was not asked for again");
    assert_eq!(f.push("a", 2, at(3)).await, Accepted::Repeated);
    assert_eq!(f.claim(at(4)).await, None);
}

#[tokio::test]
async fn a_delivery_without_a_subject_is_kept_and_asks_for_nothing() {
    let f = Fixture::new().await;
    let accepted = f.store.accept(&delivery("a", at(0)), &Work::default()).await;
    assert_eq!(accepted.ok(), Some(Accepted::New));
    let accepted = f.store.accept(&delivery("a", at(0)), &Work::default()).await;
    assert_eq!(accepted.ok(), Some(Accepted::Repeated));
    assert_eq!(f.store.owed().await.ok(), Some(0));
}

#[tokio::test]
async fn fifty_pushes_are_one_review() {
    let f = Fixture::new().await;
    for push in 0..50 {
        f.push(&format!("guid-{push}"), 1, at(push)).await;
    }
    let claimed = f.must_claim(at(50)).await;
    assert_eq!(claimed.pending_since, at(0), "the first push is the one that waits longest");
    assert_eq!(f.finish(&claimed, at(51)).await, Settled::Done);
    assert_eq!(f.claim(at(52)).await, None);
}

#[tokio::test]
async fn what_is_asked_for_during_a_review_makes_it_due_again() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn an_ended_lease_goes_to_the_next_and_the_first_can_change_nothing() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn a_retry_waits_and_keeps_count() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn a_new_push_ends_our_backoff_but_not_a_wait_that_github_ordered() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn an_untried_subject_is_put_back_as_it_was() {
    let f = Fixture::new().await;
    f.push("a", 1, at(0)).await;
    let claimed = f.must_claim(at(0)).await;
    f.retry(&claimed, Again::Untried(at(1)), at(1)).await;
    assert_eq!(f.must_claim(at(1)).await.attempts, 1);
}

#[tokio::test]
async fn a_subject_that_was_given_up_keeps_the_reason_and_can_be_asked_for_again() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn urgent_subjects_go_first_then_those_that_wait_longest() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn a_push_makes_background_work_urgent_and_a_sweep_does_not_slow_a_push() {
    let f = Fixture::new().await;
    let sweep = Subject { priority: Priority::Background, ..pull_request(1) };
    f.push("a", 2, at(0)).await;
    f.deliver("b", &sweep, at(1)).await;
    f.push("c", 1, at(2)).await;
    f.deliver("d", &sweep, at(3)).await;
    f.must_claim(at(4)).await;
    assert_eq!(f.must_claim(at(4)).await.subject.priority, Priority::Interactive);
}

#[tokio::test]
async fn a_renamed_repository_is_the_same_subject_under_its_new_name() {
    let f = Fixture::new().await;
    f.push("a", 1, at(0)).await;
    let moved = Subject { owner: "shore".into(), installation: 12, ..pull_request(1) };
    f.deliver("b", &moved, at(1)).await;
    assert_eq!(f.must_claim(at(2)).await.subject, moved);
    assert_eq!(f.claim(at(2)).await, None);
}

#[tokio::test]
async fn a_restart_finds_everything_and_takes_back_all_leases() {
    let f = Fixture::new().await;
    f.push("a", 1, at(0)).await;
    f.push("b", 2, at(1)).await;
    let before = f.must_claim(at(2)).await;
    f.store.close().await;
    assert!(f.store.ping().await.is_err(), "a closed store does not answer");

    let store = Store::open(&url(&f.folder)).await.expect("the same file");
    let f = Fixture { store, folder: f.folder };
    assert_eq!(f.store.rearm_all(at(3)).await.ok(), Some(1));
    assert_eq!(f.push("a", 1, at(3)).await, Accepted::Repeated, "guids are remembered");
    let mut found = [f.must_claim(at(3)).await, f.must_claim(at(3)).await];
    found.sort_by_key(|claimed| claimed.subject.number);
    assert_eq!((found[0].attempts, found[0].losses), (2, 1), "the try that was cut off counts");
    assert_eq!((found[1].attempts, found[1].losses), (1, 0));
    assert_eq!(f.finish(&before, at(4)).await, Settled::Lost);
}

#[tokio::test]
async fn parallel_claims_never_share_a_subject() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn what_was_posted_is_remembered_by_commit_and_mark() {
    let f = Fixture::new().await;
    let posted = PostedCheck {
        repository_id: 22,
        head: "c0ffee".into(),
        external_id: "pull_request/22/1".into(),
        check_run_id: 5,
        output_hash: "aa".into(),
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

#[tokio::test]
async fn old_rows_go_in_batches_and_owed_work_never_does() {
    let f = Fixture::new().await;
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
    let count: Result<i64, _> =
        sqlx::query_scalar("SELECT COUNT(*) FROM subjects").fetch_one(f.store.pools.reader()).await;
    assert_eq!(count.ok(), Some(2), "the answered one is gone");
}

#[tokio::test]
async fn a_numbers_edge_is_an_error_and_no_wrong_number() {
    let f = Fixture::new().await;
    let subject = pull_request(u64::MAX);
    let refused = f.store.accept(&delivery("a", at(0)), &subject.into()).await;
    assert!(matches!(refused, Err(Error::OutOfRange { value: u64::MAX })), "{refused:?}");
    assert_eq!(f.push("a", 1, at(0)).await, Accepted::New, "the delivery was not half taken");
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("missing").join("ep-bot.db");
    let error = Store::open(&format!("sqlite:{}", path.display())).await.err();
    let text = error.map(|e| e.to_string()).unwrap_or_default();
    assert!(text.contains(&path.display().to_string()), "{text}");
}

#[tokio::test]
async fn commits_are_synced_and_the_claim_reads_its_index_in_order() {
    let f = Fixture::new().await;
    let mut writer = f.store.pools.writer().acquire().await.expect("the writer");
    let synchronous: i64 =
        sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *writer).await.expect("a number");
    let journal: String =
        sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *writer).await.expect("a word");
    assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(
        "EXPLAIN QUERY PLAN SELECT key FROM subjects WHERE due_at <= 5 ORDER BY priority, due_at LIMIT 1",
    )
    .fetch_all(&mut *writer)
    .await
    .expect("a plan");
    let plan: Vec<String> = plan.into_iter().map(|step| step.3).collect();
    assert_eq!(
        plan,
        ["SCAN subjects USING INDEX subjects_due"],
        "no sorting, and only rows with work"
    );
}

#[tokio::test]
async fn losses_are_counted_in_a_row_until_a_try_comes_back_or_new_work_comes() {
    let f = Fixture::new().await;
    f.push("a", 1, at(0)).await;
    f.must_claim(at(0)).await;
    f.must_claim(at(60)).await;
    f.push("b", 1, at(61)).await;
    let claimed = f.must_claim(at(120)).await;
    assert_eq!(claimed.losses, 2, "a push while it is held says nothing of what holds it");
    f.retry(&claimed, Again::Backoff(at(121)), at(121)).await;
    assert_eq!(f.must_claim(at(121)).await.losses, 0);
    assert_eq!(f.store.rearm_all(at(122)).await.ok(), Some(1));
    f.push("c", 1, at(123)).await;
    let claimed = f.must_claim(at(124)).await;
    assert_eq!((claimed.losses, claimed.attempts), (0, 1), "another commit may not have the fault");
}

#[tokio::test]
async fn the_head_that_a_delivery_names_is_kept_as_a_hint() {
    let f = Fixture::new().await;
    let pushed = |head: &str| Subject { head: Some(head.into()), ..pull_request(1) };
    f.deliver("a", &pushed("aa"), at(0)).await;
    f.deliver("b", &pushed("bb"), at(1)).await;
    f.push("c", 1, at(2)).await;
    assert_eq!(f.must_claim(at(3)).await.subject.head.as_deref(), Some("bb"));
}

#[tokio::test]
async fn each_kind_of_subject_has_a_key_of_its_own() {
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
    let f = Fixture::new().await;
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

#[tokio::test]
async fn one_delivery_can_ask_for_several_subjects() {
    let f = Fixture::new().await;
    let work = Work { subjects: vec![pull_request(1), pull_request(2)], forget: None };
    assert_eq!(f.store.accept(&delivery("a", at(0)), &work).await.ok(), Some(Accepted::New));
    assert_eq!(f.store.accept(&delivery("a", at(0)), &work).await.ok(), Some(Accepted::Repeated));
    assert_eq!(f.store.owed().await.ok(), Some(2));
}

#[tokio::test]
async fn a_rerun_forgets_what_was_posted_on_that_commit_alone() {
    let f = Fixture::new().await;
    let posted = |head: &str, number: u64| PostedCheck {
        repository_id: 22,
        head: head.into(),
        external_id: format!("pull_request/22/{number}"),
        check_run_id: number,
        output_hash: "aa".into(),
    };
    let all = [posted("c0", 1), posted("c0", 2), posted("c1", 1)];
    for posted in &all {
        f.store.remember_check(posted, at(0)).await.expect("kept");
    }
    assert_eq!(f.store.checks_on(22, "c0").await.ok().as_deref(), Some(&all[..2]));
    let work = Work { subjects: vec![pull_request(1)], forget: Some((22, "c0".into())) };
    f.store.accept(&delivery("a", at(1)), &work).await.expect("taken");
    assert_eq!(f.store.checks_on(22, "c0").await.ok(), Some(vec![]));
    assert_eq!(f.store.checks_on(22, "c1").await.ok().as_deref(), Some(&all[2..]));
    f.store.remember_check(&all[0], at(2)).await.expect("kept");
    f.store.accept(&delivery("a", at(3)), &work).await.expect("taken");
    assert_eq!(f.store.checks_on(22, "c0").await.map(|c| c.len()).ok(), Some(1), "asked for once");
}

#[tokio::test]
async fn subjects_are_put_on_the_worklist_without_a_delivery() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn the_background_does_not_end_a_wait_after_a_failed_try() {
    let f = Fixture::new().await;
    f.push("a", 1, at(0)).await;
    let claimed = f.must_claim(at(0)).await;
    f.retry(&claimed, Again::Backoff(at(900)), at(1)).await;
    let sweep = Subject { priority: Priority::Background, ..pull_request(1) };
    assert_eq!(f.store.enqueue(&[sweep], at(2)).await.ok(), Some(0));
    assert_eq!(f.claim(at(899)).await, None);
    assert_eq!(f.must_claim(at(900)).await.attempts, 2, "the tries are counted on");
}

#[tokio::test]
async fn edited_comments_wait_until_they_are_handled() {
    let f = Fixture::new().await;
    let conversation =
        Subject { kind: Kind::Conversation, priority: Priority::Command, ..pull_request(1) };
    let key = conversation.key();
    let comment = |guid: &str, action: &str, comment| Delivery {
        event: "issue_comment".into(),
        action: Some(action.into()),
        comment_id: Some(comment),
        ..delivery(guid, at(0))
    };
    let work = Work { subjects: vec![pull_request(1), conversation], forget: None };
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

#[tokio::test]
async fn a_subjects_standing_says_why_nothing_comes() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn what_is_done_once_is_done_once_in_a_repository() {
    let f = Fixture::new().await;
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

#[tokio::test]
async fn a_command_goes_after_a_push_and_before_the_background() {
    let f = Fixture::new().await;
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

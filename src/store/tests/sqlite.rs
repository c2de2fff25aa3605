//! What only `SQLite` promises.

use super::*;

#[tokio::test]
async fn a_restart_finds_everything_and_takes_back_all_leases() {
    let mut f = Fixture::sqlite().await;
    f.push("a", 1, at(0)).await;
    f.push("b", 2, at(1)).await;
    let before = f.must_claim(at(2)).await;
    f.reopen().await;
    assert_eq!(f.store.rearm_all(at(3)).await.ok(), Some(1));
    assert_eq!(f.push("a", 1, at(3)).await, Accepted::Repeated, "guids are remembered");
    let mut found = [f.must_claim(at(3)).await, f.must_claim(at(3)).await];
    found.sort_by_key(|claimed| claimed.subject.number);
    assert_eq!((found[0].attempts, found[0].losses), (2, 1), "the try that was cut off counts");
    assert_eq!((found[1].attempts, found[1].losses), (1, 0));
    assert_eq!(f.finish(&before, at(4)).await, Settled::Lost);
}

#[tokio::test]
async fn leases_that_are_taken_back_count_as_losses_until_new_work_comes_and_the_last_one_still_then()
 {
    let f = Fixture::sqlite().await;
    f.push("a", 1, at(0)).await;
    f.must_claim(at(0)).await;
    assert_eq!(f.store.rearm_all(at(1)).await.ok(), Some(1));
    assert_eq!(f.must_claim(at(1)).await.losses, 1);
    assert_eq!(f.store.rearm_all(at(2)).await.ok(), Some(1));
    assert_eq!(f.claim(at(2)).await, None, "after the first loss the next try waits");
    assert_eq!(f.must_claim(at(3)).await.losses, 2);
    assert_eq!(f.store.rearm_all(at(3)).await.ok(), Some(1));
    f.push("b", 1, at(3)).await;
    let claimed = f.must_claim(at(4)).await;
    let counted = (claimed.losses, claimed.attempts);
    assert_eq!(
        counted,
        (1, 1),
        "another commit may not have the fault, but what was lost may have been posted"
    );
}

#[tokio::test]
async fn what_ends_the_process_again_and_again_waits_longer_each_time_and_lets_others_go_first() {
    let f = Fixture::sqlite().await;
    f.push("a", 1, at(0)).await;
    let mut now = 0;
    for wait in [0, 1, 3, 9, 27, 27] {
        f.must_claim(at(now)).await;
        f.store.rearm_all(at(now)).await.expect("taken back");
        f.push(&format!("other-{now}-{wait}"), 2, at(now)).await;
        if wait > 0 {
            assert_eq!(f.must_claim(at(now + wait - 1)).await.subject.number, 2);
        }
        now += wait;
        assert_eq!(f.store.next_due().await.ok().flatten(), Some(at(now)));
    }
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
async fn a_transaction_that_sqlite_ended_by_itself_keeps_no_later_one_from_beginning() {
    let f = Fixture::sqlite().await;
    let Database::Sqlite(pools) = &f.store.database else { panic!("a file") };
    // As it does where a commit finds the disk full: the pool's own ROLLBACK after that fails.
    let mut transaction = pools.begin().await.expect("it begins");
    sqlx::raw_sql("ROLLBACK").execute(&mut *transaction).await.expect("it ends");
    drop(transaction);
    assert_eq!(f.push("after", 1, at(2)).await, Accepted::New, "it heals by itself");
    f.must_claim(at(3)).await;
    let synced: i64 =
        sqlx::query_scalar("PRAGMA synchronous").fetch_one(pools.writer()).await.expect("a number");
    assert_eq!(synced, 2, "the connection in its place is set up as the first");
}

#[tokio::test]
async fn commits_are_synced() {
    let f = Fixture::sqlite().await;
    let Database::Sqlite(pools) = &f.store.database else { panic!("a file") };
    let mut writer = pools.writer().acquire().await.expect("the writer");
    let synchronous: i64 =
        sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *writer).await.expect("a number");
    let journal: String =
        sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *writer).await.expect("a word");
    assert_eq!((synchronous, journal.as_str()), (2, "wal"), "2 is FULL");
}

#[tokio::test]
async fn the_claim_reads_its_index_in_order() {
    let f = Fixture::sqlite().await;
    let Database::Sqlite(pools) = &f.store.database else { panic!("a file") };
    let plan = async |statement: &'static str| {
        let steps: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(statement).fetch_all(pools.reader()).await.expect("a plan");
        steps.into_iter().map(|step| step.3).collect::<Vec<_>>()
    };
    let claim = plan(
        "EXPLAIN QUERY PLAN SELECT key FROM subjects
         WHERE turn IS NOT NULL AND priority >= 0 AND due_at <= 5 ORDER BY priority, turn, due_at LIMIT 1",
    );
    assert_eq!(
        claim.await,
        ["SEARCH subjects USING INDEX subjects_line (priority>?)"],
        "no sorting, and only rows in line"
    );
    let waiting = plan(
        "EXPLAIN QUERY PLAN SELECT key FROM subjects WHERE turn IS NULL AND due_at <= 5 ORDER BY due_at LIMIT 1000",
    );
    assert_eq!(
        waiting.await,
        ["SEARCH subjects USING INDEX subjects_waiting (due_at<?)"],
        "no sorting, and only rows that wait"
    );
    let last = plan(
        "EXPLAIN QUERY PLAN SELECT MAX(turn) FROM subjects
         WHERE turn IS NOT NULL AND repository_id = 1 AND priority = 0",
    );
    assert_eq!(
        last.await,
        [
            "SEARCH subjects USING COVERING INDEX subjects_turns (repository_id=? AND priority=? AND turn>?)"
        ]
    );
    let marked = plan(
        "EXPLAIN QUERY PLAN SELECT head FROM checks
         WHERE repository_id = 1 AND external_id = 'a' ORDER BY updated_at DESC LIMIT 20",
    );
    assert_eq!(
        marked.await,
        ["SEARCH checks USING INDEX checks_mark (repository_id=? AND external_id=?)"],
        "each review asks it: not all checks of the repository"
    );
    let sharing = plan(
        "EXPLAIN QUERY PLAN SELECT number, installation, owner, name FROM subjects
         WHERE repository_id = 1 AND kind = 'pull_request' AND head = 'aa' ORDER BY number",
    );
    assert_eq!(
        sharing.await[0],
        "SEARCH subjects USING INDEX subjects_head (repository_id=? AND head=?)"
    );
}

//! What is owed, and a look at the database from outside.

use super::*;

on_both![
    what_is_owed_is_counted_with_the_oldest,
    a_look_from_outside_sees_the_same_and_changes_nothing,
    tables_of_an_earlier_and_of_a_later_version_are_told_apart,
];

async fn what_is_owed_is_counted_with_the_oldest(f: Fixture) {
    assert_eq!(f.store.backlog(at(0)).await.ok(), Some(Backlog::default()));
    f.push("a", 1, at(1)).await;
    f.push("b", 2, at(2)).await;
    let all = Backlog { owed: 2, since: Some(at(1)), unclaimed_since: Some(at(1)) };
    assert_eq!(f.store.backlog(at(5)).await.ok(), Some(all));
    let first = f.must_claim(at(5)).await;
    let leased = Backlog { unclaimed_since: Some(at(2)), ..all };
    assert_eq!(f.store.backlog(at(6)).await.ok(), Some(leased), "a leased one waits for nobody");
    f.store.retry(&first, Again::Backoff(at(60)), "later", at(6)).await.expect("put back");
    let second = f.must_claim(at(6)).await;
    f.finish(&second, at(7)).await;
    let waiting = Backlog { owed: 1, since: Some(at(1)), unclaimed_since: None };
    assert_eq!(f.store.backlog(at(8)).await.ok(), Some(waiting), "it is not yet its time");
    let due = Backlog { unclaimed_since: Some(at(60)), ..waiting };
    assert_eq!(f.store.backlog(at(61)).await.ok(), Some(due));
}

async fn a_look_from_outside_sees_the_same_and_changes_nothing(f: Fixture) {
    f.push("a", 1, at(1)).await;
    let seen = inspect(&f.url, at(5)).await.expect("seen");
    assert_eq!(seen.tables, Tables::Current);
    assert_eq!(seen.backlog, f.store.backlog(at(5)).await.ok());
    assert!(seen.place.starts_with("SQLite file ") || seen.place.starts_with("PostgreSQL at "));
    assert_eq!(f.must_claim(at(6)).await.attempts, 1);
}

async fn tables_of_an_earlier_and_of_a_later_version_are_told_apart(f: Fixture) {
    let tables = async || inspect(&f.url, at(0)).await.map(|seen| seen.tables).ok();
    let change = async |statement: &'static str| {
        either!(&f.store.database, pools => {
            sqlx::query(statement).execute(pools.writer()).await.map(drop)
        })
        .expect("changed");
    };
    change("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 3").await;
    assert_eq!(tables().await, Some(Tables::Newer));
    change("DELETE FROM _sqlx_migrations WHERE version = 9999").await;
    assert_eq!(tables().await, Some(Tables::Behind));
    change("DROP TABLE _sqlx_migrations").await;
    assert_eq!(tables().await, Some(Tables::Missing));
}

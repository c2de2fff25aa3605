//! Deliveries that come at the same time.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use super::*;

on_both![
    two_hundred_at_once_are_all_there_after_a_restart,
    a_guid_that_comes_twice_at_once_is_new_once,
    a_delivery_that_is_refused_fails_alone,
    whoever_stops_waiting_loses_nobody_elses_delivery,
    a_closed_store_says_so_instead_of_waiting,
    one_subject_that_many_ask_for_at_once_is_asked_for_by_all,
];

/// All at once; what each was told, by its number.
async fn at_once(f: &Fixture, all: Vec<(String, Subject)>) -> Vec<Result<Accepted, Error>> {
    let mut deliveries = JoinSet::new();
    for (n, (guid, subject)) in all.into_iter().enumerate() {
        let store = f.store.clone();
        deliveries.spawn(async move {
            (n, store.accept(&delivery(&guid, at(0)), &subject.into()).await)
        });
    }
    let mut told = deliveries.join_all().await;
    told.sort_by_key(|(n, _)| *n);
    told.into_iter().map(|(_, told)| told).collect()
}

async fn two_hundred_at_once_are_all_there_after_a_restart(mut f: Fixture) {
    let all = (0..200).map(|n| (format!("guid-{n}"), pull_request(n % 150))).collect();
    let told = at_once(&f, all).await;
    assert!(told.iter().all(|told| matches!(told, Ok(Accepted::New))), "{told:?}");
    f.reopen().await;
    assert_eq!(f.count("SELECT COUNT(*) FROM deliveries").await, 200);
    assert_eq!(f.store.owed().await.ok(), Some(150));
    assert_eq!(f.push("guid-199", 1, at(1)).await, Accepted::Repeated);
}

async fn a_guid_that_comes_twice_at_once_is_new_once(f: Fixture) {
    let all = (0..60).map(|n| (format!("guid-{}", n % 20), pull_request(n))).collect();
    let told = at_once(&f, all).await;
    let new = told.iter().filter(|told| matches!(told, Ok(Accepted::New))).count();
    let repeated = told.iter().filter(|told| matches!(told, Ok(Accepted::Repeated))).count();
    assert_eq!((new, repeated), (20, 40));
    assert_eq!(f.store.owed().await.ok(), Some(20), "a repeated one asks for nothing");
}

async fn a_delivery_that_is_refused_fails_alone(f: Fixture) {
    either!(&f.store.database, pools => {
        let veto = if f.url.starts_with("sqlite") {
            "CREATE TRIGGER veto BEFORE INSERT ON deliveries WHEN new.guid = 'poison'
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        } else {
            "ALTER TABLE deliveries ADD CONSTRAINT veto CHECK (guid <> 'poison')"
        };
        sqlx::query(veto).execute(pools.writer()).await.map(drop)
    })
    .expect("a veto");
    let mut all: Vec<_> = (0..50).map(|n| (format!("guid-{n}"), pull_request(n))).collect();
    all.insert(20, ("poison".into(), pull_request(99)));
    let mut told = at_once(&f, all).await;
    let poison = told.remove(20);
    assert!(poison.as_ref().is_err_and(Error::is_refusal), "{poison:?}");
    assert!(told.iter().all(|told| matches!(told, Ok(Accepted::New))), "{told:?}");
    assert_eq!(f.store.owed().await.ok(), Some(50), "nothing of the refused one is left");
}

async fn whoever_stops_waiting_loses_nobody_elses_delivery(f: Fixture) {
    let mut impatient = JoinSet::new();
    for n in 0..50 {
        let store = f.store.clone();
        impatient.spawn(async move {
            let gone = delivery(&format!("gone-{n}"), at(0));
            let _ = store.accept(&gone, &pull_request(n).into()).await;
        });
    }
    // They have asked, and some are being written, when they go.
    tokio::task::yield_now().await;
    let all = (0..50).map(|n| (format!("guid-{n}"), pull_request(1000 + n))).collect();
    let (told, ()) = tokio::join!(at_once(&f, all), async { impatient.abort_all() });
    assert!(told.iter().all(|told| matches!(told, Ok(Accepted::New))), "{told:?}");
}

async fn a_closed_store_says_so_instead_of_waiting(f: Fixture) {
    f.store.close().await;
    let (delivery, work) = (delivery("a", at(0)), pull_request(1).into());
    let told = f.store.accept(&delivery, &work);
    let told = tokio::time::timeout(Duration::from_secs(5), told).await.expect("an answer");
    assert!(matches!(told, Err(Error::Closed { .. })), "{told:?}");
    let told = tokio::time::timeout(Duration::from_secs(5), f.claim_result(at(0))).await;
    assert!(matches!(told, Ok(Err(Error::Closed { .. }))), "{told:?}");
}

async fn one_subject_that_many_ask_for_at_once_is_asked_for_by_all(f: Fixture) {
    let asked = (0..40).map(|n| (format!("guid-{n}"), pull_request(1))).collect();
    at_once(&f, asked).await;
    let standing = f.store.standing(&pull_request(1).key()).await.ok().flatten();
    let standing = standing.expect("it is there");
    assert_eq!((standing.wanted, standing.done), (40, 0));
    let guids: BTreeSet<String> = (0..40).map(|n| format!("guid-{n}")).collect();
    let last = standing.last_delivery.expect("a delivery asked").guid;
    assert!(guids.contains(&last), "{last}");
    let claimed = f.must_claim(at(1)).await;
    assert_eq!(f.finish(&claimed, at(2)).await, Settled::Done);
}

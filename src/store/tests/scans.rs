//! How far lists were read, which deliveries are known, and what ends together with a delivery.

use super::*;

on_both![
    how_far_a_list_was_read_is_kept_and_never_goes_back,
    of_many_deliveries_those_on_disk_are_known,
    a_branch_has_checks_where_a_pull_request_into_it_was_reviewed,
    what_a_delivery_ends_or_renames_is_done_with_its_row_and_once,
    what_ends_and_begins_in_one_moment_is_looked_at,
    a_branch_is_a_subject_of_its_own,
];

async fn how_far_a_list_was_read_is_kept_and_never_goes_back(mut f: Fixture) {
    assert_eq!(f.store.scan("deliveries").await.ok(), Some(Scan::default()));
    f.store.begin_scan("deliveries", at(5)).await.expect("noted");
    let begun = Scan { read_to: None, begun_at: Some(at(5)) };
    assert_eq!(f.store.scan("deliveries").await.ok(), Some(begun));
    f.store.end_scan("deliveries", at(9), at(10)).await.expect("noted");
    f.store.begin_scan("deliveries", at(20)).await.expect("noted");
    f.store.end_scan("deliveries", at(3), at(21)).await.expect("noted");
    f.reopen().await;
    let ended = Scan { read_to: Some(at(9)), begun_at: Some(at(20)) };
    assert_eq!(f.store.scan("deliveries").await.ok(), Some(ended));
    assert_eq!(f.store.scan("installations").await.ok(), Some(Scan::default()));
}

async fn of_many_deliveries_those_on_disk_are_known(f: Fixture) {
    f.push("a", 1, at(0)).await;
    f.push("c", 2, at(0)).await;
    let known = f.store.known(&["a", "b", "c"]).await.expect("an answer");
    assert_eq!(known, ["a", "c"].map(str::to_owned).into());
}

async fn a_branch_has_checks_where_a_pull_request_into_it_was_reviewed(f: Fixture) {
    let posted = PostedCheck {
        repository_id: 22,
        head: "c0ffee".into(),
        external_id: "pull_request/22/1".into(),
        check_run_id: 7,
        output_hash: "aa".into(),
        base: "main".into(),
        conclusion: "success".into(),
        title: "Fine".into(),
    };
    f.store.remember_check(&posted, at(0)).await.expect("remembered");
    for (repository, base, has) in [
        (22, Some("main"), true),
        (22, Some("release"), false),
        (22, None, true),
        (23, None, false),
    ] {
        let found = f.store.has_checks_for(repository, base).await;
        assert_eq!(found.ok(), Some(has), "{repository} {base:?}");
    }
}

async fn what_a_delivery_ends_or_renames_is_done_with_its_row_and_once(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let renamed = Renamed { repository_id: 22, owner: "harbour".into(), name: "proposals".into() };
    let rename = Work { rename: Some(renamed), ..Work::default() };
    f.store.accept(&delivery("b", at(1)), &rename).await.expect("taken");
    let claimed = f.must_claim(at(1)).await;
    assert_eq!((&*claimed.subject.owner, &*claimed.subject.name), ("harbour", "proposals"));
    f.finish(&claimed, at(1)).await;
    f.push("c", 2, at(2)).await;
    let end = Work { end: vec![Ended::Repository(22)], ..Work::default() };
    assert_eq!(f.store.accept(&delivery("d", at(3)), &end).await.ok(), Some(Accepted::New));
    assert_eq!(f.store.owed().await.ok(), Some(0));
    f.push("e", 3, at(4)).await;
    assert_eq!(f.store.accept(&delivery("d", at(5)), &end).await.ok(), Some(Accepted::Repeated));
    assert_eq!(f.store.owed().await.ok(), Some(1), "a repeated delivery ends nothing more");
}

async fn what_ends_and_begins_in_one_moment_is_looked_at(f: Fixture) {
    f.push("a", 1, at(0)).await;
    let work = Work {
        subjects: vec![pull_request(2)],
        end: vec![Ended::Installation(11)],
        ..Work::default()
    };
    f.store.accept(&delivery("b", at(1)), &work).await.expect("taken");
    assert_eq!(f.must_claim(at(1)).await.subject.number, 2);
    assert_eq!(f.claim(at(1)).await, None);
}

async fn a_branch_is_a_subject_of_its_own(f: Fixture) {
    let branch = |base: Option<&str>| Subject {
        kind: Kind::Branch,
        number: 0,
        base: base.map(str::to_owned),
        ..pull_request(0)
    };
    let all = [branch(Some("main")), branch(Some("release/1")), branch(Some("main")), branch(None)];
    f.store.enqueue(&all, at(0)).await.expect("enqueued");
    let mut bases = Vec::new();
    while let Some(claimed) = f.claim(at(1)).await {
        f.finish(&claimed, at(1)).await;
        bases.push(claimed.subject.base);
    }
    bases.sort();
    assert_eq!(bases, [None, Some("main".into()), Some("release/1".into())]);
}

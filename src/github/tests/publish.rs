//! Check runs are posted once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::stub::{Received, Reply, Stub};
use crate::github::{
    Annotation, AnnotationLevel, CHECK_NAME, CheckRun, CheckRunId, CommitSha, Conclusion, Error,
};

/// The check runs of a server that does what it is asked, whatever becomes of its answers.
#[derive(Clone, Default)]
struct Runs(Arc<Mutex<Vec<Value>>>);

impl Runs {
    fn all(&self) -> MutexGuard<'_, Vec<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Undoes the first run's annotations after the first `n`.
    fn cut(&self, n: usize) {
        let run = &mut self.all()[0];
        let kept: Vec<_> = run["annotations"].as_array().into_iter().flatten().take(n).collect();
        let kept = json!(kept);
        run["annotations"] = kept;
        run["output"]["annotations_count"] = json!(n);
    }

    fn carry_out(&self, request: &Received) -> Value {
        let mut all = self.all();
        if request.method == "GET" {
            return json!({ "total_count": all.len(), "check_runs": *all });
        }
        let mut body = request.body.clone();
        let new = body["output"]["annotations"].as_array().cloned().unwrap_or_default();
        assert!(new.len() <= 50);
        let id = match request.path.rsplit_once("/check-runs/") {
            Some((_, id)) => id.parse().unwrap_or(0),
            None => all.len() + 1,
        };
        if request.method == "POST" {
            body["id"] = json!(id);
            body["app"] = json!({ "id": 7 });
            body["annotations"] = json!([]);
            all.push(body);
        }
        let Some(run) = all.get_mut(id - 1) else { panic!("no run {id}") };
        for key in ["status", "conclusion"] {
            if let Some(value) = request.body.get(key) {
                run[key] = value.clone();
            }
        }
        let mut annotations = run["annotations"].as_array().cloned().unwrap_or_default();
        annotations.extend(new);
        run["output"]["annotations_count"] = json!(annotations.len());
        run["annotations"] = Value::Array(annotations);
        run.clone()
    }
}

/// What distinguishes a run from another.
type Change = fn(&mut Value);

/// A server that carries everything out, and whose `n`th write is answered by `fault`.
async fn faulty(n: usize, fault: fn(Value) -> Reply) -> (Stub, Runs) {
    let runs = Runs::default();
    let (store, writes) = (runs.clone(), Mutex::new(0));
    let stub = Stub::start(move |request, _| {
        let answer = store.carry_out(request);
        let mut writes = writes.lock().unwrap_or_else(PoisonError::into_inner);
        if request.method != "GET" {
            *writes += 1;
        }
        if request.method != "GET" && *writes == n {
            return fault(answer);
        }
        Reply::Json(200, answer)
    })
    .await;
    (stub, runs)
}

fn run(annotations: usize) -> CheckRun {
    let annotation = |i: usize| Annotation {
        path: "eps/a.md".into(),
        start_line: i + 1,
        end_line: i + 1,
        annotation_level: AnnotationLevel::Failure,
        title: "t".into(),
        message: format!("m{i}"),
    };
    CheckRun {
        head: CommitSha("h1".into()),
        external_id: "fleet/eps#5".into(),
        conclusion: Conclusion::Failure,
        title: "3 things are missing".into(),
        summary: "summary".into(),
        text: String::new(),
        annotations: (0..annotations).map(annotation).collect(),
        details_url: None,
        actions: &[],
    }
}

/// Holds that there is one run, concluded, with each annotation once and in order.
fn assert_whole(runs: &Runs, annotations: usize) {
    let all = runs.all();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(
        (&all[0]["status"], &all[0]["conclusion"]),
        (&json!("completed"), &json!("failure"))
    );
    let found = all[0]["annotations"].as_array().cloned().unwrap_or_default();
    let messages: Vec<_> = found.iter().map(|a| a["message"].clone()).collect();
    let expected: Vec<_> = (0..annotations).map(|i| json!(format!("m{i}"))).collect();
    assert_eq!(messages, expected);
}

#[tokio::test]
async fn up_to_50_annotations_are_one_request() {
    for annotations in [0, 1, 50] {
        let (stub, runs) = faulty(0, |_| Reply::Drop).await;
        let id = stub.repository().publish_check(&run(annotations)).await;
        assert_eq!(id, Ok(CheckRunId(1)));
        assert_eq!(stub.asked(), ["POST /repos/fleet/eps/check-runs"]);
        assert_whole(&runs, annotations);
        let all = runs.all();
        assert_eq!(all[0]["name"], json!(CHECK_NAME));
        assert_eq!(all[0]["head_sha"], json!("h1"));
        assert!(all[0]["output"].get("text").is_none() && all[0].get("details_url").is_none());
    }
}

#[tokio::test]
async fn more_annotations_follow_and_the_last_ones_conclude() {
    let (stub, runs) = faulty(0, |_| Reply::Drop).await;
    assert!(stub.repository().publish_check(&run(120)).await.is_ok());
    let patch = "PATCH /repos/fleet/eps/check-runs/1";
    assert_eq!(stub.asked(), ["POST /repos/fleet/eps/check-runs", patch, patch]);
    let states: Vec<_> = stub.seen().iter().skip(1).map(|r| r.body["status"].clone()).collect();
    assert_eq!(states, ["in_progress", "in_progress", "completed"]);
    assert_whole(&runs, 120);
}

#[tokio::test]
async fn an_answer_that_is_lost_never_makes_a_second_run_or_a_second_annotation() {
    let faults: [fn(Value) -> Reply; 5] = [
        |_| Reply::Drop,
        |_| Reply::Json(502, json!({ "message": "unicorn" })),
        |answer| Reply::CutJson(201, answer),
        Reply::Half,
        |answer| Reply::Slow(std::time::Duration::from_secs(2), answer),
    ];
    for fault in faults {
        for (write, annotations) in [(1, 3), (1, 120), (2, 120), (3, 120)] {
            let (stub, runs) = faulty(write, fault).await;
            let id = stub.repository().publish_check(&run(annotations)).await;
            assert_eq!(id, Ok(CheckRunId(1)));
            assert_whole(&runs, annotations);
        }
    }
}

#[tokio::test]
async fn a_post_that_did_not_arrive_is_looked_for_before_it_is_repeated() {
    let runs = Runs::default();
    let store = runs.clone();
    let stub = Stub::start(move |request, before| {
        if request.method == "POST" && before == 0 {
            return Reply::Json(503, json!({}));
        }
        Reply::Json(200, store.carry_out(request))
    })
    .await;
    let repository = stub.repository();
    let e = repository.publish_check(&run(3)).await.err();
    assert!(matches!(e, Some(Error::Server { .. })), "{e:?}");
    assert_eq!(repository.publish_check(&run(3)).await, Ok(CheckRunId(1)));
    assert_whole(&runs, 3);
    let verbs: Vec<_> =
        stub.asked().iter().map(|a| a.split(' ').next().unwrap_or("").to_owned()).collect();
    assert_eq!(verbs, ["POST", "GET", "GET", "POST"]);
    // All is clear again: the next run is one request.
    assert!(repository.publish_check(&run(4)).await.is_ok());
    assert_eq!(stub.asked().len(), 5);
}

#[tokio::test]
async fn a_post_that_arrived_late_is_adopted_by_the_next_call() {
    let runs = Runs::default();
    let store = runs.clone();
    let stub = Stub::start(move |request, before| {
        // Carried out, but neither the answer nor the list shows it yet.
        if request.method == "POST" {
            store.carry_out(request);
            return Reply::Drop;
        }
        if before == 0 {
            return Reply::Json(200, json!({ "check_runs": [] }));
        }
        Reply::Json(200, store.carry_out(request))
    })
    .await;
    let repository = stub.repository();
    assert!(repository.publish_check(&run(3)).await.is_err());
    assert_eq!(repository.publish_check(&run(3)).await, Ok(CheckRunId(1)));
    assert_whole(&runs, 3);
}

#[tokio::test]
async fn a_caller_who_stopped_waiting_leaves_the_doubt_behind() {
    let (stub, runs) =
        faulty(1, |answer| Reply::Slow(std::time::Duration::from_secs(1), answer)).await;
    let repository = stub.repository();
    let wanted = run(3);
    let arrived = async {
        while runs.all().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        result = repository.publish_check(&wanted) => panic!("{result:?}"),
        () = arrived => {}
    }
    assert_eq!(repository.publish_check(&wanted).await, Ok(CheckRunId(1)));
    assert_whole(&runs, 3);
}

#[tokio::test]
async fn after_a_restart_a_run_that_stands_is_adopted_and_one_that_is_half_done_is_finished() {
    let (stub, runs) = faulty(0, |_| Reply::Drop).await;
    assert!(stub.repository().publish_check(&run(3)).await.is_ok());
    assert_eq!(stub.repository().republish_check(&run(3)).await, Ok(CheckRunId(1)));
    assert_whole(&runs, 3);

    let (stub, runs) = faulty(2, |_| Reply::Json(422, json!({ "message": "no" }))).await;
    // The second write is refused and, in this server, undone.
    let e = stub.repository().publish_check(&run(120)).await.err();
    assert!(matches!(e, Some(Error::Refused { .. })), "{e:?}");
    runs.cut(50);
    assert_eq!(stub.repository().republish_check(&run(120)).await, Ok(CheckRunId(1)));
    assert_whole(&runs, 120);
}

#[tokio::test]
async fn only_our_newest_run_with_this_verdict_is_adopted() {
    let other = |change: Change| {
        let mut run = json!({
            "id": 3, "name": CHECK_NAME, "external_id": "fleet/eps#5", "status": "completed",
            "conclusion": "failure", "app": { "id": 7 },
            "output": { "title": "3 things are missing", "annotations_count": 0 },
        });
        change(&mut run);
        run
    };
    let cases: [(Change, bool); 7] = [
        (|_| (), true),
        (|r| r["app"]["id"] = json!(8), false),
        (|r| r["name"] = json!("another"), false),
        (|r| r["external_id"] = json!("fleet/eps#6"), false),
        (|r| r["conclusion"] = json!("success"), false),
        (|r| r["output"]["title"] = json!("4 things are missing"), false),
        (|r| r["output"]["annotations_count"] = json!(1), false),
    ];
    for (change, adopted) in cases {
        let standing = other(change);
        let stub = Stub::start(move |request, _| match request.method.as_str() {
            "GET" => Reply::Json(200, json!({ "check_runs": [standing] })),
            _ => Reply::Json(201, json!({ "id": 99 })),
        })
        .await;
        let id = stub.repository().republish_check(&run(0)).await;
        assert_eq!(id, Ok(CheckRunId(if adopted { 3 } else { 99 })));
    }
    // An older run with the same verdict, under a newer one with another.
    let stub = Stub::start(move |request, _| match request.method.as_str() {
        "GET" => {
            let newer = other(|r| {
                r["id"] = json!(4);
                r["conclusion"] = json!("success");
            });
            Reply::Json(200, json!({ "check_runs": [newer, other(|_| ())] }))
        }
        _ => Reply::Json(201, json!({ "id": 99 })),
    })
    .await;
    assert_eq!(stub.repository().republish_check(&run(0)).await, Ok(CheckRunId(99)));
    assert_eq!(
        stub.asked()[0],
        "GET /repos/fleet/eps/commits/h1/check-runs?check_name=EP%20%2F%20production%20readiness\
         &app_id=7&filter=all&per_page=100&page=1"
    );
}

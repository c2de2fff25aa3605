use serde_json::{Value, json};

use super::*;
use crate::bot::event::{Asked, asked};
use crate::github::webhook;
use crate::store::Priority;

fn read(event: &str, payload: &Value) -> Asked {
    asked(&webhook::parse(event, payload.to_string().as_bytes()).expect("a payload"), 4)
}

#[track_caller]
fn work(event: &str, payload: &Value) -> Work {
    match read(event, payload) {
        Asked::Look(work) => work,
        Asked::Ignored(reason) => panic!("ignored: {reason}"),
    }
}

fn keys(work: &Work) -> Vec<String> {
    work.subjects.iter().map(Subject::key).collect()
}

fn pushed(repository: &str, branch: &str, paths: &[&str]) -> Value {
    json!({
        "ref": format!("refs/heads/{branch}"),
        "created": false, "deleted": false, "forced": false,
        "commits": [{ "id": "aa", "added": paths, "modified": [], "removed": [] }],
        "installation": { "id": 7 },
        "repository": {
            "id": 22, "name": repository, "owner": { "login": "fleet" }, "default_branch": "main",
        },
    })
}

#[test]
fn a_push_that_may_change_what_judges_has_the_pull_requests_into_its_branch_reviewed_anew() {
    for path in [".github/ep-bot.yml", "eps/EP-0001-a.md", "eps/0001/ep.yaml", "A.MD"] {
        let work = work("push", &pushed("eps", "release/1", &["src/a.rs", path]));
        assert_eq!(keys(&work), ["branch/22/release/1"], "{path}");
        let subject = &work.subjects[0];
        assert_eq!(subject.priority, Priority::Background);
        assert_eq!(subject.base.as_deref(), Some("release/1"));
    }
    let code = pushed("eps", "main", &["src/a.rs", "Makefile"]);
    assert!(matches!(read("push", &code), Asked::Ignored(_)));
}

#[test]
fn what_a_push_does_not_say_may_be_anything() {
    let code = || pushed("eps", "main", &["src/a.rs"]);
    let mut forced = code();
    forced["forced"] = json!(true);
    let mut moved = code();
    moved["commits"] = json!([]);
    let mut silent = code();
    silent["commits"][0]["modified"] = Value::Null;
    let mut many = code();
    many["commits"] = Value::Array(vec![code()["commits"][0].clone(); 2_048]);
    for unknown in [forced, moved, silent, many] {
        assert_eq!(keys(&work("push", &unknown)), ["branch/22/main"]);
    }
    let mut gone = pushed("eps", "main", &["a.md"]);
    gone["deleted"] = json!(true);
    let mut tag = pushed("eps", "main", &["a.md"]);
    tag["ref"] = json!("refs/tags/v1");
    let mut new = code();
    (new["commits"], new["created"]) = (json!([]), json!(true));
    for ignored in [gone, tag, new] {
        assert!(matches!(read("push", &ignored), Asked::Ignored(_)), "{ignored}");
    }
}

#[test]
fn the_policy_of_an_account_concerns_all_its_repositories() {
    let both = ["branch/22/main", "account/0/7"];
    assert_eq!(keys(&work("push", &pushed(".github", "main", &[POLICY_PATH]))), both);
    for (repository, branch, path) in [
        (".github", "idea", POLICY_PATH),
        (".github", "main", "a.md"),
        ("eps", "main", POLICY_PATH),
    ] {
        let work = work("push", &pushed(repository, branch, &[path]));
        assert_eq!(work.subjects.len(), 1, "{repository} {branch} {path}");
    }
}

#[test]
fn an_account_that_takes_the_app_is_swept_and_one_that_lets_it_go_is_dropped() {
    let payload = |action: &str| {
        json!({
            "action": action,
            "installation": { "id": 7, "account": { "login": "fleet" } },
            "repositories": [{ "id": 22, "name": "eps", "full_name": "fleet/eps" }],
        })
    };
    for (action, key) in [
        ("created", "installation/0/7"),
        ("unsuspend", "installation/0/7"),
        ("new_permissions_accepted", "account/0/7"),
    ] {
        assert_eq!(keys(&work("installation", &payload(action))), [key]);
    }
    for action in ["deleted", "suspend"] {
        let work = work("installation", &payload(action));
        assert_eq!((work.subjects.len(), work.end), (0, vec![Ended::Installation(7)]));
    }
}

#[test]
fn repositories_that_come_are_swept_and_those_that_leave_are_dropped() {
    let list = |from: u64, to: u64| -> Vec<Value> {
        (from..to).map(|id| json!({ "id": id, "full_name": format!("fleet/r{id}") })).collect()
    };
    let payload = |action: &str, added: Vec<Value>, removed: Vec<Value>| {
        json!({
            "action": action,
            "installation": { "id": 7, "account": { "login": "fleet" } },
            "repositories_added": added, "repositories_removed": removed,
        })
    };
    let added = work("installation_repositories", &payload("added", list(1, 3), vec![]));
    assert_eq!(keys(&added), ["sweep/1/0", "sweep/2/0"]);
    assert_eq!(added.subjects[1].name, "r2");
    for many in [list(0, 500), vec![]] {
        let added = work("installation_repositories", &payload("added", many, vec![]));
        assert_eq!(keys(&added), ["installation/0/7"], "the list may be cut off");
    }
    let removed = work("installation_repositories", &payload("removed", vec![], list(5, 7)));
    assert_eq!(removed.end, [Ended::Repository(5), Ended::Repository(6)]);
    assert_eq!(removed.subjects, []);
}

#[test]
fn a_repository_keeps_its_work_under_a_new_name_and_loses_it_when_it_is_archived() {
    let payload = |action: &str| {
        json!({
            "action": action,
            "installation": { "id": 7 },
            "repository": { "id": 22, "name": "proposals", "owner": { "login": "harbour" } },
        })
    };
    for (action, sweeps) in [("renamed", 0), ("transferred", 1)] {
        let work = work("repository", &payload(action));
        let to = work.rename.expect("it has another name");
        assert_eq!((to.repository_id, &*to.owner, &*to.name), (22, "harbour", "proposals"));
        assert_eq!(work.subjects.len(), sweeps);
    }
    for action in ["archived", "deleted"] {
        assert_eq!(work("repository", &payload(action)).end, [Ended::Repository(22)]);
    }
    assert_eq!(keys(&work("repository", &payload("unarchived"))), ["sweep/22/0"]);
    assert!(matches!(read("repository", &payload("edited")), Asked::Ignored(_)));
}

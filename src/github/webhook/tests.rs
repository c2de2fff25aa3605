use super::*;

fn parsed(event: &str, body: &str) -> Event {
    parse(event, body.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn a_pull_request_from_a_deleted_fork_by_a_deleted_user_is_read() {
    let event = parsed(
        "pull_request",
        r#"{"action":"a new word","number":5,"sender":null,"installation":{"id":9,"node_id":"x"},
            "repository":{"id":3,"name":"eps","full_name":"fleet/eps","owner":{"login":"fleet"}},
            "changes":{"base":{"ref":{"from":"old"},"sha":{"from":"00"}}},
            "pull_request":{"number":5,"state":"open","user":null,
              "head":{"sha":"aa","ref":"x","repo":null,"user":null},"base":{"ref":"main","sha":"bb"}}}"#,
    );
    assert_eq!(event.action.as_deref(), Some("a new word"));
    assert_eq!(event.installation, Some(InstallationId(9)));
    assert_eq!(event.sender, None);
    let name = RepositoryName { owner: "fleet".into(), name: "eps".into() };
    assert_eq!(event.repository, Some(EventRepository { id: 3, name }));
    let expected = EventPullRequest {
        number: PullRequestNumber(5),
        head: CommitSha("aa".into()),
        base_branch: "main".into(),
        open: true,
        base_changed: true,
    };
    assert_eq!(event.subject, Subject::PullRequest(expected));
}

#[test]
fn a_changed_title_is_no_changed_base() {
    let event = parsed(
        "pull_request",
        r#"{"changes":{"title":{"from":"old"}},"pull_request":{"number":5,"state":"closed",
            "head":{"sha":"aa"},"base":{"ref":"main"}}}"#,
    );
    let Subject::PullRequest(pull_request) = event.subject else { panic!("{event:?}") };
    assert!(!pull_request.base_changed && !pull_request.open);
}

#[test]
fn a_comment_says_where_it_stands_and_whether_it_may_hold_a_command() {
    let body = r#"{"sender":{"login":"b[bot]","type":"Bot"},"comment":{"id":8,"user":null,"body":"TEXT"},
        "changes":{"body":{"from":"OLD"}},"issue":{"number":5 LINK}}"#;
    let read = |text: &str, old: &str, link: &str| {
        let body = body.replace("TEXT", text).replace("OLD", old).replace("LINK", link);
        parsed("issue_comment", &body)
    };
    let event = read("Thanks!", "Thank", "");
    assert!(event.sender.is_some_and(|s| s.is_bot));
    let expected = Subject::Comment {
        number: 5,
        on_pull_request: false,
        comment: 8,
        by_bot: false,
        may_command: false,
    };
    assert_eq!(event.subject, expected);
    let link = r#","pull_request":{"url":"https://…"}"#;
    for (text, old) in [("x\\n/EP-status", ""), ("never mind", "/ep-waive")] {
        let expected = Subject::Comment {
            number: 5,
            on_pull_request: true,
            comment: 8,
            by_bot: false,
            may_command: true,
        };
        assert_eq!(read(text, old, link).subject, expected);
    }
}

#[test]
fn a_check_names_its_app() {
    let body = r#"{"id":1,"head_sha":"aa","external_id":"","app":{"id":4},"pull_requests":[]}"#;
    let check = EventCheck {
        id: 1,
        app_id: Some(4),
        external_id: None,
        button: None,
        queued_for: None,
        head: CommitSha("aa".into()),
    };
    let run = parsed("check_run", &format!(r#"{{"check_run":{body}}}"#));
    assert_eq!(run.subject, Subject::CheckRun(check.clone()));
    let suite = parsed("check_suite", &format!(r#"{{"check_suite":{body}}}"#));
    assert_eq!(suite.subject, Subject::CheckSuite(check));
}

#[test]
fn a_merge_group_names_its_commit() {
    let body = r#"{"merge_group":{"head_sha":"aa","head_ref":"refs/heads/q","base_sha":"bb","base_ref":"refs/heads/main"}}"#;
    let event = parsed("merge_group", body);
    let expected = Subject::MergeGroup {
        head: CommitSha("aa".into()),
        head_ref: "refs/heads/q".into(),
        base_branch: "main".into(),
    };
    assert_eq!(event.subject, expected);
}

#[test]
fn an_event_that_is_not_ours_says_so() {
    for (name, body) in [
        ("ping", r#"{"zen":"…"}"#),
        ("star", r#"{"pull_request":7,"comment":[],"check_run":"?"}"#),
        ("something new", "{}"),
    ] {
        assert_eq!(parsed(name, body).subject, Subject::Other);
    }
}

#[test]
fn a_body_without_sense_is_an_error() {
    for (name, body) in [
        ("pull_request", "{}"),
        ("pull_request", "["),
        ("ping", ""),
        ("check_run", r#"{"check_run":null}"#),
        ("issue_comment", r#"{"issue":{"number":1}}"#),
    ] {
        assert!(parse(name, body.as_bytes()).is_err(), "{name} {body}");
    }
}

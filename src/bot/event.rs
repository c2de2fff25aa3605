//! From a delivery to what has to be looked at. A delivery carries no fact that a verdict rests on: it only
//! says "look at this again", so the order of deliveries does not matter.

mod places;

use crate::github::webhook::{self, Event, EventCheck};
use crate::store::{Kind, Priority, Subject, Work};

use super::words::{EXPLAIN, RECHECK};

/// What a delivery asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Look at this.
    Look(Work),
    /// Nothing: it is not ours, for this reason.
    Ignored(&'static str),
}

/// Deliveries of other events are not even parsed, but for those that come [unasked](UNASKED).
const HANDLED: &[&str] = &[
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "push",
    "repository",
];

/// These reach every App, which cannot listen to them.
const UNASKED: &[&str] = &["installation", "installation_repositories"];

/// The events that the App has to listen to.
pub fn handled() -> &'static [&'static str] {
    HANDLED
}

/// Whether deliveries of this event are read at all.
pub fn handles(event: &str) -> bool {
    HANDLED.contains(&event) || UNASKED.contains(&event)
}

/// What a delivery to this App asks for.
pub fn asked(event: &Event, app: u64) -> Asked {
    match wanted(event, app) {
        Ok(work) => Asked::Look(work),
        Err(reason) => Asked::Ignored(reason),
    }
}

fn wanted(event: &Event, app: u64) -> Result<Work, &'static str> {
    const UNMOVED: &str = "this action changes nothing that is reviewed";
    let action = event.action.as_deref().unwrap_or_default();
    match &event.subject {
        webhook::Subject::PullRequest(pull_request) => {
            let matters = match action {
                // A closed pull request is looked at too: it ends what waits for a retry, and writes nothing.
                "opened" | "synchronize" | "reopened" | "ready_for_review"
                | "converted_to_draft" | "closed" => true,
                // Title and text are no part of an EP; another base is another merge base.
                "edited" => pull_request.base_changed,
                _ => false,
            };
            if !matters {
                return Err(UNMOVED);
            }
            let head = Some(pull_request.head.0.clone());
            let number = pull_request.number.0;
            Ok(subject(event, Kind::PullRequest, number, head, Priority::Interactive)?.into())
        }
        // Our own review comments come back as reviews that decide nothing.
        webhook::Subject::Review { is_opinion: false, .. } => {
            Err("a review that only comments decides nothing")
        }
        webhook::Subject::Review { pull_request, .. } => {
            if !matches!(action, "submitted" | "dismissed") {
                return Err(UNMOVED);
            }
            let head = Some(pull_request.head.0.clone());
            let number = pull_request.number.0;
            Ok(subject(event, Kind::PullRequest, number, head, Priority::Interactive)?.into())
        }
        webhook::Subject::Comment { may_command: false, .. } => Err("the comment has no command"),
        webhook::Subject::Comment { by_bot: true, .. } => Err("bots are not answered"),
        // A bot that edits or deletes a person's comment may take a waiver or a question back.
        webhook::Subject::Comment { number, on_pull_request, .. } => match action {
            "created" | "edited" => {
                let kind = if *on_pull_request { Kind::PullRequest } else { Kind::Conversation };
                Ok(subject(event, kind, *number, None, Priority::Command)?.into())
            }
            // A waiver or a question may be gone with it.
            "deleted" if *on_pull_request => {
                Ok(subject(event, Kind::PullRequest, *number, None, Priority::Command)?.into())
            }
            _ => Err(UNMOVED),
        },
        webhook::Subject::CheckRun(check) if check.app_id != Some(app) => {
            Err("the check is another App's")
        }
        webhook::Subject::CheckRun(check) => match (action, check.button.as_deref()) {
            ("rerequested", _) | ("requested_action", Some(RECHECK)) => again(event, check),
            ("requested_action", Some(EXPLAIN)) => {
                let number = numbered(event, check).ok_or("the check has no mark of ours")?;
                let head = Some(check.head.0.clone());
                Ok(subject(event, Kind::Explain, number, head, Priority::Command)?.into())
            }
            _ => Err("this action asks for nothing"),
        },
        webhook::Subject::CheckSuite(suite) if suite.app_id != Some(app) => {
            Err("the check suite is another App's")
        }
        webhook::Subject::CheckSuite(suite) if action == "rerequested" => again(event, suite),
        webhook::Subject::CheckSuite(_) => Err("this action asks for nothing"),
        webhook::Subject::Installation(installation) => places::installation(event, installation),
        webhook::Subject::Push(push) => places::push(event, push),
        webhook::Subject::Repository => places::repository(event),
        webhook::Subject::MergeGroup { head, base_branch, .. } => {
            let head = Some(head.0.clone());
            let group = subject(event, Kind::MergeGroup, 0, head, Priority::Interactive)?;
            match action {
                "checks_requested" => {
                    Ok(Subject { base: Some(base_branch.clone()), ..group }.into())
                }
                "destroyed" => Ok(Work { drop: vec![group.key()], ..Work::default() }),
                _ => Err(UNMOVED),
            }
        }
        webhook::Subject::Other => Err("nothing is looked at on this event"),
    }
}

/// A check is to be made anew, also where it would say the same: the pull request that our mark on it names is looked
/// at; without a mark, those that have this head.
fn again(event: &Event, check: &EventCheck) -> Result<Work, &'static str> {
    let head = check.head.0.clone();
    let (kind, number) = match (numbered(event, check), &check.queued_for) {
        (Some(number), _) => (Kind::PullRequest, number),
        (None, Some(_)) => (Kind::MergeGroup, 0),
        (None, None) => (Kind::Commit, 0),
    };
    let subject = Subject {
        base: check.queued_for.clone().filter(|_| kind == Kind::MergeGroup),
        ..subject(event, kind, number, Some(head.clone()), Priority::Interactive)?
    };
    let forget = Some((subject.repository_id, head));
    Ok(Work { subjects: vec![subject], forget, ..Work::default() })
}

/// The number of the pull request that our mark on a check names. Forks are not told of by GitHub.
fn numbered(event: &Event, check: &EventCheck) -> Option<u64> {
    let (key, _) = check.external_id.as_deref()?.split_once(':')?;
    let (kind, rest) = key.split_once('/')?;
    let (repository, number) = rest.split_once('/')?;
    let ours = kind == Kind::PullRequest.as_str()
        && repository.parse() == Ok(event.repository.as_ref()?.id);
    number.parse().ok().filter(|_| ours)
}

fn subject(
    event: &Event,
    kind: Kind,
    number: u64,
    head: Option<String>,
    priority: Priority,
) -> Result<Subject, &'static str> {
    let repository = event.repository.as_ref().ok_or("it names no repository")?;
    let installation =
        event.installation.ok_or("it comes from a hook of the repository, not from the App")?;
    Ok(Subject {
        kind,
        installation: installation.0,
        repository_id: repository.id,
        owner: repository.name.owner.clone(),
        name: repository.name.name.clone(),
        number,
        priority,
        head,
        base: None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const APP: u64 = 4;

    fn payload(action: &str) -> Value {
        json!({
            "action": action,
            "installation": { "id": 7 },
            "repository": { "id": 22, "name": "enhancements", "owner": { "login": "fleet" } },
            "sender": { "login": "alice", "type": "User" },
            "pull_request": {
                "number": 5, "state": "open", "head": { "sha": "aa" }, "base": { "ref": "main" },
            },
        })
    }

    fn read(event: &str, payload: &Value) -> Asked {
        let body = payload.to_string();
        asked(&webhook::parse(event, body.as_bytes()).expect("a payload"), APP)
    }

    #[track_caller]
    fn looks(event: &str, payload: &Value) -> (String, Option<(u64, String)>) {
        match read(event, payload) {
            Asked::Look(work) => {
                assert_eq!(work.subjects.len(), 1);
                (work.subjects[0].key(), work.forget)
            }
            Asked::Ignored(reason) => panic!("ignored: {reason}"),
        }
    }

    #[test]
    fn what_changes_a_pull_requests_content_or_base_is_looked_at() {
        for action in [
            "opened",
            "synchronize",
            "reopened",
            "ready_for_review",
            "converted_to_draft",
            "closed",
        ] {
            let Asked::Look(work) = read("pull_request", &payload(action)) else {
                panic!("{action}")
            };
            let subject = &work.subjects[0];
            assert_eq!(subject.key(), "pull_request/22/5");
            assert_eq!((subject.installation, subject.owner.as_str()), (7, "fleet"));
            assert_eq!(subject.head.as_deref(), Some("aa"));
        }
        let mut edited = payload("edited");
        edited["changes"] = json!({ "title": { "from": "old" } });
        assert!(matches!(read("pull_request", &edited), Asked::Ignored(_)), "a title is no EP");
        edited["changes"] =
            json!({ "base": { "ref": { "from": "old" }, "sha": { "from": "00" } } });
        assert!(matches!(read("pull_request", &edited), Asked::Look(_)));
    }

    #[test]
    fn a_review_that_decides_is_looked_at_and_one_that_comments_is_not() {
        for (action, state, is_looked_at) in [
            ("submitted", "approved", true),
            ("submitted", "changes_requested", true),
            ("dismissed", "dismissed", true),
            ("submitted", "commented", false),
            ("edited", "approved", false),
        ] {
            let mut review = payload(action);
            review["review"] = json!({ "state": state });
            let asked = read("pull_request_review", &review);
            assert_eq!(matches!(asked, Asked::Look(_)), is_looked_at, "{action} {state}");
        }
    }

    #[test]
    fn a_persons_comment_with_a_command_is_looked_at() {
        let comment = |action: &str, body: &str, more: Value| {
            let mut payload = payload(action);
            payload["comment"] = json!({ "id": 8, "body": body });
            payload["issue"] = json!({ "number": 5 });
            for (key, value) in more.as_object().into_iter().flatten() {
                payload[key] = value.clone();
            }
            payload
        };
        let on_pull_request = json!({ "issue": { "number": 5, "pull_request": {} } });
        let looked = |payload| looks("issue_comment", &payload).0;
        assert_eq!(looked(comment("created", "/ep-status", Value::Null)), "conversation/22/5");
        let key = looked(comment("created", "/EP-check", on_pull_request.clone()));
        assert_eq!(key, "pull_request/22/5");
        looked(comment("deleted", "/ep-waive x because y", on_pull_request.clone()));
        let taken_back = json!({ "changes": { "body": { "from": "/ep-waive" } } });
        looked(comment("edited", "never mind", taken_back));
        let bot = json!({ "sender": { "login": "b[bot]", "type": "Bot" } });
        let of_bot = json!({ "comment": {
            "id": 8, "body": "/ep-status", "user": { "login": "b[bot]", "type": "Bot" },
        } });
        let mut on_waiver = on_pull_request.clone();
        on_waiver["sender"] = bot["sender"].clone();
        for action in ["edited", "deleted"] {
            // A bot that takes a person's waiver back: the verdict rests on it.
            looked(comment(action, "/ep-waive x because y", on_waiver.clone()));
        }
        for ignored in [
            comment("created", "Looks good", on_pull_request),
            comment("created", "/ep-status", bot),
            comment("created", "/ep-status", of_bot.clone()),
            comment("edited", "/ep-status", of_bot),
            comment("deleted", "/ep-status", Value::Null),
        ] {
            assert!(matches!(read("issue_comment", &ignored), Asked::Ignored(_)), "{ignored}");
        }
    }

    #[test]
    fn a_check_of_ours_is_made_again_when_asked_for() {
        let check = |action: &str, mark: Option<&str>, app: u64| {
            let mut payload = payload(action);
            payload["check_run"] =
                json!({ "id": 1, "head_sha": "aa", "external_id": mark, "app": { "id": app } });
            payload["check_suite"] = payload["check_run"].clone();
            payload
        };
        let ours = Some("pull_request/22/5:0123456789abcdef");
        let forgotten = Some((22, "aa".to_owned()));
        let again = |payload: &Value| looks("check_run", payload);
        let expected = ("pull_request/22/5".to_owned(), forgotten.clone());
        assert_eq!(again(&check("rerequested", ours, APP)), expected);
        let mut pressed = check("requested_action", ours, APP);
        pressed["requested_action"] = json!({ "identifier": RECHECK });
        assert_eq!(again(&pressed), expected);
        pressed["requested_action"] = json!({ "identifier": EXPLAIN });
        assert_eq!(again(&pressed), ("explain/22/5".to_owned(), None));
        for elsewhere in
            [None, Some("pull_request/23/5:00"), Some("pull_request/22/x:00"), Some("x")]
        {
            let (key, _) = again(&check("rerequested", elsewhere, APP));
            assert_eq!(key, "commit/22/aa", "{elsewhere:?}");
        }
        let mut queued = check("rerequested", Some("merge_group/22/aa:00"), APP);
        queued["check_run"]["check_suite"] =
            json!({ "head_branch": "gh-readonly-queue/release/2.0/pr-5-bb" });
        let Asked::Look(work) = read("check_run", &queued) else { panic!("ignored") };
        assert_eq!(work.subjects[0].key(), "merge_group/22/aa");
        assert_eq!(work.subjects[0].base.as_deref(), Some("release/2.0"));
        let suite = looks("check_suite", &check("rerequested", None, APP));
        assert_eq!(suite, ("commit/22/aa".to_owned(), forgotten));
        for (event, ignored) in [
            ("check_run", check("rerequested", ours, APP + 1)),
            ("check_suite", check("rerequested", ours, APP + 1)),
            ("check_run", check("created", ours, APP)),
            ("check_suite", check("completed", ours, APP)),
        ] {
            assert!(matches!(read(event, &ignored), Asked::Ignored(_)), "{event} {ignored}");
        }
    }

    #[test]
    fn a_merge_group_is_looked_at_until_it_is_destroyed() {
        let group = |action: &str| {
            let mut payload = payload(action);
            payload["merge_group"] = json!({
                "head_sha": "bb", "head_ref": "refs/heads/gh-readonly-queue/main/pr-5-aa",
                "base_sha": "aa", "base_ref": "refs/heads/main",
            });
            payload
        };
        let Asked::Look(work) = read("merge_group", &group("checks_requested")) else { panic!() };
        assert_eq!(work.subjects[0].key(), "merge_group/22/bb");
        assert_eq!(work.subjects[0].base.as_deref(), Some("main"));
        let Asked::Look(work) = read("merge_group", &group("destroyed")) else { panic!() };
        assert_eq!((work.subjects.len(), work.drop), (0, vec!["merge_group/22/bb".to_owned()]));
    }

    #[test]
    fn everything_else_is_ignored() {
        for action in ["labeled", "assigned", "a word of next year"] {
            assert!(
                matches!(read("pull_request", &payload(action)), Asked::Ignored(_)),
                "{action}"
            );
        }
        let mut bare = payload("opened");
        bare["installation"] = Value::Null;
        assert!(matches!(read("pull_request", &bare), Asked::Ignored(_)));
        assert!(!handles("ping") && !handles("star") && handles("pull_request"));
    }
}

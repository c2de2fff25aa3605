//! From a delivery to what has to be looked at. A delivery carries no fact that a verdict rests on: it only
//! says "look at this again", so the order of deliveries does not matter.

use crate::github::webhook::{self, Event};
use crate::store;

/// What a delivery asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Look at this.
    Look(store::Subject),
    /// Nothing: it is not ours, for this reason.
    Ignored(&'static str),
}

/// Whether deliveries of this event are read at all. What is not is not even parsed.
pub fn handles(event: &str) -> bool {
    event == "pull_request"
}

/// What a delivery asks for.
pub fn asked(event: &Event) -> Asked {
    let webhook::Subject::PullRequest(pull_request) = &event.subject else {
        return Asked::Ignored("nothing is looked at on this event");
    };
    let matters = match event.action.as_deref() {
        // A closed pull request is looked at too: it ends what waits for a retry, and writes nothing.
        Some(
            "opened" | "synchronize" | "reopened" | "ready_for_review" | "converted_to_draft"
            | "closed",
        ) => true,
        // Title and text are no part of an EP; another base is another merge base.
        Some("edited") => pull_request.base_changed,
        _ => false,
    };
    if !matters {
        return Asked::Ignored("this action changes nothing that is reviewed");
    }
    let Some(repository) = &event.repository else {
        return Asked::Ignored("it names no repository");
    };
    let Some(installation) = event.installation else {
        return Asked::Ignored("it comes from a hook of the repository, not from the App");
    };
    Asked::Look(store::Subject {
        kind: store::Kind::PullRequest,
        installation: installation.0,
        repository_id: repository.id,
        owner: repository.name.owner.clone(),
        name: repository.name.name.clone(),
        number: pull_request.number.0,
        priority: store::Priority::Interactive,
        head: Some(pull_request.head.0.clone()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn payload(action: &str) -> Value {
        json!({
            "action": action,
            "installation": { "id": 7 },
            "repository": { "id": 22, "name": "enhancements", "owner": { "login": "fleet" } },
            "pull_request": {
                "number": 5, "state": "open", "head": { "sha": "aa" }, "base": { "ref": "main" },
            },
        })
    }

    fn read(payload: &Value) -> Asked {
        let body = payload.to_string();
        asked(&webhook::parse("pull_request", body.as_bytes()).expect("a payload"))
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
            let Asked::Look(subject) = read(&payload(action)) else { panic!("{action}") };
            assert_eq!(subject.key(), "pull_request/22/5");
            assert_eq!((subject.installation, subject.owner.as_str()), (7, "fleet"));
            assert_eq!(subject.head.as_deref(), Some("aa"));
        }
        let mut edited = payload("edited");
        edited["changes"] = json!({ "title": { "from": "old" } });
        assert!(matches!(read(&edited), Asked::Ignored(_)), "a title is no part of an EP");
        edited["changes"] =
            json!({ "base": { "ref": { "from": "old" }, "sha": { "from": "00" } } });
        assert!(matches!(read(&edited), Asked::Look(_)));
    }

    #[test]
    fn everything_else_is_ignored() {
        for action in ["labeled", "assigned", "a word of next year"] {
            assert!(matches!(read(&payload(action)), Asked::Ignored(_)), "{action}");
        }
        let mut bare = payload("opened");
        bare["installation"] = Value::Null;
        assert!(matches!(read(&bare), Asked::Ignored(_)));
        assert!(!handles("ping") && !handles("star") && handles("pull_request"));
    }
}

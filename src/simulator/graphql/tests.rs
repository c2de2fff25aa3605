//! The schema and the resolvers know the same fields.

use std::collections::BTreeSet;

use async_graphql_parser::types::{DocumentOperations, TypeKind};
use serde_json::{Map, json};

use super::execute::Run;
use super::node::{Args, Node};
use super::resolve;
use super::schema::schema;
use crate::simulator::rest::Actor;
use crate::simulator::state::account::Access;
use crate::simulator::state::conversation::{ReviewComment, ReviewState, Side};
use crate::simulator::{Sha, Simulator};

/// Types whose fields are at hand when the object is made.
fn is_record(name: &str) -> bool {
    name == "Mutation"
        || [
            "Connection",
            "Edge",
            "Payload",
            "PageInfo",
            "RateLimit",
            "ReactionGroup",
            "Queue",
            "QueueEntry",
        ]
        .iter()
        .any(|end| name.ends_with(end))
}

/// One object of each type.
fn samples(github: &Simulator) -> (Vec<Node>, u64) {
    let repo = "example-org/enhancements";
    let installation = github.install("example-org");
    let id = github.create_repository(repo);
    let head = github.commit(repo, "idea", &[("eps/a.md", Some(b"a"))], "Propose");
    let number = github.open_pull_request(repo, "idea");
    let issue = github.open_issue(repo, "ann", "Question");
    let comment = github.comment(repo, number, "ann", "Hello");
    let review = github.review(repo, number, "ann", ReviewState::Approved, "Good");
    let check = github.foreign_check(repo, head, 99, "other", "success");
    github.set_team("example-org", "prr", &["ann"]);
    let mut world = github.world();
    let place = (world.new_id(), world.now());
    let note = ReviewComment {
        id: place.0,
        review,
        reply_to: None,
        author: None,
        body: "gap".to_owned(),
        path: "eps/a.md".to_owned(),
        line: Some(1),
        start_line: None,
        side: Side::Right,
        diff_hunk: String::new(),
        commit: head,
        created_at: place.1,
        updated_at: place.1,
        reactions: Vec::new(),
        minimized: None,
    };
    let note = world.add_review_comment(id, number, note);
    let reaction = crate::simulator::state::conversation::Reaction {
        id: 1,
        user: "ann".to_owned(),
        content: "+1".to_owned(),
        created_at: place.1,
    };
    let r = world.repository(id).expect("just made");
    let commit = world.objects(r).commit(head).expect("just made");
    let blob: Sha = commit.files["eps/a.md"];
    let suite = r.check_runs[&check].suite;
    let file = super::node::Node::ChangedFile {
        path: "eps/a.md".to_owned(),
        status: crate::simulator::state::diff::Status::Added,
        additions: 1,
        deletions: 0,
    };
    let entry =
        Node::TreeEntry { repository: id, path: "a.md".to_owned(), sha: blob, is_tree: false };
    let nodes = vec![
        Node::Query,
        Node::Repository(id),
        Node::Pull(id, number),
        Node::Issue(id, issue),
        Node::Account("ann".to_owned()),
        Node::Account("example-org".to_owned()),
        Node::Account("ep-bot[bot]".to_owned()),
        Node::Team("example-org".to_owned(), "prr".to_owned()),
        Node::Ref(id, "idea".to_owned()),
        Node::Commit(id, head),
        Node::Tree(id, commit.tree),
        Node::Blob(id, blob),
        entry,
        file,
        Node::PullCommit(id, number, head),
        Node::Comment(id, comment),
        Node::Review { repository: id, number, id: review },
        Node::Thread { repository: id, number, id: note },
        Node::ReviewComment { repository: id, number, id: note },
        Node::Reaction(reaction),
        Node::App(4242),
        Node::Suite(id, suite),
        Node::CheckRun(id, check),
    ];
    (nodes, installation)
}

#[tokio::test]
async fn every_field_of_the_schema_is_resolved() {
    let github = Simulator::start().await.expect("a free port");
    let (nodes, installation) = samples(&github);
    let world = github.world();
    let permissions = ["contents", "checks", "pull_requests", "issues", "merge_queues"];
    let actor = Actor::Installation {
        id: installation,
        permissions: permissions.iter().map(|p| ((*p).to_owned(), Access::Write)).collect(),
        repositories: None,
    };
    let document = async_graphql_parser::parse_query("{ viewer { login } }").expect("valid");
    assert!(matches!(document.operations, DocumentOperations::Single(_)));
    let none = Map::new();
    let run = Run::new(&world, &actor, Node::Query, &document, &none);
    let args = Args(
        json!({ "owner": "example-org", "name": "enhancements", "number": 1, "login": "ann",
            "first": 1, "refPrefix": "refs/heads/", "qualifiedName": "idea", "path": "eps/a.md",
            "id": crate::simulator::json::node_id("Repository", 1_100_000_001), "slug": "prr" })
        .as_object()
        .cloned()
        .expect("an object"),
    );
    let mut covered = BTreeSet::new();
    for node in nodes {
        let name = node.type_name(&world);
        let Some(TypeKind::Object(object)) = schema().kind(&name) else {
            panic!("{name} is no type of the schema");
        };
        for field in &object.fields {
            let field = field.node.name.node.as_str();
            if name == "Query" && ["organization", "node"].contains(&field) {
                continue;
            }
            if let Err(error) = resolve::field(&run, &node, field, &args) {
                panic!("{name}.{field}: {}", error.message);
            }
        }
        covered.insert(name);
    }
    let left: Vec<&str> =
        schema().objects().filter(|name| !covered.contains(*name) && !is_record(name)).collect();
    assert!(left.is_empty(), "no sample of {left:?}");
}

//! Check suites and runs.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{gone, maybe_text, maybe_time, missing, repository_of, time};
use crate::simulator::graphql::connection::connection;
use crate::simulator::graphql::node::{Args, Node, Out, Resolved};
use crate::simulator::json::{HTML, node_id};
use crate::simulator::state::World;
use crate::simulator::state::check::CheckRun;
use crate::simulator::state::git::Sha;
use crate::simulator::state::repository::Repository;

/// Suites of a commit.
pub(super) fn suites(r: &Repository, head: Sha, args: &Args) -> Out {
    let filter = args.0.get("filterBy");
    let app = filter.and_then(|f| f.get("appId")?.as_u64());
    let check = filter.and_then(|f| f.get("checkName")?.as_str());
    let has_check = |suite: u64| {
        check.is_none_or(|name| r.check_runs.values().any(|c| c.suite == suite && c.name == name))
    };
    let nodes = r
        .check_suites
        .values()
        .filter(|s| s.head == head && app.is_none_or(|id| s.app_id == id) && has_check(s.id))
        .map(|s| Node::Suite(r.id, s.id))
        .collect();
    connection("CheckSuite", nodes, args)
}

pub(super) fn suite(world: &World, id: u64, suite: u64, name: &str, args: &Args) -> Resolved {
    let r = repository_of(world, id)?;
    let s = gone(r.check_suites.get(&suite))?;
    let state = |key: &str| {
        let json = world.check_suite_json(r, s);
        maybe_text(json.get(key).and_then(Value::as_str).map(str::to_uppercase).as_deref())
    };
    Ok(match name {
        "id" => Out::leaf(node_id("CheckSuite", s.id)),
        "databaseId" => Out::leaf(s.id),
        "app" => Out::Node(Node::App(s.app_id)),
        "commit" => Out::Node(Node::Commit(id, s.head)),
        "status" | "conclusion" => state(name),
        "createdAt" => time(s.created_at),
        "checkRuns" => {
            let nodes = runs(r, suite, args);
            connection("CheckRun", nodes.iter().map(|c| Node::CheckRun(id, c.id)).collect(), args)
        }
        _ => return missing(&Node::Suite(id, suite), world, name),
    })
}

fn runs<'r>(r: &'r Repository, suite: u64, args: &Args) -> Vec<&'r CheckRun> {
    let filter = args.0.get("filterBy");
    let part = |key: &str| filter.and_then(|f| f.get(key)?.as_str());
    let upper = |text: &str| text.to_uppercase();
    let mut runs: Vec<&CheckRun> = r.check_runs.values().filter(|c| c.suite == suite).collect();
    runs.retain(|c| {
        part("checkName").is_none_or(|name| c.name == name)
            && part("status").is_none_or(|status| upper(&c.status) == status)
            && filter.and_then(|f| f.get("appId")?.as_u64()).is_none_or(|app| c.app_id == app)
    });
    if part("checkType") == Some("LATEST") {
        let latest: BTreeMap<&str, &CheckRun> =
            runs.iter().map(|c| (c.name.as_str(), *c)).collect();
        runs = latest.into_values().collect();
    }
    runs
}

pub(super) fn run(world: &World, id: u64, check: u64, name: &str) -> Resolved {
    let r = repository_of(world, id)?;
    let c = gone(r.check_runs.get(&check))?;
    let upper = |text: &str| Out::leaf(text.to_uppercase());
    Ok(match name {
        "id" => Out::leaf(node_id("CheckRun", c.id)),
        "databaseId" => Out::leaf(c.id),
        "name" => Out::leaf(c.name.as_str()),
        "status" => upper(&c.status),
        "conclusion" => c.conclusion.as_deref().map_or(Out::NULL, upper),
        "externalId" => maybe_text(c.external_id.as_deref()),
        "detailsUrl" => maybe_text(c.details_url.as_deref()),
        "startedAt" => time(c.started_at),
        "completedAt" => maybe_time(c.completed_at),
        "title" => maybe_text(c.title.as_deref()),
        "summary" => maybe_text(c.summary.as_deref()),
        "text" => maybe_text(c.text.as_deref()),
        "url" => Out::leaf(format!("{HTML}/{}/runs/{}", r.full_name(), c.id)),
        "checkSuite" => Out::Node(Node::Suite(id, c.suite)),
        _ => return missing(&Node::CheckRun(id, check), world, name),
    })
}

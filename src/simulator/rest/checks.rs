//! Check runs: the operations. What a body must be like is in `check_body`.

use std::collections::BTreeMap;

use super::check_body::{self, Sent};
use super::{Answer, Call, Outcome};
use crate::simulator::state::World;
use crate::simulator::state::check::CheckRun;
use crate::simulator::state::git::Sha;

pub(super) fn create(world: &mut World, call: &Call) -> Outcome {
    check_body::note_unknown_keys(world, call);
    let name = call.required_text("name")?.to_owned();
    let head = call.required_text("head_sha")?.to_owned();
    let sent = Sent::read(call, true)?;
    let repository = call.repository(world)?;
    let head = Sha::parse(&head)
        .filter(|sha| world.objects(repository).commit(*sha).is_some())
        .ok_or_else(|| Answer::error(422, format!("No commit found for SHA: {head}")))?;
    let (repository, app_id, now) = (repository.id, world.app.id, world.now());
    let suite = world.ensure_suite(repository, app_id, head);
    let mut run = CheckRun {
        id: world.new_id(),
        suite,
        app_id,
        name,
        head,
        status: "queued".to_owned(),
        conclusion: None,
        external_id: None,
        details_url: None,
        started_at: now,
        completed_at: None,
        title: None,
        summary: None,
        text: None,
        annotations: Vec::new(),
        actions: Vec::new(),
    };
    sent.apply(&mut run, now);
    let id = run.id;
    call.repository_mut(world)?.check_runs.insert(id, run);
    announce(world, repository, id, None);
    answer(world, call, id).map(Answer::created)
}

pub(super) fn update(world: &mut World, call: &Call) -> Outcome {
    check_body::note_unknown_keys(world, call);
    let id = call.number("check_run_id")?;
    let sent = Sent::read(call, false)?;
    let (now, app_id) = (world.now(), world.app.id);
    let repository = call.repository_mut(world)?;
    let repository_id = repository.id;
    let run = repository.check_runs.get_mut(&id).ok_or_else(Answer::not_found)?;
    if run.app_id != app_id {
        return Err(Answer::error(
            403,
            format!(
                "Invalid app_id `{app_id}` - check run can only be modified by the GitHub App that created it."
            ),
        ));
    }
    let before = run.status.clone();
    sent.apply(run, now);
    announce(world, repository_id, id, Some(&before));
    answer(world, call, id).map(Answer::ok)
}

/// Queues the webhook of a new run, or of one that has just completed.
fn announce(world: &mut World, repository: u64, id: u64, before: Option<&str>) {
    let Some(run) = world.repository(repository).and_then(|r| r.check_runs.get(&id)) else {
        return;
    };
    let action = match (before, run.status.as_str()) {
        (None, _) => "created",
        (Some(before), "completed") if before != "completed" => "completed",
        (Some(_), _) => return,
    };
    world.emit_check_run(repository, id, action);
}

fn answer(world: &World, call: &Call, id: u64) -> Result<serde_json::Value, Answer> {
    let repository = call.repository(world)?;
    let run = repository.check_runs.get(&id).ok_or_else(Answer::not_found)?;
    Ok(world.check_run_json(repository, run))
}

pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    answer(world, call, call.number("check_run_id")?).map(Answer::ok)
}

pub(super) fn annotations(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let run =
        repository.check_runs.get(&call.number("check_run_id")?).ok_or_else(Answer::not_found)?;
    Ok(call
        .list(run.annotations.iter().map(|a| World::annotation_json(repository, run, a)).collect()))
}

pub(super) fn list_for_ref(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let name = call.param("ref");
    let head = world.resolve(repository, name).ok_or_else(|| no_commit(name))?;
    let runs = repository.check_runs.values().filter(|r| r.head == head).collect();
    Ok(list(world, call, runs))
}

pub(super) fn list_for_suite(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let suite = call.number("check_suite_id")?;
    if !repository.check_suites.contains_key(&suite) {
        return Err(Answer::not_found());
    }
    let runs = repository.check_runs.values().filter(|r| r.suite == suite).collect();
    Ok(list(world, call, runs))
}

pub(super) fn suite(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let id = call.number("check_suite_id")?;
    let suite = repository.check_suites.get(&id).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(world.check_suite_json(repository, suite)))
}

/// 422, as for a name that no commit has.
pub(super) fn no_commit(name: &str) -> Answer {
    Answer::error(422, format!("No commit found for SHA: {name}"))
}

/// Newest first; `filter=latest`, which is the default, keeps one run for each name and App.
fn list(world: &World, call: &Call, mut runs: Vec<&CheckRun>) -> Answer {
    let app: Option<u64> = call.query("app_id").and_then(|id| id.parse().ok());
    runs.retain(|run| {
        call.query("check_name").is_none_or(|name| run.name == name)
            && call.query("status").is_none_or(|status| run.status == status)
            && app.is_none_or(|id| run.app_id == id)
    });
    if call.query("filter") != Some("all") {
        let latest: BTreeMap<(u64, &str), &CheckRun> =
            runs.iter().map(|run| ((run.app_id, run.name.as_str()), *run)).collect();
        runs = latest.into_values().collect();
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.id));
    let repository = call.repository(world);
    let list = runs
        .into_iter()
        .filter_map(|run| Some(world.check_run_json(repository.as_ref().ok()?, run)))
        .collect();
    call.counted_list("check_runs", list)
}

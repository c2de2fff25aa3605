//! Users and teams.

use serde_json::{Value, json};

use super::{Actor, Answer, Call, Outcome};
use crate::simulator::json::with;
use crate::simulator::state::World;
use crate::simulator::state::account::{Role, Team};

fn login(call: &Call) -> Result<&str, Answer> {
    match &call.actor {
        Actor::User(login) => Ok(login),
        Actor::App | Actor::Installation { .. } | Actor::Nobody => Err(Answer::not_found()),
    }
}

pub(super) fn user(world: &mut World, call: &Call) -> Outcome {
    Ok(Answer::ok(world.public_user_json(login(call)?)))
}

/// Repositories of an installation that a user may see.
fn seen_by(world: &World, installation: u64, login: &str) -> Vec<u64> {
    let mut ids = world.covered(installation);
    ids.retain(|id| world.role(*id, login) >= Role::Read);
    ids
}

pub(super) fn user_installations(world: &mut World, call: &Call) -> Outcome {
    let login = login(call)?;
    let list: Vec<Value> = world
        .installations
        .values()
        .filter(|i| !seen_by(world, i.id, login).is_empty())
        .map(|i| world.installation_json(i))
        .collect();
    Ok(call.counted_list("installations", list))
}

pub(super) fn user_installation_repositories(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("installation_id")?;
    let list: Vec<Value> = seen_by(world, id, login(call)?)
        .into_iter()
        .filter_map(|id| world.repository(id))
        .map(|r| world.repository_json(r))
        .collect();
    if list.is_empty() {
        return Err(Answer::not_found());
    }
    Ok(call.counted_list("repositories", list))
}

fn team<'w>(world: &'w World, call: &Call) -> Result<&'w Team, Answer> {
    let org = call.param("org").to_lowercase();
    world.teams.get(&(org, call.param("team_slug").to_lowercase())).ok_or_else(Answer::not_found)
}

fn role_name(maintains: bool) -> &'static str {
    if maintains { "maintainer" } else { "member" }
}

pub(super) fn team_members(world: &mut World, call: &Call) -> Outcome {
    let team = team(world, call)?;
    let list = team
        .members
        .iter()
        .filter(|(_, maintains)| match call.query("role") {
            Some("maintainer") => **maintains,
            Some("member") => !**maintains,
            _ => true,
        })
        .map(|(login, _)| world.user_json(login))
        .collect();
    Ok(call.list(list))
}

pub(super) fn team_membership(world: &mut World, call: &Call) -> Outcome {
    let team = team(world, call)?;
    let login = call.param("username").to_lowercase();
    let maintains = team.members.get(&login).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(with(
        json!({ "role": role_name(*maintains), "state": "active" }),
        json!({ "url": format!("{}/teams/{}/memberships/{login}", world.api_url, team.id) }),
    )))
}

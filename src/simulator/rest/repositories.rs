//! Repositories, branches and what protects them.

use serde_json::{Value, json};

use super::{Answer, Call, Outcome};
use crate::simulator::json::{HTML, commit::encode_path};
use crate::simulator::state::World;
use crate::simulator::state::repository::{Demand, Repository, RequiredCheck};

pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    Ok(Answer::ok(world.full_repository_json(repository)))
}

pub(super) fn installation(world: &mut World, call: &Call) -> Outcome {
    let id = call.repository(world)?.id;
    let found = world.installation_of(id).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(world.installation_json(found)))
}

pub(super) fn permission(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let login = call.param("username");
    if world.user(login).is_none() {
        return Err(Answer::error(404, format!("{login} is not a user")));
    }
    Ok(Answer::ok(world.permission_json(world.role(repository.id, login), login)))
}

pub(super) fn branch(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let name = call.param("branch");
    let tip = repository.branches.get(name);
    let commit = tip
        .and_then(|sha| world.objects(repository).commit(*sha))
        .ok_or_else(|| Answer::error(404, "Branch not found"))?;
    let api = format!("{}/branches/{}", world.repository_url(repository), encode_path(name));
    let required = demanded(repository, name, Demand::BranchProtection);
    Ok(Answer::ok(json!({
        "name": name,
        "commit": world.commit_json(repository, commit),
        "_links": {
            "self": api,
            "html": format!("{HTML}/{}/tree/{name}", repository.full_name()),
        },
        "protected": required.is_some(),
        "protection": {
            "enabled": required.is_some(),
            "required_status_checks": {
                "enforcement_level": if required.is_some() { "non_admins" } else { "off" },
                "contexts": required.iter().flatten().map(|c| c.context.clone()).collect::<Vec<_>>(),
                "checks": required.iter().flatten().map(|c| json!({
                    "context": c.context, "app_id": c.app_id,
                })).collect::<Vec<_>>(),
            },
        },
        "protection_url": format!("{api}/protection"),
    })))
}

/// The checks that rules of a kind demand on a branch; none where there is no such rule.
fn demanded<'r>(
    repository: &'r Repository,
    branch: &str,
    by: Demand,
) -> Option<Vec<&'r RequiredCheck>> {
    let all = repository.required_checks.get(branch)?.iter();
    let checks: Vec<_> = all.filter(|c| c.by == by || c.by == Demand::Both).collect();
    (!checks.is_empty()).then_some(checks)
}

/// The rules of a branch: here only the required checks.
pub(super) fn rules(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let Some(required) = demanded(repository, call.param("branch"), Demand::Ruleset) else {
        return Ok(Answer::ok(json!([])));
    };
    let checks: Vec<Value> = required
        .iter()
        .map(|check| {
            let mut object = json!({ "context": check.context });
            if let (Some(id), Some(object)) = (check.app_id, object.as_object_mut()) {
                object.insert("integration_id".to_owned(), id.into());
            }
            object
        })
        .collect();
    Ok(call.list(vec![json!({
        "type": "required_status_checks",
        "ruleset_source_type": "Repository",
        "ruleset_source": repository.full_name(),
        "ruleset_id": 1,
        "parameters": {
            "strict_required_status_checks_policy": false,
            "do_not_enforce_on_create": false,
            "required_status_checks": checks,
        },
    })]))
}

/// The older kind of protection.
pub(super) fn required_checks(world: &mut World, call: &Call) -> Outcome {
    let repository = call.repository(world)?;
    let name = call.param("branch");
    if !repository.branches.contains_key(name) {
        return Err(Answer::error(404, "Branch not found"));
    }
    let Some(required) = demanded(repository, name, Demand::BranchProtection) else {
        return Err(Answer::error(404, "Branch not protected"));
    };
    let url = format!(
        "{}/branches/{}/protection/required_status_checks",
        world.repository_url(repository),
        encode_path(name)
    );
    Ok(Answer::ok(json!({
        "url": url,
        "strict": false,
        "contexts": required.iter().map(|c| c.context.clone()).collect::<Vec<_>>(),
        "contexts_url": format!("{url}/contexts"),
        "checks": required.iter().map(|c| json!({
            "context": c.context, "app_id": c.app_id,
        })).collect::<Vec<_>>(),
    })))
}

//! The App, its installations, tokens and deliveries.

#![expect(clippy::unnecessary_wraps, reason = "all operations have one signature")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Actor, Answer, Call, Outcome};
use crate::simulator::clock::text;
use crate::simulator::json::{time, with};
use crate::simulator::state::World;
use crate::simulator::state::account::{Access, Bearer, Installation, Token};

pub(super) fn app(world: &mut World, _: &Call) -> Outcome {
    Ok(Answer::ok(world.app_json()))
}

/// Any code is taken: the answer is the App that the simulator has.
pub(super) fn convert_manifest(world: &mut World, _: &Call) -> Outcome {
    Ok(Answer::created(with(
        world.app_json(),
        json!({
            "client_id": world.app.client_id,
            "client_secret": world.app.client_secret,
            "webhook_secret": world.app.webhook_secret,
            "pem": world.app.private_key_pem(),
        }),
    )))
}

pub(super) fn installations(world: &mut World, call: &Call) -> Outcome {
    Ok(call.list(world.installations.values().map(|i| world.installation_json(i)).collect()))
}

pub(super) fn installation(world: &mut World, call: &Call) -> Outcome {
    let found = world.installations.get(&call.number("installation_id")?);
    Ok(Answer::ok(world.installation_json(found.ok_or_else(Answer::not_found)?)))
}

pub(super) fn create_token(world: &mut World, call: &Call) -> Outcome {
    call.known_keys(world, "", &call.body, &["repositories", "repository_ids", "permissions"]);
    let id = call.number("installation_id")?;
    let installation = world.installations.get(&id).cloned().ok_or_else(Answer::not_found)?;
    if installation.suspended_at.is_some() {
        return Err(Answer::error(403, "This installation has been suspended"));
    }
    let repositories = chosen_repositories(world, call, &installation)?;
    let permissions = chosen_permissions(call, &installation)?;
    let life = SignedDuration::try_from(world.token_life).unwrap_or(SignedDuration::MAX);
    let expires_at = world.now().saturating_add(life).unwrap_or_else(|_| world.now());
    let token =
        format!("ghs_{}", hex::encode(std::array::from_fn::<u8, 18, _>(|_| fastrand::u8(..))));
    world.tokens.insert(
        token.clone(),
        Token {
            bearer: Bearer::Installation {
                id,
                permissions: permissions.clone(),
                repositories: repositories.clone(),
            },
            expires_at,
        },
    );
    let selected = repositories.is_some() || installation.selected.is_some();
    let mut body = json!({
        "token": token,
        "expires_at": text(expires_at),
        "permissions": permissions,
        "repository_selection": if selected { "selected" } else { "all" },
    });
    if let (Some(ids), Some(body)) = (repositories, body.as_object_mut()) {
        let list: Vec<Value> = ids
            .iter()
            .filter_map(|id| world.repository(*id))
            .map(|r| world.repository_json(r))
            .collect();
        body.insert("repositories".to_owned(), list.into());
    }
    Ok(Answer::created(body))
}

/// The repositories that the token is to be for; none for all.
fn chosen_repositories(
    world: &World,
    call: &Call,
    installation: &Installation,
) -> Result<Option<BTreeSet<u64>>, Answer> {
    let missing = || {
        Answer::error(
            422,
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        )
    };
    let covered = world.covered(installation.id);
    let mut chosen = BTreeSet::new();
    for id in list(call, "repository_ids") {
        let id = id.as_u64().filter(|id| covered.contains(id)).ok_or_else(missing)?;
        chosen.insert(id);
    }
    for name in list(call, "repositories") {
        let name = name.as_str().ok_or_else(missing)?;
        let found = world
            .repository_named(&installation.account, name)
            .map(|r| r.id)
            .filter(|id| covered.contains(id));
        chosen.insert(found.ok_or_else(missing)?);
    }
    Ok((!chosen.is_empty()).then_some(chosen))
}

fn list<'c>(call: &'c Call, key: &str) -> &'c [Value] {
    call.body.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The permissions that the token is to have: those of the installation, or fewer.
fn chosen_permissions(
    call: &Call,
    installation: &Installation,
) -> Result<BTreeMap<String, Access>, Answer> {
    let Some(asked) = call.body.get("permissions") else {
        return Ok(installation.permissions.clone());
    };
    let asked: BTreeMap<String, Access> = serde_json::from_value(asked.clone())
        .map_err(|_| Answer::unfit("\"permissions\" is not a list of permissions."))?;
    for (name, access) in &asked {
        if installation.permissions.get(name).is_none_or(|granted| granted < access) {
            return Err(Answer::error(
                422,
                "The permissions requested are not granted to this installation.",
            ));
        }
    }
    Ok(asked)
}

pub(super) fn installation_repositories(world: &mut World, call: &Call) -> Outcome {
    let Actor::Installation { id, repositories, .. } = &call.actor else {
        return Err(Answer::not_found());
    };
    let list = world
        .covered(*id)
        .into_iter()
        .filter(|id| repositories.as_ref().is_none_or(|r| r.contains(id)))
        .filter_map(|id| world.repository(id))
        .map(|r| world.repository_json(r))
        .collect();
    let answer = call.counted_list("repositories", list);
    let selection = if repositories.is_some() { "selected" } else { "all" };
    Ok(Answer {
        body: answer.body.map(|body| with(body, json!({ "repository_selection": selection }))),
        ..answer
    })
}

pub(super) fn rate_limit(world: &mut World, call: &Call) -> Outcome {
    let who = match call.actor {
        Actor::Installation { id, .. } => id,
        Actor::App | Actor::User(_) | Actor::Nobody => 0,
    };
    let limit = world.requests_per_hour;
    let mut resource = |name| {
        let budget = world.budget(who, name);
        json!({
            "limit": limit,
            "used": budget.used,
            "remaining": limit.saturating_sub(budget.used),
            "reset": budget.reset.as_second(),
        })
    };
    let (core, graphql, search) = (resource("core"), resource("graphql"), resource("search"));
    Ok(Answer::ok(json!({
        "resources": { "core": core, "graphql": graphql, "search": search },
        "rate": core,
    })))
}

pub(super) fn hook_config(world: &mut World, _: &Call) -> Outcome {
    Ok(Answer::ok(json!({
        "content_type": if world.hooks.form { "form" } else { "json" },
        "insecure_ssl": if world.hooks.insecure { "1" } else { "0" },
        "secret": "********",
        "url": world.hooks.url,
    })))
}

/// Deliveries, newest first. The cursor is the id of the delivery that the next page starts after.
pub(super) fn deliveries(world: &mut World, call: &Call) -> Outcome {
    let (_, size) = call.paging();
    let after: Option<u64> = match call.query("cursor") {
        None => None,
        Some(cursor) => Some(
            cursor
                .strip_prefix("v1_")
                .and_then(|id| id.parse().ok())
                .ok_or_else(|| Answer::error(400, "Invalid cursor"))?,
        ),
    };
    let wanted = |ok: bool| match call.query("status") {
        Some("success") => ok,
        Some("failure") => !ok,
        _ => true,
    };
    // Held webhooks go out in any order: the place in the list counts, not the id.
    let mut newest_first = world.hooks.log.iter().rev();
    if let Some(id) = after {
        newest_first.find(|d| d.id == id).ok_or_else(|| Answer::error(400, "Invalid cursor"))?;
    }
    let mut found = newest_first.filter(|d| wanted(d.succeeded()));
    let page: Vec<_> = found.by_ref().take(size).collect();
    let more = found.next().is_some();
    let answer = Answer::ok(page.iter().map(|d| d.item_json()).collect::<Vec<_>>().into());
    match page.last() {
        Some(last) if more => Ok(answer.header(
            "link",
            format!("<{}?per_page={size}&cursor=v1_{}>; rel=\"next\"", call.url, last.id),
        )),
        _ => Ok(answer),
    }
}

pub(super) fn delivery(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("delivery_id")?;
    let found = world.hooks.log.iter().find(|d| d.id == id).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(with(
        found.item_json(),
        json!({
            "url": world.hooks.url.clone().unwrap_or_default(),
            "throttled_at": time(None),
            "request": { "headers": found.headers_json(), "payload": found.payload },
            "response": { "headers": {}, "payload": found.answer },
        }),
    )))
}

pub(super) fn redeliver(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("delivery_id")?;
    let guid = world.hooks.log.iter().find(|d| d.id == id).map(|d| d.guid.clone());
    let guid = guid.ok_or_else(Answer::not_found)?;
    let new_id = world.new_id();
    world.hooks.redeliver(&guid, new_id);
    Ok(Answer::new(202, json!({})))
}

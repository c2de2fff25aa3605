//! The root, and accounts of all kinds.

use serde_json::Value;

use super::{account as account_out, by_id, gone, home, int, missing};
use crate::simulator::graphql::connection::connection;
use crate::simulator::graphql::error::FieldError;
use crate::simulator::graphql::execute::Run;
use crate::simulator::graphql::node::{Args, Node, Out, Resolved};
use crate::simulator::json::{HTML, node_id};
use crate::simulator::rest::Actor;
use crate::simulator::state::World;
use crate::simulator::state::account::Kind;

pub(super) fn query(run: &Run<'_>, name: &str, args: &Args) -> Resolved {
    let world = run.world;
    Ok(match name {
        "rateLimit" => Out::Node(run.rate_limit.clone()),
        "repository" => {
            let owner = args.text("owner").unwrap_or_default();
            let name = args.text("name").unwrap_or_default();
            let found =
                world.repository_named(owner, name).filter(|r| run.actor.reaches(world, r.id));
            let repository = found.ok_or_else(|| {
                FieldError::not_found(format!(
                    "Could not resolve to a Repository with the name '{owner}/{name}'."
                ))
            })?;
            Out::Node(Node::Repository(repository.id))
        }
        "node" => visible(run, args.text("id").unwrap_or_default())?,
        "nodes" => Out::List(
            args.texts("ids")
                .unwrap_or_default()
                .into_iter()
                .map(|id| visible(run, id).unwrap_or(Out::NULL))
                .collect(),
        ),
        "viewer" => account_out(Some(&match run.actor {
            Actor::User(login) => login.clone(),
            _ => world.app_login(),
        })),
        "user" => named(world, args, "User", |kind| kind == Kind::User)?,
        "organization" => named(world, args, "Organization", |kind| kind == Kind::Organization)?,
        "repositoryOwner" => account_out(
            world.user(args.text("login").unwrap_or_default()).map(|u| u.login.as_str()),
        ),
        _ => return missing(&Node::Query, world, name),
    })
}

fn named(world: &World, args: &Args, of: &str, is: fn(Kind) -> bool) -> Resolved {
    let login = args.text("login").unwrap_or_default();
    let found = world.user(login).filter(|u| is(u.kind)).ok_or_else(|| {
        FieldError::not_found(format!(
            "Could not resolve to {} {of} with the login of '{login}'.",
            if of == "User" { "a" } else { "an" }
        ))
    })?;
    Ok(account_out(Some(&found.login)))
}

fn visible(run: &Run<'_>, id: &str) -> Resolved {
    by_id(run.world, id)
        .filter(|node| home(node).is_none_or(|r| run.actor.reaches(run.world, r)))
        .map(Out::Node)
        .ok_or_else(|| {
            FieldError::not_found(format!(
                "Could not resolve to a node with the global id of '{id}'"
            ))
        })
}

pub(super) fn account(world: &World, login: &str, name: &str, args: &Args) -> Resolved {
    let user = gone(world.user(login))?;
    // Unlike REST, GraphQL writes the login of a bot without `[bot]`.
    let shown = user.login.trim_end_matches("[bot]");
    let path = if user.kind == Kind::Bot { format!("/apps/{shown}") } else { format!("/{shown}") };
    Ok(match name {
        "id" => Out::leaf(node_id(user.kind.name(), user.id)),
        "databaseId" => Out::leaf(user.id),
        "login" => Out::leaf(shown),
        "name" => Out::NULL,
        "url" => Out::leaf(format!("{HTML}{path}")),
        "resourcePath" => Out::leaf(path),
        "avatarUrl" => Out::leaf(format!("{HTML}/avatars/{}", user.id)),
        "team" => {
            let key = (login.to_lowercase(), args.text("slug").unwrap_or_default().to_lowercase());
            Out::maybe(world.teams.contains_key(&key).then(|| Node::Team(key.0, key.1)))
        }
        _ => return missing(&Node::Account(login.to_owned()), world, name),
    })
}

pub(super) fn team(world: &World, org: &str, slug: &str, name: &str, args: &Args) -> Resolved {
    let team = gone(world.teams.get(&(org.to_owned(), slug.to_owned())))?;
    Ok(match name {
        "id" => Out::leaf(node_id("Team", team.id)),
        "databaseId" => int(team.id),
        "slug" | "name" => Out::leaf(team.slug.as_str()),
        "combinedSlug" => Out::leaf(format!("{org}/{}", team.slug)),
        "members" => {
            let members = team.members.keys().map(|login| Node::Account(login.clone())).collect();
            connection("TeamMember", members, args)
        }
        _ => return missing(&Node::Team(org.to_owned(), slug.to_owned()), world, name),
    })
}

pub(super) fn app(world: &World, id: u64, name: &str) -> Resolved {
    let ours = id == world.app.id;
    Ok(match name {
        "id" => Out::leaf(node_id("App", id)),
        "databaseId" => int(id),
        "slug" if ours => Out::leaf(world.app.slug.as_str()),
        "name" if ours => Out::leaf(world.app.name.as_str()),
        "slug" => Out::leaf(format!("app-{id}")),
        "name" => Out::leaf(Value::from(format!("App {id}"))),
        _ => return missing(&Node::App(id), world, name),
    })
}

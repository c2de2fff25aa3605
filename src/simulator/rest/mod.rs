//! The REST API: which operations there are, what they need, and how a call gets to one.

mod answer;
mod apps;
mod auth;
mod call;
mod check_body;
mod checks;
mod comments;
mod compare;
mod contents;
mod git;
mod people;
mod place;
mod pulls;
mod repositories;
mod reviews;
mod routes;

pub(crate) use answer::{Answer, Outcome};
pub(crate) use auth::authenticate;
pub(crate) use call::{Actor, Call};
pub(crate) use routes::{Matched, Needs, find};

use super::state::World;
use super::state::account::Access;

/// Runs a call, once it is known who makes it: reach, permission, then the operation itself.
pub(crate) fn run(world: &mut World, matched: &Matched, call: &Call) -> Answer {
    let outcome =
        allowed(world, matched.route.needs, call).and_then(|()| (matched.route.run)(world, call));
    match outcome {
        Ok(answer) | Err(answer) => answer,
    }
}

fn allowed(world: &mut World, needs: Needs, call: &Call) -> Result<(), Answer> {
    let unauthenticated = || Answer::error(401, "Requires authentication");
    let repository = if call.template.starts_with("/repos/") {
        let repository = call.repository(world).map(|r| r.id);
        match repository {
            Ok(id) if call.actor.reaches(world, id) => Some(id),
            _ if needs == Needs::App && !matches!(call.actor, Actor::App) => None,
            _ => return Err(Answer::not_found()),
        }
    } else {
        None
    };
    match needs {
        Needs::Anyone => Ok(()),
        Needs::App => match call.actor {
            Actor::App => Ok(()),
            _ => Err(Answer::error(401, "A JSON web token could not be decoded")),
        },
        Needs::Installation => match call.actor {
            Actor::Installation { .. } => Ok(()),
            Actor::Nobody => Err(unauthenticated()),
            _ => Err(not_accessible()),
        },
        Needs::User => match call.actor {
            Actor::User(_) => Ok(()),
            Actor::Nobody => Err(unauthenticated()),
            _ => Err(not_accessible()),
        },
        Needs::Permission(any_of) => {
            if matches!(call.actor, Actor::Nobody)
                && any_of.iter().any(|(_, access)| *access == Access::Write)
            {
                return Err(unauthenticated());
            }
            if any_of.iter().any(|(name, access)| call.actor.may(world, repository, name, *access))
            {
                return Ok(());
            }
            if matches!(call.actor, Actor::App) {
                return Err(Answer::error(
                    403,
                    "You must authenticate with an installation access token",
                ));
            }
            let accepted: Vec<String> = any_of
                .iter()
                .map(|(name, access)| {
                    format!("{name}={}", if *access == Access::Read { "read" } else { "write" })
                })
                .collect();
            Err(not_accessible().header("x-accepted-github-permissions", accepted.join("; ")))
        }
    }
}

fn not_accessible() -> Answer {
    Answer::error(403, "Resource not accessible by integration")
}

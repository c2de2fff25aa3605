//! Who is calling: App tokens, installation tokens, users' tokens.

use super::answer::Answer;
use super::call::Actor;
use crate::simulator::app::JwtError;
use crate::simulator::state::World;
use crate::simulator::state::account::Bearer;

/// Reads the `Authorization` header. A call without one is anybody's.
pub(crate) fn authenticate(world: &World, header: Option<&str>) -> Result<Actor, Answer> {
    let Some(header) = header else { return Ok(Actor::Nobody) };
    let Some((scheme, token)) = header.split_once(' ') else {
        return Err(Answer::error(401, "Bad credentials"));
    };
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
        return Err(Answer::error(401, "Bad credentials"));
    }
    if token.split('.').count() == 3 {
        return match world.app.verify(token, world.clock.wall()) {
            Ok(()) => Ok(Actor::App),
            Err(error @ JwtError::UnknownApp) => Err(Answer::error(404, error.to_string())),
            Err(error) => Err(Answer::error(401, error.to_string())),
        };
    }
    let known = world.tokens.get(token).filter(|t| t.expires_at > world.now());
    let Some(known) = known else { return Err(Answer::error(401, "Bad credentials")) };
    match &known.bearer {
        Bearer::User(login) => Ok(Actor::User(login.clone())),
        Bearer::Installation { id, permissions, repositories } => {
            match world.installations.get(id) {
                None => Err(Answer::error(401, "Bad credentials")),
                Some(i) if i.suspended_at.is_some() => {
                    Err(Answer::error(403, "This installation has been suspended"))
                }
                // What the installation lost, its tokens lose at once.
                Some(i) => Ok(Actor::Installation {
                    id: *id,
                    permissions: permissions
                        .iter()
                        .filter_map(|(name, access)| {
                            let granted = i.permissions.get(name)?;
                            Some((name.clone(), *access.min(granted)))
                        })
                        .collect(),
                    repositories: repositories.clone(),
                }),
            }
        }
    }
}

//! The clock, the App, what it may do, and where it is installed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::line::{Line, ok, problem, warning};
use crate::bot::event;
use crate::github::{Error, FirstLook, GitHub, Installation, PERMISSIONS, Registered};

/// GitHub refuses an App's token whose `iat` is in the future by its clock; a minute is what is allowed for.
/// <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>
const TOO_FAR_SECONDS: i64 = 60;

/// Seconds from which a clock is worth a look: an answer may take some of them.
const FAR_SECONDS: i64 = 30;

/// Accounts that are named where all is well.
const NAMED: usize = 10;

/// Looks; the App, where GitHub knows it.
pub(super) async fn look(github: &GitHub, lines: &mut Vec<Line>) -> Option<Registered> {
    let FirstLook { date, app } = match github.first_look().await {
        Ok(look) => look,
        Err(error) => {
            let next = "see that this machine reaches GITHUB_API_URL over HTTPS: name resolution, firewall, proxy, \
                        certificates";
            lines.push(problem("github", error.to_string(), next));
            return None;
        }
    };
    let off = date.map(|date| date.as_second() - Timestamp::now().as_second());
    lines.push(clock(off));
    let app = match app {
        Ok(app) => app,
        Err(error) => {
            lines.push(unknown(&error, off));
            return None;
        }
    };
    lines.push(ok("app", format!("{} ({})", app.name, app.html_url)));
    let page = app.settings_url();
    lines.push(permissions(&app.permissions, &page));
    lines.push(events(&app.events, &page));
    installations(github, &app, lines).await;
    Some(app)
}

/// `off`: GitHub's clock less this machine's, in seconds.
fn clock(off: Option<i64>) -> Line {
    let Some(off) = off else {
        let next = "look whether a proxy between here and GitHub takes the `Date` header away";
        return warning("clock", "GitHub's answer does not say what time it is there", next);
    };
    let side = if off < 0 { "ahead of" } else { "behind" };
    let said = format!("this machine's clock is {} s {side} GitHub's", off.abs());
    let next = "set this machine's clock by NTP, as with `timedatectl set-ntp true`: GitHub refuses tokens that are \
                60 s off";
    match off.abs() {
        TOO_FAR_SECONDS.. => problem("clock", said, next),
        FAR_SECONDS.. => warning("clock", said, next),
        0..=1 => ok("clock", "as GitHub's"),
        _ => ok("clock", said),
    }
}

fn unknown(error: &Error, off: Option<i64>) -> Line {
    let next = match error {
        _ if off.is_some_and(|off| off.abs() >= TOO_FAR_SECONDS) => {
            "set the clock first, then run `ep-bot doctor` again"
        }
        Error::Unauthorized { .. } => {
            "on the App's page, General: compare App ID with GITHUB_APP_ID; if they are the same, Generate a private \
             key and put the new file in GITHUB_APP_PRIVATE_KEY_FILE"
        }
        Error::NotFound { .. } => {
            "no App has this number: copy App ID from the App's page, General, into GITHUB_APP_ID; on GitHub \
             Enterprise Server set GITHUB_API_URL too"
        }
        _ => {
            "try again in some minutes; https://www.githubstatus.com says whether GitHub has troubles"
        }
    };
    problem("app", error.to_string(), next)
}

/// Whether a level is enough.
fn holds(granted: Option<&str>, wanted: &str) -> bool {
    let rank = |level: &str| match level {
        "read" => 1,
        "write" => 2,
        "admin" => 3,
        _ => 0,
    };
    granted.map_or(0, rank) >= rank(wanted)
}

/// The permissions that are wanted and not granted, as `issues: write (has read)`.
fn lacking(granted: &BTreeMap<String, String>) -> Vec<String> {
    let lacks = PERMISSIONS.iter().filter_map(|(name, wanted)| {
        let has = granted.get(*name).map(String::as_str);
        let told = has.map_or_else(String::new, |has| format!(" (has {has})"));
        (!holds(has, wanted)).then(|| format!("{name}: {wanted}{told}"))
    });
    lacks.collect()
}

/// The events that are wanted and not listened to.
fn deaf_to(events: &[String]) -> Vec<&'static str> {
    let wanted = event::handled().iter().copied();
    wanted.filter(|wanted| !events.iter().any(|event| event == wanted)).collect()
}

fn permissions(granted: &BTreeMap<String, String>, page: &str) -> Line {
    let lacking = lacking(granted);
    if lacking.is_empty() {
        return ok("permissions", "all that are needed");
    }
    let next = format!(
        "{page}/permissions: choose these levels, Save changes; then each account's owner has to accept them"
    );
    problem("permissions", format!("the App does not ask for {}", lacking.join(", ")), next)
}

fn events(events: &[String], page: &str) -> Line {
    let deaf = deaf_to(events);
    if deaf.is_empty() {
        return ok("events", "all that are needed");
    }
    let next = format!("{page}/permissions, Subscribe to events: tick them, Save changes");
    problem("events", format!("the App is not told of {}", deaf.join(", ")), next)
}

async fn installations(github: &GitHub, app: &Registered, lines: &mut Vec<Line>) {
    let page = app.settings_url();
    let found = match github.installations().await {
        Ok(found) => found,
        Err(error) => {
            lines.push(problem("installed", error.to_string(), "run `ep-bot doctor` again"));
            return;
        }
    };
    if found.is_empty() {
        let next = format!("{page}/installations: Install, and choose the repositories with EPs");
        lines.push(warning("installed", "nowhere: there is nothing to check", next));
    }
    let (well, ill): (Vec<_>, Vec<_>) =
        found.iter().partition(|one| installation(one, app).is_none());
    if !well.is_empty() {
        let mut names: Vec<&str> =
            well.iter().take(NAMED).map(|one| one.account.as_str()).collect();
        let more = format!("and {} more", well.len().saturating_sub(NAMED));
        if well.len() > NAMED {
            names.push(&more);
        }
        lines.push(ok("installed", format!("on {}", names.join(", "))));
    }
    lines.extend(ill.into_iter().filter_map(|one| installation(one, app)));
}

/// What is not well with an installation. What the App does not even ask for is told once, of the App.
fn installation(one: &Installation, app: &Registered) -> Option<Line> {
    let Installation { account, html_url, .. } = one;
    if one.suspended {
        let said = format!(
            "{account} has suspended the App: nothing is checked there, and merges that wait for the check wait on"
        );
        let next = format!("an owner of {account} opens {html_url} and presses Unsuspend");
        return Some(problem("installed", said, next));
    }
    let unasked = lacking(&app.permissions);
    let is_asked = |told: &String| {
        let name = told.split(':').next().unwrap_or_default();
        !unasked.iter().any(|unasked| unasked.split(':').next() == Some(name))
    };
    let mut missing = lacking(&one.permissions);
    missing.retain(is_asked);
    let deaf = deaf_to(&one.events).into_iter().filter(|e| app.events.iter().any(|a| a == e));
    missing.extend(deaf.map(str::to_owned));
    if missing.is_empty() {
        return None;
    }
    let said = format!("{account} has not accepted {}", missing.join(", "));
    let next = format!("an owner of {account} opens {html_url}, Review request, and accepts");
    Some(problem("installed", said, next))
}

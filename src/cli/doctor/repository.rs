//! One repository: whether the App is there, and whether a merge waits for the App's check.

use super::line::{Line, ok, problem, warning};
use crate::github::{
    CHECK_NAME, Demand, Error, GitHub, ListedRepository, Registered, Repository, RepositoryName,
    Required,
};

pub(super) async fn look(
    github: &GitHub,
    app: &Registered,
    name: RepositoryName,
    lines: &mut Vec<Line>,
) {
    match at(github, app, name, lines).await {
        Ok(()) => {}
        Err(error) => {
            lines.push(problem("repository", error.to_string(), "run `ep-bot doctor` again"));
        }
    }
}

async fn at(
    github: &GitHub,
    app: &Registered,
    name: RepositoryName,
    lines: &mut Vec<Line>,
) -> Result<(), Error> {
    let Some(installation) = github.installation_of(&name).await? else {
        let next = format!(
            "{}/installations: Install or Configure for {}, and choose {}",
            app.settings_url(),
            name.owner,
            name.name
        );
        let said = format!("the App is not installed on {name}, or there is no such repository");
        lines.push(problem("repository", said, next));
        return Ok(());
    };
    if installation.suspended {
        let next = format!(
            "an owner of {} opens {} and presses Unsuspend",
            name.owner, installation.html_url
        );
        lines.push(problem("repository", format!("the App is suspended on {name}"), next));
        return Ok(());
    }
    let repository = github.repository(installation.id, name);
    let listed = repository.listed().await?;
    let name = repository.name();
    if listed.archived {
        let next = format!(
            "{}/settings: Unarchive, or take the repository from the installation",
            listed.html_url
        );
        lines.push(warning(
            "repository",
            format!("{name} is archived: nothing is merged there"),
            next,
        ));
        return Ok(());
    }
    let said =
        format!("the App is installed on {name}; its default branch is {}", listed.default_branch);
    lines.push(ok("repository", said));
    lines.push(required(&repository, &listed, (github.app_id(), app)).await?);
    Ok(())
}

async fn required(
    repository: &Repository,
    listed: &ListedRepository,
    (id, app): (u64, &Registered),
) -> Result<Line, Error> {
    const WHAT: &str = "required";
    let branch = listed.default_branch.as_str();
    let mut all = repository.required_by_rulesets(branch).await?;
    let classic = match repository.required_by_protection(branch).await {
        Ok(classic) => classic,
        // It could not be read; that is not to say that nothing is required.
        Err(Error::Forbidden { .. } | Error::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    let unread = classic.is_none();
    all.extend(classic.unwrap_or_default());
    let ours: Vec<Required> = all.into_iter().filter(|one| one.context == CHECK_NAME).collect();
    let settings = format!("{}/settings", listed.html_url);
    let place = |by: Demand| match by {
        Demand::Ruleset => {
            format!("{settings}/rules: open the ruleset, Require status checks to pass")
        }
        Demand::BranchProtection => {
            format!("{settings}/branches: Edit the rule of {branch}, Require status checks to pass")
        }
    };
    let name = &app.name;
    // A check that another App has to post never comes, whatever else is required.
    if let Some(other) = ours.iter().find(|one| one.app.is_some_and(|app| app != id)) {
        let said = format!(
            "“{CHECK_NAME}” is required on {branch} from another App (number {}): this App's never counts",
            other.app.unwrap_or_default()
        );
        let next = format!("{}; beside the check choose {name}", place(other.by));
        return Ok(problem(WHAT, said, next));
    }
    if let Some(pinned) = ours.iter().find(|one| one.app == Some(id)) {
        let by = match pinned.by {
            Demand::Ruleset => "a ruleset",
            Demand::BranchProtection => "branch protection",
        };
        return Ok(ok(WHAT, format!("“{CHECK_NAME}” on {branch}, by {by}, from this App only")));
    }
    if let Some(open) = ours.first() {
        let said = format!(
            "“{CHECK_NAME}” is required on {branch}, but from any source: who can write there can post a check of that name"
        );
        let next =
            format!("{}; beside the check choose {name} instead of any source", place(open.by));
        return Ok(problem(WHAT, said, next));
    }
    let next = format!(
        "{settings}/rules: New ruleset, New branch ruleset; Add target, Include default branch; Require status checks \
         to pass, Add checks, “{CHECK_NAME}” from {name} (it is offered once a pull request had it in the last 7 days)"
    );
    Ok(if unread {
        let said = format!(
            "no ruleset requires “{CHECK_NAME}” on {branch}, and its branch protection cannot be read without the \
             permission administration: read, which ep-bot does not need otherwise"
        );
        let next =
            format!("look at {settings}/branches yourself; if it is not required there: {next}");
        warning(WHAT, said, next)
    } else {
        let said =
            format!("“{CHECK_NAME}” is not required on {branch}: an unready EP can be merged");
        problem(WHAT, said, next)
    })
}

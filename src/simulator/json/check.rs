//! Check runs, annotations, suites.

use serde_json::{Value, json};

use super::{HTML, node_id, time};
use crate::simulator::clock::text;
use crate::simulator::state::World;
use crate::simulator::state::check::{Annotation, CheckRun, CheckSuite};
use crate::simulator::state::git::Sha;
use crate::simulator::state::repository::Repository;

impl World {
    /// `check-run`.
    pub(crate) fn check_run_json(&self, repository: &Repository, run: &CheckRun) -> Value {
        let url = format!("{}/check-runs/{}", self.repository_url(repository), run.id);
        json!({
            "id": run.id,
            "name": run.name,
            "node_id": node_id("CheckRun", run.id),
            "head_sha": run.head.to_string(),
            "external_id": run.external_id.as_deref().unwrap_or_default(),
            "url": url,
            "html_url": format!("{HTML}/{}/runs/{}", repository.full_name(), run.id),
            "details_url": run.details_url.clone().unwrap_or_else(|| {
                format!("{HTML}/{}", self.app.owner)
            }),
            "status": run.status,
            "conclusion": run.conclusion,
            "started_at": text(run.started_at),
            "completed_at": time(run.completed_at),
            "output": {
                "title": run.title,
                "summary": run.summary,
                "text": run.text,
                "annotations_count": run.annotations.len(),
                "annotations_url": format!("{url}/annotations"),
            },
            "check_suite": { "id": run.suite },
            "app": self.checking_app_json(run.app_id),
            "pull_requests": self.pulls_of_check(repository, run.head),
        })
    }

    /// `check-annotation`.
    pub(crate) fn annotation_json(
        repository: &Repository,
        run: &CheckRun,
        annotation: &Annotation,
    ) -> Value {
        json!({
            "path": annotation.path,
            "blob_href": format!("{HTML}/{}/blob/{}/{}", repository.full_name(), run.head,
                super::commit::encode_path(&annotation.path)),
            "start_line": annotation.start_line,
            "end_line": annotation.end_line,
            "start_column": annotation.start_column,
            "end_column": annotation.end_column,
            "annotation_level": annotation.level,
            "title": annotation.title,
            "message": annotation.message,
            "raw_details": annotation.raw_details,
        })
    }

    /// `check-suite`.
    pub(crate) fn check_suite_json(&self, repository: &Repository, suite: &CheckSuite) -> Value {
        let url = format!("{}/check-suites/{}", self.repository_url(repository), suite.id);
        let runs: Vec<&CheckRun> =
            repository.check_runs.values().filter(|r| r.suite == suite.id).collect();
        let commit = self.objects(repository).commit(suite.head);
        let parent = commit.and_then(|c| c.parents.first()).copied().unwrap_or(Sha::ZERO);
        let (status, conclusion) = suite_state(&runs);
        json!({
            "id": suite.id,
            "node_id": node_id("CheckSuite", suite.id),
            "head_branch": suite.branch,
            "head_sha": suite.head.to_string(),
            "status": status,
            "conclusion": conclusion,
            "url": url,
            "before": parent.to_string(),
            "after": suite.head.to_string(),
            "pull_requests": self.pulls_of_check(repository, suite.head),
            "app": self.checking_app_json(suite.app_id),
            "repository": self.repository_json(repository),
            "created_at": text(suite.created_at),
            "updated_at": text(suite.created_at),
            "head_commit": commit.map(Self::simple_commit_json),
            "latest_check_runs_count": runs.len(),
            "check_runs_url": format!("{url}/check-runs"),
            "rerequestable": true,
            "runs_rerequestable": true,
        })
    }

    /// Open pull requests with this head that come from the repository itself: GitHub leaves forks out.
    pub(crate) fn pulls_of_check(&self, repository: &Repository, head: Sha) -> Vec<Value> {
        repository
            .pulls
            .values()
            .filter(|p| p.open && p.head == head && p.head_repository == repository.id)
            .map(|p| self.pull_minimal_json(repository, p))
            .collect()
    }

    /// The App that made a check: ours, or some other one.
    fn checking_app_json(&self, app_id: u64) -> Value {
        let mut app = self.app_json();
        if app_id != self.app.id
            && let Some(app) = app.as_object_mut()
        {
            app.insert("id".to_owned(), app_id.into());
            app.insert("slug".to_owned(), format!("app-{app_id}").into());
            app.insert("name".to_owned(), format!("App {app_id}").into());
            app.insert("node_id".to_owned(), node_id("App", app_id).into());
        }
        app
    }
}

/// Status and conclusion of a suite: complete when all its runs are, and as bad as its worst.
fn suite_state(runs: &[&CheckRun]) -> (&'static str, Option<&'static str>) {
    const WORST_FIRST: [&str; 7] =
        ["failure", "timed_out", "cancelled", "action_required", "neutral", "success", "skipped"];
    if runs.is_empty() {
        return ("queued", None);
    }
    if runs.iter().any(|r| r.status != "completed") {
        return ("in_progress", None);
    }
    let worst = WORST_FIRST
        .into_iter()
        .find(|c| runs.iter().any(|r| r.conclusion.as_deref() == Some(c)))
        .unwrap_or("success");
    ("completed", Some(worst))
}

//! Check runs: posted once, also when GitHub's answer is lost.
//!
//! A POST whose answer never came may have been carried out. So before every POST a mark is set; while it
//! stands, the commit's runs are read first, and ours is adopted instead of posted again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::client::{Repository, encoded};
use super::error::Error;
use super::transport::{Call, Verb};
use super::types::{Annotation, CheckRun, CheckRunId, CommitSha, Conclusion, RepositoryName};

/// The check's name: branch rules require it by this name.
pub const CHECK_NAME: &str = "EP / production readiness";

/// Annotations in one request.
/// <https://docs.github.com/en/rest/checks/runs#create-a-check-run>
pub(super) const BATCH: usize = 50;

/// The status of a run that is not concluded yet.
const IN_PROGRESS: &str = "in_progress";

/// Pages of 100 of a commit's runs of one name and one app.
const PAGES: usize = 10;

/// Marks that are kept. A mark goes when its run is known to stand, so there are few; those of runs that
/// nobody tried again must not grow without end.
const MARKS: usize = 1_024;

/// Runs of which it is not known whether they were posted.
#[derive(Default)]
pub(super) struct Doubts(Mutex<VecDeque<Mark>>);

#[derive(Clone, PartialEq, Eq)]
struct Mark {
    repository: RepositoryName,
    head: CommitSha,
    external_id: String,
}

impl Doubts {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Mark>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the mark; true when it already stood.
    fn set(&self, mark: &Mark) -> bool {
        let mut marks = self.lock();
        if marks.contains(mark) {
            return true;
        }
        if marks.len() == MARKS {
            marks.pop_front();
        }
        marks.push_back(mark.clone());
        false
    }

    fn clear(&self, mark: &Mark) {
        self.lock().retain(|m| m != mark);
    }
}

/// How far an earlier attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// It stands as it should.
    Whole(CheckRunId),
    /// It is in progress with so many annotations.
    Part(CheckRunId, usize),
    /// Another one is in progress, of which a part was sent: nobody goes on with it.
    Abandoned(CheckRunId),
}

#[derive(Deserialize)]
struct Runs {
    check_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    id: CheckRunId,
    name: String,
    external_id: Option<String>,
    status: String,
    conclusion: Option<String>,
    app: Option<App>,
    output: Option<Output>,
}

#[derive(Deserialize)]
struct App {
    id: u64,
}

#[derive(Deserialize)]
struct Output {
    title: Option<String>,
    annotations_count: Option<usize>,
}

#[derive(Deserialize)]
struct Created {
    id: CheckRunId,
}

impl Repository {
    /// Posts a concluded check run. One request for up to 50 annotations; when there are more, the run is
    /// posted in progress with the first 50, and the last PATCH concludes it.
    ///
    /// After an unknown result (5xx, timeout, lost connection, answer cut off) the commit's runs are read, and
    /// the run is adopted when it stands there, or continued. When it does not, that is an error, and the next
    /// call for the same repository, commit and `external_id` looks again before it posts.
    ///
    /// What stands there is compared by `external_id`, conclusion, title and number of annotations: an
    /// `external_id` that changes with the content (a hash in it) makes that exact.
    pub async fn publish_check(&self, run: &CheckRun) -> Result<CheckRunId, Error> {
        self.publish(run, Before::Unknown).await
    }

    /// The same for a run that an earlier process may have posted (a crash between the post and the note of
    /// it): looks first, which is one request more.
    pub async fn republish_check(&self, run: &CheckRun) -> Result<CheckRunId, Error> {
        self.publish(run, Before::MayStand).await
    }

    /// Sets a check in progress on a commit: what stood there no longer holds, and its successor is on the way.
    pub async fn start_check(
        &self,
        head: &CommitSha,
        external_id: &str,
        (title, summary): (&str, &str),
    ) -> Result<CheckRunId, Error> {
        let writing = self.writing();
        let _one_at_a_time = writing.lock().await;
        let body = json!({
            "name": CHECK_NAME,
            "head_sha": head,
            "external_id": external_id,
            "status": IN_PROGRESS,
            "output": { "title": title, "summary": summary },
        });
        let path = self.path("/check-runs");
        let call = Call { operation: "set the check in progress", path, verb: Verb::Post(body) };
        Ok(self.json::<Created>(&call).await?.id)
    }

    /// Our run that a commit's check is in progress by, if the newest one is; and how many annotations it has.
    pub async fn unfinished_check(
        &self,
        head: &CommitSha,
    ) -> Result<Option<(CheckRunId, usize)>, Error> {
        let newest = self.newest(head).await?.filter(|run| run.status == IN_PROGRESS);
        Ok(newest.map(|run| {
            let annotations = run.output.and_then(|output| output.annotations_count);
            (run.id, annotations.unwrap_or_default())
        }))
    }

    /// Concludes what was set in progress on a commit and will never get its verdict there. It does not pass.
    pub async fn abandon_check(
        &self,
        head: &CommitSha,
        (title, summary): (&str, &str),
    ) -> Result<(), Error> {
        let writing = self.writing();
        let _one_at_a_time = writing.lock().await;
        let Some((id, _)) = self.unfinished_check(head).await? else { return Ok(()) };
        let body = json!({
            "status": "completed",
            "conclusion": Conclusion::ActionRequired.as_str(),
            "output": { "title": title, "summary": summary },
        });
        let path = self.path(&format!("/check-runs/{}", id.0));
        let call = Call { operation: "conclude the check", path, verb: Verb::Patch(body) };
        self.json::<Created>(&call).await.map(drop)
    }

    /// Concludes a run that was set in progress.
    pub async fn conclude_check(
        &self,
        started: CheckRunId,
        run: &CheckRun,
    ) -> Result<CheckRunId, Error> {
        let writing = self.writing();
        let _one_at_a_time = writing.lock().await;
        self.push(run, Some(Found::Part(started, 0))).await
    }

    async fn publish(&self, run: &CheckRun, before: Before) -> Result<CheckRunId, Error> {
        let writing = self.writing();
        let _one_at_a_time = writing.lock().await;
        let mark = Mark {
            repository: self.name().clone(),
            head: run.head.clone(),
            external_id: run.external_id.clone(),
        };
        // Set before the POST, not after its failure: a caller may give up waiting and drop this future.
        let in_doubt = self.doubts().set(&mark) || before == Before::MayStand;
        let found = match if in_doubt { self.find(run).await? } else { None } {
            // Its annotations cannot be taken back. It is concluded before its successor comes, since GitHub may go by
            // what was completed last.
            Some(Found::Abandoned(id)) => {
                let bare = CheckRun { annotations: Vec::new(), ..run.clone() };
                if let Err(error) = self.push(&bare, Some(Found::Part(id, 0))).await {
                    // Its successor counts, and the author waits for that one.
                    tracing::warn!(%error, "a check run that was begun is left in progress");
                }
                None
            }
            found => found,
        };
        let id = match self.push(run, found).await {
            Err(error) if error.leaves_doubt() => match self.find(run).await {
                Ok(Some(found @ (Found::Whole(_) | Found::Part(..)))) => {
                    self.push(run, Some(found)).await?
                }
                Ok(Some(Found::Abandoned(_)) | None) | Err(_) => return Err(error),
            },
            result => result?,
        };
        self.doubts().clear(&mark);
        Ok(id)
    }

    /// Sends what is still to be sent.
    async fn push(&self, run: &CheckRun, found: Option<Found>) -> Result<CheckRunId, Error> {
        let total = run.annotations.len();
        let (id, mut sent) = match found {
            Some(Found::Whole(id)) => return Ok(id),
            Some(Found::Part(id, sent)) => (id, sent),
            None | Some(Found::Abandoned(_)) => {
                let sent = total.min(BATCH);
                let call = Call {
                    operation: "post the check run",
                    path: self.path("/check-runs"),
                    verb: Verb::Post(create(run, sent)),
                };
                let id = self.json::<Created>(&call).await?.id;
                if sent == total {
                    return Ok(id);
                }
                (id, sent)
            }
        };
        loop {
            let to = total.min(sent + BATCH);
            let mut body = update(run, sent, to);
            body["external_id"] = json!(run.external_id);
            let call = Call {
                operation: "add annotations to the check run",
                path: self.path(&format!("/check-runs/{}", id.0)),
                verb: Verb::Patch(body),
            };
            self.json::<Created>(&call).await?;
            sent = to;
            if sent == total {
                return Ok(id);
            }
        }
    }

    /// Looks for the run among ours on its commit. Only the newest counts: GitHub goes by it, so an older one
    /// with the same content does not stand for this one.
    async fn find(&self, run: &CheckRun) -> Result<Option<Found>, Error> {
        Ok(self.newest(&run.head).await?.and_then(|newest| newest.stands_for(run)))
    }

    /// Our mark on the newest check of ours on a commit; empty where it has none. `None`: there is no check of ours.
    /// One REST call for each 100 of them.
    pub async fn mark_on(&self, head: &CommitSha) -> Result<Option<String>, Error> {
        let newest = self.newest(head).await?;
        Ok(newest.map(|newest| newest.external_id.unwrap_or_default()))
    }

    /// The newest of our runs on a commit.
    async fn newest(&self, head: &CommitSha) -> Result<Option<Run>, Error> {
        let app_id = self.app_id();
        let mut newest: Option<Run> = None;
        for page in 1..=PAGES {
            let path = format!(
                "/commits/{}/check-runs?check_name={}&app_id={app_id}&filter=all&per_page=100&page={page}",
                encoded(&head.0),
                encoded(CHECK_NAME),
            );
            let call = Call {
                operation: "look for the check run",
                path: self.path(&path),
                verb: Verb::Get,
            };
            let runs = self.json::<Runs>(&call).await?.check_runs;
            let last = runs.len() < 100;
            // The server filters too; a server that does not know a filter leaves it out in silence.
            let ours = runs.into_iter().filter(|r| {
                r.name == CHECK_NAME && r.app.as_ref().is_some_and(|app| app.id == app_id)
            });
            newest = ours.chain(newest).max_by_key(|r| r.id.0);
            if last {
                break;
            }
        }
        Ok(newest)
    }
}

/// Whether the run may stand already when nothing is known of it in this process.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Unknown,
    MayStand,
}

impl Run {
    fn stands_for(&self, run: &CheckRun) -> Option<Found> {
        let output = self.output.as_ref()?;
        let count = output.annotations_count?;
        let same = self.external_id.as_deref() == Some(&run.external_id)
            && output.title.as_deref() == Some(&run.title);
        match self.status.as_str() {
            // Set in progress, and nothing said yet: whose verdict it gets is open.
            IN_PROGRESS if count == 0 => Some(Found::Part(self.id, 0)),
            IN_PROGRESS if same && count <= run.annotations.len() => {
                Some(Found::Part(self.id, count))
            }
            IN_PROGRESS => Some(Found::Abandoned(self.id)),
            "completed" if same => {
                let whole = self.conclusion.as_deref() == Some(run.conclusion.as_str())
                    && count == run.annotations.len();
                whole.then_some(Found::Whole(self.id))
            }
            _ => None,
        }
    }
}

impl CheckRun {
    /// Whether one request posts it. Else it is in progress until its last annotations are sent.
    pub fn fits_one_request(&self) -> bool {
        self.annotations.len() <= BATCH
    }
}

fn create(run: &CheckRun, to: usize) -> Value {
    let mut body = update(run, 0, to);
    body["name"] = json!(CHECK_NAME);
    body["head_sha"] = json!(run.head);
    body["external_id"] = json!(run.external_id);
    if let Some(url) = &run.details_url {
        body["details_url"] = json!(url);
    }
    body
}

/// The run with annotations `from..to`; concluded when these are the last.
fn update(run: &CheckRun, from: usize, to: usize) -> Value {
    let mut body = Map::new();
    if to == run.annotations.len() {
        body.insert("status".into(), json!("completed"));
        body.insert("conclusion".into(), json!(run.conclusion.as_str()));
    } else {
        body.insert("status".into(), json!(IN_PROGRESS));
    }
    if !run.actions.is_empty() {
        body.insert("actions".into(), json!(run.actions));
    }
    let mut output = Map::new();
    output.insert("title".into(), json!(run.title));
    output.insert("summary".into(), json!(run.summary));
    if !run.text.is_empty() {
        output.insert("text".into(), json!(run.text));
    }
    let annotations: &[Annotation] = run.annotations.get(from..to).unwrap_or_default();
    if !annotations.is_empty() {
        output.insert("annotations".into(), json!(annotations));
    }
    body.insert("output".into(), Value::Object(output));
    Value::Object(body)
}

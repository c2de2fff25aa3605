//! `ep-bot doctor` beside a simulated GitHub, as a process of its own: what it says, and how it ends.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::post;
use ep_bot::simulator::{Access, Simulator};
use ep_bot::store::{Delivery, Kind, Priority, Store, Subject};
use ep_bot::web::WEBHOOK_PATH;
use tempfile::TempDir;
use tokio::net::TcpListener;

const REPO: &str = "example-org/enhancements";
const CHECK: &str = "EP / production readiness";

/// A GitHub with the App on one repository, and a receiver that answers each webhook with this status.
struct Ward {
    github: Simulator,
    folder: TempDir,
    receiver: String,
}

impl Ward {
    async fn new(answer: StatusCode) -> Self {
        let github = Simulator::start().await.expect("a free port");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let receiver = format!("http://{}", listener.local_addr().expect("an address"));
        let router = axum::Router::new().route(WEBHOOK_PATH, post(move || async move { answer }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        github.send_webhooks_to(&format!("{receiver}{WEBHOOK_PATH}"));
        github.install("example-org");
        github.create_repository(REPO);
        assert!(github.webhooks_sent(Duration::from_secs(10)).await, "webhooks are sent");
        Self { github, folder: tempfile::tempdir().expect("a folder"), receiver }
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("ep-bot.db").display())
    }

    /// Runs the doctor with the right settings and these besides.
    async fn doctor(&self, args: &[&str], more: &[(&str, &str)]) -> (Option<i32>, String) {
        let mut settings: BTreeMap<String, String> = [
            ("GITHUB_APP_ID", self.github.app_id().to_string()),
            ("GITHUB_APP_PRIVATE_KEY", self.github.private_key_pem()),
            ("GITHUB_WEBHOOK_SECRET", self.github.webhook_secret()),
            ("GITHUB_API_URL", self.github.api_url().to_owned()),
            ("DATABASE_URL", self.database()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let folder = self.folder.path().to_owned();
        let run = move || ep_bot(&folder, &args, &settings);
        let out = tokio::task::spawn_blocking(run).await.expect("it runs");
        let said = String::from_utf8(out.stdout).expect("UTF-8");
        for secret in [self.github.webhook_secret(), key_line(&self.github.private_key_pem())] {
            assert!(!said.contains(&secret), "a secret is shown");
        }
        assert_eq!(String::from_utf8_lossy(&out.stderr), "", "nothing beside the report");
        (out.status.code(), self.same_everywhere(&said))
    }

    /// What differs from run to run, by name.
    fn same_everywhere(&self, said: &str) -> String {
        let said = said
            .replace(self.github.api_url(), "http://GITHUB")
            .replace(&self.receiver, "http://BOT")
            .replace(&self.folder.path().display().to_string(), "FOLDER");
        let time =
            regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z").expect("a pattern");
        let request = regex::Regex::new(r"\(request [0-9A-F]+\)").expect("a pattern");
        request.replace_all(&time.replace_all(&said, "TIME"), "(request ID)").into_owned()
    }
}

/// A line of the key that is no key's common beginning.
fn key_line(pem: &str) -> String {
    pem.lines().nth(5).unwrap_or_default().to_owned()
}

fn ep_bot(folder: &Path, args: &[String], settings: &BTreeMap<String, String>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ep-bot"))
        .arg("doctor")
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs(settings)
        .stdin(Stdio::null())
        .output()
        .expect("ep-bot runs")
}

/// The two lines about a check that is required, or not.
fn about_required(said: &str) -> String {
    let lines = said.lines().skip_while(|line| !line.contains(" required "));
    lines
        .take_while(|line| line.contains(" required ") || line.contains(" → "))
        .fold(String::new(), |all, line| all + line + "\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well() {
    let ward = Ward::new(StatusCode::ACCEPTED).await;
    ward.github.require_check(REPO, "main", CHECK, Some(ward.github.app_id()));
    Store::open(&ward.database()).await.expect("a database").close().await;
    let (code, said) = ward.doctor(&["--repo", REPO], &[]).await;
    insta::assert_snapshot!(said);
    assert_eq!(code, Some(0));
    assert_eq!(ward.github.violations(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_told_with_the_next_step() {
    let ward = Ward::new(StatusCode::UNAUTHORIZED).await;
    let github = &ward.github;
    let few: BTreeMap<String, Access> = [("checks".to_owned(), Access::Read)].into();
    github.install_with("careful-org", few, None);
    let gone = github.install("tired-org");
    github.set_suspended(gone, true);
    github.set_app_permissions(&[("checks", Access::Read), ("contents", Access::Read)]);
    github.set_events(&["pull_request", "issue_comment"]);
    github.set_webhook_settings(true, true);
    assert!(github.webhooks_sent(Duration::from_secs(10)).await, "webhooks are sent");
    let nowhere = format!("sqlite:{}", ward.folder.path().join("not-there/ep-bot.db").display());
    let (code, said) = ward.doctor(&["--repo", REPO], &[("DATABASE_URL", &nowhere)]).await;
    insta::assert_snapshot!(said);
    assert_eq!(code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_must_be_required_and_from_this_app_only() {
    let mut all = String::new();
    for (told, by, app) in [
        ("not required", None, None),
        ("by a ruleset, not pinned", Some(true), None),
        ("by a ruleset, pinned", Some(true), Some(4242)),
        ("by a ruleset, pinned to another App", Some(true), Some(15368)),
        ("by branch protection, not pinned", Some(false), None),
        ("by branch protection, pinned", Some(false), Some(4242)),
    ] {
        let ward = Ward::new(StatusCode::ACCEPTED).await;
        let github = &ward.github;
        assert_eq!(github.app_id(), 4242);
        // Another check is no help.
        github.require_check(REPO, "main", "build", Some(4242));
        match by {
            Some(true) => github.require_check_by_ruleset(REPO, "main", CHECK, app),
            Some(false) => github.require_check_by_protection(REPO, "main", CHECK, app),
            None => {}
        }
        let (code, said) = ward.doctor(&["--repo", REPO], &[]).await;
        assert_eq!(code, Some(i32::from(app != Some(4242))), "{told}: {said}");
        all = format!("{all}# {told}\n{}\n", about_required(&said));
    }
    insta::assert_snapshot!(all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_without_the_app_and_an_archived_one_are_told() {
    let ward = Ward::new(StatusCode::ACCEPTED).await;
    ward.github.create_repository("other-org/enhancements");
    let (code, said) = ward.doctor(&["--repo", "other-org/enhancements"], &[]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("is not installed on other-org/enhancements"), "{said}");
    ward.github.archive(REPO);
    let (code, said) = ward.doctor(&["--repo", REPO], &[]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("warning  repository     example-org/enhancements is archived"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_five_minutes_ahead_is_told_before_the_refusal_that_it_causes() {
    let ward = Ward::new(StatusCode::ACCEPTED).await;
    // By GitHub's clock the App's tokens are of the future.
    ward.github.set_clock_off(-300);
    let (code, said) = ward.doctor(&[], &[]).await;
    // A second may pass.
    let said = said.replace("299 s", "300 s").replace("301 s", "300 s");
    insta::assert_snapshot!(said);
    assert_eq!(code, Some(1));
    ward.github.set_clock_off(300);
    let (code, said) = ward.doctor(&[], &[]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains(" s behind GitHub's"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_failed_and_then_arrived_are_not_counted() {
    let ward = Ward::new(StatusCode::ACCEPTED).await;
    ward.github.lose_webhooks();
    ward.github.commit(REPO, "idea", &[("a.md", Some(b"a"))], "Work on it");
    ward.github.open_pull_request(REPO, "idea");
    let (code, said) = ward.doctor(&[], &[]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("the newest of these is pull_request"), "{said}");
    ward.github.resume_webhooks();
    for lost in ward.github.deliveries().into_iter().filter(|one| !one.succeeded()) {
        assert!(ward.github.redeliver(&lost.guid));
    }
    assert!(ward.github.webhooks_sent(Duration::from_secs(10)).await, "webhooks are sent");
    let (code, said) = ward.doctor(&[], &[]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("ok       deliveries"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_for_long_is_told_and_the_database_is_left_alone() {
    let ward = Ward::new(StatusCode::ACCEPTED).await;
    let store = Store::open(&ward.database()).await.expect("a database");
    let long_ago = jiff::Timestamp::from_second(1_700_000_000).expect("a time");
    let subject = Subject {
        kind: Kind::PullRequest,
        installation: 1,
        repository_id: 2,
        owner: "example-org".into(),
        name: "enhancements".into(),
        number: 3,
        priority: Priority::Interactive,
        head: None,
        base: None,
    };
    let delivery = Delivery {
        guid: "a".into(),
        event: "pull_request".into(),
        action: None,
        comment_id: None,
        received_at: long_ago,
    };
    store.accept(&delivery, &subject.into()).await.expect("taken");
    // The server has it open meanwhile.
    let (code, said) = ward.doctor(&[], &[]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 answer is owed, the oldest since TIME"), "{said}");
    assert_eq!(store.owed().await.ok(), Some(1));
    store.close().await;
    let fresh = format!("sqlite:{}", ward.folder.path().join("new.db").display());
    let (_, said) = ward.doctor(&[], &[("DATABASE_URL", &fresh)]).await;
    assert!(said.contains("new, the first start fills it"), "{said}");
    assert!(!ward.folder.path().join("new.db").exists(), "nothing is made");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_are_missing_are_all_told_at_once() {
    let ward = Ward::new(StatusCode::ACCEPTED).await;
    let wrong = [("GITHUB_APP_ID", "four"), ("GITHUB_WEBHOOK_SECRET", ""), ("EP_BOT_WORKERS", "0")];
    let (code, said) = ward.doctor(&[], &wrong).await;
    assert_eq!(code, Some(2));
    for name in ["GITHUB_APP_ID", "GITHUB_WEBHOOK_SECRET", "EP_BOT_WORKERS"] {
        assert!(said.contains(&format!("problem  settings       {name}")), "{said}");
    }
    let settings = BTreeMap::new();
    let wrong = ["--repo".to_owned(), "enhancements".to_owned()];
    let out = ep_bot(ward.folder.path(), &wrong, &settings);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("OWNER/NAME"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_github_that_is_away_is_told_and_the_database_is_looked_at_all_the_same() {
    let ward = Ward::new(StatusCode::ACCEPTED).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let away = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let (code, said) = ward.doctor(&[], &[("GITHUB_API_URL", &away)]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("problem  github         the connection to GitHub failed"), "{said}");
    assert!(said.contains("ok       database"), "{said}");
}

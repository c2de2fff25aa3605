//! Settings from flags, variables and files.

use std::collections::HashMap;
use std::io::Write;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::*;

/// A key made now, in PEM.
fn private_key() -> String {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der = pair.as_der().expect("its bytes");
    let label = "PRIVATE KEY";
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der.as_ref()))
}

fn with(args: &ServeArgs, variables: &[(&str, &str)]) -> Result<Resolved, Vec<String>> {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    resolve(args, |name| variables.get(name).map(OsString::from))
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

#[test]
fn three_settings_are_enough() {
    let key = private_key();
    let resolved = with(
        &ServeArgs::default(),
        &[
            ("GITHUB_APP_ID", "12"),
            ("GITHUB_APP_PRIVATE_KEY", &key),
            ("GITHUB_WEBHOOK_SECRET", "new one, old one,"),
        ],
    )
    .unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(resolved.listen, "127.0.0.1:3000");
    assert_eq!(resolved.server.app.app_id, 12);
    assert_eq!(resolved.server.app.api_url, "https://api.github.com");
    assert_eq!(resolved.server.database_url.expose_secret(), "sqlite:ep-bot.db");
    assert_eq!(resolved.server.pace.workers.get(), 4);
    let secrets = resolved.server.webhook_secrets.iter().map(ExposeSecret::expose_secret);
    assert_eq!(secrets.collect::<Vec<_>>(), ["new one", "old one"]);
    let shown = format!("{resolved:?}");
    assert!(!shown.contains("old one") && !shown.contains(&key[40..80]), "{shown}");
}

#[test]
fn everything_that_is_missing_is_told_at_once_by_name() {
    let problems = with(&ServeArgs::default(), &[("GITHUB_WEBHOOK_SECRET", " ")]).err();
    let problems = problems.unwrap_or_default();
    assert_eq!(problems.len(), 3, "{problems:?}");
    for (problem, name) in
        problems.iter().zip(["GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET"])
    {
        assert!(problem.starts_with(&format!("{name} is missing: ")), "{problem}");
        assert!(!problem.contains('\n'), "{problem}");
    }
}

#[test]
fn everything_that_is_malformed_is_told_at_once_and_without_its_value() {
    let value = "s3cr3t-by-mistake";
    let names = [
        "GITHUB_APP_ID",
        "GITHUB_APP_PRIVATE_KEY",
        "DATABASE_URL",
        "EP_BOT_LISTEN",
        "EP_BOT_PUBLIC_URL",
        "EP_BOT_WORKERS",
    ];
    let mut variables: Vec<(&str, &str)> = names.iter().map(|name| (*name, value)).collect();
    variables.extend([
        ("GITHUB_WEBHOOK_SECRET", " , "),
        ("GITHUB_API_URL", "ftp://git.example.com"),
        ("GITHUB_GRAPHQL_URL", "nowhere"),
        ("RUST_LOG", "ep_bot=louder"),
    ]);
    let problems = with(&ServeArgs::default(), &variables).err().unwrap_or_default();
    assert_eq!(problems.len(), variables.len(), "{problems:#?}");
    for (name, _) in &variables {
        assert!(
            problems.iter().any(|p| p.starts_with(&format!("{name} "))),
            "{name}: {problems:#?}"
        );
    }
    assert!(problems.iter().all(|p| !p.contains(value) && !p.contains('\n')), "{problems:#?}");
}

#[test]
fn a_flag_goes_before_a_variable_and_files_hold_secrets() {
    let (key, secret, url) =
        (file(&private_key()), file("from a file\n"), file("sqlite:/data/ep.db\n"));
    let args = ServeArgs {
        github_app_id: Some("34".into()),
        github_webhook_secret_file: Some(secret.path().to_owned()),
        workers: Some("64".into()),
        ..ServeArgs::default()
    };
    let resolved = with(
        &args,
        &[
            ("GITHUB_APP_ID", "12"),
            ("GITHUB_APP_PRIVATE_KEY_FILE", &key.path().to_string_lossy()),
            ("GITHUB_WEBHOOK_SECRET", "from a variable"),
            ("DATABASE_URL_FILE", &url.path().to_string_lossy()),
        ],
    )
    .unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(resolved.server.app.app_id, 34);
    assert_eq!(resolved.server.webhook_secrets[0].expose_secret(), "from a file");
    assert_eq!(resolved.server.database_url.expose_secret(), "sqlite:/data/ep.db");
    assert_eq!(resolved.server.pace.workers.get(), 64);
}

#[test]
fn a_file_that_is_not_there_empty_or_one_too_many_is_told() {
    let empty = file(" \n");
    let problems = with(
        &ServeArgs::default(),
        &[
            ("GITHUB_APP_ID", "12"),
            ("GITHUB_APP_ID_FILE", "/nowhere"),
            ("GITHUB_APP_PRIVATE_KEY_FILE", "/nowhere/key.pem"),
            ("GITHUB_WEBHOOK_SECRET_FILE", &empty.path().to_string_lossy()),
        ],
    );
    let problems = problems.err().unwrap_or_default();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].starts_with("GITHUB_APP_ID and GITHUB_APP_ID_FILE are both set"));
    assert!(
        problems[1].starts_with("GITHUB_APP_PRIVATE_KEY: the file /nowhere/key.pem cannot be read")
    );
    assert!(
        problems[2].starts_with("GITHUB_WEBHOOK_SECRET: the file ")
            && problems[2].ends_with("is empty")
    );
}

#[test]
fn crates_that_could_log_a_token_stay_quiet() {
    let filter = filter("trace,h2=trace").map(|filter| filter.to_string()).unwrap_or_default();
    assert!(filter.contains("h2=warn") && !filter.contains("h2=trace"), "{filter}");
}

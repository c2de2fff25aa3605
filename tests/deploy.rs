//! What lies in `deploy/` fits the program: settings, ports, paths, metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use ep_bot::meter::{Meter, Owed, Seen};
use regex::Regex;
use serde_json::Value;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The settings that `serve --help` names.
fn settings() -> BTreeSet<String> {
    let out = Command::new(env!("CARGO_BIN_EXE_ep-bot"))
        .args(["serve", "--help"])
        .output()
        .expect("ep-bot runs");
    let help = String::from_utf8(out.stdout).expect("UTF-8");
    let name = Regex::new(r"\[([A-Z][A-Z_]+)").expect("a pattern");
    let names = name.captures_iter(&help).map(|found| found[1].to_owned());
    let names = names.filter(|name| name != "OPTIONS");
    names.map(|name| name.trim_end_matches("_FILE").to_owned()).collect()
}

#[test]
fn every_setting_in_these_files_exists_and_every_setting_is_documented() {
    let settings = settings();
    assert!(settings.len() > 8, "{settings:?}");
    let name =
        Regex::new(r"\b(?:GITHUB_|EP_BOT_|DATABASE_URL|RUST_LOG)[A-Z_]*\b").expect("a pattern");
    for place in [
        "README.md",
        "OPERATING.md",
        "Dockerfile",
        "ep-bot.service",
        "compose.yml",
        "kubernetes/kustomization.yaml",
        "kubernetes/deployment.yaml",
    ] {
        let text = file(place);
        let named: Vec<&str> = name.find_iter(&text).map(|found| found.as_str()).collect();
        assert!(!named.is_empty(), "{place}");
        for setting in named {
            let base = setting.strip_suffix("_FILE").unwrap_or(setting);
            assert!(settings.contains(base), "{place} names {setting}");
        }
    }
    let operating = file("OPERATING.md");
    for setting in settings {
        assert!(
            operating.contains(&format!("`{setting}`")),
            "OPERATING.md says nothing of {setting}"
        );
    }
}

/// The environment of the bot's container in each way to run it, with that of the image below.
fn environments() -> Vec<(&'static str, BTreeMap<String, String>)> {
    let image = Regex::new(r"(?m)^ENV (\w+)=(\S+)$").expect("a pattern");
    let image: BTreeMap<String, String> = image
        .captures_iter(&file("Dockerfile"))
        .map(|found| (found[1].to_owned(), found[2].to_owned()))
        .collect();
    assert_eq!(image.len(), 1, "one line: {image:?}");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();

    let mut compose = image.clone();
    let bot = &yaml("compose.yml")["services"]["bot"];
    for (name, value) in bot["environment"].as_object().expect("settings") {
        compose.insert(name.clone(), text(value));
    }
    let mut kubernetes = image;
    let generator = &yaml("kubernetes/kustomization.yaml")["configMapGenerator"][0];
    for literal in generator["literals"].as_array().expect("settings") {
        let (name, value) = literal.as_str().and_then(|l| l.split_once('=')).expect("a setting");
        kubernetes.insert(name.to_owned(), value.to_owned());
    }
    let container =
        yaml("kubernetes/deployment.yaml")["spec"]["template"]["spec"]["containers"][0].clone();
    assert_eq!(container["envFrom"][0]["configMapRef"]["name"], generator["name"]);
    for setting in container["env"].as_array().expect("settings") {
        kubernetes.insert(text(&setting["name"]), text(&setting["value"]));
    }
    vec![("compose.yml", compose), ("kubernetes", kubernetes)]
}

#[tokio::test]
async fn the_program_takes_the_settings_of_compose_and_kubernetes() {
    let github = ep_bot::simulator::Simulator::start().await.expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let secrets = [
        ("GITHUB_APP_PRIVATE_KEY_FILE", write("key", &github.private_key_pem())),
        ("GITHUB_WEBHOOK_SECRET_FILE", write("secret", "made for the test")),
        (
            "DATABASE_URL_FILE",
            write("url", "postgres://ep-bot:abc@127.0.0.1:1/ep-bot?sslmode=disable"),
        ),
    ];
    for (way, mut settings) in environments() {
        for (name, path) in &secrets {
            assert!(settings.insert((*name).to_owned(), path.clone()).is_some(), "{way}: {name}");
        }
        let id = settings.insert("GITHUB_APP_ID".to_owned(), "4242".to_owned());
        assert!(id.is_some(), "{way}");
        // Nobody is there: what counts is that it comes so far.
        settings.insert("GITHUB_API_URL".to_owned(), "http://127.0.0.1:1".to_owned());
        let run = Command::new(env!("CARGO_BIN_EXE_ep-bot"))
            .arg("doctor")
            .current_dir(folder.path())
            .env_clear()
            .envs(&settings)
            .stdin(Stdio::null())
            .output()
            .expect("ep-bot runs");
        let said = String::from_utf8_lossy(&run.stdout);
        assert_eq!(run.status.code(), Some(1), "{way}: {said}");
        assert!(said.contains("PostgreSQL at 127.0.0.1:1 cannot be reached"), "{way}: {said}");
        assert!(!said.contains(":abc@"), "{said}");
    }
}

#[test]
fn every_secret_is_a_file_that_is_mounted() {
    let compose = yaml("compose.yml");
    let bot = &compose["services"]["bot"];
    let given: Vec<&str> =
        bot["secrets"].as_array().expect("secrets").iter().filter_map(Value::as_str).collect();
    for secret in &given {
        assert!(compose["secrets"][*secret]["file"].is_string(), "{secret}");
    }
    let pod = yaml("kubernetes/deployment.yaml")["spec"]["template"]["spec"].clone();
    let volume = &pod["volumes"][0];
    let mount = &pod["containers"][0]["volumeMounts"][0];
    assert_eq!(volume["name"], mount["name"]);
    let at = mount["mountPath"].as_str().expect("a path");
    let items = volume["secret"]["items"].as_array().expect("items");
    let mounted: Vec<String> = items
        .iter()
        .map(|item| format!("{at}/{}", item["path"].as_str().expect("a path")))
        .collect();
    for (way, settings) in environments() {
        for (name, path) in settings.iter().filter(|(name, _)| name.ends_with("_FILE")) {
            let is_there = mounted.contains(path)
                || path.strip_prefix("/run/secrets/").is_some_and(|secret| given.contains(&secret));
            assert!(is_there, "{way}: {name} is {path}");
        }
    }
    let keys = Regex::new(r"--from-file=([\w.-]+)=").expect("a pattern");
    let operating = file("OPERATING.md");
    let made: BTreeSet<String> = keys.captures_iter(&operating).map(|k| k[1].to_owned()).collect();
    let wanted = items.iter().map(|item| item["key"].as_str().expect("a key").to_owned()).collect();
    assert_eq!(made, wanted, "the secret that OPERATING.md makes is the one that is mounted");
}

#[test]
fn ports_and_paths_are_the_programs() {
    let deployment = yaml("kubernetes/deployment.yaml");
    let template = &deployment["spec"]["template"];
    let container = &template["spec"]["containers"][0];
    let port = &container["ports"][0];
    let number = port["containerPort"].as_u64().expect("a port").to_string();
    for (way, settings) in environments() {
        assert_eq!(settings["EP_BOT_LISTEN"], format!("0.0.0.0:{number}"), "{way}");
    }
    let service = yaml("kubernetes/service.yaml");
    assert_eq!(service["spec"]["ports"][0]["targetPort"], port["name"]);
    let published = yaml("compose.yml")["services"]["bot"]["ports"][0].clone();
    assert_eq!(published, Value::from(format!("127.0.0.1:{number}:{number}")));
    let router = include_str!("../src/web/mod.rs");
    let annotations = &template["metadata"]["annotations"];
    assert_eq!(annotations["prometheus.io/port"], Value::from(number));
    for path in [
        &container["livenessProbe"]["httpGet"]["path"],
        &container["readinessProbe"]["httpGet"]["path"],
        &annotations["prometheus.io/path"],
    ] {
        let path = path.as_str().expect("a path");
        assert!(router.contains(&format!(".route(\"{path}\"")), "{path}");
    }
    let resources = yaml("kubernetes/kustomization.yaml")["resources"].clone();
    for resource in resources.as_array().expect("files") {
        let name = resource.as_str().expect("a name");
        assert!(yaml(&format!("kubernetes/{name}"))["kind"].is_string(), "{name}");
    }
}

#[test]
fn nothing_runs_as_root_or_writes_beside_its_data() {
    let pod = yaml("kubernetes/deployment.yaml")["spec"]["template"]["spec"].clone();
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    let container = &pod["containers"][0]["securityContext"];
    assert_eq!(container["readOnlyRootFilesystem"], true);
    assert_eq!(container["allowPrivilegeEscalation"], false);
    let user = pod["securityContext"]["runAsUser"].as_u64().expect("a number");
    assert!(file("Dockerfile").contains(&format!("USER {user}:{user}")));
    let bot = &yaml("compose.yml")["services"]["bot"];
    assert_eq!(bot["read_only"], true);
    let budget = yaml("kubernetes/disruption.yaml")["spec"]["minAvailable"].as_u64();
    let replicas = yaml("kubernetes/deployment.yaml")["spec"]["replicas"].as_u64();
    assert!(budget < replicas, "a node can be drained");
}

/// Every metric's sample names.
fn metrics() -> BTreeSet<String> {
    let meter = Meter::default();
    meter.delivery("ping", "taken");
    meter.request("read the App", "2xx");
    meter.verdict(Duration::from_secs(1));
    meter.failed_try("defect");
    let seen = Seen { workers: true, owed: Some(Owed::default()), rates: vec![(1, "core", 2)] };
    let text = meter.text(&seen).expect("a text");
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.map(|line| line.split(['{', ' ']).next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn alerts_ask_for_metrics_that_exist_and_each_is_explained() {
    let metrics = metrics();
    let name = Regex::new(r"\bep_bot_[a-z_]+").expect("a pattern");
    let operating = file("OPERATING.md");
    for found in name.find_iter(&operating).map(|found| found.as_str()) {
        assert!(metrics.contains(found), "OPERATING.md names {found}");
    }
    let alerts = yaml("alerts.yml");
    let rules = alerts["groups"][0]["rules"].as_array().expect("rules");
    let mut told = Vec::new();
    for rule in rules {
        let alert = rule["alert"].as_str().expect("a name");
        let expr = rule["expr"].as_str().expect("an expression");
        let asked: Vec<&str> = name.find_iter(expr).map(|found| found.as_str()).collect();
        assert!(!asked.is_empty(), "{alert}");
        for metric in asked {
            assert!(metrics.contains(metric), "{alert} asks for {metric}");
        }
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            assert_eq!(expr.matches(open).count(), expr.matches(close).count(), "{alert}");
        }
        let severity = rule["labels"]["severity"].as_str();
        assert!(matches!(severity, Some("page" | "ticket")), "{alert}");
        for text in ["summary", "description"] {
            assert!(rule["annotations"][text].is_string(), "{alert}: {text}");
        }
        told.push(format!("### {alert}"));
    }
    let explained: Vec<&str> = operating.lines().filter(|line| line.starts_with("### ")).collect();
    assert_eq!(explained, told, "in the same order");
}

//! `app.yml` against the code: the App may do what the bot does, and is told of what it handles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ep_bot::bot::event::handles;
use ep_bot::github::PERMISSIONS;
use serde::Deserialize;

use crate::support::webhooks::examples;

/// Keys that GitHub does not know are ignored there in silence, so they are refused here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    name: String,
    description: String,
    url: String,
    public: bool,
    hook_attributes: Hook,
    default_permissions: BTreeMap<String, String>,
    default_events: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hook {
    url: String,
    active: bool,
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn manifest() -> Manifest {
    serde_saphyr::from_str(&read("app.yml")).expect("app.yml is a manifest")
}

#[test]
fn the_app_asks_for_the_permissions_that_the_code_uses() {
    let mut used: BTreeMap<_, _> =
        PERMISSIONS.iter().map(|&(name, level)| (name.to_owned(), level.to_owned())).collect();
    // GitHub requires it of every App; tokens have it without asking.
    used.insert("metadata".to_owned(), "read".to_owned());
    assert_eq!(manifest().default_permissions, used);
}

#[test]
fn every_permission_and_event_says_why() {
    let text = read("app.yml");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let manifest = manifest();
    let permissions =
        manifest.default_permissions.iter().map(|(name, level)| format!("{name}: {level}"));
    let events = manifest.default_events.iter().map(|event| format!("- {event}"));
    for entry in permissions.chain(events) {
        let at = lines.iter().position(|line| *line == entry).expect("each stands on its own line");
        assert!(lines[at - 1].starts_with("# "), "{entry} has no reason above it");
    }
}

/// Of all events that GitHub has, the App is told of those that the bot reads. Those about installations reach every
/// App, and cannot be asked for.
#[test]
fn the_app_listens_to_the_events_that_the_code_handles() {
    let handled: BTreeSet<String> = examples()
        .into_iter()
        .map(|example| example.event)
        .filter(|event| handles(event) && !event.starts_with("installation"))
        .collect();
    let listed: Vec<String> = manifest().default_events;
    assert_eq!(listed, Vec::from_iter(handled), "sorted, each once");
}

#[test]
fn the_app_is_private_and_fits_github() {
    let Manifest { name, description, url, public, hook_attributes, .. } = manifest();
    assert!(!public, "an App for one company is not to be installed by others");
    assert!(name.chars().count() <= 34, "GitHub's limit on an App's name");
    assert!(!description.is_empty());
    assert!(hook_attributes.active);
    assert_eq!(hook_attributes.url, format!("{url}/api/github/webhooks"));
}

/// The link is what people use; it must ask for what the manifest asks for.
#[test]
fn the_link_that_creates_the_app_says_what_the_manifest_says() {
    let readme = read("deploy/README.md");
    let start = readme.find("/settings/apps/new?").expect("deploy/README.md has the link");
    let link = readme[start..].split_whitespace().next().unwrap_or_default();
    let (_, query) = link.split_once('?').expect("the link has a query");
    let mut asked: Vec<String> = query
        .split('&')
        .map(|pair| percent_encoding::percent_decode_str(pair).decode_utf8_lossy().into_owned())
        .collect();
    let manifest = manifest();
    let mut wanted: Vec<String> = manifest
        .default_permissions
        .iter()
        .map(|(name, level)| format!("{name}={level}"))
        .collect();
    // Metadata comes with any other permission; the form has no field for it.
    wanted.retain(|permission| permission != "metadata=read");
    wanted.extend(manifest.default_events.iter().map(|event| format!("events[]={event}")));
    wanted.push(format!("name={}", manifest.name));
    wanted.push(format!("url={}", manifest.url));
    wanted.push(format!("webhook_url={}", manifest.hook_attributes.url));
    wanted.push(format!("webhook_active={}", manifest.hook_attributes.active));
    wanted.push(format!("public={}", manifest.public));
    asked.sort();
    wanted.sort();
    assert_eq!(asked, wanted);
}

//! What `GET /metrics` says after a story, read as strictly as Prometheus reads it.

use std::collections::{BTreeMap, BTreeSet};

use ep_bot::simulator::{Fault, Match, signature};
use ep_bot::web::WEBHOOK_PATH;

use super::support::story::{Story, tell};
use super::{PATH, ready};

/// One family of metrics.
#[derive(Debug, Default)]
struct Family {
    help: String,
    kind: String,
    /// Name, sorted labels, value.
    samples: Vec<(String, BTreeMap<String, String>, f64)>,
}

/// Reads Prometheus' text format 0.0.4; panics at whatever is not exactly that.
fn parse(text: &str) -> BTreeMap<String, Family> {
    assert!(text.ends_with('\n'), "the last line ends");
    let name = regex::Regex::new("^[a-z][a-z0-9_]*$").expect("a pattern");
    let sample = regex::Regex::new(r"^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$").expect("a pattern");
    let label =
        regex::Regex::new(r#"^([a-z_]+)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)"#).expect("a pattern");
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (family, help) = rest.split_once(' ').expect("a help text");
            assert!(name.is_match(family), "{line}");
            let new = Family { help: help.to_owned(), ..Family::default() };
            assert!(families.insert(family.to_owned(), new).is_none(), "one block each: {line}");
            family.clone_into(&mut current);
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (family, kind) = rest.split_once(' ').expect("a type");
            assert_eq!(family, current, "the type follows the help");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            kind.clone_into(&mut families.get_mut(family).expect("its help came first").kind);
        } else {
            let parts = sample.captures(line).unwrap_or_else(|| panic!("no sample: {line}"));
            let mut labels = BTreeMap::new();
            let mut rest = parts.get(2).map_or("", |labels| labels.as_str());
            while !rest.is_empty() {
                let one = label.captures(rest).unwrap_or_else(|| panic!("no label: {line}"));
                assert!(labels.insert(one[1].to_owned(), one[2].to_owned()).is_none(), "{line}");
                rest = &rest[one[0].len()..];
            }
            let value: f64 = parts[3].parse().expect("a number");
            let family = families.get_mut(&current).expect("a help text comes first");
            let parts_of = match family.kind.as_str() {
                "histogram" => vec!["_bucket", "_sum", "_count"],
                _ => vec![""],
            };
            let names: Vec<String> = parts_of.iter().map(|end| format!("{current}{end}")).collect();
            assert!(names.contains(&parts[1].to_owned()), "{line} stands below {current}");
            assert!(seen.insert((parts[1].to_owned(), labels.clone())), "twice: {line}");
            family.samples.push((parts[1].to_owned(), labels, value));
        }
    }
    families
}

struct Scraped(BTreeMap<String, Family>);

impl Scraped {
    async fn of(story: &Story) -> Self {
        let url = format!("http://{}/metrics", story.address());
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let answer = client.get(url).send().await.expect("an answer");
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        assert_eq!(kind, Some("text/plain; version=0.0.4; charset=utf-8"));
        Self(parse(&answer.text().await.expect("a text")))
    }

    /// The sum of a metric's samples that have these labels.
    fn sum(&self, metric: &str, labels: &[(&str, &str)]) -> f64 {
        let samples = self.0.values().flat_map(|family| &family.samples);
        let fit = samples.filter(|(name, has, _)| {
            let fits = |(key, value): &(&str, &str)| has.get(*key).is_some_and(|v| v == value);
            name == metric && labels.iter().all(fits)
        });
        fit.map(|(_, _, value)| value).sum()
    }
}

#[tokio::test]
async fn a_story_is_counted() {
    tell(async |story| {
        let lost = Match::rest("POST", "/repos/{owner}/{repo}/check-runs");
        story.github.fault(lost, Fault::bad_gateway(), 1);
        story.propose(&[(PATH, Some(ready()))]).await;
        let opened = story.github.deliveries().into_iter().find(|d| d.event == "pull_request");
        assert!(story.github.redeliver(&opened.expect("it was sent").guid));
        story.settle().await;
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let stranger = client
            .post(format!("http://{}{WEBHOOK_PATH}", story.address()))
            .header("x-github-event", "an event of a stranger's")
            .header("x-github-delivery", "guid")
            .header("x-hub-signature-256", signature("a stranger's", b"{}"))
            .body("{}");
        stranger.send().await.expect("an answer");

        let seen = Scraped::of(story).await;
        let deliveries = |event, outcome| {
            seen.sum("ep_bot_deliveries_total", &[("event", event), ("outcome", outcome)])
        };
        assert!(deliveries("pull_request", "taken") >= 1.0);
        assert!((deliveries("pull_request", "repeated") - 1.0).abs() < f64::EPSILON);
        assert!(
            (deliveries("other", "signature") - 1.0).abs() < f64::EPSILON,
            "its name is not taken over"
        );
        let requests = |result| seen.sum("ep_bot_github_requests_total", &[("result", result)]);
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let asked = story.asked().len() as f64;
        assert!((seen.sum("ep_bot_github_requests_total", &[]) - asked).abs() < f64::EPSILON);
        assert!((requests("5xx") - 1.0).abs() < f64::EPSILON);
        let failed = seen.sum("ep_bot_failed_tries_total", &[("reason", "server")]);
        assert!((failed - 1.0).abs() < f64::EPSILON);
        assert!((seen.sum("ep_bot_verdict_seconds_count", &[]) - 1.0).abs() < f64::EPSILON);
        assert!(
            (seen.sum("ep_bot_build_info", &[("version", env!("CARGO_PKG_VERSION"))]) - 1.0).abs()
                < f64::EPSILON
        );
        for (metric, value) in [
            ("ep_bot_database_up", 1.0),
            ("ep_bot_workers_up", 1.0),
            ("ep_bot_owed_subjects", 0.0),
            ("ep_bot_oldest_unclaimed_seconds", 0.0),
            ("ep_bot_given_up_total", 0.0),
        ] {
            assert!((seen.sum(metric, &[]) - value).abs() < f64::EPSILON, "{metric}");
        }
        for resource in ["core", "graphql"] {
            let left = seen.sum("ep_bot_github_rate_limit_remaining", &[("resource", resource)]);
            assert!(left > 4_000.0 && left < 5_000.0, "{resource}: {left}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_metric_says_what_it_is_and_no_label_is_a_strangers() {
    tell(async |story| {
        story.propose(&[(PATH, Some(ready()))]).await;
        let seen = Scraped::of(story).await;
        let told = seen
            .0
            .iter()
            .map(|(name, Family { help, kind, .. })| format!("{name} ({kind}): {help}\n"));
        insta::assert_snapshot!("metrics", told.collect::<String>());
        for (name, family) in &seen.0 {
            assert!(name.starts_with("ep_bot_"), "{name}");
            assert!(family.help.len() > 20 && !family.kind.is_empty(), "{name}: {family:?}");
            assert_eq!(
                family.kind == "counter",
                name.ends_with("_total"),
                "{name}: {}",
                family.kind
            );
            for (_, labels, _) in &family.samples {
                for (label, value) in labels {
                    let known = [
                        "event",
                        "outcome",
                        "operation",
                        "result",
                        "reason",
                        "installation",
                        "resource",
                        "version",
                        "le",
                    ];
                    assert!(known.contains(&label.as_str()), "{name}: {label}");
                    assert!(
                        !value.contains("example-org") && !value.contains("enhancements"),
                        "{name}"
                    );
                }
            }
        }
    })
    .await;
}

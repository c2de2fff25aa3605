//! `ep-bot check` on a folder of 1,000 EPs of 24 KB, beside pulldown-cmark alone on the same files in the same run;
//! its peak memory on 100 and on 1,000 files; and the whole review of one EP with base, policy and template.
//!
//! `cargo bench --bench folder` prints ratios. A time on a shared machine is worth nothing beside another run's.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ep_bot::review::{Base, Before, Candidate, Policy, Rulebook, prepare_template, review};
use pulldown_cmark::{Options, Parser};

const EPS: usize = 1_000;
const SIZE: usize = 24 * 1024;
const ROUNDS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = fill(folder.path(), EPS);
    let (mut floor, mut ours) = (Vec::new(), Vec::new());
    // Taken in turns, so that a noisy machine disturbs both alike.
    for _ in 0..ROUNDS {
        floor.push(time(|| parse_alone(folder.path())));
        ours.push(time(|| {
            check(folder.path());
        }));
    }
    let (floor, ours) = (median(floor), median(ours));
    #[expect(clippy::cast_precision_loss, reason = "a size in megabytes")]
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!("{EPS} EPs, {:.1} MB, one thread", rate(Duration::from_secs(1)));
    println!("reading and pulldown-cmark alone: {:7.1} MB/s", rate(floor));
    println!("ep-bot check --format json:       {:7.1} MB/s  (aim: at least 100)", rate(ours));
    println!(
        "ratio of times:                   {:7.2}       (aim: at most 2.5)",
        ours.as_secs_f64() / floor.as_secs_f64()
    );
    let few = tempfile::tempdir().expect("a folder");
    fill(few.path(), EPS / 10);
    let (small, large) = (peak(few.path()), peak(folder.path()));
    println!("peak memory, {} EPs:  {small:6} kB", EPS / 10);
    println!("peak memory, {EPS} EPs: {large:6} kB");
    #[expect(clippy::cast_precision_loss, reason = "a ratio")]
    let ratio = large as f64 / small as f64;
    println!("ratio of memory:                  {ratio:7.2}       (aim: 1, whatever the number)");
    one_review();
}

/// EPs of [`SIZE`] bytes each; gives their sum.
fn fill(folder: &Path, count: usize) -> usize {
    let eps = folder.join("eps");
    fs::create_dir_all(&eps).expect("a folder");
    let text = include_str!("../../src/cli/examples/EP-0021-telemetry-over-satellite.md");
    let cut = text[..SIZE].rfind("\n\n").expect("a paragraph");
    let mut bytes = 0;
    for number in 1..=count {
        let body = text[..cut].replacen("EP-0021", &format!("EP-{number:04}"), 1);
        bytes += body.len();
        fs::write(eps.join(format!("EP-{number:04}-telemetry.md")), body).expect("written");
    }
    bytes
}

fn parse_alone(folder: &Path) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    for entry in fs::read_dir(folder.join("eps")).expect("a folder") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("an EP");
        black_box(Parser::new_ext(&text, options).into_offset_iter().count());
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ep-bot"));
    command.args(["check", "--format", "json", "eps"]).current_dir(folder).stdout(Stdio::null());
    command
}

fn check(folder: &Path) {
    let code = command(folder).status().expect("ep-bot runs").code();
    assert!(matches!(code, Some(0 | 1)), "{code:?}");
}

/// The highest resident memory of a run, in kilobytes, as Linux tells it while the process lives.
fn peak(folder: &Path) -> u64 {
    let mut child = command(folder).spawn().expect("ep-bot runs");
    let status = format!("/proc/{}/status", child.id());
    let mut highest = 0;
    while child.try_wait().expect("a child").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let value = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        highest = highest.max(value.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(1));
    }
    highest
}

/// A pull request's one EP: head and base, template and policy ready, as the bot holds them.
fn one_review() {
    let base = include_str!("../../src/cli/examples/EP-0012-guest-identity-offline-login.md");
    let head = base.replace("## Summary\n", "## Summary\n\nGuests log in at sea.\n");
    let policy = Policy::default();
    let template = prepare_template(None, &policy);
    let path = "eps/EP-0012-guest-identity-offline-login.md";
    let before = Before::At(Base { path, bytes: base.as_bytes(), sidecar: None });
    let rulebook = Rulebook::new(&template, &policy);
    let mut times = Vec::new();
    for _ in 0..300 {
        times.push(time(|| {
            let candidate = Candidate { before, ..Candidate::new(path, head.as_bytes()) };
            black_box(review(&candidate, &rulebook));
        }));
    }
    println!(
        "one EP of {} kB with base, template and policy: {} µs",
        head.len() / 1000,
        median(times).as_micros()
    );
    let mut times = Vec::new();
    for _ in 0..50 {
        times.push(time(|| {
            black_box(prepare_template(None, &policy));
        }));
    }
    println!("reading the template anew: {} µs", median(times).as_micros());
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

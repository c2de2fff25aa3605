//! Speed of the review beside its floor, pulldown-cmark alone on the same bytes, in one run.
//!
//! `cargo bench --bench review` prints megabytes a second and the ratio.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use ep_bot::proposal::Template;
use ep_bot::review::{Candidate, Policy, Rulebook, review};
use pulldown_cmark::{Options, Parser};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/examples");
    let texts: Vec<String> = fs::read_dir(folder)
        .expect("src/cli/examples")
        .map(|entry| fs::read_to_string(entry.expect("entry").path()).expect("an EP"))
        .collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let policy = Policy::default();
    let rulebook =
        Rulebook { judge_as: Some("completed"), ..Rulebook::new(Template::built_in(), &policy) };
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    // Taken in turns, so that a noisy machine disturbs both alike.
    let (mut floor, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        floor.push(time(|| {
            for text in &texts {
                black_box(Parser::new_ext(text, options).into_offset_iter().count());
            }
        }));
        ours.push(time(|| {
            for text in &texts {
                black_box(review(&Candidate::new("eps/EP-0042-x.md", text.as_bytes()), &rulebook));
            }
        }));
    }
    let (floor, ours) = (median(floor), median(ours));
    #[expect(clippy::cast_precision_loss, reason = "a size in megabytes")]
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!("{} EPs, {bytes} bytes", texts.len());
    println!("pulldown-cmark alone: {:7.1} MB/s", rate(floor));
    println!("full review:          {:7.1} MB/s", rate(ours));
    println!(
        "ratio of times:       {:7.2}  (aim: at most 2.5)",
        ours.as_secs_f64() / floor.as_secs_f64()
    );
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

//! What people and the bot say to each other on a pull request.

mod answers;
mod approvals;
mod buttons;
mod hostile;
mod memory;
mod remarks;

use std::fmt::Write as _;

use ep_bot::simulator::CommentView;

use super::support::story::{REPO, Story};

/// The bot's login.
const BOT: &str = "ep-bot[bot]";

/// Everything that stands on a pull request or an issue, as a person reads it: the conversation, then the threads in
/// the diff with their answers.
pub(super) fn told(story: &Story, number: u64) -> String {
    let mut out = String::new();
    for (author, state, body) in story.github.reviews(REPO, number) {
        if !body.is_empty() {
            let author = author.unwrap_or_else(|| "ghost".to_owned());
            let _ = writeln!(out, "=== {author} reviewed: {state}\n{body}\n");
        }
    }
    for comment in story.github.comments(REPO, number) {
        out.push_str(&shown(&comment, "commented"));
    }
    for comment in story.github.review_comments(REPO, number) {
        out.push_str(&shown(&comment, "commented in the diff"));
    }
    masked(&out)
}

/// What the bot alone says there, in its newest comment.
fn answer(story: &Story, number: u64) -> String {
    let last = own(story, number).pop().expect("the bot said something");
    masked(&last.body)
}

/// The comments of the bot in the conversation.
fn own(story: &Story, number: u64) -> Vec<CommentView> {
    let mut comments = story.github.comments(REPO, number);
    comments.retain(|comment| comment.author.as_deref() == Some(BOT));
    comments
}

/// The bot's reactions to a comment.
fn reactions(story: &Story, number: u64, comment: u64) -> Vec<String> {
    let comments = story.github.comments(REPO, number);
    let found = comments.into_iter().find(|one| one.id == comment).expect("the comment is there");
    found.reactions.into_iter().filter(|(who, _)| who == BOT).map(|(_, what)| what).collect()
}

fn shown(comment: &CommentView, verb: &str) -> String {
    let author = comment.author.as_deref().unwrap_or("ghost");
    let place = match (&comment.path, comment.start_line, comment.line) {
        (None, ..) => String::new(),
        (Some(path), _, None) => format!(" on {path}"),
        (Some(path), None, Some(line)) => format!(" at {path}:{line}"),
        (Some(path), Some(start), Some(line)) => format!(" at {path}:{start}-{line}"),
    };
    let resolved = if comment.resolved { ", resolved" } else { "" };
    let hidden =
        comment.minimized.as_ref().map_or_else(String::new, |why| format!(", hidden as {why}"));
    let reactions: Vec<String> =
        comment.reactions.iter().map(|(who, what)| format!("{who}: {what}")).collect();
    let reactions =
        if reactions.is_empty() { String::new() } else { format!(" ({})", reactions.join(", ")) };
    format!("=== {author} {verb}{place}{resolved}{hidden}{reactions}\n{}\n\n", comment.body)
}

/// The text without what every run has its own of: commits, numbers of comments, times, deliveries.
fn masked(text: &str) -> String {
    let is_commit = |word: &str| {
        matches!(word.len(), 7 | 40)
            && word.chars().all(|c| c.is_ascii_hexdigit())
            && word.chars().any(|c| c.is_ascii_digit())
    };
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let text: String = words
        .map(|word| {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if is_commit(bare) { word.replacen(bare, "COMMIT", 1) } else { word.to_owned() }
        })
        .collect();
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let mut line = line.to_owned();
        for (before, after, name) in [
            ("delivery `", "`", "DELIVERY"),
            (" at `2", " UTC`", "TIME"),
            (" at 2", " UTC", "TIME"),
        ] {
            line = between(&line, before, after, name);
        }
        if let Some((mark, _)) = line.split_once(" -->")
            && mark.contains("ep-bot:answer:")
            && let Some((mark, _)) = mark.rsplit_once(':')
        {
            line = format!("{mark}:COMMENT -->\n");
        }
        out.push_str(&line);
    }
    out
}

/// Puts a name in the place of what stands between two texts.
fn between(line: &str, before: &str, after: &str, name: &str) -> String {
    let Some((head, rest)) = line.split_once(before) else { return line.to_owned() };
    let Some((_, tail)) = rest.split_once(after) else { return line.to_owned() };
    let before = before.trim_end_matches('2');
    format!("{head}{before}{name}{}{tail}", after.trim_start_matches(" UTC"))
}

//! Where in a diff a review comment may stand.

use serde_json::Value;

use super::Answer;
use crate::simulator::state::conversation::Side;
use crate::simulator::state::diff::FileDiff;

/// A place that is in the diff.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) path: String,
    /// None for the file as a whole.
    pub(super) line: Option<u64>,
    pub(super) start_line: Option<u64>,
    pub(super) side: Side,
    pub(super) diff_hunk: String,
}

/// A line of a hunk, with its number on either side.
struct DiffLine {
    hunk: usize,
    left: Option<u64>,
    right: Option<u64>,
}

impl Place {
    /// Reads where a comment is to stand; refuses what is off the diff.
    pub(super) fn read(from: &Value, files: &[FileDiff]) -> Result<Self, Answer> {
        let path = from.get("path").and_then(Value::as_str).unwrap_or_default();
        let file = files
            .iter()
            .find(|f| f.path == path)
            .ok_or_else(|| refuse("Path could not be resolved"))?;
        let side = match from.get("side").and_then(Value::as_str) {
            Some("LEFT") => Side::Left,
            _ => Side::Right,
        };
        if from.get("subject_type").and_then(Value::as_str) == Some("file") {
            return Ok(Self {
                path: path.to_owned(),
                line: None,
                start_line: None,
                side,
                diff_hunk: String::new(),
            });
        }
        let diff = file.patch.as_deref().unwrap_or_default();
        let lines = lines(diff);
        let number = |key: &str| from.get(key).and_then(Value::as_u64);
        let at = |line: u64| {
            lines.iter().find(|l| match side {
                Side::Left => l.left == Some(line),
                Side::Right => l.right == Some(line),
            })
        };
        let line = match (number("line"), number("position")) {
            (Some(line), _) => Some(line),
            // A position counts the lines below the first hunk's header.
            (None, Some(position)) => usize::try_from(position)
                .ok()
                .and_then(|p| diff.lines().nth(p).map(|_| p))
                .and_then(|p| lines.get(p.saturating_sub(1)))
                .and_then(|l| l.right.or(l.left)),
            (None, None) => None,
        };
        let off = "Pull request review thread line must be part of the diff";
        let line = line.ok_or_else(|| refuse(off))?;
        let end = at(line).ok_or_else(|| refuse(off))?;
        let start_line = number("start_line").filter(|start| *start != line);
        if let Some(start) = start_line {
            let first = at(start).filter(|_| start < line).ok_or_else(|| {
                refuse("Pull request review thread start line must be part of the same hunk as the line.")
            })?;
            if first.hunk != end.hunk {
                return Err(refuse(
                    "Pull request review thread start line must be part of the same hunk as the line.",
                ));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            line: Some(line),
            start_line,
            side,
            diff_hunk: hunk(diff, end.hunk),
        })
    }
}

fn refuse(why: &str) -> Answer {
    let answer = Answer::error(422, "Unprocessable Entity");
    let errors = serde_json::json!({ "errors": [why] });
    Answer { body: answer.body.map(|b| crate::simulator::json::with(b, errors)), ..answer }
}

fn lines(patch: &str) -> Vec<DiffLine> {
    let (mut hunk, mut left, mut right) = (0, 0, 0);
    let mut lines = Vec::new();
    for text in patch.lines() {
        let mut numbers = (None, None);
        if let Some(header) = text.strip_prefix("@@ -") {
            hunk += 1;
            let start = |part: Option<&str>| {
                let number = part?.split([',', ' ']).next()?;
                number.parse::<u64>().ok()
            };
            let mut parts = header.split(" +");
            left = start(parts.next()).unwrap_or_default();
            right = start(parts.next()).unwrap_or_default();
            if hunk == 1 {
                continue;
            }
        } else if text.starts_with('+') {
            numbers.1 = Some(right);
            right += 1;
        } else if text.starts_with('-') {
            numbers.0 = Some(left);
            left += 1;
        } else if !text.starts_with('\\') {
            numbers = (Some(left), Some(right));
            left += 1;
            right += 1;
        }
        lines.push(DiffLine { hunk, left: numbers.0, right: numbers.1 });
    }
    lines
}

/// The text of one hunk, counted from 1.
fn hunk(patch: &str, number: usize) -> String {
    let mut seen = 0;
    patch
        .lines()
        .filter(|line| {
            if line.starts_with("@@ -") {
                seen += 1;
            }
            seen == number
        })
        .collect::<Vec<_>>()
        .join("\n")
}

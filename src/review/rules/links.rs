//! Relative links and images: what they name stands in the repository.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;

use crate::proposal::{Lines, Outline};
use crate::review::context::{Context, Gap};
use crate::review::rule::LINK_BROKEN;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Gap>) {
    let Some(tree) = cx.around.tree else { return };
    let mut known: HashMap<String, bool> = HashMap::new();
    let mut told: HashSet<(usize, String)> = HashSet::new();
    for link in targets(cx.outline, cx.path) {
        let missing =
            *known.entry(link.path.clone()).or_insert_with(|| tree.has(&link.path) == Some(false));
        if !missing {
            continue;
        }
        let levels = cx.policy.rule(&LINK_BROKEN);
        // What the untouched template links is no error of the EP.
        let own = cx.template.links.contains(link.dest);
        let line = cx.outline.source.line_at(link.offset);
        if !told.insert((line, link.path.clone())) {
            continue;
        }
        let what = if link.image { "image" } else { "link" };
        out.push(Gap {
            rule: &LINK_BROKEN,
            levels: if own { levels.capped_at_warning() } else { levels },
            lines: Lines::at(line),
            section: cx.outline.path(cx.outline.section_at(line)),
            message: format!(
                "This {what} points nowhere: there is no `{}` in the repository.",
                link.path
            ),
            help: "Correct the path, which counts from this file's folder, or add the file."
                .to_owned(),
            fix: None,
        });
    }
}

/// Every path of the repository that an EP's links and images name, relative to the root.
pub fn link_targets(path: &str, bytes: &[u8]) -> Vec<String> {
    let Ok(text) = crate::proposal::Source::decode(bytes) else { return Vec::new() };
    let outline = Outline::parse(text);
    let mut paths: Vec<String> = targets(&outline, path).map(|link| link.path).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

struct Target<'o> {
    path: String,
    dest: &'o str,
    image: bool,
    offset: usize,
}

fn targets<'o>(outline: &'o Outline<'_>, path: &'o str) -> impl Iterator<Item = Target<'o>> + 'o {
    outline.links.iter().filter_map(move |link| {
        let path = resolve(path, &link.dest)?;
        Some(Target { path, dest: &link.dest, image: link.image, offset: link.range.start })
    })
}

/// The path that a link of a file names, relative to the repository's root; `None` for what leads elsewhere.
fn resolve(file: &str, dest: &str) -> Option<String> {
    let dest = dest.split(['#', '?']).next()?.trim();
    // A scheme (`https:`, `mailto:`) or another host; a placeholder is another rule's.
    let scheme = dest.find(':').is_some_and(|at| !dest[..at].contains('/'));
    // `<alice@example.org>` is a mail's address.
    let scheme = scheme || (dest.contains('@') && !dest.contains('/'));
    if dest.is_empty() || scheme || dest.starts_with("//") || dest.contains(['<', '>', '{', '}']) {
        return None;
    }
    let dest = percent_decode_str(dest).decode_utf8().unwrap_or(Cow::Borrowed(dest));
    let mut parts: Vec<&str> = match dest.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => file.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect(),
    };
    for part in dest.split('/') {
        match part {
            "" | "." => {}
            // Above the root lie GitHub's own pages (`../../issues/7`).
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_resolved_from_its_files_folder_and_only_within_the_repository() {
        let at = |dest| resolve("eps/EP-0042/README.md", dest);
        for (dest, path) in [
            ("images/a%20b.png", "eps/EP-0042/images/a b.png"),
            ("../EP-0007-gateway.md#status", "eps/EP-0007-gateway.md"),
            ("./x.md?raw=true", "eps/EP-0042/x.md"),
            ("/docs/x.md", "docs/x.md"),
            ("../", "eps"),
        ] {
            assert_eq!(at(dest).as_deref(), Some(path), "{dest}");
        }
        for elsewhere in [
            "#status",
            "https://example.org/a",
            "mailto:a@example.org",
            "a@example.org",
            "//example.org/a",
            "../../../issues/7",
            "",
            "<link>",
        ] {
            assert_eq!(at(elsewhere), None, "{elsewhere}");
        }
    }
}

//! Lists in pages.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::node::{Args, Node, Out};

fn cursor(index: usize) -> String {
    STANDARD.encode(format!("cursor:v2:{index}"))
}

fn index(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("cursor:v2:")?.parse().ok()
}

/// The page of `nodes` that the arguments ask for, as a connection of `of`s.
pub(super) fn connection(of: &str, nodes: Vec<Node>, args: &Args) -> Out {
    let total = nodes.len();
    let size = |name: &str| args.number(name).and_then(|n| usize::try_from(n).ok());
    let mut start = args.text("after").and_then(index).map_or(0, |i| i + 1).min(total);
    let mut end = args.text("before").and_then(index).map_or(total, |i| i.min(total)).max(start);
    if let Some(first) = size("first") {
        end = end.min(start.saturating_add(first));
    }
    if let Some(last) = size("last") {
        start = start.max(end.saturating_sub(last));
    }
    let page: Vec<Node> = nodes.into_iter().skip(start).take(end - start).collect();
    let edges = page
        .iter()
        .enumerate()
        .map(|(i, node)| {
            Out::Node(Node::Record(
                format!("{of}Edge"),
                vec![("cursor", Out::leaf(cursor(start + i))), ("node", Out::Node(node.clone()))],
            ))
        })
        .collect();
    let at = |index: Option<usize>| index.map_or(Out::NULL, |i| Out::leaf(cursor(i)));
    let some = !page.is_empty();
    let info = Node::Record(
        "PageInfo".to_owned(),
        vec![
            ("startCursor", at(some.then_some(start))),
            ("endCursor", at(some.then(|| end - 1))),
            ("hasNextPage", Out::leaf(end < total)),
            ("hasPreviousPage", Out::leaf(start > 0)),
        ],
    );
    Out::Node(Node::Record(
        format!("{of}Connection"),
        vec![
            ("edges", Out::List(edges)),
            ("nodes", Out::List(page.into_iter().map(Out::Node).collect())),
            ("pageInfo", Out::Node(info)),
            ("totalCount", Out::leaf(total)),
        ],
    ))
}

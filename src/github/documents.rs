//! The GraphQL texts. Every value is a variable; only aliases are built.

use std::fmt::Write;

use super::texts::BATCH;
use super::types::MAX_DEPTH;

/// What is asked of a file.
const BLOB: &str = "__typename ... on Blob { oid byteSize isTruncated text }";

/// What is asked of a review, a comment and a thread. Who resolved a thread is not asked: GitHub names no App there.
const REVIEWS: &str =
    "nodes { author { __typename login } authorCanPushToRepository state commit { oid } }
        pageInfo { hasNextPage endCursor }";
const COMMENTS: &str = "nodes {
          id fullDatabaseId author { __typename login } body lastEditedAt editor { login } isMinimized viewerDidAuthor
          reactionGroups { content viewerHasReacted }
        }
        pageInfo { hasNextPage endCursor }";
const THREADS: &str = "nodes {
          id path isResolved
          comments(first: 1) { nodes { fullDatabaseId body viewerDidAuthor } totalCount }
          last: comments(last: 1) { nodes { body viewerDidAuthor } }
        }
        pageInfo { hasNextPage endCursor }";

/// Hides a comment.
pub(super) const MINIMIZE: &str = "mutation Minimize($comment: ID!) {
  minimizeComment(input: {subjectId: $comment, classifier: OUTDATED}) { minimizedComment { isMinimized } }
}
";

/// Resolves a thread.
pub(super) const RESOLVE: &str = "mutation Resolve($thread: ID!) {
  resolveReviewThread(input: {threadId: $thread}) { thread { isResolved } }
}
";

/// Opens a thread again.
pub(super) const UNRESOLVE: &str = "mutation Unresolve($thread: ID!) {
  unresolveReviewThread(input: {threadId: $thread}) { thread { isResolved } }
}
";

/// The lists of a pull request's talk from where they were left.
pub(super) fn more_talk() -> String {
    format!(
        "query MoreTalk($owner: String!, $name: String!, $number: Int!, $reviews: String, $comments: String, $threads: String, $moreReviews: Boolean!, $moreComments: Boolean!, $moreThreads: Boolean!) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      latestOpinionatedReviews(first: 100, after: $reviews) @include(if: $moreReviews) {{
        {REVIEWS}
      }}
      comments(first: 100, after: $comments) @include(if: $moreComments) {{
        {COMMENTS}
      }}
      reviewThreads(first: 100, after: $threads) @include(if: $moreThreads) {{
        {THREADS}
      }}
    }}
  }}
}}
"
    )
}

/// An issue's comments, and one file on the default branch and in the owner's repository of defaults.
pub(super) fn issue() -> String {
    let file = format!("... on Commit {{ file(path: $file) {{ object {{ {BLOB} }} }} }}");
    format!(
        "query Issue($owner: String!, $name: String!, $number: Int!, $file: String!, $defaults: String!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    defaultBranchRef {{ name target {{ oid {file} }} }}
    issueOrPullRequest(number: $number) {{
      __typename
      ... on Issue {{
        comments(first: 100, after: $after) {{
        {COMMENTS}
        }}
      }}
      ... on PullRequest {{
        comments(first: 100, after: $after) {{
        {COMMENTS}
        }}
      }}
    }}
  }}
  defaults: repository(owner: $owner, name: $defaults) {{
    defaultBranchRef {{ target {{ oid {file} }} }}
  }}
}}
"
    )
}

/// A merge group: the branch into which it would land with one file there and in the owner's repository of defaults, and
/// the queue.
pub(super) fn group() -> String {
    let file = format!("... on Commit {{ file(path: $file) {{ object {{ {BLOB} }} }} }}");
    format!(
        "query Group($owner: String!, $name: String!, $ref: String!, $branch: String!, $file: String!, $defaults: String!) {{
  repository(owner: $owner, name: $name) {{
    ref(qualifiedName: $ref) {{ name target {{ oid {file} }} }}
    mergeQueue(branch: $branch) {{
      entries(first: 100) {{ nodes {{ position headCommit {{ oid }} pullRequest {{ number }} }} }}
    }}
  }}
  defaults: repository(owner: $owner, name: $defaults) {{
    defaultBranchRef {{ target {{ oid {file} }} }}
  }}
}}
"
    )
}

/// The pull request as it is now, what people say on it, and one file: at the tip of its base branch, and in the owner's repository of
/// defaults. `headRepository` is not asked for: it is null when a fork was deleted, and the commit is found through
/// the base repository all the same.
pub(super) fn pull_request() -> String {
    let file = format!("... on Commit {{ file(path: $file) {{ object {{ {BLOB} }} }} }}");
    format!(
        "query PullRequest($owner: String!, $name: String!, $number: Int!, $file: String!, $defaults: String!) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      number
      state
      isDraft
      baseRefName
      baseRefOid
      baseRef {{ target {{ oid {file} }} }}
      headRefOid
      commits(last: 1) {{ nodes {{ commit {{ associatedPullRequests(first: 100) {{ nodes {{ number state headRefOid }} }} }} }} }}
      files(first: 100) {{
        nodes {{ path changeType }}
        pageInfo {{ hasNextPage }}
      }}
      author {{ __typename login }}
      latestOpinionatedReviews(first: 100) {{
        {REVIEWS}
      }}
      comments(first: 100) {{
        {COMMENTS}
      }}
      reviewThreads(first: 100) {{
        {THREADS}
      }}
    }}
  }}
  defaults: repository(owner: $owner, name: $defaults) {{
    defaultBranchRef {{ target {{ oid {file} }} }}
  }}
}}
"
    )
}

/// What a query beside the pull request's present head and base asks for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parts<'a> {
    /// So many files, each by its own expression: `f0` of `$e0`, ….
    pub(super) files: usize,
    /// How many levels of each folder: `t0` of `$d0`, ….
    pub(super) folders: &'a [usize],
    /// So many paths of the commit `$at` of which only the existence is asked for: `x0` of `$p0`, …. Not by
    /// expressions: those find no submodule.
    pub(super) paths: usize,
    /// Whether the open pull requests into `$branch` are listed too, in pages of `$page`.
    pub(super) open: bool,
    /// Whether the pull request's head and base are left out.
    pub(super) alone: bool,
}

const OPEN: &str = "    openPullRequests: pullRequests(states: OPEN, baseRefName: $branch, first: $page, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      nodes { number files(first: 100) { nodes { path changeType } } }
      pageInfo { hasNextPage endCursor }
    }
";

/// Objects at commits, and the pull request's present head and base.
pub(super) fn texts(parts: Parts<'_>) -> String {
    let Parts { files, folders, paths, open, alone } = parts;
    let (mut variables, mut objects) = (String::new(), String::new());
    // Writing to a `String` cannot fail.
    for i in 0..files {
        let _ = write!(variables, ", $e{i}: String!");
        let _ = writeln!(objects, "    f{i}: object(expression: $e{i}) {{ {BLOB} }}");
    }
    for (i, levels) in folders.iter().enumerate() {
        let _ = write!(variables, ", $d{i}: String!");
        let tree = tree(*levels);
        let _ = writeln!(objects, "    t{i}: object(expression: $d{i}) {{ __typename {tree} }}");
    }
    if paths > 0 {
        variables.push_str(", $at: String!");
        objects.push_str(
            "    at: object(expression: $at) {\n      __typename\n      ... on Commit {\n",
        );
        for i in 0..paths {
            let _ = write!(variables, ", $p{i}: String!");
            let _ = writeln!(objects, "        x{i}: file(path: $p{i}) {{ mode }}");
        }
        objects.push_str("      }\n    }\n");
    }
    if open {
        variables.push_str(", $branch: String!, $page: Int!, $after: String");
        objects.push_str(OPEN);
    }
    let (number, ends) = if alone { ("", "") } else { (", $number: Int!", ENDS) };
    format!(
        "query Texts($owner: String!, $name: String!{number}{variables}) {{
  repository(owner: $owner, name: $name) {{
{ends}{objects}  }}
}}
"
    )
}

const ENDS: &str = "    pullRequest(number: $number) {
      state
      baseRefOid
      baseRef { target { oid } }
      headRefOid
    }
";

/// A folder with what lies in it, so many levels deep; with none, only its name as a tree. The mode tells files,
/// folders, links and submodules apart.
fn tree(levels: usize) -> String {
    fn entries(levels: usize) -> String {
        match levels {
            0 => String::new(),
            1 => " entries { name mode }".to_owned(),
            _ => {
                let inner = entries(levels - 1);
                format!(" entries {{ name mode object {{ ... on Tree {{{inner} }} }} }}")
            }
        }
    }
    format!("... on Tree {{ oid{} }}", entries(levels.min(MAX_DEPTH)))
}

/// Every GraphQL text that this program sends, with its name: a test holds them to GitHub's schema.
pub fn graphql_documents() -> Vec<(&'static str, String)> {
    vec![
        ("PullRequest", pull_request()),
        ("MoreTalk", more_talk()),
        ("Issue", issue()),
        ("Group", group()),
        ("Minimize", MINIMIZE.to_owned()),
        ("Resolve", RESOLVE.to_owned()),
        ("Unresolve", UNRESOLVE.to_owned()),
        ("Texts (none)", texts(Parts::default())),
        ("Texts (two files)", texts(Parts { files: 2, ..Parts::default() })),
        ("Texts (folders)", texts(Parts { folders: &[0, 1, 2, 3], ..Parts::default() })),
        ("Texts (no pull request)", texts(Parts { files: 1, alone: true, ..Parts::default() })),
        ("Texts (paths)", texts(Parts { paths: 2, ..Parts::default() })),
        ("Texts (open pull requests)", texts(Parts { open: true, ..Parts::default() })),
        (
            "Texts (everything)",
            texts(Parts { files: BATCH, folders: &[1, 3, 3], paths: 1, open: true, alone: false }),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_graphql() {
        for (name, text) in graphql_documents() {
            if let Err(e) = async_graphql_parser::parse_query(&text) {
                panic!("{name}: {e}\n{text}");
            }
        }
    }
}

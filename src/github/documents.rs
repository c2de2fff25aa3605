//! The GraphQL texts. Every value is a variable; only aliases are built.

use std::fmt::Write;

/// The pull request as it is now. `headRepository` is not asked for: it is null when a fork was deleted, and
/// the commit is found through the base repository all the same.
pub(super) const PULL_REQUEST: &str = "\
query PullRequest($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      number
      state
      isDraft
      baseRefName
      baseRefOid
      baseRef { target { oid } }
      headRefOid
      files(first: 100) {
        nodes { path changeType }
        pageInfo { hasNextPage }
      }
    }
  }
}
";

/// `count` objects, each by its own expression, and the pull request's present head and base.
pub(super) fn texts(count: usize) -> String {
    let (mut variables, mut objects) = (String::new(), String::new());
    for i in 0..count {
        // Writing to a `String` cannot fail.
        let _ = write!(variables, ", $e{i}: String!");
        let _ = writeln!(
            objects,
            "    f{i}: object(expression: $e{i}) {{ __typename ... on Blob {{ oid byteSize isTruncated text }} }}"
        );
    }
    format!(
        "query Texts($owner: String!, $name: String!, $number: Int!{variables}) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      state
      baseRefOid
      baseRef {{ target {{ oid }} }}
      headRefOid
    }}
{objects}  }}
}}
"
    )
}

/// Every GraphQL text that this program sends, with its name: a test holds them to GitHub's schema.
pub fn graphql_documents() -> Vec<(&'static str, String)> {
    vec![
        ("PullRequest", PULL_REQUEST.to_owned()),
        ("Texts (none)", texts(0)),
        ("Texts (two)", texts(2)),
        ("Texts (a full batch)", texts(super::texts::BATCH)),
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

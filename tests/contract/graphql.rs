//! Every GraphQL text of the bot against GitHub's schema.

use ep_bot::github::graphql_documents;

use crate::support::graphql::{validate, validate_all};

#[test]
fn a_field_that_github_does_not_have_is_refused() {
    let good = "query($id: ID!) { node(id: $id) { ... on PullRequest { headRefOid } } }";
    assert_eq!(validate(good), Ok(()));
    let misspelt = "query($id: ID!) {\n  node(id: $id) { ... on PullRequest { headRefSha } } }";
    let error = validate(misspelt).expect_err("GitHub has no such field");
    assert!(error.starts_with("line 2") && error.contains("headRefSha"), "{error}");
}

#[test]
fn what_is_no_query_or_leaves_a_variable_unused_is_refused() {
    let errors = validate_all(&["query {", "query($id: ID!, $n: Int) { node(id: $id) { id } }"]);
    assert!(errors[0].iter().any(|error| error.contains("Syntax Error")), "{errors:?}");
    assert!(errors[1].iter().any(|error| error.contains("$n")), "{errors:?}");
}

#[test]
fn every_text_that_the_bot_sends_fits_githubs_schema() {
    let documents = graphql_documents();
    let texts: Vec<&str> = documents.iter().map(|(_, text)| text.as_str()).collect();
    for ((name, text), errors) in documents.iter().zip(validate_all(&texts)) {
        assert!(errors.is_empty(), "{name}:\n{}\n\n{text}", errors.join("\n"));
    }
}

//! Which policy judges, and what is parsed once.

use super::*;
use crate::github::CommitSha;

fn file(blob: &str, text: &str) -> FoundFile {
    FoundFile {
        commit: CommitSha(format!("{blob:0<40}")),
        blob: BlobId(blob.to_owned()),
        content: Content::Bytes(text.as_bytes().to_vec()),
    }
}

async fn ruling(books: &Books, own: Option<FoundFile>, owner: Option<FoundFile>) -> Ruling {
    match books.ruling(own, owner, "fleet").await {
        Ok(ruling) => ruling,
        Err(trouble) => panic!("{trouble}"),
    }
}

fn law(ruling: Ruling) -> Law {
    match ruling {
        Ruling::Law(law) => law,
        Ruling::Broken(broken) => panic!("{broken:?}"),
    }
}

#[tokio::test]
async fn the_repositorys_own_policy_comes_before_its_owners_and_that_before_the_built_in_one() {
    let books = Books::default();
    let (own, owner) = (file("a1", "paths: a/*.md\n"), file("b2", "paths: b/*.md\n"));
    let name = async |own, owner| ruling(&books, own, owner).await.name();
    assert_eq!(
        name(Some(own.clone()), Some(owner.clone())).await,
        "`.github/ep-bot.yml` at a100000"
    );
    assert_eq!(name(None, Some(owner)).await, "`.github/ep-bot.yml` of fleet/.github at b200000");
    assert_eq!(name(None, None).await, "the built-in policy");
    let broken = file("c3", "paths: [\n");
    assert_eq!(
        name(Some(broken), Some(own)).await,
        "`.github/ep-bot.yml` at c300000, which is broken",
        "a broken policy is not passed over"
    );
}

#[tokio::test]
async fn a_policy_that_is_no_text_or_too_large_is_broken_and_anything_may_be_an_ep() {
    let books = Books::default();
    for content in [Content::Bytes(b"paths: \xff".to_vec()), Content::TooLarge(2 << 20)] {
        let found = FoundFile { content, ..file("d4", "") };
        let ruling = ruling(&books, Some(found), None).await;
        assert!(matches!(&ruling, Ruling::Broken(broken) if broken.problems.len() == 1));
        assert!(ruling.may_be_ep("anywhere/x.md") && ruling.concerns(POLICY_PATH));
        assert!(!ruling.may_be_ep(POLICY_PATH) && !ruling.concerns("src/main.rs"));
    }
}

#[tokio::test]
async fn a_blob_is_parsed_once_also_where_another_repository_has_it() {
    let books = Books::default();
    let one = law(ruling(&books, Some(file("a1", "paths: a/*.md\n")), None).await);
    let two = law(ruling(&books, None, Some(file("a1", "paths: a/*.md\n"))).await);
    assert!(Arc::ptr_eq(&one.policy, &two.policy) && one.is(&two));
    assert!(one.is_own() && !two.is_own());
    let blob = BlobId("t1".into());
    let template = || books.template(Some((&blob, b"# T\n\n## Status\n".as_slice())), &one, None);
    assert!(Arc::ptr_eq(&template(), &template()));
    assert!(!Arc::ptr_eq(&template(), &books.template(None, &one, None)));
}

#[tokio::test]
async fn a_template_is_kept_apart_for_each_policy_that_asks_beyond_it() {
    let books = Books::default();
    let asks = "prr:\n  questions:\n    - Who sails?\n";
    let now = law(ruling(&books, Some(file("a1", asks)), None).await);
    let before = Law::built_in();
    let asked = |template: &Template| {
        template.sections.iter().any(|section| section.title() == "Who sails?")
    };
    assert!(asked(&books.template(None, &now, None)));
    assert!(!asked(&books.template(None, &now, Some(&before))));
    assert!(asked(&books.template(None, &now, None)));
}

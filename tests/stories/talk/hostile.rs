//! EPs and comments whose words are meant to ping, forge or break out.

use ep_bot::simulator::Role;

use super::super::climb::{at, emptied};
use super::super::support::story::{REPO, tell};
use super::super::{PATH, POLICY};
use super::{BOT, masked};

/// What is tried, in one line.
const HOSTILE: &str = "@example-org/prr #1 <b>x</b> <!-- x --> ``` **EP-0007 is ready for `completed`.** https://evil.example";

/// Texts of ours in which nothing of `HOSTILE` is alive.
fn is_tame(text: &str) -> Result<(), String> {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let options = Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH;
    let (mut plain, mut code) = (String::new(), 0);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code -= 1,
            Event::Text(text) if code == 0 => plain.push_str(&text),
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = ["<details>", "</details>", "<summary>", "<!-- ep-bot:", "</summary>"];
                let known =
                    html.trim().is_empty() || ours.iter().any(|tag| html.trim().starts_with(tag));
                if !known || html.contains("<b>") {
                    return Err(format!("HTML: {html}"));
                }
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
                if dest_url.contains("evil") =>
            {
                return Err(format!("a link: {dest_url}"));
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => plain.push('\n'),
            _ => {}
        }
    }
    for live in ["@example", "@mallory", "#1", "https://evil", "www.evil"] {
        if plain.contains(live) {
            return Err(format!("{live} is alive in {plain}"));
        }
    }
    Ok(())
}

#[tokio::test]
async fn nothing_of_an_ep_or_a_comment_pings_forges_or_breaks_out() {
    tell(async |story| {
        story.github.set_role(REPO, "alice", Role::Write);
        story.commit("main", &[(POLICY, Some("prr: {na_needs_reason: true}\n"))]);
        let text = emptied(&emptied(&at("staged"), "### Goals"), "## Summary")
            .replace("Ship Edge Gateway", HOSTILE)
            .replacen("### Non-Goals\n", &format!("### Non-Goals {HOSTILE}\n"), 1)
            .replacen("- [x]", &format!("- [ ] {HOSTILE} "), 1)
            + &format!("\n#### {HOSTILE}\n\nTBD\n");
        story.commit("idea", &[(PATH, Some(&text))]);
        let number = story.github.pull_request(REPO, "idea").author("dora").title(HOSTILE).open();
        story.settle().await;
        for (who, body) in [
            ("alice", format!("/ep-waive section-empty {HOSTILE} because {HOSTILE}")),
            ("alice", format!("/ep-question {HOSTILE}: {HOSTILE}?")),
            ("mallory", format!("/ep-question {HOSTILE}")),
            ("mallory", format!("/ep-{HOSTILE}\n/ep-status {HOSTILE}\n/ep-waive {HOSTILE}")),
            ("mallory", "/ep-status\n/ep-status all\n/ep-status 7".to_owned()),
        ] {
            story.github.comment(REPO, number, who, &body);
            story.settle().await;
        }
        let head = story.github.head(REPO, number).expect("a head");
        let runs = story.github.check_runs(REPO, head);
        story.github.request_action(REPO, runs[0].id, "explain", "mallory");
        story.settle().await;
        let run = runs.last().expect("a check");
        assert_eq!(run.conclusion.as_deref(), Some("failure"));
        assert!(run.title.as_deref().is_some_and(|title| !title.contains("is ready")), "{run:?}");
        let mut ours =
            vec![run.summary.clone().unwrap_or_default(), run.text.clone().unwrap_or_default()];
        let comments = story.github.comments(REPO, number);
        let remarks = story.github.review_comments(REPO, number);
        let own = comments.iter().chain(&remarks).filter(|c| c.author.as_deref() == Some(BOT));
        ours.extend(own.map(|c| c.body.clone()));
        ours.extend(story.github.reviews(REPO, number).into_iter().map(|(_, _, body)| body));
        assert!(ours.len() > 12, "{}", ours.len());
        for text in &ours {
            assert_eq!(is_tame(text), Ok(()), "in:\n{text}");
            let first = text.lines().next().unwrap_or_default();
            assert!(!first.starts_with("**EP-0007 is ready"), "a forged verdict: {first}");
        }
        insta::assert_snapshot!("hostile", masked(&ours.join("\n\n=====\n\n")));
    })
    .await;
}

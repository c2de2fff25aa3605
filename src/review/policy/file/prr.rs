//! `prr`: the questionnaire, who approves it, and from when on it is required.

use std::collections::{BTreeMap, HashMap};

use crate::proposal::text;
use crate::review::level::{Kind, Levels};
use crate::review::policy::{AddedQuestion, Approver, LevelSetting, Policy};
use crate::review::rule::PRR_APPROVAL;

use super::fields::{Field, Fields, Reader};
use super::levels::{self, Statuses};
use super::places::last;
use super::words::{listed, quoted};
use super::yaml::Value;

/// The longest login, in characters, as GitHub has it.
const MAX_LOGIN: usize = 39;

/// The longest slug of a team, in characters: GitHub's column for names.
const MAX_SLUG: usize = 255;

/// What moves the rows of the matrix: the questionnaire's place, and from when on it is required. Before `sections`,
/// which speaks of single rows.
pub(super) fn place(
    reader: &mut Reader,
    fields: &Fields<'_>,
    statuses: Statuses<'_>,
    policy: &mut Policy,
) {
    if let Some(field) = fields.get("section")
        && let Some(title) = reader.text(field)
    {
        let folded = text::fold_heading(last(&title));
        if folded.is_empty() {
            reader.wrong(field);
        } else {
            policy.move_questionnaire(folded);
        }
    }
    if let Some(level) = fields.get("question_level").and_then(|field| reader.whole(field, 2..=6)) {
        policy.shape.question_level = u8::try_from(level).unwrap_or(policy.shape.question_level);
    }
    if let Some(field) = fields.get("required_from")
        && let Some(from) = required_from(reader, field, statuses)
    {
        require(policy, from);
    }
}

/// What it takes of reviewers and authors.
pub(super) fn review(
    reader: &mut Reader,
    fields: &Fields<'_>,
    statuses: Statuses<'_>,
    policy: &mut Policy,
) {
    if let Some(field) = fields.get("approvers") {
        policy.prr.approvers = approvers(reader, field);
    }
    if let Some(field) = fields.get("approvals")
        && let Some(count) = reader.whole(field, 1..=100)
    {
        policy.prr.approvals = usize::try_from(count).unwrap_or(1);
        check_approvals(reader, field, policy);
    }
    if let Some(flag) = fields.get("request_reviews").and_then(|field| reader.flag(field)) {
        policy.prr.request_reviews = flag;
    }
    if let Some(flag) = fields.get("na_needs_reason").and_then(|field| reader.flag(field)) {
        policy.prr.na_needs_reason = flag;
    }
    if let Some(field) = fields.get("questions") {
        policy.prr.questions = questions(reader, field, statuses, policy.added_question);
    }
}

fn required_from(reader: &mut Reader, field: Field<'_>, statuses: Statuses<'_>) -> Option<usize> {
    let name = reader.text(field)?;
    let from = statuses.find(reader, field.at, &name)?;
    let ladder = statuses.0?;
    if ladder.kind(from) != Some(Kind::Step) {
        let steps = listed(ladder.steps().map(|step| ladder.name(step)));
        let message = format!("{} is no step: an EP does not pass it on its way.", quoted(&name));
        reader.say(field.at, message, format!("The steps are {steps}."));
        return None;
    }
    Some(from)
}

/// Makes answers and approval errors from a step on.
fn require(policy: &mut Policy, from: usize) {
    let Policy { shape, ladder, sections, .. } = policy;
    for (key, levels) in sections {
        let above = key.iter().position(|title| *title == shape.prr_section);
        if above.is_some_and(|at| at + 1 < key.len()) {
            *levels = levels::required_from(*levels, ladder, from);
        }
    }
    policy.added_question = levels::required_from(policy.added_question, &policy.ladder, from);
    let levels = levels::required_from(policy.rule(&PRR_APPROVAL), &policy.ladder, from);
    let steps = policy.ladder.steps().map(|step| (step, levels.at(step)));
    policy.rules.push((&PRR_APPROVAL, LevelSetting(steps.collect())));
}

fn approvers(reader: &mut Reader, field: Field<'_>) -> Vec<Approver> {
    let mut found: Vec<Approver> = Vec::new();
    let mut lines: BTreeMap<Approver, usize> = BTreeMap::new();
    for entry in reader.some(field) {
        let Some(written) = reader.text(entry) else { continue };
        let Some(approver) = approver(&written) else {
            let message = format!("{} is no login and no team.", quoted(&written));
            let help = "Write a person's login (`octocat`) or a team's organisation and slug (`octo-org/prr`).";
            reader.say(entry.at, message, help);
            continue;
        };
        if let Some(line) = lines.get(&approver) {
            reader.twice(entry.at, &written, *line);
            continue;
        }
        lines.insert(approver.clone(), entry.at.line);
        found.push(approver);
    }
    found
}

/// A login or a team. GitHub does not tell capitals from small letters in either.
fn approver(written: &str) -> Option<Approver> {
    let name = written.strip_prefix('@').unwrap_or(written).to_ascii_lowercase();
    match name.split_once('/') {
        None => is_login(&name).then_some(Approver::User(name)),
        Some((org, team)) => (is_login(org) && is_slug(team))
            .then(|| Approver::Team { org: org.to_owned(), team: team.to_owned() }),
    }
}

/// Letters, digits and hyphens between them; an underscore where a company manages its accounts.
fn is_login(name: &str) -> bool {
    (1..=MAX_LOGIN).contains(&name.len())
        && !name.starts_with(['-', '_'])
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn is_slug(name: &str) -> bool {
    (1..=MAX_SLUG).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// More approvals than there are people would never come.
fn check_approvals(reader: &mut Reader, field: Field<'_>, policy: &Policy) {
    let people = &policy.prr.approvers;
    let team = people.iter().any(|approver| matches!(approver, Approver::Team { .. }));
    if !people.is_empty() && !team && policy.prr.approvals > people.len() {
        let message = format!(
            "`prr.approvals` asks for {} approvals, and `prr.approvers` names {}.",
            policy.prr.approvals,
            if people.len() == 1 {
                "one person".to_owned()
            } else {
                format!("{} people", people.len())
            }
        );
        reader.say(field.at, message, "Name more people or a team, or ask for fewer approvals.");
    }
}

fn questions(
    reader: &mut Reader,
    field: Field<'_>,
    statuses: Statuses<'_>,
    present: Levels,
) -> Vec<AddedQuestion> {
    let mut found: Vec<AddedQuestion> = Vec::new();
    let mut lines: HashMap<String, usize> = HashMap::new();
    for entry in field.entries() {
        let Some(question) = question(reader, entry, statuses, present) else { continue };
        let folded = text::fold_heading(&question.text);
        if folded.is_empty() {
            let message = format!("{} asks nothing.", quoted(&question.text));
            reader.say(entry.at, message, entry.setting.for_example());
            continue;
        }
        if let Some(line) = lines.get(&folded) {
            reader.twice(entry.at, &question.text, *line);
            continue;
        }
        lines.insert(folded, entry.at.line);
        found.push(question);
    }
    found
}

fn question(
    reader: &mut Reader,
    entry: Field<'_>,
    statuses: Statuses<'_>,
    present: Levels,
) -> Option<AddedQuestion> {
    if !matches!(entry.node.value, Value::Map(_)) {
        let text = reader.text(entry)?;
        return Some(AddedQuestion { text, part: None, levels: LevelSetting::default() });
    }
    let fields = reader.fields(entry.node, "prr.questions[]");
    let part = fields.get("part").and_then(|field| reader.text(field));
    let levels =
        fields.get("level").and_then(|field| levels::read(reader, field, statuses, present));
    let Some(question) = fields.get("question") else {
        let help =
            "Write `{question: \"Who is called at night?\", part: Monitoring Requirements}`.";
        reader.say(entry.at, "This entry has no `question`.", help);
        return None;
    };
    Some(AddedQuestion {
        text: reader.text(question)?,
        part: part.map(|part| last(&part).to_owned()),
        levels: levels.unwrap_or_default(),
    })
}

//! What a review needs to know of a pull request, read from GitHub by commit: three requests when EPs
//! changed, one when none did. What costs more stands in the table of `ARCHITECTURE.md`.

mod around;
mod change;
mod plan;
mod proposed;

use std::collections::HashMap;

pub(super) use around::folders;
#[cfg(test)]
pub(super) use change::BaseText;
pub(super) use change::{
    Change, Conversation, Earlier, Gone, Proposed, Share, Surroundings, TemplateFile, Text, Touched,
};

use super::books::{Books, Law, Ruling};
use super::decisions::{Decisions, decide, deciders, speeches};
use super::herald::Herald;
use super::people::{People, Said};
use super::trouble::Trouble;
use super::words;
use crate::github::{
    Ask, BlobId, CommitSha, Content, FileAt, FileChange, FoundFile, Objects, OpenPullRequests,
    PullRequest, PullRequestNumber, Repository, Talk, Texts,
};
use crate::review::repository::Chosen;
use crate::review::rule::PRR_APPROVAL;
use crate::review::{POLICY_PATH, Voice, Word};
use plan::{Contents, Ends, Plan};

/// How often a pull request that moves while it is read is read anew in one try.
const ROUNDS: usize = 3;

/// A pull request, or why there is nothing to review.
#[derive(Debug)]
pub(super) enum Gathered {
    /// It is closed: no verdict is written.
    Closed(Box<Closed>),
    /// Head or base moved each time while it was read.
    Moved,
    /// What changed, true of one moment.
    Change(Box<Change>),
}

/// A closed pull request.
#[derive(Debug)]
pub(super) struct Closed {
    pub(super) head: CommitSha,
    pub(super) talk: Talk,
}

/// Why a round of reading came to no end.
enum Halt {
    Closed(Box<Closed>),
    Moved,
    Trouble(Trouble),
}

impl<E: Into<Trouble>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Trouble(error.into())
    }
}

/// Reads a pull request, and what judges it. `herald` is told of it as soon as its present state is known.
pub(super) async fn gather(
    repository: &Repository,
    number: PullRequestNumber,
    books: &Books,
    mut herald: Option<&mut Herald<'_>>,
) -> Result<Gathered, Trouble> {
    for _ in 0..ROUNDS {
        match round(repository, number, books, herald.as_deref_mut()).await {
            Ok(change) => return Ok(Gathered::Change(Box::new(change))),
            Err(Halt::Closed(closed)) => return Ok(Gathered::Closed(closed)),
            Err(Halt::Moved) => {
                tracing::info!("the pull request moved while it was read");
            }
            Err(Halt::Trouble(trouble)) => return Err(trouble),
        }
    }
    Ok(Gathered::Moved)
}

async fn round(
    repository: &Repository,
    number: PullRequestNumber,
    books: &Books,
    herald: Option<&mut Herald<'_>>,
) -> Result<Change, Halt> {
    let mut pull_request = repository.pull_request(number, POLICY_PATH).await?;
    let mut talk = std::mem::take(&mut pull_request.talk);
    if pull_request.open
        && let Some(herald) = herald
    {
        herald.see(&pull_request).await?;
    }
    repository.read_on(number, &mut talk).await?;
    if !pull_request.open {
        return Err(Halt::Closed(Box::new(Closed { head: pull_request.head, talk })));
    }
    let (own, owner) = (pull_request.base_file.take(), pull_request.owner_file.take());
    let login = &repository.name().owner;
    let ruling = books.ruling(own, owner.clone(), login).await?;
    let concerned = may_concern(&pull_request, &ruling);
    let conversation = listen(repository, &ruling, talk, concerned).await?;
    if !concerned {
        return Ok(Change { conversation, ..untouched(pull_request, ruling) });
    }
    let number = Some(number);
    let comparison = repository.compare(&pull_request.base, &pull_request.head, number).await?;
    let mut plan = Plan::new(comparison, Ends::of(&pull_request), &ruling);
    plan.approved = approved(&conversation.said, &plan.head);
    let change = read(repository, books, plan, ruling, owner).await?;
    let (draft, siblings) = (pull_request.draft, pull_request.siblings);
    Ok(Change { siblings, draft, conversation, ..change })
}

/// Reads a merge group, as it would land, and what judges it: the policy and the template of the branch. What people
/// decided on its pull requests holds for it; approvals were asked for before they came into the queue.
pub(super) async fn gather_group(
    repository: &Repository,
    head: &CommitSha,
    branch: &str,
    books: &Books,
) -> Result<Change, Trouble> {
    match group(repository, head, branch, books).await {
        Ok(change) => Ok(change),
        Err(Halt::Trouble(trouble)) => Err(trouble),
        // Nothing of it moves.
        Err(Halt::Closed(_) | Halt::Moved) => Err(Trouble::Panicked),
    }
}

async fn group(
    repository: &Repository,
    head: &CommitSha,
    branch: &str,
    books: &Books,
) -> Result<Change, Halt> {
    let found = repository.merge_group(head, branch, POLICY_PATH).await?;
    let (owner, login) = (found.owner_file, &repository.name().owner);
    let ruling = books.ruling(found.base_file, owner.clone(), login).await?;
    let (mut decisions, mut shares) = (Decisions::default(), Vec::new());
    for number in &found.pull_requests {
        let queued = repository.pull_request(*number, POLICY_PATH).await?;
        let PullRequest { mut talk, paths, more_paths, .. } = queued;
        repository.read_on(*number, &mut talk).await?;
        let theirs = listen(repository, &ruling, talk, false).await?.decisions;
        decisions.waivers.extend_from_slice(&theirs.waivers);
        decisions.asked.extend_from_slice(&theirs.asked);
        let paths = (!more_paths).then(|| paths.into_iter().map(|(path, _)| path).collect());
        shares.push(Share { paths, decisions: theirs });
    }
    let comparison = repository.compare(&found.base, head, None).await?;
    let ends =
        Ends { number: None, head: head.clone(), tip: found.base, base_branch: branch.to_owned() };
    let plan = Plan::new(comparison, ends, &ruling);
    let change = read(repository, books, plan, ruling, owner).await?;
    let mut notes = change.notes.clone();
    notes.push(words::group(&found.pull_requests));
    let conversation = Conversation { decisions, shares, ..Conversation::default() };
    Ok(Change { notes, conversation, ..change })
}

/// Reads what the plan says.
async fn read(
    repository: &Repository,
    books: &Books,
    plan: Plan,
    ruling: Ruling,
    owner: Option<FoundFile>,
) -> Result<Change, Halt> {
    let mut reader = Reader {
        repository,
        number: plan.number,
        head: plan.head.clone(),
        tip: plan.tip.clone(),
        contents: HashMap::new(),
        blobs: HashMap::new(),
    };
    // Also with nothing to read: it looks at head and base once more, just before the verdict.
    let texts = reader.read(&plan.ask(&ruling)).await?;
    let mut notes = Vec::new();
    let mut around = around::from(&plan, &ruling, &texts, &mut notes);
    let (mut files, mut removed) = (Vec::new(), Vec::new());
    let (mut template, mut earlier) = (Chosen::BuiltIn, None);
    if let Ruling::Law(law) = &ruling {
        let policy = &law.policy;
        let beside = plan.beside_sidecars(policy, around.tree.files());
        let unread = plan.unread(&beside, policy, &reader.contents);
        if !unread.is_empty() {
            reader.read(&Ask { files: unread, ..Ask::default() }).await?;
        }
        (files, removed) = plan.fill(policy, &beside, &reader.contents)?;
        template = reader.template(law, &plan.tip);
        if plan.is_behind() && plan.reviews() {
            let template = reader.template(law, &plan.merge_base);
            earlier = Some(Earlier { template, law: reader.law(books, &plan, law).await? });
        }
        around::deepen(&mut reader, &plan, policy, &texts, &mut around, &mut notes).await?;
        around::look_up_links(&mut reader, policy, &files, &mut around.tree).await?;
    }
    let proposed = proposed::read(&mut reader, books, (&plan, &ruling, owner)).await?;
    Ok(Change {
        number: plan.number,
        head: plan.head,
        base: plan.merge_base,
        tip: plan.tip,
        base_branch: plan.base_branch,
        draft: false,
        siblings: Vec::new(),
        ruling,
        template,
        earlier,
        changed: plan.changed,
        files,
        removed,
        touches_eps: plan.touches_eps,
        cut_off: plan.cut_off,
        around,
        proposed,
        notes,
        conversation: Conversation::default(),
    })
}

/// So many commits that were approved are looked at again, the newest reviews first: each EP is read at each of them.
const MOST_APPROVED: usize = 20;

/// What people say, and what that comes to: who may decide is asked of GitHub now.
async fn listen(
    repository: &Repository,
    ruling: &Ruling,
    talk: Talk,
    concerned: bool,
) -> Result<Conversation, Trouble> {
    let mut people = People::of(talk.author.as_ref().map(|author| author.login.as_str()));
    let speeches = speeches(&talk.comments);
    let mut said = Vec::new();
    // While the policy is broken, nobody knows who may.
    if let Ruling::Law(Law { policy, .. }) = ruling {
        let deciders = deciders(&speeches);
        people.look_up(repository, policy, deciders.iter().map(String::as_str)).await?;
        if concerned && !policy.rule(&PRR_APPROVAL).is_off() {
            said = people.hear(repository, policy, &talk.reviews).await?;
        }
    }
    let decisions = decide(&speeches, |login| people.rights(login));
    drop(speeches);
    Ok(Conversation { talk, said, decisions, shares: Vec::new() })
}

/// Commits other than the head that somebody approved whose approval counts.
fn approved(said: &[Said], head: &CommitSha) -> Vec<CommitSha> {
    let mut commits: Vec<CommitSha> = Vec::new();
    for said in said.iter().rev() {
        let counts = said.word == Word::Approves && said.voice == Voice::Approver;
        if let Some(commit) = said.commit.as_ref().filter(|commit| counts && *commit != head)
            && !commits.contains(commit)
        {
            commits.push(commit.clone());
        }
    }
    commits.truncate(MOST_APPROVED);
    commits
}

/// A pull request that changes nothing that is looked at.
fn untouched(pull_request: PullRequest, ruling: Ruling) -> Change {
    let PullRequest { number, head, base, base_branch, draft, siblings, .. } = pull_request;
    Change {
        number: Some(number),
        siblings,
        head,
        tip: base.clone(),
        base,
        base_branch,
        draft,
        ruling,
        template: Chosen::BuiltIn,
        earlier: None,
        changed: Vec::new(),
        files: Vec::new(),
        removed: Vec::new(),
        touches_eps: false,
        cut_off: false,
        around: Surroundings::default(),
        proposed: None,
        notes: Vec::new(),
        conversation: Conversation::default(),
    }
}

/// Whether anything that is looked at may have changed, as far as the first 100 paths tell. A renamed file may have
/// been an EP under its old name, which this list does not have.
fn may_concern(pull_request: &PullRequest, ruling: &Ruling) -> bool {
    pull_request.more_paths
        || pull_request
            .paths
            .iter()
            .any(|(path, change)| *change == FileChange::Renamed || ruling.concerns(path))
}

/// Reads files of one pull request, as long as its head and base stay what they are.
struct Reader<'r> {
    repository: &'r Repository,
    /// None: a merge group is read, whose head and base stay what they are.
    number: Option<PullRequestNumber>,
    head: CommitSha,
    tip: CommitSha,
    /// Everything that was read so far.
    contents: Contents,
    blobs: HashMap<FileAt, BlobId>,
}

impl Reader<'_> {
    async fn read(&mut self, ask: &Ask) -> Result<Texts, Halt> {
        let mut texts = if let Some(number) = self.number {
            self.repository.read(number, ask).await?
        } else {
            let Objects { contents, blobs, folders, paths } = self.repository.read_at(ask).await?;
            let (head, base) = (self.head.clone(), self.tip.clone());
            let open_pull_requests = OpenPullRequests::default();
            Texts { contents, blobs, folders, paths, open_pull_requests, head, base, open: true }
        };
        // It was closed meanwhile: what is said on it is read in another round.
        if !texts.open {
            return Err(Halt::Moved);
        }
        if (&texts.head, &texts.base) != (&self.head, &self.tip) {
            return Err(Halt::Moved);
        }
        self.contents.extend(texts.contents.drain());
        self.blobs.extend(texts.blobs.drain());
        Ok(texts)
    }

    /// A file that was read and is there.
    fn found(&self, file: FileAt) -> Option<FoundFile> {
        let content = self.contents.get(&file).filter(|content| **content != Content::Missing)?;
        let blob = self.blobs.get(&file)?.clone();
        Some(FoundFile { commit: file.commit, blob, content: content.clone() })
    }

    /// The template that a policy finds at a commit.
    fn template(&self, law: &Law, commit: &CommitSha) -> Chosen<TemplateFile> {
        Plan::template(&law.policy, commit, &self.contents, &self.blobs)
    }

    /// The repository's own policy at the merge base, where it has one there that can be read.
    async fn law(&self, books: &Books, plan: &Plan, law: &Law) -> Result<Option<Law>, Trouble> {
        if !law.is_own() {
            return Ok(None);
        }
        let file = self.found(plan.at_base(POLICY_PATH));
        match books.ruling(file, None, "").await? {
            Ruling::Law(law) => Ok(Some(law)),
            Ruling::Broken(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests;

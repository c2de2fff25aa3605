//! The merge queue: groups of pull requests that are checked as they would land.

use serde_json::json;

use crate::simulator::state::World;
use crate::simulator::state::git::Sha;
use crate::simulator::state::repository::Queued;
use crate::simulator::webhooks::Event;

impl World {
    /// Builds the group of `pulls` upon their common base and asks for its checks; gives its head.
    /// None when one is not open, or they have different bases.
    pub(crate) fn enqueue(&mut self, repository: u64, pulls: &[u64], who: &str) -> Option<Sha> {
        let r = self.repository(repository)?;
        let base = r.pulls.get(pulls.first()?)?.base.clone();
        let tip = *r.branches.get(&base)?;
        let network = r.network;
        let mut head = tip;
        let mut queued = Vec::new();
        for number in pulls {
            let pull = self.pull(repository, *number).filter(|p| p.open && p.base == base)?;
            let (title, commit) = (pull.title.clone(), pull.head);
            head = self.merged_tree(repository, head, commit, &title, who, network)?;
            queued.push((*number, head));
        }
        let entry = |(number, own)| Queued { number, base: base.clone(), head: own, group: head };
        let queued: Vec<Queued> = queued.into_iter().map(entry).collect();
        self.repositories.get_mut(&repository)?.queue.extend(queued);
        let branch = format!("gh-readonly-queue/{base}/pr-{}-{tip}", pulls.last()?);
        self.set_branch(repository, &branch, head, who);
        self.emit_merge_group(repository, (&branch, head), (&base, tip), "checks_requested", None);
        Some(head)
    }

    /// Ends the group with this head: `merged`, `invalidated` or `dequeued`. None when there is none.
    pub(crate) fn end_group(&mut self, repository: u64, head: Sha, reason: &str) -> Option<()> {
        let r = self.repositories.get_mut(&repository)?;
        let queued =
            |(name, tip): &(&String, &Sha)| **tip == head && name.starts_with("gh-readonly-queue/");
        let branch = r.branches.iter().find(queued)?.0.clone();
        let (rest, tip) = branch.strip_prefix("gh-readonly-queue/")?.rsplit_once('-')?;
        let (base, tip) = (rest.rsplit_once("/pr-")?.0.to_owned(), Sha::parse(tip)?);
        r.branches.remove(&branch);
        r.queue.retain(|queued| queued.group != head);
        if reason == "merged" {
            let owner = r.owner.clone();
            self.set_branch(repository, &base, head, &owner);
        }
        let (group, base) = ((branch.as_str(), head), (base.as_str(), tip));
        self.emit_merge_group(repository, group, base, "destroyed", Some(reason));
        Some(())
    }

    fn emit_merge_group(
        &mut self,
        repository: u64,
        (branch, head): (&str, Sha),
        (base, tip): (&str, Sha),
        action: &str,
        reason: Option<&str>,
    ) {
        let Some(r) = self.repository(repository) else { return };
        let commit = self.objects(r).commit(head).map(Self::simple_commit_json);
        let sender = r.owner.clone();
        let mut body = json!({ "merge_group": {
            "head_sha": head.to_string(),
            "head_ref": format!("refs/heads/{branch}"),
            "base_sha": tip.to_string(),
            "base_ref": format!("refs/heads/{base}"),
            "head_commit": commit,
        } });
        if let (Some(reason), Some(body)) = (reason, body.as_object_mut()) {
            body.insert("reason".to_owned(), reason.into());
        }
        self.emit(Event { name: "merge_group", action, repository, sender: &sender, body });
    }
}

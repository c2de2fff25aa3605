//! What a revision names.

use gix::objs::Kind;
use gix::revision::Spec;
use gix::revision::spec::parse::{self, ObjectKindHint};

use super::error::MOST_CANDIDATES;
use super::{Advice, CommitId, Error, Repository};

/// How much alike a name is that may be meant; 1 is equal.
const ALIKE: f64 = 0.6;

impl Repository {
    /// The commit that a revision names, as `git rev-parse` reads it: a branch, a tag, a name of four digits or
    /// more, `origin/main`, `HEAD~1`, `main@{1}`. Of objects with the same short name, a commit is meant.
    pub fn resolve(&self, rev: &str) -> Result<CommitId, Error> {
        if rev.trim().is_empty() {
            return Err(Error::Empty);
        }
        let options = parse::Options {
            object_kind_hint: Some(ObjectKindHint::Committish),
            ..Default::default()
        };
        let spec = Spec::from_bstr(rev, &self.inner, options)
            .map_err(|error| self.unresolved(rev, error))?;
        let Some(id) = spec.single() else { return Err(Error::Several { rev: rev.to_owned() }) };
        let read = Error::doing("read a commit");
        let object = match self.inner.try_find_object(id).map_err(read)? {
            Some(object) => object,
            // A step beyond the last commit that a shallow clone has.
            None if self.is_shallow() => {
                return Err(Error::Unknown { rev: rev.to_owned(), advice: Advice::Shallow });
            }
            None => return Err(self.absent(id.detach())),
        };
        let end = object.peel_tags_to_end().map_err(Error::doing("follow a tag"))?;
        let kind = match end.kind {
            Kind::Commit => return Ok(CommitId(end.id)),
            Kind::Tree => "folder",
            Kind::Blob => "file",
            Kind::Tag => "tag",
        };
        Err(Error::NotACommit { rev: rev.to_owned(), kind })
    }

    /// The commit that is checked out; `None` where there is no commit yet.
    pub fn head(&self) -> Result<Option<CommitId>, Error> {
        let head = self.inner.head().and_then(gix::Head::try_into_peeled_id);
        let id = head.map_err(Error::doing("read HEAD"))?;
        Ok(id.map(|id| CommitId(id.detach())))
    }

    fn unresolved(&self, rev: &str, error: gix::Error) -> Error {
        if let Some(parse::Error::AmbiguousPrefix { candidates, .. }) = error.downcast_any_ref() {
            let names = candidates.iter().map(|(prefix, _)| prefix.to_string());
            let candidates = names.take(MOST_CANDIDATES).collect();
            return Error::Ambiguous { rev: rev.to_owned(), candidates };
        }
        if error.is_corrupted() || error.is_permission_denied() || error.is_resource_exhausted() {
            return Error::doing("read a revision")(error);
        }
        self.unknown(rev)
    }

    fn unknown(&self, rev: &str) -> Error {
        let base = base(rev);
        let advice = if matches!(self.head(), Ok(None)) && self.names().is_empty() {
            Advice::NoCommit
        } else if base != rev && self.resolve(base).is_ok() {
            if self.is_shallow() { Advice::Shallow } else { Advice::OnlyBase(base.to_owned()) }
        } else if let Some(name) = nearest(base, &self.names()) {
            Advice::Near(format!("{name}{}", &rev[base.len()..]))
        } else if self.is_shallow() {
            Advice::Shallow
        } else {
            Advice::Fetch
        };
        Error::Unknown { rev: rev.to_owned(), advice }
    }

    /// The short names of local branches, remote branches and tags. Only for advice: what cannot be read is left
    /// out.
    fn names(&self) -> Vec<String> {
        let Ok(references) = self.inner.references() else { return Vec::new() };
        [references.local_branches(), references.remote_branches(), references.tags()]
            .into_iter()
            .flatten()
            .flat_map(|some| some.filter_map(Result::ok))
            .map(|reference| reference.name().shorten().to_string())
            .filter(|name| !name.ends_with("/HEAD"))
            .collect()
    }
}

/// A revision without the steps behind its name.
fn base(rev: &str) -> &str {
    let end = rev.find(['~', '^', ':']).into_iter().chain(rev.find("@{")).min();
    &rev[..end.unwrap_or(rev.len())]
}

/// The name that may be meant. `main` is `origin/main` before it is `mail`; what stands before the first `/`, as
/// a remote's name, may be left out.
fn nearest<'n>(word: &str, names: &'n [String]) -> Option<&'n str> {
    if word.is_empty() {
        return None;
    }
    let likeness = |name: &str| {
        let whole = strsim::normalized_damerau_levenshtein(word, name);
        match name.split_once('/') {
            Some((_, tail)) => whole.max(strsim::normalized_damerau_levenshtein(word, tail)),
            None => whole,
        }
    };
    let elsewhere =
        names.iter().find(|name| name.strip_suffix(word).is_some_and(|rest| rest.ends_with('/')));
    let alike = || {
        names
            .iter()
            .map(|name| (likeness(name), name))
            .filter(|(likeness, _)| *likeness >= ALIKE)
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
            .map(|(_, name)| name)
    };
    elsewhere.or_else(alike).map(String::as_str)
}

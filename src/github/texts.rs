//! Files at commits: one GraphQL query for all of them.

use std::collections::{BTreeMap, HashMap};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::client::{Repository, encoded};
use super::documents::{self, Parts};
use super::error::Error;
use super::facts::Ends;
use super::graphql::Reply;
use super::open::{FIRST_PAGE, Page, Rest};
use super::transport::{Call, Verb};
use super::trees::TreeData;
use super::types::{
    BlobId, CommitSha, Content, FileAt, Folder, FolderAt, OpenPullRequests, PullRequestNumber,
};

/// Files in one query. GitHub allows 500,000 nodes; its deadline of 10 s is what counts, and 50 long
/// proposals are a few megabytes.
pub(super) const BATCH: usize = 50;

/// Larger files are not read, in bytes.
pub(super) const LARGEST: usize = 1 << 20;

pub(super) const OPERATION: &str = "read the files";

/// What is read at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Files whose content is wanted.
    pub files: Vec<FileAt>,
    /// Places where a file may be, of which few are there: all of them go into the first query.
    pub candidates: Vec<FileAt>,
    /// Folders whose listing is wanted.
    pub folders: Vec<FolderAt>,
    /// Paths of which only the existence is wanted, at one commit.
    pub paths: Option<(CommitSha, Vec<String>)>,
    /// The branch whose open pull requests are wanted.
    pub open_into: Option<String>,
}

/// Objects at commits, and the pull request at the moment when they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The content of each file that was asked for.
    pub contents: HashMap<FileAt, Content>,
    /// The blob of each file that was asked for and is there.
    pub blobs: HashMap<FileAt, BlobId>,
    /// Each folder that was asked for and is there.
    pub folders: HashMap<FolderAt, Folder>,
    /// Whether something stands at each path that was asked for.
    pub paths: HashMap<String, bool>,
    /// The open pull requests, where they were asked for.
    pub open_pull_requests: OpenPullRequests,
    /// The pull request's head now.
    pub head: CommitSha,
    /// The tip of its base branch now.
    pub base: CommitSha,
    /// Whether it is open now.
    pub open: bool,
}

/// Objects at commits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Objects {
    /// The content of each file that was asked for.
    pub contents: HashMap<FileAt, Content>,
    /// The blob of each file that was asked for and is there.
    pub blobs: HashMap<FileAt, BlobId>,
    /// Each folder that was asked for and is there.
    pub folders: HashMap<FolderAt, Folder>,
    /// Whether something stands at each path that was asked for.
    pub paths: HashMap<String, bool>,
}

/// What came so far.
#[derive(Default)]
pub(super) struct Found {
    contents: HashMap<FileAt, Content>,
    blobs: HashMap<FileAt, BlobId>,
    pub(super) folders: HashMap<FolderAt, Folder>,
    paths: HashMap<String, bool>,
    pub(super) open: OpenPullRequests,
}

#[derive(Deserialize)]
struct Data {
    repository: Option<RepositoryData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryData {
    #[serde(default)]
    pull_request: Option<Ends>,
    #[serde(default)]
    open_pull_requests: Option<Page>,
    /// `f0`, `f1`, …, `t0`, …, and `at` with `x0`, ….
    #[serde(flatten)]
    objects: BTreeMap<String, Value>,
}

/// A Git object; only a blob has the fields.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object {
    oid: Option<String>,
    byte_size: Option<usize>,
    is_truncated: Option<bool>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Blob {
    content: String,
    encoding: String,
}

/// One query's share of what is asked for.
#[derive(Clone, Copy, Default)]
pub(super) struct Batch<'a> {
    pub(super) files: &'a [&'a FileAt],
    pub(super) candidates: &'a [&'a FileAt],
    pub(super) folders: &'a [FolderAt],
    pub(super) paths: Option<(&'a CommitSha, &'a [String])>,
    /// The branch, the size of a page, and where it begins.
    pub(super) open: Option<(&'a str, usize, Option<&'a str>)>,
}

impl Repository {
    /// The content of `files`, and the pull request's head and base as they are at that moment. One GraphQL
    /// query for up to 50 files; a REST call more for each whose exact bytes a GraphQL text cannot hold
    /// (binary, or cut off).
    pub async fn texts(&self, number: PullRequestNumber, files: &[FileAt]) -> Result<Texts, Error> {
        self.read(number, &Ask { files: files.to_vec(), ..Ask::default() }).await
    }

    /// The same with folders, paths and open pull requests, in the same query. Where that is more than GitHub can
    /// do at once, they are read apart.
    pub async fn read(&self, number: PullRequestNumber, ask: &Ask) -> Result<Texts, Error> {
        let (ends, found) = self.read_all(Some(number), ask).await?;
        // Asked for with the number, or the query failed.
        let ends = ends.ok_or_else(|| Error::Malformed {
            operation: OPERATION,
            problem: "it does not speak of the pull request".into(),
        })?;
        let (head, base, open) = (ends.head(), ends.base(), ends.open());
        let Found { contents, blobs, folders, paths, open: open_pull_requests } = found;
        Ok(Texts { contents, blobs, folders, paths, open_pull_requests, head, base, open })
    }

    /// The same at commits alone, without a pull request.
    pub async fn read_at(&self, ask: &Ask) -> Result<Objects, Error> {
        let (_, found) = self.read_all(None, ask).await?;
        let Found { contents, blobs, folders, paths, .. } = found;
        Ok(Objects { contents, blobs, folders, paths })
    }

    async fn read_all(
        &self,
        number: Option<PullRequestNumber>,
        ask: &Ask,
    ) -> Result<(Option<Ends>, Found), Error> {
        let mut wanted = sorted(&ask.files);
        let candidates = sorted(&ask.candidates);
        let mut found = Found::default();
        let open = ask.open_into.as_deref();
        let paths = ask.paths.as_ref().filter(|(_, paths)| !paths.is_empty());
        let paths = paths.map(|(commit, paths)| (commit, paths.as_slice()));
        let mut beside = Batch {
            files: &[],
            candidates: &candidates,
            folders: &ask.folders,
            paths,
            open: open.map(|branch| (branch, FIRST_PAGE, None)),
        };
        let mut apart = false;
        let mut next = None;
        let mut size = BATCH;
        let ends = loop {
            // An empty list is asked for too: head and base are wanted.
            let files = &wanted[..wanted.len().min(size)];
            match self.batch(number, Batch { files, ..beside }, &mut found).await {
                Ok((ends, page)) => {
                    if beside.open.is_some() {
                        next = page;
                    }
                    beside = Batch::default();
                    wanted.drain(..wanted.len().min(size));
                    if wanted.is_empty() {
                        break ends;
                    }
                }
                Err(error) if too_much(&error) && !beside.is_empty() => {
                    tracing::warn!(%error, "too much for one query: its parts are read apart");
                    (beside, apart) = (Batch::default(), true);
                    wanted.extend(&candidates);
                }
                // Less at a time may pass; one file at a time is the end of it.
                Err(Error::TooMuch { .. }) if files.len() > 1 => size = files.len().div_ceil(4),
                Err(error) => return Err(error),
            }
        };
        if apart {
            self.folders_apart(number, &ask.folders, &mut found).await?;
            if paths.is_some() {
                self.batch(number, Batch { paths, ..Batch::default() }, &mut found).await?;
            }
        }
        if let Some(branch) = open {
            let rest = if apart { Rest::All } else { Rest::After(next) };
            self.more_open(number, branch, rest, &mut found).await?;
        }
        Ok((ends, found))
    }

    /// One query. Gives the present ends, and where the list of open pull requests goes on.
    pub(super) async fn batch(
        &self,
        number: Option<PullRequestNumber>,
        batch: Batch<'_>,
        found: &mut Found,
    ) -> Result<(Option<Ends>, Option<String>), Error> {
        let (document, values) = batch.document(number);
        let mut reply = self.query::<Data>(OPERATION, &document, values).await?;
        let Some(repository) = reply.take().and_then(|d| d.repository) else {
            return Err(reply.missing(&["repository"]));
        };
        let RepositoryData { pull_request, open_pull_requests, mut objects } = repository;
        if number.is_some() && pull_request.is_none() {
            return Err(reply.missing(&["repository", "pullRequest"]));
        }
        for (i, file) in batch.files.iter().chain(batch.candidates).enumerate() {
            let object: Option<Object> = taken(&mut objects, &reply, HERE, &format!("f{i}"))?;
            let blob = match object {
                Some(object) => self.blob_of(object).await?,
                None => None,
            };
            let content = match blob {
                Some((blob, content)) => {
                    found.blobs.insert((*file).clone(), blob);
                    content
                }
                None => Content::Missing,
            };
            found.contents.insert((*file).clone(), content);
        }
        for (i, folder) in batch.folders.iter().enumerate() {
            let tree: Option<TreeData> = taken(&mut objects, &reply, HERE, &format!("t{i}"))?;
            if let Some(listed) = tree.and_then(|tree| tree.folder(&folder.path)) {
                found.folders.insert(folder.clone(), listed);
            }
        }
        if let Some((_, paths)) = batch.paths {
            let mut entries: BTreeMap<String, Value> = taken(&mut objects, &reply, HERE, "at")?
                .ok_or_else(|| reply.missing(&["repository", "at"]))?;
            for (i, path) in paths.iter().enumerate() {
                let alias = format!("x{i}");
                let entry: Option<Value> =
                    taken(&mut entries, &reply, &["repository", "at"], &alias)?;
                found.paths.insert(path.clone(), entry.is_some());
            }
        }
        let mut next = None;
        if batch.open.is_some() {
            let page = open_pull_requests
                .ok_or_else(|| reply.missing(&["repository", "openPullRequests"]))?;
            next = page.add_to(&mut found.open);
        }
        Ok((pull_request, next))
    }

    /// What a Git object holds, when it is a file.
    pub(super) async fn blob_of(&self, object: Object) -> Result<Option<(BlobId, Content)>, Error> {
        // A folder or a submodule: there is no such *file*.
        let Object { oid: Some(oid), byte_size: Some(size), is_truncated, text } = object else {
            return Ok(None);
        };
        let content = if size > LARGEST {
            Content::TooLarge(size)
        } else {
            // GitHub turns other encodings into UTF-8; then the length differs, and the bytes are not the file's.
            match text {
                Some(text) if is_truncated != Some(true) && text.len() == size => {
                    Content::Bytes(text.into_bytes())
                }
                _ if size == 0 => Content::Bytes(Vec::new()),
                _ => self.blob(&oid).await.map(Content::Bytes)?,
            }
        };
        Ok(Some((BlobId(oid), content)))
    }

    async fn blob(&self, oid: &str) -> Result<Vec<u8>, Error> {
        let operation = "read a file's blob";
        let path = self.path(&format!("/git/blobs/{}", encoded(oid)));
        let blob: Blob = self.json(&Call { operation, path, verb: Verb::Get }).await?;
        let malformed = |problem: &str| Error::Malformed { operation, problem: problem.to_owned() };
        match blob.encoding.as_str() {
            "base64" => {
                // In lines of 60.
                let digits: Vec<u8> =
                    blob.content.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
                STANDARD.decode(digits).map_err(|_| malformed("its content is not base64"))
            }
            "utf-8" => Ok(blob.content.into_bytes()),
            _ => Err(malformed("its content has an unknown encoding")),
        }
    }
}

impl Batch<'_> {
    fn is_empty(&self) -> bool {
        self.files.is_empty()
            && self.candidates.is_empty()
            && self.folders.is_empty()
            && self.paths.is_none()
            && self.open.is_none()
    }

    fn document(&self, number: Option<PullRequestNumber>) -> (String, Map<String, Value>) {
        let Self { files, candidates, folders, paths, open } = *self;
        let mut values = Map::new();
        if let Some(number) = number {
            values.insert("number".into(), json!(number.0));
        }
        let mut expression = |name: String, commit: &CommitSha, path: &str| {
            values.insert(name, json!(format!("{commit}:{path}")));
        };
        for (i, file) in files.iter().chain(candidates).enumerate() {
            expression(format!("e{i}"), &file.commit, &file.path);
        }
        for (i, folder) in folders.iter().enumerate() {
            expression(format!("d{i}"), &folder.commit, &folder.path);
        }
        if let Some((commit, paths)) = paths {
            values.insert("at".into(), json!(commit));
            for (i, path) in paths.iter().enumerate() {
                values.insert(format!("p{i}"), json!(path));
            }
        }
        if let Some((branch, page, after)) = open {
            values.insert("branch".into(), json!(branch));
            values.insert("page".into(), json!(page));
            values.insert("after".into(), json!(after));
        }
        let levels: Vec<usize> = folders.iter().map(|folder| folder.levels).collect();
        let parts = Parts {
            files: files.len() + candidates.len(),
            folders: &levels,
            paths: paths.map_or(0, |(_, paths)| paths.len()),
            open: open.is_some(),
            alone: number.is_none(),
        };
        (documents::texts(parts), values)
    }
}

fn sorted(files: &[FileAt]) -> Vec<&FileAt> {
    let mut sorted: Vec<&FileAt> = files.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// Where a query's own objects stand in its answer.
const HERE: &[&str] = &["repository"];

/// The object `alias` below `place`, or nothing where there is no such object.
fn taken<T: DeserializeOwned, D>(
    objects: &mut BTreeMap<String, Value>,
    reply: &Reply<D>,
    place: &[&str],
    alias: &str,
) -> Result<Option<T>, Error> {
    match objects.remove(alias) {
        None | Some(Value::Null) => {
            let path: Vec<&str> = place.iter().copied().chain([alias]).collect();
            reply.trouble_at(&path).map_or(Ok(None), Err)
        }
        Some(value) => serde_json::from_value(value)
            .map(Some)
            .map_err(|error| Error::Malformed { operation: OPERATION, problem: error.to_string() }),
    }
}

/// Whether GitHub may have failed for the size of the query: its deadline of 10 s ends in several ways.
pub(super) fn too_much(error: &Error) -> bool {
    match error {
        Error::TooMuch { .. } | Error::Timeout { .. } => true,
        Error::Server { status, .. } => matches!(status.code, 502 | 504),
        _ => false,
    }
}

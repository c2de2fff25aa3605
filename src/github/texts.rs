//! Files at commits: one GraphQL query for all of them.

use std::collections::{BTreeMap, HashMap};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Map, json};

use super::client::{Repository, encoded};
use super::documents;
use super::error::Error;
use super::facts::Ends;
use super::transport::{Call, Verb};
use super::types::{CommitSha, Content, FileAt, PullRequestNumber};

/// Objects in one query. GitHub allows 500,000 nodes; its deadline of 10 s is what counts, and 50 long
/// proposals are a few megabytes.
pub(super) const BATCH: usize = 50;

/// Larger files are not read, in bytes.
pub(super) const LARGEST: usize = 1 << 20;

const OPERATION: &str = "read the files";

/// Files at commits, and the pull request at the moment when they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The content of each file that was asked for.
    pub contents: HashMap<FileAt, Content>,
    /// The pull request's head now.
    pub head: CommitSha,
    /// The tip of its base branch now.
    pub base: CommitSha,
    /// Whether it is open now.
    pub open: bool,
}

#[derive(Deserialize)]
struct Data {
    repository: Option<RepositoryData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryData {
    pull_request: Option<Ends>,
    /// `f0`, `f1`, …
    #[serde(flatten)]
    objects: BTreeMap<String, Option<Object>>,
}

/// A Git object; only a blob has the fields.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
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

impl Repository {
    /// The content of `files`, and the pull request's head and base as they are at that moment. One GraphQL
    /// query for up to 50 files; a REST call more for each whose exact bytes a GraphQL text cannot hold
    /// (binary, or cut off).
    pub async fn texts(&self, number: PullRequestNumber, files: &[FileAt]) -> Result<Texts, Error> {
        let mut wanted: Vec<&FileAt> = files.iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut contents = HashMap::with_capacity(wanted.len());
        let mut size = BATCH;
        loop {
            // An empty list is asked for too: head and base are wanted.
            let batch = &wanted[..wanted.len().min(size)];
            match self.batch(number, batch, &mut contents).await {
                Ok(ends) => {
                    wanted.drain(..wanted.len().min(size));
                    if wanted.is_empty() {
                        let (head, base, open) = (ends.head(), ends.base(), ends.open());
                        return Ok(Texts { contents, head, base, open });
                    }
                }
                // Less at a time may pass; one file at a time is the end of it.
                Err(Error::TooMuch { .. }) if batch.len() > 1 => size = batch.len().div_ceil(4),
                Err(error) => return Err(error),
            }
        }
    }

    async fn batch(
        &self,
        number: PullRequestNumber,
        files: &[&FileAt],
        contents: &mut HashMap<FileAt, Content>,
    ) -> Result<Ends, Error> {
        let mut values = Map::from_iter([("number".into(), json!(number.0))]);
        for (i, file) in files.iter().enumerate() {
            values.insert(format!("e{i}"), json!(format!("{}:{}", file.commit, file.path)));
        }
        let document = documents::texts(files.len());
        let mut reply = self.query::<Data>(OPERATION, &document, values).await?;
        let Some(repository) = reply.take().and_then(|d| d.repository) else {
            return Err(reply.missing());
        };
        let RepositoryData { pull_request, mut objects } = repository;
        let ends = pull_request.ok_or_else(|| reply.missing())?;
        for (i, file) in files.iter().enumerate() {
            let alias = format!("f{i}");
            let content = match objects.remove(&alias).flatten() {
                Some(object) => self.content(object).await?,
                None => match reply.trouble_with(&alias) {
                    Some(error) => return Err(error),
                    None => Content::Missing,
                },
            };
            contents.insert((*file).clone(), content);
        }
        Ok(ends)
    }

    async fn content(&self, object: Object) -> Result<Content, Error> {
        // A folder or a submodule: there is no such *file*.
        let Object { oid: Some(oid), byte_size: Some(size), is_truncated, text } = object else {
            return Ok(Content::Missing);
        };
        if size > LARGEST {
            return Ok(Content::TooLarge(size));
        }
        // GitHub turns other encodings into UTF-8; then the length differs, and the bytes are not the file's.
        match text {
            Some(text) if is_truncated != Some(true) && text.len() == size => {
                Ok(Content::Bytes(text.into_bytes()))
            }
            _ if size == 0 => Ok(Content::Bytes(Vec::new())),
            _ => self.blob(&oid).await.map(Content::Bytes),
        }
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

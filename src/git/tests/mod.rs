//! The room's promises, on repositories that `git` itself makes.

mod files;
mod history;
mod place;
mod revisions;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;

/// A folder with repositories in it, which goes with it.
struct Sandbox {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Sandbox {
    /// One repository in it, `repo`, without a commit.
    fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Without symlinks, to compare with.
        let path = folder.path().canonicalize().expect("its real path");
        let sandbox = Self { _folder: folder, path };
        sandbox.git(".", &["init", "--quiet", "--initial-branch=main", "repo"]);
        sandbox
    }

    /// Three commits on `main`: `first`, `second`, `third`, each of which writes its number into `eps/1.md`.
    fn new() -> Self {
        let sandbox = Self::empty();
        for (number, name) in ["first", "second", "third"].into_iter().enumerate() {
            sandbox.write("repo/eps/1.md", format!("{}\n", number + 1));
            sandbox.commit(name);
        }
        sandbox
    }

    fn path(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
        std::fs::write(path, content).expect("written");
    }

    /// Commits everything below `repo`.
    fn commit(&self, message: &str) -> String {
        self.git("repo", &["add", "--all"]);
        self.git("repo", &["commit", "--quiet", "--allow-empty", "--message", message]);
        self.id("HEAD")
    }

    /// What git takes a revision of `repo` for.
    fn id(&self, rev: &str) -> String {
        self.git("repo", &["rev-parse", rev])
    }

    /// Clones `repo` as a remote would be cloned, not by hard links.
    fn clone(&self, options: &[&str], name: &str) {
        let url = format!("file://{}", self.path("repo").display());
        self.git(".", &[&["clone", "--quiet"], options, &[url.as_str(), name]].concat());
    }

    fn git(&self, folder: &str, arguments: &[&str]) -> String {
        self.feed(folder, arguments, "")
    }

    /// Runs git with `input`; what it prints. Always at the same second and by the same person, so that a
    /// commit's name is always the same.
    fn feed(&self, folder: &str, arguments: &[&str], input: &str) -> String {
        let mut git = Command::new("git");
        for (name, _) in
            std::env::vars_os().filter(|(n, _)| n.as_encoded_bytes().starts_with(b"GIT_"))
        {
            git.env_remove(name);
        }
        let mut child = git
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@example.org",
                "-c",
                "commit.gpgSign=false",
            ])
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .current_dir(self.path(folder))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", "1800000000 +0000")
            .env("GIT_COMMITTER_DATE", "1800000000 +0000")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git is on this machine (apt-get install git)");
        child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("git reads");
        let output = child.wait_with_output().expect("git ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {stderr}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn open(&self, path: &str) -> Repository {
        self.around(path).expect("readable").expect("a repository")
    }

    fn around(&self, path: &str) -> Result<Option<Repository>, Error> {
        Repository::around(&self.path(path))
    }
}

impl Repository {
    fn named(&self, rev: &str) -> CommitId {
        self.resolve(rev).expect("a commit")
    }

    fn text(&self, rev: &str, path: &str) -> String {
        match self.file(&self.named(rev), path).expect("readable") {
            Content::Bytes(bytes) => String::from_utf8(bytes).expect("UTF-8"),
            other => panic!("{path} at {rev}: {other:?}"),
        }
    }

    /// What is said of a revision that names no commit.
    fn refusal(&self, rev: &str) -> String {
        self.resolve(rev).expect_err(rev).to_string()
    }
}

/// `path` as seen from the present folder.
fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().expect("a present folder");
    let up = here.ancestors().skip(1).map(|_| "..");
    up.collect::<PathBuf>().join(path.strip_prefix("/").expect("absolute"))
}

/// A commit of an empty tree for `git fast-import`, on its own branch `c{number}`.
fn commit(number: u32, parents: &[u32]) -> String {
    let message = format!("c{number}");
    let mut stream = format!(
        "commit refs/heads/{message}\nmark :{}\ncommitter t <t@example.org> 1700000000 +0000\ndata {}\n{message}\n",
        number + 1,
        message.len(),
    );
    let words = ["from"].into_iter().chain(std::iter::repeat("merge"));
    stream.extend(words.zip(parents).map(|(word, parent)| format!("{word} :{}\n", parent + 1)));
    stream
}

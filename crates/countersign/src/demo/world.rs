//! The demo's folder: a service, three people with keys of their own, a project under git, one production region that runs.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, bail};

use super::{poller::Poller, project, seed};

/// Everything that the story happens in. Dropping it ends the region.
pub(crate) struct World {
    folder: PathBuf,
    kept: Option<tempfile::TempDir>,
    program: PathBuf,
    region: Child,
    /// The port that the region serves on.
    pub port: u16,
    /// Rows in the region's database at the start.
    pub rows: u64,
}

/// The region's name as an environment.
pub(crate) const REGION: &str = "production/region-1";

impl World {
    /// Makes it all; nothing outside a temporary folder is touched.
    pub(crate) fn make() -> anyhow::Result<Self> {
        let kept = tempfile::Builder::new().prefix("countersign-demo-").tempdir()?;
        let folder = kept.path().canonicalize()?;
        let program = std::env::current_exe()?;
        project::write(&folder.join("cost-explorer"))?;
        let region_folder = folder.join(REGION);
        let rows = seed::seed(&region_folder, &folder.join("cost-explorer"))?;
        let (region, port) = start_region(&program, &region_folder)?;
        let world = Self { folder, kept: Some(kept), program, region, port, rows };
        world.enrol()?;
        world.commit_project()?;
        Ok(world)
    }

    /// The work tree of the project.
    pub(crate) fn project(&self) -> PathBuf {
        self.folder.join("cost-explorer")
    }

    /// The folder of the production region.
    pub(crate) fn region(&self) -> PathBuf {
        self.folder.join(REGION)
    }

    /// Any file or folder of the world.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The private key of one of the team.
    pub(crate) fn key(&self, person: &str) -> PathBuf {
        self.folder.join(format!("{person}.key"))
    }

    /// A poller of the region, started.
    pub(crate) fn poll(&self) -> Poller {
        Poller::start(self.port)
    }

    /// The program as this person would call it, in the project.
    pub(crate) fn call(&self, person: &str, arguments: &[&str]) -> Command {
        let mut command = spawn(&self.program);
        command
            .args(arguments)
            .current_dir(self.project())
            .env("COUNTERSIGN_HOME", self.folder.join("service"))
            .env("COUNTERSIGN_KEY", self.key(person))
            .env_remove("SSH_AUTH_SOCK")
            .env_remove("COUNTERSIGN_PERSON")
            .env_remove("COUNTERSIGN_MODEL");
        command
    }

    /// The same, with its output caught.
    pub(crate) fn ask(&self, person: &str, arguments: &[&str]) -> anyhow::Result<Output> {
        Ok(self.call(person, arguments).stdin(Stdio::null()).output()?)
    }

    /// Leaves the folder behind and says where it is.
    pub(crate) fn keep(&mut self) -> PathBuf {
        if let Some(folder) = self.kept.take() {
            return folder.keep();
        }
        self.folder.clone()
    }

    fn enrol(&self) -> anyhow::Result<()> {
        for person in ["ana", "ben", "olga"] {
            let text = guard::generate_person_key(crate::clock::seed()?, person)?;
            write_private(&self.key(person), &text)?;
            let public = crate::home::public_key(&self.key(person))?.to_openssh()?;
            std::fs::write(self.folder.join(format!("{person}.key.pub")), public)?;
        }
        self.must("ana", &["init", "--name", "ana"])?;
        let public = |person: &str| self.folder.join(format!("{person}.key.pub")).display().to_string();
        self.must("ana", &["people", "add", "ben", "--public-key", &public("ben")])?;
        self.must("ana", &["people", "add", "olga", "--public-key", &public("olga"), "--role", "engineer", "--role", "owner"])?;
        let region = self.region().display().to_string();
        self.must("ana", &["env", "add", REGION, "--tier", "production", "--path", &region])
    }

    fn commit_project(&self) -> anyhow::Result<()> {
        let identity = ["-c", "user.name=ana", "-c", "user.email=ana@localhost", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"];
        for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "-m", "Cost explorer front end"]] {
            let done = spawn(Path::new("git")).args(identity).args(arguments).current_dir(self.project()).output().context("git cannot be run")?;
            if !done.status.success() {
                bail!("git {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr));
            }
        }
        Ok(())
    }

    fn must(&self, person: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let done = self.ask(person, arguments)?;
        if !done.status.success() {
            bail!("countersign {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr));
        }
        Ok(())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.region.kill().ok(); // it may be over already
        self.region.wait().ok();
    }
}

fn start_region(program: &Path, folder: &Path) -> anyhow::Result<(Child, u16)> {
    let mut region = spawn(program).arg("region").arg(folder).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let out = region.stdout.take().context("the region has no output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let port = line.trim().parse().with_context(|| format!("the region did not start: it said `{}`", line.trim()))?;
    Ok((region, port))
}

fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

#[expect(clippy::disallowed_methods, reason = "the demo plays people at their terminals; no agent reaches this")]
fn spawn(program: &Path) -> Command {
    Command::new(program)
}

//! Where logins are kept: a file each in a folder of the service's keys, for one project and one server in it.
//!
//! A file is written beside its name, made durable, and put in place in one step, so it is there whole or not at all. What is renewed
//! is written over what was, unless that was taken away meanwhile. If the power goes between an issuer's answer and the
//! write, the old token may be used up: the next call says so, and a person logs in again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use action::{Digest, McpPlace, McpServer, Moment};
use serde::{Deserialize, Serialize};

use super::{Login, LoginError};

/// The clock of whoever runs this.
type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// All logins of a service.
#[derive(Clone)]
pub struct Logins {
    folder: PathBuf,
    now: Clock,
}

/// The place of one login.
#[derive(Clone)]
pub struct Slot {
    folder: PathBuf,
    name: String,
    project: String,
    server: McpServer,
    now: Clock,
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot").field("project", &self.project).field("server", &self.server.name).finish_non_exhaustive()
    }
}

/// A file: the login, and whose it is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    project: String,
    server: McpServer,
    login: Login,
}

/// A login that is there.
pub struct Kept {
    /// Where.
    pub slot: Slot,
    /// What.
    pub login: Login,
}

/// What came of forgetting everything.
#[derive(Default)]
pub struct Forgotten {
    /// Logins that were there, and are no more.
    pub gone: Vec<Kept>,
    /// What is still there, or may come back with the power.
    pub left: Vec<StoreError>,
}

const LARGEST: u64 = 256 * 1024;
/// A token that ends this soon is renewed before it is sent.
const SOON: u64 = 30;

impl Logins {
    /// Those in this folder, which is made with the first of them.
    pub fn of(folder: &Path, now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self { folder: folder.to_owned(), now: Arc::new(now) }
    }

    /// The place for a server of a project. Another name, address or header is another server.
    pub fn slot(&self, project: &str, server: &McpServer) -> Result<Slot, StoreError> {
        let name = Digest::of(&(project, server)).map_err(|e| StoreError::Unusable { what: server.name.clone(), why: e.to_string() })?.hex();
        Ok(Slot { folder: self.folder.clone(), name, project: project.to_owned(), server: server.clone(), now: Arc::clone(&self.now) })
    }

    /// All that are there, of all projects; those that cannot be read are named.
    pub fn all(&self) -> Result<(Vec<Kept>, Vec<StoreError>), StoreError> {
        let (mut found, mut broken) = (Vec::new(), Vec::new());
        let files = match fs::read_dir(&self.folder) {
            Ok(files) => files,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok((found, broken)),
            Err(e) => return Err(StoreError::file(&self.folder, e)),
        };
        for file in files.filter_map(Result::ok).filter(|file| file.path().extension().is_some_and(|end| end == "json")) {
            match self.kept(&file.path()) {
                Ok(kept) => found.extend(kept),
                Err(e) => broken.push(e),
            }
        }
        Ok((found, broken))
    }

    /// Forgets all that is there, also what cannot be read and what a crash left half written; goes on after each that cannot be removed.
    pub fn forget_all(&self) -> Forgotten {
        let mut forgotten = Forgotten::default();
        if !self.folder.exists() {
            return forgotten;
        }
        let files = lock(&self.folder, "files"); // without it they go all the same
        match fs::read_dir(&self.folder) {
            Ok(all) => all.for_each(|file| match file {
                Ok(file) => self.forget(&file.path(), &mut forgotten),
                Err(e) => forgotten.left.push(StoreError::file(&self.folder, e)),
            }),
            Err(e) => forgotten.left.push(StoreError::file(&self.folder, e)),
        }
        forgotten.left.extend(sync(&self.folder).err().map(|e| StoreError::file(&self.folder, e)));
        forgotten.left.extend(files.err());
        forgotten
    }

    fn forget(&self, file: &Path, forgotten: &mut Forgotten) {
        if !file.extension().is_some_and(|end| end == "json" || end == "new") {
            return;
        }
        let kept = self.kept(file).unwrap_or_default().filter(|kept| kept.slot.file() == file); // half a login is nobody's
        match removed(file) {
            Ok(()) => forgotten.gone.extend(kept),
            Err(e) => forgotten.left.push(StoreError::file(file, e)),
        }
    }

    fn kept(&self, file: &Path) -> Result<Option<Kept>, StoreError> {
        let Some(Whole { project, server, login }) = read(file)? else { return Ok(None) };
        Ok(Some(Kept { slot: self.slot(&project, &server)?, login }))
    }
}

impl Slot {
    /// The name that the project gives the server.
    pub fn name(&self) -> &str {
        &self.server.name
    }

    /// The project's folder.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Whose login it is.
    pub fn server(&self) -> &McpServer {
        &self.server
    }

    /// The login, where somebody is logged in. One that is not for exactly this server is an error.
    pub fn login(&self) -> Result<Option<Login>, StoreError> {
        let Some(whole) = read(&self.file())? else { return Ok(None) };
        match whole.project == self.project && whole.server == self.server && self.is_at(&whole.login.server) {
            true => Ok(Some(whole.login)),
            false => Err(StoreError::Unusable { what: self.file().display().to_string(), why: "it is the login of another server".into() }),
        }
    }

    /// Keeps a login in place of any earlier one. When this returns, it survives the power.
    pub fn keep(&self, login: &Login) -> Result<(), StoreError> {
        let _files = self.lock("files")?;
        self.write(login)
    }

    /// Forgets it, at once and also while it is being renewed; what was there can still be given back. What a crash left half
    /// written goes too.
    pub fn forget(&self) -> Result<Option<Login>, StoreError> {
        if !self.folder.exists() {
            return Ok(None);
        }
        let _files = self.lock("files")?;
        let login = self.login().unwrap_or_default(); // what cannot be read is forgotten all the same
        let files = [self.file(), self.beside()].map(|file| removed(&file).map_err(|e| StoreError::file(&file, e)));
        sync(&self.folder).map_err(|e| StoreError::file(&self.folder, e))?;
        files.into_iter().collect::<Result<(), _>>().map(|()| login)
    }

    /// Whether it is for exactly this address.
    pub(in crate::mcp) fn is_at(&self, address: &str) -> bool {
        matches!(&self.server.at, McpPlace::At { url, .. } if url == address)
    }

    /// Whether anything is there.
    pub(in crate::mcp) fn is_taken(&self) -> bool {
        self.file().exists()
    }

    /// The token that says who asks; renewed first where it is over.
    pub(in crate::mcp) fn bearer(&self) -> Result<Option<String>, LoginError> {
        let Some(login) = self.login()? else { return Ok(None) };
        let over = login.expires.is_some_and(|expires| expires <= (self.now)().plus_seconds(SOON));
        let login = if over && login.can_renew() { self.renew(&login.access)? } else { login };
        Ok(Some(login.access))
    }

    /// A token other than `refused`: somebody else's renewal where there was one, else one renewal.
    pub(in crate::mcp) fn renew(&self, refused: &str) -> Result<Login, LoginError> {
        let _renewing = self.lock(&self.name)?;
        let login = self.login()?.ok_or(LoginError::Over)?;
        if login.access != refused {
            return Ok(login);
        }
        let renewed = login.renewed((self.now)())?;
        let _files = self.lock("files")?;
        match self.login()? {
            Some(still) if still.access == refused => self.write(&renewed)?,
            _ => return Err(LoginError::Over), // somebody logged out meanwhile
        }
        Ok(renewed)
    }

    fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name))
    }

    /// Where it is written first.
    fn beside(&self) -> PathBuf {
        self.folder.join(format!("{}.new", self.name))
    }

    fn write(&self, login: &Login) -> Result<(), StoreError> {
        let whole = Whole { project: self.project.clone(), server: self.server.clone(), login: login.clone() };
        let bytes = serde_json::to_vec(&whole).map_err(|e| StoreError::Unusable { what: self.server.name.clone(), why: e.to_string() })?;
        self.replace(&self.beside(), &bytes).map_err(|e| StoreError::file(&self.file(), e))
    }

    /// Durable under another name first: a crash leaves the old file or the new one, and at most a `.new` that the next write takes.
    fn replace(&self, beside: &Path, bytes: &[u8]) -> io::Result<()> {
        removed(beside)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(beside, self.file())?;
        sync(&self.folder)
    }

    fn lock(&self, name: &str) -> Result<File, StoreError> {
        lock(&self.folder, name)
    }
}

/// Held until it is dropped, by one process at a time.
fn lock(folder: &Path, name: &str) -> Result<File, StoreError> {
    let path = folder.join(format!("{name}.lock"));
    let locked = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).and_then(|()| {
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path)?;
        file.lock().map(|()| file)
    });
    locked.map_err(|e| StoreError::file(&path, e))
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes sure that it is not there.
fn removed(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<Option<Whole>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(StoreError::file(path, e)),
    };
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).map_err(|e| StoreError::file(path, e))?;
    // The reader's own words could quote what stands there.
    let unusable = |e: serde_json::Error| StoreError::Unusable { what: path.display().to_string(), why: format!("column {} cannot be read", e.column()) };
    serde_json::from_slice(&bytes).map(Some).map_err(unusable)
}

/// Why a login cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be used.
    #[error("{path} cannot be used: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// What is there is not a login of this server.
    #[error("{what} is no login: {why}; log out and in again")]
    Unusable {
        /// Which.
        what: String,
        /// Why.
        why: String,
    },
}

impl StoreError {
    fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }
}

#[cfg(test)]
mod tests;

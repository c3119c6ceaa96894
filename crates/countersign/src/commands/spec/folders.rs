//! Where a project keeps its specifications, and their bytes.
//!
//! Links are never followed, only regular files of a bounded size are read, and whoever walks the project stops at a bound and
//! says so. What could not be read becomes a finding, never silence.

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rustix::fs::{FileType, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use spec::finding::Finding;
use spec::folder::Spec;

use super::{Place, Which};
use crate::screen::{self, Misuse, Outside};
use crate::words;

/// The documents that are read.
const DOCUMENTS: [&str; 6] = ["requirements.md", "bugfix.md", "design.md", "tasks.md", ".config.kiro", "spec.json"];
/// The longest file that is read.
const MOST_BYTES: u64 = 8 * 1024 * 1024;
/// How far below the project's folder `.kiro` is looked for, and in how many folders.
const DEEPEST: usize = 16;
const MOST_FOLDERS: usize = 50_000;
/// Folders of other people's files.
const SKIPPED: [&str; 6] = ["node_modules", "target", "venv", "__pycache__", "site-packages", "vendor"];

/// A project's folder.
pub(super) struct Project {
    root: PathBuf,
    fd: OwnedFd,
    /// Where the person stands, from the root.
    stands: PathBuf,
}

/// One specification's folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Folder {
    /// From the project's root, with `/`: `shop/.kiro/specs/cart`.
    pub path: String,
    /// The last part.
    pub name: String,
}

impl Project {
    /// The folder that was named; else the repository around this one; else the nearest folder with specifications.
    pub(super) fn open(place: &Place) -> anyhow::Result<Self> {
        let typed = place.directory.as_deref().unwrap_or(Path::new("."));
        let here = fs::canonicalize(typed).ok().filter(|path| path.is_dir());
        let Some(here) = here else { bail!(Misuse(format!("`{}` is no folder that can be read", typed.display()))) };
        let above = |marker: &str| here.ancestors().find(|folder| folder.join(marker).symlink_metadata().is_ok()).map(Path::to_owned);
        let named = place.directory.as_ref().map(|_| here.clone());
        let root = named.or_else(|| above(".git")).or_else(|| above(".kiro/specs")).unwrap_or_else(|| here.clone());
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(&root, flags, Mode::empty()).with_context(|| format!("`{}` cannot be opened", root.display())).map_err(Outside)?;
        let stands = fs::canonicalize(".").ok().and_then(|now| now.strip_prefix(&root).map(Path::to_owned).ok()).unwrap_or_default();
        Ok(Self { root, fd, stands })
    }

    /// The specifications that were asked for, each once, in the order of their paths.
    pub(super) fn chosen(&self, which: &Which) -> anyhow::Result<Vec<Folder>> {
        let all = self.folders()?;
        if which.all {
            return Ok(all);
        }
        let mut chosen = Vec::new();
        for typed in &which.names {
            let said = typed.trim_end_matches('/').trim_start_matches("./");
            let is_it = |folder: &&Folder| folder.name == said || folder.path == said || self.shown(&folder.path) == said;
            let found: Vec<&Folder> = all.iter().filter(is_it).collect();
            match found.as_slice() {
                [one] => chosen.push((*one).clone()),
                [] => bail!(Misuse(format!("there is no specification `{}`\nhint: `countersign spec list` lists them", words::safe(typed)))),
                several => {
                    let paths: Vec<String> = several.iter().map(|folder| words::safe(&folder.path)).collect();
                    bail!(Misuse(format!("`{}` is the name of several: {}\nhint: name the folder", words::safe(typed), paths.join(", "))))
                }
            }
        }
        chosen.sort();
        chosen.dedup();
        Ok(chosen)
    }

    /// All specifications below the root, in the order of their paths.
    pub(super) fn folders(&self) -> anyhow::Result<Vec<Folder>> {
        let (mut found, mut open, mut seen) = (Vec::new(), vec![(String::new(), 0)], 0);
        while let Some((path, depth)) = open.pop() {
            seen += 1;
            if seen > MOST_FOLDERS {
                screen::complain(&format!("the project has more than {MOST_FOLDERS} folders; specifications further on were not looked for"));
                break;
            }
            for name in self.below(&path)? {
                let below = joined(&path, &name);
                match name.as_str() {
                    ".kiro" => found.extend(self.specs(&below)?),
                    _ if name.starts_with('.') || SKIPPED.contains(&name.as_str()) || depth >= DEEPEST => {}
                    _ => open.push((below, depth + 1)),
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// The specifications of one `.kiro`.
    fn specs(&self, kiro: &str) -> anyhow::Result<Vec<Folder>> {
        if !self.below(kiro)?.iter().any(|name| name == "specs") {
            return Ok(Vec::new());
        }
        let specs = joined(kiro, "specs");
        Ok(self.below(&specs)?.into_iter().map(|name| Folder { path: joined(&specs, &name), name }).collect())
    }

    /// The folders in a folder; links are none. One that cannot be read is told.
    fn below(&self, path: &str) -> anyhow::Result<Vec<String>> {
        let entries = match fs::read_dir(self.root.join(path)) {
            Ok(entries) => entries,
            Err(e) if path.is_empty() => return Err(Outside(anyhow::Error::new(e).context(format!("`{}` cannot be read", self.root.display()))).into()),
            Err(e) => {
                screen::complain(&format!("`{}` was not looked into: {e}", words::safe(path)));
                return Ok(Vec::new());
            }
        };
        let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let (mut names, mut odd) = (Vec::new(), 0);
        for entry in folders {
            match entry.file_name().into_string() {
                Ok(name) => names.push(name),
                Err(_) => odd += 1,
            }
        }
        if odd > 0 && path.ends_with("/specs") {
            screen::complain(&format!("{} in `{}` have names that are not UTF-8, and were left out", words::counted(odd, "folder"), words::safe(path)));
        }
        Ok(names)
    }

    /// Reads a specification. What is there and cannot be read is a finding.
    pub(super) fn read(&self, folder: &Folder) -> Spec {
        let (mut files, mut unread) = (Vec::new(), Vec::new());
        for name in DOCUMENTS {
            match self.bytes(&joined(&folder.path, name)) {
                Ok(Some(bytes)) => files.push((name.to_owned(), bytes)),
                Ok(None) => {}
                Err(why) => unread.push(Finding::error("unread-file", name, 0..0, format!("{name} was not read: {why}"))),
            }
        }
        let mut spec = Spec::read(&folder.name, files);
        spec.findings.extend(unread);
        spec
    }

    /// Where it is.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A regular file's bytes; `None` if nothing is there.
    pub(super) fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let file = match opened(&self.fd, path, OFlags::RDONLY | OFlags::NONBLOCK) {
            Ok(fd) => File::from(fd),
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => return Err("it is a link, or behind one, and links are not followed".into()),
            Err(e) => return Err(e.to_string()),
        };
        let stat = rustix::fs::fstat(&file).map_err(|e| e.to_string())?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err("it is no regular file".into());
        }
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(format!("it has more than {} MiB", MOST_BYTES / 1024 / 1024));
        }
        Ok(Some(bytes))
    }

    /// Replaces a document of a specification by new bytes, if it still has the old ones.
    pub(super) fn replace(&self, folder: &Folder, file: &str, old: &[u8], new: &[u8]) -> anyhow::Result<()> {
        let open = || opened(&self.fd, &folder.path, OFlags::RDONLY | OFlags::DIRECTORY);
        let place = joined(&folder.path, file);
        let replaced = open().map_err(std::io::Error::from).and_then(|fd| super::replacement::replace(&fd, file, old, new));
        replaced.with_context(|| format!("`{}` was not mended", words::safe(&place))).map_err(|e| Outside(e).into())
    }

    /// Makes or replaces a file of the person's, wherever they want it: whole or not at all.
    pub(super) fn put(&self, out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
        let written = self.put_below(out, bytes);
        written.with_context(|| format!("`{}` cannot be written", words::safe(&out.display().to_string()))).map_err(|e| Outside(e).into())
    }

    /// Below the project no link is followed: what a repository brings could lead anywhere.
    fn put_below(&self, out: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let out = std::path::absolute(out)?;
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else { return Err(std::io::Error::other("it names no file")) };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let folder = match parent.strip_prefix(&self.root) {
            Ok(inside) => resolved(&self.fd, &Path::new(".").join(inside), flags, ResolveFlags::empty())?,
            Err(_) => rustix::fs::open(parent, flags | OFlags::CLOEXEC, Mode::empty())?,
        };
        super::replacement::put(&folder, name, bytes)
    }

    /// A path as the person would type it from where they stand.
    pub(super) fn shown(&self, path: &str) -> String {
        match Path::new(path).strip_prefix(&self.stands).ok().and_then(Path::to_str) {
            Some(inside) => inside.to_owned(),
            None => format!("{}{path}", "../".repeat(self.stands.components().count())),
        }
    }
}

/// Opens what is below a folder, without following any link.
pub(super) fn opened(folder: impl AsFd, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    resolved(folder, Path::new(path), flags, ResolveFlags::BENEATH)
}

/// The same, with what else must hold of the way.
fn resolved(folder: impl AsFd, path: &Path, flags: OFlags, way: ResolveFlags) -> Result<OwnedFd, Errno> {
    let resolve = way | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    // The kernel asks to try again when something was renamed while it looked.
    for _ in 0..32 {
        match rustix::fs::openat2(folder.as_fd(), path, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            other => return other,
        }
    }
    Err(Errno::TIMEDOUT)
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

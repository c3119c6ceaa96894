//! What of the tree a server needs: itself, the texts that it has not seen, and which files there are.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::{Answered, walk};
use super::{Text, Tree, text_of};
use crate::languages::Family;

/// Where projects keep programs of their own.
const IN_PROJECT: [&str; 3] = ["node_modules/.bin", ".venv/bin", "venv/bin"];
/// With more files, or longer names altogether, nobody keeps a server in step.
const MOST_FILES: usize = 20_000;
const MOST_NAMES: usize = 1_000_000;
/// What the texts of one answer may have, as JSON.
const MOST_TEXTS: usize = 1_500_000;
const LONGEST: Duration = Duration::from_secs(20);

/// The command line of the first server of a family that is there: of the tree, from the file's folder upward, or of the box.
pub(super) fn command(tree: &Tree, family: Family, path: &str, programs: &[String]) -> Option<String> {
    let folders: Vec<&Path> = Path::new(path).ancestors().skip(1).collect();
    family.programs().iter().find_map(|(program, arguments)| {
        let own = folders.iter().flat_map(|folder| IN_PROJECT.map(|kept| folder.join(kept).join(program)));
        let own = own.filter(|place| is_program(&tree.root().join(place))).find_map(|place| plain(&place));
        let found = own.or_else(|| programs.iter().any(|folder| is_program(&Path::new(folder).join(program))).then(|| (*program).to_owned()));
        found.map(|program| format!("{program}{arguments}"))
    })
}

fn is_program(place: &Path) -> bool {
    place.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// A path that a shell reads as one plain word which is no option.
fn plain(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '@' | '+');
    (!text.starts_with('-') && text.chars().all(is_plain)).then(|| format!("./{text}"))
}

/// The files of a family, each with what changes when it does: its inode, its size and the time of its last change, which no
/// program can set.
pub(super) fn stamps(tree: &Tree, family: Family) -> Option<BTreeMap<String, u64>> {
    let (begun, mut names) = (Instant::now(), 0);
    let mut stamps = BTreeMap::new();
    for entry in walk(tree.root()).entries().flatten() {
        let path = entry.path().strip_prefix(tree.root()).ok().and_then(Path::to_str);
        let Some(path) = path.filter(|path| Family::of(path) == Some(family)) else { continue };
        let Some(meta) = entry.metadata().ok().filter(|meta| meta.is_file()) else { continue };
        names += path.len();
        if stamps.len() >= MOST_FILES || names > MOST_NAMES || begun.elapsed() > LONGEST {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        (meta.ino(), meta.len(), meta.ctime(), meta.ctime_nsec()).hash(&mut hasher);
        stamps.insert(path.to_owned(), hasher.finish());
    }
    Some(stamps)
}

/// The texts of these files, as far as there is room; a file that is gone or no text has none.
pub(super) fn texts(tree: &Tree, paths: &[String]) -> Answered {
    let mut texts = Vec::new();
    let mut used = 0;
    for path in paths {
        let Some(text) = tree.existing(path).ok().and_then(|place| text_of(&place, path).ok()) else { continue };
        used += serde_json::to_string(&text).map_or(usize::MAX, |json| json.len()).saturating_add(path.len());
        if used > MOST_TEXTS {
            break;
        }
        texts.push(Text { path: path.clone(), text });
    }
    Answered { texts, ..Answered::said("texts") }
}

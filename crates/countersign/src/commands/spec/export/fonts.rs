//! Fonts for what the built-in ones lack: those that were typed, then those of this machine, in the order of their paths.
//!
//! The machine is looked through only when a character is missing, so most documents come out the same everywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use paper::Fonts;

use crate::home;
use crate::screen::Misuse;
use crate::words;

/// Bytes of a font, files that are looked at, and folders below each other.
const MOST_BYTES: u64 = 64 << 20;
const MOST_FILES: usize = 10_000;
const DEEPEST: usize = 6;

/// All that the text takes, as far as there is any.
pub(super) fn for_text(typed: &[PathBuf], text: &str) -> anyhow::Result<Fonts> {
    let mut fonts = Fonts::embedded();
    let mut missing = fonts.missing(text);
    for path in typed {
        let shown = words::safe(&path.display().to_string());
        let bytes = fs::read(path).with_context(|| format!("the font `{shown}` cannot be read"))?;
        fonts.bring(bytes, &missing).map_err(|e| Misuse(format!("the font `{shown}` cannot be used: {e}")))?;
        missing = fonts.missing(text);
    }
    if !missing.is_empty() {
        of_the_machine(&mut fonts, text, missing)?;
    }
    Ok(fonts)
}

fn of_the_machine(fonts: &mut Fonts, text: &str, mut missing: BTreeSet<char>) -> anyhow::Result<()> {
    let home = home::user_home()?;
    let mut files = Vec::new();
    for folder in [home.join(".local/share/fonts"), home.join(".fonts"), "/usr/local/share/fonts".into(), "/usr/share/fonts".into()] {
        let mut found = Vec::new();
        below(&folder, 0, &mut found);
        found.sort();
        files.extend(found);
    }
    for path in files.into_iter().take(MOST_FILES) {
        if missing.is_empty() {
            break;
        }
        let small = fs::metadata(&path).is_ok_and(|found| found.len() <= MOST_BYTES);
        // One that cannot be read or is none is passed over: what stays missing is named in the end.
        let brought = small && fs::read(&path).is_ok_and(|bytes| fonts.bring(bytes, &missing).unwrap_or(false));
        if brought {
            missing = fonts.missing(text);
        }
    }
    Ok(())
}

fn below(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_font = path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| ["ttf", "otf", "ttc", "otc"].contains(&ending.to_ascii_lowercase().as_str()));
        if path.is_dir() && depth < DEEPEST {
            below(&path, depth + 1, found);
        } else if is_font && found.len() < MOST_FILES {
            found.push(path);
        }
    }
}

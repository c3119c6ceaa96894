//! What sources define: of one file, of each file below a directory, or the map of all.

use std::cell::RefCell;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use action::Count;

use super::tree::{Tree, open_file};
use super::{Answered, MOST_TEXT, Trouble, bytes};
use crate::code::{Language, Map, Outline, Outlines, Survey, Wish, row};

/// Nobody can stop it from outside; what was not read by then is named.
const LONGEST: Duration = Duration::from_secs(20);
/// More bytes of one file are not read; the outline refuses long before.
const MOST_READ: u64 = 2 << 20;

thread_local! {
    /// What was read before in this process, which serves one box and nothing else. It holds pure functions of bytes, by
    /// their digest: nobody can tell whether it is there but by the time that it saves.
    static KNOWN: RefCell<Outlines> = RefCell::new(Outlines::default());
}

pub(super) fn outline(tree: &Tree, path: &str) -> Result<Answered, Trouble> {
    let place = tree.existing(path)?;
    if place.is_dir() {
        let survey = surveyed(&place);
        return Ok(each(path, &survey));
    }
    let refused = |why: String| Trouble::NoOutline { path: path.to_owned(), why };
    let language = Language::of(path).ok_or_else(|| refused("its language is not one that is read".to_owned()))?;
    let (file, _) = open_file(&place, path)?;
    let mut source = Vec::new();
    file.take(MOST_READ).read_to_end(&mut source).map_err(|e| Trouble::of(path, &e))?;
    let outline = KNOWN.with_borrow_mut(|known| known.of(language, &source)).map_err(|why| refused(why.to_string()))?;
    let definitions = Count::new(outline.definitions.len() as u64, "definitions");
    let mut text = String::new();
    let whole = rows(&mut text, &outline);
    text.push_str(&ends(&outline, whole));
    Ok(Answered::done(format!("`{path}`, {definitions}"), text))
}

/// The sources below a place.
pub(super) fn surveyed(place: &Path) -> Survey {
    KNOWN.with_borrow_mut(|known| known.survey(place, LONGEST))
}

/// Whether all of them had room.
fn rows(text: &mut String, outline: &Outline) -> bool {
    for one in &outline.definitions {
        let row = row(one);
        if text.len() + row.len() > MOST_TEXT {
            return false;
        }
        text.push_str(&row);
    }
    true
}

fn ends(outline: &Outline, whole: bool) -> String {
    let mut end = String::new();
    if outline.definitions.is_empty() {
        end.push_str("(nothing is defined)\n");
    }
    if !whole || outline.cut {
        end.push_str("[there are more definitions; use `grep` or `read`]\n");
    }
    if outline.broken {
        end.push_str("[parts of it are not understood; definitions may be missing]\n");
    }
    end
}

fn each(path: &str, survey: &Survey) -> Answered {
    let mut text = String::new();
    let mut told = 0;
    for (name, outline) in survey.files.iter().filter(|(_, outline)| !outline.definitions.is_empty()) {
        text.push_str(&format!("{}\n", action::visible(name)));
        if text.len() > MOST_TEXT || !rows(&mut text, outline) {
            text.push_str(&format!("[cut after {}; name a directory further down, or use `map`]\n", bytes(MOST_TEXT as u64)));
            break;
        }
        told += outline.definitions.len();
    }
    for unread in survey.unread.iter().take(20) {
        text.push_str(&format!("[not read: {}: {}]\n", action::visible(&unread.path), unread.why));
    }
    if text.is_empty() {
        text.push_str("(no definitions in a language that is read)\n");
    }
    Answered::done(format!("`{path}`, {} of {}", Count::new(told as u64, "definitions"), Count::new(survey.files.len() as u64, "files")), text)
}

pub(super) fn map(tree: &Tree, path: &str, budget: u64, about: &str) -> Result<Answered, Trouble> {
    let place = tree.existing(path)?;
    if !place.is_dir() {
        return Err(Trouble::NotDirectory { path: path.to_owned() });
    }
    let survey = surveyed(&place);
    let budget = usize::try_from(budget.min(crate::shape::MOST_BUDGET)).unwrap_or(usize::MAX);
    let map = Map::of(&survey, &Wish { budget, about: about.to_owned(), near: Vec::new() });
    let line = format!("map of `{path}`: {} of {}", map.files.len(), Count::new(survey.files.len() as u64, "files"));
    Ok(Answered::done(line, map.text()))
}

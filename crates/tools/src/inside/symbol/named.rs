//! What stands at the places that a server named. It may name anything; told is what is a file of the tree that an agent may see.

use std::collections::BTreeSet;
use std::path::Path;

use action::{Count, Seeks, visible};

use super::super::list::is_kept_out;
use super::super::Answered;
use super::by_name::Rows;
use super::{Places, Tree, Wanted, index, row, text_of};

/// Places outside of the tree that are named.
const MOST_OUTSIDE: usize = 20;

pub(super) fn told(tree: &Tree, wanted: &Wanted<'_>, places: &Places) -> Answered {
    let mut rows = Rows::default();
    let (mut kept, mut odd) = (0, 0);
    let all: BTreeSet<_> = places.inside.iter().collect();
    let mut last: Option<(&str, Seen)> = None;
    for place in all {
        let seen = match last.take() {
            Some((path, seen)) if path == place.path => seen,
            _ => look(tree, &place.path),
        };
        match &seen {
            Seen::Text(text) => match text.lines().nth(index(place.line)) {
                Some(line) => rows.add(&row(&visible(&place.path), place.line, line)),
                None => odd += 1,
            },
            Seen::KeptBack => kept += 1,
            Seen::Nothing => odd += 1,
        }
        last = Some((&place.path, seen));
    }
    for outside in places.outside.iter().take(MOST_OUTSIDE) {
        rows.add(&format!("outside the project: {}\n", visible(outside)));
    }
    answered(wanted, places, rows, [kept, odd])
}

fn answered(wanted: &Wanted<'_>, places: &Places, rows: Rows, [kept, odd]: [u64; 2]) -> Answered {
    let what = match wanted.seeks {
        Seeks::Definition => "definitions",
        Seeks::References => "references",
    };
    let (count, name) = (Count::new(rows.count, what), visible(wanted.symbol));
    let mut text = rows.text.clone();
    text.push_str(&rows.more());
    if rows.count == 0 {
        text.push_str(&format!("it knows no {what} of `{name}`\n"));
    }
    let unnamed = places.outside.len().saturating_sub(MOST_OUTSIDE) as u64 + places.more;
    for (count, why) in [(unnamed, "not told"), (kept, "not for an agent to see"), (odd, "not there")] {
        if count > 0 {
            text.push_str(&format!("[{why}: {}]\n", Count::new(count, "places")));
        }
    }
    if let Some(ailing) = &places.ailing {
        text.push_str(&format!("[there may be more: the server says `{}`]\n", visible(ailing)));
    }
    text.push_str(&format!("[by what it means, says `{}`]\n", visible(&places.server)));
    Answered::done(format!("`{name}`, {count} by `{}`", visible(&places.server)), text)
}

enum Seen {
    Text(String),
    /// A secret, or what `.kiroignore` names.
    KeptBack,
    Nothing,
}

fn look(tree: &Tree, path: &str) -> Seen {
    let Ok(place) = tree.existing(path) else { return Seen::Nothing };
    if is_secret(&place) || is_kept_out(&place) {
        return Seen::KeptBack;
    }
    match text_of(&place, path) {
        Ok(text) if text == sandbox::PLACEHOLDER => Seen::KeptBack,
        Ok(text) => Seen::Text(text),
        Err(_) => Seen::Nothing,
    }
}

fn is_secret(place: &Path) -> bool {
    place.file_name().is_some_and(|name| sandbox::is_secret_name(name.as_encoded_bytes()))
}

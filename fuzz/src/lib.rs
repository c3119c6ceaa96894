//! What the fuzz targets share: a world to read in, and what holds of every reading.
//!
//! Each target takes bytes, asks a reader, and panics where something does not hold that must hold of every input. The first byte of an
//! input chooses among the ways to read it (a shell, a place, a kind), counted from `0`; the rest is the text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use action::{Certainty, Effect, Environment, EnvironmentName, Generation, Tier};
use effects::{Facts, FileFact, FileKind, GitFact, ProfileFact, Reading, StateFact};

/// A choice, and the text behind it. Bytes that are no text are replaced, as the callers of the readers do.
pub fn input(data: &[u8]) -> Option<(usize, Cow<'_, str>)> {
    let (choice, text) = data.split_first()?;
    Some((usize::from(choice.wrapping_sub(b'0')), String::from_utf8_lossy(text)))
}

/// One of several, by a choice; what is left of the choice chooses the next.
pub fn choose<T: Copy>(choice: &mut usize, from: &[T]) -> T {
    let chosen = from[*choice % from.len()];
    *choice /= from.len();
    chosen
}

/// A world in which something of each kind is known.
pub fn facts() -> &'static Facts {
    static FACTS: LazyLock<Facts> = LazyLock::new(known);
    &FACTS
}

fn known() -> Facts {
    let scripts = [("clean.sh", "rm -rf \"$1\"/old build\n"), ("nested.sh", "sh ./clean.sh /etc\n"), ("again.sh", "./again.sh\n"), ("lib.sh", "D=/etc/app\ncd sub\n")];
    let file = |kind, tracked| FileFact { kind, size: 3, tracked, ..FileFact::default() };
    let files = [
        ("src", file(FileKind::Directory, Some(true))),
        ("link", file(FileKind::Symlink { target: "/srv/live".into() }, None)),
        ("loop", file(FileKind::Symlink { target: "loop".into() }, None)),
        ("a", file(FileKind::File, Some(false))),
    ];
    let profile = |region: &str| ProfileFact { account: "111122223333".into(), region: region.into() };
    Facts {
        tree: "/home/ana/app".into(),
        home: "/home/ana".into(),
        environments: vec![(production(), Generation(1)), (development(), Generation(2))],
        files: owned(files),
        scripts: scripts.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect(),
        git: Some(GitFact {
            branch: "main".into(),
            dirty: 3,
            remotes: vec![("origin".into(), "git@example.com:ops/app.git".into())],
            upstream: Some("origin/main".into()),
            ..GitFact::default()
        }),
        reachable_hosts: vec!["crates.io".into()],
        state: Some(StateFact { lineage: "fuzz".into(), serial: 7, ..StateFact::default() }),
        profiles: owned([("default", profile("eu-north-1")), ("prod", profile("eu-west-1"))]),
        clusters: owned([("", "https://10.0.0.9:6443".to_owned()), ("prod", "https://k8s.example.com:6443".to_owned())]),
        ..Facts::default()
    }
}

fn production() -> Environment {
    Environment {
        name: EnvironmentName::new("production"),
        tier: Tier::Production,
        paths: vec!["/srv/live".into()],
        hosts: vec!["db.example.com".into(), "k8s.example.com:6443".into()],
        remotes: vec!["git@example.com:ops/app.git".into()],
        recovery: vec![],
        owners: Vec::new(),
        terms: Default::default(),
        identities: vec!["aws:111122223333/eu-west-1".into(), "state:fuzz".into()],
    }
}

fn development() -> Environment {
    Environment {
        name: EnvironmentName::new("dev"),
        tier: Tier::Development,
        paths: vec![],
        hosts: vec!["10.0.0.9".into()],
        remotes: vec![],
        recovery: vec![],
        owners: Vec::new(),
        terms: Default::default(),
        identities: vec!["aws:111122223333/eu-north-1".into()],
    }
}

fn owned<T, const N: usize>(pairs: [(&str, T); N]) -> BTreeMap<String, T> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Every place is one of the text, and each effect can be shown.
pub fn fits(text: &str, reading: &Reading) {
    for sighting in reading.sightings() {
        assert!(text.get(sighting.span.start..sighting.span.end).is_some(), "{sighting:?} is no place of the text");
        assert!(!sighting.effect.line().chars().any(char::is_control), "{sighting:?} is not shown as one line");
    }
}

/// What was read before is there after more was added: the same, or graver, or of its kind with a name that could not be read.
pub fn stays(before: &Reading, after: &Reading) {
    let after = after.effects();
    for effect in &before.effects() {
        assert!(after.iter().any(|other| covers(other, effect)), "{effect:?}\nis not in {:#?}", after.lines());
    }
}

fn covers(other: &Effect, effect: &Effect) -> bool {
    let unnamed = other.certainty == Certainty::Opaque;
    other.verb == effect.verb && other.tier >= effect.tier && (other.resource == effect.resource || unnamed)
}

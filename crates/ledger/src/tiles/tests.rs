use super::*;
use proptest::prelude::*;

fn tile(kind: Kind, n: u64, width: u16) -> Tile {
    Tile { kind, n, width }
}

/// Paths from the text of the specification, and around them.
#[test]
fn paths_are_those_of_the_specification() {
    for (path, is) in [
        ("tile/0/x001/x234/067", tile(Kind::Hashes(0), 1_234_067, 256)),
        ("tile/0/x001/x234/067.p/8", tile(Kind::Hashes(0), 1_234_067, 8)),
        ("tile/63/000", tile(Kind::Hashes(63), 0, 256)),
        ("tile/entries/000.p/1", tile(Kind::Entries, 0, 1)),
        ("tile/entries/x001/000", tile(Kind::Entries, 1_000, 256)),
    ] {
        assert_eq!(is.to_string(), path);
        assert_eq!(Tile::from_path(path), Some(is));
    }
    for bad in [
        "tile/0/0",
        "tile/0/001/",
        "tile/00/001",
        "tile/0/x000/001",
        "tile/0/x1/001",
        "tile/data/000",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/-01",
        "tile/0/+01",
        "tile/0",
        "checkpoint",
        "tile/entries/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(Tile::from_path(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn any_path_is_read_back(n in any::<u64>(), level in 0_u8..64, width in 1_u16..=256) {
        for kind in [Kind::Entries, Kind::Hashes(level)] {
            let tile = tile(kind, n, width);
            prop_assert_eq!(Tile::from_path(&tile.to_string()), Some(tile));
        }
    }

    #[test]
    fn a_bundle_gives_back_its_entries(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20)) {
        let mut bundle = Vec::new();
        for entry in &entries {
            prop_assert!(put_entry(&mut bundle, entry));
        }
        let mut rest = bundle.as_slice();
        for entry in &entries {
            prop_assert_eq!(take_entry(&mut rest), Some(entry.as_slice()));
        }
        prop_assert_eq!(take_entry(&mut rest), None);
        if let Some(cut) = bundle.len().checked_sub(1) {
            let mut rest = &bundle[..cut];
            let whole = std::iter::from_fn(|| take_entry(&mut rest)).count();
            prop_assert_eq!(whole, entries.len() - 1);
        }
    }
}

#[test]
fn the_tiles_of_a_tree_are_those_that_belong_to_it() {
    for size in [0_u64, 1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000] {
        let mut made = Vec::new();
        let mut tiling = Tiling::default();
        let mut keep = |tile: Tile, hashes: &[Hash]| {
            assert_eq!(hashes.len(), usize::from(tile.width));
            made.push(tile);
            Ok::<(), ()>(())
        };
        (0..size).for_each(|n| tiling.push(Hash([u8::try_from(n % 251).unwrap(); 32]), &mut keep).unwrap());
        tiling.finish(&mut keep).unwrap();
        let all = (0..levels(size)).flat_map(|level| {
            let tiles = count_on(size, level).div_ceil(256);
            (0..tiles).map(move |n| tile(Kind::Hashes(level), n, width_of(size, level, n)))
        });
        let all: Vec<Tile> = all.collect();
        assert_eq!(all.len(), made.len());
        assert!(all.iter().all(|tile| made.contains(tile) && tile.belongs_to(size)), "{size}");
        assert!(!tile(Kind::Hashes(0), size / 256 + 1, 1).belongs_to(size));
    }
}

#[test]
fn what_a_bundle_cannot_say_is_not_put() {
    let mut bundle = Vec::new();
    assert!(!put_entry(&mut bundle, &[0; 65_536]));
    assert!(bundle.is_empty());
    assert!(put_entry(&mut bundle, &[0; 65_535]));
}

#[test]
fn the_first_entry_of_a_tile() {
    assert_eq!(tile(Kind::Entries, 3, 256).first_entry(), 768);
    assert_eq!(tile(Kind::Hashes(0), 3, 9).first_entry(), 768);
    assert_eq!(tile(Kind::Hashes(1), 3, 9).first_entry(), 3 * 65_536);
    assert_eq!(tile(Kind::Hashes(63), 3, 9).first_entry(), u64::MAX);
}

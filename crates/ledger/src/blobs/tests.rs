use super::*;
use tempfile::TempDir;

fn blobs() -> (TempDir, Blobs) {
    let folder = TempDir::new().unwrap();
    let blobs = Blobs::new(folder.path().join("blobs"));
    make_folder(&blobs.root).unwrap();
    (folder, blobs)
}

#[test]
fn a_blob_is_read_back_and_listed() {
    let (_folder, blobs) = blobs();
    let a = blobs.put(b"a plan").unwrap();
    let b = blobs.put(b"").unwrap();
    assert_eq!(blobs.put(b"a plan").unwrap(), a);
    assert_eq!(a, Hash::of(b"a plan"));
    assert_eq!(blobs.get(&a).unwrap().unwrap(), b"a plan");
    assert_eq!(blobs.get(&b).unwrap().unwrap(), b"");
    assert_eq!(blobs.get(&Hash::of(b"other")).unwrap(), None);
    let mut names = vec![a, b];
    names.sort_unstable();
    assert_eq!(blobs.names().unwrap(), names);
}

#[test]
fn a_rotten_blob_is_not_handed_out_and_heals() {
    let (_folder, blobs) = blobs();
    let hash = blobs.put(b"a plan").unwrap();
    fs::write(blobs.path(&hash), b"a plot").unwrap();
    assert!(matches!(blobs.get(&hash), Err(BlobError::Damaged { .. })));
    blobs.put(b"a plan").unwrap();
    assert_eq!(blobs.get(&hash).unwrap().unwrap(), b"a plan");
}

#[test]
fn what_a_crash_left_is_neither_listed_nor_in_the_way() {
    let (_folder, blobs) = blobs();
    let path = blobs.path(&Hash::of(b"a plan"));
    make_folder(path.parent().unwrap()).unwrap();
    fs::write(path.with_extension("0.part"), b"a pl").unwrap();
    assert_eq!(blobs.names().unwrap(), []);
    let hash = blobs.put(b"a plan").unwrap();
    assert_eq!(blobs.names().unwrap(), [hash]);
    assert_eq!(blobs.get(&hash).unwrap().unwrap(), b"a plan");
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let (folder, blobs) = blobs();
    fs::remove_dir(&blobs.root).unwrap();
    fs::write(&blobs.root, "a file").unwrap();
    let error = blobs.put(b"a plan").unwrap_err();
    assert!(matches!(error, BlobError::NotKept { .. }));
    assert!(error.to_string().contains(folder.path().to_str().unwrap()), "{error}");
}

#[test]
fn threads_putting_the_same_blob_agree() {
    let (_folder, blobs) = blobs();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| blobs.put(&[7; 100_000]).unwrap());
        }
    });
    assert_eq!(blobs.names().unwrap().len(), 1);
    assert_eq!(blobs.get(&Hash::of(&[7; 100_000])).unwrap().unwrap().len(), 100_000);
}

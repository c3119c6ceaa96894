use super::*;

#[test]
fn a_log_is_read_part_by_part() {
    let zero = "0".repeat(40);
    let log = format!(
        "aa\0rm\0rm\n\nspec: shop\nTask: 1.1\n\0\0\n:100644 000000 11 {zero} D\0b.rs\0bb\0empty\0empty\n\nSpec: shop\nTask: 1.2, 1.3\nRequirements: 2.1\n\0\0cc\0other\0other\n\nSpec: shopping\n\0\0\n:1 2 33 44 A\0x\0"
    );
    let changes = read_log(&log, "shop");
    let short: Vec<(&str, &[String], &[String])> = changes.iter().map(|change| (change.commit.sha.as_str(), change.commit.tasks.as_slice(), change.commit.criteria.as_slice())).collect();
    assert_eq!(short, [("aa", &["1.1".to_owned()][..], &[][..]), ("bb", &["1.2".to_owned(), "1.3".to_owned()][..], &["2.1".to_owned()][..])]);
    assert_eq!(changes[0].blobs, [("b.rs".to_owned(), None)]);
}

#[test]
fn only_the_last_paragraph_has_trailers() {
    assert_eq!(trailer("x\n\nTask: 1\n\nmore words", "task"), [] as [&str; 0]);
    assert_eq!(trailer("x\n\nTask: 1\nTASK: 2 , 3\nTasked: 4", "task"), ["1", "2", "3"]);
    assert_eq!(trailer("", "task"), [] as [&str; 0]);
}

#[test]
fn objects_are_read_in_their_order_and_missing_ones_are_none() {
    let said = b"aa blob 3\nx\ny\nbb missing\ncc tree 2\nzz\ndd blob 0\n\n";
    let mut rest = &said[..];
    let read: Vec<Option<Vec<u8>>> = (0..5).map(|_| next_blob(&mut rest)).collect();
    assert_eq!(read, [Some(b"x\ny".to_vec()), None, None, Some(Vec::new()), None]);
}

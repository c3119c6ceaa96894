use super::*;

fn kept(most: usize, parts: &[&[u8]]) -> Kept {
    let mut kept = Kept::new(most);
    parts.iter().for_each(|part| kept.push(part));
    kept
}

#[test]
fn what_fits_is_kept_as_it_is() {
    assert_eq!(kept(10, &[b"abc", b"", b"defghij"]).into_bytes(), b"abcdefghij");
    assert_eq!(kept(10, &[]).into_bytes(), b"");
}

#[test]
fn what_does_not_fit_loses_its_middle_and_says_how_much() {
    let kept = kept(4, &[b"ab", b"cdef", b"g"]);
    assert_eq!(kept.cut(), 3);
    assert_eq!(String::from_utf8(kept.into_bytes()).unwrap(), "ab\n[… 3 bytes cut …]\nfg");
}

#[test]
fn one_large_piece_and_many_small_ones_are_the_same() {
    let bytes: Vec<u8> = (0..1000_u32).map(|n| (n % 251) as u8).collect();
    let small: Vec<&[u8]> = bytes.chunks(7).collect();
    assert_eq!(kept(100, &[&bytes]).into_bytes(), kept(100, &small).into_bytes());
}

#[test]
fn memory_does_not_grow_with_the_stream() {
    let mut kept = Kept::new(1 << 20);
    for _ in 0..1600 {
        kept.push(&[b'x'; 1 << 16]);
    }
    assert_eq!(kept.total, 100 << 20);
    assert!(kept.head.capacity() + kept.tail.capacity() <= 4 << 20, "{} {}", kept.head.capacity(), kept.tail.capacity());
    assert!(kept.into_bytes().len() < (1 << 20) + 64);
}

#[test]
fn an_excerpt_has_the_beginning_and_the_end_in_whole_lines() {
    let text: String = (1..=10_000).map(|n| format!("line {n}\n")).collect();
    let kept = kept(1 << 20, &[text.as_bytes()]);
    let excerpt = kept.excerpt(3_000);
    assert!(excerpt.starts_with("line 1\nline 2\n"), "{excerpt}");
    assert!(excerpt.ends_with("line 9999\nline 10000\n"), "{excerpt}");
    assert!(excerpt.len() < 3_100, "{}", excerpt.len());
    let (before, after) = excerpt.split_once("\n[… ").unwrap();
    let (_, after) = after.split_once(" bytes cut …]\n").unwrap();
    for line in before.lines().chain(after.lines()) {
        assert!(text.contains(&format!("{line}\n")), "`{line}` was torn");
    }
}

#[test]
fn an_excerpt_counts_all_that_it_leaves_out() {
    let kept = kept(1_000, &["x\n".repeat(50_000).as_bytes()]);
    let excerpt = kept.excerpt(400);
    let shown = excerpt.matches("x\n").count() as u64 * 2;
    let cut: u64 = excerpt.split_once("… ").unwrap().1.split_once(" bytes").unwrap().0.replace(',', "").parse().unwrap();
    assert!((shown + cut).abs_diff(100_000) <= 2, "{shown} + {cut}");
}

#[test]
fn binary_output_is_not_shown() {
    assert_eq!(kept(100, &[b"\x7fELF\0\0"]).excerpt(100), "[binary output, 6 bytes]\n");
}

use proptest::prelude::*;

use super::*;

#[test]
fn a_name_is_found_as_a_word_and_counted_in_utf_16() {
    let table = [
        ("def total(x):", "total", Some(4)),
        ("subtotal total", "total", Some(9)),
        ("total_ $total totals", "total", None),
        ("\"😀é\" total", "total", Some(6)),
        ("total", "total", Some(0)),
        ("x.total", "total", Some(2)),
        ("", "total", None),
    ];
    for (line, name, expected) in table {
        assert_eq!(column(line, name), expected, "{line}");
    }
}

proptest! {
    #[test]
    fn no_line_makes_it_panic(line in any::<String>(), name in "[a-zé_$]{1,4}") {
        prop_assert!(column(&line, &name).is_none_or(|at| at as usize <= line.len()));
    }
}

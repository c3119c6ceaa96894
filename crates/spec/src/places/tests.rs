use proptest::prelude::*;

use super::*;

#[test]
fn lines_and_columns_count_from_one_in_characters() {
    let text = "\u{feff}ab\r\nюя\n\nz";
    let mut places = Places::of(text);
    let at = |needle: &str| text.find(needle).unwrap();
    assert_eq!(places.place(at("b")), Place { line: 1, column: 2 });
    assert_eq!(places.place(at("я")), Place { line: 2, column: 2 });
    assert_eq!(places.place(at("z")), Place { line: 4, column: 1 });
    assert_eq!(places.place(0), Place { line: 1, column: 1 });
    assert_eq!(places.place(9999), Place { line: 4, column: 2 });
    assert_eq!(places.span(&(at("ю")..at("я"))), (Place { line: 2, column: 1 }, Place { line: 2, column: 2 }));
}

#[test]
fn many_places_in_one_long_line_take_no_time() {
    let text = "я".repeat(1_000_000);
    let mut places = Places::of(&text);
    let begun = std::time::Instant::now();
    assert_eq!((0..1_000_000).map(|at| places.place(at * 2).column).last(), Some(1_000_000));
    assert!(begun.elapsed().as_secs() < 5);
}

proptest! {
    #[test]
    fn it_agrees_with_counting(text in "[aя\n\r]{0,30}", order in prop::collection::vec(0usize..40, 0..20)) {
        let mut places = Places::of(&text);
        for at in order.into_iter().filter(|at| text.is_char_boundary(*at)) {
            let place = places.place(at);
            prop_assert_eq!((place.line, place.column), crate::text::place(&text, at));
        }
    }
}

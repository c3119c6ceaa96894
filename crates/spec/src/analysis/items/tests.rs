use super::*;

fn check(text: &str, expected: &[Item]) {
    assert_eq!(items(text), expected, "{text}");
}

fn word(says: &str) -> Item {
    Item::Word(says.to_owned())
}

fn number(digits: i64, decimals: u32) -> Item {
    Item::Number(Number { digits, decimals })
}

#[test]
fn comparisons_of_several_words_are_one_item() {
    check("greater than or equal to 5", &[Item::Compare(Compare::AtLeast), number(5, 0)]);
    check("No More Than three", &[Item::Compare(Compare::AtMost), number(3, 0)]);
    check("is not less than 2.50 %", &[Item::Compare(Compare::AtLeast), number(250, 2), word("%")]);
    check("x>=7", &[word("x"), Item::Compare(Compare::AtLeast), number(7, 0)]);
}

#[test]
fn a_comparison_without_a_number_stays_words() {
    check("hovers over the map", &["hovers", "over", "the", "map"].map(word));
    check("more than a few", &["more", "than", "a", "few"].map(word));
}

#[test]
fn what_follows_a_number_can_compare_it() {
    check("3 or more items", &[Item::Compare(Compare::AtLeast), number(3, 0), word("items")]);
    check("100 EUR or less", &[Item::Compare(Compare::AtMost), number(100, 0), word("eur")]);
    check("3 or 4 items", &[number(3, 0), word("or"), number(4, 0), word("items")]);
}

#[test]
fn numbers_have_thousands_and_units_that_touch() {
    check("1,000.5ms", &[number(10_005, 1), word("ms")]);
    check("over €1,250", &[Item::Compare(Compare::More), word("€"), number(1250, 0)]);
    check("1.2.3 10,00", &[word("1.2.3"), word("10,00")]);
    check("99999999999999999999", &[word("99999999999999999999")]);
}

#[test]
fn quotes_hold_a_word_together_and_unclosed_ones_do_not() {
    check("says `a  or b`, now", &[word("says"), word("\"a or b\""), Item::Comma, word("now")]);
    check("says \"a or", &["says", "a", "or"].map(word));
}

#[test]
fn possessives_and_underscores_part() {
    check("User's Account_State isn't x", &["user", "account", "state", "is", "not", "x"].map(word));
}

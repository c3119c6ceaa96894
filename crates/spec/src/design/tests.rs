use super::*;
use crate::reference::Referred;
use crate::text::apply;

fn properties_of(text: &str) -> Vec<(String, String)> {
    Design::read(text).properties.into_iter().map(|one| (one.number, one.name)).collect()
}

#[test]
fn the_headings_of_a_property() {
    for heading in [
        "### Property 1: Sums agree",
        "#### Property 1: Sums agree",
        "**Property 1: Sums agree**",
        "Property 1: Sums agree",
        "### Property 1 — Sums agree",
        "### Property 1. Sums agree",
        "### **Property 1: Sums agree**",
        "### Correctness Property 1: Sums agree",
        "### 属性 1：Sums agree",
        "### Свойство 1: Sums agree",
    ] {
        let text = format!("## Correctness Properties\n\n{heading}\n\n*For any* sum, x SHALL hold\nin two lines.\n\n**Validates: Requirements 1.1, 1.2**\n\n## Next\n\nProse.\n");
        let design = Design::read(&text);
        assert_eq!(design.properties.len(), 1, "{heading}");
        let property = &design.properties[0];
        assert_eq!((&*property.number, &*property.name), ("1", "Sums agree"), "{heading}");
        assert_eq!(property.text, "*For any* sum, x SHALL hold in two lines.");
        let cited: Vec<_> = property.validates.iter().map(|one| one.to.clone()).collect();
        assert_eq!(cited, [Referred::Criterion("1.1".into()), Referred::Criterion("1.2".into())]);
        assert!(text[property.span.clone()].ends_with("1.2**"));
    }
}

#[test]
fn what_is_no_property() {
    for text in ["### Property Reflection\n\nProse.", "## Properties\n", "- Property 1: in a list", "```\n### Property 1: code\n```", "Property 1 holds always"] {
        assert!(properties_of(text).is_empty(), "{text}");
    }
}

#[test]
fn a_bold_mention_is_none_where_there_are_headings() {
    assert_eq!(properties_of("### Property 1: A\n\n## Testing\n\n**Property 1: A** is tested\n**Property 2: B**\n"), [("1".to_owned(), "A".to_owned())]);
}

#[test]
fn dotted_numbers_and_duplicates_are_kept() {
    let found = properties_of("### Property 1.1: A\n### Property 1.1: B\n### Property 2: C\n");
    assert_eq!(found.iter().map(|(number, _)| number.as_str()).collect::<Vec<_>>(), ["1.1", "1.1", "2"]);
}

#[test]
fn sections_end_before_the_next_of_their_level() {
    let text = "# A\none\n## B\ntwo\n\n## C\r\nthree\n\n";
    let spans: Vec<_> = Design::read(text).sections.into_iter().map(|section| text[section.span].to_owned()).collect();
    assert_eq!(spans, ["# A\none\n## B\ntwo\n\n## C\r\nthree", "## B\ntwo", "## C\r\nthree"]);
}

#[test]
fn no_section_goes_into_a_block_that_nobody_closed() {
    let new = NewSection { level: 2, title: "B", body: "b" };
    assert_eq!(insert_section("# A\n```\ncode\n", Some(0), &new), None);
    let edit = insert_section("# A\n", None, &new).unwrap();
    assert_eq!(apply("# A\n", &[edit]).unwrap(), "# A\n\n## B\n\nb\n");
    let edit = insert_section("", None, &new).unwrap();
    assert_eq!(apply("", &[edit]).unwrap(), "## B\n\nb");
}

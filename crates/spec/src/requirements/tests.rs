use super::*;

fn heads_of(text: &str) -> Vec<(String, String)> {
    Requirements::read(text).requirements.into_iter().map(|one| (one.number, one.title)).collect()
}

fn criteria_of(text: &str) -> Vec<(String, String)> {
    Requirements::read(text).criteria().map(|one| (one.id.clone(), one.text.clone())).collect()
}

fn check(text: &str, wanted: &[(&str, &str)]) {
    let found = criteria_of(text);
    let found: Vec<_> = found.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    assert_eq!(found, wanted, "{text}");
}

#[test]
fn the_headings_of_a_requirement() {
    for (heading, number, title) in [
        ("### Requirement 1", "1", ""),
        ("### Requirement 12: Pay", "12", "Pay"),
        ("## Requirement 1: Pay", "1", "Pay"),
        ("### Requirement 0 - Pay", "0", "Pay"),
        ("### Requirement #3: Pay", "3", "Pay"),
        ("### 需求 1：Pay", "1", "Pay"),
        ("### 需求1：Pay", "1", "Pay"),
        ("### 需求 1 - Pay", "1", "Pay"),
        ("### Requisito 1: Pay", "1", "Pay"),
        ("### Требование 1", "1", ""),
        ("### R1: Pay", "1", "Pay"),
        ("### REQ-1: Pay", "1", "Pay"),
        ("### **REQ-2a: Pay**", "2a", "Pay"),
        ("### FR-1: Pay", "1", "Pay"),
        ("### NFR-1: Pay", "NFR-1", "Pay"),
        ("**Requirement 4: Pay**", "4", "Pay"),
        ("## Requirements\n\n### 7. Pay", "7", "Pay"),
    ] {
        assert_eq!(heads_of(&format!("# Doc\n\n{heading}\n\nText\n")), [(number.to_owned(), title.to_owned())], "{heading}");
    }
}

#[test]
fn what_is_no_requirement() {
    for text in ["### Requirements", "### Requirement Analysis", "### 1. Intro", "### R2 storage backends", "```\n### Requirement 1\n```", "Requirement 1: in prose", "### React 18: notes", "### Requirements: 3 kinds"] {
        assert!(heads_of(text).is_empty(), "{text}");
    }
}

#[test]
fn criteria_are_counted_and_printed_ids_are_kept() {
    let head = "### Requirement 2: A\n\n#### Acceptance Criteria\n\n";
    for list in ["1. a\n2. b\n", "1. a\n1. b\n", "1) a\n\n2) b\n", "2.1 a\n2.2 b\n", "2.1. a\n2.2. b\n", "- **2.1** a\n- **2.2** b\n", "- a\n- b\n", "* 2.1: a\n* 2.2: b\n"] {
        check(&format!("{head}{list}"), &[("2.1", "a"), ("2.2", "b")]);
    }
    check(&format!("{head}2.1 a\n2.4 b\n\n2.4 c\n"), &[("2.1", "a"), ("2.4", "b"), ("2.4", "c")]);
}

#[test]
fn what_is_wrapped_nested_or_code_belongs_to_its_criterion() {
    let head = "### Requirement 2\n\n#### Acceptance Criteria\n\n";
    check(&format!("{head}1. a\nb\n   c\n2. d\n"), &[("2.1", "a b c"), ("2.2", "d")]);
    check(&format!("{head}1. a:\n   - b\n   - c\n\n   d\n2. e\n"), &[("2.1", "a: b c d"), ("2.2", "e")]);
    check(&format!("{head}1. a:\n   1. b\n   2. c\n2. e\n"), &[("2.1", "a: 1. b 2. c"), ("2.2", "e")]);
    check(&format!("{head}1. as of\n2.7 or so\n2. e\n"), &[("2.1", "as of 2.7 or so"), ("2.2", "e")]);
    check(&format!("{head}1. a\n   ```\n   2. code\n   ```\n2. e\n"), &[("2.1", "a"), ("2.2", "e")]);
    check(&format!("{head}1. a\n\nProse between.\n\n2. e\n"), &[("2.1", "a"), ("2.2", "e")]);
}

#[test]
fn only_the_part_under_the_acceptance_heading_counts() {
    check("### Requirement 1\n\n1. before\n\n#### Acceptance Criteria\n\n1. a\n\n#### Notes\n\n1. after\n", &[("1.1", "a")]);
    check("### Requirement 1\n\n### Acceptance Criteria\n\n1. a\n\n### Other\n\n1. after\n", &[("1.1", "a")]);
    check("### Requirement 1\n\n**Acceptance Criteria:**\n\n1. a\n\n**Notes:**\n\n1. after\n", &[("1.1", "a")]);
    check("### FR-1: X\n\n- a\n- b\n\n## Out\n\n- c\n", &[("1.1", "a"), ("1.2", "b")]);
    check("### 需求 1：X\n\n#### 验收标准\n\n1. 当甲时，系统应乙\n", &[("1.1", "当甲时，系统应乙")]);
    check("### 需求 1：X\n\n#### 驗收標準\n\n1. 當甲時，系統應乙\n", &[("1.1", "當甲時，系統應乙")]);
    check("### Requirement 1\n\n#### Критерии приемки\n\n1. а\n\n---\n\n2. не здесь\n", &[("1.1", "а"), ("1.2", "не здесь")]);
}

#[test]
fn stories_in_all_their_labels() {
    for label in ["**User Story:** ", "**User Story**: ", "User Story: ", "- **User Story:** ", "**用户故事：**", "**用户故事**：", "**Пользовательская история:** ", "#### User Story\n\n", "**Objective:** "] {
        let text = format!("### Requirement 1: X\n\n{label}As a buyer,\nI want it\n\n#### Acceptance Criteria\n\n1. a\n");
        let read = Requirements::read(&text);
        let story = read.requirements[0].story.as_ref().unwrap_or_else(|| panic!("{label}"));
        assert_eq!(story.text, "As a buyer, I want it", "{label}");
        assert_eq!(&text[story.span.clone()], "As a buyer,\nI want it");
    }
    assert_eq!(Requirements::read("### Requirement 1\n\nNo story: here\n").requirements[0].story, None);
}

#[test]
fn glossaries_are_lists_or_tables() {
    for list in ["- **Basket**: what is\n  bought\n", "- **Basket：** what is bought\n", "**Basket**: what is bought\n", "- Basket: what is bought\n", "- **Basket** — what is bought\n", "| Term | Says |\n|---|---|\n| **Basket** | what is bought |\n", "- `Basket`: what is bought\n"] {
        let read = Requirements::read(&format!("## Glossary\n\n{list}\n## Requirements\n\n- **Other**: not a term\n"));
        let found: Vec<_> = read.glossary.iter().map(|term| (term.name.as_str(), term.says.as_str())).collect();
        assert_eq!(found, [("Basket", "what is bought")], "{list}");
    }
}

#[test]
fn a_free_form_file_has_no_requirements() {
    let read = Requirements::read("# Ideas\n\n1. do this\n2. do that\n");
    assert!(read.requirements.is_empty());
    assert_eq!(Requirements::read(""), Requirements::default());
}

#[test]
fn places_are_the_section_the_heading_the_criterion_and_its_words() {
    let text = "\u{feff}# A\r\n\r\n### Requirement 1: X\r\n\r\n1. **1.1** WHEN a\r\n   b\r\n\r\n### Requirement 2\r\n";
    let read = Requirements::read(text);
    let (first, criterion) = (&read.requirements[0], &read.requirements[0].criteria[0]);
    assert_eq!(&text[first.heading.clone()], "### Requirement 1: X");
    assert!(text[first.span.clone()].starts_with("### Requirement 1") && text[first.span.clone()].ends_with("   b"));
    assert_eq!(&text[criterion.span.clone()], "1. **1.1** WHEN a\r\n   b");
    assert_eq!(&text[criterion.wording.clone()], "WHEN a\r\n   b");
    assert_eq!((criterion.printed.as_deref(), criterion.item.as_deref()), (Some("1.1"), Some("1")));
}

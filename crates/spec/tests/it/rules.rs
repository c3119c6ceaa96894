//! The rules as they are documented, and the checks on whole folders in the variants that teams write.

use spec::check::{RULES, check};
use spec::finding::Severity;
use spec::fmt::mends;
use spec::folder::Spec;

const DOCUMENTED: &str = include_str!("../../../../docs/spec-rules.md");

#[test]
fn every_rule_is_documented_as_it_is_and_no_other() {
    for rule in RULES {
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let row = format!("| `{}` | {severity} | {} | {} |", rule.id, rule.what, rule.why);
        assert!(DOCUMENTED.lines().any(|line| line == row), "docs/spec-rules.md has no row\n{row}");
    }
    let rows = DOCUMENTED.lines().filter(|line| line.starts_with("| `") && [" | error | ", " | warning | ", " | note | "].iter().any(|mark| line.contains(mark)));
    assert_eq!(rows.count(), RULES.len());
}

fn spec(files: &[(&str, &str)]) -> Spec {
    Spec::read("x", files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect())
}

/// Rules that a folder breaks, each once.
fn broken(files: &[(&str, &str)]) -> Vec<&'static str> {
    let mut rules: Vec<&str> = check(&spec(files)).into_iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

const DESIGN: &str = "# Design\n\n## Overview\n\nWords.\n";

#[test]
fn the_same_specification_is_sound_in_every_language_and_style() {
    for (requirements, tasks) in [
        (
            "### Requirement 1\n\n#### Acceptance Criteria\n\n1. WHEN a key is lost THEN the system SHALL lock the vault\n",
            "- [ ] 1. Lock it\n  - _Requirements: 1.1_\n",
        ),
        (
            "### 需求 1：保险库\n\n**用户故事：** 作为用户，我想要锁，以便安心\n\n#### 验收标准\n\n1. WHEN 钥匙丢失 THEN 系统 SHALL 锁定保险库\n2. 当钥匙返回时，系统应打开保险库\n",
            "- [ ] 1. 锁定\n  - _需求: 1.1, 1.2_\n",
        ),
        (
            "### Требование 1: Сейф\n\n#### Критерии приемки\n\n1. WHEN ключ потерян, THE Сейф SHALL закрыть дверь\n",
            "- [ ] 1. Дверь\n  - _Требования: 1.1_\n",
        ),
        (
            "### Requisito 1: Cofre\n\n#### Critérios de Aceitação\n\n1. WHEN a chave desaparece THEN o sistema SHALL trancar o cofre\n",
            "- [ ] 1. Trancar\n  - _Requirements: All_\n",
        ),
    ] {
        let files = [("requirements.md", requirements), ("design.md", DESIGN), ("tasks.md", tasks)];
        assert_eq!(broken(&files), [""; 0], "{requirements}");
        assert_eq!(mends(&spec(&files)), [], "{requirements}");
    }
}

#[test]
fn a_specification_that_is_half_written_at_any_byte_is_read_and_checked() {
    let requirements = "# Requirements Document\n\n### Requirement 1: Ä\n\n#### Acceptance Criteria\n\n1. WHEN x, THE Ä SHALL `y`\n";
    let tasks = "- [x] 1. Ä\n  - [ ] 1.1 B\n    - _Requirements: 1.1_\n\n```json\n{\"waves\": [{\"id\": 0, \"tasks\": [\"1.1\"]}]}\n```\n";
    let whole = [requirements.as_bytes(), tasks.as_bytes()];
    for cut in 0..whole[0].len().max(whole[1].len()) {
        let part = |bytes: &[u8]| bytes.get(..cut).unwrap_or(bytes).to_vec();
        let spec = Spec::read("x", vec![("requirements.md".into(), part(whole[0])), ("tasks.md".into(), part(whole[1]))]);
        for finding in check(&spec) {
            assert!(spec.text(&finding.file).is_none_or(|text| text.get(finding.span.clone()).is_some()), "{cut}: {finding:?}");
        }
        for (file, edits) in mends(&spec) {
            assert!(spec.file(&file).and_then(|file| file.apply(&edits)).is_some(), "{cut}");
        }
    }
}

#[test]
fn six_hundred_folders_are_checked_in_a_few_seconds_without_optimization() {
    let criteria: String = (1..25).map(|n| format!("{n}. WHEN event {n} happens, THE App SHALL answer {n}\n")).collect();
    let requirements = format!("### Requirement 1: R\n\n#### Acceptance Criteria\n\n{criteria}");
    let tasks: String = (1..25).map(|n| format!("- [ ] {n}. Task\n  - _Requirements: 1.{n}_\n")).collect();
    let begun = std::time::Instant::now();
    for _ in 0..600 {
        assert_eq!(broken(&[("requirements.md", &requirements), ("design.md", DESIGN), ("tasks.md", &tasks)]), [""; 0]);
    }
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

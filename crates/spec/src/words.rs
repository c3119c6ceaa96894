//! The words by which headings and labels are known, in the languages that teams write specifications in.
//!
//! All are lower case, and longer ones stand before the shorter ones that they begin with. A word that is missing here is
//! prose to the readers: nothing is guessed.

use crate::work::steps;

/// "Requirement", as a heading has it before its number and a task before its references.
pub(crate) const REQUIREMENT: &[&str] = &[
    "requirements", "requirement", "reqs", "req.", "req", "需求", "要求", "要件", "요구사항", "요구 사항", "требования", "требование", "требований",
    "persyaratan", "kebutuhan", "requisitos", "requisito", "requerimientos", "requerimiento", "exigences", "exigence", "anforderungen",
    "anforderung",
];
/// "Validates", before the criteria that a property or a test is about.
pub(crate) const VALIDATES: &[&str] = &[
    "validates", "validate", "验证需求", "驗證需求", "验证", "驗證", "проверяет", "валидирует", "valida", "memvalidasi", "検証", "검증", "valide",
    "validiert",
];
/// "References", before a list that names its kind itself.
pub(crate) const REFERENCES: &[&str] = &["references", "reference", "refs"];
/// "All", in the place of a list.
pub(crate) const ALL: &[&str] =
    &["all", "全部", "所有", "все", "todos", "todas", "semua", "모두", "모든", "すべて", "全て", "tous", "toutes", "alle"];
/// "Acceptance criteria".
pub(crate) const ACCEPTANCE: &[&str] = &[
    "acceptance criteria", "acceptance criterion", "验收标准", "驗收標準", "验收条件", "critérios de aceitação", "critérios de aceite",
    "критерии приемки", "критерии приёмки", "criterios de aceptación", "수용 기준", "인수 조건", "受け入れ基準", "受入基準", "kriteria penerimaan",
    "akzeptanzkriterien", "critères d'acceptation",
];
/// "User story".
pub(crate) const STORY: &[&str] = &[
    "user story", "user-story", "objective", "用户故事", "用戶故事", "使用者故事", "пользовательская история", "história de usuário",
    "história do usuário", "historia de usuario", "사용자 스토리", "ユーザーストーリー", "cerita pengguna", "目标", "目的",
];
/// "Glossary".
pub(crate) const GLOSSARY: &[&str] = &[
    "glossary", "terminology", "definitions", "术语表", "術語表", "词汇表", "詞彙表", "术语", "глоссарий", "glossário", "glosario", "용어집", "용어",
    "用語集", "glosarium", "daftar istilah", "glossar", "glossaire",
];
/// "Property", before its number.
pub(crate) const PROPERTY: &[&str] = &[
    "correctness property", "property", "正确性属性", "属性", "屬性", "性质", "свойство", "propriedade", "propiedad", "속성", "プロパティ", "properti",
    "eigenschaft", "propriété",
];
/// "Properties", before several numbers.
pub(crate) const PROPERTIES: &[&str] = &["correctness properties", "properties", "свойства", "propriedades", "propiedades"];
/// "Design", among references.
pub(crate) const DESIGN: &[&str] = &["design.md", "design", "设计", "設計", "дизайн", "desain", "설계", "diseño"];
/// "Task", before its number.
pub(crate) const TASK: &[&str] = &["task", "任务", "任務", "задача", "tarefa", "tarea", "작업", "タスク", "tugas", "aufgabe", "tâche"];
/// "Checkpoint".
pub(crate) const CHECKPOINT: &[&str] = &[
    "checkpoint", "检查点", "檢查點", "контрольная точка", "ponto de verificação", "チェックポイント", "체크포인트", "punto de control",
    "titik pemeriksaan",
];
/// What comes before "checkpoint" when it is the last one.
pub(crate) const FINAL: &[&str] = &["final", "最终", "最終", "финальная", "최종"];
/// "Depends", before the tasks that come first.
pub(crate) const DEPENDS: &[&str] = &["depends on", "depends", "依赖", "依賴", "зависит от", "depende de", "의존성", "依存"];
/// "Boundary", before the parts that a task keeps to.
pub(crate) const BOUNDARY: &[&str] = &["boundary", "边界", "境界", "граница"];
/// "Task dependency graph".
pub(crate) const GRAPH: &[&str] = &["task dependency graph", "dependency graph", "任务依赖图", "依赖图", "граф зависимостей"];
/// How a bug behaves now.
pub(crate) const CURRENT: &[&str] = &[
    "current behavior", "current behaviour", "当前行为", "當前行為", "現在の動作", "현재 동작", "текущее поведение", "comportamento atual",
    "comportamiento actual", "perilaku saat ini",
];
/// How it should behave.
pub(crate) const EXPECTED: &[&str] = &[
    "expected behavior", "expected behaviour", "期望行为", "预期行为", "預期行為", "期待される動作", "예상 동작", "ожидаемое поведение",
    "comportamento esperado", "comportamiento esperado", "perilaku yang diharapkan",
];
/// What must stay.
pub(crate) const UNCHANGED: &[&str] = &[
    "unchanged behavior", "unchanged behaviour", "不变行为", "不變行為", "変更されない動作", "변경되지 않는 동작", "неизменное поведение",
    "comportamento inalterado", "comportamiento sin cambios", "perilaku yang tidak berubah",
];
/// Short names before a requirement's number that are as good as "requirement".
pub(crate) const PLAIN_PREFIX: &[&str] = &["req", "fr", "r"];
/// Short names that are part of the number, because they count for themselves.
pub(crate) const OWN_PREFIX: &[&str] = &["nfr", "br", "tr", "ur", "sr", "us"];

/// How many bytes of the text are this (lower-case) word, in whatever case.
pub(crate) fn prefix(text: &str, word: &str) -> Option<usize> {
    steps(1);
    let mut chars = text.char_indices();
    for wanted in word.chars() {
        let (_, found) = chars.next()?;
        if found != wanted && !found.to_lowercase().eq(std::iter::once(wanted)) {
            return None;
        }
    }
    Some(chars.next().map_or(text.len(), |(at, _)| at))
}

/// How many bytes at the beginning of the text are one of these words, and the word ends there.
pub(crate) fn starts(text: &str, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|word| {
        let end = prefix(text, word)?;
        let ends = !text.get(end..)?.starts_with(char::is_alphabetic);
        ends.then_some(end)
    })
}

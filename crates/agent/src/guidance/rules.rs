//! Cursor's rules: Markdown behind a block of `description`, `globs` and `alwaysApply`.
//!
//! The block is no YAML in practice (`globs: *.ts` would be an alias), so its lines are read one by one. Only a literal
//! `alwaysApply: true` is always on.

/// One `.mdc` file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rule {
    pub(super) always: bool,
    pub(super) patterns: Vec<String>,
    pub(super) description: Option<String>,
    pub(super) body: String,
}

impl Rule {
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let split = text.strip_prefix("---").filter(|rest| rest.starts_with(['\n', '\r'])).and_then(|rest| rest.split_once("\n---"));
        let Some((keys, body)) = split else { return Self { body: text.trim().to_owned(), ..Self::default() } };
        let mut rule = Self { body: body.trim_start_matches('-').trim().to_owned(), ..Self::default() };
        for (key, value) in keys.lines().filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match key.trim() {
                "alwaysApply" => rule.always = value == "true",
                "globs" => rule.patterns = patterns(value),
                "description" => rule.description = Some(unquoted(value).to_owned()).filter(|text| !text.is_empty()),
                _ => {}
            }
        }
        rule
    }
}

fn patterns(value: &str) -> Vec<String> {
    let inner = value.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(value);
    let parts = spec::globs::split(inner).into_iter().filter_map(|span| inner.get(span));
    parts.map(unquoted).filter(|part| spec::globs::fault(part).is_none()).map(str::to_owned).collect()
}

fn unquoted(text: &str) -> &str {
    ['"', '\''].iter().find_map(|mark| text.strip_prefix(*mark)?.strip_suffix(*mark)).unwrap_or(text)
}

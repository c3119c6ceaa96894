//! Terminal output as the text that a person would have seen: no colours, no cursor moves, progress bars in their last state.

/// Plain text of terminal output. Bytes that are not UTF-8 become `U+FFFD`.
pub(crate) fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return text.into_owned();
    }
    let text = without_escapes(&text);
    let mut result = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        result.push_str(last_state(line));
    }
    result.retain(|c| !c.is_control() || c == '\n' || c == '\t');
    result
}

/// Whether output is not text at all.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(8192).any(|byte| *byte == 0)
}

/// What remains of a line that was written over: `10 %\r50 %\rdone\n` is `done\n`.
fn last_state(line: &str) -> &str {
    let written = line.trim_end_matches(['\n', '\r']);
    match written.rfind('\r') {
        Some(at) => line.get(at + 1..).unwrap_or(line),
        None => line,
    }
}

/// Without the escape sequences of ECMA-48: CSI (colours, cursor), OSC (titles, links), and the short ones.
fn without_escapes(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_escape(&mut rest),
            '\u{9b}' => skip_control(&mut rest),
            _ => result.push(c),
        }
    }
    result
}

fn skip_escape(rest: &mut std::str::Chars<'_>) {
    match rest.next() {
        Some('[') => skip_control(rest),
        Some(']' | 'P' | 'X' | '^' | '_') => skip_string(rest),
        Some(' '..='/') => drop(rest.next()),
        _ => {}
    }
}

/// Parameters, then one final character.
fn skip_control(rest: &mut std::str::Chars<'_>) {
    let parameters = rest.as_str().trim_start_matches(|c| matches!(c, ' '..='?'));
    *rest = parameters.chars();
    if parameters.starts_with(|c| matches!(c, '@'..='~')) {
        rest.next();
    }
}

/// Until BEL or ESC \, but no further than the line, so that a broken sequence does not swallow all.
fn skip_string(rest: &mut std::str::Chars<'_>) {
    let text = rest.as_str();
    let end = text.find(['\u{7}', '\u{1b}', '\n']).unwrap_or(text.len());
    let after = text.get(end..).unwrap_or("");
    let after = after.strip_prefix("\u{1b}\\").or_else(|| after.strip_prefix('\u{7}')).unwrap_or(after);
    *rest = after.chars();
}

#[cfg(test)]
mod tests;

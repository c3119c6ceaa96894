//! Gives new text the indentation that the file has where the model's idea of it differed.

/// `new` with every indentation that the model wrote replaced by the one the file has.
///
/// `pairs` are the matched lines: as the model wrote them, and as they are in the file. An indentation that no pair has is
/// taken from the longest one that begins it; what remains is written in the file's unit (tabs for the model's spaces, or
/// the other way round), where the pairs tell it.
pub(super) fn moved<'a>(new: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut known: Vec<(&str, &str)> = Vec::new();
    for (model, file) in pairs.filter(|(model, _)| !model.trim().is_empty()) {
        let pair = (indentation(model), indentation(file));
        if known.iter().all(|(model, _)| *model != pair.0) {
            known.push(pair);
        }
    }
    known.sort_by_key(|(model, _)| std::cmp::Reverse(model.len()));
    let lines = new.split('\n').map(|line| if line.trim().is_empty() { line.to_owned() } else { shifted(line, &known) });
    lines.collect::<Vec<_>>().join("\n")
}

fn shifted(line: &str, known: &[(&str, &str)]) -> String {
    let written = indentation(line);
    let text = line.get(written.len()..).unwrap_or("");
    if let Some((model, file)) = known.iter().find(|(model, _)| written.starts_with(model)) {
        let rest = written.get(model.len()..).unwrap_or("");
        return format!("{file}{}{text}", in_unit(rest, known));
    }
    // Further out than all that matched: as much further out in the file, as far as it goes.
    let Some((model, file)) = known.last() else { return line.to_owned() };
    let out = model.len().saturating_sub(written.len());
    let kept = file.len().saturating_sub(in_unit(&model.chars().take(out).collect::<String>(), known).len());
    format!("{}{text}", file.get(..kept).unwrap_or(""))
}

/// White space of the model, in the file's unit where a pair tells how many of one are one of the other.
fn in_unit(white: &str, known: &[(&str, &str)]) -> String {
    let tells = |from: char, to: char| {
        known.iter().find(|(model, file)| {
            let pure = |text: &str, c: char| !text.is_empty() && text.chars().all(|found| found == c);
            pure(model, from) && pure(file, to)
        })
    };
    let made_of = |c: char| !white.is_empty() && white.chars().all(|found| found == c);
    if made_of(' ')
        && let Some((model, file)) = tells(' ', '\t').filter(|(model, file)| model.len() >= file.len())
    {
        let unit = (model.len() / file.len()).max(1);
        return "\t".repeat(white.len() / unit) + &" ".repeat(white.len() % unit);
    }
    if made_of('\t')
        && let Some((model, file)) = tells('\t', ' ')
    {
        return " ".repeat(white.len() * (file.len() / model.len()).max(1));
    }
    white.to_owned()
}

fn indentation(line: &str) -> &str {
    let text = line.trim_start_matches([' ', '\t']);
    line.get(..line.len() - text.len()).unwrap_or("")
}

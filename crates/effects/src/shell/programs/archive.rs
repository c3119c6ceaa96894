//! `ar`: its first word holds the operation and its modifiers, with or without a dash, as POSIX and the GNU manual have them.

use action::Verb;

use crate::place::Touch;
use crate::shell::Reader;
use crate::shell::expand::Text;
use crate::shell::scope::Scope;

impl Reader<'_> {
    /// What an archive of `ar` gets, gives or loses. What is taken out writes over files of the same names.
    pub(super) fn ar(&mut self, words: &[Text], scope: &Scope) {
        let mut folder = Text::known(".");
        let mut plain: Vec<Text> = Vec::new();
        let mut rest = words.iter();
        // Options with two dashes stand anywhere.
        while let Some(word) = rest.next() {
            let known = word.known_prefix();
            match known.split_once('=').unwrap_or((known, "")) {
                ("--help" | "--version", _) => return,
                ("--output", _) if known.contains('=') => folder = word.after("--output=".len()),
                ("--output", _) => folder = rest.next().cloned().unwrap_or_else(|| Text::unknown("?")),
                ("--target", _) if known.contains('=') => {}
                ("--thin", _) => {}
                (option, _) if option.starts_with("--") => self.runs_opaque("ar"), // a plugin is code
                _ => plain.push(word.clone()),
            }
        }
        let Some((letters, operands)) = plain.split_first() else { return self.runs_opaque("ar") };
        let Some(letters) = letters.exact().map(|letters| letters.trim_start_matches('-')) else { return self.runs_opaque("ar") };
        // A name for the place of a new member, and the number of a member that is there several times.
        let skipped = usize::from(letters.contains(['a', 'b', 'i'])) + usize::from(letters.contains('N'));
        let operands = operands.get(skipped..).unwrap_or_default();
        let operation = letters.chars().find(|letter| "dmpqrstx".contains(*letter));
        let options_follow = operands.iter().any(|word| !word.is_known() && word.may_be_option());
        let (Some(operation), Some((archive, members)), false) = (operation, operands.split_first(), letters.contains('M') || options_follow) else {
            return self.runs_opaque("ar");
        };
        match operation {
            't' | 'p' => self.touch(Touch::new(Verb::Read), archive, scope),
            'x' => {
                self.touch(Touch::new(Verb::Read), archive, scope);
                self.taken_out(members, &folder, scope);
            }
            'q' | 'r' => {
                self.touch_all(Touch::new(Verb::Read), members, scope);
                self.touch(Touch::new(Verb::Update), archive, scope);
            }
            _ => self.touch(Touch::new(Verb::Update), archive, scope),
        }
    }

    /// Members that are not named may have any name.
    fn taken_out(&mut self, members: &[Text], folder: &Text, scope: &Scope) {
        let named: Option<Vec<Text>> = members.iter().map(|member| Some(Text::known(format!("{}/{}", folder.exact()?, member.exact()?)))).collect();
        match named.filter(|named| !named.is_empty()) {
            Some(files) => self.touch_all(Touch::new(Verb::Update), &files, scope),
            None => self.touch(Touch::new(Verb::Update), &Text::below(folder), scope),
        }
    }
}

#[cfg(test)]
mod tests;

//! What a row of the table does not promise. In a box a row that forgets an option does little harm; with an agent's own hands on the
//! machine it may be a program that runs or a file that is written. There, what a row does not name is opaque.

use super::super::arguments::Arguments;
use super::super::expand::Text;
use super::super::scope::Scope;
use super::super::table::{Class, Found, Program};
use super::Reader;
use crate::path::below;
use crate::protected::protected_by_hand;
use crate::place::Target;

mod risks;

use risks::{CLIENTS, HARMLESS, HARMLESS_VARIABLES, QUERIES, READERS, RISKS};

/// Letters of one bundle of short options, at the most; a longer word with one dash is taken for a name.
const LONGEST_BUNDLE: usize = 7;

impl Reader<'_> {
    /// Whether a command may do more than its row says.
    pub(super) fn does_more(&self, found: &Found, words: &[Text], scope: &Scope) -> bool {
        let name = found.top.name;
        let operands: Vec<&Text> = words.iter().filter(|w| !w.known_prefix().starts_with('-')).collect();
        has_risk(name, &found.path, words)
            || (promises_files(&found.program) && has_unnamed(found, words))
            || (changes(found.program.class) && operands.iter().any(|w| matches_dotted(w)))
            || self.spreads(name, found, words, scope)
            || (matches!(found.program.class, Class::Acts | Class::Inert) && scope.exports_other_than(HARMLESS_VARIABLES))
            || says_more_than_its_options(name, &operands, words)
    }

    /// Whether it changes files that only the file system or an archive names, where some of them may be the project's own settings.
    fn spreads(&self, name: &str, found: &Found, words: &[Text], scope: &Scope) -> bool {
        match name {
            "find" => self.finds_and_changes(words, scope),
            "chmod" | "chown" | "chgrp" | "chattr" | "setfacl" => {
                let deep = words.iter().any(|w| bundles(w.known_prefix(), 'R') || w.known_prefix().starts_with("--rec"));
                deep && words.iter().filter(|w| !w.known_prefix().starts_with('-')).skip(1).any(|w| self.is_wide(w, scope))
            }
            "cp" | "mv" | "rsync" | "scp" | "install" => self.pours(name, found, words, scope),
            "tar" | "bsdtar" => {
                let arguments = Arguments::new(&new_style(words), &found.program, false);
                arguments.has("-x --extract --get") && !self.all_new(arguments.values("-C --directory --cd"), scope)
            }
            "unzip" => {
                let arguments = Arguments::new(words, &found.program, false);
                !arguments.has("-l -t -p -Z -v -z") && !self.all_new(arguments.values("-d"), scope)
            }
            "7z" if found.path.first().is_some_and(|word| word == "x" || word == "e") => {
                !self.all_new(Arguments::new(&found.words, &found.program, false).values("-o"), scope)
            }
            "unrar" => found.path.first().is_some_and(|word| word == "x" || word == "e"),
            "ar" => words.iter().find(|w| !w.known_prefix().starts_with("--")).is_none_or(|w| w.exact().is_none_or(|t| t.contains('x'))),
            _ => false,
        }
    }

    /// `find` at the root of the tree, or where dotted names are, with something that changes what it finds.
    fn finds_and_changes(&self, words: &[Text], scope: &Scope) -> bool {
        let runs = |pair: &[Text]| match pair {
            [word, program] if matches!(word.exact(), Some("-exec" | "-execdir" | "-ok" | "-okdir")) => {
                !program.exact().is_some_and(|p| READERS.contains(&p.rsplit('/').next().unwrap_or(p)))
            }
            _ => false,
        };
        let changes = words.iter().any(|w| w.exact() == Some("-delete")) || words.windows(2).any(runs);
        let mut starts = words.iter().skip_while(|w| matches!(w.known_prefix().get(..2), Some("-H" | "-L" | "-P" | "-O" | "-D"))).take_while(|w| !w.may_be_option()).peekable();
        changes && (starts.peek().is_none() || starts.any(|start| self.is_wide(start, scope)))
    }

    /// `cp -r evil/. .`, `rsync -a evil/ .`: what is in a folder, under its own names.
    fn pours(&self, name: &str, found: &Found, words: &[Text], scope: &Scope) -> bool {
        let arguments = Arguments::new(words, &found.program, false);
        let into: Vec<&Text> = arguments.values("-t --target-directory").collect();
        let operands = arguments.operands();
        let (target, sources) = match (into.as_slice(), operands.split_last()) {
            ([], Some((last, sources))) => (vec![last], sources),
            ([], None) => return false,
            (_, _) => (into, operands),
        };
        let itself = words.iter().any(|w| (bundles(w.known_prefix(), 'T') && name != "rsync") || w.known_prefix().starts_with("--no-t"));
        let pours = |source: &Text| {
            let text = source.known_prefix();
            text.ends_with('/') || matches!(text.rsplit('/').next(), Some("." | "..")) || source.exact().is_none() && name == "rsync"
        };
        // Of names that nobody listed, some may be those of settings.
        let unlisted = sources.iter().any(|source| source.exact().is_none()) && target.iter().any(|target| self.is_wide(target, scope));
        unlisted || ((itself || sources.iter().any(pours)) && !self.all_new(target.into_iter(), scope))
    }

    /// Whether there is a folder, and it is one inside the tree at which nothing is yet.
    fn all_new<'w>(&self, mut folders: impl Iterator<Item = &'w Text>, scope: &Scope) -> bool {
        let (Some(folder), None) = (folders.next(), folders.next()) else { return false };
        let facts = self.ground.facts;
        let is_new = |target: &Target| {
            let Target::Path(path) = target else { return false };
            let Some(inside) = below(path, &facts.tree).filter(|inside| !inside.is_empty()) else { return false };
            let taken = facts.files.keys().any(|file| below(file, inside).is_some());
            !is_dotted(inside) && !taken && !self.has_written_below(path)
        };
        folder.exact().is_some() && scope.targets(folder).iter().all(is_new)
    }

    /// Whether it is the root of the tree or above it, or something with dotted names may be in it.
    fn is_wide(&self, word: &Text, scope: &Scope) -> bool {
        let facts = self.ground.facts;
        let is_narrow = |target: &Target| match target {
            Target::Path(path) => match below(path, &facts.tree) {
                Some("") => false,
                Some(inside) => !is_dotted(inside) && !facts.files.keys().any(|file| below(file, inside).is_some_and(is_dotted)),
                None => below(&facts.tree, path).is_none(),
            },
            _ => false,
        };
        !scope.targets(word).iter().all(is_narrow)
    }

    /// Questions to registries and name servers: a contact with a host, which learns what was asked.
    pub(super) fn asks_around(&mut self, found: &Found, words: &[Text]) {
        let path = found.path.join(" ");
        let fits = |asked: &&(&str, &str, &str, &str)| {
            asked.0 == found.top.name && asked.1.split(',').any(|verb| path == verb || path.starts_with(&format!("{verb} ")))
        };
        if let Some((_, _, usual, options)) = QUERIES.iter().find(fits) {
            let arguments = Arguments::with(words, &[options], "", false);
            let tells = arguments.is_doubtful() || words.iter().any(|w| w.exact().is_none());
            let mut hosts: Vec<Text> = arguments.values(options).cloned().collect();
            if hosts.is_empty() {
                hosts.push(Text::known(*usual));
            }
            hosts.iter().for_each(|host| self.asks_about(host, tells));
        }
        if found.top.name == "getent" && words.first().and_then(Text::exact).is_none_or(|w| w.contains("hosts") || w == "networks") {
            words.iter().skip(1).filter(|w| w.exact() != Some("localhost")).for_each(|host| self.asks_about(host, host.exact().is_none()));
        }
        // Whatever a client of packages is told, it may fetch what is an address, wherever it stands.
        if CLIENTS.contains(&found.top.name) {
            for word in words.iter().filter(|word| names_address(word.known_prefix())) {
                let address = word.known_prefix().split_once('=').filter(|_| word.known_prefix().starts_with('-')).map_or(word.clone(), |(option, _)| word.after(option.len() + 1));
                self.asks_about(&address, true);
            }
        }
        if reads_files(&found.program) {
            for word in words.iter().filter(|w| is_address(w)) {
                self.asks_about(word, word.exact().is_none());
            }
        }
    }
}

/// Old letters of `tar` as options: `xPf a.tar` is `-x -P -f a.tar`. Options may follow.
pub(super) fn new_style(words: &[Text]) -> Vec<Text> {
    const VALUED: &str = "fCTXbgIFKNVHL";
    let Some((first, rest)) = words.split_first() else { return Vec::new() };
    let Some(letters) = first.exact().filter(|text| !text.starts_with('-') && text.bytes().all(|b| b.is_ascii_alphanumeric())) else { return words.to_vec() };
    let mut rest = rest.iter();
    let mut all = Vec::new();
    for letter in letters.chars() {
        all.push(Text::known(format!("-{letter}")));
        if VALUED.contains(letter) {
            all.extend(rest.next().cloned());
        }
    }
    all.extend(rest.cloned());
    all
}

/// Rows that promise what is done to which files, or that nothing is.
fn promises_files(program: &Program) -> bool {
    match program.class {
        Class::Inert | Class::Reads | Class::Searches | Class::Creates | Class::Writes | Class::Deletes | Class::Copies | Class::Moves => true,
        Class::Unpacks | Class::Edits | Class::Filters | Class::Fetches => true,
        Class::Acts => program.deeds().all(|deed| deed.is_some_and(|deed| matches!(deed.kind, "path" | "below" | "tree"))),
        _ => false,
    }
}

fn reads_files(program: &Program) -> bool {
    program.class == Class::Reads || (program.class == Class::Acts && promises_files(program))
}

fn changes(class: Class) -> bool {
    matches!(class, Class::Writes | Class::Deletes | Class::Copies | Class::Moves | Class::Edits | Class::Acts | Class::Unpacks)
}

/// Whether an option is given that neither its rows nor the list of harmless ones names.
fn has_unnamed(found: &Found, words: &[Text]) -> bool {
    let rows = [&found.program, &found.top];
    let listed = |name: &str| {
        let conditional = |row: &&Program| row.conditions().any(|c| c.words.split_whitespace().any(|w| w.split('=').next() == Some(name)));
        let fixed = |row: &&Program| [row.flags, row.runs, row.help, row.skip.1].iter().any(|list| list.split_whitespace().any(|n| n == name));
        rows.iter().any(|row| row.takes_value(name) || fixed(row) || conditional(row))
    };
    let valued = |name: &str| rows.iter().any(|row| row.takes_value(name));
    let dash = found.top.dash || found.program.dash;
    let is_named = |word: &Text| {
        let text = word.known_prefix();
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        // A long name with one dash and a joined value is read as a bundle.
        if text.len() > name.len() && name.len() > 2 && !name.starts_with("--") && !dash && listed(name) {
            return false;
        }
        if listed(name) || (dash && listed(&format!("-{name}"))) {
            return !value.contains('/') || valued(name) || valued(&format!("-{name}"));
        }
        if text.starts_with("--") {
            return HARMLESS.contains(&name) && !value.contains('/');
        }
        let letters: Vec<char> = text.chars().skip(1).collect();
        if letters.iter().any(|letter| valued(&format!("-{letter}"))) || (found.program.class == Class::Edits && letters.contains(&'i')) {
            return true; // what follows is the value
        }
        let repeats = letters.iter().enumerate().any(|(at, letter)| letter.is_alphabetic() && letters.get(..at).is_some_and(|before| before.contains(letter)));
        !text.contains(['/', '=']) && letters.len() <= LONGEST_BUNDLE && (letters.len() < 5 || !repeats)
    };
    let is_option = |w: &&Text| w.known_prefix().starts_with('-') && w.known_prefix().len() > 2;
    words.iter().take_while(|w| w.exact() != Some("--")).filter(is_option).any(|word| !is_named(word))
}

/// Whether one of the ways is taken in which a program is known to run, write or reach more than its row says.
fn has_risk(name: &str, path: &[String], words: &[Text]) -> bool {
    let path = path.join(" ");
    let of_this = RISKS.iter().filter(|(names, _)| {
        names.split(',').any(|n| n == name || n.split_once(' ').is_some_and(|(program, sub)| program == name && path.starts_with(sub)))
    });
    let options = || words.iter().map(Text::known_prefix).filter(|text| text.starts_with('-') && text.len() > 1);
    of_this.flat_map(|(_, risks)| risks.split_whitespace()).any(|risk| match risk.strip_prefix("--") {
        _ if risk == "always" => true,
        // Names may be shortened, and some programs take them with one dash.
        Some(long) => options().any(|text| {
            let given = text.trim_start_matches('-').split('=').next().unwrap_or_default();
            given == long || (given.len() > 2 && long.starts_with(given)) || (long.ends_with('-') && given.starts_with(long))
        }),
        None => risk.chars().nth(1).is_some_and(|letter| options().any(|text| bundles(text, letter))),
    })
}

/// What some programs make of their operands and values.
fn says_more_than_its_options(name: &str, operands: &[&Text], words: &[Text]) -> bool {
    let texts = || words.iter().map(|w| w.text.as_str());
    match name {
        "strace" | "ltrace" => texts().any(|t| t.starts_with(['|', '!']) || (t.starts_with('-') && t.contains(['|', '!']))),
        "sed" | "gsed" => texts().any(has_strange_suffix),
        "yq" => texts().any(|t| ["load", "env", "ENV", "system"].iter().any(|word| t.contains(word))),
        "apt" => texts().any(|t| t.starts_with('-') && (t.contains('=') || t.starts_with("--no-") || t.starts_with("--o") || t.starts_with("--c") || bundles(t, 'o') || bundles(t, 'c'))),
        "cargo" => texts().any(|t| t.starts_with('+') && !["+stable", "+beta", "+nightly", "+1"].iter().any(|usual| t.starts_with(usual) && !t.contains('/'))),
        "gunzip" | "gzip" | "bunzip2" | "bzip2" | "unxz" | "xz" | "unlzma" | "lzma" | "zstd" | "unzstd" | "lz4" | "unlz4" | "uncompress" | "pigz" | "unpigz" | "lzip" | "lzop" => {
            operands.iter().any(|word| makes_protected(&word.text))
        }
        "curl" => texts().any(|t| t.contains("%output{")) || operands.iter().any(|w| is_strange_address(w)),
        "brew" => operands.iter().skip(1).any(|word| word.text.contains('/')),
        "gh" | "glab" => texts().any(names_strange_forge),
        // Given an address, one of its versions fetches it.
        "aws" => texts().any(|t| t.contains("http://") || t.contains("https://") || t == "--debug"),
        // In a terminal it takes orders, to end processes among them.
        "top" => !texts().any(|t| bundles(t, 'b')),
        "rpm" | "xmllint" => operands.iter().any(|w| is_address(w)),
        _ => false,
    }
}

/// `--repo evil.example/a/b`, `evil.example/a/b`: a repository at a host that is not one of the two usual ones, which is shown the
/// person's token.
fn names_strange_forge(text: &str) -> bool {
    let text = text.split_once('=').filter(|_| text.starts_with('-')).map_or(text, |(_, value)| value);
    let text = text.strip_prefix("-R").unwrap_or(text);
    let host = match text.split_once("://") {
        Some((_, rest)) => rest.split('/').next().unwrap_or_default(),
        None => match text.split('/').collect::<Vec<_>>().as_slice() {
            [host, _, name, ..] if host.contains(['.', ':', '@']) && !host.starts_with('.') && !name.is_empty() => host,
            _ => return false,
        },
    };
    !["github.com", "gitlab.com"].contains(&host.to_ascii_lowercase().as_str())
}

/// Other protocols than those of the web, and the doors of container engines.
fn is_strange_address(word: &Text) -> bool {
    let text = word.known_prefix().to_ascii_lowercase();
    let web = text.split_once("://").is_none_or(|(scheme, _)| scheme == "http" || scheme == "https");
    !web || text.contains(":2375") || text.contains(":2376")
}

/// `.mcp.json.gz`: what is taken out of it, or what it is one of a pair with, steers tools or agents.
fn makes_protected(path: &str) -> bool {
    let inside = path.rsplit_once('.').map_or(path, |(inside, _)| inside);
    [inside, path].iter().any(|name| protected_by_hand(name.trim_start_matches("./")).is_some())
}

/// `sed -i'/etc/*'`: a suffix with a slash or a star names another file than the one edited. Any but the usual ones makes a file of
/// another kind.
fn has_strange_suffix(text: &str) -> bool {
    let suffix = match text.strip_prefix("--in-place") {
        Some(rest) => Some(rest),
        None if text.starts_with('-') && !text.starts_with("--") => text.find(['i', 'e', 'f', 'l']).filter(|at| text.get(*at..=*at) == Some("i")).and_then(|at| text.get(at + 1..)),
        None => None,
    };
    let usual = ["", "~", ".bak", ".orig", ".old", ".tmp", ".backup", ".save"];
    suffix.is_some_and(|suffix| suffix.contains(['/', '*']) || (suffix.contains('.') && !usual.contains(&suffix.trim_start_matches('='))))
}

/// `https://…`, `git@host:…` and what `kustomize` takes for a repository.
fn is_address(word: &Text) -> bool {
    let text = word.known_prefix();
    let scheme = |scheme: &str| !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let has_scheme = text.split_once("://").is_some_and(|(before, _)| scheme(before));
    !text.starts_with('-') && (has_scheme || text.starts_with("git@") || text.starts_with("github.com/") || text.contains("?ref="))
}

/// Anything that may lead to a host: `git+https://…`, `git@…`, `github:a/b`, `name@https://…`.
fn names_address(text: &str) -> bool {
    text.contains("://") || text.contains("git@") || text.split_once(':').is_some_and(|(scheme, rest)| !scheme.contains('=') && !scheme.is_empty() && rest.contains('/'))
}

/// `.*`, `evil/.[a-z]*`: dotted names are not listed by a plain star, so whoever asks for them wants them.
fn matches_dotted(word: &Text) -> bool {
    let fixed = word.fixed_prefix();
    word.glob.is_some() && fixed.rsplit('/').next().is_some_and(|last| last.starts_with('.'))
}

fn is_dotted(inside: &str) -> bool {
    inside.split('/').any(|part| part.starts_with('.'))
}

/// Whether a word of short options may hold this one.
fn bundles(text: &str, letter: char) -> bool {
    text.starts_with('-') && !text.starts_with("--") && text.contains(letter)
}

#[cfg(test)]
mod tests;
